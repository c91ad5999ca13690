import { fileSource, isKnown } from '../../evidence/fact';
import { isAnswered } from '../../risk/compensations';
import { pointsOf, type RiskEntry } from '../../risk/register';
import { HEAVY_FROM_POINTS } from '../../risk/weights';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import type { ReadinessFacts } from '../facts';

/** Somebody stands for each entry of the risk register that weighs much. */
export const condition: Condition = {
  id: 'risk-owned',
  title: 'Each heavy risk has an owner',
  weight: 'warn',
  criterion: 'stability',
  judge: ({ register, noChange, plan }) => {
    if (register === null) {
      return notKnown(
        `what the release changes is not known (${noChange})`,
        'judge the release in a clone with its history and tags',
      );
    }
    const heavy = register.entries.filter((entry) => pointsOf(entry) >= HEAVY_FROM_POINTS);
    if (heavy.length === 0) return null;
    const open = heavy.filter((entry) => !hasOwner(entry, plan));
    const [first] = open;
    if (!first)
      return pass(
        heavy.length === 1
          ? 'the heavy risk has an owner'
          : `each of ${counted(heavy.length, 'heavy risk')} has an owner`,
        plan ? [fileSource(plan.path)] : [],
      );
    return fail(
      `nobody owns ${open.length === 1 ? 'a heavy risk' : `${open.length} of ${heavy.length} heavy risks`}: ${first.signal}`,
      'name an owner in the risk register of the plan, or let CODEOWNERS name one for the paths',
      [...(plan ? [fileSource(plan.path)] : []), ...open.flatMap(({ sources }) => sources)],
    );
  },
};

/** Of CODEOWNERS, or of the plan's row for the same signal. */
function hasOwner(entry: RiskEntry, plan: ReadinessFacts['plan']): boolean {
  if (isKnown(entry.owner)) return true;
  return (plan?.data.risks ?? []).some(({ signal, owner }) => signal === entry.signal && isAnswered(owner));
}
