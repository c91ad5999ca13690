// Bundles the runner, the suites and the scripted model into dist-test/, for the extension host to load.
import { build } from 'esbuild';
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where the bundles are: the runner is `run-suites.js`, the extension `scripted-model/`. */
export const hostTestsFolder = fileURLToPath(new URL('../dist-test/', import.meta.url));

/** Suites on the demonstration repository, and those in the world of the releases: a window each. */
const SUITE_FOLDERS = ['suite', 'releases'];

const sources = fileURLToPath(new URL('../test/host/', import.meta.url));

/** Builds everything that a host run loads besides the extension itself. */
export async function buildHostTests() {
  const suites = SUITE_FOLDERS.flatMap((folder) =>
    readdirSync(path.join(sources, folder))
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => path.join(folder, file)),
  );
  await build({
    entryPoints: [
      path.join(sources, 'run-suites.ts'),
      path.join(sources, 'scripted-model', 'extension.ts'),
      ...suites.map((file) => path.join(sources, file)),
    ],
    outdir: hostTestsFolder,
    outbase: sources,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // Mocha finds its own files at run time, and is installed where the bundles are.
    external: ['vscode', 'mocha'],
    mainFields: ['main', 'module'],
    loader: { '.hbs': 'text', '.md': 'text' },
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  // Suites that are gone would still be run.
  for (const folder of SUITE_FOLDERS) {
    for (const file of readdirSync(path.join(hostTestsFolder, folder))) {
      const source = path.join(folder, file.replace(/\.js$/, '.ts'));
      if (!suites.includes(source)) rmSync(path.join(hostTestsFolder, folder, file));
    }
  }
  const model = path.join(hostTestsFolder, 'scripted-model');
  mkdirSync(model, { recursive: true });
  copyFileSync(path.join(sources, 'scripted-model', 'package.json'), path.join(model, 'package.json'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildHostTests();
