import * as vscode from 'vscode';
import type { Question } from '../../core/release/state';
import type { Workbench } from '../workbench';
import type { FollowedRuns, LiveRun } from './followed-runs';
import { wordsFor } from './question-words';
import type { ReleasePanels } from './release-panel';

/** What waits while something is live: it is asked wherever the person is. */
const URGENT: readonly Question['kind'][] = ['soft', 'manual', 'interrupted'];

/** `choice` null: only a look at the panel. */
type Item = vscode.QuickPickItem & { readonly choice: Question['choices'][number] | null };

/** A question of a run as it is asked at the top of the window. */
interface OpenPick {
  readonly run: LiveRun;
  readonly question: string;
  /** Takes it back, with the input that may have followed it. */
  withdraw(): void;
}

/**
 * Asks the open question of every run that is followed as a quick pick too, never as a dialog: it goes by itself when a
 * hard breach, another face or the panel has answered. Where the person looks at the run's panel the question stands before
 * them already, and nothing takes the keys from what they type. A pick that a person closes does not come again.
 */
export function registerQuestionPicks(
  context: vscode.ExtensionContext,
  workbench: Workbench,
  runs: FollowedRuns,
  panels: ReleasePanels,
): void {
  let open: OpenPick | null = null;
  const asked = new Set<string>();
  const keyOf = (run: LiveRun, question: string): string => `${run.repository.key}\n${run.id}\n${question}`;

  const look = (): void => {
    if (open) {
      const { run, question } = open;
      const isOpenStill = runs.all().includes(run) && run.state().question?.id === question && !run.isGone();
      if (isOpenStill && !panels.isActive(run)) return;
      open.withdraw();
      // Taken back for the panel alone, it may come again when the person turns from it.
      if (isOpenStill) asked.delete(keyOf(run, question));
      open = null;
    }
    if (!vscode.workspace.isTrusted) return;
    const next = runs.all().find((run) => {
      const { question } = run.state();
      return (
        question !== null && !run.isGone() && !asked.has(keyOf(run, question.id)) && !panels.isActive(run)
      );
    });
    const question = next?.state().question;
    if (!next || !question) return;
    asked.add(keyOf(next, question.id));
    open = show(next, question, workbench, panels, () => {
      if (open?.run === next && open.question === question.id) open = null;
      look();
    });
    if (URGENT.includes(question.kind)) void tell(next, question);
  };
  const tell = async (run: LiveRun, question: Question): Promise<void> => {
    const pressed = await workbench.person.warn(question.text, 'Look');
    if (pressed === 'Look' && runs.all().includes(run)) panels.show(run);
  };
  context.subscriptions.push(runs.onDidChange(look), panels.onDidChangeActive(look), {
    dispose: () => open?.withdraw(),
  });
}

/** Shows a question; `onEnd` is called once, when the person chose, typed or turned away. */
function show(
  run: LiveRun,
  question: Question,
  { person }: Workbench,
  panels: ReleasePanels,
  onEnd: () => void,
): OpenPick {
  const pick = vscode.window.createQuickPick<Item>();
  let input: vscode.InputBox | null = null;
  let isOver = false;
  const end = (isTold: boolean): void => {
    if (isOver) return;
    isOver = true;
    pick.dispose();
    input?.dispose();
    if (isTold) onEnd();
  };
  const send = async (choice: string, text: string): Promise<void> => {
    end(true);
    if (!(await run.answer(question.id, choice, text)))
      void person.warn(`Refused: ${run.refusal() ?? 'the answer was not taken'}.`);
  };
  pick.title = question.text;
  pick.placeholder = 'Choose, or close this and answer in the panel; nothing is chosen for you';
  pick.ignoreFocusOut = URGENT.includes(question.kind);
  // First, where Enter is: a key that was meant for something else decides nothing.
  pick.items = [
    { label: 'Look at the release first', choice: null },
    ...question.grounds.map((ground): Item => ({
      label: ground,
      kind: vscode.QuickPickItemKind.Separator,
      choice: null,
    })),
    ...question.choices.map((choice): Item => ({ label: choice.label, choice })),
  ];
  pick.onDidAccept(() => {
    const choice = pick.selectedItems[0]?.choice;
    if (!choice) {
      end(true);
      panels.show(run);
      return;
    }
    if (choice.takes === 'nothing') return void send(choice.id, '');
    input = askFor(
      choice,
      question,
      (text) => void send(choice.id, text),
      () => end(true),
    );
    pick.hide();
    input.show();
  });
  pick.onDidHide(() => {
    if (!input) end(true);
  });
  pick.show();
  return { run, question: question.id, withdraw: () => end(false) };
}

function askFor(
  { id, label, takes }: Question['choices'][number],
  { text, phrase }: Question,
  onText: (text: string) => void,
  onHide: () => void,
): vscode.InputBox {
  const input = vscode.window.createInputBox();
  input.title = text;
  input.ignoreFocusOut = true;
  input.prompt =
    takes === 'phrase'
      ? `Type "${phrase ?? ''}" to go on.`
      : takes === 'minutes'
        ? `${label}: how many minutes, from 1 to 1440?`
        : `${label}: ${wordsFor(id)}`;
  if (takes === 'phrase') input.placeholder = phrase ?? '';
  const wrong = (value: string): string | undefined => {
    if (takes === 'phrase') return value === phrase ? undefined : `This is not "${phrase ?? ''}".`;
    if (takes === 'minutes')
      return /^\s*\d{1,4}\s*$/.test(value) && Number(value) >= 1 && Number(value) <= 1440
        ? undefined
        : 'A number of minutes from 1 to 1440.';
    return value.trim() === '' ? 'This needs words.' : undefined;
  };
  input.onDidChangeValue(() => {
    input.validationMessage = undefined;
  });
  input.onDidAccept(() => {
    input.validationMessage = wrong(input.value);
    if (input.validationMessage === undefined) onText(input.value);
  });
  input.onDidHide(onHide);
  return input;
}
