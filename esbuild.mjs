// Bundles the two programs (the extension and the command line) and copies the WebAssembly that they load.
import { build, context } from 'esbuild';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(import.meta.url);
const isWatching = process.argv.includes('--watch');

/** WebAssembly files that run beside the bundle, by the package that brings them. */
const wasm = [
  ['web-tree-sitter/web-tree-sitter.wasm', 'web-tree-sitter.wasm'],
  ['tree-sitter-bash/tree-sitter-bash.wasm', 'tree-sitter-bash.wasm'],
  ['libpg-query/wasm/libpg-query.wasm', 'libpg-query.wasm'],
];

mkdirSync('dist', { recursive: true });
for (const [from, to] of wasm) {
  const [scope, ...rest] = from.split('/');
  const root = path.join(path.dirname(require.resolve('yaml/package.json')), '..', scope);
  copyFileSync(path.join(root, ...rest), path.join('dist', to));
}

/** @type {import('esbuild').BuildOptions} */
const common = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  sourcemap: isWatching,
  minify: !isWatching,
  keepNames: true,
  legalComments: 'none',
  loader: { '.hbs': 'text', '.md': 'text' },
  // The ESM output of some packages fails at run time when it is bundled as CommonJS.
  mainFields: ['main', 'module'],
  logLevel: 'warning',
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const entries = [
  { ...common, entryPoints: ['src/vscode/extension.ts'], outfile: 'dist/extension.js', external: ['vscode'] },
  {
    ...common,
    entryPoints: ['src/cli/main.ts'],
    outfile: 'dist/cli.js',
    banner: { js: `#!/usr/bin/env node\n${common.banner.js}` },
  },
];

for (const options of entries) {
  if (isWatching) {
    const watched = await context(options);
    await watched.watch();
  } else {
    await build(options);
  }
}
