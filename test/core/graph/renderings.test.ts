import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { PathsGraph } from '../../../src/core/graph/graph';
import { toJson } from '../../../src/core/graph/json';
import { layoutOf } from '../../../src/core/graph/layout';
import { toMermaid } from '../../../src/core/graph/mermaid';
import { escaped, toSvg } from '../../../src/core/graph/svg';
import { HELD, OPEN, pictureOf } from './pictures';

/** A picture in which every text of the repository is `text`. */
function named(graph: PathsGraph, text: string): PathsGraph {
  return {
    ...graph,
    workflows: graph.workflows.map((cluster) => ({ ...cluster, label: text, path: text, problem: text })),
    nodes: graph.nodes.map((node) =>
      node.kind === 'trigger'
        ? { ...node, label: text, detail: text, path: text }
        : {
            ...node,
            label: text,
            path: text,
            condition: text,
            calls: text,
            environment: { name: text, names: null },
          },
    ),
    counterexamples: graph.counterexamples.map((run) => ({
      ...run,
      run: text,
      title: text,
      steps: run.steps.map((step) => ({ ...step, sentence: text, why: text, path: text })),
    })),
  };
}

/** Fails where a text is not well-formed XML of tags, attributes in double quotes and text; the names of its tags. */
function tagsOf(xml: string): readonly string[] {
  const open: string[] = [];
  const names: string[] = [];
  let at = 0;
  const tag = /<(\/?)([a-z]+)((?:\s[\w:-]+="[^"<>&]*(?:&(?:amp|lt|gt|quot|#39);[^"<>&]*)*")*)\s*(\/?)>/gi;
  for (const match of xml.matchAll(tag)) {
    const between = xml.slice(at, match.index);
    assert.ok(!/[<>]/.test(between), `"${between.slice(0, 200)}"`);
    assert.ok(!/&(?!(amp|lt|gt|quot|#39);)/.test(between), `"${between.slice(0, 200)}"`);
    at = match.index + match[0].length;
    const [, close, name = '', , isEmpty] = match;
    if (close) assert.equal(open.pop(), name);
    else {
      names.push(name);
      if (!isEmpty) open.push(name);
    }
  }
  assert.deepEqual(open, []);
  assert.equal(xml.slice(at).trim(), '');
  return names;
}

/** The style sheet has signs that are no markup; nothing of the repository is in it. */
const withoutStyle = (svg: string): string => svg.replace(/<style>[\s\S]*?<\/style>/, '');

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '\'"&<>`',
  ']]>--><!--',
  'a"] --> b["c',
  '%%{init: {"theme":"x"}}%%',
  '\u202egpj.exe\u0000\u001b[31m\ud800',
  '1. list',
  '- list',
  'end',
  '#quot; #35; ${{ github.event.issue.title }}',
  '`markdown`',
  'click n0 call alert()',
  'x\ny\r\nz',
  '',
  `名前 😀 ${'long'.repeat(2_000)}`,
];

describe('the SVG', () => {
  it('is one well-formed file that says what it shows, with nothing from outside and no script', async () => {
    const svg = toSvg(await pictureOf({ 'deploy.yml': OPEN }), { kind: 'alone' });
    const names = tagsOf(withoutStyle(svg));
    assert.match(svg, /^<svg [^>]*role="img" aria-labelledby="rg-title rg-description"/);
    assert.match(svg, /<title id="rg-title">Paths to production\. 1 production job: open<\/title>/);
    assert.match(svg, /<desc id="rg-description">[^<]*can start though it did not succeed/);
    assert.match(svg, /prefers-color-scheme:dark/);
    assert.ok(names.every((name) => !/^(script|foreignObject|image|use|a)$/i.test(name)));
    assert.ok(!/\s(href|src|on\w+)=|@import|url\((?!#)/.test(svg));
    assert.match(svg, /A run that gets there: /);
  });

  it('tells open from held by dashes, sign and word, not by colour alone', async () => {
    const open = toSvg(await pictureOf({ 'deploy.yml': OPEN }), { kind: 'alone' });
    const held = toSvg(await pictureOf({ 'deploy.yml': HELD }), { kind: 'alone' });
    assert.match(open, /\.edge\.open \.line \{[^}]*stroke-dasharray/);
    assert.ok(!/\.edge\.holds \.line \{[^}]*stroke-dasharray/.test(held));
    assert.match(open, /<circle class="sign open"[^>]*\/><text[^>]*>open<\/text>/);
    assert.match(held, /<rect class="sign holds"[^>]*\/><text[^>]*>holds<\/text>/);
    assert.match(open, />OPEN: starts without test</);
    assert.match(held, />HOLDS: waits for 2 jobs</);
  });

  it('has for a page what can be focused, with its sentence, and no style of its own', async () => {
    const svg = toSvg(await pictureOf({ 'deploy.yml': OPEN }), { kind: 'page' });
    tagsOf(svg);
    assert.ok(!svg.includes('<style'));
    assert.ok(!/\sstyle=/.test(svg), 'the policy of the page forbids it');
    assert.match(svg, /data-node="[^"]*#test"[^>]* tabindex="-1" role="button" aria-label="Job test, /);
    assert.match(
      svg,
      /data-from="[^"]*#test" data-to="[^"]*#production"[^>]* aria-label="Open: production needs test/,
    );
  });

  it('is the same for the same workflows', async () => {
    const one = await pictureOf({ 'deploy.yml': OPEN });
    const other = await pictureOf({ 'deploy.yml': OPEN });
    assert.equal(toSvg(one, { kind: 'alone' }), toSvg(other, { kind: 'alone' }));
    assert.equal(toMermaid(one), toMermaid(other));
    assert.equal(toJson(one), toJson(other));
  });

  it('takes nothing in a name for markup', async () => {
    const graph = await pictureOf({ 'deploy.yml': OPEN });
    const usual = new Set(tagsOf(withoutStyle(toSvg(graph, { kind: 'alone' }))));
    for (const text of HOSTILE) {
      for (const kind of ['alone', 'page'] as const) {
        const svg = toSvg(named(graph, text), { kind });
        for (const name of tagsOf(withoutStyle(svg))) assert.ok(usual.has(name), `${name} by ${text}`);
        assert.ok(!/[\u202e\u0000\u001b]/.test(svg));
      }
    }
  });

  it('escapes any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
        assert.match(escaped(text), /^[^<>"']*$/);
        tagsOf(`<g a="${escaped(text)}">${escaped(text)}</g>`);
      }),
    );
  });
});

describe('the layout', () => {
  it('keeps nodes apart and inside their frames, and cuts long names', async () => {
    const graph = await pictureOf({ 'deploy.yml': OPEN });
    for (const text of ['x', ...HOSTILE]) {
      const layout = layoutOf(named(graph, text));
      const [frame] = layout.clusters;
      assert.ok(frame);
      for (const [at, one] of layout.nodes.entries()) {
        assert.ok(one.x >= frame.x && one.x + one.width <= frame.x + frame.width);
        assert.ok(one.y >= frame.y && one.y + one.height <= frame.y + frame.height);
        assert.ok(one.width < 400, `${one.width}`);
        for (const other of layout.nodes.slice(at + 1)) {
          const areApart =
            one.x + one.width <= other.x ||
            other.x + other.width <= one.x ||
            one.y + one.height <= other.y ||
            other.y + other.height <= one.y;
          assert.ok(areApart, `${one.node.id} over ${other.node.id}`);
        }
      }
      assert.ok(layout.width >= frame.x + frame.width && layout.height >= frame.y + frame.height);
    }
  });

  it('draws edges from left to right', async () => {
    const layout = layoutOf(await pictureOf({ 'deploy.yml': HELD }));
    for (const { points } of layout.edges) {
      assert.ok(points.length >= 2);
      for (const [at, point] of points.entries()) {
        assert.ok(at === 0 || point.x >= (points[at - 1]?.x ?? 0));
      }
    }
  });
});

describe('the Mermaid text', () => {
  it('is a flowchart that tells open from held by line, sign and word', async () => {
    const text = toMermaid(await pictureOf({ 'deploy.yml': OPEN }));
    assert.deepEqual(
      text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => !/^n[234]\[/.test(line)),
      [
        'flowchart LR',
        'subgraph w0["Deploy, .github/workflows/deploy.yml"]',
        'direction LR',
        'n0(["push<br/>tags v#42;"])',
        'n1(["workflow_dispatch"])',
        'end',
        'n0 --> n2',
        'n1 --> n2',
        'n2 -.->|"○ open"| n3',
        'n2 -.->|"○ open"| n4',
        'n3 -.->|"○ open"| n4',
        'classDef production stroke-width:3px',
        'class n4 production',
        '',
      ],
    );
    assert.match(text, /n2\["test<br\/>lint, unit tests<br\/>/);
    assert.match(text, /n4\[\["production<br\/>.*<br\/>○ OPEN: starts without test"\]\]/);
    assert.match(toMermaid(await pictureOf({ 'deploy.yml': HELD })), /n2 ==>\|"▮ holds"\| n4/);
  });

  it('takes nothing in a name for Mermaid, Markdown or HTML', async () => {
    const graph = await pictureOf({ 'deploy.yml': OPEN });
    const structure = (text: string): string => text.replace(/"[^"\n]*"/g, '""');
    const usual = structure(toMermaid(named(graph, 'x')));
    for (const text of HOSTILE) {
      const mermaid = toMermaid(named(graph, text));
      assert.equal(structure(mermaid), usual, text);
      for (const [, label = ''] of mermaid.matchAll(/"([^"\n]*)"/g)) {
        assert.match(label.replaceAll('<br/>', ''), /^(#\d+;|[\p{L}\p{N} .,…:\-_/()!='+▮○?])*$/u);
        assert.doesNotMatch(label, /(^|<br\/>)(\d+[.)]|[-+])/);
      }
    }
  });
});

describe('the JSON', () => {
  it('keeps its shape', async () => {
    const data = JSON.parse(toJson(await pictureOf({ 'deploy.yml': OPEN }))) as Record<
      string,
      readonly object[]
    >;
    const keys = (value: object | undefined): readonly string[] => Object.keys(value ?? {});
    assert.deepEqual(keys(data), [
      ...['version', 'scope', 'workflows', 'nodes', 'edges', 'counterexamples', 'leftOut'],
    ]);
    assert.deepEqual(keys(data['workflows']?.[0]), ['id', 'path', 'label', 'calledBy', 'problem', 'range']);
    assert.deepEqual(keys(data['nodes']?.[0]), [
      ...['kind', 'id', 'cluster', 'label', 'detail', 'path', 'range'],
    ]);
    assert.deepEqual(keys(data['nodes']?.at(-1)), [
      ...['kind', 'id', 'cluster', 'label', 'path', 'range', 'role', 'does', 'target', 'environment'],
      ...['condition', 'calls', 'inner', 'production', 'findings'],
    ]);
    assert.deepEqual(keys(data['edges']?.[0]), [
      ...['id', 'kind', 'from', 'to', 'state', 'openFor', 'path', 'range'],
    ]);
    const run = data['counterexamples']?.[0] as { readonly steps: readonly object[] } | undefined;
    assert.deepEqual(keys(run), [
      ...['id', 'production', 'finding', 'title', 'run', 'trigger', 'ref', 'inputs', 'isCancelled', 'steps'],
    ]);
    assert.deepEqual(keys(run?.steps[0]), [
      ...['node', 'edges', 'result', 'why', 'sentence', 'path', 'range'],
    ]);
  });
});
