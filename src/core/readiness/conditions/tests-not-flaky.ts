import { fileSource } from '../../evidence/fact';
import { counted } from '../../text/words';
import { flakyChecks } from '../check-evidence';
import { fail, notKnown, pass, type Condition } from '../condition';
import { firstOf, noReport, onCommit, sourcesOf } from '../evidence-words';

/** A test that is red and then green shows nothing of the release; the next run may be red. */
export const condition: Condition = {
  id: 'tests-not-flaky',
  title: 'No test was red and then green on the commit of the release',
  weight: 'warn',
  criterion: 'stability',
  judge: (facts) => {
    const { tests, checks } = facts.evidence;
    const flaky = tests.counting.flatMap(({ path, report }) => report.flaky.map((test) => ({ path, test })));
    const red = flakyChecks(facts);
    const retried = facts.check.findings.filter(
      ({ rule, status }) => rule === 'flaky-retry' && status === 'fail',
    );
    if (flaky.length > 0 || red.length > 0) {
      const what = [
        ...(flaky.length > 0
          ? [
              `${counted(flaky.length, 'test')} passed only when run again: ${firstOf(flaky.map(({ test }) => `"${test.name}"`))}`,
            ]
          : []),
        ...(red.length > 0
          ? [`the check ${firstOf(red.map(({ name }) => `"${name}"`))} was red and then green on one commit`]
          : []),
      ];
      return fail(what.join(', and '), 'find out why they failed before, and mend or remove them', [
        ...flaky.slice(0, 10).map(({ path, test }) => fileSource(path, test.range)),
        ...red.map(({ path }) => fileSource(path)),
      ]);
    }
    const [first] = retried;
    if (first) {
      return fail(
        `the workflows run failing tests again: ${first.message}`,
        'take the retries away, and mend the tests that need them',
        retried.map(({ path, range }) => fileSource(path, range)),
      );
    }
    const again = checks.counting.flatMap(({ path, report }) =>
      report.runs
        .filter(({ attempt, conclusion }) => attempt !== null && attempt > 1 && conclusion === 'success')
        .map(({ name, attempt }) => ({ path, name, attempt })),
    );
    const [rerun] = again;
    if (rerun) {
      return notKnown(
        `the check "${rerun.name}" is of attempt ${rerun.attempt}, and nothing shows how the earlier ones ended`,
        'look at the earlier attempts of the run, or ask for all checks with gh api --paginate "…/check-runs?filter=all"',
        again.map(({ path }) => fileSource(path)),
      );
    }
    if (tests.counting.length === 0) {
      return noReport(
        tests,
        'tests',
        'report of tests',
        'run the tests on the commit of the release with a report in the form of JUnit',
      );
    }
    const total = tests.counting.reduce((sum, { report }) => sum + report.tests, 0);
    return pass(`none of ${counted(total, 'test')} was run again${onCommit(facts, tests)}`, sourcesOf(tests));
  },
};
