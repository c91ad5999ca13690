import type { MetricSettings } from '../../../evidence/release-settings';
import type { Measurement } from '../../../documents/verification-report/verification-report';
import { verdictInWords } from '../../../release/run';
import type { Sample } from '../../../release/watch/samples';
import { durationInWords } from '../../../release/words';
import { isoTime } from '../../../text/zoned-time';
import { recordPathOf } from './render-run';
import type { RunStory } from './run-story';
import { actorInWords, baselineInWords, outcomeInWords, sampleInWords } from './words';

/** Something that happened in a run, as a timeline shows it. */
export interface RunMoment {
  /** ISO 8601, UTC, whole seconds. */
  readonly at: string;
  /** A sentence without a full stop. */
  readonly event: string;
  readonly status: string;
}

/** The journal of a run, from the root. */
export function journalPathOf({ state }: Pick<RunStory, 'state'>): string {
  return `${(recordPathOf(state) ?? '').replace(/\.md$/, '')}.journal/journal.jsonl`;
}

/** A moment of the journal as documents write it. */
export function secondOf(at: string): string {
  const ms = Date.parse(at);
  return Number.isNaN(ms) ? at : isoTime(ms);
}

/** What happened in a run, oldest first: everything that changed something, or that a person decided. */
export function momentsOf(story: RunStory): readonly RunMoment[] {
  const { state, begun } = story;
  const { run, gate, rollback, verdict } = state;
  if (!run) return [];
  const moments: RunMoment[] = [];
  const add = (at: string, event: string, status: string): void => {
    if (at !== '') moments.push({ at: secondOf(at), event, status });
  };
  add(
    state.startedAt,
    `${actorInWords(run.startedBy)} started the ${run.mode} of ${run.version} to ${run.environment}`,
    'begun',
  );
  if (gate) {
    const judged = state.asked.find(({ question }) => question.kind === 'proceed')?.question.askedAt ?? '';
    add(judged, `The pre-release gate was judged`, gate.isGo ? 'go' : 'no-go');
  }
  for (const { question, ended, at } of state.asked) {
    if (ended.how !== 'answered') continue;
    const words = ended.text.trim() === '' || ended.text === question.phrase ? '' : `: ${ended.text.trim()}`;
    add(at, `${actorInWords(ended.by)} answered "${question.text}" with ${ended.choice}${words}`, 'decided');
  }
  for (const { what, reason, by, at } of state.demands)
    add(at, `${actorInWords(by)} demanded ${what}: ${reason}`, 'decided');
  for (const call of begun) {
    const name = call.direction === 'back' ? 'back' : 'forward';
    add(
      call.at,
      `The deploy script was called to go ${name} (${call.arguments.join(' ') || 'no arguments'})`,
      'begun',
    );
  }
  for (const { direction, at, outcome } of state.scripts) {
    const isWell = outcome.how === 'exited' && outcome.exitCode === 0;
    add(
      at,
      `The deploy script that went ${direction === 'back' ? 'back' : 'forward'} ended: ${outcomeInWords(outcome)}`,
      isWell ? 'done' : 'failed',
    );
  }
  for (const { direction, at, outcome } of state.smokes) {
    const of = direction === 'back' ? ' of the version before' : '';
    const failed = outcome.cases.filter((each) => each.outcome !== 'passed').map(({ name }) => name);
    add(
      at,
      `The smoke tests${of} ${outcome.isPassed ? 'passed' : 'failed'}${failed.length === 0 ? '' : `: ${failed.join(', ')}`}`,
      outcome.isPassed ? 'passed' : 'failed',
    );
  }
  for (const { log, of, startedAt } of state.watches) {
    add(startedAt, of === 'rollback' ? 'The watch of the version before began' : 'The watch began', 'begun');
    for (const { at, findings } of log)
      for (const { level, text } of findings) if (level !== 'note') add(at, text, level);
  }
  for (const { at, detail } of story.vulnerabilities)
    add(at, `The vulnerability signal spoke: ${detail}`, 'hard');
  if (rollback) add(rollback.at, `The rollback was decided: ${rollback.reason}`, 'begun');
  for (const { at, by, detail } of state.resumes)
    add(
      at,
      `${actorInWords(by)} went on with the run after its runner was gone${detail === '' ? '' : `: ${detail}`}`,
      'resumed',
    );
  if (verdict && state.declaredAt !== null)
    add(state.declaredAt, `Verdict: ${verdictInWords(verdict)}, ${verdict.reason}`, verdict.verdict);
  // Moments of one second keep the order in which they were added.
  return moments
    .map((moment, index) => ({ moment, index }))
    .sort((one, other) => one.moment.at.localeCompare(other.moment.at) || one.index - other.index)
    .map(({ moment }) => moment);
}

