import type { Range } from '../../text/position';
import { cellOf, readMarkdownReport, resultOf, type ReportRow, type Result } from './markdown-report';
import { unreadable, type ReportReading } from './report';

/** One criterion that the release must meet. */
export interface AcceptanceCriterion {
  /** `AC-3`, `2.1`; the criterion's text where it has no id. */
  readonly id: string;
  readonly text: string;
  /** Whether the file says that it is met; `not-told` where it says nothing of it. */
  readonly met: Result;
  /** The test that is named for it; null where none is. */
  readonly test: string | null;
  /** What became of the test, as the file says. */
  readonly result: Result;
  readonly range: Range;
}

const ID = /^(?:\[?)((?:AC|CR|REQ|US|FR|NFR)[-_ ]?\d+(?:\.\d+)*)/i;

/** Reads acceptance criteria from tables and lists of a Markdown file. */
export function readAcceptanceCriteria(text: string): ReportReading<readonly AcceptanceCriterion[]> {
  if (text.trim() === '') return unreadable('is empty');
  const report = readMarkdownReport(text);
  const [problem] = report.problems;
  if (problem) {
    const message = problem.message.charAt(0).toLowerCase() + problem.message.slice(1);
    return unreadable(`cannot be read as a whole: ${message}`);
  }
  const criteria = [...report.rows.flatMap(ofRow), ...report.items.flatMap(ofItem)];
  return criteria.length === 0
    ? unreadable(
        'names no criterion: neither a table with a column for it nor a list whose items begin with an id such as AC-1',
      )
    : { ok: true, report: criteria };
}

function ofRow(row: ReportRow): readonly AcceptanceCriterion[] {
  const id = cellOf(row, 'id', 'ac', 'ac id', 'criterion id', 'no', 'nr');
  const text = cellOf(
    row,
    'criterion',
    'acceptance criterion',
    'acceptance criteria',
    'description',
    'requirement',
  );
  if (text === null && !(id !== null && ID.test(id))) return [];
  if ((id ?? '') === '' && (text ?? '') === '') return [];
  const test = cellOf(row, 'test', 'tests', 'test case', 'verified by', 'covered by', 'verification');
  const result = cellOf(row, 'test result', 'test status', 'result', 'outcome');
  const met = cellOf(row, 'met', 'is met', 'status', 'state', 'fulfilled');
  const named = test === null || /^(?:-|–|—|none|n\/?a|tbd|todo)?$/i.test(test.trim()) ? null : test;
  const ofTest = result === null ? (named === null ? 'not-told' : resultOf(named)) : resultOf(result);
  return [
    {
      id: id !== null && id !== '' ? id : (text ?? ''),
      text: text ?? '',
      met: met === null ? 'not-told' : resultOf(met),
      test: named,
      // Where one column says it all, "Passed" is said of the test.
      result:
        ofTest === 'not-told' && result === null && met !== null && /\bpass/i.test(met)
          ? resultOf(met)
          : ofTest,
      range: row.range,
    },
  ];
}

/** `- [x] AC-1: Orders can be cancelled. Test: test_cancel (Passed)`. */
function ofItem(item: ReportRow): readonly AcceptanceCriterion[] {
  const text = item.cells.get('') ?? '';
  const id = ID.exec(text)?.[1];
  if (id === undefined) return [];
  const test = /\btests?:\s*([^|;]+)/i.exec(text)?.[1]?.trim() ?? null;
  const said = /\b(?:passed|failed|skipped|blocked|not run)\b/i.exec(text)?.[0] ?? '';
  return [
    {
      id,
      text,
      met: item.isChecked === null ? 'not-told' : item.isChecked ? 'passed' : 'failed',
      test,
      result: resultOf(said),
      range: item.range,
    },
  ];
}
