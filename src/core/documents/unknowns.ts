import type { Nodes, Table } from 'mdast';
import { applyEdits, lineBreakOf, type TextEdit } from '../text/edit';
import { shownText, spanOf } from '../text/markdown';
import type { Span } from '../text/position';
import type { DocumentKind, ReadDocument } from './document';
import { frontMatterLeafAt } from './keep/front-matter';
import { isLedger } from './keep/ledger';
import { labelIn } from './markdown/labels';
import { blocksOf } from './markdown/parse';
import { holdsPlaceholder } from './markdown/placeholders';
import { cellCode, inlineCode, markdownTable, markdownText, NOTHING, plainText } from './markdown/write';

/** A value that a document says is unknown, and where. */
export interface UnknownPlace {
  readonly path: string;
  /** What is needed, as the placeholder says it. */
  readonly needed: string;
  /** The placeholder in the document's text. */
  readonly span: Span;
  /** From 1. */
  readonly line: number;
  /** Where, for a person: "Escalation, On call, Contact". */
  readonly place: string;
}

/** What a person answers to the placeholder that begins at `start`. */
export interface UnknownAnswer {
  readonly start: number;
  readonly answer: string;
}

/** A document with the answers in it; `refused` are those that could not be written, a sentence without a full stop each. */
export interface AnsweredDocument {
  readonly text: string;
  readonly refused: readonly string[];
}

/** The section of what people told. */
const CLAIMS = 'claims';

/** Languages of blocks whose lines a shell reads. */
const SHELL = /^(?:|sh|bash|shell|zsh|console|shell-session)$/i;

/** What a shell takes as one word as it stands; variables in braces included. */
const PLAIN_WORD = /^[\w@%+=:,./~${}-]+$/;

/** Every value that the document says is unknown, in its order. */
export function unknownsIn(document: ReadDocument): readonly UnknownPlace[] {
  return document.placeholders.map(({ needed, span }) => ({
    path: document.path,
    needed,
    span,
    line: document.lines.positionAt(span.start).line,
    place: placeOf(document, span.start),
  }));
}

/**
 * Writes answers into the places of their placeholders, so that each stays the text that was answered: escaped in prose and
 * cells, as one word of a command, as a string of the front matter. Every other byte stays. In a document with a section
 * "Told by a person" each answer is listed there too, since no file shows it.
 */
export function withAnswers<T>(
  kind: DocumentKind<T>,
  path: string,
  text: string,
  answers: readonly UnknownAnswer[],
): AnsweredDocument {
  const refused: string[] = [];
  const told: { question: string; answer: string }[] = [];
  const places = new Map(unknownsIn(kind.read(path, text)).map((unknown) => [unknown.span.start, unknown]));
  let current = text;
  // From the last to the first: the places before an edit stay where they are.
  for (const { start, answer } of [...answers].sort((a, b) => b.start - a.start)) {
    const unknown = places.get(start);
    const plain = plainText(answer);
    if (!unknown || plain === '') continue;
    if (holdsPlaceholder(plain)) {
      refused.push(`"${plain}" is itself a placeholder`);
      continue;
    }
    const edit = answerEdit(kind.read(path, current), unknown, plain);
    if (typeof edit === 'string') {
      refused.push(`${unknown.place}: ${edit}`);
      continue;
    }
    current = applyEdits(current, [edit]);
    told.unshift({ question: questionOf(unknown), answer: plain });
  }
  return { text: withClaims(kind, path, current, told), refused };
}

function questionOf({ needed, place }: UnknownPlace): string {
  return place === '' ? needed : `${needed} (${place})`;
}

