import assert from 'node:assert/strict';
import type { Span } from '../../../src/core/text/position';
import type { Workflow } from '../../../src/core/workflow/model';
import { readWorkflow } from '../../../src/core/workflow/read';

function read(text: string): Workflow {
  return readWorkflow('.github/workflows/ci.yml', text);
}

const JOBS = 'jobs:\n  a:\n    runs-on: ubuntu-latest\n';

function messages(text: string): string[] {
  return read(text).problems.map((problem) => problem.message);
}

describe('reading a workflow: what makes judging impossible', () => {
  it('says of an empty or comment-only file that it is empty', () => {
    for (const text of ['', '\n', '# later\n', '\uFEFF# later\r\n', '---\n']) {
      assert.deepEqual(messages(text), ['holds no workflow: it is empty'], JSON.stringify(text));
    }
  });

  it('says of what is no map, or has no map of jobs, that it is no workflow', () => {
    assert.deepEqual(messages('- a\n- b\n'), ['is no workflow: not a map']);
    assert.deepEqual(messages('just words\n'), ['is no workflow: not a map']);
    assert.deepEqual(messages('on: push\n'), ['is no workflow: it has no map of `jobs`']);
    assert.deepEqual(messages('on: push\njobs: [a]\n'), ['is no workflow: it has no map of `jobs`']);
  });

  it('keeps of a broken workflow what it can', () => {
    const workflow = read(`name: CI\non: push\n${JOBS}    steps:\n      - run: "make\n`);
    assert.ok(workflow.problems.length > 0);
    assert.equal(workflow.name?.value, 'CI');
    assert.deepEqual(
      workflow.triggers.map((trigger) => trigger.event),
      ['push'],
    );
    assert.equal(workflow.jobs[0]?.id.value, 'a');
  });

  it('takes a key that stands twice for doubtful, not for broken', () => {
    const workflow = read(`on: push\non: pull_request\n${JOBS}`);
    assert.deepEqual(workflow.problems, []);
    assert.deepEqual(
      workflow.tree.problems.map((problem) => problem.kind),
      ['duplicate-key'],
    );
    assert.deepEqual(
      workflow.triggers.map((trigger) => trigger.event),
      ['pull_request'],
    );
  });

  it('does not judge a file of several documents', () => {
    assert.deepEqual(messages(`on: push\n${JOBS}---\na: 1\n`), ['holds more than one YAML document']);
  });

  it('never throws on values of unexpected shapes', () => {
    const values = ['', '~', 'x', '1', '[]', '{}', '[[a]]', '{a: {b: c}}', '[{a: 1}]', '"', '&x [*x]', "''"];
    const keys = ['on', 'name', 'permissions', 'concurrency', 'env', 'defaults', 'jobs'];
    const jobKeys = [
      'needs',
      'if',
      'environment',
      'concurrency',
      'permissions',
      'strategy',
      'steps',
      'secrets',
    ];
    const more = [
      'runs-on',
      'outputs',
      'with',
      'uses',
      'timeout-minutes',
      'continue-on-error',
      'defaults',
      'env',
    ];
    for (const value of values) {
      for (const key of keys) read(`${key}: ${value}\n`);
      for (const key of [...jobKeys, ...more]) read(`jobs:\n  a:\n    ${key}: ${value}\n`);
      read(`jobs:\n  a: ${value}\n`);
      read(`jobs:\n  a:\n    steps:\n      - ${value}\n      - run: ${value}\n        with: ${value}\n`);
    }
  });
});

