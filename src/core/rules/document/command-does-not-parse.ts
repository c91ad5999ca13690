import { findSyntaxFault } from '../../shell/syntax-fault';
import type { DocumentRule, RuleFinding } from '../rule';
import { commandBlocksOf } from './commands/read-blocks';
import { quoted, severityIn } from './document-severity';

/** A command of a document is not what a shell can read. */
export const rule: DocumentRule = {
  id: 'command-does-not-parse',
  title: 'A command cannot be read by the shell',
  severity: 'block',
  why: 'It was never run as it stands there: whoever pastes it gets an error of the shell, or a prompt that waits for the rest.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] =>
    commandBlocksOf(document).flatMap(({ inputs, isDeclared, node }) =>
      inputs.flatMap((input): RuleFinding[] => {
        const fault = findSyntaxFault(input.script);
        if (!fault) return [];
        const next =
          isDeclared && node.lang
            ? `mend the command, or call the block "text" if it is none`
            : 'mend the command, or give the block a language if it is none';
        return [
          {
            message: `The shell ${fault.message} in ${quoted(lineAt(input.text, fault.span.start))}: ${next}`,
            path: document.path,
            span: input.placeOf(fault.span),
            status: 'fail',
            severity: isDeclared ? severityIn(document, 'block') : 'warn',
          },
        ];
      }),
    ),
};

/** The line of a text that holds an offset, without its indentation. */
function lineAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end < 0 ? text.length : end).trim();
}
