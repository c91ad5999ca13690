import assert from 'node:assert/strict';
import { unattendedAnswer } from '../../../src/cli/release/unattended';
import type { UnattendedAnswers } from '../../../src/adapters/release/request';
import { whyNotAnswered } from '../../../src/core/release/machine';
import { playRun } from '../../support/played-run';

const laid: UnattendedAnswers = {
  approvedBy: 'Grace Hopper',
  approval: 'docs/release/records/approval_2.4.0.md',
  strategy: 'all-at-once',
  strategyReason: 'a small change',
  file: 'docs/release/strategy.yml',
};

describe('unattendedAnswer', () => {
  it('answers what was laid down, in the name of who approved, and the machine takes it', () => {
    const asked = playRun({ run: { isUnattended: true } }).state.asked.map(({ question }) => question);
    assert.ok(asked.length >= 3);
    for (const question of asked) {
      const state = { ...playRun().state, verdict: null, question };
      const answer = unattendedAnswer(state, laid);
      assert.ok(answer, question.id);
      assert.equal(answer.by.name, 'Grace Hopper');
      assert.equal(answer.by.via, 'file');
      assert.equal(whyNotAnswered(state, answer), null, question.id);
    }
  });

  it('aborts where the gate does not pass or the strategy is not possible', () => {
    const { state } = playRun({ gate: { isGo: false } });
    const [proceed] = state.asked.map(({ question }) => question);
    assert.ok(proceed);
    assert.equal(unattendedAnswer({ ...state, question: proceed }, laid)?.choice, 'abort');
    const strategy = playRun()
      .state.asked.map(({ question }) => question)
      .find(({ kind }) => kind === 'strategy');
    assert.ok(strategy);
    const answer = unattendedAnswer({ ...state, question: strategy }, { ...laid, strategy: 'rolling' });
    assert.equal(answer?.choice, strategy.choices.some(({ id }) => id === 'rolling') ? 'rolling' : 'abort');
  });

  it('lets a soft question expire', () => {
    const { state } = playRun();
    const [first] = state.asked.map(({ question }) => question);
    assert.ok(first);
    assert.equal(unattendedAnswer({ ...state, question: { ...first, kind: 'soft' } }, laid), null);
  });
});
