import { Command, Option } from 'commander';
import manifest from '../../package.json';
import { gatherFacts } from '../core/readiness/gather';
import { judgeReadiness, type Readiness, type ReadinessVerdict } from '../core/readiness/judge';
import { readinessGitHub } from '../core/readiness/reports/github';
import { readinessJson } from '../core/readiness/reports/json';
import { readinessSarif } from '../core/readiness/reports/sarif';
import { readinessText } from '../core/readiness/reports/text';
import { HistoryFailure } from '../core/ports';
import { CommandFailure } from './command-failure';
import type { Terminal } from './terminal';
import { evidenceFiles } from './evidence-files';
import { openWorld } from './world';

interface GateOptions {
  readonly version: string;
  readonly environment: string;
  readonly base?: string;
  readonly head?: string;
  readonly config?: string;
  readonly online?: boolean;
  readonly runCommands?: boolean;
  readonly evidence?: readonly string[];
  readonly format: Format;
}

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;

type Format = (typeof FORMATS)[number];

/** Exit statuses by verdict; 2 is for calls that could not be carried out. */
const exitStatus: Readonly<Record<ReadinessVerdict, number>> = { go: 0, 'no-go': 1, unknown: 3 };

/** `release-gate gate [folder]`: whether a release may go, and why not. */
export function gateCommand(terminal: Terminal): Command {
  return new Command('gate')
    .description('Judge whether a release may go: go, no-go or unknown')
    .argument('[folder]', 'the repository', '.')
    .requiredOption('--version <version>', 'the version that is released')
    .option('--env, --environment <name>', 'where it is released to', 'production')
    .option('--base <ref>', 'from which tag or commit on (default: the release before)')
    .option(
      '--head <ref>',
      'up to which tag or commit (default: the tag of the version, else what is checked out)',
    )
    .option(
      '--evidence <files...>',
      'evidence files or folders, in place of those that the configuration names',
    )
    .option('--online', 'ask registries and live addresses over the network')
    .option('--run-commands', 'run the programs that the configuration names')
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml')
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('text'))
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  release-gate gate --version 2.4.0 --env production',
        '  release-gate gate --version 2.4.0 --online --run-commands     ask the registry, what is live, and your programs',
        '  release-gate gate --version 2.4.0 --evidence reports          test, scan and coverage reports that CI downloaded',
        '  release-gate gate --version 2.4.0 --format github             annotations of a run, before its deployment',
        '',
        'Exit status: 0 go; 1 no-go; 2 could not run; 3 unknown: something that must hold cannot be told. Unknown is never go.',
        'Nothing is written, and nothing is sent anywhere without --online. Each condition, its evidence and what it cannot see:',
        'docs/readiness.md. A named person sets one aside with release-gate override record; no model can.',
      ].join('\n'),
    )
    .action(async (folder: string, options: GateOptions) => {
      const world = await openWorld(folder, options.config ?? null, options);
      try {
        const gathered = await gatherFacts(
          world,
          {
            version: options.version,
            environment: options.environment,
            base: options.base ?? null,
            head: options.head ?? null,
            ...(options.online ? { isOnline: true } : {}),
            runsCommands: options.runCommands ?? false,
            evidence: await evidenceFiles(folder, options.evidence ?? []),
          },
          { signal: terminal.signal, report: (message) => terminal.progress(message) },
        );
        if (!gathered.ok) throw new CommandFailure(`The release cannot be judged: ${gathered.reason}.`);
        const readiness = judgeReadiness(gathered.facts);
        terminal.print(render(readiness, options.format, terminal));
        process.exitCode = exitStatus[readiness.verdict];
      } catch (error) {
        if (!(error instanceof HistoryFailure)) throw error;
        throw new CommandFailure(`The change cannot be read: ${error.message}.`);
      }
    });
}

function render(readiness: Readiness, format: Format, terminal: Terminal): string {
  switch (format) {
    case 'text':
      return readinessText(readiness, { hasColour: terminal.usesColour, width: terminal.width });
    case 'json':
      return readinessJson(readiness);
    case 'sarif':
      return readinessSarif(readiness, { version: manifest.version });
    case 'github':
      return readinessGitHub(readiness);
  }
}
