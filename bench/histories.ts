import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { seededRandom } from './workflows';

/** A made-up history of `commits` commits in a repository at `folder`, the same for the same numbers. */
export interface HistorySize {
  readonly commits: number;
  /** Files at the first commit, of 60 to 240 lines each. */
  readonly files: number;
}

const TYPES = ['feat', 'fix', 'refactor', 'docs', 'test', 'chore', 'feat(api)', 'fix(web)'];
const WORDS = ['order', 'price', 'cart', 'retry', 'cache', 'token', 'queue', 'report', 'invoice', 'basket'];
const EXTENSIONS = 'ts ts ts ts ts ts tsx py py go go css md md yml json'.split(' ');

/**
 * Writes the history with `git fast-import`, tagged `v1.0.0` at its first commit, and checks nothing out. Every commit
 * changes one to eight files; every fiftieth has a migration, every tenth a squashed body, every hundredth is undone by
 * the next one; lock file, manifest, workflow, environment example and values change now and then.
 */
export async function makeHistory(folder: string, size: HistorySize): Promise<void> {
  const made = spawnSync('git', ['init', '--quiet', '--initial-branch=main', folder]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  const child = spawn('git', ['-C', folder, 'fast-import', '--quiet'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const ended = once(child, 'close');
  for (const piece of streamOf(size)) {
    if (!child.stdin.write(piece)) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}

function* streamOf({ commits, files }: HistorySize): Generator<string> {
  const random = seededRandom(20_261_126);
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
  const pick = <T>(options: readonly T[]): T => options[between(0, options.length - 1)] as T;
  const lineOf = (): string =>
    `  const ${pick(WORDS)} = ${pick(WORDS)}(${between(0, 9999)}, '${pick(WORDS)}');\n`;
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const start = 1_700_000_000;

  const texts = Array.from({ length: files }, (_, index) => ({
    path: `packages/part-${index % 20}/src/${pick(WORDS)}/${pick(WORDS)}-${index}.${pick(EXTENSIONS)}`,
    lines: Array.from({ length: between(60, 240) }, lineOf),
  }));
  const packages = Array.from({ length: 400 }, (_, index) => ({
    name: `package-${index}`,
    major: 1,
    minor: 0,
  }));
  const lockFile = (): string =>
    `${JSON.stringify(
      {
        name: 'bench',
        lockfileVersion: 3,
        packages: Object.fromEntries(
          packages.map(({ name, major, minor }) => [
            `node_modules/${name}`,
            {
              version: `${major}.${minor}.0`,
              resolved: `https://registry.example/${name}`,
              integrity: 'sha512-x',
            },
          ]),
        ),
      },
      null,
      2,
    )}\n`;
  const header = (author: number, time: number, message: string): string =>
    `author Person ${author} <person-${author}@example.test> ${time} +0000\ncommitter Person ${author} <person-${author}@example.test> ${time} +0000\n${data(message)}`;
  const file = (path: string, text: string): string => `M 100644 inline ${path}\n${data(text)}`;

  yield `commit refs/heads/main\nmark :1\n${header(0, start, 'feat: begin')}`;
  for (const { path, lines } of texts) yield file(path, lines.join(''));
  yield file('package-lock.json', lockFile());
  yield file('.env.example', 'PORT=8080\nDATABASE_URL=\n');
  yield file('.github/CODEOWNERS', '* @example/all\n/packages/part-1/ @example/one\n');
  for (let index = 0; index < 20; index++) {
    yield file(`packages/part-${index}/package.json`, `{ "name": "part-${index}", "version": "1.0.0" }\n`);
  }
  yield '\nreset refs/tags/v1.0.0\nfrom :1\n\n';

  let undone: { readonly subject: string; readonly path: string; readonly lines: string[] } | null = null;
  for (let number = 2; number <= commits + 1; number++) {
    const chosen = Array.from({ length: between(1, 8) }, () => pick(texts));
    const subject: string =
      undone === null
        ? random() < 0.8
          ? `${pick(TYPES)}: ${pick(WORDS)} the ${pick(WORDS)} (#${number})`
          : `Make ${pick(WORDS)} of ${pick(WORDS)}`
        : `Revert "${undone.subject}"`;
    const squashed = number % 10 === 0 ? `\n\n* ${pick(TYPES)}: ${pick(WORDS)}\n* fix: ${pick(WORDS)}\n` : '';
    const body = `${subject}\n\nIt is for SHOP-${between(1, 9999)} and the ${pick(WORDS)} of it.${squashed}\nCo-authored-by: Person ${number % 30} <person-${number % 30}@example.test>\n`;
    yield `commit refs/heads/main\nmark :${number}\n${header(between(0, 40), start + number * 600, body)}from :${number - 1}\n`;
    if (undone !== null) {
      yield file(undone.path, undone.lines.join(''));
      undone = null;
    } else {
      const [first] = chosen;
      if (number % 100 === 0 && first) undone = { subject, path: first.path, lines: [...first.lines] };
      for (const text of new Set(chosen)) {
        for (let edit = between(1, 6); edit > 0; edit--) {
          text.lines.splice(
            between(0, text.lines.length - 1),
            between(0, 2),
            lineOf(),
            ...(random() < 0.3 ? [lineOf()] : []),
          );
        }
        yield file(text.path, text.lines.join(''));
      }
    }
    if (number % 50 === 0) {
      yield file(`db/migrations/${number}_more.sql`, `ALTER TABLE orders ADD COLUMN extra_${number} text;\n`);
    }
    if (number % 40 === 0) {
      const changed = pick(packages);
      if (random() < 0.3) changed.major++;
      else changed.minor++;
      yield file('package-lock.json', lockFile());
    }
    if (number % 90 === 0) yield file('.env.example', `PORT=8080\nDATABASE_URL=\nEXTRA_${number}=\n`);
    yield '\n';
  }
}
