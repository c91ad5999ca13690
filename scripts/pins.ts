// Asks GitHub for the latest release of every action of the table and the commit of its tag, and writes the table anew.
// GITHUB_TOKEN or GH_TOKEN is sent where it is set: without one GitHub answers 60 questions an hour.
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { createGitHubCommits } from '../src/adapters/github-commits';
import { ACTION_PIN_ROWS } from '../src/core/evidence/action-pin-rows';
import { refreshedRows, renderRows } from './lib/pins';

const FILE = 'src/core/evidence/action-pin-rows.ts';

async function main(): Promise<number> {
  const token = process.env['GITHUB_TOKEN'] || process.env['GH_TOKEN'];
  const lookup = createGitHubCommits(token ? { token } : {});
  const today = new Date().toISOString().slice(0, 10);
  const { rows, added, moved, failed } = await refreshedRows(ACTION_PIN_ROWS, lookup, today);
  for (const line of added) console.log(`new: ${line}`);
  for (const line of failed) console.error(`left as it is: ${line}`);
  for (const line of moved) console.error(`moved, look at it: ${line}`);
  const options = await resolveConfig(FILE);
  writeFileSync(FILE, await format(renderRows(rows), { ...options, filepath: FILE }));
  return moved.length > 0 || failed.length > 0 ? 1 : 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
