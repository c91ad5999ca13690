import * as vscode from 'vscode';
import { changesAnything, shownPath, type ProposedFile } from '../../core/text/proposal';
import { uriIn } from '../places';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';
import type { Proposals } from './proposals';
import { replacedSpan, sameText } from './replaced-span';
import { repositoryOf } from './repository-of';

/** What became of a proposal. `review`: files would be replaced whose difference nobody has seen; nothing was written. */
export type ApplyOutcome =
  | { readonly kind: 'applied'; readonly paths: readonly string[] }
  | { readonly kind: 'review'; readonly paths: readonly string[] }
  | { readonly kind: 'refused'; readonly message: string };

/**
 * Writes a proposal as one edit with one undo step: all of its files or none. Refused where a file changed since, where
 * the path leaves the repository or goes through a link, where the workspace is not trusted, and where a difference has
 * not been seen.
 */
export async function applyProposal(
  id: string,
  proposals: Proposals,
  repositories: WorkspaceRepositories,
): Promise<ApplyOutcome> {
  if (!vscode.workspace.isTrusted) {
    return refused('Nothing is written in a workspace that is not trusted; trust it and apply again.');
  }
  const proposal = proposals.get(id);
  if (!proposal) return refused('This proposal is no longer kept; run the command again.');
  const repository = repositories.byKey(proposal.repository);
  if (!repository) return refused('The folder of this proposal is not open any more.');
  const files = proposal.result.files.filter(changesAnything);
  const placed: PlacedFile[] = [];
  for (const file of files) {
    const owner = repositoryOf(proposal, file, repositories);
    const reason = owner ? await whyNotNow(owner, file) : 'is in a folder that is not open any more';
    if (!owner || reason !== null) {
      return refused(`Nothing was written: ${shownPath(file)} ${reason ?? ''}.`);
    }
    placed.push({ repository: owner, file });
  }
  const unseen = proposals.notYetShown(id);
  if (unseen.length > 0) return { kind: 'review', paths: unseen.map(shownPath) };
  return write(placed, () => proposals.forget(id));
}

/** A proposed file with the folder that it is for. */
interface PlacedFile {
  readonly repository: WorkspaceRepository;
  readonly file: ProposedFile;
}

/** The editor refuses an edit of a document that it read again from disk meanwhile: then the edit is made anew. */
const ATTEMPTS = 3;

/** By then what the editor read has mostly reached the extension. */
const SETTLES_AFTER_MS = 150;

async function write(files: readonly PlacedFile[], onWritten: () => void): Promise<ApplyOutcome> {
  let toSave: readonly vscode.TextDocument[] = [];
  for (let attempt = 1; ; attempt++) {
    const { edit, documents } = await editOf(files);
    // What the person has not saved yet stays theirs to save.
    toSave = documents.filter((document) => !document.isDirty);
    if (await vscode.workspace.applyEdit(edit)) break;
    if (attempt === ATTEMPTS) return refused('The editor did not take the change; nothing was written.');
    await new Promise((resolve) => setTimeout(resolve, attempt * SETTLES_AFTER_MS));
    for (const { repository, file } of files) {
      const reason = await whyNotNow(repository, file);
      if (reason !== null) return refused(`Nothing was written: ${shownPath(file)} ${reason}.`);
    }
  }
  const unsaved: string[] = [];
  for (const document of toSave) {
    if (!(await document.save())) unsaved.push(vscode.workspace.asRelativePath(document.uri));
  }
  if (unsaved.length > 0) {
    return refused(
      `The change stands in the editor, and could not be saved: ${unsaved.join(', ')}. Save it there, or undo it.`,
    );
  }
  onWritten();
  return { kind: 'applied', paths: files.map(({ file }) => shownPath(file)) };
}

/** The change of some files as one edit of the editor, with the documents that it changes. */
export async function editFor(
  repository: WorkspaceRepository,
  files: readonly ProposedFile[],
): Promise<PreparedEdit> {
  return editOf(files.map((file) => ({ repository, file })));
}

/** One edit of the editor, with the documents that it changes. */
interface PreparedEdit {
  readonly edit: vscode.WorkspaceEdit;
  readonly documents: readonly vscode.TextDocument[];
}

async function editOf(files: readonly PlacedFile[]): Promise<PreparedEdit> {
  const edit = new vscode.WorkspaceEdit();
  const documents: vscode.TextDocument[] = [];
  for (const { repository, file } of files) {
    const uri = uriIn(repository.folder, file.path);
    if (file.before === null) {
      edit.createFile(uri, { overwrite: false, contents: new TextEncoder().encode(file.after) });
      continue;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    documents.push(document);
    const { span, text } = replacedSpan(document.getText(), file.after);
    const range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
    edit.replace(uri, range, text);
  }
  return { edit, documents };
}

/** Completes "<path> …" where the file may not be written or is not what the difference was made against. */
async function whyNotNow(repository: WorkspaceRepository, file: ProposedFile): Promise<string | null> {
  const [{ whyNotWritable }, { createNodeFiles }] = await Promise.all([
    import('../../adapters/file-writer'),
    import('../../adapters/node-files'),
  ]);
  const root = repository.folder.fsPath;
  const onDisk = await createNodeFiles(root).read(file.path);
  const unsaved = repository.unsavedTexts().get(file.path);
  // What the person has typed counts, not what they saved before it.
  const now = unsaved ?? (onDisk.ok ? onDisk.text : null);
  const disk = onDisk.ok ? onDisk.text : null;
  const reason = await whyNotWritable(root, { ...file, before: disk });
  if (reason !== null) return reason;
  if (file.before === null) {
    return now === null ? null : 'has appeared since; run the command again to see the difference';
  }
  if (now === null) return 'was removed since; run the command again';
  return sameText(now, file.before) ? null : 'changed since the difference was made; run the command again';
}

function refused(message: string): ApplyOutcome {
  return { kind: 'refused', message };
}
