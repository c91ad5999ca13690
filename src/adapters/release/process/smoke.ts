import { promises as fs } from 'node:fs';
import path from 'node:path';
import type { SmokeCase, SmokeOutcome } from '../../../core/release/run';
import { TEST_ACCOUNT, type SmokeTest } from '../../../core/release/smoke-cases';
import { readTap } from '../../../core/release/tap';
import { endInWords } from './health';
import { createMasking, type Mask } from './masking';
import { runScript, type ScriptRun } from './run-script';
import { fillNames } from '../../../core/text/fill-names';

/** So much of an answer is looked through. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** How smoke tests are run; a case's own output goes behind the others into the folder of outputs. */
export interface SmokeRun extends Omit<ScriptRun, 'argv' | 'outputPath' | 'idleMs' | 'limitMs' | 'endsAll'> {
  /** A program that tries all by itself; with it the cases of the document are not run. */
  readonly command: readonly string[] | null;
  /** The cases of the committed document: nothing else is ever asked of a live system (S4-62). */
  readonly tests: readonly SmokeTest[];
  /** For all of them together. */
  readonly limitMs: number;
  readonly baseUrl: string | null;
  readonly testAccount: string | null;
  /** `{version}` and `{environment}` in cases and command. */
  readonly version: string;
  readonly environmentName: string;
  /** From the root, without extension: `…/output/smoke-forward`. */
  readonly outputBase: string;
  /** A case ended. */
  readonly onCase?: (one: SmokeCase) => void;
}

/**
 * Runs the configured command, or the cases of the document one after the other, within the limit; a case that fails does
 * not keep the others from being tried. Passed only if there was a case and each passed. Never rejects.
 */
export async function runSmokeTests(run: SmokeRun, signal: AbortSignal): Promise<SmokeOutcome> {
  const { mask } = createMasking(run.secrets);
  const { cases, problem } = run.command
    ? await runCommand(run, run.command, signal)
    : await runCases(run, signal, mask);
  const masked = cases.map((one) => ({ ...one, name: mask(one.name), detail: mask(one.detail) }));
  const isPassed =
    problem === '' &&
    masked.some((one) => one.outcome === 'passed') &&
    masked.every((one) => one.outcome === 'passed');
  return { cases: masked, isPassed, detail: mask(problem || summaryOf(masked)) };
}

function summaryOf(cases: readonly SmokeCase[]): string {
  if (cases.length === 0) return 'no case was run';
  const failed = cases.filter(({ outcome }) => outcome === 'failed');
  const notRun = cases.filter(({ outcome }) => outcome === 'not-run');
  if (failed.length + notRun.length === 0) return `all ${cases.length} passed`;
  const [first] = failed;
  return [
    `${cases.length - failed.length - notRun.length} of ${cases.length} passed`,
    ...(first ? [`${first.name} failed: ${first.detail}`] : []),
    ...(notRun.length > 0 ? [`${notRun.length} not run: ${notRun[0]?.name ?? ''}`] : []),
  ].join('; ');
}

interface Ran {
  readonly cases: readonly SmokeCase[];
  readonly problem: string;
}

/** The command's TAP, where it writes any, gives the cases; its status decides either way. */
async function runCommand(run: SmokeRun, command: readonly string[], signal: AbortSignal): Promise<Ran> {
  const lines: string[] = [];
  const outcome = await runScript(
    {
      ...run,
      argv: command.map((word) => filled(word, run)),
      outputPath: await freePath(run, run.outputBase),
      idleMs: 0,
      endsAll: true,
      onLine: (line) => {
        if (line.stream === 'out' && lines.length < 20_000) lines.push(line.text);
        run.onLine?.(line);
      },
    },
    signal,
  );
  const isWell = outcome.how === 'exited' && outcome.exitCode === 0;
  const tap = readTap(lines);
  const own: SmokeCase = {
    name: command.map((word) => path.basename(word)).join(' '),
    outcome: isWell ? 'passed' : outcome.how === 'not-started' ? 'not-run' : 'failed',
    tookMs: outcome.tookMs,
    detail: endInWords(outcome),
  };
  // A skipped test was skipped on purpose by its author, and fails nothing; it is not counted as tried either.
  const told = tap?.cases.filter((one) => one.outcome !== 'not-run') ?? [];
  const cases =
    told.length === 0 || (!isWell && told.every((one) => one.outcome === 'passed')) ? [...told, own] : told;
  for (const one of cases) run.onCase?.(one);
  return { cases, problem: isWell ? (tap?.problem ?? '') : '' };
}

