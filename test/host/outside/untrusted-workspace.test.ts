import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeDemoRepository } from '../../../scripts/lib/demo-repository.mjs';
import { openInstalledWorkbench } from '../../../scripts/lib/installed-workbench.mjs';
import { judgeFromPalette, leavingPicture, picturesFolder, planFromPalette, problemsOf } from './watching';

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

  interface Seen {
    readonly isRestricted: boolean;
    readonly problems: string;
    readonly readiness: Awaited<ReturnType<typeof judgeFromPalette>>;
    /** One line for each time that git was started. */
    readonly gitCalls: string;
  }

  /** Opens the workspace, checks it, plans a release and asks whether it is ready, from the palette. */
  async function watch(isTrustAsked: boolean): Promise<Seen> {
    rmSync(gitCalls, { force: true });
    const { workbench, close } = await openInstalledWorkbench({
      workspace,
      isTrustAsked,
      environment,
      // Otherwise VS Code's own git would be noted in the trusted case, and prove nothing.
      settings: { 'git.enabled': false },
      picturesFolder,
    });
    try {
      return await leavingPicture(workbench, isTrustAsked ? 'untrusted' : 'trusted', async () => {
        const problems = await problemsOf('prod-without-environment', workbench);
        await planFromPalette(workbench);
        const readiness = await judgeFromPalette(workbench, '1.5.0');
        const restricted = await workbench.texts({ selector: '.statusbar-item', text: 'Restricted Mode' });
        return {
          isRestricted: restricted.length > 0,
          problems,
          readiness,
          gitCalls: existsSync(gitCalls) ? readFileSync(gitCalls, 'utf8') : '',
        };
      });
    } finally {
      await close();
    }
  }

  it('is read and reported, and nothing runs', async () => {
    const seen = await watch(true);
    assert.equal(seen.isRestricted, true, 'the workspace is trusted, so this proves nothing');
    assert.match(seen.problems, /deploy\.yml/);
    assert.equal(seen.gitCalls, '', 'git was started');
    assert.doesNotMatch(seen.readiness.verdict, /^GO/);
    assert.match(seen.readiness.status, /git was not run/);
    assert.match(seen.readiness.page, /What changes is not known/);
  });

  it('has its history read once it is trusted', async () => {
    const seen = await watch(false);
    assert.equal(seen.isRestricted, false);
    assert.match(seen.problems, /deploy\.yml/);
    assert.match(seen.readiness.page, /drops the column orders\.customer_email/);
    assert.doesNotMatch(seen.readiness.status, /git was not run/);
    assert.match(seen.gitCalls, /log/, 'git was not asked: the test above would not see a process that runs');
  });
});
