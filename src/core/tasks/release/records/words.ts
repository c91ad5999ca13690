import type { MetricSettings } from '../../../evidence/release-settings';
import type { Actor, ScriptOutcome } from '../../../release/run';
import type { MetricPast, Sample } from '../../../release/watch/samples';
import { durationInWords } from '../../../release/words';

/** Sequences by which a terminal colours, moves and titles: a record is no terminal. */
const TERMINAL_SEQUENCES =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[PX^_][^\u001b]*\u001b\\|[ -/]*[0-~])/g;

/** Output of a program as a record can hold it; its own marks are left as they are, since it stands in a fence. */
export function plainOutput(text: string): string {
  return text.replace(TERMINAL_SEQUENCES, '');
}

/** Who spoke, and where. */
export function actorInWords({ name, via }: Actor): string {
  return via === 'file' ? `${name} (by a file)` : `${name} (${via})`;
}

/** A number as people read it: three digits that say something, thousands apart. */
export function numberInWords(value: number): string {
  const size = Math.abs(value);
  const digits = size === 0 || size >= 100 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(size))));
  const [whole = '', rest] = String(Number(value.toFixed(digits))).split('.');
  if (whole.includes('e')) return String(value);
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

/** A share of counts: `0.25 % (3 of 1,200)`. */
function share(bad: number, all: number): string {
  return all === 0
    ? `${numberInWords(bad)} of 0`
    : `${numberInWords((bad / all) * 100)} % (${numberInWords(bad)} of ${numberInWords(all)})`;
}

/** What a poll said of a metric. */
export function sampleInWords(sample: Sample | undefined, metric: MetricSettings): string {
  if (!sample) return 'not asked';
  switch (sample.kind) {
    case 'counts':
      return share(sample.bad, sample.all);
    case 'value':
      return withUnit(sample.value, metric);
    case 'check':
      return `${sample.isWell ? 'well' : 'not well'}${sample.ms === null ? '' : ` in ${numberInWords(sample.ms)} ms`}${sample.isWell || sample.detail === '' ? '' : `: ${sample.detail}`}`;
    case 'no-traffic':
      return 'no traffic';
    case 'missing':
      return `no data (${sample.why}${sample.detail === '' ? '' : `: ${sample.detail}`})`;
    default:
      return sample satisfies never;
  }
}

/** The number of a sample by which samples of a metric are compared; null where it has none. */
export function numberOf(sample: Sample | undefined): number | null {
  if (sample?.kind === 'counts') return sample.all === 0 ? null : sample.bad / sample.all;
  return sample?.kind === 'value' ? sample.value : null;
}

/** What a metric was before the release, and over how long. */
export function baselineInWords(past: MetricPast | undefined, metric: MetricSettings): string {
  if (!past) return 'not taken';
  if (past.unjudgeable !== undefined) return `cannot be judged: ${past.unjudgeable}`;
  const samples = past.baseline.filter((sample) => sample !== null);
  const of = `${past.baseline.length} intervals`;
  const note = past.note === '' ? '' : `; ${past.note}`;
  const counts = samples.filter((sample) => sample.kind === 'counts');
  if (counts.length > 0) {
    const bad = counts.reduce((sum, each) => sum + each.bad, 0);
    const all = counts.reduce((sum, each) => sum + each.all, 0);
    return `${share(bad, all)} over ${of}${note}`;
  }
  const values = samples.flatMap((sample) => (sample.kind === 'value' ? [sample.value] : []));
  if (values.length > 0) return `median ${withUnit(medianOf(values), metric)} over ${of}${note}`;
  const checks = samples.filter((sample) => sample.kind === 'check');
  if (checks.length > 0)
    return `well ${checks.filter(({ isWell }) => isWell).length} of ${checks.length} times${note}`;
  return `no data in ${of}${note}`;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function withUnit(value: number, { unit }: MetricSettings): string {
  return unit === '' ? numberInWords(value) : `${numberInWords(value)} ${unit}`;
}

/** How a call of the deploy script ended, a clause. */
export function outcomeInWords(outcome: ScriptOutcome): string {
  const how = howItEnded(outcome);
  const ran =
    outcome.processes.length === 0 ? '' : `; what ran when it was ended: ${outcome.processes.join(', ')}`;
  const left =
    outcome.isGroupGone || outcome.how === 'not-started' ? '' : '; not everything that it started is gone';
  const detail = outcome.detail === '' || how.includes(outcome.detail) ? '' : `; ${outcome.detail}`;
  return `${how}${ran}${left}${detail}`;
}

function howItEnded(outcome: ScriptOutcome): string {
  switch (outcome.how) {
    case 'exited':
      return outcome.exitCode === null
        ? `ended by ${outcome.signal ?? 'a signal'}`
        : `exit status ${outcome.exitCode}`;
    case 'hung':
      return 'hung: it printed nothing for longer than it may, and was ended';
    case 'over-limit':
      return 'took longer than it may, and was ended';
    case 'ended-by-person':
      return 'was ended by a person';
    case 'not-started':
      return `was not started: ${outcome.detail}`;
    case 'unknown':
      return 'how it ended is not known';
    default:
      return outcome.how satisfies never;
  }
}

/** The time between two moments of a journal; '' where one is not there. */
export function tookInWords(from: string, to: string): string {
  const ms = Date.parse(to) - Date.parse(from);
  return Number.isNaN(ms) ? '' : durationInWords(Math.max(0, ms));
}
