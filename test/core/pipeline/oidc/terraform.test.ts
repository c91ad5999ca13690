import assert from 'node:assert/strict';
import type { CloudTrust } from '../../../../src/core/pipeline/oidc/cloud-setup';
import { NO_NEEDS } from '../../../../src/core/pipeline/oidc/needs/needs';
import { outputsOf, terraformOf } from '../../../../src/core/pipeline/oidc/terraform';
import { variablesFor } from '../../../../src/core/pipeline/oidc/variables';
import { readHcl, type HclBody } from '../../../../src/core/text/hcl';
import type { Provider } from '../../../../src/core/workflow/credential-uses';

const trust = (cloud: Provider, more: Partial<CloudTrust> = {}): CloudTrust => ({
  cloud,
  subjects: [{ kind: 'environment', name: 'production' }],
  variables: variablesFor(cloud, []).inputs,
  needsRegion: false,
  forms: ['login-input'],
  isNewIdentity: false,
  needs: NO_NEEDS,
  jobs: [{ path: '.github/workflows/deploy.yml', job: 'deploy', isCalled: false }],
  package: null,
  ...more,
});

const read = (text: string): HclBody => {
  const file = readHcl(text);
  assert.ok(file.ok, file.ok ? '' : `${file.why}: ${text.slice(file.offset, file.offset + 80)}`);
  return file.body;
};

describe('terraformOf', () => {
  const all = (['aws', 'azure', 'google', 'vault', 'npm', 'pypi'] as const).map((cloud) => trust(cloud));

  it('makes each trust bound to repository and environment, and refuses a wildcard for the repository', () => {
    const text = terraformOf(all, 'shop/orders') ?? '';
    const { blocks } = read(text);
    const headers = blocks.map(({ type, labels }) => [type, ...labels].join(' '));
    for (const header of [
      'variable github_subject_prefix',
      'resource aws_iam_openid_connect_provider github',
      'resource aws_iam_role aws_production',
      'resource azuread_application_federated_identity_credential azure_production',
      'resource google_iam_workload_identity_pool_provider github',
      'resource google_service_account_iam_member google_production',
      'resource vault_jwt_auth_backend_role vault_production',
    ])
      assert.ok(headers.includes(header), header);
    assert.equal(text.match(/\$\{var\.github_subject_prefix\}:environment:production"/g)?.length, 4);
    assert.match(
      text,
      /token\.actions\.githubusercontent\.com:aud"\n\s+values {3}= \["sts\.amazonaws\.com"\]/,
    );
    assert.match(text, /assertion\.repository_id == '\$\{var\.github_repository_id\}'/);
    assert.match(text, /!strcontains\(var\.github_subject_prefix, "\*"\)/);
    assert.doesNotMatch(text, /npm|pypi|[0-9]{12}/);
  });

  it('gives an output for each variable that the steps set', () => {
    const text = terraformOf(all, 'shop/orders') ?? '';
    const outputs = read(text)
      .blocks.filter(({ type }) => type === 'output')
      .map(({ labels }) => labels[0]);
    const named = [...outputsOf(all, 'shop/orders').values()].flatMap((each) => Object.values(each));
    assert.deepEqual([...outputs].sort(), [...named].sort());
  });

  it('says what is unknown where it is needed', () => {
    const text =
      terraformOf(
        [
          trust('aws', {
            needs: {
              ...NO_NEEDS,
              aws: [{ actions: ['s3:PutObject'], resources: ['UNKNOWN(the ARN of the bucket)'] }],
              unknown: ['what ./deploy.sh does'],
              eksClusters: ['shop', null],
            },
          }),
        ],
        null,
      ) ?? '';
    read(text);
    assert.match(text, /resources = \["UNKNOWN\(the ARN of the bucket\)"\]/);
    assert.match(
      text,
      /resource "aws_eks_access_policy_association" "aws_production_2"[^]*UNKNOWN\(namespace that is deployed to\)/,
    );
    assert.match(text, /# Still to be given: UNKNOWN\(what \.\/deploy\.sh does\)/);
  });

  it('is nothing where only packages are published', () => {
    assert.equal(terraformOf([trust('npm'), trust('pypi')], 'shop/orders'), null);
  });

  it('lets no name break out of where it is put', () => {
    const written = (name: string): string =>
      terraformOf(
        [
          trust('aws', { subjects: [{ kind: 'environment', name }] }),
          trust('azure', {
            isNewIdentity: true,
            subjects: [{ kind: 'unknown', needed: name }],
            needs: {
              ...NO_NEEDS,
              azure: [{ role: name, scope: { kind: 'site', name, needed: name } }],
              unknown: [name],
            },
          }),
          trust('vault', { needs: { ...NO_NEEDS, vault: ['secret/data/a'] } }),
        ],
        `shop/${name}`,
      ) ?? '';
    const kinds = (name: string): readonly unknown[] =>
      read(written(name)).blocks.map(({ type, labels, attributes, blocks }) => [
        type,
        /^(?:resource|data)$/.test(type) ? labels[0] : null,
        [...attributes.keys()],
        blocks.length,
      ]);
    const plain = kinds('production');
    for (const name of [
      'a"b',
      'a\nresource "x" "y" {}',
      '${file("/etc/passwd")}',
      '%{ if true }',
      'a\\',
      '"}',
      'a*/',
      '# x',
      'a\u2028b',
    ]) {
      assert.deepEqual(kinds(name), plain, name);
      assert.doesNotMatch(written(name).replace(/^#.*$/gm, ''), /(?<!\$)\$\{file|(?<!%)%\{ if/);
    }
  });
});
