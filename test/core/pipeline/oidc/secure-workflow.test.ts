import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import { grantCallers } from '../../../../src/core/pipeline/oidc/grant-callers';
import {
  secureWorkflow,
  type SecuredWorkflow,
  type WorkflowMeaning,
} from '../../../../src/core/pipeline/oidc/secure-workflow';
import { variablesFor } from '../../../../src/core/pipeline/oidc/variables';
import type { ShellParser } from '../../../../src/core/ports';
import { readCommands, shellModeOf } from '../../../../src/core/shell/commands';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { placeInScalar } from '../../../../src/core/workflow/yaml-tree';

const PATH = '.github/workflows/deploy.yml';

describe('secureWorkflow', () => {
  let shell: ShellParser;
  before(async () => {
    shell = await createParsers().shell();
  });

  const understand = (path: string, text: string): WorkflowMeaning => {
    const workflow = readWorkflow(path, text);
    return {
      workflow,
      needsOf: () => ({ needed: new Map(), isSure: false }),
      commandsOf: (job) =>
        job.steps.flatMap((step) => {
          const { run } = step;
          const mode = shellModeOf(step.shell?.value ?? null);
          if (!run || !mode) return [];
          return readCommands(run.text, shell, mode).map((command) => ({
            ...command,
            step,
            span: {
              start: placeInScalar(text, run, command.span.start),
              end: placeInScalar(text, run, command.span.end),
            },
          }));
        }),
    };
  };
  const secure = (text: string): SecuredWorkflow => secureWorkflow(PATH, text, understand);
  const workflow = (jobs: string, top = ''): string =>
    `on:\n  push:\n    branches: [main]\n${top}jobs:\n${jobs}`;

  it('replaces the inputs of a login, pins the action and gives the job its permission', () => {
    const text = workflow(
      `  deploy:
    runs-on: ubuntu-24.04
    environment: production
    steps:
      - uses: actions/checkout@v4
      # The account of the shop.
      - name: AWS
        uses: aws-actions/configure-aws-credentials@v2 # v2.2
        with:
          aws-access-key-id: \${{ secrets.AWS_ACCESS_KEY_ID }} # rotated in May
          aws-secret-access-key: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
          aws-region: eu-central-1
      - run: ./deploy.sh
`,
      'permissions:\n  contents: read\n  packages: write\n',
    );
    const { after, logins, left } = secure(text);
    assert.equal(
      after,
      text
        .replace(
          '    environment: production\n',
          '    permissions:\n      contents: read\n      packages: write\n      id-token: write\n    environment: production\n',
        )
        .replace(
          /uses: aws-actions[^]*SECRET_ACCESS_KEY }}\n/,
          `uses: aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3
        with:
          role-to-assume: \${{ vars.AWS_ROLE_ARN }}
`,
        ),
    );
    assert.deepEqual(left, []);
    assert.deepEqual(
      logins.map(({ cloud, job, secrets, variables }) => ({ cloud, job, secrets, variables })),
      [
        {
          cloud: 'aws',
          job: 'deploy',
          secrets: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
          variables: { 'role-to-assume': 'AWS_ROLE_ARN' },
        },
      ],
    );
  });

  it('keeps Windows line ends and every other line', () => {
    const text = workflow(`  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: azure/login@v1
        with: { creds: '\${{ secrets.AZURE_CREDENTIALS }}' }
      - run: az group list
`).replaceAll('\n', '\r\n');
    const { after } = secure(text);
    assert.ok(!after.replaceAll('\r\n', '').includes('\n'));
    assert.match(
      after,
      /with: \{ client-id: '\$\{\{ vars\.AZURE_CLIENT_ID \}\}', tenant-id: '\$\{\{ vars\.AZURE_TENANT_ID \}\}', subscription-id: '\$\{\{ vars\.AZURE_SUBSCRIPTION_ID \}\}' \}\r\n/,
    );
    for (const line of text.split('\r\n').filter((one) => !/azure\/login|creds/.test(one))) {
      assert.ok(after.includes(line), line);
    }
  });

  it('puts a login before the first use of keys in the environment, once for each account', () => {
    const { after, logins } = secure(
      workflow(`  deploy:
    runs-on: ubuntu-24.04
    permissions: { contents: read }
    steps:
      - uses: actions/checkout@v4
      - run: aws s3 sync a s3://a
        env:
          AWS_ACCESS_KEY_ID: \${{ secrets.EU_AWS_ACCESS_KEY_ID }}
          AWS_SECRET_ACCESS_KEY: \${{ secrets.EU_AWS_SECRET_ACCESS_KEY }}
          AWS_REGION: eu-central-1
      - run: aws s3 sync b s3://b
        env:
          AWS_ACCESS_KEY_ID: \${{ secrets.EU_AWS_ACCESS_KEY_ID }}
          AWS_SECRET_ACCESS_KEY: \${{ secrets.EU_AWS_SECRET_ACCESS_KEY }}
      - run: aws s3 sync c s3://c
        env:
          AWS_ACCESS_KEY_ID: \${{ secrets.US_AWS_ACCESS_KEY_ID }}
          AWS_SECRET_ACCESS_KEY: \${{ secrets.US_AWS_SECRET_ACCESS_KEY }}
`),
    );
    const steps = readWorkflow(PATH, after).jobs[0]?.steps ?? [];
    assert.deepEqual(
      steps.map((step) => step.run?.text ?? step.with[0]?.value.text ?? step.uses?.value),
      [
        'actions/checkout@v4',
        '${{ vars.EU_AWS_ROLE_ARN }}',
        'aws s3 sync a s3://a',
        'aws s3 sync b s3://b',
        '${{ vars.US_AWS_ROLE_ARN }}',
        'aws s3 sync c s3://c',
      ],
    );
    assert.equal(steps[1]?.with[1]?.value.text, 'eu-central-1');
    assert.equal(steps[4]?.with[1]?.value.text, '${{ vars.AWS_REGION }}');
    assert.ok(!after.includes('secrets.'));
    assert.equal(logins.length, 3);
    assert.match(after, /permissions: \{ contents: read, id-token: write \}/);
  });

  it("takes the key out of the workflow's environment and logs in where it is used", () => {
    const { after, notes } = secure(
      workflow(
        `  test:
    runs-on: ubuntu-24.04
    steps:
      - run: npm test
  deploy:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: terraform apply
`,
        `env:
  AWS_ACCESS_KEY_ID: \${{ secrets.AWS_ACCESS_KEY_ID }}
  AWS_SECRET_ACCESS_KEY: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
  AWS_DEFAULT_REGION: eu-west-1
`,
      ),
    );
    const [test, deploy] = readWorkflow(PATH, after).jobs;
    assert.equal(test?.steps.length, 1);
    assert.equal(test.permissions, null);
    assert.equal(deploy?.steps.length, 3);
    assert.equal(deploy.steps[1]?.with[1]?.value.text, '${{ env.AWS_DEFAULT_REGION }}');
    assert.match(after, /env:\n {2}AWS_DEFAULT_REGION/);
    assert.match(notes.join('\n'), /job "test" had the key/);
    assert.match(notes.join('\n'), /"deploy" had the repository's default permissions/);
  });

  it('takes login commands out of scripts, with the keys that only they read', () => {
    const { after, left } = secure(
      workflow(`  deploy:
    runs-on: ubuntu-24.04
    permissions: {}
    steps:
      - name: Cluster
        run: |
          set -eu
          az login --service-principal -u "$ID" \\
            -p "$PASSWORD" --tenant "$TENANT"
          az aks get-credentials -n shop
        env:
          ID: \${{ secrets.AZURE_CLIENT_ID }}
          PASSWORD: \${{ secrets.AZURE_CLIENT_SECRET }}
          GROUP: shop
      - run: gcloud auth activate-service-account --key-file=key.json
      - run: |
          aws configure set aws_access_key_id \${{ secrets.AWS_KEY_ID }}
          aws configure set aws_secret_access_key \${{ secrets.AWS_SECRET }}
`),
    );
    assert.deepEqual(left, []);
    const steps = readWorkflow(PATH, after).jobs[0]?.steps ?? [];
    assert.deepEqual(
      steps.map((step) => step.uses?.value.split('@')[0] ?? step.run?.text),
      [
        'azure/login',
        'set -eu\naz aks get-credentials -n shop\n',
        'google-github-actions/auth',
        'aws-actions/configure-aws-credentials',
      ],
    );
    assert.deepEqual(
      steps[1]?.env.map((entry) => entry.name.value),
      ['GROUP'],
    );
  });

  it('puts a login before an old setup-gcloud and tells Terraform to use the token', () => {
    const { after, notes } = secure(
      workflow(`  deploy:
    runs-on: ubuntu-24.04
    permissions: { id-token: write }
    env: { ARM_CLIENT_ID: x, ARM_CLIENT_SECRET: '\${{ secrets.ARM_CLIENT_SECRET }}' }
    steps:
      - uses: google-github-actions/setup-gcloud@v0
        with:
          project_id: shop
          service_account_key: \${{ secrets.GCP_STAGING_SA_KEY }}
          export_default_credentials: true
      - run: terraform apply
`),
    );
    const job = readWorkflow(PATH, after).jobs[0];
    assert.deepEqual(
      job?.steps.map((step) => step.with.map((entry) => [entry.name.value, entry.value.text])),
      [
        [
          ['workload_identity_provider', '${{ vars.GCP_STAGING_WORKLOAD_IDENTITY_PROVIDER }}'],
          ['service_account', '${{ vars.GCP_STAGING_SERVICE_ACCOUNT }}'],
        ],
        [['project_id', 'shop']],
        [],
      ],
    );
    assert.deepEqual(
      job.env.map((entry) => [entry.name.value, entry.value.text]),
      [
        ['ARM_CLIENT_ID', 'x'],
        ['ARM_USE_OIDC', 'true'],
      ],
    );
    assert.match(notes.join('\n'), /ARM_USE_OIDC/);
  });

  it('writes out what `read-all` means, and leaves `write-all` alone', () => {
    const text = (permissions: string): string =>
      workflow(`  deploy:
    runs-on: ubuntu-24.04
    permissions: ${permissions}
    steps:
      - uses: azure/login@v2
        with:
          creds: \${{ secrets.AZURE_CREDENTIALS }}
`);
    assert.match(secure(text('read-all')).after, /contents: read\n[^]*id-token: write\n {4}steps/);
    assert.match(secure(text('write-all')).after, /permissions: write-all\n {4}steps/);
  });

  describe('leaves alone, and says why', () => {
    const cases: readonly (readonly [string, string, RegExp])[] = [
      [
        'a publish profile that alone says which app it is',
        "      - uses: azure/webapps-deploy@v2\n        with: { publish-profile: '${{ secrets.P }}' }\n",
        /add `app-name` first/,
      ],
      [
        'a computed secret',
        "      - uses: azure/login@v1\n        with: { creds: '${{ secrets[matrix.creds] }}' }\n",
        /computed/,
      ],
      [
        'a command under a condition',
        '      - run: if [ -n "$A" ]; then gcloud auth activate-service-account --key-file=k; fi\n',
        /under a condition/,
      ],
      [
        'an input of an unknown action',
        "      - uses: some/deploy@v1\n        with: { key: '${{ secrets.AWS_SECRET_ACCESS_KEY }}' }\n",
        /only the action itself/,
      ],
      [
        'a client secret that a program reads',
        "      - run: ./deploy\n        env: { AZURE_CLIENT_SECRET: '${{ secrets.AZURE_CLIENT_SECRET }}' }\n",
        /what reads it is not known/,
      ],
    ];
    for (const [name, step, reason] of cases) {
      it(name, () => {
        const text = workflow(`  deploy:\n    runs-on: ubuntu-24.04\n    steps:\n${step}`);
        const result = secure(text);
        assert.equal(result.after, text);
        assert.equal(result.left.length, 1);
        assert.match(result.left[0]?.reason ?? '', reason);
      });
    }

    it('a step that an anchor shares', () => {
      const text = workflow(`  a:
    runs-on: ubuntu-24.04
    steps:
      - &login
        uses: azure/login@v1
        with:
          creds: \${{ secrets.AZURE_CREDENTIALS }}
  b:
    runs-on: ubuntu-24.04
    steps:
      - *login
`);
      const result = secure(text);
      assert.equal(result.after, text);
      assert.match(result.left[0]?.reason ?? '', /through an anchor/);
    });
  });

  it('sees no static credential in short-lived and foreign ones', () => {
    for (const step of [
      "      - uses: aws-actions/configure-aws-credentials@v4\n        with: { aws-access-key-id: '${{ steps.x.outputs.id }}', aws-secret-access-key: '${{ steps.x.outputs.key }}' }\n",
      '      - run: aws s3 ls\n        env: { AWS_ACCESS_KEY_ID: test, AWS_SECRET_ACCESS_KEY: test }\n',
      "      - run: aws s3 ls\n        env: { AWS_ACCESS_KEY_ID: '${{ secrets.R2_KEY_ID }}', AWS_SECRET_ACCESS_KEY: '${{ secrets.R2_KEY }}' }\n",
      '      - run: az login --service-principal -u a -t b --federated-token "$TOKEN"\n',
    ]) {
      const text = workflow(`  deploy:\n    runs-on: ubuntu-24.04\n    steps:\n${step}`);
      const result = secure(text);
      assert.equal(result.after, text);
      assert.deepEqual([...result.left, ...result.logins], []);
    }
  });

  it('gives the callers of a called workflow the permission that it asks for now, and theirs in turn', () => {
    const called = `on: { workflow_call: {} }
jobs:
  deploy:
    runs-on: ubuntu-24.04
    permissions: { contents: read, id-token: write }
    steps: [{ run: ./deploy.sh }]
`;
    const middle = `on: workflow_call
jobs:
  call:
    uses: ./${PATH}
    permissions:
      contents: write
`;
    const outer = `on: push
jobs:
  call:
    uses: ./.github/workflows/middle.yml
  other:
    runs-on: ubuntu-24.04
    steps: [{ run: ls }]
`;
    const { texts, notes } = grantCallers(
      [PATH],
      new Map([
        [PATH, called],
        ['.github/workflows/middle.yml', middle],
        ['.github/workflows/outer.yml', outer],
      ]),
      understand,
    );
    assert.equal(texts.get('.github/workflows/middle.yml'), `${middle}      id-token: write\n`);
    assert.equal(
      texts.get('.github/workflows/outer.yml'),
      outer.replace(
        'middle.yml\n',
        'middle.yml\n    permissions:\n      contents: write\n      id-token: write\n',
      ),
    );
    assert.match(notes.join('\n'), /outside this repository/);
  });
});

