import assert from 'node:assert/strict';
import { groupByComponent, ownersOf, readCodeOwners } from '../../../src/core/change/components';
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

  it('groups by the innermost package, else by the top folder', () => {
    const components = groupByComponent(
      ['packages/a/src/x.ts', 'packages/a/package.json', 'packages/b/y.ts', 'src/api/a.ts', 'README.md'],
      ['package.json', 'packages/a/package.json', 'packages/b/go.mod', 'src/api/a.ts'],
      owners,
    );
    assert.deepEqual(
      components.map((component) => [component.folder, component.paths.length, component.owners]),
      [
        ['packages/a', 2, ['@acme/all']],
        ['', 1, []],
        ['packages/b', 1, ['@acme/all']],
        ['src', 1, ['@acme/api']],
      ],
    );
  });
});
