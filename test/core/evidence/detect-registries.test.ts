import assert from 'node:assert/strict';
import { confidenceOf, isKnown } from '../../../src/core/evidence/fact';
import type { History } from '../../../src/core/ports';
import { profileOf } from '../../support/generated-pipeline';
import { noHistory } from '../../support/world';

const DOCKERFILE = { Dockerfile: 'FROM scratch\n' };

function workflow(...steps: readonly string[]): string {
  return [
    'on: push',
    'env: { REGISTRY: ghcr.io }',
    'jobs:',
    '  release:',
    '    runs-on: ubuntu-24.04',
    '    steps:',
    ...steps.map((step) => `      - ${step}`),
    '',
  ].join('\n');
}

function tagged(...names: readonly string[]): History {
  return {
    ...noHistory,
    state: () => Promise.resolve({ kind: 'git', head: 'a'.repeat(40), branch: 'main', isShallow: false }),
    tags: () =>
      Promise.resolve(
        names.map((name, index) => ({
          name,
          commit: 'b'.repeat(40),
          taggedAt: `2026-01-${String(10 + index)}T00:00:00Z`,
        })),
      ),
  };
}

async function registries(files: Readonly<Record<string, string>>): Promise<string[]> {
  const profile = await profileOf(files);
  return profile.registries.map(
    (found) =>
      `${found.value.kind} ${found.value.address ?? '-'} ${found.value.name ?? '-'} (${confidenceOf(found)})`,
  );
}

async function versioning(files: Readonly<Record<string, string>>, history = noHistory): Promise<string> {
  const { versioning: known } = await profileOf(files, history);
  if (!isKnown(known)) return 'unknown';
  const { scheme, tool, tagPrefix } = known.value;
  return `${scheme} ${tool ?? 'by hand'} ${tagPrefix ?? '-'} (${confidenceOf(known)})`;
}

async function workspaces(files: Readonly<Record<string, string>>): Promise<string[]> {
  const profile = await profileOf(files);
  return profile.workspaces.map(
    ({ value }) => `${value.tool} ${value.folder || '.'}: ${value.members.join(', ')}`,
  );
}

describe('registries of a profile', () => {
  it('tells where a package goes, and how sure that is', async () => {
    const library = { name: '@larkmoor/quotes', version: '1.0.0', main: 'index.js' };
    assert.deepEqual(await registries({ 'package.json': JSON.stringify(library) }), [
      'npm - @larkmoor/quotes (moderate)',
    ]);
    assert.deepEqual(
      await registries({
        'package.json': JSON.stringify({
          ...library,
          publishConfig: { registry: 'https://npm.pkg.github.com' },
        }),
      }),
      ['npm https://npm.pkg.github.com @larkmoor/quotes (strong)'],
    );
    assert.deepEqual(
      await registries({
        'pyproject.toml': '[project]\nname = "quotes"\n[build-system]\nbuild-backend = "hatchling.build"\n',
        '.github/workflows/release.yml': workflow('uses: pypa/gh-action-pypi-publish@release/v1'),
      }),
      ['pypi - quotes (strong)'],
    );
  });

  it('tells none for a service, a private package, a rehearsal, and a Go module', async () => {
    assert.deepEqual(
      await registries({
        'package.json': JSON.stringify({ name: 'quotes', private: true, main: 'index.js' }),
        '.github/workflows/ci.yml': workflow('run: npm publish --dry-run'),
      }),
      [],
    );
    assert.deepEqual(
      await registries({
        'go.mod': 'module example.org/quotes\n\ngo 1.23\n',
        'quotes.go': 'package quotes\n',
      }),
      [],
    );
  });

  it('tells image registries by the name of the image, else by the login beside its build', async () => {
    const build = 'uses: docker/build-push-action@v6';
    const image = (tags: string): Record<string, string> => ({
      ...DOCKERFILE,
      '.github/workflows/image.yml': workflow(`${build}\n        with: { push: true, tags: "${tags}" }`),
    });
    assert.deepEqual(await registries(image('ghcr.io/larkmoor/quotes:1')), [
      'ghcr ghcr.io larkmoor/quotes (strong)',
    ]);
    assert.deepEqual(await registries(image('larkmoor/quotes:latest')), [
      'docker-hub - larkmoor/quotes (strong)',
    ]);
    assert.deepEqual(await registries(image('123456789012.dkr.ecr.eu-west-1.amazonaws.com/quotes:1')), [
      'ecr 123456789012.dkr.ecr.eu-west-1.amazonaws.com quotes (strong)',
    ]);
    assert.deepEqual(await registries(image('europe-docker.pkg.dev/larkmoor/apps/quotes:1')), [
      'artifact-registry europe-docker.pkg.dev larkmoor/apps/quotes (strong)',
    ]);
    assert.deepEqual(
      await registries({
        ...DOCKERFILE,
        '.github/workflows/image.yml': workflow(
          'uses: docker/login-action@v3\n        with: { registry: "${{ env.REGISTRY }}" }',
          `${build}\n        with: { push: true, tags: "\${{ steps.meta.outputs.tags }}" }`,
        ),
      }),
      ['ghcr ghcr.io - (moderate)'],
    );
  });

  it('tells no image registry where nothing builds an image', async () => {
    assert.deepEqual(
      await registries({
        '.github/workflows/ci.yml': workflow(
          'uses: docker/login-action@v3\n        with: { registry: quay.io }',
        ),
      }),
      [],
    );
  });
});

