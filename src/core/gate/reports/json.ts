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
  /** What `--fix` did, or would do; only there when fixes were asked for. The findings are those that are left. */
  readonly fixed?: JsonFixes;
}

/** Fixes of all roots; `range` is where the finding stood when its fix was made. */
export interface JsonFixes {
  readonly applied: readonly JsonFix[];
  /** Fixes that were taken back, with why. */
  readonly refused: readonly (JsonFix & { readonly reason: string })[];
  /** The files that were written; empty where nothing was (`--dry-run`, no confirmation). */
  readonly written: readonly { readonly root: string; readonly path: string }[];
  /** The unified difference, of what was written or would be. */
  readonly difference: string;
}

/** One fix with the finding that it is for. */
export interface JsonFix {
  readonly rule: string;
  readonly kind: 'safe' | 'proposed';
  readonly title: string;
  readonly message: string;
  readonly root: string;
  readonly path: string;
  readonly range: Range | null;
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
export function jsonReport(reports: readonly RootReport[], fixed?: JsonFixes): JsonReport {
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
    ...(fixed ? { fixed } : {}),
  };
}

/** The report as indented JSON with a final line break. */
export function renderJson(reports: readonly RootReport[], fixed?: JsonFixes): string {
  return `${JSON.stringify(jsonReport(reports, fixed), null, 2)}\n`;
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
