import assert from 'node:assert/strict';
import { infrastructure } from '../../../../src/core/change/irreversible/infrastructure';
import { changeWorld, findings, type Files } from '../../../support/change-world';

type Row = readonly [what: string, base: Files, head: Files, ...expected: string[]];

const DATABASE = `resource "aws_db_instance" "main" {
  engine            = "postgres"
  db_name           = "shop"
  allocated_storage = 20
}
`;

const protectedDatabase = (lines: string): string =>
  `resource "aws_db_instance" "main" {\n  engine = "postgres"\n${lines}}\n`;

const plan = (
  ...changes: readonly (readonly [address: string, type: string, ...actions: string[]])[]
): string =>
  JSON.stringify(
    {
      format_version: '1.2',
      resource_changes: changes.map(([address, type, ...actions]) => ({
        address,
        mode: address.startsWith('data.') ? 'data' : 'managed',
        type,
        change: { actions },
      })),
    },
    null,
    1,
  );

const TERRAFORM: readonly Row[] = [
  [
    'a resource taken out',
    { 'a.tf': `# db\n${DATABASE}` },
    { 'a.tf': '# db\n' },
    'infra-destroy base a.tf:2',
  ],
  ['a whole file taken out', { 'infra/a.tf': DATABASE }, {}, 'infra-destroy base infra/a.tf:1'],
  [
    'two of one file',
    { 'a.tf': `${DATABASE}resource "aws_s3_bucket" "logs" {\n}\n` },
    { 'a.tf': '' },
    'infra-destroy base a.tf:1',
    'infra-destroy base a.tf:6',
  ],
  [
    'renamed without moved',
    { 'a.tf': DATABASE },
    { 'a.tf': DATABASE.replace('"main"', '"primary"') },
    'infra-replace base a.tf:1',
  ],
  [
    'renamed with moved',
    { 'a.tf': DATABASE },
    {
      'a.tf': DATABASE.replace('"main"', '"primary"'),
      'moved.tf': 'moved {\n  from = aws_db_instance.main\n  to = aws_db_instance.primary\n}\n',
    },
  ],
  [
    'moved into a module by the caller',
    { 'modules/db/a.tf': DATABASE, 'main.tf': 'module "db" {\n  source = "./modules/db"\n}\n' },
    {
      'modules/db/a.tf': '# elsewhere\n',
      'main.tf':
        'module "db" {\n  source = "./modules/db"\n}\nmoved {\n  from = module.db.aws_db_instance.main\n  to = module.x.aws_db_instance.main\n}\n',
    },
  ],
  [
    'moved to another file of the folder',
    { 'a.tf': DATABASE, 'b.tf': '# b\n' },
    { 'a.tf': '', 'b.tf': DATABASE },
  ],
  [
    'moved to another folder, which is another state',
    { 'a/a.tf': DATABASE, 'b/b.tf': '# b\n' },
    { 'a/a.tf': '', 'b/b.tf': DATABASE },
    'infra-destroy base a/a.tf:1',
  ],
  [
    'removed without destroying',
    { 'a.tf': DATABASE },
    { 'a.tf': 'removed {\n  from = aws_db_instance.main\n  lifecycle {\n    destroy = false\n  }\n}\n' },
    'risk a.tf',
  ],
  [
    'removed and destroyed',
    { 'a.tf': DATABASE },
    { 'a.tf': 'removed {\n  from = aws_db_instance.main\n}\n' },
    'infra-destroy base a.tf:1',
  ],
  [
    'a stateless resource taken out',
    { 'a.tf': 'resource "aws_security_group_rule" "ssh" {\n}\nresource "aws_route53_record" "www" {\n}\n' },
    { 'a.tf': '' },
    'risk a.tf',
    'risk a.tf',
  ],
  [
    'data, variables and outputs taken out',
    { 'a.tf': 'data "aws_ami" "a" {\n}\nvariable "x" {}\noutput "y" {\n  value = 1\n}\n' },
    { 'a.tf': '' },
  ],
  [
    'a module taken out',
    { 'a.tf': 'module "db" {\n  source = "x/rds/aws"\n}\n' },
    { 'a.tf': '' },
    'infra-destroy base a.tf:1',
  ],
  [
    'a module renamed',
    { 'a.tf': 'module "db" {\n  source = "x/rds/aws"\n}\n' },
    { 'a.tf': 'module "database" {\n  source = "x/rds/aws"\n}\n' },
    'infra-replace base a.tf:1',
  ],
  [
    'commented out before',
    { 'a.tf': '/*\nresource "aws_db_instance" "main" {\n}\n*/\n# resource "a" "b" {}\n' },
    { 'a.tf': '' },
  ],
  [
    'commented out now',
    { 'a.tf': 'resource "aws_db_instance" "main" {\n}\n' },
    { 'a.tf': '# resource "aws_db_instance" "main" {\n# }\n' },
    'infra-destroy base a.tf:1',
  ],
  [
    'a resource in a heredoc or a string',
    {
      'a.tf':
        'locals {\n  a = <<EOT\nresource "aws_db_instance" "x" {\n}\nEOT\n  b = "resource ${upper("a")} { }"\n}\n',
    },
    { 'a.tf': 'locals {\n}\n' },
  ],
  [
    'prevent_destroy switched off',
    { 'a.tf': protectedDatabase('  lifecycle {\n    prevent_destroy = true\n  }\n') },
    { 'a.tf': protectedDatabase('  lifecycle {\n    prevent_destroy = false\n  }\n') },
    'infra-replace head a.tf:4',
  ],
  [
    'prevent_destroy taken out',
    { 'a.tf': protectedDatabase('  lifecycle {\n    prevent_destroy = true\n  }\n') },
    { 'a.tf': protectedDatabase('') },
    'infra-replace base a.tf:4',
  ],
  [
    'deletion protection switched off',
    { 'a.tf': protectedDatabase('  deletion_protection = true\n') },
    { 'a.tf': protectedDatabase('  deletion_protection = false # for now\n') },
    'infra-replace head a.tf:3',
  ],
  ['deletion protection off as before', { 'a.tf': DATABASE }, { 'a.tf': DATABASE.replace('20', '30') }],
  [
    'deletion protection, on by default at Google, switched off',
    { 'a.tf': 'resource "google_sql_database_instance" "a" {\n}\n' },
    { 'a.tf': 'resource "google_sql_database_instance" "a" {\n  deletion_protection = false\n}\n' },
    'infra-replace head a.tf:2',
  ],
  [
    'deletion protection by a variable of unknown value',
    { 'a.tf': protectedDatabase('  deletion_protection = true\n') },
    { 'a.tf': protectedDatabase('  deletion_protection = var.protect\n') },
    'unjudgeable head a.tf:3',
  ],
  [
    'deletion protection by a variable that is true',
    { 'a.tf': protectedDatabase('  deletion_protection = true\n') },
    {
      'a.tf': `${protectedDatabase('  deletion_protection = var.protect\n')}variable "protect" {\n  default = true\n}\n`,
    },
  ],
  [
    'the final snapshot skipped',
    { 'a.tf': DATABASE },
    { 'a.tf': DATABASE.replace('}', '  skip_final_snapshot = true\n}') },
    'storage-delete head a.tf:5',
  ],
  [
    'force_destroy set',
    { 'a.tf': 'resource "aws_s3_bucket" "a" {\n  bucket = "x"\n}\n' },
    { 'a.tf': 'resource "aws_s3_bucket" "a" {\n  bucket = "x"\n  force_destroy = true\n}\n' },
    'infra-replace head a.tf:3',
  ],
  [
    'a new resource with force_destroy',
    { 'a.tf': '# a\n' },
    { 'a.tf': 'resource "aws_s3_bucket" "a" {\n  force_destroy = true\n}\n' },
  ],
  [
    'an argument that forces a new one',
    { 'a.tf': DATABASE },
    { 'a.tf': DATABASE.replace('"shop"', '"store"') },
    'infra-replace head a.tf:3',
  ],
  ['an argument that is changed in place', { 'a.tf': DATABASE }, { 'a.tf': DATABASE.replace('20', '40') }],
  [
    'for_each without moved',
    { 'a.tf': 'resource "aws_s3_bucket" "a" {\n}\n' },
    { 'a.tf': 'resource "aws_s3_bucket" "a" {\n  for_each = toset(["x"])\n}\n' },
    'infra-replace head a.tf:2',
  ],
  [
    'a count of nothing',
    { 'a.tf': 'resource "aws_s3_bucket" "a" {\n}\n' },
    { 'a.tf': 'resource "aws_s3_bucket" "a" {\n  count = 0\n}\n' },
    'infra-destroy head a.tf:2',
  ],
  [
    'a file that can no longer be read',
    { 'a.tf': DATABASE },
    { 'a.tf': 'resource "a" "b" {\n' },
    'unjudgeable head a.tf:1',
  ],
  ['a new file that cannot be read', { 'b.tf': '# b\n' }, { 'b.tf': '# c\n', 'a.tf': 'resource "a" {{{' }],
  ['an example', { 'examples/a.tf': DATABASE }, {}],
  ['a test', { 'test/fixtures/a.tf': DATABASE }, {}],
  ['a module of another', { '.terraform/modules/a/a.tf': DATABASE }, {}],
  ['CRLF', { 'a.tf': DATABASE.replaceAll('\n', '\r\n') }, { 'a.tf': DATABASE }],
];

