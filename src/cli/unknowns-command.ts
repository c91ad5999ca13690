import path from 'node:path';
import { Command, Option } from 'commander';
import { writeProposal } from '../adapters/file-writer';
import { createNodeFiles } from '../adapters/node-files';
import { pathFromCall } from '../core/gate/reports/summary';
import { visible } from '../core/gate/reports/text';
import {
  answeredFiles,
  fillIn,
  openDocuments,
  type FormQuestion,
  type FormReply,
  type OpenDocuments,
} from '../core/tasks/unknowns';
import { counted } from '../core/text/words';
import { CommandFailure } from './command-failure';
import { targetsOf } from './targets';
import { shownDifference, writtenText } from './task-report';
import type { Terminal } from './terminal';

/** Something required is unknown. */
const UNKNOWN = 3;

interface UnknownsOptions {
  readonly ask?: boolean;
  readonly format: 'text' | 'json';
}

/** `release-gate unknowns`: what the documents say is unknown, asked for one by one where a person is there to answer. */
export function unknownsCommand(terminal: Terminal): Command {
  return new Command('unknowns')
    .description('List what the documents say is unknown, and fill it in')
    .argument('[paths...]', 'folders of repositories, or documents', ['.'])
    .option('--ask', 'ask for each at this terminal, show the change, and write it when you say so')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      [
        '',
        'Lists every UNKNOWN(what is needed) of the release and operations documents. With --ask each is asked for:',
        'an empty line skips it, "<" goes back, ":q" stops. Nothing is written before you have seen the change.',
        'What you answer is listed in the document under "Told by a person", since no file shows it.',
        'Exit status: 0 nothing is unknown, 3 something still is.',
        'In VS Code: "Release Gate: Fill In the Unknowns" in the command palette.',
      ].join('\n'),
    )
    .action(async (paths: readonly string[], options: UnknownsOptions) => {
      let left = 0;
      const json: object[] = [];
      for (const { root, only } of await targetsOf(paths)) {
        const files = createNodeFiles(path.resolve(root));
        const open = await openDocuments(files, only, terminal.signal);
        for (const problem of open.problems) terminal.say(`${visible(problem)}.`);
        if (options.format === 'json') json.push(...jsonOf(root, open));
        else terminal.print(listOf(root, open, terminal));
        left += placesIn(open);
        if (options.ask && options.format === 'text') left -= await ask(root, open, terminal);
      }
      if (options.format === 'json') terminal.print(JSON.stringify({ unknowns: json }, null, 2));
      if (left > 0) process.exitCode = UNKNOWN;
    });
}

function placesIn({ documents }: OpenDocuments): number {
  return documents.reduce((sum, { unknowns }) => sum + unknowns.length, 0);
}

function jsonOf(root: string, { documents }: OpenDocuments): object[] {
  return documents.flatMap(({ kind, document, unknowns }) =>
    unknowns.map(({ path: file, needed, place, span }) => ({
      root,
      path: file,
      kind: kind.id,
      needed,
      place,
      range: document.lines.rangeOf(span),
    })),
  );
}

function listOf(root: string, open: OpenDocuments, terminal: Terminal): string {
  if (open.documents.length === 0) return 'Nothing is unknown.';
  const lines = open.documents.flatMap(({ document, unknowns }) => [
    terminal.style('strong', visible(pathFromCall(root, document.path))),
    ...unknowns.map(
      ({ line, place, needed }) =>
        `  ${String(line).padStart(4)}  ${visible(needed)}${place === '' ? '' : terminal.style('faint', `  (${visible(place)})`)}`,
    ),
  ]);
  return [
    ...lines,
    `${counted(placesIn(open), 'value')} unknown in ${counted(open.documents.length, 'document')}.`,
  ].join('\n');
}

/** Asks, shows, and writes where the person says so; gives how many were written. */
async function ask(root: string, open: OpenDocuments, terminal: Terminal): Promise<number> {
  if (open.documents.length === 0) return 0;
  const unknowns = open.documents.flatMap((each) => each.unknowns);
  let isAlone = false;
  const given = await fillIn(unknowns, async (question): Promise<FormReply> => {
    const reply = await askOne(question, terminal);
    if (reply === null) isAlone = true;
    return reply ?? { is: 'stop' };
  });
  if (isAlone) {
    terminal.say('Nobody is at a terminal to answer, so they are only listed.');
    return 0;
  }
  const { files, refused } = answeredFiles(open.documents, given);
  for (const reason of refused) terminal.say(`Not written: ${visible(reason)}.`);
  if (files.length === 0) {
    terminal.print('Nothing was answered, so nothing is written.');
    return 0;
  }
  for (const file of files) terminal.print(`\n${shownDifference(file, terminal)}`);
  if ((await terminal.confirm(`Write ${counted(files.length, 'document')}?`)) !== true) {
    terminal.print('Nothing was written.');
    return 0;
  }
  const outcome = await writeProposal(path.resolve(root), files);
  if (!outcome.ok) throw new CommandFailure(`Nothing was written: ${outcome.path} ${outcome.detail}.`);
  terminal.print(writtenText(outcome));
  return given.length - refused.length;
}

/** Null where nobody is there. */
async function askOne(
  { unknown, number, total, before, others }: FormQuestion,
  terminal: Terminal,
): Promise<FormReply | null> {
  const where = `${unknown.path}:${unknown.line}${unknown.place === '' ? '' : ` (${unknown.place})`}`;
  const said = before === '' ? '' : ` [${visible(before)}]`;
  const answer = await terminal.ask(
    `${number} of ${total}  ${visible(where)}\n  ${visible(unknown.needed)}?${said}`,
  );
  if (answer === null) return null;
  if (answer === ':q') return { is: 'stop' };
  if (answer === '<') return { is: 'back' };
  if (answer === '') return before === '' ? { is: 'skip' } : { is: 'answer', text: before, isForAll: false };
  const isForAll =
    others > 0 &&
    (await terminal.confirm(
      `  ${counted(others, 'other place')} ${others === 1 ? 'asks' : 'ask'} for the same. Answer there too?`,
    )) === true;
  return { is: 'answer', text: answer, isForAll };
}
