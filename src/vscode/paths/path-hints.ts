import * as vscode from 'vscode';
import type { PathsGraph } from '../../core/graph/graph';
import { COMMANDS } from '../commands/names';
import type { WorkspaceGate } from '../gate/workspace-gate';
import { editorRange, uriIn } from '../places';
import type { WorkspaceRepositories } from '../workspace-world';
import { pictureOf, type Judged } from './picture';

/** Languages in which workflows are written. */
const LANGUAGES = ['yaml', 'github-actions-workflow'].map((language) => ({ language, scheme: 'file' }));

/** "Paths to production" above each production job, and a hover with the counterexample or with what was proved. */
export function registerPathHints(
  context: vscode.ExtensionContext,
  repositories: WorkspaceRepositories,
  gate: WorkspaceGate,
): void {
  const changed = new vscode.EventEmitter<void>();
  const judged = async (
    document: vscode.TextDocument,
  ): Promise<{ readonly judgement: Judged; readonly graph: PathsGraph; readonly path: string } | null> => {
    const place = repositories.ofUri(document.uri);
    if (!place?.path.startsWith('.github/')) return null;
    const judgement = gate.latest(place.repository);
    if (judgement?.kind !== 'judged') return null;
    return { judgement, graph: await pictureOf(judgement, 'production'), path: place.path };
  };
  context.subscriptions.push(
    changed,
    gate.onDidJudge(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(LANGUAGES, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: async (document) => {
        const found = await judged(document);
        if (!found) return [];
        const { graph, path, judgement } = found;
        const words = { holds: 'held', open: 'open', unknown: 'unknown' } as const;
        const seen = new Set<number>();
        return graph.nodes.flatMap((node) => {
          if (node.kind !== 'job' || !node.production || node.path !== path) return [];
          if (seen.has(node.range.start.line)) return [];
          seen.add(node.range.start.line);
          return [
            new vscode.CodeLens(editorRange(node.range), {
              title: `Paths to production: ${words[node.production.state]}`,
              tooltip: 'Show how a run gets here, and what holds on the way',
              command: COMMANDS.showPaths,
              arguments: [judgement.repository.key, node.id],
            }),
          ];
        });
      },
    }),
    vscode.languages.registerHoverProvider(LANGUAGES, {
      provideHover: async (document, position) => {
        const found = await judged(document);
        if (!found) return null;
        const { graph, path, judgement } = found;
        const { hoverMarkdown, hoversAt } = await import('./hover-text');
        const at = { line: position.line + 1, column: position.character + 1 };
        const hovers = hoversAt(graph, judgement.report.findings, path, at);
        const [first] = hovers;
        if (!first) return null;
        return new vscode.Hover(
          hovers.slice(0, 3).map((hover) => {
            const args = encodeURIComponent(JSON.stringify([judgement.repository.key, hover.node]));
            const text = hoverMarkdown(
              hover,
              (to, line) =>
                uriIn(judgement.repository.folder, to)
                  .with({ fragment: `L${line}` })
                  .toString(),
              `command:${COMMANDS.showPaths}?${args}`,
            );
            const markdown = new vscode.MarkdownString(text);
            // Only our own command: links in the repository's texts are escaped, and could run nothing else.
            markdown.isTrusted = { enabledCommands: [COMMANDS.showPaths] };
            return markdown;
          }),
          editorRange(first.range),
        );
      },
    }),
  );
}
