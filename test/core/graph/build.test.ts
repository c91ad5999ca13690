import assert from 'node:assert/strict';
import { graphOf } from '../../../src/core/graph/build';
import type { GraphEdge, JobNode, PathsGraph } from '../../../src/core/graph/graph';
import { layoutOf } from '../../../src/core/graph/layout';
import { toMermaid } from '../../../src/core/graph/mermaid';
import { toSvg } from '../../../src/core/graph/svg';
import { HELD, OPEN, pictureOf } from './pictures';

const DEPLOY = '.github/workflows/deploy.yml';

const PRODUCTION_STEP = `    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: kubectl apply -f k8s/
`;

function edge(graph: PathsGraph, from: string, to: string): GraphEdge {
  const found = graph.edges.find((each) => each.id === `${from} -> ${to}`);
  assert.ok(found, `${from} -> ${to} of ${graph.edges.map((each) => each.id).join('; ')}`);
  return found;
}

function job(graph: PathsGraph, id: string): JobNode {
  const found = graph.nodes.find((node) => node.id === id);
  assert.ok(found?.kind === 'job', `${id} of ${graph.nodes.map((node) => node.id).join('; ')}`);
  return found;
}

describe('the picture', () => {
  it('has triggers, jobs and edges with their lines', async () => {
    const graph = await pictureOf({ 'deploy.yml': HELD });
    assert.deepEqual(
      graph.nodes.map((node) => [node.kind, node.label, node.range.start.line]),
      [
        ['trigger', 'push', 3],
        ['trigger', 'workflow_dispatch', 5],
        ['job', 'test', 7],
        ['job', 'staging', 11],
        ['job', 'production', 17],
      ],
    );
    assert.deepEqual(
      graph.edges.map((each) => [
        each.kind,
        each.id.replaceAll(DEPLOY, ''),
        each.state,
        each.range.start.line,
      ]),
      [
        ['starts', '@push -> #test', 'none', 3],
        ['starts', '@workflow_dispatch -> #test', 'none', 5],
        ['needs', '#test -> #staging', 'holds', 12],
        ['needs', '#test -> #production', 'holds', 18],
        ['needs', '#staging -> #production', 'holds', 18],
      ],
    );
    const production = job(graph, `${DEPLOY}#production`);
    assert.equal(production.role, 'production');
    assert.deepEqual(production.environment, { name: 'production', names: ['production'] });
    assert.deepEqual([...(production.production?.holds ?? [])].sort(), [
      `${DEPLOY}#staging`,
      `${DEPLOY}#test`,
    ]);
    assert.equal(production.production?.state, 'holds');
    assert.deepEqual(job(graph, `${DEPLOY}#test`).does, ['lint', 'unit']);
    assert.deepEqual(graph.counterexamples, []);
  });

  it('shows an open path, and the run that takes it along nodes and edges', async () => {
    const graph = await pictureOf({ 'deploy.yml': OPEN });
    const open = edge(graph, `${DEPLOY}#test`, `${DEPLOY}#production`);
    assert.equal(open.state, 'open');
    assert.deepEqual(open.openFor, [`${DEPLOY}#production`]);
    assert.equal(job(graph, `${DEPLOY}#production`).production?.state, 'open');
    const run = graph.counterexamples.find((each) => each.finding?.rule === 'prod-without-tests');
    assert.equal(run?.production, `${DEPLOY}#production`);
    assert.equal(run.steps[0]?.result, 'begins');
    assert.equal(run.steps[0].node, `${DEPLOY}@${run.trigger}`);
    assert.equal(run.steps.at(-1)?.result, 'starts');
    assert.equal(run.steps.at(-1)?.node, `${DEPLOY}#production`);
    // Every step but the first comes by an edge that the picture has, from where the run has been.
    const been = new Set<string | null>([run.steps[0].node]);
    for (const step of run.steps.slice(1)) {
      assert.ok(step.edges.length > 0, step.sentence);
      for (const id of step.edges) {
        const by = graph.edges.find((each) => each.id === id);
        assert.equal(by?.to, step.node);
        assert.ok(been.has(by?.from ?? null), step.sentence);
      }
      been.add(step.node);
    }
  });

  it('has an edge for a test that nothing waits for', async () => {
    const graph = await pictureOf({
      'deploy.yml': HELD.replace('needs: [test, staging]', 'needs: []').replace('    needs: test\n', ''),
    });
    const missing = edge(graph, `${DEPLOY}#test`, `${DEPLOY}#production`);
    assert.deepEqual([missing.kind, missing.state], ['not-needed', 'open']);
  });

  it('draws a called workflow inside each caller, as that caller binds its inputs', async () => {
    const called = `on:
  workflow_call:
    inputs:
      environment:
        type: string
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: \${{ inputs.environment }}
    steps:
      - run: kubectl apply -f k8s/
`;
    const caller = `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: npm test
  staging:
    needs: test
    uses: ./.github/workflows/called.yml
    with:
      environment: staging
  production:
    needs: staging
    uses: ./.github/workflows/called.yml
    with:
      environment: production
`;
    const graph = await pictureOf({ 'deploy.yml': caller, 'called.yml': called });
    assert.deepEqual(
      graph.workflows.map((cluster) => [
        cluster.id.replaceAll('.github/workflows/', ''),
        cluster.calledBy !== null,
      ]),
      [
        ['deploy.yml', false],
        ['deploy.yml#staging/called.yml', true],
        ['deploy.yml#production/called.yml', true],
      ],
    );
    const inside = (name: string): string => `${DEPLOY}#${name}/.github/workflows/called.yml#deploy`;
    assert.equal(job(graph, inside('staging')).role, 'deployment');
    assert.deepEqual(job(graph, inside('staging')).environment?.names, ['staging']);
    const production = job(graph, inside('production'));
    assert.equal(production.role, 'production');
    for (const guard of ['test', 'staging']) {
      assert.ok(production.production?.holds.includes(`${DEPLOY}#${guard}`), guard);
    }
    assert.equal(edge(graph, `${DEPLOY}#production`, inside('production')).kind, 'calls');
    assert.equal(edge(graph, `${DEPLOY}#test`, `${DEPLOY}#staging`).state, 'holds');
  });

  it('chains workflows, and says whether the first one has to succeed', async () => {
    const ci = `name: CI
on: { push: { branches: [main] } }
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: npm test
  staging:
    needs: test
    runs-on: ubuntu-latest
    environment: staging
    steps:
      - run: kubectl apply -f k8s/ && kubectl rollout status deployment/shop
`;
    const deploy = (condition: string): string => `on:
  workflow_run:
    workflows: [CI]
    types: [completed]
jobs:
  production:
${condition}${PRODUCTION_STEP}`;
    const to = `${DEPLOY}@workflow_run`;
    const open = await pictureOf({ 'ci.yml': ci, 'deploy.yml': deploy('') });
    assert.equal(edge(open, '.github/workflows/ci.yml', to).state, 'open');
    assert.ok(
      open.nodes.some((node) => node.label === 'test'),
      'what comes before is drawn',
    );
    const held = await pictureOf({
      'ci.yml': ci,
      'deploy.yml': deploy("    if: github.event.workflow_run.conclusion == 'success'\n"),
    });
    assert.equal(edge(held, '.github/workflows/ci.yml', to).state, 'holds');
    assert.equal(job(held, `${DEPLOY}#production`).production?.state, 'holds');
  });

  it('leaves out what does not lead to production unless all is asked for', async () => {
    const docs = `on: push
jobs:
  docs:
    runs-on: ubuntu-latest
    steps:
      - run: mkdocs build
`;
    const files = { 'deploy.yml': HELD, 'docs.yml': docs };
    const labels = (graph: PathsGraph): readonly string[] => graph.nodes.map((node) => node.label);
    assert.ok(!labels(await pictureOf(files)).includes('docs'));
    assert.ok(labels(await pictureOf(files, 'all')).includes('docs'));
    assert.deepEqual((await pictureOf({ 'docs.yml': docs })).nodes, []);
  });

  it('keeps rollbacks and what checks production afterwards', async () => {
    const graph = await pictureOf({
      'deploy.yml': `${HELD}  smoke:
    needs: production
    runs-on: ubuntu-latest
    steps:
      - run: curl --fail https://shop.example.org/healthz
  back:
    needs: smoke
    if: failure()
    runs-on: ubuntu-latest
    environment: production
    steps:
      - run: kubectl rollout undo deployment/shop
`,
    });
    assert.equal(job(graph, `${DEPLOY}#back`).role, 'rollback');
    assert.equal(edge(graph, `${DEPLOY}#production`, `${DEPLOY}#smoke`).state, 'none');
  });

  it('does not call held what nothing was found to hold', async () => {
    const graph = await pictureOf({ 'deploy.yml': `on: push\njobs:\n  go:\n${PRODUCTION_STEP}` });
    assert.equal(job(graph, `${DEPLOY}#go`).production?.state, 'open');
    const quiet = await pictureOf({
      'deploy.yml': `on: push
jobs:
  first:
    runs-on: ubuntu-latest
    steps:
      - run: echo hello
  go:
    needs: first
    # release-gate: ignore[prod-without-tests] it is tested by hand (until 2027-03-01)
${PRODUCTION_STEP}`,
    });
    assert.notEqual(job(quiet, `${DEPLOY}#go`).production?.state, 'holds', 'a waiver is no pass');
  });

  it('shows a broken workflow as one of which nothing is known', async () => {
    const text = 'on: push\njobs:\n  a: [\n';
    const graph = await pictureOf({ 'deploy.yml': HELD, 'broken.yml': text });
    const broken = graph.workflows.find((cluster) => cluster.path.endsWith('broken.yml'));
    assert.match(broken?.problem ?? '', /nothing is known/);
    assert.match(toSvg(graph, { kind: 'alone' }), /broken\.yml/);
    const alone = await pictureOf({ 'broken.yml': text });
    assert.equal(alone.workflows.length, 1);
    assert.match(toMermaid(alone), /broken/);
  });

  it('is drawn of circles, of needs that do not exist and of jobs that need themselves', async () => {
    const graph = await pictureOf({
      'deploy.yml': `on: push
jobs:
  a:
    needs: [b, gone]
${PRODUCTION_STEP}  b:
    needs: a
${PRODUCTION_STEP}  c:
    needs: c
${PRODUCTION_STEP}`,
      'one.yml': 'on: workflow_call\njobs:\n  x:\n    uses: ./.github/workflows/two.yml\n',
      'two.yml': `on: workflow_call\njobs:\n  y:\n    uses: ./.github/workflows/one.yml\n  z:\n${PRODUCTION_STEP}`,
    });
    for (const each of ['a', 'b', 'c']) {
      assert.notEqual(job(graph, `${DEPLOY}#${each}`).production?.state, 'holds');
    }
    assert.ok(graph.nodes.some((node) => node.label === 'z'));
    const layout = layoutOf(graph);
    assert.equal(layout.nodes.length, graph.nodes.length);
    for (const { x, y, width, height } of layout.nodes) {
      assert.ok([x, y, width, height].every(Number.isFinite));
    }
    toSvg(graph, { kind: 'alone' });
    toMermaid(graph);
  });

  it('is drawn of nothing', () => {
    const graph = graphOf({ set: null, findings: [] }, 'production');
    assert.match(toSvg(graph, { kind: 'alone' }), /No workflow/);
    assert.match(toMermaid(graph), /^flowchart LR\n/);
  });
});

