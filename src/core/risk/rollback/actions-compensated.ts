import type { IrreversibleAction } from '../../change/change';
import { fileSource } from '../../evidence/fact';
import { counted } from '../../text/words';
import type { RollbackCondition, RollbackEvidence } from './condition';

/** So many open actions are named with their places; all of them are evidence. */
const MAX_NAMED = 5;

/** Whether each action that going back does not undo has something in the plan that makes up for it. */
export function actionsCompensated({ change, plan }: RollbackEvidence): RollbackCondition {
  const id = 'actions-compensated';
  const actions = change.irreversible;
  const [only] = actions;
  if (!only) {
    return {
      id,
      status: 'pass',
      why: 'the change shows nothing that going back does not undo',
      evidence: [],
    };
  }
  const open = actions.filter(({ compensatedBy = null }) => compensatedBy === null);
  if (open.length === 0) {
    return {
      id,
      status: 'pass',
      why:
        actions.length === 1
          ? `the plan compensates the one action that cannot be undone, ${placeOf(only)}: ${only.compensatedBy ?? ''}`
          : `the plan compensates each of the ${actions.length} actions that cannot be undone`,
      evidence: [
        ...(plan ? [fileSource(plan.path)] : []),
        ...actions.map((action) => fileSource(action.path, action.range)),
      ],
    };
  }
  const named = open.slice(0, MAX_NAMED).map(placeOf).join(', ');
  const more = open.length > MAX_NAMED ? ` and ${open.length - MAX_NAMED} more` : '';
  return {
    id,
    status: 'fail',
    why: `${counted(open.length, 'action')}${open.length < actions.length ? ` of ${actions.length}` : ''} cannot be undone or judged and nothing compensates ${open.length === 1 ? 'it' : 'them'}: ${named}${more}`,
    evidence: open.map((action) => fileSource(action.path, action.range)),
  };
}

function placeOf(action: IrreversibleAction): string {
  const place = action.range ? `${action.path}:${action.range.start.line}` : action.path;
  return action.side === 'base' ? `${place} (as it was before)` : place;
}
