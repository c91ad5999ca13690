import type { BlockContent, DefinitionContent, RootContent } from 'mdast';
import { shownText } from '../markdown/parse';
import {
  readChecklist,
  readKeyValues,
  readList,
  readProse,
  readSteps,
  readTable,
  valueOf,
  type Columns,
} from '../markdown/parts';
import type { RunbookStep, Step, UntimedStep } from '../markdown/steps';
import { NOTHING, plainCommand, plainText } from '../markdown/write';

/** The blocks that a part of a document is read from. */
export type Blocks = readonly (RootContent | BlockContent | DefinitionContent)[];

/**
 * What a part of a document is made of, for whoever has to go through the data of any kind: data for a test, the page
 * that lists the fields, a merge. A `text` is one line; `flags` are the columns of a table that hold yes or no.
 */
export type Form =
  | {
      readonly is: 'text';
      /** The label that it stands behind, as the reader compares it. */
      readonly label?: string;
    }
  | { readonly is: 'prose' | 'code' | 'title' }
  | { readonly is: 'list' | 'checklist' | 'steps' | 'runbook-steps' | 'untimed-steps' }
  | {
      readonly is: 'table';
      readonly columns: readonly string[];
      readonly flags: readonly string[];
      /** The titles of each column: what the template writes first, then what people write for it. */
      readonly names: readonly (readonly string[])[];
    }
  | { readonly is: 'groups' | 'together'; readonly parts: Readonly<Record<string, Form>> };

/** How one part of a kind's data is read from the blocks of its section; `title` is that of the group it stands in. */
export interface Part<V> {
  readonly form: Form;
  read(blocks: Blocks, title: string): V;
}

/** A part for each key of the data. */
export type Parts<T> = { readonly [K in keyof T]: Part<T[K]> };

/** Paragraphs, separated by an empty line. Written with `{{prose x}}`. */
export function prose(): Part<string> {
  return { form: { is: 'prose' }, read: (blocks) => readProse(blocks) };
}

/**
 * Whatever a person wrote, as paragraphs: those of lists, tables and blocks of code too, so that nothing of an answer in a
 * form is lost. Written with `{{prose x}}`.
 */
export function words(): Part<string> {
  return { form: { is: 'prose' }, read: (blocks) => paragraphsOf(blocks).join('\n\n') };
}

function paragraphsOf(blocks: Blocks): readonly string[] {
  return blocks.flatMap((block): readonly string[] => {
    switch (block.type) {
      case 'list':
        return block.children.flatMap((item) => paragraphsOf(item.children));
      case 'blockquote':
        return paragraphsOf(block.children);
      case 'table':
        return block.children.map((row) => row.children.map(shownText).join(' | '));
      case 'code':
        return block.value
          .split('\n')
          .map(plainText)
          .filter((line) => line !== '');
      case 'paragraph':
      case 'heading': {
        const shown = shownText(block);
        // What GitHub writes for a question of a form that was left empty.
        return shown === '' || shown === NOTHING || /^No response$/i.test(shown) ? [] : [shown];
      }
      default:
        return [];
    }
  });
}

/** The value of a `- **Key:** value` bullet; the first key is what the template writes. Written with `{{text x}}`. */
export function value(...keys: readonly [string, ...string[]]): Part<string> {
  return {
    form: { is: 'text', label: keys[0] },
    read: (blocks) => valueOf(readKeyValues(blocks), ...keys),
  };
}

/** Bullets. Written with `{{list x}}`. */
export function list(): Part<readonly string[]> {
  return { form: { is: 'list' }, read: (blocks) => readList(blocks).filter((item) => item !== '') };
}

/** Boxes to tick. Written with `{{checklist x}}`. */
export function checklist(): Part<readonly { readonly text: string; readonly isDone: boolean }[]> {
  return { form: { is: 'checklist' }, read: (blocks) => readChecklist(blocks) };
}

/** Rows by the keys of their columns. Written with `{{table x "Header:key, Other header:key:code"}}`. */
export function table<K extends string>(columns: Columns<K>): Part<readonly Readonly<Record<K, string>>[]> {
  return {
    form: { is: 'table', columns: Object.keys(columns), flags: [], names: Object.values(columns) },
    read: (blocks) => readTable(blocks, columns).map(({ cells }) => cells),
  };
}

