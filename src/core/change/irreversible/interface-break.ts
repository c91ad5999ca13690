import type { IrreversibleAction } from '../change';
import type { Place } from './file-versions';

const COMPENSATION =
  'keep the old beside the new until clients have moved (expand and contract), and say when it goes; or release it as a new version of the interface';

/** Something that clients rely on and that is gone or means something else. `what` is a phrase after "it". */
export function interfaceBreak(place: Place, what: string): IrreversibleAction {
  return {
    ...place,
    kind: 'interface-break',
    why: `it ${what}: a client built against the version before fails, and going back does not undo what clients have done meanwhile`,
    compensation: COMPENSATION,
    reversibleBy: null,
  };
}
