import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { GraphScope, PathsGraph } from '../../core/graph/graph';
import type { Range } from '../../core/text/position';
import { isCancellation } from '../chat/outcome';
import { chooseRepository } from '../commands/choose-repository';
import { COMMANDS } from '../commands/names';
import { faultSentence } from '../log';
import { editorRange, signalOf, uriIn } from '../places';
import { isMessage } from '../webview-page';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import { pathsPage } from './paths-page';
import { pictureOf } from './picture';

const VIEW_TYPE = 'releaseGate.paths';

/** A picture that is open. */
interface OpenPicture {
  readonly panel: vscode.WebviewPanel;
  /** Shows a node, or a counterexample, as soon as the page has it. */
  show(focus: string | null): void;
}

/** Show Paths to Production: one panel for each repository, in step with the gate, and back after a restart. */
export function registerPathsPanel(context: vscode.ExtensionContext, workbench: Workbench): void {
  const panels = new Map<string, OpenPicture>();
  const open = async (repository: WorkspaceRepository, focus: string | null): Promise<void> => {
    const existing = panels.get(repository.key);
    if (existing) {
      existing.panel.reveal();
      existing.show(focus);
      return;
    }
    const column = vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active;
    const panel = vscode.window.createWebviewPanel(VIEW_TYPE, 'Paths to Production', column, {
      enableScripts: true,
      retainContextWhenHidden: true,
    });
    panels.set(repository.key, await connect(panel, repository, 'production', focus));
  };
  const connect = async (
    panel: vscode.WebviewPanel,
    repository: WorkspaceRepository,
    restored: GraphScope,
    firstFocus: string | null,
  ): Promise<OpenPicture> => {
    const media = vscode.Uri.joinPath(context.extensionUri, 'media');
    panel.webview.options = { enableScripts: true, localResourceRoots: [media] };
    panel.iconPath = vscode.Uri.joinPath(media, 'icon.png');
    let scope = restored;
    let focus = firstFocus;
    let graph: PathsGraph | null = null;
    let isReady = false;
    const update = async (): Promise<void> => {
      const judgement = workbench.gate.latest(repository);
      if (!isReady || !judgement) return;
      if (judgement.kind === 'not-judged') {
        await panel.webview.postMessage({ type: 'problem', message: judgement.message });
        return;
      }
      const [drawn, { emptySentence, toSvg }, { pictureSummary }] = await Promise.all([
        pictureOf(judgement, scope),
        import('../../core/graph/svg'),
        import('../../core/graph/words'),
      ]);
      graph = drawn;
      await panel.webview.postMessage({
        type: 'picture',
        svg: toSvg(drawn, { kind: 'page' }),
        isEmpty: drawn.nodes.length === 0 && drawn.workflows.length === 0,
        empty: `${emptySentence(drawn)}.`,
        summary: `${repository.name}. ${pictureSummary(drawn)}.`,
        scope,
        focus,
        runs: drawn.counterexamples.map((run) => ({
          id: run.id,
          title: run.title,
          run: run.run,
          production: run.production,
          steps: run.steps.map((step) => ({
            node: step.node,
            edges: step.edges,
            result: step.result,
            sentence: step.sentence,
            place: `${step.path.slice(step.path.lastIndexOf('/') + 1)}:${step.range.start.line}`,
          })),
        })),
        state: { repository: repository.key, scope },
      });
      focus = null;
    };
    const guarded = (work: () => Promise<void>): void => {
      work().catch((error: unknown) => {
        workbench.log.fault('The picture could not be made', error);
        void workbench.person.warn(faultSentence('The picture could not be made', error));
      });
    };
    const listeners = [
      panel.webview.onDidReceiveMessage((message: unknown) => {
        guarded(async () => {
          if (isMessage(message, 'ready')) {
            isReady = true;
            if (!workbench.gate.latest(repository)) await judge(repository, workbench);
            await update();
          }
          if (isMessage(message, 'scope')) {
            scope = message['all'] === true ? 'all' : 'production';
            await update();
          }
          if (graph && isMessage(message, 'open')) await goTo(message, graph, repository, panel);
          if (graph && isMessage(message, 'copy')) {
            const { toMermaid } = await import('../../core/graph/mermaid');
            await vscode.env.clipboard.writeText(toMermaid(graph));
            await panel.webview.postMessage({ type: 'announce', text: 'Mermaid copied.' });
          }
          if (graph && isMessage(message, 'save')) {
            await save(
              message['format'] === 'mermaid' ? 'mermaid' : 'svg',
              message['run'],
              graph,
              repository,
            );
          }
        });
      }),
      workbench.gate.onDidJudge((judgement) => {
        if (judgement.repository.key === repository.key) guarded(update);
      }),
    ];
    panel.onDidDispose(() => {
      panels.delete(repository.key);
      for (const listener of listeners) listener.dispose();
    });
    const { pictureStyle } = await import('../../core/graph/svg');
    panel.webview.html = pathsPage(
      {
        cspSource: panel.webview.cspSource,
        styleUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'paths.css')).toString(),
        scriptUri: panel.webview.asWebviewUri(vscode.Uri.joinPath(media, 'paths.js')).toString(),
        nonce: randomBytes(16).toString('hex'),
      },
      pictureStyle,
    );
    return {
      panel,
      show: (wanted) => {
        focus = wanted;
        guarded(update);
      },
    };
  };

  context.subscriptions.push(
    // Called with a repository and a node by the lens above a job and the link in a hover, with nothing by the palette.
    vscode.commands.registerCommand(COMMANDS.showPaths, async (key?: unknown, node?: unknown) => {
      const named = typeof key === 'string' ? key : null;
      const repository = await chooseRepository(workbench.repositories, workbench.person, named);
      if (!repository) return false;
      if (!workbench.gate.latest(repository)) await judge(repository, workbench);
      await open(repository, typeof node === 'string' ? node : null);
      return true;
    }),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const kept = typeof state === 'object' && state !== null ? (state as Record<string, unknown>) : {};
        const key = kept['repository'];
        const repository = typeof key === 'string' ? workbench.repositories.byKey(key) : null;
        if (!repository) {
          panel.dispose();
          return;
        }
        const scope = kept['scope'] === 'all' ? 'all' : 'production';
        panels.set(repository.key, await connect(panel, repository, scope, null));
      },
    }),
  );
}

