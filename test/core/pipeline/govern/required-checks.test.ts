import assert from 'node:assert/strict';
import { requiredChecks } from '../../../../src/core/pipeline/govern/required-checks';
import { readWorkflow } from '../../../../src/core/workflow/read';

const STEPS = 'runs-on: ubuntu-24.04\n    steps: [{ run: make }]';

/** The names that are required of workflows given by file name, and what is said of the rest. */
function checksOf(files: Readonly<Record<string, string>>) {
  return requiredChecks(
    Object.entries(files).map(([name, text]) => readWorkflow(`.github/workflows/${name}`, text)),
    'main',
  );
}

const names = (files: Readonly<Record<string, string>>): readonly string[] =>
  checksOf(files).checks.map(({ name }) => name);

const onPullRequest = (jobs: string): Readonly<Record<string, string>> => ({
  'ci.yml': `on: pull_request\njobs:\n${jobs}`,
});

describe('the checks that a ruleset requires', () => {
  it('are called by the name of the job, else by its id', () => {
    assert.deepEqual(
      names(onPullRequest(`  lint:\n    name: Lint it\n    ${STEPS}\n  unit:\n    ${STEPS}\n`)),
      ['Lint it', 'unit'],
    );
  });

  it('are one for each job of a matrix, as the runner names them', () => {
    const matrix = (text: string, name = ''): readonly string[] =>
      names(onPullRequest(`  unit:\n${name}    strategy:\n      matrix:\n${text}\n    ${STEPS}\n`));
    assert.deepEqual(matrix('        os: [linux, windows]\n        node: [20, 22]'), [
      'unit (linux, 20)',
      'unit (linux, 22)',
      'unit (windows, 20)',
      'unit (windows, 22)',
    ]);
    // What `include` adds to a row is not in its name; a row of its own has all values, those of the matrix first.
    assert.deepEqual(
      matrix(
        '        os: [linux]\n        include: [{ os: linux, slow: true }, { slow: false, os: mac }]\n        exclude: [{ os: none }]',
      ),
      ['unit (linux)', 'unit (mac, false)'],
    );
    assert.deepEqual(matrix('        os: [linux, windows]\n        exclude: [{ os: windows }]'), [
      'unit (linux)',
    ]);
    assert.deepEqual(matrix('        set: [{ name: a, at: 3.10 }]'), ['unit (a, 3.1)']);
    assert.deepEqual(matrix('        os: [linux]', '    name: Unit\n'), ['Unit (linux)']);
    assert.deepEqual(matrix('        os: [linux]', '    name: Unit on ${{ matrix.os }}\n'), [
      'Unit on linux',
    ]);
    assert.deepEqual(
      matrix('        set: [{ name: a }, { name: b }]', '    name: Unit ${{ matrix.set.name }}\n'),
      ['Unit a', 'Unit b'],
    );
  });

  it('leave out a matrix or name that only a run settles, and say so', () => {
    const made = checksOf(
      onPullRequest(
        `  unit:\n    strategy: { matrix: { os: "\${{ fromJSON(vars.OS) }}" } }\n    ${STEPS}\n  named:\n    name: Unit \${{ vars.X }}\n    ${STEPS}\n`,
      ),
    );
    assert.deepEqual(made.checks, []);
    assert.match(made.leftOut[0] ?? '', /job unit has names that no file settles: its matrix takes os/);
    assert.match(
      made.leftOut[1] ?? '',
      /job named has a name that no file settles: "Unit \$\{\{ vars\.X \}\}"/,
    );
  });

  it('have the name of the caller before that of a called job, at each level', () => {
    const call = (path: string): string => `uses: ./.github/workflows/${path}`;
    assert.deepEqual(
      names({
        'ci.yml': `on: pull_request\njobs:\n  checks:\n    name: Checks\n    ${call('checks.yml')}\n    with: { what: units }\n`,
        'checks.yml': `on:\n  workflow_call:\n    inputs: { what: { type: string }, deep: { type: boolean, default: false } }\njobs:\n  test:\n    name: Test \${{ inputs.what }}\n    ${STEPS}\n  deep:\n    if: inputs.deep\n    ${STEPS}\n  more:\n    ${call('more.yml')}\n`,
        'more.yml': `on: workflow_call\njobs:\n  last:\n    ${STEPS}\n`,
      }),
      ['Checks / Test units', 'Checks / more / last'],
    );
    const far = checksOf(onPullRequest('  far:\n    uses: acme/shared/.github/workflows/x.yml@v1\n'));
    assert.deepEqual(far.checks, []);
    assert.match(
      far.leftOut[0] ?? '',
      /calls acme\/shared\/\.github\/workflows\/x\.yml@v1, whose jobs are not in/,
    );
  });

  it('are of jobs that a pull request never skips', () => {
    const made = checksOf(
      onPullRequest(
        [
          `  a:\n    ${STEPS}`,
          `  deploy:\n    if: github.event_name == 'push'\n    ${STEPS}`,
          `  after:\n    needs: deploy\n    ${STEPS}`,
          `  all:\n    if: always()\n    needs: [a, deploy]\n    ${STEPS}`,
          `  onpr:\n    if: github.event_name == 'pull_request' && github.base_ref == 'main'\n    ${STEPS}`,
          `  maybe:\n    if: github.actor != 'dependabot[bot]'\n    ${STEPS}`,
          `  behind:\n    needs: maybe\n    ${STEPS}`,
          `  loose:\n    continue-on-error: true\n    ${STEPS}`,
          `  preview:\n    environment: preview\n    ${STEPS}`,
          '',
        ].join('\n'),
      ),
    );
    assert.deepEqual(
      made.checks.map(({ name }) => name),
      ['a', 'all', 'onpr'],
    );
    assert.deepEqual(
      made.leftOut.map((text) => /the job (\w+) (.{10})/.exec(text)?.slice(1).join(' ')),
      ['maybe can be ski', 'behind can be ski', 'loose is allowed', 'preview deploys to'],
    );
  });

  it('are of workflows that every pull request to the branch starts', () => {
    const on = (text: string): readonly string[] =>
      names({ 'ci.yml': `on:\n${text}\njobs:\n  a:\n    ${STEPS}\n` });
    assert.deepEqual(on('  pull_request: { branches: [main, "release/**"] }'), ['a']);
    assert.deepEqual(on('  pull_request: { branches: [develop] }'), []);
    assert.deepEqual(on('  pull_request: { branches-ignore: [main] }'), []);
    assert.deepEqual(on('  pull_request: { types: [opened, synchronize, labeled] }'), ['a']);
    assert.deepEqual(on('  pull_request: { types: [closed] }'), []);
    assert.deepEqual(on('  push:'), []);
    const made = checksOf({
      'docs.yml': `on:\n  pull_request: { paths-ignore: [docs/**] }\njobs:\n  a:\n    ${STEPS}\n`,
      'target.yml': `on: pull_request_target\njobs:\n  a:\n    ${STEPS}\n`,
    });
    assert.deepEqual(made.checks, []);
    assert.match(made.leftOut[0] ?? '', /docs\.yml runs for some paths only/);
    assert.match(made.leftOut[1] ?? '', /target\.yml runs on pull_request_target/);
  });

  it('say that two workflows share a name', () => {
    const made = checksOf({
      'a.yml': `on: pull_request\njobs:\n  test:\n    ${STEPS}\n`,
      'b.yml': `on: pull_request\njobs:\n  test:\n    ${STEPS}\n`,
    });
    assert.equal(made.checks.length, 1);
    assert.match(made.leftOut[0] ?? '', /b\.yml: the job test has the name of another one in .*a\.yml/);
  });

  it('name the scanners whose results are required', () => {
    const scan = (action: string): ReturnType<typeof checksOf> =>
      checksOf(onPullRequest(`  scan:\n    runs-on: x\n    steps: [{ uses: ${action}@v4 }]\n`));
    assert.deepEqual(scan('github/codeql-action/analyze').scanners, ['CodeQL']);
    const other = scan('github/codeql-action/upload-sarif');
    assert.deepEqual(other.scanners, []);
    assert.match(other.leftOut[0] ?? '', /add the tool to the rule of code scanning by hand/);
  });
});
