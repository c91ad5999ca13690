import type { ReadDocument } from '../../documents/document';
import type { Span } from '../../text/position';
import { nearMiss } from '../near-miss';
import type { DocumentRule, Fix, GateFacts, RuleFinding, Severity } from '../rule';
import { callsOf, documentCommands, type Call, type DocumentCommand } from './commands/called-files';
import { quoted, severityIn } from './document-severity';
import { nearPath } from './near-path';

/** A command calls a script, a target of make or a script of a package that the repository does not have. */
export const rule: DocumentRule = {
  id: 'script-not-found',
  title: 'A command calls a script that the repository does not have',
  severity: 'block',
  why: 'The step ends with "No such file", at the time when it was needed; what it did before it was renamed has to be found out.',
  subject: 'document',
  kinds: 'every',
  check: (document, facts): readonly RuleFinding[] => {
    const { shell, isEveryPathListed } = facts;
    if (!shell || isEveryPathListed !== true) return [];
    const found = new Map<string, Found>();
    // Where the person stands who follows the document; null: no longer known.
    let folders: readonly string[] | null = [''];
    let told = '';
    for (const each of documentCommands(document, shell)) {
      if (folders === null) break;
      const text = each.input.text.slice(each.command.span.start, each.command.span.end);
      for (const call of callsOf(each)) {
        const lack = lackOf(call, folders, facts);
        if (!lack) continue;
        const name = call.name.slice(call.name.lastIndexOf('/') + 1);
        const key = `${call.kind} ${lack.isOfAll ? '' : call.name}`;
        // What an earlier command writes or fetches is there, though no file of the repository is.
        if (call.kind === 'file' && !found.has(key) && isNamedIn(told, name)) continue;
        const known = found.get(key) ?? { lack, places: [], isDeclared: false };
        known.places.push(placeOf(each, call.name));
        known.isDeclared ||= each.block.isDeclared;
        found.set(key, known);
      }
      told += `\n${text}`;
      folders = folderAfter(each, folders, facts.paths);
    }
    return [...found.values()].map((each) => findingOf(document, each));
  },
};

function isNamedIn(text: string, name: string): boolean {
  return text.split(/[^\w.-]+/).includes(name);
}

/** A folder that is not in the repository, a copy of another one, another machine: from there on files are not known. */
function folderAfter(
  { words, command }: DocumentCommand,
  folders: readonly string[],
  paths: ReadonlySet<string>,
): readonly string[] | null {
  const [program = '', argument = ''] = words;
  if (program === 'ssh' || program === 'chroot') return command.words.length <= 4 ? null : folders;
  if (program === 'git' && argument === 'clone') return null;
  if (
    /^(?:docker|podman|kubectl|oc)$/.test(program) &&
    /\s-(?:it|ti|i|t)\s/.test(` ${words.join(' ')} `) &&
    words.some((word) => /^(?:exec|run)$/.test(word)) &&
    /^(?:\/bin\/)?(?:ba|z)?sh$/.test(words.at(-1) ?? '')
  ) {
    return null;
  }
  if (program !== 'cd' && program !== 'pushd') return folders;
  if (!/^[\w./-]+$/.test(argument) || argument.startsWith('/')) return null;
  const moved = folders.flatMap((folder) => {
    const path = joined(folder, argument);
    return path !== null && (path === '' || [...paths].some((each) => each.startsWith(`${path}/`)))
      ? [path]
      : [];
  });
  // A subshell or a later step may stand at the root again.
  return moved.length === 0 ? null : [...new Set([...folders, ...moved])];
}

