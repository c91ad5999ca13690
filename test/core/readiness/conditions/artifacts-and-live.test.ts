import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fact, unknown } from '../../../../src/core/evidence/fact';
import type {
  ArtifactAnswer,
  CommitClaim,
  DeploymentsAnswer,
  FoundArtifact,
  RecordedDeployment,
} from '../../../../src/core/ports';
import type { Condition, ConditionAnswer } from '../../../../src/core/readiness/condition';
import { condition as artifactExists } from '../../../../src/core/readiness/conditions/artifact-exists';
import { condition as artifactMatchesCommit } from '../../../../src/core/readiness/conditions/artifact-matches-commit';
import { condition as noDeploymentInProgress } from '../../../../src/core/readiness/conditions/no-deployment-in-progress';
import { condition as previousArtifactExists } from '../../../../src/core/readiness/conditions/previous-artifact-exists';
import { condition as targetHealthy } from '../../../../src/core/readiness/conditions/target-healthy';
import type { ReadinessFacts } from '../../../../src/core/readiness/facts';
import type { LiveTarget } from '../../../../src/core/readiness/live-target';
import type { AskedArtifact } from '../../../../src/core/readiness/released-artifact';

const HEAD = '4f0c1d2e3b5a69788796a5b4c3d2e1f001122334';
const OLDER = '1111111111111111111111111111111111111111';
const DIGEST = `sha256:${'a'.repeat(64)}`;

const live: LiveTarget = {
  deployments: null,
  whyNotAsked: 'GitHub was not asked for deployments: that takes --online',
  repository: 'acme/orders',
  workflows: ['.github/workflows/deploy.yml'],
  health: [],
  healthCommand: null,
};

/** As much of the facts as these conditions look at. */
function factsOf(parts: object): ReadinessFacts {
  return {
    asked: { version: '1.4.0', environment: 'production' },
    now: new Date('2026-03-01T12:00:00Z'),
    change: { range: { commits: { base: OLDER, head: HEAD }, baseTag: 'v1.3.0', headTag: null } },
    profile: {
      remote: fact({ host: 'github.com', owner: 'acme', name: 'orders' }, { kind: 'git', what: 'remote' }),
    },
    artifact: null,
    previousArtifact: null,
    live,
    ...parts,
  } as unknown as ReadinessFacts;
}

const found: FoundArtifact = {
  reference: 'ghcr.io/acme/orders:1.4.0',
  digest: DIGEST,
  isDigestComputed: true,
  sizeBytes: 31_457_280,
  createdAt: '2026-03-01T10:00:00Z',
  commits: [],
  signatures: [],
  verification: { kind: 'not-verified', detail: 'was not verified' },
  withdrawn: null,
  notes: [],
};

function asked(answer: ArtifactAnswer, isConfigured = true, known: readonly string[] = []): AskedArtifact {
  return {
    artifact: {
      registry: 'oci',
      name: 'ghcr.io/acme/orders',
      url: null,
      versions: ['{version}'],
      command: null,
      verify: null,
      isConfigured,
      sources: [],
    },
    version: '1.4.0',
    answer,
    knownCommits: new Map(
      known
        .map((commit) => [commit.slice(0, 12), commit] as const)
        .concat(known.map((commit) => [commit, commit])),
    ),
  };
}

const present = (parts: Partial<FoundArtifact> = {}): ArtifactAnswer => ({
  kind: 'present',
  artifact: { ...found, ...parts },
});

type Row = readonly [
  what: string,
  parts: object,
  status: ConditionAnswer['status'] | null,
  why: RegExp,
  next?: RegExp,
];

function table(condition: Condition, rows: readonly Row[]): void {
  describe(condition.id, () => {
    for (const [what, parts, status, why, next] of rows) {
      it(`${status ?? 'does not apply'}: ${what}`, () => {
        const answer = condition.judge(factsOf(parts));
        assert.equal(answer?.status ?? null, status, JSON.stringify(answer));
        if (!answer) return;
        assert.match(answer.why, why);
        assert.doesNotMatch(answer.why, /\.$/);
        assert.equal(answer.next === null, answer.status === 'pass');
        if (next) assert.match(answer.next ?? '', next);
      });
    }
  });
}

