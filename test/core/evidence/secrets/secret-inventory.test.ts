import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import { secretsInFiles } from '../../../../src/core/evidence/secrets/file-secrets';
import {
  isCalled,
  readSecretFiles,
  secretInventory,
  type KnownSecret,
} from '../../../../src/core/evidence/secrets/secret-inventory';
import { classOfSecret } from '../../../../src/core/evidence/secrets/secret-kinds';
import { isNamedLikeSecret } from '../../../../src/core/evidence/secrets/secret-names';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { understandWorkflows } from '../../../../src/core/workflow/understand';
import { workflowSecrets } from '../../../../src/core/workflow/workflow-secrets';
import { memoryFiles } from '../../../support/world';

async function inventoryOf(files: Readonly<Record<string, string>>): Promise<readonly KnownSecret[]> {
  const isWorkflow = (path: string): boolean => path.startsWith('.github/workflows/');
  const set = understandWorkflows(
    Object.entries(files)
      .filter(([path]) => isWorkflow(path))
      .map(([path, text]) => readWorkflow(path, text)),
    await createParsers().shell(),
    { productionEnvironments: [], otherEnvironments: [] },
  );
  const { texts } = await readSecretFiles(memoryFiles(files), Object.keys(files));
  return secretInventory(workflowSecrets(set), secretsInFiles(texts));
}

/** `NAME: who at file:line; …`. */
function shown(secrets: readonly KnownSecret[]): readonly string[] {
  return secrets.map(
    ({ name, uses, storages }) =>
      `${name}: ${[
        ...uses.map(({ usedBy, source }) => `${usedBy} at ${source.path}:${source.range?.start.line ?? '?'}`),
        ...storages.map(({ manager, location }) => `kept in ${manager}${location ? ` ${location}` : ''}`),
      ].join('; ')}`,
  );
}

