import { readLocalActions } from '../workflow/local-actions';
import { understandWorkflows } from '../workflow/understand';
import type { WorkflowSet } from '../workflow/understanding';
import { readWorkflows } from './read-workflows';
import type { World } from './task';

/** The repository's workflows as the gate understands them; those that cannot be read are told and left alone. */
export interface UnderstoodWorkflows {
  /** Every path of the repository. */
  readonly paths: readonly string[];
  readonly set: WorkflowSet;
  readonly leftAlone: readonly string[];
}

/** Reads and understands every workflow of the repository. Aborts by throwing the signal's reason. */
export async function understoodWorkflows(world: World, signal: AbortSignal): Promise<UnderstoodWorkflows> {
  const { paths, workflows, leftAlone } = await readWorkflows(world, signal);
  const { productionEnvironments, otherEnvironments, knownActions, knownCommands } = world.configuration;
  const localActions = await readLocalActions(workflows, new Set(paths), world.files);
  const set = understandWorkflows(workflows, await world.parsers.shell(), {
    productionEnvironments,
    otherEnvironments,
    knownActions,
    knownCommands,
    localActions,
  });
  return { paths, set, leftAlone };
}
