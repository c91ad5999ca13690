import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import { collectProfile } from '../../../src/core/evidence/collect-profile';
import { gatherRollback } from '../../../src/core/readiness/rollback-evidence';
import { noRecords } from '../../../src/core/records/record';
import { judgeRollback } from '../../../src/core/risk/credibility';
import { changeOf } from '../../support/change';
import { memoryWorld, quietRun } from '../../support/world';

async function judged(files: Readonly<Record<string, string>>, id = 'script-handles-rollback') {
  const world = memoryWorld(files, createParsers());
  const profile = await collectProfile(world, quietRun());
  const evidence = await gatherRollback(
    world,
    {
      change: changeOf(
        id === 'runs-on-new-schema' ? { touches: [{ kind: 'schema', paths: ['db/1.rb'] }] } : {},
      ),
      profile,
      plan: null,
      records: noRecords,
      inForce: [],
      version: '1.3.0',
    },
    new AbortController().signal,
  );
  const found = judgeRollback(evidence).conditions.find((each) => each.id === id);
  assert.ok(found);
  return found;
}

const FORWARD = 'kubectl apply -f k8s/';
const BACK = 'kubectl rollout undo deployment/api';
const deploy = (more: string): string => `#!/usr/bin/env bash\nset -e\n${more}\n`;

const DEPLOY_WORKFLOW = `
on: { push: { branches: [main] } }
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment: production
    steps:
      - uses: actions/checkout@v4
      - run: STEP
`;

const CASES: Readonly<
  Record<string, readonly [Readonly<Record<string, string>>, 'pass' | 'fail' | 'unknown', RegExp]>
