import { fileSource, type Source } from '../../evidence/fact';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';

/** What people put on record stands as it was committed first. */
export const condition: Condition = {
  id: 'records-unchanged',
  title: 'The records stand as they were committed first',
  weight: 'warn',
  criterion: 'documentation',
  judge: ({ recordHistory, releaseRecords }) => {
    const records = [...recordHistory];
    const sealed = releaseRecords.filter(({ seal }) => seal !== 'unsealed');
    if (records.length === 0 && sealed.length === 0) return null;
    const broken = sealed.filter(({ seal }) => seal === 'broken');
    const [altered] = broken;
    if (altered) {
      return fail(
        `${altered.path} does not say what its run sealed it with${broken.length > 1 ? `, nor do ${broken.length - 1} more` : ''}`,
        'put back the record as its run left it: its history and its journal have it',
        broken.map(({ path }) => fileSource(path)),
      );
    }
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
    const seals =
      sealed.length === 0 ? '' : `${counted(sealed.length, 'record')} of releases as sealed by their runs`;
    const asCommitted =
      records.length === 0
        ? ''
        : records.length === 1
          ? 'the one record is as it was committed first'
          : `all ${records.length} records are as they were committed first`;
    return pass(
      [asCommitted, seals].filter((part) => part !== '').join(', and '),
      [...records.map(([path]) => path), ...sealed.map(({ path }) => path)].map((path) => fileSource(path)),
    );
  },
};
