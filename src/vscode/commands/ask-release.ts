import * as vscode from 'vscode';
import { isCancellation } from '../chat/outcome';
import { signalOf } from '../places';
import type { Workbench } from '../workbench';

const OTHER = 'Another environment…';

/** One of the environments that are known, or another that the person types; null where they turn away. */
export async function askEnvironment(
  question: string,
  environments: readonly string[],
  { person }: Workbench,
): Promise<string | null> {
  const chosen = await person.choose(question, [...environments, OTHER]);
  if (chosen !== OTHER) return chosen;
  return told(await person.ask(question, 'For example production'));
}

/** Work that the person can cancel; null where they did. */
export async function withProgress<T>(
  what: string,
  work: (report: (message: string) => void, signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Release Gate: ${what}`, cancellable: true },
    async (progress, token) => {
      const cancel = signalOf(token);
      try {
        const result = await work((message) => progress.report({ message }), cancel.signal);
        return cancel.signal.aborted ? null : result;
      } catch (error) {
        if (isCancellation(error, cancel.signal)) return null;
        throw error;
      } finally {
        cancel.dispose();
      }
    },
  );
}

/** What was typed, without the blanks around it; null for nothing. */
export function told(text: string | null | undefined): string | null {
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}
