import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createParsers } from '../../../src/adapters/parsers';
import type { Change } from '../../../src/core/change/change';
import { collectProfile } from '../../../src/core/evidence/collect-profile';
import { readConfiguration, type Configuration } from '../../../src/core/gate/configuration';
import type { ArtifactAnswer, ArtifactQuestion, History } from '../../../src/core/ports';
import {
  askForArtifact,
  asPreviousArtifact,
  namedArtifact,
  previousRelease,
  type NamedArtifact,
} from '../../../src/core/readiness/released-artifact';
import { memoryWorld } from '../../support/world';

const HEAD = '4f0c1d2e3b5a69788796a5b4c3d2e1f001122334';
const { signal } = new AbortController();

function configured(...lines: readonly string[]): Configuration {
  const read = readConfiguration('x.yml', `${lines.join('\n')}\n`);
  return read.ok ? read.configuration : assert.fail(JSON.stringify(read));
}

async function named(
  files: Readonly<Record<string, string>>,
  configuration: Configuration = configured(''),
): Promise<NamedArtifact | null> {
  const profile = await collectProfile(memoryWorld(files, createParsers()), {
    signal,
    report: () => undefined,
  });
  return namedArtifact(configuration, profile);
}

/** A registry that has these versions, and what it was asked for. */
function registryOf(
  has: readonly string[],
  otherwise: ArtifactAnswer = { kind: 'absent', detail: 'not there' },
) {
  const asked: ArtifactQuestion[] = [];
  return {
    asked,
    find: async (question: ArtifactQuestion): Promise<ArtifactAnswer> => {
      asked.push(question);
      if (!has.includes(question.version)) return otherwise;
      return {
        kind: 'present',
        artifact: {
          reference: `x:${question.version}`,
          digest: null,
          isDigestComputed: false,
          sizeBytes: null,
          createdAt: null,
          commits: [{ commit: HEAD.slice(0, 10), from: 'label', repository: null }],
          signatures: [],
          verification: { kind: 'not-verified', detail: '' },
          withdrawn: null,
          notes: [],
        },
      };
    },
  };
}

const history = {
  resolve: async (ref: string) => (HEAD.startsWith(ref) ? HEAD : null),
} as unknown as History;
const release = { version: 'v1.4.0', commit: HEAD, tag: 'orders-v1.4.0' };

describe('which artifact a release is', () => {
  const dockerfile = { Dockerfile: 'FROM scratch\n' };
  const build = (tag: string): string =>
    `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          tags: ${tag}\n`;
  const manifest = (more: object = {}): string =>
    JSON.stringify({ name: '@acme/orders', version: '1.0.0', main: 'index.js', ...more });

  it('is what the configuration says', async () => {
    const artifact = await named(
      { 'package.json': manifest() },
      configured(
        'readiness:',
        '  artifact: { registry: pypi, name: orders, url: "https://pypi.acme.example" }',
      ),
    );
    assert.equal(artifact?.registry, 'pypi');
    assert.equal(artifact.url, 'https://pypi.acme.example');
    assert.equal(artifact.isConfigured, true);
  });

  it('is the image that a workflow names, with its place', async () => {
    const artifact = await named({
      ...dockerfile,
      '.github/workflows/a.yml': build('ghcr.io/acme/orders:1.0'),
    });
    assert.equal(artifact?.name, 'ghcr.io/acme/orders');
    assert.equal(artifact.sources[0]?.kind, 'file');
    assert.equal(artifact.isConfigured, false);
  });

  it('is no image of a local name', async () => {
    assert.equal(
      await named({ ...dockerfile, 'compose.yml': 'services:\n  a:\n    build: .\n    image: orders:dev\n' }),
      null,
    );
  });

  it('is the one package that others install, from the public registry', async () => {
    assert.equal((await named({ 'package.json': manifest() }))?.name, '@acme/orders');
    const own = 'https://registry.npmjs.org/';
    assert.equal(
      (await named({ 'package.json': manifest({ publishConfig: { registry: own } }) }))?.registry,
      'npm',
    );
  });

  for (const [what, files] of [
    ['private', { 'package.json': manifest({ private: true }) }],
    [
      'published elsewhere by its manifest',
      { 'package.json': manifest({ publishConfig: { registry: 'https://npm.pkg.github.com' } }) },
    ],
    [
      'published elsewhere by the scope in .npmrc',
      { 'package.json': manifest(), '.npmrc': '@acme:registry = https://npm.acme.example/\n' },
    ],
    ['one of several', { 'a/package.json': manifest(), 'b/package.json': manifest({ name: 'b' }) }],
  ] as const) {
    it(`is no package that is ${what}`, async () => {
      assert.equal(await named(files), null);
    });
  }

  it('is a package whose .npmrc is about another scope', async () => {
    assert.equal(
      (await named({ 'package.json': manifest(), '.npmrc': '@other:registry=https://npm.acme.example/\n' }))
        ?.registry,
      'npm',
    );
  });
});

