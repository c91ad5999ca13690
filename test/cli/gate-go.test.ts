import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { approvalKind } from '../../src/core/documents/approval/approval-kind';
import { gitRepository, type GitRepository } from '../support/git-repository';

const program = path.resolve('dist/cli.js');

const DEPLOY = `#!/usr/bin/env bash
set -euo pipefail
case "\${1:-}" in
  --rollback) kubectl rollout undo deployment/orders && kubectl rollout status deployment/orders --timeout=5m ;;
  *) kubectl set image deployment/orders app="ghcr.io/acme/orders:$1" && kubectl rollout status deployment/orders --timeout=5m ;;
esac
`;

const CONFIGURATION = `readiness:
  rollback:
    objective-minutes: 15
    required-metrics: [error rate]
  artifact:
    registry: command
    command: [sh, scripts/artifact.sh]
`;

/** What a person writes into the plan where it asks. */
const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/UNKNOWN\(minutes that[^)]*\)/g, '4'],
  [/UNKNOWN\(recovery time objective\)/g, '15 min'],
  [/UNKNOWN\(minutes\)/g, '5 min'],
  [
    /UNKNOWN\(how to put the version before back\)/g,
    'artifact redeployment: deploy the version before again',
  ],
  [/UNKNOWN\(command that deploys[^)]*\)/g, 'bash scripts/deploy.sh 1.0.1'],
  [/UNKNOWN\(command that rolls[^)]*\)/g, 'bash scripts/deploy.sh --rollback'],
  [/UNKNOWN\(command that checks[^)]*\)/g, 'curl --fail https://orders.example/healthz'],
  [/UNKNOWN\([^)]*\)/g, 'Ada'],
];

function run(root: string, ...args: readonly string[]): { status: number | null; out: string } {
  const { status, stdout } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' },
  });
  return { status, out: stdout };
}

describe('a release for which everything is on record', function () {
  this.timeout(240_000);
  let repository: GitRepository;

  before(() => {
    if (!existsSync(program)) execFileSync(process.execPath, ['esbuild.mjs']);
    repository = gitRepository();
  });
  after(() => {
    repository.remove();
  });

  const text = (file: string): string => readFileSync(path.join(repository.root, file), 'utf8');
  const gate = (...args: readonly string[]): { status: number | null; out: string } =>
    run(repository.root, 'gate', '--version', '1.0.1', ...args);

  it('goes, and no longer does once something changes that the plan does not know', () => {
    repository.commit('feat: first (#1)', {
      'package.json':
        '{ "name": "orders", "version": "1.0.0", "private": true, "scripts": { "test": "node --test" } }\n',
      'scripts/deploy.sh': DEPLOY,
      'src/a.js': 'export const a = 1;\n',
    });
    repository.git('tag', 'v1.0.0');
    repository.commit('fix: count from two (#2)', { 'src/a.js': 'export const a = 2;\n' });
    run(repository.root, 'generate', '--write');
    run(repository.root, 'runbook', '--write');
    // The script goes back when it is asked to, which the pipeline does; what its first word stands for is a person's to say.
    const workflow = (file: string): string =>
      text(file).replace(
        /echo '::error::UNKNOWN\(what argument 1 of scripts\/deploy\.sh stands for\)'\n +exit 1/g,
        'bash scripts/deploy.sh "${GITHUB_SHA}"',
      );
    assert.match(text('.github/workflows/pipeline.yml'), /run: bash scripts\/deploy\.sh --rollback\n/);
    repository.commit('ci: deploy by the script (#3)', {
      '.github/release-gate.yml': CONFIGURATION,
      '.github/workflows/pipeline.yml': workflow('.github/workflows/pipeline.yml'),
      '.github/workflows/rollback.yml': workflow('.github/workflows/rollback.yml'),
      'docs/ops/RUNBOOK.md': text('docs/ops/RUNBOOK.md').replace(/UNKNOWN\([^)]*\)/g, 'orders'),
      'scripts/artifact.sh': `echo '{"commit":"'"$(git rev-parse HEAD)"'"}'\n`,
    });
    run(repository.root, 'plan', '--version', '1.0.1', '--owner', 'Ada', '--write');
    const plan = ANSWERS.reduce(
      (whole, [asked, answer]) => whole.replace(asked, answer),
      text('docs/release/RELEASE_PLAN.md'),
    );
    repository.commit('docs: the plan (#4)', { 'docs/release/RELEASE_PLAN.md': plan });
    const commit = repository.git('rev-parse', 'HEAD').trim();
    run(
      repository.root,
      ...['drill', 'record', '--environment', 'staging', '--service', 'orders', '--version', '1.0.1'],
      ...['--to', '1.0.0', '--at', new Date(Date.now() - 86_400_000).toISOString(), '--duration', '4m'],
      ...['--outcome', 'passed', '--evidence', 'docs/ops/RUNBOOK.md', '--by', 'Grace', '--write'],
    );
    const approval = approvalKind.render({
      environment: 'production',
      version: '1.0.1',
      commit,
      approver: 'Grace',
      role: 'lead of operations',
      at: new Date().toISOString(),
      recordedBy: 'Grace',
      read: ['docs/ops/RUNBOOK.md', 'docs/release/RELEASE_PLAN.md'],
      evidence: [],
    });
    repository.commit('docs: drill and approval (#5)', {
      'docs/release/records/approval_1.0.1.md': approval,
    });

    const go = gate('--run-commands');
    assert.equal(go.status, 0, go.out);
    assert.match(go.out, /^GO: 1\.0\.1 to production/);
    assert.match(go.out, /The way back is credible/);
    const data = JSON.parse(gate('--run-commands', '--format', 'json').out) as {
      readonly verdict: string;
      readonly rollback: { readonly credible: boolean; readonly conditions: readonly { status: string }[] };
    };
    assert.equal(data.verdict, 'go');
    assert.equal(data.rollback.credible, true);
    assert.deepEqual([...new Set(data.rollback.conditions.map(({ status }) => status))], ['pass']);

    // Without the program nobody asked whether the artifact is there: not a go.
    assert.equal(gate().status, 3);

    repository.commit('fix: count from three (#6)', { 'src/a.js': 'export const a = 3;\n' });
    const stopped = gate('--run-commands');
    assert.equal(stopped.status, 1);
    assert.match(stopped.out, /\[plan-current\]/);
  });
});
