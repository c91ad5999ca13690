import * as vscode from 'vscode';
import type { Range } from '../core/text/position';

/** The engine's range (from 1) as the editor's (from 0). */
export function editorRange(range: Range): vscode.Range {
  return new vscode.Range(
    range.start.line - 1,
    range.start.column - 1,
    range.end.line - 1,
    range.end.column - 1,
  );
}

/** A file of a repository; `path` has forward slashes. */
export function uriIn(folder: vscode.Uri, path: string): vscode.Uri {
  return path === '.' ? folder : vscode.Uri.joinPath(folder, ...path.split('/'));
}

/** The path of `uri` from `folder` with forward slashes; null where it is not below it. */
export function pathIn(folder: vscode.Uri, uri: vscode.Uri): string | null {
  if (uri.scheme !== folder.scheme || uri.authority !== folder.authority) return null;
  const base = folder.path.endsWith('/') ? folder.path : `${folder.path}/`;
  return uri.path.startsWith(base) ? uri.path.slice(base.length) : null;
}

/** A token of the editor as a signal; the listener goes when `dispose` is called. */
export function signalOf(token: vscode.CancellationToken): {
  readonly signal: AbortSignal;
  dispose(): void;
} {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const listener = token.onCancellationRequested(() => controller.abort());
  return { signal: controller.signal, dispose: () => void listener.dispose() };
}
