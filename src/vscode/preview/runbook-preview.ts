import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { COMMANDS } from '../commands/names';
import { proposedUri, shownBy } from '../proposals/proposed-documents';
import { isMessage } from '../webview-page';
import type { Workbench } from '../workbench';
import { contentsHtml, previewPage } from './preview-page';
import { readPreview } from './read-preview';

const VIEW_TYPE = 'releaseGate.preview';

/** How long a preview waits after a keystroke. */
const UPDATE_DELAY_MS = 200;

/** The runbook preview: beside the text, in step with it, and back after a restart of the window. */
export function registerRunbookPreview(context: vscode.ExtensionContext, workbench: Workbench): void {
  const panels = new Map<string, vscode.WebviewPanel>();

  const connect = (panel: vscode.WebviewPanel, uri: vscode.Uri): void => {
    const key = uri.toString();
    panels.set(key, panel);
    const media = vscode.Uri.joinPath(context.extensionUri, 'media');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.iconPath = vscode.Uri.joinPath(media, 'icon.png');
    const update = (): void => {
      void send(panel, uri, workbench).catch((error: unknown) =>
        workbench.log.fault('The preview could not be made', error),
      );
    };
    let timer: NodeJS.Timeout | null = null;
    const later = (): void => {
      if (timer) clearTimeout(timer);
      timer = setTimeout(update, UPDATE_DELAY_MS);
    };
    const listeners = [
      panel.webview.onDidReceiveMessage(async (message: unknown) => {
        if (isMessage(message, 'ready')) update();
        if (isMessage(message, 'open') && typeof message['address'] === 'string') {
          await openBeside(uri, message['address'], workbench);
        }
        if (isMessage(message, 'copy') && typeof message['command'] === 'string') {
          await vscode.env.clipboard.writeText(message['command']);
          await panel.webview.postMessage({ type: 'copied' });
        }
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === key) later();
      }),
      workbench.gate.onDidJudge(({ repository }) => {
        if (workbench.repositories.ofUri(uri)?.repository.key === repository.key) later();
      }),
    ];
    panel.onDidDispose(() => {
      if (timer) clearTimeout(timer);
      panels.delete(key);
      for (const listener of listeners) listener.dispose();
    });
    panel.webview.html = previewPage({
      cspSource: panel.webview.cspSource,
      styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'preview.css')).toString(),
      scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'preview.js')).toString(),
      nonce: randomBytes(16).toString('hex'),
    });
  };
  const open = (uri: vscode.Uri): void => {
    const existing = panels.get(uri.toString());
    if (existing) {
      existing.reveal(vscode.ViewColumn.Beside);
      return;
    }
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    connect(
      vscode.window.createWebviewPanel(VIEW_TYPE, `Preview ${name}`, vscode.ViewColumn.Beside, {
        enableScripts: true,
        enableFindWidget: true,
      }),
      uri,
    );
  };

  context.subscriptions.push(
    vscode.commands.registerCommand(COMMANDS.previewRunbook, async (given?: unknown) => {
      const uri = given instanceof vscode.Uri ? given : await documentToPreview(workbench);
      if (uri) open(uri);
      return uri?.toString() ?? null;
    }),
    vscode.commands.registerCommand(COMMANDS.previewProposal, (id: string, path: string) => {
      open(proposedUri(id, path));
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const uri =
          typeof state === 'object' && state !== null && 'uri' in state && typeof state.uri === 'string'
            ? vscode.Uri.parse(state.uri)
            : null;
        // A proposal does not outlive the window; a file does.
        if (uri && !shownBy(uri)) connect(panel, uri);
        else panel.dispose();
      },
    }),
  );
}

async function send(panel: vscode.WebviewPanel, uri: vscode.Uri, workbench: Workbench): Promise<void> {
  let text: string;
  try {
    text = (await vscode.workspace.openTextDocument(uri)).getText();
  } catch {
    text = '';
  }
  const place = workbench.repositories.ofUri(uri);
  const path = place?.path ?? shownBy(uri)?.path ?? uri.path;
  const latest = place ? workbench.gate.latest(place.repository) : null;
  const proposed = shownBy(uri);
  const findings =
    latest?.kind === 'judged'
      ? latest.report.findings
      : proposed
        ? (workbench.proposals.get(proposed.id)?.result.findings ?? [])
        : [];
  const content = await readPreview(
    path,
    text,
    findings.filter((finding) => finding.path === path),
  );
  await panel.webview.postMessage({
    type: 'content',
    title: content.title,
    summary: content.summary,
    contents: contentsHtml(content.contents),
    html: content.html,
    state: { uri: uri.toString() },
  });
}

/** Opens a file that a link of the document names, if it is one of the repository. */
async function openBeside(document: vscode.Uri, address: string, workbench: Workbench): Promise<void> {
  const repository = workbench.repositories.ofUri(document)?.repository;
  if (!repository) return;
  const [path = ''] = address.split(/[?#]/, 1);
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    decoded = path;
  }
  const target = decoded.startsWith('/')
    ? vscode.Uri.joinPath(repository.folder, decoded)
    : vscode.Uri.joinPath(document, '..', decoded);
  if (!workbench.repositories.ofUri(target)) return;
  try {
    await vscode.commands.executeCommand('vscode.open', target);
  } catch {
    void workbench.person.warn(`${decoded} cannot be opened.`);
  }
}

/** The open Markdown document, else a runbook of the workspace; the person picks where there are several. */
async function documentToPreview(workbench: Workbench): Promise<vscode.Uri | null> {
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === 'markdown') return active.uri;
  const { documentKinds } = await import('../../core/documents/index');
  const found = (await vscode.workspace.findFiles('**/*.md', '**/node_modules/**', 2_000)).filter((uri) => {
    const place = workbench.repositories.ofUri(uri);
    return place !== null && documentKinds.some((kind) => kind.recognises(place.path, {}));
  });
  const runbooks = found.filter((uri) => /runbook/i.test(uri.path));
  const candidates = runbooks.length > 0 ? runbooks : found;
  if (candidates.length === 0) {
    void workbench.person.warn(
      'There is no runbook to preview; run "Release Gate: Runbook for Deployment" to draft one.',
    );
    return null;
  }
  if (candidates.length === 1) return candidates[0] ?? null;
  const labels = candidates.map((uri) => vscode.workspace.asRelativePath(uri));
  const chosen = await workbench.person.choose('Which document?', labels);
  return chosen === null ? null : (candidates[labels.indexOf(chosen)] ?? null);
}