const PLANS: readonly Row[] = [
  [
    'a resource destroyed',
    {},
    { 'out/tf.json': plan(['aws_db_instance.a', 'aws_db_instance', 'delete']) },
    'infra-destroy head out/tf.json:5',
  ],
  [
    'a resource replaced',
    {},
    { 'p.json': plan(['aws_ebs_volume.a', 'aws_ebs_volume', 'delete', 'create']) },
    'infra-replace head p.json:5',
  ],
  [
    'replaced, the new one first',
    {},
    { 'p.json': plan(['aws_ebs_volume.a', 'aws_ebs_volume', 'create', 'delete']) },
    'infra-replace head p.json:5',
  ],
  [
    'made, changed, read and left',
    {},
    {
      'p.json': plan(
        ['aws_ebs_volume.a', 'aws_ebs_volume', 'create'],
        ['aws_ebs_volume.b', 'aws_ebs_volume', 'update'],
        ['aws_ebs_volume.c', 'aws_ebs_volume', 'no-op'],
        ['data.aws_ami.d', 'aws_ami', 'read'],
      ),
    },
  ],
  [
    'a stateless one destroyed',
    {},
    { 'p.json': plan(['aws_route53_record.a', 'aws_route53_record', 'delete']) },
    'risk p.json:5',
  ],
  [
    'one forgotten',
    {},
    { 'p.json': plan(['aws_ebs_volume.a', 'aws_ebs_volume', 'forget']) },
    'risk p.json:5',
  ],
  [
    'as the plan before',
    { 'p.json': plan(['aws_ebs_volume.a', 'aws_ebs_volume', 'delete']) },
    { 'p.json': `${plan(['aws_ebs_volume.a', 'aws_ebs_volume', 'delete'])}\n` },
  ],
  [
    'what a plan says counts more than the files',
    { 'a.tf': DATABASE },
    { 'a.tf': '', 'p.json': plan(['module.x.aws_db_instance.main[0]', 'aws_db_instance', 'update']) },
  ],
  [
    'JSON that only mentions it',
    {},
    { 'p.json': '{"format_version": "1", "x": "\\"resource_changes\\": ["}' },
  ],
  ['broken JSON', {}, { 'p.json': '{"format_version": "1", "resource_changes": [' }],
];

