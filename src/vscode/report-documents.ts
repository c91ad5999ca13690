import * as vscode from 'vscode';
import { COMMANDS } from './commands/names';

const REPORT_SCHEME = 'release-gate-report';

/** Reports kept at once; the oldest are forgotten. */
const MAX_REPORTS = 30;

/** Read-only documents with what a command found, each with its buttons above the text. */
export interface ReportDocuments {
  /** Opens a report; a later one under the same `name` takes its place. */
  show(name: string, text: string, proposal: string | null): Promise<vscode.TextDocument>;
  /** The proposal that a report is about; null for any other document. */
  proposalOf(uri: vscode.Uri): string | null;
}

/** Registers the documents and the buttons above them. */
export function registerReportDocuments(context: vscode.ExtensionContext): ReportDocuments {
  const reports = new Map<string, { readonly text: string; readonly proposal: string | null }>();
  const changed = new vscode.EventEmitter<vscode.Uri>();
  context.subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(REPORT_SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: (uri) =>
        reports.get(uri.path)?.text ?? 'This report is no longer kept; run the command again.\n',
    }),
    vscode.languages.registerCodeLensProvider(
      { scheme: REPORT_SCHEME },
      {
        provideCodeLenses: (document) => {
          const proposal = reports.get(document.uri.path)?.proposal;
          const top = new vscode.Range(0, 0, 0, 0);
          if (!proposal) {
            return [new vscode.CodeLens(top, { title: 'Check Again', command: COMMANDS.checkWorkspace })];
          }
          return [
            new vscode.CodeLens(top, {
              title: 'Apply',
              command: COMMANDS.applyProposal,
              arguments: [proposal],
            }),
            new vscode.CodeLens(top, {
              title: 'Show Difference',
              command: COMMANDS.showDifference,
              arguments: [proposal],
            }),
          ];
        },
      },
    ),
  );
  return {
    proposalOf: (uri) => (uri.scheme === REPORT_SCHEME ? (reports.get(uri.path)?.proposal ?? null) : null),
    show: async (name, text, proposal) => {
      const uri = vscode.Uri.from({ scheme: REPORT_SCHEME, path: `/${name}.md` });
      reports.delete(uri.path);
      reports.set(uri.path, { text, proposal });
      for (const oldest of reports.keys()) {
        if (reports.size <= MAX_REPORTS) break;
        reports.delete(oldest);
      }
      changed.fire(uri);
      const document = await vscode.workspace.openTextDocument(uri);
      await vscode.window.showTextDocument(document, { preview: false });
      return document;
    },
  };
}
