import type { Table } from 'mdast';
import { documentKindOf } from '../../../documents/index';
import type { ReadDocument } from '../../../documents/document';
import { blocksOf, comparable, shownText, spanOf } from '../../../documents/markdown/parse';
import { cellCode, markdownTable, markdownText, NOTHING } from '../../../documents/markdown/write';
import { placeholder } from '../../../evidence/fact';
import { lineBreakOf, type TextEdit } from '../../../text/edit';
import type { Span } from '../../../text/position';
import { remembered } from '../../../text/remember';
import { insertSection } from './insert-section';

/** The section that declares what commands take from the environment; a kind has it by this id. */
const SECTION = 'parameters';

const NAMES = ['name', 'parameter', 'variable', 'placeholder', 'key'];

const EXAMPLES = ['example', 'value', 'default', 'example value', 'default value', 'values'];

/** A parameter that a document declares. */
export interface DeclaredParameter {
  readonly name: string;
  readonly span: Span;
  /** As its table has it; '' where it has none. */
  readonly example: string;
}

/** Whether the document's kind has a place for parameters at all. */
export function hasParameters(document: ReadDocument): boolean {
  return documentKindOf(document.kind)?.sections.some(({ id }) => id === SECTION) === true;
}

/**
 * The parameters that a document declares: the first column of the section's tables, names in code or between braces in
 * its lists and prose, and what its blocks of code set.
 */
export const declaredParameters = remembered((document: ReadDocument): readonly DeclaredParameter[] => {
  const found = new Map<string, DeclaredParameter>();
  const add = (text: string, span: Span, example = ''): void => {
    const name = /^\s*\$?\{?([A-Za-z_]\w*)\}?\s*$/.exec(text)?.[1];
    if (name !== undefined && !found.has(name)) found.set(name, { name, span, example });
  };
  for (const block of blocksOf(document, SECTION)) {
    if (block.type === 'table') {
      const [header, ...rows] = block.children;
      const titles = header?.children.map((cell) => comparable(shownText(cell))) ?? [];
      const named = Math.max(
        0,
        titles.findIndex((title) => NAMES.includes(title)),
      );
      const shown = titles.findIndex((title) => EXAMPLES.includes(title));
      for (const row of rows) {
        const cell = row.children[named];
        const example = row.children[shown];
        if (!cell) continue;
        const value = example ? shownText(example) : '';
        // "`ENV`, `VERSION`" declares two; words beside them are no names.
        for (const text of namesIn(
          document.text.slice(spanOf(cell).start, spanOf(cell).end),
          shownText(cell),
        )) {
          add(text, spanOf(row), value);
        }
      }
    } else if (block.type === 'code') {
      for (const [, name] of block.value.matchAll(/^\s*(?:export\s+)?([A-Za-z_]\w*)=/gm)) {
        add(name ?? '', spanOf(block));
      }
    } else {
      const { start, end } = spanOf(block);
      const text = document.text.slice(start, end);
      for (const match of text.matchAll(
        /`\$?\{?[A-Za-z_]\w*(?:=[^`\n]*)?\}?`|\$\{[A-Za-z_]\w*\}|\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*\b/g,
      )) {
        const at = start + match.index;
        add(match[0].replace(/^`|=[^`]*|`$/g, ''), { start: at, end: at + match[0].length });
      }
    }
  }
  return [...found.values()];
});

function namesIn(source: string, shown: string): readonly string[] {
  const codes = [...source.matchAll(/`([^`\n]+)`|(\$\{?[A-Za-z_]\w*\}?)/g)];
  return codes.length > 0 ? codes.map(([, code, variable]) => code ?? variable ?? '') : [shown];
}

/**
 * The edit that declares a parameter: a row of the section's table, the table, or the section. Null where it is declared
 * already, or the kind has no such section.
 */
export function declareParameter(
  document: ReadDocument,
  name: string,
  example: string | null,
): TextEdit | null {
  const kind = documentKindOf(document.kind);
  const shape = kind?.sections.find(({ id }) => id === SECTION);
  if (!kind || !shape || declaredParameters(document).some((known) => known.name === name)) return null;
  const lineBreak = lineBreakOf(document.text);
  const row = [cellCode(name), placeholder(`meaning of ${name}`), exampleOf(name, example)];
  const table = markdownTable(['Name', 'Meaning', 'Example'], [row]);
  const section = document.sections.find(({ id }) => id === SECTION);
  if (!section) return insertSection(document, kind.sections, shape, table);
  const blocks = blocksOf(document, SECTION);
  const own = blocks.findLast((block) => block.type === 'table');
  if (own?.type === 'table') {
    const { end } = spanOf(own);
    const indent = ' '.repeat(document.lines.positionAt(spanOf(own).start).column - 1);
    return { span: { start: end, end }, text: `${lineBreak}${indent}${rowOf(own, name, example)}` };
  }
  const nothing = blocks.find((block) => block.type === 'paragraph' && shownText(block) === NOTHING);
  const text = table.replace(/\n/g, lineBreak);
  if (nothing) return { span: spanOf(nothing), text };
  const last = blocks.at(-1);
  const at = last ? spanOf(last).end : section.headingSpan.end;
  return { span: { start: at, end: at }, text: `${lineBreak}${lineBreak}${text}` };
}

/** A row with as many cells as the table has columns, each with what its title asks for. */
function rowOf(table: Table, name: string, example: string | null): string {
  const titles = table.children[0]?.children.map((cell) => shownText(cell)) ?? [];
  const named = Math.max(
    0,
    titles.findIndex((title) => NAMES.includes(comparable(title))),
  );
  const cells = titles.map((title, index) => {
    if (index === named) return cellCode(name);
    if (EXAMPLES.includes(comparable(title))) return exampleOf(name, example);
    return placeholder(`${title.toLowerCase() || 'meaning'} of ${name}`);
  });
  return `| ${cells.join(' | ')} |`;
}

function exampleOf(name: string, example: string | null): string {
  return example === null ? placeholder(`example of ${name}`) : markdownText(example, false);
}
