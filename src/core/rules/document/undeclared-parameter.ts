import type { ShellParser } from '../../ports';
import type { ReadDocument } from '../../documents/document';
import type { Span } from '../../text/position';
import type { DocumentRule, RuleFinding } from '../rule';
import { commandBlocksOf } from './commands/read-blocks';
import { isWellKnown, readVariables } from './commands/read-variables';
import { declaredParameters, declareParameter, hasParameters } from './edits/parameters';

interface Undeclared {
  readonly name: string;
  readonly places: Span[];
}

/** A command takes a variable that the document neither declares nor sets. */
export const rule: DocumentRule = {
  id: 'undeclared-parameter',
  title: 'A command takes a parameter that the document does not declare',
  severity: 'warn',
  why: 'A variable that is not set is empty: the command runs all the same, against something else than was meant.',
  subject: 'document',
  kinds: 'every',
  check: (document, { shell }): readonly RuleFinding[] => {
    if (!shell || !hasParameters(document) || document.problems.length > 0) return [];
    return undeclaredIn(document, shell).map(({ name, places: [first, ...others] }): RuleFinding => {
      const edit = declareParameter(document, name, null);
      return {
        message: `The command takes "\${${name}}", which the document neither declares nor sets: declare it with its meaning and an example`,
        path: document.path,
        span: first ?? null,
        status: 'fail',
        evidence: others.map((span) => ({ message: 'Taken here too', path: document.path, span })),
        ...(edit
          ? {
              fix: {
                kind: 'proposed',
                title: `Declare the parameter ${name}`,
                edits: [{ path: document.path, edits: [edit] }],
              },
            }
          : {}),
      };
    });
  },
};

/** Each once, by the order of first use. What an earlier command sets counts wherever it stands. */
function undeclaredIn(document: ReadDocument, shell: ShellParser): readonly Undeclared[] {
  const known = new Set(declaredParameters(document).map(({ name }) => name));
  const found = new Map<string, Undeclared>();
  for (const { inputs } of commandBlocksOf(document)) {
    for (const input of inputs) {
      const { uses, opensAt } = readVariables(input.script, shell);
      for (const { name, does, span } of uses) {
        // What a file sets that is read here is not known.
        if (opensAt !== null && span.start > opensAt) return [...found.values()];
        if (does === 'set') known.add(name);
        else if (!known.has(name) && !isWellKnown(name)) {
          const before = found.get(name) ?? { name, places: [] };
          before.places.push(input.placeOf(span));
          found.set(name, before);
        }
      }
      if (opensAt !== null) return [...found.values()];
    }
  }
  return [...found.values()];
}
