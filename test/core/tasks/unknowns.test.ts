import assert from 'node:assert/strict';
import { answeredFiles, fillIn, openDocuments, type FormReply } from '../../../src/core/tasks/unknowns';
import { memoryFiles } from '../../support/world';

const runbook =
  '---\nkind: runbook\n---\n\n# R\n\n## Escalation\n\n| Role | Contact |\n| --- | --- |\n| a | UNKNOWN(who) |\n| b | UNKNOWN(who) |\n| c | UNKNOWN(when) |\n';

const files = memoryFiles({
  'README.md': 'Write UNKNOWN(x) where nothing is known.\n',
  'docs/ops/RUNBOOK.md': runbook,
  'docs/release/records/drill_x.md': '---\nkind: drill-record\n---\n\nUNKNOWN(x)\n',
  'test/fixtures/RUNBOOK.md': runbook,
});

const replies = (...given: readonly FormReply[]) => {
  const left = [...given];
  return () => Promise.resolve(left.shift() ?? { is: 'stop' as const });
};
const say = (text: string, isForAll = false): FormReply => ({ is: 'answer', text, isForAll });

describe('the form for unknowns', () => {
  it('reads documents of known kinds, and leaves alone what is written once', async () => {
    const { documents, problems } = await openDocuments(files, null);
    assert.deepEqual(
      documents.map(({ document, unknowns }) => [document.path, unknowns.length]),
      [['docs/ops/RUNBOOK.md', 3]],
    );
    assert.deepEqual(problems, []);
    const named = await openDocuments(
      files,
      new Set(['README.md', 'docs/release/records/drill_x.md', 'none.md']),
    );
    assert.equal(named.documents.length, 0);
    assert.equal(named.problems.length, 3);
  });

  it('asks one by one, goes back, skips, and takes one answer for all that ask the same', async () => {
    const { documents } = await openDocuments(files, null);
    const unknowns = documents.flatMap((each) => each.unknowns);
    const answersOf = async (...given: readonly FormReply[]) =>
      (await fillIn(unknowns, replies(...given))).map(({ unknown, answer }) => [unknown.place, answer]);
    const [a, b, c] = ['Escalation, a, Contact', 'Escalation, b, Contact', 'Escalation, c, Contact'];
    assert.deepEqual(await answersOf(say('x'), { is: 'skip' }, say('y')), [
      [a, 'x'],
      [c, 'y'],
    ]);
    assert.deepEqual(await answersOf(say('x', true), say('y')), [
      [a, 'x'],
      [b, 'x'],
      [c, 'y'],
    ]);
    assert.deepEqual(await answersOf(say('x', true), { is: 'back' }, say('z')), [
      [a, 'z'],
      [b, 'x'],
    ]);
    assert.deepEqual(
      await answersOf({ is: 'back' }, say('x'), { is: 'back' }, { is: 'skip' }, { is: 'stop' }),
      [],
    );
    assert.deepEqual(await answersOf(say('x'), { is: 'stop' }), [[a, 'x']]);
  });

  it('gives the documents as they would be', async () => {
    const { documents } = await openDocuments(files, null);
    const given = await fillIn(
      documents.flatMap((each) => each.unknowns),
      replies(say('Dana')),
    );
    const { files: changed, refused } = answeredFiles(documents, given);
    assert.deepEqual(refused, []);
    assert.deepEqual(
      changed.map(({ path, before, after }) => [path, before, after]),
      [['docs/ops/RUNBOOK.md', runbook, runbook.replace('UNKNOWN(who)', 'Dana')]],
    );
  });
});
