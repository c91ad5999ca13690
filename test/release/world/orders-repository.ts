import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { approvalKind } from '../../../src/core/documents/approval/approval-kind';

const run = promisify(execFile);

/** The command line as it ships. */
export const PROGRAM = path.resolve('dist/cli.js');

const FILES = path.resolve('test/release/world/fixtures/orders');
const SELF = path.resolve('test/release/world/orders-repository.ts');

/** What is live before each release, and what is released. */
export const BEFORE = '1.0.0';
export const RELEASED = '1.0.1';

/** What a person writes into the plan where it asks. */
const ANSWERS: readonly (readonly [RegExp, string])[] = [
  [/UNKNOWN\(minutes that[^)]*\)/g, '4'],
  [/UNKNOWN\(recovery time objective\)/g, '15 min'],
  [/UNKNOWN\(minutes\)/g, '5 min'],
  [
    /UNKNOWN\(how to put the version before back\)/g,
    'artifact redeployment: deploy the version before again',
  ],
  [/UNKNOWN\(command that deploys[^)]*\)/g, `sh scripts/deploy.sh ${RELEASED}`],
  [/UNKNOWN\(command that rolls[^)]*\)/g, `sh scripts/deploy.sh --rollback ${BEFORE}`],
  [/UNKNOWN\(command that checks[^)]*\)/g, 'sh scripts/health-check.sh'],
  [/UNKNOWN\([^)]*\)/g, 'Ada'],
];

/** Settings with which everything on record is a go. */
export const GATE_SETTINGS = {
  commands: { 'scripts/health-check.sh': 'smoke' },
  profile: { deploy: { smoke: 'sh scripts/health-check.sh' } },
  readiness: {
    rollback: { 'objective-minutes': 15, 'required-metrics': ['error rate'] },
    artifact: { registry: 'command', command: ['sh', 'scripts/artifact.sh'] },
  },
};

/** Runs a program and gives what it printed; it throws where the program fails. */
async function output(folder: string, program: string, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, {
    cwd: folder,
    maxBuffer: 1 << 26,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '' },
  });
  return stdout.trim();
}

/** Runs git in a folder as Ada. */
export function git(folder: string, ...args: readonly string[]): Promise<string> {
  return output(
    folder,
    'git',
    ...['-c', 'user.name=Ada Example', '-c', 'user.email=ada@example.test', '-c', 'commit.gpgsign=false'],
    ...args,
  );
}

/** Commits files and everything else that changed. */
export async function commit(
  folder: string,
  message: string,
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  for (const [file, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), content);
  }
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--allow-empty', '--no-verify', `--message=${message}`);
  return git(folder, 'rev-parse', 'HEAD');
}

let made: Promise<string> | null = null;

/** An older one is made anew: its drill and approval are of then. */
const KEPT_MS = 6 * 3_600_000;

/**
 * Copies the repository of the orders service to `folder`: 1.0.0 is tagged, 1.0.1 is a fix that is planned, drilled and
 * approved, and everything that a release asks for is there, so that the gate says go. It is made with the program itself
 * where a person would use it, which takes seconds, and kept for a while for other processes.
 */
export async function ordersRepository(folder: string): Promise<void> {
  made ??= keptRepository();
  await cp(await made, folder, { recursive: true });
}

