import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfm } from 'micromark-extension-gfm';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { toString } from 'mdast-util-to-string';
import { fenced, fenceLanguage, sentenceMarkdown } from '../../../src/vscode/chat/markdown-parts';

const parse = (text: string) =>
  fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

describe('Markdown of a reply', () => {
  it('keeps a fence around content that has fences of its own', () => {
    const { markdown } = fenced('before\n````\ninside\n````\nafter', 'markdown');
    const tree = parse(markdown);
    assert.equal(tree.children.length, 1);
    const [code] = tree.children;
    assert.equal(code?.type === 'code' ? code.value : null, 'before\n````\ninside\n````\nafter');
  });

  it('cuts a long text and says so', () => {
    const { markdown, isCut } = fenced('a\nb\nc\nd', '', 2);
    assert.equal(isCut, true);
    assert.equal(markdown, '```\na\nb\n```\n');
    assert.equal(fenced('a\nb\n', '', 2).isCut, false);
  });

  it('names the language of a file', () => {
    assert.equal(fenceLanguage('.github/workflows/ci.yml'), 'yaml');
    assert.equal(fenceLanguage('Makefile'), '');
  });

  it('keeps the code spans of a sentence, and nothing else', () => {
    const tree = parse(sentenceMarkdown('remove `always()` from [x](http://a.invalid) `<b>` and *this*'));
    assert.deepEqual(
      [...nodeTypes(tree)].filter((type) => type !== 'link'),
      ['root', 'paragraph', 'text', 'inlineCode'],
    );
    assert.equal(toString(tree), 'remove always() from [x](http://a.invalid) <b> and *this*');
  });

  it('keeps any sentence in the item that it was put into', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const tree = parse(`- a ${sentenceMarkdown(text)} b\n`);
        assert.equal(tree.children.length, 1);
        assert.ok(!nodeTypes(tree).has('html') && !nodeTypes(tree).has('image'));
      }),
    );
  });
});

function nodeTypes(node: { readonly type: string; readonly children?: readonly unknown[] }): Set<string> {
  const types = new Set([node.type]);
  for (const child of node.children ?? []) {
    for (const type of nodeTypes(child as { readonly type: string })) types.add(type);
  }
  return types;
}
