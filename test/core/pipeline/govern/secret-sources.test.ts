import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import { environmentUse } from '../../../../src/core/pipeline/govern/environment-uses';
import { secretSources } from '../../../../src/core/pipeline/govern/secret-sources';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { understandWorkflows } from '../../../../src/core/workflow/understand';
import type { WorkflowSet } from '../../../../src/core/workflow/understanding';

const parsers = createParsers();

async function understood(...texts: readonly string[]): Promise<WorkflowSet> {
  return understandWorkflows(
    texts.map((text, index) => readWorkflow(`.github/workflows/w${index}.yml`, text)),
    await parsers.shell(),
    { productionEnvironments: [], otherEnvironments: [] },
  );
}

describe('where jobs fetch their secrets', () => {
  it('is told by the actions and commands of secrets managers', async () => {
    const set = await understood(
      [
        'on: push',
        'jobs:',
        '  deploy:',
        '    environment: production',
        '    runs-on: x',
        '    steps:',
        '      - uses: HashiCorp/vault-action@v3',
        '      - uses: aws-actions/aws-secretsmanager-get-secrets@v2',
        '      - run: |',
        '          key="$(aws --region eu-west-1 ssm get-parameter --name /orders/key)"',
        '          gcloud secrets versions access latest --secret=key',
        '          az keyvault secret show --name key',
        '          aws s3 ls',
        '          vault status',
        '  test:',
        '    runs-on: x',
        '    steps: [{ run: op run -- npm test }]',
        '',
      ].join('\n'),
    );
    assert.deepEqual(
      secretSources(set).map(({ manager, job, environments }) => [manager, job, environments.join(' ')]),
      [
        ['HashiCorp Vault', 'deploy of .github/workflows/w0.yml', 'production'],
        ['AWS Secrets Manager', 'deploy of .github/workflows/w0.yml', 'production'],
        ['AWS Systems Manager Parameter Store', 'deploy of .github/workflows/w0.yml', 'production'],
        ['Google Secret Manager', 'deploy of .github/workflows/w0.yml', 'production'],
        ['Azure Key Vault', 'deploy of .github/workflows/w0.yml', 'production'],
        ['1Password', 'test of .github/workflows/w0.yml', ''],
      ],
    );
  });
});

describe('what an environment is used for', () => {
  const called = (name: string): string =>
    `on: workflow_call\njobs:\n  deploy:\n    environment: ${name}\n    runs-on: x\n    steps: [{ run: "echo \${{ vars.URL }} \${{ vars.NAME }}" }]\n`;

  it('is on the branches and tags on which its jobs run, through the workflows that call them', async () => {
    const set = await understood(
      called('production'),
      "on:\n  push: { branches: [main, 'release/**', '!release/old'], tags: ['v*'] }\n  workflow_dispatch:\n  pull_request:\njobs:\n  call:\n    uses: ./.github/workflows/w0.yml\n",
    );
    assert.deepEqual(environmentUse(set, 'Production', 'trunk'), {
      refs: [
        { type: 'branch', pattern: 'main' },
        { type: 'branch', pattern: 'release/**' },
        { type: 'tag', pattern: 'v*' },
        { type: 'branch', pattern: 'trunk' },
      ],
      variables: ['NAME', 'URL'],
    });
    assert.deepEqual(environmentUse(set, 'staging', 'trunk'), { refs: [], variables: [] });
  });

  it('takes every tag for a release that is published', async () => {
    const set = await understood(
      'on: { release: { types: [published] } }\njobs:\n  d:\n    environment: live\n    runs-on: x\n    steps: [{ run: ./deploy }]\n',
    );
    assert.deepEqual(environmentUse(set, 'live', 'main').refs, [{ type: 'tag', pattern: '*' }]);
  });
});
