import type { GateItem } from '../../../core/release/run';
import { scriptCall, startProblem } from './run-script';

/**
 * S4-20: whether the system would start the deploy script at all, as a line of phase 1. Preflight reads what the script
 * does; this looks at what only the machine that runs it knows: its executable bit, its line ends, its interpreter.
 */
export async function startItem(root: string, script: string): Promise<GateItem> {
  const problem = await startProblem(root, scriptCall(script, []));
  return {
    id: 'deploy-script-starts',
    title: 'The deploy script can be started here',
    outcome: problem === null ? 'pass' : 'fail',
    isBlocking: problem !== null,
    detail: problem ?? `${script} is executable, and what runs it is there`,
    evidence: [script],
  };
}
