import type { ReadDocument } from '../../documents/document';
import { blocksOf } from '../../documents/markdown/parse';
import { readSteps } from '../../documents/markdown/parts';
import { documentKindOf } from '../../documents/index';
import type { Commit } from '../../ports';
import type { Span } from '../../text/position';
import type { GateFacts } from '../rule';
import { commandsOf, type DocumentCommand } from './commands/read-commands';
import { workflowReferences } from './workflow-references';

/** A script of the repository that a document has its reader run. */
export interface CalledScript {
  readonly path: string;
  /** Where the command names it. */
  readonly span: Span;
  /** The step that runs it, as the document numbers and calls it; null outside of steps. */
  readonly step: { readonly number: number; readonly title: string } | null;
}

/** Programs that run the script that they are given. */
const INTERPRETER = /^(?:ba|da|z|k)?sh$|^(?:source|\.|python[\d.]*|node|tsx|deno|ruby|perl|pwsh)$/;

/** What a deployment is made of, as a word of its command: manifests, values, charts, infrastructure. */
const DEPLOYED_FILE = /\.(?:ya?ml|tf|tfvars|hcl|bicep|nomad)$/;

/** What is followed by a file or a folder of manifests, though it may be called by one plain word. */
const FOLDER_OPTION = /^(?:-f|-k|--filename|--kustomize|-chdir)$/;

/** A folder with more files than this is no set of manifests. */
const MAX_MANIFESTS = 30;

/** The scripts of the repository that the fenced commands of a document run, each with its first place. */
export function calledScripts(document: ReadDocument, facts: GateFacts): readonly CalledScript[] {
  if (!facts.shell) return [];
  const steps = stepsOf(document);
  const found = new Map<string, CalledScript>();
  for (const command of commandsOf(document, facts.shell)) {
    if (command.isInline) continue;
    const script = scriptOf(command, facts.paths);
    if (!script || found.has(script.path)) continue;
    const step = steps.find(({ span }) => span.start <= command.span.start && command.span.end <= span.end);
    found.set(script.path, { ...script, step: step ? { number: step.number, title: step.title } : null });
  }
  return [...found.values()];
}

/** Workflows and configuration of the deployment that a document names, by path; scripts are left to {@link calledScripts}. */
export function namedDeployment(document: ReadDocument, facts: GateFacts): readonly string[] {
  const found = new Set<string>();
  for (const { workflow } of workflowReferences(document, facts.shell)) {
    const path = `.github/workflows/${workflow.name}`;
    const titled = facts.workflows?.workflows.find(
      ({ name }) => name?.value.trim().toLowerCase() === workflow.name.trim().toLowerCase(),
    );
    if (facts.paths.has(path)) found.add(path);
    else if (titled) found.add(titled.path);
  }
  for (const command of facts.shell ? commandsOf(document, facts.shell) : []) {
    if (command.isInline) continue;
    command.words.forEach((word, index) => {
      const path = index === 0 ? null : pathIn(word);
      if (path === null) return;
      if (facts.paths.has(path)) {
        if (DEPLOYED_FILE.test(path)) found.add(path);
      } else if (path.includes('/') || FOLDER_OPTION.test(command.words[index - 1] ?? '')) {
        for (const below of manifestsIn(path, facts.paths)) found.add(below);
      }
    });
  }
  return [...found].sort();
}

/** The files of a folder of manifests or of a chart; none of a folder that holds much else. */
function manifestsIn(folder: string, paths: ReadonlySet<string>): readonly string[] {
  if (folder === '') return [];
  const below = [...paths].filter((path) => path.startsWith(`${folder}/`));
  const manifests = below.filter((path) => DEPLOYED_FILE.test(path));
  return below.length > MAX_MANIFESTS || manifests.length * 2 < below.length ? [] : manifests;
}

