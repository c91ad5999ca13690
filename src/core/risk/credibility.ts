import { actionsCompensated } from './rollback/actions-compensated';
import type { RollbackCondition, RollbackEvidence } from './rollback/condition';
import { drilled } from './rollback/drilled';
import { runsOnNewSchema } from './rollback/runs-on-new-schema';
import { scriptHandlesRollback } from './rollback/script-handles-rollback';
import { targetExists } from './rollback/target-exists';
import { triggersMachineReadable, triggersOf } from './rollback/triggers-machine-readable';
import { withinRto } from './rollback/within-rto';
import type { TypedTrigger } from './typed-trigger';

export { CONDITION_IDS } from './rollback/condition';
export type { ConditionId, RollbackCondition, RollbackEvidence } from './rollback/condition';

/** Whether the rollback can be believed: not where any condition fails, unknown where any is unknown. */
export interface RollbackCredibility {
  readonly credible: boolean | 'unknown';
  readonly conditions: readonly RollbackCondition[];
  /** When to go back, as a monitor can decide it: the triggers of plan and runbook that have all their parts. */
  readonly triggers?: readonly TypedTrigger[];
}

const CONDITIONS: readonly ((evidence: RollbackEvidence) => RollbackCondition)[] = [
  targetExists,
  scriptHandlesRollback,
  actionsCompensated,
  runsOnNewSchema,
  drilled,
  withinRto,
  triggersMachineReadable,
];

/** Judges the rollback by what the repository, its records and the registry show. */
export function judgeRollback(evidence: RollbackEvidence): RollbackCredibility {
  const conditions = CONDITIONS.map((judge) => waived(judge(evidence), evidence));
  const isHeld = ({ status }: RollbackCondition): boolean => status === 'pass' || status === 'waived';
  return {
    credible: conditions.some(({ status }) => status === 'fail')
      ? false
      : conditions.every(isHeld)
        ? true
        : 'unknown',
    conditions,
    triggers: triggersOf(evidence).flatMap(({ reading }) => (reading.ok ? [reading.trigger] : [])),
  };
}

/** A person's override sets aside what does not hold; what holds needs none. */
function waived(condition: RollbackCondition, { overrides = [] }: RollbackEvidence): RollbackCondition {
  if (condition.status === 'pass') return condition;
  const override = overrides.find(
    (each) => each.condition === condition.id || each.condition === `rollback:${condition.id}`,
  );
  if (!override) return condition;
  return {
    ...condition,
    status: 'waived',
    why: `waived by ${override.name} until ${override.until}: ${override.reason}; without that it ${condition.status === 'fail' ? 'fails' : 'is unknown'}, since ${condition.why}`,
    evidence: [{ kind: 'file', path: override.path, range: null }, ...condition.evidence],
  };
}
