import type { MetricSettings, MetricSource, WatchSettings } from '../../../core/evidence/release-settings';
import type { MetricPast, Sample, SlowBounds } from '../../../core/release/watch/samples';
import { baselineOf, noPast, withoutExcluded } from './past';
import type { AskLimits } from './prometheus-client';
import { readProbes, targetKey, targetsOf, type ProbeMinute } from './probe-file';
import {
  createProber,
  nearestRank,
  probeOnce,
  type ProbeCounts,
  type Prober,
  type ProbeResult,
} from './prober';
import { countsOf, missing, multiplesOf, type Source, type SourceCheck } from './source';

type Probe = Extract<MetricSource, { from: 'probe' }>;

/** A baseline of fewer minutes makes no hard bound; see `docs/metrics.md`. */
export const PROBE_BASELINE = 120;

/** Probes: health by one request at each poll; errors and latency by requests between the polls. */
export class ProbeSource implements Source {
  private readonly probers = new Map<string, Prober>();
  /** What each prober counted, by the poll that took it: metrics of one target share it. */
  private readonly taken = new Map<string, { readonly at: number; readonly counts: ProbeCounts }>();
  private readonly bounds = new Map<string, SlowBounds | null>();

  constructor(
    private readonly settings: WatchSettings,
    private readonly everyMs: number,
    private readonly file: string | null,
  ) {}

  remember(name: string, slow: SlowBounds | null): void {
    this.bounds.set(name, slow);
  }

  /** Begins to probe what is counted between polls; what runs already goes on. */
  start(metrics: readonly MetricSettings[]): void {
    for (const target of targetsOf(metrics.filter(({ kind }) => kind !== 'health'))) {
      const key = targetKey(target);
      if (!this.probers.has(key)) this.probers.set(key, createProber(target, this.everyMs));
    }
  }

  close(): void {
    for (const prober of this.probers.values()) prober.stop();
    this.probers.clear();
  }

  async check(metric: MetricSettings, now: Date, { signal }: AskLimits): Promise<SourceCheck> {
    const probe = probeOf(metric);
    const asked = `${probe.url} (status ${probe.status})`;
    if (!isProbed(metric.kind)) {
      return {
        isOk: false,
        asked,
        detail: `the metric "${metric.name}" is of kind ${metric.kind}, which a probe does not measure: health, errors, latency and slow-requests are`,
      };
    }
    const result = await probeOnce(probe, signal);
    if (result.kind !== 'answered' || !result.isWell) {
      return { isOk: false, asked, detail: `${whatIsWrong(probe, result)}` };
    }
    const answer = `answers with status ${result.status} in ${Math.round(result.ms)} ms`;
    if (metric.kind === 'health') return { isOk: true, asked, detail: answer };
    const kept = await this.kept(probe, now);
    return {
      isOk: true,
      asked,
      detail:
        kept.length >= PROBE_BASELINE
          ? `${answer}; ${kept.length} minutes of baseline`
          : `${answer}; ${fewMinutes(kept.length)}`,
    };
  }

  async past(metric: MetricSettings, endsAt: Date): Promise<MetricPast> {
    const probe = probeOf(metric);
    if (metric.kind === 'health') return noPast('');
    if (!isProbed(metric.kind)) return noPast(`a probe does not measure what is of kind ${metric.kind}`);
    const kept = await this.kept(probe, endsAt);
    const last = kept.at(-1);
    const slow = metric.kind === 'slow-requests' ? this.slowBounds(metric, kept) : null;
    if (metric.kind === 'slow-requests') this.bounds.set(metric.name, slow);
    if (!last || (metric.kind === 'slow-requests' && !slow)) {
      const detail = fewMinutes(kept.length);
      return metric.kind === 'slow-requests' ? { ...noPast(detail), unjudgeable: detail } : noPast(detail);
    }
    const samples = kept.map((minute) => sampleOf(metric, minute, slow));
    const notes = [
      `its baseline was probed from ${kept[0]?.at ?? ''} until ${last.at}`,
      ...(kept.length < PROBE_BASELINE ? [fewMinutes(kept.length)] : []),
    ];
    return {
      // Errors of probes are few: all that the doubling allows is better than its beginning.
      baseline: baselineOf(
        samples,
        Math.max(PROBE_BASELINE, this.settings.baselineMinutes),
        metric.kind === 'latency',
      ),
      history: samples,
      note: notes.join('; '),
      ...(slow ? { slow } : {}),
    };
  }

