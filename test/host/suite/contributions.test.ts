import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { DOCUMENT_COMMANDS, TASK_COMMANDS } from '../../../src/vscode/commands/names';
import { modelTools } from '../../../src/core/tasks/model-tools';

interface Listed {
  readonly uri: vscode.Uri;
  readonly type: string;
}

describe('what the extension contributes', () => {
  it('is listed by VS Code: four agents, and each prompt as a skill too', async () => {
    const listed = await vscode.commands.executeCommand<readonly Listed[]>('_listExtensionPromptFiles');
    const ours = listed.filter((each) => each.uri.path.includes(extensionPath()));
    const names = (ending: RegExp): readonly string[] =>
      ours.flatMap((each) => ending.exec(each.uri.path)?.[1] ?? []).sort();
    assert.deepEqual(names(/agents\/([^/]+)\.agent\.md$/), [
      'incident-scribe',
      'prod-risk-and-rollback-gate',
      'release-pipeline-author',
      'runbook-and-ops-docs',
    ]);
    const prompts = [...Object.keys(TASK_COMMANDS), 'is-this-release-ready', ...DOCUMENT_COMMANDS].sort();
    assert.deepEqual(names(/prompts\/([^/]+)\.prompt\.md$/), prompts);
    assert.deepEqual(names(/skills\/([^/]+)\/SKILL\.md$/), prompts);
  });

  it('registers every tool, with a schema', () => {
    const ours = vscode.lm.tools.filter((tool) => tool.name.startsWith('release_gate_'));
    assert.deepEqual(ours.map((tool) => tool.name).sort(), Object.keys(modelTools).sort());
    for (const tool of ours) assert.ok(tool.inputSchema, tool.name);
  });
});

function extensionPath(): string {
  const extension = vscode.extensions.getExtension('release-gate.release-gate');
  assert.ok(extension);
  return extension.extensionUri.path;
}
