/** One row of the timeline. */
export interface TimelineRow {
  /** ISO 8601 with its offset, or UNKNOWN(...). */
  readonly time: string;
  readonly event: string;
  /** What shows it: a commit, a tag, a record, a log line; "told by a person" for a claim. */
  readonly source: string;
  /** Whether the source can be opened; what a person or a model merely says is not verified. */
  readonly isVerified: boolean;
}

/** What is done so that it does not happen again. */
export interface ActionItem {
  readonly action: string;
  readonly owner: string;
  /** `2027-03-01`, or UNKNOWN(...). */
  readonly due: string;
  /** How somebody will see that it is done and works. */
  readonly verifiedBy: string;
}

/** What the incident did, each line a fact or UNKNOWN(...). */
export interface ImpactLine {
  readonly aspect: string;
  readonly value: string;
  readonly source: string;
}

/** `docs/ops/postmortems/PM_<date>_<slug>.md` as data; texts as in a release plan. */
export interface Postmortem {
  readonly incident: string;
  readonly service: string;
  /** The day of the incident, `2027-03-01`, or UNKNOWN(...). */
  readonly date: string;
  /** Prose. */
  readonly summary: string;
  readonly impact: readonly ImpactLine[];
  readonly timeline: readonly TimelineRow[];
  /** Prose. */
  readonly rootCause: string;
  readonly contributingFactors: readonly string[];
  readonly actions: readonly ActionItem[];
  readonly lessons: readonly string[];
  /** What a person told and no source shows. */
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}
