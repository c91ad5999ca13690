import assert from 'node:assert/strict';
import type { Actor } from '../../../src/core/release/run';
import type { Question } from '../../../src/core/release/state';
import { typedAnswer } from '../../../src/core/release/typed-answer';

const by: Actor = { name: 'Ada', via: 'terminal' };
const question = (choices: Question['choices'], phrase: string | null = null): Question => ({
  id: 'soft-4',
  kind: 'soft',
  text: 'Does it go on?',
  choices,
  phrase,
  grounds: [],
  askedAt: '',
  askedMs: 0,
});
const soft = question([
  { id: 'continue', label: 'Continue', takes: 'nothing' },
  { id: 'roll-back', label: 'Roll back', takes: 'nothing' },
  { id: 'extend', label: 'Extend', takes: 'minutes' },
]);
const start = question(
  [
    { id: 'start', label: 'Start', takes: 'phrase' },
    { id: 'abort', label: 'Abort', takes: 'text' },
  ],
  'production 2.4.0',
);

describe('typedAnswer', () => {
  it('reads a choice with what goes with it', () => {
    assert.deepEqual(typedAnswer(soft, ' extend 10 ', by), {
      question: 'soft-4',
      choice: 'extend',
      text: '10',
      by,
    });
    assert.equal(typedAnswer(start, 'abort the disk is full', by)?.text, 'the disk is full');
  });

  it('takes the first letters where they are those of one choice', () => {
    assert.equal(typedAnswer(soft, 'roll', by)?.choice, 'roll-back');
    assert.equal(typedAnswer(soft, 'x', by), null);
  });

  it('starts by the whole phrase and nothing less', () => {
    assert.equal(typedAnswer(start, 'production 2.4.0', by)?.choice, 'start');
    for (const typed of ['start', 'production', 'production 2.4.00', 's', '']) {
      assert.equal(typedAnswer(start, typed, by), null, typed);
    }
  });
});