async function judge(repository: WorkspaceRepository, workbench: Workbench): Promise<void> {
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Release Gate: checking', cancellable: true },
    async (_progress, token) => {
      const cancel = signalOf(token);
      try {
        await workbench.gate.judge(repository, cancel.signal);
      } catch (error) {
        if (!isCancellation(error, cancel.signal)) throw error;
      } finally {
        cancel.dispose();
      }
    },
  );
}

/** Opens the line of a node, an edge or a step. The page names it; where it stands only the picture says. */
async function goTo(
  message: Record<string, unknown>,
  graph: PathsGraph,
  repository: WorkspaceRepository,
  panel: vscode.WebviewPanel,
): Promise<void> {
  const run = graph.counterexamples.find((each) => each.id === message['run']);
  const target: { readonly path: string; readonly range: Range | null } | undefined =
    (typeof message['step'] === 'number' ? run?.steps[message['step']] : undefined) ??
    graph.nodes.find((node) => node.id === message['node']) ??
    graph.edges.find((edge) => edge.id === message['edge']);
  if (!target) return;
  const uri = uriIn(repository.folder, target.path);
  const shown = vscode.window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === uri.toString(),
  );
  const other = vscode.window.tabGroups.all.find((group) => group.viewColumn !== panel.viewColumn);
  await vscode.window.showTextDocument(uri, {
    viewColumn: shown?.viewColumn ?? other?.viewColumn ?? vscode.ViewColumn.Beside,
    preview: true,
    ...(target.range ? { selection: editorRange(target.range) } : {}),
  });
}

async function save(
  format: 'mermaid' | 'svg',
  runId: unknown,
  graph: PathsGraph,
  repository: WorkspaceRepository,
): Promise<void> {
  const [{ toMermaid }, { toSvg }] = await Promise.all([
    import('../../core/graph/mermaid'),
    import('../../core/graph/svg'),
  ]);
  const name = format === 'svg' ? 'paths-to-production.svg' : 'paths-to-production.mmd';
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(repository.folder, name),
    filters: format === 'svg' ? { SVG: ['svg'] } : { Mermaid: ['mmd', 'mermaid'] },
    title: 'Save the paths to production',
  });
  if (!target) return;
  const run = graph.counterexamples.find((each) => each.id === runId);
  const text = format === 'svg' ? toSvg(graph, { kind: 'alone', ...(run ? { run } : {}) }) : toMermaid(graph);
  await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
}
