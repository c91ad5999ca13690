import type { DocumentRule, RuleFinding } from '../rule';

/** So many are listed with their places; the message counts them all. */
const MAX_LISTED = 50;

/** The document says itself what it does not know: counted and listed, one finding per document. */
export const rule: DocumentRule = {
  id: 'unresolved-placeholder',
  title: 'A document has values that are still unknown',
  severity: 'info',
  why: 'What is marked as UNKNOWN is honest, and still has to be found out before somebody needs it.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    const [first] = document.placeholders;
    if (!first) return [];
    const places = document.placeholders.length;
    const values = new Set(document.placeholders.map(({ needed }) => needed)).size;
    const counted = `${values} ${values === 1 ? 'value is' : 'values are'} still unknown`;
    const where = places > values ? `, in ${places} places` : '';
    return [
      {
        message: `${counted}${where}, first UNKNOWN(${first.needed}): find out and replace`,
        path: document.path,
        span: first.span,
        status: 'fail',
        evidence: document.placeholders
          .slice(0, MAX_LISTED)
          .map(({ needed, span }) => ({ message: `Needed: ${needed}`, path: document.path, span })),
      },
    ];
  },
};
