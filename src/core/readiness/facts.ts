import type { ReadDocument } from '../documents/document';
import type { Configuration } from '../gate/configuration';
import type { ReadinessSettings } from '../gate/readiness-settings';
import type { RootReport } from '../gate/report';
import type { WorkflowSet } from '../workflow/understanding';
import type { AssessedRelease } from './assess-release';
import type { Override } from './condition';

/** Everything that the conditions of readiness may look at; gathered before any is asked. */
export interface ReadinessFacts extends AssessedRelease {
  /** The version whose release is judged, as it was named. */
  readonly asked: { readonly version: string; readonly environment: string };
  readonly now: Date;
  readonly settings: ReadinessSettings;
  readonly configuration: Configuration;
  /** What the check says of the repository's workflows and documents. */
  readonly check: RootReport;
  /** The workflows as they are understood together; null where there is none that can be read. */
  readonly workflows: WorkflowSet | null;
  /** The release documents of the repository that can be read, the plan among them. */
  readonly documents: readonly ReadDocument[];
  /** Overrides in force for this version and environment. */
  readonly overrides: readonly Override[];
  /** Paths of the repository's files that are not ignored. */
  readonly paths: ReadonlySet<string>;
}
