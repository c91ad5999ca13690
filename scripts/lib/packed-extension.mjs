import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PackageManager, listFiles } from '@vscode/vsce';
import { runToEnd, temporaryFolder } from './processes.mjs';

/** The project's folder. */
export const project = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

/** Builds the programs that ship; throws with the build's own words when that fails. */
export async function buildExtension() {
  const { code, output } = await runToEnd(process.execPath, ['esbuild.mjs'], {
    cwd: project,
    quiet: true,
    timeoutMs: 120_000,
  });
  if (code !== 0) throw new Error(`The build failed:\n${output.trim()}`);
}

/** The files that the package holds, by path from the project's folder. */
export async function packedFiles() {
  const files = await listFiles({ cwd: project, packageManager: PackageManager.None });
  return files.map((file) => file.replaceAll('\\', '/')).sort();
}

/** A temporary folder with just what the package holds: the extension as a person has it. */
export async function unpackedExtension() {
  if (!existsSync(path.join(project, 'dist', 'extension.js'))) await buildExtension();
  const folder = temporaryFolder('extension');
  for (const file of await packedFiles()) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    cpSync(path.join(project, file), target);
  }
  return folder;
}

/** Its name as VS Code lists it: `publisher.name@version`. */
export function listedName() {
  const { publisher, name, version } = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));
  return `${publisher}.${name}@${version}`;
}

/** Packs what is built into a `.vsix`. */
export async function packInto(file) {
  const program = path.join(project, 'node_modules', '@vscode', 'vsce', 'vsce');
  const { code, output } = await runToEnd(
    process.execPath,
    // The project has no public home yet, so relative links in its README stay relative.
    [
      program,
      'package',
      '--no-dependencies',
      '--allow-missing-repository',
      '--no-rewrite-relative-links',
      '--out',
      file,
    ],
    { cwd: project, quiet: true, timeoutMs: 120_000 },
  );
  if (code !== 0) throw new Error(`The package could not be made:\n${output.trim()}`);
}
