import { placeholder } from '../../evidence/fact';
import type { RoleNeed } from './needs/needs';
import { claimText, environmentOf, ISSUER, nameFor, type CloudTrust } from './cloud/trust';

/** Where the Terraform goes where nobody says otherwise: a root module of its own, since it shares no state with others. */
export const TERRAFORM_PATH = 'infra/github-oidc/main.tf';

/** A value of HCL as it is written; lines of a nested value are indented by the writer. */
type Written = string;

type Line = readonly [name: string, value: Written] | readonly [name: string, block: readonly Line[]];

interface Block {
  readonly header: string;
  readonly comment?: readonly string[];
  readonly body: readonly Line[];
}

/**
 * The providers of trust, identities, bindings and roles as one root module; null where there is nothing for it to make
 * (trusted publishers of npm and PyPI have no provider that their registries keep). Values that no file tells are
 * variables without a default, so that Terraform asks for them, or visible placeholders, which it refuses.
 */
export function terraformOf(trusts: readonly CloudTrust[], repository: string | null): string | null {
  const own = trusts.filter(({ cloud }) => cloud !== 'npm' && cloud !== 'pypi');
  if (own.length === 0) return null;
  const has = (cloud: CloudTrust['cloud']): boolean => own.some((trust) => trust.cloud === cloud);
  const hasNewAzure = own.some(({ cloud, isNewIdentity }) => cloud === 'azure' && isNewIdentity);
  const hasOldAzure = own.some(({ cloud, isNewIdentity }) => cloud === 'azure' && !isNewIdentity);
  const name = repository ?? placeholder('owner/repository on GitHub');
  const names = namesOf(own, name);
  const blocks: Block[] = [
    {
      header: 'terraform',
      body: [
        ['required_version', text('>= 1.5')],
        [
          'required_providers',
          [
            ...(has('aws') ? [provider('aws', 'hashicorp/aws', '~> 6.0')] : []),
            ...(hasOldAzure ? [provider('azuread', 'hashicorp/azuread', '~> 3.0')] : []),
            ...(hasNewAzure ? [provider('azurerm', 'hashicorp/azurerm', '~> 4.0')] : []),
            ...(has('google') ? [provider('google', 'hashicorp/google', '>= 6.0')] : []),
            ...(has('vault') ? [provider('vault', 'hashicorp/vault', '>= 4.0')] : []),
          ],
        ],
      ],
    },
    variable(
      'github_subject_prefix',
      'How GitHub calls the repository in its tokens: sub_claim_prefix of `gh api repos/OWNER/NAME/actions/oidc/customization/sub`, or repo:OWNER/NAME where that is empty.',
      [
        [
          'validation',
          [
            [
              'condition',
              'length(var.github_subject_prefix) > 5 && !strcontains(var.github_subject_prefix, "*")',
            ],
            ['error_message', text('The prefix names one repository and holds no wildcard.')],
          ],
        ],
      ],
    ),
    ...(has('aws') ? awsProvider() : []),
    ...(hasNewAzure ? azureProvider() : []),
    ...(has('google') ? googleProvider() : []),
    ...(has('vault') ? vaultProvider() : []),
    ...own.flatMap((trust) => trustBlocks(trust, names.get(trust) ?? 'deploy', name)),
  ];
  return `${[
    '# Lets jobs of this repository log in without a stored credential, bound to their environment or branch.',
    '# Written by release-gate oidc as a root module of its own. What no file tells is a variable, or says what is needed.',
    '',
    ...blocks.flatMap((block, index) => [...(index > 0 ? [''] : []), ...written(block)]),
  ].join('\n')}\n`;
}

/** The outputs that hold what a login takes, by input. */
export function outputsOf(
  trusts: readonly CloudTrust[],
  repository: string | null,
): ReadonlyMap<CloudTrust, Readonly<Record<string, string>>> {
  const own = trusts.filter(({ cloud }) => cloud !== 'npm' && cloud !== 'pypi');
  const names = namesOf(own, repository ?? placeholder('owner/repository on GitHub'));
  return new Map(
    own.map((trust) => {
      const name = names.get(trust) ?? 'deploy';
      // Tenant and subscription are the account's, and no resource of ours.
      const inputs = Object.keys(trust.variables).filter(
        (input) => !/^(?:tenant|subscription)-id$/.test(input),
      );
      return [trust, Object.fromEntries(inputs.map((input) => [input, `${name}_${identifier(input)}`]))];
    }),
  );
}