async function runCases(run: SmokeRun, signal: AbortSignal, mask: Mask): Promise<Ran> {
  const until = performance.now() + run.limitMs;
  const cases: SmokeCase[] = [];
  for (const [index, test] of run.tests.entries()) {
    const left = until - performance.now();
    const begun = performance.now();
    const result = signal.aborted
      ? notRun('the tests were ended before it')
      : left <= 0
        ? notRun(`the limit of ${run.limitMs / 1000} seconds for all cases was over before it`)
        : await runCase(run, test, index, left, signal);
    const one = { name: test.name, ...result, tookMs: Math.round(performance.now() - begun) };
    cases.push(one);
    run.onCase?.({ ...one, name: mask(one.name), detail: mask(one.detail) });
  }
  return { cases, problem: '' };
}

/**
 * Where the output of something goes that may be tried again, as after the runner was gone amid it: nothing is written
 * over. `base` is without extension.
 */
export async function freePath({ root }: Pick<SmokeRun, 'root'>, base: string): Promise<string> {
  for (let number = 1; ; number++) {
    const name = `${base}${number === 1 ? '' : `-again-${number}`}.log`;
    const isThere = await fs.access(path.resolve(root, name)).then(
      () => true,
      () => false,
    );
    if (!isThere) return name;
  }
}

type CaseResult = Pick<SmokeCase, 'outcome' | 'detail'>;

const notRun = (detail: string): CaseResult => ({ outcome: 'not-run', detail });
const failed = (detail: string): CaseResult => ({ outcome: 'failed', detail });

async function runCase(
  run: SmokeRun,
  test: SmokeTest,
  index: number,
  leftMs: number,
  signal: AbortSignal,
): Promise<CaseResult> {
  const told = JSON.stringify([test.request, test.command]);
  if (run.testAccount === null && (test.isWrite === true || told.includes(TEST_ACCOUNT))) {
    return notRun('it writes and no test account is declared');
  }
  return test.request
    ? runRequest(run, test, test.request, leftMs, signal)
    : runShellCase(run, test, test.command ?? '', index, leftMs, signal);
}

async function runShellCase(
  run: SmokeRun,
  test: SmokeTest,
  command: string,
  index: number,
  leftMs: number,
  signal: AbortSignal,
): Promise<CaseResult> {
  const odd = [
    [TEST_ACCOUNT, 'TEST_ACCOUNT', run.testAccount ?? ''],
    ['{version}', 'VERSION', run.version],
    ['{environment}', 'ENVIRONMENT', run.environmentName],
  ].find(([mark = '', , value = '']) => command.includes(mark) && !/^[\w.@+:/-]+$/.test(value));
  if (odd)
    return notRun(
      `what stands for ${odd[0]} means something to a shell; write "$${odd[1]}" in the command instead`,
    );
  const lines: string[] = [];
  const outcome = await runScript(
    {
      ...run,
      argv: ['sh', '-ec', filled(command, run)],
      environment: {
        ...run.environment,
        BASE_URL: run.baseUrl ?? run.environment.BASE_URL ?? '',
        TEST_ACCOUNT: run.testAccount ?? '',
        VERSION: run.version,
        ENVIRONMENT: run.environmentName,
      },
      outputPath: await freePath(run, `${run.outputBase}-${index + 1}`),
      idleMs: 0,
      limitMs: leftMs,
      endsAll: true,
      onLine: (line) => {
        if (line.stream === 'out' && lines.length < 20_000) lines.push(line.text);
        run.onLine?.(line);
      },
    },
    signal,
  );
  if (outcome.how === 'not-started') return notRun(outcome.detail);
  const wanted = test.statuses.length === 0 ? [0] : test.statuses;
  if (outcome.how !== 'exited' || outcome.exitCode === null || !wanted.includes(outcome.exitCode)) {
    return failed(endInWords(outcome));
  }
  const output = lines.join('\n');
  const missing = test.contains.find((text) => !output.includes(filled(text, run)));
  return missing === undefined
    ? { outcome: 'passed', detail: `status ${outcome.exitCode}` }
    : failed(`its output does not hold "${missing}"`);
}

