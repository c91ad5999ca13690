import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { questionColumns } from '../../documents/pipeline-review/columns';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';
import { saysNothing } from './table-rows';

/** What people write for a verdict. */
const VERDICT =
  /^(?:pass(?:ed|es)?|fail(?:ed|s)?|unknown|ok|yes|no|partial(?:ly)?|not applicable|n\/?a|✅|❌|✓|✔|✗|✘|⚠️?)\b|^[✅❌✓✔✗✘⚠]/iu;

/** A question of a review without an answer, or with one that nothing supports. */
export const rule: DocumentRule = {
  id: 'verdict-without-evidence',
  title: 'A verdict of a review has no evidence',
  severity: 'warn',
  why: 'A pass that names nothing that was looked at is an assurance, and reads like a check.',
  subject: 'document',
  kinds: ['pipeline-review', 'infrastructure-review'],
  check: (document): readonly RuleFinding[] =>
    readTable(blocksOf(document, 'questions'), questionColumns).flatMap(
      ({ cells, span, cellSpan, columns }): RuleFinding[] => {
        if (cells.question === '' || !columns.has('verdict')) return [];
        const at = (message: string, place: RuleFinding['span']): RuleFinding => ({
          message,
          path: document.path,
          span: place,
          status: 'fail',
          severity: severityIn(document, 'warn'),
        });
        if (saysNothing(cells.verdict) && !/^n\/?a$/i.test(cells.verdict.trim()))
          return [at(`${quoted(cells.question)} has no verdict: write pass, fail or unknown`, span)];
        const isSaid = VERDICT.test(cells.verdict.trim()) || holdsPlaceholder(cells.verdict);
        if (!isSaid || !columns.has('evidence') || !saysNothing(cells.evidence)) return [];
        return [
          at(
            `${quoted(cells.question)} is said to be ${quoted(cells.verdict)} without evidence: say what was looked at, or UNKNOWN(what is needed)`,
            cellSpan('verdict'),
          ),
        ];
      },
    ),
};