describe('versioning of a profile', () => {
  it('tells the tool by its file, table or dependency', async () => {
    assert.equal(await versioning({ '.changeset/config.json': '{}' }), 'semantic changesets - (strong)');
    assert.equal(
      await versioning({ 'release-please-config.json': '{}' }),
      'semantic release-please - (strong)',
    );
    assert.equal(
      await versioning({ 'package.json': '{"devDependencies":{"semantic-release":"24"}}' }),
      'semantic semantic-release - (strong)',
    );
    assert.equal(
      await versioning({ 'pyproject.toml': '[tool.setuptools_scm]\n' }, tagged('v1.2.0', 'v1.3.0')),
      'semantic setuptools-scm v (strong)',
    );
    assert.equal(
      await versioning({ 'lerna.json': '{ "version": "independent" }' }),
      'semantic lerna - (strong)',
    );
    assert.equal(
      await versioning({ '.goreleaser.yaml': 'builds: []\n', 'release-please-config.json': '{}' }),
      'semantic release-please - (strong)',
    );
    assert.equal(
      await versioning({ '.github/workflows/r.yml': workflow('uses: googleapis/release-please-action@v4') }),
      'semantic release-please - (strong)',
    );
  });

  it('tells the scheme and the prefix by the tags of releases', async () => {
    assert.equal(await versioning({}, tagged('v1.0.0', 'v1.1.0', 'nightly')), 'semantic by hand v (strong)');
    assert.equal(await versioning({}, tagged('2026.4.0', '2026.5.1')), 'calendar by hand  (strong)');
    assert.equal(
      await versioning({}, tagged('release-24.04', 'release-24.10')),
      'calendar by hand release- (strong)',
    );
    assert.equal(await versioning({}, tagged('v1.0.0', '2026.05')), 'calendar by hand  (moderate)');
  });

  it('takes a version in a manifest alone for a hint, and says nothing where there is none', async () => {
    assert.equal(await versioning({ 'package.json': '{"version":"0.1.0"}' }), 'semantic by hand - (weak)');
    assert.equal(await versioning({ 'README.md': '# Quotes\n' }), 'unknown');
    assert.equal(await versioning({}, tagged('nightly', 'experiment')), 'unknown');
  });
});

describe('workspaces of a profile', () => {
  it('tells the members of package managers and of the task runners above them', async () => {
    const member = (name: string): string => JSON.stringify({ name });
    assert.deepEqual(
      await workspaces({
        'package.json': '{"name":"root","private":true}',
        'pnpm-workspace.yaml': 'packages: [apps/*]\n',
        'pnpm-lock.yaml': '',
        'turbo.json': '{}',
        'apps/web/package.json': member('web'),
        'apps/api/package.json': member('api'),
      }),
      ['pnpm .: apps/api, apps/web', 'turbo .: apps/api, apps/web'],
    );
  });

  it('tells those of Go, uv, Maven and Gradle', async () => {
    assert.deepEqual(
      await workspaces({
        'go.work': 'go 1.23\n\nuse (\n\t./api\n\t./worker // jobs\n)\n',
        'api/go.mod': 'module example.org/api\n',
        'worker/go.mod': 'module example.org/worker\n',
      }),
      ['go .: api, worker'],
    );
    assert.deepEqual(
      await workspaces({
        'pyproject.toml': '[project]\nname = "root"\n[tool.uv.workspace]\nmembers = ["packages/*"]\n',
        'packages/core/pyproject.toml': '[project]\nname = "core"\n',
      }),
      ['uv .: packages/core'],
    );
    assert.deepEqual(
      await workspaces({
        'pom.xml':
          '<project>\n<modules>\n<module>api</module>\n<module>web</module>\n</modules>\n</project>\n',
        'api/pom.xml': '<project>\n<modules>\n<module>inner</module>\n</modules>\n</project>\n',
      }),
      ['maven .: api, web'],
    );
    assert.deepEqual(
      await workspaces({
        'settings.gradle.kts': 'rootProject.name = "quotes"\ninclude(":api", ":libs:core")\ninclude("web")\n',
      }),
      ['gradle .: api, libs/core, web'],
    );
  });
});
