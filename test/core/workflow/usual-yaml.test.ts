import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { generatedWorkflows } from '../../../bench/workflows';
import { readUsualYaml } from '../../../src/core/workflow/usual-yaml';
import { composeYaml, readYaml } from '../../../src/core/workflow/yaml-tree';

const fixtures = path.join(__dirname, '../../fixtures');

/** Every YAML file of the fixtures, and the workflows that the bench makes up. */
function knownTexts(): readonly string[] {
  const files = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\.ya?ml$/.test(file),
  );
  return [
    ...files.map((file) => readFileSync(path.join(fixtures, file), 'utf8')),
    ...Object.values(generatedWorkflows()),
  ];
}

/** Fails where the quick reading takes a text and differs from the composed one. */
function agrees(text: string): boolean {
  const usual = readUsualYaml(text);
  if (usual) assert.deepEqual(usual, composeYaml(text), JSON.stringify(text));
  return usual !== null;
}

const usualValue = fc.constantFrom(
  ...[
    'x',
    '1',
    '~',
    'true',
    '1.10',
    '0x1f',
    '.5',
    'a b  ',
    '-x',
    'a#b',
    'http://x',
    '"q"',
    "'it''s'",
    '"a\\nb"',
  ],
  ...['[a, "b"]', '{a: [1, 2], b: x}', '[]', '{ }', '[a,\n      b]', '[\n   a, # c\n  b,\n  ]', '', '# only'],
  ...[
    '|\n        literal\n\n         more\n',
    '|-\n    x\n    # no comment',
    '>\n      a\n       b\n      c',
  ],
  ...[
    '>-\n       fold\n       on\n\n       x\n',
    'x # c',
    '"q" # c',
    '[a] # c',
    'many\n        lines\n\n        x',
  ],
);
const unusualValue = fc.constantFrom(
  ...[
    '"\\u0041"',
    '|\n',
    '|+\n    x\n\n',
    '|2\n     x',
    'x\n      # c\n      y',
    'a: b',
    '-',
    'x:',
    '*a',
    '&b x',
  ],
  ...['!t x', '\tx', '"two\n      lines"', '{a: }', '[a: b]', '[,]', '"open', '? x', '%', '@x'],
);
const value = fc.oneof({ weight: 6, arbitrary: usualValue }, { weight: 1, arbitrary: unusualValue });
const key = fc.constantFrom(
  'a',
  'b',
  'c',
  'd',
  'e',
  'on',
  '"k"',
  "'k'",
  'k k',
  'f ',
  '1',
  'true',
  '<<',
  '? g',
);
const line = fc.oneof(
  fc.tuple(key, value).map(([name, text]) => `${name}: ${text}`),
  key.map((name) => `${name}:`),
  value.map((text) => `- ${text}`),
  fc.tuple(key, value).map(([name, text]) => `- ${name}: ${text}`),
  fc.constantFrom('# comment', '', '- - x', '---', '...'),
);
const text = fc
  .tuple(
    fc.array(fc.tuple(line, fc.constantFrom(0, 0, 0, 2, 2, -2, -2, -4, 1, -1)), {
      minLength: 1,
      maxLength: 12,
    }),
    fc.constantFrom('\n', '\n', '\n', '\r\n'),
    fc.constantFrom('', '', '', '\uFEFF', '# first\n', '---\n', '\n\n'),
    fc.constantFrom('\n', '\n', '', '\n\n', '\n# last'),
  )
  .map(([lines, lineBreak, before, after]) => {
    let indent = 0;
    const written = lines.map(([content, step]) => {
      const made = `${content === '' ? '' : ' '.repeat(indent)}${content}`;
      indent = Math.max(0, indent + step);
      return made;
    });
    return `${before}${written.join('\n')}${after}`.replace(/\n/g, lineBreak);
  });

describe('usual YAML', () => {
  it('is what the fixtures and workflows as teams write them hold, and reads as the composed tree', () => {
    const texts = knownTexts();
    const usual = texts.filter(agrees);
    assert.ok(usual.length > texts.length * 0.95, `${usual.length} of ${texts.length}`);
  });

  it('reads as the composed tree wherever it is taken, or is left to it', () => {
    let taken = 0;
    fc.assert(
      fc.property(text, (made) => {
        if (agrees(made)) taken++;
      }),
      { numRuns: 4_000 },
    );
    assert.ok(taken > 300, `only ${taken} texts were taken`);
  });

  it('agrees on workflows that lose, gain and move characters', () => {
    const texts = knownTexts().map((each) => each.slice(0, 2_000));
    const bits = [
      '\n',
      ' ',
      '  ',
      '#',
      ' # c',
      '\n  # c\n',
      ': ',
      '- ',
      '"',
      "'",
      '[',
      ']',
      '{',
      '|\n',
      '>-\n',
      '\t',
      '&a ',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.constantFrom('', ...bits)), { minLength: 1, maxLength: 3 }),
        (start, changes) => {
          let changed = start;
          for (const [where, removed, added] of changes) {
            const at = where % (changed.length + 1);
            changed = changed.slice(0, at) + added + changed.slice(at + removed);
          }
          agrees(changed);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  for (const [what, unusual] of Object.entries({
    'an anchor and its alias': 'a: &x 1\nb: *x\n',
    'a merge key': 'a: 1\n<<: {b: 2}\n',
    'a tag': 'a: !!str 1\n',
    'a complex key': '? [a]\n: b\n',
    'a tab that indents': 'a:\n\tb: 1\n',
    'several documents': 'a: 1\n---\nb: 2\n',
    'equal keys': 'a: 1\na: 2\n',
    'quotes over two lines': 'a: "b\n  c"\n',
    'an indent that fits nothing': 'a:\n   b: 1\n  c: 2\n',
    'a lone carriage return': 'a: 1\rb: 2\n',
    'no map and no list': 'words\n',
    nothing: '# only a comment\n',
  })) {
    it(`leaves ${what} to the composed reading`, () => {
      assert.equal(readUsualYaml(unusual), null);
      assert.deepEqual(readYaml(unusual), composeYaml(unusual));
    });
  }
});
