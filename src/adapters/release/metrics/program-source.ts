import { stripVTControlCharacters } from 'node:util';
import type { MetricSettings, WatchSettings } from '../../../core/evidence/release-settings';
import type { ProgramResult, Programs } from '../../../core/ports';
import type { MetricPast, Sample } from '../../../core/release/watch/samples';
import { at, isRecord, numberAt } from '../../json';
import { baselineLengths, baselineOf, noPast } from './past';
import type { AskLimits } from './prometheus-client';
import { countsOf, missing, sampleInWords, type Source, type SourceCheck } from './source';

/** How programs are run for their numbers. */
export interface ProgramSourceOptions {
  readonly programs: Programs;
  readonly settings: WatchSettings;
  /** Of one run. */
  readonly timeoutMs: number;
  readonly mask: ((text: string) => string) | null;
}

/** Runs of a program side by side while its baseline is taken: they ask somebody's interface, which has limits. */
const SIDE_BY_SIDE = 4;

/** The longest that the baseline of one program may take. */
const BASELINE_MS = 5 * 60_000;

/** What a shell says of a command that it could not run, and `timeout` of one that it ended. */
const NOT_RUN = new Map([
  [124, 'was ended by its time limit (status 124)'],
  [126, 'may not be run (status 126)'],
  [127, 'was not found (status 127)'],
]);

/**
 * Programs that print numbers: one (`12.5`), two (`3 1200`: bad and all), or JSON (`{"bad": 3, "all": 1200}`,
 * `{"value": 12.5}`). `{from}` and `{to}` in an argument are the interval's ends, ISO 8601 in UTC; a program that takes
 * them has a past.
 */
export function createCommandSource(options: ProgramSourceOptions): Source {
  const { settings } = options;
  const ask = async (metric: MetricSettings, until: Date, limits: AskLimits): Promise<Sample> => {
    const argv = metric.source.from === 'command' ? metric.source.command : [];
    const from = new Date(until.getTime() - settings.intervalMs);
    const filled = argv.map((word) =>
      word.replaceAll('{from}', from.toISOString()).replaceAll('{to}', until.toISOString()),
    );
    const result = await run(options, filled, limits);
    const name = programOf(argv);
    if (result.kind === 'failed') return missing('unreachable', `${name} ${result.detail}`);
    if (result.status !== 0) {
      return missing(
        'unreachable',
        `${name} ${NOT_RUN.get(result.status) ?? `ended with status ${result.status}`}${said(options, result)}`,
      );
    }
    if (result.isCut) return missing('unreadable', `${name} prints more than numbers`);
    return numbersIn(result.stdout, metric, name);
  };
  return {
    check: async (metric, now, limits): Promise<SourceCheck> => {
      const argv = metric.source.from === 'command' ? metric.source.command : [];
      const sample = await ask(metric, now, limits);
      return sample.kind === 'missing'
        ? { isOk: false, detail: sample.detail, asked: argv.join(' ') }
        : { isOk: true, detail: `answers: ${sampleInWords(sample)}`, asked: argv.join(' ') };
    },
    poll: ask,
    past: async (metric, endsAt, limits): Promise<MetricPast> => {
      const argv = metric.source.from === 'command' ? metric.source.command : [];
      if (!argv.some((word) => word.includes('{from}')) || !argv.some((word) => word.includes('{to}'))) {
        return noPast(
          `${programOf(argv)} takes no {from} and {to}, so that nothing is known of what it printed before`,
        );
      }
      const started = performance.now();
      const isLate = (): boolean => performance.now() - started > BASELINE_MS;
      const samples: (Sample | null)[] = [];
      let firstFailure: string | null = null;
      const wanted = metric.kind === 'latency' ? 120 : settings.baselineMinutes;
      for (const length of baselineLengths(wanted)) {
        const older = Array.from({ length: length - samples.length }, () => null as Sample | null);
        let next = older.length - 1;
        const worker = async (): Promise<void> => {
          while (next >= 0 && !isLate()) {
            const index = next--;
            const end = endsAt.getTime() - (length - 1 - index) * settings.intervalMs;
            const sample = await ask(metric, new Date(end), limits);
            if (sample.kind === 'missing') firstFailure ??= sample.detail;
            else older[index] = sample;
          }
        };
        await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
        samples.unshift(...older);
        const bad = samples.reduce((sum, each) => sum + (each?.kind === 'counts' ? each.bad : 0), 0);
        const areCounts = samples.some((each) => each?.kind === 'counts');
        if (!areCounts || bad >= 100 || isLate()) break;
      }
      const known = samples.findIndex((sample) => sample !== null);
      const baseline = known < 0 ? [] : samples.slice(known);
      return {
        baseline: baselineOf(baseline, settings.baselineMinutes, metric.kind === 'latency'),
        history: null,
        until: endsAt.toISOString(),
        note: [
          ...(firstFailure === null ? [] : [firstFailure]),
          ...(isLate() ? [`the baseline of ${programOf(argv)} was left off after five minutes`] : []),
          'a program is not asked for days of history',
        ].join('; '),
      };
    },
  };
}