table(artifactExists, [
  [
    'it is there',
    { artifact: asked(present()) },
    'pass',
    /ghcr\.io\/acme\/orders:1\.4\.0 is in its registry: sha256:a+, 30 MB, made 2026/,
  ],
  [
    'the registry tells the digest',
    { artifact: asked(present({ isDigestComputed: false })) },
    'pass',
    /, as the registry says/,
  ],
  [
    'it was yanked',
    { artifact: asked(present({ withdrawn: 'yanked: broken' })) },
    'fail',
    /withdrawn \(yanked: broken\)/,
  ],
  [
    'it is not there',
    { artifact: asked({ kind: 'absent', detail: 'ghcr.io has no x' }) },
    'fail',
    /ghcr\.io has no x/,
    /build and push/,
  ],
  [
    'a file names an image, and its tags are not known',
    { artifact: asked({ kind: 'absent', detail: 'ghcr.io has no x' }, false) },
    'unknown',
    /nor under the other names that are usual/,
    /readiness\.artifact/,
  ],
  [
    'it is refused',
    { artifact: asked({ kind: 'refused', detail: 'ghcr.io refuses' }) },
    'fail',
    /refuses/,
    /docker login/,
  ],
  [
    'its bytes are others',
    { artifact: asked({ kind: 'corrupt', detail: 'ghcr.io sends others' }) },
    'fail',
    /sends others/,
  ],
  [
    'the network does not answer',
    { artifact: asked({ kind: 'unknown', detail: 'ghcr.io could not be reached (ENOTFOUND)' }) },
    'unknown',
    /ENOTFOUND/,
  ],
  [
    'nobody wants it asked',
    {
      artifact: asked({
        kind: 'unknown',
        detail: 'no registry was asked: that takes --online',
        option: '--online',
      }),
    },
    'unknown',
    /no registry was asked/,
    /--online/,
  ],
  ['nothing names it', {}, 'unknown', /names the artifact/, /readiness\.artifact/],
]);

const label = (commit: string, repository: string | null = null): CommitClaim => ({
  commit,
  from: 'the label org.opencontainers.image.revision',
  repository,
});

table(artifactMatchesCommit, [
  [
    'the label names the commit',
    { artifact: asked(present({ commits: [label(HEAD)] })) },
    'pass',
    /names 4f0c1d2e3b5a, the commit of the release; this was read/,
  ],
  [
    'the label names it abbreviated',
    { artifact: asked(present({ commits: [label(HEAD.slice(0, 12))] })) },
    'pass',
    /names/,
  ],
  [
    'another commit of the repository',
    { artifact: asked(present({ commits: [label(OLDER)] }), true, [OLDER]) },
    'fail',
    /was made from 111111111111, not from 4f0c1d2e3b5a/,
    /--head 111111111111/,
  ],
  [
    'another commit that is not fetched, of this repository by name',
    { artifact: asked(present({ commits: [label(OLDER, 'git@github.com:Acme/orders.git')] })) },
    'fail',
    /not from/,
  ],
  [
    'the label of a base image',
    { artifact: asked(present({ commits: [label(OLDER, 'https://github.com/nodejs/docker-node')] })) },
    'unknown',
    /may be the label of a base image/,
  ],
  [
    'provenance and a label handed down',
    {
      artifact: asked(
        present({
          commits: [
            label(OLDER, 'https://github.com/x/y'),
            { commit: HEAD, from: 'the provenance', repository: null },
          ],
        }),
      ),
    },
    'pass',
    /the provenance names/,
  ],
  [
    'it names none',
    { artifact: asked(present()) },
    'unknown',
    /nothing about ghcr\.io\/acme\/orders:1\.4\.0 names the commit/,
  ],
  [
    'the signature was rejected',
    {
      artifact: asked(
        present({
          commits: [label(HEAD)],
          verification: {
            kind: 'rejected',
            detail: 'was rejected by "cosign verify" (status 1)',
            namesCommit: false,
          },
        }),
      ),
    },
    'fail',
    /was rejected by "cosign verify"/,
  ],
  [
    'the signature was verified for the commit',
    {
      artifact: asked(
        present({
          verification: { kind: 'verified', detail: 'was verified by "x {commit}"', namesCommit: true },
        }),
      ),
    },
    'pass',
    /was verified by "x \{commit\}", for the commit 4f0c1d2e3b5a/,
  ],
  [
    'the signature was verified for nothing that names it',
    {
      artifact: asked(
        present({ verification: { kind: 'verified', detail: 'was verified by "x"', namesCommit: false } }),
      ),
    },
    'unknown',
    /names the commit/,
  ],
  ['it is not there', { artifact: asked({ kind: 'absent', detail: 'x' }) }, null, /./],
  [
    'git tells nothing',
    { artifact: asked(present({ commits: [label(HEAD)] })), change: null },
    'unknown',
    /is not known/,
  ],
]);

