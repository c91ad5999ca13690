import assert from 'node:assert/strict';
import { askInChat, cancelChat, newChat, startInChat } from '../chat';
import type { ScriptedModel } from '../scripted-model/script';
import { scriptedModel } from '../the-model';
import { itInPage, places } from '../workbench';
import { changedFiles, eventually, resetWorkspace } from '../workspace';

describe('a conversation with @release', () => {
  let model: ScriptedModel;

  beforeEach(async () => {
    await resetWorkspace();
    model = await scriptedModel();
    await newChat();
  });

  itInPage('shows what the model answers', async (workbench) => {
    model.script([{ kind: 'answer', pieces: ['Production starts ', 'without its tests.'] }]);
    const response = await askInChat('@release can production start without tests?');
    assert.equal(response.errorDetails, undefined);
    const shown = await workbench.waitFor({
      ...places.lastChatAnswer,
      text: 'Production starts without its tests.',
    });
    assert.match(shown, /Release Gate/);
  });

  it('offers the model the tools of the gate, and none that runs anything', async () => {
    model.script([{ kind: 'answer', pieces: ['Yes.'] }]);
    await askInChat('@release is there a way back?');
    const [request] = model.requests;
    assert.ok(request, 'the model was not asked');
    assert.ok(request.tools.includes('release_gate_check_workspace'), request.tools.join(', '));
    assert.deepEqual(
      request.tools.filter((tool) => !tool.startsWith('release_gate_')),
      [],
    );
  });

  it('really cancels the request to the model', async () => {
    model.script([{ kind: 'hang', pieces: ['Let me see'] }]);
    await startInChat('@release and the rollback?');
    const request = await eventually('the request', () => model.requests[0]);
    assert.equal(request.isCancelled, false);
    await cancelChat();
    await eventually('the cancellation', () => request.isCancelled || undefined);
    assert.deepEqual(await changedFiles(), []);
  });

  itInPage('says so when the model fails half-way', async (workbench) => {
    model.script([{ kind: 'fail', pieces: ['The first '], message: 'the line broke' }]);
    await askInChat('@release what is irreversible here?');
    const shown = await workbench.waitFor({ ...places.lastChatAnswer, text: 'the line broke' });
    assert.match(shown, /language model failed/);
    assert.doesNotMatch(shown, /\bat .+:\d+:\d+/, 'a stack is shown');
  });
});
