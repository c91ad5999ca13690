import assert from 'node:assert/strict';
import type { Table } from 'mdast';
import { parseMarkdown, shownText, spanOf, type MarkdownProblem } from '../../../src/core/text/markdown';

function read(text: string): { tables: Table[]; problems: MarkdownProblem[]; types: string[] } {
  const problems: MarkdownProblem[] = [];
  const { children } = parseMarkdown(text, 0, problems);
  return {
    tables: children.filter((node): node is Table => node.type === 'table'),
    problems,
    types: children.map(({ type }) => type),
  };
}

function rowsIn(text: string): string[][] {
  return read(text).tables.flatMap((table) => table.children.map((row) => row.children.map(shownText)));
}

describe('tables of HTML in Markdown', () => {
  it('are read as tables, each cell where it stands', () => {
    const text =
      '# T\n\n<table>\n  <thead><tr><th>Metric</th><th align="left">Threshold</th></tr></thead>\n  <tbody>\n  <tr><td>error <b>rate</b></td><td><code>a &lt; b</code><br>over 5&nbsp;min</td></tr>\n  </tbody>\n</table>\n\nAfter.\n';
    assert.deepEqual(rowsIn(text), [
      ['Metric', 'Threshold'],
      ['error rate', 'a < b over 5 min'],
    ]);
    const cell = read(text).tables[0]?.children[1]?.children[0];
    assert.ok(cell);
    assert.equal(text.slice(spanOf(cell).start, spanOf(cell).end), '<td>error <b>rate</b>');
    assert.deepEqual(cell.position?.start, { line: 6, column: 7, offset: text.indexOf('<td>error') });
  });

  it('need not close cells and rows, may have spans, and Markdown between empty lines', () => {
    assert.deepEqual(
      rowsIn(
        '<table>\n<tr><th>A<th>B<th>C\n<tr><td rowspan=2>a<td colspan="2">b\n<tr><td>c<td>d\n</table>\n',
      ),
      [
        ['A', 'B', 'C'],
        ['a', 'b', 'b'],
        ['a', 'c', 'd'],
      ],
    );
    assert.deepEqual(
      rowsIn('<table>\n<tr><td>\n\nRun **this**:\n\n```sh\nmake x\n```\n\n</td><td>b</td></tr>\n</table>\n'),
      [['Run this: make x', 'b']],
    );
  });

  it('keep what is no tag of HTML, and leave comments and attributes out', () => {
    assert.deepEqual(
      rowsIn('<table>\n<tr><td title="a > b">deploy <service> <!-- <td>no -->now</td></tr>\n</table>\n'),
      [['deploy <service> now']],
    );
  });

  it('are said to be broken, with their place, and left alone', () => {
    for (const text of ['<table>\n<tr><td>a\n', '<table>\n\n    <tr><td>a</td></tr>\n\n</table>\n']) {
      const { tables, problems } = read(text);
      assert.deepEqual(tables, []);
      assert.equal(problems.length, 1);
      assert.deepEqual(problems[0]?.span, { start: 0, end: 7 });
    }
  });

  it('may stand in lists; headings of HTML are headings', () => {
    assert.deepEqual(read('<h2 id="x">Roll <em>back</em></h2>\n\ntext\n').types, ['heading', 'paragraph']);
    const problems: MarkdownProblem[] = [];
    const [list] = parseMarkdown(
      '- a\n\n  <table>\n  <tr><td>x</td></tr>\n  </table>\n',
      0,
      problems,
    ).children;
    assert.equal(list?.type === 'list' ? list.children[0]?.children[1]?.type : null, 'table');
  });

  it('may have many rows, as may a list many bullets', () => {
    assert.equal(rowsIn(`<table>\n${'<tr><td>a</td><td>b</td></tr>\n'.repeat(400)}</table>\n`).length, 400);
    assert.deepEqual(read('- **Key:** `value`\n'.repeat(400)).problems, []);
  });

  it('end in bounded time, whatever stands there', () => {
    const before = process.cpuUsage();
    for (const part of [
      '<table>',
      '<td>',
      '<table><tr><td colspan=1000 rowspan=1000>',
      '<td "',
      '<b>',
      '<!--',
      '&amp;',
    ]) {
      assert.doesNotThrow(() => read(`<table>\n${part.repeat(20_000)}`));
      assert.doesNotThrow(() => read(`<table>\n<tr><td>${part.repeat(20_000)}</table>\n`));
    }
    assert.ok(process.cpuUsage(before).user / 1e6 < 20);
  });
});
