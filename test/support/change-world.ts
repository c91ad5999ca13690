import { createShellParser } from '../../src/adapters/shell-parser';
import type { ChangeRange } from '../../src/core/change/change';
import type { Detected, Detector, DetectorWorld } from '../../src/core/change/irreversible/detector';
import type { ChangedFile, ReadResult, ShellParser } from '../../src/core/ports';

const HEAD = 'a'.repeat(40);
const BASE = 'b'.repeat(40);

const range: ChangeRange = {
  commits: { base: BASE, head: HEAD },
  baseTag: 'v1.0.0',
  baseTaggedAt: null,
  baseName: 'v1.0.0',
  headName: 'main',
  previousVersion: '1.0.0',
  headTag: null,
  headVersion: null,
  notes: [],
};

/** Texts by path; a path that only one end has was added or deleted. */
export type Files = Readonly<Record<string, string>>;

let shell: Promise<ShellParser> | null = null;

/** A world in which the range turns the files of `base` into those of `head`; equal files do not change. */
export function changeWorld(
  base: Files,
  head: Files,
  changes: readonly Partial<ChangedFile>[] = [],
): DetectorWorld {
  const paths = [...new Set([...Object.keys(base), ...Object.keys(head)])].sort();
  const renamed = changes.flatMap((change) => [change.path, change.oldPath]);
  const files = [
    ...changes,
    ...paths
      .filter((path) => base[path] !== head[path] && !renamed.includes(path))
      .map((path) => ({
        path,
        status: !(path in base)
          ? ('added' as const)
          : path in head
            ? ('modified' as const)
            : ('deleted' as const),
      })),
  ].map((file): ChangedFile => ({
    status: 'modified',
    path: '',
    oldPath: null,
    added: 1,
    removed: 1,
    ...file,
  }));
  const fileAt = (commit: string, path: string): Promise<ReadResult> => {
    const text = (commit === HEAD ? head : base)[path];
    return Promise.resolve(
      text === undefined ? { ok: false, reason: 'missing', detail: 'does not exist' } : { ok: true, text },
    );
  };
  return {
    files,
    range,
    history: { fileAt },
    parsers: {
      sql: () => Promise.reject(new Error('not asked')),
      shell: () => (shell ??= createShellParser()),
    },
    repositoryPaths: new Set(Object.keys(head)),
    sql: { dialect: null, paths: [] },
    signal: undefined,
  };
}

/** Each finding in a line: `kind side path:line`, a risk as `risk path` with its line where it has one. */
export async function findings(detector: Detector, world: DetectorWorld): Promise<readonly string[]> {
  return linesOf(await detector.detect(world));
}

/** The same of what was detected. */
export function linesOf(detected: Detected): readonly string[] {
  const place = (found: {
    readonly path: string;
    readonly range: { readonly start: { readonly line: number } } | null;
  }): string => (found.range === null ? found.path : `${found.path}:${found.range.start.line}`);
  return [
    ...detected.irreversible.map((action) => `${action.kind} ${action.side} ${place(action)}`),
    ...detected.risks.map((risk) => `risk ${place(risk)}`),
  ];
}
