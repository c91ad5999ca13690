import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ScriptedModel } from './scripted-model/script';

/** The scripted model, ready to be asked, with nothing left over from the test before. */
export async function scriptedModel(): Promise<ScriptedModel> {
  const extension = vscode.extensions.getExtension<ScriptedModel>('test.scripted-model');
  assert.ok(extension, 'the scripted model is not installed');
  const model = await extension.activate();
  await model.ready;
  model.reset();
  return model;
}
