import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { askInChat, cancelChat, newChat, startInChat } from '../chat';
import { scriptedModel } from '../the-model';
import { itInPage, places } from '../workbench';
import { changedFiles, eventually, fileUri, isOnDisk, resetWorkspace, textOnDisk } from '../workspace';

/** The commands with what they write in the demonstration repository, and a sentence of their answer. */
const commands: readonly {
  readonly name: string;
  readonly prompt: string;
  readonly writes: RegExp;
}[] = [
  {
    name: 'release-plan-from-change',
    prompt: 'schedule: Tuesday 10:00 UTC',
    writes: /^docs\/release\/RELEASE_PLAN\.md$/,
  },
  { name: 'generate-gh-actions-pipeline', prompt: '', writes: /^\.github\/workflows\/.*\.ya?ml$/ },
  { name: 'secure-cloud-auth-with-oidc', prompt: '', writes: /^\.github\/workflows\/.*\.ya?ml$/ },
  { name: 'runbook-for-deployment', prompt: '', writes: /^docs\/ops\/RUNBOOK\.md$/ },
  {
    name: 'postmortem-skeleton',
    prompt: 'incident: checkout returned errors after the deployment',
    writes: /^docs\/ops\/postmortems\/PM_.*\.md$/,
  },
];

interface ApplyOutcome {
  readonly kind: 'applied' | 'review' | 'refused';
  readonly paths?: readonly string[];
  readonly message?: string;
}

/** Applies as a person does: what changes an existing file is shown first, and applied by the second word. */
async function apply(proposal: string): Promise<readonly string[]> {
  const command = (): Thenable<ApplyOutcome> =>
    vscode.commands.executeCommand<ApplyOutcome>('releaseGate.applyProposal', proposal);
  let outcome = await command();
  if (outcome.kind === 'review') {
    assert.deepEqual(await changedFiles(), [], 'something was written before the difference was seen');
    outcome = await command();
  }
  assert.equal(outcome.kind, 'applied', outcome.message);
  return outcome.paths ?? [];
}

async function proposalOf(query: string): Promise<string> {
  const { metadata, errorDetails } = await askInChat(query);
  assert.equal(errorDetails, undefined, errorDetails?.message);
  const proposal = metadata?.['proposal'];
  assert.ok(typeof proposal === 'string', `no proposal for ${query}`);
  return proposal;
}

