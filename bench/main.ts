import { build } from 'esbuild';
import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { makeHistory } from './histories';
import { generatedWorkflows } from './workflows';

/**
 * Measures, side by side in one run, and asserts nothing: another machine and another hour give other milliseconds,
 * so what is worth keeping are the ratios. `npm run bench`, or `npm run bench -- FOLDER` for workflows of one's own, or
 * `npm run bench -- --histories` for the histories alone, `-- --documents` for the documents, `-- --runner` for what a
 * release's watch costs, `-- --watch [RELEASES]` for the rule of the watch window beside others on simulated traffic.
 * Everything is measured in bundles, each part in a process of its own.
 */

const root = path.join(__dirname, '..');

/** The value below which `share` of the values lie. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function show(what: string, value: number, unit: string, ratio?: string): void {
  console.log(
    `  ${what.padEnd(62)}${value.toFixed(value < 1 ? 3 : 1).padStart(9)} ${unit}${ratio === undefined ? '' : `   ${ratio}`}`,
  );
}

const times = (a: number, b: number): string => `${(a / b).toFixed(2)} x`;

async function bundled(folder: string, entry: string): Promise<string> {
  const outfile = path.join(folder, `${entry}.cjs`);
  await build({
    entryPoints: [path.join(__dirname, `${entry}.ts`)],
    bundle: true,
    minify: true,
    keepNames: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    outfile,
    loader: { '.hbs': 'text', '.md': 'text' },
    // The language service has no CommonJS; our own packages do.
    mainFields: entry === 'language-service' ? ['module', 'main'] : ['main', 'module'],
    logLevel: 'error',
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  return outfile;
}

function part(parts: string, name: string, folder: string): unknown {
  const run = spawnSync(process.execPath, ['--expose-gc', parts, name, folder], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** Milliseconds of whole processes, called by turns so that all meet the same machine; the median of `rounds`. */
function processes(
  calls: readonly (readonly [string, readonly string[]])[],
  rounds: number,
): readonly number[] {
  const taken = calls.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    calls.forEach(([program, args], index) => {
      const start = performance.now();
      const { error } = spawnSync(program, args, { stdio: 'ignore' });
      if (error) throw error;
      taken[index]?.push(performance.now() - start);
    });
  }
  return taken.map((values) => quantile(values, 0.5));
}

