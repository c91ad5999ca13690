import assert from 'node:assert/strict';
import { confirmationOf } from '../../../src/vscode/tools/confirmation';
import {
  boundedAnswer,
  MAX_ANSWER_CHARACTERS,
  proposalNote,
  textInputs,
} from '../../../src/vscode/tools/task-tool-answer';
import { sampleResult } from '../sample-result';

describe("the confirmation of a model's Apply", () => {
  it('names every file and shows the difference of what a person wrote', () => {
    const { markdown, shownPaths } = confirmationOf({ id: 'p', repository: 'r', result: sampleResult() });
    assert.match(markdown, /would write 2 files/);
    assert.match(markdown, /`docs\/release\/RELEASE_PLAN.md` \(new\)/);
    assert.match(markdown, /`.github\/workflows\/deploy.yml` \(changes an existing file\)/);
    assert.match(markdown, /\+permissions: \{\}/);
    assert.deepEqual(shownPaths, ['.github/workflows/deploy.yml']);
  });

  it('does not count a difference as shown that it had to cut', () => {
    const after = Array.from({ length: 200 }, (_, index) => `line ${index}`).join('\n');
    const files = [{ path: 'a.md', before: 'old\n', after, purpose: 'long' }];
    assert.deepEqual(
      confirmationOf({ id: 'p', repository: 'r', result: sampleResult({ files }) }).shownPaths,
      [],
    );
  });
});

describe('the answer of a tool', () => {
  it('names the proposal and says that nothing was written', () => {
    assert.match(proposalNote(sampleResult(), 'p7'), /Proposal id: p7[\s\S]*Nothing has been written/);
    assert.match(proposalNote(sampleResult({ files: [] }), 'p7'), /Nothing would be written/);
  });

  it('cuts a long text, keeps the end and says what is missing', () => {
    const answer = boundedAnswer('x'.repeat(MAX_ANSWER_CHARACTERS * 2), 'Proposal id: p1\n');
    assert.ok(answer.length < MAX_ANSWER_CHARACTERS + 200);
    assert.match(answer, /more characters are in the proposal\.\]\n\nProposal id: p1\n$/);
    assert.equal(boundedAnswer('short', 'tail'), 'short\ntail');
  });

  it('takes only texts from what a model sends', () => {
    assert.deepEqual(textInputs({ version: '1', owner: '', n: 4, list: ['x'], nested: {} }), {
      version: '1',
    });
    assert.deepEqual(textInputs(null), {});
  });
});
