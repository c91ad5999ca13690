import type { ScriptRollback } from '../../change/deploy-script';
import type { ReadDocument } from '../../documents/document';
import type { ReleasePlan } from '../../documents/release-plan/release-plan';
import { releasePlanKind } from '../../documents/release-plan/release-plan-kind';
import type { Runbook } from '../../documents/runbook/runbook';
import { runbookKind } from '../../documents/runbook/runbook-kind';
import { isKnown } from '../../evidence/fact';
import type { DeployTarget, RepositoryProfile } from '../../evidence/profile';
import type { Records } from '../../records/record';
import { openRecords } from '../../records/records-in';
import { planPathOf } from '../../readiness/assess-release';
import { scriptOf } from '../../readiness/rollback-evidence';
import type { DrillEvidence } from '../../risk/rollback/drilled';
import { readLocalActions } from '../../workflow/local-actions';
import { kindOfEnvironmentName } from '../../workflow/targets';
import { understandWorkflows } from '../../workflow/understand';
import type { UnderstandingOptions, WorkflowSet } from '../../workflow/understanding';
import { readWorkflows } from '../read-workflows';
import type { World } from '../task';

/** What the documents of operations are made from, besides what a person told. */
export interface OperationsFacts {
  /** With what the deploying steps of the workflows say of its targets. */
  readonly profile: RepositoryProfile;
  /** Null where the repository has no workflow that can be read. */
  readonly set: WorkflowSet | null;
  /** The deploy or rollback script, followed; null where the repository has none. */
  readonly script: { readonly path: string; readonly rollback: ScriptRollback } | null;
  /** The release plan and the runbook that stand in the repository. */
  readonly plan: (ReadDocument & { readonly data: ReleasePlan }) | null;
  readonly runbook: (ReadDocument & { readonly data: Runbook }) | null;
  readonly records: Records;
  readonly drills: DrillEvidence;
  readonly objectiveMinutes: number | null;
  readonly now: Date;
  /** Where the documents stand, from the root. */
  readonly folders: { readonly operations: string; readonly release: string };
  readonly paths: ReadonlySet<string>;
}

/** Reads workflows, scripts, records, plan and runbook beside the profile, which `readProfile` gave. */
export async function gatherOperations(
  world: World,
  profile: RepositoryProfile,
  signal: AbortSignal,
): Promise<OperationsFacts> {
  const { configuration } = world;
  const { paths, workflows } = await readWorkflows(world, signal);
  const options: UnderstandingOptions = {
    productionEnvironments: configuration.productionEnvironments,
    otherEnvironments: configuration.otherEnvironments,
    knownActions: configuration.knownActions,
    knownCommands: configuration.knownCommands,
  };
  const set =
    workflows.length === 0
      ? null
      : understandWorkflows(workflows, await world.parsers.shell(), {
          ...options,
          localActions: await readLocalActions(workflows, new Set(paths), world.files),
        });
  const now = world.clock.now();
  const records = await openRecords(world.files, configuration.releaseFolder, now, signal);
  const { drillMaxAgeDays, objectiveMinutes, requiredMetrics } = configuration.readiness.rollback;
  const text = async (path: string): Promise<string | null> => {
    const read = await world.files.read(path);
    return read.ok ? read.text : null;
  };
  const planPath = planPathOf(configuration);
  const plan = await text(planPath);
  const runbookPath = `${configuration.operationsFolder}/RUNBOOK.md`;
  const runbook = await text(runbookPath);
  return {
    profile,
    set,
    script: await scriptOf(world, profile, paths),
    plan: plan === null ? null : releasePlanKind.read(planPath, plan),
    runbook: runbook === null ? null : runbookKind.read(runbookPath, runbook),
    records,
    drills: {
      records,
      service: isKnown(profile.service) ? profile.service.value : null,
      now,
      kindOfEnvironment: (name) => kindOfEnvironmentName(name, options),
      settings: { drillMaxAgeDays, objectiveMinutes, requiredMetrics },
    },
    objectiveMinutes,
    now,
    folders: { operations: configuration.operationsFolder, release: configuration.releaseFolder },
    paths: new Set(paths),
  };
}

/** Kinds that say nothing of where the service runs, or are of its ground rather than of itself. */
const LESS_TELLING: readonly DeployTarget['kind'][] = ['script', 'compose', 'other', 'terraform'];

/**
 * The target that the service runs on: one that a workflow deploys to before one that only a file describes, a platform
 * before a script that calls it, and infrastructure last. Null where the repository shows none.
 */
export function platformTargetOf({ deployTargets }: RepositoryProfile): DeployTarget | null {
  const isDeployedTo = ({ path }: DeployTarget): boolean =>
    path.sources.some((source) => source.kind === 'file' && source.path.startsWith('.github/workflows/'));
  const rank = (target: DeployTarget): number =>
    (target.kind === 'argo-cd' ? 0 : 10) +
    // A host is told from a step that reaches it, and yet a platform or containers on it say more.
    (target.kind === 'ssh' ? 8 : 0) +
    (LESS_TELLING.indexOf(target.kind) + 1) * 10 +
    (isDeployedTo(target) ? 0 : 5) +
    // A compose file that no workflow starts is mostly a developer's.
    (target.kind === 'compose' && isDeployedTo(target) ? -15 : 0);
  return [...deployTargets].sort((one, other) => rank(one) - rank(other))[0] ?? null;
}
