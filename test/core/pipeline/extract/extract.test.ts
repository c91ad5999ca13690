import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { createParsers } from '../../../../src/adapters/parsers';
import {
  extractRepeatedJobs,
  type Extraction,
  type ExtractionResult,
} from '../../../../src/core/pipeline/extract/extract';
import { inlinedAndBefore } from './written-inliner';
import { inline } from '../../../../src/core/pipeline/extract/inline';
import type { ShellParser } from '../../../../src/core/ports';
import { readWorkflow } from '../../../../src/core/workflow/read';

const FOLDER = '.github/workflows';
const fixtures = path.join(__dirname, '../../../fixtures/pipeline/extract');

let shell: ShellParser;
before(async () => {
  shell = await createParsers().shell();
});

/** An extraction of one repository, with the new texts of its workflows by path. */
interface Extracted {
  readonly extractions: readonly Extraction[];
  readonly texts: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

function extract(files: Readonly<Record<string, string>>): Extracted {
  const workflows = Object.entries(files)
    .map(([name, text]) => readWorkflow(`${FOLDER}/${name}`, text))
    .filter((workflow) => workflow.problems.length === 0);
  const { extractions, changed, notes } = extractRepeatedJobs({
    workflows: workflows.map((workflow) => ({ repository: 'shop', workflow })),
    paths: new Map([['shop', new Set(Object.keys(files).map((name) => `${FOLDER}/${name}`))]]),
    shell,
    referTo: () => assert.fail('there is one repository'),
    home: null,
  });
  return { extractions, texts: new Map(changed.map(({ path: at, after }) => [at, after])), notes };
}

function workflowsIn(name: string): Record<string, string> {
  const folder = path.join(fixtures, name, FOLDER);
  return Object.fromEntries(
    readdirSync(folder).map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]),
  );
}

const job = (lines: string, top = ''): string => `on: push\n${top}jobs:\n${lines}`;

const BUILD = `  build:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v4
      - run: make
`;

const THREE = `${BUILD}      - run: ./report.sh
`;

