import type { MetricSettings } from '../../../evidence/release-settings';
import { sealed } from '../../../documents/release-record/seal';
import { releaseRecordKind } from '../../../documents/release-record/release-record-kind';
import type {
  RecordedCall,
  RecordedCase,
  RecordedDecision,
  RecordedFinding,
  RecordedInterval,
  RecordedMetric,
  RecordedWatch,
  ReleaseRecord,
} from '../../../documents/release-record/release-record';
import { rollbackRecordKind } from '../../../documents/rollback-record/rollback-record-kind';
import type { RollbackRecord } from '../../../documents/rollback-record/rollback-record';
import type { Direction, JournalLine } from '../../../release/events';
import { isInTheWay, isUnknownState, verdictInWords, type SmokeCase } from '../../../release/run';
import type { AskedQuestion, ReleaseState, WatchProgress } from '../../../release/state';
import { feasibilityOfRun } from '../../../release/view';
import type { Sample } from '../../../release/watch/samples';
import { watchSummary } from '../../../release/watch/summary';
import { durationInWords } from '../../../release/words';
import { counted } from '../../../text/words';
import { personKeysOf } from './person-keys';
import { createStoryReader, storyOf, type RunStory } from './run-story';
import { selfVerification } from './self-verification';
import {
  actorInWords,
  baselineInWords,
  numberInWords,
  numberOf,
  outcomeInWords,
  plainOutput,
  sampleInWords,
  tookInWords,
} from './words';
import { fillNames } from '../../../text/fill-names';

/** A record with its place, from the repository's root. */
export interface RenderedRecord {
  readonly path: string;
  readonly text: string;
}

/** So much of the output of a call stands in the record; the whole is a file of its own. */
const MAX_OUTPUT_LINES = 80;
const MAX_LINE_CHARACTERS = 400;

const UNDER_WAY = 'under way';

/**
 * The record of a run from the lines of its journal; null before its first event. The same lines give the same text. The
 * runner calls it after each phase and writes the text whole.
 *
 * @param standing The record that stands there: what people added to its front matter after the verdict is kept.
 */
export function recordOf(
  lines: readonly JournalLine[],
  standing: string | null = null,
): RenderedRecord | null {
  return recordOfStory(storyOf(lines), standing);
}

/** The record of a run's rollback; null where nothing was rolled back, or the run was a rollback by itself. */
export function rollbackRecordOf(lines: readonly JournalLine[]): RenderedRecord | null {
  return rollbackRecordOfStory(storyOf(lines));
}

/** Renders records as a journal grows, without replaying it for each. */
export interface Recorder {
  take(line: JournalLine): void;
  record(standing?: string | null): RenderedRecord | null;
  rollbackRecord(): RenderedRecord | null;
}

export function createRecorder(): Recorder {
  const reader = createStoryReader();
  return {
    take: (line) => reader.take(line),
    record: (standing = null) => recordOfStory(reader.story(), standing),
    rollbackRecord: () => rollbackRecordOfStory(reader.story()),
  };
}

/** Where the record of a run stands. */
export function recordPathOf(state: ReleaseState): string | null {
  const { run, settings } = state;
  return run && settings ? `${settings.paths.releaseFolder}/${run.id}.md` : null;
}

/** Where the record of its rollback stands, beside it. */
export function rollbackRecordPathOf(state: ReleaseState): string | null {
  const { run, settings } = state;
  if (!run || !settings || run.mode === 'rollback') return null;
  const name = run.id.replace(/^(?:release|drill)_/, '');
  return `${settings.paths.releaseFolder}/rollback_${name}.md`;
}

function recordOfStory(story: RunStory, standing: string | null): RenderedRecord | null {
  const path = recordPathOf(story.state);
  const data = path === null ? null : recordDataOf(story, standing);
  if (path === null || !data) return null;
  const text = releaseRecordKind.render(data);
  return { path, text: story.state.verdict ? sealed(text) : text };
}

