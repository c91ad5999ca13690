import type { Finding, RootReport } from '../../core/gate/report';
import type { Range } from '../../core/text/position';

/** How loudly an editor shows a finding; the message says the state in words as well. */
export type ProblemLevel = 'error' | 'warning' | 'information' | 'hint';

/** A finding as an editor shows it. */
export interface Problem {
  readonly message: string;
  readonly level: ProblemLevel;
  /** Null: the whole file. */
  readonly range: Range | null;
  /** Places that belong to it, in the order in which they are read. */
  readonly related: readonly {
    readonly message: string;
    readonly path: string;
    readonly range: Range | null;
  }[];
}

/** Turns a finding into what the Problems view shows: the evidence, then the counterexample job by job. */
export function problemOf(finding: Finding): Problem {
  const { counterexample } = finding;
  const steps = (counterexample?.steps ?? []).map((step, index) => ({
    message: `Counterexample ${index + 1}: ${step.job} ${step.result}, ${step.why}`,
    path: step.path,
    range: step.range,
  }));
  return {
    message: `${statePrefix(finding)}${finding.message}`,
    level: levelOf(finding),
    range: finding.range,
    related: [...finding.evidence, ...steps],
  };
}

function statePrefix(finding: Finding): string {
  switch (finding.status) {
    case 'fail':
      return '';
    case 'unknown':
      return 'Unknown: ';
    case 'waived': {
      if (finding.baseline !== undefined) return 'Known before (in the baseline): ';
      const until = finding.waiver?.until ? ` until ${finding.waiver.until}` : '';
      return finding.waiver ? `Waived${until} (${finding.waiver.reason}): ` : 'Waived: ';
    }
  }
}

function levelOf(finding: Finding): ProblemLevel {
  if (finding.status === 'waived') return 'hint';
  switch (finding.severity) {
    case 'block':
      // What is not known blocks the verdict but is no proven fault of this line.
      return finding.status === 'fail' ? 'error' : 'warning';
    case 'warn':
      return finding.status === 'fail' ? 'warning' : 'information';
    case 'info':
      return 'information';
  }
}

/** The state of all judged repositories in a few words, for a status bar: text first, the icon only repeats it. */
export function statusText(reports: readonly RootReport[]): {
  readonly text: string;
  readonly tooltip: string;
} {
  if (reports.length === 0)
    return { text: '$(shield) Release Gate', tooltip: 'Not checked yet. Select to check the workspace.' };
  const findings = reports.flatMap((report) => report.findings);
  const blocking = findings.filter((finding) => finding.severity === 'block' && finding.status === 'fail');
  const open = findings.filter((finding) => finding.severity === 'block' && finding.status === 'unknown');
  const known = findings.filter((finding) => finding.baseline !== undefined);
  const waived = findings.filter((finding) => finding.waiver !== null);
  const verdict = reports.some((report) => report.verdict === 'fail')
    ? 'fail'
    : reports.some((report) => report.verdict === 'unknown')
      ? 'unknown'
      : 'pass';
  const icons = { pass: 'pass', fail: 'error', unknown: 'question' } as const;
  const detail =
    verdict === 'fail'
      ? `: ${blocking.length} blocking`
      : verdict === 'unknown'
        ? `: ${open.length} unknown`
        : '';
  return {
    text: `$(${icons[verdict]}) Gate ${verdict}${detail}`,
    tooltip: [
      ...reports.map((report) => `${report.root}: ${report.verdict}`),
      `${blocking.length} blocking, ${open.length} unknown, ${waived.length} waived, ${known.length} known before, ${findings.length} findings in all.`,
      'Select to check the workspace again.',
    ].join('\n'),
  };
}
