import type { ReadDocument } from '../../documents/document';
import { triggerColumns } from '../../documents/markdown/columns';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable, type FoundRow } from '../../documents/markdown/parts';
import { isMetric, readTrigger, triggerInWords, type TypedTrigger } from '../../risk/typed-trigger';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';
import { companionOf, currentPlan } from './release-documents';

/** Whose numbers count, the first most: what is written for the night, then for every day, then for one release. */
const BY_AUTHORITY = ['rollback-runbook', 'runbook', 'release-plan'];

/** Plan and runbooks go back at different numbers of the same metric. */
export const rule: DocumentRule = {
  id: 'triggers-disagree',
  title: 'Documents of a service go back at different numbers',
  severity: 'warn',
  why: 'Where the plan says 5 % and the runbook 2 %, whoever watches argues about the number while users wait.',
  subject: 'document',
  kinds: ['runbook', 'release-plan'],
  check: (document, facts): readonly RuleFinding[] => {
    if (document.kind === 'release-plan' && currentPlan(facts)?.path !== document.path) return [];
    const own = triggersOf(document);
    const others = BY_AUTHORITY.slice(0, BY_AUTHORITY.indexOf(document.kind)).flatMap(
      (kind) => companionOf(document, kind, facts) ?? [],
    );
    const settled = new Set<Found>();
    return others.flatMap((other) => {
      const theirs = triggersOf(other);
      return own.flatMap((mine): RuleFinding[] => {
        const ofMetric = theirs.filter((each) => isComparable(each.trigger, mine.trigger));
        if (ofMetric.length === 0 || settled.has(mine)) return [];
        settled.add(mine);
        if (ofMetric.some((each) => isSame(each.trigger, mine.trigger))) return [];
        // Of several of theirs only one that no row of ours says can be meant.
        const [meant, another] = ofMetric.filter(
          (each) => !own.some((row) => isSame(row.trigger, each.trigger)),
        );
        if (!meant) return [];
        return [disagreement(document, mine, other, meant, another === undefined)];
      });
    });
  },
};

interface Found {
  readonly row: FoundRow<keyof typeof triggerColumns>;
  readonly trigger: TypedTrigger;
}

/** The triggers that a monitor could decide; baselines are left as they are, since both sides have the same. */
function triggersOf(document: ReadDocument): readonly Found[] {
  const section = document.kind === 'rollback-runbook' ? 'triggers' : 'rollback';
  return readTable(blocksOf(document, section), triggerColumns).flatMap((row) => {
    const reading = readTrigger(row.cells, () => '1');
    return reading.ok ? [{ row, trigger: reading.trigger }] : [];
  });
}

/** Of the same metric in the same form: a share of the baseline is compared with another, an absolute number with another. */
function isComparable(a: TypedTrigger, b: TypedTrigger): boolean {
  return (
    isMetric(a.metric, b.metric) &&
    isMetric(b.metric, a.metric) &&
    (a.baseline === null) === (b.baseline === null) &&
    a.unit === b.unit &&
    direction(a) === direction(b)
  );
}

function direction({ comparison }: TypedTrigger): string {
  return comparison.replace('=', '') || '=';
}

function isSame(a: TypedTrigger, b: TypedTrigger): boolean {
  return a.number === b.number && a.windowMinutes === b.windowMinutes && a.forMinutes === b.forMinutes;
}

function disagreement(
  document: ReadDocument,
  mine: Found,
  other: ReadDocument,
  theirs: Found,
  isOnly: boolean,
): RuleFinding {
  const keys = ['comparison', 'threshold', 'window', 'lasting'] as const;
  const edits = keys.flatMap((key) => {
    const from = theirs.row.cells[key];
    const to = mine.row.cells[key];
    if (from === to || from === '' || to === '') return [];
    const span = mine.row.cellSpan(key);
    const at = document.text.slice(span.start, span.end).indexOf(to);
    return at < 0 ? [] : [{ span: { start: span.start + at, end: span.start + at + to.length }, text: from }];
  });
  const different = keys.filter((key) => theirs.row.cells[key] !== mine.row.cells[key]).length;
  return {
    message: `This document goes back at ${quoted(inWords(mine))}, and ${quoted(other.path)} at ${quoted(inWords(theirs))}: agree on one, and write it into both`,
    path: document.path,
    span: mine.row.span,
    status: 'fail',
    evidence: [
      {
        message: 'The same metric with other numbers',
        path: other.path,
        span: null,
        range: other.lines.rangeOf(theirs.row.span),
      },
    ],
    ...(isOnly && edits.length > 0 && edits.length === different
      ? {
          fix: {
            kind: 'proposed',
            title: `Take the numbers of ${other.path}`,
            edits: [{ path: document.path, edits }],
          },
        }
      : {}),
  };
}

function inWords({ row, trigger }: Found): string {
  return trigger.baseline === null
    ? triggerInWords(trigger)
    : `${row.cells.metric} ${row.cells.comparison} ${row.cells.threshold} over ${trigger.windowMinutes} min for ${trigger.forMinutes} min`;
}
