import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { applyEdits } from '../../../src/core/text/edit';
import {
  CommentedScalar,
  insertItem,
  insertStep,
  removeEntry,
  removeItem,
  removeStep,
  replaceScalar,
  setEntry,
  yamlLines,
  layoutOf,
  type EditResult,
  type NewYaml,
} from '../../../src/core/workflow/edit';
import { readWorkflow } from '../../../src/core/workflow/read';
import {
  readYaml,
  valueOf,
  type YamlList,
  type YamlMap,
  type YamlScalar,
  type YamlValue,
} from '../../../src/core/workflow/yaml-tree';

const WORKFLOW = `# Deploys the shop.
name: Deploy
on:
  push:
    branches: [main]

# Nothing by default.
permissions: {}

jobs:
  # The tests come first.
  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4 # the code
      # Needs Node.
      - name: Node
        uses: actions/setup-node@v4
        with: { node-version: 20, cache: npm }

      - run: |
          npm ci
          npm test
        env:
          CI: 'true'

  # Production.
  deploy:
    needs: test
    runs-on: ubuntu-24.04
    environment: production # approved by hand
    steps:
      - run: ./deploy.sh
`;

function valueAt(text: string, ...path: (string | number)[]): YamlValue {
  let value: YamlValue | null = readYaml(text).root;
  for (const part of path) {
    value =
      typeof part === 'number'
        ? value?.kind === 'list'
          ? (value.items[part] ?? null)
          : null
        : valueOf(value, part);
  }
  assert.ok(value, `nothing at ${path.join('.')}`);
  return value;
}

const mapAt = (text: string, ...path: (string | number)[]): YamlMap => {
  const value = valueAt(text, ...path);
  assert.equal(value.kind, 'map');
  return value;
};
const listAt = (text: string, ...path: (string | number)[]): YamlList => {
  const value = valueAt(text, ...path);
  assert.equal(value.kind, 'list');
  return value;
};
const scalarAt = (text: string, ...path: (string | number)[]): YamlScalar => {
  const value = valueAt(text, ...path);
  assert.equal(value.kind, 'scalar');
  return value;
};

function applied(text: string, result: EditResult): string {
  assert.ok(result.ok, result.ok ? '' : result.reason);
  return applyEdits(text, result.edits);
}

/** The lines of `after` that are new and the lines of `before` that are gone, by longest common subsequence. */
function changed(before: string, after: string): { gone: string[]; added: string[] } {
  const a = before.split('\n');
  const b = after.split('\n');
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] =
        a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  const gone: string[] = [];
  const added: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j < b.length && (i === a.length || table[i]![j + 1]! >= table[i + 1]![j]!))
      added.push(b[j++]!);
    else gone.push(a[i++]!);
  }
  return { gone, added };
}

const both = (name: string, run: (text: string, lineBreak: string) => void): void => {
  it(name, () => run(WORKFLOW, '\n'));
  it(`${name}, with Windows line ends`, () => run(WORKFLOW.replaceAll('\n', '\r\n'), '\r\n'));
  it(`${name}, with a byte order mark`, () => run(`\uFEFF${WORKFLOW}`, '\n'));
};

