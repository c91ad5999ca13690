import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { itInPage } from '../workbench';
import { eventually, fileUri, resetWorkspace } from '../workspace';

const RUNBOOK = `---
kind: runbook
---

# Runbook: orders-api

## Symptoms

- Checkout answers 502. Owner: UNKNOWN(who is on call)

## Rollback

1. **Roll back.** Duration: 5 min

   \`\`\`sh
   kubectl rollout undo deployment/orders-api
   \`\`\`

   Expected: the old version answers
`;

async function openRunbook(): Promise<vscode.TextDocument> {
  const uri = fileUri('docs/ops/RUNBOOK.md');
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(RUNBOOK));
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}

describe('the runbook preview', () => {
  beforeEach(resetWorkspace);
  after(resetWorkspace);

  it('opens beside the runbook, once', async () => {
    await openRunbook();
    await vscode.commands.executeCommand('releaseGate.previewRunbook');
    await vscode.commands.executeCommand('releaseGate.previewRunbook', fileUri('docs/ops/RUNBOOK.md'));
    const previews = await eventually('the preview', () => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      const found = tabs.filter((tab) => tab.input instanceof vscode.TabInputWebview);
      return found.length > 0 ? found : undefined;
    });
    assert.equal(previews.length, 1);
  });

  itInPage('marks placeholders, has contents and copies a command', async (workbench) => {
    const document = await openRunbook();
    await vscode.commands.executeCommand('releaseGate.previewRunbook');
    const mark = await workbench.waitFor({ selector: 'mark.placeholder', inWebview: true });
    assert.match(mark, /who is on call/);
    await workbench.waitFor({ selector: '#contents a', text: 'Rollback', inWebview: true });
    await workbench.waitFor({ selector: '#summary', text: 'unknown', inWebview: true });
    await vscode.env.clipboard.writeText('');
    await workbench.click({ selector: 'button.copy', inWebview: true });
    await eventually('the command in the clipboard', async () =>
      (await vscode.env.clipboard.readText()).includes('kubectl rollout undo') ? true : undefined,
    );
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(6, 0), '## Added while it is open\n\n');
    await vscode.workspace.applyEdit(edit);
    await workbench.waitFor({ selector: '#contents a', text: 'Added while it is open', inWebview: true });
  });
});
