import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { itInPage, type Place } from '../workbench';
import { changedFiles, eventually, fileUri, resetWorkspace, textOnDisk } from '../workspace';

const RUNBOOK = `---
kind: runbook
---

# Runbook: orders-api

## Parameters

| Name | Meaning | Example |
| --- | --- | --- |
| \`ENV\` | which environment | \`staging\` |
| \`API_TOKEN\` | of the deployment | UNKNOWN(who has it) |

## Symptoms

- Checkout answers 502. Owner: UNKNOWN(who is on call)

## Rollback

1. **Roll back.** Duration: 5 min

   \`\`\`sh
   kubectl -n \${ENV} rollout undo deployment/orders-api
   \`\`\`

   Expected: the old version answers

## Deployment

1. **Deploy**

   \`\`\`sh
   ./deploy.sh "\${ENV}" --token \${API_TOKEN}
   \`\`\`

   - **Duration:** 5 min
2. **Look**
   - **Action:** look at the dashboard
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
    const mark = await workbench.waitFor({
      selector: 'mark.placeholder',
      text: 'on call',
      inWebview: true,
    });
    assert.equal(mark, 'UNKNOWN(who is on call)');
    await workbench.waitFor({ selector: '#contents a', text: 'Rollback', inWebview: true });
    await workbench.waitFor({ selector: '#summary', text: 'unknown', inWebview: true });
    await vscode.env.clipboard.writeText('');
    await workbench.click({ selector: 'button.copy', inWebview: true });
    await eventually('the command in the clipboard', async () =>
      (await vscode.env.clipboard.readText()).includes('rollout undo deployment/orders-api')
        ? true
        : undefined,
    );
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(6, 0), '## Added while it is open\n\n');
    await vscode.workspace.applyEdit(edit);
    await workbench.waitFor({ selector: '#contents a', text: 'Added while it is open', inWebview: true });
  });

  const page = (selector: string, text?: string): Place => ({
    selector,
    inWebview: true,
    ...(text === undefined ? {} : { text }),
  });
  const command = (text: string): Place => page('.command code', text);
  const journals = async (): Promise<readonly string[]> =>
    (await changedFiles()).filter((file) => file.startsWith('docs/ops/RUNBOOK.journal/'));

  itInPage('has parameters filled once and shown in every command, secrets in none', async (workbench) => {
    await openRunbook();
    await vscode.commands.executeCommand('releaseGate.previewRunbook');
    await workbench.click(page('#parameter-ENV'));
    await workbench.type('it is "live"');
    await workbench.waitFor(command(`kubectl -n 'it is "live"' rollout undo`));
    await workbench.waitFor(command(`./deploy.sh ""'it is "live"'"" --token \${API_TOKEN}`));
    assert.equal(await workbench.attribute(page('#parameter-API_TOKEN'), 'type'), 'password');
    await workbench.press('Tab');
    await workbench.type('t0p-s3cret');
    await workbench.waitFor(command('--token "${API_TOKEN}"'));
    await workbench.waitFor(page('#parameters-note', 'All filled'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openRunbook();
    await vscode.commands.executeCommand('releaseGate.previewRunbook');
    await workbench.waitFor(command(`kubectl -n 'it is "live"' rollout undo`));
    await workbench.waitFor(page('#parameters-note', '1 of 2 not filled: API_TOKEN'));
    await workbench.click(page('#clear'));
    await workbench.waitFor(page('#parameters-note', '2 of 2 not filled'));
    assert.deepEqual(await changedFiles(), ['docs/ops/RUNBOOK.md']);
  });

  itInPage('keeps what was ticked in a journal beside the runbook, and shows it again', async (workbench) => {
    const document = await openRunbook();
    await vscode.commands.executeCommand('releaseGate.previewRunbook');
    await workbench.waitFor(page('#run-says', 'No run is under way'));
    await workbench.click(page('#tick-deployment-1'));
    await workbench.waitFor(page('#says-deployment-1', 'UTC'));
    await workbench.waitFor(page('#run-says', 'Deployment: 1 of 2 ticked'));
    const [journal] = await eventually('the journal', async () => {
      const found = await journals();
      return found.length > 0 ? found : undefined;
    });
    const events = (await textOnDisk(journal ?? ''))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; at: string; step?: { title: string } });
    assert.deepEqual(
      events.map(({ event, step }) => [event, step?.title ?? null]),
      [
        ['started', null],
        ['ticked', 'Deploy'],
      ],
    );
    assert.match(events[1]?.at ?? '', /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
    assert.equal(document.getText(), RUNBOOK, 'the runbook itself was written to');

    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openRunbook();
    await vscode.commands.executeCommand('releaseGate.previewRunbook');
    await workbench.waitFor(page('#says-deployment-1', 'Ticked'));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, document.positionAt(RUNBOOK.indexOf('./deploy.sh')), 'time ');
    await vscode.workspace.applyEdit(edit);
    await workbench.waitFor(page('#says-deployment-1', 'changed since it was ticked'));
    await workbench.click(page('#finish'));
    await workbench.waitFor(page('#run-says', 'The last one'));
    assert.deepEqual(await workbench.texts(page('#says-deployment-1', 'Ticked')), []);
    assert.deepEqual(await journals(), [journal]);
  });

  itInPage('goes to the rollback from wherever it is read, by key', async (workbench) => {
    await openRunbook();
    await vscode.commands.executeCommand('releaseGate.previewRunbook');
    await workbench.click(page('#contents a', 'Deployment'));
    await workbench.press('Control+Alt+R');
    await workbench.waitFor(page('h2:focus', 'Rollback'));
  });

  itInPage('runs nothing where nobody can confirm it', async (workbench) => {
    await openRunbook();
    await vscode.commands.executeCommand('releaseGate.previewRunbook');
    await workbench.waitFor(page('.why', 'not filled: ENV'));
    await workbench.click(page('#parameter-ENV'));
    await workbench.type('staging');
    await workbench.waitFor(page('.command:has(button.run[aria-disabled="false"])', 'kubectl -n staging'));
    const before = vscode.window.terminals.length;
    // The workbench of these tests refuses every dialog, so that there is no answer; a real one is asked in test/host/outside.
    await workbench.click(page('.command:has(code:text("kubectl")) button.run'));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(vscode.window.terminals.length, before);
    assert.deepEqual(await journals(), []);
  });

  it('marks placeholders in the Markdown preview of VS Code as well', async () => {
    const html = await vscode.commands.executeCommand<string>(
      'markdown.api.render',
      'Ask UNKNOWN(who (by name)) first.\n\n```sh\ncurl UNKNOWN(host)\n```\n\nand `UNKNOWN(it)`, MY_UNKNOWN(x)\n',
    );
    const marked = [...html.matchAll(/<mark class="release-gate-placeholder">([^<]*)<\/mark>/g)];
    assert.deepEqual(
      marked.map(([, text]) => text),
      ['UNKNOWN(who (by name))', 'UNKNOWN(host)', 'UNKNOWN(it)'],
    );
  });
});
