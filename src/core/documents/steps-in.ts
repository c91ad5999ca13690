import type { Code, List, ListItem, Nodes } from 'mdast';
import type { Span } from '../text/position';
import type { ReadDocument, SectionShape } from './document';
import { blocksOf, shownText, spanOf } from './markdown/parse';
import { readSteps } from './markdown/parts';

/** A block of code of a document. */
export interface DocumentCommand {
  /** Tells it from the others of the same text: `command-1`. */
  readonly id: string;
  readonly text: string;
  /** What stands behind its fence, in lower case: `sh`; '' where nothing does. */
  readonly language: string;
  readonly span: Span;
}

/** Something in a document that a person carries out and ticks: a numbered step, or an open box of a checklist. */
export interface DocumentStep {
  /** Tells it from the others of the same text: `deployment-3`. */
  readonly id: string;
  /** What the kind calls its section, and what the document does. */
  readonly section: string;
  readonly sectionTitle: string;
  /** What the document shows; of a checklist its place, from 1. */
  readonly number: number;
  readonly title: string;
  /** Of its text, wherever it stands and however it is numbered and indented. */
  readonly hash: string;
  /** Null where it says none. */
  readonly minutes: number | null;
  /** Of its item in the list. */
  readonly span: Span;
  readonly commands: readonly DocumentCommand[];
}

/** A fingerprint of a text, as hex digits. */
export type Digest = (text: string) => string;

/** Every block of code, in order. */
export function commandsIn({ tree }: Pick<ReadDocument, 'tree'>): readonly DocumentCommand[] {
  const found: DocumentCommand[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === 'code') found.push(commandOf(node, found.length + 1));
    else if ('children' in node) for (const child of node.children) walk(child);
  };
  walk(tree);
  return found;
}

function commandOf(code: Code, number: number): DocumentCommand {
  return {
    id: `command-${number}`,
    text: code.value.replace(/\r\n?/g, '\n'),
    language: (code.lang ?? '').toLowerCase(),
    span: spanOf(code),
  };
}

/** The steps and open boxes of the sections that hold some, in the order of the document. */
export function stepsIn(
  document: Pick<ReadDocument, 'tree' | 'sections' | 'text'>,
  sections: readonly SectionShape[],
  digest: Digest,
): readonly DocumentStep[] {
  const commands = commandsIn(document);
  const steps: DocumentStep[] = [];
  for (const { id: section, holds } of sections) {
    const found = document.sections.find((other) => other.id === section);
    if (!found || holds === undefined) continue;
    const items =
      holds === 'steps' || holds === 'steps-and-triggers'
        ? numberedIn(document, section)
        : holds === 'list'
          ? boxesIn(document, section)
          : [];
    items.forEach((item, index) => {
      const { number, title, minutes, span } = item;
      steps.push({
        number,
        title,
        minutes,
        span,
        id: `${section}-${index + 1}`,
        section,
        sectionTitle: found.title,
        hash: digest(bareText(document.text.slice(item.span.start, item.span.end))),
        commands: commands.filter(({ span }) => item.commandStarts.includes(span.start)),
      });
    });
  }
  return steps.sort((one, other) => one.span.start - other.span.start);
}

interface Item extends Pick<DocumentStep, 'number' | 'title' | 'minutes' | 'span'> {
  /** Where its commands begin. */
  readonly commandStarts: readonly number[];
}

function numberedIn(document: Pick<ReadDocument, 'tree' | 'sections'>, section: string): readonly Item[] {
  return readSteps(blocksOf(document, section)).map(({ step, number, span, commandSpans }) => ({
    number,
    title: step.title,
    minutes: step.durationMinutes,
    span,
    commandStarts: commandSpans.map(({ start }) => start),
  }));
}

function boxesIn(document: Pick<ReadDocument, 'tree' | 'sections'>, section: string): readonly Item[] {
  return blocksOf(document, section)
    .filter((block): block is List => block.type === 'list')
    .flatMap((list) => list.children)
    .filter((item: ListItem) => item.checked === false)
    .map((item, index) => ({
      number: index + 1,
      title: shownText(item),
      minutes: null,
      span: spanOf(item),
      commandStarts: [],
    }));
}

/** The text of an item without its number or bullet and without the blanks that only place it. */
function bareText(item: string): string {
  const [first = '', ...others] = item.replace(/\r\n?/g, '\n').trim().split('\n');
  const indents = others
    .filter((line) => line.trim() !== '')
    .map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return [
    first.replace(/^(?:\d{1,9}[.)]|[-*+])\s+/, ''),
    ...others.map((line) => line.slice(Number.isFinite(indent) ? indent : 0).trimEnd()),
  ].join('\n');
}
