import type { Code, Nodes } from 'mdast';
import { documentKindOf } from '../../../documents/index';
import type { ReadDocument } from '../../../documents/document';
import { spanOf } from '../../../documents/markdown/parse';
import { findSyntaxFault } from '../../../shell/syntax-fault';
import { withoutExpressions } from '../../../shell/commands';
import { findPlaceholders } from '../../../documents/markdown/placeholders';
import type { Span } from '../../../text/position';
import { remembered } from '../../../text/remember';
import { isUsualProgram } from './programs';
import { angleBrackets } from './open-places';

/** What somebody would type at one prompt, or a whole script, with its places in the document. */
export interface CommandInput {
  /** Without prompts; lines end in `\n`. */
  readonly text: string;
  /** The same with what is not shell (UNKNOWN(...), `<name>`, `${{ … }}`) as words of the same length. */
  readonly script: string;
  /** Where a stretch of the text stands in the document. */
  placeOf(span: Span): Span;
}

/** A prompt of a shell as it was copied with the command behind it, blanks included. */
export interface Prompt {
  readonly span: Span;
  readonly text: string;
}

/** A block of code that holds commands of a shell. */
export interface CommandBlock {
  readonly node: Code;
  /** As it is written behind the fence, in lower case; null where nothing is. */
  readonly language: string | null;
  /** Told by its language; else it only looks like commands, in a step. */
  readonly isDeclared: boolean;
  /** The kind's section that it stands in, by id; null outside them. */
  readonly section: string | null;
  /** A language that shows prompts and what was printed (`console`), where neither is a fault. */
  readonly isTranscript: boolean;
  readonly prompts: readonly Prompt[];
  /** Between the commands stands what they printed. */
  readonly hasOutput: boolean;
  readonly inputs: readonly CommandInput[];
}

const SCRIPT = /^(?:sh|bash|shell|zsh|ksh|ash|dash|shell-?script)$/;

const TRANSCRIPT = /^(?:console|terminal|(?:shell|sh|bash|zsh)-?session)$/;

