import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseDocument } from 'yaml';
import { createNodeFiles } from '../src/adapters/node-files';
import { createParsers } from '../src/adapters/parsers';
import {
  checkRepository,
  createReadingCache,
  isWorkflowPath,
  type ReadingCache,
} from '../src/core/gate/check';
import { defaultConfiguration } from '../src/core/gate/configuration';
import { memoryFiles } from '../test/support/world';
import { generatedWorkflows, LONG_PATH } from './workflows';

/**
 * Measures, side by side in one run, and asserts nothing: another machine and another hour give other milliseconds,
 * so what is worth keeping are the ratios. `npm run bench`, or `npm run bench -- FOLDER` for workflows of one's own.
 * With `--part NAME FOLDER` it is a process of its own that prints one figure as JSON.
 */

type Files = Readonly<Record<string, string>>;

const parsers = createParsers();

function check(files: Files, cache?: ReadingCache): Promise<unknown> {
  return checkRepository({
    root: '.',
    files: memoryFiles(files),
    parsers,
    configuration: defaultConfiguration,
    today: '2026-11-21',
    ...(cache ? { cache } : {}),
  });
}

function parseAll(files: Files): void {
  for (const text of Object.values(files)) parseDocument(text);
}

async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The value below which `share` of the values lie. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** The workflows of a repository as they are on disk; generated ones where no folder is named. */
async function workflowsOf(folder: string): Promise<Files> {
  if (folder === '') return generatedWorkflows();
  const files = createNodeFiles(path.resolve(folder));
  const found: Record<string, string> = {};
  for (const each of (await files.list()).paths.filter(isWorkflowPath)) {
    const text = await files.read(each);
    if (text.ok) found[each] = text.text;
  }
  return found;
}

/** One letter of a comment at the end changes: the smallest change that makes a file another one. */
function typed(files: Files, file: string, index: number): Files {
  return { ...files, [file]: `${files[file] ?? ''}# ${String.fromCharCode(97 + (index % 26))}\n` };
}

function longest(files: Files): string {
  return Object.keys(files).reduce(
    (a, b) => ((files[b]?.length ?? 0) > (files[a]?.length ?? 0) ? b : a),
    LONG_PATH,
  );
}

const parts: Readonly<Record<string, (files: Files) => Promise<unknown>>> = {
  'cold-yaml': (files) => milliseconds(() => parseAll(files)),
  'cold-check': (files) => milliseconds(() => check(files)),
  heap: async (files) => {
    const few = Object.fromEntries(Object.entries(files).slice(0, 3));
    const file = Object.keys(few)[0] ?? '';
    const cache = createReadingCache();
    const held = (): number => {
      global.gc?.();
      return process.memoryUsage().heapUsed / 1024 / 1024;
    };
    const after: number[] = [];
    for (let index = 1; index <= 2_000; index++) {
      await check(typed(few, file, index), cache);
      if (index === 200 || index === 2_000) after.push(held());
    }
    return after;
  },
};

function partOf(name: string, folder: string): unknown {
  const setup = path.join(__dirname, '../test/setup.cjs');
  const node = ['--expose-gc', '--require', require.resolve('tsx/cjs'), '--require', setup, __filename];
  return JSON.parse(execFileSync(process.execPath, [...node, '--part', name, folder], { encoding: 'utf8' }));
}

function coldMedian(name: string, folder: string): number {
  return quantile(
    Array.from({ length: 3 }, () => partOf(name, folder) as number),
    0.5,
  );
}

function show(what: string, value: number, unit: string, ratio?: string): void {
  console.log(
    `  ${what.padEnd(58)}${value.toFixed(1).padStart(9)} ${unit}${ratio === undefined ? '' : `   ${ratio}`}`,
  );
}

const times = (a: number, b: number): string => `${(a / b).toFixed(1)} x`;

