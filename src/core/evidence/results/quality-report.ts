import type { Range } from '../../text/position';
import { cellOf, fieldOf, readMarkdownReport, type ReportField, type ReportRow } from './markdown-report';
import { isCommitId, unreadable, type ReportReading } from './report';

/** A fault that the report of quality assurance lists. */
export interface ListedBug {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly state: string;
  readonly isBlocking: boolean;
  readonly isOpen: boolean;
  readonly range: Range;
}

/** A report of quality assurance on a unit: `QA/QA-Report-<UNIT_ID>.md`. */
export interface QualityReport {
  /** As written, such as `approved`. */
  readonly status: ReportField | null;
  /** `go`, `no-go`; null where the report gives none. */
  readonly recommendation: ReportField | null;
  readonly unit: string | null;
  readonly version: ReportField | null;
  readonly commit: ReportField | null;
  readonly bugs: readonly ListedBug[];
}

const BLOCKING = /^(?:blocker|blocking|critical|showstopper|show stopper|p0|s0|sev ?0|sev ?1)\b/;
const CLOSED = /\b(?:closed|fixed|resolved|verified|done|won'?t fix|wontfix|duplicate|rejected|invalid)\b/;
const NONE =
  /^(?:none|no|nothing|-|–|—|n\/?a|0)\b|^no (?:open |known )?(?:blocking |critical )?(?:bugs?|issues?|defects?)/;

/** Reads a report of quality assurance: its status, what it is of, and the bugs of its table or list. */
export function readQualityReport(path: string, text: string): ReportReading<QualityReport> {
  if (text.trim() === '') return unreadable('is empty');
  const report = readMarkdownReport(text);
  const [problem] = report.problems;
  // A part that was not read could hold the bug that blocks.
  if (problem) return unreadable(`cannot be read as a whole: ${problem.message.replace(/^./, lower)}`);
  const commit = fieldOf(report, 'commit', 'commit id', 'commit sha', 'sha', 'revision');
  return {
    ok: true,
    report: {
      status: fieldOf(
        report,
        'status',
        'qa status',
        'overall status',
        'approval status',
        'sign off',
        'sign off status',
      ),
      recommendation: fieldOf(report, 'recommendation', 'qa recommendation', 'release recommendation'),
      unit:
        fieldOf(report, 'unit', 'unit id', 'work unit')?.value ??
        /QA-Report-([^/]+)\.md$/i.exec(path)?.[1] ??
        null,
      version: fieldOf(
        report,
        'version',
        'release',
        'release version',
        'build',
        'artifact version',
        'tested version',
      ),
      commit: commit && isCommitId(commit.value.split(' ')[0] ?? '') ? commit : null,
      bugs: [...report.rows.flatMap(bugOfRow), ...report.items.flatMap(bugOfItem)],
    },
  };
}

function bugOfRow(row: ReportRow): readonly ListedBug[] {
  const severity = cellOf(row, 'severity', 'priority', 'sev') ?? '';
  const blocking = cellOf(row, 'blocking', 'blocks release', 'blocker', 'release blocker');
  const id = cellOf(row, 'bug', 'bug id', 'id', 'issue', 'defect', 'ticket', 'key');
  // A table without an id and a weight is of something else: test runs, environments.
  if (id === null || (severity === '' && blocking === null) || NONE.test(id.toLowerCase())) return [];
  const state = cellOf(row, 'status', 'state', 'resolution') ?? '';
  return [
    {
      id,
      title: cellOf(row, 'title', 'summary', 'description') ?? '',
      severity,
      state,
      isBlocking: blocking === null ? BLOCKING.test(severity.toLowerCase()) : isYes(blocking),
      isOpen: !CLOSED.test(state.toLowerCase()),
      range: row.range,
    },
  ];
}

/** An item below a heading such as "Blocking bugs". */
function bugOfItem(item: ReportRow): readonly ListedBug[] {
  const heading = item.headings.at(-1)?.toLowerCase() ?? '';
  if (
    !/\b(?:blocking|blocker|critical|release.blocking)\b.*\b(?:bug|issue|defect|fault)s?\b|\bblockers\b/.test(
      heading,
    )
  ) {
    return [];
  }
  const text = item.cells.get('') ?? '';
  if (text === '' || NONE.test(text.toLowerCase())) return [];
  return [
    {
      id: text.split(/[:\s]/, 1)[0] ?? text,
      title: text,
      severity: 'blocking',
      state: '',
      isBlocking: true,
      isOpen: item.isChecked !== true && !CLOSED.test(text.toLowerCase()),
      range: item.range,
    },
  ];
}

function isYes(text: string): boolean {
  return /^(?:yes|y|true|x|blocking|blocker|✅|✔)/iu.test(text.trim());
}

function lower(letter: string): string {
  return letter.toLowerCase();
}
