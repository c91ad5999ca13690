import { lstat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { AssessRun } from '../../core/readiness/assess-release';
import type { Outside } from '../../adapters/outside';
import type { World } from '../../core/tasks/task';
import type { ReadinessView } from '../../core/readiness/view';
import type { Log } from '../log';
import type { Person } from '../person';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';

/** How long a new file waits before it is asked whether the repository reads it. */
const NEW_FILE_DELAY_MS = 500;

/** Which release is judged; what is null is proposed from the change and the repository. */
export interface AskedRelease {
  readonly version: string | null;
  readonly environment: string | null;
}

/** The engine's word on one release, at one moment. */
export interface ReleaseJudgement {
  readonly repository: WorkspaceRepository;
  readonly view: ReadinessView;
  readonly judgedAtMs: number;
  /** In an untrusted workspace git is not run, so nothing is known of the change. */
  readonly isRestricted: boolean;
  /** How the version was come by; '' where a person named it. */
  readonly versionFrom: string;
}

/** A judgement, or the sentence why there is none. */
export type JudgeAnswer =
  | { readonly kind: 'judged'; readonly judgement: ReleaseJudgement }
  | { readonly kind: 'not-judged'; readonly message: string };

/** Judges releases, and keeps the latest word on each repository for whoever shows it. */
export interface ReleaseJudge {
  /**
   * Judges now; writes nothing.
   *
   * @param person Who confirms programs that the configuration names; null: none of them runs.
   * @param isKept Whether the judgement becomes the one that the editor shows: not for a model's question.
   */
  judge(
    repository: WorkspaceRepository,
    asked: AskedRelease,
    run: AssessRun,
    person: Person | null,
    isKept: boolean,
  ): Promise<JudgeAnswer>;
  latest(repository: WorkspaceRepository): ReleaseJudgement | null;
  /** What changed since the latest judgement, in words; null where nothing is known to have. */
  changedSince(repository: WorkspaceRepository): string | null;
  /** A judgement was made, or became outdated; the key of its repository. */
  readonly onDidChange: vscode.Event<string>;
}

interface Kept {
  readonly judgement: ReleaseJudgement;
  readonly paths: ReadonlySet<string>;
  changed: string | null;
}

/** Starts without having judged anything; looks at files only once there is a judgement that they could outdate. */
export function createReleaseJudge(
  context: vscode.ExtensionContext,
  repositories: WorkspaceRepositories,
  log: Log,
): ReleaseJudge {
  const kept = new Map<string, Kept>();
  const changed = new vscode.EventEmitter<string>();
  context.subscriptions.push(changed);

  const outdate = (key: string, what: string): void => {
    const known = kept.get(key);
    if (!known || known.changed !== null) return;
    known.changed = what;
    changed.fire(key);
  };
  const fileChanged = (uri: vscode.Uri): void => {
    const place = repositories.ofUri(uri);
    const known = place ? kept.get(place.repository.key) : undefined;
    if (!place || !known || known.changed !== null) return;
    const { path, repository } = place;
    if (path.startsWith('.git/') && !/^\.git\/(?:HEAD|packed-refs|refs\/.*)$/.test(path)) return;
    void isLater(uri, known.judgement.judgedAtMs).then((isChanged) => {
      // What changed before a judgement that was made meanwhile is in it.
      if (!isChanged || kept.get(repository.key) !== known) return;
      if (path.startsWith('.git/')) outdate(repository.key, 'the git history');
      else if (known.paths.has(path)) outdate(repository.key, path);
      else setTimeout(() => void newFile(repository, path, known), NEW_FILE_DELAY_MS);
    });
  };
  /** A new file outdates the judgement if the repository reads it: what git ignores does not. */
  const newFile = async (repository: WorkspaceRepository, path: string, known: Kept): Promise<void> => {
    const isOutdatable = (): boolean => kept.get(repository.key) === known && known.changed === null;
    if (!isOutdatable()) return;
    try {
      const { createNodeFiles } = await import('../../adapters/node-files');
      const { paths } = await createNodeFiles(repository.folder.fsPath).list();
      if (paths.includes(path) && isOutdatable()) outdate(repository.key, path);
    } catch (error) {
      log.fault('A new file could not be looked at', error);
    }
  };
  let isWatching = false;
  const watch = (): void => {
    if (isWatching) return;
    isWatching = true;
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    context.subscriptions.push(
      watcher,
      watcher.onDidChange(fileChanged),
      watcher.onDidCreate(fileChanged),
      watcher.onDidDelete(fileChanged),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const place = repositories.ofUri(document.uri);
        // What stands unsaved in an editor is judged as it stands there.
        if (place && document.isDirty && contentChanges.length > 0) {
          const known = kept.get(place.repository.key);
          if (known?.paths.has(place.path)) outdate(place.repository.key, place.path);
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        for (const key of kept.keys()) outdate(key, 'the trust in this workspace');
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const folder of removed) {
          if (kept.delete(folder.uri.toString())) changed.fire(folder.uri.toString());
        }
      }),
    );
  };

  return {
    onDidChange: changed.event,
    latest: (repository) => kept.get(repository.key)?.judgement ?? null,
    changedSince: (repository) => kept.get(repository.key)?.changed ?? null,
    judge: async (repository, asked, run, person, isKept) => {
      const made = await judgeOnce(repository, asked, run, person);
      if (made.kind === 'not-judged' || run.signal.aborted) return made;
      if (isKept) {
        kept.set(repository.key, { judgement: made.judgement, paths: made.paths, changed: null });
        watch();
        changed.fire(repository.key);
      }
      return made;
    },
  };
}

