import assert from 'node:assert/strict';
import type { Nodes } from 'mdast';
import { parseMarkdown, spanOf } from '../../../src/core/text/markdown';

/** Each link with the source at its place. */
function linksIn(text: string): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  const walk = (node: Nodes): void => {
    assert.ok(node.position, JSON.stringify(node));
    const { start, end } = spanOf(node);
    if (node.type === 'link') found.push([node.url, text.slice(start, end)]);
    if ('children' in node) node.children.forEach(walk);
  };
  parseMarkdown(text, 0, []).children.forEach(walk);
  return found;
}

describe('an address that is written with escapes', () => {
  it('stands where its text does, in whatever it stands', () => {
    const escaped = 'www\\.acme.io';
    for (const [before, after] of [
      ['', ''],
      ['# ', ''],
      ['## ', ' ##'],
      ['- **', '**'],
      ['_', '_'],
      ['~~', '~~'],
      ['| a | b |\n| --- | --- |\n| ', ' | c |'],
      ['| a | b |\n| --- | --- |\n| c |  ', ' |'],
      ['a | b\n--- | ---\nc | ', ''],
      ['`a` ', ' `b`'],
    ] as const) {
      const [[url, source] = [], ...others] = linksIn(`Text.\n\n${before}${escaped}${after}\n`);
      assert.deepEqual([url, source?.trim(), others], ['http://www.acme.io', escaped, []], before);
    }
  });

  it('has the place of the whole text that it stands in', () => {
    assert.deepEqual(linksIn('# See www\\.acme.io and a_b@acme.io\n').slice(0, 1), [
      ['http://www.acme.io', 'See www\\.acme.io and '],
    ]);
    assert.deepEqual(
      linksIn('| a |\n| --- |\n| x\\| https\\://acme.io/a?b\\|c |\n')[0]?.[1],
      'x\\| https\\://acme.io/a?b\\|c',
    );
  });
});
