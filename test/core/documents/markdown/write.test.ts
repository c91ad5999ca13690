import assert from 'node:assert/strict';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import fc from 'fast-check';
import { shownText } from '../../../../src/core/documents/markdown/parse';
import { findPlaceholders } from '../../../../src/core/documents/markdown/placeholders';
import {
  codeFence,
  inlineCode,
  markdownText,
  plainText,
} from '../../../../src/core/documents/markdown/write';

const parse = (markdown: string) =>
  fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });

const typesIn = (node: Nodes): string[] => [
  node.type,
  ...('children' in node ? node.children.flatMap(typesIn) : []),
];

describe('markdownText', () => {
  it('shows any text as that text, and makes nothing of it but text and plain addresses', () => {
    const characters = fc.constantFrom(
      ...'\\`*_{}[]<>()#+-.!|~&:@/=$%^"\' \n\tab1ß🚀'.split(''),
      'http://',
      'https://a.b',
      'www.',
      'xmpp:',
      'mailto:',
      '<!--',
      '&amp;',
      '1. ',
      '- ',
      '[x](',
      '![',
      '```',
      '---',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(characters, { maxLength: 14 }).map((parts) => parts.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          const tree = parse(markdownText(text));
          assert.equal(tree.children.map(shownText).join(' '), plainText(text));
          const types = new Set(typesIn(tree));
          for (const type of types) assert.ok(['root', 'paragraph', 'text', 'link'].includes(type), type);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('leaves no link but to web and mail addresses that are there as such', () => {
    const tree = parse(
      markdownText('[x](javascript:alert(1)) <javascript:x> [y](command:run) see https://a.io/x_y.'),
    );
    const links: string[] = [];
    const walk = (node: Nodes): void => {
      if (node.type === 'link') links.push(node.url);
      if ('children' in node) node.children.forEach(walk);
    };
    walk(tree);
    assert.deepEqual(links, ['https://a.io/x_y']);
  });

  it('stays readable where nothing needs an escape', () => {
    for (const text of [
      'feat(api): add foo_bar to /v1/items (#12)',
      'p99 >= 3 x baseline - 5 %',
      'Größe: ${VERSION}',
    ]) {
      assert.equal(markdownText(text), text);
    }
  });

  it('replaces what changes the direction of a text or cannot be seen', () => {
    assert.equal(plainText('a\u202Eb\u0000c\u200Bd\uD800e'), 'a\uFFFDb\uFFFDc\uFFFDd\uFFFDe');
    assert.equal(plainText(' a\r\n\tb '), 'a b');
  });
});

describe('code', () => {
  it('stands in fences longer than any in it', () => {
    assert.equal(codeFence('echo ```x```', 2), '  ````sh\n  echo ```x```\n  ````');
    assert.equal(inlineCode('a `b`'), '`` a `b` ``');
  });
});

describe('placeholders', () => {
  it('are found with balanced parentheses, in text and code, on one line', () => {
    const text =
      'a UNKNOWN(b (c) d) e `UNKNOWN(f)` UNKNOWN(never\nclosed) XUNKNOWN(no) UNKNOWN(g\\|h) UNKNOWN()';
    assert.deepEqual(
      findPlaceholders(text).map(({ needed, span }) => [needed, text.slice(span.start, span.end)]),
      [
        ['b (c) d', 'UNKNOWN(b (c) d)'],
        ['f', 'UNKNOWN(f)'],
        ['g|h', 'UNKNOWN(g\\|h)'],
        ['', 'UNKNOWN()'],
      ],
    );
  });

  it('take linear time in a text that opens thousands and closes none', () => {
    assert.deepEqual(findPlaceholders('UNKNOWN('.repeat(20_000)), []);
  });
});