describe('extractRepeatedJobs', () => {
  for (const name of ['shop', 'services']) {
    it(`makes called workflows of what repeats in ${name}, as expected`, () => {
      const files = workflowsIn(name);
      const result = extract(files);
      const after = new Map([
        ...result.texts,
        ...result.extractions.map((one) => [one.path, one.text] as const),
      ]);
      const expected = path.join(fixtures, `${name}.expected`);
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
      assertInverse(files, result);
    });
  }

  it('finds the jobs of two deployments', () => {
    assert.deepEqual(
      extract(workflowsIn('shop')).extractions.map((one) => [one.path, one.callers.length]),
      [
        [`${FOLDER}/reusable-build.yml`, 2],
        [`${FOLDER}/reusable-test.yml`, 2],
        [`${FOLDER}/reusable-deploy.yml`, 2],
      ],
    );
  });

  it('finds the three pipelines that ten services share', () => {
    const { extractions, notes } = extract(workflowsIn('services'));
    assert.deepEqual(
      extractions.map(({ path: at, callers, plan }) => [
        path.basename(at),
        callers.map((caller) => path.basename(caller.path)).sort(),
        plan.inputs.map((input) => input.name),
      ]),
      [
        [
          'reusable-test-to-deploy-production.yml',
          ['billing.yml', 'cart.yml', 'catalog.yml', 'orders.yml'],
          ['service', 'node-version', 'timeout-minutes'],
        ],
        [
          'reusable-test-package-deploy.yml',
          ['fraud.yml', 'recommendations.yml', 'search.yml'],
          ['service', 'python-version', 'memory'],
        ],
        [
          'reusable-test-image-deploy.yml',
          ['gateway.yml', 'notifier.yml', 'scheduler.yml'],
          ['service', 'deployment'],
        ],
      ],
    );
    assert.deepEqual(notes, []);
  });

  it('finds the three pipelines of ten repositories, each called where it lives', () => {
    const files = workflowsIn('services');
    const names = Object.keys(files).map((name) => path.basename(name, '.yml'));
    const at = `${FOLDER}/ci.yml`;
    const extractAll = (home: string | null, texts: Readonly<Record<string, string>>): ExtractionResult =>
      extractRepeatedJobs({
        workflows: names.map((name) => ({
          repository: name,
          workflow: readWorkflow(at, texts[`${name}.yml`] ?? ''),
        })),
        paths: new Map(names.map((name) => [name, new Set([at])])),
        shell,
        referTo: (repository, file) => `shop/${repository}/${file}@UNKNOWN(commit of ${repository})`,
        home,
      });
    for (const home of [null, 'gateway']) {
      const { extractions, changed } = extractAll(home, files);
      assert.equal(extractions.length, 3);
      assert.equal(changed.length, 10);
      for (const extraction of extractions) {
        assert.ok(home === null || extraction.repository === home);
        const after = (repository: string): string =>
          changed.find((file) => file.repository === repository)?.after ?? '';
        for (const { repository } of extraction.callers) {
          const uses =
            repository === extraction.repository
              ? `uses: ./${extraction.path}`
              : `uses: shop/${extraction.repository}/${extraction.path}@UNKNOWN(commit of ${extraction.repository})`;
          assert.ok(after(repository).includes(uses), after(repository));
        }
        const pairs = inlinedAndBefore(extraction, (repository) => files[`${repository}.yml`] ?? '', after);
        for (const { inlined, before: was } of pairs) assert.deepEqual(inlined, was);
      }
      const texts = Object.fromEntries(changed.map(({ repository, after }) => [`${repository}.yml`, after]));
      assert.deepEqual(extractAll(home, texts).extractions, []);
    }
  });

  it('finds nothing new in what it made, and makes the same bytes again', () => {
    for (const name of ['shop', 'services']) {
      const files = workflowsIn(name);
      const first = extract(files);
      assert.deepEqual(extract(files), first);
      const after = { ...files };
      for (const [at, text] of first.texts) after[path.basename(at)] = text;
      for (const { path: at, text } of first.extractions) after[path.basename(at)] = text;
      assert.deepEqual(extract(after).extractions, []);
    }
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
      { name: 'SHARED', sources: ['SHARED', 'SHARED'], isRequired: true },
      { name: 'REGISTRY_TOKEN', sources: ['EU_REGISTRY_TOKEN', 'US_REGISTRY_TOKEN'], isRequired: true },
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

  it('asks the conditions of a pipeline in every run in which they were asked', () => {
    const pipeline = (service: string, deploy: string): string =>
      job(
        `  ${deploy}:
    runs-on: ubuntu-24.04
    environment: production
    permissions: { id-token: write }
    steps:
      - run: ./deploy.sh --service ${service}
  undo:
    needs: ${deploy}
    if: failure() && needs.${deploy}.result == 'failure'
    runs-on: ubuntu-24.04
    steps:
      - run: ./rollback.sh --service ${service}
`,
        'permissions: { contents: read }\n',
      );
    const files = { 'a.yml': pipeline('orders', 'deploy'), 'b.yml': pipeline('billing', 'ship') };
    const result = extract(files);
    assertInverse(files, result);
    assert.equal(
      result.texts.get(`${FOLDER}/b.yml`),
      `on: push
permissions: { contents: read }
jobs:
  pipeline:
    if: \${{ always() }}
    permissions:
      id-token: write
      contents: read
    uses: ./${FOLDER}/reusable-deploy-undo.yml
    with:
      service: billing
`,
    );
    assert.match(result.extractions[0]?.text ?? '', /if: failure\(\) && needs\.deploy\.result == 'failure'/);
  });

  it('names what nearly fits, with the one thing that it differs in', () => {
    const more = THREE.replace(
      '      - run: make\n',
      '      - run: make\n      - name: Sign it\n        run: ./sign.sh\n',
    );
    const { extractions, notes } = extract({
      'a.yml': job(THREE),
      'b.yml': job(THREE),
      'c.yml': job(more),
      'd.yml': job(THREE.replace('checkout@v4', 'checkout@v3')),
    });
    assert.equal(extractions.length, 1);
    assert.deepEqual(notes, [
      'job "build" in shop/.github/workflows/c.yml is like job "build" in shop/.github/workflows/b.yml but for its step 3, "Sign it", and was left alone.',
      'job "build" in shop/.github/workflows/d.yml is like job "build" in shop/.github/workflows/b.yml but for the version of `actions/checkout`, and was left alone.',
    ]);
  });

  it('gives GitHub no more called workflows than it takes from one file', () => {
    const calls = (count: number): string =>
      Array.from(
        { length: count },
        (_, at) => `  call-${at}:\n    uses: shop/ci/.github/workflows/w${at}.yml@v1\n`,
      ).join('');
    for (const [count, expected] of [
      [49, 1],
      [50, 0],
    ] as const) {
      const { extractions, notes } = extract({ 'a.yml': job(BUILD + calls(count)), 'b.yml': job(BUILD) });
      assert.equal(extractions.length, expected);
      assert.equal(
        notes.some((note) => note.includes('more than 50 workflows')),
        expected === 0,
      );
    }
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
      ['scripts that run different commands', THREE, THREE.replace('make', 'npm'), /run different commands/],
      ['scripts of different length', THREE, THREE.replace('make', 'make -j 4'), /more than single words/],
      ['two steps that only look alike', BUILD, BUILD.replace('make', 'npm'), /^$/],
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
        assertInverse(files, { extractions, texts });
      }),
      { numRuns: 40 },
    );
  });
});

