import * as vscode from 'vscode';
import { uriIn } from '../places';
import { shownPath } from '../../core/text/proposal';
import type { WorkspaceRepositories } from '../workspace-world';
import { repositoryOf } from './repository-of';
import type { Proposals } from './proposals';

/** The scheme of documents that show what is proposed and what was found; nobody can write to them. */
export const PROPOSAL_SCHEME = 'release-gate-proposal';

/** The document of a proposed file (by `shownPath`) as it would be; '.' is the folder that all of them are in. */
export function proposedUri(id: string, path: string): vscode.Uri {
  return vscode.Uri.from({
    scheme: PROPOSAL_SCHEME,
    path: path === '.' ? `/${id}/after` : `/${id}/after/${path}`,
  });
}

/** The same with the generated text at each conflict with what a person wrote. */
function generatedUri(id: string, path: string): vscode.Uri {
  return vscode.Uri.from({ scheme: PROPOSAL_SCHEME, path: `/${id}/generated/${path}` });
}

function emptyUri(id: string, path: string): vscode.Uri {
  return vscode.Uri.from({ scheme: PROPOSAL_SCHEME, path: `/${id}/before/${path}` });
}

/** The proposal and path that a document of ours shows; null for any other. */
export function shownBy(uri: vscode.Uri): { readonly id: string; readonly path: string } | null {
  const match =
    uri.scheme === PROPOSAL_SCHEME ? /^\/([^/]+)\/(?:after|before|generated)\/(.+)$/s.exec(uri.path) : null;
  return match?.[1] !== undefined && match[2] !== undefined ? { id: match[1], path: match[2] } : null;
}

/** Serves the proposed texts as read-only documents. */
export function registerProposedDocuments(context: vscode.ExtensionContext, proposals: Proposals): void {
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(PROPOSAL_SCHEME, {
      provideTextDocumentContent: (uri) => {
        const shown = shownBy(uri);
        if (!shown) return '';
        const file = proposals.get(shown.id)?.result.files.find((each) => shownPath(each) === shown.path);
        if (uri.path.startsWith(`/${shown.id}/before/`)) return '';
        if (uri.path.startsWith(`/${shown.id}/generated/`)) return file?.withGenerated ?? '';
        return file?.after ?? 'This proposal is no longer kept; run the command again.\n';
      },
    }),
  );
}

/**
 * Opens the difference of one proposed file, against the file itself where there is one, and counts it as seen; before it
 * that of its conflicts, where it has some.
 */
export async function showDifference(
  id: string,
  path: string,
  proposals: Proposals,
  repositories: WorkspaceRepositories,
): Promise<boolean> {
  const proposal = proposals.get(id);
  const file = proposal?.result.files.find((each) => shownPath(each) === path);
  const repository = proposal && file ? repositoryOf(proposal, file, repositories) : null;
  if (!file || !repository) return false;
  // Where a person and the generator both wrote something new: theirs is proposed, the other is shown beside it.
  if (file.withGenerated !== undefined) {
    await vscode.commands.executeCommand(
      'vscode.diff',
      proposedUri(id, path),
      generatedUri(id, path),
      `${path} (conflicts: kept, and what would be written)`,
      { preview: false },
    );
  }
  const left = file.before === null ? emptyUri(id, path) : uriIn(repository.folder, file.path);
  await vscode.commands.executeCommand(
    'vscode.diff',
    left,
    proposedUri(id, path),
    file.before === null ? `${path} (new)` : `${path} (now and proposed)`,
    { preview: false },
  );
  proposals.markShown(id, path);
  return true;
}
