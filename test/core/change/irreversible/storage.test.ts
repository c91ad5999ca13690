import assert from 'node:assert/strict';
import { storage } from '../../../../src/core/change/irreversible/storage';
import { STORAGE_PROGRAMS, storageLossOf } from '../../../../src/core/change/irreversible/storage-commands';
import { changeWorld, findings, type Files } from '../../../support/change-world';

const LOSSES: readonly string[] = [
  'aws s3 rb s3://shop-uploads --force',
  'aws s3 rm s3://shop-uploads --recursive',
  'aws --profile prod s3 rm s3://shop-uploads/a --recursive',
  'aws s3api delete-bucket --bucket shop',
  'aws sqs purge-queue --queue-url https://sqs.eu-west-1.amazonaws.com/1/orders',
  'aws sns delete-topic --topic-arn "$TOPIC"',
  'aws rds delete-db-instance --db-instance-identifier shop --skip-final-snapshot',
  'aws ec2 delete-snapshot --snapshot-id snap-1',
  'gsutil rm -r gs://shop-uploads',
  'gsutil -m rm -rf gs://shop-uploads/**',
  'gsutil rb gs://shop',
  'gcloud sql instances delete shop --quiet',
  'gcloud --project shop pubsub topics delete orders',
  'gcloud storage rm --recursive gs://shop',
  'az storage container delete --name files',
  'az storage blob delete-batch --source files',
  'az postgres flexible-server delete --name shop --yes',
  'az group delete --name shop',
  'kubectl delete pvc data-0',
  'kubectl -n shop delete pvc --all',
  'kubectl delete pvc/data-0',
  'kubectl delete ns shop',
  'kubectl delete crd widgets.shop.example',
  'kubectl delete --wait=false namespace shop',
  'redis-cli -h cache.shop.internal FLUSHALL',
  'redis-cli -u redis://cache:6379 flushdb',
  'kafka-topics.sh --bootstrap-server kafka:9092 --delete --topic orders',
  '/opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:9092 --delete --topic orders',
  'rabbitmqadmin -H mq purge queue name=orders',
  'rabbitmqadmin --host=mq delete queue name=orders',
  'docker volume rm pgdata',
  'docker compose down --volumes',
  'dropdb -h db.internal shop',
  'mysqladmin -h db -f drop shop',
  'terraform destroy -auto-approve',
  'terraform -chdir=infra destroy',
  'terraform apply -destroy',
  'sudo docker volume rm pgdata',
  'timeout 60 gsutil rm -r gs://shop',
  'ssh deploy@shop "docker volume rm pgdata"',
  'if [ -n "$X" ]; then kubectl delete ns shop; fi',
];

const KEPT: readonly string[] = [
  'aws s3 rm s3://shop-uploads/old.txt',
  'aws s3 ls s3://shop',
  'aws s3 rm s3://shop-uploads --recursive --dryrun',
  'aws s3 sync ./dist s3://shop-web',
  'aws --endpoint-url http://localhost:4566 s3 rb s3://shop',
  'gsutil rm gs://shop/a.txt',
  'gcloud sql instances list',
  'kubectl delete pod web-0',
  'kubectl delete deployment web',
  'kubectl delete ns shop --dry-run=client',
  'kubectl get pvc',
  'redis-cli -h cache GET flushall',
  'kafka-topics.sh --bootstrap-server kafka:9092 --create --topic delete',
  'docker volume ls',
  'docker rm web',
  'docker compose down',
  'terraform plan -destroy',
  'terraform apply -auto-approve',
  'echo "terraform destroy"',
  'echo kubectl delete ns shop',
  '# kubectl delete ns shop',
  'cat <<EOF\nkubectl delete ns shop\nEOF',
  'terraform destroy --help',
  'aws s3 mb s3://scratch\naws s3 rb s3://scratch',
  'kubectl create ns scratch\nkubectl delete ns scratch',
];

const script = (command: string): string => `#!/usr/bin/env bash\nset -e\n${command}\n`;
const workflow = (command: string, on = 'push', runner = 'ubuntu-latest'): string =>
  `on: ${on}\njobs:\n  deploy:\n    runs-on: ${runner}\n    steps:\n      - run: |\n          echo start\n          ${command}\n`;