/** The edit that puts an answer in its place, or why it cannot stand there. */
function answerEdit(document: ReadDocument, unknown: UnknownPlace, answer: string): TextEdit | string {
  const { span } = unknown;
  const source = document.text.slice(span.start, span.end);
  const leaf = frontMatterLeafAt(document.text, span.start);
  if (leaf) {
    return { span: leaf.span, text: JSON.stringify(leaf.shown.replace(source, () => answer)) };
  }
  const around = nodesAt(document.tree.children, span.start);
  const inner = around.at(-1);
  const isInTable = around.some(({ type }) => type === 'tableCell');
  switch (inner?.type) {
    case 'code':
      return commandEdit(document.text, spanOf(inner), inner.lang ?? '', span, answer);
    case 'inlineCode': {
      const value = inner.value.replace(source.replaceAll('\\|', '|'), () => answer);
      return { span: spanOf(inner), text: isInTable ? cellCode(value) : inlineCode(value) };
    }
    case 'html':
      return {
        span,
        text: answer.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/--/g, '- -'),
      };
    case 'link':
    case 'definition':
    case 'image':
      // Not in the link's text, so in its address.
      return {
        span,
        text: encodeURI(answer).replace(/[()]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`),
      };
    default: {
      const lineStart = document.text.lastIndexOf('\n', span.start - 1) + 1;
      const lead = document.text.slice(lineStart, span.start);
      return { span, text: markdownText(answer, /^[\s>*+-]*(?:\d+[.)]\s+)?$/.test(lead)) };
    }
  }
}

function commandEdit(
  text: string,
  block: Span,
  language: string,
  span: Span,
  answer: string,
): TextEdit | string {
  if (/`{3}|~{3}/.test(answer)) return 'marks that end a block of code cannot stand in one';
  const lineStart = Math.max(block.start, text.lastIndexOf('\n', span.start - 1) + 1);
  const lineEnd = /\r?\n|$/.exec(text.slice(span.end))?.index ?? 0;
  const before = text.slice(lineStart, span.start);
  const after = text.slice(span.end, span.end + lineEnd);
  const isWhole = before.trim() === '' && after.trim() === '';
  if (isWhole || !SHELL.test(language) || PLAIN_WORD.test(answer)) return { span, text: answer };
  const quote = openQuote(before);
  if (quote === '"') return { span, text: answer.replace(/[\\"$`]/g, '\\$&') };
  if (quote === "'") return { span, text: answer.replaceAll("'", "'\\''") };
  return { span, text: `'${answer.replaceAll("'", "'\\''")}'` };
}

/** The quote that is open at the end of a piece of a command; null for none. */
function openQuote(before: string): '"' | "'" | null {
  let open: '"' | "'" | null = null;
  for (let index = 0; index < before.length; index++) {
    const character = before[index];
    if (character === '\\' && open !== "'") index++;
    else if (open === null && (character === '"' || character === "'")) open = character;
    else if (character === open) open = null;
  }
  return open;
}

/** The answers as rows of the section of what people told; the document as it is where it has no such section. */
function withClaims<T>(
  kind: DocumentKind<T>,
  path: string,
  text: string,
  told: readonly { readonly question: string; readonly answer: string }[],
): string {
  if (told.length === 0) return text;
  const document = kind.read(path, text);
  const section = document.sections.find(({ id }) => id === CLAIMS);
  if (!section) return text;
  const lineBreak = lineBreakOf(text);
  const rows = told.map(({ question, answer }) =>
    [question, answer].map((cell) => markdownText(cell, false)),
  );
  const blocks = blocksOf(document, CLAIMS);
  const table = blocks.find(
    (block): block is Table =>
      block.type === 'table' && text[spanOf(block).start] === '|' && block.children[0]?.children.length === 2,
  );
  if (table) {
    const { end } = spanOf(table);
    const added = rows.map((cells) => `${lineBreak}| ${cells.join(' | ')} |`).join('');
    return applyEdits(text, [{ span: { start: end, end }, text: added }]);
  }
  const written = markdownTable(['Question', 'Answer'], rows).replace(/\n/g, lineBreak);
  const none = blocks.find((block) => block.type === 'paragraph' && shownText(block) === NOTHING);
  if (none) return applyEdits(text, [{ span: spanOf(none), text: written }]);
  const last = blocks.at(-1);
  const end = last ? spanOf(last).end : section.headingSpan.end;
  return applyEdits(text, [{ span: { start: end, end }, text: `${lineBreak}${lineBreak}${written}` }]);
}

/** The nodes around an offset, the outermost first. */
function nodesAt(nodes: readonly Nodes[], offset: number): readonly Nodes[] {
  for (const node of nodes) {
    const { start, end } = spanOf(node);
    if (offset < start || offset >= end) continue;
    if (node.type === 'html' && isLedger(node.value)) return [];
    return [node, ...('children' in node ? nodesAt(node.children, offset) : [])];
  }
  return [];
}

function placeOf(document: ReadDocument, offset: number): string {
  const leaf = frontMatterLeafAt(document.text, offset);
  if (leaf) return `front matter, ${leaf.key}`;
  const section = document.sections.filter(({ headingSpan }) => headingSpan.start <= offset).at(-1);
  const parts: string[] = [];
  const around = nodesAt(document.tree.children, offset);
  around.forEach((node, depth) => {
    const inner = around[depth + 1];
    if (node.type === 'table' && inner?.type === 'tableRow') {
      const cell = around[depth + 2];
      const index = inner.children.findIndex((other) => other === cell);
      const [first] = inner.children;
      const header = node.children[0]?.children[index];
      if (first && first !== cell) parts.push(shownText(first));
      if (header) parts.push(shownText(header));
    }
    if (node.type === 'listItem') {
      const [first] = node.children;
      if (first?.type !== 'paragraph') return;
      const [lead] = first.children;
      const title = lead?.type === 'strong' ? shownText(lead) : (labelIn(first.children)?.key ?? '');
      parts.push(title.replace(/[:：]$/, ''));
    }
  });
  const title = section ? shownTitle(section.title) : '';
  const isTitle = section !== undefined && offset < section.headingSpan.end;
  return [isTitle ? 'title' : title, ...parts]
    .filter((part) => part !== '' && !holdsPlaceholder(part))
    .map(shownTitle)
    .join(', ');
}

function shownTitle(title: string): string {
  return title.length <= 60 ? title : `${title.slice(0, 59)}…`;
}
