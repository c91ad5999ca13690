// The main job on a small service with history, through the real command line: npm run demo
// Read-only on a repository of one's own: npm run demo -- PATH
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDemoRepository } from './lib/demo-repository.mjs';

const project = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const cli = path.join(project, 'dist', 'cli.js');
const own = process.argv[2];

/** Runs a program and gives what it printed; its messages to people go through. */
function run(command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    const printed = [];
    child.stdout.on('data', (chunk) => printed.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, text: Buffer.concat(printed).toString('utf8') }));
  });
}

function title(text) {
  console.log(`\n${'='.repeat(100)}\n${text}\n${'='.repeat(100)}`);
}

function list(heading, lines, most = 12) {
  if (lines.length === 0) return;
  console.log(`\n${heading}`);
  for (const line of lines.slice(0, most)) console.log(`  ${line}`);
  if (lines.length > most) console.log(`  … and ${lines.length - most} more`);
}

/** One of the drafting commands: what it says of the repository and what it would write, or has written. */
async function draft(folder, subcommand, args, isWritten) {
  const words = [...subcommand.split(' '), folder, ...args, ...(isWritten ? ['--write'] : [])];
  title(`release-gate ${words.join(' ')}`);
  const { status, text } = await run(process.execPath, [cli, ...words, '--format', 'json'], project);
  if (status !== 0) {
    console.log(`Exit status ${status}.`);
    return status === 2;
  }
  const result = JSON.parse(text);
  console.log(result.summary);
  list(
    isWritten ? 'Written:' : 'Would write:',
    result.files.map((file) => `${file.path} (${file.status}, ${file.added} lines added): ${file.purpose}`),
  );
  list(
    'Cannot be undone:',
    (result.irreversible ?? []).map(
      (action) =>
        `${action.path}${action.range ? `:${action.range.start.line}` : ''} ${action.kind}: ${action.statement} (${action.why})`,
    ),
  );
  list(
    'Risk register:',
    (result.risk?.entries ?? []).map(
      (entry) => `${entry.signal} (likelihood ${entry.likelihood}, impact ${entry.impact})`,
    ),
  );
  list('Not known, and shown as such:', result.unknowns, 6);
  list(
    'To do by hand:',
    result.manualSteps.map((step) => step.title),
    8,
  );
  list(
    'The gate on these files:',
    result.findings.map(
      (finding) =>
        `${finding.path}${finding.range ? `:${finding.range.start.line}` : ''} ${finding.severity} [${finding.rule}] ${finding.message}`,
    ),
    6,
  );
  return true;
}

async function check(folder) {
  title(`release-gate check ${folder}`);
  const { status, text } = await run(process.execPath, [cli, 'check', folder], project);
  console.log(text.trimEnd());
  console.log(
    `\nExit status ${status}: ${['pass', 'blocked', 'could not run', 'something required is unknown'][status] ?? 'unexpected'}.`,
  );
  return status !== null && status <= 3;
}

/** The verdict on the release that the plan proposes. */
async function judge(folder, version) {
  title(`release-gate gate ${folder} --version ${version} --env production`);
  const words = ['gate', folder, '--version', version, '--env', 'production', '--format', 'json'];
  const { status, text } = await run(process.execPath, [cli, ...words], project);
  if (status === null || status === 2) {
    console.log(`Exit status ${status}.`);
    return false;
  }
  const { verdict, reasons } = JSON.parse(text);
  console.log(`${verdict.toUpperCase()}: ${version} to production`);
  const stopping = (state) => reasons.filter(({ status: is, weight }) => is === state && weight === 'block');
  list(
    'What fails and stops the release:',
    stopping('fail').map(({ condition, why }) => `[${condition}] ${why}`),
  );
  list(
    'What is not known, and must be before it goes:',
    stopping('unknown').map(({ condition, why }) => `[${condition}] ${why}`),
    6,
  );
  console.log(
    `\nExit status ${status}: ${['go', 'no-go', '', 'something that blocks is not known'][status] ?? 'unexpected'}. As text: release-gate gate ${folder} --version ${version}`,
  );
  return true;
}

async function main() {
  if (!existsSync(cli)) {
    console.log('Building dist/cli.js …');
    const built = await run(process.execPath, ['esbuild.mjs'], project);
    if (built.status !== 0) throw new Error('the build failed');
  }
  let folder = own ? path.resolve(own) : await mkdtemp(path.join(os.tmpdir(), 'orders-api-'));
  if (!own) {
    await makeDemoRepository(folder);
    console.log(`A small service with its history was made in ${folder}.`);
  } else console.log(`Reading ${folder}; nothing is written there.`);

  const incident = own
    ? []
    : ['--incident', 'Orders cannot be created', '--started-at', '2026-10-12T08:40:00Z'];
  const outcomes = [
    await check(folder),
    await draft(folder, 'plan', [], !own),
    await draft(folder, 'generate', [], !own),
    await draft(folder, 'runbook', [], !own),
    await draft(folder, 'doc rollback-runbook', [], !own),
    await draft(folder, 'doc environment-matrix', [], !own),
    ...(own ? [] : [await judge(folder, '2.0.0')]),
    await draft(folder, 'postmortem', incident, !own),
  ];
  if (!own) {
    title('The repository as it is left');
    const { text } = await run('git', ['-C', folder, 'status', '--short', '--untracked-files=all'], project);
    console.log(text.trimEnd());
    console.log(
      `\nRead it in ${folder}; "git -C ${folder} diff" shows what changed in files that were there.`,
    );
    console.log(
      'Static keys: release-gate oidc. Repeated jobs: release-gate extract. Both show before they write.',
    );
  }
  if (outcomes.includes(false)) process.exitCode = 1;
}

await main();