describe('a picture of much', function () {
  this.timeout(120_000);

  it('has 60 jobs that need several others each', async () => {
    const jobs = Array.from({ length: 60 }, (_, at) => {
      const needs = Array.from({ length: Math.min(at, 4) }, (_each, back) => `j${at - back - 1}`);
      const asked = needs.map((need) => ` && needs.${need}.result != 'failure'`).join('');
      return `  j${at}:
    needs: [${needs.join(', ')}]
    if: github.ref == 'refs/heads/main'${asked}
    runs-on: ubuntu-latest${at === 59 ? '\n    environment: production' : ''}
    steps:
      - run: ${at === 59 ? 'kubectl apply -f k8s/' : 'npm test'}
`;
    });
    const graph = await pictureOf({ 'deploy.yml': `on: push\njobs:\n${jobs.join('')}` });
    const started = performance.now();
    toSvg(graph, { kind: 'alone' });
    const took = performance.now() - started;
    assert.ok(took < 20_000, `${took} ms`);
    assert.equal(graph.nodes.length, 61);
    assert.equal(job(graph, `${DEPLOY}#j59`).production?.holds.length, 59);
  });

  it('has 300 workflows, each in its frame, apart from the others', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [
        `w${String(at).padStart(3, '0')}.yml`,
        at % 2 === 0 ? HELD : OPEN,
      ]),
    );
    const graph = await pictureOf(files, 'all');
    const started = performance.now();
    const { clusters } = layoutOf(graph);
    const svg = toSvg(graph, { kind: 'alone' });
    const took = performance.now() - started;
    assert.ok(took < 20_000, `${took} ms`);
    assert.equal(graph.leftOut + graph.nodes.filter((node) => node.kind === 'job').length, 900);
    assert.ok(svg.length > 100_000);
    for (const [at, one] of clusters.entries()) {
      for (const other of clusters.slice(at + 1)) {
        assert.ok(areApart(one, other), `${one.cluster.id} over ${other.cluster.id}`);
      }
    }
  });

  it('counts what it leaves out', async () => {
    const step = '    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n';
    const many = (name: string): string =>
      `on: push\njobs:\n${Array.from({ length: 400 }, (_, at) => `  ${name}${at}:\n${step}`).join('')}`;
    const graph = await pictureOf({ 'a.yml': many('a'), 'b.yml': many('b'), 'c.yml': many('c') }, 'all');
    assert.equal(graph.nodes.filter((node) => node.kind === 'job').length, 1_000);
    assert.equal(graph.leftOut, 200);
    layoutOf(graph);
  });
});

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function areApart(one: Box, other: Box): boolean {
  return (
    one.x + one.width <= other.x ||
    other.x + other.width <= one.x ||
    one.y + one.height <= other.y ||
    other.y + other.height <= one.y
  );
}
