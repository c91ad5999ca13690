import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { extractRepeatedJobs, type ExtractionResult } from '../../../../src/core/pipeline/extract/extract';
import { inline, shapeOfCalled } from '../../../../src/core/pipeline/extract/inline';
import { isSameShape } from '../../../../src/core/pipeline/extract/shape';
import { readWorkflow } from '../../../../src/core/workflow/read';

const FOLDER = '.github/workflows';
const fixtures = path.join(__dirname, '../../../fixtures/pipeline/extract');

function extract(files: Readonly<Record<string, string>>): ExtractionResult {
  const workflows = Object.entries(files)
    .map(([name, text]) => readWorkflow(`${FOLDER}/${name}`, text))
    .filter((workflow) => workflow.problems.length === 0);
  return extractRepeatedJobs(workflows, new Set(Object.keys(files).map((name) => `${FOLDER}/${name}`)));
}

const job = (lines: string, top = ''): string => `on: push\n${top}jobs:\n${lines}`;

const BUILD = `  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: make
`;

describe('extractRepeatedJobs', () => {
  it('makes one workflow of the jobs of two deployments, as expected', () => {
    const folder = path.join(fixtures, 'shop', FOLDER);
    const files = Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
    );
    const result = extract(files);
    const after = new Map([
      ...result.texts,
      ...result.extractions.map((one) => [one.path, one.text] as const),
    ]);
    const expected = path.join(fixtures, 'shop.expected');
    for (const [file, text] of after) {
      const place = path.join(expected, path.basename(file));
      if (process.env.UPDATE_EXPECTED) {
        mkdirSync(expected, { recursive: true });
        writeFileSync(place, text);
      }
      assert.equal(text, readFileSync(place, 'utf8'), file);
      assert.deepEqual(readWorkflow(file, text).problems, []);
    }
    assert.equal(readdirSync(expected).length, after.size);
    assert.deepEqual(
      result.extractions.map((one) => [one.path, one.callers.length]),
      [
        [`${FOLDER}/reusable-build.yml`, 2],
        [`${FOLDER}/reusable-test.yml`, 2],
        [`${FOLDER}/reusable-deploy.yml`, 2],
      ],
    );
    assert.ok(existsSync(expected));
  });

  it('gives an input a default where most callers agree', () => {
    const of = (version: number): string =>
      job(`  test:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/setup-node@v4
        with: { node-version: ${version} }
      - run: npm test
`);
    const { extractions, texts } = extract({ 'a.yml': of(20), 'b.yml': of(20), 'c.yml': of(22) });
    const [one] = extractions;
    assert.deepEqual(one?.plan.inputs, [
      { name: 'node-version', type: 'number', values: ['20', '20', '22'], defaultValue: '20' },
    ]);
    assert.match(one.text, /node-version:\n {8}type: number\n {8}required: false\n {8}default: 20\n/);
    assert.ok(!texts.get(`${FOLDER}/a.yml`)?.includes('with:'));
    assert.ok(texts.get(`${FOLDER}/c.yml`)?.includes('with:\n      node-version: 22\n'));
  });

  it('names each secret, and makes one of two names', () => {
    const of = (name: string): string =>
      job(`  publish:
    runs-on: ubuntu-24.04
    steps:
      - run: ./publish.sh
        env:
          TOKEN: \${{ secrets.${name}_REGISTRY_TOKEN }}
          GITHUB: \${{ secrets.GITHUB_TOKEN }}
          SHARED: \${{ secrets.SHARED }}
      - run: ./verify.sh
`);
    const { extractions, texts } = extract({ 'a.yml': of('EU'), 'b.yml': of('US') });
    assert.deepEqual(extractions[0]?.plan.secrets, [
      { name: 'SHARED', sources: ['SHARED', 'SHARED'] },
      { name: 'REGISTRY_TOKEN', sources: ['EU_REGISTRY_TOKEN', 'US_REGISTRY_TOKEN'] },
    ]);
    assert.ok(
      texts
        .get(`${FOLDER}/b.yml`)
        ?.includes(
          '    secrets:\n      SHARED: ${{ secrets.SHARED }}\n      REGISTRY_TOKEN: ${{ secrets.US_REGISTRY_TOKEN }}\n',
        ),
    );
    assert.ok(![...texts.values()].some((text) => text.includes('inherit')));
  });

  it('hands in what only the caller knows, with the type that the place needs', () => {
    const text = job(`  build:
    outputs: { image: '\${{ steps.x.outputs.image }}' }
    runs-on: ubuntu-24.04
    steps: [{ id: x, run: ./build.sh }]
  one: &no
    needs: build
    strategy: { matrix: { python: [3.10, 3.9], slow: [true, false] } }
    runs-on: ubuntu-24.04
    timeout-minutes: \${{ matrix.slow && 30 || 10 }}
    steps:
      - run: ./test.sh "\${{ needs.build.outputs.image }}"
      - uses: actions/setup-python@v5
        with: { python-version: '\${{ matrix.python }}' }
  two:
    needs: build
    strategy: { matrix: { python: [3.11], slow: [true] } }
    runs-on: ubuntu-24.04
    timeout-minutes: \${{ matrix.slow && 30 || 10 }}
    steps:
      - run: ./test.sh "\${{ needs.build.outputs.image }}"
      - uses: actions/setup-python@v5
        with: { python-version: '\${{ matrix.python }}' }
`).replace(' &no', '');
    const [one] = extract({ 'a.yml': text }).extractions;
    assert.deepEqual(
      one?.plan.inputs.map(({ name, type, values }) => [name, type, values[0]]),
      [
        ['python', 'string', "${{ format('{0}', matrix.python) }}"],
        ['timeout-minutes', 'number', '${{ matrix.slow && 30 || 10 }}'],
        ['image', 'string', '${{ needs.build.outputs.image }}'],
      ],
    );
  });

  it('keeps Windows line ends and writes over no file', () => {
    const windows = job(BUILD).replaceAll('\n', '\r\n');
    const { extractions, texts } = extract({
      'a.yml': windows,
      'b.yml': job(BUILD),
      'reusable-build.yml': job('  other:\n    runs-on: ubuntu-24.04\n    steps: [{ run: ls }]\n'),
    });
    assert.equal(extractions[0]?.path, `${FOLDER}/reusable-build-2.yml`);
    assert.equal(
      texts.get(`${FOLDER}/a.yml`),
      'on: push\r\njobs:\r\n  build:\r\n    uses: ./.github/workflows/reusable-build-2.yml\r\n',
    );
    assert.ok(!extractions[0].text.replaceAll('\r\n', '').includes('\n'));
  });

  it('takes the environment of the workflow and its defaults along', () => {
    const top = 'env: { REGION: eu }\ndefaults: { run: { shell: bash } }\n';
    const { extractions } = extract({
      'a.yml': job(BUILD, top),
      'b.yml': job(BUILD, top.replace('eu', 'us')),
    });
    assert.deepEqual(
      extractions[0]?.plan.inputs.map((input) => [input.name, input.values]),
      [['region', ['eu', 'us']]],
    );
    assert.match(extractions[0].text, /shell: bash/);
  });

  describe('leaves alone', () => {
    const cases: readonly (readonly [string, string, string, RegExp])[] = [
      ['what differs in its actions', BUILD, BUILD.replace('checkout@v4', 'checkout@v5'), /^$/],
      [
        'what has one step',
        BUILD.replace('      - run: make\n', ''),
        BUILD.replace('      - run: make\n', ''),
        /^$/,
      ],
      ['scripts that run different commands', BUILD, BUILD.replace('make', 'npm'), /run different commands/],
      ['scripts of different length', BUILD, BUILD.replace('make', 'make -j 4'), /more than single words/],
      [
        'a step condition that reads the matrix',
        BUILD.replace('- run: make', '- run: make\n        if: matrix.os'),
        BUILD.replace('- run: make', '- run: make\n        if: matrix.os'),
        /reads `matrix`/,
      ],
      [
        'secrets by a computed name',
        BUILD.replace('make', 'make ${{ secrets[github.ref_name] }}'),
        BUILD.replace('make', 'make ${{ secrets[github.ref_name] }}'),
        /computed name/,
      ],
      [
        'secrets of different names in an environment',
        BUILD.replace('steps:', 'environment: a\n    env: { KEY: "${{ secrets.A_KEY }}" }\n    steps:'),
        BUILD.replace('steps:', 'environment: b\n    env: { KEY: "${{ secrets.B_KEY }}" }\n    steps:'),
        /have an environment/,
      ],
      [
        'values of the caller and the job at once',
        BUILD.replace('make', 'make ${{ matrix.a || env.A }}'),
        BUILD.replace('make', 'make ${{ matrix.a || env.A }}'),
        /at once/,
      ],
      [
        'a key that a job of ours cannot have',
        `${BUILD}    snapshot: x\n`,
        `${BUILD}    snapshot: x\n`,
        /"snapshot"/,
      ],
      [
        'the name of the job',
        BUILD.replace('make', 'make $GITHUB_JOB'),
        BUILD.replace('make', 'make $GITHUB_JOB'),
        /its name as a job/,
      ],
    ];
    for (const [name, first, second, note] of cases) {
      it(name, () => {
        const result = extract({ 'a.yml': job(first), 'b.yml': job(second) });
        assert.deepEqual(result.extractions, []);
        assert.equal(result.texts.size, 0);
        assert.match(result.notes.join('\n'), note);
      });
    }

    it('jobs that share parts through an anchor', () => {
      const text = `on: push
jobs:
  a:
    runs-on: ubuntu-24.04
    steps: &steps
      - uses: actions/checkout@v4
      - run: make
  b:
    runs-on: ubuntu-24.04
    steps: *steps
`;
      const result = extract({ 'a.yml': text });
      assert.deepEqual(result.extractions, []);
      assert.match(result.notes.join('\n'), /through an anchor/);
    });
  });

  it('gives back every job that it extracts, whatever the values are', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_./:${}#'" -]{1,12}$/).filter((text) => !text.includes('${{'));
    const values = fc.record({
      runner: fc.constantFrom('ubuntu-24.04', 'ubuntu-latest'),
      minutes: fc.integer({ min: 1, max: 360 }),
      input: word,
      variable: fc.oneof(word, fc.constantFrom('${{ secrets.A }}', '${{ secrets.B }}', '${{ github.sha }}')),
      matrix: fc.boolean(),
    });
    const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
    fc.assert(
      fc.property(fc.array(values, { minLength: 2, maxLength: 4 }), (all) => {
        const files = Object.fromEntries(
          all.map((one, index) => [
            `w${index}.yml`,
            `on: push
jobs:
  test:
    strategy: { matrix: { v: [a, b] } }
    runs-on: ${one.runner}
    timeout-minutes: ${one.minutes}
    env: { V: ${quote(one.variable)} }
    steps:
      - uses: a/b@v1
        with:
          input: ${quote(one.input)}
          matrix: ${one.matrix ? '${{ matrix.v }}' : 'fixed'}
      - run: ./run.sh
`,
          ]),
        );
        const { extractions, texts } = extract(files);
        for (const { path: at, text, callers } of extractions) {
          for (const caller of callers) {
            const name = path.basename(caller.path);
            const before = readWorkflow(caller.path, files[name] ?? '');
            const inlined = inline(
              readWorkflow(caller.path, texts.get(caller.path) ?? ''),
              caller.job,
              readWorkflow(at, text),
            );
            assert.ok(inlined.ok, inlined.ok ? '' : inlined.reason);
            const original = before.jobs[0];
            assert.ok(original && isSameShape(inlined.shape, shapeOfCalled(original.body)));
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('inline', () => {
  const called = readWorkflow(
    `${FOLDER}/called.yml`,
    `on: { workflow_call: { inputs: { a: { type: string, required: true } }, secrets: { S: { required: true } } } }
jobs:
  x:
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo \${{ inputs.a }}' , env: { S: '\${{ secrets.S }}' } }]
`,
  );
  const caller = (more: string): ReturnType<typeof readWorkflow> =>
    readWorkflow(`${FOLDER}/caller.yml`, `on: push\njobs:\n  j:\n    uses: ./${FOLDER}/called.yml\n${more}`);

  it('puts inputs and secrets in their places', () => {
    const result = inline(
      caller('    with: { a: b }\n    secrets: { S: "${{ secrets.T }}" }\n'),
      'j',
      called,
    );
    assert.deepEqual(result, {
      ok: true,
      shape: { 'runs-on': 'ubuntu-24.04', steps: [{ run: 'echo b', env: { S: '${{ secrets.T }}' } }] },
    });
  });

  it('tells what is not passed or not taken', () => {
    for (const more of ['', '    with: { a: b }\n', '    with: { a: b, c: d }\n    secrets: { S: x }\n']) {
      assert.equal(inline(caller(more), 'j', called).ok, false);
    }
  });
});
