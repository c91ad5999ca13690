// npm start: opens a real VS Code with the extension and the demonstration repository, or with the folder that is named.
//   npm start                    a desktop VS Code, or code-server at an address that is printed
//   npm start -- FOLDER          with a folder of one's own
//   npm start -- --code-server   code-server even where there is a desktop VS Code
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startCodeServer } from './lib/code-server.mjs';
import { makeDemoRepository } from './lib/demo-repository.mjs';
import { desktopCode, displayFor } from './lib/desktop-code.mjs';
import { buildExtension, project, unpackedExtension } from './lib/packed-extension.mjs';
import { launch, temporaryFolder } from './lib/processes.mjs';
import { codeServerInstallation } from './lib/test-cache.mjs';

const say = (line) => console.log(line);

try {
  await start();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function start() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'code-server': { type: 'boolean', default: false } },
  });
  const folder = await workspace(positionals[0]);
  await buildExtension();

  const { engines } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
  const desktop = values['code-server']
    ? { ok: false, reason: 'code-server was asked for' }
    : await desktopCode({ engine: engines.vscode, say });
  const display = displayFor();
  // A window on a virtual display is a window that nobody sees.
  if (desktop.ok && display.ok && display.prefix.length === 0) {
    say(`Opening ${folder} in ${desktop.file} (${desktop.reason}). This command ends with its window.`);
    await openDesktop(desktop.file, folder);
    return;
  }

  const installation = await codeServerInstallation(say);
  if (!installation.ok) {
    throw new Error(
      `No VS Code can be opened: ${desktop.ok ? 'there is no display' : desktop.reason}; ${installation.reason}.`,
    );
  }
  const server = await startCodeServer({
    installation,
    extensions: [await unpackedExtension()],
    isTrustAsked: false,
  });
  say(`VS Code with Release Gate is at ${server.address({ folder })}`);
  say(`(code-server: ${desktop.ok ? 'there is no display for a window' : desktop.reason}). Ctrl-C ends it.`);
  await server.ended;
  throw new Error(`code-server ended by itself:\n${server.log()}`);
}

async function workspace(named) {
  if (named !== undefined) {
    const folder = path.resolve(named);
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new Error(`${folder} is no folder.`);
    return folder;
  }
  const folder = path.join(temporaryFolder('start'), 'orders-api');
  await makeDemoRepository(folder);
  return folder;
}

async function openDesktop(executable, folder) {
  const profile = temporaryFolder('profile');
  const child = launch(
    executable,
    [
      folder,
      `--extensionDevelopmentPath=${project}`,
      `--user-data-dir=${path.join(profile, 'data')}`,
      `--extensions-dir=${path.join(profile, 'extensions')}`,
      '--skip-welcome',
      '--wait',
    ],
    { stdio: 'ignore' },
  );
  await new Promise((resolve, reject) => {
    child.once('exit', resolve);
    child.once('error', reject);
  });
}
