import path from 'node:path';
import { Command } from 'commander';
import { writeProposal } from '../adapters/file-writer';
import { createNodeFiles } from '../adapters/node-files';
import {
  BASELINE_PATH,
  baselineText,
  canBeKnownBefore,
  openBaseline,
  type Baseline,
} from '../core/gate/baseline';
import { checkRepository } from '../core/gate/check';
import { changesAnything } from '../core/text/proposal';
import { counted } from '../core/text/words';
import { CommandFailure } from './command-failure';
import { shownDifference } from './task-report';
import type { Terminal } from './terminal';
import { openCheck } from './world';

/** `release-gate baseline [folder]`: writes down today's findings, so that `check` speaks of what is new. */
export function baselineCommand(terminal: Terminal): Command {
  return new Command('baseline')
    .description("Write down today's findings, so that check blocks on new ones only")
    .argument('[folder]', 'folder of the repository', '.')
    .option('--output <file>', 'where to write, from the root of the repository', BASELINE_PATH)
    .option('--config <file>', 'configuration to use in place of .github/release-gate.yml')
    .option('--dry-run', 'show the difference and write nothing')
    .option('--write', 'as without it: the command is there to write its one file')
    .addHelpText(
      'after',
      [
        '',
        `Writes ${BASELINE_PATH}, which check reads by itself. Known findings stay in every report, counted as`,
        '"known before"; a baseline is no pass and no waiver. Run it again to take out what is gone.',
        'Never in it: files that cannot be read, and what is wrong with waivers.',
      ].join('\n'),
    )
    .action(async (folder: string, options: { output: string; config?: string; dryRun?: boolean }) => {
      await writeBaseline(folder, options, terminal);
    });
}

async function writeBaseline(
  folder: string,
  options: { readonly output: string; readonly config?: string; readonly dryRun?: boolean },
  terminal: Terminal,
): Promise<void> {
  const input = await openCheck(folder, options.config ?? null, terminal);
  const report = await checkRepository(input);
  if (report.checkedFiles === 0 && report.findings.length === 0) {
    throw new CommandFailure(`nothing to check in ${folder}, so there is nothing to write down.`);
  }
  const open = report.findings.filter(({ status }) => status !== 'waived');
  const known = open.filter(({ rule }) => canBeKnownBefore(rule));
  const before = await input.files.read(options.output);
  if (!before.ok && before.reason !== 'missing') {
    throw new CommandFailure(`${options.output} ${before.detail}.`);
  }
  const file = {
    path: options.output,
    before: before.ok ? before.text : null,
    after: baselineText(report),
    purpose: 'the findings that are known',
  };
  if (options.dryRun) {
    terminal.print(
      changesAnything(file)
        ? shownDifference(file, terminal)
        : `Already as it would be written: ${file.path}`,
    );
    return;
  }
  const outcome = await writeProposal(path.resolve(folder), [file]);
  if (!outcome.ok) throw new CommandFailure(`Nothing was written: ${outcome.path} ${outcome.detail}.`);
  const blocking = known.filter(({ severity }) => severity === 'block').length;
  const verb = outcome.written.length > 0 ? 'Written' : 'Already as it would be written';
  terminal.print(
    `${verb}: ${file.path} with ${counted(known.length, 'finding')}, ${blocking} of them blocking.`,
  );
  const rest = open.length - known.length;
  if (rest > 0) {
    terminal.print(
      `Left out: ${counted(rest, 'finding')} about files that cannot be read or about waivers; they stay open.`,
    );
  }
}

/**
 * The baseline that a check goes by: the named file, else the repository's own, else none.
 *
 * @throws CommandFailure where it cannot be read: a check that leaves it out would block on what is known.
 */
export async function baselineOf(root: string, named: string | false | undefined): Promise<Baseline | null> {
  if (named === false) return null;
  const opened = named
    ? await openBaseline(createNodeFiles(path.dirname(path.resolve(named))), path.basename(named), {
        isRequired: true,
      })
    : await openBaseline(createNodeFiles(root), BASELINE_PATH, { isRequired: false });
  if (!opened.ok) throw new CommandFailure(`${opened.reason}.`);
  return opened.baseline && named ? { ...opened.baseline, path: named } : opened.baseline;
}
