import type { Source } from '../evidence/fact';
import type { Range } from '../text/position';
import { blocksOf } from '../documents/markdown/parse';
import { readTable } from '../documents/markdown/parts';
import { irreversibleColumns } from '../documents/release-plan/release-plan-kind';
import { planPathOf } from './assess-release';
import type { OverrideOnRecord } from '../records/record';
import type { Criterion, JudgedCondition } from './condition';
import type { ReadinessFacts } from './facts';
import type { Readiness, ReadinessVerdict } from './judge';
import { isAbout, ROLLBACK_PREFIX } from './overrides';
import { releaseData } from './release-data';
import { actionAt, shownEvidence } from './reports/evidence';
import { credibilityWords, headlineOf, scopeOf } from './reports/summary';

/*
 * What an interactive face shows of a judgement, worked out once for all of them: texts are as the repository and the
 * engine have them, so whoever shows them escapes them. Nothing here decides anything.
 */

/** Where a face can go: a place that stands in the repository as it is now. */
export interface ViewPlace {
  readonly path: string;
  readonly range: Range | null;
}

/** Something that was read: in words, and as a place where it can be opened. */
export interface ViewSource {
  readonly text: string;
  /** What stands there: the statement, the subject of a commit, an answer; '' where there is nothing more to say. */
  readonly detail: string;
  /** Null where there is no file to open: a commit, a tag, a file that only the base has. */
  readonly place: ViewPlace | null;
}

/** What a person can start from where they read what is missing. None of it decides or writes by itself. */
export type ViewStep =
  | { readonly kind: 'open'; readonly place: ViewPlace; readonly title: string }
  | { readonly kind: 'write-plan' }
  | { readonly kind: 'write-runbook' }
  | { readonly kind: 'check' }
  | { readonly kind: 'show-paths' }
  | { readonly kind: 'record-drill'; readonly drill: string }
  | { readonly kind: 'record-approval' };

/** A condition as it is shown; `state` says in words what its colour may say as well. */
export interface ViewCondition {
  readonly id: string;
  readonly title: string;
  readonly state: 'fails' | 'unknown' | 'waived' | 'holds';
  /** Whether it stops the release, or only warns. */
  readonly isBlocking: boolean;
  readonly why: string;
  readonly next: string | null;
  readonly sources: readonly ViewSource[];
  readonly steps: readonly ViewStep[];
  readonly override: ViewOverride | null;
}

/** A person's word that a condition need not hold, with the record that it stands in. */
export interface ViewOverride {
  readonly condition: string;
  readonly by: string;
  readonly reason: string;
  /** ISO date, the last day on which it holds. */
  readonly until: string;
  readonly source: ViewSource;
}

/** Something that going back does not undo. */
export interface ViewAction {
  readonly kind: string;
  readonly statement: string;
  readonly why: string;
  readonly source: ViewSource;
  /** What the plan says that makes up for it; null where nothing does. */
  readonly compensatedBy: string | null;
  /** Why it counts for nothing yet, completing "the action …"; null where it is compensated. */
  readonly open: string | null;
  /** What would. */
  readonly advice: string | null;
  readonly steps: readonly ViewStep[];
}

/** A line of a file that speaks against the release. */
export interface ViewMark {
  readonly path: string;
  /** Null: the whole file. */
  readonly range: Range | null;
  readonly state: 'fails' | 'unknown';
  readonly isBlocking: boolean;
  readonly message: string;
  /** The condition that it speaks against. */
  readonly condition: string;
  /** The page of our documentation that says more. */
  readonly page: 'readiness' | 'change';
}

/** A judgement as it is shown. */
export interface ReadinessView {
  readonly verdict: ReadinessVerdict;
  readonly service: string | null;
  readonly version: string;
  readonly environment: string;
  /** "2 conditions fail, 1 is not known": what follows the verdict in every report. */
  readonly summary: string;
  /** What is released: commits, risk, rollout; a sentence each, without a full stop. */
  readonly scope: readonly string[];
  /** What a reader must know of the judgement itself; the same. */
  readonly notes: readonly string[];
  readonly reasons: readonly ViewCondition[];
  readonly rollback: {
    /** "credible", "not credible", "not known to be credible". */
    readonly state: string;
    readonly conditions: readonly ViewCondition[];
    /** Why there are none; null where there are. */
    readonly missing: string | null;
  };
  readonly actions: readonly ViewAction[];
  readonly overrides: readonly ViewOverride[];
  /** Records about this version that set nothing aside: the record, and a clause that says why. */
  readonly idleOverrides: readonly { readonly source: ViewSource; readonly why: string }[];
  readonly criteria: readonly {
    readonly criterion: Criterion;
    readonly title: string;
    readonly status: 'pass' | 'fail' | 'unknown';
    /** The conditions that speak for it, with their state. */
    readonly conditions: readonly string[];
    /** What nothing before the release can show; a clause. */
    readonly onlyRelease: string;
  }[];
  readonly held: readonly ViewCondition[];
  /** Those that were not asked, and why. */
  readonly notAsked: readonly { readonly id: string; readonly title: string; readonly why: string }[];
  readonly marks: readonly ViewMark[];
}

