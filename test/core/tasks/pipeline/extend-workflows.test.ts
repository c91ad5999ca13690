import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createParsers } from '../../../../src/adapters/parsers';
import { generateGhActionsPipeline } from '../../../../src/core/tasks/generate-gh-actions-pipeline';
import { TaskFailure, type TaskResult } from '../../../../src/core/tasks/task';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { remoteHistory } from '../../../support/generated-pipeline';
import { sampleRepository } from '../../../support/sample-repository';
import { memoryWorld, quietRun } from '../../../support/world';

const parsers = createParsers();
const CI = '.github/workflows/ci.yml';

function run(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<TaskResult> {
  return generateGhActionsPipeline.run(
    { ...memoryWorld(files, parsers), history: remoteHistory('https://github.com/sample/repository') },
    quietRun(inputs),
  );
}

function fileOf(result: TaskResult, path: string): string {
  return result.files.find((file) => file.path === path)?.after ?? '';
}

function jobsOf(text: string): string[] {
  const workflow = readWorkflow(CI, text);
  assert.deepEqual(workflow.problems, []);
  return workflow.jobs.map((job) => job.id.value);
}

function needsOf(text: string, id: string): string[] {
  const job = readWorkflow(CI, text).jobs.find((other) => other.id.value === id);
  return (job?.needs ?? []).map(({ value }) => value);
}

/** Every line of `before` stands in `after`, in its order. */
function keepsLines(before: string, after: string, but: readonly string[] = []): void {
  const lines = after.split('\n');
  let at = 0;
  for (const line of before.split('\n')) {
    const found = lines.indexOf(line, at);
    if (found < 0) assert.ok(but.includes(line.trim()), `lost: ${line}`);
    else at = found + 1;
  }
}

const checks = `# Ours since 2019.
name: CI
on:
  push:
    branches: [main]
  pull_request:

permissions:
  contents: read

jobs:
  test: # all of it
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: { persist-credentials: false }
      - run: npm ci
      - run: npm run lint
      - run: npm test

  # The team's own.
  build:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    needs: test
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
        with: { persist-credentials: false }
      - run: npm ci && npm run build
`;

describe('a workflow that stands', () => {
  it('keeps its checks and gets what is missing, and no second pipeline is written', async () => {
    const result = await run({ ...sampleRepository('orders-service'), [CI]: checks });
    const after = fileOf(result, CI);
    assert.ok(after.startsWith(checks), 'every byte stands');
    const jobs = jobsOf(after);
    assert.deepEqual(jobs.slice(0, 2), ['test', 'build']);
    assert.ok(!jobs.includes('unit'), 'the unit tests are there already');
    assert.ok(jobs.includes('release-build') && jobs.includes('deploy-production'), jobs.join(', '));
    assert.ok(!result.files.some((file) => file.path === '.github/workflows/pipeline.yml'));
    assert.ok(needsOf(after, 'release-build').includes('test'));
    assert.ok(needsOf(after, 'release-build').includes('build'));
    assert.ok(result.notes.includes('Unit tests: done already by `test`.'));
    assert.match(result.summary, /added to `\.github\/workflows\/ci\.yml`/);
    assert.match(fileOf(result, '.github/workflows/rollback.yml'), /--workflow ci\.yml/);
    const blocking = result.findings.filter(
      (finding) => finding.path.startsWith('.github/') && finding.severity === 'block',
    );
    assert.deepEqual(
      blocking.map(({ rule, message }) => `${rule} ${message}`),
      [],
    );
  });

  it('runs no command a second time that it runs already', async () => {
    const after = fileOf(await run({ ...sampleRepository('orders-service'), [CI]: checks }), CI);
    assert.equal(after.split('npm run lint').length, 2);
    assert.ok(!after.includes('lint: Run it yourself'), 'nor speaks of it');
    assert.ok(after.includes('npm run format:check'));
  });

  it('is not changed a second time', async () => {
    const files = { ...sampleRepository('orders-service'), [CI]: checks };
    const first = await run(files);
    const written = Object.fromEntries(first.files.map((file) => [file.path, file.after]));
    const again = await run({ ...files, ...written });
    assert.deepEqual(
      again.files.filter((file) => file.path.startsWith('.github/')).map((file) => file.path),
      [],
    );
  });

  it('gets the events that a release needs where it deploys nothing, and its runs are not cancelled', async () => {
    const text = checks
      .replace('  push:\n    branches: [main]\n', '')
      .replace(
        'permissions:',
        'concurrency:\n  group: ci-${{ github.ref }}\n  cancel-in-progress: true\n\npermissions:',
      );
    const result = await run({ ...sampleRepository('orders-service'), [CI]: text });
    const after = fileOf(result, CI);
    keepsLines(text, after, ['group: ci-${{ github.ref }}', 'cancel-in-progress: true']);
    const workflow = readWorkflow(CI, after);
    assert.deepEqual(
      workflow.triggers.map(({ event }) => event),
      ['pull_request', 'push'],
    );
    assert.equal(workflow.concurrency?.cancelInProgress?.value, "${{ github.event_name == 'pull_request' }}");
    assert.ok(result.notes.includes('It runs on push too.'));
  });

  it('deploys from the default branch only, whatever else is pushed', async () => {
    const text = checks.replace('  push:\n    branches: [main]\n', '  push:\n');
    const after = fileOf(await run({ ...sampleRepository('orders-service'), [CI]: text }), CI);
    const deploy = readWorkflow(CI, after).jobs.find((job) => job.id.value === 'deploy-staging');
    assert.match(deploy?.condition?.value ?? '', /github\.ref == 'refs\/heads\/main'/);
  });

  it('runs on the tags that publish a package, and on no tag where nothing is published', async () => {
    const tagsOf = (text: string): readonly string[] | null =>
      readWorkflow(CI, text)
        .triggers.find(({ event }) => event === 'push')
        ?.tags?.map(({ value }) => value) ?? null;
    const result = await run({ ...sampleRepository('units'), [CI]: checks });
    const after = fileOf(result, CI);
    keepsLines(checks, after);
    assert.deepEqual(tagsOf(after), ['v*']);
    assert.ok(jobsOf(after).includes('publish-npm'));
    assert.ok(result.notes.includes('It runs on the tags `v*` too: they publish.'));
    assert.equal(
      tagsOf(fileOf(await run({ ...sampleRepository('orders-service'), [CI]: checks }), CI)),
      null,
    );
    const unfiltered = checks.replace('    branches: [main]\n', '');
    const looseResult = await run({ ...sampleRepository('units'), [CI]: unfiltered });
    assert.ok(!looseResult.notes.some((note) => note.startsWith('It runs on the tags')));
    const loose = fileOf(looseResult, CI);
    const publish = readWorkflow(CI, loose).jobs.find((job) => job.id.value === 'publish-npm');
    assert.equal(
      publish?.condition?.value,
      "github.event_name == 'push' && startsWith(github.ref, 'refs/tags/v')",
    );
    assert.equal(tagsOf(loose), null, 'every push starts it already');
    const other = checks.replace('    branches: [main]\n', '    branches: [main]\n    tags: [nightly]\n');
    assert.equal(fileOf(await run({ ...sampleRepository('units'), [CI]: other }), CI), '');
  });

  it('lets its own deployment wait for the checks that were missing, and deploys as before', async () => {
    const text = `name: Ship
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  ship:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    environment: production
    concurrency: ship
    steps:
      - run: kubectl apply -f k8s/
`;
    const result = await run({ ...sampleRepository('orders-service'), [CI]: text });
    const after = fileOf(result, CI);
    keepsLines(text, after);
    assert.ok(needsOf(after, 'ship').includes('unit'));
    assert.ok(!jobsOf(after).includes('deploy-production'));
    assert.ok(!result.files.some((file) => file.path === '.github/workflows/pipeline.yml'));
    assert.ok(!result.files.some((file) => file.path === '.github/workflows/rollback.yml'));
    assert.ok(!result.findings.some(({ rule }) => rule === 'prod-without-tests'));
    assert.match(result.summary, /gets the checks that were missing/);
  });

  it('stays as it is where a job that deploys would start on pull requests', async () => {
    const text = checks
      .replace('  pull_request:\n', '')
      .replace('npm ci && npm run build', './deploy.sh staging && kubectl apply -f k8s/');
    const result = await run({ ...sampleRepository('orders-service'), [CI]: text });
    const workflow = readWorkflow(CI, fileOf(result, CI) || text);
    assert.deepEqual(
      workflow.triggers.map(({ event }) => event),
      ['push'],
    );
  });

  it('is required by the names of its own jobs, never by those of checks that were not added', async () => {
    const result = await run({ ...sampleRepository('orders-service'), [CI]: checks });
    const command =
      result.manualSteps.find((step) => step.title.startsWith('Require the checks'))?.command ?? '';
    assert.match(command, /"context": ?"test"/);
    assert.match(command, /"context": ?"Format and lint"/);
    assert.doesNotMatch(command, /Unit tests/);
  });

  it('is left alone on request', async () => {
    const result = await run({ ...sampleRepository('orders-service'), [CI]: checks }, { existing: 'beside' });
    assert.ok(result.files.some((file) => file.path === '.github/workflows/pipeline.yml'));
    assert.equal(fileOf(result, CI), '');
    await assert.rejects(
      run({ ...sampleRepository('orders-service'), [CI]: checks }, { existing: 'over' }),
      TaskFailure,
    );
  });

  it('is left alone where its jobs are no block, and a pipeline is written beside it', async () => {
    const text =
      'on: [push, pull_request]\njobs: { test: { runs-on: ubuntu-24.04, steps: [{ run: npm test }] } }\n';
    const result = await run({ ...sampleRepository('orders-service'), [CI]: text });
    assert.equal(fileOf(result, CI), '');
    assert.ok(result.files.some((file) => file.path === '.github/workflows/pipeline.yml'));
    assert.ok(
      result.notes.some((note) =>
        note.includes('ci.yml was not extended: its jobs are not written as a block'),
      ),
    );
  });

  it('keeps every line, whatever its layout', async () => {
    const files = sampleRepository('units');
    const step = fc.constantFrom('npm test', 'npm run lint', 'npm run build', 'echo "a: b" # c');
    const layout = fc.record({
      indent: fc.constantFrom(2, 4, 3),
      breaks: fc.constantFrom('\n', '\r\n'),
      tail: fc.constantFrom('', '\n', '\n\n# the end\n', '\nenv:\n  A: b\n', '\n# on env\nenv:\n  A: b'),
      on: fc.constantFrom('[push, pull_request]', 'push', '\n  pull_request:\n  push:\n    branches: [main]'),
      ids: fc.uniqueArray(fc.constantFrom('test', 'build', 'unit', 'quality', 'summary'), { minLength: 1 }),
      steps: fc.array(step, { minLength: 1, maxLength: 3 }),
      comment: fc.constantFrom('', '      # - run: old\n', '  # after\n', '# flush\n'),
    });
    await fc.assert(
      fc.asyncProperty(layout, async ({ indent, breaks, tail, on, ids, steps, comment }) => {
        const pad = (level: number): string => ' '.repeat(indent * level);
        const jobs = ids.map(
          (id) =>
            `${pad(1)}${id}:\n${pad(2)}runs-on: ubuntu-24.04\n${pad(2)}steps:\n${steps.map((line) => `${pad(3)}- run: ${line}\n`).join('')}${comment}`,
        );
        const text = `on: ${on}\njobs:\n${jobs.join('\n')}${tail}`.replaceAll('\n', breaks);
        const result = await run({ ...files, [CI]: text });
        const after = fileOf(result, CI);
        if (after === '') return;
        assert.deepEqual(readWorkflow(CI, after).problems, []);
        keepsLines(text.replaceAll('\r', ''), after.replaceAll('\r', ''), [
          'on: push',
          'on: [push, pull_request]',
          '',
        ]);
        assert.equal(after.replaceAll('\r\n', '').includes('\n'), breaks === '\n');
        assert.deepEqual(jobsOf(after).slice(0, ids.length), ids);
      }),
      { numRuns: 25 },
    );
  });
});
