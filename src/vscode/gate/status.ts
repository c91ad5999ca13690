import * as vscode from 'vscode';
import { COMMANDS } from '../commands/names';
import { statusText } from './problem';
import type { WorkspaceGate } from './workspace-gate';

/** One status bar item with the verdict, which checks the workspace when it is selected. */
export function registerStatus(context: vscode.ExtensionContext, gate: WorkspaceGate): void {
  const item = vscode.window.createStatusBarItem('releaseGate.status', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Release Gate';
  item.command = COMMANDS.checkWorkspace;
  const update = (): void => {
    const judgements = gate.all();
    const broken = judgements.find((judgement) => judgement.kind === 'not-judged');
    const reports = judgements.flatMap((judgement) =>
      judgement.kind === 'judged' ? [judgement.report] : [],
    );
    const { text, tooltip } = broken
      ? { text: '$(warning) Gate not checked', tooltip: broken.message }
      : statusText(reports);
    item.text = text;
    item.tooltip = tooltip;
    item.accessibilityInformation = { label: `${text.replace(/\$\([^)]*\) /, '')}. ${tooltip}` };
    if (vscode.workspace.getConfiguration('releaseGate').get('statusBar.enabled', true)) item.show();
    else item.hide();
  };
  context.subscriptions.push(
    item,
    gate.onDidJudge(update),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('releaseGate.statusBar')) update();
    }),
  );
  update();
}
