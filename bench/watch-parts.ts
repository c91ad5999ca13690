import {
  plainMetric,
  defaultWatch,
  type MetricSettings,
  type WatchSettings,
} from '../src/core/evidence/release-settings';
import { judgePoll, openWatch } from '../src/core/release/watch/judge';
import type { Sample } from '../src/core/release/watch/samples';
import {
  drifting,
  failing,
  multiplied,
  simulatedRelease,
  spiking,
  unchanged,
  type Change,
  type Minute,
  type Service,
} from '../scripts/lib/simulate-traffic';
import { argo, flagger, kayenta, literal, type Judge } from './watch-judges';

/**
 * The rule of the watch window beside others on the same simulated traffic, and how long it takes:
 * `node watch-parts.cjs delays RELEASES/FIRST/STEP` or `node watch-parts.cjs speed`.
 */

const MINUTES = 60;
const WEEK = 7 * 24 * 60;

interface Cell {
  readonly name: string;
  readonly service: Service;
  readonly change: Change;
  readonly changeName: string;
  readonly isHealthy: boolean;
}

function cellsOf(): readonly Cell[] {
  const cells: Cell[] = [];
  const add = (name: string, service: Service, changes: readonly (readonly [string, Change])[]): void => {
    cells.push({ name, service, change: unchanged, changeName: 'none', isHealthy: true });
    for (const [changeName, change] of changes) {
      cells.push({ name, service, change, changeName, isHealthy: false });
    }
  };
  const by = (...ratios: number[]): [string, Change][] =>
    ratios.map((ratio) => [`${ratio}x`, multiplied(ratio)]);
  const poisson = (perMinute: number, rate: number): Service => ({ world: 'poisson', perMinute, rate });
  const busy = { perMinute: 1000, rate: 0.01 };
  add('chance, 20/min, 1 %', poisson(20, 0.01), by(3, 10));
  add('chance, 100/min, 0.1 %', poisson(100, 0.001), by(3, 10));
  add('chance, 100/min, 1 %', poisson(100, 0.01), [...by(2, 3, 10), ['3x from T+20', multiplied(3, 21)]]);
  add('chance, 1,000/min, 1 %', poisson(1000, 0.01), by(2, 3));
  add('chance, 100,000/min, 0.1 %', poisson(100_000, 0.001), by(2));
  add('no errors before, 100/min', poisson(100, 0), [
    ['0 to 1 %', failing(0.01)],
    ['0 to 5 %', failing(0.05)],
  ]);
  add('jumpy minutes, 1,000/min, 1 %', { world: 'jumpy', ...busy }, by(2, 3, 10));
  add('batches of 5, 1,000/min, 1 %', { world: 'batches', ...busy }, by(3, 10));
  add('wandering rate, 1,000/min, 1 %', { world: 'wandering', ...busy }, by(3, 10));
  add('background incidents, 1,000/min, 1 %', { world: 'incidents', ...busy }, by(3, 10));
  const other = (name: string, service: Service, change: Change): void => {
    cells.push({ name, service, change, changeName: 'none', isHealthy: true });
  };
  other('drift to 1.5x, 1,000/min, 1 %', { world: 'poisson', ...busy }, drifting(1.5));
  other('spike of 60x in minute 1, 1,000/min, 0.2 %', poisson(1000, 0.002), spiking(60));
  return cells;
}

const metric: MetricSettings = {
  name: 'error rate',
  kind: 'errors',
  source: { from: 'prometheus', query: null, bad: 'bad', all: 'all', up: null },
  ...plainMetric,
};

const sampleOf = ([bad, all]: Minute): Sample => ({ kind: 'counts', bad, all });

/** Our rule by the settings that everyone has who sets none. */
function watched(
  before: readonly Minute[],
  after: readonly Minute[],
  settings: WatchSettings,
): { readonly hard: number | null; readonly isAsked: boolean } {
  const samples = before.map(sampleOf);
  const past = { baseline: samples.slice(-30), history: samples, note: '' };
  let state = openWatch(settings, [metric], { [metric.name]: past });
  let isAsked = false;
  for (const [index, minute] of after.entries()) {
    const poll = { number: index + 1, at: '', samples: { [metric.name]: sampleOf(minute) } };
    const judged = judgePoll(state, poll);
    state = judged.state;
    isAsked ||= judged.findings.some(({ level }) => level === 'soft');
    if (judged.findings.some(({ level }) => level === 'hard')) return { hard: index + 1, isAsked };
  }
  return { hard: null, isAsked };
}

