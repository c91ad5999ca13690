import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { validate } from '@actions/languageservice/validate';
import { TextDocument } from 'vscode-languageserver-textdocument';

/**
 * GitHub's own validation of every workflow of a folder, as one process: what `release-gate check` is held against. It
 * asks nothing of the network and prints how many findings it has, and how long it took without its start.
 */
async function main(folder: string): Promise<void> {
  const workflows = path.join(folder, '.github/workflows');
  const documents = readdirSync(workflows)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => {
      const file = path.join(workflows, name);
      return TextDocument.create(`file://${file}`, 'yaml', 1, readFileSync(file, 'utf8'));
    });
  let found = 0;
  const rounds: number[] = [];
  const count = Number(process.argv[3] ?? 1);
  for (let round = 0; round < count; round++) {
    const start = performance.now();
    for (const document of documents) found += (await validate(document)).length;
    rounds.push(performance.now() - start);
  }
  console.log(JSON.stringify({ found, rounds }));
}

void main(process.argv[2] ?? '.');
