import assert from 'node:assert/strict';
import fc from 'fast-check';
import { notTold, readPromptInputs } from '../../../src/vscode/chat/prompt-inputs';
import type { TaskInput } from '../../../src/core/tasks/task';

const known: readonly TaskInput[] = [
  { name: 'version', question: 'Which version?', isAsked: false },
  { name: 'risk_posture', question: 'How much risk?', isAsked: true },
  { name: 'schedule', question: 'When?', isAsked: true },
  { name: 'repo_context', question: 'What is it?', isAsked: false },
];

describe('reading inputs out of a prompt', () => {
  it('reads keys on one line, each up to the next', () => {
    assert.deepEqual(
      readPromptInputs('version: 2.4.0 risk_posture: low, no downtime schedule: Tuesday 10:00 UTC', known),
      { version: '2.4.0', risk_posture: 'low, no downtime', schedule: 'Tuesday 10:00 UTC' },
    );
  });

  it('reads keys on lines of their own, with spaces, equals signs, quotes and Windows line ends', () => {
    assert.deepEqual(
      readPromptInputs('Risk posture: "one region"\r\nversion=3.0.0;\r\nschedule: after the freeze', known),
      { risk_posture: 'one region', version: '3.0.0', schedule: 'after the freeze' },
    );
  });

  it('gives words that belong to no key to the input that takes free text, unless it was set', () => {
    const free = readPromptInputs('orders service of the shop version: 1.0.0', known);
    assert.equal(free['repo_context'], 'orders service of the shop');
    assert.equal(free['version'], '1.0.0');
    assert.equal(readPromptInputs('hello repo_context: shop', known)['repo_context'], 'shop');
  });

  it('does not take a key inside a word or without a sign for one', () => {
    const inputs = readPromptInputs('conversion: 4 and our schedule is open', known);
    assert.deepEqual(inputs, { repo_context: 'conversion: 4 and our schedule is open' });
  });

  it('ignores a key without a value', () => {
    assert.deepEqual(readPromptInputs('version: schedule: now', known), { schedule: 'now' });
  });

  it('reads back any values written as lines', () => {
    const value = fc
      .stringMatching(/^[a-z0-9][a-z0-9 .]{0,20}[a-z0-9]$/)
      .filter((text) => !/\b(version|schedule|risk|repo)/.test(text));
    fc.assert(
      fc.property(value, value, (version, schedule) => {
        assert.deepEqual(readPromptInputs(`version: ${version}\nschedule: ${schedule}`, known), {
          version,
          schedule,
        });
      }),
    );
  });

  it('names what is asked and was not told', () => {
    assert.deepEqual(
      notTold(known, { schedule: 'now' }).map((input) => input.name),
      ['risk_posture'],
    );
  });
});
