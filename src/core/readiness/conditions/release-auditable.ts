import { fileSource } from '../../evidence/fact';
import type { JobFacts } from '../../workflow/understanding';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';

/** Findings of check that say that a deployment leaves no record. */
const UNRECORDED = ['prod-without-environment', 'deployment-record-off'];

/**
 * Whether it can be told afterwards who deployed what, when, and who let it through: GitHub keeps that for each deployment
 * to an environment, and a record of the release does for any other way.
 */
export const condition: Condition = {
  id: 'release-auditable',
  title: 'It can be told afterwards who deployed what, when, and who approved it',
  weight: 'warn',
  criterion: 'approval',
  judge: ({ workflows, check, releaseRecords, asked }) => {
    const production = (workflows?.jobs ?? []).filter(({ target }) => target?.kind === 'production');
    const findings = check.findings.filter(
      ({ rule, status }) => UNRECORDED.includes(rule) && status !== 'waived',
    );
    if (findings.length > 0) {
      return fail(
        `${counted(findings.length, 'production deployment')} ${findings.length === 1 ? 'leaves' : 'leave'} no record (${[...new Set(findings.map(({ rule }) => rule))].join(', ')})`,
        'give each production job its environment, so that the run is recorded with who started and who approved it',
        findings.map(({ path, range }) => fileSource(path, range)),
      );
    }
    const recorded = production.filter(({ job }) => job.environment !== null);
    if (recorded.length > 0) {
      return pass(
        `${counted(recorded.length, 'production job')} ${recorded.length === 1 ? 'names its environment' : 'name their environments'}, where GitHub records who deployed which commit, when, and who let it through`,
        recorded.map(sourceOf),
      );
    }
    const own = releaseRecords.filter(
      ({ environment, verdict }) => environment === asked.environment && verdict !== 'under way',
    );
    const [record] = own.filter(({ seal }) => seal !== 'broken');
    if (record) return pass(`earlier releases are on record`, [fileSource(record.path)]);
    const [altered] = own;
    if (altered) {
      return notKnown(
        `${altered.path} was changed after its run sealed it, so it tells nobody what was done`,
        'put back the record as its run left it',
        [fileSource(altered.path)],
      );
    }
    return notKnown(
      'no workflow deploys to production by an environment, and no release is on record',
      'deploy by a job that names its environment, or keep a record of each release',
    );
  },
};

function sourceOf({ workflow, job }: JobFacts): ReturnType<typeof fileSource> {
  return fileSource(
    workflow.path,
    job.environment ? workflow.lines.rangeOf(job.environment.name.span) : null,
  );
}