const object = (kind: string, name: string, more = ''): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;
const claim = (size: string, name = 'data'): string =>
  object('PersistentVolumeClaim', name, `spec:\n  resources:\n    requests:\n      storage: ${size}\n`);
const set = (more: string): string => object('StatefulSet', 'db', `spec:\n  serviceName: db\n${more}`);

const KUBERNETES: readonly Row[] = [
  [
    'a patch of a kustomization, which declares nothing',
    { 'prod/db.yaml': set('  replicas: 3\n'), 'prod/kustomization.yaml': 'patches: [{path: db.yaml}]\n' },
    { 'prod/kustomization.yaml': 'resources: [../base]\n' },
    'risk prod/db.yaml',
  ],
  [
    'an object of a kustomization',
    {
      'prod/db.yaml': set('  selector: {matchLabels: {a: b}}\n'),
      'prod/kustomization.yaml': 'resources: [db.yaml]\n',
    },
    { 'prod/kustomization.yaml': 'resources: []\n' },
    'infra-destroy base prod/db.yaml:1',
  ],
  ['a stateful set taken away', { 'k8s/a.yaml': set('') }, {}, 'infra-destroy base k8s/a.yaml:1'],
  [
    'a claim among other documents',
    { 'a.yaml': `${object('ConfigMap', 'x')}---\n${claim('1Gi')}` },
    { 'a.yaml': object('ConfigMap', 'x') },
    'storage-delete base a.yaml:6',
  ],
  ['a volume', { 'a.yml': object('PersistentVolume', 'v') }, {}, 'storage-delete base a.yml:1'],
  ['a namespace', { 'a.yaml': object('Namespace', 'shop') }, {}, 'infra-destroy base a.yaml:1'],
  [
    'a definition',
    { 'crds/a.yaml': object('CustomResourceDefinition', 'a.b.c') },
    {},
    'infra-destroy base crds/a.yaml:1',
  ],
  [
    'a topic of Strimzi',
    { 'a.yaml': object('KafkaTopic', 't').replace('v1', 'kafka.strimzi.io/v1') },
    {},
    'storage-delete base a.yaml:1',
  ],
  ['a cluster of something else', { 'a.yaml': object('Cluster', 't') }, {}],
  ['a deployment', { 'a.yaml': object('Deployment', 'web') }, {}, 'risk a.yaml'],
  [
    'moved to another file',
    { 'a.yaml': claim('1Gi'), 'c.yaml': object('Secret', 's') },
    { 'b.yaml': claim('1Gi'), 'c.yaml': object('Secret', 's') },
  ],
  ['renamed', { 'a.yaml': claim('1Gi') }, { 'a.yaml': claim('1Gi', 'files') }, 'infra-replace base a.yaml:1'],
  [
    'taken away in one environment only',
    { 'dev/a.yaml': claim('1Gi'), 'prod/a.yaml': claim('1Gi') },
    { 'dev/a.yaml': claim('2Gi') },
    'storage-delete base prod/a.yaml:1',
  ],
  ['a smaller claim', { 'a.yaml': claim('10Gi') }, { 'a.yaml': claim('5Gi') }, 'infra-replace head a.yaml:8'],
  ['a larger claim', { 'a.yaml': claim('500Mi') }, { 'a.yaml': claim('1Gi') }],
  [
    'a selector changed',
    { 'a.yaml': object('Deployment', 'w', 'spec:\n  selector:\n    matchLabels:\n      app: a\n') },
    { 'a.yaml': object('Deployment', 'w', 'spec:\n  selector:\n    matchLabels:\n      app: b\n') },
    'infra-replace head a.yaml:6',
  ],
  [
    'a selector in another order',
    { 'a.yaml': set('  selector: {a: 1, b: 2}\n') },
    { 'a.yaml': set('  selector: {b: 2, a: 1}\n') },
  ],
  [
    'templates of claims changed',
    {
      'a.yaml': set(
        '  volumeClaimTemplates:\n  - metadata: {name: d}\n    spec: {resources: {requests: {storage: 1Gi}}}\n',
      ),
    },
    {
      'a.yaml': set(
        '  volumeClaimTemplates:\n  - metadata: {name: d}\n    spec: {resources: {requests: {storage: 2Gi}}}\n',
      ),
    },
    'infra-replace head a.yaml:7',
  ],
  ['replicas changed', { 'a.yaml': set('  replicas: 1\n') }, { 'a.yaml': set('  replicas: 3\n') }],
  [
    'claims deleted with their set',
    { 'a.yaml': set('') },
    { 'a.yaml': set('  persistentVolumeClaimRetentionPolicy:\n    whenDeleted: Delete\n') },
    'storage-delete head a.yaml:8',
  ],
  [
    'a class that no longer retains',
    { 'a.yaml': `${object('StorageClass', 's')}reclaimPolicy: Retain\n` },
    { 'a.yaml': `${object('StorageClass', 's')}reclaimPolicy: Delete\n` },
    'storage-delete head a.yaml:5',
  ],
  [
    'a class that deletes as by default',
    { 'a.yaml': object('StorageClass', 's') },
    { 'a.yaml': `${object('StorageClass', 's')}reclaimPolicy: Delete\n` },
  ],
  [
    'a template of a chart',
    {
      'chart/templates/pvc.yaml': `{{- if .Values.p }}\n${object('PersistentVolumeClaim', '{{ include "x" . }}-data')}{{- end }}\n`,
    },
    {},
    'storage-delete base chart/templates/pvc.yaml:2',
  ],
  [
    'a template whose branch changed',
    {
      'chart/templates/pvc.yaml': `{{- if .Values.p }}\n${object('PersistentVolumeClaim', '{{ include "x" . }}')}{{- end }}\n`,
    },
    {
      'chart/templates/pvc.yaml': `{{- if and .Values.p .Values.q }}\n${object('PersistentVolumeClaim', '{{ include "x" . }}')}{{- end }}\n`,
    },
  ],
  [
    'a template that cannot be read',
    { 'a.yaml': claim('1Gi') },
    { 'a.yaml': `${claim('1Gi')}  : [\n` },
    'unjudgeable head a.yaml:10',
  ],
  [
    'a broken file of nothing that lasts',
    { 'a.yaml': object('Service', 's') },
    { 'a.yaml': `${object('Service', 's')}  : [\n` },
  ],
  ['a list that is no manifest', { 'a.yaml': 'kinds:\n- StatefulSet\n' }, {}],
  ['an example', { 'examples/a.yaml': claim('1Gi') }, {}],
  [
    'persistence switched off',
    { 'values.yaml': 'redis:\n  persistence:\n    enabled: true\n' },
    { 'values.yaml': 'redis:\n  persistence:\n    enabled: false\n' },
    'storage-delete head values.yaml:3',
  ],
  [
    'persistence switched on',
    { 'values.yaml': 'persistence:\n  enabled: false\n' },
    { 'values.yaml': 'persistence:\n  enabled: true\n' },
  ],
  [
    'persistence set where it was not',
    { 'values.yaml': 'redis:\n  a: 1\n' },
    { 'values.yaml': 'redis:\n  a: 1\n  persistence:\n    enabled: false\n' },
    'risk values.yaml:4',
  ],
  [
    'persistence of what is new',
    { 'values.yaml': 'a: 1\n' },
    { 'values.yaml': 'a: 1\npersistence:\n  enabled: false\nredis:\n  persistence:\n    enabled: false\n' },
  ],
  [
    'a smaller volume',
    { 'values-prod.yaml': 'db:\n  persistence:\n    size: 100Gi\n' },
    { 'values-prod.yaml': 'db:\n  persistence:\n    size: 50Gi\n' },
    'infra-replace head values-prod.yaml:3',
  ],
  ['a smaller pool', { 'values.yaml': 'pool:\n  size: 10\n' }, { 'values.yaml': 'pool:\n  size: 5\n' }],
  [
    'volumes no longer kept',
    { 'values.yaml': 'storage:\n  reclaimPolicy: Retain\n' },
    { 'values.yaml': 'storage:\n  reclaimPolicy: Delete\n' },
    'storage-delete head values.yaml:2',
  ],
];

