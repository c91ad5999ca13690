import { documentKindOf } from '../../documents/index';
import { triggerColumns } from '../../documents/markdown/columns';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { DocumentRule, RuleFinding } from '../rule';
import { lacksColumn } from './document-column-missing';
import { listed, quoted, severityIn } from './document-severity';

/** A rollback trigger names no metric, comparison, threshold or window, or there is no trigger at all. */
export const rule: DocumentRule = {
  id: 'trigger-without-numbers',
  title: 'A rollback trigger cannot be decided by numbers',
  severity: 'block',
  why: 'Without a metric, a comparison, a number and a window the decision to go back is argued about while users wait.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    const holding = (documentKindOf(document.kind)?.sections ?? []).filter(
      ({ holds }) => holds === 'triggers' || holds === 'steps-and-triggers',
    );
    return holding.flatMap((shape): RuleFinding[] => {
      const section = document.sections.find(({ id }) => id === shape.id);
      if (!section) return [];
      const triggers = readTable(blocksOf(document, shape.id), triggerColumns);
      if (triggers.length === 0) {
        return [
          {
            message: `"${section.title}" says not when to roll back: add a table with metric, comparison, threshold and window`,
            path: document.path,
            span: section.headingSpan,
            status: 'fail',
            severity: severityIn(document, 'block'),
          },
        ];
      }
      return triggers.flatMap(({ cells, columns, span }): RuleFinding[] => {
        const missing = missingOf(cells, columns);
        if (missing.length === 0) return [];
        return [
          {
            message: `The trigger ${quoted(cells.metric || cells.threshold || 'of this row')} has no ${listed(missing)}: add it, or UNKNOWN(what is needed)`,
            path: document.path,
            span,
            status: 'fail',
            severity: severityIn(document, 'block'),
          },
        ];
      });
    });
  },
};

function missingOf(
  cells: Readonly<Record<'metric' | 'comparison' | 'threshold' | 'window', string>>,
  columns: ReadonlySet<string>,
): string[] {
  const isOpen = (text: string): boolean => holdsPlaceholder(text);
  const missing: string[] = [];
  const isTold = (key: string): boolean => lacksColumn(columns, key);
  if (cells.metric === '' && !isTold('metric')) missing.push('metric');
  // "fails" and "is down" need no number beside them; a threshold that holds its own sign needs no comparison.
  if (
    cells.comparison === '' &&
    !isTold('threshold') &&
    !/[<>≤≥=]/.test(cells.threshold) &&
    !isOpen(cells.threshold)
  ) {
    missing.push('comparison');
  }
  if (!isTold('threshold') && !/\d/.test(cells.threshold) && !isOpen(cells.threshold))
    missing.push('number as its threshold');
  if (!isTold('window') && !isOpen(cells.window) && !/\d/.test(cells.window))
    missing.push('window in minutes');
  return missing;
}
