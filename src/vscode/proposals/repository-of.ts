import type { ProposedFile } from '../../core/text/proposal';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';
import type { Proposal } from './proposals';

/** The folder that a proposed file belongs to: the proposal's own, or another open one that the file names. */
export function repositoryOf(
  proposal: Proposal,
  file: ProposedFile,
  repositories: WorkspaceRepositories,
): WorkspaceRepository | null {
  return file.repository === undefined
    ? repositories.byKey(proposal.repository)
    : (repositories.all().find(({ name }) => name === file.repository) ?? null);
}
