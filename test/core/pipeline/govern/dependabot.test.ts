import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { ecosystemsOf, proposeDependabot } from '../../../../src/core/pipeline/govern/dependabot';

const named = (paths: readonly string[], members: readonly string[] = []): readonly string[] =>
  ecosystemsOf(
    paths,
    paths.filter((path) => path.endsWith('Dockerfile')),
    members,
  ).map(({ name, directories }) => `${name} ${directories.join(' ')}`);

describe('the ecosystems of a repository', () => {
  it('are told by manifests and lock files, actions in folders of their own included', () => {
    assert.deepEqual(
      named([
        '.github/workflows/ci.yml',
        '.github/actions/build/action.yml',
        'package.json',
        'package-lock.json',
        'api/go.mod',
        'api/Dockerfile',
        'tools/Cargo.toml',
        'infra/.terraform.lock.hcl',
      ]),
      [
        'github-actions / /.github/actions/build',
        'npm /',
        'gomod /api',
        'cargo /tools',
        'terraform /infra',
        'docker /api',
      ],
    );
  });

  it('leave out members of a workspace, modules of a build and what is not the repository’s own', () => {
    assert.deepEqual(named(['package.json', 'pnpm-lock.yaml', 'apps/web/package.json']), ['npm /']);
    assert.deepEqual(named(['package.json', 'apps/web/package.json'], ['/apps/web']), ['npm /']);
    assert.deepEqual(named(['pom.xml', 'core/pom.xml', 'other/pom.xml']), ['maven /']);
    assert.deepEqual(named(['a/package.json', 'b/package.json']), ['npm /a /b']);
    assert.deepEqual(named(['vendor/x/go.mod', 'test/fixtures/y/package.json', 'examples/z/go.mod']), []);
  });

  it('are bun and uv where their lock file is', () => {
    assert.deepEqual(named(['package.json', 'bun.lock', 'web/package.json', 'web/yarn.lock']), [
      'bun /',
      'npm /web',
    ]);
    assert.deepEqual(named(['pyproject.toml', 'uv.lock', 'packages/a/pyproject.toml']), ['uv /']);
    assert.deepEqual(named(['pyproject.toml', 'poetry.lock']), ['pip /']);
  });
});

describe('the configuration of Dependabot', () => {
  const all = [
    { name: 'github-actions', directories: ['/'] },
    { name: 'npm', directories: ['/', '/web'] },
  ];

  it('is made with a week’s cooldown for each', () => {
    const made = parse(proposeDependabot(null, all).text) as { version: number; updates: unknown[] };
    assert.equal(made.version, 2);
    assert.deepEqual(made.updates, [
      {
        'package-ecosystem': 'github-actions',
        directory: '/',
        schedule: { interval: 'weekly' },
        cooldown: { 'default-days': 7 },
      },
      {
        'package-ecosystem': 'npm',
        directories: ['/', '/web'],
        schedule: { interval: 'weekly' },
        cooldown: { 'default-days': 7 },
      },
    ]);
  });

  it('is extended at its end by what it lacks, every line kept, and not a second time', () => {
    const before =
      "version: 2 # ours\r\nupdates:\r\n- package-ecosystem: 'npm'\r\n  directories: ['**/*', '/'] # all\r\n  schedule: { interval: daily }\r\n";
    const { text, notes } = proposeDependabot(before, all);
    assert.ok(text.startsWith(before));
    assert.match(text.slice(before.length), /^- package-ecosystem: github-actions\r\n {2}directory: \/\r\n/);
    assert.match(notes[0] ?? '', /no cooldown for npm/);
    assert.equal(proposeDependabot(text, all).text, text);
    assert.equal((parse(text) as { updates: unknown[] }).updates.length, 2);
  });

  it('is filled where it has no entry, and left alone where it cannot be read', () => {
    const filled = proposeDependabot('version: 2\nupdates: []\n', all).text;
    assert.equal((parse(filled) as { updates: unknown[] }).updates.length, 2);
    assert.equal(proposeDependabot(filled, all).text, filled);
    const broken = proposeDependabot('updates: [\n', all);
    assert.equal(broken.text, 'updates: [\n');
    assert.match(broken.notes[0] ?? '', /cannot be read/);
  });
});
