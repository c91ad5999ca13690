import type { ReadDocument } from '../../documents/document';
import { spanOf } from '../../documents/markdown/parse';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { commandBlocksOf, type CommandBlock } from './commands/read-blocks';
import { quoted } from './document-severity';

/** A block of commands that is there to be pasted holds the prompts of the terminal that it was copied from. */
export const rule: DocumentRule = {
  id: 'command-with-prompt',
  title: 'A command carries a prompt',
  severity: 'warn',
  why: 'What is pasted with its prompt does not run, and with what was printed between the commands it may run something else.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] =>
    commandBlocksOf(document).flatMap((block): RuleFinding[] => {
      const [first, ...others] = block.isTranscript ? [] : block.prompts;
      if (!first) return [];
      return [
        {
          message: `The command begins with the prompt ${quoted(first.text)}, which cannot be pasted: ${
            block.hasOutput
              ? 'keep the commands only, or call the block "console" if it shows what was printed'
              : 'take the prompt away'
          }`,
          path: document.path,
          span: first.span,
          status: 'fail',
          evidence: others.map(({ span, text }) => ({
            message: `Another prompt: ${text}`,
            path: document.path,
            span,
          })),
          ...fixOf(document, block),
        },
      ];
    }),
};

function fixOf(document: ReadDocument, block: CommandBlock): { readonly fix?: Fix } {
  if (block.hasOutput) {
    const fix = callConsole(document, block);
    return fix ? { fix } : {};
  }
  return { fix: withoutPrompts(document, block) };
}

function withoutPrompts(document: ReadDocument, { prompts }: CommandBlock): Fix {
  return {
    kind: 'proposed',
    title: prompts.length === 1 ? 'Take the prompt away' : 'Take the prompts away',
    edits: [{ path: document.path, edits: prompts.map(({ span }) => ({ span, text: '' })) }],
  };
}

/** What stands behind the opening fence says that the block is a transcript; null for a block without fence. */
function callConsole(document: ReadDocument, { node }: CommandBlock): Fix | null {
  const { start } = spanOf(node);
  const opening = /^((?:`{3,}|~{3,})[ \t]*)([^\s`]*)/.exec(document.text.slice(start, start + 200));
  if (!opening) return null;
  const at = start + (opening[1]?.length ?? 0);
  return {
    kind: 'proposed',
    title: 'Call the block "console"',
    edits: [
      {
        path: document.path,
        edits: [{ span: { start: at, end: at + (opening[2]?.length ?? 0) }, text: 'console' }],
      },
    ],
  };
}
