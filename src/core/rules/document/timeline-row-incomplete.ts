import { timelineColumns } from '../../documents/markdown/columns';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { DocumentRule, RuleFinding } from '../rule';
import { lacksColumn } from './document-column-missing';
import { listed, quoted, severityIn } from './document-severity';
import { zonedTime } from '../../text/zoned-time';

/** A row of a timeline without a time with its zone, or without its source. */
export const rule: DocumentRule = {
  id: 'timeline-row-incomplete',
  title: 'A row of the timeline lacks its time with zone or its source',
  severity: 'block',
  why: 'A time without zone cannot be set beside a log, and what has no source cannot be checked by anybody.',
  subject: 'document',
  kinds: ['postmortem', 'incident-report'],
  check: (document): readonly RuleFinding[] => {
    const section = document.sections.find(({ id }) => id === 'timeline');
    if (!section) return [];
    const severity = severityIn(document, 'block');
    const rows = readTable(blocksOf(document, 'timeline'), timelineColumns);
    if (rows.length === 0) {
      return [
        {
          message: `"${section.title}" has no table of events: add one with time, event, source and whether it is verified`,
          path: document.path,
          span: section.headingSpan,
          status: 'fail',
          severity,
        },
      ];
    }
    return rows.flatMap(({ cells, columns, span }): RuleFinding[] => {
      const missing: string[] = [];
      if (!lacksColumn(columns, 'time') && zonedTime(cells.time) === null && !holdsPlaceholder(cells.time)) {
        missing.push('time with its day and zone, such as 2027-03-01T10:12Z');
      }
      if (!lacksColumn(columns, 'event') && cells.event === '') missing.push('event');
      if (!lacksColumn(columns, 'source') && /^(?:|n\/?a|none|-+|–|—|\?+)$/i.test(cells.source)) {
        missing.push('source');
      }
      if (missing.length === 0) return [];
      return [
        {
          message: `The row ${quoted(cells.event || cells.time || 'of the timeline')} has no ${listed(missing)}: add it, or UNKNOWN(what is needed)`,
          path: document.path,
          span,
          status: 'fail',
          severity,
        },
      ];
    });
  },
};
