/** Rows of cells beyond this are no table that a person keeps. */
const MAX_ROWS = 100_000;

/** A row of a table of comma-separated values; `line` is where it begins, from 1. */
export interface CsvRow {
  readonly cells: readonly string[];
  readonly line: number;
}

/**
 * Reads comma-separated values (RFC 4180): quotes double inside quotes, and a cell in quotes may hold line breaks. A
 * semicolon or a tab separates where the first line has more of them than commas, as spreadsheets write it. Rows without
 * any text are left out; null where a quote does not end or there are too many rows.
 */
export function readCsv(text: string): readonly CsvRow[] | null {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const first = /^[^\r\n]*/.exec(text.slice(start))?.[0] ?? '';
  const count = (mark: string): number => first.split(mark).length;
  const separator = [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let rowLine = 1;
  let isQuoted = false;
  const endRow = (): void => {
    cells.push(cell);
    if (cells.some((each) => each.trim() !== '')) rows.push({ cells, line: rowLine });
    cells = [];
    cell = '';
  };
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? '';
    if (isQuoted) {
      if (character === '"' && text[at + 1] === '"') {
        cell += '"';
        at++;
      } else if (character === '"') isQuoted = false;
      else cell += character;
      if (character === '\n') line++;
    } else if (character === '"' && cell.trim() === '') {
      isQuoted = true;
      cell = '';
    } else if (character === separator) {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') {
      endRow();
      line++;
      rowLine = line;
      if (rows.length > MAX_ROWS) return null;
    } else if (character !== '\r') cell += character;
  }
  if (isQuoted) return null;
  endRow();
  return rows;
}
