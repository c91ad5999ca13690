import { counted } from '../../text/words';
import { notKnown, pass, type Condition } from '../condition';

/** Without the range of commits nothing else can be judged, and no word of a person takes its place. */
export const condition: Condition = {
  id: 'change-known',
  title: 'Git tells what the release changes',
  weight: 'block',
  criterion: 'execution',
  isBinding: true,
  judge: ({ change, noChange }) => {
    if (!change) {
      return notKnown(
        `what changes is not known: ${noChange}`,
        'run it in a clone of the repository with its whole history',
      );
    }
    const { range, counts } = change;
    if (change.isShallow) {
      return notKnown(
        'the clone is shallow, so commits and tags before its edge are not seen',
        'fetch the whole history: git fetch --unshallow --tags, or fetch-depth: 0 of actions/checkout',
      );
    }
    return pass(
      `${counted(counts.total, 'commit')} from ${range.baseName ?? 'the first commit'} to ${range.headName} (${range.commits.head.slice(0, 12)})`,
      range.baseTag !== null && range.commits.base !== null
        ? [{ kind: 'tag', name: range.baseTag, commit: range.commits.base }]
        : [],
    );
  },
};
