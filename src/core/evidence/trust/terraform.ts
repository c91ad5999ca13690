import { readHcl, type HclAttribute, type HclBlock } from '../../text/hcl';
import { readLiteral, type LiteralValue } from '../../text/hcl-expression';
import { claimValues, comparisonOf, grantsOfPolicy, textOf, textsOf } from './policies';
import { CLAIM_KEY, ISSUER_HOST, type ClaimTest, type PoolMember, type TrustGrant } from './trust';

/** What a Terraform file says of trust in GitHub's tokens; nothing for a file that cannot be read. */
export function trustInTerraform(
  path: string,
  text: string,
): { readonly grants: readonly TrustGrant[]; readonly poolMembers: readonly PoolMember[] } {
  const file = readHcl(text);
  if (!file.ok) return { grants: [], poolMembers: [] };
  const { blocks } = file.body;
  const literal = (block: HclBlock, name: string): LiteralValue | null =>
    valueOf(text, block.attributes.get(name));
  const of = (kind: 'resource' | 'data', type: string): readonly HclBlock[] =>
    blocks.filter((block) => block.type === kind && block.labels[0] === type);
  const written = (block: HclBlock, name: string): string => block.attributes.get(name)?.value ?? '';

  const providers = of('resource', 'aws_iam_openid_connect_provider')
    .concat(of('data', 'aws_iam_openid_connect_provider'))
    .filter(
      (block) => written(block, 'url').includes(ISSUER_HOST) || written(block, 'arn').includes(ISSUER_HOST),
    )
    .map((block) => `aws_iam_openid_connect_provider.${block.labels[1] ?? ''}.`);
  const isGitHub = (principal: string): boolean =>
    providers.some((provider) => principal.includes(provider.slice(0, -1)));

  const grants: TrustGrant[] = [];
  for (const role of of('resource', 'aws_iam_role')) {
    const policy =
      literal(role, 'assume_role_policy') ?? heredocOf(text, role.attributes.get('assume_role_policy'));
    const name = textOf(literal(role, 'name'));
    if (policy) grants.push(...grantsOfPolicy(policy, `the role "${role.labels[1] ?? ''}"`, name, isGitHub));
  }
  for (const document of of('data', 'aws_iam_policy_document')) {
    const label = document.labels[1] ?? '';
    const role = of('resource', 'aws_iam_role').find((block) =>
      written(block, 'assume_role_policy').includes(`data.aws_iam_policy_document.${label}.`),
    );
    const name = role ? textOf(literal(role, 'name')) : null;
    for (const statement of document.blocks.filter(({ type }) => type === 'statement')) {
      const grant = grantOfStatement(text, statement, label, name, isGitHub);
      if (grant) grants.push(grant);
    }
  }
  for (const type of AZURE_TYPES) {
    for (const block of of('resource', type)) grants.push(...azureGrant(text, block));
  }
  const googleProviders = of('resource', 'google_iam_workload_identity_pool_provider').filter((block) =>
    block.blocks.some((inner) => inner.type === 'oidc' && written(inner, 'issuer_uri').includes(ISSUER_HOST)),
  );
  grants.push(...googleProviders.map((block) => googleGrant(text, block)));
  grants.push(
    ...vaultGrants(
      text,
      of('resource', 'vault_jwt_auth_backend'),
      of('resource', 'vault_jwt_auth_backend_role'),
    ),
  );
  return { grants, poolMembers: blocks.flatMap((block) => poolMembersOf(path, text, block)) };
}

const AZURE_TYPES = [
  'azuread_application_federated_identity_credential',
  'azuread_application_flexible_federated_identity_credential',
  'azurerm_federated_identity_credential',
];

function valueOf(text: string, attribute: HclAttribute | undefined): LiteralValue | null {
  if (!attribute) return null;
  const start = attribute.span.end - attribute.value.length;
  const value = readLiteral(text, start, attribute.span.end);
  return value?.kind === 'other' ? null : value;
}

/** A policy as JSON in a heredoc. */
function heredocOf(text: string, attribute: HclAttribute | undefined): LiteralValue | null {
  if (!attribute?.value.startsWith('<<')) return null;
  const start = text.indexOf('\n', attribute.span.end - attribute.value.length);
  const brace = text.indexOf('{', start);
  return start < 0 || brace < 0 || brace > attribute.span.end
    ? null
    : readLiteral(text, brace, attribute.span.end);
}

