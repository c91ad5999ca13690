import schema from '../../../schemas/release-gate.schema.json';
import { SQL_DIALECTS } from '../change/irreversible/dialect';
import { ruleOf, rules, rulesOfGitHub } from '../rules/index';
import { PHASES } from '../rules/rule';
import { lineIndex, type Span } from '../text/position';
import type { Workflow } from '../workflow/model';
import { PURPOSES } from '../workflow/understanding';

/** What the repository holds that a configuration can name. */
export interface ConfigurationFacts {
  readonly workflows: readonly Workflow[];
  /** YAML files that are no workflows: `extends` can name them. */
  readonly otherYaml: readonly string[];
}

/** One thing that can be written at a place. */
export interface ConfigurationItem {
  readonly label: string;
  readonly kind: 'key' | 'value' | 'rule' | 'environment' | 'job' | 'file' | 'action';
  /** What is put in the place of `replaced`. */
  readonly text: string;
  /** A few words beside it. */
  readonly detail: string;
  /** Whether the schema offers it too, to an editor that reads it. */
  readonly isInSchema: boolean;
}

/** What can be written at a place of a configuration, and what of the text it replaces. */
export interface ConfigurationCompletion {
  readonly items: readonly ConfigurationItem[];
  readonly replaced: Span;
}

/** What a word of a configuration means. */
export interface ConfigurationMeaning {
  readonly span: Span;
  /** One or two plain sentences. */
  readonly text: string;
  /** The rule that it names, whose page says more. */
  readonly rule: string | null;
  readonly isInSchema: boolean;
}

/** A place in the text: the keys above it, and what stands of the word so far. */
interface Place {
  readonly path: readonly string[];
  /** Keys that the same map has already. */
  readonly siblings: ReadonlySet<string>;
  readonly isKey: boolean;
  /** Whether a list item begins here (`- `), whose map has no key yet. */
  readonly isItem: boolean;
  readonly word: Span;
  /** Other scalars of the same map, by key: a waiver's path tells which jobs there are. */
  readonly beside: ReadonlyMap<string, string>;
}

/**
 * What can be written at an offset. Works line by line on indentation, so that it also answers in a text that is no
 * YAML yet because somebody is typing it.
 */
export function completeConfiguration(
  text: string,
  offset: number,
  facts: ConfigurationFacts,
): ConfigurationCompletion {
  const place = placeAt(text, offset);
  if (!place) return { items: [], replaced: { start: offset, end: offset } };
  const items = itemsAt(place, facts).filter((item) => !place.siblings.has(item.label));
  return { items, replaced: place.word };
}

