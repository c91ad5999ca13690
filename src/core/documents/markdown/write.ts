/** Control characters, and those that change the direction or the visibility of what a person reads. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Whether a text holds what a person who reads it does not see, or sees in another place. */
export function holdsUnseen(text: string): boolean {
  return text.search(UNSEEN) >= 0;
}

/** An address that may stand between angle brackets as it is. */
const ADDRESS = /https?:\/\/[A-Za-z0-9][^\s<>"'`\\|{}[\]*()]*/g;

/**
 * A text on one line as every field of a document holds it: white space folded, control, bidirectional and invisible
 * characters replaced by U+FFFD, so that what a person reads is what stands there. Applied twice it changes nothing more.
 */
export function plainText(text: string): string {
  return text
    .replace(/[\t\n\r\u0085\u2028\u2029]+/g, ' ')
    .replace(UNSEEN, '\ufffd')
    .replace(/\s+/gu, ' ')
    .trim();
}

/** Prose of several paragraphs, separated by one empty line, each as `plainText` has it. */
export function plainProse(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n/)
    .map(plainText)
    .filter((paragraph) => paragraph !== '')
    .join('\n\n');
}

/** A command as a fence can hold it: `\n` ends its lines, invisible characters are replaced, blank ends are cut. */
export function plainCommand(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0085\u2028\u2029]/g, '\n')
    .replace(/[^\n\t]+/g, (line) => line.replace(UNSEEN, '\ufffd'))
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
}

/**
 * Any text as Markdown that shows exactly that text, wherever inline text may stand: a paragraph, a list item, a table's
 * cell. Nothing in it becomes markup: no HTML, link, image, emphasis, heading, list, footnote or table. The one thing that
 * is let live is a plain web address, as an autolink. `mayBeginLine` false: something stands before it on its line, so that
 * what would begin a block needs no escape.
 */
export function markdownText(text: string, mayBeginLine = true): string {
  const plain = plainText(text);
  let result = '';
  let reached = 0;
  for (const match of plain.matchAll(ADDRESS)) {
    const before = plain[match.index - 1] ?? ' ';
    const address = match[0].replace(/[.,;:!?]+$/, '');
    // Inside a word it is no address; the rest is escaped as text.
    if (!/[\s(:=,]/.test(before) || /^https?:\/\/$/.test(address)) continue;
    result += `${escaped(plain.slice(reached, match.index), mayBeginLine && reached === 0)}<${address}>`;
    reached = match.index + address.length;
  }
  return result + escaped(plain.slice(reached), mayBeginLine && reached === 0);
}

/** `isStart`: the text begins a line, where a digit, a dash or a hash may begin a block. */
function escaped(text: string, isStart: boolean): string {
  const inline = text
    .replace(/[\\`*[\]<|~]/g, '\\$&')
    // Between two word characters an underscore is only that.
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/:(?=\/\/)/g, '\\:')
    .replace(/(www|xmpp|mailto)(?=[.:])/gi, (word) => `${word}\\`)
    .replace(/!(?=$|\\\[)/g, '\\!');
  if (!isStart) return inline;
  return inline.replace(/^(?:[#>+=:-]|\d{1,9}(?=[.)]))/, (start) =>
    /\d/.test(start) ? `${start}\\` : `\\${start}`,
  );
}

/** Text as inline code, its fence longer than any run of backticks in it. */
export function inlineCode(text: string): string {
  const plain = plainText(text);
  if (plain === '') return '';
  const fence = '`'.repeat(longestRun(plain, '`') + 1);
  const pad = plain.startsWith('`') || plain.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${plain}${pad}${fence}`;
}

/** The same in a table's cell, where a pipe needs its backslash even in code. */
export function cellCode(text: string): string {
  // A backslash before a pipe cannot be written in a cell's code span, since the table eats it: such a text stays text.
  return /\\\|/.test(text) || plainText(text).endsWith('\\')
    ? markdownText(text, false)
    : inlineCode(text).replace(/\|/g, '\\|');
}

/** A fenced block, its fence longer than any run of backticks in it, each line moved right by `indent` blanks. */
export function codeFence(command: string, indent: number, language = 'sh'): string {
  const plain = plainCommand(command);
  const fence = '`'.repeat(Math.max(3, longestRun(plain, '`') + 1));
  const margin = ' '.repeat(indent);
  return [`${fence}${language}`, ...plain.split('\n'), fence]
    .map((line) => (line === '' ? '' : margin + line))
    .join('\n');
}

/** Prose as paragraphs; '' for none. */
export function markdownProse(text: string): string {
  const prose = plainProse(text);
  return prose === ''
    ? ''
    : prose
        .split('\n\n')
        .map((paragraph) => markdownText(paragraph))
        .join('\n\n');
}

/** A table with its header, or `None.` where it has no rows: an empty table reads like a forgotten one. */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return NOTHING;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`.replace(/ {2,}(?=\|)/g, ' ');
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** What stands in a section that has nothing to hold. */
export const NOTHING = 'None.';

function longestRun(text: string, character: string): number {
  let longest = 0;
  let run = 0;
  for (const other of text) {
    run = other === character ? run + 1 : 0;
    if (run > longest) longest = run;
  }
  return longest;
}