  async poll(metric: MetricSettings, at: Date, { signal }: AskLimits): Promise<Sample | null> {
    const probe = probeOf(metric);
    if (metric.kind === 'health') {
      const result = await probeOnce(probe, signal);
      if (result.kind === 'not-run') return missing('not-run', result.detail);
      const isWell = result.kind === 'answered' && result.isWell;
      return {
        kind: 'check',
        isWell,
        detail: isWell ? '' : whatIsWrong(probe, result),
        ms: result.ms === null ? null : Math.round(result.ms),
      };
    }
    const slow = this.bounds.get(metric.name) ?? null;
    if (metric.kind === 'slow-requests' && !slow) return null;
    this.start([metric]);
    const counts = this.countsAt(targetKey(probe), at.getTime());
    if (counts.all === 0) {
      return counts.notRun > 0
        ? missing('not-run', counts.detail)
        : missing('too-few-scrapes', `no probe of ${probe.url} has ended in the interval`);
    }
    return (
      sampleOf(metric, counts, slow) ?? missing('too-few-scrapes', `no probe of ${probe.url} was answered`)
    );
  }

  private countsAt(key: string, at: number): ProbeCounts {
    const last = this.taken.get(key);
    if (last?.at === at) return last.counts;
    const counts = this.probers.get(key)?.take() ?? {
      all: 0,
      bad: 0,
      notRun: 0,
      latencies: [],
      detail: '',
    };
    this.taken.set(key, { at, counts });
    return counts;
  }

  /** What was collected before, without excluded spans. */
  private async kept(probe: Probe, endsAt: Date): Promise<readonly ProbeMinute[]> {
    if (this.file === null) return [];
    const all = await readProbes(this.file, probe, this.settings, endsAt);
    return all.filter(({ at }) => {
      const [sample] = withoutExcluded([{ kind: 'no-traffic' }], new Date(at), this.settings);
      return sample !== null;
    });
  }

  private slowBounds(metric: MetricSettings, kept: readonly ProbeMinute[]): SlowBounds | null {
    const { quantile, hard, soft } = multiplesOf(metric, this.settings);
    const baselineMs = nearestRank(
      kept.slice(-PROBE_BASELINE * 6).flatMap(({ latencies }) => latencies),
      quantile,
    );
    if (baselineMs === null) return null;
    // A service that answers within a millisecond has no multiple that means anything: a probe measures whole ones.
    const base = Math.max(1, baselineMs);
    const [hardMs, softMs] = [base * hard, base * soft];
    return { baselineMs, hardLe: String(hardMs), hardMs, softLe: String(softMs), softMs };
  }
}

function sampleOf(
  { kind, quantile }: MetricSettings,
  { all, bad, latencies }: ProbeCounts,
  slow: SlowBounds | null,
): Sample | null {
  switch (kind) {
    case 'errors':
      return countsOf(bad, all);
    case 'slow-requests': {
      if (!slow || latencies.length === 0) return null;
      const over = (ms: number): number => latencies.filter((latency) => latency > ms).length;
      return countsOf(over(slow.hardMs), latencies.length, over(slow.softMs));
    }
    case 'latency': {
      const value = nearestRank(latencies, quantile ?? 0.99);
      return value === null ? null : { kind: 'value', value };
    }
    default:
      return null;
  }
}

const isProbed = (kind: MetricSettings['kind']): boolean =>
  kind === 'health' || kind === 'errors' || kind === 'latency' || kind === 'slow-requests';

function probeOf({ source }: MetricSettings): Probe {
  if (source.from !== 'probe') throw new Error(`a ${source.from} is no probe`);
  return source;
}

function whatIsWrong(probe: Probe, result: ProbeResult): string {
  return result.kind === 'answered'
    ? `${probe.url} answers with status ${result.status}, where ${probe.status} is well`
    : result.detail;
}

const fewMinutes = (minutes: number): string =>
  `${minutes === 0 ? 'no baseline of probes is there' : `only ${minutes} minutes of baseline were probed`}, so that it can only ask, not roll back: run release-gate probe for ${PROBE_BASELINE} minutes before a release`;
