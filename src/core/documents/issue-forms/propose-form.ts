import { isMap, isSeq, parseDocument } from 'yaml';
import { lineBreakOf } from '../../text/edit';
import { comparable } from '../markdown/parse';
import { issueFormYaml, readIssueForm, type FormQuestion, type IssueForm } from './issue-form';

/** A form as it would stand, with the questions that were added to the one that stands there. */
export type ProposedForm =
  | { readonly ok: true; readonly text: string; readonly added: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** The required questions of a form that a file of a repository does not ask. */
export function missingQuestions(form: IssueForm, labels: readonly string[]): readonly FormQuestion[] {
  const asked = new Set(labels.map(comparable));
  return form.questions.filter(({ label, isRequired }) => isRequired && !asked.has(comparable(label)));
}

/**
 * The form where there is none; else the one that stands there with the required questions that it lacks at its end, and
 * every other byte as it was.
 */
export function proposeForm(form: IssueForm, before: string | null): ProposedForm {
  if (before === null) return { ok: true, text: issueFormYaml(form), added: [] };
  const read = readIssueForm(before);
  if (!read.ok) return read;
  const missing = missingQuestions(
    form,
    read.questions.map(({ label }) => label),
  );
  if (missing.length === 0) return { ok: true, text: before, added: [] };
  const place = endOfBody(before);
  if (!place)
    return {
      ok: false,
      message: 'writes its questions in one line, where none can be added by hand or tool',
    };
  const lineBreak = lineBreakOf(before);
  const added = issueFormYaml({ ...form, questions: missing })
    .split('\n')
    .slice(bodyStart(form, missing))
    .filter((line) => line !== '')
    .map((line) => `${' '.repeat(place.indent)}${line.slice(2)}`)
    .join(lineBreak);
  const head = before.slice(0, place.offset).trimEnd();
  const text = `${head}${lineBreak}${added}${lineBreak}${before.slice(place.offset).replace(/^\s*\n/, '')}`;
  const result = readIssueForm(text);
  return result.ok && result.questions.length === read.questions.length + missing.length
    ? { ok: true, text, added: missing.map(({ label }) => label) }
    : { ok: false, message: 'is written in a way in which no question can be added' };
}

/** Where the list of questions ends, and how far its items stand to the right; null for a list on one line. */
function endOfBody(text: string): { readonly offset: number; readonly indent: number } | null {
  const root: unknown = parseDocument(text).contents;
  const body = isMap(root) ? root.get('body', true) : undefined;
  if (!isSeq(body) || body.flow === true || !body.range) return null;
  const first = body.items[0];
  const start = isMap(first) ? (first.range?.[0] ?? body.range[0]) : body.range[0];
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const dash = text.slice(lineStart, start).indexOf('-');
  return dash < 0 ? null : { offset: body.range[1], indent: dash };
}

/** The line of the written form on which the first of these questions begins. */
function bodyStart(form: IssueForm, questions: readonly FormQuestion[]): number {
  const lines = issueFormYaml({ ...form, questions }).split('\n');
  return lines.findIndex((line) => line === `  - type: ${questions[0]?.type ?? ''}`);
}