describe('asking for an artifact', () => {
  const image: NamedArtifact = {
    registry: 'oci',
    name: 'ghcr.io/acme/orders',
    url: null,
    versions: ['{version}', 'v{version}', '{commit}', 'sha-{short}'],
    command: null,
    verify: null,
    isConfigured: false,
    sources: [],
  };

  it('tries each way of writing the version until one is there', async () => {
    const registry = registryOf([`sha-${HEAD.slice(0, 7)}`]);
    const asked = await askForArtifact(registry, image, release, history, signal);
    assert.deepEqual(
      registry.asked.map(({ version }) => version),
      ['1.4.0', 'v1.4.0', HEAD, 'sha-4f0c1d2'],
    );
    assert.equal(asked.answer.kind, 'present');
    assert.deepEqual([...asked.knownCommits], [[HEAD.slice(0, 10), HEAD]]);
  });

  it('stops at what is refused or not known', async () => {
    const registry = registryOf([], { kind: 'refused', detail: 'no' });
    assert.equal((await askForArtifact(registry, image, release, history, signal)).answer.kind, 'refused');
    assert.equal(registry.asked.length, 1);
  });

  it('leaves out what is written with a commit or tag that is not known', async () => {
    const registry = registryOf([]);
    await askForArtifact(
      registry,
      { ...image, versions: ['{tag}', ...image.versions] },
      { version: '1.4.0', commit: null, tag: null },
      history,
      signal,
    );
    assert.deepEqual(
      registry.asked.map(({ version }) => version),
      ['1.4.0', 'v1.4.0'],
    );
  });

  it('finds a release of GitHub by its tag first', async () => {
    const configuration = configured(
      'readiness:',
      '  artifact: { registry: github-release, name: acme/orders }',
    );
    const artifact = await named({}, configuration);
    const registry = registryOf([]);
    assert.ok(artifact);
    await askForArtifact(registry, artifact, release, history, signal);
    assert.deepEqual(
      registry.asked.map(({ version }) => version),
      ['orders-v1.4.0', 'v1.4.0', '1.4.0'],
    );
  });

  it('asks nobody without a registry', async () => {
    const { answer } = await askForArtifact(null, image, release, history, signal);
    assert.ok(answer.kind === 'unknown' && answer.option === '--online');
  });

  it('says of the version before that it is gone only where a person named the artifact', async () => {
    for (const [isConfigured, status] of [
      [true, 'absent'],
      [false, 'unknown'],
    ] as const) {
      const asked = await askForArtifact(
        registryOf([]),
        { ...image, isConfigured },
        release,
        history,
        signal,
      );
      assert.equal(asPreviousArtifact(asked).status, status);
    }
  });
});

describe('the version before', () => {
  const changeOf = (baseTag: string | null): Change =>
    ({ range: { baseTag, commits: { base: HEAD, head: HEAD }, previousVersion: null } }) as unknown as Change;

  for (const [tag, version] of [
    ['v1.3.0', '1.3.0'],
    ['orders@1.3.0-rc.1', '1.3.0-rc.1'],
    ['release-1.3', '1.3'],
  ] as const) {
    it(`of ${tag} is ${version}`, () => {
      assert.deepEqual(previousRelease(changeOf(tag), configured('')), { version, commit: HEAD, tag });
    });
  }

  it('is none without a release tag', () => {
    assert.equal(previousRelease(changeOf(null), configured('')), null);
    assert.equal(previousRelease(null, configured('')), null);
  });
});
