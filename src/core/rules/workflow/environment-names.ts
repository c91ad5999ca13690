import { isUnlistedProduction, kindOfEnvironmentName } from '../../workflow/targets';
import type { DeployTargetKind, JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { GateFacts } from '../rule';

/** What an environment's name says of itself, after what the configuration says (Definition 2). */
export function kindOfEnvironment(name: string, facts: Pick<GateFacts, 'environments'>): DeployTargetKind {
  return kindOfEnvironmentName(name, {
    productionEnvironments: facts.environments.production,
    otherEnvironments: facts.environments.other,
  });
}

/** GitHub compares the names of environments without case. */
export function environmentKey(name: string): string {
  return name.trim().toLowerCase();
}

/**
 * Every name that the environment of a job can have where `caller` is what calls its workflow; null where no file
 * bounds it. Other callers may pass other names, which `JobFacts.environmentNames` holds as well.
 */
export function environmentNamesFor(
  set: WorkflowSet,
  facts: JobFacts,
  caller: JobFacts,
): readonly string[] | null {
  const text = facts.job.environment?.name.value;
  if (text === undefined) return [];
  const input = /^\s*\$\{\{\s*inputs\.([\w-]+)\s*\}\}\s*$/i.exec(text)?.[1]?.toLowerCase();
  const given =
    input === undefined
      ? undefined
      : caller.job.with.find((entry) => entry.name.value.toLowerCase() === input)?.value.text;
  return given === undefined ? facts.environmentNames : set.possibleTexts(caller, given);
}

/** Whether an environment is called like production while the configuration lists production's without it. */
export function isCalledLikeProduction(name: string, facts: GateFacts): boolean {
  return isUnlistedProduction(name, {
    productionEnvironments: facts.environments.production,
    otherEnvironments: facts.environments.other,
  });
}
