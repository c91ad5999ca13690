import { fileSource } from '../../evidence/fact';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { isSameVersion } from '../../records/records-in';
import { planPathOf } from '../assess-release';
import { fail, notKnown, pass, type Condition } from '../condition';

/** There is a plan, it is of this version, and it was made of the commits that are released. */
export const condition: Condition = {
  id: 'plan-current',
  title: 'The plan is of this version and of its commits',
  weight: 'block',
  criterion: 'documentation',
  judge: ({ plan, change, noChange, asked, configuration, paths, changedSince }) => {
    const path = planPathOf(configuration);
    const make = `make the plan anew with release-gate plan --version ${asked.version} --write; what people wrote into it stays`;
    if (plan === null) {
      // Unknown, not failed: what is nowhere written was not found to be wrong.
      return paths.has(path)
        ? notKnown(`${path} cannot be read`, 'make the plan readable, or move it away and plan again')
        : notKnown(
            `there is no ${path}`,
            `write the plan with release-gate plan --version ${asked.version} --write`,
          );
    }
    const evidence = [fileSource(plan.path)];
    const { version, range } = plan.data;
    if (version.trim() === '' || holdsPlaceholder(version)) {
      return notKnown(`${plan.path} does not say which version it is of`, make, evidence);
    }
    if (!isSameVersion(version, asked.version)) {
      return fail(`${plan.path} is the plan of ${version}, not of ${asked.version}`, make, evidence);
    }
    if (change === null) {
      return notKnown(
        `what the release changes is not known (${noChange}), so the plan cannot be held against it`,
        'judge the release in a clone with its history and tags',
        evidence,
      );
    }
    const { base, head } = change.range.commits;
    if (!isBase(range.base, change.range.baseName, base)) {
      return fail(
        `${plan.path} begins at ${range.base === '' ? 'the first commit' : range.base}, and the release at ${change.range.baseName ?? 'the first commit'}`,
        make,
        evidence,
      );
    }
    if (range.head === head)
      return pass(`${plan.path} was made of ${head.slice(0, 12)}, the commit of the release`, evidence);
    if (!/^[0-9a-f]{40,64}$/.test(range.head)) {
      return notKnown(`${plan.path} does not say of which commit it was made`, make, evidence);
    }
    // The plan and the records are committed after what they speak of.
    const since = changedSince.get(range.head);
    const other = since?.find((each) => !each.startsWith(`${configuration.releaseFolder}/`));
    if (since === undefined) {
      return fail(
        `${plan.path} was made of ${range.head.slice(0, 12)}, which is not in the history of ${head.slice(0, 12)}`,
        make,
        evidence,
      );
    }
    if (other !== undefined) {
      return fail(
        `${plan.path} was made of ${range.head.slice(0, 12)}, and ${other} changed since${since.length > 1 ? `, among ${since.length} files` : ''}`,
        make,
        [...evidence, fileSource(other)],
      );
    }
    return pass(
      `${plan.path} was made of ${range.head.slice(0, 12)}, and nothing but the plan and records changed up to ${head.slice(0, 12)}`,
      evidence,
    );
  },
};

/** Whether the plan's base is that of the change, by name or by the beginning of its id. */
function isBase(written: string, name: string | null, commit: string | null): boolean {
  if (commit === null) return written === '';
  return (
    written !== '' && (written === name || (/^[0-9a-f]{7,64}$/.test(written) && commit.startsWith(written)))
  );
}
