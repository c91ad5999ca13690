import type { RunbookParameter } from '../../documents/runbook/runbook';
import { placeholder } from '../../evidence/fact';
import { migrationTools } from '../../evidence/migration-tools';
import { platforms } from '../../evidence/platforms';
import type { DeployTarget, PlatformValue, RepositoryProfile } from '../../evidence/profile';

/** What a document says of its parameters. */
export interface ParameterFacts {
  readonly profile: RepositoryProfile;
  readonly target: DeployTarget | null;
  /** What a step of the document finds out, by name: where it does. */
  readonly found: Readonly<Record<string, string>>;
  /** Values that something else of the repository tells, by name. */
  readonly told?: Readonly<Record<string, string>>;
}

const COMMON: Readonly<Record<string, string>> = {
  ENV: 'Environment that is worked on',
  VERSION: 'Version that is deployed, as it is tagged',
  PREVIOUS_VERSION: 'Version that is gone back to, as it is tagged',
  NAMESPACE: 'Namespace of the service in the environment',
  BASE_URL: 'Address of the service in the environment, without a slash at its end',
  REGION: 'Region of the service',
  CLUSTER: 'Cluster of the service',
};

/** The parameters that texts use, `${NAME}`, in the order in which people meet them, each with what it takes here. */
export function parametersIn(texts: readonly string[], facts: ParameterFacts): RunbookParameter[] {
  const used = new Set(['ENV']);
  for (const text of texts) {
    for (const match of text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)) used.add(match[1] ?? '');
  }
  const meanings = meaningsFor(facts.target);
  const order = Object.keys(meanings);
  return [...used]
    .sort((one, other) => rank(order, one) - rank(order, other) || (one < other ? -1 : 1))
    .map((name) => ({
      name,
      meaning: meanings[name] ?? placeholder(`what ${name} stands for`),
      example: exampleOf(name, facts),
    }));
}

function exampleOf(name: string, { profile, target, found, told = {} }: ParameterFacts): string {
  const environments = profile.environments.map(({ value }) => value.name);
  if (name === 'ENV')
    return environments.length > 0 ? environments.join(', ') : placeholder('names of the environments');
  const values = (target?.values ?? [])
    .map(({ value }) => value)
    .filter(({ parameter }) => parameter === name);
  if (values.length > 0) return shownValues(values);
  return told[name] ?? found[name] ?? placeholder(`value of ${name}`);
}

/** `shop-prod (production), shop-staging (staging)`. */
function shownValues(values: readonly PlatformValue[]): string {
  const named = new Set(values.filter(({ environment }) => environment !== null).map(({ value }) => value));
  const shown = values
    .filter(({ value, environment }) => environment !== null || !named.has(value))
    .map(({ value, environment }) => (environment === null ? value : `${value} (${environment})`));
  return [...new Set(shown)].slice(0, 6).join(', ');
}

/** The platform's word on a parameter comes before the common one: a revision is not the same everywhere. */
function meaningsFor(target: DeployTarget | null): Readonly<Record<string, string>> {
  const ofTools = Object.values(migrationTools).map(
    ({ parameters }): Readonly<Record<string, string>> => parameters,
  );
  return Object.assign(
    {},
    COMMON,
    ...[...ofTools].reverse(),
    target ? platforms[target.kind].parameters : {},
  ) as Readonly<Record<string, string>>;
}

function rank(order: readonly string[], name: string): number {
  const index = order.indexOf(name);
  return index < 0 ? order.length : index;
}
