import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createParsers } from '../../../../src/adapters/parsers';
import { defaultConfiguration } from '../../../../src/core/gate/configuration';
import { defaultReadiness } from '../../../../src/core/gate/readiness-settings';
import type { ConditionAnswer } from '../../../../src/core/readiness/condition';
import { condition } from '../../../../src/core/readiness/conditions/configuration-parity';
import type { ReadinessFacts } from '../../../../src/core/readiness/facts';
import { environmentWords, readParityFiles } from '../../../../src/core/readiness/parity/parity';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { understandWorkflows } from '../../../../src/core/workflow/understand';
import { memoryFiles } from '../../../support/world';

type Files = Readonly<Record<string, string>>;

interface Options {
  readonly ignore?: readonly string[];
  readonly production?: readonly string[];
  readonly others?: readonly string[];
}

/** What the condition says of a repository of these files. */
async function judged(files: Files, options: Options = {}): Promise<ConditionAnswer | null> {
  const { ignore = [], production = [], others = [] } = options;
  const read = Object.entries(files)
    .filter(([path]) => path.startsWith('.github/workflows/'))
    .map(([path, text]) => readWorkflow(path, text));
  const environments = { productionEnvironments: production, otherEnvironments: others };
  const workflows =
    read.length === 0 ? null : understandWorkflows(read, await createParsers().shell(), environments);
  const paths = new Set(Object.keys(files));
  const parity = await readParityFiles(memoryFiles(files), paths, environmentWords(production, others));
  const facts: Pick<ReadinessFacts, 'workflows' | 'paths' | 'parity' | 'settings' | 'configuration'> = {
    workflows,
    paths,
    parity,
    settings: { ...defaultReadiness, parityIgnore: ignore },
    configuration: { ...defaultConfiguration, ...environments },
  };
  return condition.judge(facts as ReadinessFacts);
}

const job = (id: string, environment: string, steps: string, more = ''): string =>
  `  ${id}:\n    runs-on: ubuntu-latest\n    environment: ${environment}\n${more}    steps:\n${steps}`;
const workflow = (...jobs: readonly string[]): Files => ({
  '.github/workflows/deploy.yml': `on: push\njobs:\n${jobs.join('')}`,
});
const step = (run: string): string => `      - run: ${run}\n`;
const helm = (environment: string): string =>
  step(
    `helm upgrade shop ./chart -f values-${environment}.yaml --set image.tag=$TAG --namespace ${environment}`,
  );

type Row = readonly [
  what: string,
  files: Files,
  status: string | null,
  why?: RegExp | null,
  options?: Options,
];

const values = (staging: string, production: string, more: Files = {}): Files => ({
  'chart/values-staging.yaml': staging,
  'chart/values-production.yaml': production,
  ...more,
});