/** What a face shows of a judgement. */
export function readinessView(readiness: Readiness): ReadinessView {
  const { facts, verdict, conditions, rollback, reasons, criteria } = readiness;
  const { version, environment } = facts.asked;
  const data = releaseData(facts, version);
  const actions = (facts.change?.irreversible ?? []).map((action, index): ViewAction => {
    const compensatedBy = action.compensatedBy ?? null;
    const open = facts.settlement?.actions[index]?.open ?? null;
    return {
      kind: action.kind,
      statement: action.statement,
      why: action.why,
      source: fileText(action.path, action.range, facts, action.side === 'base'),
      compensatedBy,
      open: compensatedBy === null ? (open ?? 'is compensated by nothing') : null,
      advice: action.compensation,
      steps: compensatedBy === null ? [rowStep(facts, index)] : [],
    };
  });
  return {
    verdict,
    service: data.release.service,
    version,
    environment,
    summary: headlineOf(readiness).replace(/^[^;]*; /, ''),
    scope: scopeOf(readiness),
    notes: [...(facts.change?.range.notes ?? []), ...readiness.notes],
    reasons: reasons.map((each) => conditionView(each, facts)),
    rollback: {
      state: credibilityWords(readiness),
      conditions: rollback.map((each) => conditionView(each, facts)),
      missing:
        rollback.length > 0
          ? null
          : facts.credibility === null
            ? `none of its conditions could be asked: ${facts.noChange}`
            : 'none of its conditions was asked',
    },
    actions,
    overrides: facts.overrides.inForce.map((override) => overrideView(override, facts)),
    idleOverrides: [
      ...facts.overrides.idle.map(({ override, why }) => ({
        source: fileText(override.path, null, facts, false),
        why: `sets nothing aside: it ${why}`,
      })),
      ...facts.overrides.refused.map(({ path, why }) => ({
        source: fileText(path, null, facts, false),
        why: `does not count: it ${why}`,
      })),
    ],
    criteria: criteria.map(({ criterion, title, status, conditions: own, onlyRelease }) => ({
      criterion,
      title,
      status,
      conditions: own.map((each) => `${each.id}: ${stateWord(each)}`),
      onlyRelease,
    })),
    held: conditions.filter(({ status }) => status === 'pass').map((each) => conditionView(each, facts)),
    notAsked: conditions
      .filter(({ status }) => status === 'off' || status === 'not-applicable')
      .map(({ id, title, why }) => ({ id, title, why })),
    marks: marksOf(readiness),
  };
}

/** The verdict as people say it. */
export function verdictWord(verdict: ReadinessVerdict): 'GO' | 'NO-GO' | 'UNKNOWN' {
  switch (verdict) {
    case 'go':
      return 'GO';
    case 'no-go':
      return 'NO-GO';
    case 'unknown':
      return 'UNKNOWN';
  }
}

/** The state of a condition with its weight: "fails, blocks", "unknown, warns", "waived", "holds". */
export function stateText({ state, isBlocking }: Pick<ViewCondition, 'state' | 'isBlocking'>): string {
  return state === 'fails' || state === 'unknown' ? `${state}, ${isBlocking ? 'blocks' : 'warns'}` : state;
}

const STATES = { pass: 'holds', fail: 'fails', unknown: 'unknown', waived: 'waived' } as const;

function conditionView(judged: JudgedCondition, facts: ReadinessFacts): ViewCondition {
  const { id, title, weight, status, why, next, evidence, override } = judged;
  const state = status === 'off' || status === 'not-applicable' ? 'holds' : STATES[status];
  return {
    id,
    title,
    state,
    isBlocking: weight === 'block',
    why,
    next,
    sources: evidence.map((source) => sourceText(source, facts)),
    steps: state === 'fails' || state === 'unknown' ? stepsFor(id, facts) : [],
    override: override && overrideView(override, facts),
  };
}

function overrideView(override: OverrideOnRecord, facts: ReadinessFacts): ViewOverride {
  const { condition, name, reason, until, path } = override;
  return { condition, by: name, reason, until, source: fileText(path, null, facts, false) };
}

function stateWord(judged: JudgedCondition): string {
  return judged.status === 'off' || judged.status === 'not-applicable'
    ? judged.status
    : STATES[judged.status];
}

function sourceText(source: Source, facts: ReadinessFacts): ViewSource {
  const { place: text, text: detail } = shownEvidence(source, facts);
  if (source.kind !== 'file') return { text, detail, place: null };
  // What the base had at a line may stand at another today, or nowhere.
  const isOfBase = actionAt(source, facts)?.side === 'base';
  return { ...fileText(source.path, source.range, facts, isOfBase), detail };
}

