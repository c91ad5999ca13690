import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { minutesOf } from '../../documents/markdown/parts';
import type { Step } from '../../documents/markdown/steps';
import { fileSource, type Source } from '../../evidence/fact';
import { durationText, readDuration } from '../../records/duration';
import { settingsOf, type RollbackCondition, type RollbackEvidence } from './condition';
import { dayOf, drillOf } from './drilled';

interface Told {
  readonly minutes: number;
  readonly by: string;
  readonly sources: readonly Source[];
}

/** Whether the rollback takes no longer than users can wait. A drill measures it; an estimate is a claim. */
export function withinRto(evidence: RollbackEvidence): RollbackCondition {
  const id = 'within-rto';
  const objective = objectiveOf(evidence);
  const drill = drillOf(evidence);
  const estimate = estimateOf(evidence);
  if (!objective) {
    const took =
      drill.kind === 'counts' ? `the rollback took ${durationText(drill.drill.seconds)}, but ` : '';
    return {
      id,
      status: 'unknown',
      why: `${took}the recovery time objective is written neither in the configuration nor in the plan`,
      evidence: drill.kind === 'counts' ? [fileSource(drill.drill.path)] : [],
    };
  }
  const within = `the recovery time objective of ${minutesText(objective.minutes)} (${objective.by})`;
  if (drill.kind === 'counts') {
    const { seconds, path } = drill.drill;
    const holds = seconds <= objective.minutes * 60;
    return {
      id,
      status: holds ? 'pass' : 'fail',
      why: `the drill of ${dayOf(drill.drill)} took ${durationText(seconds)}, ${holds ? 'within' : 'longer than'} ${within}`,
      evidence: [fileSource(path), ...objective.sources],
    };
  }
  if (!estimate) {
    return {
      id,
      status: 'unknown',
      why: `no drill measured how long the rollback takes, and no plan or runbook estimates it, so nothing can be held against ${within}`,
      evidence: objective.sources,
    };
  }
  const holds = estimate.minutes <= objective.minutes;
  return {
    id,
    status: holds ? 'unknown' : 'fail',
    why: holds
      ? `${estimate.by} say ${minutesText(estimate.minutes)}, within ${within}: a claim, since no drill measured it`
      : `${estimate.by} say ${minutesText(estimate.minutes)}, longer than ${within}`,
    evidence: [...estimate.sources, ...objective.sources],
  };
}

/** How long a rollback may take, in minutes: the configuration's word, else the plan's; null where neither tells. */
export function objectiveMinutesOf(evidence: Pick<RollbackEvidence, 'settings' | 'plan'>): number | null {
  return objectiveOf(evidence)?.minutes ?? null;
}

function objectiveOf(evidence: Pick<RollbackEvidence, 'settings' | 'plan'>): Told | null {
  const { objectiveMinutes } = settingsOf(evidence);
  if (objectiveMinutes !== null) return { minutes: objectiveMinutes, by: 'configuration', sources: [] };
  const { plan } = evidence;
  if (!plan) return null;
  const minutes = readMinutes(plan.data.rollback.declaration.recoveryTimeObjective);
  return minutes === null ? null : { minutes, by: plan.path, sources: [fileSource(plan.path)] };
}

/** What the plan estimates, else its steps in sum, else those of the runbook; each only where no part is open. */
function estimateOf({ plan, runbook }: RollbackEvidence): Told | null {
  if (plan) {
    const told = readMinutes(plan.data.rollback.declaration.estimatedMinutes);
    if (told !== null)
      return { minutes: told, by: `the estimates of ${plan.path}`, sources: [fileSource(plan.path)] };
    const sum = sumOf(plan.data.rollback.steps);
    if (sum !== null)
      return { minutes: sum, by: `the steps of ${plan.path}`, sources: [fileSource(plan.path)] };
  }
  const sum = runbook ? sumOf(runbook.data.rollback.steps) : null;
  return runbook && sum !== null
    ? { minutes: sum, by: `the steps of ${runbook.path}`, sources: [fileSource(runbook.path)] }
    : null;
}

function sumOf(steps: readonly Step[]): number | null {
  let sum = 0;
  for (const { durationMinutes } of steps) {
    if (durationMinutes === null) return null;
    sum += durationMinutes;
  }
  return steps.length > 0 ? sum : null;
}

function readMinutes(text: string): number | null {
  if (text.trim() === '' || holdsPlaceholder(text)) return null;
  const seconds = readDuration(text);
  return seconds === null ? minutesOf(text) : seconds / 60;
}

function minutesText(minutes: number): string {
  return durationText(minutes * 60);
}