> = {
  'a helper that is sourced': [
    {
      'scripts/deploy.sh': deploy(
        `source "$(dirname "$0")/lib/kube.sh"\ncase "$1" in --rollback) go_back ;; *) ${FORWARD} ;; esac`,
      ),
      'scripts/lib/kube.sh': `go_back() { ${BACK}; }\n`,
    },
    'pass',
    /--rollback: "kubectl rollout undo deployment\/api"/,
  ],
  'a helper that only talks': [
    {
      'scripts/deploy.sh': deploy(
        `. "$DIR/lib/kube.sh"\ncase "$1" in --rollback) go_back ;; *) ${FORWARD} ;; esac`,
      ),
      'scripts/lib/kube.sh': 'go_back() { echo "ask the operations team"; }\n',
    },
    'fail',
    /knows --rollback at line 4 and does nothing for it/,
  ],
  'the branch in a sourced file': [
    {
      'deploy.sh': deploy(
        `source ./options.sh\nparse "$@"\nif [ "$MODE" = rollback ]; then ${BACK}; else ${FORWARD}; fi`,
      ),
      'options.sh':
        'parse() { MODE=deploy; for o in "$@"; do case "$o" in --rollback) MODE=rollback ;; esac; done; }\n',
    },
    'pass',
    /deploy\.sh runs commands for the rollback/,
  ],
  'all arguments handed to a script of the repository': [
    {
      'deploy.sh': deploy('exec ./ops/release "$@"'),
      'ops/release': deploy(`if [ "\${1:-}" = rollback ]; then ${BACK}; exit; fi\n${FORWARD}`),
    },
    'pass',
    /rollback: "kubectl rollout undo/,
  ],
  'a script that is called for the rollback and does nothing': [
    {
      'deploy.sh': deploy(`if [ "$1" = --rollback ]; then bash scripts/undo.sh; exit; fi\n${FORWARD}`),
      'scripts/undo.sh': deploy('echo "not yet"'),
    },
    'fail',
    /does nothing for it/,
  ],
  'a Python program that is called for the rollback': [
    {
      'deploy.sh': deploy(`if [ "$1" = --rollback ]; then python3 ops/undo.py; exit; fi\n${FORWARD}`),
      'ops/undo.py': 'print("x")\n',
    },
    'unknown',
    /hands the request on to "ops\/undo\.py/,
  ],
  'only a PowerShell script': [
    { 'deploy.ps1': 'param([switch]$Rollback)\n' },
    'unknown',
    /deploy\.ps1 is no shell script/,
  ],
  'a target of make': [
    { Makefile: `deploy:\n\t${FORWARD}\n\nrollback:\n\t@echo going back\n\t@${BACK}\n` },
    'pass',
    /Makefile runs commands for the rollback \(kubectl rollout undo/,
  ],
  'a target of make that only talks': [
    { 'deploy.sh': deploy(FORWARD), Makefile: 'rollback:\n\t@echo "see the wiki"\n' },
    'fail',
    /deploy\.sh has no branch for --rollback/,
  ],
  'a target of make that calls a script which ignores it': [
    { 'deploy.sh': deploy(FORWARD), Makefile: 'rollback:\n\t./deploy.sh --rollback\n' },
    'fail',
    /deploy\.sh has no branch for --rollback/,
  ],
  'a target of make that calls a script which knows it': [
    {
      'ops/ship.sh': deploy(`[ "$1" = --rollback ] && { ${BACK}; exit; }\n${FORWARD}`),
      Makefile: 'rollback:\n\t./ops/ship.sh --rollback\n',
    },
    'pass',
    /make rollback: --rollback/,
  ],
  'a script of package.json': [
    { 'package.json': '{ "name": "api", "scripts": { "rollback": "heroku rollback --app api" } }' },
    'pass',
    /package\.json runs commands for the rollback \(heroku rollback/,
  ],
  'a task': [
    {
      'Taskfile.yml': `version: '3'\ntasks:\n  rollback:\n    cmds:\n      - echo back\n      - cmd: ${BACK}\n`,
    },
    'pass',
    /Taskfile\.yml runs commands/,
  ],
  'a recipe of just': [
    { justfile: `rollback version:\n    helm rollback api {{version}}\n` },
    'pass',
    /justfile runs commands/,
  ],
  'a rollback script beside a deploy script': [
    {
      'scripts/deploy.sh': deploy(FORWARD),
      'scripts/rollback.sh': deploy(`if [ $# -lt 1 ]; then echo usage; exit 1; fi\n${BACK}`),
    },
    'pass',
    /scripts\/rollback\.sh runs commands/,
  ],
  'a workflow that goes back, and no script': [
    {
      '.github/workflows/deploy.yml': DEPLOY_WORKFLOW.replace('STEP', FORWARD),
      '.github/workflows/rollback.yml': DEPLOY_WORKFLOW.replace('STEP', BACK).replace(
        '{ push: { branches: [main] } }',
        'workflow_dispatch',
      ),
    },
    'pass',
    /can put an earlier version back/,
  ],
  'a workflow that goes back, where deploying runs the script': [
    {
      'scripts/deploy.sh': deploy(FORWARD),
      '.github/workflows/deploy.yml': DEPLOY_WORKFLOW.replace('STEP', './scripts/deploy.sh production'),
    },
    'fail',
    /scripts\/deploy\.sh has no branch/,
  ],
};

describe('what shows that a release can be taken back', () => {
  for (const [name, [files, status, why]] of Object.entries(CASES)) {
    it(`${name}: ${status}`, async () => {
      const found = await judged(files);
      assert.match(found.why, why);
      assert.equal(found.status, status, found.why);
    });
  }

  it('sees a job that runs the version before on the migrated schema', async () => {
    const job = (steps: string): Readonly<Record<string, string>> => ({
      '.github/workflows/old.yml': `on: pull_request\njobs:\n  old:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n        with: { fetch-depth: 0 }\n${steps}`,
      'docs/release/RELEASE_PLAN.md':
        '---\nkind: release-plan\n---\n\n# Plan\n\n## Rollback plan\n\n- **Runs on the new schema:** yes\n',
    });
    const migrate = '      - run: npx prisma migrate deploy\n';
    const old = '      - run: git checkout "$(git describe --tags --abbrev=0)"\n';
    const test = '      - run: npm ci && npm test\n';
    const what = async (steps: string): Promise<string | undefined> => {
      const world = memoryWorld(job(steps), createParsers());
      const evidence = await gatherRollback(
        world,
        {
          change: changeOf(),
          profile: await collectProfile(world, quietRun()),
          plan: null,
          records: noRecords,
          inForce: [],
          version: null,
        },
        new AbortController().signal,
      );
      return evidence.workflow?.oldOnNewSchema?.what;
    };
    assert.match(
      (await what(migrate + old + test)) ?? '',
      /"old" of \.github\/workflows\/old\.yml tests the version before/,
    );
    assert.equal(await what(old + migrate + test), undefined);
    assert.equal(await what(migrate + test), undefined);
    assert.equal(await what(migrate + old), undefined);
  });
});
