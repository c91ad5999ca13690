import type { DocumentRule, RuleFinding } from '../rule';
import { commandBlocksOf } from './commands/read-blocks';
import { declaredParameters, hasParameters } from './edits/parameters';

/** A document declares a parameter that nothing of it takes. */
export const rule: DocumentRule = {
  id: 'unused-parameter',
  title: 'A declared parameter is used nowhere',
  severity: 'info',
  why: 'Whoever fills the parameters in looks for a value that nothing needs, or misses that a command should take it.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    if (!hasParameters(document) || document.problems.length > 0) return [];
    const section = document.sections.find(({ id }) => id === 'parameters');
    if (!section || commandBlocksOf(document).length === 0) return [];
    const elsewhere = document.text.slice(0, section.span.start) + document.text.slice(section.span.end);
    return declaredParameters(document)
      .filter(
        ({ name, span }) =>
          !new RegExp(`(?<!\\w)${name}(?!\\w)`).test(elsewhere) && isRow(document.text, span),
      )
      .map(({ name, span }): RuleFinding => ({
        message: `The parameter "${name}" is declared and used nowhere: take its row away, or let the command take it`,
        path: document.path,
        span,
        status: 'fail',
        fix: {
          kind: 'proposed',
          title: `Take the parameter ${name} away`,
          edits: [{ path: document.path, edits: [{ span: lineOf(document.text, span), text: '' }] }],
        },
      }));
  },
};

function isRow(text: string, { start, end }: { readonly start: number; readonly end: number }): boolean {
  return text.slice(start, end).trimStart().startsWith('|');
}

/** With the line's end, so that no empty line parts the table. */
function lineOf(text: string, { start, end }: { readonly start: number; readonly end: number }) {
  const from = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
  const lineBreak = /^[ \t]*(?:\r\n|\n|\r|$)/.exec(text.slice(end, end + 200))?.[0] ?? '';
  return { start: from, end: end + lineBreak.length };
}
