import assert from 'node:assert/strict';
import { fact, fileSource } from '../../../../src/core/evidence/fact';
import type { Rollout } from '../../../../src/core/evidence/rollouts';
import { canarySteps } from '../../../../src/core/risk/canary';
import {
  deployCommandTo,
  isOwnStep,
  releaseSteps,
  rollbackPlan,
  type StepFacts,
} from '../../../../src/core/tasks/release-plan/release-steps';
import { changeOf, droppedColumn, profileOf, targetOf } from '../../../support/change';

const facts = (overrides: Partial<StepFacts> = {}, rollout: Rollout = 'rolling'): StepFacts => ({
  change: changeOf(),
  profile: profileOf({ deployTargets: [targetOf('script', './deploy.sh ${ENV} ${VERSION}')] }),
  rollout: { rollout, why: 'a reason' },
  canary: [],
  environments: [
    { name: 'staging', isProduction: false },
    { name: 'production', isProduction: true },
  ],
  owner: '@grace',
  isOwnerTold: false,
  triggers: [],
  ...overrides,
});

const titles = (given: StepFacts): readonly string[] => releaseSteps(given).map((step) => step.title);

describe('the rollback of a plan', () => {
  it('goes back when the runbooks say so, and else at the usual numbers', () => {
    const own = {
      metric: 'error rate',
      comparison: '>',
      threshold: '2 %',
      window: '5 min',
      lasting: '3 min',
    };
    assert.deepEqual(rollbackPlan(facts({ triggers: [own] })).triggers, [own]);
    assert.ok(rollbackPlan(facts()).triggers.length > 1);
  });
});

describe('steps of a release', () => {
  it('go through the environments in order, with the approval before production', () => {
    assert.deepEqual(titles(facts()), [
      'Check that the build may be released',
      'Deploy to staging',
      'Check staging',
      'Approve the release to production',
      'Deploy to production (rolling)',
      'Check production',
      'Watch production',
      'Tell that the release is done',
    ]);
    const deploy = releaseSteps(facts()).filter((step) => step.title.startsWith('Deploy to'));
    assert.deepEqual(
      deploy.map((step) => step.command),
      ['./deploy.sh staging ${VERSION}', './deploy.sh production ${VERSION}'],
    );
  });

  it('leave a name that a shell would read otherwise out of the command', () => {
    const [deploy] = releaseSteps(
      facts({ environments: [{ name: 'a; rm -rf /', isProduction: false }] }),
    ).filter((step) => step.title.startsWith('Deploy to'));
    assert.equal(deploy?.command, './deploy.sh ${ENV} ${VERSION}');
  });

  it('do not pass the command that deploys to all off as a canary or a switch', () => {
    const profile = facts().profile;
    const canary = releaseSteps(
      facts({ canary: canarySteps(profile, 'production', deployCommandTo(profile, 'production')) }, 'canary'),
    );
    assert.deepEqual(
      canary
        .filter((step) => step.title.includes('(canary)'))
        .map((step) => [step.title, step.command, step.durationMinutes]),
      [5, 25, 50].map((percent) => [
        `Give ${percent} % of production the new version (canary)`,
        `UNKNOWN(command that gives ${percent} % of production the new version)`,
        percent === 5 ? 15 : 30,
      ]),
    );
    assert.equal(
      canary.find((step) => step.title === 'Give all of production the new version')?.command,
      './deploy.sh production ${VERSION}',
    );
    assert.ok(canary.some((step) => step.title === 'Deploy to staging'));
    const switched = releaseSteps(facts({}, 'blue-green')).filter((step) =>
      /beside|traffic/.test(step.title),
    );
    assert.ok(switched.length === 2 && switched.every((step) => step.command.startsWith('UNKNOWN(')));
  });

  it('settle and back up first what cannot be undone, by the owner of the migration', () => {
    const path = 'db/migrations/2.sql';
    const change = changeOf({
      irreversible: [droppedColumn({ path })],
      touches: [{ kind: 'schema', paths: [path] }],
      owners: { file: 'CODEOWNERS', byPath: new Map([[path, ['@acme/data']]]) },
    });
    const steps = releaseSteps(facts({ change }));
    assert.deepEqual(
      steps.slice(1, 4).map((step) => [step.title, step.owner, step.command]),
      [
        ['Settle what cannot be undone', '@acme/data', ''],
        [
          'Back up the data that the release deletes, and restore it elsewhere',
          '@acme/data',
          'UNKNOWN(command that takes the backup)',
        ],
        [
          'Run the migrations in staging, unless its deployment does',
          '@acme/data',
          'UNKNOWN(command that runs the migrations)',
        ],
      ],
    );
    assert.ok(
      rollbackPlan(facts({ change })).steps.some((step) => step.title.startsWith('Undo the effects')),
    );
    const told = releaseSteps(facts({ change, isOwnerTold: true }));
    assert.ok(
      told.filter((step) => step.owner !== 'UNKNOWN(approver)').every((step) => step.owner === '@grace'),
    );
  });

  it('each have a command or an action, and say what is expected', () => {
    for (const rollout of ['all-at-once', 'rolling', 'blue-green', 'canary', 'manual'] as const) {
      for (const profile of [profileOf(), facts().profile]) {
        const given = facts(
          {
            profile,
            change: null,
            environments: [],
            canary: canarySteps(profile, 'production', deployCommandTo(profile, 'production')),
          },
          rollout,
        );
        for (const step of [...releaseSteps(given), ...rollbackPlan(given).steps]) {
          assert.ok(isOwnStep(step.title), step.title);
          assert.equal(step.command === '', step.action !== '', step.title);
          assert.notEqual(step.expected, '', step.title);
        }
      }
    }
  });

  it('go back by the command and check of the repository, to the release before', () => {
    const profile = profileOf({
      deployTargets: [targetOf('kubernetes', 'kubectl apply')],
      smokeTest: fact('./smoke.sh ${ENV}', fileSource('smoke.sh')),
    });
    const plan = rollbackPlan(facts({ profile }));
    assert.equal(plan.target, 'v1.2.0');
    assert.deepEqual(
      plan.steps.map((step) => step.command),
      ['', 'undo kubectl apply', './smoke.sh production'],
    );
    assert.equal(rollbackPlan(facts({ change: null })).target, 'UNKNOWN(version to go back to)');
  });
});
