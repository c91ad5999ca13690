import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import type { SecretsRotationPlan } from '../../../../src/core/documents/secrets-rotation-plan/secrets-rotation-plan';
import { documentTask } from '../../../../src/core/tasks/documents/document-task';
import { secretsRotationPlan } from '../../../../src/core/tasks/documents/secrets-rotation-plan';
import type { TaskResult } from '../../../../src/core/tasks/task';
import { memoryWorld, quietRun } from '../../../support/world';

const parsers = createParsers();

function planOf(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<TaskResult> {
  return documentTask(secretsRotationPlan).run(memoryWorld(files, parsers), quietRun(inputs));
}

const files = {
  '.github/workflows/deploy.yml': `on: push
jobs:
  production:
    environment: production
    runs-on: ubuntu-latest
    env:
      AWS_ACCESS_KEY_ID: \${{ secrets.AWS_ACCESS_KEY_ID }}
      AWS_SECRET_ACCESS_KEY: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
    steps:
      - run: ./deploy.sh production
      - uses: codecov/codecov-action@v5
        with: { token: '\${{ secrets.CODECOV_TOKEN }}' }
`,
  'k8s/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: orders, namespace: shop }
spec:
  template:
    spec:
      containers:
        - name: api
          image: ghcr.io/acme/orders
          env:
            - name: DATABASE_URL
              valueFrom: { secretKeyRef: { name: orders-db, key: url } }
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: orders-db }
spec:
  secretStoreRef: { name: main }
  data: [{ secretKey: url, remoteRef: { key: shop/orders/db } }]
---
apiVersion: external-secrets.io/v1
kind: SecretStore
metadata: { name: main }
spec: { provider: { aws: { service: SecretsManager } } }
`,
};

describe('secrets rotation plan', () => {
  it('lists every secret with what it is, what keeps it, and says what nobody told', async () => {
    const result = await planOf(files);
    const plan = result.data as SecretsRotationPlan;
    assert.deepEqual(
      plan.inventory.map(({ secret, type, risk, manager }) => [secret, type, risk, manager]),
      [
        ['AWS_ACCESS_KEY_ID', 'cloud access key', 'high', 'GitHub Actions secrets'],
        ['AWS_SECRET_ACCESS_KEY', 'cloud access key', 'high', 'GitHub Actions secrets'],
        ['CODECOV_TOKEN', 'token of a reporting service', 'low', 'GitHub Actions secrets'],
        ['orders-db', 'database credential', 'high', 'AWS Secrets Manager'],
      ],
    );
    assert.match(plan.inventory[0]?.cadence ?? '', /^UNKNOWN\(.*high risk.*90 days is proposed\)$/);
    assert.match(plan.inventory[2]?.lastRotated ?? '', /^UNKNOWN\(/);
    assert.deepEqual(
      plan.parameters.map(({ name, example }) => [name, example]),
      [
        ['ENV', 'production'],
        ['NAMESPACE', 'shop'],
        ['NEW_VALUE_FILE', '/dev/shm/new-value'],
      ],
    );
    assert.ok(result.notes.some((note) => note.includes('OIDC')));
  });

  it('adds the new value, starts who uses it, looks, and only then ends the old one', async () => {
    const plan = (await planOf(files)).data as SecretsRotationPlan;
    const procedure = plan.procedures.find(({ secret }) => secret === 'orders-db');
    assert.deepEqual(
      procedure?.steps.map(({ title, command }) => [title, command]),
      [
        ['Make a new value beside the old one', ''],
        [
          'Store the new value',
          'aws secretsmanager put-secret-value --secret-id shop/orders/db --secret-string "file://${NEW_VALUE_FILE}"',
        ],
        [
          'Have the cluster fetch it now',
          `kubectl -n "\${NAMESPACE}" get secret orders-db -o jsonpath='{.metadata.resourceVersion}'\nkubectl -n "\${NAMESPACE}" annotate externalsecret --all force-sync="$(date +%s)" --overwrite`,
        ],
        [
          'Start the workloads that use it, one after another',
          'kubectl -n "${NAMESPACE}" rollout restart deployment/orders\nkubectl -n "${NAMESPACE}" rollout status deployment/orders --timeout=5m',
        ],
        ['See that every user works with the new value', 'kubectl -n "${NAMESPACE}" get deployment/orders'],
        ['End the old value', ''],
      ],
    );
    assert.deepEqual(procedure.uses, [
      { user: 'variable DATABASE_URL of Deployment orders (key url)', place: 'k8s/deployment.yaml:12' },
    ]);
    const key = plan.procedures[0];
    assert.match(key?.steps[0]?.action ?? '', /AWS_SECRET_ACCESS_KEY are the two halves of one key/);
    assert.match(key?.steps[2]?.command ?? '', /set AWS_ACCESS_KEY_ID .*\n.*set AWS_SECRET_ACCESS_KEY /);
  });

  it('takes cadence, owner and who is told from the person, as claims', async () => {
    const plan = (
      await planOf(files, {
        owner: '@acme/platform',
        notified: '#platform',
        cadence: 'high: 30 days, medium 90, low=365',
      })
    ).data as SecretsRotationPlan;
    assert.deepEqual(
      plan.inventory.map(({ cadence, owner }) => [cadence, owner]),
      [
        ['every 30 days', '@acme/platform'],
        ['every 30 days', '@acme/platform'],
        ['every 365 days', '@acme/platform'],
        ['every 30 days', '@acme/platform'],
      ],
    );
    assert.equal(plan.procedures[0]?.notified, '#platform');
    assert.equal(plan.claims.length, 3);
  });

  it('keeps what people wrote into it when it is made anew', async () => {
    const [file] = (await planOf(files)).files;
    assert.ok(file);
    const edited = file.after.replace('UNKNOWN(day on which CODECOV_TOKEN was last rotated)', '2026-10-01');
    assert.notEqual(edited, file.after);
    const [again] = (await planOf({ ...files, [file.path]: edited })).files;
    assert.equal(again?.after, edited);
  });

  it('never puts a name into a command that the shell would read as more than a word', async () => {
    const plan = (
      await planOf({
        'docker-compose.yml': 'services:\n  a: {}\nsecrets:\n  "$(reboot)":\n    external: true\n',
      })
    ).data as SecretsRotationPlan;
    assert.ok(plan.inventory.some(({ secret }) => secret === '$(reboot)'));
    assert.doesNotMatch(
      plan.procedures.flatMap(({ steps }) => steps.map(({ command }) => command)).join('\n'),
      /reboot/,
    );
  });
});
