import path from 'node:path';
import { Command } from 'commander';
import { writeProposal } from '../adapters/file-writer';
import { nodeSha256 } from '../adapters/release/journal-store';
import { resolveRun } from '../core/tasks/release/records/resolve-run';
import { CommandFailure } from './command-failure';
import { confirmTyped, recordingWorld } from './record-commands';
import { shownDifference, writtenText } from './task-report';
import type { Terminal } from './terminal';
import { openWorld } from './world';

interface ResolveOptions {
  readonly environment?: string;
  readonly release?: string;
  readonly fix?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly write?: boolean;
}

/** `release-gate resolve`: a person's word that a failed release is resolved, and by which fix. */
export function resolveCommand(terminal: Terminal): Command {
  return new Command('resolve')
    .description(
      'Write down that a release that failed is resolved, so that its environment takes the next one',
    )
    .argument('[folder]', 'folder of the repository', '.')
    .option('--env, --environment <name>', 'where it failed')
    .option('--release <version>', 'the version that failed; the newest that is open by default')
    .option('--fix <commit-or-path>', 'what mends it: a commit, or the path of what holds the fix')
    .option('--reason <text>', 'what was done, and what runs now')
    .option('--by <name>', 'who resolved it; git tells by default')
    .option('--write', 'write it into the record; without it it is only shown')
    .action(async (folder: string, options: ResolveOptions) => {
      const world = await openWorld(folder, null);
      const answer = await resolveRun(
        { ...(await recordingWorld(folder, world, terminal)), configuration: world.configuration },
        {
          environment: options.environment ?? null,
          version: options.release ?? null,
          fix: options.fix ?? null,
          reason: options.reason ?? null,
          by: options.by ?? null,
        },
        nodeSha256,
      );
      if (!answer.ok) {
        throw new CommandFailure(
          `nothing can be resolved yet:\n${answer.problems.map((problem) => `  - ${problem}`).join('\n')}`,
        );
      }
      const { file, notes, phrase } = answer;
      terminal.print(
        [
          'A resolution is what a person says. It is added to the front matter of the record; the rest stays sealed.',
          ...notes.map((note) => `Note: ${note}`),
          '',
          shownDifference(file, terminal),
        ].join('\n'),
      );
      if (options.write !== true) {
        terminal.print('\nNothing was written; --write writes it.');
        return;
      }
      if (phrase !== null) await confirmTyped(phrase, terminal, 'A resolution');
      const outcome = await writeProposal(path.resolve(folder), [file]);
      if (!outcome.ok) throw new CommandFailure(`Nothing was written: ${outcome.path} ${outcome.detail}.`);
      terminal.print(`\n${writtenText(outcome)}\nCommit it: the next release reads it from the repository.`);
    });
}
