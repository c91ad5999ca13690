import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Command, Option } from 'commander';
import manifest from '../../package.json';
import { checkRepository, type CheckInput } from '../core/gate/check';
import type { RootReport, Verdict } from '../core/gate/report';
import { renderGitHub } from '../core/gate/reports/github';
import { renderJson, type JsonExtras, type JsonFixes } from '../core/gate/reports/json';
import { renderSarif } from '../core/gate/reports/sarif';
import { renderText } from '../core/gate/reports/text';
import { CommandFailure } from './command-failure';
import { BASELINE_PATH } from '../core/gate/baseline';
import { baselineOf } from './baseline-command';
import { fixRepositories } from './fix';
import { openOtherTools } from './other-tools';
import { targetsOf, type Target } from './targets';
import type { Terminal } from './terminal';
import { openCheck } from './world';

interface CheckOptions {
  readonly format: 'text' | 'json' | 'sarif' | 'github';
  readonly offline?: boolean;
  readonly online?: boolean;
  readonly config?: string;
  /** False for `--no-baseline`. */
  readonly baseline?: string | false;
  /** Files of other tools; what is no such file is a path that stands behind the option. */
  readonly sarif?: readonly string[];
  readonly allowNone?: boolean;
  /** True for `--fix`; the word of `--fix=…`, which may be a path that was meant as an argument. */
  readonly fix?: boolean | string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
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
    .option('--baseline <file>', `findings that are known before, in place of ${BASELINE_PATH}`)
    .option('--no-baseline', 'show every finding as if there were no baseline')
    .option(
      '--sarif <files...>',
      'SARIF of other tools (.sarif, .json), shown beside ours and never part of the verdict',
    )
    .option('--allow-none', 'exit with 0 where none of the named files is one that is judged (for hooks)')
    .option('--fix [kind]', 'apply the safe fixes; "--fix=proposed" shows those for review as well and asks')
    .option('--yes', 'with --fix=proposed: write without asking')
    .option('--dry-run', 'with --fix: show the difference and write nothing')
    .addHelpText(
      'after',
      [
        '',
        'A file is judged in its repository (the nearest folder above with .git or .github): everything there is read,',
        'and only findings in the named files are listed.',
        '',
        'Exit status: 0 pass; 1 a rule blocks; 2 nothing could be checked, or the call or configuration is wrong;',
        '3 something that must hold is unknown. Unknown is never a pass.',
        'With --fix it is that of what is left. A fix stays only if its finding is gone and none was added.',
        'Silence a finding with "# release-gate: ignore[rule-id] reason (until 2027-03-01)"; every report counts it.',
      ].join('\n'),
    )
    .action(async (paths: readonly string[], options: CheckOptions) => {
      process.exitCode = await check(paths, options, terminal);
    });
}

async function check(paths: readonly string[], options: CheckOptions, terminal: Terminal): Promise<number> {
  if (options.online && !options.offline) {
    throw new CommandFailure(
      "--online is not there yet: nothing was asked of GitHub. Run without it; the report lists what only GitHub's API can tell.",
    );
  }
  const targets = await targetsOf(pathsOf(paths, options), (named) =>
    named === options.fix ? `As a kind of fix --fix takes ${FIX_KINDS.join(' or ')}.` : null,
  );
  const others = await openOtherTools((options.sarif ?? []).filter(isSarifFile));
  const fixed = await fix(targets, options, terminal);
  const reports: RootReport[] = [];
  for (const target of targets) {
    terminal.progress(`Reading ${target.root}`);
    const baseline = await baselineOf(target.root, options.baseline);
    const input = await inputOf(target, options, terminal);
    const report = await checkRepository({ ...input, ...(baseline ? { baseline } : {}) });
    for (const file of report.notJudged ?? []) {
      terminal.say(
        `release-gate: ${path.join(target.root, file)} was not checked: it is no workflow and no release document.`,
      );
    }
    for (const file of target.only === null ? [] : (report.leftOut ?? [])) {
      terminal.say(
        `release-gate: ${path.join(target.root, file)} was not checked: the configuration leaves it out.`,
      );
    }
    if (report.checkedFiles > 0 || report.findings.length > 0) reports.push(report);
    else if (target.only === null) {
      terminal.say(
        `release-gate: nothing to check in ${target.root}: no workflow under .github/workflows and no release document.`,
      );
    }
  }
  if (reports.length === 0 && options.allowNone) return 0;
  if (reports.length === 0) throw new CommandFailure('nothing could be checked, so there is no verdict.');
  terminal.print(render(reports, { ...(fixed ? { fixed } : {}), others }, options, terminal));
  const verdicts = reports.map((report) => report.verdict);
  const overall = verdicts.includes('fail') ? 'fail' : verdicts.includes('unknown') ? 'unknown' : 'pass';
  return exitStatus[overall];
}

/** The kinds of `--fix`; anything else behind it is a path, since an option's value may stand behind a space. */
const FIX_KINDS: readonly string[] = ['safe', 'proposed'];

function pathsOf(paths: readonly string[], { fix: kind, sarif }: CheckOptions): readonly string[] {
  const named = [
    ...(typeof kind === 'string' && !FIX_KINDS.includes(kind) ? [kind] : []),
    ...(sarif ?? []).filter((file) => !isSarifFile(file)),
    ...paths,
  ];
  return named.length > 0 ? named : ['.'];
}

/** `--sarif a.sarif .github/workflows/x.yml`: only the first is a report, since nothing that is judged is JSON. */
function isSarifFile(file: string): boolean {
  return /\.(sarif|json)$/i.test(file);
}

/** Fixes what the call asks to be fixed; null where it does not ask. */
async function fix(
  targets: readonly Target[],
  options: CheckOptions,
  terminal: Terminal,
): Promise<JsonFixes | null> {
  if (options.fix === undefined) {
    if (options.dryRun || options.yes) throw new CommandFailure('--dry-run and --yes speak of --fix.');
    return null;
  }
  const inputs: CheckInput[] = [];
  for (const target of targets) inputs.push(await inputOf(target, options, terminal));
  return fixRepositories(
    inputs,
    {
      kinds: options.fix === 'proposed' ? 'proposed' : 'safe',
      isDry: options.dryRun ?? false,
      isAgreed: options.yes ?? false,
      isForProgram: options.format !== 'text',
    },
    terminal,
  );
}

async function inputOf(target: Target, options: CheckOptions, terminal: Terminal): Promise<CheckInput> {
  const input = await openCheck(target.root, options.config ?? null, terminal);
  return target.only === null ? input : { ...input, only: target.only };
}

function render(
  reports: readonly RootReport[],
  extras: Required<Pick<JsonExtras, 'others'>> & JsonExtras,
  options: CheckOptions,
  terminal: Terminal,
): string {
  const { others } = extras;
  switch (options.format) {
    case 'text':
      return renderText(reports, { hasColour: terminal.usesColour, width: terminal.width, pageOf, others });
    case 'json':
      return renderJson(reports, extras);
    case 'sarif':
      return renderSarif(reports, { version: manifest.version, pageTextOf, others });
    case 'github':
      return renderGitHub(reports, others);
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
