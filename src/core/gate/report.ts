import type { Range } from '../text/position';
import type { Counterexample } from '../workflow/understanding';
import type { Fix, Severity } from '../rules/rule';

/** Pass, fail or unknown; unknown never counts as pass. */
export type Verdict = 'pass' | 'fail' | 'unknown';

/** A place outside the finding's own that belongs to it. */
export interface Evidence {
  readonly message: string;
  readonly path: string;
  readonly range: Range | null;
}

/** A finding as every face shows it; the fields are the contract of `check --format json`, `fix` but for its edits. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly status: 'fail' | 'unknown' | 'waived';
  readonly message: string;
  /** The root as it was named on the call. */
  readonly root: string;
  /** From the root, with forward slashes. */
  readonly path: string;
  readonly range: Range | null;
  readonly evidence: readonly Evidence[];
  readonly counterexample:
    | (Omit<Counterexample, 'steps'> & {
        readonly steps: readonly {
          readonly path: string;
          readonly job: string;
          readonly result: string;
          readonly why: string;
          readonly range: Range;
        }[];
      })
    | null;
  readonly fix: Fix | null;
  /** Other answers to the finding, for an editor's menu. */
  readonly otherFixes?: readonly Fix[];
  /** Why and until when, for a waived finding. */
  readonly waiver: {
    readonly reason: string;
    readonly until: string | null;
    readonly path: string;
    readonly range: Range | null;
  } | null;
  /** The baseline that knows it, for a finding that is set aside (`waived`) without anybody's waiver. */
  readonly baseline?: string;
}

/** A finding that the baseline knows and that is there no more, or less often: `count` times. */
export interface GoneFinding {
  readonly rule: string;
  readonly path: string;
  readonly message: string;
  readonly count: number;
}

/** What was not asked and what would have to be, by rule; does not change the verdict. */
export interface NotChecked {
  readonly rule: string;
  readonly needs: string;
}

/** The judgement of one repository. */
export interface RootReport {
  readonly root: string;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly notChecked: readonly NotChecked[];
  /** Workflows and documents that were read and judged; of the named ones where files were named. */
  readonly checkedFiles: number;
  /** Named files that are of no kind that is judged: nothing is said of them, which is not a pass. */
  readonly notJudged?: readonly string[];
  /** Workflows and documents that the configuration leaves out: they were read, and nothing is said of them. */
  readonly leftOut?: readonly string[];
  /** What the baseline set aside, and what of it is there no more; left out where there is none. */
  readonly baseline?: {
    readonly path: string;
    readonly known: number;
    readonly gone: readonly GoneFinding[];
  };
  /** The texts of the files that findings stand in, by path: reports quote the lines. */
  readonly sources?: ReadonlyMap<string, string>;
}

/** The judgement over several repositories: the worst of theirs; unknown is worse than pass. */
export function verdictOver(reports: readonly Pick<RootReport, 'verdict'>[]): Verdict {
  if (reports.some((report) => report.verdict === 'fail')) return 'fail';
  return reports.some((report) => report.verdict === 'unknown') ? 'unknown' : 'pass';
}

/** fail if any finding blocks and fails; else unknown if any blocks and is unknown; else pass. Waived count for neither. */
export function verdictOf(findings: readonly Pick<Finding, 'severity' | 'status'>[]): Verdict {
  const blocking = findings.filter((finding) => finding.severity === 'block');
  if (blocking.some((finding) => finding.status === 'fail')) return 'fail';
  if (blocking.some((finding) => finding.status === 'unknown')) return 'unknown';
  return 'pass';
}