describe('secrets of a repository', () => {
  it('are found in workflows wherever an expression takes them, with who is given each', async () => {
    const secrets = await inventoryOf({
      '.github/workflows/deploy.yml': `on: push
env:
  SENTRY: \${{ secrets.SENTRY_DSN }}
jobs:
  deploy:
    environment: production
    runs-on: ubuntu-latest
    container:
      image: ghcr.io/acme/tools
      credentials:
        password: \${{ secrets.REGISTRY_TOKEN }}
    steps:
      - uses: docker/login-action@v3
        with:
          password: \${{ secrets['DOCKER_PASSWORD'] }}
          username: \${{ github.actor }}
      - if: \${{ secrets.SLACK_WEBHOOK != '' }}
        run: |
          echo "secrets.NOT_ONE"
          ./deploy.sh "\${{ secrets.DEPLOY_TOKEN || 'none' }}"
        env:
          GH_TOKEN: \${{ secrets.GITHUB_TOKEN }}
`,
    });
    assert.deepEqual(shown(secrets), [
      'DEPLOY_TOKEN: a script in job deploy at .github/workflows/deploy.yml:20',
      'DOCKER_PASSWORD: input password of docker/login-action@v3 in job deploy at .github/workflows/deploy.yml:15',
      'REGISTRY_TOKEN: job deploy at .github/workflows/deploy.yml:11',
      'SENTRY_DSN: variable SENTRY of every job at .github/workflows/deploy.yml:3',
      'SLACK_WEBHOOK: a script in job deploy at .github/workflows/deploy.yml:17',
    ]);
    assert.deepEqual(secrets.find(({ name }) => name === 'DEPLOY_TOKEN')?.uses[0]?.environments, [
      'production',
    ]);
  });

  it('are those of the caller, where a called workflow gives them a name of its own', async () => {
    const called = `on:
  workflow_call:
    secrets:
      token:
        required: true
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: ./deploy.sh
        env:
          TOKEN: \${{ secrets.token }}
`;
    const caller = (secrets: string): string => `on: push
jobs:
  call:
    uses: ./.github/workflows/called.yml
    secrets${secrets}
`;
    const handed = await inventoryOf({
      '.github/workflows/called.yml': called,
      '.github/workflows/call.yml': caller(':\n      token: ${{ secrets.PRODUCTION_TOKEN }}'),
    });
    assert.deepEqual(shown(handed), [
      'PRODUCTION_TOKEN: secret token of ./.github/workflows/called.yml in job call at .github/workflows/call.yml:6',
    ]);
    const inherited = await inventoryOf({
      '.github/workflows/called.yml': called,
      '.github/workflows/call.yml': caller(': inherit'),
    });
    assert.deepEqual(
      inherited.map(({ name }) => name),
      ['token'],
    );
  });

  it('are found in manifests, charts, Terraform, compose and the names of .env files, with what keeps them', async () => {
    const secrets = await inventoryOf({
      'k8s/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders }
spec:
  template:
    spec:
      imagePullSecrets:
        - name: ghcr-pull
      containers:
        - name: api
          env:
            - name: DATABASE_URL
              valueFrom:
                secretKeyRef: { name: orders-db, key: url }
          envFrom:
            - secretRef: { name: orders-api }
      volumes:
        - name: tls
          secret: { secretName: orders-tls }
`,
      'k8s/external.yaml': `apiVersion: external-secrets.io/v1
kind: ClusterSecretStore
metadata: { name: main }
spec:
  provider:
    aws: { service: SecretsManager }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: db }
spec:
  secretStoreRef: { name: main, kind: ClusterSecretStore }
  target: { name: orders-db }
  data:
    - secretKey: url
      remoteRef: { key: prod/orders/db, property: url }
`,
      'k8s/sealed.yaml': `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: orders-api }
spec:
  encryptedData: { KEY: AgB }
`,
      'k8s/certificate.yaml': `apiVersion: cert-manager.io/v1
kind: Certificate
metadata: { name: orders }
spec: { secretName: orders-tls }
`,
      'chart/templates/job.yaml': `kind: Job
metadata:
  name: {{ include "orders.fullname" . }}
spec:
  env:
    - name: SMTP_PASSWORD
      valueFrom:
        secretKeyRef:
          name: smtp
          key: password
    - name: OTHER
      valueFrom:
        secretKeyRef:
          name: {{ .Values.secret }}
          key: other
`,
      'infra/main.tf': `variable "db_password" {
  type      = string
  sensitive = true
}
variable "region" {}
resource "aws_secretsmanager_secret" "db" {
  name = "prod/orders/db"
}
resource "aws_secretsmanager_secret_rotation" "db" {
  secret_id = aws_secretsmanager_secret.db.id
  rotation_rules {
    automatically_after_days = 30
  }
}
resource "aws_ssm_parameter" "flag" {
  name = "/orders/flag"
  type = "String"
}
`,
      'docker-compose.yml': `services:
  api:
    environment:
      STRIPE_SECRET_KEY: \${STRIPE_SECRET_KEY}
      POSTGRES_PASSWORD: postgres
      LOG_LEVEL: \${LOG_LEVEL}
    secrets: [api_key]
secrets:
  api_key:
    external: true
`,
      '.env.example': 'DATABASE_URL=\nSTRIPE_SECRET_KEY=sk\nSTRIPE_PUBLISHABLE_KEY=pk\nPORT=3000\n',
    });
    assert.deepEqual(shown(secrets), [
      'api_key: file of service api at docker-compose.yml:7; kept in Docker secret of the host',
      'db_password: sensitive variable db_password at infra/main.tf:1',
      'ghcr-pull: pulling the images of Deployment orders at k8s/deployment.yaml:8',
      'orders-api: all variables of Deployment orders at k8s/deployment.yaml:16; kept in Sealed Secrets k8s/sealed.yaml',
      'orders-db: variable DATABASE_URL of Deployment orders (key url) at k8s/deployment.yaml:14; variable DATABASE_URL at .env.example:1; kept in AWS Secrets Manager prod/orders/db; kept in AWS Secrets Manager prod/orders/db; kept in AWS Secrets Manager prod/orders/db',
      'orders-tls: file of Deployment orders at k8s/deployment.yaml:19; kept in cert-manager',
      'smtp: variable SMTP_PASSWORD of Job of chart/templates/job.yaml at chart/templates/job.yaml:9',
      'STRIPE_SECRET_KEY: variable STRIPE_SECRET_KEY at .env.example:2; variable STRIPE_SECRET_KEY of service api at docker-compose.yml:4',
    ]);
    const rotated = secrets.find(({ name }) => name === 'orders-db')?.storages[1];
    assert.equal(rotated?.rotatedBy, 'AWS Secrets Manager rotation');
    assert.equal(rotated.everyDays, 30);
    const named = secrets.find(({ name }) => name === 'STRIPE_SECRET_KEY');
    assert.equal(named?.certainty, 'by-name');
    const database = secrets.find(({ name }) => name === 'orders-db');
    assert.ok(database && isCalled(database, 'database_url') && isCalled(database, 'orders-db'));
  });

  it('hold no value of any file', async () => {
    const secrets = await inventoryOf({
      '.env': 'API_TOKEN=very-secret-value\n',
      'docker-compose.yml': 'services:\n  db:\n    environment:\n      - DB_PASSWORD=very-secret-value\n',
      'k8s/secret.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: { name: api }\nstringData: { TOKEN: very-secret-value }\n',
      'infra/main.tf':
        'resource "google_secret_manager_secret_version" "x" { secret_data = "very-secret-value" }\n',
    });
    assert.ok(secrets.length > 0);
    assert.doesNotMatch(JSON.stringify(secrets), /very-secret-value/);
  });

  it('are told by who uses them before what they are called, and the name is said to be all there is', () => {
    const use = (action: string | null, as: string) => [{ action, as }];
    assert.deepEqual(classOfSecret('SOMETHING', use('docker/login-action', 'password')), {
      type: 'container registry credential',
      risk: 'medium',
      by: 'use',
    });
    assert.deepEqual(classOfSecret('KEY_ONE', use(null, 'AWS_SECRET_ACCESS_KEY')), {
      type: 'cloud access key',
      risk: 'high',
      by: 'use',
    });
    assert.equal(classOfSecret('PRODUCTION_DATABASE_URL', [])?.by, 'name');
    assert.equal(classOfSecret('DEPLOY_HOST', [])?.risk, 'low');
    assert.equal(classOfSecret('THING', []), null);
  });

  it('are not guessed from names that everybody may know or that are about a secret', () => {
    for (const name of ['STRIPE_SECRET_KEY', 'DB_PASSWORD', 'authToken', 'DATABASE_URL', 'AWS_ACCESS_KEY_ID'])
      assert.ok(isNamedLikeSecret(name), name);
    for (const name of [
      'STRIPE_PUBLISHABLE_KEY',
      'TOKEN_TTL',
      'PWD',
      'SECRET_NAME',
      'PUBLIC_KEY',
      'API_URL',
      'KEYBOARD',
      'NEXT_PUBLIC_API_KEY',
    ])
      assert.ok(!isNamedLikeSecret(name), name);
  });
});
