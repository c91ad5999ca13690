import { remembered } from '../text/remember';
import { phraseOf, whyNotDemanded } from './machine';
import type { Demand } from './events';
import { isInTheWay, isUnknownState, verdictInWords, type GateItem } from './run';
import type { RunSettings } from './settings';
import {
  isLiveTouched,
  type Question,
  type ReleasePhase,
  type ReleaseState,
  type WatchProgress,
} from './state';
import { feasibilityOf, seriesOf, type MetricSeries } from './watch/judge';

/** How one phase stands. */
export interface PhaseView {
  readonly id: 'gate' | 'strategy' | 'execute' | 'smoke' | 'watch' | 'verdict';
  /** `Phase 3: Execute`. */
  readonly title: string;
  readonly status: 'waiting' | 'now' | 'done' | 'failed' | 'skipped';
  readonly tookMs: number | null;
  /** How long it is expected to take; null where nothing tells. */
  readonly expectedMs: number | null;
  /** One clause on where it stands; ''. */
  readonly detail: string;
}

/** A run as every face shows it; made from the state alone, so that all of them say the same. */
export interface ReleaseView {
  readonly id: string;
  readonly title: string;
  /** What a person must see first: the verdict, the unknown state. */
  readonly banner: { readonly tone: 'good' | 'bad' | 'doubtful'; readonly text: string } | null;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly phases: readonly PhaseView[];
  readonly elapsedMs: number;
  readonly items: readonly GateItem[];
  readonly feasibility: readonly string[];
  readonly openRisks: readonly string[];
  /** Whether nothing was begun on the live system yet: what is about to happen matters more than what did. */
  readonly isBefore: boolean;
  readonly watch: {
    readonly of: WatchProgress['of'];
    readonly done: number;
    readonly polls: number;
    readonly series: readonly MetricSeries[];
    /** The findings that stand since the last poll that had some, newest last, each in words. */
    readonly findings: readonly {
      readonly poll: number;
      readonly metric: string;
      readonly level: string;
      readonly text: string;
    }[];
  } | null;
  readonly question: Question | null;
  /** What a person may demand now. */
  readonly demands: readonly Demand['what'][];
  /** What has to be typed to begin and to override. */
  readonly phrase: string;
  /** What is owed: each a sentence. */
  readonly leftovers: readonly string[];
  readonly isOver: boolean;
}

/** So many findings are shown; the record has all of them. */
const MAX_FINDINGS = 20;

/** The view of a state. `nowMs` is the run's own clock; the last event's where nobody tells. */
export function viewOf(state: ReleaseState, nowMs: number = state.elapsedMs): ReleaseView {
  const { run, verdict, gate } = state;
  const watch = state.watches.at(-1) ?? null;
  const phrase = phraseOf(state);
  return {
    id: run?.id ?? '',
    title: titleOf(state),
    banner: bannerOf(state),
    facts: factsOf(state),
    phases: phasesOf(state, nowMs),
    elapsedMs: Math.max(state.elapsedMs, verdict ? 0 : nowMs),
    items: gate?.items ?? [],
    feasibility: feasibilityOfRun(state),
    openRisks: gate?.openRisks ?? [],
    isBefore: !isLiveTouched(state) && verdict === null,
    watch: watch && {
      of: watch.of,
      done: watch.done,
      polls: watch.polls,
      series: seriesOf(watch.judge),
      findings: watch.log
        .flatMap(({ poll, findings }) =>
          findings.map(({ metric, level, text }) => ({ poll, metric, level, text })),
        )
        .slice(-MAX_FINDINGS),
    },
    question: state.question,
    demands: demandsOf(state, phrase),
    phrase,
    leftovers: leftoversOf(state),
    isOver: state.phase === 'ended',
  };
}

/**
 * What the traffic before the release could show: by the baseline that the watch compares with, else as the gate said it. The
 * two would differ by the minutes between them, and say everything twice.
 */
