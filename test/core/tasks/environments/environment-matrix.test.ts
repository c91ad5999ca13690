import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import type { EnvironmentMatrix } from '../../../../src/core/documents/environment-matrix/environment-matrix';
import { documentTask } from '../../../../src/core/tasks/documents/document-task';
import { environmentMatrix } from '../../../../src/core/tasks/documents/environment-matrix';
import type { TaskResult } from '../../../../src/core/tasks/task';
import { memoryWorld, quietRun } from '../../../support/world';

const parsers = createParsers();

function matrixOf(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<TaskResult> {
  return documentTask(environmentMatrix).run(memoryWorld(files, parsers), quietRun(inputs));
}

const files = {
  '.github/CODEOWNERS': '* @acme/shop\n/chart/ @acme/platform\n',
  '.github/workflows/deploy.yml': `on:
  push: { branches: [main] }
  workflow_dispatch:
jobs:
  staging:
    environment: { name: staging, url: 'https://staging.shop.acme.io' }
    runs-on: ubuntu-latest
    env:
      PAYMENTS_MODE: sandbox
      DATABASE_URL: \${{ secrets.STAGING_DATABASE_URL }}
    steps:
      - run: helm upgrade --install shop chart -f chart/values-staging.yaml -n staging
  production:
    needs: staging
    environment: production
    runs-on: ubuntu-latest
    env:
      PAYMENTS_MODE: live
      DATABASE_URL: \${{ secrets.DATABASE_URL }}
    steps:
      - run: helm upgrade --install shop chart -f chart/values-production.yaml -n production
`,
  'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 0.1.0\n',
  'chart/values.yaml': 'replicaCount: 1\n',
  'chart/values-staging.yaml': `replicaCount: 1
database:
  host: db.staging.internal
features:
  newCheckout: true
apiToken: very-secret-value
requestLimit: 50
`,
  'chart/values-production.yaml': `replicaCount: 6
database:
  host: db.production.internal
apiToken: another-secret-value
requestLimit: 500
ingress:
  host: shop.acme.io
`,
  'infra/main.tf': `resource "aws_security_group" "db" {
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/16"]
  }
}
`,
  'infra/staging.tfvars': 'instance_class = "db.t3.small"\n',
  'infra/production.tfvars': 'instance_class = "db.r6g.large"\nmulti_az = true\n',
  '.env.staging': 'LOG_LEVEL=debug\nCACHE_URL=redis://cache\n',
  '.env.production': 'LOG_LEVEL=info\n',
};

describe('environment matrix', () => {
  it('says of each environment what puts which version there, and where it is reached', async () => {
    const matrix = (await matrixOf(files)).data as EnvironmentMatrix;
    assert.deepEqual(matrix.environments, [
      {
        environment: 'staging',
        purpose: 'UNKNOWN(what staging is for)',
        address: 'https://staging.shop.acme.io',
        tracks: 'job deploy.yml: staging, started by a push of branch main or a person',
      },
      {
        environment: 'production',
        purpose: 'production: what its users get',
        address: 'https://shop.acme.io',
        tracks: 'job deploy.yml: production, started by a push of branch main or a person',
      },
    ]);
  });

  it('lists in which settings the environments differ, and no value that is secret', async () => {
    const result = await matrixOf(files);
    const matrix = result.data as EnvironmentMatrix;
    assert.deepEqual(
      matrix.differences.map(
        ({ setting, kind, values, place }) => `${setting} (${kind}) ${values} @ ${place}`,
      ),
      [
        'PAYMENTS_MODE (setting) staging: sandbox; production: live @ .github/workflows/deploy.yml:18',
        'DATABASE_URL (database endpoint) staging: from the secret STAGING_DATABASE_URL; production: from the secret DATABASE_URL @ .github/workflows/deploy.yml:19',
        'CACHE_URL (address) production: not set; staging: set @ .env.staging:2',
        'replicaCount (scaling) production: 6; staging: 1 @ chart/values-staging.yaml:1',
        'database.host (database endpoint) production: db.production.internal; staging: db.staging.internal @ chart/values-staging.yaml:3',
        'requestLimit (limit) production: 500; staging: 50 @ chart/values-staging.yaml:7',
        'ingress.host (address) production: shop.acme.io; staging: not set @ chart/values-production.yaml:7',
        'instance_class (scaling) production: db.r6g.large; staging: db.t3.small @ infra/staging.tfvars:1',
        'multi_az (setting) production: true; staging: not set @ infra/production.tfvars:2',
      ],
    );
    assert.deepEqual(matrix.flags, [
      {
        flag: 'features.newCheckout',
        setIn: 'staging',
        notSetIn: 'production',
        place: 'chart/values-staging.yaml:5',
      },
    ]);
    assert.doesNotMatch(result.files[0]?.after ?? '', /secret-value/);
  });

  it('asks for the reason of each deviation, and links the code of each environment and its access rules', async () => {
    const matrix = (await matrixOf(files)).data as EnvironmentMatrix;
    assert.ok(matrix.parity.length > 0);
    for (const { rationale, place } of matrix.parity) {
      assert.match(rationale, /^UNKNOWN\(/);
      assert.match(place, /^[\w./-]+:\d+$|^[\w./-]+$/);
    }
    assert.deepEqual(
      matrix.infrastructure
        .filter(({ environment }) => environment === 'production')
        .map(({ path, what }) => [path, what]),
      [
        ['.env.production', 'environment variables'],
        ['chart/values-production.yaml', 'Helm values'],
        ['infra/production.tfvars', 'Terraform values'],
      ],
    );
    assert.deepEqual(
      matrix.scaling.map(({ environment, kind, setting, value, place }) => [
        environment,
        kind,
        setting,
        value,
        place,
      ]),
      [
        ['production', 'scaling', 'replicaCount', '6', 'chart/values-production.yaml:1'],
        ['staging', 'scaling', 'replicaCount', '1', 'chart/values-staging.yaml:1'],
        ['every environment', 'scaling', 'replicaCount', '1', 'chart/values.yaml:1'],
        [
          'every environment',
          'security group',
          'aws_security_group.db ingress',
          'from_port 5432, to_port 5432, protocol "tcp", cidr_blocks ["10.0.0.0/16"]',
          'infra/main.tf:2',
        ],
      ],
    );
  });

  it('names who owns the files, takes the rest from the person, and says what nobody told', async () => {
    const matrix = (
      await matrixOf(files, {
        purposes: 'staging: last look; production = the shop',
        log_readers: '@acme/shop',
      })
    ).data as EnvironmentMatrix;
    assert.deepEqual(
      matrix.environments.map(({ purpose }) => purpose),
      ['last look', 'the shop'],
    );
    assert.equal(
      matrix.access[1]?.administers,
      'its files are owned by @acme/shop and @acme/platform (CODEOWNERS); UNKNOWN(who administers production)',
    );
    assert.equal(matrix.access[0]?.readsLogs, '@acme/shop');
    assert.match(matrix.access[0]?.deploys ?? '', /who has to approve a deployment to staging/);
    assert.equal(matrix.data[1]?.data, 'production');
  });

  it('is honest about a repository without environments', async () => {
    const result = await matrixOf({ 'README.md': '# Hello\n' });
    const matrix = result.data as EnvironmentMatrix;
    assert.deepEqual(matrix.environments, []);
    assert.match(matrix.summary, /^No file of the repository names an environment/);
  });
});
