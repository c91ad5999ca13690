import assert from 'node:assert/strict';
import { escalationConditions } from '../../../src/core/incident/escalation-conditions';
import { conditions } from '../../../src/core/readiness/conditions/index';
import { rules } from '../../../src/core/rules/index';

describe('the conditions of an escalation', () => {
  it('name signals that exist, or say why a person raises them', () => {
    const ruleIds = new Set(rules.map(({ id }) => id));
    const conditionIds = new Set(conditions.map(({ id }) => id));
    for (const { id, when, signals } of escalationConditions) {
      assert.ok(when !== '' && signals.length > 0, id);
      for (const signal of signals) {
        switch (signal.by) {
          case 'rules':
            for (const rule of signal.rules) assert.ok(ruleIds.has(rule), `${id}: no rule ${rule}`);
            break;
          case 'conditions':
            for (const condition of signal.conditions)
              assert.ok(conditionIds.has(condition), `${id}: no condition ${condition}`);
            break;
          case 'person':
            assert.match(signal.why, /\w+ \w+/);
            break;
        }
      }
    }
  });
});