table(previousArtifactExists, [
  ['it is there', { previousArtifact: asked(present()) }, 'pass', /is in its registry: sha256/],
  [
    'it is gone',
    { previousArtifact: asked({ kind: 'absent', detail: 'ghcr.io has no x' }) },
    'fail',
    /nothing to go back to/,
  ],
  [
    'its tags are not known',
    { previousArtifact: asked({ kind: 'absent', detail: 'ghcr.io has no x' }, false) },
    'unknown',
    /^ghcr\.io has no x$/,
  ],
  [
    'it is refused',
    { previousArtifact: asked({ kind: 'refused', detail: 'ghcr.io refuses' }) },
    'fail',
    /refuses/,
  ],
  [
    'nobody answers',
    { previousArtifact: asked({ kind: 'unknown', detail: 'ghcr.io gave no answer' }) },
    'unknown',
    /no answer/,
  ],
  ['nothing names the artifact', {}, null, /./],
  [
    'the base is no release',
    {
      artifact: asked(present()),
      change: { range: { commits: { base: OLDER, head: HEAD }, baseTag: null } },
    },
    'unknown',
    /no release tag lies at the base/,
  ],
]);

const url = 'https://orders.example/healthz';
const withHealth = (parts: Partial<LiveTarget>): object => ({ live: { ...live, ...parts } });
const ended = (status: number): LiveTarget['healthCommand'] => ({
  argv: ['./ops/health.sh', 'prod'],
  result: { kind: 'ended', status, stdout: '', stderr: '', isCut: false },
});

table(targetHealthy, [
  [
    'it answers as expected',
    withHealth({
      health: [{ url, expected: 200, answer: { kind: 'answered', status: 200, milliseconds: 12 } }],
    }),
    'pass',
    /^1 address answers as expected$/,
  ],
  [
    'it answers otherwise',
    withHealth({
      health: [{ url, expected: 200, answer: { kind: 'answered', status: 503, milliseconds: 12 } }],
    }),
    'fail',
    /status 503, not 200/,
  ],
  [
    'it is expected to redirect',
    withHealth({
      health: [{ url, expected: 302, answer: { kind: 'answered', status: 302, milliseconds: 1 } }],
    }),
    'pass',
    /as expected/,
  ],
  [
    'it does not answer',
    withHealth({
      health: [
        {
          url,
          expected: 200,
          answer: { kind: 'unknown', detail: 'orders.example gave no answer within 10 seconds' },
        },
      ],
    }),
    'unknown',
    /gave no answer/,
  ],
  [
    'one fails, one is silent',
    withHealth({
      health: [
        { url, expected: 200, answer: { kind: 'unknown', detail: 'silent' } },
        { url, expected: 200, answer: { kind: 'answered', status: 500, milliseconds: 1 } },
      ],
    }),
    'fail',
    /status 500/,
  ],
  [
    'nobody wants it asked',
    withHealth({ health: [{ url, expected: 200, answer: null }] }),
    'unknown',
    /was not asked/,
    /--online/,
  ],
  ['the command says yes', withHealth({ healthCommand: ended(0) }), 'pass', /says that it is well/],
  [
    'the command says no',
    withHealth({ healthCommand: ended(1) }),
    'fail',
    /says that the target is not well/,
  ],
  [
    'the command says neither',
    withHealth({ healthCommand: ended(127) }),
    'unknown',
    /status 127, which says neither/,
  ],
  [
    'the command may not run',
    withHealth({ healthCommand: { argv: ['x'], result: null } }),
    'unknown',
    /was not run/,
    /--run-commands/,
  ],
  ['nothing is configured', {}, 'unknown', /nothing tells how production is asked/],
]);

const deployment = (parts: Partial<RecordedDeployment> = {}): RecordedDeployment => ({
  what: 'deployment 7 to production',
  commit: OLDER,
  state: 'in_progress',
  startedAt: '2026-03-01T11:50:00Z',
  url: null,
  isOwn: false,
  ...parts,
});

