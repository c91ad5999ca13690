import type { MetricSettings, WatchSettings } from '../../evidence/release-settings';
import { ceilingOf, slowShare, timesOf } from './bounds';
import { errorsNeeded, expectedPolls } from './evidence';
import { rateInWords } from './judge-counts';
import { noiseAt } from './noise';
import { openWatch } from './open';
import type { MetricPast } from './samples';
import type { Judged, MetricState, Track } from './state';
import { levelInWords, numberInWords, shareInWords, spanInWords, timesInWords } from './words';

/**
 * What a watch of this traffic could show at all, a sentence without full stop for each metric and each thing that is
 * to be known of it: after how long changes of some sizes are expected to be acted on, how noisy the metric is and since
 * when, how much history that rests on, and what cannot be judged. To be said before anything is deployed, rather than
 * asked about afterwards.
 */
export function feasibilityOf(
  settings: WatchSettings,
  metrics: readonly MetricSettings[],
  past: Readonly<Record<string, MetricPast>>,
): readonly string[] {
  return openWatch(settings, metrics, past).metrics.flatMap((metric) => {
    const sentences = sentencesOf(metric, settings);
    const own = [...sentences, ...(metric.note === '' ? [] : [metric.note])];
    if (metric.isSoftOnly && metric.judged.by !== 'nothing') {
      const { probeBaselinePolls } = settings.tuning;
      own.push(
        `asks and rolls nothing back: a watch by probes needs ${probeBaselinePolls} polls of baseline to do so`,
      );
    }
    return own.map((sentence) => `${metric.settings.name}: ${sentence}`);
  });
}

function sentencesOf(metric: MetricState, settings: WatchSettings): readonly string[] {
  const { judged } = metric;
  const traffic = metric.settings.kind === 'traffic' ? trafficSentences(metric, settings) : [];
  switch (judged.by) {
    case 'nothing':
      return [`cannot judge: ${judged.why}`];
    case 'evidence':
      return countsSentences(metric, judged.hard, settings);
    case 'level':
      return levelSentences(metric, judged, settings);
    case 'traffic':
      return traffic;
    case 'check':
      return [`${settings.tuning.checkFailures} failures in a row roll back, one asks`];
    default:
      return judged satisfies never;
  }
}

const windowPolls = ({ windowMs, intervalMs }: WatchSettings): number =>
  Math.max(1, Math.ceil(windowMs / intervalMs));

/** The noise that a change of a track has to get over, by how many polls it has lasted. */
export function noiseOf({ historyNoise, baselineNoise }: Track): (polls: number) => number {
  return historyNoise ? (polls) => noiseAt(historyNoise, polls) : () => baselineNoise;
}

function countsSentences(metric: MetricState, track: Track, settings: WatchSettings): readonly string[] {
  const { baseline, direction } = track;
  if (!(baseline.all > 0)) {
    return ['cannot judge a change: there is no baseline; a loss of data is still acted on'];
  }
  const { intervalMs, rule } = settings;
  const rate = baseline.bad / baseline.all;
  const span = spanInWords(baseline.polls * intervalMs);
  const before = `${rateInWords(metric, rate)} before the release (${numberInWords(baseline.bad)} of ${numberInWords(baseline.all)} in ${span})`;
  if (rule === 'literal')
    return [`${before}; judged poll by poll, without evidence: chance alone can roll back`];
  const sentences = [`${before}; ${shownInWords(metric, track, settings)}`];
  const hard = timesOf(metric.settings, settings).hard ?? settings.ratioHard;
  const needed = Math.ceil(errorsNeeded(hard) * noiseOf(track)(windowPolls(settings)));
  const isRatio = metric.settings.kind !== 'slow-requests' && direction === 'up' && baseline.bad > 0;
  if (isRatio && baseline.bad < needed) {
    sentences.push(
      `to confirm ${timesInWords(hard)} reliably the baseline would have to hold about ${needed} bad ones, and it holds ${numberInWords(baseline.bad)}`,
    );
  }
  const ceiling = ceilingOf(metric.settings, settings);
  if (ceiling !== null && (direction === 'up' ? rate > ceiling : rate < ceiling)) {
    sentences.push(`it was past ${rateInWords(metric, ceiling)} before the release already`);
  }
  sentences.push(noiseInWords(metric, track, settings));
  return sentences;
}

/** Changes whose expected delay is said. */
const SAID = [10, 5, 3, 2];