/** Names of resources, each once: the cloud and the environment, with a number where two would be alike. */
function namesOf(trusts: readonly CloudTrust[], repository: string): ReadonlyMap<CloudTrust, string> {
  const taken = new Set<string>();
  const names = new Map<CloudTrust, string>();
  for (const trust of trusts) {
    const place = environmentOf(trust) ?? nameFor(repository, trust.subjects[0]);
    const base = `${trust.cloud}_${identifier(place)}`;
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}_${count}`;
    taken.add(name);
    names.set(trust, name);
  }
  return names;
}

function awsProvider(): readonly Block[] {
  return [
    variable('aws_region', 'Region that is deployed to.'),
    { header: 'provider "aws"', body: [['region', 'var.aws_region']] },
    { header: 'data "aws_caller_identity" "current"', body: [] },
    {
      header: 'resource "aws_iam_openid_connect_provider" "github"',
      comment: [
        'One for each account. Where the account has it already:',
        'terraform import aws_iam_openid_connect_provider.github arn:aws:iam::ACCOUNT:oidc-provider/token.actions.githubusercontent.com',
      ],
      body: [
        ['url', text(ISSUER)],
        ['client_id_list', '["sts.amazonaws.com"]'],
      ],
    },
  ];
}

function azureProvider(): readonly Block[] {
  return [
    variable('azure_subscription_id', 'Subscription of the resources.'),
    variable('azure_identity_resource_group', 'Resource group that the identities go into.'),
    variable('azure_location', 'Location of the identities.'),
    {
      header: 'provider "azurerm"',
      body: [
        ['subscription_id', 'var.azure_subscription_id'],
        ['features', []],
      ],
    },
  ];
}

function googleProvider(): readonly Block[] {
  return [
    variable('google_project_id', 'Project that is deployed to.'),
    variable('github_repository_id', 'The id of the repository: `gh api repos/OWNER/NAME --jq .id`.'),
    {
      header: 'resource "google_iam_workload_identity_pool" "github"',
      body: [
        ['project', 'var.google_project_id'],
        ['workload_identity_pool_id', text('github')],
        ['display_name', text('GitHub Actions')],
      ],
    },
    {
      header: 'resource "google_iam_workload_identity_pool_provider" "github"',
      comment: [
        'Takes tokens of this repository only, by its id, which nobody can take over by reusing a name.',
      ],
      body: [
        ['project', 'var.google_project_id'],
        ['workload_identity_pool_id', 'google_iam_workload_identity_pool.github.workload_identity_pool_id'],
        ['workload_identity_pool_provider_id', text('repository')],
        ['attribute_condition', '"assertion.repository_id == \'${var.github_repository_id}\'"'],
        [
          'attribute_mapping',
          map([
            ['"google.subject"', text('assertion.sub')],
            ['"attribute.repository_id"', text('assertion.repository_id')],
          ]),
        ],
        ['oidc', [['issuer_uri', text(ISSUER)]]],
      ],
    },
  ];
}

function vaultProvider(): readonly Block[] {
  return [
    {
      header: 'resource "vault_jwt_auth_backend" "github"',
      comment: ['Where it is mounted already: terraform import vault_jwt_auth_backend.github jwt'],
      body: [
        ['path', text('jwt')],
        ['oidc_discovery_url', text(ISSUER)],
        ['bound_issuer', text(ISSUER)],
      ],
    },
  ];
}

function trustBlocks(trust: CloudTrust, name: string, repository: string): readonly Block[] {
  const comment = trust.needs.unknown.map((needed) => `Still to be given: ${placeholder(needed)}`);
  const claims = trust.subjects.map(
    (subject) => `"\${var.github_subject_prefix}:${escaped(claimText(subject))}"`,
  );
  switch (trust.cloud) {
    case 'aws':
      return awsBlocks(trust, name, repository, claims, comment);
    case 'azure':
      return trust.isNewIdentity
        ? newIdentity(trust, name, repository, claims, comment)
        : existingApplication(trust, name, repository, claims, comment);
    case 'google':
      return googleBlocks(trust, name, claims, comment);
    case 'vault':
      return vaultBlocks(trust, name, repository, claims, comment);
    case 'npm':
    case 'pypi':
      return [];
  }
}

function awsBlocks(
  trust: CloudTrust,
  name: string,
  repository: string,
  claims: readonly string[],
  comment: readonly string[],
): readonly Block[] {
  const role = `github-${nameFor(repository, trust.subjects[0])}`;
  const equals = (claim: string, values: string): Line => [
    'condition',
    [
      ['test', text('StringEquals')],
      ['variable', text(`token.actions.githubusercontent.com:${claim}`)],
      ['values', values],
    ],
  ];
  const { aws: needs } = trust.needs;
  return [
    {
      header: `data "aws_iam_policy_document" "${name}_trust"`,
      body: [
        [
          'statement',
          [
            ['actions', '["sts:AssumeRoleWithWebIdentity"]'],
            [
              'principals',
              [
                ['type', text('Federated')],
                ['identifiers', '[aws_iam_openid_connect_provider.github.arn]'],
              ],
            ],
            equals('aud', '["sts.amazonaws.com"]'),
            equals('sub', `[${claims.join(', ')}]`),
          ],
        ],
      ],
    },
    {
      header: `resource "aws_iam_role" "${name}"`,
      comment,
      body: [
        ['name', text(role)],
        ['assume_role_policy', `data.aws_iam_policy_document.${name}_trust.json`],
      ],
    },
    ...(needs.length > 0
      ? [
          {
            header: `data "aws_iam_policy_document" "${name}"`,
            body: needs.map(({ actions, resources }): Line => [
              'statement',
              [
                ['actions', list(actions.map(text))],
                [
                  'resources',
                  list(
                    resources.map((resource) =>
                      text(resource)
                        .replaceAll('{account}', '${data.aws_caller_identity.current.account_id}')
                        .replaceAll('{region}', '${var.aws_region}'),
                    ),
                  ),
                ],
              ],
            ]),
          },
          {
            header: `resource "aws_iam_role_policy" "${name}"`,
            body: [
              ['name', text('deploy')],
              ['role', `aws_iam_role.${name}.id`],
              ['policy', `data.aws_iam_policy_document.${name}.json`],
            ] as const,
          },
        ]
      : []),
    ...trust.needs.eksClusters.flatMap((cluster, index) => eksBlocks(numbered(name, index), name, cluster)),
    output(name, trust, 'role-to-assume', `aws_iam_role.${name}.arn`),
  ];
}

/** The cluster lets the role in by an access entry; in which namespace, nothing in the files tells for sure. */
function eksBlocks(name: string, role: string, cluster: string | null): readonly Block[] {
  const of = text(cluster ?? placeholder('name of the EKS cluster'));
  return [
    {
      header: `resource "aws_eks_access_entry" "${name}"`,
      body: [
        ['cluster_name', of],
        ['principal_arn', `aws_iam_role.${role}.arn`],
      ],
    },
    {
      header: `resource "aws_eks_access_policy_association" "${name}"`,
      body: [
        ['cluster_name', of],
        ['principal_arn', `aws_iam_role.${role}.arn`],
        ['policy_arn', text('arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy')],
        [
          'access_scope',
          [
            ['type', text('namespace')],
            ['namespaces', `[${text(placeholder('namespace that is deployed to'))}]`],
          ],
        ],
      ],
    },
  ];
}

function existingApplication(
  trust: CloudTrust,
  name: string,
  repository: string,
  claims: readonly string[],
  comment: readonly string[],
): readonly Block[] {
  return [
    variable(`${name}_client_id`, 'clientId of the application in the present secret; it keeps its roles.'),
    { header: `data "azuread_application" "${name}"`, body: [['client_id', `var.${name}_client_id`]] },
    ...claims.map((claim, index) => ({
      header: `resource "azuread_application_federated_identity_credential" "${numbered(name, index)}"`,
      comment: [
        ...comment,
        ...trust.needs.azure.map(
          ({ role, scope }) => `Its commands need ${role} on ${scope.name ?? placeholder(scope.needed)}.`,
        ),
      ],
      body: [
        ['application_id', `data.azuread_application.${name}.id`],
        ['display_name', text(`github-${nameFor(repository, trust.subjects[index])}`)],
        ['issuer', text(ISSUER)],
        ['subject', claim],
        ['audiences', '["api://AzureADTokenExchange"]'],
      ] as const,
    })),
    output(name, trust, 'client-id', `var.${name}_client_id`),
  ];
}

function newIdentity(
  trust: CloudTrust,
  name: string,
  repository: string,
  claims: readonly string[],
  comment: readonly string[],
): readonly Block[] {
  const roles = trust.needs.azure;
  return [
    {
      header: `resource "azurerm_user_assigned_identity" "${name}"`,
      comment,
      body: [
        ['name', text(`github-${nameFor(repository, trust.subjects[0])}`)],
        ['resource_group_name', 'var.azure_identity_resource_group'],
        ['location', 'var.azure_location'],
      ],
    },
    ...claims.map((claim, index) => ({
      header: `resource "azurerm_federated_identity_credential" "${numbered(name, index)}"`,
      body: [
        ['name', text(`github-${nameFor(repository, trust.subjects[index])}`)],
        ['resource_group_name', 'var.azure_identity_resource_group'],
        ['parent_id', `azurerm_user_assigned_identity.${name}.id`],
        ['issuer', text(ISSUER)],
        ['subject', claim],
        ['audience', '["api://AzureADTokenExchange"]'],
      ] as const,
    })),
    ...roles.flatMap((need, index) => {
      const scope = `${numbered(name, index)}_scope`;
      return [
        variable(scope, `Resource id of ${need.scope.name ?? need.scope.needed}.`),
        {
          header: `resource "azurerm_role_assignment" "${numbered(name, index)}"`,
          body: [
            ['scope', `var.${scope}`],
            ['role_definition_name', text(need.role)],
            ['principal_id', `azurerm_user_assigned_identity.${name}.principal_id`],
          ] as const,
        },
      ];
    }),
    output(name, trust, 'client-id', `azurerm_user_assigned_identity.${name}.client_id`),
  ];
}

function googleBlocks(
  trust: CloudTrust,
  name: string,
  claims: readonly string[],
  comment: readonly string[],
): readonly Block[] {
  const account = `var.${name}_service_account`;
  const member = `"serviceAccount:\${${account}}"`;
  return [
    variable(`${name}_service_account`, 'client_email in the present key; it keeps its roles.'),
    ...claims.map((claim, index) => ({
      header: `resource "google_service_account_iam_member" "${numbered(name, index)}"`,
      comment,
      body: [
        ['service_account_id', `"projects/\${var.google_project_id}/serviceAccounts/\${${account}}"`],
        ['role', text('roles/iam.workloadIdentityUser')],
        [
          'member',
          `"principal://iam.googleapis.com/\${google_iam_workload_identity_pool.github.name}/subject/${claim.slice(1)}`,
        ],
      ] as const,
    })),
    ...trust.needs.google.map((need, index) => roleOf(need, `${name}_role_${index + 1}`, member)),
    output(name, trust, 'service_account', account),
    output(
      name,
      trust,
      'workload_identity_provider',
      'google_iam_workload_identity_pool_provider.github.name',
    ),
  ];
}

