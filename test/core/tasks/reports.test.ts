import assert from 'node:assert/strict';
import { deploymentStatusOf } from '../../../src/core/documents/deployment-report/deployment-status';
import { conditions } from '../../../src/core/readiness/conditions/index';
import { CONDITION_IDS } from '../../../src/core/risk/rollback/condition';
import { ruleOf } from '../../../src/core/rules/index';
import { DONE_ITEMS, SELF_REVIEW_QUESTIONS } from '../../../src/core/tasks/reports/questions';
import { toldRows } from '../../../src/core/tasks/reports/told-rows';

describe('the questions that the engine answers', () => {
  const all = [...SELF_REVIEW_QUESTIONS, ...DONE_ITEMS];

  it('are eight each, and each is answered by something', () => {
    assert.equal(SELF_REVIEW_QUESTIONS.length, 8);
    assert.equal(DONE_ITEMS.length, 8);
    for (const { question, rules, conditions: asked, shown, person } of all) {
      assert.ok(rules ?? asked ?? shown ?? person, question);
    }
  });

  it('name rules and conditions that there are', () => {
    const known = new Set([
      ...conditions.map(({ id }) => id),
      ...CONDITION_IDS.map((id) => `rollback:${id}`),
    ]);
    for (const { question, rules = [], rulesAnywhere = [], conditions: asked = [] } of all) {
      for (const id of [...rules, ...rulesAnywhere]) assert.ok(ruleOf(id), `${question}: no rule ${id}`);
      for (const id of asked) assert.ok(known.has(id), `${question}: no condition ${id}`);
    }
  });
});

describe('the status of a deployment', () => {
  it('follows from its verdict', () => {
    assert.equal(deploymentStatusOf('Released', false), 'success');
    assert.equal(deploymentStatusOf('Released-with-override', false), 'success');
    assert.equal(deploymentStatusOf('Rolled-Back', true), 'rolled_back');
    assert.equal(deploymentStatusOf('Rolled-Back', false), 'failed');
    assert.equal(deploymentStatusOf('Aborted', true), 'failed');
    assert.equal(deploymentStatusOf('fine', true), null);
  });
});

describe('rows that a person tells', () => {
  const needs = { metric: 'metric', measured: 'value', baseline: 'value before' };

  it('are cut at semicolons and bars, and ask for what is left out', () => {
    assert.deepEqual(toldRows('p95 latency | 142 ms | 138 ms; error rate | 0.02 %', needs), [
      { metric: 'p95 latency', measured: '142 ms', baseline: '138 ms' },
      { metric: 'error rate', measured: '0.02 %', baseline: 'UNKNOWN(value before)' },
    ]);
  });

  it('are none where the person says so, and not told where nobody says anything', () => {
    assert.deepEqual(toldRows('None.', needs), []);
    assert.equal(toldRows(undefined, needs), null);
  });
});
