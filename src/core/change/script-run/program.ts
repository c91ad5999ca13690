import type { ShellNode, ShellParser } from '../../ports';

/** A script of the repository, parsed. */
export interface ScriptFile {
  readonly path: string;
  readonly text: string;
  readonly root: ShellNode;
}

/** What a command such as `make rollback` or `npm run rollback` runs: lines of shell, with the file that they stand in. */
export interface NamedRecipe {
  /** `make`, `npm`, `just`, `task`. */
  readonly tool: string;
  readonly name: string;
  readonly path: string;
  /** Where the recipe begins, from 1. */
  readonly line: number;
  readonly text: string;
  /** Recipes that run before it. */
  readonly needs: readonly string[];
}

/** The scripts and recipes of a repository that a run may come through; everything is read before. */
export interface Program {
  readonly scripts: ReadonlyMap<string, ScriptFile>;
  /** Scripts in another language than a shell's, by path. */
  readonly foreign: ReadonlySet<string>;
  readonly recipes: readonly NamedRecipe[];
  readonly shell: ShellParser;
}

/** The script that a path in a command means: its known end, from the folder of the script that names it or from the root. */
export function resolveScript(program: Program, end: string, from: string): string | null {
  const known = (path: string): boolean => program.scripts.has(path) || program.foreign.has(path);
  const tail = end.replace(/^(?:\.?\/)+/, '');
  if (tail === '' || !/[\w-]/.test(tail)) return null;
  const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/')) : '';
  for (const base of [folder, '', 'scripts', 'bin', 'deploy']) {
    const path = normalised(base === '' ? tail : `${base}/${tail}`);
    if (path !== null && known(path)) return path;
  }
  const up = normalised(`${folder}/../${tail}`);
  if (up !== null && known(up)) return up;
  // `$ROOT/deploy/lib.sh` with a root that is not known: the only file that ends so.
  const ending = [...program.scripts.keys(), ...program.foreign].filter((path) => path.endsWith(`/${tail}`));
  return tail.includes('/') && ending.length === 1 ? (ending[0] ?? null) : null;
}

function normalised(path: string): string | null {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else parts.push(part);
  }
  return parts.join('/');
}