/**
 * The network where the configuration says `online: true`, and programs that the person confirms one by one. In an untrusted
 * workspace neither: what its configuration says counts for nothing there.
 */
async function outsideOf(
  { configuration }: World,
  repository: WorkspaceRepository,
  person: Person | null,
): Promise<Partial<Outside>> {
  if (!vscode.workspace.isTrusted) return {};
  const [{ openOutside }, { createPrograms }, { confirmedPrograms }] = await Promise.all([
    import('../../adapters/outside'),
    import('../../adapters/programs'),
    import('./confirmed-programs'),
  ]);
  const programs = createPrograms({ folder: repository.folder.fsPath });
  return openOutside(configuration.isOnline, person && confirmedPrograms(programs, person));
}

/** Whether a file changed, or went, after a moment: the watcher tells of some changes long after they happened. */
async function isLater(uri: vscode.Uri, sinceMs: number): Promise<boolean> {
  // The folder of a file that is gone changed when it went.
  for (const path of [uri.fsPath, vscode.Uri.joinPath(uri, '..').fsPath]) {
    try {
      return (await lstat(path)).ctimeMs > sinceMs;
    } catch {
      continue;
    }
  }
  return true;
}

async function judgeOnce(
  repository: WorkspaceRepository,
  asked: AskedRelease,
  run: AssessRun,
  person: Person | null,
): Promise<
  | (Extract<JudgeAnswer, { kind: 'judged' }> & { readonly paths: ReadonlySet<string> })
  | Extract<JudgeAnswer, { kind: 'not-judged' }>
> {
  const isRestricted = !vscode.workspace.isTrusted;
  const [
    opened,
    { gatherFacts },
    { judgeReadiness },
    { readinessView },
    { proposeRelease },
    { HistoryFailure },
  ] = await Promise.all([
    repository.world(),
    import('../../core/readiness/gather'),
    import('../../core/readiness/judge'),
    import('../../core/readiness/view'),
    import('../../core/tasks/propose-release'),
    import('../../core/ports'),
  ]);
  if (!opened.ok) return { kind: 'not-judged', message: opened.message };
  run.signal.throwIfAborted();
  try {
    const proposed =
      asked.version !== null && asked.environment !== null ? null : await proposeRelease(opened.world, run);
    const version = asked.version ?? proposed?.version ?? null;
    if (version === null) {
      return {
        kind: 'not-judged',
        message:
          'Nothing tells which version is released: name it, and the release is judged. Nothing was assumed.',
      };
    }
    const environment = asked.environment ?? proposed?.environments[0] ?? 'production';
    const judgedAtMs = opened.world.clock.now().getTime();
    const world = { ...opened.world, ...(await outsideOf(opened.world, repository, person)) };
    const gathered = await gatherFacts(world, { version, environment, base: null, head: null }, run);
    run.signal.throwIfAborted();
    if (!gathered.ok)
      return { kind: 'not-judged', message: `The release cannot be judged: ${gathered.reason}.` };
    return {
      kind: 'judged',
      paths: gathered.facts.paths,
      judgement: {
        repository,
        view: readinessView(judgeReadiness(gathered.facts)),
        judgedAtMs,
        isRestricted,
        versionFrom: asked.version === null ? (proposed?.from ?? '') : '',
      },
    };
  } catch (error) {
    if (!(error instanceof HistoryFailure)) throw error;
    return { kind: 'not-judged', message: `The change cannot be read: ${error.message}.` };
  }
}
