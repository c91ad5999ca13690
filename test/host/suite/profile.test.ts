import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { changedFiles, eventually, fileUri, resetWorkspace, textOnDisk } from '../workspace';
import { itInPage } from '../workbench';

interface Outcome {
  readonly kind: string;
  readonly proposal?: string;
  readonly path?: string;
  readonly rows?: number;
  readonly message?: string;
}

const PATH = '.github/release-gate.yml';
const configuration = [
  '# Ours: keep this comment.',
  'rules:',
  '    unpinned-action:   info   # spaces stay',
  '',
].join('\n');

const show = (given: object = {}): Thenable<Outcome | null> =>
  vscode.commands.executeCommand<Outcome | null>('releaseGate.showProfile', given);

async function apply(outcome: Outcome | null): Promise<void> {
  const applied = await vscode.commands.executeCommand<Outcome>(
    'releaseGate.applyProposal',
    outcome?.proposal,
  );
  assert.equal(applied.kind, 'applied', applied.message);
}

describe("the form for the repository's profile", () => {
  beforeEach(async () => {
    await resetWorkspace();
    await vscode.workspace.fs.writeFile(fileUri(PATH), new TextEncoder().encode(configuration));
    // A document that an earlier test left open is read again by the editor in its own time.
    await eventually('the configuration in the editor', async () => {
      const document = await vscode.workspace.openTextDocument(fileUri(PATH));
      return document.getText() === configuration && !document.isDirty ? true : undefined;
    });
  });
  after(resetWorkspace);

  it('shows corrections as one change of the configuration, keeps every other byte, and undoes as one step', async () => {
    const outcome = await show({
      corrections: [
        { at: ['service'], value: 'harbour' },
        { at: ['deploy', 'command'], value: './ship.sh "${ENV}" "${VERSION}"' },
      ],
    });
    assert.equal(outcome?.kind, 'proposed', outcome?.message);
    assert.equal(await textOnDisk(PATH), configuration);
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(tab?.input instanceof vscode.TabInputTextDiff, 'no difference is open');
    await apply(outcome);
    const written = await textOnDisk(PATH);
    assert.ok(written.startsWith(configuration), written);
    assert.match(written, /^profile:\n {4}service: harbour\n/m);
    const document = await vscode.workspace.openTextDocument(fileUri(PATH));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    await eventually('the configuration as it was', () =>
      Promise.resolve(document.getText() === configuration ? true : undefined),
    );
  });

  it('refuses what the configuration would not take, and writes nothing', async () => {
    const outcome = await show({ corrections: [{ at: ['deploy', 'target'], value: 'balloon' }] });
    assert.equal(outcome?.kind, 'refused');
    assert.match(outcome.message ?? '', /"balloon" is no target of a deployment/);
    assert.equal(await textOnDisk(PATH), configuration);
  });

  itInPage('is read and corrected by keys alone', async (workbench) => {
    const form = show();
    const widget = '.quick-input-widget';
    await workbench.waitFor({ selector: widget, text: 'Profile of the repository' });
    await workbench.screenshot('profile-form');
    await workbench.type('Service');
    await workbench.waitFor({ selector: `${widget} .quick-input-list-row`, text: 'Service' });
    await workbench.press('Enter');
    await workbench.waitFor({ selector: widget, text: 'Correct it' });
    await workbench.screenshot('profile-form-row');
    await workbench.press('Enter');
    await workbench.waitFor({ selector: widget, text: 'What people call the service' });
    // The box selects what stands in it once it is shown: what is typed before that would be selected with it.
    await workbench.screenshot('profile-form-input');
    await workbench.press('Control+A');
    await workbench.type('harbour');
    await workbench.press('Enter');
    await workbench.waitFor({ selector: widget, text: 'Review 1 correction' });
    await workbench.screenshot('profile-form-review');
    await workbench.type('Review');
    await workbench.press('Enter');
    const outcome = await form;
    assert.equal(outcome?.kind, 'proposed', outcome?.message);
    assert.ok(!(await changedFiles()).some((path) => path !== PATH));
    assert.equal(await textOnDisk(PATH), configuration);
    await apply(outcome);
    assert.match(await textOnDisk(PATH), /service: harbour/);
  });
});
