import { fileSource, type Source } from '../../evidence/fact';
import { enumerated } from '../../text/words';
import { isMetric, readTrigger, type TriggerReading } from '../typed-trigger';
import { settingsOf, type RollbackCondition, type RollbackEvidence, type TriggerRow } from './condition';

/** A trigger of a document with what could be read of it. */
export interface JudgedTrigger {
  readonly row: TriggerRow;
  readonly reading: TriggerReading;
}

/** The triggers of the plan, else of the runbook, else those that a plan would have; each read. */
export function triggersOf({ triggers, plan, runbook }: RollbackEvidence): readonly JudgedTrigger[] {
  const ofPlan = (plan?.data.rollback.triggers ?? []).map((row) => ({
    ...row,
    source: fileSource(plan?.path ?? ''),
  }));
  const ofRunbook = (runbook?.data.rollback.triggers ?? []).map((row) => ({
    ...row,
    source: fileSource(runbook?.path ?? ''),
  }));
  const written: readonly TriggerRow[] = [...ofPlan, ...ofRunbook];
  const baselineOf = (metric: string): string | null =>
    runbook?.data.baselines.find(
      (baseline) => isMetric(baseline.metric, metric) || isMetric(metric, baseline.metric),
    )?.good ?? null;
  return (written.length > 0 ? written : triggers).map((row) => ({
    row,
    reading: readTrigger(row, baselineOf),
  }));
}

/** Whether a monitor can tell by itself when to go back, for each metric that is required. */
export function triggersMachineReadable(evidence: RollbackEvidence): RollbackCondition {
  const id = 'triggers-machine-readable';
  const judged = triggersOf(evidence);
  const sources = distinct(judged.flatMap(({ row }) => (row.source ? [row.source] : [])));
  if (judged.length === 0) return { id, status: 'unknown', why: 'no trigger is set', evidence: [] };
  const isWritten = sources.length > 0;
  const missing: string[] = [];
  const incomplete: string[] = [];
  const baselines: string[] = [];
  const { requiredMetrics } = settingsOf(evidence);
  for (const metric of requiredMetrics) {
    const own = judged.filter(({ row }) => isMetric(row.metric, metric));
    if (own.length === 0) {
      missing.push(metric);
      continue;
    }
    // One trigger that a monitor can decide is enough; others of the metric may wait for a baseline.
    if (own.some(({ reading }) => reading.ok)) continue;
    const [first] = own;
    if (!first || first.reading.ok) continue;
    if (own.some(({ reading }) => !reading.ok && reading.onlyBaseline)) baselines.push(metric);
    else incomplete.push(`that of ${metric} has no ${enumerated(first.reading.lacks, 'and')}`);
  }
  const where = isWritten ? '' : ' (the defaults: no plan or runbook sets any)';
  if (missing.length > 0 || incomplete.length > 0) {
    const parts = [
      ...(missing.length > 0 ? [`no trigger is set for ${enumerated(missing, 'and')}`] : []),
      ...incomplete,
    ];
    return {
      id,
      status: isWritten ? 'fail' : 'unknown',
      why: `${parts.join('; ')}${where}`,
      evidence: sources,
    };
  }
  if (baselines.length > 0) {
    return {
      id,
      status: 'unknown',
      why: `the baseline of ${enumerated(baselines, 'and')} is not measured, so a threshold relative to it cannot be compared${where}`,
      evidence: sources,
    };
  }
  return isWritten
    ? {
        id,
        status: 'pass',
        why: `${enumerated(requiredMetrics, 'and')} each have metric, comparison, number, window and for how long`,
        evidence: sources,
      }
    : {
        id,
        status: 'unknown',
        why: 'no plan or runbook sets the triggers yet; the defaults would be machine-readable',
        evidence: [],
      };
}

function distinct(sources: readonly Source[]): readonly Source[] {
  const seen = new Set<string>();
  return sources.filter((source) => {
    const key = JSON.stringify(source);
    return !seen.has(key) && seen.add(key);
  });
}
