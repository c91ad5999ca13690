import type { InlineCode, Nodes } from 'mdast';
import type { ReadDocument } from '../../../documents/document';
import { spanOf } from '../../../documents/markdown/parse';
import type { ShellParser } from '../../../ports';
import { readCommands, shellModeOf, withoutExpressions } from '../../../shell/commands';
import { unwrapCommand } from '../../../shell/wrappers';
import type { Span } from '../../../text/position';
import { commandBlocksOf, type CommandInput } from './read-blocks';

/** A command that a document tells its reader to run, as the shell parser reads it. */
export interface DocumentCommand {
  /** Quotes removed, wrappers (`sudo`, `env A=b`) left out; variables and placeholders as written. The first is the program. */
  readonly words: readonly string[];
  /** In the document; what is added to the command goes to its end. */
  readonly span: Span;
  /**
   * Where the characters from `start` to `end` of a word stand (all of them by default), without the quotes around them;
   * the whole command where they cannot be found.
   */
  spanOfWord(index: number, start?: number, end?: number): Span;
  /** It stands in a sentence, where people leave out what is clear to them. */
  readonly isInline: boolean;
}

const read = new WeakMap<ReadDocument, readonly DocumentCommand[]>();

/** The commands of all blocks of shell, and of inline code that calls a program with something. */
export function commandsOf(document: ReadDocument, shell: ShellParser): readonly DocumentCommand[] {
  const known = read.get(document);
  if (known) return known;
  const commands = [
    ...commandBlocksOf(document).flatMap(({ inputs }) =>
      inputs.flatMap((input) => commandsIn(input, shell, false)),
    ),
    ...inlineCodeOf(document.tree)
      .filter(({ value }) => /^[\w./-]+\s+\S/.test(value))
      .flatMap((node) => commandsIn(inlineInput(document, node), shell, true)),
  ];
  read.set(document, commands);
  return commands;
}

function commandsIn(input: CommandInput, shell: ShellParser, isInline: boolean): readonly DocumentCommand[] {
  const mode = shellModeOf(null);
  if (!mode) return [];
  const { script, text } = input;
  return readCommands(script, shell, mode).map((command): DocumentCommand => {
    const span = input.placeOf(command.span);
    const places = placesOfWords(script, command.span, command.words);
    // What is no shell was read as a plain word: it is given back as it is written.
    const written = command.words.map((word, index) => {
      const own = places[index];
      const isMasked = own?.some((place) => script[place] !== text[place]) === true;
      return isMasked ? text.slice(own[0] ?? 0, (own.at(-1) ?? 0) + 1) : word;
    });
    const words = unwrapCommand(written);
    const skipped = written.length - words.length;
    return {
      words,
      span,
      isInline,
      spanOfWord: (index, start = 0, end = words[index]?.length ?? 0) => {
        const own = places[index + skipped];
        const first = own?.[start];
        const last = own?.[end - 1];
        return first === undefined || last === undefined || last < first
          ? span
          : input.placeOf({ start: first, end: last + 1 });
      },
    };
  });
}

/** Where each character of each word stands, quotes and escapes between them left out; null where it cannot be told. */
function placesOfWords(
  script: string,
  command: Span,
  words: readonly string[],
): readonly (readonly number[] | null)[] {
  let at = command.start;
  return words.map((word) => {
    for (let start = at; start < command.end && word !== ''; start++) {
      const places = placesFrom(script, start, command.end, word);
      if (!places) continue;
      at = (places.at(-1) ?? start) + 1;
      return places;
    }
    return null;
  });
}

function placesFrom(script: string, start: number, limit: number, word: string): readonly number[] | null {
  const places: number[] = [];
  let offset = start;
  for (const character of word.split('')) {
    while (offset < limit && script[offset] !== character && /["'\\]/.test(script[offset] ?? '')) {
      offset += script[offset] === '\\' && script[offset + 1] === '\n' ? 2 : 1;
    }
    if (offset >= limit || script[offset] !== character) return null;
    places.push(offset++);
  }
  return places;
}

function inlineInput(document: ReadDocument, node: InlineCode): CommandInput {
  const span = spanOf(node);
  const at = document.text.slice(span.start, span.end).indexOf(node.value);
  return {
    text: node.value,
    script: withoutExpressions(node.value),
    // A pipe of a table's cell has its backslash in the text only: then the whole of it stands for each part.
    placeOf: (part) =>
      at < 0 ? span : { start: span.start + at + part.start, end: span.start + at + part.end },
  };
}

function inlineCodeOf(root: Nodes): readonly InlineCode[] {
  const found: InlineCode[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === 'inlineCode') found.push(node);
    else if ('children' in node) node.children.forEach(walk);
  };
  walk(root);
  return found;
}
