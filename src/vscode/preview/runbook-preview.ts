import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Finding } from '../../core/gate/report';
import { COMMANDS } from '../commands/names';
import { faultSentence } from '../log';
import { proposedUri, shownBy } from '../proposals/proposed-documents';
import type { Workbench } from '../workbench';
import { previewPage } from './preview-page';
import type { KeptValue, PreviewSession } from './preview-session';
import { createRunbookTerminal } from './runbook-terminal';

const VIEW_TYPE = 'releaseGate.preview';

/** How long a preview waits after a keystroke. */
const UPDATE_DELAY_MS = 200;

/** How often elapsed time is said anew while a run is under way. */
const CLOCK_MS = 15_000;

/** The runbook preview: beside the text, in step with it, and back after a restart of the window. */
export function registerRunbookPreview(context: vscode.ExtensionContext, workbench: Workbench): void {
  const panels = new Map<string, { readonly panel: vscode.WebviewPanel; jumpToRollback(): void }>();

  const connect = (panel: vscode.WebviewPanel, uri: vscode.Uri): void => {
    const key = uri.toString();
    const media = vscode.Uri.joinPath(context.extensionUri, 'media');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.iconPath = vscode.Uri.joinPath(media, 'icon.png');
    const fault = (error: unknown): void => workbench.log.fault('The preview could not be made', error);
    const opening = openSession(panel, uri, context, workbench);
    const withSession = (act: (session: PreviewSession) => void | Promise<void>): void => {
      void opening.then(act).catch(fault);
    };
    panels.set(key, { panel, jumpToRollback: () => withSession((session) => session.jumpToRollback()) });
    let shown = '';
    const update = (): void =>
      withSession(async (session) => {
        const { path, text, findings } = await read(uri, workbench);
        // Each judgement of the repository brings its findings anew, and mostly the same.
        const now = JSON.stringify([
          text,
          findings.map(({ rule, severity, status, message, range }) => [
            rule,
            severity,
            status,
            message,
            range,
          ]),
        ]);
        if (now === shown) return;
        shown = now;
        const { readPreview } = await import('./read-preview');
        session.show(readPreview(path, text, findings));
      });
    let timer: NodeJS.Timeout | null = null;
    const later = (): void => {
      if (timer) clearTimeout(timer);
      timer = setTimeout(update, UPDATE_DELAY_MS);
    };
    const clock = setInterval(() => {
      if (panel.visible) withSession((session) => session.refresh());
    }, CLOCK_MS);
    const listeners = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        void opening
          .then((session) => session.receive(message))
          .catch((error: unknown) => {
            workbench.log.fault('The preview could not do what was asked', error);
            void workbench.person.warn(faultSentence('The preview could not do what was asked', error));
          });
      }),
      panel.onDidChangeViewState(() => {
        if (panel.visible) withSession((session) => session.reload());
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.toString() === key) later();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => withSession((session) => session.reload())),
      workbench.gate.onDidJudge(({ repository }) => {
        if (workbench.repositories.ofUri(uri)?.repository.key === repository.key) later();
      }),
    ];
    panel.onDidDispose(() => {
      if (timer) clearTimeout(timer);
      clearInterval(clock);
      panels.delete(key);
      for (const listener of listeners) listener.dispose();
    });
    panel.webview.html = previewPage({
      cspSource: panel.webview.cspSource,
      styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'preview.css')).toString(),
      scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'preview.js')).toString(),
      nonce: randomBytes(16).toString('hex'),
    });
    update();
    withSession((session) => session.reload());
  };
  const open = (uri: vscode.Uri): void => {
    const existing = panels.get(uri.toString());
    if (existing) {
      existing.panel.reveal(vscode.ViewColumn.Beside);
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
    vscode.commands.registerCommand(COMMANDS.goToRollback, () => {
      const shown = [...panels.values()];
      const meant =
        shown.find(({ panel }) => panel.active) ?? shown.find(({ panel }) => panel.visible) ?? shown[0];
      if (meant) {
        meant.panel.reveal();
        meant.jumpToRollback();
      } else void workbench.person.warn('No preview is open; run "Release Gate: Preview Runbook".');
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

/** Makes the session of a panel, with the editor around it. The engine loads here, when a preview is first opened. */
async function openSession(
  panel: vscode.WebviewPanel,
  uri: vscode.Uri,
  context: vscode.ExtensionContext,
  workbench: Workbench,
): Promise<PreviewSession> {
  const [
    { createPreviewSession },
    { createJournalFiles },
    { isJournalName, journalFolder },
    { gitUserName },
    { isProductionName },
    parsers,
  ] = await Promise.all([
    import('./preview-session'),
    import('../../adapters/journal-files'),
    import('../../core/documents/journal'),
    import('../../adapters/git-identity'),
    import('../../core/evidence/detect/environments'),
    workbench.repositories.parsers(),
  ]);
  const place = workbench.repositories.ofUri(uri);
  const root = place?.repository.folder.fsPath;
  const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
  const memoryKey = `releaseGate.parameters ${uri.toString()}`;
  return createPreviewSession({
    uri: uri.toString(),
    isTrusted: () => vscode.workspace.isTrusted,
    now: () => new Date(),
    post: (update) => void panel.webview.postMessage(update),
    copy: async (text) => vscode.env.clipboard.writeText(text),
    open: (address) => openBeside(uri, address, workbench),
    warn: (message) => void workbench.person.warn(message),
    confirm: ({ message, detail, action }) => workbench.person.confirm(message, detail, action),
    who: async () => (root === undefined ? null : gitUserName(root)),
    isProduction: async (environment) => {
      const opened = await place?.repository.world();
      const known = opened?.ok
        ? opened.world.configuration
        : { productionEnvironments: [], otherEnvironments: [] };
      return isProductionName(environment, known);
    },
    parser: await parsers.shell(),
    journal:
      place && root !== undefined ? createJournalFiles(root, journalFolder(place.path), isJournalName) : null,
    terminal: createRunbookTerminal(
      `Runbook ${name}`,
      place?.repository.folder ?? vscode.Uri.joinPath(uri, '..'),
    ),
    memory: {
      load: () => keptValues(context.workspaceState.get<unknown>(memoryKey)),
      save: (values) => void context.workspaceState.update(memoryKey, values),
    },
  });
}

/** What the workspace's memory holds, whatever an older version put there. */
function keptValues(stored: unknown): Readonly<Record<string, KeptValue>> {
  if (typeof stored !== 'object' || stored === null) return {};
  const found: Record<string, KeptValue> = {};
  for (const [name, kept] of Object.entries(stored as Readonly<Record<string, unknown>>)) {
    if (typeof kept !== 'object' || kept === null || !('value' in kept) || !('at' in kept)) continue;
    const { value, at } = kept;
    if (typeof value === 'string' && typeof at === 'string') found[name] = { value, at };
  }
  return found;
}

/** The document as it stands in the editor, with what the gate found in it. */
async function read(
  uri: vscode.Uri,
  workbench: Workbench,
): Promise<{ readonly path: string; readonly text: string; readonly findings: readonly Finding[] }> {
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
  return { path, text, findings: findings.filter((finding) => finding.path === path) };
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
