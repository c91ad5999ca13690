// npm run package: builds what ships and makes release-gate-<version>.vsix; prints its files and sizes.
import { statSync } from 'node:fs';
import path from 'node:path';
import { buildExtension, listedName, packInto, packedFiles, project } from './lib/packed-extension.mjs';

try {
  await buildExtension();
  const [, name, version] = /\.(.+)@(.+)$/.exec(listedName());
  const file = path.join(project, `${name}-${version}.vsix`);
  await packInto(file);

  const sizeOf = (each) => statSync(path.join(project, each)).size;
  const files = await packedFiles();
  for (const each of files) console.log(`${kilobytes(sizeOf(each)).padStart(10)}  ${each}`);

  const folders = new Map();
  for (const each of files) {
    const folder = each.includes('/') ? `${each.slice(0, each.indexOf('/'))}/` : 'its root';
    folders.set(folder, [...(folders.get(folder) ?? []), each]);
  }
  // The table of the README's development part.
  const total = (each) => each.reduce((sum, one) => sum + sizeOf(one), 0);
  console.log('\n| in the `.vsix` | files | size |\n|---|---|---|');
  for (const [folder, inside] of folders)
    row(folder === 'its root' ? folder : `\`${folder}\``, inside.length, total(inside));
  row('all', files.length, total(files));
  row(`\`${path.basename(file)}\`, packed`, 1, statSync(file).size);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

function row(what, count, bytes) {
  console.log(`| ${what} | ${count} | ${kilobytes(bytes)} |`);
}

function kilobytes(bytes) {
  return `${Math.round(bytes / 102.4) / 10} KB`;
}