const others: Readonly<Record<string, Judge>> = {
  'literal, each minute': literal,
  'Argo, limit 3': argo(3),
  'Flagger, 5': flagger(5),
  'Kayenta-like, 10 min': kayenta,
};

/** What one judge made of all releases of a cell. */
interface Made {
  readonly fired: number;
  /** Over all releases; null where fewer than half were rolled back. */
  readonly median: number | null;
  /** Share of releases that were asked about and not rolled back; null for a judge that never asks. */
  readonly asked: number | null;
}

function madeOf(minutes: readonly (number | null)[], asked: number | null): Made {
  const sorted = minutes.map((minute) => minute ?? Infinity).sort((a, b) => a - b);
  const middle = sorted[sorted.length >> 1] ?? Infinity;
  return {
    fired: sorted.filter(Number.isFinite).length / sorted.length,
    median: Number.isFinite(middle) ? middle : null,
    asked,
  };
}

function delays(releases: number, first: number, step: number): unknown {
  return cellsOf()
    .map((cell, index) => ({ cell, index }))
    .filter(({ index }) => index % step === first)
    .map(({ cell, index }) => {
      const count = cell.isHealthy ? releases : Math.max(1, Math.round(releases / 5));
      const found: Record<string, (number | null)[]> = {};
      const own: { readonly hard: number | null; readonly isAsked: boolean }[] = [];
      for (let seed = 1; seed <= count; seed++) {
        const minutes = { before: WEEK, after: MINUTES };
        // Other seeds for each cell, and none that the tests use.
        const release = simulatedRelease(cell.service, cell.change, minutes, 1_000_003 * (index + 1) + seed);
        for (const [name, judge] of Object.entries(others)) {
          (found[name] ??= []).push(judge(release.before, release.after));
        }
        own.push(watched(release.before, release.after, defaultWatch));
      }
      const asked = own.filter(({ hard, isAsked }) => hard === null && isAsked).length / count;
      return {
        index,
        name: cell.name,
        change: cell.changeName,
        releases: count,
        made: {
          ...Object.fromEntries(
            Object.entries(found).map(([name, minutes]) => [name, madeOf(minutes, null)]),
          ),
          'release-gate': madeOf(
            own.map(({ hard }) => hard),
            asked,
          ),
        },
      };
    });
}

/** Milliseconds of the processor since a moment: what other programs take meanwhile is not the rule's. */
function taken(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Milliseconds of scans of a week, and of polls: averages over the first hour of a watch, and over the last of a day. */
function speed(): unknown {
  const service: Service = { world: 'incidents', perMinute: 1000, rate: 0.01 };
  const scans: number[] = [];
  const window: number[] = [];
  const day: number[] = [];
  for (let seed = 1; seed <= 22; seed++) {
    // Twice the errors: evidence is asked for in every way that the rule has.
    const release = simulatedRelease(service, multiplied(2.2), { before: WEEK, after: 1440 }, seed);
    const samples = release.before.map(sampleOf);
    const past = { baseline: samples.slice(-30), history: samples, note: '' };
    // The first releases only warm the compiler.
    const isCounted = seed > 2;
    const start = process.cpuUsage();
    let state = openWatch(defaultWatch, [metric], { [metric.name]: past });
    if (isCounted) scans.push(taken(start));
    for (let hour = 0; hour < 24; hour++) {
      const began = process.cpuUsage();
      for (const [index, minute] of release.after.slice(hour * MINUTES, (hour + 1) * MINUTES).entries()) {
        const number = hour * MINUTES + index + 1;
        state = judgePoll(state, { number, at: '', samples: { [metric.name]: sampleOf(minute) } }).state;
      }
      if (isCounted && hour === 0) window.push(taken(began) / MINUTES);
      if (isCounted && hour === 23) day.push(taken(began) / MINUTES);
    }
  }
  return { scans, window, day };
}

const [, , what, argument = ''] = process.argv;
if (what === 'speed') console.log(JSON.stringify(speed()));
else {
  const [releases = 1, first = 0, step = 1] = argument.split('/').map(Number);
  console.log(JSON.stringify(delays(releases, first, step)));
}
