import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import { confidenceOf, isKnown } from '../../../src/core/evidence/fact';
import type { DeployTarget, RepositoryProfile } from '../../../src/core/evidence/profile';
import { readProfile } from '../../../src/core/workflow/read-profile';
import { platformRepositories } from '../../support/platform-repositories';
import { memoryWorld, quietRun } from '../../support/world';

const parsers = createParsers();

function read(files: Readonly<Record<string, string>>): Promise<RepositoryProfile> {
  return readProfile(memoryWorld(files, parsers), quietRun());
}

/** `lambda by sam @ template.yaml (REGION eu-west-1)`. */
function said(target: DeployTarget): string {
  const values = (target.values ?? []).map(({ value }) => `${value.parameter} ${value.value}`);
  return [
    target.kind,
    ...(target.tool ? [`by ${target.tool.value}`] : []),
    `@ ${target.path.value}`,
    ...(target.cluster ? [`on ${target.cluster.value}`] : []),
    ...(target.workloads?.length
      ? [`runs ${target.workloads.map(({ value }) => value.name).join(', ')}`]
      : []),
    ...(values.length > 0 ? [`(${values.join(', ')})`] : []),
  ].join(' ');
}

const DEPLOYMENT = [
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata: { name: quotes }',
  'spec:',
  '  template:',
  '    spec:',
  '      containers: [{ name: web, image: ghcr.io/larkmoor/quotes:1 }]',
  '',
].join('\n');

function workflow(...steps: readonly string[]): string {
  return [
    'on: { push: { branches: [main] } }',
    'jobs:',
    '  deploy:',
    '    runs-on: ubuntu-24.04',
    '    environment: production',
    '    steps:',
    ...steps.map((step) => `      - ${step}`),
    '',
  ].join('\n');
}

