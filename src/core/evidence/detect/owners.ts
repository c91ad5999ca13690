import { fact, fileSource, type Fact } from '../fact';
import type { Reading } from './reading';

/** Where GitHub looks for the file, first match first: docs.github.com, "About code owners". */
const PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** Users, teams and addresses of CODEOWNERS, those of the most general pattern first, each once. */
export async function readOwners(reading: Reading): Promise<readonly Fact<string>[]> {
  const path = PLACES.find((place) => reading.has(place));
  const text = path === undefined ? null : await reading.text(path);
  if (path === undefined || text === null) return [];
  const found: { owner: string; depth: number; fact: Fact<string> }[] = [];
  for (const [index, line] of text.split(/\r\n|\n/).entries()) {
    if (line.length > 2_000) continue;
    const [pattern, ...words] = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/);
    if (!pattern) continue;
    for (const owner of words) {
      if (!/^@[\w-]{1,100}(\/[\w.-]{1,100})?$|^[\w.+-]{1,100}@[\w-]{1,100}(\.[\w-]{1,100}){1,5}$/.test(owner))
        continue;
      const column = line.indexOf(owner) + 1;
      const range = {
        start: { line: index + 1, column },
        end: { line: index + 1, column: column + owner.length },
      };
      found.push({
        owner,
        depth: pattern === '*' ? 0 : pattern.split('/').filter((part) => part !== '').length,
        fact: fact(owner, fileSource(path, range)),
      });
    }
  }
  return found
    .sort((a, b) => a.depth - b.depth)
    .filter((entry, index, all) => all.findIndex((other) => other.owner === entry.owner) === index)
    .map((entry) => entry.fact);
}
