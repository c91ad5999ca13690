import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  proposeMadeFile,
  proposeMadeSection,
  proposeSettings,
} from '../../../../src/core/pipeline/govern/made-text';

describe('a file of ours', () => {
  it('is brought up to date as long as nobody changed it', () => {
    for (const style of ['html', 'hash'] as const) {
      const first = proposeMadeFile(null, 'old text', style).text;
      assert.equal(proposeMadeFile(first, 'old text', style).text, first);
      const next = proposeMadeFile(first, 'new text', style);
      assert.match(next.text, /^new text\n/);
      assert.deepEqual(next.notes, []);
      const edited = first.replace('old', 'my');
      const kept = proposeMadeFile(edited, 'new text', style);
      assert.equal(kept.text, edited);
      assert.match(kept.notes[0] ?? '', /somebody wrote or changed it/);
    }
  });

  it('leaves what somebody else wrote, and knows the same text without its mark', () => {
    assert.equal(proposeMadeFile('mine\n', 'ours', 'html').text, 'mine\n');
    assert.deepEqual(proposeMadeFile('ours\n', 'ours', 'html'), { text: 'ours\n', notes: [] });
  });

  it('keeps the line breaks that stand there', () => {
    const windows = proposeMadeFile(null, 'a\nb', 'html').text.replaceAll('\n', '\r\n');
    assert.equal(proposeMadeFile(windows, 'a\nb', 'html').text, windows);
    assert.match(proposeMadeFile(windows, 'a\nc', 'html').text, /^a\r\nc\r\n/);
  });
});

describe('a part of ours in a person’s file', () => {
  it('is added at the end, brought up to date, and everything around it stays', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', '# ', '<!-- ') }), (mine) => {
        const first = proposeMadeSection(mine, 'x', 'one').text;
        if (mine.trim() !== '') assert.ok(first.startsWith(mine));
        assert.equal(proposeMadeSection(first, 'x', 'one').text, first);
        const tail = '\nMine too.\n';
        const next = proposeMadeSection(first + tail, 'x', 'two');
        assert.ok(next.text.endsWith(tail));
        if (mine.trim() !== '') assert.ok(next.text.startsWith(mine));
        assert.ok(next.text.includes('two'));
        assert.ok(!next.text.includes('\none'));
      }),
    );
  });

  it('is left as it is where somebody changed it or took a mark away', () => {
    const first = proposeMadeSection('Mine.\n', 'x', 'one').text;
    const edited = first.replace('one', 'one, and mine');
    assert.equal(proposeMadeSection(edited, 'x', 'two').text, edited);
    const halved = first.replace('<!-- release-gate:end x -->', '');
    assert.match(proposeMadeSection(halved, 'x', 'two').notes[0] ?? '', /not a pair/);
    assert.equal(proposeMadeSection(halved, 'x', 'two').text, halved);
  });
});

describe('settings as JSON', () => {
  const proposed = {
    wait_timer: 5,
    rules: [
      { type: 'deletion' },
      {
        type: 'checks',
        parameters: {
          list: [
            { context: 'unit', id: 1 },
            { context: 'lint', id: 1 },
          ],
        },
      },
    ],
  };

  it('keep what stands there, and get what is missing', () => {
    const before =
      '{"wait_timer": 30, "rules": [{"type": "checks", "parameters": {"list": [{"context": "mine"}, {"context": "unit", "id": 1}]}}, {"type": "own"}]}';
    const made = proposeSettings(before, proposed);
    assert.deepEqual(JSON.parse(made.text), {
      wait_timer: 30,
      rules: [
        {
          type: 'checks',
          parameters: { list: [{ context: 'mine' }, { context: 'unit', id: 1 }, { context: 'lint', id: 1 }] },
        },
        { type: 'own' },
        { type: 'deletion' },
      ],
    });
    assert.deepEqual(made.notes, ['keeps what somebody set: wait_timer']);
    assert.equal(proposeSettings(made.text, proposed).text, made.text);
  });

  it('keep their bytes where nothing is missing, and are left alone where they are no JSON', () => {
    const compact = JSON.stringify(proposed);
    assert.equal(proposeSettings(compact, proposed).text, compact);
    assert.equal(proposeSettings('{', proposed).text, '{');
    assert.equal(JSON.stringify(JSON.parse(proposeSettings(null, proposed).text)), compact);
  });
});
