import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  environmentCommand,
  environmentPolicy,
  environmentSettings,
  reviewersIn,
} from '../../../../src/core/pipeline/govern/environment-policy';
import {
  registryOfImage,
  registrySetups,
  registryTerraform,
} from '../../../../src/core/pipeline/govern/registries';
import {
  branchRuleset,
  repositoryPath,
  rulesetCommand,
  tagRuleset,
} from '../../../../src/core/pipeline/govern/rulesets';
import { governanceTerraform } from '../../../../src/core/pipeline/govern/terraform';
import { readHcl } from '../../../../src/core/text/hcl';

const branch = { type: 'branch', pattern: 'main' } as const;
const HOSTILE = [
  'a"b',
  "a'b",
  '$(id)',
  '`id`',
  '${x}',
  '${{ x }}',
  'new\nline',
  'a b',
  '-x',
  '!x',
  '日本',
  'a/b',
];

/** Runs shell with `gh` and `jq` in its place that print what they are given, one argument on a line. */
function shell(script: string): readonly string[] {
  const stub =
    'gh() { printf "gh"; printf "\\t%s" "$@"; printf "\\n"; }; jq() { printf "jq"; printf "\\t%s" "$@" >&2; };';
  return execFileSync('bash', ['-euc', `${stub}\n${script}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
    .split('\n')
    .filter((line) => line !== '');
}

describe('the settings of an environment', () => {
  it('ask somebody else for production, wait, and take nothing but what deploys to it', () => {
    const policy = environmentPolicy(
      { name: 'production', isProduction: true },
      reviewersIn(['@acme/platform', '@jo', 'jo@example.com']),
      [branch, { type: 'tag', pattern: 'v*' }],
    );
    assert.deepEqual(environmentSettings(policy), {
      wait_timer: 5,
      prevent_self_review: true,
      reviewers: [
        { type: 'Team', id: null },
        { type: 'User', id: null },
      ],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    assert.equal(
      environmentCommand(policy, 'repos/acme/orders', '.github/x.json'),
      [
        'reviewer_1="$(gh api "orgs/acme/teams/platform" --jq .id)"',
        'reviewer_2="$(gh api "users/jo" --jq .id)"',
        `jq --argjson reviewer_1 "$reviewer_1" --argjson reviewer_2 "$reviewer_2" '.reviewers[0].id //= $reviewer_1 | .reviewers[1].id //= $reviewer_2' .github/x.json | gh api --method PUT "repos/acme/orders/environments/production" --input -`,
        'gh api --method POST "repos/acme/orders/environments/production/deployment-branch-policies" -f name=main -f type=branch',
        `gh api --method POST "repos/acme/orders/environments/production/deployment-branch-policies" -f name='v*' -f type=tag`,
      ].join('\n'),
    );
  });

  it('stop where nobody said who approves, and take no more than six', () => {
    const open = environmentPolicy({ name: 'production', isProduction: true }, [], [branch]);
    assert.match(
      environmentCommand(open, 'repos/a/b', null),
      /users\/\$\{REVIEWER:\?UNKNOWN\(GitHub user or team/,
    );
    const many = Array.from({ length: 9 }, (_, index) => `@user${index}`);
    assert.equal(
      environmentPolicy({ name: 'p', isProduction: true }, reviewersIn(many), []).reviewers.length,
      6,
    );
    assert.deepEqual(
      environmentPolicy({ name: 'dev', isProduction: false }, reviewersIn(many), []).reviewers,
      [],
    );
  });

  it('name hostile environments and patterns in a way that a shell passes on as they are', () => {
    for (const name of HOSTILE) {
      const policy = environmentPolicy(
        { name, isProduction: false },
        [],
        [{ type: 'branch', pattern: name }],
      );
      const [put, post] = shell(environmentCommand(policy, 'repos/a/b', 'x.json'));
      const path = put?.split('\t')[4] ?? '';
      assert.equal(decodeURIComponent(path.slice('repos/a/b/environments/'.length)), name);
      assert.ok(!path.slice('repos/a/b/environments/'.length).includes('/'), path);
      if (!name.includes('\n')) assert.equal(post?.split('\t')[6], `name=${name}`);
    }
  });
});

describe('the rulesets', () => {
  it('require reviewed pull requests, the checks and the results of scanners', () => {
    const { rules, conditions } = branchRuleset({
      checks: ['unit (linux)'],
      approvals: 2,
      hasCodeOwners: true,
      scanners: ['CodeQL'],
    });
    assert.deepEqual(conditions.ref_name.include, ['~DEFAULT_BRANCH']);
    assert.deepEqual(
      rules.map(({ type }) => type),
      ['deletion', 'non_fast_forward', 'pull_request', 'required_status_checks', 'code_scanning'],
    );
    assert.equal(rules[2]?.parameters?.['required_approving_review_count'], 2);
    assert.deepEqual(rules[3]?.parameters?.['required_status_checks'], [
      { context: 'unit (linux)', integration_id: 15368 },
    ]);
    const bare = branchRuleset({ checks: [], approvals: 0, hasCodeOwners: false, scanners: [] });
    assert.deepEqual(
      bare.rules.map(({ type }) => type),
      ['deletion', 'non_fast_forward', 'pull_request'],
    );
  });

  it('are sent as new, or over the one of their name', () => {
    const command = rulesetCommand(tagRuleset(['v*']), 'repos/a/b', 'tags.json');
    const call = (id: string): string | undefined =>
      shell(command.replace(/^ruleset_id=.*$/m, `ruleset_id=${id}`)).at(-1);
    assert.equal(call(''), 'gh\tapi\t--method\tPOST\trepos/a/b/rulesets\t--input\ttags.json');
    assert.equal(call('7'), 'gh\tapi\t--method\tPUT\trepos/a/b/rulesets/7\t--input\ttags.json');
  });

  it('name the repository only where its name is plain', () => {
    assert.equal(repositoryPath({ owner: 'acme', name: 'orders.api' }), 'repos/acme/orders.api');
    assert.equal(repositoryPath({ owner: 'a"; id; "', name: 'x' }), 'repos/{owner}/{repo}');
    assert.equal(repositoryPath(null), 'repos/{owner}/{repo}');
  });
});

describe('the settings for Terraform', () => {
  it('hold every environment, ref, variable and rule under a name of its own', () => {
    const text = governanceTerraform({
      remote: { owner: 'acme', name: 'orders' },
      environments: [
        environmentPolicy({ name: 'production', isProduction: true }, reviewersIn(['@acme/platform']), [
          branch,
        ]),
        ...HOSTILE.map((name) => environmentPolicy({ name, isProduction: false }, [], [branch])),
      ],
      rulesets: [
        branchRuleset({ checks: HOSTILE, approvals: 1, hasCodeOwners: true, scanners: ['CodeQL'] }),
        tagRuleset(['v*']),
      ],
      variables: new Map([['production', ['BASE_URL', 'not a name']]]),
    });
    const read = readHcl(text);
    assert.ok(read.ok);
    const labels = read.body.blocks.map(({ type, labels: names }) => [type, ...names].join(' '));
    assert.equal(new Set(labels).size, labels.length, labels.join('\n'));
    const of = (type: string) => read.body.blocks.filter(({ labels: [name] }) => name === type);
    assert.equal(of('github_repository_environment').length, HOSTILE.length + 1);
    assert.equal(of('github_repository_environment_deployment_policy').length, HOSTILE.length + 1);
    assert.equal(of('github_actions_environment_variable').length, 1);
    const [rules, tags] = of('github_repository_ruleset').map(({ blocks }) =>
      blocks.find(({ type }) => type === 'rules'),
    );
    assert.deepEqual(
      rules?.blocks.map(({ type }) => type),
      ['pull_request', 'required_status_checks', 'required_code_scanning'],
    );
    assert.deepEqual([...(tags?.attributes.keys() ?? [])], ['deletion', 'non_fast_forward', 'update']);
    assert.equal(
      rules?.blocks[1]?.blocks.filter(({ type }) => type === 'required_check').length,
      HOSTILE.length,
    );
    assert.doesNotMatch(text.replace(/^\s*#.*$/gm, ''), /[$%]\{/);
  });
});

describe('the registries', () => {
  it('are told by the name of an image', () => {
    const kinds = [
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/orders',
      'europe-west1-docker.pkg.dev/acme-prod/images/orders',
      'acme.azurecr.io/orders',
      'ghcr.io/acme/orders',
      'acme/orders',
      'quay.io/acme/orders',
      'registry.example.com:5000/orders',
    ].map((image) => registryOfImage(image).kind);
    assert.deepEqual(kinds, ['ecr', 'artifact-registry', 'acr', 'ghcr', 'docker-hub', 'quay', 'other']);
  });

  it('get their own means of keeping a tag where it is, and say so where there is none', () => {
    const setups = registrySetups(
      [
        '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/orders',
        'europe-west1-docker.pkg.dev/acme-prod/images/orders',
        'acme.azurecr.io/orders',
        'ghcr.io/acme/orders',
        'acme/orders',
      ].map(registryOfImage),
    );
    const [ecr, google, azure, github, hub] = setups;
    assert.match(
      ecr?.command ?? '',
      /^aws ecr put-image-tag-mutability --region eu-west-1 --repository-name shop\/orders --registry-id 123456789012 --image-tag-mutability IMMUTABLE\naws ecr create-repository --region eu-west-1 --repository-name shop\/orders --image-tag-mutability IMMUTABLE/,
    );
    assert.match(
      google?.command ?? '',
      /^gcloud artifacts repositories update images --project=acme-prod --location=europe-west1 --immutable-tags\n/,
    );
    assert.equal(
      azure?.command,
      'az acr repository update --name acme --image "orders:${VERSION}" --write-enabled false --delete-enabled false',
    );
    assert.equal(github?.command, null);
    assert.match(github?.what ?? '', /has no immutable tags/);
    assert.match(hub?.byHand ?? '', /Tag mutability settings/);
    const code = registryTerraform(setups) ?? '';
    const read = readHcl(code);
    assert.ok(read.ok);
    assert.deepEqual(
      read.body.blocks.map(({ labels }) => labels[0]),
      [undefined, 'aws_ecr_repository', 'google_artifact_registry_repository'],
    );
    assert.match(code, /image_tag_mutability = "IMMUTABLE"/);
    assert.match(code, /immutable_tags = true/);
  });

  it('know the rules of public ones only, and ask for the rest', () => {
    const of = (kind: 'npm' | 'ecr', address: string | null) =>
      registrySetups([
        { kind, holds: kind === 'npm' ? 'packages' : 'images', address, name: null, folder: '' },
      ])[0];
    assert.match(of('npm', null)?.what ?? '', /never takes the same version twice/);
    assert.deepEqual(of('npm', 'https://npm.example.com')?.unknowns, [
      'whether https://npm.example.com takes a version a second time',
    ]);
    const bare = of('ecr', null);
    assert.deepEqual(bare?.unknowns, ['AWS region of the registry', 'name of the repository in Amazon ECR']);
    assert.match(bare?.command ?? '', /--region 'UNKNOWN\(AWS region of the registry\)'/);
    assert.equal(registryTerraform(bare ? [bare] : []), null);
  });
});
