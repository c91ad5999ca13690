import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { COMMANDS } from '../commands/names';
import { faultSentence } from '../log';
import { uriIn } from '../places';
import { isMessage } from '../webview-page';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import type { FollowedRuns, LiveRun } from './followed-runs';
import type { EvidencePlace } from './release-html';
import { PAGE_PARTS, releasePage, type PagePart } from './release-page';

const VIEW_TYPE = 'releaseGate.release';

/** The clock of the page: what took how long is shown by the second. */
const TICK_MS = 1000;

/** What outlives a reload of the window: which run is shown. Everything else is in its journal. */
interface KeptState {
  readonly repository: string;
  readonly releaseFolder: string;
  readonly id: string;
}

/** The panels of runs. */
export interface ReleasePanels {
  show(run: LiveRun): void;
  /** Whether a person looks at a run's panel right now. */
  isActive(run: LiveRun): boolean;
  /** A panel came to the front, or left it. */
  readonly onDidChangeActive: vscode.Event<void>;
}

/** One panel for each run that is shown; closing it leaves the run as it is. */
export function registerReleasePanels(
  context: vscode.ExtensionContext,
  workbench: Workbench,
  runs: FollowedRuns,
): ReleasePanels {
  const panels = new Map<string, vscode.WebviewPanel>();
  const activated = new vscode.EventEmitter<void>();
  const keyOf = (run: LiveRun): string => `${run.repository.key}\n${run.id}`;

  const connect = (panel: vscode.WebviewPanel, run: LiveRun): void => {
    const key = keyOf(run);
    panels.set(key, panel);
    const held = runs.hold(run);
    const media = vscode.Uri.joinPath(context.extensionUri, 'media');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.iconPath = vscode.Uri.joinPath(media, 'icon.png');
    const sent = new Map<PagePart, string>();
    let places: readonly EvidencePlace[] = [];
    let outputPath: string | null = null;
    let isReady = false;
    let isOpen = true;
    let updating: Promise<void> | null = null;
    let isStale = false;

    const guarded = (work: () => Promise<unknown>): void => {
      work().catch((error: unknown) => {
        workbench.log.fault('The release could not be shown', error);
        void workbench.person.warn(faultSentence('The release could not be shown', error));
      });
    };
    const send = async (): Promise<void> => {
      const [{ releaseContent }, view, output] = await Promise.all([
        import('./release-html'),
        run.view(),
        run.output(),
      ]);
      const content = releaseContent(view, {
        journal: run.journal(),
        output,
        isGone: run.isGone(),
        refusal: run.refusal(),
      });
      if (!isOpen) return;
      places = content.places;
      outputPath = output?.path ?? null;
      panel.title = view.title;
      const parts: Partial<Record<PagePart, string>> = {};
      for (const part of PAGE_PARTS) {
        if (sent.get(part) === content.parts[part]) continue;
        sent.set(part, content.parts[part]);
        parts[part] = content.parts[part];
      }
      if (Object.keys(parts).length === 0) return;
      const state: KeptState = {
        repository: run.repository.key,
        releaseFolder: run.releaseFolder,
        id: run.id,
      };
      await panel.webview.postMessage({ type: 'parts', title: view.title, parts, state });
    };
    // One at a time, and never behind: what comes while one is on its way is in the next.
    const update = async (): Promise<void> => {
      isStale = true;
      if (!isReady || !panel.visible || updating) return;
      updating = (async () => {
        while (isStale && isOpen) {
          isStale = false;
          await send();
        }
      })();
      try {
        await updating;
      } finally {
        updating = null;
      }
    };
    const announce = (text: string): Thenable<boolean> =>
      panel.webview.postMessage({ type: 'announce', text });

    const listeners = [
      held,
      run.onDidChange(() => guarded(update)),
      panel.onDidChangeViewState(() => {
        activated.fire();
        guarded(update);
      }),
      panel.webview.onDidReceiveMessage((message: unknown) => {
        guarded(async () => {
          if (isMessage(message, 'ready')) {
            isReady = true;
            // A page that was hidden and is shown again has lost what it was sent.
            sent.clear();
            await update();
          }
          if (isMessage(message, 'answer')) {
            const { question, choice, text } = message;
            if (typeof question !== 'string' || typeof choice !== 'string' || typeof text !== 'string')
              return;
            if (await run.answer(question, choice, text)) await announce('The answer is with the release.');
          }
          if (isMessage(message, 'demand')) {
            const { what, reason, phrase } = message;
            const { demands } = await run.view();
            const demand = demands.find((each) => each === what);
            if (!demand || typeof reason !== 'string' || typeof phrase !== 'string') return;
            if (await run.demand(demand, reason, phrase)) await announce('The release is told.');
          }
          if (isMessage(message, 'open') && typeof message['place'] === 'number') {
            const place = places[message['place']];
            if (place) await openFile(place, run.repository, panel, workbench);
          }
          if (isMessage(message, 'open-record')) {
            await openFile(
              { path: `${run.releaseFolder}/${run.id}.md`, line: null },
              run.repository,
              panel,
              workbench,
            );
          }
          if (isMessage(message, 'open-journal')) {
            await openFile(
              { path: `${run.releaseFolder}/${run.id}.journal/journal.jsonl`, line: null },
              run.repository,
              panel,
              workbench,
            );
          }
          if (isMessage(message, 'open-output') && outputPath !== null) {
            await openFile({ path: outputPath, line: null }, run.repository, panel, workbench);
          }
          if (isMessage(message, 'resume')) {
            await vscode.commands.executeCommand(COMMANDS.resumeRelease, {
              folder: run.repository.key,
              run: run.id,
            });
          }
        });
      }),
    ];
    const clock = setInterval(() => {
      if (run.state().phase !== 'ended' && panel.visible) guarded(update);
    }, TICK_MS);
    panel.onDidDispose(() => {
      isOpen = false;
      clearInterval(clock);
      panels.delete(key);
      for (const listener of listeners) listener.dispose();
      activated.fire();
    });
    panel.webview.html = releasePage({
      cspSource: panel.webview.cspSource,
      styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'release.css')).toString(),
      scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'release.js')).toString(),
      nonce: randomBytes(16).toString('hex'),
    });
  };

  context.subscriptions.push(
    activated,
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const kept = await keptState(state);
        const repository = kept ? workbench.repositories.byKey(kept.repository) : null;
        const run = kept && repository ? await runs.follow(repository, kept.releaseFolder, kept.id) : null;
        if (run) connect(panel, run);
        else panel.dispose();
      },
    }),
  );
  return {
    onDidChangeActive: activated.event,
    isActive: (run) => panels.get(keyOf(run))?.active ?? false,
    show: (run) => {
      const existing = panels.get(keyOf(run));
      if (existing) {
        existing.reveal();
        return;
      }
      const panel = vscode.window.createWebviewPanel(VIEW_TYPE, 'Release', vscode.ViewColumn.Active, {
        enableScripts: true,
        enableFindWidget: true,
        // What a person has typed and not sent is still there after a look at a file.
        retainContextWhenHidden: true,
      });
      connect(panel, run);
    },
  };
}