const FILES: readonly (readonly [what: string, base: Files, head: Files, ...expected: string[]])[] = [
  [
    'in a workflow',
    {},
    { '.github/workflows/a.yml': workflow('aws s3 rb s3://x') },
    'storage-delete head .github/workflows/a.yml:8',
  ],
  [
    'in a workflow on one line',
    {},
    {
      '.github/workflows/a.yml':
        'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: aws s3 rb s3://x\n',
    },
    'storage-delete head .github/workflows/a.yml:6',
  ],
  [
    'in a composite action',
    {},
    {
      'deploy/action.yml':
        'runs:\n  using: composite\n  steps:\n    - run: aws s3 rb s3://x\n      shell: bash\n',
    },
    'storage-delete head deploy/action.yml:4',
  ],
  [
    'in PowerShell, which is not read',
    {},
    {
      '.github/workflows/a.yml': workflow('aws s3 rb s3://x').replace('- run', '- shell: pwsh\n        run'),
    },
  ],
  [
    'in a workflow of pull requests',
    {},
    { '.github/workflows/a.yml': workflow('kubectl delete ns pr-1', 'pull_request') },
  ],
  [
    'in a workflow of pull requests and pushes',
    {},
    { '.github/workflows/a.yml': workflow('kubectl delete ns shop', '[pull_request, push]') },
    'storage-delete head .github/workflows/a.yml:8',
  ],
  ['on the runner, which is thrown away', {}, { '.github/workflows/a.yml': workflow('docker volume rm x') }],
  [
    'in a database on the runner',
    {},
    { '.github/workflows/a.yml': workflow('dropdb --host localhost shop') },
  ],
  [
    'in a database without a host on the runner',
    {},
    { '.github/workflows/a.yml': workflow('redis-cli FLUSHALL') },
  ],
  [
    'in a database elsewhere, from a runner',
    {},
    { '.github/workflows/a.yml': workflow('dropdb --host db.internal shop') },
    'storage-delete head .github/workflows/a.yml:8',
  ],
  [
    'on a runner of their own',
    {},
    { '.github/workflows/a.yml': workflow('docker volume rm x', 'push', 'self-hosted') },
    'storage-delete head .github/workflows/a.yml:8',
  ],
  [
    'on a server over ssh',
    {},
    { '.github/workflows/a.yml': workflow('ssh -p 22 host docker volume rm x') },
    'storage-delete head .github/workflows/a.yml:8',
  ],
  [
    'with an expression of GitHub',
    {},
    { '.github/workflows/a.yml': workflow('aws s3 rm "s3://${{ vars.BUCKET }}" --recursive') },
    'storage-delete head .github/workflows/a.yml:8',
  ],
  [
    'there before',
    { 'deploy.sh': script('aws s3 rb s3://x') },
    { 'deploy.sh': script('echo more\naws s3 rb s3://x') },
  ],
  [
    'there before with other blanks',
    { 'deploy.sh': script('aws s3 rb s3://x') },
    { 'deploy.sh': script('aws  s3 rb \\\n  "s3://x"') },
  ],
  [
    'there before, once more',
    { 'deploy.sh': script('aws s3 rb s3://x') },
    { 'deploy.sh': script('aws s3 rb s3://x\naws s3 rb s3://x') },
    'storage-delete head deploy.sh:4',
  ],
  [
    'moved to another script',
    { 'deploy.sh': script('aws s3 rb s3://x') },
    { 'release.sh': script('aws s3 rb s3://x') },
  ],
  [
    'with its dry run taken away',
    { 'deploy.sh': script('aws s3 rm s3://x --recursive --dryrun') },
    { 'deploy.sh': script('aws s3 rm s3://x --recursive') },
    'storage-delete head deploy.sh:3',
  ],
  ['taken out', { 'deploy.sh': script('aws s3 rb s3://x') }, { 'deploy.sh': script('true') }],
  [
    'in a script that nothing shows to be of a release',
    {},
    { 'hack/reset.sh': script('aws s3 rb s3://x') },
    'risk hack/reset.sh:3',
  ],
  [
    'a copy made like its source',
    {},
    { 'deploy.sh': script('aws s3 sync dist s3://web --delete') },
    'risk deploy.sh:3',
  ],
  ['in a test', {}, { 'test/deploy.sh': script('aws s3 rb s3://x') }],
  ['in an example', {}, { 'examples/deploy.sh': script('aws s3 rb s3://x') }],
  ['in a program of another language', {}, { 'bin/deploy': '#!/usr/bin/env python3\n# aws s3 rb s3://x\n' }],
  [
    'in a deployment script without an ending',
    {},
    { 'bin/deploy': script('aws s3 rb s3://x') },
    'storage-delete head bin/deploy:3',
  ],
];

describe('what the scripts of a change delete of what is stored', () => {
  for (const command of LOSSES) {
    it(`deletes: ${command}`, async () => {
      const found = await findings(storage, changeWorld({}, { 'scripts/deploy.sh': script(command) }));
      assert.deepEqual(found, ['storage-delete head scripts/deploy.sh:3']);
      assert.match(command, STORAGE_PROGRAMS);
    });
  }
  for (const command of KEPT) {
    it(`deletes nothing: ${command}`, async () => {
      assert.deepEqual(
        await findings(storage, changeWorld({}, { 'scripts/deploy.sh': script(command) })),
        [],
      );
    });
  }
  for (const [what, base, head, ...expected] of FILES) {
    it(what, async () => {
      assert.deepEqual(await findings(storage, changeWorld(base, head)), expected);
    });
  }

  it('gives the exact place and the command in a block of YAML', async () => {
    const text = workflow('aws s3 rm \\\n            s3://🙂 --recursive && echo done');
    const { irreversible } = await storage.detect(changeWorld({}, { '.github/workflows/a.yml': text }));
    assert.deepEqual(
      irreversible.map(({ range, statement }) => ({ range, statement })),
      [
        {
          range: { start: { line: 8, column: 11 }, end: { line: 9, column: 32 } },
          statement: 'aws s3 rm \\ s3://🙂 --recursive',
        },
      ],
    );
    assert.match(irreversible[0]?.why ?? '', /^it empties s3:\/\/🙂: /);
  });

  it('does not load the parser where no script names such a program', async () => {
    const world = changeWorld({}, { 'deploy.sh': script('echo hello') });
    const parsers = { ...world.parsers, shell: () => Promise.reject(new Error('not asked')) };
    assert.deepEqual(await findings(storage, { ...world, parsers }), []);
  });

  it('reads words of any kind without an end', () => {
    const words = ['gcloud', ...Array.from({ length: 100_000 }, () => '--a')];
    assert.equal(storageLossOf(words, false), null);
    assert.equal(storageLossOf([], false), null);
  });

  it('ends on hostile scripts', async () => {
    const started = performance.now();
    for (const text of [
      script('aws s3 rb s3://x\n'.repeat(3_000)),
      script(`aws ${'$('.repeat(2_000)}`),
      script(`aws ${'"'.repeat(20_001)}`),
      `aws ${'x'.repeat(600_000)}`,
    ]) {
      await findings(
        storage,
        changeWorld({}, { 'deploy.sh': text, '.github/workflows/a.yml': workflow(text) }),
      );
    }
    assert.ok(performance.now() - started < 20_000);
  });
});
