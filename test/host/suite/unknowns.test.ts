import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { changedFiles, eventually, fileUri, resetWorkspace, textOnDisk } from '../workspace';
import { itInPage } from '../workbench';

interface Outcome {
  readonly kind: string;
  readonly proposal?: string;
  readonly paths?: readonly string[];
  readonly message?: string;
}

const PATH = 'docs/ops/RUNBOOK.md';
const runbook = [
  '---',
  'kind: runbook',
  '---',
  '',
  '# Runbook: orders',
  '',
  '## Escalation',
  '',
  '| Role | Contact |',
  '| --- | --- |',
  '| On call | UNKNOWN(who is on call) |',
  '| Lead | UNKNOWN(who leads) |',
  '',
].join('\n');

const fill = (given: object): Thenable<Outcome | null> =>
  vscode.commands.executeCommand<Outcome | null>('releaseGate.fillInUnknowns', given);

describe('the form for unknowns', () => {
  beforeEach(async () => {
    await resetWorkspace();
    await vscode.workspace.fs.writeFile(fileUri(PATH), new TextEncoder().encode(runbook));
  });
  after(resetWorkspace);

  it('shows the answers as one change, and writes when it is applied', async () => {
    const outcome = await fill({ path: PATH, answers: { 'who is on call': 'Dana | rota' } });
    assert.equal(outcome?.kind, 'proposed', outcome?.message);
    assert.deepEqual(outcome.paths, [PATH]);
    assert.equal(await textOnDisk(PATH), runbook);
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(tab?.input instanceof vscode.TabInputTextDiff, 'no difference is open');
    const applied = await vscode.commands.executeCommand<Outcome>(
      'releaseGate.applyProposal',
      outcome.proposal,
    );
    assert.equal(applied.kind, 'applied', applied.message);
    assert.equal(await textOnDisk(PATH), runbook.replace('UNKNOWN(who is on call)', 'Dana \\| rota'));
  });

  it('says so where nothing is unknown or answered', async () => {
    assert.equal((await fill({ path: PATH, answers: {} }))?.kind, 'nothing');
    await vscode.workspace.fs.writeFile(fileUri(PATH), new TextEncoder().encode('# R\n'));
    assert.equal((await fill({ path: PATH, answers: {} }))?.kind, 'nothing');
  });

  it('is offered as a quick fix on a placeholder', async () => {
    const document = await vscode.workspace.openTextDocument(fileUri(PATH));
    await vscode.window.showTextDocument(document);
    // The editor takes a while to see that the tests before put the file back.
    await eventually('the document as it stands on disk', () =>
      Promise.resolve(document.getText() === runbook ? true : undefined),
    );
    const offset = runbook.indexOf('UNKNOWN(who leads)');
    const range = new vscode.Range(document.positionAt(offset + 2), document.positionAt(offset + 2));
    const actions = await eventually('the quick fix', async () => {
      const all = await vscode.commands.executeCommand<readonly vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        range,
      );
      return all.some(({ title }) => title === 'Answer this…') ? all : undefined;
    });
    const action = actions.find(({ title }) => title === 'Answer this…');
    assert.deepEqual(
      (action?.command?.arguments?.[0] as { path: string; start: number } | undefined)?.start,
      offset,
    );
  });

  itInPage('asks one by one, skips, goes back, and leaves the rest when it is stopped', async (workbench) => {
    const form = fill({ path: PATH });
    const widget = '.quick-input-widget';
    await workbench.waitFor({ selector: widget, text: 'who is on call' });
    await workbench.waitFor({ selector: widget, text: 'Escalation, On call, Contact' });
    await workbench.press('Enter');
    await workbench.waitFor({ selector: widget, text: 'who leads' });
    await workbench.click({ selector: `${widget} .codicon-quick-input-back` });
    await workbench.waitFor({ selector: widget, text: 'who is on call' });
    await workbench.type('Dana');
    await workbench.press('Enter');
    await workbench.waitFor({ selector: widget, text: 'who leads' });
    await workbench.press('Escape');
    const outcome = await form;
    assert.equal(outcome?.kind, 'proposed', outcome?.message);
    assert.deepEqual(await changedFiles(), [PATH]);
    const after = await vscode.workspace.openTextDocument(
      vscode.Uri.from({
        scheme: 'release-gate-proposal',
        path: `/${outcome.proposal ?? ''}/after/${PATH}`,
      }),
    );
    assert.equal(after.getText(), runbook.replace('UNKNOWN(who is on call)', 'Dana'));
  });
});

describe('a document made anew', () => {
  beforeEach(resetWorkspace);
  after(resetWorkspace);

  it('shows where a person and the generator both wrote something, and proposes the person’s text', async () => {
    const mine = [
      '# Runbook: orders',
      '',
      '## Rollback',
      '',
      '| Metric | Comparison | Threshold | Window | For |',
      '| --- | --- | --- | --- | --- |',
      '| error rate | > | 9 % | 5 min | 5 min |',
      '',
    ].join('\n');
    await vscode.workspace.fs.writeFile(fileUri(PATH), new TextEncoder().encode(mine));
    const outcome = await vscode.commands.executeCommand<Outcome | null>('releaseGate.draftRunbook', {
      inputs: {},
    });
    assert.ok(outcome?.proposal, outcome?.message);
    await vscode.commands.executeCommand('releaseGate.showDifference', outcome.proposal, PATH);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const conflicts = tabs.find(({ label }) => label.includes('conflicts: kept'));
    assert.ok(conflicts?.input instanceof vscode.TabInputTextDiff, tabs.map(({ label }) => label).join());
    const textOf = async (uri: vscode.Uri): Promise<string> =>
      (await vscode.workspace.openTextDocument(uri)).getText();
    assert.match(await textOf(conflicts.input.original), /\| error rate \| > \| 9 % \|/);
    assert.doesNotMatch(await textOf(conflicts.input.modified), /9 %/);
  });
});
