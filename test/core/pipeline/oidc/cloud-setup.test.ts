import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import { cloudSetupSteps, type CloudSetup } from '../../../../src/core/pipeline/oidc/cloud-setup';
import { subjectsOf, type Subject } from '../../../../src/core/pipeline/oidc/subjects';
import { NO_NEEDS } from '../../../../src/core/pipeline/oidc/needs/needs';
import { variablesFor } from '../../../../src/core/pipeline/oidc/variables';
import { readWorkflow } from '../../../../src/core/workflow/read';

const subjects = (text: string, branch: string | null = 'main'): readonly Subject[] => {
  const workflow = readWorkflow('.github/workflows/a.yml', text);
  const job = workflow.jobs[0];
  assert.ok(job);
  return subjectsOf(workflow, job, branch);
};

describe('subjectsOf', () => {
  const job = (more: string, on = 'push'): string => `on: ${on}\njobs:\n  d:\n    runs-on: x\n${more}`;

  it('is the environment, each of a matrix or a choice', () => {
    assert.deepEqual(subjects(job('    environment: { name: prod eu }\n')), [
      { kind: 'environment', name: 'prod eu' },
    ]);
    assert.deepEqual(
      subjects(
        job(
          '    strategy: { matrix: { e: [dev, qa], include: [{ e: prod }] } }\n    environment: ${{ matrix.e }}\n',
        ),
      ),
      ['dev', 'qa', 'prod'].map((name) => ({ kind: 'environment', name })),
    );
    assert.deepEqual(
      subjects(
        job(
          '    environment: ${{ inputs.e }}\n',
          '{ workflow_dispatch: { inputs: { e: { type: choice, options: [a, b] } } } }',
        ),
      ),
      ['a', 'b'].map((name) => ({ kind: 'environment', name })),
    );
  });

  it('is unknown where the environment is open or would not be safe to write', () => {
    for (const name of ['${{ vars.E }}', "a'; rm -rf /; '", '$(id)', '`id`', 'a"b']) {
      const [only] = subjects(job(`    environment: ${JSON.stringify(name)}\n`));
      assert.equal(only?.kind, 'unknown', name);
    }
  });

  it('is the branch that is pushed, else the default branch', () => {
    assert.deepEqual(subjects(job('', '{ push: { branches: [main, next] } }')), [
      { kind: 'branch', name: 'main' },
      { kind: 'branch', name: 'next' },
    ]);
    assert.deepEqual(subjects(job('', 'workflow_dispatch'), 'trunk'), [{ kind: 'branch', name: 'trunk' }]);
    assert.equal(subjects(job('', 'workflow_dispatch'), null)[0]?.kind, 'unknown');
  });

  it('asks for an environment where only tags or pull requests run it', () => {
    for (const on of [
      "{ push: { tags: ['v*'] } }",
      'release',
      'pull_request',
      "{ push: { branches: ['release/**'] } }",
    ]) {
      assert.equal(subjects(job('', on))[0]?.kind, 'unknown', on);
    }
  });
});

