import type { ReadDocument } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { blocksOf } from '../../documents/markdown/parse';
import { minutesOf, readKeyValues, readSteps } from '../../documents/markdown/parts';
import { roundedMinutes } from '../../documents/runbook/runbook-kind';
import type { DocumentRule, RuleFinding } from '../rule';

/** The total duration of a section of steps is not their sum. */
export const rule: DocumentRule = {
  id: 'total-duration-wrong',
  title: 'The total duration is not the sum of the steps',
  severity: 'warn',
  why: 'The total is what a change window is booked by; a wrong one ends the window in the middle of a deployment.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] =>
    (documentKindOf(document.kind)?.sections ?? [])
      .filter(({ holds }) => holds === 'steps' || holds === 'steps-and-triggers')
      .flatMap(({ id }) => judgeSection(document, id)),
};

function judgeSection(document: ReadDocument, id: string): readonly RuleFinding[] {
  const blocks = blocksOf(document, id);
  const values = readKeyValues(blocks);
  const written = values.get('total duration') ?? values.get('total');
  const total = written ? minutesOf(written.value) : null;
  const steps = readSteps(blocks);
  if (!written || total === null || steps.length === 0) return [];
  let sum = 0;
  for (const { step } of steps) {
    // A step without a duration is another rule's finding; no sum can be compared then.
    if (step.durationMinutes === null) return [];
    sum += step.durationMinutes;
  }
  sum = roundedMinutes(sum);
  if (Math.abs(sum - total) < 0.5) return [];
  return [
    {
      message: `The total duration is given as "${written.value}", and the ${steps.length} steps take ${sum} min: correct the total or the steps`,
      path: document.path,
      span: written.span,
      status: 'fail',
      // A cell of a table is not ours to write.
      ...(written.form === 'row'
        ? {}
        : {
            fix: {
              kind: 'proposed' as const,
              title: `Set the total duration to ${sum} min`,
              edits: [
                {
                  path: document.path,
                  edits: [
                    {
                      span: written.span,
                      text: `${written.form === 'line' ? '' : '- '}**Total duration:** ${sum} min`,
                    },
                  ],
                },
              ],
            },
          }),
    },
  ];
}
