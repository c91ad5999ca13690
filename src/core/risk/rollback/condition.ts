import type { Change } from '../../change/change';
import type { ScriptRollback } from '../../change/deploy-script';
import type { SchemaAdditions } from '../../change/schema-additions';
import type { ReadDocument } from '../../documents/document';
import type { ReleasePlan } from '../../documents/release-plan/release-plan';
import type { Runbook } from '../../documents/runbook/runbook';
import type { Source } from '../../evidence/fact';
import type { OverrideOnRecord, Records } from '../../records/record';

/** The conditions of a credible rollback; every one has to hold. The ids are kept. */
export const CONDITION_IDS = [
  'target-exists',
  'script-handles-rollback',
  'actions-compensated',
  'runs-on-new-schema',
  'drilled',
  'within-rto',
  'triggers-machine-readable',
] as const;

export type ConditionId = (typeof CONDITION_IDS)[number];

/** One condition, judged. `why` is a sentence without a full stop: what holds, what does not, or what is needed. */
export interface RollbackCondition {
  readonly id: ConditionId;
  readonly status: 'pass' | 'fail' | 'unknown' | 'waived';
  readonly why: string;
  readonly evidence: readonly Source[];
}

/** What is known of the way back. What is left out was not looked for, and leaves its condition unknown. */
export interface RollbackEvidence {
  readonly change: Change;
  /** The deploy or rollback script, analysed; null where the repository has none. */
  readonly script: { readonly path: string; readonly rollback: ScriptRollback } | null;
  /** A command of the deployment's platform that goes back (`kubectl rollout undo`), with its source. */
  readonly command: { readonly text: string; readonly sources: readonly Source[] } | null;
  /** When to go back: the rows of the plan, or those that it would have. */
  readonly triggers: readonly TriggerRow[];
  readonly workflow?: WorkflowRollback | null;
  /** What the registry says of the version before; left out where it was not asked. */
  readonly previousArtifact?: PreviousArtifact | null;
  /** The release plan and the runbook that stand in the repository. */
  readonly plan?: (ReadDocument & { readonly data: ReleasePlan }) | null;
  readonly runbook?: (ReadDocument & { readonly data: Runbook }) | null;
  readonly records?: Records;
  /** What the change does to the schema where all of it is SQL; left out where that was not read. */
  readonly schema?: SchemaAdditions | null;
  readonly service?: string | null;
  readonly version?: string | null;
  readonly now?: Date;
  readonly settings?: Partial<RollbackSettings>;
  /** What the name of an environment says of itself, after what the configuration says. */
  readonly kindOfEnvironment?: (name: string) => EnvironmentKind;
  /** The overrides that hold for this release today. */
  readonly overrides?: readonly OverrideOnRecord[];
}

export type EnvironmentKind = 'production' | 'non-production' | 'unknown';

/** A trigger as a document has it, each cell as written; '' where it is missing. */
export interface TriggerRow {
  readonly metric: string;
  readonly comparison: string;
  readonly threshold: string;
  readonly window: string;
  /** For how long it has to be met: "5 min". */
  readonly lasting?: string;
  readonly source?: Source;
}

/** What the registry says of an artifact. */
export interface PreviousArtifact {
  readonly status: 'present' | 'absent' | 'refused' | 'unknown';
  /** A clause that says what was asked and answered. */
  readonly detail: string;
  readonly digest: string | null;
  readonly sources: readonly Source[];
}

/** How the workflows deploy and go back. */
export interface WorkflowRollback {
  /** Whether any job deploys to production, or to where nothing tells. */
  readonly deploys: boolean;
  /** Whether one of those runs the script that was analysed. */
  readonly callsScript: boolean;
  /** The job that can put an earlier version back. */
  readonly wayBack: { readonly what: string; readonly sources: readonly Source[] } | null;
  /** A job that runs an earlier version on the new schema. */
  readonly oldOnNewSchema: { readonly what: string; readonly sources: readonly Source[] } | null;
}

/** What the configuration sets of a rollback. */
export interface RollbackSettings {
  readonly drillMaxAgeDays: number;
  readonly objectiveMinutes: number | null;
  readonly requiredMetrics: readonly string[];
}

export const DEFAULT_SETTINGS: RollbackSettings = {
  drillMaxAgeDays: 90,
  objectiveMinutes: null,
  requiredMetrics: ['error rate', 'p99 latency', 'health check'],
};

/** The settings with their defaults. */
export function settingsOf(evidence: Pick<RollbackEvidence, 'settings'>): RollbackSettings {
  return { ...DEFAULT_SETTINGS, ...evidence.settings };
}