function roleOf({ role, scope }: RoleNeed, name: string, member: string): Block {
  const rest: readonly Line[] = [
    ['role', text(role)],
    ['member', member],
  ];
  const of = text(scope.name ?? placeholder(scope.needed));
  switch (scope.kind) {
    case 'service-account':
      return {
        header: `resource "google_service_account_iam_member" "${name}"`,
        body: [
          ['service_account_id', `"projects/\${var.google_project_id}/serviceAccounts/${of.slice(1)}`],
          ...rest,
        ],
      };
    case 'bucket':
      return {
        header: `resource "google_storage_bucket_iam_member" "${name}"`,
        body: [['bucket', of], ...rest],
      };
    case 'repository': {
      const [location, project, repository] = scope.name?.split('/') ?? [];
      return {
        header: `resource "google_artifact_registry_repository_iam_member" "${name}"`,
        body: [
          ['project', text(project ?? placeholder('project id'))],
          ['location', text(location ?? placeholder('location of the repository'))],
          ['repository', repository === undefined ? of : text(repository)],
          ...rest,
        ],
      };
    }
    default:
      return {
        header: `resource "google_project_iam_member" "${name}"`,
        body: [['project', 'var.google_project_id'], ...rest],
      };
  }
}

function vaultBlocks(
  trust: CloudTrust,
  name: string,
  repository: string,
  claims: readonly string[],
  comment: readonly string[],
): readonly Block[] {
  const paths = trust.needs.vault.length > 0 ? trust.needs.vault : [placeholder('path that the job reads')];
  const owner = repository.includes('UNKNOWN(')
    ? placeholder('owner on GitHub')
    : (repository.split('/')[0] ?? '');
  return [
    {
      header: `resource "vault_policy" "${name}"`,
      comment,
      body: [
        ['name', text(`github-${nameFor(repository, trust.subjects[0])}`)],
        [
          'policy',
          [
            '<<-EOT',
            ...paths.map((path) => `  path "${escaped(path)}" { capabilities = ["read"] }`),
            'EOT',
          ].join('\n'),
        ],
      ],
    },
    {
      header: `resource "vault_jwt_auth_backend_role" "${name}"`,
      body: [
        ['backend', 'vault_jwt_auth_backend.github.path'],
        ['role_name', text(`github-${nameFor(repository, trust.subjects[0])}`)],
        ['role_type', text('jwt')],
        ['user_claim', text('sub')],
        ['bound_audiences', `[${text(`https://github.com/${owner}`)}]`],
        [
          'bound_claims',
          map([['sub', claims.length === 1 ? (claims[0] ?? '') : `join(",", [${claims.join(', ')}])`]]),
        ],
        ['token_policies', `[vault_policy.${name}.name]`],
        ['token_ttl', '600'],
        ['token_max_ttl', '1800'],
      ],
    },
    output(name, trust, 'role', `vault_jwt_auth_backend_role.${name}.role_name`),
  ];
}

function provider(name: string, source: string, version: string): Line {
  return [
    name,
    map([
      ['source', text(source)],
      ['version', text(version)],
    ]),
  ];
}

function variable(name: string, description: string, more: readonly Line[] = []): Block {
  return {
    header: `variable "${name}"`,
    body: [['description', text(description)], ['type', 'string'], ...more],
  };
}

function output(name: string, trust: CloudTrust, input: string, value: string): Block {
  const of = trust.variables[input];
  return {
    header: `output "${name}_${identifier(input)}"`,
    body: [
      ...(of === undefined ? [] : [['description', text(`Value of the variable ${of}.`)] as const]),
      ['value', value],
    ],
  };
}

function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}_${index + 1}`;
}

/** A string of HCL that means just the text. */
function text(value: string): string {
  return `"${escaped(value)}"`;
}

/** HCL native syntax, "Quoted Templates": quotes, backslashes, line ends, and both kinds of template. */
function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, ' ')
    .replace(/[$%](?=\{)/g, '$&$&');
}

function list(items: readonly string[]): string {
  return items.length === 1 ? `[${items[0] ?? ''}]` : `[\n${items.map((item) => `  ${item},`).join('\n')}\n]`;
}

function map(entries: readonly (readonly [string, string])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  return `{\n${entries.map(([name, value]) => `  ${name.padEnd(width)} = ${value}`).join('\n')}\n}`;
}

/** Letters, digits and underscores, a letter first. */
function identifier(value: string): string {
  const name = value
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60);
  return /^[a-z]/.test(name) ? name : `x_${name}`;
}

function written(block: Block): readonly string[] {
  const comment = (block.comment ?? []).map((line) => `# ${line.replace(/[\r\n]+/g, ' ')}`);
  if (block.body.length === 0) return [...comment, `${block.header} {}`];
  return [...comment, `${block.header} {`, ...bodyLines(block.body, 1), '}'];
}

