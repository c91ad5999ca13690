import { promises as fs, readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import manifest from '../../package.json';
import { checkRepository } from '../core/gate/check';
import type { RootReport, Verdict } from '../core/gate/report';
import { renderGitHub } from '../core/gate/reports/github';
import { renderJson } from '../core/gate/reports/json';
import { renderSarif } from '../core/gate/reports/sarif';
import { renderText } from '../core/gate/reports/text';
import { CommandFailure } from './command-failure';
import type { Terminal } from './terminal';
import { openWorld } from './world';

interface CheckOptions {
  readonly format: 'text' | 'json' | 'sarif' | 'github';
  readonly offline?: boolean;
  readonly online?: boolean;
  readonly config?: string;
}

/** A repository to judge: `only` names the files whose findings are listed; null: all of them. */
interface Target {
  readonly root: string;
  readonly only: Set<string> | null;
}

/** Exit statuses by verdict; 2 is for calls that could not be carried out. */
const exitStatus: Readonly<Record<Verdict, number>> = { pass: 0, fail: 1, unknown: 3 };

/** `release-gate check [paths...]`: the gate over repositories or single files of them. */
export function checkCommand(terminal: Terminal): Command {
  return new Command('check')
    .description('Judge workflows and release documents: pass, fail or unknown')
    .argument('[paths...]', 'folders of repositories, or files in them (default: this folder)')
    .addOption(
      new Option('--format <format>', 'how to print')
        .choices(['text', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option(
      '--online',
      "ask GitHub's API for what files cannot show (a later version; today it says so and stops)",
    )
    .option('--offline', 'use no network, whatever the configuration says')
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml')
    .addHelpText(
      'after',
      [
        '',
        'A file is judged in its repository (the nearest folder above with .git or .github): everything there is read,',
        'and only findings in the named files are listed.',
        '',
        'Exit status: 0 pass; 1 a rule blocks; 2 nothing could be checked, or the call or configuration is wrong;',
        '3 something that must hold is unknown. Unknown is never a pass.',
        'Silence a finding with "# release-gate: ignore[rule-id] reason (until 2027-03-01)"; every report counts it.',
      ].join('\n'),
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      process.exitCode = await check(paths.length > 0 ? paths : ['.'], options, terminal);
    });
}

async function check(paths: readonly string[], options: CheckOptions, terminal: Terminal): Promise<number> {
  if (options.online && !options.offline) {
    throw new CommandFailure(
      "--online is not there yet: nothing was asked of GitHub. Run without it; the report lists what only GitHub's API can tell.",
    );
  }
  const reports: RootReport[] = [];
  for (const target of await targetsOf(paths)) {
    terminal.progress(`Reading ${target.root}`);
    const report = await judge(target, options, terminal);
    for (const file of report.notJudged ?? []) {
      terminal.say(
        `release-gate: ${path.join(target.root, file)} was not checked: it is no workflow and no release document.`,
      );
    }
    if (report.checkedFiles > 0 || report.findings.length > 0) reports.push(report);
    else if (target.only === null) {
      terminal.say(
        `release-gate: nothing to check in ${target.root}: no workflow under .github/workflows and no release document.`,
      );
    }
  }
  if (reports.length === 0) throw new CommandFailure('nothing could be checked, so there is no verdict.');
  terminal.print(render(reports, options, terminal));
  const verdicts = reports.map((report) => report.verdict);
  const overall = verdicts.includes('fail') ? 'fail' : verdicts.includes('unknown') ? 'unknown' : 'pass';
  return exitStatus[overall];
}

async function judge(target: Target, options: CheckOptions, terminal: Terminal): Promise<RootReport> {
  const world = await openWorld(target.root, options.config ?? null);
  return checkRepository({
    root: target.root,
    files: world.files,
    history: world.history,
    parsers: world.parsers,
    configuration: world.configuration,
    ...(options.config === undefined ? {} : { configurationPath: options.config }),
    today: world.clock.now().toISOString().slice(0, 10),
    ...(target.only === null ? {} : { only: target.only }),
    signal: terminal.signal,
  });
}

function render(reports: readonly RootReport[], options: CheckOptions, terminal: Terminal): string {
  switch (options.format) {
    case 'text':
      return renderText(reports, { hasColour: terminal.usesColour, pageOf });
    case 'json':
      return renderJson(reports);
    case 'sarif':
      return renderSarif(reports, { version: manifest.version, pageTextOf });
    case 'github':
      return renderGitHub(reports);
  }
}

/** The pages of the rules ship beside the program. */
const pagesFolder = path.join(__dirname, '..', 'docs', 'rules');

function pageOf(rule: string): string {
  return path.join(path.relative('', pagesFolder) || '.', `${rule}.md`);
}

function pageTextOf(rule: string): string | null {
  try {
    return readFileSync(path.join(pagesFolder, `${rule}.md`), 'utf8');
  } catch {
    return null;
  }
}

/** Folders are roots by themselves; files are gathered under the root that they belong to. */
async function targetsOf(paths: readonly string[]): Promise<Target[]> {
  const targets = new Map<string, Target>();
  for (const named of paths) {
    const kind = await fs.stat(named).catch(() => null);
    if (!kind) throw new CommandFailure(`${named} does not exist.`);
    if (kind.isDirectory()) {
      const key = path.resolve(named);
      targets.set(key, { root: targets.get(key)?.root ?? named, only: null });
      continue;
    }
    const key = await rootOf(path.resolve(named));
    const known = targets.get(key);
    const relative = path.relative(key, path.resolve(named)).split(path.sep).join('/');
    if (known) known.only?.add(relative);
    else targets.set(key, { root: path.relative('', key) || '.', only: new Set([relative]) });
  }
  return [...targets.values()];
}

/** The nearest folder above with `.git` or `.github`; the file's own folder where there is none. */
async function rootOf(file: string): Promise<string> {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    for (const mark of ['.git', '.github']) {
      if (await fs.stat(path.join(folder, mark)).catch(() => null)) return folder;
    }
    if (path.dirname(folder) === folder) return path.dirname(file);
  }
}
