import { counted, enumerated } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';

/** The seven conditions of a credible rollback as one of the release; reports name those that do not hold one by one. */
export const condition: Condition = {
  id: 'rollback-credible',
  title: 'The rollback is credible: each of its conditions holds, with evidence',
  weight: 'block',
  criterion: 'reversibility',
  judge: ({ credibility, noChange }) => {
    if (credibility === null) {
      return notKnown(
        `what the release changes is not known (${noChange}), so neither is whether it can be taken back`,
        'run it where the whole history of the repository is',
      );
    }
    const { conditions } = credibility;
    const named = (status: 'fail' | 'unknown' | 'waived'): readonly string[] =>
      conditions.filter((each) => each.status === status).map(({ id }) => id);
    const evidence = conditions.flatMap((each) =>
      each.status === (credibility.credible === 'unknown' ? 'unknown' : 'fail') ? each.evidence : [],
    );
    if (credibility.credible === false) {
      return fail(
        `the rollback is not credible: ${enumerated(named('fail'), 'and')} ${named('fail').length === 1 ? 'fails' : 'fail'}`,
        'settle each of them, or have a named person override it with a reason and an end',
        evidence,
      );
    }
    if (credibility.credible === 'unknown') {
      return notKnown(
        `whether the rollback is credible is not known: ${enumerated(named('unknown'), 'and')} ${named('unknown').length === 1 ? 'is' : 'are'} open`,
        'show what is missing, one by one',
        evidence,
      );
    }
    const waived = named('waived');
    return pass(
      waived.length === 0
        ? `all ${counted(conditions.length, 'condition')} of the rollback hold`
        : `${counted(conditions.length - waived.length, 'condition')} of the rollback hold, and people set ${enumerated(waived, 'and')} aside`,
    );
  },
};
