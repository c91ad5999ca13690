import { fileSource } from '../../evidence/fact';
import { counted } from '../../text/words';
import { doingOf, jobChecks, namesOfChecks } from '../check-evidence';
import { fail, notKnown, pass, type Condition } from '../condition';
import { besides, firstOf, isProvided, noReport, onCommit, sourcesOf } from '../evidence-words';

const NEXT = 'run the tests on the commit of the release with a report in the form of JUnit';

/** S2-29, S1-06: every test passed in its last run, on the commit of the release. */
export const condition: Condition = {
  id: 'unit-tests-passed',
  title: 'The tests passed on the commit of the release',
  weight: ({ evidence }) => (isProvided(evidence.tests, evidence.checks) ? 'block' : 'warn'),
  criterion: 'execution',
  judge: (facts) => {
    const { tests } = facts.evidence;
    const checks = jobChecks(facts, (job) => doingOf(job, ({ purpose }) => purpose === 'unit'));
    const failing = tests.counting.flatMap(({ path, report }) =>
      report.failing.map((test) => ({ path, test })),
    );
    const sum = (of: 'tests' | 'passed' | 'failed' | 'errors' | 'skipped'): number =>
      tests.counting.reduce((total, { report }) => total + report[of], 0);
    const red = sum('failed') + sum('errors');
    const redChecks = [...checks.failed, ...checks.failedInPart];
    if (red > 0) {
      const against =
        checks.passed.length > 0 ? `, though the check ${namesOfChecks(checks.passed)} passed` : '';
      return fail(
        `${red} of ${counted(sum('tests'), 'test')} failed: ${firstOf(failing.map(({ test }) => `"${test.name}"`))}${against}`,
        'mend what fails, and run the tests again on the commit of the release',
        [
          ...failing.slice(0, 10).map(({ path, test }) => fileSource(path, test.range)),
          ...checks.passed.flatMap(({ sources }) => sources),
        ],
      );
    }
    if (redChecks.length > 0) {
      const against =
        tests.counting.length > 0
          ? `, though ${firstOf(tests.counting.map(({ path }) => path))} shows ${counted(sum('tests'), 'test')} and no failure`
          : '';
      return fail(
        `the check ${namesOfChecks(redChecks)} failed on the commit of the release${against}`,
        'find out what failed there, mend it, and run the tests again',
        [...redChecks.flatMap(({ sources }) => sources), ...sourcesOf(tests)],
      );
    }
    const doubts = [
      ...tests.unread.map(({ path, reason }) => ({ path, range: null, text: `${path} ${reason}` })),
      ...tests.counting.flatMap(({ path, report }) =>
        report.contradictions
          .filter(({ hidesFailures }) => hidesFailures)
          .map(({ message, range }) => ({ path, range, text: `${path}: ${message}` })),
      ),
    ];
    if (doubts.length > 0) {
      return notKnown(
        firstOf(
          doubts.map(({ text }) => text),
          '; ',
        ),
        NEXT,
        doubts.map(({ path, range }) => fileSource(path, range)),
      );
    }
    if (tests.counting.length > 0) {
      if (sum('passed') === 0) {
        return notKnown(
          sum('tests') === 0
            ? `${firstOf(tests.counting.map(({ path }) => path))} holds no test`
            : `no test ran: ${counted(sum('tests'), 'test')} skipped`,
          NEXT,
          sourcesOf(tests),
        );
      }
      const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
      const odd = tests.counting.flatMap(({ report }) => report.contradictions.map(({ message }) => message));
      return pass(
        `${sum('passed')} of ${counted(sum('tests'), 'test')} passed${skipped}, none failed${
          checks.passed.length > 0 ? `, and the check ${namesOfChecks(checks.passed)} passed` : ''
        }${onCommit(facts, tests)}${besides(tests)}${odd.length > 0 ? `; ${firstOf(odd, '; ')}` : ''}`,
        [...sourcesOf(tests), ...checks.passed.flatMap(({ sources }) => sources)],
      );
    }
    if (checks.passed.length > 0) {
      return pass(
        `the check ${namesOfChecks(checks.passed)}, which runs the tests, passed${onCommit(facts, facts.evidence.checks)}`,
        checks.passed.flatMap(({ sources }) => sources),
      );
    }
    return noReport(tests, 'tests', 'report of tests', NEXT, checks.open);
  },
};