describe('reading a workflow: triggers', () => {
  const events = (on: string): string[] => read(`${on}\n${JOBS}`).triggers.map((trigger) => trigger.event);

  it('takes `on` as a name, a list and a map, in block and flow style', () => {
    assert.deepEqual(events('on: push'), ['push']);
    assert.deepEqual(events('on: [push, pull_request]'), ['push', 'pull_request']);
    assert.deepEqual(events('on:\n  - push\n  - workflow_dispatch'), ['push', 'workflow_dispatch']);
    assert.deepEqual(events('on:\n  push:\n  schedule:\n    - cron: "0 3 * * *"'), ['push', 'schedule']);
    assert.deepEqual(events('on: {push: {branches: main}, release: }'), ['push', 'release']);
  });

  it('takes the key quoted, and as the `true` that other tools write for it', () => {
    assert.deepEqual(events('"on": push'), ['push']);
    assert.deepEqual(events('true: push'), ['push']);
    assert.deepEqual(events("'true':\n  push:"), ['push']);
    assert.deepEqual(events('true: push\non: release'), ['release']);
    assert.deepEqual(events('name: none'), []);
  });

  it('reads the filters, one name written without a list too, with their places', () => {
    const text = `on:\n  push:\n    branches: [main, "release/**"]\n    tags: v*\n    paths:\n      - src/**\n  workflow_run:\n    workflows: CI\n    types: [completed]\n  pull_request:\n    branches-ignore: [wip]\n${JOBS}`;
    const [push, run, pull] = read(text).triggers;
    assert.deepEqual(
      push?.branches?.map((branch) => [branch.value, text.slice(branch.span.start, branch.span.end)]),
      [
        ['main', 'main'],
        ['release/**', '"release/**"'],
      ],
    );
    assert.deepEqual(
      [push?.tags, push?.paths, run?.workflows, run?.types, pull?.branchesIgnore].map((list) =>
        list?.map((item) => item.value),
      ),
      [['v*'], ['src/**'], ['CI'], ['completed'], ['wip']],
    );
    assert.deepEqual([push?.tagsIgnore, run?.branches, pull?.types], [null, null, null]);
  });

  it('reads inputs with type, default and options', () => {
    const text = `on:\n  workflow_dispatch:\n    inputs:\n      target:\n        type: choice\n        required: true\n        default: staging\n        options: [staging, production]\n      note:\n${JOBS}`;
    const inputs = read(text).triggers[0]?.inputs ?? [];
    assert.deepEqual(
      inputs.map((input) => [
        input.name.value,
        input.type,
        input.isRequired,
        input.defaultValue?.value ?? null,
        input.options.map((option) => option.value),
      ]),
      [
        ['target', 'choice', true, 'staging', ['staging', 'production']],
        ['note', 'string', false, null, []],
      ],
    );
  });
});