/** `$ `, `user@host:~$ `, `bash-5.1$ `: a shell's, and no beginning of a command. */
const SHELL_PROMPT =
  /^\s*(?:\([\w.-]{1,40}\) ?)?(?:\$(?=[ \t]+\S)|\[?[\w.-]{1,60}@[\w.-]{1,60}(?:[: ][^\s$#%>]{0,80})?\]? ?[$#%>](?=[ \t])|(?:ba|z)?sh-[\d.]{1,8}[$#](?=[ \t])|[%❯➜](?=[ \t]+\S))[ \t]+/;

/** A prompt of another program, whose language is not the shell's. */
const OTHER_PROMPT =
  /^\s*(?:(?:mysql|sqlite|sql|mongo|ftp|sftp|gdb|MariaDB \[[^\]]{0,40}\])>|[\w-]{1,40}[=-][#>]|irb\([^)]{0,40}\)[^>]{0,10}>|>>>|In \[\d+\]:|PS [^>]{0,80}>|[\w.-]{1,60}:\d{2,5}(?:\[\d+\])?>)(?=[ \t])/;

/** More lines are not taken together to find the end of a quote. */
const MAX_CONTINUED = 60;

interface Line {
  readonly text: string;
  /** In the document. */
  readonly offset: number;
}

/** The blocks of commands of a document, in its order. */
export const commandBlocksOf = remembered((document: ReadDocument): readonly CommandBlock[] => {
  const blocks: CommandBlock[] = [];
  const shapes = documentKindOf(document.kind)?.sections ?? [];
  const sections = document.sections.filter(({ id }) => id !== null);
  const walk = (node: Nodes, isInItem: boolean): void => {
    if (node.type === 'code') {
      const { start } = spanOf(node);
      const section = sections.findLast(({ span }) => span.start <= start && start < span.end)?.id ?? null;
      const holds = shapes.find(({ id }) => id === section)?.holds;
      const isInStep = isInItem && (holds === 'steps' || holds === 'steps-and-triggers');
      const block = readBlock(document, node, section, isInStep);
      if (block) blocks.push(block);
    } else if ('children' in node) {
      const isItem = isInItem || (node.type === 'list' && node.ordered === true);
      for (const child of node.children) walk(child, isItem);
    }
  };
  walk(document.tree, false);
  return blocks;
});

function readBlock(
  document: ReadDocument,
  node: Code,
  section: string | null,
  isInStep: boolean,
): CommandBlock | null {
  const language = node.lang ? node.lang.toLowerCase().replace(/^\{?\.?|\}$/g, '') : null;
  const isScript = language !== null && SCRIPT.test(language);
  const isTranscript = language !== null && TRANSCRIPT.test(language);
  if (!isScript && !isTranscript && !(language === null && isInStep)) return null;
  const lines = linesOf(document, node);
  const prompted = lines.some(({ text }) => SHELL_PROMPT.test(text));
  const isOther = lines.some(({ text }) => OTHER_PROMPT.test(text));
  // Without a prompt, a transcript or a block without language is one of commands only where it begins with one.
  if (!isScript && !prompted && !isTranscriptOfRoot(lines, isTranscript) && !beginsWithProgram(lines))
    return null;
  const common = { node, language, section, isDeclared: language !== null, isTranscript };
  if (prompted || isOther || isTranscriptOfRoot(lines, isTranscript)) {
    return { ...common, ...readTranscript(lines, prompted ? SHELL_PROMPT : /^\s*#[ \t]+(?=\S)/) };
  }
  return { ...common, prompts: [], hasOutput: false, inputs: [inputOf(lines)] };
}

/** `# systemctl restart x` in a `console` block is root's prompt where no other prompt is there; in a script, a comment. */
function isTranscriptOfRoot(lines: readonly Line[], isTranscript: boolean): boolean {
  return (
    isTranscript &&
    lines.some(({ text }) => {
      const [, program] = /^\s*#[ \t]+([\w./-]+)/.exec(text) ?? [];
      return program !== undefined && isUsualProgram(program);
    })
  );
}

function beginsWithProgram(lines: readonly Line[]): boolean {
  const first = lines.find(({ text }) => text.trim() !== '' && !text.trim().startsWith('#'));
  const [, program] =
    /^\s*(?:sudo\s+)?((?:\.{1,2}\/)?[\w.-]+(?:\/[\w.-]+)*)(?=\s|$)/.exec(first?.text ?? '') ?? [];
  return program !== undefined && (isUsualProgram(program) || /^\.{1,2}\//.test(program));
}

function readTranscript(
  lines: readonly Line[],
  prompt: RegExp,
): Pick<CommandBlock, 'prompts' | 'hasOutput' | 'inputs'> {
  const prompts: Prompt[] = [];
  const inputs: CommandInput[] = [];
  let hasOutput = false;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    const sign = line ? prompt.exec(line.text)?.[0] : undefined;
    if (!line || sign === undefined) {
      hasOutput ||= (line?.text.trim() ?? '') !== '' && !(line?.text.trim().startsWith('#') ?? false);
      continue;
    }
    prompts.push(promptOf(line, sign));
    const typed: Line[] = [behind(line, sign.length)];
    while (index + 1 < lines.length && typed.length < MAX_CONTINUED && isContinued(typed)) {
      const next = lines[index + 1];
      if (!next) break;
      const second = /^\s*>[ \t]+/.exec(next.text)?.[0];
      if (second !== undefined) prompts.push(promptOf(next, second));
      typed.push(behind(next, second?.length ?? 0));
      index++;
    }
    inputs.push(inputOf(typed));
  }
  return { prompts, hasOutput, inputs };
}

function promptOf(line: Line, sign: string): Prompt {
  const indent = sign.length - sign.trimStart().length;
  return {
    span: { start: line.offset + indent, end: line.offset + sign.length },
    text: sign.trim(),
  };
}

function behind(line: Line, length: number): Line {
  return { text: line.text.slice(length), offset: line.offset + length };
}

function isContinued(typed: readonly Line[]): boolean {
  if (typed.at(-1)?.text.endsWith('\\') === true) return true;
  return findSyntaxFault(inputOf(typed).script)?.isOpen === true;
}

/** The lines of a block of code as they are shown, each with its place: without the marks of lists and quotes before it. */
function linesOf(document: ReadDocument, node: Code): readonly Line[] {
  const span = spanOf(node);
  const source = document.text.slice(span.start, span.end);
  const isFenced = /^(?:`{3,}|~{3,})/.test(source);
  const places: Line[] = [];
  for (const match of source.matchAll(/[^\r\n]*(?:\r\n|\n|\r|$)/g)) {
    places.push({ text: match[0].replace(/[\r\n]+$/, ''), offset: span.start + match.index });
  }
  return node.value.split(/\r\n|\n|\r/).map((text, index) => {
    const place = places[index + (isFenced ? 1 : 0)];
    if (!place) return { text, offset: span.end };
    const indent = place.text.endsWith(text) ? place.text.length - text.length : 0;
    return { text, offset: place.offset + indent };
  });
}

function inputOf(lines: readonly Line[]): CommandInput {
  const text = lines.map((line) => line.text).join('\n');
  const starts: number[] = [];
  let start = 0;
  for (const line of lines) {
    starts.push(start);
    start += line.text.length + 1;
  }
  const at = (offset: number): number => {
    const index = Math.max(
      0,
      starts.findLastIndex((begin) => begin <= offset),
    );
    return (lines[index]?.offset ?? 0) + offset - (starts[index] ?? 0);
  };
  return {
    text,
    script: scriptOf(text),
    placeOf: (span) => ({
      start: at(span.start),
      end: span.end > span.start ? at(span.end - 1) + 1 : at(span.start),
    }),
  };
}

function scriptOf(text: string): string {
  let script = withoutExpressions(text);
  const mask = (span: Span): void => {
    const words = script.slice(span.start, span.end).replace(/[^\n]/g, 'x');
    script = script.slice(0, span.start) + words + script.slice(span.end);
  };
  for (const { span } of findPlaceholders(text)) mask(span);
  for (const span of angleBrackets(text)) mask(span);
  return script;
}
