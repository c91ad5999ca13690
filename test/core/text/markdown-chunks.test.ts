import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createMarkdownMemo,
  readChunks,
  readWhole,
  type MarkdownMemo,
  type MarkdownProblem,
} from '../../../src/core/text/markdown-chunks';
import { readFrontMatter } from '../../../src/core/text/front-matter';

const filler = 'Words that fill a section up to where it may be cut, and again. '.repeat(16);

/** Lines and blocks, whole and broken off, from which documents are put together. */
const blocks = [
  '# Title',
  '## Section',
  '### Deeper',
  '#### Step 3: deploy #',
  '#no heading',
  '#',
  '##\tTab',
  '   ## Indented heading',
  '    # indented code',
  'Setext\n===',
  'Setext over\ntwo lines\n---',
  'A paragraph with *emphasis*, `code`, and <b>HTML</b>.',
  'broken *emphasis and `code',
  filler,
  `1. item\n\n   ${filler}`,
  `- item\n\n  ${filler}`,
  `> quote\n> ${filler}`,
  '1. first\n2. second\n\n   more\n\n3. third',
  '1) other',
  '7. seven',
  '- bullet',
  '- [ ] box',
  '* star',
  '+ plus',
  '- nested\n  - more\n\n    1. deep\n\n       ```sh\n       # comment\n       kubectl get pods\n       ```',
  '1. step\n\n   ```sh\n   # comment\n   ```\n\n   - **Expected:** yes',
  '-',
  '1.',
  '- \n\n  not in it',
  '* * *',
  '---',
  '```',
  '```sh',
  '````',
  '~~~',
  '  ```',
  '   ~~~',
  '- ```',
  '> ```\n> # in it',
  '```sh\n# comment\n\n# another\n```',
  '```sh\n# comment\n## never closed',
  '~~~\n## in\n~~~',
  '    indented code\n\n    # more',
  '\ttab',
  '<div>',
  '</div>',
  '<div>\n# in HTML\n</div>',
  '<!-- comment',
  '-->',
  '<!-- a\n\n## b\n\n-->',
  '<pre>',
  '</pre>',
  '<script>',
  '</script>',
  '<?php',
  '?>',
  '<![CDATA[',
  ']]>',
  '<!DOCTYPE',
  '<details>\n<summary>More</summary>\n\n## In details\n\n</details>',
  '<table>\n<tr><td>\n\na\n\n</td></tr>\n</table>',
  '| a | b |\n| - | - |\n| [x] | `c|d` |',
  '| a | b |\n| - | - |',
  'a | b\n- | -',
  '> quote',
  '>',
  'lazy',
  '[x]: https://x.test "title"',
  '[x]: https://x.test "title\nover lines"',
  '[y]:',
  '/target',
  '[x]',
  '[text][x] and ![image][Y] and [y][] [ x ]',
  '[a\nb]: /c',
  '[A B] and [a\nb]',
  '[X]: /other',
  '- [in list]: /list',
  '> [in quote]: /quote',
  '[in list] [in quote]',
  '[ß] [ẞ] [SS]',
  '[ẞ]: /sharp',
  '[es\\]caped]: /e',
  '[es\\]caped]',
  '[^1]: a note',
  '[^1]: a note\n\n    of two paragraphs\n\n    # with a heading',
  '[^1] and [^2] and ![^1] and [^N\\]x]',
  '[^2]: second',
  '[^n\\]x]: odd',
  '- [^3]: in a list',
  '[^3]',
  '[^4]:',
  'https://example.org/a_b and a@b.co',
  '~~gone~~',
  '&amp; \\* \u0000',
  '\u00a0# no heading',
  '漢字の段落',
  '🚀 deploy',
  '\uFEFF# mark',
  ' ',
  '\t',
  '=== ',
  'a\\',
  'a  ',
];

const breaks = fc.constantFrom('\n', '\n\n', '\n\n', '\n\n\n', '\n \n');
const document = fc
  .record({
    head: fc.constantFrom(
      '',
      '',
      '\uFEFF',
      '---\nkind: runbook\n---\n',
      '---\nkind: [\n---\n\n',
      '\n\n',
      '    ',
    ),
    parts: fc.array(
      fc.tuple(
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...blocks) },
          {
            weight: 1,
            arbitrary: fc.string({ unit: fc.constantFrom(...'#->`~*_[]()!|:^ \t\n1.x<'), maxLength: 14 }),
          },
        ),
        breaks,
      ),
      { maxLength: 24 },
    ),
    lineBreak: fc.constantFrom('\n', '\n', '\r\n', '\r'),
  })
  .map(({ head, parts, lineBreak }) =>
    (head + parts.map((pair) => pair.join('')).join('')).replace(/\n/g, lineBreak),
  );

function same(text: string, memo: MarkdownMemo = createMarkdownMemo()): void {
  const { bodyOffset } = readFrontMatter(text);
  const problems: MarkdownProblem[] = [];
  const whole: MarkdownProblem[] = [];
  assert.deepEqual(readChunks(text, bodyOffset, memo, problems), readWhole(text, bodyOffset, whole));
  assert.deepEqual(problems, whole);
}

const numRuns = Number(process.env['RUNS'] ?? 400);

describe('reading Markdown in chunks', () => {
  it('gives what one reading of the whole gives', () => {
    fc.assert(
      fc.property(document, (text) => same(text)),
      { numRuns },
    );
  });

  it('gives it after each change as well, whatever was read before', () => {
    const memo = createMarkdownMemo();
    fc.assert(
      fc.property(
        document,
        fc.array(
          fc.tuple(
            fc.nat(),
            fc.nat({ max: 6 }),
            fc.oneof(fc.constantFrom(...blocks), fc.string({ maxLength: 3 })),
          ),
        ),
        (text, changes) => {
          same(text, memo);
          let now = text;
          for (const [at, gone, put] of changes.slice(0, 4)) {
            const place = at % (now.length + 1);
            now = now.slice(0, place) + put + now.slice(place + gone);
            same(now, memo);
          }
        },
      ),
      { numRuns: numRuns / 4 },
    );
  });
});
