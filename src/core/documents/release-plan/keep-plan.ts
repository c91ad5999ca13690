import { renderKeepingWritten, renderReplacing, type KeptDocument } from '../keep-written';
import { holdsPlaceholder } from '../markdown/placeholders';
import type { IrreversibleAction, ReleasePlan } from './release-plan';
import { releasePlanKind } from './release-plan-kind';

/** What keeping needs to know of the new plan besides its data. */
export interface KeepPlanOptions {
  /** For each row of the new plan's irreversible actions the row of the plan that stands there; null for none. */
  readonly rowOf: readonly (number | null)[];
  /** Whether the engine writes such a step or decision, for plans from before it wrote down what is its own. */
  readonly isOwnStep: (title: string) => boolean;
  readonly isOwnDecision: (text: string) => boolean;
}

/**
 * What the engine reads from the repository, by section: columns, keys, rows (`row`) and paragraphs (`text`). In a plan from
 * before it wrote down what is its own these are taken for its own.
 */
const FACTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['---', ['base', 'head']],
  ['summary', ['text']],
  ['scope', ['row', 'evidence', 'risk level', 'why']],
  ['components', ['row', 'files', 'commits']],
  [
    'changes',
    ['row', 'commits', 'classified', 'unclassified', 'undone again', 'change', 'component', 'detail'],
  ],
  ['irreversible', ['line', 'why', 'advice']],
  ['risks', ['likelihood', 'impact', 'blast radius', 'trigger', 'state']],
  ['rollout', ['recommended', 'why']],
  ['overrides', ['row', 'by', 'reason', 'until']],
]);

/** What the engine declares where the change leaves the schema alone: no person's word, so it is not kept. */
export const SCHEMA_UNTOUCHED = 'the change does not touch the schema';

/** How a plan says that its version is only proposed: a later proposal for the same range is the same release. */
export const PROPOSED_VERSION = 'Confirm the version ';

/**
 * Whether two plans are of the same release: the same version; where one of them has none or only a proposed one, the same
 * base. What people wrote for another release is not theirs to say of this one.
 */
export function isSameRelease(
  now: Pick<ReleasePlan, 'version' | 'range'>,
  before: Pick<ReleasePlan, 'version' | 'range' | 'openDecisions'>,
): boolean {
  const isProposed = before.openDecisions.some((decision) => decision.startsWith(PROPOSED_VERSION));
  if (isProposed || isOpen(now.version) || isOpen(before.version)) {
    return now.range.base === before.range.base;
  }
  return now.version === before.version || bare(now.version) === bare(before.version);
}

/**
 * The plan with what people wrote into the one that stands there. What they wrote for another release is not theirs to say
 * of this one: of such a plan only what compensates a statement that this change has too is kept.
 */
export function keepWrittenPlan(
  path: string,
  now: ReleasePlan,
  existing: string,
  options: KeepPlanOptions,
): KeptDocument {
  const { data: before } = releasePlanKind.read(path, existing);
  if (!isSameRelease(now, before)) {
    const notes: string[] = [];
    const irreversible = keptActions(now.irreversible, before.irreversible, options.rowOf, notes);
    const isEmpty = !options.rowOf.some((row) => row !== null);
    const kept = renderReplacing(releasePlanKind, path, { ...now, irreversible }, existing);
    return {
      ...kept,
      notes: [
        `The plan that stands there is of ${named(before)}, this one of ${named(now)}: nothing of it was kept${isEmpty ? '' : ' but what it says of the same statements'}`,
        ...notes,
        ...kept.notes,
      ],
    };
  }
  const { runsOnNewSchemaEvidence } = before.rollback.declaration;
  const wasUntouched = runsOnNewSchemaEvidence === SCHEMA_UNTOUCHED;
  return renderKeepingWritten(releasePlanKind, path, now, existing, {
    rowsOf: (section) => (section === 'irreversible' ? options.rowOf : null),
    isOwn: (section, key, shown) => {
      if (FACTS.get(section)?.includes(key)) return true;
      if (key === 'step') return options.isOwnStep(shown);
      if (key === 'item') return section === 'open' && options.isOwnDecision(shown);
      return section === 'rollback' && wasUntouched && ['runs on the new schema', 'evidence'].includes(key);
    },
  });
}

function keptActions(
  now: readonly IrreversibleAction[],
  before: readonly IrreversibleAction[],
  rowOf: readonly (number | null)[],
  notes: string[],
): readonly IrreversibleAction[] {
  const used = new Set(rowOf);
  before.forEach((row, index) => {
    const words = [row.compensation, row.evidence, row.by].filter((cell) => cell !== '' && !isOpen(cell));
    if (used.has(index) || words.length === 0) return;
    notes.push(
      `Left out a row that was filled for a statement which this change no longer holds: ${row.path}, "${row.statement}" (${words.join('; ')})`,
    );
  });
  return now.map((row, index) => {
    const old = before[rowOf[index] ?? -1];
    if (!old) return row;
    const cell = (own: string, written: string): string =>
      written === '' || isOpen(written) ? own : written;
    return {
      ...row,
      compensation: cell(row.compensation, old.compensation),
      evidence: cell(row.evidence, old.evidence),
      by: cell(row.by, old.by),
    };
  });
}

function isOpen(text: string): boolean {
  return holdsPlaceholder(text);
}

function bare(version: string): string {
  return version.trim().replace(/^v(?=\d)/i, '');
}

function named(plan: ReleasePlan): string {
  if (!isOpen(plan.version) && plan.version !== '') return plan.version;
  return plan.range.base === '' ? 'a release without a version' : `the release since ${plan.range.base}`;
}
