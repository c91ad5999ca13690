import type { ReadDocument } from '../../documents/document';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable, type Columns, type FoundRow } from '../../documents/markdown/parts';
import type { Span } from '../../text/position';
import type { TextEdit } from '../../text/edit';
import type { RuleFinding, Severity } from '../rule';
import { listed, quoted, severityIn } from './document-severity';

/** A cell that a row must have. */
export interface AskedCell<K extends string> {
  readonly key: K;
  /** With its article, to complete "has no …". */
  readonly name: string;
  /** What a person would write there, for its placeholder. */
  readonly needed: string;
  /** `none` and `n/a` answer it: nobody is told, there is no address. */
  readonly mayBeNone?: true;
}

/** What people write where they write nothing. */
const NOTHING = /^(?:|-+|–|—|\?+|n\/?a|none|nothing|tbd|todo)$/i;

/** Whether a cell or value says nothing. `UNKNOWN(...)` says that somebody has to find out. */
export function saysNothing(text: string): boolean {
  return NOTHING.test(text.trim());
}

/**
 * Rows of a section's tables in which a cell that is asked for says nothing: one finding for each row with the empty cells
 * filled by its fix, and one for the section where no table of it has the column. A section without such a table is left
 * to the rules over sections.
 *
 * @param title The column by which a row is called in the message.
 */
export function incompleteRows<K extends string>(
  document: ReadDocument,
  sectionId: string,
  columns: Columns<K>,
  title: K,
  asked: readonly AskedCell<K>[],
  severity: Severity,
): readonly RuleFinding[] {
  const section = document.sections.find(({ id }) => id === sectionId);
  if (!section) return [];
  const rows = readTable(blocksOf(document, sectionId), columns);
  if (rows.length === 0) return [];
  const isAbsent = ({ key }: AskedCell<K>): boolean => rows.every((row) => !row.columns.has(key));
  const absent = asked.filter(isAbsent);
  const found: RuleFinding[] = [];
  if (absent.length > 0) {
    found.push({
      message: `"${section.title}" has no column for ${listed(absent.map(({ name }) => withoutArticle(name)))}: add it, with UNKNOWN(what is needed) where it is not known`,
      path: document.path,
      span: section.headingSpan,
      status: 'fail',
      severity: severityIn(document, severity),
    });
  }
  for (const row of rows) {
    const lacking = asked.filter(
      (cell) =>
        !isAbsent(cell) &&
        saysNothing(row.cells[cell.key]) &&
        !(cell.mayBeNone && /^(?:none|nothing|n\/?a)$/i.test(row.cells[cell.key].trim())),
    );
    if (lacking.length === 0) continue;
    const name = row.cells[title];
    const edits = lacking.flatMap(({ key, needed }) => filled(document, row, key, needed) ?? []);
    found.push({
      message: `The row ${quoted(name || `of "${section.title}"`)} has no ${listed(lacking.map((cell) => withoutArticle(cell.name)))}: add it, or UNKNOWN(what is needed)`,
      path: document.path,
      span: row.span,
      status: 'fail',
      severity: severityIn(document, severity),
      ...(edits.length === lacking.length
        ? {
            fix: {
              kind: 'proposed',
              title: `Fill the row ${quoted(name || section.title)} with UNKNOWN(...)`,
              edits: [{ path: document.path, edits }],
            },
          }
        : {}),
    });
  }
  return found;
}

function withoutArticle(name: string): string {
  return name.replace(/^(?:an?|the) /, '');
}

/** The cell with a placeholder in it, its bars kept; null where the row has no such cell. */
function filled<K extends string>(
  document: ReadDocument,
  row: FoundRow<K>,
  key: K,
  needed: string,
): TextEdit | null {
  const span = row.cellSpan(key);
  if (!row.columns.has(key) || (span.start === row.span.start && span.end === row.span.end)) return null;
  return { span, text: cellWith(document.text.slice(span.start, span.end), `UNKNOWN(${needed})`) };
}

function cellWith(cell: string, text: string): string {
  const closing = cell.length > 1 && cell.endsWith('|') ? '|' : '';
  return `${cell.startsWith('|') ? '|' : ''} ${text} ${closing}`;
}

/** A bullet `- **Label:** UNKNOWN(...)` behind the last bullet of a group; null where the group has none to stand behind. */
export function bulletAfter(
  document: ReadDocument,
  bullets: readonly Span[],
  label: string,
  needed: string,
): TextEdit | null {
  const last = bullets.at(-1);
  if (!last) return null;
  const lineBreak = document.text.includes('\r\n') ? '\r\n' : '\n';
  return { span: { start: last.end, end: last.end }, text: `${lineBreak}- **${label}:** UNKNOWN(${needed})` };
}
