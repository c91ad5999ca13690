import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import type { Workflow } from '../../../src/core/workflow/model';
import { readWorkflow } from '../../../src/core/workflow/read';
import { understandWorkflows } from '../../../src/core/workflow/understand';

const DEPLOY = `on: push
jobs:
  test:
    runs-on: x
    steps: [{run: make test}]
  deploy:
    needs: test
    if: always()
    runs-on: x
    environment: production
    steps: [{run: kubectl apply -f k8s/}]
`;

describe('understanding a workflow again', () => {
  it('gives what a first reading gives, also where another file tells of another default branch', async () => {
    const parser = await createParsers().shell();
    const answer = (workflows: readonly Workflow[]): unknown => {
      const set = understandWorkflows(workflows, parser, {
        productionEnvironments: [],
        otherEnvironments: [],
      });
      const [deploy] = workflows;
      const production = deploy && set.factsOf(deploy, 'deploy');
      const guard = deploy && set.factsOf(deploy, 'test');
      assert.ok(production && guard);
      return set.canStartWithout(production, guard);
    };
    const deploy = readWorkflow('.github/workflows/deploy.yml', DEPLOY);
    const other = (branch: string): Workflow =>
      readWorkflow(
        '.github/workflows/other.yml',
        `on: {push: {branches: [${branch}]}}\njobs: {a: {runs-on: x}}\n`,
      );
    const answers = ['main', 'master', 'main'].map((branch) => {
      const again = answer([deploy, other(branch)]);
      const fresh = answer([readWorkflow(deploy.path, DEPLOY), other(branch)]);
      assert.deepEqual(again, fresh);
      return again;
    });
    assert.deepEqual(answers[0], answers[2]);
    assert.notDeepEqual(answers[0], answers[1]);
  });
});
