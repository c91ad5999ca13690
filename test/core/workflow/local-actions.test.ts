import assert from 'node:assert/strict';
import type { Step } from '../../../src/core/workflow/model';
import { localActionFolder, readLocalActions, stepsRunBy } from '../../../src/core/workflow/local-actions';
import { readWorkflow } from '../../../src/core/workflow/read';
import { memoryFiles } from '../../support/world';

const workflow = (uses: string): ReturnType<typeof readWorkflow> =>
  readWorkflow(
    '.github/workflows/release.yml',
    `on: push\njobs:\n  a:\n    steps:\n      - uses: ${uses}\n        with:\n          where: production\n`,
  );
const composite = (...steps: readonly string[]): string =>
  `inputs:\n  where:\n    default: staging\n  who:\n    default: nobody\nruns:\n  using: composite\n  steps:\n${steps.map((step) => `    - ${step}\n`).join('')}`;

const run = async (uses: string, files: Readonly<Record<string, string>>): Promise<readonly Step[]> => {
  const read = workflow(uses);
  const actions = await readLocalActions([read], new Set(Object.keys(files)), memoryFiles(files));
  return read.jobs[0]?.steps.flatMap((step) => stepsRunBy(step, actions)) ?? [];
};
const shown = (steps: readonly Step[]): readonly string[] =>
  steps.map((step) => step.run?.text ?? step.uses?.value ?? '');

describe('composite actions of the repository', () => {
  it('run their steps with the inputs put in, given or by default', async () => {
    const files = {
      '.github/actions/go/action.yml': composite(
        'run: echo ${{ inputs.where }} ${{inputs.WHO}} ${{ inputs.x }}',
      ),
    };
    assert.deepEqual(shown(await run('./.github/actions/go', files)), [
      'echo production nobody ${{ inputs.x }}',
    ]);
  });

  it('are followed into one another, with what each hands on', async () => {
    const files = {
      'ci/outer/action.yml': composite(
        'uses: ./ci/inner\n      with:\n        where: ${{ inputs.where }}-eu',
      ),
      'ci/inner/action.yaml': composite('run: deploy ${{ inputs.where }}'),
    };
    assert.deepEqual(shown(await run('./ci/outer/', files)), ['deploy production-eu']);
  });

  it('that use themselves or one another without end come to one', async () => {
    const folders = ['ci/a', 'ci/b', 'ci/c', 'ci/d', 'ci/e', 'ci/f', 'ci/g', 'ci/h', 'ci/i', 'ci/j'];
    const all = folders.flatMap((folder) => [`uses: ./${folder}`, `uses: ./${folder}`]);
    const files = Object.fromEntries(
      folders.map((folder) => [`${folder}/action.yml`, composite('run: make', ...all)]),
    );
    const steps = shown(await run('./ci/a', files));
    assert.ok(steps.includes('make') && steps.length <= 1000);
  });

  it('of another kind, broken, missing or outside are left as they are', async () => {
    const files = {
      'a/action.yml': 'runs:\n  using: node20\n  main: index.js\n',
      'b/action.yml': 'runs: [\n',
    };
    for (const uses of ['./a', './b', './c', './../a', 'actions/checkout@v4']) {
      assert.deepEqual(shown(await run(uses, files)), [uses]);
    }
  });

  it('are named by their folder', () => {
    const folder = (uses: string): string | null => {
      const step = workflow(uses).jobs[0]?.steps[0];
      return step ? localActionFolder(step) : null;
    };
    assert.equal(folder('./.github/actions/go/'), '.github/actions/go');
    assert.equal(folder('./.github/workflows/go.yml'), null);
    assert.equal(folder('./'), null);
  });
});
