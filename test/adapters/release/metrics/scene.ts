import {
  plainMetric,
  type MetricKind,
  type MetricSettings,
  type WatchSettings,
} from '../../../../src/core/evidence/release-settings';
import { defaultWatch } from '../../../../src/core/evidence/release-settings';
import {
  createMetricReader,
  type MetricReader,
  type MetricReaderOptions,
} from '../../../../src/adapters/release/metrics';

type Queries = Partial<Record<'query' | 'bad' | 'all' | 'up', string>>;

/** A metric as the configuration would name it. */
export function metric(
  name: string,
  kind: MetricKind,
  source: Queries | MetricSettings['source'],
  more: Partial<MetricSettings> = {},
): MetricSettings {
  return {
    name,
    kind,
    source:
      'from' in source
        ? source
        : {
            from: 'prometheus',
            query: source.query ?? null,
            bad: source.bad ?? null,
            all: source.all ?? null,
            up: source.up ?? null,
          },
    ...plainMetric,
    ...more,
  };
}

export const errors = metric('error rate', 'errors', {
  bad: 'http_requests_total{job="orders",code=~"5.."}',
  all: 'http_requests_total{job="orders"}',
});

/** A reader of a watch with a poll each minute, or as often as the settings say. */
export function readerOf(
  settings: Partial<WatchSettings>,
  options: Partial<Omit<MetricReaderOptions, 'settings'>> = {},
): MetricReader {
  return createMetricReader({
    root: process.cwd(),
    environmentVariables: {},
    clock: { now: () => new Date() },
    ...options,
    settings: { ...defaultWatch, ...settings },
  });
}