function grantOfStatement(
  text: string,
  statement: HclBlock,
  label: string,
  roleName: string | null,
  isGitHub: (principal: string) => boolean,
): TrustGrant | null {
  const values = (block: HclBlock, name: string): readonly string[] =>
    textsOf(valueOf(text, block.attributes.get(name)) ?? null);
  if (textOf(valueOf(text, statement.attributes.get('effect'))) === 'Deny') return null;
  if (
    !values(statement, 'actions').some((action) => /^(?:sts:AssumeRoleWithWebIdentity|sts:\*)$/i.test(action))
  )
    return null;
  const principals = statement.blocks
    .filter(({ type }) => type === 'principals')
    .map((block) => block.attributes.get('identifiers')?.value ?? '');
  const tests: ClaimTest[] = [];
  let isPartly = statement.blocks.some(({ type }) => type === 'dynamic');
  for (const condition of statement.blocks.filter(({ type }) => type === 'condition')) {
    const variable = valueOf(text, condition.attributes.get('variable'));
    const operator = textOf(valueOf(text, condition.attributes.get('test')));
    const attribute = condition.attributes.get('values');
    if (variable?.kind !== 'text' || variable.isOpen || operator === null || !attribute) {
      isPartly = true;
      continue;
    }
    const claim = CLAIM_KEY.exec(variable.text)?.[2];
    const comparison = comparisonOf(operator);
    if (claim === undefined || comparison === 'negated') continue;
    const read = valueOf(text, attribute);
    tests.push({ claim, comparison, values: read ? claimValues(read) : null, span: attribute.span });
  }
  const isNamed =
    principals.some((principal) => principal.includes(ISSUER_HOST) || isGitHub(principal)) ||
    tests.length > 0;
  if (!isNamed) return null;
  return {
    provider: 'aws',
    name: `the policy document "${label}"`,
    span: statement.header,
    tests,
    isPartly,
    identity: null,
    roleName,
    isOfEnterprise: principals.some((principal) => new RegExp(`${ISSUER_HOST}/[\\w-]+`).test(principal)),
    audienceAt: lineBefore(text, statement.span.end - 1),
  };
}

/** Where a new block goes: before the line of the closing brace, indented one step more than it. */
function lineBefore(text: string, brace: number): TrustGrant['audienceAt'] {
  const start = text.lastIndexOf('\n', brace) + 1;
  const indent = text.slice(start, brace);
  return indent.trim() === '' ? { offset: start, indent: `${indent}  ` } : null;
}

/** Entra ID compares the subject whole; a flexible credential matches it against a pattern. */
function azureGrant(text: string, block: HclBlock): readonly TrustGrant[] {
  const issuer = block.attributes.get('issuer')?.value ?? '';
  const subject = valueOf(text, block.attributes.get('subject'));
  const matching = valueOf(text, block.attributes.get('claims_matching_expression'));
  const isGitHub = issuer.includes(ISSUER_HOST) || (subject?.kind === 'text' && /^repo:/.test(subject.text));
  if (!isGitHub) return [];
  const tests: ClaimTest[] = [];
  if (subject?.kind === 'text') {
    const values = [{ text: subject.text, isOpen: subject.isOpen, span: subject.span }];
    tests.push({ claim: 'sub', comparison: 'equals', values, span: subject.span });
  }
  const match =
    matching?.kind === 'text' ? /claims\['sub'\]\s+(matches|eq)\s+'([^']*)'/.exec(matching.text) : null;
  if (matching?.kind === 'text' && match) {
    tests.push({
      claim: 'sub',
      comparison: match[1] === 'matches' ? 'pattern' : 'equals',
      values: [{ text: match[2] ?? '', isOpen: matching.isOpen, span: matching.span }],
      span: matching.span,
    });
  }
  const identity = (
    block.attributes.get('application_id') ??
    block.attributes.get('parent_id') ??
    block.attributes.get('application_object_id')
  )?.value;
  return [
    {
      provider: 'azure',
      name: `the federated credential "${block.labels[1] ?? ''}"`,
      span: block.header,
      tests,
      isPartly: tests.length === 0,
      identity: identity ?? null,
      roleName: null,
      isOfEnterprise: false,
      audienceAt: null,
    },
  ];
}