/** The polls of the watch that speaks of what runs now: of the version before where it was gone back to. */
function tellingPolls({ state, polls }: RunStory): readonly RunStory['polls'][number][] {
  const wanted = state.rollback ? 'rollback' : 'window';
  const index = state.watches.findLastIndex(({ of }) => of === wanted);
  const own = polls.filter(({ watch }) => watch === index);
  if (own.length > 0 || wanted === 'rollback') return own;
  const last = state.watches.length - 1;
  return polls.filter(({ watch }) => watch === last);
}

function metricsOf({ state }: RunStory): readonly MetricSettings[] {
  return state.baseline?.metrics ?? state.settings?.watch.metrics ?? [];
}

/** What each metric was over the telling watch beside its baseline; none where nothing was watched. */
export function measurementsOf(story: RunStory): readonly Measurement[] {
  const polls = tellingPolls(story);
  if (polls.length === 0) return [];
  return metricsOf(story)
    .filter(({ kind }) => kind !== 'health')
    .map((metric) => ({
      metric: metric.name,
      measured: overall(
        polls.map(({ poll }) => poll.samples[metric.name]),
        metric,
      ),
      baseline: baselineInWords(story.state.baseline?.past[metric.name], metric),
      source: `${journalPathOf(story)}, ${polls.length} polls from ${secondOf(polls[0]?.at ?? '')}`,
    }));
}

function overall(samples: readonly (Sample | undefined)[], metric: MetricSettings): string {
  return baselineInWords(
    { baseline: samples.map((sample) => sample ?? null), history: null, note: '' },
    metric,
  );
}

/** The health checks as the last poll of the telling watch saw them. */
export function healthOf(story: RunStory): readonly {
  readonly name: string;
  readonly endpoint: string;
  readonly status: string;
  readonly ms: number | null;
  readonly isWell: boolean;
}[] {
  const last = tellingPolls(story).at(-1);
  if (!last) return [];
  return metricsOf(story).flatMap((metric) => {
    const sample = last.poll.samples[metric.name];
    if (sample?.kind !== 'check') return [];
    const { source } = metric;
    const status =
      sample.isWell && source.from === 'probe' ? String(source.status) : sampleInWords(sample, metric);
    return [
      {
        name: metric.name,
        endpoint:
          source.from === 'probe' ? source.url : source.from === 'check' ? source.command.join(' ') : '',
        status,
        ms: sample.ms,
        isWell: sample.isWell,
      },
    ];
  });
}

/** When the deployment began and how long its calls took; null where nothing was deployed. */
export function deploymentOf({ state, begun }: RunStory): {
  readonly at: string;
  readonly took: string | null;
} | null {
  const [first] = begun.filter(({ direction }) => direction === 'forward');
  if (state.manual) return { at: secondOf(state.manual.at), took: null };
  if (!first) return null;
  const scripts = state.scripts.filter(({ direction }) => direction === 'forward');
  const ms = scripts.reduce((sum, { outcome }) => sum + outcome.tookMs, 0);
  const isKnown = scripts.length > 0 && scripts.every(({ outcome }) => outcome.how !== 'unknown');
  return { at: secondOf(first.at), took: isKnown ? durationInWords(ms) : null };
}
