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
