import type { Range } from '../../text/position';
import {
  cellOf,
  fieldOf,
  readMarkdownReport,
  resultOf,
  type ReportField,
  type Result,
} from './markdown-report';
import { unreadable, type ReportReading } from './report';

/** One thing that was tested or measured. */
export interface Outcome {
  readonly name: string;
  readonly result: Result;
  /** Whether it is on the critical path; null where the report does not say of any. */
  readonly isCritical: boolean | null;
  readonly range: Range;
}

/** A performance or functional report in Markdown. */
export interface OutcomeReport {
  readonly outcomes: readonly Outcome[];
  /** The report's own word on the whole; null where it has none. */
  readonly verdict: ReportField | null;
  readonly commit: ReportField | null;
  readonly version: ReportField | null;
}

/** Reads the tables of a report whose rows end in a result. */
export function readOutcomes(text: string): ReportReading<OutcomeReport> {
  if (text.trim() === '') return unreadable('is empty');
  const report = readMarkdownReport(text);
  const [problem] = report.problems;
  if (problem) {
    const message = problem.message.charAt(0).toLowerCase() + problem.message.slice(1);
    return unreadable(`cannot be read as a whole: ${message}`);
  }
  const found = report.rows.flatMap((row) => {
    const result = cellOf(row, 'result', 'status', 'outcome', 'verdict', 'pass fail', 'passed', 'pass');
    const name = cellOf(
      row,
      ...['test', 'test case', 'scenario', 'metric', 'name', 'case', 'check', 'endpoint', 'id', 'operation'],
    );
    if (result === null || name === null || name === '') return [];
    const mark = cellOf(row, 'critical path', 'critical', 'priority', 'criticality');
    const below = row.headings.some((heading) => /\bcritical[- ]path\b/i.test(heading));
    return [
      {
        name,
        result: resultOf(result),
        marked:
          mark === null
            ? below
              ? true
              : null
            : /^(?:yes|y|true|x|critical|high|p0|p1|✅|✔)/iu.test(mark.trim()),
        range: row.range,
      },
    ];
  });
  const tellsCritical = found.some(({ marked }) => marked !== null);
  const verdict = fieldOf(
    report,
    'verdict',
    'overall verdict',
    'overall result',
    'overall',
    'status',
    'overall status',
    'result',
  );
  if (found.length === 0 && verdict === null) {
    return unreadable('tells no result: neither a table with one nor a line such as "Verdict: Passed"');
  }
  return {
    ok: true,
    report: {
      outcomes: found.map(({ name, result, marked, range }) => ({
        name,
        result,
        isCritical: tellsCritical ? marked === true : null,
        range,
      })),
      verdict,
      commit: fieldOf(report, 'commit', 'commit id', 'commit sha', 'sha', 'revision'),
      version: fieldOf(report, 'version', 'release', 'release version', 'tested version', 'build'),
    },
  };
}
