// npm run package: builds what ships and makes release-gate-<version>.vsix; prints its files and size.
//   --try   also installs it in code-server, in a profile of its own, and says what is installed
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import vsce from '@vscode/vsce';
import { serverEnvironment } from './lib/code-server.mjs';
import { buildExtension, packedFiles, project } from './lib/packed-extension.mjs';
import { runToEnd, temporaryFolder } from './lib/processes.mjs';
import { codeServerInstallation } from './lib/test-cache.mjs';

try {
  await makePackage(parseArgs({ options: { try: { type: 'boolean', default: false } } }).values);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

async function makePackage({ try: isTried }) {
  await buildExtension();
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
  const file = path.join(project, `${name}-${version}.vsix`);
  await vsce.createVSIX({
    cwd: project,
    packagePath: file,
    dependencies: false,
    // The project has no public home yet, so relative links in its README stay relative.
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });

  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1).padStart(8)} KB`;
  const files = await packedFiles();
  for (const each of files) console.log(`${kilobytes(statSync(path.join(project, each)).size)}  ${each}`);
  console.log(
    `${kilobytes(statSync(file).size)}  ${path.relative(process.cwd(), file)}, ${files.length} files`,
  );

  if (isTried) await tryToInstall(file, `${publisher}.${name}@${version}`);
}

async function tryToInstall(file, expected) {
  const installation = await codeServerInstallation(console.log);
  if (!installation.ok) throw new Error(installation.reason);
  const home = temporaryFolder('profile');
  const place = [
    installation.entry,
    ...['--user-data-dir', path.join(home, 'data')],
    ...['--extensions-dir', path.join(home, 'extensions')],
  ];
  const run = (...args) =>
    runToEnd(installation.node, [...place, ...args], {
      env: serverEnvironment(home),
      quiet: true,
      timeoutMs: 60_000,
    });
  const installed = await run('--install-extension', file);
  if (installed.code !== 0) throw new Error(`The package does not install:\n${installed.output}`);
  const listed = await run('--list-extensions', '--show-versions');
  if (!listed.output.split(/\s+/).includes(expected)) {
    throw new Error(`The package was installed, and ${expected} is not listed:\n${listed.output}`);
  }
  console.log(`It installs: ${expected}`);
}
