import type { DocumentRule, RuleFinding } from '../rule';
import { severityIn } from './document-severity';

/** How the reader of a runbook arrives: with a symptom. Going back is the last resort of the four. */
const ORDER = ['symptoms', 'diagnosis', 'mitigations', 'rollback'];

/** A runbook's symptoms, diagnosis, mitigations and rollback do not follow each other in this order. */
export const rule: DocumentRule = {
  id: 'document-section-misordered',
  title: 'A runbook does not lead from symptoms over diagnosis and mitigations to rollback',
  severity: 'warn',
  why: 'Somebody who follows the page from the top acts before they know what is wrong.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    const found = document.sections.filter(({ id }) => id !== null && ORDER.includes(id));
    const wrong = found.find(
      ({ id }, index) => index > 0 && ORDER.indexOf(id ?? '') < ORDER.indexOf(found[index - 1]?.id ?? ''),
    );
    const before = wrong ? found[found.indexOf(wrong) - 1] : undefined;
    if (!wrong || !before) return [];
    return [
      {
        message: `"${wrong.title}" comes after "${before.title}": order them symptoms, diagnosis, mitigations, rollback`,
        path: document.path,
        span: wrong.headingSpan,
        status: 'fail',
        severity: severityIn(document, 'warn'),
        evidence: [
          { message: `"${before.title}" stands before it`, path: document.path, span: before.headingSpan },
        ],
      },
    ];
  },
};
