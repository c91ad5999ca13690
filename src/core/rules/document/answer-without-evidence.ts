import { answerColumns } from '../../documents/markdown/answers';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';
import { isOpen, isTold } from './told-cells';

/** An item of a list of answers that is answered yes and names nothing that shows it. */
export const rule: DocumentRule = {
  id: 'answer-without-evidence',
  title: 'A question is answered yes, and nothing shows it',
  severity: 'block',
  why: 'A list that is ticked from habit says yes to everything. What counts is what shows it.',
  subject: 'document',
  kinds: ['self-review', 'definition-of-done'],
  check: (document): readonly RuleFinding[] => {
    const section = document.kind === 'self-review' ? 'questions' : 'items';
    return readTable(blocksOf(document, section), answerColumns)
      .filter(({ cells }) => /^(?:(?:yes|done|pass(?:ed)?|ok)\b|[x✓✔☑])/i.test(cells.answer.trim()))
      .filter(({ cells }) => !isTold(cells.evidence) && !isOpen(cells.evidence))
      .map(({ cells, span }) => ({
        message: `${quoted(cells.question)} is answered "${cells.answer}", and nothing shows it: name the evidence, or write the list anew with release-gate doc ${document.kind} --write`,
        path: document.path,
        span,
        status: 'fail',
        severity: severityIn(document, 'block'),
      }));
  },
};
