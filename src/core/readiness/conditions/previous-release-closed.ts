import { fileSource } from '../../evidence/fact';
import { isSameVersion } from '../../records/records-in';
import { namesPerson } from '../../records/strict';
import { fail, notKnown, pass, type Condition } from '../condition';
import { isOfRelease } from '../upkeep';

/** Whether the release before was closed: after its verdict, its checklist done, by a person. */
export const condition: Condition = {
  id: 'previous-release-closed',
  title: 'The release before is on record as closed',
  weight: 'warn',
  criterion: 'documentation',
  judge: ({ releaseRecords: all, change, asked }) => {
    const releaseRecords = all.filter(isOfRelease);
    if (releaseRecords.length === 0) return null;
    const previous = change?.range.previousVersion ?? null;
    const own = releaseRecords.filter(
      ({ environment }) => environment.toLowerCase() === asked.environment.toLowerCase(),
    );
    const record =
      previous === null
        ? own.find(({ version }) => !isSameVersion(version, asked.version))
        : own.find(({ version }) => isSameVersion(version, previous));
    if (!record) {
      return notKnown(
        `releases are on record, and none of ${previous ?? 'the version before'} to ${asked.environment}`,
        `write down how the release of ${previous ?? 'the version before'} ended`,
        releaseRecords.slice(0, 5).map(({ path }) => fileSource(path)),
      );
    }
    const { version, path, closed } = record;
    return closed && namesPerson(closed.by)
      ? pass(`${version} was closed on ${closed.at.slice(0, 10)} by ${closed.by}`, [fileSource(path)])
      : fail(
          `${version} is on record, and nobody closed it`,
          `go through what is left of ${version} (its checklist, its follow-ups), and close it: release-gate close --environment ${record.environment} --release ${version}`,
          [fileSource(path)],
        );
  },
};
