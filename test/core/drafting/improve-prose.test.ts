import assert from 'node:assert/strict';
import { unsupported } from '../../../src/core/drafting/fact-guard';
import { improveProse, type Improvable } from '../../../src/core/drafting/improve-prose';
import type { DraftAnswer, DraftMessage, DraftModel } from '../../../src/core/ports';

interface Result extends Improvable<Result> {
  readonly text: string;
}

const original = 'The change adds 3 commits to orders-api since v1.4.0. The owner is UNKNOWN(owner).';

function resultOf(text: string): Result {
  return {
    task: 'release-plan-from-change',
    text,
    files: [{ after: `# Plan\n\n${text}\n\nCommit 1a2b3c4 by Ada drops the column legacy_note.` }],
    prose: {
      slots: [{ id: 'summary', text: original, purpose: 'what the release is' }],
      with: (texts) => Promise.resolve(resultOf(texts.get('summary') ?? original)),
    },
  };
}

function modelOf(answer: DraftAnswer | ((messages: readonly DraftMessage[]) => DraftAnswer)): DraftModel {
  return {
    name: 'Test Model',
    draft: (messages) => Promise.resolve(typeof answer === 'function' ? answer(messages) : answer),
  };
}

const answered = (texts: Record<string, unknown>): DraftAnswer => ({ ok: true, text: JSON.stringify(texts) });
const never = new AbortController().signal;

describe('improving prose with a model', () => {
  it('takes a rewording that says nothing new', async () => {
    const better = 'Since v1.4.0, orders-api gained 3 commits. Who owns it is UNKNOWN(owner).';
    const improvement = await improveProse(resultOf(original), modelOf(answered({ summary: better })), never);
    assert.equal(improvement.outcome, 'improved');
    assert.equal(improvement.result.text, better);
    assert.match(improvement.note, /^Test Model reworded one passage/);
  });

  it('leaves a passage as it was when the model adds, drops or promises something', async () => {
    for (const text of [
      'The change adds 4 commits to orders-api since v1.4.0. The owner is UNKNOWN(owner).',
      'The change adds 3 commits to orders-api since v1.4.0. The owner is Ada.',
      'The change adds 3 commits since v1.4.0. The owner is UNKNOWN(owner). It was tested and approved.',
      'The change adds 3 commits since v1.4.0 and is reversible. The owner is UNKNOWN(owner).',
      'The change adds 3 commits since v1.4.0, see http://evil.example. The owner is UNKNOWN(owner).',
      'The change adds 3 commits since v1.4.0, reviewed by Grace. The owner is UNKNOWN(owner).',
      '# Heading\nThe change adds 3 commits since v1.4.0. The owner is UNKNOWN(owner).',
      `${original} ${'It is what it is. '.repeat(40)}`,
    ]) {
      const improvement = await improveProse(resultOf(original), modelOf(answered({ summary: text })), never);
      assert.equal(improvement.result.text, original, text);
      assert.equal(improvement.outcome, 'unchanged', text);
      assert.match(improvement.note, /left out/, text);
    }
  });

  it('keeps the deterministic result whatever fails, and says so in a sentence', async () => {
    for (const [answer, sentence] of [
      [{ ok: false, reason: 'no-consent', detail: '' }, /may not be used/],
      [{ ok: false, reason: 'refused', detail: 'content filter' }, /refused \(content filter\)/],
      [{ ok: false, reason: 'failed', detail: 'the connection broke' }, /failed \(the connection broke\)/],
      [{ ok: true, text: 'Sure. Here is your plan.' }, /failed/],
      [{ ok: true, text: '["a"]' }, /failed/],
      [answered({ summary: 7, other: 'text' }), /engine's own/],
    ] as const) {
      const improvement = await improveProse(resultOf(original), modelOf(answer), never);
      assert.equal(improvement.result.text, original);
      assert.match(improvement.note, sentence);
    }
    const without = await improveProse(resultOf(original), null, never);
    assert.equal(without.outcome, 'no-model');
  });

  it('stops when it is cancelled', async () => {
    const cancellation = new AbortController();
    const model = modelOf(() => {
      cancellation.abort();
      return answered({ summary: 'The change adds 3 commits since v1.4.0. The owner is UNKNOWN(owner).' });
    });
    const improvement = await improveProse(resultOf(original), model, cancellation.signal);
    assert.equal(improvement.outcome, 'cancelled');
    assert.equal(improvement.result.text, original);
  });

  it('sends text of the repository as data, never as an instruction', async () => {
    let seen: readonly DraftMessage[] = [];
    const model = modelOf((messages) => {
      seen = messages;
      return answered({});
    });
    await improveProse(resultOf(original), model, never);
    for (const message of seen) {
      assert.equal(message.text.includes('orders-api'), message.role === 'data', message.role);
    }
  });
});

describe('the fact guard', () => {
  const sources = 'orders-api v1.4.0 k8s/deploy.yaml p99 250 ms Ada Lovelace 2026-03-04T10:12Z';
  const tokens = (text: string): string[] => unsupported(text, '', sources).map((finding) => finding.token);

  it('finds numbers, versions, times, paths, identifiers, addresses and names without a source', () => {
    assert.deepEqual(tokens('It takes 251 ms at p99.'), ['251']);
    assert.deepEqual(tokens('Version v1.5.0 follows v1.4.0.'), ['v1.5.0']);
    assert.deepEqual(tokens('At 2026-03-04T10:13Z it began.'), ['2026-03-04T10:13Z']);
    assert.deepEqual(tokens('See k8s/other.yaml and k8s/deploy.yaml.'), ['k8s/other.yaml']);
    assert.deepEqual(tokens('The flag useNewPath is on.'), ['useNewPath']);
    assert.deepEqual(tokens('Ask ops@example.org or Grace.'), ['ops@example.org', 'Grace']);
    assert.deepEqual(tokens('It lasted twelve minutes.'), ['twelve', 'minutes']);
  });

  it('lets plain words and supported tokens through', () => {
    assert.deepEqual(tokens('Ada deploys orders-api from k8s/deploy.yaml. Watch p99 (250 ms).'), []);
    assert.deepEqual(tokens('The old column goes away. Nothing else changes.'), []);
  });
});
