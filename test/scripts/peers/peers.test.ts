import assert from 'node:assert/strict';
import { byTag, checkCases, reportLines, withNewParts } from '../../../scripts/lib/peers/check';
import { withoutAccepted, type PeerFinding } from '../../../scripts/lib/peers/finding';
import { fromAdopting, type GeneratedCase } from '../../../scripts/lib/peers/generated';
import { PACKAGES } from '../../../scripts/lib/peers/packages';
import {
  headOf,
  readActionlint,
  readShellcheck,
  readZizmor,
  scriptsOf,
} from '../../../scripts/lib/peers/programs';
import { standingWorkflows } from '../../../scripts/lib/peers/standing';
import { readWorkflow } from '../../../src/core/workflow/read';
import { generatedFrom, remoteHistory } from '../../support/generated-pipeline';
import { sampleNames, sampleRepository } from '../../support/sample-repository';

const PATH = '.github/workflows/ci.yml';

function caseOf(name: string, text: string, before?: string): GeneratedCase {
  return {
    name,
    files: new Map([[PATH, text]]),
    ...(before === undefined ? {} : { before: new Map([[PATH, before]]) }),
  };
}

const FINE =
  'on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo "${{ github.sha }}"\n';
const WRONG = FINE.replace('github.sha', 'github.nothing_such');

