import type { Environment } from '../../evidence/profile';
import { approvalsBefore, isApprovedBefore } from '../../rules/workflow/approvals';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';

/** One environment with what it is for. */
export interface EnvironmentRole {
  readonly environment: Environment;
  /** `asks`: somebody is asked there before `before` takes its turn, and nothing is deployed to it. */
  readonly role: 'deploys' | 'asks' | 'asked-before';
  /** The environment that waits for the approval; null but for `asks`. */
  readonly before: string | null;
}

/**
 * The environments with those in which only an approval is asked for. Where every way to production waits for one, the
 * reviewers belong there: asked at the deployment itself, they would hold its turn (rule approval-blocks-queue).
 */
export function environmentRoles(
  set: WorkflowSet,
  environments: readonly Environment[],
  known: { readonly production: readonly string[]; readonly other: readonly string[] },
): readonly EnvironmentRole[] {
  const gate = { environments: known };
  const asking = new Map<string, { readonly name: string; readonly before: string }>();
  const askedBefore = new Set<Environment>();
  for (const environment of environments.filter(({ isProduction }) => isProduction)) {
    const jobs = set.jobs.filter((facts) => isOf(facts, environment.name));
    const approvals = jobs.flatMap((facts) => approvalsBefore(set, facts, gate));
    if (jobs.length === 0 || !jobs.every((facts) => isApprovedBefore(set, facts, gate))) continue;
    const names = approvals.flatMap(({ environmentNames }) => environmentNames ?? []);
    // An approval in the environment itself, or of a name that no file bounds, is none of its own.
    const others = names.filter((name) => !isSame(name, environment.name));
    if (others.length === 0 || others.length < names.length) continue;
    if (approvals.some(({ environmentNames }) => environmentNames === null)) continue;
    askedBefore.add(environment);
    for (const name of others) asking.set(name.toLowerCase(), { name, before: environment.name });
  }
  return [
    ...[...asking.values()].map(({ name, before }): EnvironmentRole => ({
      environment: { name, isProduction: true },
      role: 'asks',
      before,
    })),
    ...environments
      .filter(({ name }) => !asking.has(name.toLowerCase()))
      .map((environment): EnvironmentRole => ({
        environment,
        role: askedBefore.has(environment) ? 'asked-before' : 'deploys',
        before: null,
      })),
  ];
}

function isOf({ environmentNames }: JobFacts, name: string): boolean {
  return environmentNames?.some((other) => isSame(other, name)) ?? false;
}

/** GitHub compares the names of environments without case. */
function isSame(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
