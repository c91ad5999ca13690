import { collectProfile, type ProfileRun, type ProfileWorld } from '../evidence/collect-profile';
import { fact, fileSource, type Fact } from '../evidence/fact';
import { correctProfile, type ProfileCorrections } from '../evidence/profile-corrections';
import type { RepositoryProfile, WorkflowUse } from '../evidence/profile';
import type { Parsers } from '../ports';
import { withDeployedPlatforms } from './deployed-platforms';
import { readLocalActions } from './local-actions';
import type { Workflow } from './model';
import { readWorkflow } from './read';
import { understandWorkflows } from './understand';
import type { KnownPurposes, PurposeEvidence, WorkflowSet } from './understanding';

/** One repository, as far as its profile with what its workflows do needs it; a task's `World` is one. */
export interface UnderstoodWorld extends ProfileWorld {
  readonly parsers: Pick<Parsers, 'shell'>;
  readonly configuration: NonNullable<ProfileWorld['configuration']> & {
    readonly knownActions?: KnownPurposes;
    readonly knownCommands?: KnownPurposes;
    /** What a person says in place of what is found. */
    readonly profile?: ProfileCorrections;
  };
}

/**
 * What a repository is: what its files say (`collectProfile`), what the commands and actions of its workflows show of where
 * it is deployed and what they do, and above both what a person says in the configuration. Everything that speaks of a
 * repository begins with this.
 *
 * @throws The signal's reason when it is aborted.
 */
export async function readProfile(world: UnderstoodWorld, run: ProfileRun): Promise<RepositoryProfile> {
  const profile = await collectProfile(world, run);
  const set = await setOf(world, profile.workflows, run.signal);
  const found = set ? withWorkflows(profile, set) : profile;
  const { configuration } = world;
  return configuration.profile ? correctProfile(found, configuration.profile, configuration) : found;
}

/** The profile with what workflows that are understood already say of it. */
export function withWorkflows(profile: RepositoryProfile, set: WorkflowSet): RepositoryProfile {
  return {
    ...withDeployedPlatforms(profile, set),
    workflowUses: set.workflows.map((each) => useOf(set, each)),
  };
}

async function setOf(
  world: UnderstoodWorld,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<WorkflowSet | null> {
  const workflows: Workflow[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const read = await world.files.read(path);
    // What cannot be read is among the problems of the profile already.
    const workflow = read.ok ? readWorkflow(path, read.text) : null;
    if (workflow && workflow.problems.length === 0) workflows.push(workflow);
  }
  if (workflows.length === 0) return null;
  const { productionEnvironments, otherEnvironments, knownActions, knownCommands } = world.configuration;
  const listed = await world.files.list(signal);
  return understandWorkflows(workflows, await world.parsers.shell(), {
    productionEnvironments,
    otherEnvironments,
    ...(knownActions ? { knownActions } : {}),
    ...(knownCommands ? { knownCommands } : {}),
    localActions: await readLocalActions(workflows, new Set(listed.paths), world.files),
  });
}

/** Steps that show one thing are named up to here: more say nothing more. */
const MAX_PLACES = 5;

function useOf(set: WorkflowSet, workflow: Workflow): WorkflowUse {
  const jobs = set.jobsOf(workflow);
  const shown = new Map<string, PurposeEvidence[]>();
  for (const evidence of jobs.flatMap(({ purposes }) => purposes)) {
    if (evidence.confidence === 'weak') continue;
    shown.set(evidence.purpose, [...(shown.get(evidence.purpose) ?? []), evidence]);
  }
  const placeOf = ({ path, span }: PurposeEvidence): Fact<string>['sources'][number] => {
    const holder = set.workflows.find((each) => each.path === path);
    return fileSource(path, holder ? holder.lines.rangeOf(span) : null);
  };
  return {
    path: workflow.path,
    name: workflow.name?.value ?? null,
    triggers: workflow.triggers.map(({ event }) => event),
    does: [...shown].map(([purpose, evidence]) =>
      fact(purpose, ...evidence.slice(0, MAX_PLACES).map(placeOf)),
    ),
    environments: [...new Set(jobs.flatMap(({ environmentNames }) => environmentNames ?? []))],
  };
}
