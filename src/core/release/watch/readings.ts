import type { MetricKind } from '../../evidence/release-settings';
import type { Counts } from './noise';
import type { Sample } from './samples';

/** Which bound of a latency requests are counted over. */
export type Bound = 'hard' | 'soft';

/**
 * Counts of a sample; null: there are none, because data are missing or of another kind. A number that stands alone is a
 * count of its own for a metric of kind `count`. More bad ones than all is what counters read at slightly different
 * moments give.
 */
export function countsOf(
  kind: MetricKind,
  sample: Sample | null | undefined,
  bound: Bound = 'hard',
): Counts | null {
  switch (sample?.kind) {
    case 'counts': {
      const bad = bound === 'soft' ? (sample.softBad ?? sample.bad) : sample.bad;
      return isCount(bad) && isCount(sample.all) ? [bad, Math.max(bad, sample.all)] : null;
    }
    case 'value':
      return kind === 'count' && isCount(sample.value) ? [sample.value, 1] : null;
    case 'no-traffic':
      return [0, 0];
    case 'check':
    case 'missing':
    case undefined:
      return null;
    default:
      return sample satisfies never;
  }
}

const isCount = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** A level: null for a poll that has none, whether data are missing or there was no traffic. */
export function levelOf(sample: Sample | null | undefined): number | null {
  switch (sample?.kind) {
    case 'value':
      return Number.isFinite(sample.value) ? sample.value : null;
    case 'counts':
      return sample.all > 0 ? sample.bad / sample.all : null;
    case 'check':
      return sample.ms;
    case 'no-traffic':
    case 'missing':
    case undefined:
      return null;
    default:
      return sample satisfies never;
  }
}

/** Requests of a poll: of a metric of traffic, or all that another one counted. */
export function requestsOf(sample: Sample | null | undefined): number | null {
  switch (sample?.kind) {
    case 'value':
      return isCount(sample.value) ? sample.value : null;
    case 'counts':
      return isCount(sample.all) ? Math.max(sample.all, sample.bad) : null;
    case 'no-traffic':
      return 0;
    case 'check':
    case 'missing':
    case undefined:
      return null;
    default:
      return sample satisfies never;
  }
}

/** Whether a check passed; null where it could not be run, which is no failure. A number above zero passes. */
export function isWellIn(sample: Sample | null | undefined): boolean | null {
  switch (sample?.kind) {
    case 'check':
      return sample.isWell;
    case 'value':
      return Number.isFinite(sample.value) ? sample.value > 0 : null;
    case 'counts':
    case 'no-traffic':
    case 'missing':
    case undefined:
      return null;
    default:
      return sample satisfies never;
  }
}