/** Takes what was made before for the same files, else makes it. */
async function keptRepository(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(SELF));
  for (const entry of (await readdir(FILES, { recursive: true, withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (entry.isFile()) hash.update(await readFile(path.join(entry.parentPath, entry.name)));
  }
  const kept = path.resolve('node_modules/.cache/release-world', hash.digest('hex').slice(0, 16));
  const since = await stat(kept).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (Date.now() - since < KEPT_MS) return kept;
  const folder = await makeRepository();
  const copy = `${kept}.${process.pid}`;
  await mkdir(path.dirname(kept), { recursive: true });
  await cp(folder, copy, { recursive: true });
  await rm(kept, { recursive: true, force: true });
  // Where another process was first, its one is as good.
  await rename(copy, kept).catch(() => rm(copy, { recursive: true, force: true }));
  await rm(folder, { recursive: true, force: true });
  return kept;
}

async function makeRepository(): Promise<string> {
  if (!existsSync(PROGRAM)) await output('.', process.execPath, 'esbuild.mjs');
  const folder = await mkdtemp(path.join(tmpdir(), 'release-gate-orders-'));
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await git(folder, 'config', 'user.name', 'Ada Example');
  await git(folder, 'config', 'user.email', 'ada@example.test');
  await cp(FILES, folder, { recursive: true });
  await commit(folder, 'feat: take orders (#1)', {
    '.gitignore': '.env\nnode_modules/\n',
    'src/orders.js': 'export const firstNumber = 1;\n',
    '.github/release-gate.yml': stringify(GATE_SETTINGS),
    'scripts/artifact.sh': `echo '{"commit":"'"$(git rev-parse HEAD)"'"}'\n`,
  });
  const gate = (...args: readonly string[]): Promise<string> =>
    output(folder, process.execPath, PROGRAM, ...args);
  const text = (file: string): Promise<string> => readFile(path.join(folder, file), 'utf8');
  const writtenByProgram = async (...args: readonly string[]): Promise<void> => {
    // Unknowns give it a status of their own.
    await gate(...args).catch((error: unknown) => {
      if (typeof (error as { code?: unknown }).code !== 'number') throw error;
    });
  };
  await writtenByProgram('generate', '--write');
  await writtenByProgram('runbook', '--write');
  const workflows: Record<string, string> = {};
  for (const name of await readdir(path.join(folder, '.github/workflows'))) {
    const file = `.github/workflows/${name}`;
    workflows[file] = (await text(file)).replace(
      /echo '::error::UNKNOWN\(what argument \d of scripts\/deploy\.sh stands for\)'\n +exit 1/g,
      'sh scripts/deploy.sh "${GITHUB_SHA}"',
    );
  }
  await commit(folder, 'ci: deploy by the script (#2)', {
    ...workflows,
    'docs/ops/RUNBOOK.md': (await text('docs/ops/RUNBOOK.md')).replace(/UNKNOWN\([^)]*\)/g, 'orders'),
  });
  await git(folder, 'tag', `v${BEFORE}`);
  await commit(folder, 'fix: number orders from two (#3)', {
    'src/orders.js': 'export const firstNumber = 2;\n',
  });
  await writtenByProgram('plan', '--version', RELEASED, '--owner', 'Ada', '--write');
  const plan = ANSWERS.reduce(
    (whole, [asked, answer]) => whole.replace(asked, answer),
    await text('docs/release/RELEASE_PLAN.md'),
  );
  const released = await commit(folder, 'docs: the plan (#4)', { 'docs/release/RELEASE_PLAN.md': plan });
  await writtenByProgram(
    ...['drill', 'record', '--environment', 'staging', '--service', 'orders', '--version', RELEASED],
    ...['--to', BEFORE, '--at', new Date(Date.now() - 86_400_000).toISOString(), '--duration', '4m'],
    ...['--outcome', 'passed', '--evidence', 'docs/ops/RUNBOOK.md', '--by', 'Grace', '--write'],
  );
  const approval = approvalKind.render({
    environment: 'production',
    version: RELEASED,
    commit: released,
    approver: 'Grace',
    role: 'lead of operations',
    at: new Date().toISOString(),
    recordedBy: 'Grace',
    read: ['docs/ops/RUNBOOK.md', 'docs/release/RELEASE_PLAN.md'],
    evidence: [],
  });
  await commit(folder, 'docs: drill and approval (#5)', {
    [`docs/release/records/approval_${RELEASED}.md`]: approval,
  });
  return folder;
}
