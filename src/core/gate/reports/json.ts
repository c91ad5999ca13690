import type { Range } from '../../text/position';
import type { Severity } from '../../rules/rule';
import { verdictOver, type Finding, type NotChecked, type RootReport, type Verdict } from '../report';
import { waiverSentence } from './summary';

/** The data of `check --format json`. Kept from version 1 on: fields may be added, none changes or goes. */
export interface JsonReport {
  readonly version: 1;
  readonly verdict: Verdict;
  readonly roots: readonly { readonly path: string; readonly verdict: Verdict }[];
  readonly findings: readonly JsonFinding[];
  readonly notChecked: readonly NotChecked[];
}

/** One finding; lines and columns from 1, `path` from its root with forward slashes. */
export interface JsonFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly status: Finding['status'];
  readonly message: string;
  readonly root: string;
  readonly path: string;
  readonly range: Range | null;
  readonly evidence: Finding['evidence'];
  readonly counterexample: Finding['counterexample'];
  readonly fix: 'safe' | 'proposed' | null;
}

/** The report as data. A waived finding tells its reason as the last piece of its evidence. */
export function jsonReport(reports: readonly RootReport[]): JsonReport {
  const notChecked = new Map<string, NotChecked>();
  for (const entry of reports.flatMap((report) => report.notChecked)) {
    notChecked.set(`${entry.rule}\n${entry.needs}`, { rule: entry.rule, needs: entry.needs });
  }
  return {
    version: 1,
    verdict: verdictOver(reports),
    roots: reports.map((report) => ({ path: report.root, verdict: report.verdict })),
    findings: reports.flatMap((report) => report.findings).map(jsonFinding),
    notChecked: [...notChecked.values()],
  };
}

/** The report as indented JSON with a final line break. */
export function renderJson(reports: readonly RootReport[]): string {
  return `${JSON.stringify(jsonReport(reports), null, 2)}\n`;
}

function jsonFinding(finding: Finding): JsonFinding {
  const waived = waiverSentence(finding);
  return {
    rule: finding.rule,
    severity: finding.severity,
    status: finding.status,
    message: finding.message,
    root: finding.root,
    path: finding.path,
    range: finding.range,
    evidence:
      waived && finding.waiver
        ? [...finding.evidence, { message: waived, path: finding.waiver.path, range: finding.waiver.range }]
        : finding.evidence,
    counterexample: finding.counterexample,
    fix: finding.fix?.kind ?? null,
  };
}