async function wholeCheck(files: Files, folder: string): Promise<void> {
  console.log('\nA whole check against `yaml` alone (parseDocument) on the same files');
  const coldYaml = coldMedian('cold-yaml', folder);
  const coldCheck = coldMedian('cold-check', folder);
  show('cold, yaml (median of 3 processes)', coldYaml, 'ms');
  show('cold, check (the shell parser is loaded in it)', coldCheck, 'ms', times(coldCheck, coldYaml));
  const yaml: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round < 8; round++) {
    const both = [await milliseconds(() => parseAll(files)), await milliseconds(() => check(files))] as const;
    if (round < 3) continue;
    yaml.push(both[0]);
    whole.push(both[1]);
  }
  show('warm, yaml (median of 5)', quantile(yaml, 0.5), 'ms');
  show('warm, check', quantile(whole, 0.5), 'ms', times(quantile(whole, 0.5), quantile(yaml, 0.5)));
}

async function keystrokes(name: string, files: Files): Promise<void> {
  const file = longest(files);
  const text = files[file] ?? '';
  console.log(`\nOne keystroke in ${file} (${text.split('\n').length - 1} lines), ${name}`);
  const cache = createReadingCache();
  const yaml: number[] = [];
  const taken: number[] = [];
  for (let index = 0; index < 40; index++) {
    const after = typed(files, file, index);
    const bare = await milliseconds(() => parseDocument(after[file] ?? ''));
    const whole = await milliseconds(() => check(after, cache));
    if (index < 8) continue;
    yaml.push(bare);
    taken.push(whole);
  }
  const base = quantile(yaml, 0.5);
  show('yaml alone on that file (median of 32)', base, 'ms');
  show(
    'check with the readings of before, median',
    quantile(taken, 0.5),
    'ms',
    times(quantile(taken, 0.5), base),
  );
  show('95th percentile', quantile(taken, 0.95), 'ms', times(quantile(taken, 0.95), base));
}

function startUp(): void {
  console.log('\nStart-up of the command line (median of 9)');
  const cli = path.join(__dirname, '../dist/cli.js');
  if (!existsSync(cli)) {
    console.log('  dist/cli.js is not there: run npm run build first');
    return;
  }
  const small = mkdtempSync(path.join(tmpdir(), 'release-gate-bench-'));
  try {
    mkdirSync(path.join(small, '.github/workflows'), { recursive: true });
    for (const [name, text] of Object.entries(generatedWorkflows()).slice(0, 3)) {
      writeFileSync(path.join(small, name), text);
    }
    const calls = [
      ['-e', '0'],
      [cli, '--version'],
      [cli, 'check', '--offline', small],
    ] as const;
    const taken = calls.map((): number[] => []);
    for (let round = 0; round < 9; round++) {
      calls.forEach((call, index) => {
        const start = performance.now();
        spawnSync(process.execPath, call, { stdio: 'ignore' });
        taken[index]?.push(performance.now() - start);
      });
    }
    const [empty = NaN, version = NaN, checked = NaN] = taken.map((values) => quantile(values, 0.5));
    show('node -e 0', empty, 'ms');
    show('release-gate --version', version, 'ms', times(version, empty));
    show('release-gate check, three workflows', checked, 'ms', times(checked, empty));
  } finally {
    rmSync(small, { recursive: true, force: true });
  }
}

async function main(args: readonly string[]): Promise<void> {
  if (args[0] === '--part') {
    const [, name = '', folder = ''] = args;
    const part = parts[name];
    if (!part) throw new Error(`there is no part "${name}"`);
    console.log(JSON.stringify(await part(await workflowsOf(folder))));
    return;
  }
  const folder = args[0] ?? '';
  const files = await workflowsOf(folder);
  const texts = Object.values(files);
  if (texts.length === 0) {
    console.log(`${folder} has no workflows in .github/workflows.`);
    process.exitCode = 2;
    return;
  }
  const lines = texts.reduce((sum, text) => sum + text.split('\n').length - 1, 0);
  console.log(`Node ${process.version}; ${texts.length} workflows, ${lines} lines`);
  await wholeCheck(files, folder);
  const file = longest(files);
  await keystrokes('alone', { [file]: files[file] ?? '' });
  await keystrokes(`among ${texts.length} workflows`, files);
  console.log('\nHeap after collecting garbage, three workflows, one changed before each check');
  const [first = NaN, last = NaN] = partOf('heap', folder) as number[];
  show('after 200 checks', first, 'MiB');
  show('after 2,000 checks', last, 'MiB', times(last, first));
  startUp();
}

void main(process.argv.slice(2));
