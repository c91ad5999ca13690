import type { LiteralEntry, LiteralValue } from '../../text/hcl-expression';
import { CLAIM_KEY, ISSUER_HOST, type ClaimTest, type ClaimValue, type TrustGrant } from './trust';

/**
 * The statements of a policy of AWS, as a value of JSON, HCL or YAML, that let tokens of GitHub in. A statement counts where
 * its principal or a condition names GitHub's issuer.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export function grantsOfPolicy(
  policy: LiteralValue,
  name: string,
  roleName: string | null,
  isGitHub: (principal: string) => boolean = () => false,
): readonly TrustGrant[] {
  return statementsIn(policy).flatMap((statement): TrustGrant[] => {
    if (textOf(valueOf(statement, 'Effect')) === 'Deny') return [];
    const actions = textsOf(valueOf(statement, 'Action'));
    if (!actions.some((action) => /^(?:sts:AssumeRoleWithWebIdentity|sts:\*|\*)$/i.test(action))) return [];
    const principals = textsOf(valueOf(valueOf(statement, 'Principal'), 'Federated'));
    const condition = valueOf(statement, 'Condition');
    const tests = condition?.kind === 'map' ? condition.entries.flatMap(testsOf) : [];
    const isNamed =
      principals.some((principal) => principal.includes(ISSUER_HOST) || isGitHub(principal)) ||
      tests.length > 0;
    if (!isNamed) return [];
    const isPartly =
      (condition !== null && condition.kind !== 'map') ||
      (condition?.kind === 'map' &&
        condition.entries.some(
          ({ key, value }) => key.includes('${') || value.kind === 'other' || holdsComputedKey(value),
        ));
    const effect = statement.kind === 'map' ? statement.entries[0]?.keySpan : undefined;
    return [
      {
        provider: 'aws',
        name,
        span: condition && tests[0] ? tests[0].span : (effect ?? statement.span),
        tests,
        isPartly,
        identity: null,
        roleName,
        isOfEnterprise: [...principals, ...keysIn(condition)].some((text) =>
          new RegExp(`${ISSUER_HOST}/[\\w-]+`).test(text),
        ),
        audienceAt: null,
      },
    ];
  });
}

/** What a comparison operator of AWS does with the values. */
export function comparisonOf(operator: string): ClaimTest['comparison'] | 'negated' {
  const name = operator.replace(/^(?:ForAnyValue|ForAllValues):/, '').replace(/IfExists$/, '');
  if (/Not/.test(name)) return 'negated';
  if (/^StringLike$|^ArnLike$/.test(name)) return 'pattern';
  return /^StringEquals(?:IgnoreCase)?$|^ArnEquals$/.test(name) ? 'equals' : 'other';
}

function testsOf({ key: operator, value }: LiteralEntry): readonly ClaimTest[] {
  const comparison = comparisonOf(operator);
  if (comparison === 'negated' || value.kind !== 'map') return [];
  return value.entries.flatMap((entry): ClaimTest[] => {
    const claim = CLAIM_KEY.exec(entry.key)?.[2];
    if (claim === undefined) return [];
    return [{ claim, comparison, values: claimValues(entry.value), span: entry.keySpan }];
  });
}

/** The values of a comparison; null where one of them is computed. */
export function claimValues(value: LiteralValue): readonly ClaimValue[] | null {
  const items = value.kind === 'list' ? value.items : [value];
  const values: ClaimValue[] = [];
  for (const item of items) {
    if (item.kind !== 'text') return null;
    values.push({ text: item.text, isOpen: item.isOpen, span: item.span });
  }
  return values;
}

function holdsComputedKey(value: LiteralValue): boolean {
  return value.kind === 'map' && value.entries.some(({ key }) => key.includes('${') || key.startsWith('('));
}

function keysIn(value: LiteralValue | null): readonly string[] {
  return value?.kind === 'map'
    ? value.entries.flatMap(({ key, value: inner }) => [key, ...keysIn(inner)])
    : [];
}

/** Every statement anywhere in a value: a policy may stand inside a template. */
function statementsIn(value: LiteralValue, depth = 0): readonly LiteralValue[] {
  if (depth > 30) return [];
  if (value.kind === 'list') return value.items.flatMap((item) => statementsIn(item, depth + 1));
  if (value.kind !== 'map') return [];
  return value.entries.flatMap(({ key, value: inner }) =>
    key === 'Statement' ? (inner.kind === 'list' ? inner.items : [inner]) : statementsIn(inner, depth + 1),
  );
}

/** The entry of a map; null where there is none. */
export function valueOf(value: LiteralValue | null, key: string): LiteralValue | null {
  return value?.kind === 'map' ? (value.entries.find((entry) => entry.key === key)?.value ?? null) : null;
}

/** The text of a literal; null for anything else. */
export function textOf(value: LiteralValue | null): string | null {
  return value?.kind === 'text' ? value.text : null;
}

/** The texts of a literal or a list of them; what is computed as it is written. */
export function textsOf(value: LiteralValue | null): readonly string[] {
  if (!value) return [];
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => (item.kind === 'text' || item.kind === 'other' ? [item.text] : []));
}
