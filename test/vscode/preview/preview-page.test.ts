import assert from 'node:assert/strict';
import { contentsHtml, previewPage, previewSummary } from '../../../src/vscode/preview/preview-page';

describe('the preview page', () => {
  const page = previewPage({
    cspSource: 'https://self',
    styleUri: 's.css',
    scriptUri: 'p.js',
    nonce: 'abc123',
  });

  it('lets nothing in but its own style and script', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    assert.match(policy, /default-src &#39;none&#39;/);
    assert.match(policy, /script-src &#39;nonce-abc123&#39;/);
    assert.ok(!policy.includes('unsafe') && !policy.includes('http:'));
    assert.equal([...page.matchAll(/<script/g)].length, 1);
    assert.match(page, /<script nonce="abc123" src="p.js"><\/script>/);
    assert.ok(!/\son\w+=|style=/.test(page), 'nothing inline');
  });

  it('shows hostile headings as text', () => {
    const html = contentsHtml([{ id: 'a"><b', title: '<img src=x>', depth: 2 }]);
    assert.ok(!html.includes('<img') && !html.includes('"><b'));
  });

  it('sums up duration, unknowns and findings in words', () => {
    assert.equal(
      previewSummary({ totalMinutes: 95, placeholders: 2, blocking: 1, findings: 3 }),
      'Total duration 1 h 35 min; 2 places marked UNKNOWN; 3 findings, 1 blocking.',
    );
    assert.equal(
      previewSummary({ totalMinutes: null, placeholders: 0, blocking: 0, findings: 0 }),
      'Total duration unknown; nothing marked UNKNOWN; no findings.',
    );
  });
});
