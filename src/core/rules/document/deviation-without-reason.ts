import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { deviationColumns } from '../../documents/markdown/report-columns';
import type { DocumentRule, RuleFinding } from '../rule';
import { listed, quoted, severityIn } from './document-severity';
import { isNone, isOpen, isTold } from './told-cells';

/** A deviation from the runbook without its reason or its outcome. */
export const rule: DocumentRule = {
  id: 'deviation-without-reason',
  title: 'A deviation from the runbook lacks its reason or its outcome',
  severity: 'block',
  why: 'What was done otherwise than written is either a fault of the runbook or one of the deployment; without the reason nobody can tell which.',
  subject: 'document',
  kinds: ['verification-report'],
  check: (document): readonly RuleFinding[] => {
    const severity = severityIn(document, 'block');
    return readTable(blocksOf(document, 'execution'), deviationColumns)
      .filter(({ columns }) => columns.has('deviation'))
      .filter(({ cells }) => isTold(cells.deviation) && !isNone(cells.deviation) && !isOpen(cells.deviation))
      .flatMap(({ cells, span }): RuleFinding[] => {
        const lacks = [
          ...(isTold(cells.reason) ? [] : ['reason']),
          ...(isTold(cells.outcome) ? [] : ['outcome']),
        ];
        return lacks.length === 0
          ? []
          : [
              {
                message: `The deviation ${quoted(cells.deviation)} has no ${listed(lacks)}: add it, or UNKNOWN(what is needed)`,
                path: document.path,
                span,
                status: 'fail',
                severity,
              },
            ];
      });
  },
};
