import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createParsers } from '../../../../src/adapters/parsers';
import { knownPins } from '../../../../src/core/evidence/action-pins';
import { checkRepository } from '../../../../src/core/gate/check';
import { defaultConfiguration } from '../../../../src/core/gate/configuration';
import {
  CI_WORKFLOW_PATH,
  ciWorkflow,
  parseSource,
  repositoryOfRemote,
  type ActionSource,
} from '../../../../src/core/pipeline/adopt/ci-workflow';
import { readWorkflow } from '../../../../src/core/workflow/read';
import { memoryFiles } from '../../../support/world';

const commit = '0123456789abcdef0123456789abcdef01234567';
const source: ActionSource = { repository: 'acme/release-gate', commit, version: '0.1.0' };

describe('the workflow that runs the gate', () => {
  for (const [name, from] of [
    ['a source that is known', source],
    ['a source that a person names', null],
  ] as const) {
    const { after, path } = ciWorkflow({ source: from, defaultBranch: 'trunk', before: null });

    it(`is clean under the gate itself, with ${name}`, async () => {
      assert.equal(path, CI_WORKFLOW_PATH);
      const report = await checkRepository({
        root: '.',
        files: memoryFiles({ [path]: after }),
        parsers: createParsers(),
        configuration: defaultConfiguration,
        today: '2026-11-26',
      });
      assert.deepEqual([report.verdict, report.findings, report.checkedFiles], ['pass', [], 1]);
    });

    it(`pins every action, bounds what it may do and how long it may take, with ${name}`, () => {
      const workflow = readWorkflow(path, after);
      assert.deepEqual(workflow.problems, []);
      assert.deepEqual(
        workflow.triggers.map(({ event }) => event),
        ['pull_request', 'push'],
      );
      const [job] = workflow.jobs;
      assert.equal(job?.timeoutMinutes?.value, '10');
      const known = new Set([...knownPins.map((pin) => pin.commit), commit]);
      for (const step of job?.steps ?? []) {
        if (!step.uses || step.uses.value === './.release-gate') continue;
        assert.ok(known.has(step.uses.value.split('@')[1] ?? ''), step.uses.value);
      }
      assert.match(after, /^permissions: \{\}$/m);
      assert.doesNotMatch(after, /contents: write|run: .*\$\{\{/);
      assert.match(after, /branches:\n\s+- trunk\n/);
    });
  }

  it('takes the action from the commit, or checks the variables that name it', () => {
    const pinned = ciWorkflow({ source, defaultBranch: 'main', before: null }).after;
    assert.match(pinned, new RegExp(`uses: acme/release-gate@${commit} # v0\\.1\\.0`));
    assert.doesNotMatch(pinned, /vars\./);
    const open = ciWorkflow({ source: null, defaultBranch: 'main', before: null }).after;
    assert.match(open, /COMMIT: \$\{\{ vars\.RELEASE_GATE_COMMIT \}\}/);
    assert.match(open, /"\$COMMIT" =~ \^\[0-9a-f\]\{40\}\$/);
  });

  it('takes a whole commit only, and a remote of GitHub only', () => {
    assert.deepEqual(parseSource(`acme/release-gate@${commit.toUpperCase()}`, '0.1.0'), source);
    for (const text of ['acme/release-gate@v1', `acme@${commit}`, `a/b/c@${commit}`, `a/b@${commit}0`, '']) {
      assert.equal(parseSource(text, '0.1.0'), null, text);
    }
    for (const url of [
      'https://github.com/acme/gate.git',
      'git@github.com:acme/gate.git',
      'ssh://git@github.com/acme/gate',
      'https://github.com/acme/gate/',
    ]) {
      assert.equal(repositoryOfRemote(url), 'acme/gate', url);
    }
    for (const url of ['https://gitlab.com/a/b', '/srv/git/gate', 'https://github.com.evil.example/a/b']) {
      assert.equal(repositoryOfRemote(url), null, url);
    }
  });
});
