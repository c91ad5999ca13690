import { Command } from 'commander';
import { documents } from '../core/tasks/index';
import { taskCommand } from './task-command';
import type { Terminal } from './terminal';

/** `release-gate doc <kind> [folder]`: every document by the name of its kind. */
export function docCommand(terminal: Terminal): Command {
  const command = new Command('doc')
    .description('write a document: environment matrix, rollback runbook, release notes, …')
    .addHelpText(
      'after',
      [
        '',
        'Each is filled from the repository; what no file says stands as UNKNOWN(what is needed).',
        'Records are made by commands of their own: drill record, approval record, override record, review record.',
      ].join('\n'),
    );
  for (const { kind, task } of documents) command.addCommand(taskCommand(task, terminal, kind));
  return command;
}
