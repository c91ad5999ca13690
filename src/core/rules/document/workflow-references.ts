import type { InlineCode, Nodes, PhrasingContent, Table } from 'mdast';
import type { ReadDocument } from '../../documents/document';
import { comparable, shownText, spanOf } from '../../documents/markdown/parse';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type { ShellParser } from '../../ports';
import type { Located, Span } from '../../text/position';
import { commandsOf, type DocumentCommand } from './commands/read-commands';
import { spansOfQuotes } from './document-severity';

/** A workflow that a document names in so many words: by its file, its path, or its title in a command of `gh`. */
export interface NamedWorkflow {
  /** `deploy.yml` or a title; of a path only its file. */
  readonly name: string;
  readonly span: Span;
}

/** What a document says of workflows, in explicit forms only: a word of its prose is never taken for a name. */
export type WorkflowReference =
  | { readonly kind: 'workflow'; readonly workflow: NamedWorkflow }
  | { readonly kind: 'job'; readonly workflow: NamedWorkflow; readonly job: Located<string> }
  | {
      readonly kind: 'environments';
      readonly workflow: NamedWorkflow;
      readonly job: Located<string> | null;
      readonly environments: readonly Located<string>[];
    }
  | {
      readonly kind: 'dispatch';
      readonly workflow: NamedWorkflow;
      readonly inputs: readonly { readonly name: Located<string>; readonly value: Located<string> }[];
      /** Nothing else can give it inputs (`--json`, a variable with options). */
      readonly isComplete: boolean;
      /** Where an option could be added to the command. */
      readonly end: number;
    };