const REPOSITORIES: readonly {
  readonly what: string;
  readonly files: Readonly<Record<string, string>>;
  readonly targets: readonly string[];
  readonly possible?: readonly string[];
}[] = [
  {
    what: 'AWS SAM with its settings',
    files: {
      'template.yaml': 'Transform: AWS::Serverless-2016-10-31\n',
      'samconfig.toml': '[default.deploy.parameters]\nstack_name = "thumbs"\nregion = "eu-central-1"\n',
    },
    targets: ['lambda by sam @ template.yaml (REGION eu-central-1, STACK thumbs)'],
  },
  {
    what: 'Fly with a file for each environment, and an app of its own beside them',
    files: {
      'fly.toml': 'app = "parcels"\n',
      'fly.staging.toml': 'app = "parcels-staging"\n',
      'fly.worker.toml': 'app = "parcels-worker"\n',
    },
    targets: [
      'fly @ fly.toml (APP parcels-staging, APP parcels)',
      'fly @ fly.worker.toml (APP parcels-worker)',
    ],
  },
  {
    what: 'the only web app of Terraform, with its slot',
    files: {
      'infra/main.tf':
        'resource "azurerm_linux_web_app" "api" {\n  name = "seats"\n}\nresource "azurerm_linux_web_app_slot" "next" {\n  name = "next"\n}\n',
    },
    targets: ['app-service @ infra/main.tf (APP seats, SLOT next)', 'terraform @ infra'],
  },
  {
    what: 'several web apps of Terraform, of which no file says which is deployed to',
    files: {
      'main.tf':
        'resource "azurerm_linux_web_app" "a" {\n  name = "a"\n}\nresource "azurerm_linux_web_app" "b" {\n  name = "b"\n}\n',
    },
    targets: ['terraform @ .'],
  },
  {
    what: 'a CloudFormation template without functions',
    files: { 'template.yaml': 'Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n' },
    targets: [],
  },
  {
    what: 'the Serverless Framework on AWS, in both of its forms',
    files: { 'serverless.yml': 'service: mailer\nprovider: aws\n' },
    targets: ['lambda by serverless @ serverless.yml runs mailer'],
  },
  {
    what: 'the Serverless Framework elsewhere',
    files: { 'serverless.yml': 'service: mailer\nprovider:\n  name: google\n' },
    targets: [],
  },
  {
    what: 'a CDK app by what its sources make',
    files: {
      'cdk.json': '{ "app": "npx ts-node bin/app.ts" }',
      'lib/stack.ts':
        "import * as cdk from 'aws-cdk-lib';\nimport * as lambda from 'aws-cdk-lib/aws-lambda';\n",
      '.github/workflows/cdk.yml': workflow('run: npx cdk deploy --all --require-approval never'),
    },
    targets: ['lambda by cdk @ cdk.json'],
  },
  {
    what: 'a CDK app of infrastructure alone',
    files: {
      'cdk.json': '{ "app": "python3 app.py" }',
      'app.py': 'import aws_cdk as cdk\nfrom aws_cdk import aws_s3\n',
    },
    targets: ['other by cdk @ cdk.json'],
  },
  {
    what: 'Cloud Run from Cloud Build, arguments in either form',
    files: {
      'cloudbuild.yaml': [
        'steps:',
        '  - name: gcr.io/google.com/cloudsdktool/cloud-sdk',
        '    entrypoint: gcloud',
        "    args: ['run', 'deploy', 'quotes', '--image', 'gcr.io/$PROJECT_ID/quotes', '--region', 'europe-west1']",
        '',
      ].join('\n'),
    },
    targets: ['cloud-run @ cloudbuild.yaml runs quotes (REGION europe-west1)'],
  },
  {
    what: 'Cloud Run from Cloud Build by its substitutions',
    files: {
      'cloudbuild.yaml': [
        'substitutions: { _SERVICE: quotes, _REGION: us-east4 }',
        'steps:',
        '  - name: gcr.io/cloud-builders/gcloud',
        '    args:',
        '      - run',
        '      - deploy',
        '      - $_SERVICE',
        '      - --region=${_REGION}',
        '',
      ].join('\n'),
    },
    targets: ['cloud-run @ cloudbuild.yaml runs quotes (REGION us-east4)'],
  },
  {
    what: 'a cluster of Google by the Cloud Build that logs in to it',
    files: {
      'k8s/deployment.yaml': DEPLOYMENT,
      'cloudbuild.yaml':
        "steps:\n  - name: gcr.io/k8s-skaffold/skaffold\n    entrypoint: bash\n    args:\n      - '-c'\n      - >\n        gcloud container clusters get-credentials --zone=$_ZONE $_CLUSTER;\n        kubectl apply -f k8s/\n",
    },
    targets: ['kubernetes @ k8s on gke runs quotes'],
  },
  {
    what: 'a Cloud Build that only builds',
    files: {
      'cloudbuild.yaml': "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: ['build', '.']\n",
    },
    targets: [],
  },
  {
    what: 'a cluster of Google by the workflow that logs in to it',
    files: {
      'k8s/deployment.yaml': DEPLOYMENT,
      '.github/workflows/deploy.yml': workflow(
        'uses: google-github-actions/get-gke-credentials@v2\n        with: { cluster_name: main, location: europe-west1 }',
        'run: kubectl apply -f k8s/',
      ),
    },
    targets: ['kubernetes @ k8s on gke runs quotes (CLUSTER main, REGION europe-west1)'],
  },
  {
    what: 'a cluster of Amazon by the Terraform files that make it',
    files: {
      'k8s/deployment.yaml': DEPLOYMENT,
      'infra/eks.tf':
        'module "eks" {\n  source  = "terraform-aws-modules/eks/aws"\n  version = "~> 20.0"\n}\n',
    },
    targets: ['kubernetes @ k8s on eks runs quotes', 'terraform @ infra'],
  },
  {
    what: 'a cluster of Azure by the deploy script that logs in to it',
    files: {
      'scripts/deploy.sh':
        '#!/usr/bin/env bash\naz aks get-credentials --resource-group rg --name main\nkubectl apply -f k8s/\n',
      'k8s/deployment.yaml': DEPLOYMENT,
    },
    targets: ['script @ scripts/deploy.sh', 'kubernetes @ k8s on aks runs quotes'],
  },
  {
    what: 'no cluster where two files disagree',
    files: {
      'k8s/deployment.yaml': DEPLOYMENT,
      'infra/a.tf': 'resource "aws_eks_cluster" "main" {\n}\n',
      'infra/b.tf': 'resource "google_container_cluster" "main" {\n}\n',
    },
    targets: ['kubernetes @ k8s runs quotes', 'terraform @ infra'],
  },
  {
    what: 'a Procfile alone, which other platforms read as well',
    files: { Procfile: 'web: gunicorn app:app\n', 'requirements.txt': 'gunicorn\n' },
    targets: [],
    possible: ['heroku @ Procfile'],
  },
  {
    what: 'a Procfile that a workflow releases to Heroku',
    files: {
      Procfile: 'web: gunicorn app:app\n',
      '.github/workflows/heroku.yml': workflow('run: git push https://git.heroku.com/quotes.git HEAD:main'),
    },
    targets: ['heroku @ Procfile'],
  },
  {
    what: 'Kamal with its hosts',
    files: {
      'config/deploy.yml':
        'service: quotes\nimage: larkmoor/quotes\nservers:\n  web:\n    - 192.0.2.10\nregistry:\n  username: larkmoor\n',
    },
    targets: ['ssh by kamal @ config/deploy.yml runs quotes (DEPLOY_HOST 192.0.2.10)'],
  },
  {
    what: 'an Ansible playbook, which may set up anything',
    files: { 'ansible/site.yml': '- hosts: web\n  roles: [nginx]\n' },
    targets: [],
    possible: ['ssh by ansible @ ansible/site.yml'],
  },
  {
    what: 'an Ansible playbook that a workflow plays for production',
    files: {
      'ansible/site.yml': '- hosts: web\n  roles: [nginx]\n',
      '.github/workflows/site.yml': workflow('run: ansible-playbook -i ansible/hosts ansible/site.yml'),
    },
    targets: ['ssh by ansible @ ansible/site.yml'],
  },
  {
    what: 'a host that a step copies to',
    files: {
      '.github/workflows/site.yml': workflow(
        'run: rsync -az --delete dist/ deploy@quotes.example.org:/srv/quotes',
      ),
    },
    targets: ['ssh by rsync @ .github/workflows/site.yml (DEPLOY_HOST deploy@quotes.example.org)'],
  },
  {
    what: 'containers that compose starts by a file that only the host has',
    files: {
      '.github/workflows/site.yml': workflow(
        'uses: appleboy/ssh-action@v1\n        with: { host: quotes.example.org, script: docker compose up -d }',
      ),
    },
    targets: ['ssh @ .github/workflows/site.yml (DEPLOY_HOST quotes.example.org)'],
  },
  {
    what: 'a set of Argo CD applications',
    files: {
      'argo/set.yaml':
        'apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: { name: quotes }\nspec: {}\n',
    },
    targets: ['argo-cd @ argo/set.yaml'],
  },
  {
    what: 'Azure Developer CLI with an App Service',
    files: { 'azure.yaml': 'name: quotes\nservices:\n  web:\n    host: appservice\n    language: js\n' },
    targets: ['app-service @ azure.yaml runs quotes'],
  },
  {
    what: 'a host.json that is none of Azure Functions',
    files: { 'host.json': '{ "hostname": "localhost", "version": 3 }' },
    targets: [],
  },
];

