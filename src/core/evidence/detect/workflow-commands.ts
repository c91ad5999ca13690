import { fact, fileSource, type Fact } from '../fact';
import { findLines } from './places';
import type { Reading } from './reading';

/**
 * Commands that the repository's own workflows run from the root, as far as a line says one by itself: no expression,
 * variable, quote or operator of the shell in it. They tell which tools the repository holds itself to, and with which
 * options. In the order of the files.
 */
export async function readWorkflowCommands(reading: Reading): Promise<readonly Fact<string>[]> {
  const commands: Fact<string>[] = [];
  for (const path of reading.paths.filter((other) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(other))) {
    const text = await reading.text(path);
    // A job that works in another folder means that folder's tools.
    if (text === null || /^\s*working-directory:/m.test(text)) continue;
    for (const { match, range } of findLines(
      text,
      /^\s*(?:- )?(?:run:\s*)?([a-z][\w./-]*(?: [\w./:=,@+-]+)+)\s*$/,
    )) {
      if (match[1]) commands.push(fact(match[1], fileSource(path, range)));
    }
  }
  return commands;
}