export function feasibilityOfRun({ gate, baseline, settings }: ReleaseState): readonly string[] {
  const shown = baseline && settings ? feasibilityOfBaseline(baseline)(settings) : [];
  return shown.length > 0 ? shown : (gate?.feasibility ?? []);
}

/** Reads a week of history, and faces ask at every change and every second: once for each baseline. */
const feasibilityOfBaseline = remembered((baseline: NonNullable<ReleaseState['baseline']>) =>
  remembered((settings: RunSettings) => feasibilityOf(settings.watch, baseline.metrics, baseline.past)),
);

/** What is owed after a run: what the gate could not reach, and what failed after the verdict. */
export function leftoversOf({ gate, followUps }: ReleaseState): readonly string[] {
  return [
    ...(gate?.leftovers ?? []),
    ...followUps.filter(({ isDone }) => !isDone).map(({ what, detail }) => `${what}: ${detail}`),
  ];
}

function titleOf({ run }: ReleaseState): string {
  if (!run) return 'Release';
  switch (run.mode) {
    case 'release':
      return `Release of ${run.version} to ${run.environment}`;
    case 'rollback':
      return `Rollback of ${run.version} on ${run.environment}`;
    case 'drill':
      return `Drill of ${run.version} on ${run.environment}`;
    default:
      return run.mode satisfies never;
  }
}

/** Whether a run came to what it was begun for: a release to Released, a rollback or a drill back to the version before. */
function isAsMeant({ run, verdict }: ReleaseState): boolean {
  if (!verdict || isUnknownState(verdict)) return false;
  return verdict.verdict === (run?.mode === 'release' ? 'Released' : 'Rolled-Back');
}

function bannerOf(state: ReleaseState): ReleaseView['banner'] {
  const { verdict, rollback } = state;
  if (!verdict) return rollback && { tone: 'bad', text: `Rolling back: ${rollback.reason}` };
  if (isUnknownState(verdict)) {
    return {
      tone: 'bad',
      text: `UNKNOWN STATE: a person has to take over. ${verdictInWords(verdict)}: ${verdict.reason}`,
    };
  }
  return {
    tone: isAsMeant(state) ? (verdict.override ? 'doubtful' : 'good') : 'bad',
    text: `${verdictInWords(verdict)}: ${verdict.reason}`,
  };
}

function factsOf(state: ReleaseState): ReleaseView['facts'] {
  const { run, gate, strategy, baseline } = state;
  if (!run) return [];
  const fact = (name: string, value: string | null): ReleaseView['facts'] => (value ? [{ name, value }] : []);
  return [
    ...fact('Environment', run.environment),
    ...fact('Version', run.commit ? `${run.version} (${run.commit.slice(0, 12)})` : run.version),
    ...fact('Rollback target', gate?.target ?? run.target ?? 'not known'),
    ...fact('Strategy', strategy && `${strategy.rollout}, chosen by ${strategy.by.name}`),
    ...fact('Started by', run.isUnattended ? `${run.startedBy.name}, unattended` : run.startedBy.name),
    ...fact('Started at', state.startedAt),
    ...fact('Lock', state.lock?.detail ?? null),
    ...fact('Baseline', baseline?.detail ?? null),
    ...fact('Scope', gate && `${gate.tickets.length} tickets, ${gate.components.length} components`),
    ...fact('Record', `${state.settings?.paths.releaseFolder ?? ''}/${run.id}.md`),
  ];
}

