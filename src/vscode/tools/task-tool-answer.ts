import type { TaskResult } from '../../core/tasks/task';
import { changesAnything, shownPath } from '../../core/text/proposal';

/** A model reads no more than this of one answer; the person sees the whole as a proposal. */
export const MAX_ANSWER_CHARACTERS = 60_000;

/** The end of a task tool's answer: how to go on, and what must not be claimed. */
export function proposalNote(result: Pick<TaskResult, 'files'>, proposal: string): string {
  const changing = result.files.filter(changesAnything);
  if (changing.length === 0) return 'Nothing would be written: every file is already as it should be.\n';
  return [
    `Proposal id: ${proposal}`,
    `Files: ${changing.map(shownPath).join(', ')}`,
    'Nothing has been written. To write these files, call release_gate_apply_proposal with this proposal id; the person is asked first.',
    'Keep every UNKNOWN(...) as it is: none of them may be filled in without a source.',
    '',
  ].join('\n');
}

/** Cuts an answer that is too long and says so, so that nobody takes the part for the whole. */
export function boundedAnswer(text: string, tail: string): string {
  const room = MAX_ANSWER_CHARACTERS - tail.length;
  if (text.length <= room) return `${text}\n${tail}`;
  // A surrogate pair must not be cut in two.
  const end = /[\uD800-\uDBFF]/.test(text.charAt(room - 1)) ? room - 1 : room;
  return `${text.slice(0, end)}\n\n[Cut here: ${text.length - end} more characters are in the proposal.]\n\n${tail}`;
}

/** The string values of a tool's input; anything else that a model sends is left out. */
export function textInputs(input: unknown): Readonly<Record<string, string>> {
  if (typeof input !== 'object' || input === null) return {};
  return Object.fromEntries(
    Object.entries(input).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].trim() !== '',
    ),
  );
}
