import path from 'node:path';
import { openBrowser } from './browser.mjs';
import { startCodeServer } from './code-server.mjs';
import { codeServerInBrowser } from './host-tests.mjs';
import { buildExtension, packInto, unpackedExtension } from './packed-extension.mjs';
import { temporaryFolder } from './processes.mjs';
import { workbenchPage } from './workbench-page.mjs';

/**
 * Opens a folder in a workbench that has the extension installed, as a person has it: no test driver, no extension
 * under development, and Workspace Trust switched on if told.
 *
 * @param {object} options
 * @param {string} options.workspace
 * @param {boolean} [options.isTrustAsked] opens the folder untrusted (Restricted Mode)
 * @param {boolean} [options.isPacked] makes the package and has code-server install it, where else the files of the
 *   package are laid where installed extensions stand
 * @param {readonly string[]} [options.extensions] not with `isPacked`: folders of other unpacked extensions
 * @param {Record<string, unknown>} [options.settings]
 * @param {Record<string, string>} [options.environment] for the extension host
 * @param {string} options.picturesFolder
 * @param {(line: string) => void} [options.say]
 * @returns {Promise<{ page: import('playwright-core').Page, workbench: ReturnType<typeof workbenchPage>, close: () => Promise<void> }>}
 *   rejects, saying why, where no code-server or browser is to be had
 */
export async function openInstalledWorkbench({
  workspace,
  isTrustAsked = false,
  isPacked = false,
  extensions = [],
  settings = {},
  environment = {},
  picturesFolder,
  say = () => undefined,
}) {
  const web = await codeServerInBrowser(say);
  if (!web.ok) throw new Error(web.reason);
  const server = await startCodeServer({
    installation: web.installation,
    ...(isPacked
      ? { packageFile: await packedExtension() }
      : { extensions: [await unpackedExtension(), ...extensions] }),
    settings,
    environment,
    isTrustAsked,
  });
  let browser;
  const close = async () => {
    await browser?.close();
    await server.stop();
  };
  try {
    browser = await openBrowser(web.browser);
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    const page = await context.newPage();
    await page.goto(server.address({ folder: workspace }), { timeout: 30_000 });
    const workbench = workbenchPage(page, { picturesFolder });
    await workbench.waitFor({ selector: '.explorer-folders-view .monaco-list-row' }, 30_000);
    return { page, workbench, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function packedExtension() {
  await buildExtension();
  const file = path.join(temporaryFolder('package'), 'extension.vsix');
  await packInto(file);
  return file;
}