const counted = (expression: string, argument = 'count'): string =>
  `variable "n" {\n  default = 1\n}\n\nresource "aws_db_instance" "main" {\n  ${argument} = ${expression}\n}\n`;
const json = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;
const databaseInJson = (more: object = {}): object => ({
  resource: { aws_db_instance: { main: { engine: 'postgres', ...more } } },
});

const VALUES: readonly Row[] = [
  [
    'a resource of the JSON form taken out',
    { 'a.tf.json': json(databaseInJson()) },
    { 'a.tf.json': json({ resource: {} }) },
    'infra-destroy base a.tf.json:4',
  ],
  [
    'moved, in the JSON form',
    { 'a.tf.json': json(databaseInJson()) },
    {
      'a.tf.json': json({ moved: [{ from: 'aws_db_instance.main', to: 'module.db.aws_db_instance.main' }] }),
    },
  ],
  [
    'protection off, in the JSON form',
    { 'a.tf.json': json(databaseInJson({ lifecycle: { prevent_destroy: true } })) },
    { 'a.tf.json': json(databaseInJson({ lifecycle: { prevent_destroy: false } })) },
    'infra-replace head a.tf.json:7',
  ],
  [
    'a count of the JSON form',
    { 'a.tf.json': json(databaseInJson({ count: '${var.n}' })), 'b.auto.tfvars.json': json({ n: 2 }) },
    { 'a.tf.json': json(databaseInJson({ count: '${var.n}' })), 'b.auto.tfvars.json': json({ n: 0 }) },
    'infra-destroy head b.auto.tfvars.json:2',
  ],
  [
    'broken JSON',
    { 'a.tf.json': json(databaseInJson()) },
    { 'a.tf.json': '{"resource": ' },
    'unjudgeable head a.tf.json:1',
  ],
  [
    'a value that leaves no instance',
    { 'a.tf': counted('var.n'), 'terraform.tfvars': 'n = 2\n' },
    { 'a.tf': counted('var.n'), 'terraform.tfvars': '# none\nn = 0\n' },
    'infra-destroy head terraform.tfvars:2',
  ],
  [
    'a condition that no longer holds',
    { 'a.tf': counted('var.on ? 1 : 0'), 'env/prod.tfvars': 'on = true\n' },
    { 'a.tf': counted('var.on ? 1 : 0'), 'env/prod.tfvars': 'on = false\n' },
    'infra-destroy head env/prod.tfvars:1',
  ],
  [
    'a comparison that no longer holds',
    { 'a.tf': counted('var.tier == "gold" ? 2 : 0'), 'prod.tfvars': 'tier = "gold"\n' },
    { 'a.tf': counted('var.tier == "gold" ? 2 : 0'), 'prod.tfvars': 'tier = "plain"\n' },
    'infra-destroy head prod.tfvars:1',
  ],
  [
    'fewer instances',
    { 'a.tf': counted('var.n'), 'prod.tfvars': 'n = 3\n' },
    { 'a.tf': counted('var.n'), 'prod.tfvars': 'n = 2\n' },
    'infra-destroy head prod.tfvars:1',
  ],
  [
    'more instances',
    { 'a.tf': counted('var.n'), 'prod.tfvars': 'n = 3\n' },
    { 'a.tf': counted('var.n'), 'prod.tfvars': 'n = 4\n' },
  ],
  [
    'a default that one file of values overrides',
    { 'a.tf': counted('var.n'), 'prod.tfvars': 'n = 3\n' },
    { 'a.tf': counted('var.n').replace('default = 1', 'default = 0'), 'prod.tfvars': 'n = 3\n' },
  ],
  [
    'a default that nothing overrides',
    { 'a.tf': counted('var.n') },
    { 'a.tf': counted('var.n').replace('default = 1', 'default = 0') },
    'infra-destroy head a.tf:6',
  ],
  [
    'a key less of for_each',
    { 'a.tf': counted('toset(var.names)', 'for_each'), 'terraform.tfvars': 'names = ["a", "b"]\n' },
    { 'a.tf': counted('toset(var.names)', 'for_each'), 'terraform.tfvars': 'names = [\n  "a", # kept\n]\n' },
    'infra-destroy head terraform.tfvars:1',
  ],
  [
    'a key less of a map, in place',
    { 'a.tf': counted('{\n    a = 1\n    b = 2\n  }', 'for_each') },
    { 'a.tf': counted('{\n    b = 2\n  }', 'for_each') },
    'infra-destroy head a.tf:6',
  ],
  [
    'another order and more',
    { 'a.tf': counted('toset(var.names)', 'for_each'), 'terraform.tfvars': 'names = ["a", "b"]\n' },
    { 'a.tf': counted('toset(var.names)', 'for_each'), 'terraform.tfvars': 'names = ["b", "c", "a"]\n' },
  ],
  [
    'a protection that follows a value',
    {
      'a.tf': protectedDatabase('  deletion_protection = var.keep\n'),
      'prod.tfvars': 'keep = true\n',
    },
    { 'a.tf': protectedDatabase('  deletion_protection = var.keep\n'), 'prod.tfvars': 'keep = false\n' },
    'infra-replace head prod.tfvars:1',
  ],
  [
    'what was not there before either',
    { 'a.tf': counted('var.n'), 'prod.tfvars': 'n = 0\n' },
    { 'prod.tfvars': 'n = 0\n' },
  ],
  [
    'a value that something beyond these files works out',
    { 'a.tf': counted('local.n'), 'prod.tfvars': 'n = 1\n' },
    { 'a.tf': counted('local.n'), 'prod.tfvars': 'n = 0\n' },
  ],
  [
    'values that can no longer be read',
    { 'a.tf': counted('var.n'), 'prod.tfvars': 'n = 1\n' },
    { 'a.tf': counted('var.n'), 'prod.tfvars': 'n = [\n' },
    'unjudgeable head prod.tfvars',
  ],
  [
    'values of another folder',
    { 'a/a.tf': counted('var.n'), 'b/prod.tfvars': 'n = 1\n', 'b/b.tf': '' },
    { 'a/a.tf': counted('var.n'), 'b/prod.tfvars': 'n = 0\n', 'b/b.tf': '' },
  ],
];

