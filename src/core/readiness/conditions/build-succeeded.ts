import { doingOf, jobChecks, namesOfChecks } from '../check-evidence';
import { fail, notKnown, pass, type Condition } from '../condition';
import { firstOf, isProvided, noReport, onCommit, sourcesOf } from '../evidence-words';

const NEXT =
  'build the commit of the release, and save its checks with gh api repos/OWNER/NAME/commits/SHA/check-runs > check-runs.json';

/** S2-32: the job that builds ended well on the commit of the release. */
export const condition: Condition = {
  id: 'build-succeeded',
  title: 'The build succeeded on the commit of the release',
  weight: ({ evidence }) => (isProvided(evidence.checks) ? 'block' : 'warn'),
  criterion: 'execution',
  judge: (facts) => {
    const { checks: evidence } = facts.evidence;
    const checks = jobChecks(facts, (job) =>
      doingOf(job, ({ purpose }) => purpose === 'build' || purpose === 'package'),
    );
    if (checks.failed.length > 0) {
      return fail(
        `the check ${namesOfChecks(checks.failed)}, which builds, failed on the commit of the release`,
        'mend the build, and run it again',
        checks.failed.flatMap(({ sources }) => sources),
      );
    }
    if (checks.passed.length > 0 && checks.failedInPart.length === 0 && evidence.unread.length === 0) {
      return pass(
        `the check ${namesOfChecks(checks.passed)}, which builds, passed${onCommit(facts, evidence)}`,
        checks.passed.flatMap(({ sources }) => sources),
      );
    }
    if (evidence.counting.length > 0 && checks.jobs.length === 0) {
      return notKnown(
        'no job of the workflows is known to build anything',
        'tell the configuration under known-commands or known-actions what builds',
        sourcesOf(evidence),
      );
    }
    if (evidence.counting.length > 0 && checks.open.length === 0) {
      const jobs = checks.jobs.map(({ job }) => `"${job.name?.value ?? job.id.value}"`);
      return notKnown(
        `no check of the commit is of a job that builds (${firstOf(jobs)})`,
        NEXT,
        sourcesOf(evidence),
      );
    }
    return noReport(evidence, 'checks', 'list of checks', NEXT, checks.open);
  },
};
