import { confidenceOf, type Fact } from '../../../evidence/fact';
import type { PlatformValue } from '../../../evidence/profile';
import type { PipelinePlan } from '../plan';
import type { DeployMeans, EnvironmentVariable } from './means';

/** What a value may consist of so that it can stand in a workflow as it is. */
const VALUE = /^[A-Za-z0-9][\w.-]{0,100}$/;

/**
 * The variables of a means whose values files of the repository say for an environment, by their names. A value that no
 * file gives to an environment is that of the one environment that has none of its own, since two environments do not share
 * what they deploy to; where several have none, it is nobody's.
 */
export function givenIn(
  plan: PipelinePlan,
  means: Pick<DeployMeans, 'variables'>,
  environment: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    means.variables.flatMap((variable) => {
      const found = givenFact(plan, variable, environment);
      return found ? [[variable.name, found.value.value] as const] : [];
    }),
  );
}

/** Says where the values that nobody is asked for come from. */
export function givenNotes(plan: PipelinePlan, means: Pick<DeployMeans, 'variables'>): readonly string[] {
  return means.variables.flatMap((variable) => {
    const said = plan.environments.flatMap(({ name }) => {
      const found = givenFact(plan, variable, name);
      const [source] = found?.sources ?? [];
      if (!found || source === undefined) return [];
      const place = source.kind === 'file' ? source.path : 'a person';
      return [`${found.value.value} in ${name} (${place})`];
    });
    return said.length > 0 ? [`${variable.name} is ${said.join(', ')}.`] : [];
  });
}

function givenFact(
  plan: PipelinePlan,
  { parameter }: EnvironmentVariable,
  environment: string,
): Fact<PlatformValue> | null {
  const values = (plan.target?.values ?? []).filter(
    (each) =>
      each.value.parameter === parameter && VALUE.test(each.value.value) && confidenceOf(each) !== 'weak',
  );
  const of = (name: string | null): readonly Fact<PlatformValue>[] =>
    values.filter((each) => each.value.environment === name);
  const own = of(environment);
  const isLast = plan.environments.every(({ name }) => name === environment || of(name).length > 0);
  const candidates = own.length > 0 ? own : isLast ? of(null) : [];
  const [first] = candidates;
  return first && candidates.every(({ value }) => value.value === first.value.value) ? first : null;
}
