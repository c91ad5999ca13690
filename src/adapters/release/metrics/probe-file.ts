import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { MetricSettings, WatchSettings } from '../../../core/evidence/release-settings';
import type { Clock } from '../../../core/ports';
import { isRecord, listAt, numberAt, textAt } from '../../json';
import { createProber, type ProbeCounts, type ProbeTarget } from './prober';

/** What the probes of one interval came to, as one line of a probe file. */
export interface ProbeMinute extends ProbeCounts {
  /** ISO 8601, UTC: the end of the interval. */
  readonly at: string;
  readonly url: string;
  readonly status: number;
  readonly intervalMs: number;
}

/** Ten thousand minutes of a probe a second; what is older than the history goes when the file is written anew. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Where the probes of an environment are kept in a folder. */
export function probeFile(folder: string, environment: string): string {
  return path.join(folder, `probes-${environment.replace(/[^\w.-]+/g, '_')}.jsonl`);
}

/** What is asked by the probes of metrics, each once. */
export function targetsOf(metrics: readonly MetricSettings[]): readonly ProbeTarget[] {
  const targets = new Map<string, ProbeTarget>();
  for (const { source } of metrics) {
    if (source.from !== 'probe') continue;
    const { url, status, timeoutMs } = source;
    targets.set(targetKey(source), { url, status, timeoutMs });
  }
  return [...targets.values()];
}

/** Two probes that ask the same: one request is made for both. */
export const targetKey = ({ url, status }: Pick<ProbeTarget, 'url' | 'status'>): string => `${status} ${url}`;

/** How a baseline of probes is collected. */
export interface ProbeCollection {
  /** As `probeFile` names it; made with its folder where it is not there. */
  readonly file: string;
  readonly settings: WatchSettings;
  /** Polling intervals; 120 are needed. */
  readonly minutes: number;
  readonly everyMs: number;
  readonly clock: Clock;
  /** After each interval, with the number of those that are kept. */
  readonly onMinute?: (minutes: readonly ProbeMinute[], done: number) => void;
}

/**
 * Probes for some time, outside a release, and appends what each interval came to: a later release has its baseline from
 * there (`MetricReaderOptions.probeFile`). An interval in which nothing could be asked is left out. Its signal ends it
 * quietly, with what was kept.
 *
 * @returns How many intervals were kept, or why none can be.
 */
export async function collectProbeBaseline(
  collection: ProbeCollection,
  signal?: AbortSignal,
): Promise<
  { readonly ok: true; readonly minutes: number } | { readonly ok: false; readonly detail: string }
> {
  const { file, settings, minutes, everyMs, clock, onMinute } = collection;
  const targets = targetsOf(settings.metrics);
  if (targets.length === 0) {
    return { ok: false, detail: 'release.watch.metrics names no probe: add one with its url' };
  }
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await keepNewest(file, clock.now(), settings.historyDays);
  } catch (error) {
    return { ok: false, detail: `${file} cannot be written (${codeOf(error)})` };
  }
  const probers = targets.map((target) => ({ target, prober: createProber(target, everyMs) }));
  let kept = 0;
  try {
    const begun = performance.now();
    for (let done = 1; done <= minutes; done++) {
      // Against the clock that does not jump, so that delays do not add up.
      if (!(await waited(begun + done * settings.intervalMs - performance.now(), signal))) break;
      const at = clock.now().toISOString();
      const lines = probers
        .map(({ target: { url, status }, prober }): ProbeMinute => ({
          at,
          url,
          status,
          intervalMs: settings.intervalMs,
          ...prober.take(),
        }))
        .filter(({ all }) => all > 0);
      try {
        await fs.appendFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      } catch (error) {
        return { ok: false, detail: `${file} cannot be written (${codeOf(error)})` };
      }
      if (lines.length === probers.length) kept += 1;
      onMinute?.(lines, kept);
    }
  } finally {
    for (const { prober } of probers) prober.stop();
  }
  return { ok: true, minutes: kept };
}

/** What a probe file holds of a target, oldest first, no older than the history; lines that are broken are left out. */
export async function readProbes(
  file: string,
  target: Pick<ProbeTarget, 'url' | 'status'>,
  { intervalMs, historyDays }: WatchSettings,
  endsAt: Date,
): Promise<readonly ProbeMinute[]> {
  const oldest = endsAt.getTime() - historyDays * 86_400_000;
  return (await linesOf(file)).filter((line) => {
    const time = Date.parse(line.at);
    return (
      line.url === target.url &&
      line.status === target.status &&
      line.intervalMs === intervalMs &&
      time > oldest &&
      time <= endsAt.getTime()
    );
  });
}

async function linesOf(file: string): Promise<readonly ProbeMinute[]> {
  let text: string;
  try {
    const { size } = await fs.stat(file);
    if (size > 4 * MAX_BYTES) return [];
    text = await fs.readFile(file, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const minute = minuteOf(line);
    return minute ? [minute] : [];
  });
}

function minuteOf(line: string): ProbeMinute | null {
  let json: unknown;
  try {
    json = JSON.parse(line) as unknown;
  } catch {
    return null;
  }
  const [at, url] = [textAt(json, 'at'), textAt(json, 'url')];
  const [status, intervalMs] = [numberAt(json, 'status'), numberAt(json, 'intervalMs')];
  const [all, bad, notRun] = [numberAt(json, 'all'), numberAt(json, 'bad'), numberAt(json, 'notRun')];
  const latencies = listAt(json, 'latencies').filter((each): each is number => typeof each === 'number');
  if (!isRecord(json) || at === null || url === null || status === null || intervalMs === null) return null;
  if (all === null || bad === null || notRun === null || Number.isNaN(Date.parse(at))) return null;
  return { at, url, status, intervalMs, all, bad, notRun, latencies, detail: textAt(json, 'detail') ?? '' };
}

/** Writes a file that has grown too large anew, with what is not older than the history. */
async function keepNewest(file: string, now: Date, historyDays: number): Promise<void> {
  const size = await fs.stat(file).then(
    (stat) => stat.size,
    () => 0,
  );
  if (size < MAX_BYTES) return;
  const oldest = now.getTime() - historyDays * 86_400_000;
  const lines = (await linesOf(file)).filter(({ at }) => Date.parse(at) > oldest);
  const temporary = `${file}.${process.pid}.tmp`;
  await fs.writeFile(temporary, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await fs.rename(temporary, file);
}

/** Waits; false where the signal came first. */
function waited(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const stop = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', stop);
        resolve(true);
      },
      Math.max(0, ms),
    );
    signal?.addEventListener('abort', stop, { once: true });
  });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'it failed';
