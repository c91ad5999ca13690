import type { Table } from 'mdast';
import type { ReadDocument, SectionShape } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { actionColumns, timelineColumns, triggerColumns } from '../../documents/markdown/columns';
import { blocksOf, shownText, spanOf } from '../../documents/markdown/parse';
import { columnsIn, type Columns } from '../../documents/markdown/tables';
import { placeholder } from '../../evidence/fact';
import type { TextEdit } from '../../text/edit';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { listed, quoted, severityIn } from './document-severity';

/** A column that every row of a table needs. */
interface Needed {
  readonly key: string;
  readonly title: string;
  readonly needs: string;
}

/** What a table of triggers, of actions or of a timeline holds, and which of it every row needs. */
interface NeededTable {
  readonly columns: Columns<string>;
  readonly needed: readonly Needed[];
}

const TRIGGERS: NeededTable = {
  columns: triggerColumns,
  needed: [
    { key: 'metric', title: 'Metric', needs: 'metric' },
    { key: 'threshold', title: 'Threshold', needs: 'number with unit' },
    { key: 'window', title: 'Window', needs: 'minutes' },
  ],
};

const ACTIONS: NeededTable = {
  columns: actionColumns,
  needed: [
    { key: 'action', title: 'Action', needs: 'action' },
    { key: 'owner', title: 'Owner', needs: 'owner' },
    { key: 'due', title: 'Due', needs: 'due date' },
    { key: 'verifiedBy', title: 'Verified by', needs: 'how it is verified' },
  ],
};

const TIMELINE: NeededTable = {
  columns: timelineColumns,
  needed: [
    { key: 'time', title: 'Time', needs: 'time with zone' },
    { key: 'event', title: 'Event', needs: 'event' },
    { key: 'source', title: 'Source', needs: 'source' },
  ],
};

/** So many of the columns make a table one of its kind. */
const FEWEST_COLUMNS = 2;

/** A table lacks a column that each of its rows needs. */
export const rule: DocumentRule = {
  id: 'document-column-missing',
  title: 'A table lacks a column that its rows need',
  severity: 'block',
  why: 'What has no column is asked for by nobody who adds a row, and is missing from all of them.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] =>
    (documentKindOf(document.kind)?.sections ?? []).flatMap((shape) => {
      const form = neededTableOf(shape);
      if (!form) return [];
      return blocksOf(document, shape.id)
        .filter((block): block is Table => block.type === 'table')
        .flatMap((table) => judgeTable(document, table, form));
    }),
};

/**
 * Whether a table with these columns lacks the one of a key as a whole: the rules over its rows then leave it to this
 * rule, which tells it once.
 */
export function lacksColumn(columns: ReadonlySet<string>, key: string): boolean {
  return columns.size >= FEWEST_COLUMNS && !columns.has(key);
}

function neededTableOf({ holds }: SectionShape): NeededTable | null {
  switch (holds) {
    case 'triggers':
    case 'steps-and-triggers':
      return TRIGGERS;
    case 'actions':
      return ACTIONS;
    case 'timeline':
      return TIMELINE;
    default:
      return null;
  }
}

function judgeTable(document: ReadDocument, table: Table, form: NeededTable): readonly RuleFinding[] {
  const [header, ...rows] = table.children;
  if (!header || rows.length === 0) return [];
  const titles = header.children.map(shownText);
  const there = new Set(columnsIn(titles, form.columns).keys());
  const missing = form.needed.filter(({ key }) => lacksColumn(there, key));
  if (missing.length === 0) return [];
  const fix = addColumns(document, table, missing);
  return [
    {
      message: `The table with the columns ${quoted(titles.join(', '))} has no ${listed(missing.map(({ title }) => title.toLowerCase()))}: add the column, with UNKNOWN(what is needed) where it is not known`,
      path: document.path,
      span: spanOf(header),
      status: 'fail',
      severity: severityIn(document, 'block'),
      ...(fix ? { fix } : {}),
    },
  ];
}

/** At the end of each row; null for a table of HTML, or one whose rows have more cells than its header. */
function addColumns(document: ReadDocument, table: Table, missing: readonly Needed[]): Fix | null {
  const { text } = document;
  const [header, ...rows] = table.children;
  const first = rows[0];
  const width = header?.children.length ?? 0;
  if (!header || !first || !text.startsWith('|', spanOf(header).start)) return null;
  if (rows.some((row) => row.children.length > width)) return null;
  const edits: TextEdit[] = [
    addCells(
      text,
      spanOf(header).end,
      missing.map(({ title }) => title),
    ),
  ];
  const between = text.slice(spanOf(header).end, spanOf(first).start);
  const marks = /[-|:][-|: \t]*[-|:]/.exec(between);
  if (!marks) return null;
  edits.push(
    addCells(
      text,
      spanOf(header).end + marks.index + marks[0].length,
      missing.map(() => '---'),
    ),
  );
  for (const row of rows) {
    const empty = Array.from({ length: width - row.children.length }, () => '');
    const { start, end } = spanOf(row);
    const shown = text.slice(start, end).trimEnd().length;
    edits.push(addCells(text, start + shown, [...empty, ...missing.map(({ needs }) => placeholder(needs))]));
  }
  return {
    kind: 'proposed',
    title: `Add the ${missing.length === 1 ? 'column' : 'columns'} ${missing.map(({ title }) => `"${title}"`).join(', ')}`,
    edits: [{ path: document.path, edits }],
  };
}

function addCells(text: string, at: number, cells: readonly string[]): TextEdit {
  const lead = text[at - 1] === '|' ? ' ' : ' | ';
  return { span: { start: at, end: at }, text: `${lead}${cells.join(' | ')} |` };
}
