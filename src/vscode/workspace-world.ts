import * as vscode from 'vscode';
import type { Parsers } from '../core/ports';
import { pathIn } from './places';
import type { Repositories, Repository, WorldResult } from './repositories';

/** A folder of the workspace as a repository. */
export interface WorkspaceRepository extends Repository {
  readonly folder: vscode.Uri;
  /** Unsaved documents of the folder by path, as they stand in the editor. */
  unsavedTexts(): ReadonlyMap<string, string>;
  /** Paths of the documents that the editor holds open. */
  openPaths(): ReadonlySet<string>;
}

/** The folders of the workspace as repositories, with the way back from a document. */
export interface WorkspaceRepositories extends Repositories {
  all(): readonly WorkspaceRepository[];
  byKey(key: string): WorkspaceRepository | null;
  current(): WorkspaceRepository | null;
  /** The repository that a document belongs to, and its path there; null for a document outside. */
  ofUri(uri: vscode.Uri): { readonly repository: WorkspaceRepository; readonly path: string } | null;
  /** The parsers that all repositories share; loaded when first asked for. */
  parsers(): Promise<Parsers>;
}

/** Makes worlds for the folders that are open; each is read anew, so a folder that comes or goes needs no event. */
export function createWorkspaceRepositories(): WorkspaceRepositories {
  // WebAssembly is loaded once, by the first run that needs it; `activate` must not wait for it.
  let parsers: Promise<Parsers> | null = null;
  const loadParsers = (): Promise<Parsers> =>
    (parsers ??= import('../adapters/parsers').then(({ createParsers }) => createParsers()));

  const all = (): readonly WorkspaceRepository[] =>
    (vscode.workspace.workspaceFolders ?? [])
      .filter((folder) => folder.uri.scheme === 'file')
      .map((folder) => repositoryOf(folder, loadParsers));
  const ofUri: WorkspaceRepositories['ofUri'] = (uri) => {
    const owner = vscode.workspace.getWorkspaceFolder(uri);
    const repository = owner ? all().find((each) => each.key === owner.uri.toString()) : undefined;
    const path = repository ? pathIn(repository.folder, uri) : null;
    return repository && path !== null ? { repository, path } : null;
  };
  return {
    all,
    byKey: (key) => all().find((repository) => repository.key === key) ?? null,
    current: () => {
      const active = vscode.window.activeTextEditor?.document.uri;
      return (active ? ofUri(active)?.repository : null) ?? all()[0] ?? null;
    },
    ofUri,
    parsers: loadParsers,
  };
}

function repositoryOf(
  folder: vscode.WorkspaceFolder,
  loadParsers: () => Promise<Parsers>,
): WorkspaceRepository {
  const documents = (): readonly { readonly path: string; readonly document: vscode.TextDocument }[] =>
    vscode.workspace.textDocuments.flatMap((document) => {
      const path = document.isClosed ? null : pathIn(folder.uri, document.uri);
      return path === null ? [] : [{ path, document }];
    });
  // Only unsaved ones: the editor keeps a saved document for a while after its tab and even its file are gone.
  const unsavedTexts = (): ReadonlyMap<string, string> =>
    new Map(
      documents()
        .filter(({ document }) => document.isDirty)
        .map(({ path, document }) => [path, document.getText()]),
    );
  return {
    key: folder.uri.toString(),
    name: folder.name,
    folder: folder.uri,
    unsavedTexts,
    openPaths: () => new Set(documents().map(({ path }) => path)),
    world: () => openWorld(folder, unsavedTexts(), loadParsers),
  };
}

async function openWorld(
  folder: vscode.WorkspaceFolder,
  unsavedTexts: ReadonlyMap<string, string>,
  loadParsers: () => Promise<Parsers>,
): Promise<WorldResult> {
  // Loaded here and not above: the engine is large, and activation must not wait for it.
  const [
    { createNodeFiles },
    { createReportFiles },
    { overlayFiles },
    { createGitHistory },
    { createRuleChecker },
    { systemClock },
    { defaultConfiguration },
    { openConfiguration },
    parsers,
  ] = await Promise.all([
    import('../adapters/node-files'),
    import('../adapters/report-files'),
    import('../core/gate/overlay'),
    import('../adapters/git-history'),
    import('../adapters/promtool'),
    import('../adapters/clock'),
    import('../core/gate/configuration'),
    import('../core/gate/open-configuration'),
    loadParsers(),
  ]);
  const root = folder.uri.fsPath;
  const isTrusted = vscode.workspace.isTrusted;
  const files = overlayFiles(createNodeFiles(root), unsavedTexts);
  const path = configurationPath(folder.uri, isTrusted);
  const opened = await openConfiguration(files, path, { isRequired: false });
  if (!opened.ok) {
    const sentences = opened.problems.map(
      ({ path: at, line, message }) => `${at === path ? '' : `${at} `}line ${line}: ${message}`,
    );
    return {
      ok: false,
      message:
        sentences.length === 0
          ? `${opened.reason}.`
          : `The configuration ${path} is wrong; mend it and run again. ${sentences.join('; ')}`,
      problems: opened.problems,
    };
  }
  // In an untrusted workspace no configured path is used and nothing goes to the network.
  const { releaseFolder, operationsFolder, isOnline } = defaultConfiguration;
  const configuration = isTrusted
    ? opened.configuration
    : {
        ...opened.configuration,
        releaseFolder,
        operationsFolder,
        isOnline,
        // Evidence is looked for in the usual places only, and no program is named.
        readiness: { ...opened.configuration.readiness, evidence: {}, ticketsCommand: null },
      };
  return {
    ok: true,
    configurationPath: path,
    world: {
      files,
      reports: createReportFiles(root),
      history: createGitHistory(root, { isTrusted }),
      clock: systemClock,
      parsers,
      configuration,
      // No program runs in an untrusted workspace.
      ruleChecker: isTrusted ? createRuleChecker() : null,
    },
  };
}

/** Where the configuration is; what a folder's own settings say counts only where the person trusts the folder. */
export function configurationPath(folder: vscode.Uri, isTrusted: boolean): string {
  const usual = '.github/release-gate.yml';
  if (!isTrusted) return usual;
  return vscode.workspace.getConfiguration('releaseGate', folder).get('configurationFile', usual) || usual;
}
