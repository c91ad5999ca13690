import type { Change, DiffRisk, IrreversibleAction } from '../change/change';
import { holdsPlaceholder } from '../documents/markdown/placeholders';
import { plainText } from '../documents/markdown/write';
import type {
  IrreversibleAction as PlannedAction,
  ReleasePlan,
} from '../documents/release-plan/release-plan';
import { namesPerson } from '../records/strict';
import { enumerated } from '../text/words';

/** What makes a loss survivable, as plans name it, and the words by which a person's own wording is known to mean it. */
export const COMPENSATIONS: readonly { readonly name: string; readonly words: RegExp }[] = [
  { name: 'expand and contract', words: /\bexpand\b.*\bcontract\b|\bparallel change\b/i },
  { name: 'backup with tested restore', words: /\b(?:backup|back(?:ed)? up|snapshot|dump)\b.*\brestor/i },
  { name: 'dual writing', words: /\bdual(?:ly)?[- ]writ|\bwrit\w*\b.*\bboth\b/i },
  { name: 'copy first', words: /\bcop(?:y|ied)\b|\bcopying\b/i },
];

/** One action of the change with what the plan says about it. */
export interface SettledAction {
  /** As the change has it; what a person's review of an unjudgeable one says is in it. */
  readonly action: IrreversibleAction;
  /** The place of its row among those of the plan; null where the plan has none for it. */
  readonly row: number | null;
  /** Why it is still open, completing "…": "has no row in the plan"; null where it is compensated. */
  readonly open: string | null;
}

/** A change held against the plan of its release. */
export interface Settlement {
  /** As git tells it, without what the plan says of it. */
  readonly asRead: Change;
  /** With `compensatedBy` at each action; what a person reviewed as reversible is a risk, no action. */
  readonly change: Change;
  /** The actions of `change`, in their order. */
  readonly actions: readonly SettledAction[];
  /** For each action of `asRead` the place of its row in the plan; null where it has none. */
  readonly rowOf: readonly (number | null)[];
  /** Rows of the plan whose statement the change does not hold: they compensate nothing. */
  readonly stale: readonly number[];
}

/**
 * Holds a change against the plan of its release. A row is that of an action by path and statement, white space folded; the
 * line may have moved, and each row covers one action. A compensation counts that names its kind, has its evidence and the
 * person who stands for it; a placeholder, an empty cell, "none" or "n/a" is none. Without a plan everything stays open.
 */
export function settle(change: Change, plan: Pick<ReleasePlan, 'irreversible'> | null): Settlement {
  const rows = plan?.irreversible ?? [];
  const rowOf = rowsOf(change.irreversible, rows);
  const actions: SettledAction[] = [];
  const reviewed: DiffRisk[] = [];
  change.irreversible.forEach((action, index) => {
    const at = rowOf[index] ?? null;
    const row = at === null ? null : (rows[at] ?? null);
    if (row === null) {
      const open = plan === null ? 'is in no plan' : 'has no row in the plan';
      actions.push({ action: { ...action, compensatedBy: null }, row: null, open });
      return;
    }
    const review = action.kind === 'unjudgeable' ? reviewIn(row) : null;
    if (review?.isReversible === true) {
      reviewed.push({
        path: action.path,
        range: action.range,
        statement: action.statement,
        what: 'does what only a person could judge',
        why: `${row.by} reviewed it in the plan as reversible: ${review.reason}`,
      });
      return;
    }
    const settled: IrreversibleAction = review
      ? {
          ...action,
          kind: 'data-delete',
          why: `${row.by} reviewed it in the plan as irreversible: ${review.reason}`,
        }
      : action;
    const words = review ? review.rest : row.compensation;
    const open = gapOf(settled, row, words);
    actions.push({
      action: { ...settled, compensatedBy: open === null ? words : null },
      row: at,
      open,
    });
  });
  const taken = new Set(rowOf);
  return {
    asRead: change,
    change: {
      ...change,
      irreversible: actions.map(({ action }) => action),
      risks: [...change.risks, ...reviewed],
    },
    actions,
    rowOf,
    stale: rows.flatMap((_, index) => (taken.has(index) ? [] : [index])),
  };
}