const known = (
  parts: Partial<Extract<DeploymentsAnswer, { kind: 'known' }>>,
  more: Partial<LiveTarget> = {},
): object => ({
  live: {
    ...live,
    whyNotAsked: null,
    ...more,
    deployments: { kind: 'known', inProgress: [], runs: [], history: [], ...parts },
  },
});

table(noDeploymentInProgress, [
  [
    'all have ended',
    known({ history: [deployment({ state: 'success' })] }),
    'pass',
    /have ended, and no run of \.github\/workflows\/deploy\.yml is in progress/,
  ],
  ['no run is in progress', known({}), 'pass', /^no run of/],
  [
    'another is in progress',
    known({ inProgress: [deployment()] }),
    'fail',
    /deployment 7 to production of 111111111111 is in progress \(in_progress since/,
    /wait/,
  ],
  [
    'it is this very run',
    known({ inProgress: [deployment({ isOwn: true })], runs: [deployment({ isOwn: true })] }),
    'pass',
    /no run of/,
  ],
  [
    'this release waits for its approval',
    known({ inProgress: [deployment({ commit: HEAD, state: 'waiting' })] }),
    'pass',
    /no run of/,
  ],
  [
    'this release is already being deployed',
    known({ inProgress: [deployment({ commit: HEAD })] }),
    'fail',
    /in progress/,
  ],
  [
    'another waits for its approval',
    known({ inProgress: [deployment({ state: 'waiting' })] }),
    'fail',
    /waiting since/,
  ],
  [
    'one was forgotten',
    known({ inProgress: [deployment({ startedAt: '2025-11-01T00:00:00Z' })] }),
    'unknown',
    /never ended/,
  ],
  [
    'a run may still deploy',
    known({ runs: [deployment({ what: 'run 9 of deploy.yml' })] }),
    'unknown',
    /run 9 of deploy\.yml, which deploys to production, has not ended/,
  ],
  ['nothing is recorded', known({}, { workflows: [] }), 'unknown', /records no deployment to production/],
  [
    'GitHub refuses',
    { live: { ...live, deployments: { kind: 'refused', detail: 'api.github.com refuses the token' } } },
    'unknown',
    /refuses the token/,
    /GITHUB_TOKEN/,
  ],
  [
    'GitHub does not answer',
    { live: { ...live, deployments: { kind: 'unknown', detail: 'no answer' } } },
    'unknown',
    /no answer/,
  ],
  ['nobody wants it asked', {}, 'unknown', /that takes --online/, /--online/],
  [
    'the remote is elsewhere',
    {
      live: {
        ...live,
        repository: null,
        whyNotAsked:
          "the repository's remote is at git.example, so no record of deployments can be asked for",
      },
      profile: { remote: unknown('remote') },
    },
    'unknown',
    /git\.example/,
  ],
]);

describe('a package that releasing publishes', () => {
  const own = (answer: ArtifactAnswer): AskedArtifact => {
    const { artifact, ...rest } = asked(answer, false);
    return { ...rest, artifact: { ...artifact, registry: 'npm', name: '@acme/orders' } };
  };

  it('need not be there before, warns only, and is told apart by its commit', () => {
    for (const kind of ['absent', 'refused'] as const) {
      assert.equal(artifactExists.judge(factsOf({ artifact: own({ kind, detail: 'x' }) })), null);
    }
    const facts = factsOf({ artifact: own(present({ commits: [label(OLDER)] })) });
    assert.equal(artifactExists.judge(facts)?.status, 'pass');
    const answer = artifactMatchesCommit.judge(facts);
    assert.equal(answer?.status, 'unknown');
    assert.doesNotMatch(answer.why, /base image/);
    assert.ok(typeof artifactExists.weight === 'function');
    assert.equal(artifactExists.weight(facts), 'warn');
  });
});

describe('the weight of what nobody named', () => {
  it('is a warning, and blocks where it is named', () => {
    for (const condition of [artifactExists, artifactMatchesCommit, previousArtifactExists]) {
      assert.ok(typeof condition.weight === 'function');
      assert.equal(condition.weight(factsOf({})), 'warn');
      assert.equal(condition.weight(factsOf({ artifact: asked(present()) })), 'block');
    }
  });
});
