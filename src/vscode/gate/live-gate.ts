import * as vscode from 'vscode';
import type { Finding } from '../../core/gate/report';
import { isCancellation } from '../chat/outcome';
import type { Log } from '../log';
import { editorRange, uriIn } from '../places';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';
import { problemOf, type ProblemLevel } from './problem';
import type { Judgement, WorkspaceGate } from './workspace-gate';

/** The source that our diagnostics carry. */
export const DIAGNOSTIC_SOURCE = 'release-gate';

/** Languages in which what the gate reads is written. */
export const GATE_LANGUAGES = ['yaml', 'github-actions-workflow', 'markdown'] as const;

/** One repository's next judging, or its last. */
interface Waiting {
  readonly timer: NodeJS.Timeout;
  readonly controller: AbortController;
  /** It asks git nothing new. */
  readonly isTyping: boolean;
  isDone?: true;
}

/** Diagnostics that follow the typing. */
export interface LiveGate {
  /** From now on all findings of the repository are shown, not only those of open files. */
  showAll(repository: WorkspaceRepository): void;
}

/**
 * Keeps the Problems view in step with open workflows and documents: a change judges its repository after a short
 * pause, a newer change cancels the judging of an older one.
 */
export function registerLiveGate(
  context: vscode.ExtensionContext,
  repositories: WorkspaceRepositories,
  gate: WorkspaceGate,
  log: Log,
): LiveGate {
  const diagnostics = vscode.languages.createDiagnosticCollection(DIAGNOSTIC_SOURCE);
  const waiting = new Map<string, Waiting>();
  const whole = new Set<string>();

  const schedule = (repository: WorkspaceRepository, delayMs: number, isKeystroke = false): void => {
    const before = waiting.get(repository.key);
    if (before) {
      clearTimeout(before.timer);
      before.controller.abort();
    }
    const controller = new AbortController();
    // A keystroke starts no git; one that overtakes a judging that would have asked git asks in its place.
    const isTyping = isKeystroke && (before?.isDone ?? before?.isTyping ?? false);
    const timer = setTimeout(() => {
      gate
        .judge(repository, controller.signal, { isTyping })
        .then(() => {
          entry.isDone = true;
        })
        .catch((error: unknown) => {
          if (!isCancellation(error, controller.signal)) log.fault('The live check failed', error);
        });
    }, delayMs);
    const entry: Waiting = { timer, controller, isTyping };
    waiting.set(repository.key, entry);
  };
  const changed = (document: vscode.TextDocument, delayMs: number, isKeystroke = false): void => {
    const place = repositories.ofUri(document.uri);
    if (!place) return;
    // A change that leaves nothing to save came from the disk.
    if (!document.isDirty) gate.changedOnDisk(place.repository, place.path);
    const settings = vscode.workspace.getConfiguration('releaseGate', document.uri);
    if (!settings.get('live.enabled', true)) return;
    if (place.path.startsWith('.github/') || diagnostics.has(document.uri)) {
      schedule(place.repository, delayMs, isKeystroke);
    } else if (document.languageId === 'markdown') {
      void isKnownDocument(place.path, document).then((isKnown) => {
        if (isKnown) schedule(place.repository, delayMs, isKeystroke);
      });
    } else {
      void import('../../core/gate/judged-paths').then(({ isJudgedPath }) => {
        if (isJudgedPath(place.path)) schedule(place.repository, delayMs, isKeystroke);
      });
    }
  };
  const delayOf = (document: vscode.TextDocument): number =>
    Math.max(50, vscode.workspace.getConfiguration('releaseGate', document.uri).get('live.delay', 250));
  const judgeOpen = (): void => {
    for (const document of vscode.workspace.textDocuments) changed(document, 0);
  };
  const show = (judgement: Judgement): void => {
    publish(judgement, diagnostics, whole.has(judgement.repository.key), context.extensionUri);
  };

  const watcher = vscode.workspace.createFileSystemWatcher(
    '**/.github/{workflows/*,release-gate.yml,release-gate-baseline.json,release-gate-pins.json}',
  );
  const onDisk = (uri: vscode.Uri): void => {
    const place = repositories.ofUri(uri);
    if (!place) return;
    gate.changedOnDisk(place.repository, place.path);
    if (gate.latest(place.repository)) schedule(place.repository, 250);
  };
  context.subscriptions.push(
    diagnostics,
    watcher,
    watcher.onDidChange(onDisk),
    watcher.onDidCreate(onDisk),
    watcher.onDidDelete(onDisk),
    gate.onDidJudge(show),
    vscode.workspace.onDidOpenTextDocument((document) => changed(document, 0)),
    vscode.workspace.onDidChangeTextDocument(({ document }) =>
      changed(document, delayOf(document), document.isDirty),
    ),
    vscode.workspace.onDidSaveTextDocument((document) => changed(document, 0)),
    vscode.workspace.onDidCloseTextDocument((document) => {
      const place = repositories.ofUri(document.uri);
      if (place && !whole.has(place.repository.key)) diagnostics.delete(document.uri);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(judgeOpen),
    vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => {
      for (const folder of removed) {
        gate.forget(folder.uri.toString());
        whole.delete(folder.uri.toString());
        diagnostics.forEach((uri) => {
          if (uri.path.startsWith(`${folder.uri.path}/`)) diagnostics.delete(uri);
        });
      }
      judgeOpen();
    }),
    {
      dispose: () => {
        for (const { timer, controller } of waiting.values()) {
          clearTimeout(timer);
          controller.abort();
        }
      },
    },
  );
  judgeOpen();
  return {
    showAll: (repository) => {
      whole.add(repository.key);
      const latest = gate.latest(repository);
      if (latest) show(latest);
    },
  };
}

/** Whether the gate reads this document at all: most Markdown is none of its business, and wakes nothing up. */
async function isKnownDocument(path: string, document: vscode.TextDocument): Promise<boolean> {
  const [{ documentKinds }, { readFrontMatter }] = await Promise.all([
    import('../../core/documents/index'),
    import('../../core/text/front-matter'),
  ]);
  const matter = readFrontMatter(document.getText());
  return documentKinds.some((kind) => kind.recognises(path, matter.ok ? matter.data : {}));
}

function publish(
  judgement: Judgement,
  diagnostics: vscode.DiagnosticCollection,
  isWhole: boolean,
  extensionUri: vscode.Uri,
): void {
  const { repository } = judgement;
  const open = repository.openPaths();
  const byPath = new Map<string, vscode.Diagnostic[]>();
  const add = (path: string, diagnostic: vscode.Diagnostic): void => {
    if (!isWhole && !open.has(path)) return;
    byPath.set(path, [...(byPath.get(path) ?? []), diagnostic]);
  };
  switch (judgement.kind) {
    case 'judged':
      for (const finding of judgement.report.findings) {
        add(finding.path, diagnosticOf(finding, repository, extensionUri));
      }
      break;
    case 'not-judged':
      for (const problem of judgement.problems) {
        const at = new vscode.Position(problem.line - 1, problem.column - 1);
        const diagnostic = new vscode.Diagnostic(new vscode.Range(at, at), problem.message);
        diagnostic.source = DIAGNOSTIC_SOURCE;
        add(problem.path, diagnostic);
      }
      break;
  }
  diagnostics.forEach((uri) => {
    if (uri.path.startsWith(`${repository.folder.path}/`) || uri.path === repository.folder.path) {
      const path = uri.path.slice(repository.folder.path.length + 1);
      if (!byPath.has(path === '' ? '.' : path)) diagnostics.delete(uri);
    }
  });
  for (const [path, list] of byPath) diagnostics.set(uriIn(repository.folder, path), list);
}

function diagnosticOf(
  finding: Finding,
  repository: WorkspaceRepository,
  extensionUri: vscode.Uri,
): vscode.Diagnostic {
  const problem = problemOf(finding);
  const range = problem.range ? editorRange(problem.range) : new vscode.Range(0, 0, 0, 0);
  const diagnostic = new vscode.Diagnostic(range, problem.message, severityOf(problem.level));
  diagnostic.source = DIAGNOSTIC_SOURCE;
  diagnostic.code = {
    value: finding.rule,
    target: vscode.Uri.joinPath(extensionUri, 'docs', 'rules', `${finding.rule}.md`),
  };
  diagnostic.relatedInformation = problem.related.map(
    ({ message, path, range: place }) =>
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(
          uriIn(repository.folder, path),
          place ? editorRange(place) : new vscode.Position(0, 0),
        ),
        message,
      ),
  );
  return diagnostic;
}

function severityOf(level: ProblemLevel): vscode.DiagnosticSeverity {
  switch (level) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    case 'information':
      return vscode.DiagnosticSeverity.Information;
    case 'hint':
      return vscode.DiagnosticSeverity.Hint;
  }
}
