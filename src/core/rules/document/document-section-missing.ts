import { documentKindOf } from '../../documents/index';
import { judgesKind } from '../rule';
import type { DocumentRule, RuleFinding } from '../rule';
import { severityIn } from './document-severity';
import { insertSection, skeletonOf } from './edits/insert-section';
import { rule as recordIncomplete } from './record-incomplete';

/** A section that the kind of document requires is not there. */
export const rule: DocumentRule = {
  id: 'document-section-missing',
  title: 'A document lacks a section that its kind requires',
  severity: 'block',
  why: 'Whoever opens the document in a hurry looks for the section; where it is missing, it is made up on the spot.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    const kind = documentKindOf(document.kind);
    // What a record lacks is told once, by the rule over records.
    if (!kind || document.problems.length > 0 || judgesKind(recordIncomplete, kind.id)) return [];
    const present = new Set(document.sections.map(({ id }) => id));
    return kind.sections
      .filter((shape) => shape.isRequired && !present.has(shape.id))
      .map((shape) => ({
        message: `The ${kind.title.toLowerCase()} has no section "${shape.title}": add it, with ${shape.needs ?? 'what it is for'}`,
        path: document.path,
        span: null,
        status: 'fail',
        severity: severityIn(document, shape.isEssential ? 'block' : 'warn'),
        fix: {
          kind: 'proposed',
          title: `Insert the section "${shape.title}" with what is needed`,
          edits: [
            {
              path: document.path,
              edits: [insertSection(document, kind.sections, shape, skeletonOf(shape))],
            },
          ],
        },
      }));
  },
};
