import type { Clock, History, Parsers, ReadResult, RepositoryFiles } from '../../src/core/ports';
import { defaultConfiguration, type Configuration } from '../../src/core/gate/configuration';
import type { TaskRun, World } from '../../src/core/tasks/task';

/** Files held in memory, for tests of the engine. */
export function memoryFiles(files: Readonly<Record<string, string>>, name = 'repository'): RepositoryFiles {
  return {
    name,
    list: () => Promise.resolve({ paths: Object.keys(files).sort(), isComplete: true }),
    read: (path): Promise<ReadResult> => {
      const text = files[path];
      return Promise.resolve(
        text === undefined ? { ok: false, reason: 'missing', detail: 'does not exist' } : { ok: true, text },
      );
    },
  };
}

/** A history that knows nothing. */
export const noHistory: History = {
  state: () => Promise.resolve({ kind: 'unavailable', detail: 'this is no git repository' }),
  resolve: () => Promise.resolve(null),
  mergeBase: () => Promise.resolve(null),
  tags: () => Promise.resolve([]),
  commits: () => Promise.resolve([]),
  changedFiles: () => Promise.resolve([]),
  changedPaths: () => Promise.resolve([]),
  commitPaths: () => Promise.resolve([]),
  fileAt: () => Promise.resolve({ ok: false, reason: 'missing', detail: 'is not known' }),
  lastCommitOf: () => Promise.resolve(null),
  remoteUrl: () => Promise.resolve(null),
  defaultBranch: () => Promise.resolve(null),
};

/** A clock that stands still. */
export function fixedClock(iso = '2026-11-21T10:00:00Z'): Clock {
  return { now: () => new Date(iso) };
}

/** A world in memory; `parsers` are the real ones where a test needs them. */
export function memoryWorld(
  files: Readonly<Record<string, string>>,
  parsers: Parsers,
  configuration: Partial<Configuration> = {},
): World {
  return {
    files: memoryFiles(files),
    history: noHistory,
    clock: fixedClock(),
    parsers,
    configuration: { ...defaultConfiguration, ...configuration },
  };
}

/** A run of a task that nobody watches. */
export function quietRun(inputs: Readonly<Record<string, string>> = {}): TaskRun {
  return { inputs, signal: new AbortController().signal, report: () => undefined };
}
