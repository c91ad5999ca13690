import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderKeepingWritten } from '../../../src/core/documents/keep-written';
import { plainText } from '../../../src/core/documents/markdown/write';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import { unknownsIn, withAnswers } from '../../../src/core/documents/unknowns';

const PATH = 'docs/ops/RUNBOOK.md';

const text = [
  '---',
  'kind: runbook # keep',
  'service: "UNKNOWN(service)"',
  '---',
  '',
  '# Runbook: UNKNOWN(service)',
  '',
  '## Rollback',
  '',
  '- **Procedure:** UNKNOWN(where it is written down)',
  '',
  '1. **Go back**',
  '',
  '   ```sh',
  '   UNKNOWN(command that goes back)',
  '   curl -H "X: UNKNOWN(header)" UNKNOWN(host)/healthz',
  '   ```',
  '',
  '   - **Owner:** UNKNOWN(owner)',
  '',
  '## Escalation',
  '',
  '| Role | Contact | When |',
  '| --- | --- | --- |',
  '| On call | UNKNOWN(who) | `UNKNOWN(when)` |',
  '| Lead | UNKNOWN(who) | [there](https://UNKNOWN(host)/x) |',
  '',
  '## Told by a person',
  '',
  'None.',
  '',
].join('\n');

const unknowns = unknownsIn(runbookKind.read(PATH, text));
const answer = (answers: Readonly<Record<number, string>>, document = text) =>
  withAnswers(
    runbookKind,
    PATH,
    document,
    Object.entries(answers).map(([index, given]) => ({
      start: unknowns[Number(index)]?.span.start ?? -1,
      answer: given,
    })),
  );

describe('the unknowns of a document', () => {
  it('are listed with their places', () => {
    assert.deepEqual(
      unknowns.map(({ needed, place, line }) => [needed, place, line]),
      [
        ['service', 'front matter, service', 3],
        ['service', 'title', 6],
        ['where it is written down', 'Rollback, Procedure', 10],
        ['command that goes back', 'Rollback, Go back', 15],
        ['header', 'Rollback, Go back', 16],
        ['host', 'Rollback, Go back', 16],
        ['owner', 'Rollback, Go back, Owner', 19],
        ['who', 'Escalation, On call, Contact', 25],
        ['when', 'Escalation, On call, When', 25],
        ['who', 'Escalation, Lead, Contact', 26],
        ['host', 'Escalation, Lead, When', 26],
      ],
    );
  });

  it('are answered where they stand, each as the text that was answered', () => {
    const { text: answered, refused } = answer({
      0: 'say "hi": #1',
      2: '*docs*/ops | <b>',
      3: './rollback.sh --to "${VERSION}"',
      4: 'a"$(id)"',
      5: 'a b; rm -rf /',
      7: 'Dana | Grace',
      8: 'at `once` | now',
      10: 'a b(c)',
    });
    assert.deepEqual(refused, []);
    for (const line of [
      'service: "say \\"hi\\": #1"',
      'kind: runbook # keep',
      '- **Procedure:** \\*docs\\*/ops \\| \\<b>',
      '   ./rollback.sh --to "${VERSION}"',
      '   curl -H "X: a\\"\\$(id)\\"" \'a b; rm -rf /\'/healthz',
      '| On call | Dana \\| Grace | ``at `once` \\| now`` |',
      '| Lead | UNKNOWN(who) | [there](https://a%20b%28c%29/x) |',
      '| who (Escalation, On call, Contact) | Dana \\| Grace |',
      '| header (Rollback, Go back) | a"$(id)" |',
    ]) {
      assert.ok(answered.split('\n').includes(line), `${line}\nin\n${answered}`);
    }
    const { data } = runbookKind.read(PATH, answered);
    assert.equal(data.service, 'say "hi": #1');
    assert.equal(data.rollback.reference, '*docs*/ops | <b>');
    assert.deepEqual(data.escalation[0], {
      role: 'On call',
      contact: 'Dana | Grace',
      when: 'at `once` | now',
    });
    assert.equal(data.claims.length, 8);
    assert.equal(unknownsIn(runbookKind.read(PATH, answered)).length, 3);
  });

  it('refuse what cannot stand there', () => {
    assert.deepEqual(answer({ 3: '``` x', 7: 'UNKNOWN(me)' }), {
      text,
      refused: [
        '"UNKNOWN(me)" is itself a placeholder',
        'Rollback, Go back: marks that end a block of code cannot stand in one',
      ],
    });
    assert.equal(answer({ 7: '  ' }).text, text);
  });

  it('keep their line ends, and the answers when the document is made anew', () => {
    const { data } = runbookKind.read(PATH, text);
    const generated = renderKeepingWritten(runbookKind, PATH, data, null).text.replace(/\n/g, '\r\n');
    const open = unknownsIn(runbookKind.read(PATH, generated));
    const who = open.find(({ needed }) => needed === 'who');
    const { text: answered } = withAnswers(runbookKind, PATH, generated, [
      { start: who?.span.start ?? 0, answer: 'Dana' },
    ]);
    assert.equal(answered.replace(/\r\n/g, '').includes('\n'), false);
    const again = renderKeepingWritten(runbookKind, PATH, data, answered);
    assert.equal(again.text, answered);
    assert.deepEqual(again.conflicts, []);
  });

  it('take any text in prose, cells and front matter as exactly that text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), fc.constantFrom(0, 2, 7, 9), (given, index) => {
        const plain = plainText(given);
        fc.pre(plain !== '' && !plain.includes('UNKNOWN(') && plain !== 'None.');
        const { data } = runbookKind.read(PATH, answer({ [index]: given }).text);
        const found = [
          data.service,
          '',
          data.rollback.reference,
          '',
          '',
          '',
          '',
          data.escalation[0]?.contact,
          '',
          data.escalation[1]?.contact,
        ];
        assert.equal(found[index], plain);
        assert.equal(data.claims[0]?.answer, plain);
        assert.equal(data.escalation.length, 2);
      }),
    );
  });
});
