import * as vscode from 'vscode';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import { isGoneNow, type ReleaseParts } from './release-commands';

const JOURNALS = '**/*.journal/journal.jsonl';
const JOURNAL_PATH = /^(.+)\/([^/]+)\.journal\/journal\.jsonl$/;

/** A repository with more runs than these has its newest in the same folder. */
const MAX_JOURNALS = 500;

/**
 * Sees runs that were started elsewhere, at a terminal or in another window: they are in the status bar and ask here too,
 * and each is told of once. Runs whose process is gone are nobody's news.
 */
export function watchForRuns(
  context: vscode.ExtensionContext,
  { repositories, person, log }: Workbench,
  parts: ReleaseParts,
): void {
  const seen = new Set<string>();
  const look = async (repository: WorkspaceRepository, releaseFolder: string, id: string): Promise<void> => {
    const key = `${repository.key}\n${id}`;
    if (seen.has(key)) return;
    const { isRunId } = await import('../../core/release/run-name');
    if (seen.has(key) || !isRunId(id) || parts.isStarting || !vscode.workspace.isTrusted) return;
    if (parts.runs.all().some((run) => run.repository.key === repository.key && run.id === id)) return;
    seen.add(key);
    const run = await parts.runs.follow(repository, releaseFolder, id);
    if (!run || run.state().phase === 'ended' || (await isGoneNow(run))) return;
    const { version, environment } = run.state().run ?? { version: id, environment: '' };
    const pressed = await person.tell(`A release runs: ${version} to ${environment}.`, 'Follow');
    if (pressed === 'Follow') parts.panels.show(run);
  };
  const guarded = (work: Promise<void>): void => {
    work.catch((error: unknown) => log.fault('A run could not be looked at', error));
  };
  const changed = (uri: vscode.Uri): void => {
    const place = repositories.ofUri(uri);
    const match = place && JOURNAL_PATH.exec(place.path);
    const [, folder = '', id = ''] = match ?? [];
    if (place && id !== '') guarded(look(place.repository, folder, id));
  };
  // Only what stands there already, by its name: the engine is not loaded for it.
  const lookAround = async (): Promise<void> => {
    if (!vscode.workspace.isTrusted) return;
    const found = await vscode.workspace.findFiles(JOURNALS, '**/node_modules/**', MAX_JOURNALS);
    if (found.length === 0) return;
    const { listRuns } = await import('../../adapters/release/journal-store');
    const folders = new Map<string, { readonly repository: WorkspaceRepository; readonly folder: string }>();
    for (const uri of found) {
      const place = repositories.ofUri(uri);
      const folder = place && JOURNAL_PATH.exec(place.path)?.[1];
      if (place && folder) folders.set(uri.toString(), { repository: place.repository, folder });
    }
    const told = new Set<string>();
    for (const { repository, folder } of folders.values()) {
      if (told.has(`${repository.key}\n${folder}`)) continue;
      told.add(`${repository.key}\n${folder}`);
      const [newest] = await listRuns(repository.folder.fsPath, folder);
      if (newest && !newest.isEnded) await look(repository, folder, newest.id);
    }
  };
  const watcher = vscode.workspace.createFileSystemWatcher(JOURNALS);
  context.subscriptions.push(
    watcher,
    watcher.onDidCreate(changed),
    watcher.onDidChange(changed),
    // Where the system tells of no change: when the person comes back from wherever it was started.
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused) guarded(lookAround());
    }),
  );
  guarded(lookAround());
}
