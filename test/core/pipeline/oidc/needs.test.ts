import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import { needsOfJob } from '../../../../src/core/pipeline/oidc/needs/index';
import { together, type Needs } from '../../../../src/core/pipeline/oidc/needs/needs';
import type { ShellParser } from '../../../../src/core/ports';
import type { Provider } from '../../../../src/core/workflow/credential-uses';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { understandWorkflows } from '../../../../src/core/workflow/understand';

const PATH = '.github/workflows/deploy.yml';

describe('needsOfJob', () => {
  let shell: ShellParser;
  before(async () => {
    shell = await createParsers().shell();
  });

  const needs = (provider: Provider, steps: string, env = ''): Needs => {
    const workflow = readWorkflow(
      PATH,
      `on: push\n${env}jobs:\n  deploy:\n    runs-on: ubuntu-24.04\n    steps:\n${steps}`,
    );
    const set = understandWorkflows([workflow], shell, { productionEnvironments: [], otherEnvironments: [] });
    const [job] = workflow.jobs;
    assert.ok(job);
    return together([needsOfJob(provider, workflow, job, set.factsOf(workflow, 'deploy')?.commands ?? [])]);
  };
  const run = (...lines: readonly string[]): string =>
    `      - run: |\n${lines.map((line) => `          ${line}\n`).join('')}`;

  it('reads what commands of AWS do, on the resource that they name', () => {
    const { aws, unknown } = needs(
      'aws',
      run(
        'aws s3 sync build "s3://$BUCKET/site" --delete',
        'aws s3 cp s3://shop-config/app.json .',
        'aws ecs update-service --cluster shop --service orders --force-new-deployment --region eu-central-1',
        'aws ecs wait services-stable --cluster shop --services orders',
        'aws lambda update-function-code --function-name mail --zip-file fileb://a.zip',
        'aws sts get-caller-identity',
        'aws secretsmanager get-secret-value --secret-id shop/db',
      ),
      'env: { BUCKET: shop-web }\n',
    );
    assert.deepEqual(unknown, []);
    assert.deepEqual(
      aws.map(({ actions, resources }) => [actions.join(), resources.join()]),
      [
        ['s3:ListBucket', 'arn:aws:s3:::shop-web'],
        ['s3:DeleteObject,s3:PutObject', 'arn:aws:s3:::shop-web/site/*'],
        ['s3:ListBucket', 'arn:aws:s3:::shop-config'],
        ['s3:GetObject', 'arn:aws:s3:::shop-config/app.json*'],
        ['ecs:DescribeServices,ecs:UpdateService', 'arn:aws:ecs:eu-central-1:{account}:service/shop/orders'],
        ['lambda:UpdateFunctionCode', 'arn:aws:lambda:eu-central-1:{account}:function:mail'],
        ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-central-1:{account}:secret:shop/db-*'],
      ],
    );
  });

  it('says what is needed where no file tells it', () => {
    const { aws, unknown } = needs(
      'aws',
      run(
        'aws s3 cp build "s3://${{ vars.BUCKET }}/" --recursive',
        'aws ecs register-task-definition --cli-input-json file://task.json',
        'aws cloudformation deploy --stack-name shop --template-file t.yml',
        './scripts/deploy.sh',
        'terraform apply -auto-approve',
        'aws frobnicate things',
      ),
    );
    const text = JSON.stringify(aws);
    assert.match(text, /UNKNOWN\(the ARN of the bucket of job deploy in \.github\/workflows\/deploy\.yml\)/);
    assert.match(text, /"iam:PassRole"\],"resources":\["UNKNOWN\(the ARNs of task role/);
    assert.doesNotMatch(text, /"resources":\["\*"\].*s3/);
    assert.equal(unknown.length, 4, unknown.join('\n'));
    assert.match(unknown.join('\n'), /what \.\/scripts\/deploy\.sh does in AWS/);
  });

  it('reads the actions of ECS, images and clusters', () => {
    const { aws, eksClusters } = needs(
      'aws',
      `      - uses: aws-actions/amazon-ecr-login@v2
      - uses: docker/build-push-action@v6
        with: { push: true, tags: '000000000000.dkr.ecr.eu-west-1.amazonaws.com/orders:1' }
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with: { service: orders, cluster: shop, task-definition: t.json }
${run('aws eks update-kubeconfig --name shop')}`,
    );
    const actions = aws.flatMap((need) => need.actions);
    for (const action of [
      'ecr:GetAuthorizationToken',
      'ecr:PutImage',
      'ecs:UpdateService',
      'iam:PassRole',
      'eks:DescribeCluster',
    ])
      assert.ok(actions.includes(action), action);
    assert.deepEqual(eksClusters, ['shop']);
  });

  it('names the built-in roles of Azure', () => {
    const { azure, unknown } = needs(
      'azure',
      `      - uses: azure/webapps-deploy@v3
        with: { app-name: shop-admin }
${run('az acr login --name shopimages', 'az aks get-credentials -g shop -n cluster', 'az deployment group create -g shop -f main.bicep')}`,
    );
    assert.deepEqual(
      azure.map(({ role, scope }) => [role, scope.kind, scope.name]),
      [
        ['AcrPush', 'registry', 'shopimages'],
        ['Azure Kubernetes Service Cluster User Role', 'cluster', 'cluster'],
        ['Website Contributor', 'site', 'shop-admin'],
      ],
    );
    assert.deepEqual(unknown, [
      'the role that "az deployment group" needs in job deploy in .github/workflows/deploy.yml',
    ]);
  });

  it('names the predefined roles of Google Cloud', () => {
    const { google } = needs(
      'google',
      run(
        'docker push europe-west3-docker.pkg.dev/shop/images/orders:1',
        'gcloud run deploy orders --image x --service-account runner@shop.iam.gserviceaccount.com',
        'gcloud storage cp a gs://shop-web/a',
      ),
    );
    assert.deepEqual(
      google.map(({ role, scope }) => [role, scope.kind, scope.name]),
      [
        ['roles/artifactregistry.writer', 'repository', 'europe-west3/shop/images'],
        ['roles/run.developer', 'project', null],
        ['roles/iam.serviceAccountUser', 'service-account', 'runner@shop.iam.gserviceaccount.com'],
        ['roles/storage.objectUser', 'bucket', 'shop-web'],
      ],
    );
  });

  it('lets nothing through that means something to a shell, JSON or HCL', () => {
    for (const name of [
      'a"b',
      "a'b",
      '$(id)',
      '`id`',
      '${x}',
      '%{x}',
      'a b',
      'a\\',
      'a;b',
      'a|b',
      '${{ github.event.issue.title }}',
    ]) {
      const quoted = JSON.stringify(name);
      const found = [
        needs('aws', run(`aws lambda update-function-code --function-name ${quoted}`)),
        needs('aws', run(`aws s3 sync . s3://${quoted}`)),
        needs('azure', run(`az acr login --name ${quoted}`)),
        needs('google', run(`gcloud storage cp a gs://${quoted}/a`)),
      ];
      for (const one of found) {
        for (const { resources } of one.aws)
          for (const each of resources) assert.match(each, /^[\w.:/{}*-]+$|^UNKNOWN\([\w ./*-]+\)$/, name);
        for (const { scope } of [...one.azure, ...one.google])
          assert.match(scope.name ?? 'none', /^[\w./:@=+,*~-]+$/, name);
      }
    }
  });
});
