import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createParsers } from '../../../src/adapters/parsers';
import { extractReusableWorkflows } from '../../../src/core/tasks/extract-reusable-workflows';
import { judgeProposal } from '../../../src/core/gate/check';
import type { Finding } from '../../../src/core/gate/report';
import { TaskFailure, type World } from '../../../src/core/tasks/task';
import { shownPath } from '../../../src/core/text/proposal';
import { memoryWorld, quietRun } from '../../support/world';

const FOLDER = '.github/workflows';
const parsers = createParsers();

function workflowsOf(name: string): Record<string, string> {
  const folder = path.join(__dirname, '../../fixtures/pipeline/extract', name, FOLDER);
  return Object.fromEntries(
    readdirSync(folder).map((file) => [`${FOLDER}/${file}`, readFileSync(path.join(folder, file), 'utf8')]),
  );
}

describe('extractReusableWorkflows', () => {
  it('proposes the new workflows and their callers, and tells what changes', async () => {
    const files = workflowsOf('shop');
    const result = await extractReusableWorkflows.run(
      memoryWorld({ ...files, [`${FOLDER}/broken.yml`]: 'jobs: [' }, parsers),
      quietRun(),
    );
    assert.deepEqual(
      result.files.map((file) => [file.path, file.before === null]),
      [
        [`${FOLDER}/reusable-build.yml`, true],
        [`${FOLDER}/reusable-test.yml`, true],
        [`${FOLDER}/reusable-deploy.yml`, true],
        [`${FOLDER}/deploy-production.yml`, false],
        [`${FOLDER}/deploy-staging.yml`, false],
      ],
    );
    assert.match(result.summary, /^6 jobs repeat and become 3 workflows/);
    assert.equal(result.sources.length, 6);
    assert.ok(result.sources.every((source) => source.kind === 'file' && source.range !== null));
    const notes = result.notes.join('\n');
    assert.match(notes, /"<caller> \/ deploy"/);
    assert.match(notes, /broken\.yml was left alone, since it cannot be read \(line 1\)/);
    assert.match(notes, /environment, whose secrets win/);
    assert.ok(result.findings.every((finding) => finding.rule !== 'unreadable-file'));
    assert.equal(result.manualSteps[0]?.title, 'Adjust required checks');
  });

  it('finds the three pipelines of ten services, and no verdict is worse for it', async () => {
    const files = workflowsOf('services');
    const result = await extractReusableWorkflows.run(memoryWorld(files, parsers), quietRun());
    assert.match(result.summary, /^34 jobs repeat and become 3 workflows/);
    const before = await judgeProposal(
      memoryWorld(files, parsers),
      Object.entries(files).map(([at, text]) => ({ path: at, before: text, after: text, purpose: '' })),
    );
    const rulesThatBlock = (findings: readonly Finding[]): ReadonlySet<string> =>
      new Set(findings.filter(({ severity }) => severity === 'block').map(({ rule }) => rule));
    const known = rulesThatBlock(before);
    assert.deepEqual(
      [...rulesThatBlock(result.findings)].filter((rule) => !known.has(rule)),
      [],
    );
  });

  it('looks at several repositories, and says what only a push can tell', async () => {
    const files = workflowsOf('services');
    const world = (name: string): World =>
      memoryWorld({ [`${FOLDER}/ci.yml`]: files[`${FOLDER}/${name}.yml`] ?? '' }, parsers);
    const run = {
      ...quietRun({ home_repository: 'search' }),
      name: 'fraud',
      others: ['search', 'recommendations', 'gateway'].map((name) => ({ name, world: world(name) })),
    };
    const result = await extractReusableWorkflows.run(world('fraud'), run);
    assert.deepEqual(result.files.map(shownPath), [
      `search/${FOLDER}/reusable-test-package-deploy.yml`,
      `${FOLDER}/ci.yml`,
      `search/${FOLDER}/ci.yml`,
      `recommendations/${FOLDER}/ci.yml`,
    ]);
    const own = result.files.find((file) => file.repository === undefined);
    assert.match(
      own?.after ?? '',
      /uses: UNKNOWN\(owner and name of the repository search\)\/\.github\/workflows\/reusable-test-package-deploy\.yml@UNKNOWN\(commit of search/,
    );
    assert.equal(result.unknowns.length, 2);
    assert.match(
      result.manualSteps.map(({ title }) => title).join('\n'),
      /Merge the new workflow in search first/,
    );
    const known = await extractReusableWorkflows.run(world('fraud'), {
      ...run,
      inputs: { ...run.inputs, called_ref: '0123456789012345678901234567890123456789' },
    });
    assert.ok(!known.files.some((file) => file.after.includes('UNKNOWN(commit')));
    for (const inputs of [{ home_repository: 'nobody' }, { called_ref: 'a b' }]) {
      await assert.rejects(extractReusableWorkflows.run(world('fraud'), { ...run, inputs }), TaskFailure);
    }
    await assert.rejects(
      extractReusableWorkflows.run(world('fraud'), { ...run, name: 'search' }),
      /same name/,
    );
  });

  it('keeps workflows that the constraints name', async () => {
    const run = quietRun({ constraints: 'leave deploy-production.yml as it is' });
    await assert.rejects(
      extractReusableWorkflows.run(memoryWorld(workflowsOf('shop'), parsers), run),
      /deploy-production\.yml was left alone, since the constraints name it/,
    );
  });

  it('leaves alone what would make the verdict worse, and says why', async () => {
    // The new file keeps the text that is explained most, and so loses the other one's waiver.
    const job = (name: string): string => `on: push
permissions: { contents: read }
jobs:
  deploy:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    environment: production
    steps:
      - uses: shop/deploy@v1 # release-gate: ignore[unpinned-action] our own action (until 2099-01-01)
        with: { service: ${name} }
      - run: kubectl apply -f deploy/${name}.yml
      - run: curl --fail https://shop.example
  ${name}:
    runs-on: ubuntu-24.04
    steps:
      - run: make
      - run: make ${name}
`;
    const explained = (text: string): string =>
      text
        .replace(/ *# release-gate.*/g, ' # ours')
        .replace('environment: production', 'environment: staging # never more')
        .replace('- run: curl', '# It has to answer.\n      - run: curl');
    const files = {
      [`${FOLDER}/a.yml`]: job('orders'),
      [`${FOLDER}/b.yml`]: explained(job('billing')),
    };
    const result = await extractReusableWorkflows.run(memoryWorld(files, parsers), quietRun()).then(
      (done) => done.notes.join('\n'),
      (error: unknown) => String(error),
    );
    assert.match(result, /would block what it does not block now|verdict would go from/);
  });

  it('says so where nothing repeats', async () => {
    for (const files of [
      {},
      { [`${FOLDER}/ci.yml`]: 'on: push\njobs: { a: { runs-on: x, steps: [{ run: a }, { run: b }] } }\n' },
      { [`${FOLDER}/bad.yml`]: 'jobs: [' },
    ]) {
      await assert.rejects(
        extractReusableWorkflows.run(memoryWorld(files, parsers), quietRun()),
        TaskFailure,
      );
    }
  });
});
