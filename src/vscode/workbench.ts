import type { Log } from './log';
import type { LiveGate } from './gate/live-gate';
import type { WorkspaceGate } from './gate/workspace-gate';
import type { Person } from './person';
import type { Proposals } from './proposals/proposals';
import type { ReleaseJudge } from './readiness/release-judge';
import type { ReportDocuments } from './report-documents';
import type { WorkspaceRepositories } from './workspace-world';

/** What the features of the editor share; made once in `activate`. */
export interface Workbench {
  readonly repositories: WorkspaceRepositories;
  readonly proposals: Proposals;
  readonly gate: WorkspaceGate;
  readonly liveGate: LiveGate;
  readonly releaseJudge: ReleaseJudge;
  readonly reports: ReportDocuments;
  readonly person: Person;
  readonly log: Log;
}