describe('variablesFor', () => {
  it('keeps accounts apart by their secrets', () => {
    const names = (cloud: 'aws' | 'azure' | 'google', secret: string): string =>
      Object.values(variablesFor(cloud, [secret]).inputs)[0] ?? '';
    assert.equal(names('aws', 'AWS_ACCESS_KEY_ID'), 'AWS_ROLE_ARN');
    assert.equal(names('aws', 'PROD_AWS_ACCESS_KEY_ID'), 'PROD_AWS_ROLE_ARN');
    assert.equal(names('aws', 'AWS_STAGING_ACCESS_KEY_ID'), 'AWS_STAGING_ROLE_ARN');
    assert.equal(names('aws', 'aws_access_key_id_dev'), 'AWS_ROLE_ARN_DEV');
    assert.equal(names('aws', 'DEPLOY'), 'DEPLOY_AWS_ROLE_ARN');
    assert.equal(names('azure', 'AZURE_CREDENTIALS'), 'AZURE_CLIENT_ID');
    assert.equal(names('azure', 'AZURE_RBAC_CREDENTIALS'), 'AZURE_CLIENT_ID');
    assert.equal(names('google', 'GCP_SA_KEY'), 'GCP_WORKLOAD_IDENTITY_PROVIDER');
  });
});