/** Rows of which some columns hold yes or no; whatever is not a yes is a no. Written with `Header:key:yes`. */
export function tableWithFlags<K extends string, F extends string>(
  columns: Columns<K>,
  flags: Columns<F>,
): Part<readonly Readonly<Record<K, string> & Record<F, boolean>>[]> {
  const all = { ...columns, ...flags } as Columns<K | F>;
  const flagKeys = Object.keys(flags) as F[];
  return {
    form: { is: 'table', columns: Object.keys(columns), flags: flagKeys, names: Object.values(all) },
    read: (blocks) =>
      readTable(blocks, all).map(({ cells }) => {
        const yes = Object.fromEntries(flagKeys.map((key) => [key, isYes(cells[key])]));
        return { ...cells, ...yes };
      }),
  };
}

function isYes(cell: string): boolean {
  return /^(?:yes|true|x|✓|✔|ja|oui|sí|sim|はい)$/i.test(cell.trim());
}

/** Numbered steps that say what to do when they fail. Written with `{{steps x}}`. */
export function runbookSteps(): Part<readonly RunbookStep[]> {
  return { form: { is: 'runbook-steps' }, read: (blocks) => readSteps(blocks).map(({ step }) => step) };
}

/** Numbered steps. Written with `{{steps x}}`. */
export function steps(): Part<readonly Step[]> {
  return {
    form: { is: 'steps' },
    read: (blocks) =>
      readSteps(blocks).map(({ step: { title, owner, command, action, expected, durationMinutes } }) => ({
        title,
        owner,
        command,
        action,
        expected,
        durationMinutes,
      })),
  };
}

/** Numbered steps of a procedure whose time nobody plans by. Written with `{{steps x}}`. */
export function untimedSteps(): Part<readonly UntimedStep[]> {
  return {
    form: { is: 'untimed-steps' },
    read: (blocks) =>
      readSteps(blocks).map(({ step: { title, command, action, expected, onFailure } }) => ({
        title,
        command,
        action,
        expected,
        onFailure,
      })),
  };
}

/** The fenced blocks of the section, joined. Written with `{{fence x}}`. */
export function code(): Part<string> {
  return {
    form: { is: 'code' },
    read: (blocks) =>
      plainCommand(blocks.flatMap((block) => (block.type === 'code' ? [block.value] : [])).join('\n')),
  };
}

/** The title of the group. Written with `### {{heading x}}`. */
export function groupTitle(): Part<string> {
  return { form: { is: 'title' }, read: (_blocks, title) => title };
}

/**
 * The sub-headings of a section, each with the same parts: one environment, one secret, one stage. The section's shape
 * says `holds: 'groups'`, so that a group may be called like a section. Written with `{{#each x}}### {{heading name}} …`.
 */
export function groups<T>(parts: Parts<T>): Part<readonly T[]> {
  return {
    form: { is: 'groups', parts: formsOf(parts) },
    read: (blocks) => {
      const depths = blocks.flatMap((block) => (block.type === 'heading' ? [block.depth] : []));
      const depth = Math.min(...depths);
      const starts = blocks.flatMap((block, index) =>
        block.type === 'heading' && block.depth === depth ? [index] : [],
      );
      return starts.map((start, at) => {
        const heading = blocks[start];
        const title = heading ? shownText(heading) : '';
        return readParts(parts, blocks.slice(start + 1, starts[at + 1] ?? blocks.length), title);
      });
    },
  };
}

/** Several values that stand in one section, as one object. */
export function together<T>(parts: Parts<T>): Part<T> {
  return {
    form: { is: 'together', parts: formsOf(parts) },
    read: (blocks, title) => readParts(parts, blocks, title),
  };
}

function readParts<T>(parts: Parts<T>, blocks: Blocks, title: string): T {
  const data: Partial<T> = {};
  for (const key of Object.keys(parts) as (keyof T)[]) data[key] = parts[key].read(blocks, title);
  return data as T;
}

function formsOf<T>(parts: Parts<T>): Readonly<Record<string, Form>> {
  return Object.fromEntries(Object.entries<Part<unknown>>(parts).map(([key, part]) => [key, part.form]));
}
