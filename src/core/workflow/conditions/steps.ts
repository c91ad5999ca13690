import type { CounterexampleStep } from '../understanding';
import type { Outcome } from './explore';
import type { RunNode } from './run-graph';

/** What became of the jobs of a run, one step each, as far as `outcomes` tells; nodes that are no step are left out. */
export function stepsOf(
  nodes: readonly RunNode[],
  outcomes: readonly Outcome[],
): readonly CounterexampleStep[] {
  return nodes.flatMap((node, index): CounterexampleStep[] => {
    const outcome = outcomes[index];
    if (!outcome) return [];
    // Jobs of a workflow whose call was skipped do not exist.
    if (node.call !== null && outcomes[node.call]?.result !== 'success') return [];
    // A call that starts is told by the jobs in it; what it adds up to is told where those are over.
    if (node.kind === 'call' && outcome.result === 'success') return [];
    const { facts } = node;
    const why =
      node.kind === 'return'
        ? `the jobs in "${facts.calls?.path ?? ''}" add up to that`
        : whyOf(node, outcome);
    return [
      {
        path: facts.workflow.path,
        job: facts.job.id.value,
        result: outcome.result,
        why,
        span: facts.job.condition?.span ?? facts.job.id.span,
      },
    ];
  });
}

function whyOf(node: RunNode, outcome: Outcome): string {
  switch (outcome.result) {
    case 'success':
      return outcome.isRealSuccess
        ? 'it succeeds'
        : 'its work fails, which `continue-on-error` turns into success for the jobs that need it';
    case 'failure':
      return 'its work fails';
    case 'cancelled':
      if (outcome.phase === 'running') return 'the run is cancelled while it runs';
      return outcome.phase === 'after'
        ? 'the run is cancelled before it starts'
        : 'it runs into its time limit';
    case 'skipped':
      if (outcome.phase === 'after') return 'the run is cancelled before it starts';
      return node.facts.job.condition
        ? `its condition ${node.facts.job.condition.value} is false`
        : 'a job that it needs did not succeed';
  }
}
