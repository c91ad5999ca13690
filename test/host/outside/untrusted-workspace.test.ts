import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDemoRepository } from '../../../scripts/lib/demo-repository.mjs';
import { openInstalledWorkbench } from '../../../scripts/lib/installed-workbench.mjs';

/**
 * The test tools of VS Code switch Workspace Trust off, so this starts a workbench without them, with the extension
 * installed, and watches it in the page. A `git` of ours stands first on the path and notes each call.
 */
describe('an untrusted workspace', () => {
  let folder: string;
  let workspace: string;
  let gitCalls: string;
  let environment: Readonly<Record<string, string>>;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-gate-untrusted-'));
    workspace = path.join(folder, 'orders-api');
    await makeDemoRepository(workspace);
    gitCalls = path.join(folder, 'git-calls.txt');
    const bin = path.join(folder, 'bin');
    mkdirSync(bin);
    const realGit = (process.env['PATH'] ?? '')
      .split(path.delimiter)
      .map((each) => path.join(each, 'git'))
      .find((each) => existsSync(each));
    assert.ok(realGit, 'git is not on the path');
    writeFileSync(
      path.join(bin, 'git'),
      `#!/bin/sh\necho "$PWD: $*" >> '${gitCalls}'\nexec '${realGit}' "$@"\n`,
    );
    chmodSync(path.join(bin, 'git'), 0o755);
    environment = { PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}` };
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Opens the workspace, checks it from the palette, and gives what the Problems view then lists. */
  async function check(
    isTrustAsked: boolean,
  ): Promise<{ readonly isRestricted: boolean; readonly problems: string }> {
    rmSync(gitCalls, { force: true });
    const { workbench, close } = await openInstalledWorkbench({
      workspace,
      isTrustAsked,
      environment,
      // Otherwise VS Code's own git would be noted in the trusted case, and prove nothing.
      settings: { 'git.enabled': false },
      picturesFolder: path.join(folder, 'pictures'),
    });
    try {
      await workbench.runCommand('Release Gate: Check Workspace');
      await workbench.runCommand('Problems: Focus on Problems View');
      const row = { selector: '.markers-panel .monaco-list-row' };
      await workbench.waitFor({ ...row, text: 'deploy.yml' }, 20_000);
      return {
        isRestricted:
          (await workbench.texts({ selector: '.statusbar-item', text: 'Restricted Mode' })).length > 0,
        problems: (await workbench.texts(row)).join('\n'),
      };
    } finally {
      await close();
    }
  }

  it('is read and reported, and nothing runs', async () => {
    const { isRestricted, problems } = await check(true);
    assert.equal(isRestricted, true, 'the workspace is trusted, so this proves nothing');
    assert.match(problems, /prod-without-environment/);
    assert.equal(existsSync(gitCalls) ? readFileSync(gitCalls, 'utf8') : '', '', 'a process ran');
  });

  it('has the history too once it is trusted', async () => {
    const { isRestricted, problems } = await check(false);
    assert.equal(isRestricted, false);
    assert.match(problems, /prod-without-environment/);
    assert.ok(existsSync(gitCalls), 'git was not asked: the test above would not see a process that runs');
  });
});
