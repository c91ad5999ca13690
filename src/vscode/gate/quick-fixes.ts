import * as vscode from 'vscode';
import type { Finding } from '../../core/gate/report';
import { lineIndex } from '../../core/text/position';
import type { TextEdit } from '../../core/text/edit';
import { editorRange, uriIn } from '../places';
import type { WorkspaceRepositories } from '../workspace-world';
import { DIAGNOSTIC_SOURCE, GATE_LANGUAGES } from './live-gate';
import { combineFixes } from '../../core/gate/combine-fixes';
import { problemOf } from './problem';
import type { waiverComment } from './waiver-comment';
import type { Judgement, WorkspaceGate } from './workspace-gate';

/** Fixes every safe finding of a file at once; also what "fix all on save" runs. */
const FIX_ALL = vscode.CodeActionKind.SourceFixAll.append('releaseGate');

/** Offers the fixes of findings, a waiver with the reason left to the person, and all safe fixes of a file at once. */
export function registerQuickFixes(
  context: vscode.ExtensionContext,
  repositories: WorkspaceRepositories,
  gate: WorkspaceGate,
): void {
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: async (document, _range, actionContext) => {
      const place = repositories.ofUri(document.uri);
      const judgement = place ? gate.latest(place.repository) : null;
      if (!place || judgement?.kind !== 'judged') return [];
      // Offsets of an older text would cut into the wrong place.
      if (judgement.report.sources?.get(place.path) !== document.getText()) return [];
      const { waiverComment } = await import('./waiver-comment');
      const here = judgement.report.findings.filter((finding) => finding.path === place.path);
      const actions = actionContext.diagnostics
        .filter((diagnostic) => diagnostic.source === DIAGNOSTIC_SOURCE)
        .flatMap((diagnostic) => {
          const finding = here.find((each) => isSame(each, diagnostic));
          return finding ? actionsFor(finding, diagnostic, document, judgement, waiverComment) : [];
        });
      const safe = here.flatMap((finding) =>
        finding.fix?.kind === 'safe' && finding.status !== 'waived' ? [finding.fix] : [],
      );
      const combined = combineFixes(safe);
      if (combined.taken.length > 0) {
        const all = new vscode.CodeAction(
          `Apply ${combined.taken.length} safe ${combined.taken.length === 1 ? 'fix' : 'fixes'} of Release Gate in this file`,
          FIX_ALL,
        );
        const edit = editFor(combined.edits, judgement);
        if (edit) {
          all.edit = edit;
          actions.push(all);
        }
      }
      return actions;
    },
  };
  context.subscriptions.push(
    vscode.languages.registerCodeActionsProvider(
      GATE_LANGUAGES.map((language) => ({ language, scheme: 'file' })),
      provider,
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, FIX_ALL] },
    ),
  );
}

function isSame(finding: Finding, diagnostic: vscode.Diagnostic): boolean {
  const code = typeof diagnostic.code === 'object' ? diagnostic.code.value : diagnostic.code;
  return (
    code === finding.rule &&
    problemOf(finding).message === diagnostic.message &&
    (finding.range === null || editorRange(finding.range).isEqual(diagnostic.range))
  );
}

function actionsFor(
  finding: Finding,
  diagnostic: vscode.Diagnostic,
  document: vscode.TextDocument,
  judgement: Extract<Judgement, { kind: 'judged' }>,
  commentFor: typeof waiverComment,
): vscode.CodeAction[] {
  if (finding.status === 'waived') return [];
  const actions: vscode.CodeAction[] = [];
  const edit = finding.fix ? editFor(finding.fix.edits, judgement) : null;
  if (finding.fix && edit) {
    const title =
      finding.fix.kind === 'safe' ? finding.fix.title : `${finding.fix.title} (review the change)`;
    const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    fix.edit = edit;
    fix.diagnostics = [diagnostic];
    fix.isPreferred = finding.fix.kind === 'safe';
    actions.push(fix);
  }
  const comment = commentFor(document.getText(), finding);
  const waive = new vscode.CodeAction(`Waive ${finding.rule}…`, vscode.CodeActionKind.QuickFix);
  const snippet = new vscode.SnippetString()
    .appendText(comment.before)
    .appendPlaceholder('reason')
    .appendText(' (until ')
    .appendPlaceholder('YYYY-MM-DD')
    .appendText(`)${comment.after}`);
  waive.edit = new vscode.WorkspaceEdit();
  waive.edit.set(document.uri, [vscode.SnippetTextEdit.insert(document.positionAt(comment.offset), snippet)]);
  waive.diagnostics = [diagnostic];
  actions.push(waive);
  return actions;
}

/** Null where the text that an offset speaks of is not known or not what the editor holds. */
function editFor(
  files: readonly { readonly path: string; readonly edits: readonly TextEdit[] }[],
  judgement: Extract<Judgement, { kind: 'judged' }>,
): vscode.WorkspaceEdit | null {
  const edit = new vscode.WorkspaceEdit();
  const open = judgement.repository.unsavedTexts();
  for (const { path, edits } of files) {
    const text = judgement.report.sources?.get(path);
    if (text === undefined || (open.get(path) ?? text) !== text) return null;
    const lines = lineIndex(text);
    for (const each of edits) {
      edit.replace(
        uriIn(judgement.repository.folder, path),
        editorRange(lines.rangeOf(each.span)),
        each.text,
      );
    }
  }
  return edit;
}