/** What every caller would run is what it ran, by an inliner of the test's own. */
function assertInverse(
  files: Readonly<Record<string, string>>,
  { extractions, texts }: Pick<Extracted, 'extractions' | 'texts'>,
): void {
  for (const extraction of extractions) {
    assert.deepEqual(readWorkflow(extraction.path, extraction.text).problems, []);
    const pairs = inlinedAndBefore(
      extraction,
      (_, at) => files[path.basename(at)] ?? '',
      (_, at) => texts.get(at) ?? '',
    );
    for (const { inlined, before: was } of pairs) assert.deepEqual(inlined, was);
  }
}

describe('inline', () => {
  const called = readWorkflow(
    `${FOLDER}/called.yml`,
    `on: { workflow_call: { inputs: { a: { type: string, required: true } }, secrets: { S: { required: true } } } }
jobs:
  x:
    runs-on: ubuntu-24.04
    steps: [{ run: 'echo \${{ inputs.a }}' , env: { S: '\${{ secrets.S }}' } }, { uses: a/b@v1 }]
`,
  );
  const caller = (more: string): ReturnType<typeof readWorkflow> =>
    readWorkflow(`${FOLDER}/caller.yml`, `on: push\njobs:\n  j:\n    uses: ./${FOLDER}/called.yml\n${more}`);

  it('puts inputs and secrets in their places', () => {
    const result = inline(
      caller('    with: { a: b }\n    secrets: { S: "${{ secrets.T }}" }\n'),
      { job: 'j', uses: `./${FOLDER}/called.yml` },
      called,
      null,
    );
    assert.deepEqual(result.ok ? [...result.jobs] : result, [
      [
        'x',
        {
          job: {
            top: {},
            needs: [],
            'runs-on': 'ubuntu-24.04',
            steps: [{ run: 'echo b', env: { S: '${{ secrets.T }}' } }, { uses: 'a/b@v1' }],
          },
          permissions: 'default',
        },
      ],
    ]);
  });

  it('tells what is not passed or not taken', () => {
    for (const more of ['', '    with: { a: b }\n', '    with: { a: b, c: d }\n    secrets: { S: x }\n']) {
      assert.equal(
        inline(caller(more), { job: 'j', uses: `./${FOLDER}/called.yml` }, called, null).ok,
        false,
      );
    }
  });
});