describe('peers', () => {
  it('agree with the workflow that runs the gate', async () => {
    const report = await checkCases(fromAdopting(), new Set(), []);
    assert.equal(report.workflows, 2);
    assert.deepEqual(reportLines(report).slice(1, -1), []);
  });

  it('say where a workflow is wrong: a context, a key, a job that is not there, an input of a called workflow', async () => {
    const called = (input: string): GeneratedCase => ({
      name: 'called',
      files: new Map([
        [
          PATH,
          `on: push\njobs:\n  a:\n    uses: ./.github/workflows/called.yml\n    with:\n      ${input}: x\n`,
        ],
        [
          '.github/workflows/called.yml',
          'on:\n  workflow_call:\n    inputs:\n      name: { type: string, required: true }\njobs:\n  b:\n    runs-on: ubuntu-24.04\n    steps: [{ run: "true" }]\n',
        ],
      ]),
    });
    const linesOf = async (each: GeneratedCase): Promise<readonly string[]> =>
      (await checkCases([each], new Set(), [])).left.map(({ file, line }) => `${file}:${line}`);
    assert.deepEqual(await linesOf(caseOf('fine', FINE)), []);
    assert.deepEqual(await linesOf(caseOf('context', WRONG)), [`context/${PATH}:6`]);
    assert.deepEqual(await linesOf(caseOf('key', FINE.replace('runs-on', 'runs-off'))), [
      `key/${PATH}:4`,
      `key/${PATH}:4`,
    ]);
    assert.deepEqual(
      await linesOf(caseOf('needs', FINE.replace('    runs-on', '    needs: b\n    runs-on'))),
      [`needs/${PATH}:4`, `needs/${PATH}:3`],
    );
    assert.deepEqual(await linesOf(called('name')), []);
    assert.ok((await linesOf(called('other'))).length > 0);
  });

  it('hold a rewrite to what it adds, and ask about equal cases once', async () => {
    const kept = await checkCases([caseOf('a', WRONG, WRONG)], new Set(), []);
    assert.deepEqual(kept.left, []);
    const worse = await checkCases([caseOf('a', WRONG, FINE)], new Set(), []);
    assert.equal(worse.left.length, 1);
    const same = await checkCases([caseOf('a', FINE), caseOf('b', FINE)], new Set(), []);
    assert.deepEqual([same.cases, same.distinctCases], [2, 1]);
  });

  it('are asked about each part once: a head, or a job with the outputs of those that it waits for', () => {
    const workflow = (second: string, outputs = ''): string =>
      `# ${second}\n${FINE}${outputs}  b:\n    needs: a\n    runs-on: ubuntu-24.04\n    steps:\n      - run: ${second}\n`;
    const names = (...texts: readonly string[]): readonly string[] => [
      ...withNewParts(new Map(texts.map((text, index) => [`${index}`, text]))).keys(),
    ];
    assert.deepEqual(names(FINE, FINE.replace('on: push', '# x\non: push'), WRONG), ['0', '2']);
    assert.deepEqual(names(workflow('x'), workflow('x'), workflow('y')), ['0', '2']);
    assert.deepEqual(names(workflow('x'), workflow('x', '    outputs: { n: 1 }\n')), ['0', '1']);
    assert.deepEqual(names(FINE, FINE.replace('push', 'pull_request')), ['0', '1']);
  });

  it('set aside what is accepted, and name what is accepted for nothing', () => {
    const finding: PeerFinding = {
      peer: 'zizmor',
      rule: 'artipacked',
      severity: 'medium',
      file: PATH,
      line: 3,
      message: 'credential persistence',
    };
    const entry = { peer: 'zizmor', rule: 'artipacked', message: /persistence/, reason: 'x' } as const;
    const other = { ...entry, rule: 'cache-poisoning' };
    const absent = { ...entry, peer: 'actionlint' } as const;
    const result = withoutAccepted([finding], [entry, other, absent], new Set(['zizmor']));
    assert.deepEqual(result, { left: [], acceptedCount: 1, stale: [other] });
    assert.deepEqual(withoutAccepted([finding], [other], new Set(['zizmor'])).left, [finding]);
  });

  it('are read as they print', () => {
    assert.deepEqual(
      readActionlint(
        '[{"message":"input \\"nde\\" is not defined","filepath":"a/ci.yml","line":7,"column":11,"kind":"action"}]',
      ),
      [
        {
          peer: 'actionlint',
          rule: 'action',
          severity: 'error',
          file: 'a/ci.yml',
          line: 7,
          message: 'input "nde" is not defined',
        },
      ],
    );
    const symbolic = { key: { Local: { verbatim_path: 'a/ci.yml' } }, annotation: 'here' };
    assert.deepEqual(
      readZizmor(
        JSON.stringify([
          {
            ident: 'artipacked',
            desc: 'credentials stay',
            determinations: { severity: 'Medium' },
            locations: [
              {
                symbolic: { ...symbolic, kind: 'Related' },
                concrete: { location: { start_point: { row: 1 } } },
              },
              {
                symbolic: { ...symbolic, kind: 'Primary' },
                concrete: { location: { start_point: { row: 8 } } },
              },
            ],
          },
        ]),
      ),
      [
        {
          peer: 'zizmor',
          rule: 'artipacked',
          severity: 'medium',
          file: 'a/ci.yml',
          line: 9,
          message: 'credentials stay: here',
        },
      ],
    );
    assert.deepEqual(
      readShellcheck('{"comments":[{"file":"0.sh","line":4,"level":"info","code":2086,"message":"quote"}]}'),
      [{ peer: 'shellcheck', rule: 'SC2086', severity: 'info', file: '0.sh', line: 4, message: 'quote' }],
    );
  });

  it('get scripts with their places, and actions by their tags', () => {
    const scripts = scriptsOf(
      new Map([
        [
          PATH,
          'jobs:\n  a:\n    steps:\n      - run: |\n          echo "${{ github.sha }}"\n          exit 1\n',
        ],
      ]),
    );
    assert.deepEqual(scripts, [{ text: 'echo "_________________"\nexit 1\n', file: PATH, line: 5 }]);
    assert.equal(
      byTag(`- uses: actions/checkout@${'0'.repeat(40)} # v7.0.1\n- uses: a/b@${'1'.repeat(40)} # 2.37.1\n`),
      '- uses: actions/checkout@v7\n- uses: a/b@2\n',
    );
  });

  it('get the commands that a person copies too, under no promise that the shell stops', () => {
    const scripts = scriptsOf(new Map([['a/commands/1.sh', 'cd x\nrm --recursive y']]));
    assert.equal(scripts.length, 1);
    const [script] = scripts;
    assert.ok(script);
    assert.deepEqual(script, { text: 'cd x\nrm --recursive y', file: 'a/commands/1.sh', line: 1 });
    assert.doesNotMatch(headOf(script), /set -/);
    assert.match(headOf({ ...script, file: PATH }), /set -eo pipefail/);
  });

  it('are asked about packages that are published, each of them', async () => {
    const history = remoteHistory('https://github.com/sample/repository.git');
    for (const [name, files] of PACKAGES) {
      const { texts } = await generatedFrom(files, { history });
      assert.match(texts['pipeline.yml'] ?? '', /^ {2}publish-[a-z-]+:$/m, name);
    }
  });

  it('are asked about workflows that stand, which can be read and differ', () => {
    const without = sampleNames().filter((name) => standingWorkflows(sampleRepository(name)).length === 0);
    assert.deepEqual(without, []);
    const standing = standingWorkflows(sampleRepository('wallet-api'));
    for (const { path, text } of standing) assert.deepEqual(readWorkflow(path, text).problems, []);
    assert.equal(new Set(standing.map(({ text }) => text)).size, standing.length);
    assert.ok(standing.every(({ text }) => /go (test|vet) |kubectl apply/.test(text)));
  });
});