const WORKFLOW_PATH = /^(?:\.?\/)?\.github\/workflows\/([\w.-]+\.ya?ml)(?:[:#]L?\d+(?:-L?\d+)?)?$/;
const WORKFLOW_FILE = /^[\w.-]+\.ya?ml$/;

/** Programs whose words may name a file that is not there yet, and `gh`, which says itself what it means. */
const NAMES_NEW_FILES = /^(?:cp|mv|touch|tee|curl|wget|gh|git)$/;

/** Every reference of a document, in sections that hold its author's own words. */
export function workflowReferences(
  document: ReadDocument,
  shell: ShellParser | undefined,
): readonly WorkflowReference[] {
  const quotes = spansOfQuotes(document);
  const commands = shell ? commandsOf(document, shell) : [];
  return [
    ...pathsInText(document),
    ...commands.flatMap(pathsInCommand),
    ...commands.flatMap(callsOfGitHub),
    ...namedBeside(document),
    ...rowsOfTables(document),
  ].filter(
    ({ workflow: { span } }) => !quotes.some((quote) => quote.start <= span.start && span.end <= quote.end),
  );
}

/** `.github/workflows/x.yml` as inline code or as the target of a link. */
function pathsInText(document: ReadDocument): readonly WorkflowReference[] {
  return inlineNodes(document.tree).flatMap((node): WorkflowReference[] => {
    if (node.type !== 'inlineCode' && node.type !== 'link') return [];
    const path = node.type === 'link' ? targetOf(document.path, node.url) : node.value.trim();
    const file = path === null ? undefined : WORKFLOW_PATH.exec(path)?.[1];
    return file === undefined ? [] : [{ kind: 'workflow', workflow: named(document, file, spanOf(node)) }];
  });
}

/** The same as a word of a command. */
function pathsInCommand(command: DocumentCommand): readonly WorkflowReference[] {
  if (NAMES_NEW_FILES.test(command.words[0] ?? '')) return [];
  return command.words.flatMap((word, index): WorkflowReference[] => {
    const file = WORKFLOW_PATH.exec(word)?.[1];
    if (file === undefined) return [];
    const start = word.indexOf(file);
    const span = command.spanOfWord(index, start, start + file.length);
    return [{ kind: 'workflow', workflow: { name: file, span } }];
  });
}

/** `gh workflow run x.yml -f a=b`, `gh run list --workflow x.yml`, `gh api repos/{owner}/{repo}/actions/workflows/x.yml/…`. */
function callsOfGitHub(command: DocumentCommand): readonly WorkflowReference[] {
  const [program, group = '', verb = ''] = command.words;
  if (program !== 'gh' || isOfAnotherRepository(command.words)) return [];
  const at = (index: number): NamedWorkflow | null => {
    const word = command.words[index] ?? '';
    if (word === '' || word.startsWith('-') || /^\d+$/.test(word) || isOpen(word)) return null;
    const name = WORKFLOW_PATH.exec(word)?.[1] ?? word;
    return { name, span: command.spanOfWord(index, word.length - name.length) };
  };
  if (group === 'workflow' && /^(?:run|view|enable|disable)$/.test(verb)) {
    const index = command.words.findIndex(
      (word, place) => place > 2 && !word.startsWith('-') && !takesValue(command.words[place - 1] ?? ''),
    );
    const workflow = at(index);
    if (!workflow) return [];
    return verb === 'run' ? [dispatchOf(command, workflow)] : [{ kind: 'workflow', workflow }];
  }
  if (group === 'run' && verb === 'list') {
    const index = command.words.findIndex((word) => word === '-w' || word === '--workflow');
    const workflow = index < 0 ? null : at(index + 1);
    return workflow ? [{ kind: 'workflow', workflow }] : [];
  }
  if (group === 'api') {
    return command.words.flatMap((word, index): WorkflowReference[] => {
      const file =
        /^\/?repos\/(?:\{owner\}|:owner)\/(?:\{repo\}|:repo)\/actions\/workflows\/([\w.-]+\.ya?ml)\//.exec(
          word,
        )?.[1];
      if (file === undefined) return [];
      const start = word.indexOf(file);
      const span = command.spanOfWord(index, start, start + file.length);
      return [{ kind: 'workflow', workflow: { name: file, span } }];
    });
  }
  return [];
}

/** Options of `gh` that are followed by their value. */
function takesValue(word: string): boolean {
  return /^(?:-f|-F|-r|-R|-w|--raw-field|--field|--ref|--repo|--workflow)$/.test(word);
}

function isOfAnotherRepository(words: readonly string[]): boolean {
  return words.some((word) => /^(?:-R.*|--repo(?:=.*)?)$/.test(word));
}

function dispatchOf(command: DocumentCommand, workflow: NamedWorkflow): WorkflowReference {
  const inputs: { name: Located<string>; value: Located<string> }[] = [];
  // In a sentence people leave out what is clear to them.
  let isComplete = !command.isInline;
  command.words.forEach((word, index) => {
    if (index < 3) return;
    const attached = /^(?:--(?:raw-)?field=|-[fF](?=.))(.*)$/s.exec(word)?.[1];
    const isNext = /^(?:-f|-F|--raw-field|--field)$/.test(command.words[index - 1] ?? '');
    const pair = attached ?? (isNext ? word : null);
    if (pair === null) {
      // A variable that the shell takes apart may hold options.
      if (word === '--json' || /^\$/.test(word)) isComplete = false;
      return;
    }
    const equals = pair.indexOf('=');
    const key = equals < 0 ? pair : pair.slice(0, equals);
    if (equals < 0 || isOpen(key)) {
      isComplete = false;
      return;
    }
    const start = word.length - pair.length;
    const value = { value: pair.slice(equals + 1), span: command.spanOfWord(index, start + equals + 1) };
    inputs.push({ name: { value: key, span: command.spanOfWord(index, start, start + key.length) }, value });
  });
  return { kind: 'dispatch', workflow, inputs, isComplete, end: command.span.end };
}

/** What the shell or a person puts in before it runs. */
function isOpen(word: string): boolean {
  return /[$`<>*?{}]/.test(word) || holdsPlaceholder(word) || word.includes('UNKNOWN');
}

/** "workflow `x.yml`", "job `deploy` of `x.yml`", "the `deploy` job in `x.yml`": names in code, told apart by the words between. */
function namedBeside(document: ReadDocument): readonly WorkflowReference[] {
  const found: WorkflowReference[] = [];
  const walk = (node: Nodes): void => {
    if (!('children' in node)) return;
    const children = node.children as readonly Nodes[];
    children.forEach((child, index) => {
      walk(child);
      const file = codeIn(child);
      if (file === null || !WORKFLOW_FILE.test(file.value)) return;
      const before = textOf(children[index - 1]);
      const after = textOf(children[index + 1]);
      // "of the infrastructure repository": another one's.
      if (/^\s*(?:of|in|from)\b/.test(after)) return;
      const workflow: NamedWorkflow = named(document, file.value, spanOf(file));
      const joined = /^(\s+jobs?)?\s+(?:of|in)\s+(?:the\s+)?(?:workflow\s+)?$/i.exec(before);
      const job = joined ? codeIn(children[index - 2]) : null;
      const isJob = joined?.[1] !== undefined || /\bjob\s+$/i.test(textOf(children[index - 3]));
      if (job && isJob && /^[\w -]{1,100}$/.test(job.value)) {
        const span = spanOf(job);
        found.push({
          kind: 'job',
          workflow,
          job: { value: job.value, span: inner(document, job.value, span) },
        });
      } else if (/\bworkflow\s+$/i.test(before)) found.push({ kind: 'workflow', workflow });
    });
  };
  walk(document.tree);
  return found;
}

/** Rows of tables that have a column "Workflow" beside a column "Job" or "Environment". */
function rowsOfTables(document: ReadDocument): readonly WorkflowReference[] {
  return tablesIn(document.tree).flatMap((table) => {
    const [header, ...rows] = table.children;
    const titles = (header?.children ?? []).map((cell) => comparable(shownText(cell)));
    const column = (...names: readonly string[]): number =>
      titles.findIndex((title) => names.includes(title));
    const ofWorkflow = column('workflow', 'workflow file');
    const ofJob = column('job', 'workflow job');
    const ofEnvironment = column('environment', 'environments', 'github environment');
    if (ofWorkflow < 0 || (ofJob < 0 && ofEnvironment < 0)) return [];
    return rows.flatMap((row): WorkflowReference[] => {
      const cell = (index: number) => (index < 0 ? undefined : row.children[index]);
      const files = namesIn(document, cell(ofWorkflow)).flatMap(({ value, span }) => {
        const file = WORKFLOW_PATH.exec(value)?.[1] ?? (WORKFLOW_FILE.test(value) ? value : null);
        return file === null ? [] : [{ name: file, span: lastPart(span, file) }];
      });
      const [workflow, another] = files;
      if (!workflow || another) return [];
      const jobs = namesIn(document, cell(ofJob));
      const [job = null, otherJob] = jobs;
      const environments = namesIn(document, cell(ofEnvironment)).filter(({ value }) =>
        /^[\w.-]{1,100}$/.test(value),
      );
      return [
        { kind: 'workflow', workflow },
        ...jobs.map((each): WorkflowReference => ({ kind: 'job', workflow, job: each })),
        ...(environments.length > 0 && !otherJob
          ? [{ kind: 'environments' as const, workflow, job, environments }]
          : []),
      ];
    });
  });
}

/** The names of a cell: its pieces of code, else its words between commas. None where something in it is not known. */
function namesIn(document: ReadDocument, cell: Nodes | undefined): readonly Located<string>[] {
  if (!cell) return [];
  const span = spanOf(cell);
  const text = document.text.slice(span.start, span.end);
  if (holdsPlaceholder(text)) return [];
  const codes = inlineNodes(cell).filter((node): node is InlineCode => node.type === 'inlineCode');
  if (codes.length > 0) {
    return codes.map((node) => ({
      value: node.value.trim(),
      span: inner(document, node.value.trim(), spanOf(node)),
    }));
  }
  return shownText(cell)
    .split(/\s*,\s*/)
    .filter((name) => /^[\w./-]{1,200}$/.test(name) && !/^(?:none|no|n\/a|-+|any|all)$/i.test(name))
    .map((name) => ({ value: name, span: inner(document, name, span) }));
}

function inlineNodes(root: Nodes): readonly PhrasingContent[] {
  const found: PhrasingContent[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === 'inlineCode' || node.type === 'link') found.push(node);
    if ('children' in node) node.children.forEach(walk);
  };
  walk(root);
  return found;
}

function tablesIn(root: Nodes): readonly Table[] {
  const found: Table[] = [];
  const walk = (node: Nodes): void => {
    if (node.type === 'table') found.push(node);
    else if ('children' in node) node.children.forEach(walk);
  };
  walk(root);
  return found;
}

/** The code of a node: itself, or what a link shows. */
function codeIn(node: Nodes | undefined): InlineCode | null {
  if (node?.type === 'inlineCode') return node;
  const [only, another] = node?.type === 'link' ? node.children : [];
  return only?.type === 'inlineCode' && !another ? only : null;
}

function textOf(node: Nodes | undefined): string {
  return node?.type === 'text' ? node.value : '';
}

/**
 * The path in the repository that a link of a document means, without its fragment; null for one that leads elsewhere.
 */
export function targetOf(from: string, url: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:|^\/\/|^#/i.test(url)) return null;
  const bare = decoded(url.replace(/[?#].*$/s, ''));
  if (bare === null || bare === '') return null;
  const parts = bare.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of bare.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join('/');
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function named(document: ReadDocument, name: string, span: Span): NamedWorkflow {
  return { name, span: inner(document, name, span) };
}

/** Where a text stands last within a span; the span where it does not. */
function inner(document: ReadDocument, text: string, span: Span): Span {
  const at = document.text.slice(span.start, span.end).lastIndexOf(text);
  return at < 0 ? span : { start: span.start + at, end: span.start + at + text.length };
}

/** The last part of a path that stands literally at a span. */
function lastPart(span: Span, file: string): Span {
  return span.end - span.start >= file.length ? { start: span.end - file.length, end: span.end } : span;
}
