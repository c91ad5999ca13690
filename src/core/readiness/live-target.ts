import { isKnown } from '../evidence/fact';
import type { RepositoryProfile } from '../evidence/profile';
import type { ReadinessSettings } from '../gate/readiness-settings';
import type { DeploymentsAnswer, HealthAnswer, LiveSystems, ProgramResult, Programs } from '../ports';
import { productionPathOf } from '../rules/workflow/production-path';
import type { WorkflowSet } from '../workflow/understanding';

/** What is live where the release goes. */
export interface LiveTarget {
  /** Null where nobody was asked; `whyNotAsked` says why. */
  readonly deployments: DeploymentsAnswer | null;
  readonly whyNotAsked: string | null;
  /** `owner/name` on GitHub; null where the remote is elsewhere or not known. */
  readonly repository: string | null;
  /** Workflows whose runs deploy to production, by path. */
  readonly workflows: readonly string[];
  readonly health: readonly {
    readonly url: string;
    readonly expected: number;
    /** Null where it was not asked. */
    readonly answer: HealthAnswer | null;
  }[];
  /** What the configured command said; `result` null where it was not run. */
  readonly healthCommand: { readonly argv: readonly string[]; readonly result: ProgramResult | null } | null;
}

/** A health command that takes longer says nothing about now. */
const HEALTH_COMMAND_MS = 60_000;

/** Asks what is being deployed and whether the target is well, as far as the person allows. */
export async function askLiveTarget(
  outside: { readonly live: LiveSystems | null; readonly programs: Programs | null },
  release: {
    readonly environment: string;
    readonly settings: ReadinessSettings;
    readonly profile: RepositoryProfile;
    readonly workflows: WorkflowSet | null;
  },
  signal: AbortSignal,
): Promise<LiveTarget> {
  const { live, programs } = outside;
  const { environment, settings, profile } = release;
  const remote = isKnown(profile.remote) ? profile.remote.value : null;
  const repository = remote?.host === 'github.com' ? `${remote.owner}/${remote.name}` : null;
  const workflows = release.workflows ? deployingWorkflows(release.workflows) : [];
  const { urls, command } = settings.health;
  return {
    repository,
    workflows,
    deployments:
      live && repository !== null
        ? await live.deployments({ repository, environment, workflows }, signal)
        : null,
    whyNotAsked: !live
      ? 'GitHub was not asked for deployments: that takes --online'
      : repository === null
        ? `the repository's remote ${remote ? `is at ${remote.host}` : 'is not known'}, so no record of deployments can be asked for`
        : null,
    health: await Promise.all(
      urls.map(async ({ url, status }) => ({
        url,
        expected: status,
        answer: live ? await live.health(url, signal) : null,
      })),
    ),
    healthCommand: command
      ? {
          argv: command,
          result: programs ? await programs.run(command, { timeoutMs: HEALTH_COMMAND_MS }, signal) : null,
        }
      : null,
  };
}

/** The workflows in whose runs something is deployed to production: those that start, not those that are called. */
function deployingWorkflows(set: WorkflowSet): readonly string[] {
  const paths = productionPathOf(set).production.flatMap((facts) =>
    set.chainsOf(facts).map((chain) => (chain[chain.length - 1] ?? facts).workflow.path),
  );
  return [...new Set(paths)].sort();
}
