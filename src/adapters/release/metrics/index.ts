export type { MetricCheck, MetricReader, MetricReaderOptions } from './reader';
