import { counted } from '../../text/words';
import type { Range } from '../../text/position';
import type { OtherToolReport } from '../../evidence/results/sarif';
import { verdictOver, type Finding, type GoneFinding, type RootReport } from '../report';

/** How many findings weigh what; each finding is counted once. */
export interface FindingCounts {
  /** Blocking and failed. */
  readonly blocking: number;
  /** Blocking and unknown. */
  readonly unknown: number;
  /** Failed or unknown. */
  readonly warnings: number;
  readonly notes: number;
  /** By a person, with a reason. */
  readonly waived: number;
  /** Set aside by the baseline. */
  readonly known: number;
}

/** Counts findings as the first line of every report gives them. */
export function countFindings(
  findings: readonly Pick<Finding, 'severity' | 'status' | 'baseline'>[],
): FindingCounts {
  const open = findings.filter((finding) => finding.status !== 'waived');
  const blocking = open.filter((finding) => finding.severity === 'block');
  return {
    blocking: blocking.filter((finding) => finding.status === 'fail').length,
    unknown: blocking.filter((finding) => finding.status === 'unknown').length,
    warnings: open.filter((finding) => finding.severity === 'warn').length,
    notes: open.filter((finding) => finding.severity === 'info').length,
    waived: findings.filter(({ status, baseline }) => status === 'waived' && baseline === undefined).length,
    known: findings.filter(({ baseline }) => baseline !== undefined).length,
  };
}

/** The first line of every report: verdict, counts, files; what is set aside or left out is counted. */
export function summaryOf(reports: readonly RootReport[]): string {
  const counts = countFindings(reports.flatMap((report) => report.findings));
  const files = reports.reduce((sum, report) => sum + report.checkedFiles, 0);
  const leftOut = reports.reduce((sum, report) => sum + (report.leftOut?.length ?? 0), 0);
  const gone = goneFindings(reports).reduce((sum, { count }) => sum + count, 0);
  const where = reports.length > 1 ? ` in ${reports.length} repositories` : '';
  const hasBaseline = reports.some(({ baseline }) => baseline !== undefined);
  return (
    `${verdictOver(reports)}: ${counts.blocking} blocking, ${counts.unknown} unknown, ` +
    `${counted(counts.warnings, 'warning')}, ${counted(counts.notes, 'note')}, ${counts.waived} waived` +
    (hasBaseline ? `, known before: ${counts.known}${gone > 0 ? ` (and ${gone} gone)` : ''}` : '') +
    `; ${counted(files, 'file')} checked${where}` +
    (leftOut > 0 ? `, ${leftOut} left out by the configuration` : '')
  );
}

/** What the baselines of all roots know and nobody finds any more. */
export function goneFindings(reports: readonly RootReport[]): readonly GoneFinding[] {
  return reports.flatMap(
    ({ root, baseline }) =>
      baseline?.gone.map((gone) => ({ ...gone, path: pathFromCall(root, gone.path) })) ?? [],
  );
}

/** Why a finding is set aside, with where that is written; null for one that is not. */
export function setAside(
  finding: Finding,
): { readonly sentence: string; readonly path: string; readonly range: Range | null } | null {
  if (finding.waiver) {
    const { path, range, reason, until } = finding.waiver;
    return { sentence: `waived${until ? ` until ${until}` : ''}: ${reason}`, path, range };
  }
  if (finding.baseline === undefined) return null;
  return { sentence: 'known before: it is in the baseline', path: finding.baseline, range: null };
}

/** What other tools reported, in one line: "Beside ours, not part of the verdict: zizmor 3, CodeQL 0". */
export function otherToolsLine(others: readonly OtherToolReport[]): string {
  const each = others.map(
    ({ tool, findings }) => `${tool} ${findings.filter(({ isSuppressed }) => !isSuppressed).length}`,
  );
  return `From other tools, not part of the verdict: ${each.join(', ')}`;
}

/** A path as it is reached from where the roots were named: `.` adds nothing. */
export function pathFromCall(root: string, path: string): string {
  const prefix = root.replace(/\\/g, '/').replace(/\/+$/, '');
  if (prefix === '' || prefix === '.') return path;
  return path === '.' ? prefix : `${prefix}/${path}`;
}
