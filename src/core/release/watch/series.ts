import type { MetricKind } from '../../evidence/release-settings';
import { ceilingOf, slowShare, timesOf } from './bounds';
import type { MetricState, WatchState } from './state';

/** What a face draws of one metric. */
export interface MetricSeries {
  readonly metric: string;
  readonly kind: MetricKind;
  /** Of values and bounds: `share` is a part of all (0.01 is 1 %), `level` a number in the metric's unit. */
  readonly scale: 'share' | 'level';
  readonly unit: string;
  readonly worse: 'up' | 'down';
  /** One for each poll; null without data or traffic. */
  readonly values: readonly (number | null)[];
  readonly baseline: number | null;
  /** From which on it is as bad as soft and hard ask, where there is such a bound. */
  readonly softBound: number | null;
  readonly hardBound: number | null;
  /** For each poll, the natural logarithm of the evidence; null where none is reckoned. */
  readonly lnEvidence: readonly (number | null)[];
  readonly lnEvidenceSoft: number | null;
  readonly lnEvidenceHard: number | null;
  /** Why nothing can be said of it; '' where something can. */
  readonly unjudgeable: string;
}

/** Each metric of a watch as it is drawn: its values, what it is held against, and the evidence so far. */
export function seriesOf(state: WatchState): readonly MetricSeries[] {
  return state.metrics.map((metric) => ({
    metric: metric.settings.name,
    kind: metric.settings.kind,
    unit: metric.settings.unit,
    worse: metric.settings.worse,
    values: metric.values,
    lnEvidence: metric.lnEvidence,
    ...boundsOf(metric, state),
    lnEvidenceSoft: metric.judged.by === 'evidence' ? Math.log(state.settings.evidenceSoft) : null,
    lnEvidenceHard: metric.judged.by === 'evidence' ? Math.log(state.settings.evidenceHard) : null,
    unjudgeable: metric.judged.by === 'nothing' ? metric.judged.why : '',
  }));
}

function boundsOf(
  { settings: metric, judged, traffic }: MetricState,
  { settings }: WatchState,
): Pick<MetricSeries, 'scale' | 'baseline' | 'softBound' | 'hardBound'> {
  const times = timesOf(metric, settings);
  switch (judged.by) {
    case 'evidence': {
      const { bad, all } = judged.hard.baseline;
      const baseline = all > 0 ? bad / all : null;
      const isUp = judged.hard.direction === 'up';
      const of = (multiple: number | null): number | null =>
        baseline === null || multiple === null ? null : isUp ? baseline * multiple : baseline / multiple;
      if (metric.kind === 'slow-requests') {
        return {
          scale: 'share',
          baseline,
          softBound: slowShare(metric),
          hardBound: times.hard === null ? null : slowShare(metric),
        };
      }
      const ceiling = ceilingOf(metric, settings);
      const ratio = of(times.hard ?? (metric.kind === 'own' ? settings.ratioHard : null));
      const nearer = isUp ? Math.min : Math.max;
      const hardBound =
        ratio === null || (ratio === 0 && isUp) ? ceiling : ceiling === null ? ratio : nearer(ratio, ceiling);
      return {
        scale: metric.kind === 'count' ? 'level' : 'share',
        baseline,
        softBound: of(times.soft),
        hardBound,
      };
    }
    case 'level': {
      const { median } = judged;
      const isUp = metric.worse === 'up';
      const of = (multiple: number | null): number | null =>
        median === null || multiple === null ? null : isUp ? median * multiple : median / multiple;
      return {
        scale: 'level',
        baseline: median,
        softBound: of(times.soft),
        hardBound: metric.limit ?? of(times.hard),
      };
    }
    case 'traffic':
      return {
        scale: 'level',
        baseline: traffic?.mean ?? null,
        softBound: traffic && traffic.mean * settings.tuning.quietSoft,
        hardBound: traffic && traffic.mean * settings.tuning.quietHard,
      };
    case 'check':
    case 'nothing':
      return { scale: 'level', baseline: null, softBound: null, hardBound: null };
    default:
      return judged satisfies never;
  }
}