/** What the word at an offset means; null where nothing is known of it. */
export function explainConfiguration(
  text: string,
  offset: number,
  facts: ConfigurationFacts,
): ConfigurationMeaning | null {
  const lines = lineIndex(text);
  const { line } = lines.positionAt(offset);
  const start = lines.offsetAt({ line, column: 1 });
  const content = lines.lineText(line);
  for (const match of content.matchAll(/[^\s,[\]{}'"#]+/g)) {
    const word = match[0].replace(/:$/, '');
    const span = { start: start + match.index, end: start + match.index + word.length };
    if (offset < span.start || offset > span.end) continue;
    const place = placeAt(text, span.end);
    if (!place) return null;
    const isKey = /^['"]?\s*:/.test(content.slice(match.index + word.length));
    const path = isKey ? [...place.path, word] : place.path;
    const rule = ruleOf(word);
    if (rule && /^(rules|waivers)$/.test(path[0] ?? '')) {
      const title = `${rule.title}. ${rule.why}`;
      return { span, text: `${title} It ${weightOf(rule.severity)}.`, rule: word, isInSchema: false };
    }
    const ofGitHub = rulesOfGitHub.find(({ id }) => id === word);
    if (ofGitHub) {
      return {
        span,
        text: `Not asked in this version: it needs ${ofGitHub.needs}.`,
        rule: null,
        isInSchema: false,
      };
    }
    if (path[0] === 'environments' && !isKey) {
      const named = namedIn(facts, word);
      const where = named.length > 0 ? `Named in ${named.join(', ')}.` : 'No workflow names it.';
      return { span, text: where, rule: null, isInSchema: false };
    }
    const said = isKey ? descriptionOf(path) : null;
    return said === null ? null : { span, text: said, rule: null, isInSchema: true };
  }
  return null;
}

function itemsAt(place: Place, facts: ConfigurationFacts): ConfigurationItem[] {
  const [top = '', second] = place.path;
  const isValue = !place.isKey;
  if (place.path.length === 0) return place.isKey ? keys([]) : [];
  switch (top) {
    case 'rules':
      if (second === undefined) return place.isKey ? ruleItems(': ') : [];
      return isValue ? values(['block', 'warn', 'info', 'off'], 'severity') : [];
    case 'environments':
      if (second === undefined) return place.isKey ? keys(['environments']) : [];
      return environmentItems(facts, place);
    case 'paths':
      if (second === undefined) return place.isKey ? keys(['paths']) : [];
      return fileItems(
        facts.workflows.map(({ path }) => path),
        'workflow',
      );
    case 'extends':
      return fileItems(facts.otherYaml, 'file of the repository');
    case 'phases':
      return values(PHASES, 'phase');
    case 'actions':
    case 'commands':
      if (second !== undefined)
        return isValue || place.isItem ? values([...PURPOSES, 'none'], 'what it does') : [];
      return top === 'actions' && place.isKey ? actionItems(facts) : [];
    case 'waivers':
      if (isValue && second === 'rule') return ruleItems('');
      if (isValue && second === 'path')
        return fileItems(
          facts.workflows.map(({ path }) => path),
          'workflow',
        );
      if (isValue && second === 'job') return jobItems(facts, place.beside.get('path'));
      return place.isKey && second === undefined ? keys(['waivers']) : [];
    case 'components':
      return [];
    case 'sql':
      if (second === undefined) return place.isKey ? keys(['sql']) : [];
      if (second === 'paths' && place.path.length === 2) return [];
      return isValue ? values(SQL_DIALECTS, 'dialect of SQL') : [];
    case 'documents':
      return place.isKey && (second === undefined || place.path.length === 2) ? keys(place.path) : [];
    case 'online':
      return isValue ? values(['true', 'false'], 'whether GitHub may be asked') : [];
    case 'release':
      return place.isKey ? keys(place.path) : choicesAt(place.path);
    case 'limits':
    case 'operations':
      return place.isKey && second === undefined ? keys([top]) : [];
    default:
      return [];
  }
}

interface SchemaNode {
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly additionalProperties?: boolean | SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
}

/** The part of the schema below some keys; a list's items stand for the list. */
function schemaAt(path: readonly string[]): SchemaNode | null {
  let node: SchemaNode | null = schema as SchemaNode;
  for (const key of path) {
    const others: SchemaNode['additionalProperties'] = node?.additionalProperties;
    node =
      (node?.properties ?? node?.items?.properties)?.[key] ?? (typeof others === 'object' ? others : null);
  }
  return node;
}

function descriptionOf(path: readonly string[]): string | null {
  return schemaAt(path)?.description ?? null;
}

function keys(path: readonly string[]): ConfigurationItem[] {
  const node = schemaAt(path);
  return Object.entries(node?.properties ?? node?.items?.properties ?? {}).map(
    ([label, { description }]) => ({
      label,
      kind: 'key',
      text: `${label}: `,
      detail: description ?? '',
      isInSchema: true,
    }),
  );
}

/** The values that the schema lists for a key. */
function choicesAt(path: readonly string[]): ConfigurationItem[] {
  const labels = (schemaAt(path)?.enum ?? []).filter((each) => typeof each === 'string');
  return values(labels, descriptionOf(path) ?? '');
}

function values(labels: readonly string[], detail: string): ConfigurationItem[] {
  return labels.map((label) => ({ label, kind: 'value', text: label, detail, isInSchema: true }));
}

function ruleItems(behind: string): ConfigurationItem[] {
  const ours = rules.map(({ id, title }) => ({ id, detail: title }));
  const ofGitHub = rulesOfGitHub.map(({ id }) => ({ id, detail: "only GitHub's API can tell" }));
  return [...ours, ...ofGitHub].map(({ id, detail }) => ({
    label: id,
    kind: 'rule',
    text: `${id}${behind}`,
    detail,
    isInSchema: true,
  }));
}

function environmentItems(facts: ConfigurationFacts, place: Place): ConfigurationItem[] {
  return environmentNames(facts)
    .filter((name) => !place.siblings.has(name))
    .map((name) => ({
      label: name,
      kind: 'environment',
      text: scalar(name),
      detail: `named in ${namedIn(facts, name).join(', ')}`,
      isInSchema: false,
    }));
}

function environmentNames({ workflows }: ConfigurationFacts): readonly string[] {
  const names = workflows.flatMap(({ jobs }) => jobs.flatMap((job) => job.environment?.name.value ?? []));
  return [...new Set(names)].filter((name) => name !== '' && !name.includes('${{')).sort();
}

/** The files that name an environment, without their folder. */
function namedIn({ workflows }: ConfigurationFacts, name: string): readonly string[] {
  return workflows
    .filter(({ jobs }) =>
      jobs.some((job) => job.environment?.name.value.toLowerCase() === name.toLowerCase()),
    )
    .map(({ path }) => path.split('/').pop() ?? path);
}

function fileItems(paths: readonly string[], detail: string): ConfigurationItem[] {
  return [...paths]
    .sort()
    .map((path) => ({ label: path, kind: 'file', text: scalar(path), detail, isInSchema: false }));
}

function jobItems({ workflows }: ConfigurationFacts, path: string | undefined): ConfigurationItem[] {
  const chosen = workflows.filter((workflow) => workflow.path === path);
  const jobs = (chosen.length > 0 ? chosen : workflows).flatMap((workflow) =>
    workflow.jobs.map((job) => ({ id: job.id.value, file: workflow.path.split('/').pop() ?? workflow.path })),
  );
  const files = new Map<string, string[]>();
  for (const { id, file } of jobs) files.set(id, [...(files.get(id) ?? []), file]);
  return [...files].map(([id, of]) => ({
    label: id,
    kind: 'job',
    text: scalar(id),
    detail: `job of ${of.join(', ')}`,
    isInSchema: false,
  }));
}

function actionItems({ workflows }: ConfigurationFacts): ConfigurationItem[] {
  const used = workflows.flatMap(({ jobs }) =>
    jobs.flatMap((job) => [job.uses?.value, ...job.steps.map((step) => step.uses?.value)]),
  );
  const names = used.flatMap((uses) =>
    uses && !uses.startsWith('docker:') ? [uses.split('@')[0] ?? ''] : [],
  );
  return [...new Set(names)].sort().map((name) => ({
    label: name,
    kind: 'action',
    text: `${name}: `,
    detail: 'used in the workflows',
    isInSchema: false,
  }));
}

/** A scalar as it stands in YAML: quoted where plain text would be something else. */
function scalar(text: string): string {
  return /^[\w./][\w./-]*( [\w./-]+)*$/.test(text) && !/^(true|false|null|~|[\d.]+)$/i.test(text)
    ? text
    : JSON.stringify(text);
}

function weightOf(severity: 'block' | 'warn' | 'info'): string {
  return severity === 'block'
    ? 'blocks by itself'
    : severity === 'warn'
      ? 'warns by itself'
      : 'informs by itself';
}

/** A line of block YAML, as far as finding one's way needs it. */
interface Line {
  readonly indent: number;
  readonly isItem: boolean;
  readonly key: string | null;
  readonly value: string;
}

function readLine(content: string): Line | null {
  const match = /^( *)(- +|-$)?(?:(['"]?)([^\s'"#[\]{},][^'"#]*?)\3\s*:(?:\s+(.*)|$)|(.*))$/.exec(content);
  if (!match) return null;
  const [, blanks = '', dash = '', , key, value = '', rest = ''] = match;
  if (key === undefined && (rest.trim() === '' || rest.trimStart().startsWith('#')) && dash === '')
    return null;
  return {
    indent: blanks.length + dash.length,
    isItem: dash !== '',
    key: key ?? null,
    value: (key === undefined ? rest : value).replace(/\s+#.*$/, '').trim(),
  };
}

function placeAt(text: string, offset: number): Place | null {
  const lines = lineIndex(text);
  const { line, column } = lines.positionAt(offset);
  const before = lines.lineText(line).slice(0, column - 1);
  if (/(^|\s)#/.test(before) || before.includes('\t')) return null;
  const stack: { readonly indent: number; readonly key: string }[] = [];
  let siblings = new Map<string, string>();
  const levels: { readonly indent: number; readonly entries: Map<string, string> }[] = [];
  const enter = ({ indent, isItem, key, value }: Line): void => {
    while (stack.length > 0 && (stack.at(-1)?.indent ?? 0) >= (isItem ? indent - 1 : indent)) stack.pop();
    while (levels.length > 0 && (levels.at(-1)?.indent ?? 0) > indent) levels.pop();
    // Each item of a list has a map of its own.
    if (isItem && levels.at(-1)?.indent === indent) levels.pop();
    if (levels.at(-1)?.indent !== indent) levels.push({ indent, entries: new Map() });
    siblings = levels.at(-1)?.entries ?? new Map<string, string>();
    if (key !== null) {
      siblings.set(key, value.replace(/^(['"])(.*)\1$/, '$2'));
      stack.push({ indent, key });
    } else if (isItem) siblings.set(value, '');
  };
  for (let at = 1; at < line; at++) {
    const read = readLine(lines.lineText(at));
    if (read) enter(read);
  }
  // What stands on the line so far: a key, the value of one, or an item.
  const own = /^( *)(- +)?(?:(['"]?)([^\s'"#[\]{},][^'"#]*?)\3\s*:\s+)?(.*)$/.exec(before);
  if (!own) return null;
  const [, blanks = '', dash = '', , key, rest = ''] = own;
  const indent = blanks.length + dash.length;
  enter({ indent, isItem: dash !== '', key: null, value: '\0' });
  const path = stack.map((entry) => entry.key);
  const flow = /^(?:.*[[,]\s*)?(['"]?)([^'"[\],{}]*)$/.exec(rest);
  if (!flow) return null;
  const word = flow[2] ?? '';
  const rows = itemsBelow(lines, line, indent);
  const known = new Set(
    [...siblings.keys(), ...rows, ...rest.split(/[[\],\s]+/)].filter(
      (each) => each !== '\0' && each !== word,
    ),
  );
  const span = { start: offset - word.length, end: offset };
  if (key !== undefined) {
    return {
      path: [...path, key],
      siblings: known,
      isKey: false,
      isItem: false,
      word: span,
      beside: siblings,
    };
  }
  const isList = dash !== '' && !isMapList(path);
  return {
    path,
    siblings: known,
    isKey: !isList && !rest.includes('['),
    isItem: dash !== '',
    word: span,
    beside: siblings,
  };
}

/** Only the items of `waivers` are maps. */
function isMapList(path: readonly string[]): boolean {
  return path.length === 1 && path[0] === 'waivers';
}

/** The keys of the same map below a line. */
function itemsBelow(lines: ReturnType<typeof lineIndex>, line: number, indent: number): readonly string[] {
  const found: string[] = [];
  for (let at = line + 1; at <= lines.lineCount; at++) {
    const read = readLine(lines.lineText(at));
    if (!read) continue;
    if (read.indent < indent || (read.isItem && read.indent === indent && indent > 2)) break;
    if (read.indent === indent && read.key !== null) found.push(read.key);
  }
  return found;
}
