import * as vscode from 'vscode';
import type { TaskChoice } from '../core/tasks/task';

/** The person at the editor. Only `confirm` is modal: what else waits for an answer must not stop the window. */
export interface Person {
  /** Null where the person chose nothing. */
  choose<T extends string>(question: string, options: readonly T[]): Promise<T | null>;
  /** Those that the person ticked, in the order of the options; null where they turned away. All are ticked to begin with. */
  chooseSeveral(question: string, options: readonly TaskChoice[]): Promise<readonly string[] | null>;
  /** Null where the person turned away; '' for "leave it open". `value` stands there to begin with. */
  ask(question: string, hint: string, value?: string): Promise<string | null>;
  tell<T extends string>(message: string, ...actions: readonly T[]): Promise<T | null>;
  warn<T extends string>(message: string, ...actions: readonly T[]): Promise<T | null>;
  /** Asks in a dialog that has to be answered. True where the person presses `action`; closing it is a no. */
  confirm(message: string, detail: string, action: string): Promise<boolean>;
}

/** Asks by quick inputs and tells by notifications. */
export const personAtEditor: Person = {
  choose: async <T extends string>(question: string, options: readonly T[]): Promise<T | null> => {
    const chosen = await vscode.window.showQuickPick([...options], {
      title: 'Release Gate',
      placeHolder: question,
      ignoreFocusOut: true,
    });
    return options.find((option) => option === chosen) ?? null;
  },
  chooseSeveral: async (question, options) => {
    const chosen = await vscode.window.showQuickPick(
      options.map(({ value, label, detail }) => ({ label, description: detail, value, picked: true })),
      { title: 'Release Gate', placeHolder: question, canPickMany: true, ignoreFocusOut: true },
    );
    return chosen
      ? options.map(({ value }) => value).filter((value) => chosen.some((each) => each.value === value))
      : null;
  },
  ask: async (question, hint, value) =>
    (await vscode.window.showInputBox({
      title: 'Release Gate',
      prompt: question,
      placeHolder: hint,
      ignoreFocusOut: true,
      ...(value === undefined ? {} : { value }),
    })) ?? null,
  tell: async (message, ...actions) =>
    (await vscode.window.showInformationMessage(message, ...actions)) ?? null,
  warn: async (message, ...actions) => (await vscode.window.showWarningMessage(message, ...actions)) ?? null,
  confirm: async (message, detail, action) =>
    (await vscode.window.showWarningMessage(message, { modal: true, detail }, action)) === action,
};
