import assert from 'node:assert/strict';
import { fact, fileSource } from '../../../src/core/evidence/fact';
import type { DeployTarget, Stack } from '../../../src/core/evidence/profile';
import { canarySteps } from '../../../src/core/risk/canary';
import { plannedFlags } from '../../../src/core/risk/flags';
import { ownerOf } from '../../../src/core/risk/register';
import { changeOf, profileOf, targetOf } from '../../support/change';

const workload = (kind: string): DeployTarget['workloads'] => [
  fact(
    { kind, name: 'orders', namespace: null, container: 'app', image: 'ghcr.io/acme/orders' },
    fileSource('k8s'),
  ),
];

const stepsOf = (target: DeployTarget) =>
  canarySteps(profileOf({ deployTargets: [target] }), 'production', './deploy.sh production').map(
    ({ share, duration, command }) => [share, duration, command],
  );

describe('canary steps', () => {
  it('grow by the table, with what Kubernetes would need for each share', () => {
    assert.deepEqual(
      stepsOf({
        ...targetOf('kubernetes', 'kubectl apply -f k8s/${ENV}'),
        workloads: workload('Deployment') ?? [],
      }),
      [
        [
          '5 %',
          '15 min',
          'UNKNOWN(replicas of a second Deployment beside Deployment/orders that make 5 % of the pods)',
        ],
        [
          '25 %',
          '30 min',
          'UNKNOWN(replicas of a second Deployment beside Deployment/orders that make 25 % of the pods)',
        ],
        [
          '50 %',
          '30 min',
          'UNKNOWN(replicas of a second Deployment beside Deployment/orders that make 50 % of the pods)',
        ],
        ['100 %', '60 min', './deploy.sh production'],
      ],
    );
  });

  it('name the command of Cloud Run, but for the region that no file tells', () => {
    assert.deepEqual(
      stepsOf({ ...targetOf('cloud-run'), workloads: workload('Service') ?? [] }).map(
        ([, , command]) => command,
      ),
      [5, 25, 50, 100].map(
        (percent) =>
          `gcloud run services update-traffic orders --region=UNKNOWN(region) --to-tags=canary=${percent}`,
      ),
    );
  });

  it('have one share on Amazon ECS, which shifts the rest by itself', () => {
    assert.deepEqual(
      stepsOf(targetOf('ecs')).map(([share]) => share),
      ['5 %', '100 %'],
    );
  });

  it('are a pre-release and then the release for a package', () => {
    const stack: Stack = {
      language: 'node',
      folder: '',
      manifest: fact('package.json', fileSource('package.json')),
      name: fact('@acme/orders', fileSource('package.json')),
      version: fact('1.0.0', fileSource('package.json')),
      packageManager: fact('npm', fileSource('package.json')),
      lockFile: null,
      languageVersion: { unknown: 'version' },
      commands: {},
      isPublished: true,
    };
    assert.deepEqual(
      canarySteps(profileOf({ stacks: [stack] }), 'production', null).map(({ share, command }) => [
        share,
        command,
      ]),
      [
        ['who asks for the pre-release', 'npm publish --tag next'],
        ['100 %', 'npm dist-tag add @acme/orders@${VERSION} latest'],
      ],
    );
  });

  it('say for a platform that tells no command what would be needed, but for the last step', () => {
    for (const kind of ['compose', 'script', 'terraform', 'other'] as const) {
      assert.deepEqual(
        stepsOf(targetOf(kind)).map(([, , command]) => command?.startsWith('UNKNOWN(')),
        [true, true, true, false],
        kind,
      );
    }
  });
});

describe('flags of a plan', () => {
  const flags = (change = changeOf(), rest: Partial<Parameters<typeof plannedFlags>[0]> = {}) =>
    plannedFlags({
      change,
      level: 'low',
      rollout: 'rolling',
      ownerOf: (paths) => ownerOf(change, paths),
      releasedOn: null,
      ...rest,
    });

  it('are none where the change has none and the risk asks for none', () => {
    assert.deepEqual(flags(), []);
    assert.deepEqual(flags(changeOf(), { level: 'high', rollout: 'canary' }), []);
  });

  it('ask for one where the risk is high and no canary spares most users', () => {
    const [row, ...others] = flags(changeOf(), { level: 'critical', rollout: 'manual' });
    assert.deepEqual(others, []);
    assert.deepEqual(
      [row?.flag, row?.cohorts],
      ['UNKNOWN(flag that holds back what is risky)', 'internal, 1 %, 10 %, 50 %, 100 %'],
    );
  });

  it('are those that the change adds, to be removed within 90 days of a release whose day is told', () => {
    const added = {
      key: 'new-invoices',
      by: 'OpenFeature',
      change: 'added',
      path: 'src/a.ts',
      range: null,
      side: 'head',
    } as const;
    const change = changeOf({ flags: [added, { ...added, key: 'old-invoices', change: 'removed' }] });
    assert.deepEqual(
      flags(change, { releasedOn: '2026-12-01' }).map(({ flag, removalDate }) => [flag, removalDate]),
      [['new-invoices', '2027-03-01']],
    );
    assert.match(flags(change, { releasedOn: '2026-02-30' })[0]?.removalDate ?? '', /^UNKNOWN/);
  });

  it('are those that the change touches, with the owner of their files', () => {
    const change = changeOf({
      touches: [{ kind: 'feature-flags', paths: ['src/flags.ts'] }],
      owners: { file: 'CODEOWNERS', byPath: new Map([['src/flags.ts', ['@grace']]]) },
    });
    assert.deepEqual(
      flags(change).map(({ flag, owner }) => [flag, owner]),
      [['UNKNOWN(keys of the flags that src/flags.ts changes)', '@grace']],
    );
  });
});