function rollbackRecordOfStory(story: RunStory): RenderedRecord | null {
  const path = rollbackRecordPathOf(story.state);
  const data = path === null ? null : rollbackDataOf(story);
  if (path === null || !data) return null;
  const text = rollbackRecordKind.render(data);
  return { path, text: story.state.verdict ? sealed(text) : text };
}

/** The data of a run's record; null before its first event. */
export function recordDataOf(story: RunStory, standing: string | null = null): ReleaseRecord | null {
  const { state } = story;
  const { run, settings, verdict, gate } = state;
  if (!run || !settings) return null;
  const path = recordPathOf(state) ?? '';
  const person = personKeysOf(standing);
  const target = gate?.target ?? run.target;
  const commit = gate?.commit ?? run.commit;
  const open = (gate?.items ?? []).filter(isInTheWay);
  const notReached = verdict ? 'not reached' : 'not reached yet';
  const watched = state.watches.flatMap((watch, index) => (watch.of === 'rollback' ? [] : [index]));
  return {
    id: run.id,
    mode: run.mode,
    verdict: verdict?.verdict ?? UNDER_WAY,
    override: state.override
      ? `${actorInWords(state.override.by)} at ${state.override.at}: ${state.override.reason}`
      : '',
    version: run.version,
    environment: run.environment,
    commit: commit ?? '',
    rollbackTarget: target ?? '',
    startedAt: state.startedAt,
    startedBy: run.startedBy.name,
    endedAt: state.declaredAt ?? '',
    liveSystem: verdict?.liveSystem ?? '',
    rollbackVerified: verifiedWord(verdict?.isRollbackVerified),
    journal: `${path.replace(/\.md$/, '')}.journal/journal.jsonl`,
    journalHash: story.verdictHash,
    journalEnd: story.endHash,
    seal: '',
    ...person,
    summary: {
      verdict: verdict ? verdictInWords(verdict) : UNDER_WAY,
      reason: reasonOf(state),
      environment: `${run.environment}, ${run.isProduction ? 'where users are' : 'which is not production'}`,
      version: `${run.version}${commit === null ? ', of which no commit is known' : ` (${commit})`}`,
      target: target ?? 'nothing tells',
      scope: gate ? `${counted(gate.tickets.length, 'ticket')}, ${componentsInWords(gate.components)}` : '',
      openRisks: gate ? counted(gate.openRisks.length, 'open risk') : '',
      blocking: gate
        ? open.length === 0
          ? 'none'
          : `${open.length}: ${open.map(({ title }) => title).join('; ')}`
        : '',
      strategy: state.strategy?.rollout ?? notReached,
      liveSystem: verdict ? liveSystemInWords(verdict.liveSystem) : '',
      startedBy: `${actorInWords(run.startedBy)}, by release-gate ${run.engine}`,
      attended: run.isUnattended
        ? 'nobody was there to answer'
        : 'a person was asked where something was to be decided',
      time: timeInWords(state),
      lock: state.lock
        ? `${state.lock.isHeld ? 'held' : 'not held'}${state.lock.detail === '' ? '' : `: ${state.lock.detail}`}`
        : '',
    },
    gate: {
      result: gate
        ? `${gate.isGo ? 'go' : 'no-go'}${decisionOn(state, 'proceed')}`
        : run.mode === 'rollback'
          ? 'a rollback by itself is not gated'
          : notReached,
      items: (gate?.items ?? []).map(({ title, id, outcome, isBlocking, detail, evidence }) => ({
        check: `${title} (${id})`,
        outcome,
        blocks: isBlocking ? 'yes' : 'no',
        detail,
        evidence: evidence.join('; '),
      })),
    },
    tickets: (gate?.tickets ?? []).map(({ id, status, title }) => ({ ticket: id, status, title })),
    openRisks: gate?.openRisks ?? [],
    feasibility: feasibilityOfRun(state),
    strategy: {
      chosen: state.strategy?.rollout ?? notReached,
      by: state.strategy ? `${actorInWords(state.strategy.by)} at ${state.strategy.at}` : '',
      reason: state.strategy?.reason ?? '',
      recommended: gate?.strategies[0] ?? '',
      why: gate?.strategyReason ?? '',
      confirmed: state.confirmed
        ? `${actorInWords(state.confirmed.by)} at ${state.confirmed.at}`
        : notReached,
    },
    execute: {
      result: executeResult(story, notReached),
      calls: callsOf(story, 'forward'),
      output: outputOf(state, 'forward'),
    },
    checklist: checklistOf(state),
    smoke: {
      result: smokeResult(state, 'forward', notReached),
      cases: casesOf(state, 'forward'),
    },
    watch: {
      result: watchResult(state, notReached),
      rule: ruleInWords(state),
      window: `${durationInWords(windowMsOf(state))}, every ${durationInWords(settings.watch.intervalMs)}`,
      profile:
        settings.watch.profile === 'probes'
          ? 'requests of its own (health and latency); what only users meet, this watch could not have seen'
          : 'the metrics that the configuration names',
      watches: watched.flatMap((index) => watchRow(state.watches[index])),
    },
    metrics: metricsOf(story, watched),
    intervals: intervalsOf(story, watched),
    findings: findingsOf(state, watched),
    watchQuestions: state.asked.filter(({ question }) => question.kind === 'soft').map(decisionOf),
    outcome: {
      result: verdict
        ? `${verdictInWords(verdict)}${state.declaredAt === null ? '' : ` at ${state.declaredAt}`}`
        : notReached,
      reason: reasonOf(state),
      followUps: state.followUps.map(({ what, isDone, detail }) => ({
        what,
        done: isDone ? 'yes' : 'no',
        detail,
      })),
    },
    rollback: rollbackSummary(story),
    plan: {
      target: target ?? 'nothing tells what to go back to',
      how: fillNames(
        `${settings.paths.deployScript} ${settings.rollbackArguments.join(' ')}`.trim(),
        target === null ? {} : { target },
      ),
      shownBy: (gate?.items ?? [])
        .filter(({ id }) => /rollback|previous|target/.test(id))
        .map(({ detail, outcome }) => `${outcome}: ${detail}`)
        .join('; '),
    },
    decisions: decisionsOf(story),
    interruptions: state.resumes.map(({ at, by, detail }) => ({ at, by: actorInWords(by), detail })),
    leftovers: leftoversOf(story),
    verification: selfVerification(story),
  };
}

