import type { JudgedCondition } from '../../../readiness/condition';
import type { Readiness } from '../../../readiness/judge';
import type { GateItem } from '../../../release/run';
import { item, placeOf } from './gate-item';

/** So much of what a condition was read from is shown. */
const MAX_EVIDENCE = 5;

/**
 * What has to hold in any environment. The others speak of production (its approval, its drills, its documents) and are told
 * without stopping a release to staging, which is how most of them come to be met.
 */
const EVERYWHERE: ReadonlySet<string> = new Set([
  'change-known',
  'artifact-exists',
  'artifact-matches-commit',
  'previous-artifact-exists',
  'no-deployment-in-progress',
  'change-window',
  'tickets-done',
  'failed-release-resolved',
  'records-unchanged',
]);

/**
 * The conditions of readiness as items of phase 1; those of a credible rollback one by one.
 *
 * @param isLeftover Whether what a condition could not reach is owed instead of stopping the release.
 */
export function readinessItems(
  { conditions, rollback }: Readiness,
  isProduction: boolean,
  isLeftover: (condition: JudgedCondition) => boolean,
): readonly GateItem[] {
  const whole = conditions.find(({ id }) => id === 'rollback-credible');
  const isApart =
    rollback.length > 0 && whole !== undefined && whole.status !== 'off' && whole.status !== 'waived';
  return [
    ...conditions.filter(({ id }) => !isApart || id !== 'rollback-credible'),
    ...(isApart ? rollback : []),
  ].flatMap((condition) => itemOf(condition, isProduction, isLeftover(condition)));
}

function itemOf(condition: JudgedCondition, isProduction: boolean, isLeftover: boolean): readonly GateItem[] {
  const { id, title, status, why, next, evidence, weight, override } = condition;
  const places = evidence.slice(0, MAX_EVIDENCE).map(placeOf);
  switch (status) {
    case 'off':
    case 'not-applicable':
      return [];
    case 'waived': {
      const by = override
        ? `; ${override.name} set that aside until ${override.until}: ${override.reason}`
        : '';
      return [
        item(id, title, {
          outcome: 'note',
          detail: `${why}${why.startsWith('waived by') ? '' : by}`,
          evidence: [...(override ? [override.path] : []), ...places],
        }),
      ];
    }
    case 'pass':
    case 'fail':
    case 'unknown':
      return [
        item(id, title, {
          outcome: status,
          detail: next === null ? why : `${why}: ${next}`,
          evidence: places,
          isBlocking: weight === 'block' && (isProduction || EVERYWHERE.has(id)) && !isLeftover,
        }),
      ];
    default:
      return status satisfies never;
  }
}
