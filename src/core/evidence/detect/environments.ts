import { fact, type Fact, type Source } from '../fact';
import type { Environment } from '../profile';

/** Words that name an environment, in the order in which a release passes them. */
const STAGES: readonly (readonly string[])[] = [
  ['dev', 'development', 'sandbox'],
  ['test', 'testing', 'qa', 'integration', 'int'],
  ['stage', 'staging', 'stg', 'uat', 'acceptance', 'preprod', 'pre-prod', 'pre-production'],
  ['production', 'prod', 'live'],
];

/** Names that the configuration gives; they win over Definition 2. */
export interface KnownEnvironments {
  readonly productionEnvironments: readonly string[];
  readonly otherEnvironments: readonly string[];
}

/**
 * Whether a name is production: what the configuration says, else `production`, `prod` or `live` as a whole word that
 * nothing before it (`pre-prod`, `non-prod`) takes back.
 */
export function isProductionName(name: string, known: KnownEnvironments): boolean {
  const lower = name.toLowerCase();
  if (known.productionEnvironments.some((other) => other.toLowerCase() === lower)) return true;
  if (known.otherEnvironments.some((other) => other.toLowerCase() === lower)) return false;
  return (
    /(^|[^a-z0-9])(production|prod|live)([^a-z0-9]|$)/.test(lower) &&
    !/(pre|non|not)[-_]?(production|prod|live)/.test(lower)
  );
}

/** Whether a folder's or file's name is one that people give to an environment. */
export function isStageName(name: string): boolean {
  return STAGES.flat().includes(name.toLowerCase());
}

/** Environments by name, each once with all its sources, in order of promotion, production last. */
export function orderEnvironments(
  found: readonly { readonly name: string; readonly source: Source }[],
  known: KnownEnvironments,
): readonly Fact<Environment>[] {
  const byName = new Map<string, Source[]>();
  for (const { name, source } of found) byName.set(name, [...(byName.get(name) ?? []), source]);
  const rank = (name: string): number => {
    if (isProductionName(name, known)) return STAGES.length;
    const stage = STAGES.findIndex((words) => words.includes(name.toLowerCase()));
    return stage < 0 ? 1 : stage;
  };
  return [...byName]
    .map(([name, sources], index) => ({ name, sources, index }))
    .sort((a, b) => rank(a.name) - rank(b.name) || a.index - b.index)
    .map(({ name, sources }) => fact({ name, isProduction: isProductionName(name, known) }, ...sources));
}
