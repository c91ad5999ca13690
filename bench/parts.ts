import path from 'node:path';
import { parseDocument } from 'yaml';
import { createNodeFiles } from '../src/adapters/node-files';
import { createParsers } from '../src/adapters/parsers';
import {
  checkRepository,
  createReadingCache,
  isWorkflowPath,
  type ReadingCache,
} from '../src/core/gate/check';
import { defaultConfiguration } from '../src/core/gate/configuration';
import { extractRepeatedJobs } from '../src/core/pipeline/extract/extract';
import type { RepositoryFiles } from '../src/core/ports';
import type { Workflow } from '../src/core/workflow/model';
import { readWorkflow } from '../src/core/workflow/read';

/**
 * What is measured inside a process of its own, from a bundle as the extension has one: `node parts.cjs PART FOLDER`
 * prints one figure, or several, as JSON. Milliseconds and MiB.
 */

type Files = Readonly<Record<string, string>>;

function inMemory(files: Files): RepositoryFiles {
  return {
    name: 'bench',
    list: () => Promise.resolve({ paths: Object.keys(files).sort(), isComplete: true }),
    read: (name) => {
      const text = files[name];
      return Promise.resolve(
        text === undefined ? { ok: false, reason: 'missing', detail: 'does not exist' } : { ok: true, text },
      );
    },
  };
}

async function workflowsOf(folder: string): Promise<Files> {
  const files = createNodeFiles(path.resolve(folder));
  const found: Record<string, string> = {};
  for (const each of (await files.list()).paths.filter(isWorkflowPath)) {
    const text = await files.read(each);
    if (text.ok) found[each] = text.text;
  }
  return found;
}

let parsers = createParsers();

function check(files: Files, cache?: ReadingCache): Promise<unknown> {
  return checkRepository({
    root: '.',
    files: inMemory(files),
    parsers,
    configuration: defaultConfiguration,
    today: '2026-11-21',
    ...(cache ? { cache } : {}),
  });
}

function parseAll(files: Files): void {
  for (const text of Object.values(files)) parseDocument(text);
}

async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function longest(files: Files): string {
  return Object.keys(files).reduce((a, b) => ((files[b]?.length ?? 0) > (files[a]?.length ?? 0) ? b : a));
}

/** What a person types, by turns: a comment at the end, and one more word of a command in the middle of the file. */
function typed(files: Files, file: string, index: number): Files {
  const text = files[file] ?? '';
  const command = /\n *- run: [^|>\n]*(?=\n)/g;
  command.lastIndex = text.length / 2;
  const found = index % 2 === 0 ? null : command.exec(text);
  const end = found ? found.index + found[0].length : text.length;
  const word = found ? ` word-${index}` : `# comment ${index}\n`;
  return { ...files, [file]: text.slice(0, end) + word + text.slice(end) };
}

async function keystrokes(files: Files, file: string): Promise<{ yaml: number[]; check: number[] }> {
  const cache = createReadingCache();
  const yaml: number[] = [];
  const whole: number[] = [];
  for (let index = 0; index < 240; index++) {
    const after = typed(files, file, index);
    const bare = await milliseconds(() => parseDocument(after[file] ?? ''));
    const taken = await milliseconds(() => check(after, cache));
    if (index < 40) continue;
    yaml.push(bare);
    whole.push(taken);
  }
  return { yaml, check: whole };
}

/** Workflows of services that share three pipelines of three jobs each. */
function pipelines(count: number): readonly Workflow[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = ['node', 'python', 'go'][index % 3] ?? '';
    const job = (id: string, needs: string): string => `  ${id}:
${needs}    runs-on: ubuntu-24.04
    timeout-minutes: ${10 + (index % 5)}
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-${kind}@v5
        with:
          cache-dependency-path: services/service-${index}/lock
      - run: ./ci/${id}.sh service-${index}
`;
    const text = `on: push\nenv:\n  SERVICE: service-${index}\njobs:\n${job('test', '')}${job('build', '    needs: test\n')}${job('deploy', '    needs: build\n')}`;
    return readWorkflow(`.github/workflows/service-${index}.yml`, text);
  });
}

const parts: Readonly<Record<string, (files: Files) => Promise<unknown>>> = {
  'cold-yaml': (files) => milliseconds(() => parseAll(files)),
  'cold-check': (files) => milliseconds(() => check(files)),
  warm: async (files) => {
    const yaml: number[] = [];
    const whole: number[] = [];
    const forgetful: number[] = [];
    for (let round = 0; round < 12; round++) {
      const bare = await milliseconds(() => parseAll(files));
      const taken = await milliseconds(() => check(files));
      // A parser of its own remembers no script.
      const before = parsers;
      parsers = createParsers();
      await parsers.shell();
      const again = await milliseconds(() => check(files));
      parsers = before;
      if (round < 4) continue;
      yaml.push(bare);
      whole.push(taken);
      forgetful.push(again);
    }
    return { yaml, check: whole, forgetful };
  },
  'keystrokes-alone': (files) => {
    const file = longest(files);
    return keystrokes({ [file]: files[file] ?? '' }, file);
  },
  'keystrokes-among': (files) => keystrokes(files, longest(files)),
  extraction: async () => {
    const shell = await parsers.shell();
    const taken: Record<string, number> = {};
    // The first round warms what the others run.
    for (const count of [50, 100, 400]) {
      const workflows = pipelines(count).map((workflow) => ({ repository: '', workflow }));
      const paths = new Map([['', new Set(workflows.map(({ workflow }) => workflow.path))]]);
      taken[count] = await milliseconds(() => {
        const { extractions } = extractRepeatedJobs({
          workflows,
          paths,
          shell,
          referTo: (_, each) => each,
          home: null,
        });
        if (extractions.length !== 3) throw new Error(`${extractions.length} extractions`);
      });
    }
    return taken;
  },
  heap: async (files) => {
    const few = Object.fromEntries(Object.entries(files).slice(0, 3));
    const file = Object.keys(few)[0] ?? '';
    const cache = createReadingCache();
    const held = (): { heap: number; resident: number } => {
      global.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      return { heap: heapUsed / 1024 / 1024, resident: rss / 1024 / 1024 };
    };
    const after: unknown[] = [];
    for (let index = 1; index <= 10_000; index++) {
      await check(typed(few, file, index), cache);
      if (index === 1_000 || index === 10_000) after.push(held());
    }
    return after;
  },
};

async function main([name = '', folder = '.']: readonly string[]): Promise<void> {
  const part = parts[name];
  if (!part) throw new Error(`there is no part "${name}"`);
  console.log(JSON.stringify(await part(await workflowsOf(folder))));
}

void main(process.argv.slice(2));
