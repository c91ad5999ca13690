import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import type { ShellParser } from '../../../../src/core/ports';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { understandWorkflows } from '../../../../src/core/workflow/understand';
import type { ReachVerdict } from '../../../../src/core/workflow/understanding';

describe('whether production can start without a test', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await createParsers().shell();
  });

  const verdict = (jobs: string, on = 'push', production = 'deploy', guard = 'test'): ReachVerdict => {
    const workflow = readWorkflow('.github/workflows/release.yml', `on: ${on}\njobs:\n${jobs}`);
    assert.deepEqual(workflow.problems, []);
    const options = { productionEnvironments: [], otherEnvironments: [] };
    const set = understandWorkflows([workflow], parser, options);
    const from = set.factsOf(workflow, production);
    const to = set.factsOf(workflow, guard);
    assert.ok(from && to);
    return set.canStartWithout(from, to);
  };
  /** test → (build →) deploy, with conditions. */
  const chain = (conditions: { test?: string; build?: string; deploy?: string }, more = ''): string =>
    [
      '  test:',
      ...(conditions.test ? [`    if: ${conditions.test}`] : []),
      ...(more ? [`    ${more}`] : []),
      '    runs-on: ubuntu-latest',
      '    steps: [{ run: npm test }]',
      ...(conditions.build === undefined
        ? []
        : [
            '  build:',
            '    needs: test',
            ...(conditions.build ? [`    if: ${conditions.build}`] : []),
            '    runs-on: ubuntu-latest',
          ]),
      '  deploy:',
      `    needs: ${conditions.build === undefined ? 'test' : 'build'}`,
      ...(conditions.deploy ? [`    if: ${conditions.deploy}`] : []),
      '    runs-on: ubuntu-latest',
    ].join('\n');

  const cases: readonly (readonly [string, string, ReachVerdict['kind']])[] = [
    ['the implicit success()', chain({}), 'holds'],
    ['always()', chain({ deploy: 'always()' }), 'fails'],
    ['a condition without a status function', chain({ deploy: "github.ref == 'refs/heads/main'" }), 'holds'],
    [
      'needs.* without failure and cancelled, behind a job between',
      chain({
        build: '',
        deploy: "always() && !contains(needs.*.result, 'failure') && !contains(needs.*.result, 'cancelled')",
      }),
      'unknown',
    ],
    [
      "needs.test.result != 'failure' keeps success()",
      chain({ deploy: "needs.test.result != 'failure'" }),
      'holds',
    ],
    ['always() with the result', chain({ deploy: "always() && needs.test.result == 'success'" }), 'holds'],
    [
      'always() without the failure',
      chain({ deploy: "always() && needs.test.result != 'failure'" }),
      'fails',
    ],
    ['a status function in a string', chain({ deploy: "\"contains('always()', 'a')\"" }), 'holds'],
    ['text around an expression', chain({ deploy: '"${{ always() }} "' }), 'fails'],
    [
      'two expressions in a text, one of them a status function',
      chain({ deploy: "${{ always() }} && ${{ needs.test.result == 'success' }}" }),
      'fails',
    ],
    [
      'two expressions in a text without a status function keep success()',
      chain({ deploy: "${{ github.ref == 'refs/heads/main' }} && ${{ false }}" }),
      'holds',
    ],
    ['a broken expression in a text', chain({ deploy: '${{ always( }} or so' }), 'unknown'],
    [
      'a skip in the chain stops success()',
      chain({ test: "github.ref == 'refs/heads/main'", build: 'always()' }),
      'holds',
    ],
    [
      'a skipped parent behind !failure()',
      chain({ build: '', deploy: '${{ !failure() && !cancelled() }}' }),
      'unknown',
    ],
    [
      'direct needs only: the grandparent failed',
      chain({ build: '', deploy: "always() && !contains(needs.*.result, 'failure')" }),
      'fails',
    ],
    ['continue-on-error', chain({}, 'continue-on-error: true'), 'fails'],
    ['a condition that is never true', chain({ deploy: "needs.test.result == 'failure'" }), 'holds'],
    ['an output', chain({ deploy: "always() && needs.test.outputs.ok == 'yes'" }), 'unknown'],
    [
      'a variable',
      chain({ deploy: "always() && (vars.FORCE == '1' || needs.test.result == 'success')" }),
      'unknown',
    ],
    ['a broken condition', chain({ deploy: "'always() &&'" }), 'unknown'],
  ];
  for (const [name, jobs, expected] of cases) {
    it(`${name}: ${expected}`, () => assert.equal(verdict(jobs).kind, expected));
  }

  it('a boolean input that skips the tests', () => {
    const on = '{ workflow_dispatch: { inputs: { fast: { type: boolean } } } }';
    const jobs = chain({
      test: '${{ !inputs.fast }}',
      deploy: "always() && (needs.test.result == 'success' || needs.test.result == 'skipped' && inputs.fast)",
    });
    const found = verdict(jobs, on);
    assert.equal(found.kind, 'fails');
    assert.deepEqual(found.kind === 'fails' && found.counterexample.inputs, { fast: 'true' });
    const never = chain({ deploy: "always() && (needs.test.result == 'success' || inputs.fast == 'true')" });
    assert.equal(verdict(never, on).kind, 'holds');
  });

  it('a test that nothing waits for', () => {
    const found = verdict('  test:\n    runs-on: x\n  deploy:\n    runs-on: x\n');
    assert.equal(found.kind, 'fails');
    const [step] = found.kind === 'fails' ? found.counterexample.steps : [];
    assert.equal(step?.job, 'test');
  });

  it('answers in time for sixty jobs with long conditions', () => {
    const names = Array.from({ length: 58 }, (_, index) => `j${index}`);
    const jobs = [
      '  test:\n    runs-on: x',
      ...names.map((name, index) => {
        const needs = ['test', ...names.slice(Math.max(0, index - 4), index)];
        const condition = needs.map((need) => `needs.${need}.result != 'failure'`).join(' && ');
        return `  ${name}:\n    needs: [${needs.join(', ')}]\n    if: always() && ${condition}\n    runs-on: x`;
      }),
      `  deploy:\n    needs: [${names.join(', ')}]\n    if: "!cancelled() && needs.j57.result == 'success'"\n    runs-on: x`,
    ].join('\n');
    const before = Date.now();
    const found = verdict(jobs);
    assert.ok(Date.now() - before < 5000, `${Date.now() - before} ms`);
    assert.ok(['fails', 'unknown'].includes(found.kind));
  });
});