function fileText(path: string, range: Range | null, facts: ReadinessFacts, isOfBase: boolean): ViewSource {
  const text = range ? `${path}:${range.start.line}` : path;
  if (isOfBase) return { text: `${text} (before the change)`, detail: '', place: null };
  return { text, detail: '', place: facts.paths.has(path) ? { path, range } : null };
}

/** What a person does about a condition; those of whom the reports say it in words only have none. */
function stepsFor(id: string, facts: ReadinessFacts): readonly ViewStep[] {
  switch (id) {
    case 'workflows-proven':
      return [{ kind: 'check' }, { kind: 'show-paths' }];
    case 'documents-sound':
      return facts.documents.length > 0
        ? [{ kind: 'check' }]
        : [{ kind: 'write-plan' }, { kind: 'write-runbook' }];
    case `${ROLLBACK_PREFIX}actions-compensated`:
      return [planStep(facts, 'irreversible')];
    case 'rollback-documented':
    case `${ROLLBACK_PREFIX}runs-on-new-schema`:
    case `${ROLLBACK_PREFIX}within-rto`:
    case `${ROLLBACK_PREFIX}triggers-machine-readable`:
      return [planStep(facts)];
    case `${ROLLBACK_PREFIX}drilled`:
      return [{ kind: 'record-drill', drill: 'rollback' }];
    case 'backup-restore-drilled':
      return [{ kind: 'record-drill', drill: 'backup-restore' }];
    case 'disaster-recovery-drilled':
      return [{ kind: 'record-drill', drill: 'disaster-recovery' }];
    case 'approved':
      return [{ kind: 'record-approval' }];
    default:
      return [];
  }
}

/** The plan at the section about going back; to be written where there is none. */
function planStep({ plan, configuration }: ReadinessFacts, sectionId = 'rollback'): ViewStep {
  if (!plan) return { kind: 'write-plan' };
  const section = plan.sections.find(({ id }) => id === sectionId);
  const range = section ? plan.lines.rangeOf(section.headingSpan) : null;
  return { kind: 'open', place: { path: planPathOf(configuration), range }, title: 'Open the Plan' };
}

/** The plan at the row of an action, where it has one. */
function rowStep(facts: ReadinessFacts, index: number): ViewStep {
  const { plan, settlement, configuration } = facts;
  const row = settlement?.actions[index]?.row ?? null;
  const span =
    plan && row !== null ? readTable(blocksOf(plan, 'irreversible'), irreversibleColumns)[row]?.span : null;
  if (!plan || !span) return planStep(facts, 'irreversible');
  const place = { path: planPathOf(configuration), range: plan.lines.rangeOf(span) };
  return { kind: 'open', place, title: 'Open the Plan at Its Row' };
}

/** A sentence as the end of another; names and abbreviations stay. */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]+\b/.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
}

/** The condition that an action without compensation breaks. */
const COMPENSATED = `${ROLLBACK_PREFIX}actions-compensated`;

/**
 * The lines that speak against the release, each once. A line at which the check already has a finding is left to it, and
 * what is waived is not marked.
 */
function marksOf({ reasons, rollback, facts }: Readiness): readonly ViewMark[] {
  const marks = new Map<string, ViewMark>();
  const checked = new Set(
    facts.check.findings
      .filter(({ status }) => status !== 'waived')
      .flatMap(({ path, range }) => (range ? [`${path}:${range.start.line}`] : [])),
  );
  const add = (mark: ViewMark): void => {
    const key = `${mark.path}:${mark.range?.start.line ?? 1}`;
    if (facts.paths.has(mark.path) && !checked.has(key) && !marks.has(key)) marks.set(key, mark);
  };
  const isWaived = facts.overrides.inForce.some((override) => isAbout(override, COMPENSATED));
  for (const action of facts.change?.irreversible ?? []) {
    if (
      (action.compensatedBy ?? null) !== null ||
      action.range === null ||
      action.side !== 'head' ||
      isWaived
    )
      continue;
    add({
      path: action.path,
      range: action.range,
      state: action.kind === 'unjudgeable' ? 'unknown' : 'fails',
      isBlocking: rollback.some(({ id, weight }) => id === COMPENSATED && weight === 'block'),
      message: `${action.why}; nothing in the plan compensates it`,
      condition: COMPENSATED,
      page: 'change',
    });
  }
  for (const { id, status, weight, why, next, evidence } of reasons) {
    // Each action is marked above, in words of its own.
    if ((status !== 'fail' && status !== 'unknown') || id === COMPENSATED) continue;
    for (const source of evidence) {
      if (source.kind !== 'file' || source.range === null) continue;
      add({
        path: source.path,
        range: source.range,
        state: STATES[status],
        isBlocking: weight === 'block',
        message: `${why}${next === null ? '' : `; next: ${lowerFirst(next)}`}`,
        condition: id,
        page: 'readiness',
      });
    }
  }
  return [...marks.values()];
}
