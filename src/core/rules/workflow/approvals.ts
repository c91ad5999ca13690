import type { StepCommand, JobFacts, WorkflowSet } from '../../workflow/understanding';
import { actionOf } from '../../workflow/credential-uses';
import type { GateFacts } from '../rule';
import { kindOfEnvironment } from './environment-names';
import { callChainsOf } from './production-path';

/** Actions that change nothing outside the run: an approval job may look something up or tell somebody. */
const HARMLESS_ACTIONS = ['actions/checkout', 'actions/github-script', 'actions/download-artifact'];

/** Commands that print, wait, or look at the run. */
const HARMLESS_COMMANDS = [
  'echo',
  'printf',
  'true',
  ':',
  'date',
  'sleep',
  'cat',
  'exit',
  'test',
  '[',
  '[[',
  'jq',
  'set',
];

/**
 * Whether a job is where somebody is asked before another one deploys (Definition 8): it has an environment that is none
 * of the known others, and does no work of its own. A job that builds, plans or deploys has its own reason for its
 * environment, and its approval was for that.
 */
export function isApproval(facts: JobFacts, gate: Pick<GateFacts, 'environments'>): boolean {
  const { job, environmentNames } = facts;
  if (!job.environment || facts.target !== null || job.uses) return false;
  if (environmentNames?.some((name) => kindOfEnvironment(name, gate) === 'non-production')) return false;
  return (
    facts.purposes.every(({ purpose }) => purpose === 'notify') &&
    facts.commands.every(isHarmless) &&
    job.steps.every((step) => {
      const action = actionOf(step);
      return (
        action === null ||
        HARMLESS_ACTIONS.includes(action) ||
        facts.purposes.some(({ stepIndex }) => stepIndex === step.index)
      );
    })
  );
}

function isHarmless(command: StepCommand): boolean {
  return HARMLESS_COMMANDS.includes(command.words[0] ?? '');
}

/**
 * The jobs before a job, over all that it needs, in which somebody is asked: approvals, and calls of workflows of this
 * repository that hold one which always runs and nothing that deploys.
 */
export function approvalsBefore(
  set: WorkflowSet,
  facts: JobFacts,
  gate: Pick<GateFacts, 'environments'>,
): readonly JobFacts[] {
  return set.ancestorsOf(facts).filter((earlier) => {
    if (isApproval(earlier, gate)) return true;
    const { calls } = earlier;
    return (
      calls !== null &&
      earlier.target === null &&
      set.jobs.some(
        (inside) =>
          inside.workflow === calls &&
          inside.job.condition === null &&
          inside.job.continueOnError === null &&
          inside.job.needs.length === 0 &&
          isApproval(inside, gate),
      )
    );
  });
}

/** Whether every way into a job waits for an approval in an earlier one. */
export function isApprovedBefore(
  set: WorkflowSet,
  facts: JobFacts,
  gate: Pick<GateFacts, 'environments'>,
): boolean {
  return callChainsOf(set, facts).every((chain) =>
    chain.some((link) =>
      approvalsBefore(set, link, gate).some(
        (approval) => set.canStartWithout(link, approval).kind === 'holds',
      ),
    ),
  );
}