/** As `terraform fmt` does: equals signs of neighbouring arguments of one line below each other. */
function bodyLines(body: readonly Line[], depth: number): readonly string[] {
  const pad = '  '.repeat(depth);
  const lines: string[] = [];
  for (const [index, [name, value]] of body.entries()) {
    if (typeof value !== 'string') {
      if (index > 0) lines.push('');
      lines.push(
        ...(value.length === 0
          ? [`${pad}${name} {}`]
          : [`${pad}${name} {`, ...bodyLines(value, depth + 1), `${pad}}`]),
      );
      continue;
    }
    const [first = '', ...rest] = value.split('\n');
    const width = rest.length > 0 && !first.startsWith('<<') ? name.length : widthAt(body, index);
    lines.push(`${pad}${name.padEnd(width)} = ${first}`, ...rest.map((line) => `${pad}${line}`));
  }
  return lines;
}

/** The longest name among the arguments of one line that stand together with this one. */
function widthAt(body: readonly Line[], index: number): number {
  const isShort = (at: number): boolean => {
    const value = body[at]?.[1];
    return typeof value === 'string' && (!value.includes('\n') || value.startsWith('<<'));
  };
  let start = index;
  while (start > 0 && isShort(start - 1)) start--;
  let end = index;
  while (isShort(end + 1)) end++;
  return Math.max(...body.slice(start, end + 1).map(([name]) => name.length));
}