const TABLE: readonly Row[] = [
  // Files of settings.
  ['the same keys with other values', values('a: 1\nb: x\n', 'a: 2\nb: y\n'), 'pass'],
  [
    'a key that only staging has',
    values('a: 1\ncache:\n  enabled: true\n', 'a: 1\n'),
    'fail',
    /chart\/values-production\.yaml has no `cache`, which chart\/values-staging\.yaml:2 sets/,
  ],
  [
    'a key that only production has',
    values('a: {}\n', 'a:\n  b: 1\n'),
    'fail',
    /chart\/values-staging\.yaml has no `a\.b`, which chart\/values-production\.yaml:2 sets/,
  ],
  [
    'another type',
    values('port: 8080\n', 'port: "8080"\n'),
    'fail',
    /`port` is a text in chart\/values-production\.yaml:1 and a number in chart\/values-staging\.yaml:1/,
  ],
  [
    'what must differ',
    values(
      'replicaCount: 1\nimage:\n  tag: a\n',
      'replicaCount: 3\nautoscaling:\n  enabled: true\nresources:\n  limits:\n    cpu: 1\nimage:\n  tag: a\n  digest: b\ningress:\n  hosts:\n  - a\n',
    ),
    'fail',
    /has no `ingress`/,
  ],
  [
    'what must differ, and nothing else',
    values(
      'replicaCount: 1\n',
      'replicaCount: 3\nautoscaling:\n  enabled: true\nresources:\n  limits:\n    cpu: 1\n',
    ),
    'pass',
  ],
  [
    'what both inherit',
    values('a: 1\n', 'cache:\n  enabled: true\n', {
      'chart/values.yaml': 'a: 0\ncache:\n  enabled: false\n',
    }),
    'pass',
  ],
  [
    'a key within what both inherit',
    values('a: 1\n', 'cache:\n  ttl: 3\n', { 'chart/values.yaml': 'a: 0\ncache:\n  enabled: false\n' }),
    'fail',
    /has no `cache\.ttl`/,
  ],
  ['a key that names its environment', values('staging:\n  a: 1\n', 'production:\n  a: 1\n'), 'pass'],
  ['labels', values('podLabels:\n  a: b\n', 'podLabels:\n  c: d\n'), 'pass'],
  [
    'a list of names',
    values('env:\n- name: A\n  value: x\n- name: B\n  value: y\n', 'env:\n- name: B\n  value: z\n'),
    'fail',
    /has no `env\[A\]`/,
  ],
  ['a list in another order', values('env:\n- name: A\n- name: B\n', 'env:\n- name: B\n- name: A\n'), 'pass'],
  [
    'what the configuration lets differ',
    values('debug:\n  level: 1\n', 'a: 1\n'),
    'pass',
    null,
    { ignore: ['debug', 'a'] },
  ],
  [
    'what it lets differ by a glob',
    values('debug: {}\n', 'debug:\n  a: 1\n  b: 2\n'),
    'pass',
    null,
    { ignore: ['debug.*'] },
  ],
  [
    'folders of each environment',
    { 'env/stg/values.yaml': 'a: 1\n', 'env/prod/values.yaml': 'b: 1\n' },
    'fail',
    /env\/prod\/values\.yaml has no `a`.*env\/stg\/values\.yaml has no `b`/,
  ],
  [
    'values of Terraform',
    {
      'infra/staging.tfvars': 'instance_type = "t3"\nbackups = true\n',
      'infra/prod.tfvars': 'instance_type = "m5"\n',
    },
    'fail',
    /infra\/prod\.tfvars has no `backups`, which infra\/staging\.tfvars:2 sets/,
  ],
  [
    'values of Terraform of another type',
    { 'staging.tfvars': 'zones = ["a"]\nn = 1\n', 'production.tfvars': 'zones = ["a", "b"]\nn = "1"\n' },
    'fail',
    /`n` is a text in production\.tfvars:2/,
  ],
  [
    'names of variables',
    { '.env.staging.example': 'API_KEY=\nexport FEATURE=on\n', '.env.production.example': 'API_KEY=\n' },
    'fail',
    /\.env\.production\.example has no `FEATURE`/,
  ],
  [
    'an overlay that takes in more',
    {
      'overlays/staging/kustomization.yaml': 'resources:\n- ../../base\nimages:\n- name: shop\n  newTag: a\n',
      'overlays/production/kustomization.yaml': 'resources:\n- ../../base\n- network-policy.yaml\n',
    },
    'fail',
    /has no `resources\[network-policy\.yaml\]`/,
  ],
  [
    'settings of an application',
    {
      'src/main/resources/application-staging.yml': 'spring:\n  datasource:\n    url: a\n',
      'src/main/resources/application-prod.yml': 'spring:\n  datasource:\n    url: b\n',
    },
    'pass',
  ],
  [
    'a file that cannot be read',
    values('a: 1\n', 'a: [\n'),
    'unknown',
    /chart\/values-production\.yaml cannot be read/,
  ],
  ['a template', values('a: 1\n', '{{- if .x }}\na: 1\n{{- end }}\n'), 'unknown'],
  ['one environment', { 'values-production.yaml': 'a: 1\n' }, null],
  ['none', { 'values.yaml': 'a: 1\n' }, null],
  [
    'a word that only looks like it',
    { 'values-backstage.yaml': 'a: 1\n', 'values-product.yaml': 'b: 1\n' },
    null,
  ],
  ['tests', { 'test/values-staging.yaml': 'a: 1\n', 'test/values-production.yaml': 'b: 1\n' }, null],
  [
    'no pair',
    { 'a/values-staging.yaml': 'a: 1\n', 'b/values-production.yaml': 'b: 1\n' },
    'unknown',
    /no job or file of the one has its like/,
  ],
  [
    'environments of the configuration',
    { 'values-lab.yaml': 'a: 1\n', 'values-frankfurt.yaml': 'b: 1\n' },
    'fail',
    /values-frankfurt\.yaml has no `a`/,
    { production: ['frankfurt'], others: ['lab'] },
  ],
  // Jobs.
  [
    'jobs that do the same',
    workflow(job('staging', 'staging', helm('staging')), job('production', 'production', helm('production'))),
    'pass',
  ],
  [
    'a step that production lacks',
    workflow(
      job('staging', 'staging', helm('staging') + step('npm run smoke -- https://staging.acme.test')),
      job('production', 'production', helm('production')),
    ),
    'fail',
    /deploy\.yml: production has no step `npm run smoke`, which \.github\/workflows\/deploy\.yml:8 runs for staging/,
  ],
  [
    'an option that staging lacks',
    workflow(
      job('staging', 'staging', step('kubectl apply -f k8s/staging')),
      job('production', 'production', step('kubectl apply --server-side -f k8s/production')),
    ),
    'fail',
    /has no step `kubectl apply --server-side`/,
  ],
  [
    'another version of an action',
    workflow(
      job(
        'staging',
        'staging',
        '      - uses: azure/webapps-deploy@v2\n        with: { app-name: a-staging }\n',
      ),
      job(
        'production',
        'production',
        '      - uses: azure/webapps-deploy@v3\n        with: { app-name: a }\n',
      ),
    ),
    'fail',
    /azure\/webapps-deploy@v3/,
  ],
  [
    'a message to people',
    workflow(
      job('staging', 'staging', helm('staging')),
      job(
        'production',
        'production',
        `${helm('production')}      - uses: slackapi/slack-github-action@v2\n        with: { payload: x }\n`,
      ),
    ),
    'pass',
  ],
  [
    'a secret that only one uses',
    workflow(
      job('staging', 'staging', helm('staging'), '    env:\n      TOKEN: ${{ secrets.STAGING_TOKEN }}\n'),
      job(
        'production',
        'production',
        helm('production'),
        '    env:\n      TOKEN: ${{ secrets.PRODUCTION_TOKEN }}\n      # secrets.OLD\n      KEY: ${{ secrets.SIGNING_KEY }}\n',
      ),
    ),
    'fail',
    /uses no secret SIGNING_KEY.*uses no environment variable KEY/,
  ],
  [
    'one workflow called for both',
    {
      '.github/workflows/deploy.yml': `on: push\njobs:\n  staging:\n    uses: ./.github/workflows/one.yml\n    with: { environment: staging }\n  production:\n    uses: ./.github/workflows/one.yml\n    with: { environment: production, canary: true }\n`,
      '.github/workflows/one.yml': `on:\n  workflow_call:\n    inputs:\n      environment: { type: string }\n      canary: { type: boolean }\njobs:\n${job('deploy', '${{ inputs.environment }}', helm('x'))}`,
    },
    'fail',
    /deploy\.yml: staging uses no input canary/,
  ],
  [
    'a matrix of both',
    workflow(
      job(
        'deploy',
        '${{ matrix.env }}',
        helm('x'),
        '    strategy:\n      matrix:\n        env: [staging, production]\n',
      ),
    ),
    'pass',
  ],
  [
    'a rollback of production',
    workflow(
      job('staging', 'staging', helm('staging')),
      job('production', 'production', helm('production')),
      job('undo', 'production', step('helm rollback shop'), '    if: failure()\n    needs: production\n'),
    ),
    'pass',
  ],
  ['a job of production alone', workflow(job('production', 'production', helm('production'))), null],
  [
    'a step that the configuration lets differ',
    workflow(
      job('staging', 'staging', helm('staging') + step('npm run seed')),
      job('production', 'production', helm('production')),
    ),
    'pass',
    null,
    { ignore: ['step.npm run seed'] },
  ],
];