/** A state that a page kept, looked at: it may be of another version of the extension. */
async function keptState(state: unknown): Promise<KeptState | null> {
  if (typeof state !== 'object' || state === null) return null;
  const { isRunId } = await import('../../core/release/run-name');
  const { repository, releaseFolder, id } = state as Record<string, unknown>;
  return typeof repository === 'string' &&
    typeof releaseFolder === 'string' &&
    !releaseFolder.split('/').includes('..') &&
    typeof id === 'string' &&
    isRunId(id)
    ? { repository, releaseFolder, id }
    : null;
}

/** Opens a file beside the panel; where it is not there, says so. */
async function openFile(
  { path, line }: EvidencePlace,
  repository: WorkspaceRepository,
  panel: vscode.WebviewPanel,
  { person }: Workbench,
): Promise<void> {
  const uri = uriIn(repository.folder, path);
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    void person.tell(`There is no file ${path} now.`);
    return;
  }
  const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== panel.viewColumn);
  const at = line === null ? null : new vscode.Position(line - 1, 0);
  await vscode.commands.executeCommand('vscode.open', uri, {
    viewColumn: other?.viewColumn ?? vscode.ViewColumn.Beside,
    preview: true,
    ...(at ? { selection: new vscode.Range(at, at) } : {}),
  });
}
