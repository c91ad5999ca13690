import * as vscode from 'vscode';
import type { FormQuestion, FormReply } from '../../core/tasks/unknowns';
import { uriIn } from '../places';

/**
 * Asks one question in an input box, with the placeholder selected in its document. Enter without a text skips it; buttons
 * go back and stop; Escape stops.
 */
export async function askInEditor(folder: vscode.Uri, question: FormQuestion): Promise<FormReply> {
  const { unknown, number, total, before, others } = question;
  await reveal(folder, question);
  const input = vscode.window.createInputBox();
  input.title = `${unknown.path}${unknown.place === '' ? '' : `: ${unknown.place}`}`;
  input.prompt = `${unknown.needed} (Enter with nothing skips it)`;
  input.placeholder = 'Your answer; it is listed as told by a person';
  input.value = before;
  input.step = number;
  input.totalSteps = total;
  input.ignoreFocusOut = true;
  const skip = { iconPath: new vscode.ThemeIcon('debug-step-over'), tooltip: 'Skip' };
  const stop = { iconPath: new vscode.ThemeIcon('debug-stop'), tooltip: 'Stop and review what is answered' };
  input.buttons = [...(number > 1 ? [vscode.QuickInputButtons.Back] : []), skip, stop];
  const reply = await new Promise<FormReply>((resolve) => {
    input.onDidAccept(() => {
      const text = input.value.trim();
      resolve(text === '' ? { is: 'skip' } : { is: 'answer', text, isForAll: false });
    });
    input.onDidTriggerButton((button) => {
      resolve({ is: button === vscode.QuickInputButtons.Back ? 'back' : button === skip ? 'skip' : 'stop' });
    });
    input.onDidHide(() => {
      resolve({ is: 'stop' });
    });
    input.show();
  });
  input.dispose();
  if (reply.is !== 'answer' || others === 0) return reply;
  const all = `Answer the same at ${others} other ${others === 1 ? 'place' : 'places'}`;
  const chosen = await vscode.window.showQuickPick(['Only here', all], {
    title: `"${unknown.needed}" is also asked elsewhere`,
    ignoreFocusOut: true,
  });
  return { ...reply, isForAll: chosen === all };
}

async function reveal(folder: vscode.Uri, { unknown }: FormQuestion): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uriIn(folder, unknown.path));
  const range = new vscode.Range(
    document.positionAt(unknown.span.start),
    document.positionAt(unknown.span.end),
  );
  await vscode.window.showTextDocument(document, { selection: range, preserveFocus: true, preview: true });
}