describe('@release in chat', () => {
  beforeEach(async () => {
    await resetWorkspace();
    await newChat();
  });
  after(resetWorkspace);

  for (const { name, prompt, writes } of commands) {
    it(`/${name} answers, writes nothing by itself, and writes its files after Apply`, async () => {
      const model = await scriptedModel();
      model.script([{ kind: 'answer', pieces: ['{}'] }]);
      const proposal = await proposalOf(`@release /${name} ${prompt}`.trim());
      assert.deepEqual(await changedFiles(), [], 'something was written before Apply');
      const paths = await apply(proposal);
      assert.ok(paths.length > 0);
      assert.ok(
        paths.some((path) => writes.test(path)),
        paths.join(', '),
      );
      assert.deepEqual(await changedFiles(), [...paths].sort());
    });
  }

  it('/extract-reusable-workflows makes one workflow of repeated jobs', async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'answer', pieces: ['{}'] }]);
    for (const service of ['orders', 'invoices']) {
      await vscode.workspace.fs.writeFile(
        fileUri(`.github/workflows/${service}-test.yml`),
        new TextEncoder().encode(repeatedWorkflow(service)),
      );
    }
    const before = await changedFiles();
    const proposal = await proposalOf('@release /extract-reusable-workflows');
    assert.deepEqual(await changedFiles(), before);
    const outcome = await vscode.commands.executeCommand<ApplyOutcome>('releaseGate.applyProposal', proposal);
    assert.equal(outcome.kind, 'review', 'the callers are existing files');
    const applied = await vscode.commands.executeCommand<ApplyOutcome>('releaseGate.applyProposal', proposal);
    assert.equal(applied.kind, 'applied', applied.message);
    const made = (applied.paths ?? []).find((path) => !before.includes(path) && /workflows\//.test(path));
    assert.ok(made, `no new workflow in ${applied.paths?.join(', ')}`);
    assert.match(await textOnDisk(made), /workflow_call/);
  });

  it('one undo takes a change of an existing file back', async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'answer', pieces: ['{}'] }]);
    const proposal = await proposalOf('@release /secure-cloud-auth-with-oidc');
    const [path] = await apply(proposal);
    assert.ok(path);
    const document = await vscode.workspace.openTextDocument(fileUri(path));
    const changed = document.getText();
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    await eventually('the undo', () => (document.getText() === changed ? undefined : true));
    assert.match(document.getText(), /aws-access-key-id|AWS_ACCESS_KEY_ID/);
  });

  it('refuses a proposal whose file has changed since', async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'answer', pieces: ['{}'] }]);
    const proposal = await proposalOf('@release /release-plan-from-change');
    await vscode.workspace.fs.writeFile(
      fileUri('docs/release/RELEASE_PLAN.md'),
      new TextEncoder().encode('# Ours\n'),
    );
    const outcome = await vscode.commands.executeCommand<ApplyOutcome>('releaseGate.applyProposal', proposal);
    assert.equal(outcome.kind, 'refused');
    assert.match(outcome.message ?? '', /docs\/release\/RELEASE_PLAN\.md/);
    assert.equal(await textOnDisk('docs/release/RELEASE_PLAN.md'), '# Ours\n');
  });

  it("applies the words of a model that answers, and keeps the engine's beside them", async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'answer', pieces: ['{}'] }]);
    const plain = await proposalOf('@release /release-plan-from-change');
    const data = model.requests[0]?.messages.map((message) => message.text).join('\n') ?? '';
    const slots = JSON.parse(data.slice(data.lastIndexOf('[{'))) as readonly { id: string; text: string }[];
    const [slot] = slots;
    assert.ok(slot);
    model.script([
      {
        kind: 'answer',
        pieces: [JSON.stringify({ [slot.id]: `${slot.text} Please read it before the release.` })],
      },
    ]);
    const improved = await proposalOf('@release /release-plan-from-change');
    assert.notEqual(improved, plain);
    assert.deepEqual(await apply(improved), ['docs/release/RELEASE_PLAN.md']);
    assert.match(await textOnDisk('docs/release/RELEASE_PLAN.md'), /Please read it before the release\./);
    await resetWorkspace();
    await apply(plain);
    assert.doesNotMatch(await textOnDisk('docs/release/RELEASE_PLAN.md'), /Please read it/);
  });

  it('keeps the deterministic result when the model fails half-way', async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'fail', pieces: ['{"su'], message: 'the connection broke' }]);
    const proposal = await proposalOf('@release /release-plan-from-change');
    assert.equal(model.requests.length, 1, 'the model was asked once');
    assert.deepEqual(await apply(proposal), ['docs/release/RELEASE_PLAN.md']);
  });

  it('keeps the deterministic result when the person does not consent', async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'refuse', reason: 'no-permissions' }]);
    const proposal = await proposalOf('@release /release-plan-from-change');
    assert.deepEqual(await apply(proposal), ['docs/release/RELEASE_PLAN.md']);
  });

  it('ends when it is cancelled while the model hangs, and the model hears of it', async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'hang', pieces: ['{'] }]);
    await startInChat('@release /release-plan-from-change');
    const request = await eventually('the request to the model', () => model.requests[0]);
    await cancelChat();
    await eventually('the cancellation', () => (request.isCancelled ? true : undefined));
    assert.deepEqual(await changedFiles(), []);
  });

  it('answers /check with the verdict and leads on', async () => {
    await scriptedModel();
    const { metadata } = await askInChat('@release /check');
    assert.equal(metadata?.['command'], 'check');
    assert.ok((metadata['next'] as readonly unknown[]).length > 0);
  });

  it('lets the model call the engine in a question, at most eight rounds', async () => {
    const model = await scriptedModel();
    model.script([
      ...Array.from({ length: 12 }, () => ({
        kind: 'call' as const,
        tool: 'release_gate_check_workspace',
        input: {},
      })),
      { kind: 'answer', pieces: ['Too late.'] },
    ]);
    const { errorDetails } = await askInChat('@release can anything reach production without its tests?', {
      timeoutMs: 60_000,
    });
    assert.equal(errorDetails, undefined);
    assert.equal(model.requests.length, 9);
    const [first, second] = model.requests;
    assert.ok(first);
    assert.ok(first.tools.includes('release_gate_check_workspace'));
    assert.ok(!first.tools.includes('release_gate_apply_proposal'), 'a question may not write');
    const results = second?.messages.flatMap((message) => message.toolResults).join('\n') ?? '';
    assert.match(results, /blocking/);
    assert.deepEqual(model.requests[8]?.tools, []);
  });

  it('says in a sentence that the model failed to answer a question', async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'refuse', reason: 'blocked' }]);
    const { errorDetails } = await askInChat('@release is our rollback credible?');
    assert.equal(errorDetails, undefined);
  });

  itInPage('shows what it read, what it would write, what is unknown and the buttons', async (workbench) => {
    const model = await scriptedModel();
    model.script([{ kind: 'answer', pieces: ['{}'] }]);
    await proposalOf('@release /release-plan-from-change');
    const text = await workbench
      .waitFor({ ...places.lastChatAnswer, text: 'Nothing is written before Apply' }, 15_000)
      .catch(() => workbench.waitFor(places.lastChatAnswer));
    for (const part of ['RELEASE_PLAN.md', 'Not known', 'The gate', 'Not told']) {
      assert.ok(text.includes(part), `${part} in: ${text}`);
    }
    await workbench.click({ selector: '.interactive-response .monaco-button', text: 'Apply', which: -1 });
    await eventually('the plan', async () =>
      (await isOnDisk('docs/release/RELEASE_PLAN.md')) ? true : undefined,
    );
  });

  itInPage('asks what was not told, and runs the command again with the answers', async (workbench) => {
    const model = await scriptedModel();
    model.script([{ kind: 'answer', pieces: ['{}'] }]);
    const question = { selector: '.quick-input-widget .quick-input-message' };
    const asked = vscode.commands.executeCommand(
      'releaseGate.answerQuestions',
      'release-plan-from-change',
      'version: 9.9.0',
    );
    let last = '';
    for (const answer of ['one region at most', 'Tuesday 10:00 UTC', 'none']) {
      await eventually('the next question', async () => {
        const [now] = await workbench.texts(question);
        return now !== undefined && now !== last ? (last = now) : undefined;
      });
      await workbench.type(answer);
      await workbench.press('Enter');
    }
    await asked;
    const text = await workbench.waitFor({ ...places.lastChatAnswer, text: '9.9.0' }, 20_000);
    assert.ok(!text.includes('Not told'), text);
  });
});

function repeatedWorkflow(service: string): string {
  return `name: Test ${service}
on: push
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 20
      - run: npm ci
      - run: npm test --workspace ${service}
`;
}
