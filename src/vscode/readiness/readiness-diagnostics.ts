import * as vscode from 'vscode';
import type { ViewMark } from '../../core/readiness/view';
import { editorRange, uriIn } from '../places';
import type { WorkspaceRepositories } from '../workspace-world';
import type { ReleaseJudge, ReleaseJudgement } from './release-judge';

/** The source that these diagnostics carry: they are not those of the check, and have no fixes. */
export const READINESS_SOURCE = 'release-gate readiness';

/** Marks the lines that speak against the release last judged; a later judgement takes away what it no longer says. */
export function registerReadinessDiagnostics(
  context: vscode.ExtensionContext,
  repositories: WorkspaceRepositories,
  judge: ReleaseJudge,
): void {
  const diagnostics = vscode.languages.createDiagnosticCollection(READINESS_SOURCE);
  /** The files that are marked, by repository: one that goes away takes its marks along. */
  const marked = new Map<string, readonly vscode.Uri[]>();
  const shown = new Map<string, ReleaseJudgement>();
  const publish = (key: string): void => {
    const repository = repositories.byKey(key);
    const judgement = repository ? judge.latest(repository) : null;
    // Outdated marks stay: the panel says that they are, and the next judgement replaces them.
    if (judgement !== null && shown.get(key) === judgement) return;
    for (const uri of marked.get(key) ?? []) diagnostics.delete(uri);
    marked.delete(key);
    shown.delete(key);
    if (!repository || !judgement) return;
    shown.set(key, judgement);
    const byPath = new Map<string, vscode.Diagnostic[]>();
    for (const mark of judgement.view.marks) {
      const list = byPath.get(mark.path) ?? [];
      list.push(diagnosticOf(mark, judgement, context.extensionUri));
      byPath.set(mark.path, list);
    }
    const uris: vscode.Uri[] = [];
    for (const [path, list] of byPath) {
      const uri = uriIn(repository.folder, path);
      diagnostics.set(uri, list);
      uris.push(uri);
    }
    marked.set(key, uris);
  };
  context.subscriptions.push(diagnostics, judge.onDidChange(publish));
}

function diagnosticOf(
  mark: ViewMark,
  { view }: ReleaseJudgement,
  extensionUri: vscode.Uri,
): vscode.Diagnostic {
  const state = mark.state === 'unknown' ? 'Unknown: ' : '';
  const diagnostic = new vscode.Diagnostic(
    mark.range ? editorRange(mark.range) : new vscode.Range(0, 0, 0, 0),
    `${view.version} to ${view.environment}: ${state}${mark.message}`,
    severityOf(mark),
  );
  diagnostic.source = READINESS_SOURCE;
  diagnostic.code = {
    value: mark.condition,
    target: vscode.Uri.joinPath(extensionUri, 'docs', `${mark.page}.md`),
  };
  return diagnostic;
}

/** What is not known blocks the verdict but is no proven fault of this line. */
function severityOf({ state, isBlocking }: ViewMark): vscode.DiagnosticSeverity {
  if (state === 'fails') {
    return isBlocking ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
  }
  return isBlocking ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
}
