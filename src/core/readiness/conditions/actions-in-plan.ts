import { fileSource, type Source } from '../../evidence/fact';
import type { Finding } from '../../gate/report';
import { rule } from '../../rules/document/irreversible-action-not-in-plan';
import { counted } from '../../text/words';
import { planPathOf } from '../assess-release';
import { fail, notKnown, pass, type Condition } from '../condition';
import { findingsOn } from './plan-findings';

/** Each action that cannot be undone or judged has its compensation in the plan, as the rule over the plan says. */
export const condition: Condition = {
  id: 'actions-in-plan',
  title: 'The plan names what compensates each action that cannot be undone',
  weight: 'block',
  criterion: 'reversibility',
  judge: (facts) => {
    const { settlement, plan, noChange, configuration } = facts;
    if (settlement === null) {
      return notKnown(
        `what the release changes is not known (${noChange})`,
        'judge the release in a clone with its history and tags',
      );
    }
    const actions = settlement.asRead.irreversible;
    if (actions.length === 0) return null;
    const how =
      'write the compensation of each into its row, with its evidence and a name; release-gate plan --write makes the rows';
    const places = actions.map((action): Source => fileSource(action.path, action.range));
    if (plan === null) {
      return fail(
        `${counted(actions.length, 'action')} cannot be undone or judged, and there is no ${planPathOf(configuration)}`,
        how,
        places,
      );
    }
    const findings = findingsOn(facts, rule.id);
    if (findings === null)
      return notKnown(`the rule ${rule.id} is off`, 'switch it on in the configuration', places);
    // A row that is left over compensates nothing, and leaves nothing open.
    const open = findings.filter(({ severity }) => severity === 'block');
    const [first] = open;
    if (!first) {
      return pass(
        `the plan settles ${actions.length === 1 ? 'the one action' : `each of the ${actions.length} actions`} that cannot be undone or judged`,
        [fileSource(plan.path), ...places],
      );
    }
    const message = first.message.replace(/: (?:add|complete) its row .*$/, '');
    return fail(
      open.length === 1
        ? message
        : `${open.length} of ${counted(actions.length, 'action')} are open; first ${message}`,
      how,
      open.flatMap(placesOf),
    );
  },
};

/** The statement first: it is what the rollback does not undo. */
function placesOf({ path, range, evidence }: Finding): readonly Source[] {
  return [...evidence.map((each) => fileSource(each.path, each.range)), fileSource(path, range)];
}
