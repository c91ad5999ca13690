import type { MetricSettings, WatchSettings } from '../../evidence/release-settings';

/** Multiples of the baseline from which on something is soft or hard; null: it never is. */
export interface Times {
  readonly hard: number | null;
  readonly soft: number | null;
}

const isP95 = ({ quantile }: MetricSettings): boolean => quantile !== null && quantile <= 0.95;

/**
 * The multiples that a metric is held against: its own, else those of the settings for its kind. A p95 goes by
 * `p95Times`; a level of the project's own and a saturation are hard only where the configuration says so.
 */
export function timesOf(metric: MetricSettings, settings: WatchSettings): Times {
  const soft = metric.softTimes;
  const hard = metric.hardTimes;
  switch (metric.kind) {
    case 'slow-requests':
    case 'latency':
      return {
        hard: hard ?? (isP95(metric) ? settings.p95Times : settings.latencyHard),
        soft: soft ?? settings.latencySoft,
      };
    case 'errors':
    case 'count':
      return { hard: hard ?? settings.ratioHard, soft: soft ?? settings.ratioSoft };
    case 'own':
      return { hard, soft: soft ?? settings.ratioSoft };
    case 'saturation':
      return { hard: null, soft: soft ?? settings.tuning.saturationTimes };
    case 'traffic':
    case 'health':
      return { hard: null, soft: null };
    default:
      return metric.kind satisfies never;
  }
}

/** The share of slow requests that is the same as the quantile's being over the bound: 0.01 for a p99. */
export function slowShare({ quantile }: MetricSettings): number {
  return Math.round((1 - (quantile ?? 0.99)) * 1e9) / 1e9;
}

/** The share of bad ones that is too much whatever the baseline was; null: none is set. */
export function ceilingOf(metric: MetricSettings, settings: WatchSettings): number | null {
  const limit = metric.limit === null ? null : metric.unit === '%' ? metric.limit / 100 : metric.limit;
  return metric.kind === 'errors' ? (limit ?? settings.errorCeiling) : limit;
}
