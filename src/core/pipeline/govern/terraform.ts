import {
  argument,
  block,
  comment,
  hclExpression,
  hclText,
  type HclBlockText,
  type HclItem,
} from '../../text/hcl-write';
import { UNKNOWN_REVIEWER, type EnvironmentPolicy, type Reviewer } from './environment-policy';
import type { Rule, Ruleset } from './rulesets';

/** What the Terraform files are made from. */
export interface GovernanceCode {
  readonly remote: { readonly owner: string; readonly name: string } | null;
  readonly environments: readonly EnvironmentPolicy[];
  readonly rulesets: readonly Ruleset[];
  /** Variables that jobs of an environment read, by the environment's name. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

/**
 * The same environments and rulesets for Terraform's provider integrations/github: registry.terraform.io, resources
 * `github_repository_environment`, `github_repository_environment_deployment_policy`, `github_repository_ruleset`,
 * `github_actions_environment_variable`. `required_code_scanning` works from 6.9 on.
 */
export function governanceTerraform({ remote, environments, rulesets, variables }: GovernanceCode): string {
  const items: HclItem[] = [
    comment(
      [
        'The environments and rules of this repository on GitHub.',
        'Whoever applies it needs a token of an administrator in GITHUB_TOKEN. Nothing is read from GitHub before:',
        'what is set there by hand already has to be imported, or Terraform fails to make it a second time.',
      ].join('\n'),
    ),
    block(
      'terraform',
      [],
      argument('required_version', '>= 1.5'),
      block('required_providers', [], {
        kind: 'argument',
        name: 'github',
        value: { object: { source: 'integrations/github', version: '~> 6.9' } },
      }),
    ),
    input('owner', 'User or organization that the repository belongs to', remote?.owner ?? null),
    input('repository', 'Name of the repository', remote?.name ?? null),
    block('provider', ['github'], argument('owner', hclExpression('var.owner'))),
  ];
  const names = new Set<string>();
  const reviewers = new Map<string, string>();
  for (const policy of environments) {
    const label = unique(policy.name, names);
    const ids: { readonly type: 'User' | 'Team'; readonly expression: string }[] = policy.reviewers.map(
      (reviewer) => ({ type: reviewer.type, expression: reviewerId(reviewer, reviewers, items) }),
    );
    items.push(environmentBlock(policy, label, ids));
    for (const [index, { type, pattern }] of policy.refs.entries()) {
      items.push(
        block(
          'resource',
          ['github_repository_environment_deployment_policy', index === 0 ? label : `${label}_${index + 1}`],
          argument('repository', hclExpression('var.repository')),
          argument('environment', hclExpression(`github_repository_environment.${label}.environment`)),
          argument(type === 'branch' ? 'branch_pattern' : 'tag_pattern', pattern),
        ),
      );
    }
    for (const name of variables.get(policy.name) ?? []) {
      if (!/^[A-Za-z_]\w{0,99}$/.test(name)) continue;
      const variable = `${label}_${name.toLowerCase()}`;
      items.push(
        input(variable, `${name} of the environment ${policy.name}`, null),
        block(
          'resource',
          ['github_actions_environment_variable', variable],
          argument('repository', hclExpression('var.repository')),
          argument('environment', hclExpression(`github_repository_environment.${label}.environment`)),
          argument('variable_name', name),
          argument('value', hclExpression(`var.${variable}`)),
        ),
      );
    }
  }
  const rulesetNames = new Set<string>();
  for (const ruleset of rulesets) items.push(rulesetBlock(ruleset, unique(ruleset.name, rulesetNames)));
  return hclText(items);
}

function environmentBlock(
  policy: EnvironmentPolicy,
  label: string,
  ids: readonly { readonly type: 'User' | 'Team'; readonly expression: string }[],
): HclBlockText {
  const of = (type: 'User' | 'Team'): readonly { readonly expression: string }[] =>
    ids.filter((id) => id.type === type).map(({ expression }) => ({ expression }));
  const users = of('User');
  const teams = of('Team');
  return block(
    'resource',
    ['github_repository_environment', label],
    argument('repository', hclExpression('var.repository')),
    argument('environment', policy.name),
    ...(policy.isProduction
      ? [
          argument('wait_timer', policy.waitMinutes),
          argument('prevent_self_review', policy.preventsSelfReview),
          argument('can_admins_bypass', false),
        ]
      : []),
    ...(ids.length > 0
      ? [
          block(
            'reviewers',
            [],
            ...(users.length > 0 ? [argument('users', users)] : []),
            ...(teams.length > 0 ? [argument('teams', teams)] : []),
          ),
        ]
      : []),
    block(
      'deployment_branch_policy',
      [],
      argument('protected_branches', false),
      argument('custom_branch_policies', true),
    ),
  );
}

/** The expression of a reviewer's id; what it needs is added to the items once. */
function reviewerId(reviewer: Reviewer, known: Map<string, string>, items: HclItem[]): string {
  const key = JSON.stringify(reviewer);
  const found = known.get(key);
  if (found !== undefined) return found;
  const label = `reviewer_${known.size + 1}`;
  let expression: string;
  if (reviewer.type === 'Team') {
    items.push(block('data', ['github_team', label], argument('slug', reviewer.slug)));
    expression = `data.github_team.${label}.id`;
  } else {
    if (reviewer.login === null) items.push(input('production_reviewer', UNKNOWN_REVIEWER, null));
    items.push(
      block(
        'data',
        ['github_user', label],
        argument('username', reviewer.login ?? hclExpression('var.production_reviewer')),
      ),
    );
    expression = `data.github_user.${label}.id`;
  }
  known.set(key, expression);
  return expression;
}

function rulesetBlock(ruleset: Ruleset, label: string): HclBlockText {
  return block(
    'resource',
    ['github_repository_ruleset', label],
    argument('name', ruleset.name),
    argument('repository', hclExpression('var.repository')),
    argument('target', ruleset.target),
    argument('enforcement', ruleset.enforcement),
    block(
      'conditions',
      [],
      block(
        'ref_name',
        [],
        argument('include', ruleset.conditions.ref_name.include),
        argument('exclude', ruleset.conditions.ref_name.exclude),
      ),
    ),
    block('rules', [], ...ruleset.rules.map(ruleItem)),
  );
}

/** A rule as the provider spells it. */
function ruleItem({ type, parameters = {} }: Rule): HclItem {
  switch (type) {
    case 'required_status_checks': {
      const checks = parameters['required_status_checks'] as readonly {
        readonly context: string;
        readonly integration_id: number;
      }[];
      return block(
        type,
        [],
        argument(
          'strict_required_status_checks_policy',
          parameters['strict_required_status_checks_policy'] === true,
        ),
        ...checks.map(({ context, integration_id }) =>
          block(
            'required_check',
            [],
            argument('context', context),
            argument('integration_id', integration_id),
          ),
        ),
      );
    }
    case 'code_scanning': {
      const tools = parameters['code_scanning_tools'] as readonly Readonly<Record<string, string>>[];
      return block(
        'required_code_scanning',
        [],
        ...tools.map((tool) =>
          block(
            'required_code_scanning_tool',
            [],
            ...Object.entries(tool).map(([name, value]) => argument(name, value)),
          ),
        ),
      );
    }
    case 'pull_request':
      return block(
        type,
        [],
        ...Object.entries(parameters).map(([name, value]) => argument(name, value as number | boolean)),
      );
    default:
      return argument(type, true);
  }
}

function input(name: string, description: string, value: string | null): HclBlockText {
  return block(
    'variable',
    [name],
    argument('type', hclExpression('string')),
    argument('description', description),
    ...(value === null ? [] : [argument('default', value)]),
  );
}

/** A name of a resource: letters, digits and underscores, each once. */
function unique(text: string, taken: Set<string>): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  const base = plain === '' ? 'item' : /^[0-9]/.test(plain) ? `_${plain}` : plain;
  let label = base;
  for (let number = 2; taken.has(label); number++) label = `${base}_${number}`;
  taken.add(label);
  return label;
}