/** Null where it leads out of the repository. */
function joined(folder: string, path: string): string | null {
  const parts = folder.split('/').filter((part) => part !== '');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

/** Something that is missing, with every place that calls it. */
interface Found {
  readonly lack: Missing;
  readonly places: Span[];
  isDeclared: boolean;
}

interface Missing {
  readonly message: string;
  /** Everything of its kind is missing: there is no Makefile, no package. */
  readonly isOfAll?: true;
  readonly near: string | null;
  readonly severity: Severity;
}

function lackOf(call: Call, folders: readonly string[], facts: GateFacts): Missing | null {
  switch (call.kind) {
    case 'file':
      return missingFile(call.name, folders, facts.paths);
    case 'make':
      return missingTarget(call, folders, facts);
    case 'package-script':
      return missingScript(call.name, folders, facts);
    default:
      return call satisfies never;
  }
}

function missingFile(name: string, folders: readonly string[], paths: ReadonlySet<string>): Missing | null {
  const candidates = folders.flatMap((folder) => joined(folder, name) ?? []);
  const path = candidates[0];
  if (path === undefined || candidates.some((each) => paths.has(each))) return null;
  // Beside the file of another folder it may be meant from there: `./migrate.sh` of `services/orders`.
  if ([...paths].some((each) => each.endsWith(`/${path}`))) return null;
  const near = nearPath(path, paths);
  const isScript = /\.(?:sh|bash|py|rb|pl|js|mjs|ts)$/.test(name);
  const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : null;
  const isOfThisRepository = folder !== null && [...paths].some((each) => each.startsWith(`${folder}/`));
  return {
    message: `There is no ${quoted(name)} in the repository`,
    near: near === null ? null : name.startsWith('./') ? `./${near}` : near,
    severity: isScript && (near !== null || isOfThisRepository) ? 'block' : 'warn',
  };
}

const MAKEFILES = ['Makefile', 'makefile', 'GNUmakefile'];

function missingTarget(
  call: Extract<Call, { kind: 'make' }>,
  folders: readonly string[],
  { paths, runnable }: GateFacts,
): Missing | null {
  const places = folders.flatMap((folder) => joined(folder, call.folder) ?? []);
  const candidates = places.flatMap((folder) =>
    (call.file === null ? MAKEFILES : [call.file]).flatMap((name) => joined(folder, name) ?? []),
  );
  const files = candidates.filter((path) => paths.has(path));
  if (files.length === 0) {
    // Made by a build system (`cmake`, `./configure`), or one of another folder.
    if (
      [...paths].some((path) =>
        /(?:^|\/)(?:GNUm|m|M)akefile(?:\.\w+)?$|(?:^|\/)(?:CMakeLists\.txt|configure(?:\.ac)?)$/.test(path),
      )
    )
      return null;
    return {
      message: `"make ${call.name}" finds no Makefile in the repository`,
      isOfAll: true,
      near: null,
      severity: 'warn',
    };
  }
  const targets = files.map((file) => runnable?.get(file));
  if (targets.some((each) => each === undefined || each.has(call.name))) return null;
  const near = nearMiss(
    call.name,
    targets.flatMap((each) => [...(each ?? [])]),
  );
  return {
    message: `${quoted(files[0] ?? 'Makefile')} has no target ${quoted(call.name)}`,
    near,
    severity: 'block',
  };
}

function missingScript(
  name: string,
  folders: readonly string[],
  { paths, runnable }: GateFacts,
): Missing | null {
  const files = folders
    .flatMap((folder) => joined(folder, 'package.json') ?? [])
    .filter((path) => paths.has(path));
  if (files.length === 0) {
    if ([...paths].some((path) => path.endsWith('/package.json'))) return null;
    return {
      message: `"${name}" is run as a script of a package, and the repository has no package.json`,
      isOfAll: true,
      near: null,
      severity: 'warn',
    };
  }
  const scripts = files.map((file) => runnable?.get(file));
  if (scripts.some((each) => each === undefined || each.has(name))) return null;
  const near = nearMiss(
    name,
    scripts.flatMap((each) => [...(each ?? [])]),
  );
  return {
    message: `${quoted(files[0] ?? 'package.json')} has no script ${quoted(name)}`,
    near,
    severity: 'block',
  };
}

function findingOf(document: ReadDocument, { lack, places, isDeclared }: Found): RuleFinding {
  const [first, ...others] = places;
  const { near } = lack;
  const fix: Fix | null =
    near === null
      ? null
      : {
          kind: 'proposed',
          title: `Call ${near}`,
          edits: [{ path: document.path, edits: places.map((span) => ({ span, text: near })) }],
        };
  return {
    message: `${lack.message}: ${near === null ? 'call what took its place' : `call ${quoted(near)}, or what took its place`}`,
    path: document.path,
    span: first ?? null,
    status: 'fail',
    severity: isDeclared ? severityIn(document, lack.severity) : 'warn',
    evidence: others.map((span) => ({ message: 'Called here too', path: document.path, span })),
    ...(fix ? { fix } : {}),
  };
}

/** The word in its command. */
function placeOf({ input, command }: DocumentCommand, name: string): Span {
  const { start, end } = command.span;
  const text = input.text.slice(start, end);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + name.length] ?? ' '}`;
    if (/^[\s"'=;&|()][\s"';&|)]$/.test(around))
      return input.placeOf({ start: start + at, end: start + at + name.length });
  }
  return input.placeOf(command.span);
}