/** Programs whose status is the answer: 0 is well. One that could not be run is missing, not failed. */
export function createCheckSource(options: ProgramSourceOptions): Source {
  const ask = async (metric: MetricSettings, limits: AskLimits): Promise<Sample> => {
    const argv = metric.source.from === 'check' ? metric.source.command : [];
    const started = performance.now();
    const result = await run(options, argv, limits);
    const ms = Math.round(performance.now() - started);
    const name = programOf(argv);
    if (result.kind === 'failed') return missing('not-run', `${name} ${result.detail}`);
    const notRun = NOT_RUN.get(result.status);
    if (notRun !== undefined) return missing('not-run', `${name} ${notRun}`);
    const isWell = result.status === 0;
    return {
      kind: 'check',
      isWell,
      detail: isWell ? '' : `${name} ended with status ${result.status}${said(options, result)}`,
      ms,
    };
  };
  return {
    check: async (metric, _now, limits): Promise<SourceCheck> => {
      const asked = metric.source.from === 'check' ? metric.source.command.join(' ') : null;
      const sample = await ask(metric, limits);
      const isOk = sample.kind === 'check' && sample.isWell;
      return { isOk, asked, detail: isOk ? 'passes' : sampleInWords(sample) };
    },
    poll: (metric, _at, limits) => ask(metric, limits),
    past: () => Promise.resolve(noPast('')),
  };
}

/** The poll's deadline ends the program too. */
async function run(
  { programs, timeoutMs }: ProgramSourceOptions,
  argv: readonly string[],
  { signal, deadline }: AskLimits,
): Promise<ProgramResult> {
  const signals = [signal, deadline].filter((each) => each !== undefined);
  try {
    return await programs.run(
      argv,
      { timeoutMs },
      signals.length === 0 ? undefined : AbortSignal.any(signals),
    );
  } catch (error) {
    signal?.throwIfAborted();
    if (deadline?.aborted) return { kind: 'failed', detail: 'took too long' };
    throw error;
  }
}

/** The last line that a program complained with; nothing where no mask keeps its secrets. */
function said(
  { mask }: ProgramSourceOptions,
  { stderr, stdout }: Extract<ProgramResult, { kind: 'ended' }>,
): string {
  if (!mask) return '';
  const line = `${stdout}\n${stderr}`.split(/\r?\n/).findLast((each) => each.trim() !== '');
  if (line === undefined) return '';
  const masked = mask(line).trim();
  return `: ${masked.length > 200 ? `${masked.slice(0, 199)}…` : masked}`;
}

const programOf = (argv: readonly string[]): string => argv[0] ?? 'the command';

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const NUMBERS = new RegExp(String.raw`^(${NUMBER})(?:[\s,;/]+(${NUMBER}))?$`);

/** What a program printed, as a sample of its metric; garbage is `unreadable`, and quoted nowhere. */
export function numbersIn(
  text: string,
  { kind, unit, name: metric }: MetricSettings,
  program: string,
): Sample {
  // Programs colour numbers where FORCE_COLOR says so, as it does on many CI machines.
  const printed = stripVTControlCharacters(text).trim();
  const wrong = (what: string): Sample => missing('unreadable', `${program} ${what}`);
  if (printed === '') return wrong('printed nothing: a metric without data prints "null"');
  // What the interfaces of monitoring services print where there is no data.
  if (/^(?:null|none|nan|\[\s*\])$/i.test(printed)) {
    return missing('empty', `${program} printed that it has no data`);
  }
  let bad: number | null = null;
  let all: number | null = null;
  let value: number | null = null;
  const [, first, second] = NUMBERS.exec(printed) ?? [];
  if (first !== undefined) {
    if (second === undefined) value = Number(first);
    else [bad, all] = [Number(first), Number(second)];
  } else {
    let json: unknown;
    try {
      json = JSON.parse(printed) as unknown;
    } catch {
      return wrong('printed something other than one number, two numbers or JSON');
    }
    if (!isRecord(json)) return wrong('printed JSON that is no object with "bad" and "all", or "value"');
    if (at(json, 'value') === null) return missing('empty', `${program} printed that it has no data`);
    [bad, all, value] = [numberAt(json, 'bad'), numberAt(json, 'all'), numberAt(json, 'value')];
  }
  if (bad !== null && all !== null) {
    if (kind === 'health') return wrong('printed two numbers, where 1 or 0 was asked for');
    if (kind === 'traffic')
      return all < 0 ? wrong('printed a negative count') : { kind: 'value', value: all };
    if (kind === 'latency' || kind === 'saturation')
      return wrong('printed two numbers, where a level was asked for');
    if (bad > all) return wrong('printed more bad ones than all: print "bad all", in this order');
    return countsOf(bad, all) ?? wrong('printed a negative count');
  }
  if (value === null || !Number.isFinite(value)) {
    return wrong('printed JSON without the numbers "bad" and "all", or "value"');
  }
  switch (kind) {
    case 'errors':
    case 'slow-requests':
      return wrong(`printed one number: "${metric}" is judged by two, bad and all`);
    case 'health':
      return {
        kind: 'check',
        isWell: value > 0,
        detail: value > 0 ? '' : `${program} printed ${value}`,
        ms: null,
      };
    case 'traffic':
    case 'count':
      return value < 0 ? wrong('printed a negative count') : { kind: 'value', value };
    case 'latency':
      return { kind: 'value', value: unit === 's' ? value * 1000 : value };
    case 'saturation':
    case 'own':
      return { kind: 'value', value };
    default:
      return kind satisfies never;
  }
}