async function runRequest(
  run: SmokeRun,
  test: SmokeTest,
  request: NonNullable<SmokeTest['request']>,
  leftMs: number,
  signal: AbortSignal,
): Promise<CaseResult> {
  const unset = new Set<string>();
  const put = (text: string, encode: (value: string) => string = (value) => value): string =>
    filled(text, run, encode).replace(/\$\{([A-Za-z_]\w*)\}/g, (whole, name: string) => {
      const value = run.environment[name] ?? process.env[name];
      if (value === undefined) unset.add(name);
      return value === undefined ? whole : encode(value);
    });
  const address = put(request.url, request.url.startsWith('$') ? undefined : encodeURIComponent);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, put(value)]),
  );
  const body =
    request.body === null ? null : put(request.body, (value) => JSON.stringify(value).slice(1, -1));
  const [missing] = unset;
  if (missing !== undefined) return notRun(`${missing} is not set`);
  let url: URL;
  try {
    const base = run.baseUrl === null ? null : put(run.baseUrl).replace(/\/+$/, '');
    url = new URL(/^[a-z][\w+.-]*:\/\//i.test(address) ? address : `${base ?? ''}${address}`);
  } catch {
    return notRun(
      `${request.url} is no address${run.baseUrl === null ? ', and no base address is set' : ''}`,
    );
  }
  const isTyped = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: {
        'user-agent': 'release-gate',
        ...(body !== null && !isTyped && /^\s*[[{]/.test(body) ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.round(leftMs)))]),
      ...(body === null ? {} : { body }),
    });
    const { status } = response;
    const isWanted =
      test.statuses.length === 0 ? status >= 200 && status < 300 : test.statuses.includes(status);
    const text = await beginningOf(response);
    if (!isWanted) {
      const wanted = test.statuses.length === 0 ? '2xx' : test.statuses.join(' or ');
      return failed(`answered ${status} where ${wanted} was expected`);
    }
    const absent = test.contains.find((part) => !text.includes(filled(part, run)));
    return absent === undefined
      ? { outcome: 'passed', detail: `answered ${status}` }
      : failed(`answered ${status}, and the answer does not hold "${absent}"`);
  } catch (error) {
    if (signal.aborted) return notRun('the tests were ended amid it');
    return failed(whyNoAnswer(error, run.limitMs));
  }
}

function whyNoAnswer(error: unknown, limitMs: number): string {
  const { name, cause } = error as {
    readonly name?: string;
    readonly cause?: { readonly code?: string; readonly message?: string };
  };
  if (name === 'TimeoutError') return `gave no answer within the ${limitMs / 1000} seconds for all cases`;
  return `gave no answer (${cause?.code ?? cause?.message ?? (error instanceof Error ? error.message : 'failed')})`;
}

async function beginningOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function filled(text: string, run: SmokeRun, encode: (value: string) => string = (value) => value): string {
  return fillNames(text, {
    'test-account': encode(run.testAccount ?? ''),
    version: encode(run.version),
    environment: encode(run.environmentName),
  });
}
