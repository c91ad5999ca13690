import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { ViewPlace, ViewStep } from '../../core/readiness/view';
import { COMMANDS, TASK_COMMANDS } from '../commands/names';
import { faultSentence } from '../log';
import { editorRange, uriIn } from '../places';
import { isMessage } from '../webview-page';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import type { AskedRelease, ReleaseJudgement } from './release-judge';
import { readinessPage } from './readiness-page';

const VIEW_TYPE = 'releaseGate.readiness';

/** What outlives a restart of the window: which release it was, and what was said when. The judgement itself does not. */
interface KeptState {
  readonly repository: string;
  readonly version: string;
  readonly environment: string;
  readonly verdict: string;
  readonly judgedAtMs: number;
}

/** The panel of each repository's judged release. */
export interface ReadinessPanel {
  /** Shows the latest judgement of a repository. */
  show(repository: WorkspaceRepository): Promise<void>;
}

/** One panel for each repository: the latest judgement, whether it is outdated, and the way to judge again. */
export function registerReadinessPanel(
  context: vscode.ExtensionContext,
  workbench: Workbench,
): ReadinessPanel {
  const panels = new Map<string, vscode.WebviewPanel>();
  const { releaseJudge } = workbench;

  const connect = (
    panel: vscode.WebviewPanel,
    repository: WorkspaceRepository,
    restored: KeptState | null,
  ): void => {
    panels.set(repository.key, panel);
    const media = vscode.Uri.joinPath(context.extensionUri, 'media');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.iconPath = vscode.Uri.joinPath(media, 'icon.png');
    let places: readonly ViewPlace[] = [];
    let steps: readonly ViewStep[] = [];
    let isReady = false;
    let shown: ReleaseJudgement | null = null;

    const statusOf = (judgement: ReleaseJudgement): object => ({
      judgedAtMs: judgement.judgedAtMs,
      changed: releaseJudge.changedSince(repository),
      isRestricted: judgement.isRestricted,
    });
    const update = async (): Promise<void> => {
      if (!isReady) return;
      const judgement = releaseJudge.latest(repository);
      if (!judgement) {
        await panel.webview.postMessage({ type: 'nothing', ...nothingOf(restored) });
        return;
      }
      if (judgement === shown) {
        await panel.webview.postMessage({ type: 'status', ...statusOf(judgement) });
        return;
      }
      const { readinessContent } = await import('./readiness-html');
      const { html, places: its, steps: own } = readinessContent(judgement.view);
      const { version, environment, verdict } = judgement.view;
      const isSame = shown?.view.version === version && shown.view.environment === environment;
      places = its;
      steps = own;
      shown = judgement;
      const state: KeptState = {
        repository: repository.key,
        version,
        environment,
        verdict,
        judgedAtMs: judgement.judgedAtMs,
      };
      await panel.webview.postMessage({
        type: 'judgement',
        title: `Release readiness: ${version} to ${environment}`,
        html,
        state,
        isSame,
        ...statusOf(judgement),
      });
    };
    const asked = (): AskedRelease => {
      const view = releaseJudge.latest(repository)?.view ?? restored;
      return { version: view?.version ?? null, environment: view?.environment ?? null };
    };
    const guarded = (work: () => Promise<unknown>): void => {
      work().catch((error: unknown) => {
        workbench.log.fault('The judgement could not be shown', error);
        void workbench.person.warn(faultSentence('The judgement could not be shown', error));
      });
    };
    const listeners = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        guarded(async () => {
          if (isMessage(message, 'ready')) {
            isReady = true;
            // A page that was hidden and is shown again has lost what it was sent.
            shown = null;
            await update();
          }
          if (isMessage(message, 'again')) {
            const { version, environment } = asked();
            const folder = repository.key;
            if (releaseJudge.latest(repository)) {
              await panel.webview.postMessage({ type: 'status', isRunning: true, judgedAtMs: 0 });
            }
            try {
              await vscode.commands.executeCommand(COMMANDS.judgeRelease, { folder, version, environment });
            } finally {
              await update();
            }
          }
          if (isMessage(message, 'another')) {
            await vscode.commands.executeCommand(COMMANDS.judgeRelease, { folder: repository.key });
          }
          if (isMessage(message, 'override')) {
            await vscode.commands.executeCommand(COMMANDS.recordOverride, {
              folder: repository.key,
              ...asked(),
            });
          }
          if (isMessage(message, 'copy') && shown) {
            const [{ describeReadiness }, { createMarkdownReply }] = await Promise.all([
              import('./describe-readiness'),
              import('../chat/markdown-reply'),
            ]);
            const reply = createMarkdownReply();
            describeReadiness(shown, reply);
            await vscode.env.clipboard.writeText(reply.text());
            await panel.webview.postMessage({ type: 'announce', text: 'Copied as Markdown.' });
          }
          if (isMessage(message, 'open') && typeof message['place'] === 'number') {
            const place = places[message['place']];
            if (place) await openPlace(place, repository, panel);
          }
          if (isMessage(message, 'step') && typeof message['step'] === 'number') {
            const step = steps[message['step']];
            if (step) await take(step, repository, panel, asked());
          }
        });
      }),
      releaseJudge.onDidChange((key) => {
        if (key === repository.key) guarded(update);
      }),
    ];
    panel.onDidDispose(() => {
      panels.delete(repository.key);
      for (const listener of listeners) listener.dispose();
    });
    panel.webview.html = readinessPage({
      cspSource: panel.webview.cspSource,
      styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'readiness.css')).toString(),
      scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'readiness.js')).toString(),
      nonce: randomBytes(16).toString('hex'),
    });
  };

  context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const kept = keptState(state);
        const repository = kept ? workbench.repositories.byKey(kept.repository) : null;
        if (repository) connect(panel, repository, kept);
        else panel.dispose();
      },
    }),
  );
  return {
    show: async (repository) => {
      const existing = panels.get(repository.key);
      if (existing) {
        existing.reveal();
        return;
      }
      const panel = vscode.window.createWebviewPanel(
        VIEW_TYPE,
        'Release Readiness',
        vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
        { enableScripts: true, enableFindWidget: true },
      );
      connect(panel, repository, null);
    },
  };
}

