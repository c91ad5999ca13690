import assert from 'node:assert/strict';
import type { Finding } from '../../../src/core/gate/report';
import type { PathsGraph } from '../../../src/core/graph/graph';
import { hoverMarkdown, hoversAt } from '../../../src/vscode/paths/hover-text';
import { HELD, OPEN, pictureOf } from '../../core/graph/pictures';

const DEPLOY = '.github/workflows/deploy.yml';
const ID = { line: 17, column: 6 };

/** The findings of a picture, as far as a hover asks for them. */
function findingsOf(graph: PathsGraph): readonly Finding[] {
  return graph.counterexamples.flatMap(({ finding, trigger, ref, inputs, isCancelled }) =>
    finding
      ? [
          {
            ...finding,
            root: '.',
            evidence: [],
            counterexample: { trigger, ref, inputs, isCancelled, steps: [] },
            fix: null,
            waiver: null,
          },
        ]
      : [],
  );
}

describe('the hover', () => {
  it('tells the run on the finding and on the id of the production job', async () => {
    const graph = await pictureOf({ 'deploy.yml': OPEN });
    for (const at of [ID, { line: 19, column: 12 }]) {
      const [hover, ...others] = hoversAt(graph, findingsOf(graph), DEPLOY, at);
      assert.deepEqual(others, []);
      assert.equal(hover?.node, `${DEPLOY}#production`);
      assert.equal(hover.heading, 'A run that gets to production');
      assert.match(hover.paragraphs.join(), /^push on refs\/tags\//);
      assert.match(hover.steps.at(-1)?.text ?? '', /^production: starts, /);
      assert.equal(hover.steps.at(-1)?.line, 19);
    }
    assert.deepEqual(hoversAt(graph, findingsOf(graph), DEPLOY, { line: 1, column: 1 }), []);
    assert.deepEqual(hoversAt(graph, findingsOf(graph), '.github/workflows/other.yml', ID), []);
  });

  it('tells what was proved where nothing is wrong', async () => {
    const graph = await pictureOf({ 'deploy.yml': HELD });
    const [hover] = hoversAt(graph, [], DEPLOY, ID);
    assert.equal(hover?.heading, 'Production job: held');
    assert.match(hover.paragraphs[0] ?? '', /only after the success of "\w+" and "\w+", in every run/);
    assert.match(hover.paragraphs[1] ?? '', /environment "production"; whether it does, no file shows/);
  });

  it('shows hostile texts as text', () => {
    const text = hoverMarkdown(
      {
        range: { start: ID, end: ID },
        heading: 'A run',
        paragraphs: ['[x](command:evil) <img src=x>', '# big\n\n- list'],
        steps: [{ text: '**a**: skipped, `b` [c](command:d)', path: 'a](command:e)/x.yml', line: 2 }],
        node: null,
      },
      () => 'file:///x#L2',
      'command:ours',
    );
    assert.deepEqual(
      [...text.matchAll(/(?<!\\)\]\(([^)]*)\)/g)].map(([, address]) => address),
      ['file:///x#L2', 'command:ours'],
    );
    assert.ok(!/(?<!\\)<img/.test(text));
    assert.ok(!/^# /m.test(text) && !/^- /m.test(text));
  });
});
