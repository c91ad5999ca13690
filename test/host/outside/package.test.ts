import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDemoRepository } from '../../../scripts/lib/demo-repository.mjs';
import { openInstalledWorkbench } from '../../../scripts/lib/installed-workbench.mjs';
import { leavingPicture, picturesFolder, problemsOf } from './watching';

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
      picturesFolder,
    });
    try {
      const problems = await leavingPicture(workbench, 'package', () =>
        problemsOf('prod-without-environment', workbench),
      );
      assert.match(problems, /deploy\.yml/);
    } finally {
      await close();
    }
  });
});
