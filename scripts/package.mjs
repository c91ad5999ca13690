// npm run package: builds what ships and makes release-gate-<version>.vsix; prints its files and size.
import { statSync } from 'node:fs';
import path from 'node:path';
import { buildExtension, listedName, packInto, packedFiles, project } from './lib/packed-extension.mjs';

try {
  await buildExtension();
  const [, name, version] = /\.(.+)@(.+)$/.exec(listedName());
  const file = path.join(project, `${name}-${version}.vsix`);
  await packInto(file);

  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1).padStart(8)} KB`;
  const files = await packedFiles();
  for (const each of files) console.log(`${kilobytes(statSync(path.join(project, each)).size)}  ${each}`);
  console.log(`${kilobytes(statSync(file).size)}  ${path.basename(file)}, ${files.length} files`);
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