/** The data of the record of a rollback; null where nothing was rolled back. */
export function rollbackDataOf(story: RunStory): RollbackRecord | null {
  const { state } = story;
  const { run, rollback, verdict, gate } = state;
  if (!run || !rollback) return null;
  const path = recordPathOf(state) ?? '';
  const target = gate?.target ?? run.target;
  const watched = state.watches.flatMap((watch, index) => (watch.of === 'rollback' ? [index] : []));
  const summary = rollbackSummary(story);
  return {
    id: (rollbackRecordPathOf(state) ?? '').replace(/^.*\//, '').replace(/\.md$/, ''),
    release: path,
    verdict: verdict?.verdict ?? UNDER_WAY,
    version: run.version,
    environment: run.environment,
    rollbackTarget: target ?? '',
    startedAt: rollback.at,
    endedAt: state.declaredAt ?? '',
    liveSystem: verdict?.liveSystem ?? '',
    rollbackVerified: verifiedWord(verdict?.isRollbackVerified),
    journal: `${path.replace(/\.md$/, '')}.journal/journal.jsonl`,
    journalHash: story.verdictHash,
    journalEnd: story.endHash,
    seal: '',
    summary: {
      result: summary.result,
      from: run.version,
      to: target ?? 'nothing tells',
      by: summary.by,
      took: summary.took,
      objective: summary.objective,
    },
    reasons: rollback.chain,
    execute: { calls: callsOf(story, 'back'), output: outputOf(state, 'back') },
    smoke: { result: smokeResult(state, 'back', 'not run'), cases: casesOf(state, 'back') },
    watches: watched.flatMap((index) => watchRow(state.watches[index])),
    metrics: metricsOf(story, watched),
    intervals: intervalsOf(story, watched),
    findings: findingsOf(state, watched),
    leftovers: leftoversOf(story),
  };
}

function verifiedWord(isVerified: boolean | null | undefined): string {
  return isVerified === null || isVerified === undefined ? '' : isVerified ? 'yes' : 'no';
}

/** The reason of the verdict with whatever else there was for going back. */
function reasonOf({ verdict, rollback }: ReleaseState): string {
  if (!verdict) return '';
  const others = (rollback?.chain ?? []).filter((reason) => !verdict.reason.includes(reason));
  return [verdict.reason, ...others].join('; ');
}

function componentsInWords(components: readonly string[]): string {
  return components.length === 0
    ? '0 components'
    : `${counted(components.length, 'component')} (${components.join(', ')})`;
}

function liveSystemInWords(live: 'unchanged' | 'changed' | 'unknown'): string {
  switch (live) {
    case 'unchanged':
      return 'nothing on the live system was changed';
    case 'changed':
      return 'the live system was changed';
    case 'unknown':
      return 'nobody knows what runs';
    default:
      return live satisfies never;
  }
}

function timeInWords({ startedAt, declaredAt }: ReleaseState): string {
  return declaredAt === null
    ? `began ${startedAt}`
    : `began ${startedAt}, verdict ${declaredAt}, took ${tookInWords(startedAt, declaredAt)}`;
}

/** `; Ada (terminal) chose proceed at …`, of the last question of a kind that was answered. */
function decisionOn({ asked }: ReleaseState, kind: AskedQuestion['question']['kind']): string {
  const last = asked.findLast(({ question, ended }) => question.kind === kind && ended.how === 'answered');
  if (last?.ended.how !== 'answered') return '';
  return `; ${actorInWords(last.ended.by)} chose ${last.ended.choice} at ${last.at}`;
}

function executeResult({ state, begun }: RunStory, notReached: string): string {
  if (state.manual) {
    const { choice, text, by, at } = state.manual;
    return `by hand: "${choice}", said ${actorInWords(by)} at ${at}: ${text}`;
  }
  const forward = state.scripts.filter(({ direction }) => direction === 'forward');
  const calls = begun.filter(({ direction }) => direction === 'forward').length;
  if (calls === 0) return state.strategy?.rollout === 'manual' ? 'by hand' : notReached;
  const last = forward.at(-1);
  if (forward.length < calls) {
    return state.verdict ? 'a call was begun, and how it ended is not in the journal' : 'the script runs';
  }
  return last ? `${counted(calls, 'call')}; the last: ${outcomeInWords(last.outcome)}` : notReached;
}

function callsOf({ state, begun }: RunStory, direction: Direction): readonly RecordedCall[] {
  const ended = state.scripts.filter((script) => script.direction === direction);
  return begun
    .filter((call) => call.direction === direction)
    .map((call, index) => {
      const script = ended[index];
      const { outcome } = script ?? {};
      return {
        call: script?.name ?? (direction === 'back' ? 'rollback' : `stage ${call.stage + 1}`),
        arguments: call.arguments.join(' '),
        ended: script?.at ?? '',
        took: outcome ? durationInWords(outcome.tookMs) : '',
        outcome: outcome ? outcomeInWords(outcome) : `begun ${call.at}, not ended`,
        output: outcome
          ? (outcome.outputPath ?? (outcome.lines === 0 ? 'it printed nothing' : 'not kept'))
          : '',
      };
    });
}

/** The ends of what the calls printed, with the times that were put before each line. */
function outputOf({ scripts }: ReleaseState, direction: Direction): string {
  const parts = scripts.filter((script) => script.direction === direction && script.outcome.tail.length > 0);
  return parts
    .map(({ name, outcome }) => {
      const shown = outcome.tail.slice(-MAX_OUTPUT_LINES).map((line) => {
        const plain = plainOutput(line);
        return plain.length > MAX_LINE_CHARACTERS ? `${plain.slice(0, MAX_LINE_CHARACTERS)}…` : plain;
      });
      const whole = outcome.outputPath === null ? '' : `; the whole: ${outcome.outputPath}`;
      const heading =
        shown.length < outcome.lines
          ? `# ${name}: the last ${shown.length} of ${numberInWords(outcome.lines)} lines${whole}`
          : `# ${name}: ${counted(outcome.lines, 'line')}${whole}`;
      return [heading, ...shown].join('\n');
    })
    .join('\n\n');
}

/** What a person does by hand; done where they said so. */
function checklistOf({ strategy, settings, manual }: ReleaseState): ReleaseRecord['checklist'] {
  if (strategy?.rollout !== 'manual') return [];
  return (settings?.checklist ?? []).map((text) => ({ text, isDone: manual?.choice === 'done' }));
}

function smokeResult({ smokes }: ReleaseState, direction: Direction, notReached: string): string {
  const own = smokes.filter((smoke) => smoke.direction === direction);
  const last = own.at(-1);
  if (!last) return notReached;
  const cases = own.flatMap(({ outcome }) => outcome.cases);
  const passed = cases.filter(({ outcome }) => outcome === 'passed').length;
  const detail = last.outcome.detail === '' ? '' : `; ${last.outcome.detail}`;
  return `${last.outcome.isPassed ? 'passed' : 'failed'}: ${passed} of ${counted(cases.length, 'case')} passed, at ${last.at}${detail}`;
}

function casesOf(state: ReleaseState, direction: Direction): readonly RecordedCase[] {
  return state.smokes
    .filter((smoke) => smoke.direction === direction)
    .flatMap(({ stage, outcome }) =>
      outcome.cases.map((each: SmokeCase) => ({
        stage: direction === 'back' ? 'rollback' : stageName(state, stage),
        case: each.name,
        outcome: each.outcome,
        took: durationInWords(each.tookMs),
        detail: each.detail,
      })),
    );
}

function stageName({ settings, strategy }: ReleaseState, stage: number): string {
  const found = strategy && settings?.stages[strategy.rollout][stage];
  return found ? found.name : strategy?.rollout === 'manual' ? 'by hand' : `stage ${stage + 1}`;
}

/** What a watch is called in tables. */
function watchName(watch: WatchProgress): string {
  switch (watch.of) {
    case 'stage':
      return `stage ${watch.stage + 1}`;
    case 'window':
      return 'window';
    case 'rollback':
      return 'version before';
    default:
      return watch.of satisfies never;
  }
}

const ENDED: Readonly<Record<NonNullable<WatchProgress['ended']>, string>> = {
  complete: 'ran to its end',
  hard: 'was ended by a hard breach',
  person: 'was ended by a person, or because the run went back',
  override: 'was left by a person before its end',
  expired: 'was ended because nobody answered in time',
};

function watchRow(watch: WatchProgress | undefined): readonly RecordedWatch[] {
  if (!watch) return [];
  return [
    {
      watch: watchName(watch),
      began: watch.startedAt,
      polls: `${watch.done} of ${watch.polls}`,
      ended: watch.ended === null ? 'goes on' : ENDED[watch.ended],
    },
  ];
}

function watchResult(state: ReleaseState, notReached: string): string {
  const last = state.watches.findLast(({ of }) => of !== 'rollback');
  if (!last) return notReached;
  const levels = state.watches
    .filter(({ of }) => of !== 'rollback')
    .flatMap(({ log }) => log.flatMap(({ findings }) => findings.map(({ level }) => level)));
  const count = (level: string): number => levels.filter((each) => each === level).length;
  const how = last.ended === null ? 'goes on' : ENDED[last.ended];
  return `${watchName(last)} ${how}, ${last.done} of ${counted(last.polls, 'interval')}; hard findings: ${count('hard')}, soft: ${count('soft')}, notes: ${count('note')}`;
}

/** How long the window is that this kind of run is watched for. */
function windowMsOf({ run, settings }: ReleaseState): number {
  if (!settings) return 0;
  if (run?.mode === 'drill') return settings.drillWatchMs;
  return run?.mode === 'rollback' ? settings.watch.afterRollbackMs : settings.watch.windowMs;
}

function ruleInWords({ settings }: ReleaseState): string {
  if (!settings) return '';
  const { rule, evidenceHard, evidenceSoft, ratioHard, ratioSoft, errorCeiling } = settings.watch;
  const ceiling = errorCeiling === null ? '' : `, error ceiling ${numberInWords(errorCeiling * 100)} %`;
  return rule === 'confirmed'
    ? `confirmed: hard from ${ratioHard}x with evidence ${evidenceHard}, soft from ${ratioSoft}x with evidence ${evidenceSoft}${ceiling}`
    : `literal: hard from ${ratioHard}x, soft from ${ratioSoft}x, poll by poll${ceiling}`;
}

function metricsOf({ state, polls }: RunStory, watched: readonly number[]): readonly RecordedMetric[] {
  const metrics = state.baseline?.metrics ?? state.settings?.watch.metrics ?? [];
  const own = polls.filter(({ watch }) => watched.includes(watch));
  if (own.length === 0) return [];
  const last = state.watches[watched.at(-1) ?? -1];
  const summaries = new Map((last ? watchSummary(last.judge) : []).map(({ metric, text }) => [metric, text]));
  return metrics.map((metric) => {
    const samples = own.map(({ poll }) => poll.samples[metric.name]);
    const missing = samples.filter((sample) => !sample || sample.kind === 'missing').length;
    return {
      metric: metric.name,
      required: metric.isRequired ? 'yes' : 'no',
      baseline: baselineInWords(state.baseline?.past[metric.name], metric),
      ...extremesOf(samples, metric),
      last: sampleInWords(samples.at(-1), metric),
      missing: `${missing} of ${samples.length}`,
      summary: summaries.get(metric.name) ?? '',
    };
  });
}

/** The lowest and highest number of a metric; of a check how often it was well, and how it was not. */
function extremesOf(
  samples: readonly (Sample | undefined)[],
  metric: MetricSettings,
): Pick<RecordedMetric, 'lowest' | 'highest'> {
  const checks = samples.filter((sample) => sample?.kind === 'check');
  if (checks.length > 0) {
    const unwell = checks.filter(({ isWell }) => !isWell);
    return {
      lowest: unwell[0] ? sampleInWords(unwell[0], metric) : 'always well',
      highest: `well ${checks.length - unwell.length} of ${checks.length} times`,
    };
  }
  const known = samples
    .flatMap((sample) => {
      const number = numberOf(sample);
      return sample === undefined || number === null ? [] : [{ sample, number }];
    })
    .sort((one, other) => one.number - other.number);
  const [lowest] = known;
  const highest = known.at(-1);
  return {
    lowest: lowest ? sampleInWords(lowest.sample, metric) : '',
    highest: highest ? sampleInWords(highest.sample, metric) : '',
  };
}

function intervalsOf({ state, polls }: RunStory, watched: readonly number[]): readonly RecordedInterval[] {
  const metrics = state.baseline?.metrics ?? state.settings?.watch.metrics ?? [];
  return polls
    .filter(({ watch }) => watched.includes(watch))
    .flatMap(({ watch, poll }) => {
      const progress = state.watches[watch];
      if (!progress) return [];
      return [
        {
          watch: watchName(progress),
          interval: `T+${poll.number}`,
          at: poll.at,
          snapshot: metrics
            .map((metric) => `${metric.name} ${sampleInWords(poll.samples[metric.name], metric)}`)
            .join('; '),
        },
      ];
    });
}

function findingsOf({ watches }: ReleaseState, watched: readonly number[]): readonly RecordedFinding[] {
  return watched.flatMap((index) => {
    const watch = watches[index];
    return (watch?.log ?? []).flatMap(({ poll, at, findings }) =>
      findings.map(({ metric, level, text }) => ({
        watch: watch ? watchName(watch) : '',
        interval: `T+${poll}`,
        at,
        metric,
        level,
        finding: text,
      })),
    );
  });
}

function decisionOf({ question, ended, at }: AskedQuestion): RecordedDecision {
  return {
    asked: question.askedAt,
    question: question.text,
    grounds: question.grounds.join('; '),
    answer: ended.how === 'answered' ? ended.choice : `${ended.how}: ${ended.why}`,
    words: ended.how === 'answered' ? ended.text : '',
    by: ended.how === 'answered' ? actorInWords(ended.by) : '',
    at,
  };
}

/** Everything that was asked, demanded or refused, in its order; what waits now included. */
function decisionsOf({ state, refused, vulnerabilities }: RunStory): readonly RecordedDecision[] {
  const none = { grounds: '', words: '' };
  const rows: RecordedDecision[] = [
    ...state.asked.map(decisionOf),
    ...(state.question
      ? [
          {
            ...none,
            asked: state.question.askedAt,
            question: state.question.text,
            grounds: state.question.grounds.join('; '),
            answer: 'waits for an answer',
            by: '',
            at: '',
          },
        ]
      : []),
    ...state.demands.map(({ what, reason, by, at }) => ({
      ...none,
      asked: '',
      question: 'Demanded without being asked',
      answer: what,
      words: reason,
      by: actorInWords(by),
      at,
    })),
    ...refused.map(({ answer, why, at }) => ({
      ...none,
      asked: '',
      question: `Answer to ${answer.question}`,
      answer: `refused (${answer.choice}): it ${why}`,
      words: answer.text,
      by: actorInWords(answer.by),
      at,
    })),
    ...vulnerabilities.map(({ at, detail }) => ({
      ...none,
      asked: '',
      question: 'The vulnerability signal spoke',
      answer: detail,
      by: '',
      at,
    })),
  ];
  const timeOf = ({ asked, at }: RecordedDecision): number => Date.parse(asked === '' ? at : asked);
  return rows.sort((one, other) => timeOf(one) - timeOf(other));
}

function rollbackSummary({ state, ...story }: RunStory): ReleaseRecord['rollback'] {
  const { rollback, verdict, gate } = state;
  if (!rollback) {
    return {
      result: 'nothing was rolled back',
      why: '–',
      began: '–',
      by: '–',
      took: '–',
      objective: '–',
      record: '–',
    };
  }
  const sinceStart = (ms: number | null): number | null =>
    ms === null ? null : Math.max(0, ms - rollback.elapsedMs);
  const tookMs = sinceStart(story.verdictMs);
  // What users wait for is the version before running again; the watch of it comes after.
  const backMs = sinceStart(story.backMs);
  const objectiveMs = gate?.recoveryObjectiveMs ?? null;
  return {
    result: !verdict
      ? 'under way'
      : verdict.isRollbackVerified
        ? 'verified: the smoke tests and the watch of the version before passed'
        : 'not verified: nobody knows what runs, and a person takes over',
    why: rollback.chain.join('; '),
    began: rollback.at,
    by: rollback.by ? actorInWords(rollback.by) : 'nobody: it was decided by the run',
    took: [
      backMs === null ? '' : `${durationInWords(backMs)} until the script had gone back`,
      tookMs === null ? '' : `${durationInWords(tookMs)} until the verdict`,
    ]
      .filter((part) => part !== '')
      .join(', '),
    objective:
      objectiveMs === null
        ? 'none is declared for this release'
        : backMs === null
          ? durationInWords(objectiveMs)
          : `${durationInWords(objectiveMs)}: ${backMs <= objectiveMs ? 'kept' : 'not kept'}`,
    record: rollbackRecordPathOf(state) ?? 'this record',
  };
}

/** What is owed after the run, a sentence each: what the gate could not reach, and what failed after. */
export function leftoversOf({ state }: Pick<RunStory, 'state'>): readonly string[] {
  const { gate, followUps, verdict } = state;
  const scripts = state.scripts.filter(
    ({ outcome }) => !outcome.isGroupGone && outcome.how !== 'not-started',
  );
  return [
    ...(verdict && isUnknownState(verdict)
      ? ['Find out what runs, bring it into a known state, and record it with release-gate resolve']
      : []),
    ...(gate?.leftovers ?? []),
    ...scripts.map(
      ({ name, outcome }) =>
        `What the call "${name}" started is not all gone${outcome.processes.length === 0 ? '' : `: ${outcome.processes.join(', ')}`}`,
    ),
    ...followUps
      .filter(({ isDone }) => !isDone)
      .map(({ what, detail }) => `${what} failed${detail === '' ? '' : `: ${detail}`}`),
  ];
}