function shownInWords(metric: MetricState, track: Track, settings: WatchSettings): string {
  const { baseline, direction } = track;
  const polls = windowPolls(settings);
  const level = (baseline.bad + 0.5) / baseline.all;
  const after = (ratio: number): number | null =>
    expectedPolls(
      baseline,
      baseline.all / Math.max(1, baseline.polls),
      direction === 'up' ? ratio : 1 / ratio,
      polls,
      noiseOf(track),
      settings.evidenceHard,
      settings.tuning,
    );
  const said = (what: string, delay: number | null): string =>
    delay === null
      ? `${what} not within ${spanInWords(settings.windowMs)}`
      : `${what} after about ${spanInWords(delay * settings.intervalMs)}`;
  if (metric.settings.kind === 'slow-requests') {
    const share = slowShare(metric.settings);
    const times = timesOf(metric.settings, settings).hard;
    return `this traffic shows ${said(`${times === null ? 'the bound' : timesInWords(times)} (${shareInWords(share)} over it)`, after(share / level))}`;
  }
  if (!(baseline.bad > 0)) {
    const shares = metric.settings.kind === 'count' ? [] : [0.05, 0.01].filter((share) => share > level);
    if (shares.length === 0) return 'none before, so that some of them in several polls show';
    return `this traffic shows ${shares.map((share) => said(shareInWords(share), after(share / level))).join(', ')}`;
  }
  const ratios = SAID.filter((ratio) => direction === 'down' || rateCanReach(metric, baseline, ratio));
  const named = (ratio: number): string => (direction === 'up' ? `${ratio}x` : `1/${ratio}`);
  const shown = ratios
    .filter((ratio) => after(ratio) !== null)
    .map((ratio) => said(named(ratio), after(ratio)));
  // Ratios fall, and what is smaller takes longer.
  const [hidden] = ratios.filter((ratio) => after(ratio) === null);
  const rest = hidden === undefined ? [] : [said(`${named(hidden)} and less`, null)];
  return `this traffic shows ${[...shown, ...rest].join(', ')}`;
}

/** A share cannot grow over all. */
const rateCanReach = (
  { settings }: MetricState,
  baseline: { readonly bad: number; readonly all: number },
  ratio: number,
): boolean => settings.kind === 'count' || (baseline.bad / baseline.all) * ratio <= 1;

function noiseInWords(metric: MetricState, track: Track, settings: WatchSettings): string {
  const { tuning, intervalMs } = settings;
  const history = spanInWords(metric.historyPolls * intervalMs);
  if (!metric.isCalibrated) {
    const times = tuning.uncalibratedTimes;
    const otherwise = times === null ? '' : `; less than ${timesInWords(times)} asks instead of rolling back`;
    const known = metric.historyPolls === 0 ? 'no history' : `only ${history} of history`;
    return `its own noise is not known (${known}, ${spanInWords(tuning.historyLeastPolls * intervalMs)} are needed)${otherwise}`;
  }
  const noise = Math.max(...(track.historyNoise ?? [1]));
  if (noise <= 1) return `as calm as chance alone, by ${history} of history`;
  const from =
    metric.until && track.noiseSpan
      ? `, from ${momentsInWords(metric.until, track.noiseSpan, intervalMs)}`
      : '';
  const excluded = from === '' ? '' : '; a span that was an outage can be left out (`excluded`)';
  return `noise x ${numberInWords(noise)}${from}, by ${history} of history${excluded}`;
}

/** `2026-11-22 03:10-03:25 UTC`, from polls counted back from the end. */
function momentsInWords(
  until: string,
  span: { readonly from: number; readonly until: number },
  intervalMs: number,
): string {
  const end = Date.parse(until);
  const said = (pollsBack: number): string => new Date(end - pollsBack * intervalMs).toISOString();
  const first = said(span.from);
  const last = said(span.until);
  // Where polls are shorter than minutes, minutes would tell nothing.
  const digits = intervalMs < 60_000 ? 19 : 16;
  const day = first.slice(0, 10);
  const rest = last.slice(0, 10) === day ? last.slice(11, digits) : last.slice(0, digits).replace('T', ' ');
  return `${day} ${first.slice(11, digits)}-${rest} UTC`;
}

function levelSentences(
  metric: MetricState,
  judged: Extract<Judged, { by: 'level' }>,
  settings: WatchSettings,
): readonly string[] {
  const { tuning } = settings;
  const { settings: own } = metric;
  const { median, extreme, polls } = judged;
  const limit =
    own.limit === null
      ? []
      : [
          judged.overLimitBefore >= tuning.levelPolls
            ? `was past its limit of ${levelInWords(own.limit, own)} before the release already, so that being past it is only noted`
            : `${tuning.levelPolls} polls in a row past ${levelInWords(own.limit, own)} roll back`,
        ];
  if (median === null || extreme === null) {
    return [
      `cannot judge a change: there is no baseline${own.limit === null ? '' : ', only the limit'}`,
      ...limit,
    ];
  }
  const before = `${levelInWords(median, own)} before the release, ${levelInWords(extreme, own)} at worst in ${polls} polls`;
  if (own.kind === 'saturation') {
    return [
      own.limit === null ? `${before}; asks, and rolls nothing back without a limit` : before,
      ...limit,
    ];
  }
  const { hard } = timesOf(own, settings);
  if (hard === null) return [before, ...limit];
  const isEnough = settings.rule === 'literal' || polls >= tuning.levelBaselinePolls;
  return [
    isEnough
      ? `${before}; ${tuning.levelPolls} polls in a row at ${timesInWords(hard)} and beyond the worst roll back`
      : `${before}; ${timesInWords(hard)} asks instead of rolling back: that needs ${tuning.levelBaselinePolls} polls of baseline`,
    ...limit,
  ];
}

function trafficSentences({ traffic }: MetricState, settings: WatchSettings): readonly string[] {
  if (!traffic) return ['cannot judge a silence: there was no traffic before the release'];
  const { mean, polls } = traffic;
  const usual = `${numberInWords(mean)} requests a poll before the release`;
  return [
    polls > windowPolls(settings)
      ? `${usual}: too little traffic to judge a silence, which would take ${polls} polls`
      : `${usual}; a silence shows after ${polls} polls`,
  ];
}
