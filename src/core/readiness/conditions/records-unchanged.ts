import { fileSource, type Source } from '../../evidence/fact';
import { fail, notKnown, pass, type Condition } from '../condition';

/** What people put on record stands as it was committed first. */
export const condition: Condition = {
  id: 'records-unchanged',
  title: 'The records stand as they were committed first',
  weight: 'warn',
  criterion: 'documentation',
  judge: ({ recordHistory }) => {
    const records = [...recordHistory];
    if (records.length === 0) return null;
    const next = 'record anew what is true now, and leave the earlier record as it was';
    const changed = records.flatMap(([path, history]) =>
      history.kind === 'changed' ? [{ path, by: history.by }] : [],
    );
    const [first] = changed;
    if (first) {
      const { hash, authorName, authoredAt } = first.by;
      return fail(
        `${first.path} was changed after it was recorded, by ${authorName} on ${authoredAt.slice(0, 10)} in commit ${hash.slice(0, 12)}${changed.length > 1 ? `, and ${changed.length - 1} more were changed` : ''}`,
        next,
        changed.flatMap(({ path, by }): readonly Source[] => [
          fileSource(path),
          { kind: 'commit', hash: by.hash, subject: by.subject },
        ]),
      );
    }
    const open = records.filter(([, { kind }]) => kind === 'uncommitted');
    const [uncommitted] = open;
    if (uncommitted) {
      const [path, history] = uncommitted;
      const isNew = history.kind === 'uncommitted' && history.isNew;
      return notKnown(
        `${path} ${isNew ? 'is in no commit yet' : 'differs from what is committed'}${open.length > 1 ? `, and ${open.length - 1} more are not as committed` : ''}`,
        isNew ? 'commit the record, so that nobody changes it unseen' : next,
        open.map(([each]) => fileSource(each)),
      );
    }
    return pass(
      records.length === 1
        ? 'the one record is as it was committed first'
        : `all ${records.length} records are as they were committed first`,
      records.map(([path]) => fileSource(path)),
    );
  },
};
