import type { ActionItem, TimelineRow } from '../postmortem/postmortem';

/** The body of an issue that reports an incident, as GitHub writes it from the form; texts as in a release plan. */
export interface IncidentReport {
  /** Prose: SEV1 or critical, high, medium, low. */
  readonly severity: string;
  /** The version that ran, or UNKNOWN(...); prose. */
  readonly version: string;
  /** Roll back, fix forward, or neither; prose. */
  readonly decision: string;
  readonly timeline: readonly TimelineRow[];
  /** Prose. */
  readonly rootCause: string;
  /** Prose. */
  readonly impact: string;
  readonly actions: readonly ActionItem[];
  readonly lessons: readonly string[];
}
