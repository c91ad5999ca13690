// Puts a release under way into a repository, for the picture of its panel: write-told-run.ts REPOSITORY
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { toldRun } from './told-run';

const [root] = process.argv.slice(2);
if (root === undefined) throw new Error('Usage: write-told-run.ts REPOSITORY');
const told = toldRun({ polls: 34, errors: (poll) => (poll > 26 ? 0.0155 : 0.009) });
const folder = path.join(root, 'docs/release/records', `${told.state().run?.id ?? ''}.journal`);
mkdirSync(path.join(folder, 'output'), { recursive: true });
writeFileSync(path.join(folder, 'journal.jsonl'), told.text());
writeFileSync(path.join(folder, 'answers.jsonl'), '');
writeFileSync(
  path.join(folder, 'output', 'deploy-0.log'),
  ['09:13:20 pulling ghcr.io/example/orders:2.4.0', '09:14:02 3 of 6 are up', '09:14:41 6 of 6 are up']
    .map((line) => `${line}\n`)
    .join(''),
);
