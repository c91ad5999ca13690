import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { itInPage, places } from '../workbench';
import { scriptedModel } from '../the-model';

describe('activation', () => {
  const extension = (): vscode.Extension<unknown> => {
    const found = vscode.extensions.getExtension('release-gate.release-gate');
    assert.ok(found, 'the extension is not there');
    return found;
  };

  it('activates in a workspace that has workflows', async () => {
    await extension().activate();
    assert.equal(extension().isActive, true);
  });

  it('registers every command that the manifest names', async () => {
    await extension().activate();
    const manifest = extension().packageJSON as {
      contributes?: { commands?: readonly { command: string }[] };
    };
    const named = (manifest.contributes?.commands ?? []).map((each) => each.command);
    assert.ok(named.length > 0, 'the manifest names no command');
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      named.filter((command) => !registered.has(command)),
      [],
    );
  });

  it('has a scripted model that can be asked', async () => {
    const model = await scriptedModel();
    model.script([{ kind: 'answer', pieces: ['one ', 'two'] }]);
    const [chat] = await vscode.lm.selectChatModels({ vendor: 'test' });
    assert.ok(chat, 'the model is not listed');
    const response = await chat.sendRequest([vscode.LanguageModelChatMessage.User('count')]);
    let text = '';
    for await (const piece of response.text) text += piece;
    assert.equal(text, 'one two');
    assert.deepEqual(
      model.requests.map((request) => request.messages.map((message) => message.text)),
      [['count']],
    );
  });

  itInPage('shows the workbench to the suites', async (workbench) => {
    await workbench.runCommand('View: Show Explorer');
    await workbench.waitFor({ selector: '.explorer-folders-view .monaco-list-row', text: 'package.json' });
    assert.ok((await workbench.texts(places.statusBarItem)).length > 0);
  });
});