function phasesOf(state: ReleaseState, nowMs: number): readonly PhaseView[] {
  const { settings, verdict, rollback } = state;
  const reached = (...phases: readonly ReleasePhase[]): ReleaseState['entered'] =>
    state.entered.filter(({ phase }) => phases.includes(phase));
  const end = verdict ? state.elapsedMs : Math.max(nowMs, state.elapsedMs);
  const spent = (...phases: readonly ReleasePhase[]): number | null => {
    const spans = state.entered.flatMap(({ phase, elapsedMs }, index) =>
      phases.includes(phase) ? [(state.entered[index + 1]?.elapsedMs ?? end) - elapsedMs] : [],
    );
    return spans.length > 0 ? spans.reduce((sum, span) => sum + span, 0) : null;
  };
  const row = (
    id: PhaseView['id'],
    title: string,
    phases: readonly ReleasePhase[],
    hasFailed: boolean,
    expectedMs: number | null,
    detail: string,
  ): PhaseView => {
    const isNow = phases.includes(state.phase) && state.phase !== 'ended';
    const hasBegun = reached(...phases).length > 0;
    const status = isNow
      ? hasFailed && verdict
        ? 'failed'
        : 'now'
      : hasBegun
        ? hasFailed
          ? 'failed'
          : 'done'
        : verdict || rollback
          ? 'skipped'
          : 'waiting';
    return { id, title, status, tookMs: spent(...phases), expectedMs, detail };
  };
  const lastScript = state.scripts.findLast(({ direction }) => direction === 'forward');
  const scriptFailed = lastScript !== undefined && lastScript.outcome.exitCode !== 0;
  const smokeFailed = state.smokes.some(
    ({ direction, outcome }) => direction === 'forward' && !outcome.isPassed,
  );
  const watch = state.watches.findLast(({ of }) => of !== 'rollback');
  const blocking = (state.gate?.items ?? []).filter(isInTheWay).length;
  return [
    row(
      'gate',
      'Phase 1: Pre-release gate',
      ['gate'],
      state.gate?.isGo === false,
      null,
      state.gate ? (state.gate.isGo ? 'go' : `no-go: ${blocking} in the way`) : '',
    ),
    row('strategy', 'Phase 2: Strategy', ['strategy'], false, null, state.strategy?.rollout ?? ''),
    row(
      'execute',
      'Phase 3: Execute',
      ['execute'],
      scriptFailed,
      null,
      lastScript
        ? `${lastScript.name}: ${lastScript.outcome.how}${lastScript.outcome.exitCode === null ? '' : ` ${lastScript.outcome.exitCode}`}`
        : '',
    ),
    row('smoke', 'Phase 4: Smoke tests', ['smoke'], smokeFailed, null, smokeWords(state)),
    row(
      'watch',
      'Phase 5: Watch window',
      ['watch'],
      watch?.ended === 'hard',
      watch ? watch.polls * (settings?.watch.intervalMs ?? 0) : (settings?.watch.windowMs ?? null),
      watch ? `${watch.done} of ${watch.polls} polls` : '',
    ),
    row(
      'verdict',
      rollback ? 'Phase 6: Roll back' : 'Phase 6: Commit or roll back',
      ['rollback', 'wrap-up', 'ended'],
      verdict !== null && !isAsMeant(state),
      null,
      verdict ? verdictInWords(verdict) : (rollback?.reason ?? ''),
    ),
  ];
}

function smokeWords({ smokes }: ReleaseState): string {
  const last = smokes.findLast(({ direction }) => direction === 'forward');
  if (!last) return '';
  const passed = last.outcome.cases.filter(({ outcome }) => outcome === 'passed').length;
  return `${passed} of ${last.outcome.cases.length} cases passed`;
}

function demandsOf(state: ReleaseState, phrase: string): readonly Demand['what'][] {
  const by = { name: '', via: 'panel' } as const;
  const possible: readonly Demand[] = [
    { what: 'abort', reason: '-', by },
    { what: 'roll-back', reason: '-', by },
    { what: 'take-over', reason: '-', by },
    { what: 'vulnerable', reason: '-', by },
    { what: 'skip-watch', reason: '-', phrase, by },
  ];
  return possible.filter((demand) => whyNotDemanded(state, demand) === null).map(({ what }) => what);
}
