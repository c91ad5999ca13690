// Reads the profile of every package folder below a folder (default: node_modules), and tells what went wrong: an
// exception, a problem with a file that its own tools read, a fact without a source. Nothing is kept.
import { readdirSync, existsSync } from 'node:fs';
import path from 'node:path';
import { createNodeFiles } from '../src/adapters/node-files';
import { collectProfile } from '../src/core/evidence/collect-profile';
import { noHistory, quietRun } from '../test/support/world';

function packagesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap((entry) => {
      const inner = path.join(folder, entry.name);
      return entry.name.startsWith('@') ? packagesBelow(inner) : [inner];
    })
    .filter((each) => existsSync(path.join(each, 'package.json')));
}

async function main(folder: string): Promise<void> {
  const packages = packagesBelow(folder);
  const counts = new Map<string, number>();
  let wrong = 0;
  for (const each of packages) {
    try {
      const profile = await collectProfile({ files: createNodeFiles(each), history: noHistory }, quietRun());
      for (const { path: file, message } of profile.problems ?? []) {
        wrong++;
        console.log(`${each}: ${file} ${message}`);
      }
      for (const stack of profile.stacks) {
        const phases = Object.keys(stack.commands).join(' ') || 'no command';
        const key = `${stack.language} ${stack.packageManager.value}: ${phases}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      for (const target of profile.deployTargets) {
        // A package of a registry is deployed nowhere by itself: somebody reads each of these.
        console.log(`${each}: deployed by ${target.kind} (${target.path.value})`);
      }
    } catch (error) {
      wrong++;
      console.log(`${each}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  for (const [key, count] of [...counts].sort(([, a], [, b]) => b - a)) console.log(`${count} × ${key}`);
  console.log(`${packages.length} packages, ${wrong} problems`);
}

main(process.argv[2] ?? 'node_modules').catch((error: unknown) => {
  console.error(error);
  process.exitCode = 2;
});
