import { actionColumns } from '../../documents/markdown/columns';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { DocumentRule, RuleFinding } from '../rule';
import { lacksColumn } from './document-column-missing';
import { listed, quoted, severityIn } from './document-severity';

/** Nobody can be asked about these. */
const NOBODY =
  /^(?:(?:the )?team|everyone|everybody|anyone|someone|somebody|we|us|all|n\/?a|none|-+|–|—|\?+)$/i;

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T.*)?$/;

/** An action item without an owner, a due date or a way to see that it is done. */
export const rule: DocumentRule = {
  id: 'action-item-incomplete',
  title: 'An action item lacks owner, due date or verification',
  severity: 'block',
  why: 'An action that nobody owns, that is due never, or that cannot be seen to be done is the next incident.',
  subject: 'document',
  kinds: ['postmortem', 'incident-report'],
  check: (document): readonly RuleFinding[] => {
    const section = document.sections.find(({ id }) => id === 'actions');
    if (!section) return [];
    const rows = readTable(blocksOf(document, 'actions'), actionColumns);
    const severity = severityIn(document, 'block');
    if (rows.length === 0) {
      return [
        {
          message: `"${section.title}" has no table of actions: add one with action, owner, due date and how it is verified`,
          path: document.path,
          span: section.headingSpan,
          status: 'fail',
          severity,
        },
      ];
    }
    return rows.flatMap(({ cells, columns, span }): RuleFinding[] => {
      const isOpen = holdsPlaceholder;
      const isTold = (key: string): boolean => lacksColumn(columns, key);
      const missing: string[] = [];
      if (!isTold('action') && cells.action === '') missing.push('action');
      if (!isTold('owner') && (cells.owner === '' || NOBODY.test(cells.owner))) missing.push('owner by name');
      if (!isTold('due') && !DAY.test(cells.due) && !isOpen(cells.due))
        missing.push('due date such as 2027-03-01');
      if (!isTold('verifiedBy') && /^(?:|n\/?a|none|-+|–|—|\?+)$/i.test(cells.verifiedBy)) {
        missing.push('way to verify it');
      }
      if (missing.length === 0) return [];
      return [
        {
          message: `The action ${quoted(cells.action || 'of this row')} has no ${listed(missing)}: add it, or UNKNOWN(what is needed)`,
          path: document.path,
          span,
          status: 'fail',
          severity,
        },
      ];
    });
  },
};
