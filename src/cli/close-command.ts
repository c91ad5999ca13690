import path from 'node:path';
import { Command, Option } from 'commander';
import { writeProposal } from '../adapters/file-writer';
import { nodeSha256 } from '../adapters/release/journal-store';
import { HistoryFailure } from '../core/ports';
import { closeRelease, type CloseCondition } from '../core/tasks/release/records/close-release';
import { CommandFailure } from './command-failure';
import { confirmTyped, recordingWorld } from './record-commands';
import { writtenText } from './task-report';
import type { Terminal } from './terminal';
import { openWorld } from './world';

interface CloseOptions {
  readonly environment: string;
  readonly release?: string;
  readonly by?: string;
  readonly write?: boolean;
  readonly format: 'text' | 'json';
}

const MARKS: Readonly<Record<CloseCondition['status'], string>> = {
  pass: 'holds',
  fail: 'fails',
  unknown: 'unknown',
  waived: 'set aside',
  'not-applicable': 'not asked',
};

/** `release-gate close`: whether a release may be closed after its verdict, and a person's word that it is. */
export function closeCommand(terminal: Terminal): Command {
  return new Command('close')
    .description('Judge whether a release may be closed after its verdict, and close it')
    .argument('[folder]', 'folder of the repository', '.')
    .option('--env, --environment <name>', 'where it was released to', 'production')
    .option('--release <version>', 'the version; the newest release that is open by default')
    .option('--by <name>', 'who closes it; git tells by default')
    .option('--write', 'write it into the record where everything holds; without it it is only judged')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      [
        '',
        'Exit status: 0 it may be closed, or is; 1 something does not hold; 2 could not run; 3 something is unknown.',
        'What is asked, and how each is met: docs/release-records.md.',
      ].join('\n'),
    )
    .action(async (folder: string, options: CloseOptions) => {
      const world = await openWorld(folder, null);
      const answer = await closeRelease(
        { ...(await recordingWorld(folder, world, terminal)), ...world },
        {
          environment: options.environment,
          version: options.release ?? null,
          by: options.by ?? null,
        },
        terminal.signal,
        nodeSha256,
      ).catch((error: unknown) => {
        if (!(error instanceof HistoryFailure)) throw error;
        throw new CommandFailure(`The change cannot be read: ${error.message}.`);
      });
      if (!answer.ok) {
        throw new CommandFailure(
          `nothing can be closed:\n${answer.problems.map((problem) => `  - ${problem}`).join('\n')}`,
        );
      }
      const { conditions, file, notes, phrase, version, environment } = answer;
      if (options.format === 'json') {
        terminal.print(
          JSON.stringify({ version, environment, mayClose: file !== null, conditions, notes }, null, 2),
        );
      } else {
        terminal.print(
          [
            `Closing ${version} in ${environment}: ${file ? 'everything that is asked holds' : 'not yet'}`,
            ...conditions.map(
              ({ title, status, why, next }) =>
                `  ${MARKS[status].padEnd(9)} ${title}: ${why}${next === '' ? '' : `\n            ${next}`}`,
            ),
            ...notes.map((note) => `Note: ${note}`),
          ].join('\n'),
        );
      }
      if (!file) {
        process.exitCode = conditions.some(({ status }) => status === 'fail') ? 1 : 3;
        return;
      }
      if (options.write !== true) {
        if (options.format === 'text') terminal.print('\nNothing was written; --write closes it.');
        return;
      }
      await confirmTyped(phrase, terminal, 'A closing');
      const outcome = await writeProposal(path.resolve(folder), [file]);
      if (!outcome.ok) throw new CommandFailure(`Nothing was written: ${outcome.path} ${outcome.detail}.`);
      terminal.say(`${writtenText(outcome)}\nCommit it: the next release reads it from the repository.`);
    });
}
