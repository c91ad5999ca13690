import type { MetricSettings, WatchSettings } from '../../evidence/release-settings';
import { metricBefore } from './prepare';
import type { MetricPast } from './samples';
import type { MetricState, WatchState } from './state';

/** What was made of a past before: a journal is replayed often, and a week of history takes tens of milliseconds. */
const prepared = new WeakMap<
  MetricPast,
  {
    readonly metric: string;
    readonly settings: WatchSettings;
    readonly isTraffic: boolean;
    readonly state: MetricState;
  }
>();

/**
 * What a watch begins with. Reads each metric's past once: its level, its noise over the history, what traffic is usual.
 * Pure; the past's objects are taken as never changed. To be called for each stage of a strategy, for the window, and
 * for the watch of the version that was gone back to.
 */
export function openWatch(
  settings: WatchSettings,
  metrics: readonly MetricSettings[],
  past: Readonly<Record<string, MetricPast>>,
): WatchState {
  // Without a metric of its own for traffic, silence is told by the first metric that counts requests.
  const traffic =
    metrics.find(({ kind }) => kind === 'traffic') ??
    metrics.find(({ kind }) => kind === 'errors') ??
    metrics.find(({ kind }) => kind === 'slow-requests');
  return {
    settings,
    polls: 0,
    gaps: 0,
    metrics: metrics.map((metric) => preparedOf(metric, settings, past[metric.name], metric === traffic)),
  };
}

function preparedOf(
  metric: MetricSettings,
  settings: WatchSettings,
  past: MetricPast | undefined,
  isTraffic: boolean,
): MetricState {
  const before = past && prepared.get(past);
  const key = JSON.stringify(metric);
  if (before?.metric === key && before.settings === settings && before.isTraffic === isTraffic)
    return before.state;
  const state = metricBefore(metric, settings, past, isTraffic);
  if (past) prepared.set(past, { metric: key, settings, isTraffic, state });
  return state;
}
