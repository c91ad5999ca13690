import { isWorkflowPath } from '../gate/check';
import type { Workflow } from '../workflow/model';
import { readWorkflow } from '../workflow/read';
import type { World } from './task';

/** The workflows of a repository that can be read, and a sentence for each that was left alone. */
export interface WorkflowsRead {
  /** Every path of the repository. */
  readonly paths: readonly string[];
  readonly workflows: readonly Workflow[];
  readonly leftAlone: readonly string[];
}

/** Reads every workflow of the repository; a broken one is told and hides no other. Aborts by throwing the signal's reason. */
export async function readWorkflows(world: World, signal: AbortSignal): Promise<WorkflowsRead> {
  const { paths } = await world.files.list(signal);
  const workflows: Workflow[] = [];
  const leftAlone: string[] = [];
  for (const path of paths.filter(isWorkflowPath)) {
    signal.throwIfAborted();
    const read = await world.files.read(path);
    if (!read.ok) {
      leftAlone.push(`${path} ${read.detail}, so it was left alone.`);
      continue;
    }
    const workflow = readWorkflow(path, read.text);
    const [problem] = workflow.problems;
    if (!problem) {
      workflows.push(workflow);
      continue;
    }
    const { line } = workflow.lines.positionAt(problem.span.start);
    const detail = (problem.message.split('\n', 1)[0] ?? '').replace(/[.:]?$/, '.');
    leftAlone.push(`${path} was left alone, since it cannot be read (line ${line}): ${detail}`);
  }
  return { paths, workflows, leftAlone };
}
