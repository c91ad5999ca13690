import type { ReadDocument } from '../documents/document';
import type { Configuration } from '../gate/configuration';
import type { ReadinessSettings } from '../gate/readiness-settings';
import type { RootReport } from '../gate/report';
import type { WorkflowSet } from '../workflow/understanding';
import type { AssessedRelease } from './assess-release';
import type { ParityFiles } from './parity/parity';
import type { AddedKeys } from './configuration-keys';
import type { ReleaseOnRecord, RunbookUpkeep } from './upkeep';
import type { ReleaseEvidence } from './evidence';
import type { ReleaseOverrides } from './overrides';
import type { LiveTarget } from './live-target';
import type { AskedArtifact } from './released-artifact';

/** Everything that the conditions of readiness may look at; gathered before any is asked. */
export interface ReadinessFacts extends AssessedRelease {
  /** The version whose release is judged, as it was named. */
  readonly asked: {
    readonly version: string;
    readonly environment: string;
    /** Whether the network may be asked, and programs that the configuration names may run. */
    readonly isOnline: boolean;
    readonly runsCommands: boolean;
    /** Evidence files that were named on the call, from the root; they stand in place of those of their kind. */
    readonly evidence: readonly string[];
  };
  readonly now: Date;
  readonly settings: ReadinessSettings;
  readonly configuration: Configuration;
  /** What the check says of the repository's workflows and documents. */
  readonly check: RootReport;
  /** The workflows as they are understood together; null where there is none that can be read. */
  readonly workflows: WorkflowSet | null;
  /** The release documents of the repository that can be read, the plan among them. */
  readonly documents: readonly ReadDocument[];
  /** What the registry says of the artifact of the version; null where nothing names the artifact. */
  readonly artifact: AskedArtifact | null;
  /** What is being deployed to the environment, and whether it is well. */
  readonly live: LiveTarget;
  /** What people set aside for this version and environment, and what they recorded in vain. */
  readonly overrides: ReleaseOverrides;
  /** The files of settings that staging and production have each. */
  readonly parity: ParityFiles;
  /** What the change begins to read of its environment; null where what changes is not known. */
  readonly addedKeys: AddedKeys | null;
  /** The runbooks with their last changes and those of what they describe. */
  readonly runbooks: readonly RunbookUpkeep[];
  /** Earlier releases on record, newest first. */
  readonly releaseRecords: readonly ReleaseOnRecord[];
  /** Reports of tools and people about this release. */
  readonly evidence: ReleaseEvidence;
  /** Paths of the repository's files that are not ignored. */
  readonly paths: ReadonlySet<string>;
}
