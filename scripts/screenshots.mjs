// npm run screenshots: takes the pictures of docs/pictures from the real thing: code-server in Chromium, with the
// extension as it is packed and the demonstration repository. A model that changes nothing stands in for a person's own,
// since without any VS Code calls no chat participant.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { buildHostTests, hostTestsFolder } from './build-host-tests.mjs';
import { makeDemoRepository } from './lib/demo-repository.mjs';
import { openInstalledWorkbench } from './lib/installed-workbench.mjs';
import { buildExtension, project } from './lib/packed-extension.mjs';
import { runToEnd, temporaryFolder } from './lib/processes.mjs';

const picturesFolder = path.join(project, 'docs', 'pictures');

const settings = {
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.layoutControl.enabled': false,
  'window.commandCenter': false,
  'editor.fontSize': 13,
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'breadcrumbs.enabled': false,
  'chat.commandCenter.enabled': false,
  'problems.defaultViewMode': 'tree',
  'chat.viewSessions.enabled': false,
  // Participants answer in this mode; a new window would start in another.
  'chat.newSession.defaultMode': 'ask',
};

const chatInput = { selector: '.interactive-session .interactive-input-editor .monaco-editor' };
const sideBarsShown = '.part.auxiliarybar, .part.sidebar';

/** Each picture with what leads to it. */
const pictures = {
  'chat-plan': async ({ workbench, page }) => {
    await workbench.runCommand('View: Toggle Maximized Secondary Side Bar');
    await workbench.click(chatInput);
    await workbench.type('@release /release-plan-from-change ');
    await page.waitForTimeout(500);
    await workbench.press('Enter');
    const button = { selector: '.interactive-response .monaco-button', text: 'Apply' };
    await workbench.waitFor(button, 30_000);
    // The answer ends at its buttons; the picture begins at its first line.
    await page.mouse.move(700, 400);
    for (let turn = 0; turn < 80; turn++) {
      await page.mouse.wheel(0, -1_000);
      await page.waitForTimeout(20);
    }
  },
  'problems-counterexample': async ({ workbench, page }) => {
    await hideSideBars(workbench);
    await openFile(workbench, 'deploy.yml');
    await workbench.runCommand('Release Gate: Check Workspace');
    await workbench.runCommand('Problems: Focus on Problems View');
    const row = { selector: '.markers-panel .monaco-list-row' };
    await workbench.waitFor({ ...row, text: 'prod-without-tests' }, 20_000);
    await workbench.click({ ...row, text: 'prod-without-tests' });
    // Opens the finding's related places: the counterexample, step by step.
    await workbench.press('ArrowRight');
    await page.waitForTimeout(500);
  },
  preview: async ({ workbench }) => {
    await hideSideBars(workbench);
    await openFile(workbench, 'RUNBOOK.md');
    await workbench.runCommand('Release Gate: Preview Runbook');
    await workbench.waitFor({ selector: 'h1', inWebview: true }, 20_000);
  },
};

try {
  const named = process.argv.slice(2);
  const unknown = named.filter((name) => !(name in pictures));
  if (unknown.length > 0) {
    throw new Error(
      `No picture is called ${unknown.join(', ')}; there are ${Object.keys(pictures).join(', ')}`,
    );
  }
  await buildExtension();
  await buildHostTests();
  for (const name of named.length > 0 ? named : Object.keys(pictures)) await take(name);
  process.exit(0);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function take(name) {
  const workspace = path.join(temporaryFolder('screenshots'), 'orders-api');
  await makeDemoRepository(workspace);
  if (name === 'preview') {
    const written = await runToEnd(
      process.execPath,
      [path.join(project, 'dist', 'cli.js'), 'runbook', workspace, '--write'],
      { quiet: true, timeoutMs: 60_000 },
    );
    if (written.code !== 0) throw new Error(`The runbook was not written:\n${written.output}`);
  }
  const opened = await openInstalledWorkbench({
    workspace,
    extensions: [path.join(hostTestsFolder, 'scripted-model')],
    settings,
    environment: { RELEASE_GATE_SCRIPTED_ANSWER: '{}' },
    picturesFolder,
    say: console.log,
  });
  try {
    await pictures[name](opened);
    await opened.workbench.runCommand('Notifications: Clear All Notifications');
    await opened.page.mouse.move(700, 890);
    await opened.page.waitForTimeout(800);
    console.log(await opened.workbench.screenshot(name));
  } catch (error) {
    const failed = await opened.workbench.screenshot(`${name}-failed`);
    const kept = path.join(hostTestsFolder, 'pictures');
    mkdirSync(kept, { recursive: true });
    cpSync(failed, path.join(kept, path.basename(failed)));
    rmSync(failed);
    throw new Error(`${name}: ${error.message}\nThe window then: ${path.join(kept, path.basename(failed))}`, {
      cause: error,
    });
  } finally {
    await opened.close();
  }
}

async function hideSideBars(workbench) {
  await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
  await workbench.runCommand('View: Hide Secondary Side Bar');
  await workbench.waitForNone({ selector: sideBarsShown });
}

async function openFile(workbench, name) {
  await workbench.press('Control+P');
  await workbench.waitFor({ selector: '.quick-input-widget input' });
  await workbench.type(name);
  await workbench.waitFor({ selector: '.quick-input-list .monaco-list-row', text: name });
  await workbench.press('Enter');
  await workbench.waitFor({ selector: '.editor-group-container .tab.active', text: name });
}
