import { CONDITION_IDS as ROLLBACK_IDS } from '../risk/credibility';
import { conditions } from './conditions/index';

/** What a person may override: each condition but those that bind, and each of a credible rollback. */
export const OVERRIDABLE_IDS: readonly string[] = [
  ...conditions.filter((condition) => !condition.isBinding).map(({ id }) => id),
  ...ROLLBACK_IDS,
];
