import type { RunMode } from '../../../release/run';

/** A person's word that something is taken out of the release, as it was written. */
export interface ScopeEdit {
  /** "SHOP-12: moved to the next release". */
  readonly text: string;
  readonly by: { readonly name: string };
  readonly at: string;
}

/** What the reader of metrics said of one of them, just before. */
export interface MetricAnswer {
  readonly name: string;
  readonly isRequired: boolean;
  readonly ok: boolean;
  /** What it answered, or why not: completes "<name> …". */
  readonly detail: string;
}

/** Which release phase 1 is asked about, and what the runner found before it asked. */
export interface ReleaseGateRequest {
  readonly mode: RunMode;
  readonly version: string;
  readonly environment: string;
  readonly isProduction: boolean;
  /** As a person named it; null: what was released last. */
  readonly target: string | null;
  /** The run that asks, so that its own journal is not taken for one that was broken off; null for none. */
  readonly runId: string | null;
  readonly isOnline: boolean;
  readonly runsCommands: boolean;
  /** Evidence files in place of those that the configuration names. */
  readonly evidence?: readonly string[];
  /** Every metric's answer; null where none was asked, which is not the same as none answering. */
  readonly metrics: readonly MetricAnswer[] | null;
  /** What this traffic could show in the window, a sentence for each metric. */
  readonly feasibility: readonly string[];
  /** Each time that a person edited the scope. */
  readonly scopeEdits: readonly ScopeEdit[];
}
