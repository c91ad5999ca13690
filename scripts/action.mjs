// What `action.yml` runs: the command line of this checkout, with inputs from the environment and outputs for the runner.
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtProgram } from './lib/built-program.mjs';

/** GitHub takes a summary of 1 MiB and shows none that is larger. */
const MAX_SUMMARY = 900_000;

const FORMATS = ['github', 'text', 'json'];
const FAIL_ON = ['unknown', 'fail', 'never'];

/** Exit statuses of the program by verdict; anything else is a call that could not be carried out. */
const VERDICTS = { 0: 'pass', 1: 'fail', 3: 'unknown' };

const input = (name) => (process.env[`RELEASE_GATE_${name}`] ?? '').trim();
const lines = (name) =>
  input(name)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

try {
  process.exitCode = main();
} catch (error) {
  fail(error.message);
}

function main() {
  const format = input('FORMAT') || 'github';
  const failOn = input('FAIL_ON') || 'unknown';
  if (!FORMATS.includes(format))
    throw new Error(`The input format must be ${FORMATS.join(', ')}, not "${format}".`);
  if (!FAIL_ON.includes(failOn))
    throw new Error(`The input fail-on must be ${FAIL_ON.join(', ')}, not "${failOn}".`);
  const program = builtProgram();
  const baseline = input('BASELINE');
  const others = lines('SARIF');
  const wrong = others.find((file) => !/\.(sarif|json)$/i.test(file));
  if (wrong !== undefined)
    throw new Error(`The input sarif takes files named .sarif or .json, not "${wrong}".`);
  // "--" ends the options: a path is never one.
  const paths = lines('PATHS');
  const options = [
    ...(input('CONFIG') ? [`--config=${input('CONFIG')}`] : []),
    ...(baseline === 'none' ? ['--no-baseline'] : baseline ? [`--baseline=${baseline}`] : []),
    ...others.map((file) => `--sarif=${file}`),
    '--',
    ...(paths.length > 0 ? paths : ['.']),
  ];
  const check = (as) =>
    spawnSync(process.execPath, [program, 'check', '--format', as, ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 512 * 1024 * 1024,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' },
    });

  const shown = check(format);
  process.stdout.write(shown.stdout ?? '');
  process.stderr.write(shown.stderr ?? '');
  const verdict = VERDICTS[shown.status];
  if (verdict === undefined) {
    output('verdict', '');
    output('sarif-file', '');
    const said = (shown.stderr ?? '').trim().replace(/^release-gate: /gm, '');
    const sentence = said || 'The program could not be run.';
    throw new Error(sentence);
  }
  const folder = mkdtempSync(path.join(process.env.RUNNER_TEMP || tmpdir(), 'release-gate-'));
  const file = path.join(folder, 'release-gate.sarif');
  writeFileSync(file, check('sarif').stdout);
  output('verdict', verdict);
  output('sarif-file', file);
  summarise(verdict, check('text').stdout);
  if (failOn === 'never' || verdict === 'pass') return 0;
  return verdict === 'fail' || failOn === 'unknown' ? 1 : 0;
}

/** A line for the runner's file of outputs; no value of ours holds a line break. */
function output(name, value) {
  if (process.env.GITHUB_OUTPUT)
    appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value.replace(/[\r\n]/g, ' ')}\n`);
}

/** The text report on the page of the run, in a fence that nothing in it can close. */
function summarise(verdict, text) {
  if (!process.env.GITHUB_STEP_SUMMARY) return;
  const body = text.length > MAX_SUMMARY ? `${text.slice(0, MAX_SUMMARY)}\n…\n` : text;
  const longest = Math.max(2, ...[...body.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  appendFileSync(
    process.env.GITHUB_STEP_SUMMARY,
    `## Release Gate: ${verdict}\n\n${fence}text\n${body.trimEnd()}\n${fence}\n`,
  );
}

/** An error annotation; the sentence may quote the repository, so that it is escaped as the runner wants it. */
function fail(message) {
  const text = message.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
  process.stdout.write(`::error title=release-gate::${text}\n`);
  process.exitCode = 2;
}
