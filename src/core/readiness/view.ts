import type { Source } from '../evidence/fact';
import type { Range } from '../text/position';
import { counted, enumerated } from '../text/words';
import { planPathOf } from './assess-release';
import type { OverrideOnRecord } from '../records/record';
import type { Criterion, JudgedCondition } from './condition';
import type { ReadinessFacts } from './facts';
import type { Readiness, ReadinessVerdict } from './judge';
import { isAbout, ROLLBACK_PREFIX } from './overrides';
import { releaseData, type ReleaseData } from './release-data';

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
  /** What would. */
  readonly advice: string | null;
  readonly steps: readonly ViewStep[];
}

/** A line of a file that speaks against the release. */
export interface ViewMark {
  readonly path: string;
  readonly range: Range;
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
  /** "2 conditions that block fail and 1 is unknown". */
  readonly summary: string;
  /** What is released: commits, risk, rollout; a sentence each, without a full stop. */
  readonly scope: readonly string[];
  readonly reasons: readonly ViewCondition[];
  readonly rollback: {
    readonly state: 'credible' | 'not credible' | 'unknown';
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
    readonly status: 'pass' | 'fail' | 'unknown';
    /** The conditions that speak for it, with their state. */
    readonly conditions: readonly string[];
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
  const actions = data.irreversible.map((action): ViewAction => {
    const source = fileText(action.path, action.range, facts, action.side === 'base');
    return {
      kind: action.kind,
      statement: action.statement,
      why: action.why,
      source,
      compensatedBy: action.compensatedBy,
      advice: action.compensation,
      steps: action.compensatedBy === null ? [planStep(facts, action.path, action.range)] : [],
    };
  });
  return {
    verdict,
    service: data.release.service,
    version,
    environment,
    summary: summaryOf(reasons),
    scope: scopeOf(data, facts),
    reasons: reasons.map((each) => conditionView(each, facts)),
    rollback: {
      state:
        data.rollback.credible === 'unknown'
          ? 'unknown'
          : data.rollback.credible
            ? 'credible'
            : 'not credible',
      conditions: rollback.map((each) => conditionView(each, facts)),
      missing:
        rollback.length > 0
          ? null
          : `nothing is known of the change: ${data.unknownBecause ?? 'it was not read'}`,
    },
    actions,
    overrides: facts.overrides.inForce.map((override) => overrideView(override, facts)),
    idleOverrides: [
      ...facts.overrides.idle.map(({ override, why }) => ({
        source: fileText(override.path, null, facts, false),
        why,
      })),
      ...facts.overrides.refused.map(({ path, why }) => ({
        source: fileText(path, null, facts, false),
        why: `does not count: it ${why}`,
      })),
    ],
    criteria: criteria.map(({ criterion, status, conditions: own }) => ({
      criterion,
      status,
      conditions: own.map((each) => `${each.id}: ${stateWord(each)}`),
    })),
    held: conditions.filter(({ status }) => status === 'pass').map((each) => conditionView(each, facts)),
    notAsked: conditions
      .filter(({ status }) => status === 'off' || status === 'not-applicable')
      .map(({ id, title, why }) => ({ id, title, why })),
    marks: marksOf(readiness, data),
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

function summaryOf(conditions: readonly JudgedCondition[]): string {
  const of = (status: string, weight: string): number =>
    conditions.filter((each) => each.status === status && each.weight === weight).length;
  const failed = of('fail', 'block');
  const open = of('unknown', 'block');
  const waived = conditions.filter(({ status }) => status === 'waived').length;
  const warnings = of('fail', 'warn') + of('unknown', 'warn');
  const parts = [
    ...(failed > 0
      ? [`${counted(failed, 'condition')} that ${failed === 1 ? 'blocks fails' : 'block fail'}`]
      : []),
    ...(open > 0
      ? [`${counted(open, 'condition')} that ${open === 1 ? 'blocks is' : 'block are'} unknown`]
      : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
    ...(waived > 0 ? [`${waived} waived by a person`] : []),
  ];
  return parts.length === 0 ? 'every condition that blocks holds' : enumerated(parts, 'and');
}

function scopeOf(data: ReleaseData, facts: ReadinessFacts): readonly string[] {
  if (!facts.change) return [`What changes is not known: ${data.unknownBecause ?? 'it was not read'}`];
  const { range } = facts.change;
  const since = range.baseName === null ? 'from the first on' : `since ${range.baseName}`;
  return [
    `${counted(data.commits.total, 'commit')} ${since}, up to ${range.headTag ?? range.commits.head.slice(0, 12)}`,
    ...(data.touches.length > 0 ? [`Touches ${enumerated(data.touches, 'and')}`] : []),
    `Risk ${data.risk.level}`,
    `Rollout ${data.strategy.rollout}: ${data.strategy.why}`,
  ];
}

function sourceText(source: Source, facts: ReadinessFacts): ViewSource {
  switch (source.kind) {
    case 'file':
      return fileText(source.path, source.range, facts, false);
    case 'commit':
      return { text: `commit ${source.hash.slice(0, 12)} ${source.subject}`, place: null };
    case 'tag':
      return { text: `tag ${source.name} (${source.commit.slice(0, 12)})`, place: null };
    case 'git':
      return { text: source.what, place: null };
    case 'person':
      return { text: `what a person said about ${source.question}`, place: null };
  }
}

function fileText(path: string, range: Range | null, facts: ReadinessFacts, isOfBase: boolean): ViewSource {
  const text = range ? `${path}:${range.start.line}` : path;
  // What the base had at a line may stand at another today, or nowhere.
  if (isOfBase) return { text: `${text} (as it stood before this release)`, place: null };
  return { text, place: facts.paths.has(path) ? { path, range } : null };
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
    case `${ROLLBACK_PREFIX}runs-on-new-schema`:
    case `${ROLLBACK_PREFIX}within-rto`:
    case `${ROLLBACK_PREFIX}triggers-machine-readable`:
      return [planStep(facts, null, null)];
    case `${ROLLBACK_PREFIX}drilled`:
      return [{ kind: 'record-drill', drill: 'rollback' }];
    default:
      return [];
  }
}

/** The plan, at the row of an action where it is named; to be written where there is none. */
function planStep(facts: ReadinessFacts, path: string | null, range: Range | null): ViewStep {
  const { plan, configuration } = facts;
  if (!plan) return { kind: 'write-plan' };
  const section = plan.sections.find(({ id }) => id === (path === null ? 'rollback' : 'irreversible'));
  const rows = section ? plan.lines.rangeOf(section.span) : null;
  const place = (line: number): ViewStep => {
    const at = { line, column: 1 };
    return {
      kind: 'open',
      place: { path: planPathOf(configuration), range: { start: at, end: at } },
      title: path === null ? 'Open the Plan' : 'Open the Plan at Its Row',
    };
  };
  if (!rows) return place(1);
  if (path === null) return place(rows.start.line);
  let ofPath: number | null = null;
  for (let line = rows.start.line; line <= rows.end.line; line++) {
    const text = plan.lines.lineText(line);
    if (!text.trimStart().startsWith('|') || !text.includes(path)) continue;
    ofPath ??= line;
    if (range && new RegExp(`\\|\\s*${range.start.line}\\s*\\|`).test(text)) return place(line);
  }
  return place(ofPath ?? rows.start.line);
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
function marksOf({ reasons, facts }: Readiness, data: ReleaseData): readonly ViewMark[] {
  const marks = new Map<string, ViewMark>();
  const checked = new Set(
    facts.check.findings
      .filter(({ status }) => status !== 'waived')
      .flatMap(({ path, range }) => (range ? [`${path}:${range.start.line}`] : [])),
  );
  const add = (mark: ViewMark): void => {
    const key = `${mark.path}:${mark.range.start.line}`;
    if (facts.paths.has(mark.path) && !checked.has(key) && !marks.has(key)) marks.set(key, mark);
  };
  const isWaived = facts.overrides.inForce.some((override) => isAbout(override, COMPENSATED));
  for (const action of data.irreversible) {
    if (action.compensatedBy !== null || action.range === null || action.side !== 'head' || isWaived)
      continue;
    add({
      path: action.path,
      range: action.range,
      state: action.kind === 'unjudgeable' ? 'unknown' : 'fails',
      isBlocking: true,
      message: `${action.why}; nothing in the plan compensates it`,
      condition: COMPENSATED,
      page: 'change',
    });
  }
  for (const { id, status, weight, why, next, evidence } of reasons) {
    if (status !== 'fail' && status !== 'unknown') continue;
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
