import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDemoRepository } from '../../../scripts/lib/demo-repository.mjs';
import { openInstalledWorkbench } from '../../../scripts/lib/installed-workbench.mjs';

describe('the package', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-gate-package-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('installs, activates and checks a workspace with nothing but what it holds', async () => {
    const workspace = path.join(folder, 'orders-api');
    await makeDemoRepository(workspace);
    const { workbench, close } = await openInstalledWorkbench({
      workspace,
      isPacked: true,
      picturesFolder: path.join(folder, 'pictures'),
    });
    try {
      await workbench.runCommand('Release Gate: Check Workspace');
      await workbench.runCommand('Problems: Focus on Problems View');
      const row = { selector: '.markers-panel .monaco-list-row' };
      await workbench.waitFor({ ...row, text: 'deploy.yml' }, 20_000);
      assert.match((await workbench.texts(row)).join('\n'), /prod-without-environment/);
    } finally {
      await close();
    }
  });
});
