import type { Change } from '../change/change';
import { rollbackOf, rollbackRecipeOf, rollbackScriptOf, type ScriptRollback } from '../change/deploy-script';
import { readSchemaAdditions } from '../change/schema-additions';
import { openProgram } from '../change/script-run/open-program';
import type { ReadDocument } from '../documents/document';
import type { ReleasePlan } from '../documents/release-plan/release-plan';
import type { Runbook } from '../documents/runbook/runbook';
import { runbookKind } from '../documents/runbook/runbook-kind';
import { isKnown, type Source } from '../evidence/fact';
import { rollbackCommandOf, type RepositoryProfile } from '../evidence/profile';
import { isWorkflowPath } from '../gate/check';
import type { OverrideOnRecord, Records } from '../records/record';
import { DEFAULT_TRIGGERS } from '../risk/rollback-triggers';
import type { PreviousArtifact, RollbackEvidence, WorkflowRollback } from '../risk/rollback/condition';
import { workflowRollback } from '../rules/workflow/workflow-rollback';
import { readLocalActions } from '../workflow/local-actions';
import { readWorkflow } from '../workflow/read';
import { kindOfEnvironmentName } from '../workflow/targets';
import { understandWorkflows } from '../workflow/understand';
import type { UnderstandingOptions } from '../workflow/understanding';
import type { AssessedWorld } from './assess-release';

/** What is known of a release before its way back is looked at. */
export interface ReleaseKnown {
  readonly change: Change;
  readonly profile: RepositoryProfile;
  readonly plan: (ReadDocument & { readonly data: ReleasePlan }) | null;
  readonly records: Records;
  readonly inForce: readonly OverrideOnRecord[];
  readonly version: string | null;
  readonly previousArtifact?: PreviousArtifact | null;
}

/** Scripts that deploy or go back in languages that are not followed; told rather than not seen. */
const FOREIGN_SCRIPT =
  /^(?:(?:scripts?|bin|deploy|deployment|tools|ci|hack|ops)\/)?(?:deploy|roll[-_]?back)(?:[-_]\w+)?\.(?:ps1|py|rb|[cm]?[jt]s|pl|php|bat|cmd)$/i;

/** Collects what shows whether a release can be taken back: scripts, workflows, documents, records, migrations. */
export async function gatherRollback(
  world: AssessedWorld,
  known: ReleaseKnown,
  signal: AbortSignal,
): Promise<RollbackEvidence> {
  const { change, profile, plan, records, inForce, version } = known;
  const { configuration } = world;
  const { paths } = await world.files.list(signal);
  const script = await scriptOf(world, profile, paths);
  const options: UnderstandingOptions = {
    productionEnvironments: configuration.productionEnvironments,
    otherEnvironments: configuration.otherEnvironments,
    knownActions: configuration.knownActions,
    knownCommands: configuration.knownCommands,
  };
  const { drillMaxAgeDays, objectiveMinutes, requiredMetrics } = configuration.readiness.rollback;
  return {
    change,
    script,
    command: commandOf(profile),
    triggers: DEFAULT_TRIGGERS,
    workflow: await workflowsOf(world, paths, script?.path ?? null, options, signal),
    plan,
    runbook: await runbookOf(world, paths),
    records,
    schema: await readSchemaAdditions(world, change, signal),
    service: isKnown(profile.service) ? profile.service.value : null,
    version,
    now: world.clock.now(),
    settings: { drillMaxAgeDays, objectiveMinutes, requiredMetrics },
    kindOfEnvironment: (name) => kindOfEnvironmentName(name, options),
    overrides: inForce,
    ...(known.previousArtifact === undefined ? {} : { previousArtifact: known.previousArtifact }),
  };
}

/** What deploys or goes back: a script of its own for going back, the deploy script, a recipe that is called so. */
export async function scriptOf(
  world: AssessedWorld,
  profile: RepositoryProfile,
  paths: readonly string[],
): Promise<{ readonly path: string; readonly rollback: ScriptRollback } | null> {
  const own = profile.rollbackScript?.value ?? null;
  const deploy = profile.deployScript?.value ?? null;
  const shell = await world.parsers.shell();
  const program = await openProgram(
    world.files,
    paths,
    shell,
    [own, deploy].filter((path) => path !== null),
  );
  const unreadable = async (path: string): Promise<ScriptRollback | null> => {
    const read = await world.files.read(path);
    return read.ok ? null : { kind: 'unread', why: read.detail };
  };
  const judged: { readonly path: string; readonly rollback: ScriptRollback }[] = [];
  if (own !== null)
    judged.push({ path: own, rollback: (await unreadable(own)) ?? rollbackScriptOf(program, own) });
  if (deploy !== null) {
    judged.push({ path: deploy, rollback: (await unreadable(deploy)) ?? rollbackOf(program, deploy) });
  }
  for (const recipe of program.recipes) {
    if (/^(?:roll[-_]?back|deploy[-_:]roll[-_]?back|roll[-_]?back[-_:]\w+)$/i.test(recipe.name)) {
      judged.push({ path: recipe.path, rollback: rollbackRecipeOf(program, recipe) });
    }
  }
  const foreign = paths.find((path) => FOREIGN_SCRIPT.test(path));
  if (judged.length === 0 && foreign !== undefined) {
    const language = foreign.slice(foreign.lastIndexOf('.'));
    judged.push({
      path: foreign,
      rollback: {
        kind: 'unread',
        why: `is no shell script (${language}), and other languages are not followed`,
      },
    });
  }
  return (
    judged.find(({ rollback }) => rollback.kind === 'handled') ??
    judged.find(({ path }) => path === deploy) ??
    judged[0] ??
    null
  );
}

function commandOf(
  profile: RepositoryProfile,
): { readonly text: string; readonly sources: readonly Source[] } | null {
  const command = rollbackCommandOf(profile);
  return command ? { text: command.value, sources: command.sources } : null;
}

async function runbookOf(
  world: AssessedWorld,
  paths: readonly string[],
): Promise<(ReadDocument & { readonly data: Runbook }) | null> {
  const { operationsFolder } = world.configuration;
  const path = [`${operationsFolder}/RUNBOOK.md`, 'RUNBOOK.md', 'docs/RUNBOOK.md'].find((each) =>
    paths.includes(each),
  );
  if (path === undefined) return null;
  const read = await world.files.read(path);
  return read.ok ? runbookKind.read(path, read.text) : null;
}

async function workflowsOf(
  world: AssessedWorld,
  paths: readonly string[],
  script: string | null,
  options: UnderstandingOptions,
  signal: AbortSignal,
): Promise<WorkflowRollback | null> {
  const workflows = [];
  for (const path of paths.filter(isWorkflowPath)) {
    signal.throwIfAborted();
    const read = await world.files.read(path);
    if (!read.ok) continue;
    const workflow = readWorkflow(path, read.text);
    if (workflow.problems.length === 0) workflows.push(workflow);
  }
  if (workflows.length === 0) return null;
  const localActions = await readLocalActions(workflows, new Set(paths), world.files);
  const set = understandWorkflows(workflows, await world.parsers.shell(), { ...options, localActions });
  return workflowRollback(set, script);
}
