import type { Code, InlineCode, Nodes } from 'mdast';
import type { ReadDocument } from '../../documents/document';
import { spanOf } from '../../documents/markdown/parse';
import type { ShellParser } from '../../ports';
import { readCommands, shellModeOf, withoutExpressions } from '../../shell/commands';
import { unwrapCommand } from '../../shell/wrappers';
import type { Span } from '../../text/position';

/** A command that a document tells its reader to run, as the shell parser reads it. */
export interface DocumentCommand {
  /** Quotes removed, wrappers (`sudo`, `env A=b`) left out; variables as written. The first is the program. */
  readonly words: readonly string[];
  /** In the document. */
  readonly span: Span;
  /**
   * Where the characters from `start` to `end` of a word stand (all of them by default), without the quotes around them;
   * the whole command where they cannot be found.
   */
  spanOfWord(index: number, start?: number, end?: number): Span;
  /** Where the command's last word ends: what is added to it goes there. */
  readonly end: number;
  readonly isInline: boolean;
}

/** Languages of fenced blocks that hold commands; none is the usual one in runbooks. */
const SHELL_LANGUAGE = /^(?:sh|bash|zsh|shell|console|terminal|shell-session|shellsession|sh-session)$/i;

/** A line that shows its prompt: those without one are what the command prints. */
const PROMPT = /^(\s*)(?:\$|[\w.-]+@[\w.-]+[:~\w/.-]*[$#])\s+/;

const read = new WeakMap<ReadDocument, readonly DocumentCommand[]>();

/** The commands of all fenced blocks of shell, and of inline code that calls a program with something. */
export function commandsOf(document: ReadDocument, shell: ShellParser): readonly DocumentCommand[] {
  const known = read.get(document);
  if (known) return known;
  const commands = codesOf(document.tree).flatMap((node) =>
    node.type === 'code'
      ? SHELL_LANGUAGE.test(node.lang ?? 'sh')
        ? commandsIn(document, lineFed(node.value), shell, offsetsOf(document, node), false)
        : []
      : /^[\w./-]+\s+\S/.test(node.value)
        ? commandsIn(document, node.value, shell, inlineOffsets(document, node), true)
        : [],
  );
  read.set(document, commands);
  return commands;
}

function commandsIn(
  document: ReadDocument,
  written: string,
  shell: ShellParser,
  offsetOf: (offset: number) => number,
  isInline: boolean,
): readonly DocumentCommand[] {
  const mode = shellModeOf(null);
  if (!mode) return [];
  const script = withoutExpressions(withoutPrompts(written));
  return readCommands(script, shell, mode).map((command): DocumentCommand => {
    const words = unwrapCommand(command.words);
    const span = { start: offsetOf(command.span.start), end: offsetOf(command.span.end) };
    const places = placesOfWords(script, command.span, command.words);
    const skipped = command.words.length - words.length;
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
          : { start: offsetOf(first), end: offsetOf(last) + 1 };
      },
      end: offsetOf(command.span.end),
    };
  });
}

/** Lines without a prompt are output where others have one; both are blanked, so that offsets stay. */
function withoutPrompts(script: string): string {
  const lines = script.split('\n');
  if (!lines.some((line) => PROMPT.test(line))) return script;
  let isContinued = false;
  return lines
    .map((line) => {
      const isCommand = isContinued || PROMPT.test(line);
      isContinued = isCommand && line.endsWith('\\');
      return isCommand
        ? line.replace(PROMPT, (prompt) => ' '.repeat(prompt.length))
        : ' '.repeat(line.length);
    })
    .join('\n');
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

/** From an offset in the value of a fenced block to that of the document: indentation and quote marks are left out of it. */
function offsetsOf(document: ReadDocument, node: Code): (offset: number) => number {
  const { lines } = document;
  const block = spanOf(node);
  const first = lines.positionAt(block.start).line;
  const isFenced = /^[ \t>]*(?:`{3,}|~{3,})/.test(document.text.slice(block.start, block.start + 40));
  const values = lineFed(node.value).split('\n');
  const starts: number[] = [];
  let reached = 0;
  for (const value of values) {
    starts.push(reached);
    reached += value.length + 1;
  }
  return (offset) => {
    let line = 0;
    while (line + 1 < starts.length && (starts[line + 1] ?? 0) <= offset) line++;
    const number = first + line + (isFenced ? 1 : 0);
    const margin = Math.max(0, lines.lineText(number).length - (values[line] ?? '').length);
    return lines.offsetAt({ line: number, column: margin + (offset - (starts[line] ?? 0)) + 1 });
  };
}

function inlineOffsets(document: ReadDocument, node: InlineCode): (offset: number) => number {
  const span = spanOf(node);
  const at = document.text.slice(span.start, span.end).indexOf(node.value);
  // A pipe of a table's cell has its backslash in the text only: then the whole of it stands for each part.
  return at < 0 ? (offset) => (offset === 0 ? span.start : span.end) : (offset) => span.start + at + offset;
}

function lineFed(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

function codesOf(root: Nodes): readonly (Code | InlineCode)[] {
  const found: (Code | InlineCode)[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === 'code' || node.type === 'inlineCode') found.push(node);
    else if ('children' in node) node.children.forEach(walk);
  };
  walk(root);
  return found;
}
