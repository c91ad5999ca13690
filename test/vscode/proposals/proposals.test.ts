import assert from 'node:assert/strict';
import { createProposals } from '../../../src/vscode/proposals/proposals';
import { sampleResult } from '../sample-result';

function start() {
  let id = 0;
  const counts: number[] = [];
  const proposals = createProposals(
    () => `p${++id}`,
    (waiting) => counts.push(waiting),
  );
  return { proposals, counts };
}

describe('proposals', () => {
  it('asks for the difference of what a person wrote, and not of what is new', () => {
    const { proposals } = start();
    const { id } = proposals.add('repo', sampleResult());
    assert.deepEqual(
      proposals.notYetShown(id).map((file) => file.path),
      ['.github/workflows/deploy.yml'],
    );
    proposals.markShown(id, '.github/workflows/deploy.yml');
    assert.deepEqual(proposals.notYetShown(id), []);
  });

  it('forgets the oldest and what was applied', () => {
    const { proposals, counts } = start();
    const first = proposals.add('repo', sampleResult());
    for (let more = 0; more < 50; more++) proposals.add('repo', sampleResult());
    assert.equal(proposals.get(first.id), null);
    assert.equal(proposals.latest()?.id, 'p51');
    proposals.forget('p51');
    assert.equal(proposals.latest()?.id, 'p50');
    assert.equal(counts.at(-1), 49);
  });

  it('knows nothing of an id that it did not make', () => {
    const { proposals } = start();
    assert.equal(proposals.get('made-up'), null);
    assert.deepEqual(proposals.notYetShown('made-up'), []);
  });
});
