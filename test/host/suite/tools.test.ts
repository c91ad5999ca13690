import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { changedFiles, fileUri, isOnDisk, resetWorkspace, textOnDisk } from '../workspace';

async function call(name: string, input: object): Promise<string> {
  const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  return result.content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
    .join('');
}

function proposalIn(answer: string): string {
  const id = /Proposal id: (\S+)/.exec(answer)?.[1];
  assert.ok(id, `no proposal in: ${answer.slice(-600)}`);
  return id;
}

describe('the model tools', () => {
  beforeEach(resetWorkspace);
  after(resetWorkspace);

  for (const name of [
    'release_gate_plan_release',
    'release_gate_generate_pipeline',
    'release_gate_secure_cloud_auth',
    'release_gate_extract_workflows',
    'release_gate_draft_runbook',
    'release_gate_draft_postmortem',
  ]) {
    it(`${name} proposes and writes nothing`, async () => {
      const answer = await call(name, {});
      proposalIn(answer);
      assert.match(answer, /Nothing has been written/);
      assert.deepEqual(await changedFiles(), []);
    });
  }

  it('draft_document proposes the kind that is asked for, with the answers that it takes', async () => {
    const answer = await call('release_gate_draft_document', {
      kind: 'release-notes',
      answers: { version: '9.9.9' },
    });
    proposalIn(answer);
    assert.match(answer, /Release notes of .* 9\\?\.9\\?\.9/);
    assert.match(answer, /Answers that it takes: version \(/);
    assert.deepEqual(await changedFiles(), []);
    assert.match(
      await call('release_gate_draft_document', { kind: 'poem' }),
      /There is no document poem\. Kinds: /,
    );
  });

  it('check gives the verdict and every finding with its place', async () => {
    const answer = await call('release_gate_check_workspace', {});
    assert.match(answer, /: fail\.\*\* \d+ blocking/);
    assert.match(answer, /`\.github\/workflows\/[^`]+:\d+`/);
  });

  it('explain gives the page of a rule, and the ids for one that does not exist', async () => {
    assert.match(
      await call('release_gate_explain_rule', { rule: 'prod-without-tests' }),
      /prod-without-tests/,
    );
    assert.match(await call('release_gate_explain_rule', { rule: 'nonsense' }), /There is no rule nonsense/);
  });

  it('apply refuses an id that nobody gave', async () => {
    assert.match(await call('release_gate_apply_proposal', { proposalId: 'made-up' }), /no longer kept/);
    assert.deepEqual(await changedFiles(), []);
  });

  it('apply writes a proposal once, and refuses it after its file changed', async () => {
    const first = proposalIn(await call('release_gate_plan_release', {}));
    const second = proposalIn(await call('release_gate_plan_release', {}));
    assert.match(await call('release_gate_apply_proposal', { proposalId: first }), /Written: docs\/release/);
    assert.equal(await isOnDisk('docs/release/RELEASE_PLAN.md'), true);
    assert.match(await call('release_gate_apply_proposal', { proposalId: second }), /Nothing was written/);
  });

  it('apply opens a difference that its question could not show, before it writes', async () => {
    const long = Array.from({ length: 300 }, (_, index) => `Line ${index} of a person.`).join('\n\n');
    const uri = fileUri('docs/release/RELEASE_PLAN.md');
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(long));
    const id = proposalIn(await call('release_gate_plan_release', {}));
    assert.match(await call('release_gate_apply_proposal', { proposalId: id }), /has just been opened/);
    assert.equal(await textOnDisk('docs/release/RELEASE_PLAN.md'), long);
  });
});
