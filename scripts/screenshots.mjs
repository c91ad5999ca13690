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
  'git.blame.statusBarItem.enabled': false,
  'chat.viewSessions.enabled': false,
  // Participants answer in this mode; a new window would start in another.
  'chat.newSession.defaultMode': 'ask',
  // The model here has nothing to say, and the engine's answer is what the picture is of.
  'releaseGate.chat.improveProse': false,
};

const chatInput = { selector: '.interactive-session .interactive-input-editor .monaco-editor' };
const sideBarsShown = '.part.auxiliarybar, .part.sidebar';
const contentsLink = { selector: '#contents a', inWebview: true };

/** Each picture with what leads to it. */
const pictures = {
  'chat-plan': async ({ workbench, page }) => {
    await workbench.runCommand('View: Toggle Primary Side Bar Visibility');
    await workbench.click(chatInput);
    await workbench.type(
      '@release /release-plan-from-change risk_posture: one region at most ' +
        'schedule: Tuesday 10:00 UTC rollback_constraints: the migration cannot be undone',
    );
    await workbench.press('Enter');
    const button = { selector: '.interactive-response .monaco-button' };
    await workbench.waitFor({ ...button, text: 'Apply' }, 30_000);
    await drag(page, '.part.auxiliarybar', 920);
    // The plan beside the end of the answer, since the whole of it fits into no window: risk, what cannot be undone.
    await workbench.click({ ...button, text: 'Open Preview' });
    await workbench.waitFor({ ...contentsLink, text: 'Irreversible actions' }, 20_000);
    await page.mouse.move(1_150, 300);
    await page.mouse.wheel(0, 100_000);
  },
  'problems-counterexample': async ({ workbench, page }) => {
    await hideSideBars(workbench);
    await openFile(workbench, 'deploy.yml');
    await workbench.runCommand('Problems: Focus on Problems View');
    const row = { selector: '.markers-panel .monaco-list-row' };
    await workbench.waitFor(row, 20_000);
    // Filled and not typed: the list that is drawn anew under the keys can take some of them.
    await page.fill('.viewpane-filter input', 'prod-without-tests');
    await workbench.waitForNone({ ...row, text: 'prod-without-environment' });
    await workbench.waitFor({ ...row, text: 'Counterexample 3' });
    await workbench.click({ ...row, text: 'can reach production' });
    await workbench.waitFor({ selector: '.editor-group-container .view-line', text: 'always()' });
  },
  paths: async ({ workbench }) => {
    await hideSideBars(workbench);
    await openFile(workbench, 'deploy.yml');
    await workbench.waitFor({ selector: '.codelens-decoration', text: 'Paths to production' });
    await workbench.runCommand('Release Gate: Show Paths to Production');
    await workbench.waitFor({ selector: '#summary', text: 'open', inWebview: true }, 20_000);
    await workbench.runCommand('View: Two Rows Editor Layout');
    for (let step = 0; step < 4; step++) await workbench.click({ selector: '#next', inWebview: true });
    await workbench.waitFor({ selector: '#now', text: 'production: starts', inWebview: true });
    // The line of the last step beside it, in the editor above.
    await workbench.click({ selector: '#steps .line', inWebview: true, which: -1 });
    await workbench.waitFor({ selector: '.editor-group-container .view-line', text: 'always()' });
  },
  preview: async ({ workbench, page }) => {
    await hideSideBars(workbench);
    await openFile(workbench, 'RUNBOOK.md');
    await workbench.runCommand('Release Gate: Preview Runbook');
    await workbench.waitFor({ selector: 'h1', inWebview: true }, 20_000);
    await drag(page, '.editor-group-container:has(.tab[aria-label*="Preview"])', 330);
    const values = {
      ENV: 'staging',
      VERSION: '1.5.0',
      NAMESPACE: 'orders-staging',
      BASE_URL: 'https://staging.orders.example',
    };
    for (const [name, value] of Object.entries(values)) {
      await workbench.click({ selector: `#parameter-${name}`, inWebview: true });
      await workbench.type(value);
    }
    await workbench.waitFor({ selector: '#parameters-note', text: 'All filled', inWebview: true });
    await workbench.click({ selector: '#parameters summary', inWebview: true });
    for (const step of ['diagnosis-1', 'diagnosis-2']) {
      await workbench.click({ selector: `#tick-${step}`, inWebview: true });
      await workbench.waitFor({ selector: `#says-${step}`, text: 'Ticked', inWebview: true });
    }
    await workbench.click({ ...contentsLink, text: 'Diagnosis' });
  },
  readiness: async ({ workbench, page }) => {
    await hideSideBars(workbench);
    await workbench.runCommand('Release Gate: Is This Release Ready?');
    await workbench.waitFor({ selector: '.quick-input-widget', text: 'Which version is released?' }, 20_000);
    await workbench.press('Enter');
    await workbench.waitFor({ selector: '.quick-input-list .monaco-list-row', text: 'production' });
    await workbench.press('Enter');
    await workbench.waitFor({ selector: '#verdict', text: 'NO-GO', inWebview: true }, 30_000);
    await workbench.click({
      selector: '.condition button.link',
      text: 'migrations/0006_drop_customer_email.sql',
      inWebview: true,
    });
    await workbench.waitFor({ selector: '.editor-group-container .view-line', text: 'drop column' });
    await drag(page, '.editor-group-container:has(.tab[aria-label*=".sql"])', 900);
    await workbench.runCommand('Go to Next Problem');
  },
  release: async ({ workbench }) => {
    await hideSideBars(workbench);
    // The run is found where it stands, and asks at the top of the window; Enter only looks.
    await openFile(workbench, 'README.md');
    await workbench.waitFor({ selector: '.quick-input-title', text: 'A soft breach' }, 20_000);
    await workbench.press('Enter');
    await workbench.waitFor({ selector: '#watch h2', text: 'poll 34 of 60', inWebview: true }, 20_000);
    await workbench.waitFor({ selector: '#question h2', text: 'A soft breach', inWebview: true });
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
  const document = { preview: 'runbook', readiness: 'plan' }[name];
  if (document) {
    const written = await runToEnd(
      process.execPath,
      [path.join(project, 'dist', 'cli.js'), document, workspace, '--write'],
      { quiet: true, timeoutMs: 60_000 },
    );
    if (written.code !== 0) throw new Error(`The ${document} was not written:\n${written.output}`);
  }
  if (name === 'release') {
    const written = await runToEnd(
      process.execPath,
      [
        path.join(project, 'node_modules', 'tsx', 'dist', 'cli.mjs'),
        '--require',
        './test/setup.cjs',
        'scripts/lib/write-told-run.ts',
        workspace,
      ],
      { cwd: project, quiet: true, timeoutMs: 60_000 },
    );
    if (written.code !== 0) throw new Error(`The run was not written:\n${written.output}`);
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
    await opened.page.mouse.move(700, 886);
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

/** Drags the left edge of a part of the window to `x`. */
async function drag(page, selector, x) {
  const { x: left } = await page.locator(selector).boundingBox();
  const sashes = await page.locator('.monaco-sash.vertical').filter({ visible: true }).all();
  const boxes = await Promise.all(sashes.map((sash) => sash.boundingBox()));
  const middles = boxes.map((box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 3 }));
  const [{ x: from, y }] = middles.sort((one, other) => Math.abs(one.x - left) - Math.abs(other.x - left));
  await page.mouse.move(from, y);
  await page.mouse.down();
  await page.mouse.move(x, y, { steps: 10 });
  await page.mouse.up();
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
