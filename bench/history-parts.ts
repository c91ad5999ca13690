import { createGitHistory } from '../src/adapters/git-history';
import { createNodeFiles } from '../src/adapters/node-files';
import { createParsers } from '../src/adapters/parsers';
import { readChange } from '../src/core/change/read-change';
import { defaultConfiguration } from '../src/core/gate/configuration';

/**
 * Reads the change of one history in a process of its own, from a bundle as the command line has one, and prints as JSON
 * how long that took without the start of Node (`milliseconds`), the most memory that the process ever held (`peak`, MiB),
 * and what was read.
 */
async function main(folder: string, head: string): Promise<void> {
  const loaded: string[] = [];
  const parsers = createParsers();
  const start = performance.now();
  const answer = await readChange(
    {
      files: createNodeFiles(folder),
      history: createGitHistory(folder, { isTrusted: true }),
      parsers: {
        shell: () => (loaded.push('shell'), parsers.shell()),
        sql: () => (loaded.push('sql'), parsers.sql()),
      },
      configuration: defaultConfiguration,
    },
    { base: null, head, tagPattern: null },
  );
  const milliseconds = performance.now() - start;
  if (!answer.ok) throw new Error(answer.reason);
  const { counts, files, irreversible } = answer.change;
  console.log(
    JSON.stringify({
      milliseconds,
      peak: process.resourceUsage().maxRSS / 1024,
      commits: counts.total,
      files: files.length,
      irreversible: irreversible.length,
      loaded: [...new Set(loaded)],
    }),
  );
}

void main(process.argv[2] ?? '.', process.argv[3] ?? 'HEAD');
