import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { itInPage, type Place, type Workbench } from '../workbench';
import { eventually, fileUri, resetWorkspace } from '../workspace';

const DEPLOY = '.github/workflows/deploy.yml';

const node = (name: string) => ({ selector: `[data-node$="deploy.yml#${name}"]`, inWebview: true });

/** Waits for something drawn, whose text the page does not give as it does that of its other elements. */
async function drawn(workbench: Workbench, selector: string): Promise<void> {
  const place: Place = { selector, inWebview: true };
  await workbench.attribute(place, 'class');
}

async function openDeploy(): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(fileUri(DEPLOY));
  await vscode.window.showTextDocument(document);
  return document;
}

function lineOf(document: vscode.TextDocument, text: string): number {
  const line = document
    .getText()
    .split('\n')
    .findIndex((each) => each.startsWith(text));
  assert.ok(line >= 0, text);
  return line;
}

async function atLine(line: number): Promise<void> {
  await eventually(`the line ${line + 1}`, () => {
    const editor = vscode.window.activeTextEditor;
    return editor?.document.uri.path.endsWith(DEPLOY) && editor.selection.active.line === line
      ? true
      : undefined;
  });
}

describe('the paths to production', () => {
  beforeEach(resetWorkspace);
  after(resetWorkspace);

  it('open once, as a picture of the repository', async () => {
    await vscode.commands.executeCommand('releaseGate.showPaths');
    await vscode.commands.executeCommand('releaseGate.showPaths');
    const tabs = await eventually('the picture', () => {
      const found = vscode.window.tabGroups.all
        .flatMap((group) => group.tabs)
        .filter((tab) => tab.label === 'Paths to Production');
      return found.length > 0 ? found : undefined;
    });
    assert.equal(tabs.length, 1);
  });

  it('have a lens above the production job', async () => {
    const document = await openDeploy();
    const lens = await eventually('the lens', async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
        50,
      );
      return lenses.find((each) => each.command?.title === 'Paths to production: open');
    });
    assert.equal(lens.range.start.line, lineOf(document, '  production:'));
    assert.equal(lens.command?.command, 'releaseGate.showPaths');
  });

  it('are told by a hover: the run as steps with links to their lines', async () => {
    const document = await openDeploy();
    for (const text of ['  production:', '    if: always()']) {
      const line = lineOf(document, text);
      const hover = await eventually(`the hover on ${text}`, async () => {
        const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          document.uri,
          new vscode.Position(line, text.length - 2),
        );
        const texts = hovers.flatMap((each) =>
          each.contents.map((content) => (content instanceof vscode.MarkdownString ? content.value : '')),
        );
        return texts.find((each) => each.includes('A run that gets to production'));
      });
      const plain = hover.replaceAll('\\', '');
      assert.match(plain, /push on refs\/tags\/v1/);
      assert.match(plain, /1\. test: /);
      assert.match(plain, /3\. production: starts/);
      assert.match(plain, /deploy\.yml#L\d+\)/);
      assert.match(plain, /\(command:releaseGate\.showPaths\?/);
    }
  });

  itInPage('go from a job and an edge to the line in the editor', async (workbench) => {
    const document = await openDeploy();
    await vscode.commands.executeCommand('releaseGate.showPaths');
    await workbench.click({ ...node('staging'), selector: `${node('staging').selector} .title` });
    await atLine(lineOf(document, '  staging:'));
    await workbench.click({
      selector: '[data-edge$="#test -> .github/workflows/deploy.yml#production"] .word text',
      inWebview: true,
    });
    await atLine(lineOf(document, '    needs: [test, staging]'));
  });

  itInPage('are gone along by keyboard', async (workbench) => {
    const document = await openDeploy();
    await vscode.commands.executeCommand('releaseGate.showPaths');
    await workbench.waitFor({ selector: '#summary', text: 'job: open', inWebview: true });
    await workbench.click({ selector: '#fit', inWebview: true });
    // From the buttons behind it to the picture, then event, edge, job.
    await workbench.press('Tab', 'Tab', 'Tab', 'Tab', 'Tab');
    await drawn(workbench, '[data-node$="@push"]:focus');
    await workbench.press('ArrowRight');
    await drawn(workbench, '[data-edge]:focus');
    await workbench.press('ArrowRight');
    await drawn(workbench, `${node('test').selector}:focus`);
    assert.match(
      await workbench.attribute(node('test'), 'aria-label'),
      /^Job test, .*deploy\.yml:\d+\. Go to the line/,
    );
    await workbench.press('Enter');
    await atLine(lineOf(document, '  test:'));
  });

  itInPage('play the run step by step, and say each step', async (workbench) => {
    await vscode.commands.executeCommand('releaseGate.showPaths');
    await workbench.click({ selector: '#next', inWebview: true });
    await workbench.waitFor({
      selector: '#now',
      text: 'The run begins: push on refs/tags/v1',
      inWebview: true,
    });
    await workbench.click({ selector: '#next', inWebview: true });
    await workbench.waitFor({ selector: '#now', text: 'test: ', inWebview: true });
    await drawn(workbench, '.edge.taken');
    await drawn(workbench, `${node('test').selector}.now`);
    await workbench.click({ selector: '#play', inWebview: true });
    await workbench.waitFor({ selector: '#now', text: 'production: starts', inWebview: true });
    await workbench.waitFor({ selector: '#play', text: 'Play', inWebview: true });
  });

  itInPage('follow the gate, show everything when asked, and are copied as Mermaid', async (workbench) => {
    const document = await openDeploy();
    await vscode.commands.executeCommand('releaseGate.showPaths');
    await workbench.waitFor({ selector: '#summary', text: 'job: open', inWebview: true });
    await workbench.click({ selector: '#all', inWebview: true });
    await drawn(workbench, '[data-node$="ci.yml#test"]');
    await vscode.env.clipboard.writeText('');
    await workbench.click({ selector: '#copy-mermaid', inWebview: true });
    await eventually('the Mermaid text', async () =>
      (await vscode.env.clipboard.readText()).startsWith('flowchart LR') ? true : undefined,
    );
    const edit = new vscode.WorkspaceEdit();
    const line = lineOf(document, '    if: always()');
    edit.delete(document.uri, new vscode.Range(line, 0, line + 1, 0));
    await vscode.workspace.applyEdit(edit);
    await drawn(workbench, '.edge.needs.holds');
  });
});
