import * as vscode from 'vscode';
import type { Finding } from '../../core/gate/report';
import type { FileEdits } from '../../core/rules/rule';
import { applyEdits } from '../../core/text/edit';
import { lineIndex, type Span } from '../../core/text/position';
import { isCancellation } from '../chat/outcome';
import { editorRange, signalOf, uriIn } from '../places';
import { sameText } from '../proposals/replaced-span';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';
import { DIAGNOSTIC_SOURCE, GATE_LANGUAGES } from './live-gate';
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
  const fixAlls = new WeakMap<
    vscode.CodeAction,
    { readonly repository: WorkspaceRepository; readonly path: string }
  >();
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: async (document, _range, actionContext) => {
      const place = repositories.ofUri(document.uri);
      const judgement = place ? gate.latest(place.repository) : null;
      if (!place || judgement?.kind !== 'judged') return [];
      // Offsets of an older text would cut into the wrong place.
      const text = judgement.report.sources?.get(place.path);
      if (text === undefined || !sameText(text, document.getText())) return [];
      const [{ waiverComment }, { combineFixes }] = await Promise.all([
        import('./waiver-comment'),
        import('../../core/gate/combine-fixes'),
      ]);
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
        // What they come to together is worked out when somebody asks for it: each is held against the rest again.
        fixAlls.set(all, place);
        actions.push(all);
      }
      return actions;
    },
    resolveCodeAction: async (action, token) => {
      const place = fixAlls.get(action);
      if (!place) return action;
      const cancel = signalOf(token);
      try {
        const fixes = await gate.fix(place.repository, 'safe', cancel.signal, new Set([place.path]));
        if (fixes.kind === 'fixed') {
          const { editFor } = await import('../proposals/apply-proposal');
          action.edit = (await editFor(place.repository, fixes.fixed.files)).edit;
        }
      } catch (error) {
        if (!isCancellation(error, cancel.signal)) throw error;
      } finally {
        cancel.dispose();
      }
      return action;
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
  for (const given of [finding.fix, ...(finding.otherFixes ?? [])]) {
    const edit = given ? editOf(given.edits, judgement) : null;
    if (!given || !edit) continue;
    const title = given.kind === 'safe' ? given.title : `${given.title} (review the change)`;
    const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    fix.edit = edit;
    fix.diagnostics = [diagnostic];
    fix.isPreferred = given.kind === 'safe';
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
function editOf(
  files: readonly FileEdits[],
  judgement: Extract<Judgement, { kind: 'judged' }>,
): vscode.WorkspaceEdit | null {
  const edit = new vscode.WorkspaceEdit();
  const open = judgement.repository.unsavedTexts();
  for (const { path, edits, isNew } of files) {
    const uri = uriIn(judgement.repository.folder, path);
    if (isNew) {
      if (open.has(path)) return null;
      const contents = new TextEncoder().encode(applyEdits('', edits));
      edit.createFile(uri, { overwrite: false, contents });
      continue;
    }
    const text = judgement.report.sources?.get(path);
    if (text === undefined || !sameText(open.get(path) ?? text, text)) return null;
    // The editor does not show a byte order mark, and keeps it.
    const mark = text.startsWith('\uFEFF') ? 1 : 0;
    const lines = lineIndex(text.slice(mark));
    const placeOf = ({ start, end }: Span): Span => ({
      start: Math.max(0, start - mark),
      end: Math.max(0, end - mark),
    });
    for (const each of edits) edit.replace(uri, editorRange(lines.rangeOf(placeOf(each.span))), each.text);
  }
  return edit;
}