/** The provider's condition, in CEL, as far as comparisons of claims with literals are seen in it. */
function googleGrant(text: string, block: HclBlock): TrustGrant {
  const attribute = block.attributes.get('attribute_condition');
  const value = valueOf(text, attribute);
  const tests = value?.kind === 'text' ? celTests(value.text, value.span) : [];
  return {
    provider: 'google',
    name: `the provider "${block.labels[1] ?? ''}"`,
    span: attribute ? attribute.span : block.header,
    tests,
    // What joins by "or", negates or calls a function of its own is read no further.
    isPartly:
      attribute !== undefined &&
      (value?.kind !== 'text' || tests.length === 0 || /\|\||!(?!=)/.test(value.text)),
    identity: null,
    roleName: null,
    isOfEnterprise: false,
    audienceAt: null,
  };
}

function celTests(condition: string, span: ClaimTest['span']): readonly ClaimTest[] {
  const tests: ClaimTest[] = [];
  for (const match of condition.matchAll(
    /\b(?:assertion|attribute)\.(\w+)\s*(==|in|\.startsWith\(|\.matches\()/g,
  )) {
    tests.push({
      claim: match[1] ?? '',
      comparison: match[2] === '==' || match[2] === 'in' ? 'equals' : 'other',
      values: null,
      span,
    });
  }
  for (const match of condition.matchAll(
    /\b(?:assertion|attribute)\.(\w+)\.(?:startsWith|matches|endsWith|contains)\(/g,
  ))
    tests.push({ claim: match[1] ?? '', comparison: 'other', values: null, span });
  return tests;
}

function poolMembersOf(path: string, text: string, block: HclBlock): readonly PoolMember[] {
  if (block.type !== 'resource' || !/^google_\w+_iam_(?:member|binding)$/.test(block.labels[0] ?? ''))
    return [];
  return ['member', 'members'].flatMap((name) => {
    const attribute = block.attributes.get(name);
    const value = valueOf(text, attribute);
    if (!attribute || !value) return [];
    const items = value.kind === 'list' ? value.items : [value];
    return items.flatMap((item): PoolMember[] => {
      if (item.kind !== 'text') return [];
      const members = /^principalSet:\/\/iam\.googleapis\.com\/.*\/(\*|attribute\.\w+\/.+)$/s.exec(
        item.text,
      )?.[1];
      return members === undefined
        ? []
        : [{ members, isOpen: item.isOpen && /\$\{[^}]*$|\$\{/.test(members), span: item.span, path }];
    });
  });
}

/** Roles of a JWT backend whose issuer is GitHub, in the same file, or whose claims are GitHub's own. */
function vaultGrants(
  text: string,
  backends: readonly HclBlock[],
  roles: readonly HclBlock[],
): readonly TrustGrant[] {
  const names = backends
    .filter((block) =>
      ['oidc_discovery_url', 'bound_issuer', 'jwks_url'].some((name) =>
        (block.attributes.get(name)?.value ?? '').includes(ISSUER_HOST),
      ),
    )
    .map((block) => `vault_jwt_auth_backend.${block.labels[1] ?? ''}.`);
  return roles.flatMap((role): TrustGrant[] => {
    const backend = role.attributes.get('backend')?.value ?? '';
    if (!names.some((name) => backend.includes(name))) return [];
    if (textOf(valueOf(text, role.attributes.get('role_type'))) === 'oidc') return [];
    const claims = role.attributes.get('bound_claims');
    const read = valueOf(text, claims);
    const isGlob = textOf(valueOf(text, role.attributes.get('bound_claims_type'))) === 'glob';
    const subject = valueOf(text, role.attributes.get('bound_subject'));
    const tests: ClaimTest[] = [];
    if (read?.kind === 'map') {
      for (const entry of read.entries) {
        const values = claimValues(entry.value);
        tests.push({
          claim: entry.key,
          comparison: isGlob ? 'pattern' : 'equals',
          // A list is written into one text, with commas between.
          values:
            values?.flatMap((value) =>
              value.text.split(',').map((part) => ({ ...value, text: part.trim() })),
            ) ?? null,
          span: entry.keySpan,
        });
      }
    }
    if (subject?.kind === 'text' && subject.text !== '') {
      const values = [{ text: subject.text, isOpen: subject.isOpen, span: subject.span }];
      tests.push({ claim: 'sub', comparison: 'equals', values, span: subject.span });
    }
    return [
      {
        provider: 'vault',
        name: `the role "${role.labels[1] ?? ''}"`,
        span: role.header,
        tests,
        isPartly:
          (claims !== undefined && read?.kind !== 'map') ||
          (role.attributes.has('bound_subject') && subject?.kind !== 'text'),
        identity: null,
        roleName: null,
        isOfEnterprise: false,
        audienceAt: null,
      },
    ];
  });
}
