import assert from 'node:assert/strict';
import { createParsers } from '../../../../src/adapters/parsers';
import type { ShellParser } from '../../../../src/core/ports';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { understandWorkflows } from '../../../../src/core/workflow/understand';
import type { JobFacts, ReachVerdict, WorkflowSet } from '../../../../src/core/workflow/understanding';

describe('the proof over several workflows', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await createParsers().shell();
  });

  const setOf = (files: Readonly<Record<string, string>>): WorkflowSet => {
    const workflows = Object.entries(files).map(([name, text]) =>
      readWorkflow(`.github/workflows/${name}`, text),
    );
    for (const workflow of workflows) assert.deepEqual(workflow.problems, [], workflow.path);
    return understandWorkflows(workflows, parser, { productionEnvironments: [], otherEnvironments: [] });
  };
  const jobOf = (set: WorkflowSet, name: string): JobFacts => {
    const [file, id] = name.split('#');
    const facts = set.jobs.find(
      ({ workflow, job }) => workflow.path.endsWith(`/${file}`) && job.id.value === id,
    );
    assert.ok(facts, name);
    return facts;
  };
  const verdict = (
    files: Readonly<Record<string, string>>,
    production: string,
    guard: string,
    event?: string,
  ): ReachVerdict => {
    const set = setOf(files);
    const [chain] = set.chainsOf(jobOf(set, production));
    assert.ok(chain);
    return set.proofOf(chain).without(jobOf(set, guard), event);
  };
  const job = (id: string, more: readonly string[] = []): string =>
    [`  ${id}:`, '    runs-on: x', ...more.map((line) => `    ${line}`)].join('\n');
  const called = (condition: string | null): string =>
    `on: { workflow_call: { inputs: { full: { type: boolean } } } }\njobs:\n${job('unit')}\n${job('slow', condition ? [`if: ${condition}`] : [])}\n`;
  const calling = (more: readonly string[], deploy: readonly string[] = []): string =>
    `on: push\njobs:\n  tests:\n    uses: ./.github/workflows/tests.yml\n${more.map((line) => `    ${line}\n`).join('')}${job('deploy', ['needs: tests', ...deploy])}\n`;

  describe('a called workflow', () => {
    const ask = (
      condition: string | null,
      more: readonly string[],
      guard = 'slow',
      deploy: readonly string[] = [],
    ): ReachVerdict =>
      verdict(
        { 'tests.yml': called(condition), 'release.yml': calling(more, deploy) },
        'release.yml#deploy',
        `tests.yml#${guard}`,
      );

    it('holds by its call where its jobs run and none is forgiven', () => {
      assert.equal(ask(null, []).kind, 'holds');
    });
    it('holds where the input that it is given makes the job run', () => {
      assert.equal(ask('inputs.full', ['with: { full: true }']).kind, 'holds');
    });
    it('is open where the input makes the job be skipped, since no source says what that makes of the call', () => {
      const found = ask('inputs.full', ['with: { full: false }']);
      assert.equal(found.kind, 'unknown');
      assert.match(found.kind === 'unknown' ? found.because : '', /call/);
      assert.equal(ask('inputs.full', ['with: { full: false }'], 'unit').kind, 'holds');
    });
    it('takes the default of an input that is not given', () => {
      assert.equal(ask('${{ !inputs.full }}', []).kind, 'holds');
      assert.equal(ask('inputs.full', []).kind, 'unknown');
    });
    it('fails with the run where the deployment asks for nothing', () => {
      const found = ask(null, [], 'slow', ['if: always()']);
      assert.ok(found.kind === 'fails');
      assert.deepEqual(
        found.counterexample.steps.map(({ path, job: id, result }) => [path.split('/').pop(), id, result]),
        [
          ['tests.yml', 'unit', 'success'],
          ['tests.yml', 'slow', 'failure'],
          ['release.yml', 'tests', 'failure'],
          ['release.yml', 'deploy', 'starts'],
        ],
      );
    });
    it('fails where the call itself can be skipped', () => {
      const found = ask(null, ["if: github.ref == 'refs/heads/main'"], 'unit', [
        "if: always() && needs.tests.result != 'failure'",
      ]);
      assert.ok(found.kind === 'fails');
    });
    it('is followed through calls within calls', () => {
      const files = {
        'tests.yml': called(null),
        'middle.yml': `on: workflow_call\njobs:\n  inner:\n    uses: ./.github/workflows/tests.yml\n    with: { full: true }\n`,
        'release.yml': `on: push\njobs:\n  outer:\n    uses: ./.github/workflows/middle.yml\n${job('deploy', ['needs: outer'])}\n`,
      };
      assert.equal(verdict(files, 'release.yml#deploy', 'tests.yml#slow').kind, 'holds');
      const beside = { ...files, 'release.yml': files['release.yml'].replace('    needs: outer\n', '') };
      assert.equal(verdict(beside, 'release.yml#deploy', 'tests.yml#slow').kind, 'fails');
    });
    it('waits for what its caller waits for', () => {
      const files = {
        'deploy.yml': `on: workflow_call\njobs:\n${job('deploy')}\n`,
        'release.yml': `on: push\njobs:\n${job('test')}\n  go:\n    needs: test\n    uses: ./.github/workflows/deploy.yml\n`,
      };
      assert.equal(verdict(files, 'deploy.yml#deploy', 'release.yml#test').kind, 'holds');
      const open = {
        ...files,
        'release.yml': files['release.yml'].replace('needs: test', 'needs: test\n    if: always()'),
      };
      // No source says whether the implicit success() of the job inside looks at what its caller waited for.
      const found = verdict(open, 'deploy.yml#deploy', 'release.yml#test');
      assert.match(found.kind === 'unknown' ? found.because : '', /looks at the jobs before the call/);
    });
    it('that calls itself ends', () => {
      const set = setOf({
        'a.yml': `on: [push, workflow_call]\njobs:\n  again:\n    uses: ./.github/workflows/a.yml\n${job('deploy', ['needs: again'])}\n`,
      });
      assert.equal(set.canStartWithout(jobOf(set, 'a.yml#deploy'), jobOf(set, 'a.yml#again')).kind, 'holds');
    });
  });

  describe('a run after another', () => {
    const ci = (more: readonly string[] = [], on = 'push'): string =>
      `name: CI\non: ${on}\njobs:\n${job('test', more)}\n${job('lint')}\n`;
    const after = (condition: string | null, types = '[completed]', more = ''): string =>
      `on:\n  workflow_run: { workflows: [CI], types: ${types} }\n${more}jobs:\n${job('deploy', condition ? [`if: ${condition}`] : [])}\n`;
    const SUCCEEDED = "github.event.workflow_run.conclusion == 'success'";
    const ask = (first: string, second: string, event?: string): ReachVerdict =>
      verdict({ 'ci.yml': first, 'deploy.yml': second }, 'deploy.yml#deploy', 'ci.yml#test', event);

    it('holds where the conclusion is asked for', () => {
      assert.equal(ask(ci(), after(SUCCEEDED)).kind, 'holds');
      assert.equal(ask(ci(), after(`${SUCCEEDED} && github.ref == 'refs/heads/main'`)).kind, 'holds');
    });
    it('fails where it is not, or where the run before is not over', () => {
      assert.equal(ask(ci(), after(null)).kind, 'fails');
      assert.equal(ask(ci(), after("github.event.workflow_run.conclusion != 'cancelled'")).kind, 'fails');
      assert.equal(ask(ci(), after(null, '[requested]')).kind, 'fails');
    });
    it('fails where the run before concludes with success though the test did not succeed', () => {
      assert.equal(ask(ci(['continue-on-error: true']), after(SUCCEEDED)).kind, 'fails');
      const skipped = ask(
        ci(["if: github.event_name == 'pull_request'"], '[push, pull_request]'),
        after(SUCCEEDED),
      );
      assert.ok(skipped.kind === 'fails');
      assert.deepEqual(
        skipped.counterexample.steps.map(({ job: id, result }) => `${id} ${result}`),
        ['test skipped', 'lint success', 'deploy starts'],
      );
    });
    it('asks on which event the run before ran', () => {
      const first = ci(["if: github.event_name == 'push'"], '[push, pull_request]');
      assert.equal(ask(first, after(SUCCEEDED)).kind, 'fails');
      assert.equal(
        ask(first, after(`${SUCCEEDED} && github.event.workflow_run.event == 'push'`)).kind,
        'holds',
      );
    });
    it('fails where it can be started in another way too, and says which', () => {
      const second = after(
        `github.event_name == 'workflow_dispatch' || ${SUCCEEDED}`,
        '[completed]',
        '  workflow_dispatch:\n',
      );
      const found = ask(ci(), second);
      assert.equal(found.kind === 'fails' && found.counterexample.trigger, 'workflow_dispatch');
      assert.equal(ask(ci(), second, 'workflow_run').kind, 'holds');
    });
    it('is followed over three workflows', () => {
      const files = {
        'ci.yml': ci(),
        'stage.yml': `name: Stage\non: { workflow_run: { workflows: [CI], types: [completed] } }\njobs:\n${job('stage', [`if: ${SUCCEEDED}`])}\n`,
        'deploy.yml': after(SUCCEEDED).replace('[CI]', '[Stage]'),
      };
      assert.equal(verdict(files, 'deploy.yml#deploy', 'stage.yml#stage').kind, 'holds');
      assert.equal(verdict(files, 'deploy.yml#deploy', 'ci.yml#test').kind, 'holds');
      const open = { ...files, 'stage.yml': files['stage.yml'].replace(`    if: ${SUCCEEDED}\n`, '') };
      assert.equal(verdict(open, 'deploy.yml#deploy', 'ci.yml#test').kind, 'fails');
    });
  });

  describe('what the conditions leave open', () => {
    const ask = (condition: string): ReachVerdict =>
      verdict(
        {
          'a.yml': `on: push\njobs:\n${job('test')}\n${job('deploy', ['needs: test', `if: ${condition}`])}\n`,
        },
        'a.yml#deploy',
        'a.yml#test',
      );
    it('is one value for every condition that asks for it', () => {
      assert.equal(ask("always() && vars.MODE == 'fast' && vars.MODE == 'slow'").kind, 'holds');
      assert.equal(ask("always() && (vars.MODE == 'fast' || vars.MODE != 'fast')").kind, 'fails');
      assert.equal(ask("always() && github.actor == 'a' && github.actor == 'b'").kind, 'holds');
      assert.equal(ask("always() && github.actor == 'a' && github.actor != 'b'").kind, 'fails');
    });
    it('is unknown where the answer hangs on it, and says on what', () => {
      const found = ask("always() && vars.MODE == 'fast'");
      assert.match(found.kind === 'unknown' ? found.because : '', /vars\.mode/);
    });
    it('knows what the payload of an event cannot hold', () => {
      assert.equal(ask('always() && github.event.pull_request.merged == true').kind, 'holds');
      assert.equal(
        ask('always() && github.event.release.draft == false').kind,
        'fails',
        'null is false there',
      );
    });
    it('reads lists that are written as JSON, and texts that results are joined to', () => {
      assert.equal(ask('always() && contains(fromJSON(\'["success"]\'), needs.test.result)').kind, 'holds');
      assert.equal(
        ask('always() && contains(fromJSON(\'["success", "failure"]\'), needs.test.result)').kind,
        'fails',
      );
      assert.equal(ask("always() && contains(join(needs.*.result, ','), 'success')").kind, 'holds');
    });
    it('takes the line break behind an expression in a block for text', () => {
      assert.equal(ask("|\n      ${{ always() && needs.test.result == 'success' }}").kind, 'fails');
      assert.equal(ask("|-\n      ${{ always() && needs.test.result == 'success' }}").kind, 'holds');
    });
  });

  it('tells for every kind of start whether production is reached', () => {
    const set = setOf({
      'a.yml': `on:\n  push: { branches: [main], tags: ['v*'] }\n  pull_request:\n  workflow_dispatch:\njobs:\n${job('deploy', ["if: github.event_name != 'pull_request' && startsWith(github.ref, 'refs/tags/')"])}\n`,
    });
    const [chain] = set.chainsOf(jobOf(set, 'a.yml#deploy'));
    assert.ok(chain);
    const told = set
      .proofOf(chain)
      .starts()
      .map(({ kind, verdict: of }) => `${kind.event} ${kind.ref} ${of.kind}`);
    assert.deepEqual(told.sort(), [
      'pull_request pull-request holds',
      'push default-branch holds',
      'push tag fails',
      'workflow_dispatch default-branch holds',
      'workflow_dispatch other-branch holds',
      'workflow_dispatch tag fails',
    ]);
  });
});
