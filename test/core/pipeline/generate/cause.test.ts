import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { namingCause, runItYourself } from '../../../../src/core/pipeline/generate/cause';
import type { JobSpec } from '../../../../src/core/pipeline/generate/workflow-text';

const JOB: JobSpec = {
  id: 'quality',
  name: 'Format and lint',
  permissions: { contents: 'read' },
  timeoutMinutes: 15,
  steps: [
    { name: 'Check out the commit', uses: { reference: 'actions/checkout@v7', version: null } },
    {
      name: 'Check the format',
      run: 'npm run format:check',
      whenItFails: runItYourself('npm run format:check', 'apps/web'),
    },
    { name: 'Lint', run: 'lint', whenItFails: runItYourself('test 100% = "$(echo \'100%\')"', '') },
    { name: '2 scripts', run: 'one\ntwo' },
    {
      name: 'Scan',
      uses: { reference: 'acme/scan@v1', version: null },
      whenItFails: 'Ask somebody',
    },
    { name: 'Lint', run: 'again' },
  ],
};

/** What the last step prints when the steps came out as given, run as GitHub's `shell: bash` runs it. */
function printed(outcomes: Readonly<Record<string, string>>): string {
  const last = namingCause(JOB).steps.at(-1);
  const result = spawnSync(
    'bash',
    ['--noprofile', '--norc', '-eo', 'pipefail', '-c', last?.run ?? 'exit 9'],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'] ?? '',
        NEXT: last?.env?.['NEXT'] as string,
        STEPS: JSON.stringify(
          Object.fromEntries(Object.entries(outcomes).map(([id, outcome]) => [id, { outcome, outputs: {} }])),
        ),
      },
    },
  );
  assert.equal(result.status, 0, result.stderr);
  return result.stdout.trim();
}

describe('the cause of a failed job', () => {
  before(function () {
    if (spawnSync('jq', ['--version']).error) this.skip();
  });

  it('is the first step that failed, with what to do next', () => {
    assert.equal(
      printed({ 'check-the-format': 'failure', lint: 'skipped' }),
      '::error title=check-the-format failed::Run it yourself to see the same: npm run format:check (in apps/web)',
    );
    assert.equal(
      printed({ 'check-the-format': 'success', lint: 'failure', 'lint-2': 'failure' }),
      `::error title=lint failed::Run it yourself to see the same: test 100%25 = "$(echo '100%25')"`,
    );
    assert.equal(printed({ scan: 'failure' }), '::error title=scan failed::Ask somebody');
    assert.equal(
      printed({ 'step-2-scripts': 'failure' }),
      '::error title=step-2-scripts failed::Its log, the first red one, says why',
    );
    assert.match(printed({ 'lint-2': 'failure' }), /^::error title=lint-2 failed::Its log/);
  });

  it('is the setting up where no step with an id failed', () => {
    assert.match(printed({ 'check-the-format': 'skipped' }), /^::error title=setup failed::Its log/);
    assert.match(printed({}), /^::error title=setup failed::./);
  });
});

describe('a job that names the cause of its failure', () => {
  it('says nothing while it is green, and keeps ids that are there', () => {
    const job = namingCause({
      ...JOB,
      steps: [
        { name: 'Deploy', id: 'deploy', run: 'ship' },
        { name: 'Deploy', run: 'ship again' },
        { name: 'Go back', if: "failure() && steps.deploy.outcome != 'skipped'", run: 'unship' },
      ],
    });
    assert.deepEqual(
      job.steps.map((step) => step.id),
      ['deploy', 'deploy-2', undefined, undefined],
    );
    assert.equal(job.steps.at(-1)?.if, 'failure()');
  });

  it('is left as it is where no step has anything to say', () => {
    const quiet: JobSpec = { ...JOB, steps: JOB.steps.slice(0, 1) };
    assert.equal(namingCause(quiet), quiet);
  });
});
