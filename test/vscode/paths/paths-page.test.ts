import assert from 'node:assert/strict';
import { pictureStyle } from '../../../src/core/graph/svg';
import { pathsPage } from '../../../src/vscode/paths/paths-page';

describe('the page of the paths to production', () => {
  const page = pathsPage(
    { cspSource: 'https://self', styleUri: 's.css', scriptUri: 'p.js', nonce: 'abc123' },
    pictureStyle,
  );

  it('lets nothing in but its own style and script', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    assert.match(policy, /default-src &#39;none&#39;/);
    assert.match(policy, /script-src &#39;nonce-abc123&#39;/);
    assert.match(policy, /style-src https:\/\/self &#39;nonce-abc123&#39;/);
    assert.ok(!policy.includes('unsafe') && !policy.includes('http:'));
    assert.equal([...page.matchAll(/<script/g)].length, 1);
    assert.equal([...page.matchAll(/<style nonce="abc123">/g)].length, 1);
    assert.ok(!/\son\w+=|\sstyle=/.test(page), 'nothing inline');
  });

  it('has a name for everything that can be pressed, and regions that are read out', () => {
    for (const [, attributes = '', text = ''] of page.matchAll(/<button([^>]*)>([^<]*)<\/button>/g)) {
      assert.ok(/aria-label="\w/.test(attributes) || /^\w/.test(text), attributes);
    }
    assert.match(page, /<p id="now" role="status" aria-live="polite">/);
    assert.match(page, /<label for="runs">/);
  });
});
