import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { createParsers } from '../src/adapters/parsers';
import { documentKinds } from '../src/core/documents/index';
import { checkRepository, createReadingCache, type ReadingCache } from '../src/core/gate/check';
import { defaultConfiguration } from '../src/core/gate/configuration';
import { readFrontMatter } from '../src/core/text/front-matter';
import { generatedDocuments, generatedRunbook } from './documents';

/**
 * What reading and judging documents takes, in a process of its own, beside mdast alone on the same texts: `node
 * document-parts.cjs PART` prints the figures as JSON, in milliseconds.
 */

type Files = Readonly<Record<string, string>>;

const RUNBOOK = 'docs/ops/RUNBOOK.md';

const options = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

function mdast(text: string): unknown {
  return fromMarkdown(text, options);
}

function read(path: string, text: string): unknown {
  const frontMatter = readFrontMatter(text);
  const data = frontMatter.ok ? frontMatter.data : {};
  return documentKinds.find((kind) => kind.recognises(path, data))?.read(path, text);
}

const parsers = createParsers();

function check(files: Files, cache: ReadingCache): Promise<unknown> {
  return checkRepository({
    root: '.',
    files: {
      name: 'bench',
      list: () => Promise.resolve({ paths: Object.keys(files).sort(), isComplete: true }),
      read: (name) => {
        const text = files[name];
        return Promise.resolve(
          text === undefined
            ? { ok: false, reason: 'missing', detail: 'does not exist' }
            : { ok: true, text },
        );
      },
    },
    parsers,
    configuration: defaultConfiguration,
    today: '2026-11-21',
    cache,
  });
}

async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** A word more, by turns near the top, in the middle and at the end of the text. */
function typed(text: string, index: number): string {
  const at = Math.floor((text.length * ((index * 37) % 100)) / 100);
  const word = / (?=[a-z])/g;
  word.lastIndex = at;
  const found = word.exec(text);
  const end = found ? found.index : text.length;
  return `${text.slice(0, end)} w${index}${text.slice(end)}`;
}

async function keystrokes(
  others: Files,
  act: (files: Files, text: string) => unknown,
): Promise<{ mdast: number[]; ours: number[] }> {
  let text = generatedRunbook('orders', 2_000);
  for (let round = 0; round < 4; round++) {
    mdast(generatedRunbook('orders', 2_000, round));
    await act({ ...others, [RUNBOOK]: text }, text);
  }
  const alone: number[] = [];
  const ours: number[] = [];
  for (let index = 0; index < 120; index++) {
    text = typed(text, index);
    const now = text;
    const files = { ...others, [RUNBOOK]: now };
    if (index % 6 === 0) alone.push(await milliseconds(() => mdast(now)));
    const taken = await milliseconds(() => act(files, now));
    if (index >= 20) ours.push(taken);
  }
  return { mdast: alone, ours };
}

/** Reading all of `texts` once, by turns so that both meet the same machine; none of them was read before. */
async function firstReadings(texts: readonly Files[]): Promise<{ mdast: number[]; ours: number[] }> {
  const alone: number[] = [];
  const ours: number[] = [];
  for (const [index, files] of texts.entries()) {
    const bare = (): Promise<number> => milliseconds(() => Object.values(files).forEach(mdast));
    const whole = (): Promise<number> =>
      milliseconds(() => Object.entries(files).forEach(([path, text]) => read(path, text)));
    // Whoever comes second finds the machine warmer.
    const [first, second] = index % 2 === 0 ? [await bare(), await whole()] : [await whole(), await bare()];
    alone.push(index % 2 === 0 ? first : second);
    ours.push(index % 2 === 0 ? second : first);
  }
  return { mdast: alone, ours };
}

const parts: Readonly<Record<string, () => Promise<unknown>>> = {
  'first-cold': () => firstReadings([{ [RUNBOOK]: generatedRunbook('orders', 2_000) }]),
  'first-warm': async () => {
    const texts = Array.from({ length: 12 }, (_, seed) => ({
      [RUNBOOK]: generatedRunbook(`orders-${seed}`, 2_000, seed * 100),
    }));
    const { mdast: alone, ours } = await firstReadings(texts);
    return { mdast: alone.slice(4), ours: ours.slice(4) };
  },
  folder: async () => {
    const { mdast: alone, ours } = await firstReadings(
      Array.from({ length: 3 }, (_, round) =>
        Object.fromEntries(
          Object.entries(generatedDocuments(400)).map(([path, text]) => [
            path,
            text.replace(/orders|mail/g, `x${round}`),
          ]),
        ),
      ),
    );
    return { mdast: alone, ours };
  },
  'keystrokes-read': () => keystrokes({}, (_, text) => read(RUNBOOK, text)),
  'keystrokes-check': () => {
    const cache = createReadingCache();
    return keystrokes({}, (files) => check(files, cache));
  },
  'keystrokes-check-among': () => {
    const cache = createReadingCache();
    return keystrokes(generatedDocuments(400), (files) => check(files, cache));
  },
};

async function main([name = '']: readonly string[]): Promise<void> {
  const part = parts[name];
  if (!part) throw new Error(`there is no part "${name}"`);
  console.log(JSON.stringify(await part()));
}

void main(process.argv.slice(2));
