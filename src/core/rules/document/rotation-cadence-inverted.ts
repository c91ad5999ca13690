import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { secretColumns } from '../../documents/secrets-rotation-plan/columns';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';

const RISKS = ['low', 'medium', 'high', 'critical'];

/** Words for a number of days. */
const WORDS: readonly (readonly [RegExp, number])[] = [
  [/\b(?:daily|every day)\b/i, 1],
  [/\b(?:weekly|every week)\b/i, 7],
  [/\b(?:monthly|every month)\b/i, 30],
  [/\b(?:quarterly|every quarter)\b/i, 90],
  [/\b(?:half[- ]yearly|semi[- ]?annual(?:ly)?|twice a year)\b/i, 180],
  [/\b(?:yearly|annual(?:ly)?|every year|once a year)\b/i, 365],
];

const UNITS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30, y: 365 };

/** A secret of high risk that is rotated less often than one of lower risk. */
export const rule: DocumentRule = {
  id: 'rotation-cadence-inverted',
  title: 'A secret of higher risk is rotated less often than one of lower risk',
  severity: 'warn',
  why: 'How often a secret is rotated bounds how long a leaked one is good for; what does more harm has to be good for less time.',
  subject: 'document',
  kinds: ['secrets-rotation-plan'],
  check: (document): readonly RuleFinding[] => {
    const rows = readTable(blocksOf(document, 'inventory'), secretColumns).flatMap((row) => {
      const risk = RISKS.indexOf(row.cells.risk.trim().toLowerCase());
      const days = daysOf(row.cells.cadence);
      return risk < 0 || days === null ? [] : [{ ...row, risk, days }];
    });
    return rows.flatMap((row): RuleFinding[] => {
      // The one that is rotated most often among those of lower risk shows it best.
      const [other] = rows
        .filter(({ risk, days }) => risk < row.risk && days < row.days)
        .sort((a, b) => a.days - b.days);
      if (!other) return [];
      const span = row.cellSpan('cadence');
      return [
        {
          message: `${quoted(row.cells.secret)} is of ${row.cells.risk.trim()} risk and rotated ${row.cells.cadence.trim()}, while ${quoted(other.cells.secret)} of ${other.cells.risk.trim()} risk is rotated ${other.cells.cadence.trim()}: rotate it at least as often`,
          path: document.path,
          span,
          status: 'fail',
          severity: severityIn(document, 'warn'),
          evidence: [{ message: `Rotated more often`, path: document.path, span: other.cellSpan('cadence') }],
        },
      ];
    });
  },
};

/** `every 90 days`, `90d`, `3 months`, `quarterly` in days; null for anything else, such as "on compromise". */
export function daysOf(cadence: string): number | null {
  const [, amount, unit = ''] =
    /^(?:every |each |at least every )?(\d{1,4}(?:\.\d{1,2})?)\s*(d(?:ays?)?|w(?:eeks?)?|m(?:onths?)?|y(?:ears?)?)\b/i.exec(
      cadence.trim(),
    ) ?? [];
  if (amount !== undefined) return Number(amount) * (UNITS[unit[0]?.toLowerCase() ?? ''] ?? Number.NaN);
  return WORDS.find(([pattern]) => pattern.test(cadence))?.[1] ?? null;
}
