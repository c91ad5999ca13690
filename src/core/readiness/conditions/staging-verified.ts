import { fileSource } from '../../evidence/fact';
import type { JobFacts } from '../../workflow/understanding';
import { doingOf, jobChecks, namesOfChecks, type Doing } from '../check-evidence';
import { fail, notKnown, pass, type Condition, type ConditionAnswer } from '../condition';
import type { ReadinessFacts } from '../facts';
import { firstOf, isProvided, onCommit } from '../evidence-words';
import { isOfRelease, type ReleaseOnRecord } from '../upkeep';

const NEXT =
  'deploy this version to staging and verify it there, and save the checks with gh api repos/OWNER/NAME/commits/SHA/check-runs > check-runs.json';

/** S1-18: production is no test environment. This commit was deployed somewhere else before, and verified there. */
export const condition: Condition = {
  id: 'staging-verified',
  title: 'This commit was deployed to and verified in an environment that is not production',
  weight: (facts) => (isProvided(facts.evidence.checks) || releasedElsewhere(facts) ? 'block' : 'warn'),
  criterion: 'execution',
  judge: (facts) => {
    const { workflows, evidence, asked } = facts;
    // Staging itself is not verified before staging.
    if (!isProduction(asked.environment, facts)) return null;
    const released = releasedElsewhere(facts);
    if (released) return byRecord(released);
    if (!workflows || !workflows.jobs.some(({ target }) => target !== null)) return null;
    const deployed = jobChecks(facts, deploysElsewhere);
    const verified = jobChecks(facts, (job) => verifies(job, facts));
    const redDeploys = [...deployed.failed, ...deployed.failedInPart];
    const red = [...redDeploys, ...verified.failed.filter((each) => !redDeploys.includes(each))];
    if (red.length > 0) {
      return fail(
        `the check ${namesOfChecks(red)} failed on the commit of the release`,
        'mend what failed in staging, and deploy it there again',
        red.flatMap(({ sources }) => sources),
      );
    }
    // Both at once: a deployment that nothing looked at shows little.
    const both = deployed.passed.filter(
      ({ job }) =>
        verifies(job, facts) === 'firm' ||
        verified.passed.some(({ job: other }) => workflows.ancestorsOf(other).includes(job)),
    );
    if (both.length > 0) {
      const checks = [...both, ...verified.passed.filter((each) => !both.includes(each))];
      return pass(
        `the check ${namesOfChecks(checks)} deployed and verified it outside production${onCommit(facts, evidence.checks)}`,
        checks.flatMap(({ sources }) => sources),
      );
    }
    if (deployed.passed.length > 0) {
      return notKnown(
        `the check ${namesOfChecks(deployed.passed)} deployed it outside production, and none shows that it was verified there`,
        'let a job verify the deployment to staging',
        deployed.passed.flatMap(({ sources }) => sources),
      );
    }
    return byProof(facts, [...deployed.open, ...verified.open]);
  },
};

/**
 * The last release of just this commit outside production that our runner made and watched, by its sealed record. One
 * without a commit, or that was changed since, shows nothing.
 */
function releasedElsewhere(facts: ReadinessFacts): ReleaseOnRecord | null {
  const head = facts.change?.range.commits.head;
  return (
    facts.releaseRecords.find(
      (record) =>
        record.seal === 'holds' &&
        record.mode === 'release' &&
        isOfRelease(record) &&
        record.commit !== '' &&
        record.commit === head &&
        isKnownElsewhere(record.environment, facts),
    ) ?? null
  );
}

function byRecord(record: ReleaseOnRecord): ConditionAnswer {
  const { version, environment, endedAt, verdict, isOverridden, path } = record;
  const what = `${version} was released to ${environment}`;
  if (verdict !== 'Released') {
    return fail(
      `the last release of this commit to ${environment} ended as ${verdict}`,
      `mend what failed there, and release it to ${environment} again`,
      [fileSource(path)],
    );
  }
  if (isOverridden) {
    return notKnown(
      `${what}, and its watch window was left before its end`,
      `release it to ${environment} again and watch it to the end`,
      [fileSource(path)],
    );
  }
  return pass(`${what} on ${endedAt.slice(0, 10)}, smoke-tested and watched to the end`, [fileSource(path)]);
}

/** Without a record of this commit: whether the workflows let anything into production that was not in staging. */
function byProof(facts: ReadinessFacts, open: readonly string[]): ReturnType<Condition['judge']> {
  const [first, ...others] = facts.check.findings.filter(({ rule }) => rule === 'prod-without-staging');
  const sources = [...(first ? [first] : []), ...others].map(({ path, range }) => fileSource(path, range));
  if (first) {
    return notKnown(
      `no check shows it for this commit, and the workflows do not ensure it: ${first.message}`,
      NEXT,
      sources,
    );
  }
  const elsewhere = facts.workflows?.jobs.filter((job) => deploysElsewhere(job) !== 'none') ?? [];
  const production = facts.workflows?.jobs.filter(({ target }) => target?.kind === 'production') ?? [];
  const [stage] = elsewhere;
  const [last] = production;
  if (stage && last && open.length === 0) {
    return pass(
      `no check of this commit is known, and the workflows start "${last.job.id.value}" only after "${stage.job.id.value}" ended well`,
      [stage, last].map((job) => fileSource(job.workflow.path, job.workflow.lines.rangeOf(job.job.id.span))),
    );
  }
  return notKnown(
    open.length > 0
      ? firstOf(open, '; ')
      : stage
        ? 'no check shows that this commit was deployed outside production'
        : 'no job deploys to an environment that is not production',
    NEXT,
  );
}

function deploysElsewhere(job: JobFacts): Doing {
  return job.target?.kind === 'non-production' ? doingOf(job, ({ purpose }) => purpose === 'deploy') : 'none';
}

/** Whether a job asks what was deployed outside production: in the job that deploys there, or in one after it. */
function verifies(job: JobFacts, { workflows }: ReadinessFacts): Doing {
  const before = workflows?.ancestorsOf(job) ?? [];
  const isAfter = [job, ...before].some((each) => deploysElsewhere(each) !== 'none');
  const isProductions = [job, ...before].some(({ target }) => target?.kind === 'production');
  if (!isAfter || isProductions) return 'none';
  return doingOf(
    job,
    ({ purpose }) => purpose === 'verify' || purpose === 'smoke' || purpose === 'end-to-end',
  );
}

/** Whether something says that an environment is no production: nothing is taken for staging because of its name. */
function isKnownElsewhere(environment: string, { configuration, profile }: ReadinessFacts): boolean {
  const name = environment.toLowerCase();
  if (configuration.productionEnvironments.some((each) => each.toLowerCase() === name)) return false;
  if (configuration.otherEnvironments.some((each) => each.toLowerCase() === name)) return true;
  const known = profile.environments.find(({ value }) => value.name.toLowerCase() === name);
  return known?.value.isProduction === false;
}

function isProduction(environment: string, { configuration, profile }: ReadinessFacts): boolean {
  const name = environment.toLowerCase();
  if (configuration.otherEnvironments.some((each) => each.toLowerCase() === name)) return false;
  const known = profile.environments.find(({ value }) => value.name.toLowerCase() === name);
  return known?.value.isProduction ?? true;
}
