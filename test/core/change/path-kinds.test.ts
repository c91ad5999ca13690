import assert from 'node:assert/strict';
import { groupByComponent, readComponents } from '../../../src/core/change/components';
import { ownersOf, readCodeOwners } from '../../../src/core/change/owners';
import { memoryFiles } from '../../support/world';
import { touchesOfPath } from '../../../src/core/change/path-kinds';

describe('what a path touches', () => {
  for (const [path, ...kinds] of [
    ['prisma/schema.prisma', 'schema'],
    ['db/structure.sql', 'schema'],
    ['infra/main.tf', 'infrastructure'],
    ['k8s/deployment.yaml', 'infrastructure'],
    ['Dockerfile', 'infrastructure'],
    ['docker-compose.prod.yml', 'infrastructure'],
    ['charts/api/values.yaml', 'infrastructure', 'configuration'],
    ['config/production.yml', 'configuration'],
    ['.env.example', 'configuration'],
    ['src/main/resources/application-prod.properties', 'configuration'],
    ['flags/checkout.yml', 'feature-flags'],
    ['src/feature-flags.ts', 'feature-flags'],
    ['api/openapi.yaml', 'interfaces'],
    ['proto/orders.proto', 'interfaces'],
    ['package.json', 'dependencies'],
    ['services/a/go.sum', 'dependencies'],
    ['requirements-dev.txt', 'dependencies'],
    ['.github/workflows/ci.yml', 'pipelines'],
    ['.gitlab-ci.yml', 'pipelines'],
    ['iam/policy.json', 'permissions'],
    ['CODEOWNERS', 'permissions'],
    ['k8s/rolebinding.yaml', 'infrastructure', 'permissions'],
    ['k8s/sealed-secrets/db.yaml', 'infrastructure', 'secrets'],
    ['scripts/deploy.sh', 'deploy-scripts'],
    ['bin/rollback', 'deploy-scripts'],
    ['Procfile', 'deploy-scripts'],
    ['spec/openapi.yaml', 'interfaces'],
    ['spec/deploy.sh'],
    ['src/release-notes.ts'],
    ['src/deploy-button.tsx'],
    ['src/core/migrate.ts'],
    ['README.md'],
    ['docs/k8s/deployment.yaml'],
    ['test/fixtures/Dockerfile'],
    ['src/app.js'],
  ] as const) {
    it(`${path} → ${kinds.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(touchesOfPath(path), kinds);
    });
  }
});

describe('components and owners', () => {
  const rules = readCodeOwners(
    '# team\n* @acme/all\n/db/ @acme/data ada@example.test # comment\n*.md\nsrc/api/** @acme/api\n!/x @no\n[Section] @no\n',
  );
  const owners = ownersOf(rules);

  it('lets the last pattern that matches decide, as GitHub does', () => {
    assert.deepEqual(owners('src/x.ts'), ['@acme/all']);
    assert.deepEqual(owners('db/migrations/1.sql'), ['@acme/data', 'ada@example.test']);
    assert.deepEqual(owners('README.md'), []);
    assert.deepEqual(owners('src/api/v1/a.ts'), ['@acme/api']);
    assert.deepEqual(owners('../x'), []);
    assert.equal(rules[1]?.line, 3);
  });

  it('reads patterns as the hosts do: case, anchors, folders, direct children, escaped blanks', () => {
    const of = (pattern: string, path: string): boolean =>
      ownersOf(readCodeOwners(`${pattern} @a`))(path).length > 0;
    for (const [pattern, yes, no] of [
      ['docs/*', 'docs/a.md', 'docs/deep/a.md'],
      ['docs/', 'x/docs/deep/a.md', 'docs'],
      ['/docs/', 'docs/a.md', 'x/docs/a.md'],
      ['apps/web', 'apps/web/src/a.ts', 'x/apps/web/a.ts'],
      ['*.js', 'a/b/c.js', 'a/b/c.jsx'],
      ['*.JS', 'c.JS', 'c.js'],
      ['**/logs', 'build/logs/a/b.log', 'build/logsx/a'],
      ['/a/**/z.ts', 'a/z.ts', 'b/z.ts'],
      ['/a/**/z.ts', 'a/b/c/z.ts', 'a/b/c/y.ts'],
      ['my\\ file.txt', 'x/my file.txt', 'my'],
      ['\\#odd', '#odd', 'odd'],
      ['Makefile', 'x/Makefile', 'x/makefile'],
      ['*', 'a/b', ''],
      ['/a.b', 'a.b', 'axb'],
    ] as const) {
      assert.equal(of(pattern, yes), true, `${pattern} ${yes}`);
      assert.equal(of(pattern, no), false, `${pattern} not ${no}`);
    }
  });

  it('reads sections: owners by default, one decision in each, exclusions', () => {
    const found = ownersOf(
      readCodeOwners(
        '* @all\n[Data][2] @data\n/db/\n/db/seed/ @seeds\n^[Docs] @writers\n*.md\n!CHANGELOG.md\n[data]\n/db/none/\n',
      ),
    );
    assert.deepEqual(found('db/a.sql'), ['@all', '@data']);
    assert.deepEqual(found('db/seed/a.md'), ['@all', '@seeds', '@writers']);
    assert.deepEqual(found('CHANGELOG.md'), ['@all']);
    assert.deepEqual(found('db/none/a.sql'), ['@all']);
  });

  it('takes what the configuration says, else workspaces, else the innermost package, else the top folder', async () => {
    const files = {
      'package.json': '{"workspaces":{"packages":["packages/*","!packages/old"]}}',
      'packages/a/package.json': '{}',
      'packages/a/templates/package.json': '{}',
      'packages/old/package.json': '{}',
      'rust/Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n',
      'rust/crates/x/Cargo.toml': '',
      'go.work': 'go 1.22\n\nuse (\n\t./svc/one // first\n)\n',
      'svc/one/go.mod': 'module one\n',
      'py/pyproject.toml': '[tool.uv.workspace]\nmembers = ["libs/*"]\n',
      'py/libs/l/pyproject.toml': '',
      'pnpm-workspace.yaml': 'packages:\n  - web\n',
      'web/package.json': '{}',
      'lerna.json': 'broken',
      'nx/app/project.json': '{}',
    };
    const memory = memoryFiles(files);
    const componentOf = await readComponents(
      Object.keys(files),
      [{ name: 'payments', globs: ['src/pay/**', 'packages/a/pay.ts'] }],
      (path) => memory.read(path),
    );
    for (const [path, name, source] of [
      ['packages/a/templates/x.ts', 'packages/a', 'workspace'],
      ['packages/a/pay.ts', 'payments', 'configuration'],
      ['packages/old/x.ts', 'packages/old', 'manifest'],
      ['rust/crates/x/src/lib.rs', 'rust/crates/x', 'workspace'],
      ['rust/README.md', 'rust', 'manifest'],
      ['svc/one/main.go', 'svc/one', 'workspace'],
      ['py/libs/l/a.py', 'py/libs/l', 'workspace'],
      ['web/a.ts', 'web', 'workspace'],
      ['nx/app/a.ts', 'nx/app', 'manifest'],
      ['src/pay/a.ts', 'payments', 'configuration'],
      ['src/other/a.ts', 'src', 'folder'],
      ['README.md', '', 'folder'],
    ] as const) {
      const place = componentOf(path);
      assert.deepEqual([place.name, place.source], [name, source], path);
    }
  });

  it('groups paths and commits, most paths first', async () => {
    const componentOf = await readComponents(
      ['package.json', 'packages/a/package.json', 'packages/b/go.mod', 'src/api/a.ts'],
      [],
      () => Promise.resolve({ ok: false, reason: 'missing', detail: 'does not exist' }),
    );
    const components = groupByComponent({
      changed: [
        'packages/a/src/x.ts',
        'packages/a/package.json',
        'packages/b/y.ts',
        'src/api/a.ts',
        'README.md',
      ],
      componentOf,
      ownersOfPath: owners,
      commits: [
        { hash: '2', paths: ['packages/a/src/x.ts', 'src/api/a.ts', 'gone/and/back.ts'] },
        { hash: '1', paths: ['packages/a/package.json'] },
      ],
    });
    assert.deepEqual(
      components.map((component) => [
        component.folder,
        component.paths.length,
        component.owners,
        component.commits,
      ]),
      [
        ['packages/a', 2, ['@acme/all'], ['2', '1']],
        ['', 1, [], []],
        ['packages/b', 1, ['@acme/all'], []],
        ['src', 1, ['@acme/api'], ['2']],
      ],
    );
  });
});