describe('cloudSetupSteps', () => {
  const setup: CloudSetup = {
    repository: 'shop/orders',
    trusts: (['aws', 'azure', 'google'] as const).map((cloud) => ({
      cloud,
      subjects: [{ kind: 'environment', name: 'production' }],
      variables: variablesFor(cloud, []).inputs,
      needsRegion: cloud === 'aws',
      forms: ['login-input'],
      isNewIdentity: false,
      needs: NO_NEEDS,
      jobs: [{ path: '.github/workflows/deploy.yml', job: 'deploy', isCalled: false }],
      package: null,
    })),
    secrets: [{ name: 'AWS_ACCESS_KEY_ID', uses: [], mentions: [], hidden: [], isComplete: true }],
    workflows: [{ path: '.github/workflows/deploy.yml', canDispatch: true }],
    terraform: null,
  };

  it('goes in an order in which nothing breaks', () => {
    assert.deepEqual(
      cloudSetupSteps(setup).map((step) => step.title),
      [
        'Ask GitHub how this repository is called in its tokens',
        'See to it that the environments are there, with their reviewers',
        "AWS: register GitHub's token issuer in the account (once)",
        'Google Cloud: create the pool and the provider (once)',
        'AWS: create a role that trusts environment "production"',
        'Set the variables for environment "production"',
        'Azure: let environment "production" log in as the existing application',
        'Set the variables for environment "production"',
        'Google Cloud: let environment "production" act as the existing service account',
        'Set the variables for environment "production"',
        'Run the changed workflows from their branch, non-production first, and see that the login works',
        'Merge the change, and see one deployment of each environment through',
        'Look where the old secrets are stored',
        'Remove the secret AWS_ACCESS_KEY_ID: nothing in the repository uses it any more',
        'AWS: disable the old key, then delete it',
        'Azure: delete the old client secret',
        'Google Cloud: disable the old key, then delete it',
      ],
    );
  });

  it('binds each trust to the repository and the environment', () => {
    const text = cloudSetupSteps(setup)
      .map((step) => step.command ?? '')
      .join('\n');
    assert.equal(text.match(/\$\{SUBJECT_PREFIX\}:environment:production/g)?.length, 3);
    assert.match(text, /"token\.actions\.githubusercontent\.com:aud": "sts\.amazonaws\.com"/);
    assert.match(text, /assertion\.repository_id == '\$\{REPOSITORY_ID\}'/);
    assert.match(text, /api:\/\/AzureADTokenExchange/);
    assert.match(
      text,
      /REPOSITORY='shop\/orders'\n[^]*SUBJECT_PREFIX="\$\{SUBJECT_PREFIX:-repo:\$\{REPOSITORY\}\}"/,
    );
    assert.match(text, /gh variable set AWS_ROLE_ARN --repo 'shop\/orders' --env 'production'/);
    // No account, key or name is made up.
    assert.doesNotMatch(text, /[0-9]{12}|AKIA/);
  });

  it('is shell that a shell can read, and JSON where it writes JSON', async () => {
    const shell = await createParsers().shell();
    const unknown: CloudSetup = {
      ...setup,
      repository: null,
      trusts: setup.trusts.map((trust) => ({
        ...trust,
        subjects: [{ kind: 'unknown', needed: 'an environment for job d in .github/workflows/a.yml' }],
      })),
    };
    for (const one of [setup, unknown]) {
      for (const { title, command } of cloudSetupSteps(one)) {
        if (command === null) continue;
        assert.equal(shell.parse(command).hasError, false, `${title}\n${command}`);
        const json = /<<EOF\n([^]*?)\nEOF/.exec(command)?.[1];
        if (json !== undefined && one === setup) JSON.parse(json);
      }
    }
  });

  it('is shell for every provider, with needs, a new identity, hostile file names and Terraform', async () => {
    const shell = await createParsers().shell();
    const needs = {
      ...NO_NEEDS,
      aws: [
        { actions: ['ecs:UpdateService'], resources: ['arn:aws:ecs:{region}:{account}:service/shop/orders'] },
        { actions: ['iam:PassRole'], resources: ['UNKNOWN(the ARNs of task role and execution role)'] },
      ],
      azure: [
        { role: 'AcrPush', scope: { kind: 'registry' as const, name: 'shopimages', needed: 'the registry' } },
        { role: 'Website Contributor', scope: { kind: 'site' as const, name: null, needed: 'the app' } },
      ],
      google: [
        {
          role: 'roles/run.developer',
          scope: { kind: 'project' as const, name: null, needed: 'project id' },
        },
        {
          role: 'roles/storage.objectUser',
          scope: { kind: 'bucket' as const, name: 'shop-web', needed: '' },
        },
      ],
      vault: ['secret/data/orders'],
      eksClusters: ['shop', null],
      unknown: ['what ./deploy.sh does'],
    };
    for (const terraform of [null, 'infra/github-oidc/main.tf']) {
      for (const isNewIdentity of [true, false]) {
        const steps = cloudSetupSteps({
          ...setup,
          terraform,
          workflows: [{ path: ".github/workflows/a'; rm -rf ~; '.yml", canDispatch: true }],
          secrets: [
            ...setup.secrets,
            { name: 'A', uses: [{ path: 'a.yml', line: 1 }], mentions: [], hidden: [], isComplete: true },
            { name: 'B', uses: [], mentions: [{ path: 'b.sh', line: 2 }], hidden: [], isComplete: false },
          ],
          trusts: (['aws', 'azure', 'google', 'vault', 'npm', 'pypi'] as const).map((cloud) => ({
            cloud,
            subjects: [{ kind: 'environment', name: 'prod eu' }],
            variables: variablesFor(cloud, []).inputs,
            needsRegion: cloud === 'aws',
            forms: ['publish-profile', 'login-input'],
            isNewIdentity,
            needs,
            jobs: [{ path: ".github/workflows/a'; rm -rf ~; '.yml", job: 'deploy', isCalled: false }],
            package: cloud === 'npm' ? '@shop/orders' : null,
          })),
        });
        assert.equal(new Set(steps.map(({ id }) => id)).size, steps.length, 'an id stands twice');
        const order = ['add', 'verify', 'switch', 'remove', 'rotate'];
        const phases = steps.map(({ phase }) => order.indexOf(phase));
        assert.deepEqual(
          phases,
          [...phases].sort((a, b) => a - b),
        );
        for (const { title, command } of steps) {
          if (command === null) continue;
          assert.equal(shell.parse(command).hasError, false, `${title}\n${command}`);
          assert.doesNotMatch(command.replaceAll("'\\''", ''), /^(?:[^']*'[^']*')*[^']*; rm -rf/m);
          for (const [, json = ''] of command.matchAll(/<<EOF\n([^]*?)\nEOF/g)) JSON.parse(json);
        }
        const text = steps.map(({ title, command }) => `${title}\n${command ?? ''}`).join('\n');
        assert.match(text, /Keep the secret A: it is still used/);
        assert.match(text, /Remove the secret B after a look/);
        assert.doesNotMatch(text, /gh secret delete A /);
        assert.match(text, /npm trust github '@shop\/orders' --allow-publish/);
        if (terraform) assert.match(text, /output -raw aws_prod_eu_role_to_assume/);
        else assert.match(text, /"arn:aws:ecs:\$\{REGION\}:\$\{ACCOUNT_ID\}:service\/shop\/orders"/);
      }
    }
  });

  it('says what is unknown', () => {
    const commands = cloudSetupSteps({ ...setup, repository: null }).map((step) => step.command ?? '');
    assert.ok(commands.some((command) => command.includes('UNKNOWN(owner/repository on GitHub)')));
  });
});
