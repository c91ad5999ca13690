import type { WatchSettings } from '../../evidence/release-settings';
import { judgeCheck, judgeLevel, judgeTraffic } from './judge-levels';
import { judgeCounts, type Found } from './judge-counts';
import { countsOf, isWellIn, levelOf, requestsOf } from './readings';
import type { Poll, Sample } from './samples';
import type { FindingNumbers, MetricState, WatchFinding, WatchState } from './state';
import { minutesInWords } from './words';

export type {
  FindingLevel,
  FindingNumbers,
  FindingReason,
  MetricState,
  WatchFinding,
  WatchState,
} from './state';
export { FINDING_REASONS } from './state';
export { feasibilityOf } from './feasibility';
export { openWatch } from './open';
export { shouldAsk } from './questions';
export { seriesOf, type MetricSeries } from './series';
export { watchSummary, type MetricSummary } from './summary';

/**
 * One poll: the watch with it, and what it shows. Polls come in order, each once. Findings are of this poll: a hard one
 * is to be acted on at once, soft ones go through `shouldAsk`, notes are for the record. At most one for each metric,
 * and one more where its requests have gone. Pure; takes time in the number of polls.
 */
export function judgePoll(
  state: WatchState,
  poll: Poll,
): { readonly state: WatchState; readonly findings: readonly WatchFinding[] } {
  const judged = state.metrics.map((metric) =>
    judgeMetric(metric, state, poll.samples[metric.settings.name]),
  );
  const isGap = judged.some(({ found }) =>
    found.some(({ why }) => why === 'data-gap' || why === 'data-lost'),
  );
  const gaps = state.gaps + (isGap ? 1 : 0);
  const since = minutesInWords(poll.number * state.settings.intervalMs);
  return {
    state: {
      settings: state.settings,
      polls: state.polls + 1,
      gaps,
      metrics: judged.map(({ metric }) => metric),
    },
    findings: judged.flatMap(({ metric, found }) => found.map((one) => findingOf(metric, one, since, gaps))),
  };
}

function findingOf(
  { settings, isSoftOnly }: MetricState,
  found: Found,
  since: string,
  gaps: number,
): WatchFinding {
  const evidence: FindingNumbers = {
    recent: null,
    baseline: null,
    ratio: null,
    lnEvidence: null,
    lnEvidenceBaseline: null,
    isAtHardBound: false,
    noise: null,
    limit: null,
    ...found.numbers,
    gaps,
  };
  return {
    metric: settings.name,
    level: isSoftOnly && found.level === 'hard' ? 'soft' : found.level,
    why: found.why,
    text: `${settings.name} ${found.clause} at T+${since}`,
    evidence,
  };
}

interface MetricJudged {
  readonly metric: MetricState;
  readonly found: readonly Found[];
}

function judgeMetric(before: MetricState, state: WatchState, sample: Sample | undefined): MetricJudged {
  const { judged, traffic } = before;
  if (judged.by === 'nothing') return { metric: before, found: [] };
  const { settings } = state;
  const { kind } = before.settings;
  const isWell = judged.by === 'check' ? isWellIn(sample) : null;
  const counts = judged.by === 'evidence' ? countsOf(kind, sample) : null;
  const value =
    judged.by === 'evidence'
      ? counts && counts[1] > 0
        ? counts[0] / counts[1]
        : null
      : judged.by === 'level'
        ? levelOf(sample)
        : judged.by === 'traffic'
          ? requestsOf(sample)
          : isWell === null
            ? null
            : Number(isWell);
  const isMissing =
    value === null && (judged.by === 'evidence' ? counts === null : sample?.kind !== 'no-traffic');
  const requests = traffic ? [...before.requests, requestsOf(sample)] : before.requests;
  const failures = isWell === null ? before.failures : isWell ? 0 : before.failures + 1;
  const metric: MetricState = {
    ...before,
    values: [...before.values, value],
    requests,
    hasData: before.hasData || !isMissing,
    lost: isMissing ? before.lost + 1 : 0,
    failures,
  };

  if (judged.by === 'evidence') {
    const soft = judged.soft && countsOf(kind, sample, 'soft');
    const { hard, soft: softTrack, lnEvidence, found } = judgeCounts(metric, judged, settings, counts, soft);
    const without = found.filter(({ why }) => why === 'above-without-evidence').length;
    const after: MetricState = {
      ...metric,
      judged: { by: 'evidence', hard, soft: softTrack },
      lnEvidence: [...before.lnEvidence, lnEvidence],
      withoutEvidence: before.withoutEvidence + without,
    };
    return { metric: after, found: withData(after, state, withTraffic(after, settings, found)) };
  }
  const after: MetricState = { ...metric, lnEvidence: [...before.lnEvidence, null] };
  const found =
    judged.by === 'level'
      ? judgeLevel(after, judged, settings)
      : listed(judged.by === 'check' ? judgeCheck(after, isWell, settings) : null);
  return { metric: after, found: withData(after, state, withTraffic(after, settings, found)) };
}

const listed = (found: Found | null): readonly Found[] => (found ? [found] : []);

function withTraffic(
  metric: MetricState,
  settings: WatchSettings,
  found: readonly Found[],
): readonly Found[] {
  return metric.traffic ? [...found, ...listed(judgeTraffic(metric, metric.traffic, settings))] : found;
}

/**
 * Missing data beside what the data say. A metric that is not required asks where a required one would end the watch,
 * and is noted where that one would ask.
 */
function withData(metric: MetricState, state: WatchState, found: readonly Found[]): readonly Found[] {
  const { tuning } = state.settings;
  const { isRequired } = metric.settings;
  const polls = state.polls + 1;
  if (!metric.hasData) {
    if (polls < tuning.lostFirstPolls) return found;
    const clause = `has given no data in the first ${polls} polls`;
    return [{ level: isRequired ? 'hard' : 'soft', why: 'no-data', clause, numbers: {} }];
  }
  if (metric.lost >= tuning.lostPolls) {
    const clause = `has given no data for ${metric.lost} polls in a row`;
    return [{ level: isRequired ? 'hard' : 'soft', why: 'data-lost', clause, numbers: {} }];
  }
  if (metric.lost === 0 || found.some(({ level }) => level !== 'note')) return found;
  return [{ level: isRequired ? 'soft' : 'note', why: 'data-gap', clause: 'gave no data', numbers: {} }];
}