describe('configuration-parity', () => {
  for (const [what, files, status, why, options] of TABLE) {
    it(what, async () => {
      const answer = await judged(files, options);
      assert.equal(answer?.status ?? null, status, answer?.why);
      if (why) assert.match(answer?.why ?? '', why);
      if (answer && answer.status !== 'pass') assert.ok(answer.next);
    });
  }

  it('gives both places of a difference as evidence', async () => {
    const answer = await judged(values('a: 1\nb: 2\n', 'a: 1\n'));
    assert.deepEqual(
      answer?.evidence.map((each) =>
        each.kind === 'file' ? [each.path, each.range?.start.line ?? null] : [],
      ),
      [
        ['chart/values-staging.yaml', 2],
        ['chart/values-production.yaml', null],
      ],
    );
  });

  it('repeats no value, in no message', async () => {
    const secret = 'hunter2hunter2';
    for (const files of [
      values(`token: ${secret}\nother: { password: ${secret} }\n`, 'token: [x]\n'),
      { 'staging.tfvars': `token = "${secret}"\n`, 'prod.tfvars': 'a = 1\n' },
      { '.env.staging': `TOKEN=${secret}\n`, '.env.production': 'A=1\n' },
      workflow(
        job('staging', 'staging', step(`curl -u admin:${secret} https://${secret}.test`) + helm('staging')),
        job('production', 'production', helm('production')),
      ),
    ]) {
      const answer = await judged(files);
      assert.equal(answer?.status, 'fail');
      assert.ok(!JSON.stringify(answer).includes(secret), JSON.stringify(answer));
    }
  });

  it('ends on hostile files in little time', async () => {
    const started = performance.now();
    const deep = `${'a: {'.repeat(5_000)}`;
    const wide = Array.from({ length: 30_000 }, (_, index) => `k${index}: ${index}`).join('\n');
    const aliases = `a: &a [x, x]\n${Array.from({ length: 30 }, (_, index) => `k${index}: &k${index} [*${index === 0 ? 'a' : `k${index - 1}`}, *${index === 0 ? 'a' : `k${index - 1}`}]`).join('\n')}\n`;
    for (const text of [deep, wide, aliases, '\u0000', '['.repeat(100_000)]) {
      const answer = await judged(values('a: 1\n', text));
      assert.notEqual(answer?.status, 'pass');
    }
    const many = Object.fromEntries(
      Array.from({ length: 3_000 }, (_, index) => [`a${index}/values-staging.yaml`, 'a: 1\n']),
    );
    await judged({ ...many, 'b/values-prod.yaml': 'a: 1\n' });
    assert.ok(performance.now() - started < 20_000);
  });
});
