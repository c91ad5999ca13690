import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { anchorsOf, anchorsOfText, anchorsOfTitles } from '../../../../src/core/documents/markdown/anchors';
import { parseDocument } from '../../../../src/core/documents/markdown/parse';

describe('the anchors of headings', () => {
  // As github-slugger 2.0.0 gives them.
  for (const [titles, anchors] of [
    [['Rollback'], ['rollback']],
    [['Dashboards, logs & alerts'], ['dashboards-logs--alerts']],
    [
      ['A', 'A', 'A'],
      ['a', 'a-1', 'a-2'],
    ],
    [
      ['A', 'A-1', 'A'],
      ['a', 'a-1', 'a-2'],
    ],
    [
      ['Überprüfung der Dienste', '回滚步骤', 'Rétablir l’état'],
      ['überprüfung-der-dienste', '回滚步骤', 'rétablir-létat'],
    ],
    [['snake_case 1.2.3'], ['snake_case-123']],
    [['🚀 Deploy'], ['-deploy']],
    [
      ['constructor', 'constructor'],
      ['constructor', 'constructor-1'],
    ],
  ] as const) {
    it(`of ${JSON.stringify(titles)} are GitHub's`, () => {
      assert.deepEqual([...anchorsOfTitles(titles)], anchors);
    });
  }

  it('are the same for a document and for its text read by lines', () => {
    const text = [
      '# Runbook: `orders` (_api_)',
      '',
      'Set text',
      '--------',
      '',
      '## [Logs](https://acme.io/x_y) and **metrics** ##',
      '',
      '<a name="Own"></a><h2 id=other>Other</h2>',
      '',
      '> ### In a quote \\*',
    ].join('\n');
    const byTree = anchorsOf(parseDocument('x.md', text, []));
    assert.deepEqual(
      [...byTree],
      ['runbook-orders-api', 'set-text', 'logs-and-metrics', 'in-a-quote-', 'own', 'other'],
    );
    assert.deepEqual([...anchorsOfText(text)], [...byTree]);
  });
});