/** Whether a cell holds an answer of a person rather than nothing. */
export function isAnswered(cell: string): boolean {
  const text = cell.trim();
  return (
    /[\p{L}\p{N}]/u.test(text) &&
    !holdsPlaceholder(text) &&
    !/^(?:n\/?a|tbd|todo|to do|none|nothing|no|unknown|not (?:needed|necessary|applicable|required))\.?$/i.test(
      text,
    )
  );
}

/** What is still to be done about an action that the plan names; null where it is compensated. */
function gapOf(action: IrreversibleAction, row: PlannedAction, words: string): string | null {
  const kinds = enumerated(
    COMPENSATIONS.map(({ name }) => name),
    'or',
  );
  if (action.kind === 'unjudgeable') {
    const review = REVIEW.exec(words);
    if (!review) return 'could not be judged and was not reviewed';
    return namesPerson(row.by)
      ? 'has a review without a reason'
      : 'has a review without the name of the person who stands for it';
  }
  if (!isAnswered(words)) return 'has no compensation in the plan';
  if (REVIEW.test(words)) {
    return 'is told by its statement, so that a review changes nothing: it needs a compensation';
  }
  if (!COMPENSATIONS.some((each) => each.words.test(words))) {
    return `has a compensation of no kind that is known (${kinds})`;
  }
  const lacks = [
    isAnswered(row.evidence) ? null : 'evidence',
    namesPerson(row.by) ? null : 'name of the person who stands for it',
  ].filter((part) => part !== null);
  return lacks.length === 0 ? null : `has a compensation without ${enumerated(lacks, 'and')}`;
}

const REVIEW = /^\s*reviewed[ \t]+(reversible|irreversible)[ \t]*:[ \t]*(.*)$/i;

interface PlanReview {
  readonly isReversible: boolean;
  readonly reason: string;
  /** What stands behind the reason, after a semicolon: the compensation of what was reviewed as irreversible. */
  readonly rest: string;
}

/** The review that a person wrote into the row of what could not be judged; null without a reason or a name. */
function reviewIn(row: PlannedAction): PlanReview | null {
  const match = REVIEW.exec(row.compensation);
  if (!match || holdsPlaceholder(row.compensation) || !namesPerson(row.by)) return null;
  const isReversible = match[1]?.toLowerCase() === 'reversible';
  const [reason = '', ...rest] = (match[2] ?? '').split(';');
  if (!isAnswered(reason)) return null;
  return { isReversible, reason: reason.trim(), rest: rest.join(';').trim() };
}

/**
 * For each action the row that is its own: first where line and reason are the same too, then by what is left, so that two
 * actions of one statement keep their rows.
 */
export function rowsOf(
  actions: readonly IrreversibleAction[],
  rows: readonly PlannedAction[],
): readonly (number | null)[] {
  const found = new Array<number | null>(actions.length).fill(null);
  const byKey = new Map<string, number[]>();
  rows.forEach((row, index) => {
    const key = keyOf(row);
    const same = byKey.get(key);
    if (same) same.push(index);
    else byKey.set(key, [index]);
  });
  const tests: readonly ((action: IrreversibleAction, row: PlannedAction) => boolean)[] = [
    (action, row) => isSameLine(action, row) && isSameWhy(action, row),
    isSameWhy,
    isSameLine,
    () => true,
  ];
  for (const test of tests) {
    actions.forEach((action, index) => {
      if (found[index] !== null) return;
      const candidates = byKey.get(keyOf(action)) ?? [];
      const at = candidates.findIndex((each) => {
        const row = rows[each];
        return row !== undefined && test(action, row);
      });
      if (at >= 0) found[index] = candidates.splice(at, 1)[0] ?? null;
    });
  }
  return found;
}

function keyOf({ path, statement }: { readonly path: string; readonly statement: string }): string {
  return `${plainText(path)}\n${plainText(statement)}`;
}

function isSameLine(action: IrreversibleAction, row: PlannedAction): boolean {
  return row.line === (action.range?.start.line ?? null);
}

function isSameWhy(action: IrreversibleAction, row: PlannedAction): boolean {
  return row.why.startsWith(plainText(action.why));
}