/** What is said where there is no judgement: after a restart, the last word as the past one that it is. */
function nothingOf(restored: KeptState | null): object {
  if (!restored) return { message: 'This release has not been judged yet.', last: null };
  const { version, environment, verdict, judgedAtMs } = restored;
  return {
    message: `The judgement of ${version} to ${environment} was made before this window was opened, and is not kept: files may have changed since. Judge now to know.`,
    last: { text: `The last word was ${verdict.toUpperCase()}, ${version} to ${environment},`, judgedAtMs },
    state: restored,
  };
}

/** A state that a page kept, looked at: it may be of another version of the extension. */
function keptState(state: unknown): KeptState | null {
  if (typeof state !== 'object' || state === null) return null;
  const { repository, version, environment, verdict, judgedAtMs } = state as Record<string, unknown>;
  return typeof repository === 'string' &&
    typeof version === 'string' &&
    typeof environment === 'string' &&
    typeof verdict === 'string' &&
    typeof judgedAtMs === 'number'
    ? { repository, version, environment, verdict, judgedAtMs }
    : null;
}

/** Opens a place beside the panel, where its line can be read with the reason. */
async function openPlace(
  { path, range }: ViewPlace,
  repository: WorkspaceRepository,
  panel: vscode.WebviewPanel,
): Promise<void> {
  const uri = uriIn(repository.folder, path);
  const visible = vscode.window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === uri.toString(),
  );
  const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== panel.viewColumn);
  const options = {
    viewColumn: visible?.viewColumn ?? other?.viewColumn ?? vscode.ViewColumn.Beside,
    preview: true,
    ...(range ? { selection: editorRange(range) } : {}),
  };
  // By the command and not as text: what was read may be a picture or an archive.
  await vscode.commands.executeCommand('vscode.open', uri, options);
}

async function take(
  step: ViewStep,
  repository: WorkspaceRepository,
  panel: vscode.WebviewPanel,
  { version, environment }: AskedRelease,
): Promise<void> {
  const folder = repository.key;
  switch (step.kind) {
    case 'open':
      return openPlace(step.place, repository, panel);
    case 'write-plan':
      await vscode.commands.executeCommand(TASK_COMMANDS['release-plan-from-change'], {
        folder,
        inputs: version === null ? {} : { version },
      });
      return;
    case 'write-runbook':
      await vscode.commands.executeCommand(TASK_COMMANDS['runbook-for-deployment'], { folder });
      return;
    case 'check':
      await vscode.commands.executeCommand(COMMANDS.checkWorkspace);
      return;
    case 'show-paths':
      await vscode.commands.executeCommand(COMMANDS.showPaths, folder);
      return;
    case 'record-drill':
      await vscode.commands.executeCommand(COMMANDS.recordDrill, { folder, drill: step.drill, version });
      return;
    case 'record-approval':
      await vscode.commands.executeCommand(COMMANDS.recordApproval, { folder, version, environment });
      return;
  }
}
