import type { Range } from '../../text/position';
import type { Severity } from '../../rules/rule';
import {
  verdictOver,
  type Finding,
  type GoneFinding,
  type NotChecked,
  type RootReport,
  type Verdict,
} from '../report';
import type { OtherToolFinding, OtherToolReport } from '../../evidence/results/sarif';
import { goneFindings, setAside } from './summary';

/** The data of `check --format json`. Kept from version 1 on: fields may be added, none changes or goes. */
export interface JsonReport {
  readonly version: 1;
  readonly verdict: Verdict;
  readonly roots: readonly { readonly path: string; readonly verdict: Verdict }[];
  readonly findings: readonly JsonFinding[];
  readonly notChecked: readonly NotChecked[];
  /** What `--fix` did, or would do; only there when fixes were asked for. The findings are those that are left. */
  readonly fixed?: JsonFixes;
  /** What the baselines know and nobody finds any more; left out where there is no baseline. */
  readonly gone?: readonly GoneFinding[];
  /** Workflows and documents that the configuration leaves out; left out where there are none. */
  readonly leftOut?: readonly { readonly root: string; readonly path: string }[];
  /** What other tools reported (`--sarif`), never part of the verdict; left out where nothing was given. */
  readonly otherTools?: readonly JsonOtherTool[];
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
  /** Set aside by the baseline; its status is then `waived`, so that the verdict follows from the findings as ever. */
  readonly baseline?: true;
}

/** What another tool reported. */
export interface JsonOtherTool {
  readonly tool: string;
  readonly version: string | null;
  readonly file: string;
  readonly findings: readonly (Pick<OtherToolFinding, 'rule' | 'level' | 'message' | 'path' | 'range'> & {
    readonly suppressed: boolean;
  })[];
}

/** What a call brings besides its reports. */
export interface JsonExtras {
  readonly fixed?: JsonFixes;
  readonly others?: readonly OtherToolReport[];
}

/** The report as data. A finding that is set aside tells why as the last piece of its evidence. */
export function jsonReport(reports: readonly RootReport[], more: JsonExtras = {}): JsonReport {
  const others = more.others ?? [];
  const notChecked = new Map<string, NotChecked>();
  for (const entry of reports.flatMap((report) => report.notChecked)) {
    notChecked.set(`${entry.rule}\n${entry.needs}`, { rule: entry.rule, needs: entry.needs });
  }
  const leftOut = reports.flatMap((report) =>
    (report.leftOut ?? []).map((path) => ({ root: report.root, path })),
  );
  return {
    version: 1,
    verdict: verdictOver(reports),
    roots: reports.map((report) => ({ path: report.root, verdict: report.verdict })),
    findings: reports.flatMap((report) => report.findings).map(jsonFinding),
    notChecked: [...notChecked.values()],
    ...(more.fixed ? { fixed: more.fixed } : {}),
    ...(reports.some(({ baseline }) => baseline) ? { gone: goneFindings(reports) } : {}),
    ...(leftOut.length > 0 ? { leftOut } : {}),
    ...(others.length > 0 ? { otherTools: others.map(jsonOtherTool) } : {}),
  };
}

/** The report as indented JSON with a final line break. */
export function renderJson(reports: readonly RootReport[], more: JsonExtras = {}): string {
  return `${JSON.stringify(jsonReport(reports, more), null, 2)}\n`;
}

function jsonOtherTool({ tool, version, file, findings }: OtherToolReport): JsonOtherTool {
  return {
    tool,
    version,
    file,
    findings: findings.map(({ rule, level, message, path, range, isSuppressed }) => ({
      rule,
      level,
      message,
      path,
      range,
      suppressed: isSuppressed,
    })),
  };
}

function jsonFinding(finding: Finding): JsonFinding {
  const aside = setAside(finding);
  return {
    rule: finding.rule,
    severity: finding.severity,
    status: finding.status,
    message: finding.message,
    root: finding.root,
    path: finding.path,
    range: finding.range,
    evidence: aside
      ? [...finding.evidence, { message: aside.sentence, path: aside.path, range: aside.range }]
      : finding.evidence,
    counterexample: finding.counterexample,
    fix: finding.fix?.kind ?? null,
    ...(finding.baseline === undefined ? {} : { baseline: true as const }),
  };
}
