import type { Change } from '../change/change';
import { abilitiesOf } from '../evidence/platform-abilities';
import type { DeployTarget } from '../evidence/profile';
import type { Rollout } from '../evidence/rollouts';
import type { RiskLevel } from './weights';

/** What is recommended and why, in sentences without a full stop at the end. */
export interface RolloutAdvice {
  readonly rollout: Rollout;
  readonly why: string;
}

/**
 * Recommends how to roll out, from the risk, what the change does to the schema, and what the deployment targets can.
 * Where nothing shows how the release reaches its users the answer is `manual`, with what is needed to say more.
 */
export function recommendRollout(
  change: Change,
  level: RiskLevel,
  targets: readonly DeployTarget[],
  isPublishedPackage: boolean,
): RolloutAdvice {
  const abilities = targets.map((target) => ({ target, ...abilitiesOf(target) }));
  const able = abilities.find(({ can }) => can.length > 0);
  const isRisky = level === 'high' || level === 'critical';
  const schema = schemaWarning(change);
  if (!able) {
    if (targets.length === 0 && isPublishedPackage) {
      return advice(
        isRisky ? 'canary' : 'all-at-once',
        isRisky
          ? 'a package reaches all who install it: publish it under a pre-release tag first and let few use it, since the risk is high'
          : 'a published package reaches whoever installs it, and no part of them can be chosen',
        schema,
      );
    }
    const [first] = abilities;
    return advice(
      'manual',
      first
        ? `the release goes out by ${first.name} (${first.target.path.value}), which does not show what kinds of rollout it can do: a person decides and watches each step`
        : 'nothing in the repository shows how the release reaches its users: a person decides and watches each step',
      schema,
    );
  }
  const by = `${able.name} (${able.target.path.value})`;
  const can = (rollout: Rollout): boolean => able.can.includes(rollout);
  if (isRisky && can('canary')) {
    return advice(
      'canary',
      `the risk is ${level}, so few users should meet it first; by ${by}: ${able.canary}`,
      schema,
    );
  }
  if (isRisky && can('blue-green')) {
    return advice(
      'blue-green',
      `the risk is ${level}; ${by} can be asked before it has users, and goes back to the version before at once`,
      schema,
    );
  }
  if (isRisky) {
    return advice(
      'manual',
      `the risk is ${level}, and ${by} replaces everything at once: a person decides and watches each step`,
      schema,
    );
  }
  if (can('rolling')) {
    return advice(
      'rolling',
      `the risk is ${level}, and ${by} replaces instances a few at a time and stops when they do not become ready`,
      schema,
    );
  }
  if (level === 'medium' && can('blue-green')) {
    return advice(
      'blue-green',
      `the risk is medium; ${by} keeps the version before and can send the traffic back to it at once`,
      schema,
    );
  }
  return advice('all-at-once', `the risk is ${level}, and ${by} replaces what runs in one step`, schema);
}

function advice(rollout: Rollout, why: string, schema: string | null): RolloutAdvice {
  return { rollout, why: schema === null ? why : `${why}; ${schema}` };
}

/** A rollout in steps runs two versions on one schema, and the database has no canary. */
function schemaWarning(change: Change): string | null {
  const actions = change.irreversible.filter(({ kind }) => kind === 'data-delete' || kind === 'schema-break');
  if (actions.length === 0) return null;
  return 'the change of the database reaches everybody at once, whatever the rollout, and two versions run on it meanwhile: deploy code that works on both schemas first';
}