describe('edits of YAML that keep every other byte', () => {
  describe('setEntry', () => {
    both('adds a block behind a key', (text, lineBreak) => {
      const after = applied(
        text,
        setEntry(
          text,
          mapAt(text, 'jobs', 'deploy'),
          'permissions',
          { 'id-token': 'write', contents: 'read' },
          {
            after: ['needs', 'runs-on'],
          },
        ),
      );
      const r = lineBreak === '\n' ? '' : '\r';
      assert.deepEqual(changed(text, after), {
        gone: [],
        added: [`    permissions:${r}`, `      id-token: write${r}`, `      contents: read${r}`],
      });
      assert.ok(after.includes(`runs-on: ubuntu-24.04${lineBreak}    permissions:`));
    });

    both('adds at the end of a map, before what follows', (text, lineBreak) => {
      const after = applied(text, setEntry(text, mapAt(text, 'jobs', 'test'), 'timeout-minutes', 15));
      assert.ok(
        after.includes(
          `CI: 'true'${lineBreak}    timeout-minutes: 15${lineBreak}${lineBreak}  # Production.`,
        ),
      );
      assert.equal(after.length, text.length + '    timeout-minutes: 15'.length + lineBreak.length);
    });

    it('adds before a key, above the comment that belongs to it', () => {
      const after = applied(
        WORKFLOW,
        setEntry(WORKFLOW, mapAt(WORKFLOW), 'concurrency', 'deploy', { before: ['permissions'] }),
      );
      assert.ok(after.includes('\nconcurrency: deploy\n# Nothing by default.\npermissions: {}'));
    });

    it('adds before the first key of a step', () => {
      const text = 'steps:\n  - uses: a/b@v1\n    with: {}\n';
      const after = applied(
        text,
        setEntry(text, mapAt(text, 'steps', 0), 'name', 'Say: it', { before: ['uses'] }),
      );
      assert.equal(after, "steps:\n  - name: 'Say: it'\n    uses: a/b@v1\n    with: {}\n");
    });

    it('replaces an empty flow map by a block', () => {
      const after = applied(
        WORKFLOW,
        setEntry(WORKFLOW, mapAt(WORKFLOW), 'permissions', { contents: 'read' }),
      );
      assert.deepEqual(changed(WORKFLOW, after), {
        gone: ['permissions: {}'],
        added: ['permissions:', '  contents: read'],
      });
    });

    it('replaces a scalar with a trailing comment by a block, and a block by a scalar', () => {
      const block = applied(
        WORKFLOW,
        setEntry(WORKFLOW, mapAt(WORKFLOW, 'jobs', 'deploy'), 'environment', {
          name: 'production',
          url: 'https://a.example',
        }),
      );
      assert.ok(
        block.includes(
          '    environment: # approved by hand\n      name: production\n      url: https://a.example\n    steps:',
        ),
      );
      const back = applied(
        block,
        setEntry(block, mapAt(block, 'jobs', 'deploy'), 'environment', 'production'),
      );
      assert.equal(back, WORKFLOW);
    });

    it('fills flow maps, empty ones too', () => {
      const after = applied(WORKFLOW, setEntry(WORKFLOW, mapAt(WORKFLOW, 'permissions'), 'contents', 'read'));
      assert.ok(after.includes('permissions: {contents: read}\n'));
      const text = 'with: { a: 1, b: [x] }\n';
      assert.equal(
        applied(text, setEntry(text, mapAt(text, 'with'), 'c', 'x, y')),
        "with: { a: 1, b: [x], c: 'x, y' }\n",
      );
      assert.equal(
        applied(text, setEntry(text, mapAt(text, 'with'), 'a', 'two')),
        'with: { a: two, b: [x] }\n',
      );
    });

    it('gives a key without a value one', () => {
      const text = 'env:\non: push\n';
      assert.equal(
        applied(text, setEntry(text, mapAt(text), 'env', { A: '1' })),
        "env:\n  A: '1'\non: push\n",
      );
    });

    it('adds to a last line that has no line break', () => {
      const text = 'a: 1\nb: 2 # two';
      assert.equal(applied(text, setEntry(text, mapAt(text), 'c', true)), 'a: 1\nb: 2 # two\nc: true');
    });

    it('does not take the line breaks of a block that keeps them', () => {
      const text = 'a:\n  text: |+\n    one\n\n\nb: 2\n';
      const after = applied(text, setEntry(text, mapAt(text, 'a'), 'more', 'x'));
      assert.deepEqual(parse(after), { a: { text: 'one\n\n\n', more: 'x' }, b: 2 });
    });

    it('writes scripts as literal blocks and keeps the comment of a pinned action', () => {
      const after = applied(
        WORKFLOW,
        insertStep(WORKFLOW, readWorkflow('a.yml', WORKFLOW).jobs[1]!, 0, {
          uses: new CommentedScalar('aws-actions/configure-aws-credentials@0123', 'v6.0.0'),
          run: 'set -e\n\n./a.sh "x: y"\n',
        }),
      );
      assert.deepEqual(changed(WORKFLOW, after).added, [
        '      - uses: aws-actions/configure-aws-credentials@0123 # v6.0.0',
        '        run: |',
        '          set -e',
        '',
        '          ./a.sh "x: y"',
      ]);
    });

    it('keeps a map that ends with a merge key whole', () => {
      const text = 'base: &base\n  A: 1\njob:\n  env:\n    B: 2\n    <<: *base\n  x: 1\n';
      const after = applied(text, setEntry(text, mapAt(text, 'job', 'env'), 'C', 3));
      assert.deepEqual(parse(after, { merge: true }), {
        base: { A: 1 },
        job: { env: { B: 2, A: 1, C: 3 }, x: 1 },
      });
    });

    it('refuses what an anchor shares', () => {
      const text = 'base: &base\n  A: 1\njob:\n  env: *base\nother: { <<: *base, B: 2 }\n';
      for (const result of [
        setEntry(text, mapAt(text, 'base'), 'A', 2),
        setEntry(text, mapAt(text, 'base'), 'B', 2),
        setEntry(text, mapAt(text, 'job', 'env'), 'A', 2),
        setEntry(text, mapAt(text), 'base', 'gone'),
        removeEntry(text, mapAt(text), 'base'),
        removeEntry(text, mapAt(text, 'other'), 'A'),
        replaceScalar(text, scalarAt(text, 'job', 'env', 'A'), '2'),
      ]) {
        assert.equal(result.ok, false);
      }
      assert.equal(
        applied(text, removeEntry(text, mapAt(text, 'job'), 'env')),
        'base: &base\n  A: 1\njob:\n  {}\nother: { <<: *base, B: 2 }\n',
      );
      assert.equal(
        applied(text, setEntry(text, mapAt(text, 'other'), 'A', 3)),
        'base: &base\n  A: 1\njob:\n  env: *base\nother: { <<: *base, B: 2, A: 3 }\n',
      );
    });

    it('refuses a key that stands twice', () => {
      const text = 'a: 1\na: 2\n';
      assert.equal(setEntry(text, mapAt(text), 'a', 3).ok, false);
      assert.equal(removeEntry(text, mapAt(text), 'a').ok, false);
    });
  });

  describe('removeEntry', () => {
    both('takes the comment above and the one on the line along', (text, lineBreak) => {
      const job = applied(text, removeEntry(text, mapAt(text, 'jobs'), 'deploy'));
      assert.ok(job.endsWith(`CI: 'true'${lineBreak}`), 'no blank line is left at the end');
      assert.equal(job, text.slice(0, job.length));
      const environment = applied(text, removeEntry(text, mapAt(text, 'jobs', 'deploy'), 'environment'));
      assert.equal(changed(text, environment).gone.length, 1);
      assert.equal(changed(text, environment).added.length, 0);
    });

    it('takes one of the two blank lines that would meet', () => {
      const after = applied(WORKFLOW, removeEntry(WORKFLOW, mapAt(WORKFLOW), 'permissions'));
      assert.ok(after.includes('branches: [main]\n\njobs:'));
    });

    it('takes the first key of a step', () => {
      const text =
        'steps:\n  - name: x # c\n    uses: a/b@v1\n  - name: y\n    # about uses\n    uses: c/d@v1\n';
      const first = applied(text, removeEntry(text, mapAt(text, 'steps', 0), 'name'));
      assert.deepEqual(parse(first), { steps: [{ uses: 'a/b@v1' }, { name: 'y', uses: 'c/d@v1' }] });
      const second = applied(text, removeEntry(text, mapAt(text, 'steps', 1), 'name'));
      assert.ok(second.includes('  -\n    # about uses\n    uses: c/d@v1'));
    });

    it('takes entries of flow maps', () => {
      const text = 'a: { b: 1, c: [1, 2], d: x }\n';
      assert.equal(applied(text, removeEntry(text, mapAt(text, 'a'), 'b')), 'a: { c: [1, 2], d: x }\n');
      assert.equal(applied(text, removeEntry(text, mapAt(text, 'a'), 'd')), 'a: { b: 1, c: [1, 2] }\n');
      const alone = 'a: { b: 1, }\n';
      assert.equal(applied(alone, removeEntry(alone, mapAt(alone, 'a'), 'b')), 'a: {}\n');
    });

    it('takes a last line without a line break', () => {
      const text = 'a: 1\r\nb: 2';
      assert.equal(applied(text, removeEntry(text, mapAt(text), 'b')), 'a: 1');
    });
  });

  describe('items', () => {
    it('removes steps with their comments', () => {
      const job = readWorkflow('a.yml', WORKFLOW).jobs[0]!;
      assert.deepEqual(changed(WORKFLOW, applied(WORKFLOW, removeStep(WORKFLOW, job, 1))).gone, [
        '      # Needs Node.',
        '      - name: Node',
        '        uses: actions/setup-node@v4',
        '        with: { node-version: 20, cache: npm }',
      ]);
      const third = applied(WORKFLOW, removeStep(WORKFLOW, job, 2));
      assert.equal(readWorkflow('a.yml', third).jobs[0]!.steps.length, 2);
      assert.equal(readWorkflow('a.yml', third).jobs.length, 2);
    });

    it('inserts into lists that are not indented under their key', () => {
      const text = 'jobs:\n  a:\n    steps:\n    - run: x\n\n    # second\n    - run: y\n    needs: b\n';
      const list = listAt(text, 'jobs', 'a', 'steps');
      assert.equal(
        applied(text, insertItem(text, list, 1, { run: 'z', with: { args: ['p', 'q'] } })),
        'jobs:\n  a:\n    steps:\n    - run: x\n\n    - run: z\n      with:\n        args:\n        - p\n        - q\n    # second\n    - run: y\n    needs: b\n',
      );
      assert.ok(
        applied(text, insertItem(text, list, 9, { run: 'z' })).includes(
          '- run: y\n    - run: z\n    needs: b',
        ),
      );
    });

    it('handles flow lists', () => {
      const text = 'needs: [a, b]\nempty: []\n';
      assert.equal(
        applied(text, insertItem(text, listAt(text, 'needs'), 2, 'c')),
        'needs: [a, b, c]\nempty: []\n',
      );
      assert.equal(
        applied(text, insertItem(text, listAt(text, 'needs'), 0, 'c')),
        'needs: [c, a, b]\nempty: []\n',
      );
      assert.equal(applied(text, removeItem(text, listAt(text, 'needs'), 0)), 'needs: [b]\nempty: []\n');
      assert.equal(
        applied(text, insertItem(text, listAt(text, 'empty'), 0, 'c')),
        'needs: [a, b]\nempty: [c]\n',
      );
    });

    it('knows where the item of an alias stands', () => {
      const text = 'a:\n  - &one\n    run: x\n  - run: y\nb:\n  - run: z\n  - *one # again\n  - run: w\n';
      assert.deepEqual(parse(applied(text, removeItem(text, listAt(text, 'b'), 1))), {
        a: [{ run: 'x' }, { run: 'y' }],
        b: [{ run: 'z' }, { run: 'w' }],
      });
      assert.equal(removeItem(text, listAt(text, 'a'), 0).ok, false);
      assert.deepEqual(parse(applied(text, removeItem(text, listAt(text, 'a'), 1))), {
        a: [{ run: 'x' }],
        b: [{ run: 'z' }, { run: 'x' }, { run: 'w' }],
      });
    });
  });

  describe('replaceScalar', () => {
    it('keeps each style', () => {
      const text = `plain: a\nsingle: 'a'\ndouble: "a"\nliteral: |\n  a\n  b\nfolded: >-\n  a\n  b\nnumber: 20\nflow: [a]\n`;
      const to = (key: string, value: string): string => {
        const after = applied(text, replaceScalar(text, scalarAt(text, key), value));
        return changed(text, after).added.join('\n');
      };
      assert.equal(to('plain', 'b c'), 'plain: b c');
      assert.equal(to('plain', 'yes'), "plain: 'yes'");
      assert.equal(to('plain', 'b: c'), "plain: 'b: c'");
      assert.equal(to('single', "it's"), "single: 'it''s'");
      assert.equal(to('double', 'say "x"\n'), 'double: "say \\"x\\"\\n"');
      assert.equal(to('literal', 'x\n\ny\n'), '  x\n\n  y');
      assert.equal(to('folded', 'x\ny'), 'folded: |-\n  x\n  y');
      assert.equal(to('number', '22'), 'number: 22');
      assert.equal(to('number', '22.x'), 'number: 22.x');
      const item = listAt(text, 'flow').items[0] as YamlScalar;
      assert.ok(applied(text, replaceScalar(text, item, 'a, b')).endsWith("flow: ['a, b']\n"));
    });
  });

  describe('properties', () => {
    const scalar = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        'a: b',
        '# x',
        '- x',
        '{',
        '*',
        '&a',
        '!x',
        'yes',
        '1.10',
        '',
        ' ',
        'a\nb\n',
        '${{ x }}',
        "'",
        '"',
      ),
      fc.integer(),
      fc.boolean(),
    );
    const value: fc.Arbitrary<NewYaml> = fc.letrec<{ value: NewYaml }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        scalar,
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 6 }), tie('value'), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
    })).value;
    const keys = ['name', 'on', 'env', 'jobs', 'zulu'];
    const document = fc.record(
      { name: value, on: value, env: value, jobs: value },
      { requiredKeys: ['name'] },
    ) as fc.Arbitrary<Record<string, NewYaml>>;
    const layout = fc.record({
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      collectionStyle: fc.constantFrom('any' as const, 'block' as const),
      windows: fc.boolean(),
      final: fc.boolean(),
    });
    type Layout = {
      indent: number;
      indentSeq: boolean;
      collectionStyle: 'any' | 'block';
      windows: boolean;
      final: boolean;
    };
    const written = (data: unknown, how: Layout): string => {
      let text = stringify(data, {
        indent: how.indent,
        indentSeq: how.indentSeq,
        aliasDuplicateObjects: false,
        lineWidth: 0,
      });
      if (!how.final && !text.endsWith('\n\n') && !/[|>][0-9]?\+/.test(text)) text = text.replace(/\n$/, '');
      return how.windows ? text.replaceAll('\n', '\r\n') : text;
    };
    /** Windows line ends inside a block are read as plain ones. */
    const read = (text: string): unknown => parse(text, { uniqueKeys: false });

    it('reads what it writes', () => {
      fc.assert(
        fc.property(value, fc.constantFrom(2, 4), fc.boolean(), (data, step, isIndented) => {
          const lines = yamlLines({ key: data }, 0, {
            step,
            listStep: isIndented ? step : 0,
            lineBreak: '\n',
          });
          assert.deepEqual(parse(lines.join('\n') + '\n'), { key: data });
        }),
        { numRuns: 300 },
      );
    });

    it('sets any entry to any value and leaves the others', () => {
      fc.assert(
        fc.property(document, layout, fc.constantFrom(...keys), value, (data, how, key, next) => {
          const text = written(data, how);
          const before = read(text) as Record<string, unknown>;
          const after = applied(text, setEntry(text, mapAt(text), key, next));
          assert.deepEqual(read(after), { ...before, [key]: next });
        }),
        { numRuns: 500 },
      );
    });

    it('removes any entry and leaves the others', () => {
      fc.assert(
        fc.property(document, layout, fc.nat(), (data, how, pick) => {
          const text = written(data, how);
          const before = read(text) as Record<string, unknown>;
          const names = Object.keys(before);
          const key = names[pick % names.length]!;
          const after = applied(text, removeEntry(text, mapAt(text), key));
          const expected = { ...before };
          delete expected[key];
          assert.deepEqual(read(after), expected);
          assert.equal(
            changed(text, after).added.filter((line) => !/^\{\}?$/.test(line.trim())).length <= 1,
            true,
          );
        }),
        { numRuns: 500 },
      );
    });

    it('inserts and removes items anywhere', () => {
      fc.assert(
        fc.property(
          fc.array(value, { minLength: 1, maxLength: 4 }),
          layout,
          fc.nat(4),
          value,
          (items, how, at, item) => {
            const text = written({ first: 1, steps: items, last: 2 }, how);
            const before = (read(text) as { steps: unknown[] }).steps;
            const inserted = applied(text, insertItem(text, listAt(text, 'steps'), at, item));
            const expected = [...before];
            expected.splice(Math.min(at, before.length), 0, item);
            assert.deepEqual(read(inserted), { first: 1, steps: expected, last: 2 });
            const index = at % before.length;
            const removed = applied(text, removeItem(text, listAt(text, 'steps'), index));
            assert.deepEqual(read(removed), {
              first: 1,
              steps: before.filter((_, other) => other !== index),
              last: 2,
            });
          },
        ),
        { numRuns: 500 },
      );
    });

    it('replaces any scalar by any text, in any style', () => {
      const styles = fc.constantFrom(
        'PLAIN',
        'QUOTE_SINGLE',
        'QUOTE_DOUBLE',
        'BLOCK_LITERAL',
        'BLOCK_FOLDED',
      );
      fc.assert(
        fc.property(
          fc.string({ unit: 'grapheme-ascii', minLength: 1 }),
          styles,
          fc.string({ unit: 'binary' }),
          layout,
          (old, style, next, how) => {
            const text = stringify(
              { a: 1, b: { c: old }, d: 2 },
              {
                defaultStringType: style as 'PLAIN',
                defaultKeyType: 'PLAIN',
                indent: how.indent,
                lineWidth: 0,
              },
            );
            const result = replaceScalar(text, scalarAt(text, 'b', 'c'), next);
            if (!result.ok) {
              assert.match(text, /[|>][0-9]?\+/);
              return;
            }
            const value = (read(applyEdits(text, result.edits)) as { b: { c: unknown } }).b.c;
            assert.equal(typeof value === 'number' ? String(value) : value, next);
          },
        ),
        { numRuns: 500 },
      );
    });
  });

  it('reads the layout of a file', () => {
    assert.deepEqual(layoutOf(WORKFLOW), { step: 2, listStep: 2, lineBreak: '\n' });
    assert.deepEqual(layoutOf('jobs:\r\n    a:\r\n        steps:\r\n        - run: x\r\n'), {
      step: 4,
      listStep: 0,
      lineBreak: '\r\n',
    });
  });
});
