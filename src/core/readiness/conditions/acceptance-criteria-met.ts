import { fileSource } from '../../evidence/fact';
import type { AcceptanceCriterion } from '../../evidence/results/acceptance-criteria';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import type { ReadinessFacts } from '../facts';
import { firstOf, isProvided, noReport } from '../evidence-words';

const NEXT = 'list each criterion with the test that shows it and the test’s result, "Passed"';

/** S4-16: every criterion is met, and has a test that is marked as passed. */
export const condition: Condition = {
  id: 'acceptance-criteria-met',
  title: 'Every acceptance criterion is met, and a test that passed shows it',
  weight: ({ evidence }) => (isProvided(evidence.acceptanceCriteria) ? 'block' : 'warn'),
  criterion: 'approval',
  judge: (facts) => {
    const { acceptanceCriteria: evidence } = facts.evidence;
    const [unread] = evidence.unread;
    const criteria = evidence.counting.flatMap(({ path, report }) =>
      report.map((criterion) => ({ path, criterion, state: stateOf(criterion, facts) })),
    );
    if (criteria.length === 0) {
      return noReport(evidence, 'acceptance-criteria', 'list of acceptance criteria', NEXT);
    }
    const open = criteria.filter(({ state }) => state !== null);
    if (open.length > 0) {
      return fail(
        `${open.length} of ${criteria.length === 1 ? '1 criterion is' : `${criteria.length} criteria are`} open: ${firstOf(
          open.map(({ criterion, state }) => `${criterion.id} ${state ?? ''}`),
          '; ',
        )}`,
        NEXT,
        open.map(({ path, criterion }) => fileSource(path, criterion.range)),
      );
    }
    if (unread)
      return notKnown(`${unread.path} ${unread.reason}`, NEXT, [fileSource(unread.path, unread.range)]);
    return pass(
      `${counted(criteria.length, 'acceptance criterion').replace('criterions', 'criteria')} met, each with a test that passed`,
      evidence.counting.map(({ path }) => fileSource(path)),
    );
  },
};

/** Why a criterion is open, completing "<id> …"; null where it is met and shown. */
function stateOf(criterion: AcceptanceCriterion, facts: ReadinessFacts): string | null {
  if (criterion.met === 'failed' || criterion.met === 'skipped') return 'is not met';
  if (criterion.result === 'passed') return null;
  if (criterion.result === 'failed') return 'has a test that failed';
  if (criterion.result === 'skipped') return 'has a test that did not run';
  // The functional report may name the criterion beside its test.
  const shown = facts.evidence.functional.counting.some(({ report }) =>
    report.outcomes.some(({ name, result }) => result === 'passed' && namesId(name, criterion.id)),
  );
  if (shown) return null;
  return criterion.test === null ? 'has no test marked as passed' : 'has a test whose result is not told';
}

function namesId(name: string, id: string): boolean {
  return new RegExp(
    `(?<![\\w-])${id.slice(0, 100).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`,
    'i',
  ).test(name);
}
