/** A call of the deploy script, as a record shows it; texts as in a release plan. */
export interface RecordedCall {
  /** `5%`, `all`, `rollback`. */
  readonly call: string;
  readonly arguments: string;
  readonly ended: string;
  readonly took: string;
  /** How it ended: "exit status 0", "hung". */
  readonly outcome: string;
  /** The whole output: a path from the root, or why there is none. */
  readonly output: string;
}

/** A case of a smoke test as it went. */
export interface RecordedCase {
  readonly stage: string;
  readonly case: string;
  readonly outcome: string;
  readonly took: string;
  readonly detail: string;
}

/** One watch: of a stage, of the window, of the version that was gone back to. */
export interface RecordedWatch {
  readonly watch: string;
  readonly began: string;
  /** `15 of 15`. */
  readonly polls: string;
  readonly ended: string;
}

/** A metric over the whole watch. */
export interface RecordedMetric {
  readonly metric: string;
  readonly required: string;
  readonly baseline: string;
  readonly lowest: string;
  readonly highest: string;
  readonly last: string;
  readonly missing: string;
  /** What the watch came to, with what its traffic could have shown. */
  readonly summary: string;
}

/** One interval of a watch: what every metric said. */
export interface RecordedInterval {
  readonly watch: string;
  /** `T+7`. */
  readonly interval: string;
  readonly at: string;
  readonly snapshot: string;
}

/** What the decision rule said in an interval. */
export interface RecordedFinding {
  readonly watch: string;
  readonly interval: string;
  readonly at: string;
  readonly metric: string;
  readonly level: string;
  readonly finding: string;
}

/** A question, an unasked demand, or an answer that was refused, with who spoke. */
export interface RecordedDecision {
  readonly asked: string;
  readonly question: string;
  readonly grounds: string;
  readonly answer: string;
  /** As it was typed. */
  readonly words: string;
  readonly by: string;
  readonly at: string;
}

/**
 * `<releaseFolder>/release_<version>_<environment>_<minute>.md` as data: what one run did, rendered from its journal after
 * each phase. `closedAt` and what follows is a person's, added after the verdict; the seal does not cover it.
 */
export interface ReleaseRecord {
  readonly id: string;
  /** `release`, `rollback` or `drill`. */
  readonly mode: string;
  /** Exactly `Released`, `Rolled-Back` or `Aborted`; `under way` before. */
  readonly verdict: string;
  /** Who left the watch window before its end; '' where nobody did. */
  readonly override: string;
  readonly version: string;
  readonly environment: string;
  readonly commit: string;
  readonly rollbackTarget: string;
  readonly startedAt: string;
  readonly startedBy: string;
  readonly endedAt: string;
  /** `unchanged`, `changed` or `unknown`; '' before the verdict. */
  readonly liveSystem: string;
  /** `yes`, `no`, or '' where nothing was rolled back. */
  readonly rollbackVerified: string;
  /** From the root. */
  readonly journal: string;
  /** Of the line that holds the verdict, and of the last line that this record was rendered from. */
  readonly journalHash: string;
  readonly journalEnd: string;
  /** SHA-256 of what the record says (`sealOf`), from the verdict on; '' before. */
  readonly seal: string;
  readonly closedAt: string;
  readonly closedBy: string;
  readonly resolvedBy: string;
  readonly resolvedAt: string;
  readonly resolution: string;
  /** The commit, or the path of what holds the fix. */
  readonly fix: string;
  readonly summary: {
    readonly verdict: string;
    readonly reason: string;
    readonly environment: string;
    readonly version: string;
    readonly target: string;
    readonly scope: string;
    readonly openRisks: string;
    readonly blocking: string;
    readonly strategy: string;
    readonly liveSystem: string;
    readonly startedBy: string;
    readonly attended: string;
    readonly time: string;
    readonly lock: string;
  };
  readonly gate: {
    readonly result: string;
    readonly items: readonly {
      readonly check: string;
      readonly outcome: string;
      readonly blocks: string;
      readonly detail: string;
      readonly evidence: string;
    }[];
  };
  readonly tickets: readonly { readonly ticket: string; readonly status: string; readonly title: string }[];
  readonly openRisks: readonly string[];
  /** What this traffic could show in the window. */
  readonly feasibility: readonly string[];
  readonly strategy: {
    readonly chosen: string;
    readonly by: string;
    readonly reason: string;
    readonly recommended: string;
    readonly why: string;
    readonly confirmed: string;
  };
  readonly execute: {
    readonly result: string;
    readonly calls: readonly RecordedCall[];
    readonly output: string;
  };
  /** What a person does where the strategy is manual. */
  readonly checklist: readonly { readonly text: string; readonly isDone: boolean }[];
  readonly smoke: { readonly result: string; readonly cases: readonly RecordedCase[] };
  readonly watch: {
    readonly result: string;
    readonly rule: string;
    readonly window: string;
    readonly profile: string;
    readonly watches: readonly RecordedWatch[];
  };
  readonly metrics: readonly RecordedMetric[];
  readonly intervals: readonly RecordedInterval[];
  readonly findings: readonly RecordedFinding[];
  readonly watchQuestions: readonly RecordedDecision[];
  readonly outcome: {
    readonly result: string;
    readonly reason: string;
    readonly followUps: readonly { readonly what: string; readonly done: string; readonly detail: string }[];
  };
  readonly rollback: {
    readonly result: string;
    readonly why: string;
    readonly began: string;
    readonly by: string;
    readonly took: string;
    readonly objective: string;
    readonly record: string;
  };
  readonly plan: { readonly target: string; readonly how: string; readonly shownBy: string };
  readonly decisions: readonly RecordedDecision[];
  readonly interruptions: readonly { readonly at: string; readonly by: string; readonly detail: string }[];
  readonly leftovers: readonly string[];
  readonly verification: readonly { readonly text: string; readonly isDone: boolean }[];
}
