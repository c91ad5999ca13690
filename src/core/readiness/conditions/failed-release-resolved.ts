import { fileSource } from '../../evidence/fact';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import { needsResolution } from '../upkeep';

/**
 * A release that was taken back, or left nobody knowing what runs, blocks its environment until a person records what was
 * done about it (S2-43).
 */
export const condition: Condition = {
  id: 'failed-release-resolved',
  title: 'Each release that failed in this environment is resolved by a person, with its fix',
  weight: 'block',
  criterion: 'stability',
  judge: ({ releaseRecords, asked }) => {
    const own = releaseRecords.filter(
      ({ environment }) => environment.toLowerCase() === asked.environment.toLowerCase(),
    );
    // The record of the run that asks stands there already, and has no verdict yet.
    const newest = own.find(({ verdict }) => verdict !== 'under way');
    const altered = newest?.seal === 'broken' ? newest : null;
    const failed = own.filter(needsResolution);
    const open = failed.filter(({ resolved }) => resolved === null);
    const [first] = open;
    if (first) {
      const what =
        first.isRollbackVerified === false || first.liveSystem === 'unknown'
          ? `left ${first.environment} in a state that nobody knows`
          : 'was rolled back';
      return fail(
        `the release of ${first.version} ${what}, and nobody has recorded how that was resolved${open.length > 1 ? `; ${open.length - 1} more are open` : ''}`,
        `record it: release-gate resolve --environment ${first.environment} --release ${first.version} --fix COMMIT --reason "..."`,
        open.map(({ path }) => fileSource(path)),
      );
    }
    if (altered) {
      return notKnown(
        `${altered.path} does not say what it was sealed with, so how the release of ${altered.version} ended is not known`,
        'put back the record as its run left it: its history and its journal have it',
        [fileSource(altered.path)],
      );
    }
    if (failed.length === 0) return null;
    const [last] = failed;
    return pass(
      `${counted(failed.length, 'release')} failed here and ${failed.length === 1 ? 'is' : 'are'} resolved, the last by ${last?.resolved?.by ?? ''}: ${last?.resolved?.resolution ?? ''} (${last?.resolved?.fix ?? ''})`,
      failed.map(({ path }) => fileSource(path)),
    );
  },
};
