import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { makeDemoRepository } from '../../../scripts/lib/demo-repository.mjs';
import { openInstalledWorkbench } from '../../../scripts/lib/installed-workbench.mjs';
import type { Place, Workbench } from '../workbench';
import { leavingPicture, picturesFolder } from './watching';

const RUNBOOK = `---
kind: runbook
---

# Runbook: orders-api

## Parameters

| Name | Meaning | Example |
| --- | --- | --- |
| \`ENV\` | which environment | \`staging\` |
| \`API_TOKEN\` | of the deployment | UNKNOWN(who has it) |

## Rollback

1. **Roll back**

   \`\`\`sh
   printf '%s\\n' "\${ENV}" \\
     "\${API_TOKEN}" > ran.txt
   \`\`\`

2. **Look**

   \`\`\`sh
   touch looked.txt
   \`\`\`
`;

const inPage = (selector: string, text?: string): Place => ({
  selector,
  inWebview: true,
  ...(text === undefined ? {} : { text }),
});

async function eventually(isSo: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!isSo()) {
    assert.ok(Date.now() < end, 'it did not come about in 20 seconds');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The dialogs are real only in a workbench without VS Code's test driver, and so is Restricted Mode. */
describe('a command of a runbook', () => {
  let folder: string;
  let workspace: string;

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-gate-run-'));
    workspace = path.join(folder, 'orders-api');
    await makeDemoRepository(workspace);
    mkdirSync(path.join(workspace, 'docs', 'ops'), { recursive: true });
    writeFileSync(path.join(workspace, 'docs', 'ops', 'RUNBOOK.md'), RUNBOOK);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function watch(
    name: string,
    isTrustAsked: boolean,
    body: (workbench: Workbench, page: Page) => Promise<void>,
  ): Promise<void> {
    const { workbench, page, close } = await openInstalledWorkbench({
      workspace,
      isTrustAsked,
      picturesFolder,
    });
    try {
      await leavingPicture(workbench, name, async () => {
        await workbench.press('Control+P');
        await workbench.waitFor({ selector: '.quick-input-widget input' });
        await workbench.type('RUNBOOK.md');
        await workbench.waitFor({ selector: '.quick-input-list .monaco-list-row', text: 'RUNBOOK.md' });
        await workbench.press('Enter');
        await workbench.waitFor({ selector: '.tab.active', text: 'RUNBOOK.md' });
        await workbench.runCommand('Release Gate: Preview Runbook');
        await workbench.waitFor(inPage('#parameter-ENV'), 40_000);
        await workbench.click(inPage('#parameter-ENV'));
        await workbench.type('production');
        await workbench.press('Tab');
        await workbench.type('s3cret "word"');
        await workbench.waitFor(inPage('#parameters-note', 'All filled'));
        await body(workbench, page);
      });
    } finally {
      await close();
    }
  }

  const inWorkspace = (file: string): string => path.join(workspace, file);
  const journalText = (): string => {
    const journals = path.join(workspace, 'docs', 'ops', 'RUNBOOK.journal');
    return existsSync(journals)
      ? readdirSync(journals)
          .map((file) => readFileSync(path.join(journals, file), 'utf8'))
          .join('')
      : '';
  };

  it('is not run at all in an untrusted workspace: no button, and the request is refused', async () => {
    await watch('run-untrusted', true, async (workbench, page) => {
      await workbench.waitFor(inPage('#why-not', 'Restricted Mode'));
      assert.deepEqual(await workbench.texts(inPage('button.run')), []);
      // A page that asks all the same, as a hostile one would.
      for (const frame of page.frames()) {
        await frame
          .evaluate(
            `(() => {
              const button = document.createElement('button');
              button.className = 'run';
              button.dataset.command = 'command-1';
              document.querySelector('.command').append(button);
              button.click();
            })()`,
          )
          .catch(() => undefined);
      }
      await workbench.waitFor({
        selector: '.notification-list-item-message',
        text: 'Restricted Mode: no command is run',
      });
      assert.deepEqual(await workbench.texts({ selector: '.monaco-dialog-box' }), []);
      assert.equal(existsSync(inWorkspace('ran.txt')), false);
      assert.equal(journalText(), '');
    });
  });

  it('is run as it is shown, once, after a person confirmed it', async () => {
    await watch('run-trusted', false, async (workbench) => {
      const ran = inWorkspace('ran.txt');
      const looked = inWorkspace('looked.txt');
      const dialog: Place = { selector: '.monaco-dialog-box' };
      await workbench.click(inPage('button.run[aria-disabled="false"]'));
      const asked = await workbench.waitFor(dialog);
      const command = `printf '%s\\n' "production" \\\n  "\${API_TOKEN}" > ran.txt`;
      assert.ok(asked.includes(command), asked);
      assert.match(asked, /Environment: production \(PRODUCTION\)/);
      assert.match(asked, /Roll back/);
      assert.ok(!asked.includes('s3cret'));
      await workbench.press('Escape');
      await workbench.waitForNone(dialog);
      assert.equal(journalText(), '');

      await workbench.click(inPage('button.run[aria-disabled="false"]'));
      await workbench.waitFor(dialog);
      await workbench.click({ selector: '.monaco-dialog-box .monaco-button', text: 'Run in Terminal' });
      await workbench.waitFor(inPage('#says-rollback-1', 'Command run'), 40_000);
      await eventually(() => existsSync(ran) && readFileSync(ran, 'utf8') === 'production\ns3cret "word"\n');
      // Nothing follows by itself.
      assert.equal(existsSync(looked), false);

      await workbench.click({ ...inPage('button.run[aria-disabled="false"]'), which: 1 });
      await workbench.click({ selector: '.monaco-dialog-box .monaco-button', text: 'Run in Terminal' });
      await workbench.waitFor(inPage('#says-rollback-2', 'with 0'), 40_000);
      assert.equal(existsSync(looked), true);
      const journal = journalText();
      assert.deepEqual(
        journal
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { event: string }).event),
        ['started', 'ran', 'ran', 'ended'],
      );
      assert.ok(!journal.includes('s3cret') && journal.includes('API_TOKEN'));
    });
  });
});
