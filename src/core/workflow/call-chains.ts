import type { Workflow } from './model';
import type { JobFacts } from './understanding';

/** One way in which a job comes to run: the job, the job that calls its workflow, that one's caller, and so on. */
export type CallChain = readonly [JobFacts, ...JobFacts[]];

/** Chains of callers are followed so far; GitHub allows ten levels. */
const MAX_CALL_DEPTH = 10;

/** More ways than this are not told apart; the rest would be judged alike. */
const MAX_CHAINS = 50;

/**
 * Every way in which a job comes to run, the shortest first; a workflow that also starts by itself counts as one.
 *
 * @param callersOf The jobs that call a workflow of the repository.
 */
export function chainsOf(
  facts: JobFacts,
  callersOf: (workflow: Workflow) => readonly JobFacts[],
): readonly CallChain[] {
  const chains: CallChain[] = [];
  const extend = (chain: CallChain): void => {
    if (chains.length >= MAX_CHAINS) return;
    const outer = chain[chain.length - 1] ?? facts;
    const callers =
      chain.length > MAX_CALL_DEPTH
        ? []
        : callersOf(outer.workflow).filter(
            (caller) => !chain.some((link) => link.workflow === caller.workflow),
          );
    if (callers.length === 0 || startsByItself(outer.workflow)) chains.push(chain);
    for (const caller of callers) extend([...chain, caller]);
  };
  extend([facts]);
  return chains;
}

/** Whether something besides `workflow_call` starts a workflow. */
export function startsByItself(workflow: Workflow): boolean {
  return workflow.triggers.some((trigger) => trigger.event !== 'workflow_call');
}
