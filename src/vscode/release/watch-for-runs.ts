import * as vscode from 'vscode';
import { uriIn } from '../places';
import type { Workbench } from '../workbench';
import { configurationPath, type WorkspaceRepository } from '../workspace-world';
import { isGoneNow, type ReleaseParts } from './release-commands';

const JOURNALS = '**/*.journal/journal.jsonl';
const JOURNAL_PATH = /^(.+)\/([^/]+)\.journal\/journal\.jsonl$/;
const JOURNAL_FOLDER = /^(.+)\.journal$/;

/** How often the folders of releases are looked at, where the system tells of no change. */
const LOOK_MS = 3000;

/** So many runs that appear at once are looked at, the last begun; a branch that is checked out can bring hundreds. */
const MAX_AT_ONCE = 5;

/** A folder without a journal that can be read is looked at so often. */
const MAX_LOOKS = 20;

/**
 * Sees runs that were started elsewhere, at a terminal or in another window: they are in the status bar and ask here too,
 * and each is told of once. Runs whose process is gone are nobody's news. The system's word of a change makes it quick; a
 * look at the folder of releases every few seconds makes it sure.
 */
export function watchForRuns(
  context: vscode.ExtensionContext,
  { repositories, person, log }: Workbench,
  parts: ReleaseParts,
): void {
  /** Runs that were told of, or are not to be. */
  const settled = new Set<string>();
  const looking = new Set<string>();
  const looks = new Map<string, number>();
  /** What stands in each folder of releases and needs no look; by repository and folder. */
  const known = new Map<string, Set<string>>();

  /** Whether a run needs no further look: one whose journal has no line yet does. */
  const look = async (
    repository: WorkspaceRepository,
    releaseFolder: string,
    id: string,
  ): Promise<boolean> => {
    const key = `${repository.key}\n${id}`;
    if (settled.has(key)) return true;
    if (looking.has(key) || parts.isStarting || !vscode.workspace.isTrusted) return false;
    looking.add(key);
    try {
      const { isRunId } = await import('../../core/release/run-name');
      const isFollowed = parts.runs
        .all()
        .some((run) => run.repository.key === repository.key && run.id === id);
      const run = isFollowed || !isRunId(id) ? null : await parts.runs.follow(repository, releaseFolder, id);
      if (!isFollowed && isRunId(id) && !run?.state().run) {
        // Its folder is made before its journal, and that before its first line.
        looks.set(key, (looks.get(key) ?? 0) + 1);
        return (looks.get(key) ?? 0) >= MAX_LOOKS;
      }
      settled.add(key);
      looks.delete(key);
      const identity = run?.state().run;
      if (!run || !identity || run.state().phase === 'ended' || (await isGoneNow(run))) return true;
      // Not awaited: it stands there for as long as nobody reads it.
      void person
        .tell(`A release runs: ${identity.version} to ${identity.environment}.`, 'Follow')
        .then((pressed) => (pressed === 'Follow' ? parts.panels.show(run) : undefined));
      return true;
    } finally {
      looking.delete(key);
    }
  };
  const guarded = (work: Promise<unknown>): void => {
    work.catch((error: unknown) => log.fault('A run could not be looked at', error));
  };
  const changed = (uri: vscode.Uri): void => {
    const place = repositories.ofUri(uri);
    const match = place && JOURNAL_PATH.exec(place.path);
    const [, folder = '', id = ''] = match ?? [];
    if (place && id !== '') guarded(look(place.repository, folder, id));
  };

  const folderOf = releaseFolders();
  const lookIn = async (repository: WorkspaceRepository): Promise<void> => {
    const folder = await folderOf(repository);
    const key = `${repository.key}\n${folder}`;
    const ids = await runsIn(repository, folder);
    const before = known.get(key);
    // Those that are gone may come again, as another branch does.
    const now = new Set(before ? ids.filter((id) => before.has(id)) : []);
    known.set(key, now);
    const fresh = ids.filter((id) => !now.has(id));
    if (fresh.length === 0) return;
    const { byBeginning } = await import('../../core/release/run-name');
    const latest = [...fresh].sort(byBeginning).slice(before ? -MAX_AT_ONCE : -1);
    for (const id of fresh) if (!latest.includes(id)) now.add(id);
    for (const id of latest) if (await look(repository, folder, id)) now.add(id);
  };
  let isLooking = false;
  const lookAround = async (): Promise<void> => {
    if (isLooking || !vscode.workspace.isTrusted) return;
    isLooking = true;
    try {
      for (const repository of repositories.all()) await lookIn(repository);
    } finally {
      isLooking = false;
    }
  };
  const watcher = vscode.workspace.createFileSystemWatcher(JOURNALS);
  const timer = setInterval(() => guarded(lookAround()), LOOK_MS);
  context.subscriptions.push(watcher, watcher.onDidCreate(changed), watcher.onDidChange(changed), {
    dispose: () => clearInterval(timer),
  });
  guarded(lookAround());
}

/** The ids of the runs in a folder, by the names of their folders alone. */
async function runsIn(repository: WorkspaceRepository, folder: string): Promise<readonly string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(uriIn(repository.folder, folder));
    return entries.flatMap(([name, type]) => {
      const id = JOURNAL_FOLDER.exec(name)?.[1];
      return type === vscode.FileType.Directory && id !== undefined ? [id] : [];
    });
  } catch {
    // Nothing was released here yet.
    return [];
  }
}

/** Where the runs of a repository stand; its configuration is read again only where its text has changed. */
function releaseFolders(): (repository: WorkspaceRepository) => Promise<string> {
  const read = new Map<string, { readonly text: string; readonly folder: string }>();
  return async (repository) => {
    const path = configurationPath(repository.folder, vscode.workspace.isTrusted);
    const text = await textOf(uriIn(repository.folder, path));
    const before = read.get(repository.key);
    if (before?.text === text) return before.folder;
    const { defaultRelease, releasePathsOf } = await import('../../core/evidence/release-settings');
    let settings = defaultRelease;
    // Most say nothing of it, and the reader of the configuration need not be loaded.
    if (/\b(?:release|extends)\b/.test(text)) {
      const [{ openConfiguration }, { createNodeFiles }] = await Promise.all([
        import('../../core/gate/open-configuration'),
        import('../../adapters/node-files'),
      ]);
      const files = createNodeFiles(repository.folder.fsPath);
      const opened = await openConfiguration(files, path, { isRequired: false });
      if (opened.ok) settings = opened.configuration.release;
    }
    const folder = releasePathsOf(settings).releaseFolder;
    read.set(repository.key, { text, folder });
    return folder;
  };
}

async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return '';
  }
}