describe('reading a workflow: jobs and steps', () => {
  const text = `name: Release
on: push
permissions: read-all
concurrency: release
env:
  LEVEL: 1
defaults:
  run:
    shell: bash
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: make test
  call:
    needs: test
    uses: ./.github/workflows/deploy.yml
    with:
      target: production
    secrets: inherit
  deploy:
    name: Deploy it
    needs: [test, call]
    if: \${{ github.ref == 'refs/heads/main' }}
    environment:
      name: production
      url: https://shop.example
    concurrency:
      group: production
      cancel-in-progress: false
    permissions:
      id-token: write
      contents: read
    timeout-minutes: 15
    continue-on-error: false
    strategy:
      matrix:
        region: [eu, us]
    outputs:
      at: \${{ steps.up.outputs.at }}
    secrets:
      token: x
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0
      - id: up
        name: Up
        if: always()
        run: |
          make up
        shell: sh
        working-directory: infra
        env: {A: b}
        continue-on-error: true
        timeout-minutes: 3
`;
  const workflow = read(text);
  const [, call, deploy] = workflow.jobs;
  const written = (span: Span | undefined): string => (span ? text.slice(span.start, span.end) : '');

  it('reads what stands above the jobs', () => {
    assert.deepEqual(workflow.problems, []);
    assert.equal(workflow.name?.value, 'Release');
    assert.ok(workflow.permissions?.kind === 'all');
    assert.equal(workflow.permissions.access, 'read-all');
    assert.equal(workflow.concurrency?.group?.value, 'release');
    assert.equal(workflow.defaultShell?.value, 'bash');
    assert.deepEqual(
      workflow.env.map(({ name, value }) => [name.value, value.text]),
      [['LEVEL', '1']],
    );
  });

  it('reads a job that calls a workflow', () => {
    assert.equal(call?.uses?.value, './.github/workflows/deploy.yml');
    assert.deepEqual(
      call.needs.map((need) => need.value),
      ['test'],
    );
    assert.equal(call.secrets?.isInherited, true);
    assert.deepEqual(
      call.with.map(({ name, value }) => [name.value, value.text]),
      [['target', 'production']],
    );
  });

  it('reads a job with places for everything', () => {
    assert.ok(deploy);
    assert.equal(written(deploy.id.span), 'deploy');
    assert.ok(written(deploy.span).startsWith('deploy:\n    name: Deploy it\n'));
    assert.ok(written(deploy.span).endsWith('timeout-minutes: 3'));
    assert.equal(written(deploy.condition?.span), "${{ github.ref == 'refs/heads/main' }}");
    assert.equal(written(deploy.environment?.name.span), 'production');
    assert.equal(deploy.environment?.url?.value, 'https://shop.example');
    assert.equal(deploy.concurrency?.cancelInProgress?.value, 'false');
    assert.equal(deploy.timeoutMinutes?.value, '15');
    assert.equal(deploy.continueOnError?.value, 'false');
    assert.equal(deploy.matrix?.kind, 'map');
    assert.equal(deploy.secrets?.isInherited, false);
    assert.ok(deploy.permissions?.kind === 'scopes');
    assert.deepEqual(
      deploy.permissions.entries.map(({ scope, access }) => `${scope.value}: ${access.value}`),
      ['id-token: write', 'contents: read'],
    );
  });

  it('reads the steps with their index, the script as it is written', () => {
    const [checkout, up] = deploy?.steps ?? [];
    assert.equal(checkout?.uses?.value, 'actions/checkout@v4');
    assert.equal(checkout.run, null);
    assert.equal(up?.index, 1);
    assert.equal(up.run?.text, 'make up\n');
    assert.deepEqual(
      [
        up.id,
        up.name,
        up.condition,
        up.shell,
        up.workingDirectory,
        up.continueOnError,
        up.timeoutMinutes,
      ].map((each) => each?.value),
      ['up', 'Up', 'always()', 'sh', 'infra', 'true', '3'],
    );
    assert.equal(written(up.span).slice(0, 6), 'id: up');
  });

  it('takes YAML null for nothing, however it is written', () => {
    for (const nothing of ['', '~', 'null']) {
      const [job] = read(
        `on: push\n${JOBS}    if: ${nothing}\n    environment: ${nothing}\n    permissions: ${nothing}\n`,
      ).jobs;
      assert.deepEqual([job?.condition, job?.environment, job?.permissions], [null, null, null], nothing);
    }
  });

  it('tells no permission from nothing said', () => {
    const [job] = read(`on: push\n${JOBS}    permissions: {}\n`).jobs;
    assert.ok(job?.permissions?.kind === 'scopes');
    assert.deepEqual(job.permissions.entries, []);
  });

  it('follows anchors, aliases and merge keys, with the indexes of steps kept', () => {
    const shared = `on: push\njobs:\n  a: &job\n    runs-on: x\n    timeout-minutes: 5\n    steps: &steps\n      - run: one\n      - not a step\n      - run: two\n  b:\n    <<: *job\n    timeout-minutes: 9\n  c:\n    steps: *steps\n`;
    const [a, b, c] = read(shared).jobs;
    assert.deepEqual([a?.timeoutMinutes?.value, b?.timeoutMinutes?.value], ['5', '9']);
    for (const job of [a, b, c]) {
      assert.deepEqual(
        job?.steps.map((step) => [step.index, step.run?.text]),
        [
          [0, 'one'],
          [2, 'two'],
        ],
      );
    }
  });

  it('reads the same from CRLF and behind a byte order mark', () => {
    const windows = read(`\uFEFF${text.replace(/\n/g, '\r\n')}`);
    assert.deepEqual(windows.problems, []);
    const values = (from: Workflow): unknown =>
      from.jobs.map((job) => [
        job.id.value,
        job.needs.map((need) => need.value),
        job.steps.map((step) => step.run?.text),
      ]);
    assert.deepEqual(values(windows), values(workflow));
    const id = windows.jobs[2]?.id.span;
    assert.equal(id && windows.text.slice(id.start, id.end), 'deploy');
  });
});