const KUSTOMIZED = { 'k8s/db.yaml': set(''), 'k8s/web.yaml': object('Deployment', 'web') };
const chart = (dependencies: string): string => `apiVersion: v2\nname: shop\ndependencies:\n${dependencies}`;
const argo = (more: string, spec = ''): string =>
  `apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: shop\n${more}spec:\n  project: default\n${spec}`;
const flux = (prune: string): string =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: shop\nspec:\n  path: ./k8s\n  prune: ${prune}\n`;

const LEFT_OUT: readonly Row[] = [
  [
    'a resource that a kustomization no longer takes in',
    { ...KUSTOMIZED, 'k8s/kustomization.yaml': 'resources:\n- web.yaml\n- db.yaml\n' },
    { ...KUSTOMIZED, 'k8s/kustomization.yaml': 'resources:\n- web.yaml\n' },
    'infra-destroy base k8s/kustomization.yaml:3',
  ],
  [
    'one without data',
    { ...KUSTOMIZED, 'k8s/kustomization.yaml': 'resources:\n- web.yaml\n- db.yaml\n' },
    { ...KUSTOMIZED, 'k8s/kustomization.yaml': 'resources:\n- ./db.yaml\n' },
    'risk k8s/kustomization.yaml',
  ],
  [
    'another kustomization takes it in from now on',
    {
      ...KUSTOMIZED,
      'k8s/kustomization.yaml': 'resources:\n- db.yaml\n- web.yaml\n',
      'prod/kustomization.yaml': 'resources:\n- ../k8s\n',
    },
    {
      ...KUSTOMIZED,
      'k8s/kustomization.yaml': 'resources:\n- web.yaml\n',
      'prod/kustomization.yaml': 'resources:\n- ../k8s\n- ../k8s/db.yaml\n',
    },
  ],
  [
    'a folder with what it takes in',
    {
      ...KUSTOMIZED,
      'k8s/kustomization.yaml': 'resources: [db.yaml]\n',
      'prod/kustomization.yaml': 'bases:\n- ../k8s\n',
    },
    {
      ...KUSTOMIZED,
      'k8s/kustomization.yaml': 'resources: [db.yaml]\n',
      'prod/kustomization.yaml': 'bases: []\n',
    },
    'infra-destroy base prod/kustomization.yaml:2',
  ],
  [
    'one of another repository',
    { 'k8s/kustomization.yaml': 'resources:\n- https://a.test/b.yaml\n' },
    { 'k8s/kustomization.yaml': 'resources: []\n' },
  ],
  [
    'a patch in a kustomization that deletes',
    { ...KUSTOMIZED, 'k8s/kustomization.yaml': 'resources: [db.yaml]\n' },
    {
      ...KUSTOMIZED,
      'k8s/kustomization.yaml':
        'resources: [db.yaml]\npatches:\n- patch: |\n    $patch: delete\n    apiVersion: apps/v1\n    kind: StatefulSet\n    metadata:\n      name: db\n',
    },
    'infra-destroy head k8s/kustomization.yaml:3',
  ],
  [
    'a patch in a file that deletes',
    { ...KUSTOMIZED, 'k8s/kustomization.yaml': 'resources: [db.yaml]\n' },
    {
      ...KUSTOMIZED,
      'k8s/kustomization.yaml': 'resources: [db.yaml]\npatches:\n- path: gone.yaml\n',
      'k8s/gone.yaml': '$patch: delete\napiVersion: apps/v1\nkind: StatefulSet\nmetadata:\n  name: db\n',
    },
    'infra-destroy head k8s/gone.yaml:1',
  ],
  [
    'a kustomization and a chart that can no longer be read',
    {
      ...KUSTOMIZED,
      'k8s/kustomization.yaml': 'resources: [db.yaml]\n',
      'Chart.yaml': chart('- name: redis\n'),
    },
    { ...KUSTOMIZED, 'k8s/kustomization.yaml': 'resources: [db.yaml\n', 'Chart.yaml': 'dependencies: [\n' },
    'unjudgeable head k8s/kustomization.yaml',
    'unjudgeable head Chart.yaml',
  ],
  [
    'a subchart with data',
    { 'chart/Chart.yaml': chart('- name: postgresql\n  version: 15.x\n- name: common\n') },
    { 'chart/Chart.yaml': chart('- name: common\n') },
    'infra-destroy base chart/Chart.yaml:4',
  ],
  [
    'a subchart of another kind',
    { 'chart/Chart.yaml': chart('- name: postgresql\n- name: common\n') },
    { 'chart/Chart.yaml': chart('- name: postgresql\n') },
    'risk chart/Chart.yaml',
  ],
  [
    'another version of a subchart',
    { 'chart/Chart.yaml': chart('- name: postgresql\n  version: 15.x\n') },
    { 'chart/Chart.yaml': chart('- name: postgresql\n  version: 16.x\n') },
  ],
  [
    'an application that deletes what it deployed',
    { 'apps/shop.yaml': argo('  finalizers:\n  - resources-finalizer.argocd.argoproj.io\n') },
    {},
    'infra-destroy base apps/shop.yaml:1',
  ],
  ['an application that leaves what it deployed', { 'apps/shop.yaml': argo('') }, {}, 'risk apps/shop.yaml'],
  [
    'pruning switched on',
    { 'apps/shop.yaml': argo('', '  syncPolicy:\n    automated:\n      prune: false\n') },
    { 'apps/shop.yaml': argo('', '  syncPolicy:\n    automated:\n      prune: true\n') },
    'risk apps/shop.yaml:9',
  ],
  ['what prunes of Flux', { 'apps/shop.yaml': flux('true') }, {}, 'infra-destroy base apps/shop.yaml:1'],
  ['what does not prune of Flux', { 'apps/shop.yaml': flux('false') }, {}, 'risk apps/shop.yaml'],
];

describe('what a change does to infrastructure', () => {
  for (const [name, table] of [
    ['configuration of Terraform', TERRAFORM],
    ['plans of Terraform', PLANS],
    ['manifests and values', KUBERNETES],
    ['values and the JSON form of Terraform', VALUES],
    ['what is no longer taken in', LEFT_OUT],
  ] as const) {
    describe(name, () => {
      for (const [what, base, head, ...expected] of table) {
        it(what, async () => {
          assert.deepEqual(await findings(infrastructure, changeWorld(base, head)), expected);
        });
      }
    });
  }

  it('gives the exact place of what is gone, and says what it was', async () => {
    const { irreversible } = await infrastructure.detect(
      changeWorld({ 'a.tf': `# 🙂\n${DATABASE}` }, { 'a.tf': '# none\n' }),
    );
    assert.deepEqual(
      irreversible.map(({ range, statement, side }) => ({ range, statement, side })),
      [
        {
          range: { start: { line: 2, column: 1 }, end: { line: 6, column: 2 } },
          statement: 'resource "aws_db_instance" "main" {',
          side: 'base',
        },
      ],
    );
  });

  it('takes a moved folder for what it was', async () => {
    const world = changeWorld({ 'old/a.tf': DATABASE }, { 'new/a.tf': DATABASE.replace('20', '30') }, [
      { status: 'renamed', path: 'new/a.tf', oldPath: 'old/a.tf' },
    ]);
    assert.deepEqual(await findings(infrastructure, world), []);
  });

  it('counts what moves among the examples as gone', async () => {
    const world = changeWorld({ 'a.tf': DATABASE }, { 'examples/a.tf': DATABASE.replace('20', '30') }, [
      { status: 'renamed', path: 'examples/a.tf', oldPath: 'a.tf' },
    ]);
    assert.deepEqual(await findings(infrastructure, world), ['infra-destroy base a.tf:1']);
  });

  it('ends on hostile texts, in little time', async () => {
    const deep = 'a = '.concat('['.repeat(100_000));
    const texts = [
      deep,
      'a {'.repeat(50_000),
      `a = "${'${"'.repeat(50_000)}`,
      `a = <<EOT\n${'x\n'.repeat(200_000)}`,
      '/*'.repeat(100_000),
      `${'resource "a" "b" {}\n'.repeat(20_000)}`,
      'x'.repeat(2_100_000),
    ];
    const started = performance.now();
    for (const text of texts) {
      const found = await findings(infrastructure, changeWorld({ 'a.tf': DATABASE }, { 'a.tf': text }));
      assert.equal(found.length, 1, text.slice(0, 20));
    }
    const yaml = [
      `${claim('1Gi')}${'- '.repeat(20_000)}`,
      `${claim('1Gi')}a: &a [*a, *a]\n`,
      `${claim('1Gi')}x: ${'{'.repeat(50_000)}`,
      `${claim('1Gi')}x: ${'{{'.repeat(50_000)}`,
      `a: &a [x, x, x, x, x, x, x, x]\n${[...'bcdefghi'].map((letter, index) => `${letter}: &${letter} [${Array(8).fill(`*${'abcdefghi'[index]}`).join(', ')}]`).join('\n')}\n${claim('1Gi')}`,
    ];
    for (const text of yaml) {
      await findings(infrastructure, changeWorld({ 'a.yaml': claim('2Gi') }, { 'a.yaml': text }));
      await findings(infrastructure, changeWorld({ 'values.yaml': 'a: 1\n' }, { 'values.yaml': text }));
    }
    assert.ok(performance.now() - started < 10_000);
  });
});
