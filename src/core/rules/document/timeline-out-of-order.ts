import { timelineColumns } from '../../documents/markdown/columns';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';
import { zonedTime } from '../../text/zoned-time';

/** A row of a timeline is earlier than the one before it. */
export const rule: DocumentRule = {
  id: 'timeline-out-of-order',
  title: 'A timeline is not in the order of its times',
  severity: 'warn',
  why: 'Who reads a timeline takes what stands above for what came before, and sees causes where there are none.',
  subject: 'document',
  kinds: ['postmortem', 'incident-report'],
  check: (document): readonly RuleFinding[] => {
    const rows = readTable(blocksOf(document, 'timeline'), timelineColumns).flatMap((row) => {
      const time = zonedTime(row.cells.time);
      return time === null ? [] : [{ ...row, time }];
    });
    // A table may run backwards as a whole, newest first: that is an order too.
    if (
      rows.length > 2 &&
      rows.every(({ time }, index) => index === 0 || time <= (rows[index - 1]?.time ?? time))
    ) {
      return [];
    }
    return rows.flatMap((row, index): RuleFinding[] => {
      const before = rows[index - 1];
      if (!before || row.time >= before.time) return [];
      return [
        {
          message: `${quoted(row.cells.time)} stands after ${quoted(before.cells.time)}, which is later: move the row up`,
          path: document.path,
          span: row.span,
          status: 'fail',
          evidence: [{ message: 'The later row', path: document.path, span: before.span }],
        },
      ];
    });
  },
};