function stepsOf(
  document: ReadDocument,
): readonly { readonly span: Span; readonly number: number; readonly title: string }[] {
  return (documentKindOf(document.kind)?.sections ?? []).flatMap(({ id, holds }) =>
    holds === 'steps' || holds === 'steps-and-triggers'
      ? readSteps(blocksOf(document, id)).map(({ span, number, step }) => ({
          span,
          number,
          title: step.title,
        }))
      : [],
  );
}

function scriptOf(
  command: DocumentCommand,
  paths: ReadonlySet<string>,
): { readonly path: string; readonly span: Span } | null {
  const index = INTERPRETER.test(command.words[0] ?? '')
    ? command.words.findIndex((word, at) => at > 0 && !word.startsWith('-'))
    : 0;
  const path = pathIn(command.words[index] ?? '');
  return path !== null && paths.has(path) ? { path, span: command.spanOfWord(index) } : null;
}

/** A word as a path from the root; what stands behind `--option=` counts, what varies does not. */
function pathIn(word: string): string | null {
  const value = /^--?[\w-]+=(.+)$/.exec(word)?.[1] ?? word;
  const path = value.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
  return path === '' || /[$`*?<>{}\s]|^[-/~]|(?:^|\/)\.\.(?:\/|$)/.test(path) ? null : path;
}

/** What a file came to since a document last changed. */
export interface LaterChange {
  readonly path: string;
  readonly commit: Commit;
}

/**
 * When a document last changed: its last commit; null where it was never committed, was changed since and is not committed
 * yet, or git does not tell. Then nothing of it is old.
 */
export function lastChangeOf(document: ReadDocument, { history }: GateFacts): Commit | null {
  const commit = history?.lastCommitOf(document.path);
  if (!commit) return null;
  const committed = history?.textAt(commit.hash, document.path);
  if (committed === undefined || committed === null) return null;
  return lineFed(committed) === lineFed(document.text) ? commit : null;
}

/**
 * The change that a file has had since a commit; null where it has had none that matters: comments, blank lines, white space
 * at the ends, the versions of actions and the tags of images change nothing that a document describes.
 */
export function changedSince(since: Commit, path: string, { history }: GateFacts): LaterChange | null {
  const commit = history?.lastCommitOf(path);
  if (!commit || Date.parse(commit.committedAt) <= Date.parse(since.committedAt)) return null;
  const before = history?.textAt(since.hash, path);
  const after = history?.textAt(commit.hash, path);
  // What was not there yet, or is not there any more, was not described; another rule says what is missing.
  if (typeof before !== 'string' || typeof after !== 'string') return null;
  return meansTheSame(path, before, after) ? null : { path, commit };
}

/** Whether two texts of a file differ in nothing that a document describes. */
export function meansTheSame(path: string, before: string, after: string): boolean {
  return essence(path, before) === essence(path, after);
}

/** The text without what carries no meaning for a person who deploys. */
function essence(path: string, text: string): string {
  const isYaml = /\.ya?ml$/.test(path);
  const hasHashComments = isYaml || /\.(?:sh|bash|zsh|py|rb|tf|tfvars|hcl)$|(?:^|\/)[^./]+$/.test(path);
  return lineFed(text)
    .split('\n')
    .map((line) => {
      const bare = hasHashComments ? line.replace(/^\s*#.*$/, '').replace(/\s#\s.*$/, '') : line;
      if (!isYaml) return bare.trimEnd();
      return bare
        .replace(/^(\s*(?:-\s+)?uses:\s*["']?[^@\s"']+)@\S+/, '$1')
        .replace(/^(\s*(?:-\s+)?(?:image|newTag|tag|digest|appVersion|version):\s*).*$/, '$1')
        .trimEnd();
    })
    .filter((line) => line !== '')
    .join('\n');
}

function lineFed(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** A commit as a message names it: `2026-11-10 (1a2b3c4)`. */
export function dayOf(commit: Commit): string {
  return `${commit.committedAt.slice(0, 10)} (${commit.hash.slice(0, 7)})`;
}
