import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { browserInstallation, openBrowser } from './browser.mjs';
import { startCodeServer } from './code-server.mjs';
import { makeDemoRepository } from './demo-repository.mjs';
import { desktopCode, displayFor } from './desktop-code.mjs';
import { project } from './packed-extension.mjs';
import { openPageChannel } from './page-channel.mjs';
import { runToEnd, temporaryFolder, within } from './processes.mjs';
import { codeServerInstallation } from './test-cache.mjs';
import { followResults } from './test-results.mjs';
import { holdReleaseWorld } from './release-world.mjs';
import { workbenchPage } from './workbench-page.mjs';

const built = path.join(project, 'dist-test');
const hostLimitMs = 480_000;

/**
 * The browser and the code-server of the machine, fetched if need be.
 * @returns {Promise<{ ok: true, installation: { entry: string, node: string }, browser: string } | { ok: false, reason: string }>}
 */
export async function codeServerInBrowser(say) {
  const installation = await codeServerInstallation(say);
  if (!installation.ok) return installation;
  const browser = await browserInstallation(say);
  if (!browser.ok) return browser;
  return { ok: true, installation, browser: browser.file };
}

/**
 * Runs the suites in a real VS Code, those of test/host/suite on the demonstration repository and those of
 * test/host/releases on that of a service that is released: in a desktop VS Code where there is one, else on code-server
 * in a browser. The extension and the suites must be built.
 *
 * @param {{ say: (line: string) => void, grep?: string }} options
 * @returns {Promise<{ passed: number, failed: number, pending: number }>} a host that cannot start or dies counts
 *   as one more failure
 */
export async function runHostTests({ say, grep }) {
  const { engines } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
  const desktop = await desktopCode({ engine: engines.vscode, say });
  let run;
  if (desktop.ok) {
    say(`Host tests run in the desktop VS Code ${desktop.file}: ${desktop.reason}.`);
    run = (environment) => runInDesktop(desktop.file, environment);
  } else {
    const web = await codeServerInBrowser(say);
    if (!web.ok) {
      say(
        `Host tests cannot run. No desktop VS Code: ${desktop.reason}. No code-server: ${web.reason}. ` +
          'Without them: npm test -- --unit-only.',
      );
      return { passed: 0, failed: 1, pending: 0 };
    }
    say(`Host tests run on code-server in ${web.browser}: ${desktop.reason}.`);
    run = (environment, workspace) => runOnCodeServer(web, environment, workspace, say);
  }

  const folder = temporaryFolder('host-tests');
  const workspace = path.join(folder, 'orders-api');
  await makeDemoRepository(workspace);
  const counts = await runWindow({ run, workspace, suites: 'suite', environment: {}, grep, say });
  return added(counts, await runReleases({ run, grep, say }));
}

/** The suites that run releases, in a window on the repository of the world in which they are run. */
async function runReleases({ run, grep, say }) {
  let world;
  try {
    world = await holdReleaseWorld();
  } catch (error) {
    say(`The releases cannot be run: ${error.message}.`);
    return { passed: 0, failed: 1, pending: 0 };
  }
  try {
    const { held } = world;
    return await runWindow({
      run,
      workspace: held.root,
      suites: 'releases',
      environment: { ...held.environment, RELEASE_GATE_TEST_WORLD: JSON.stringify(held) },
      grep,
      say,
    });
  } finally {
    await world.close();
  }
}

const added = (one, other) => ({
  passed: one.passed + other.passed,
  failed: one.failed + other.failed,
  pending: one.pending + other.pending,
});

/** The suites of a folder, in a window of their own. */
async function runWindow({ run, workspace, suites, environment, grep, say }) {
  const folder = temporaryFolder('host-results');
  const resultsFile = path.join(folder, 'results.jsonl');
  const results = followResults(resultsFile, say);
  let problem = null;
  try {
    const code = await run(
      {
        ...environment,
        RELEASE_GATE_TEST_SUITES: suites,
        RELEASE_GATE_TEST_RESULTS: resultsFile,
        ...(grep ? { RELEASE_GATE_TEST_GREP: grep } : {}),
        RELEASE_GATE_TEST_WORKSPACE: workspace,
      },
      workspace,
    );
    if (!results.hasEnded()) problem = 'VS Code ended before the tests did';
    else if (code !== 0) problem = `VS Code ended with ${code}`;
  } catch (error) {
    problem = error.message;
  }
  const counts = results.finish();
  if (problem !== null && counts.failed === 0) {
    say(`The host tests failed: ${problem}.`);
    return { ...counts, failed: 1 };
  }
  return counts;
}

async function runInDesktop(executable, environment) {
  const display = displayFor();
  if (!display.ok) throw new Error(display.reason);
  const profile = temporaryFolder('profile');
  const order = JSON.stringify({
    executable,
    extensions: [project, path.join(built, 'scripted-model')],
    tests: path.join(built, 'run-suites.js'),
    workspace: environment.RELEASE_GATE_TEST_WORKSPACE,
    profile,
  });
  const program = fileURLToPath(new URL('run-in-desktop.mjs', import.meta.url));
  const [command, ...args] = [...display.prefix, process.execPath, program, order];
  const { code, output } = await runToEnd(command, args, {
    env: { ...process.env, ...environment, ELECTRON_RUN_AS_NODE: undefined },
    quiet: true,
    timeoutMs: hostLimitMs,
  });
  if (code === null) throw new Error(output.trim().split('\n').at(-1));
  if (code !== 0) process.stderr.write(`${output.split('\n').slice(-20).join('\n')}\n`);
  return code;
}

async function runOnCodeServer(web, environment, workspace, say) {
  const browser = await openBrowser(web.browser);
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  const pictures = path.join(built, 'pictures');
  const workbench = workbenchPage(page, { picturesFolder: pictures });
  const channel = await openPageChannel(workbench);
  const server = await startCodeServer({
    installation: web.installation,
    extensions: [path.join(built, 'scripted-model')],
    isDriven: true,
    environment: { ...environment, RELEASE_GATE_PAGE: channel.address },
  });
  try {
    const hostErrors = [];
    let tellExit;
    const exit = new Promise((resolve) => {
      tellExit = resolve;
    });
    // The two functions by which the workbench tells its driver what an Electron window would tell the terminal.
    await page.exposeFunction('codeAutomationLog', (type, args) => {
      const [firstLine] = String(args[0]).split('\n');
      // code-server is installed without the native logger, and says so often.
      if (type === 'error' && !firstLine.includes('bindings file')) hostErrors.push(firstLine);
    });
    await page.exposeFunction('codeAutomationExit', (code) => tellExit(code));
    await page.goto(
      server.address({ folder: workspace, underTest: project, tests: path.join(built, 'run-suites.js') }),
      { timeout: 30_000 },
    );
    const code = await within(hostLimitMs, 'the host run', exit);
    if (code !== 0) {
      say(`The window at the end: ${pathToFileURL(await workbench.screenshot('at-the-end'))}`);
      for (const line of new Set(hostErrors.slice(-10))) say(`From the window: ${line}`);
    }
    return code;
  } finally {
    channel.close();
    await browser.close();
    await server.stop();
  }
}
