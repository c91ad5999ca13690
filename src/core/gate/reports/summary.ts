import { counted } from '../../text/words';
import { verdictOver, type Finding, type RootReport } from '../report';

/** How many findings weigh what; each finding is counted once. */
export interface FindingCounts {
  /** Blocking and failed. */
  readonly blocking: number;
  /** Blocking and unknown. */
  readonly unknown: number;
  /** Failed or unknown. */
  readonly warnings: number;
  readonly notes: number;
  readonly waived: number;
}

/** Counts findings as the first line of every report gives them. */
export function countFindings(findings: readonly Pick<Finding, 'severity' | 'status'>[]): FindingCounts {
  const open = findings.filter((finding) => finding.status !== 'waived');
  const blocking = open.filter((finding) => finding.severity === 'block');
  return {
    blocking: blocking.filter((finding) => finding.status === 'fail').length,
    unknown: blocking.filter((finding) => finding.status === 'unknown').length,
    warnings: open.filter((finding) => finding.severity === 'warn').length,
    notes: open.filter((finding) => finding.severity === 'info').length,
    waived: findings.length - open.length,
  };
}

/** The first line of every report: verdict, counts, files. */
export function summaryOf(reports: readonly RootReport[]): string {
  const counts = countFindings(reports.flatMap((report) => report.findings));
  const files = reports.reduce((sum, report) => sum + report.checkedFiles, 0);
  const where = reports.length > 1 ? ` in ${reports.length} repositories` : '';
  return (
    `${verdictOver(reports)}: ${counts.blocking} blocking, ${counts.unknown} unknown, ` +
    `${counted(counts.warnings, 'warning')}, ${counted(counts.notes, 'note')}, ${counts.waived} waived; ` +
    `${counted(files, 'file')} checked${where}`
  );
}

/** The sentence that says that a finding was waived, why and until when; null for one that was not. */
export function waiverSentence(finding: Finding): string | null {
  if (!finding.waiver) return null;
  const until = finding.waiver.until ? ` until ${finding.waiver.until}` : '';
  return `waived${until}: ${finding.waiver.reason}`;
}

/** A path as it is reached from where the roots were named: `.` adds nothing. */
export function pathFromCall(root: string, path: string): string {
  const prefix = root.replace(/\\/g, '/').replace(/\/+$/, '');
  if (prefix === '' || prefix === '.') return path;
  return path === '.' ? prefix : `${prefix}/${path}`;
}
