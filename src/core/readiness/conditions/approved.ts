import type { Change } from '../../change/change';
import { fileSource } from '../../evidence/fact';
import type { ApprovalOnRecord } from '../../records/record';
import { isSameVersion } from '../../records/records-in';
import { counted, enumerated } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import type { ReadinessFacts } from '../facts';
import { isRecordPath } from '../record-paths';

/** As many people as are asked for approved this commit, for this environment, as this version. */
export const condition: Condition = {
  id: 'approved',
  title: 'The release is approved: by enough people, who wrote none of it',
  weight: 'block',
  criterion: 'approval',
  judge: (facts) => {
    const { records, asked, settings } = facts;
    const { required } = settings.approvals;
    if (required === 0) return null;
    const about = approvalsAbout(facts);
    const next = `have ${required === 1 ? 'somebody' : `${required} people`} who wrote none of it record it with release-gate approval record --environment ${asked.environment} --version ${asked.version}`;
    const judged = about.map((approval) => ({ approval, why: whyNoApproval(approval, facts) }));
    const people = new Set(
      judged.filter(({ why }) => why === null).map(({ approval }) => nameOf(approval.approver).name),
    );
    const evidence = about.map(({ path }) => fileSource(path));
    if (people.size >= required) {
      const names = judged.filter(({ why }) => why === null).map(({ approval }) => approval.approver);
      return pass(
        `approved by ${enumerated([...new Set(names)], 'and')}${required > 1 ? `, and ${counted(required, 'approval')} are asked for` : ''}`,
        evidence,
      );
    }
    const refused = judged.flatMap(({ approval, why }) =>
      why === null ? [] : [`that of ${approval.approver} ${why}`],
    );
    const found = people.size === 0 ? 'none' : String(people.size);
    if (about.length > 0) {
      return fail(
        `${counted(required, 'approval')} ${required === 1 ? 'is' : 'are'} asked for and ${found} counts${refused.length > 0 ? `: ${refused.join('; ')}` : ''}`,
        next,
        evidence,
      );
    }
    const incomplete = records.refused.find(({ kind }) => kind === 'approval');
    return notKnown(
      `no record says that ${asked.version} was approved for ${asked.environment}${incomplete ? `; ${incomplete.path} does not count: it ${incomplete.why}` : ''}`,
      next,
      incomplete ? [fileSource(incomplete.path)] : [],
    );
  },
};

/** The approvals on record of this version and environment. */
export function approvalsAbout({
  records,
  asked,
}: Pick<ApprovalFacts, 'records' | 'asked'>): readonly ApprovalOnRecord[] {
  return records.approvals.filter(
    ({ version, environment }) =>
      isSameVersion(version, asked.version) && environment.toLowerCase() === asked.environment.toLowerCase(),
  );
}

/** What an approval is held against. */
export type ApprovalFacts = Pick<
  ReadinessFacts,
  'records' | 'change' | 'settings' | 'configuration' | 'changedSince' | 'recordingCommits'
> & { readonly asked: Pick<ReadinessFacts['asked'], 'version' | 'environment'> };

/** The approvals of this version and environment that count, one for each person. */
export function countingApprovals(facts: ApprovalFacts): readonly ApprovalOnRecord[] {
  const byPerson = new Map<string, ApprovalOnRecord>();
  for (const approval of approvalsAbout(facts)) {
    if (whyNoApproval(approval, facts) === null) byPerson.set(nameOf(approval.approver).name, approval);
  }
  return [...byPerson.values()];
}

/** Why an approval of this version and environment does not count, completing "that of X …"; null where it does. */
export function whyNoApproval(approval: ApprovalOnRecord, facts: ApprovalFacts): string | null {
  const { change, settings, configuration, changedSince } = facts;
  const { fourEyes, by } = settings.approvals;
  if (by.length > 0 && !by.some((name) => isPerson(approval.approver, name))) {
    return 'is of nobody who may approve';
  }
  if (change === null) return 'cannot be held against a change that is not known';
  const { head } = change.range.commits;
  if (approval.commit !== head) {
    // The record itself is committed after what it approves.
    const since = changedSince.get(approval.commit);
    const other = since?.find((path) => !isRecordPath(configuration, path));
    if (since === undefined) {
      return `is of commit ${approval.commit.slice(0, 12)}, which is not in the history of ${head.slice(0, 12)}`;
    }
    if (other !== undefined) {
      return `is of commit ${approval.commit.slice(0, 12)}, and ${other} changed since`;
    }
  }
  if (fourEyes && wrote(approval.approver, change, facts.recordingCommits))
    return 'is of somebody who wrote commits of this release';
  return null;
}

interface Name {
  readonly name: string;
  readonly address: string | null;
}

/** `Ada Byron <ada@acme.io>`, in lower case. */
function nameOf(text: string): Name {
  const match = /^\s*([^<]*?)\s*(?:<([^<>]+)>)?\s*$/.exec(text.toLowerCase());
  return { name: match?.[1] ?? text.toLowerCase().trim(), address: match?.[2] ?? null };
}

/** Whether somebody is called so: by name, by address, or by handle. */
function isPerson(text: string, listed: string): boolean {
  const person = nameOf(text);
  const other = nameOf(listed);
  const handle = (name: string): string => name.replace(/^@/, '');
  return (
    handle(person.name) === handle(other.name) ||
    (person.address !== null && (person.address === other.address || person.address === other.name))
  );
}

/**
 * Whether the approver is an author of the range, co-authors included. Merging what others wrote, and committing a record,
 * is writing nothing of it.
 */
function wrote(approver: string, change: Change, recording: ReadonlySet<string>): boolean {
  return change.commits.some(({ commit }) => {
    if (commit.parents.length > 1 || recording.has(commit.hash)) return false;
    if (isPerson(approver, `${commit.authorName} <${commit.authorEmail}>`)) return true;
    return [...commit.body.matchAll(/^co-authored-by:\s*(.+)$/gim)].some(([, author = '']) =>
      isPerson(approver, author),
    );
  });
}