function isOnPath(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

function wholeCheck(parts: string, folder: string): void {
  console.log('\nA whole check against `yaml` alone (parseDocument) on the same files');
  const warm = part(parts, 'warm', folder) as Record<'yaml' | 'check' | 'forgetful', number[]>;
  const yaml = quantile(warm.yaml, 0.5);
  show('warm, yaml (median of 8)', yaml, 'ms');
  for (const [name, values] of [
    ['warm, check', warm.check],
    ['warm, check that parses every script again', warm.forgetful],
  ] as const) {
    show(name, quantile(values, 0.5), 'ms', times(quantile(values, 0.5), yaml));
  }
  const cold = (name: string): number =>
    quantile(
      Array.from({ length: 3 }, () => part(parts, name, folder) as number),
      0.5,
    );
  const coldYaml = cold('cold-yaml');
  const coldCheck = cold('cold-check');
  show('cold, yaml (median of 3 processes)', coldYaml, 'ms');
  show('cold, check (the shell parser is loaded in it)', coldCheck, 'ms', times(coldCheck, coldYaml));
}

function keystrokes(parts: string, folder: string, count: number): void {
  for (const [name, where] of [
    ['keystrokes-alone', 'alone'],
    ['keystrokes-among', `among ${count} workflows`],
  ] as const) {
    console.log(`\nOne keystroke in the longest file, ${where} (200 of them)`);
    const { yaml, check } = part(parts, name, folder) as { yaml: number[]; check: number[] };
    const base = quantile(yaml, 0.5);
    show('yaml alone on that file, median', base, 'ms');
    show('check, median', quantile(check, 0.5), 'ms', times(quantile(check, 0.5), base));
    show('check, 95th percentile', quantile(check, 0.95), 'ms', times(quantile(check, 0.95), base));
  }
}

function others(languageService: string, folder: string): void {
  console.log('\nWhole processes over the same files (median of 5)');
  const cli = path.join(root, 'dist/cli.js');
  const workflows = path.join(folder, '.github/workflows');
  const files = readdirSync(workflows).map((name) => path.join(workflows, name));
  const calls: [string, readonly [string, readonly string[]]][] = [
    ['release-gate check', [process.execPath, [cli, 'check', '--offline', folder]]],
    ['@actions/languageservice, validation', [process.execPath, [languageService, folder]]],
  ];
  for (const [program, args] of [
    ['actionlint', ['-shellcheck=', '-pyflakes=', ...files]],
    ['zizmor', ['--offline', '--no-progress', folder]],
  ] as const) {
    if (isOnPath(program)) calls.push([program, [program, args]]);
    else console.log(`  ${program} is not on PATH`);
  }
  const [own = NaN, ...taken] = processes(
    calls.map(([, call]) => call),
    5,
  );
  show('release-gate check', own, 'ms');
  taken.forEach((value, index) => {
    show(calls[index + 1]?.[0] ?? '', value, 'ms', `${times(value, own)} ours`);
  });
  const inside = spawnSync(process.execPath, [languageService, folder, '5'], { encoding: 'utf8' });
  const { rounds } = JSON.parse(inside.stdout) as { rounds: number[] };
  show('@actions/languageservice, warm, without its start', quantile(rounds.slice(1), 0.5), 'ms');
}

function extraction(parts: string, folder: string): void {
  console.log('\nExtraction of three pipelines that workflows of three jobs share');
  const taken = part(parts, 'extraction', folder) as Readonly<Record<string, number>>;
  const few = taken['100'] ?? NaN;
  show('100 workflows', few, 'ms');
  show(
    '400 workflows (4.00 x would be in proportion)',
    taken['400'] ?? NaN,
    'ms',
    times(taken['400'] ?? NaN, few),
  );
}

function memory(parts: string, folder: string): void {
  console.log('\nMemory after collecting garbage, three workflows, one changed before each check');
  const [first, last] = part(parts, 'heap', folder) as { heap: number; resident: number }[];
  show('heap after 1,000 checks', first?.heap ?? NaN, 'MiB');
  show('heap after 10,000 checks', last?.heap ?? NaN, 'MiB', times(last?.heap ?? NaN, first?.heap ?? NaN));
  show('resident after 1,000 checks', first?.resident ?? NaN, 'MiB');
  show(
    'resident after 10,000 checks',
    last?.resident ?? NaN,
    'MiB',
    times(last?.resident ?? NaN, first?.resident ?? NaN),
  );
}

/** What VS Code does before `activate`: it loads the bundle. The engine in it is not run by that. */
const LOAD_EXTENSION = `
const Module = require('node:module');
const load = Module._load;
const anything = new Proxy(function () {}, { getPrototypeOf: () => anything, get: (_, key) => key === Symbol.toPrimitive ? () => '' : anything, apply: () => anything, construct: () => anything });
Module._load = (name, ...rest) => name === 'vscode' ? anything : load(name, ...rest);
const start = performance.now();
require(process.argv[1]);
console.log(performance.now() - start);
`;

function startUp(folder: string): void {
  console.log('\nStart-up (median of 9)');
  const cli = path.join(root, 'dist/cli.js');
  const small = path.join(folder, 'three');
  mkdirSync(path.join(small, '.github/workflows'), { recursive: true });
  for (const [name, text] of Object.entries(generatedWorkflows()).slice(0, 3)) {
    writeFileSync(path.join(small, name), text);
  }
  const [empty = NaN, version = NaN, checked = NaN] = processes(
    [
      [process.execPath, ['-e', '0']],
      [process.execPath, [cli, '--version']],
      [process.execPath, [cli, 'check', '--offline', small]],
    ],
    9,
  );
  show('node -e 0', empty, 'ms');
  show('release-gate --version', version, 'ms', times(version, empty));
  show('release-gate check, three workflows', checked, 'ms', times(checked, empty));
  const extension = path.join(root, 'dist/extension.js');
  const loads = Array.from({ length: 9 }, () => {
    const { stdout } = spawnSync(process.execPath, ['-e', LOAD_EXTENSION, extension], { encoding: 'utf8' });
    // Nothing printed is no time at all, not no milliseconds.
    return stdout.trim() === '' ? NaN : Number(stdout);
  });
  const size = statSync(extension).size / 1024 / 1024;
  show(
    `loading the extension's bundle (${size.toFixed(1)} MiB), before activate`,
    quantile(loads, 0.5),
    'ms',
  );
}

async function histories(historyParts: string, made: string): Promise<void> {
  for (const size of [
    { commits: 1_000, files: 1_500, rounds: 7 },
    { commits: 50_000, files: 600, rounds: 1 },
  ]) {
    const folder = path.join(made, `history-${size.commits}`);
    await makeHistory(folder, size);
    spawnSync('git', ['-C', folder, 'checkout', '--quiet', 'main']);
    console.log(`\n${size.commits} commits since the last release (median of ${size.rounds})`);
    const log: number[] = [];
    const read: number[] = [];
    const peaks: number[] = [];
    for (let round = 0; round < size.rounds; round++) {
      log.push(...processes([['git', ['-C', folder, 'log', '--numstat', 'v1.0.0..main']]], 1));
      const { milliseconds, peak, commits } = part(historyParts, folder, 'main') as {
        readonly milliseconds: number;
        readonly peak: number;
        readonly commits: number;
      };
      if (commits !== size.commits) throw new Error(`${commits} commits were read of ${size.commits}`);
      read.push(milliseconds);
      peaks.push(peak);
    }
    const base = quantile(log, 0.5);
    show('git log --numstat', base, 'ms');
    show('reading the change', quantile(read, 0.5), 'ms', times(quantile(read, 0.5), base));
    show('the most memory held meanwhile, Node itself included', Math.max(...peaks), 'MiB');
    const cli = path.join(root, 'dist/cli.js');
    const [plan = NaN] = processes([[process.execPath, [cli, 'plan', '--format', 'json', folder]]], 1);
    show('release-gate plan, whole process', plan, 'ms', times(plan, base));
  }
}

function documents(documentParts: string): void {
  console.log('\nDocuments against mdast alone on the same texts');
  for (const [name, what] of [
    ['first-cold', 'a runbook of 2,000 lines, first thing in a process'],
    ['first-warm', 'a runbook of 2,000 lines that was not read before'],
    ['folder', 'a folder of 400 documents, for the first time'],
    ['keystrokes-read', 'a keystroke in the runbook: reading it'],
    ['keystrokes-check', 'a keystroke in the runbook: the whole check'],
    ['keystrokes-check-among', 'a keystroke in the runbook among 400 documents: the check'],
  ] as const) {
    const { mdast, ours } = part(documentParts, name, '') as { mdast: number[]; ours: number[] };
    const base = quantile(mdast, 0.5);
    show(`${what}, mdast`, base, 'ms');
    show('  ours, median', quantile(ours, 0.5), 'ms', times(quantile(ours, 0.5), base));
    if (ours.length >= 20)
      show('  ours, 95th percentile', quantile(ours, 0.95), 'ms', times(quantile(ours, 0.95), base));
  }
}

function runner(runnerParts: string): void {
  console.log(
    '\nA watch of five metrics, polled 4,320 times as in three days (against a server in another process)',
  );
  const polled = part(runnerParts, 'polls', '') as { took: number[]; heap: number[]; cpuMs: number };
  show('a poll, median', quantile(polled.took, 0.5), 'ms');
  show('processor time of a poll', polled.cpuMs, 'ms');
  console.log(`    of one core at a poll a minute: ${(polled.cpuMs / 600).toFixed(4)} %`);
  show('heap after a day of polls', polled.heap[0] ?? NaN, 'MiB');
  show(
    'heap after three days of polls',
    polled.heap[1] ?? NaN,
    'MiB',
    times(polled.heap[1] ?? NaN, polled.heap[0] ?? NaN),
  );
  const probed = part(runnerParts, 'probes', '') as { heap: number[]; cpuMs: number };
  show('processor time of a probe (14,400 of them)', probed.cpuMs, 'ms');
  console.log(`    of one core at a probe a second: ${(probed.cpuMs / 10).toFixed(4)} %`);
  show('heap after 1,440 probes', probed.heap[0] ?? NaN, 'MiB');
  show(
    'heap after 14,400 probes',
    probed.heap[1] ?? NaN,
    'MiB',
    times(probed.heap[1] ?? NaN, probed.heap[0] ?? NaN),
  );
}

/** Of the whole runner: journal, machine, rule and record. */
function runs(runParts: string): void {
  interface Measured {
    readonly firstMs: number;
    readonly lastMs: number;
    readonly heap: readonly number[];
    readonly breachMs: number;
  }
  console.log('\nA whole run with its journal and its record, a day of watching five metrics');
  const day = part(runParts, 'day', '') as Measured;
  show('processor time of a poll, first hour', day.firstMs, 'ms');
  show('processor time of a poll, last hour of the day', day.lastMs, 'ms', times(day.lastMs, day.firstMs));
  console.log(`    of one core at a poll a minute, last hour: ${(day.lastMs / 600).toFixed(4)} %`);
  show('heap after an hour', day.heap[0] ?? NaN, 'MiB');
  show('heap after a day', day.heap[1] ?? NaN, 'MiB', times(day.heap[1] ?? NaN, day.heap[0] ?? NaN));
  const breaches = Array.from({ length: 9 }, () => (part(runParts, 'breach', '') as Measured).breachMs);
  show('hard breach to the rollback’s begin, median', quantile(breaches, 0.5), 'ms');
  show('  the longest of nine', Math.max(...breaches), 'ms');
}

interface Delays {
  readonly index: number;
  readonly name: string;
  readonly change: string;
  readonly releases: number;
  readonly made: Readonly<
    Record<string, { readonly fired: number; readonly median: number | null; readonly asked: number | null }>
  >;
}

/** Cells of the table side by side, one process for each core: nothing is timed here. */
async function delays(parts: string, releases: number): Promise<readonly Delays[]> {
  const step = availableParallelism();
  const shares = Array.from(
    { length: step },
    (_, first) =>
      new Promise<readonly Delays[]>((resolve, reject) => {
        const run = spawn(process.execPath, [parts, 'delays', `${releases}/${first}/${step}`], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let text = '';
        run.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        run.on('error', reject).on('close', (status) => {
          if (status === 0) resolve(JSON.parse(text) as Delays[]);
          else reject(new Error(`watch-parts ended with ${status}`));
        });
      }),
  );
  return (await Promise.all(shares)).flat().sort((a, b) => a.index - b.index);
}

async function watch(parts: string, releases: number): Promise<void> {
  console.log('\nThe rule of the watch window, milliseconds of the processor');
  const { scans, window, day } = part(parts, 'speed', '') as Readonly<
    Record<'scans' | 'window' | 'day', number[]>
  >;
  show('scan of seven days of one metric, median', quantile(scans, 0.5), 'ms');
  show('  95th percentile', quantile(scans, 0.95), 'ms');
  show('a poll of one metric in the first hour, on average: median of 20', quantile(window, 0.5), 'ms');
  show('  95th percentile', quantile(window, 0.95), 'ms');
  show('a poll of one metric after 23 hours, on average: median of 20', quantile(day, 0.5), 'ms');
  show('  95th percentile', quantile(day, 0.95), 'ms');
  console.log(
    `\nRolled back % within 60 min @ median minute (asked and not rolled back %), ${releases} healthy releases a row, a fifth of it else\n`,
  );
  const rows = await delays(parts, releases);
  const percent = (share: number): string => {
    const value = share * 100;
    return value === 0 || value >= 10 ? value.toFixed(0) : value.toFixed(value < 1 ? 2 : 1);
  };
  const judges = Object.keys(rows[0]?.made ?? {});
  console.log(`| Traffic | Change | ${judges.join(' | ')} |`);
  console.log(`| --- | --- |${' --- |'.repeat(judges.length)}`);
  for (const { name, change, made } of rows) {
    const cells = judges.map((judge) => {
      const { fired = NaN, median = null, asked = null } = made[judge] ?? {};
      const when = change === 'none' ? '' : ` @${median ?? '-'}`;
      return `${percent(fired)}${when}${asked === null ? '' : ` (${percent(asked)})`}`;
    });
    console.log(`| ${[name, change, ...cells].join(' | ')} |`);
  }
}

async function main(folder: string | undefined, releases = 2_000): Promise<void> {
  if (folder !== '--watch' && !existsSync(path.join(root, 'dist/cli.js'))) {
    console.log('dist/cli.js is not there: run npm run build first.');
    process.exitCode = 2;
    return;
  }
  const made = mkdtempSync(path.join(tmpdir(), 'release-gate-bench-'));
  const copyParsers = (): void => {
    for (const wasm of ['web-tree-sitter.wasm', 'tree-sitter-bash.wasm', 'libpg-query.wasm']) {
      copyFileSync(path.join(root, 'dist', wasm), path.join(made, wasm));
    }
  };
  try {
    if (folder === '--runner') {
      runner(await bundled(made, 'runner-parts'));
      runs(await bundled(made, 'run-parts'));
      return;
    }
    if (folder === '--watch') {
      await watch(await bundled(made, 'watch-parts'), releases);
      return;
    }
    if (folder === '--documents') {
      copyParsers();
      documents(await bundled(made, 'document-parts'));
      return;
    }
    if (folder === '--histories') {
      copyParsers();
      await histories(await bundled(made, 'history-parts'), made);
      return;
    }
    const repository = path.join(made, 'repository');
    const workflows = path.join(repository, '.github/workflows');
    mkdirSync(workflows, { recursive: true });
    // Only the workflows: what else is in a folder is nothing that the others read.
    const given = folder === undefined ? null : path.join(folder, '.github/workflows');
    if (given === null) {
      for (const [name, text] of Object.entries(generatedWorkflows())) {
        writeFileSync(path.join(repository, name), text);
      }
    } else if (existsSync(given)) {
      for (const name of readdirSync(given).filter((each) => /\.ya?ml$/.test(each))) {
        copyFileSync(path.join(given, name), path.join(workflows, name));
      }
    }
    const texts = readdirSync(workflows).map((name) => readFileSync(path.join(workflows, name), 'utf8'));
    if (texts.length === 0) {
      console.log(`${folder ?? ''} has no workflows in .github/workflows.`);
      process.exitCode = 2;
      return;
    }
    const parts = await bundled(made, 'parts');
    const historyParts = await bundled(made, 'history-parts');
    const languageService = await bundled(made, 'language-service');
    copyParsers();
    const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
    console.log(`Node ${process.version}; ${texts.length} workflows, ${lines} lines`);
    wholeCheck(parts, repository);
    keystrokes(parts, repository, texts.length);
    others(languageService, repository);
    extraction(parts, repository);
    memory(parts, repository);
    startUp(made);
    await histories(historyParts, made);
    documents(await bundled(made, 'document-parts'));
    runner(await bundled(made, 'runner-parts'));
    runs(await bundled(made, 'run-parts'));
    await watch(await bundled(made, 'watch-parts'), releases);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

void main(process.argv[2], process.argv[3] === undefined ? undefined : Number(process.argv[3]));
