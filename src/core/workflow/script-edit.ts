import type { TextEdit } from '../text/edit';
import { isSharedByAnchor } from './edit';
import type { Workflow } from './model';
import type { StepCommand } from './understanding';

/**
 * Where in the file a command of a script stands; null where that is not known to the character (a folded script, one
 * with escapes) or where an anchor shares it with other places: then it must not be edited.
 */
function editablePlace({ text }: Workflow, command: StepCommand): StepCommand['span'] | null {
  const { run } = command.step;
  const { span } = command;
  if (!run || run.style === 'folded' || isSharedByAnchor(text, run.span)) return null;
  const isWhole = span.start === run.span.start && span.end === run.span.end;
  // A script of one plain line is its command; a block that is pointed at as a whole was not placed.
  return isWhole && run.style !== 'plain' ? null : span;
}

/**
 * The edits that put `replacement` in the place of each match of `pattern` (with the flag g) inside the command; null
 * where there is none or the command cannot be edited.
 */
export function replaceInCommand(
  workflow: Workflow,
  command: StepCommand,
  pattern: RegExp,
  replacement: (match: string) => string,
): readonly TextEdit[] | null {
  const place = editablePlace(workflow, command);
  if (!place) return null;
  const edits = [...workflow.text.slice(place.start, place.end).matchAll(pattern)].map((match) => {
    const start = place.start + match.index;
    return { span: { start, end: start + match[0].length }, text: replacement(match[0]) };
  });
  return edits.length > 0 ? edits : null;
}

/** The edit that replaces what stands right behind a command, where `pattern` (anchored with `^`) matches it. */
export function replaceBehindCommand(
  workflow: Workflow,
  command: StepCommand,
  pattern: RegExp,
  replacement: (match: string) => string,
): readonly TextEdit[] | null {
  const place = editablePlace(workflow, command);
  const run = command.step.run;
  if (!place || !run) return null;
  const match = pattern.exec(workflow.text.slice(place.end, run.span.end));
  if (!match || match[0] === '') return null;
  return [{ span: { start: place.end, end: place.end + match[0].length }, text: replacement(match[0]) }];
}
