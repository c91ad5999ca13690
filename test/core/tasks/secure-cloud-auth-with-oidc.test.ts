import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import { secureCloudAuthWithOidc } from '../../../src/core/tasks/secure-cloud-auth-with-oidc';
import { TaskFailure, type World } from '../../../src/core/tasks/task';
import { memoryWorld, noHistory, quietRun } from '../../support/world';

const FOLDER = '.github/workflows';
const parsers = createParsers();

const DEPLOY = `name: Deploy
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  deploy:
    runs-on: ubuntu-24.04
    environment: production
    timeout-minutes: 15
    concurrency: { group: production, cancel-in-progress: false }
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          aws-access-key-id: \${{ secrets.AWS_ACCESS_KEY_ID }}
          aws-secret-access-key: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
          aws-region: eu-central-1
      - run: aws ecs update-service --cluster shop --service orders --force-new-deployment
`;

const world = (files: Readonly<Record<string, string>>, url: string | null = null): World => ({
  ...memoryWorld(files, parsers),
  history: {
    ...noHistory,
    remoteUrl: () => Promise.resolve(url),
    defaultBranch: () => Promise.resolve('main'),
  },
});

describe('secureCloudAuthWithOidc', () => {
  it('proposes the edit, the steps in their order and nothing that the gate calls a static credential', async () => {
    const result = await secureCloudAuthWithOidc.run(
      world({ [`${FOLDER}/deploy.yml`]: DEPLOY }, 'git@github.com:shop/orders.git'),
      quietRun(),
    );
    assert.deepEqual(
      result.files.map(({ path, before, purpose }) => [path, before === DEPLOY, purpose]),
      [
        [`${FOLDER}/deploy.yml`, true, 'OIDC login to AWS'],
        ['docs/ops/OIDC_MIGRATION.md', false, 'the order of the migration, as a checklist'],
      ],
    );
    assert.match(result.files[0]?.after ?? '', /role-to-assume: \$\{\{ vars\.AWS_ROLE_ARN \}\}/);
    assert.deepEqual(
      result.findings.filter(
        (finding) => finding.rule.startsWith('long-lived') || finding.rule.includes('permissions'),
      ),
      [],
    );
    assert.match(
      result.summary,
      /^Found 1 static credential for AWS\. 1 job in 1 workflow would log in by OIDC/,
    );
    const commands = result.manualSteps.map((step) => step.command ?? '').join('\n');
    assert.match(commands, /REPOSITORY='shop\/orders'/);
    assert.match(commands, /:environment:production/);
    assert.match(commands, /gh secret delete AWS_ACCESS_KEY_ID/);
    assert.ok(result.unknowns.length > 0);
    for (const { unknown } of result.unknowns) assert.ok(commands.includes(`UNKNOWN(${unknown})`));
    assert.deepEqual(result.sources, [
      {
        kind: 'file',
        path: `${FOLDER}/deploy.yml`,
        range: { start: { line: 17, column: 11 }, end: { line: 17, column: 28 } },
      },
    ]);
  });

  it('keeps a secret that something else still uses', async () => {
    const other = DEPLOY.replace(
      / {6}- uses: aws[^]*$/,
      '      - run: echo x\n        env: { K: "${{ secrets.AWS_ACCESS_KEY_ID }}" }\n',
    );
    const result = await secureCloudAuthWithOidc.run(
      world({ [`${FOLDER}/deploy.yml`]: DEPLOY, [`${FOLDER}/other.yml`]: other }),
      quietRun(),
    );
    const commands = result.manualSteps.map((step) => step.command ?? '').join('\n');
    assert.ok(!commands.includes('gh secret delete AWS_ACCESS_KEY_ID'));
    assert.ok(commands.includes('gh secret delete AWS_SECRET_ACCESS_KEY'));
  });

  it('helps the good workflow beside a broken one', async () => {
    const result = await secureCloudAuthWithOidc.run(
      world({ [`${FOLDER}/bad.yml`]: 'on: [push\njobs: {', [`${FOLDER}/deploy.yml`]: DEPLOY }),
      quietRun(),
    );
    assert.deepEqual(
      result.files.map(({ path }) => path),
      [`${FOLDER}/deploy.yml`, 'docs/ops/OIDC_MIGRATION.md'],
    );
    assert.match(result.notes.join('\n'), /bad\.yml was left alone/);
  });

  it('says what was looked at where there is nothing to do', async () => {
    for (const files of [
      {},
      { [`${FOLDER}/ci.yml`]: 'on: push\njobs: { a: { runs-on: x, steps: [{ run: make }] } }\n' },
    ]) {
      await assert.rejects(secureCloudAuthWithOidc.run(world(files), quietRun()), (error: unknown) => {
        assert.ok(error instanceof TaskFailure);
        assert.match(error.message, /no workflows|ci\.yml/);
        return true;
      });
    }
  });

  it('takes better prose for its summary and changes nothing else', async () => {
    const result = await secureCloudAuthWithOidc.run(world({ [`${FOLDER}/deploy.yml`]: DEPLOY }), quietRun());
    const better = await result.prose?.with(new Map([['summary', 'Better.']]));
    assert.equal(better?.summary, 'Better.');
    assert.deepEqual(better.files, result.files);
  });

  it('says on a later run what is done, what is left, and which secrets are free', async () => {
    const files: Record<string, string> = {
      [`${FOLDER}/deploy.yml`]: DEPLOY,
      [`${FOLDER}/later.yml`]: DEPLOY.replace('environment: production', 'environment: staging').replace(
        / {6}- uses: aws[^]*$/,
        '      - run: ./x\n        env: { K: "${{ secrets.AWS_ACCESS_KEY_ID }}" }\n',
      ),
      'scripts/x.sh': 'echo "$AWS_SECRET_ACCESS_KEY"\n',
    };
    const first = await secureCloudAuthWithOidc.run(
      world(files, 'git@github.com:shop/orders.git'),
      quietRun(),
    );
    for (const file of first.files) files[file.path] = file.after;
    const second = await secureCloudAuthWithOidc.run(
      world(files, 'git@github.com:shop/orders.git'),
      quietRun(),
    );
    assert.match(
      second.summary,
      /^No static credential is left in the workflows: 1 job of the checklist logs in/,
    );
    assert.deepEqual(
      second.files.map(({ path }) => path),
      ['docs/ops/OIDC_MIGRATION.md'],
    );
    const notes = second.notes.join('\n');
    assert.match(notes, /Done: deploy of \.github\/workflows\/deploy\.yml by OIDC/);
    assert.match(notes, /Still used: AWS_ACCESS_KEY_ID in \.github\/workflows\/later\.yml:16/);
    const titles = second.manualSteps.map(({ title }) => title).join('\n');
    assert.match(titles, /Keep the secret AWS_ACCESS_KEY_ID/);
    assert.match(titles, /Remove the secret AWS_SECRET_ACCESS_KEY after a look/);
    for (const file of second.files) files[file.path] = file.after;
    const third = await secureCloudAuthWithOidc.run(world(files), quietRun());
    assert.deepEqual(third.files, []);
  });

  it('writes Terraform where it is asked for, and in no file of somebody else', async () => {
    const run = (terraform: string, files: Readonly<Record<string, string>> = {}) =>
      secureCloudAuthWithOidc.run(
        world({ [`${FOLDER}/deploy.yml`]: DEPLOY, ...files }, 'git@github.com:shop/orders.git'),
        { ...quietRun(), inputs: { terraform } },
      );
    const result = await run('yes');
    const file = result.files.find(({ path }) => path.endsWith('.tf'));
    assert.equal(file?.path, 'infra/github-oidc/main.tf');
    assert.match(
      file.after,
      /arn:aws:ecs:eu-central-1:\$\{data\.aws_caller_identity\.current\.account_id\}:service\/shop\/orders/,
    );
    assert.deepEqual(
      result.findings.filter(({ path }) => path.endsWith('.tf')),
      [],
    );
    assert.ok(
      (await run('infra/identity/oidc.tf')).files.some(({ path }) => path === 'infra/identity/oidc.tf'),
    );
    for (const wrong of ['../x.tf', 'infra/../x.tf', '/etc/x.tf', 'infra/x.sh', '.github/workflows/x.tf'])
      await assert.rejects(run(wrong), TaskFailure);
    await assert.rejects(
      run('yes', { 'infra/github-oidc/main.tf': 'locals {}\n' }),
      /was not written by this command/,
    );
    assert.ok((await run('no')).files.every(({ path }) => !path.endsWith('.tf')));
  });

  it('names the environment of a job that deploys to production or publishes, and binds the trust to it', async () => {
    const text = `on: { release: { types: [published] } }
jobs:
  publish:
    runs-on: ubuntu-latest
    permissions: { contents: read }
    steps:
      - uses: pypa/gh-action-pypi-publish@release/v1
        with: { password: '\${{ secrets.PYPI_API_TOKEN }}' }
`;
    const result = await secureCloudAuthWithOidc.run(
      world(
        { [`${FOLDER}/publish.yml`]: text, 'pyproject.toml': '[project]\nname = "orders"\n[tool.x]\n' },
        'git@github.com:shop/orders.git',
      ),
      quietRun(),
    );
    assert.match(result.files[0]?.after ?? '', /environment: release\n/);
    const step = result.manualSteps.find(({ title }) => title.startsWith('PyPI: make'));
    assert.match(
      step?.why ?? '',
      /project\/orders\/settings\/publishing\/.*workflow publish\.yml, environment release/,
    );
    assert.equal(step?.command, null);
  });

  it('tells of other credentials, and of trusts that let too many in', async () => {
    const result = await secureCloudAuthWithOidc.run(
      world({
        [`${FOLDER}/deploy.yml`]: `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: flyctl deploy
        env: { FLY_API_TOKEN: '\${{ secrets.FLY_API_TOKEN }}' }
`,
        'iam/trust.json': `{ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
  "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "repo:shop/*" } } }] }`,
      }),
      quietRun(),
    );
    assert.deepEqual(result.files, []);
    assert.match(
      result.summary,
      /was found, but 1 stored credential of other services and 1 trust that lets too many in: see the notes\.$/,
    );
    const notes = result.notes.join('\n');
    assert.match(notes, /a Fly\.io token that is kept as `secrets\.FLY_API_TOKEN`/);
    assert.match(notes, /iam\/trust\.json:2: The trust policy takes "repo:shop\/\*"/);
  });

  it('counts only what there is besides', async () => {
    const result = await secureCloudAuthWithOidc.run(
      world({
        [`${FOLDER}/deploy.yml`]: `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - run: flyctl deploy
        env: { FLY_API_TOKEN: '\${{ secrets.FLY_API_TOKEN }}' }
`,
      }),
      quietRun(),
    );
    assert.match(result.summary, /was found, but 1 stored credential of other services: see the notes\.$/);
    assert.doesNotMatch(result.summary, /\b0\b/);
  });

  it('names the stored secret behind the parameter of a called workflow, and who passes it on', async () => {
    const called = DEPLOY.replace(
      /on:[^]*?permissions:\n {2}contents: read\n/,
      'on: { workflow_call: { secrets: { key-id: {}, key: {} } } }\n',
    )
      .replace('secrets.AWS_ACCESS_KEY_ID', 'secrets.key-id')
      .replace('secrets.AWS_SECRET_ACCESS_KEY', 'secrets.key');
    const caller = `on: push
jobs:
  call:
    uses: ./${FOLDER}/deploy.yml
    secrets:
      key-id: \${{ secrets.PROD_KEY_ID }}
      key: \${{ secrets.PROD_KEY }}
`;
    const result = await secureCloudAuthWithOidc.run(
      world({ [`${FOLDER}/deploy.yml`]: called, [`${FOLDER}/main.yml`]: caller }),
      quietRun(),
    );
    const titles = result.manualSteps.map(({ title, why }) => `${title} ${why}`).join('\n');
    assert.match(
      titles,
      /Keep the secret PROD_KEY: it is still used After the change \.github\/workflows\/main\.yml:\d+ still takes it/,
    );
    assert.doesNotMatch(titles, /secret key/);
  });

  it('finds what composite actions of the repository log in with', async () => {
    const result = await secureCloudAuthWithOidc.run(
      world({
        [`${FOLDER}/deploy.yml`]: `on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    steps:
      - uses: ./.github/actions/login
        with: { id: '\${{ secrets.DEPLOY_ID }}', key: '\${{ secrets.DEPLOY_KEY }}' }
`,
        '.github/actions/login/action.yml': `inputs: { id: {}, key: {} }
runs:
  using: composite
  steps:
    - uses: aws-actions/configure-aws-credentials@v4
      with:
        aws-access-key-id: \${{ inputs.id }}
        aws-secret-access-key: \${{ inputs.key }}
        aws-region: eu-central-1
`,
      }),
      quietRun(),
    );
    assert.match(
      result.notes.join('\n'),
      /job "deploy" uses "\.\/\.github\/actions\/login", which gives "aws-actions\/configure-aws-credentials@v4" aws-access-key-id from `secrets\.DEPLOY_ID`, `secrets\.DEPLOY_KEY`/,
    );
  });

  it('gives the callers of a called workflow the permission too', async () => {
    const called = DEPLOY.replace(/on:[^]*?permissions:\n {2}contents: read\n/, 'on: workflow_call\n');
    const caller = `on: push\njobs:\n  call:\n    uses: ./${FOLDER}/deploy.yml\n    secrets: inherit\n`;
    const result = await secureCloudAuthWithOidc.run(
      world({ [`${FOLDER}/deploy.yml`]: called, [`${FOLDER}/main.yml`]: caller }),
      quietRun(),
    );
    assert.match(result.files.find((file) => file.path.endsWith('main.yml'))?.after ?? '', /id-token: write/);
  });
});