describe('deployment targets of a profile', () => {
  for (const { what, files, targets, possible = [] } of REPOSITORIES) {
    it(`tells ${what}`, async () => {
      const profile = await read(files);
      assert.deepEqual(profile.deployTargets.map(said), targets);
      assert.deepEqual(profile.possibleTargets.map(said), possible);
      assert.equal(isKnown(profile.isDeployed), targets.length > 0);
    });
  }

  it('tells each of the platforms that documents know, by its kind', async () => {
    for (const [name, files] of Object.entries(platformRepositories)) {
      const kind = name.split(' ')[0] ?? '';
      if (['a', 'nothing'].includes(kind)) continue;
      const { deployTargets } = await read(files);
      assert.ok(
        deployTargets.some((target) => target.kind === kind),
        `${name}: ${deployTargets.map(said).join('; ')}`,
      );
    }
  });

  it('says how well a target is evidenced', async () => {
    const host = await read(platformRepositories['ssh'] ?? {});
    assert.deepEqual(
      host.deployTargets.map(({ path }) => confidenceOf(path)),
      ['moderate'],
    );
    const procfile = await read({ Procfile: 'web: npm start\n' });
    assert.deepEqual(
      procfile.possibleTargets.map(({ path }) => confidenceOf(path)),
      ['weak'],
    );
    const fly = await read(platformRepositories['fly'] ?? {});
    assert.deepEqual(
      fly.deployTargets.map(({ path }) => confidenceOf(path)),
      ['strong'],
    );
  });

  it('says what the workflows do, each with its steps', async () => {
    const { workflowUses } = await read(platformRepositories['ecs'] ?? {});
    const [use] = workflowUses ?? [];
    assert.equal(use?.path, '.github/workflows/ecs.yml');
    assert.deepEqual(use?.triggers, ['push']);
    assert.deepEqual(use?.environments, ['production']);
    assert.ok(use?.does.some(({ value, sources }) => value === 'deploy' && sources.length > 0));
  });
});
