export { createMetricReader, probeInterval } from './metric-reader';
export { collectProbeBaseline, probeFile, type ProbeCollection, type ProbeMinute } from './probe-file';
export { createProber, type ProbeCounts, type Prober, type ProbeTarget } from './prober';
export type { MetricCheck, MetricReader, MetricReaderOptions } from './reader';
