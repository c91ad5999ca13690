import { parse } from 'yaml';
import type { RepositoryFiles, ShellParser } from '../../ports';
import { foreignProgram } from './foreign';
import type { NamedRecipe, Program, ScriptFile } from './program';

/** So many scripts are followed from one entry; a deploy script that needs more is not understood. */
const MAX_SCRIPTS = 40;
const MAX_SCRIPT_CHARACTERS = 256 * 1024;
const MAX_RECIPES = 300;

/** A word that may be a script of the repository. */
const SCRIPT_WORD = /[\w@+-][\w./@+-]*/g;

/**
 * Reads the scripts that an entry comes through, by the names in their texts, and the recipes of the repository's
 * Makefile, package.json, justfile and Taskfile at its root.
 */
export async function openProgram(
  files: RepositoryFiles,
  paths: readonly string[],
  shell: ShellParser,
  entries: readonly string[],
): Promise<Program> {
  const scripts = new Map<string, ScriptFile>();
  const foreign = new Set<string>();
  const recipes = await readRecipes(files, new Set(paths));
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    if (!/\.(?:sh|bash|zsh|ksh|py|rb|pl|php|ps1|[cm]?[jt]s)$/.test(path) && /\.[A-Za-z0-9]+$/.test(path))
      continue;
    const name = path.slice(path.lastIndexOf('/') + 1);
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  const named = (text: string): readonly string[] =>
    [...text.matchAll(SCRIPT_WORD)].flatMap(([word]) => {
      const tail = word.replace(/^(?:\.{1,2}\/)+/, '');
      // A bare word without an ending is a program, unless it is called by a path.
      if (!word.includes('/') && !/\.\w+$/.test(word)) return [];
      // What stands before its name may be a variable: the run decides which of them is meant.
      return byName.get(tail.slice(tail.lastIndexOf('/') + 1)) ?? [];
    });
  const pending = [
    ...entries,
    ...recipes.filter(({ name }) => /roll[-_:]?back|deploy/i.test(name)).flatMap(({ text }) => named(text)),
  ];
  while (pending.length > 0 && scripts.size + foreign.size < MAX_SCRIPTS) {
    const path = pending.shift() ?? '';
    if (scripts.has(path) || foreign.has(path)) continue;
    const read = await files.read(path);
    if (!read.ok || read.text.length > MAX_SCRIPT_CHARACTERS || foreignProgram(read.text, path) !== null) {
      if (read.ok) foreign.add(path);
      continue;
    }
    scripts.set(path, { path, text: read.text, root: shell.parse(read.text) });
    pending.push(...named(read.text));
  }
  return { scripts, foreign, recipes, shell };
}

async function readRecipes(
  files: RepositoryFiles,
  paths: ReadonlySet<string>,
): Promise<readonly NamedRecipe[]> {
  const found: NamedRecipe[] = [];
  const first = async (names: readonly string[]): Promise<{ path: string; text: string } | null> => {
    for (const path of names) {
      if (!paths.has(path)) continue;
      const read = await files.read(path);
      if (read.ok) return { path, text: read.text };
    }
    return null;
  };
  const make = await first(['GNUmakefile', 'makefile', 'Makefile']);
  if (make) found.push(...linedRecipes('make', make.path, make.text));
  const just = await first(['justfile', 'Justfile', '.justfile']);
  if (just) found.push(...linedRecipes('just', just.path, just.text));
  const npm = await first(['package.json']);
  if (npm) found.push(...packageScripts(npm.path, npm.text));
  const task = await first(['Taskfile.yml', 'Taskfile.yaml', 'taskfile.yml']);
  if (task) found.push(...tasksOf(task.path, task.text));
  return found.slice(0, MAX_RECIPES);
}

/** Targets of make and recipes of just: a name at the beginning of a line, indented commands below it. */
function linedRecipes(tool: 'make' | 'just', path: string, text: string): readonly NamedRecipe[] {
  const lines = text.split(/\r\n|\n/);
  return lines.flatMap((line, index): NamedRecipe[] => {
    const head = /^@?([A-Za-z][\w.-]{0,60})((?:\s+[^:=]*)?)\s*::?(?!=)\s*(.*)$/.exec(line);
    if (head?.[1] === undefined || /^(?:if|else|endif|set|export|alias)\b/.test(line)) return [];
    const body: string[] = [];
    for (const each of lines.slice(index + 1)) {
      if (!/^[\t ]|^\s*$/.test(each)) break;
      body.push(each.trim());
    }
    return [
      {
        tool,
        name: head[1],
        path,
        line: index + 2,
        text: body.map((each) => recipeLine(tool, each)).join('\n'),
        needs: (head[3] ?? '').split(/\s+/).filter((word) => /^[A-Za-z][\w.-]*$/.test(word)),
      },
    ];
  });
}

/** `@cmd`, `-cmd`, `$(VAR)` and `$$x` of make, `{{var}}` of just, as a shell would have them. */
function recipeLine(tool: 'make' | 'just', line: string): string {
  const bare = line.replace(/^[@+-]+\s*/, '');
  if (tool === 'just') return bare.replace(/\{\{\s*(\w+)\s*\}\}/g, '${$1}');
  return bare
    .replace(/\$\(MAKE\)|\$\{MAKE\}/g, 'make')
    .replace(/\$\((\w+)\)/g, '${$1}')
    .replace(/\$\$/g, '$');
}

function packageScripts(path: string, text: string): readonly NamedRecipe[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return [];
  }
  const scripts = isRecord(data) && isRecord(data['scripts']) ? data['scripts'] : {};
  return Object.entries(scripts).flatMap(([name, script]): NamedRecipe[] => {
    if (typeof script !== 'string') return [];
    const at = text.indexOf(JSON.stringify(name));
    const line = at < 0 ? 1 : text.slice(0, at).split('\n').length;
    return [{ tool: 'npm', name, path, line, text: script, needs: [] }];
  });
}

function tasksOf(path: string, text: string): readonly NamedRecipe[] {
  let data: unknown;
  try {
    data = parse(text, { maxAliasCount: 50 });
  } catch {
    return [];
  }
  const tasks = isRecord(data) && isRecord(data['tasks']) ? data['tasks'] : {};
  return Object.entries(tasks).flatMap(([name, task]): NamedRecipe[] => {
    const commands =
      Array.isArray(task) || typeof task === 'string'
        ? task
        : isRecord(task)
          ? (task['cmds'] ?? task['cmd'])
          : null;
    const lines = (Array.isArray(commands) ? (commands as unknown[]) : [commands]).flatMap(
      (command): string[] => {
        if (typeof command === 'string') return [command];
        if (!isRecord(command)) return [];
        if (typeof command['cmd'] === 'string') return [command['cmd']];
        return typeof command['task'] === 'string' ? [`task ${command['task']}`] : [];
      },
    );
    const at = text.search(new RegExp(`^\\s+["']?${name.replace(/[^\w-]/g, '.')}["']?:`, 'm'));
    const line = at < 0 ? 1 : text.slice(0, at + 1).split('\n').length;
    return [
      {
        tool: 'task',
        name,
        path,
        line,
        text: lines.map((each) => each.replace(/\{\{\s*\.(\w+)\s*\}\}/g, '${$1}')).join('\n'),
        needs: [],
      },
    ];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
