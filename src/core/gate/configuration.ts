import { lineIndex, type Span } from '../text/position';
import { entryOf, readYaml, type YamlEntry, type YamlMap, type YamlValue } from '../workflow/yaml-tree';
import { ruleOf, rules, rulesOfGitHub } from '../rules/index';
import { nearMiss } from '../rules/near-miss';
import type { Severity } from '../rules/rule';

/** Where a repository keeps its configuration. */
export const CONFIGURATION_PATH = '.github/release-gate.yml';

/** What `.github/release-gate.yml` says; every part has a default. */
export interface Configuration {
  readonly productionEnvironments: readonly string[];
  readonly otherEnvironments: readonly string[];
  /** By rule id; `off` leaves the rule out and the report says so. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly waivers: readonly ConfiguredWaiver[];
  readonly releaseFolder: string;
  readonly operationsFolder: string;
  /** Tags that are releases: a glob (`v*`, `release/*`); null: whatever holds a semantic version. */
  readonly tagPattern: string | null;
  readonly isOnline: boolean;
}

/** An entry of `waivers:`. `path` is a glob; `job` narrows it to one job. */
export interface ConfiguredWaiver {
  readonly rule: string;
  readonly path: string;
  readonly job: string | null;
  readonly reason: string;
  /** ISO date, the last day on which it holds. */
  readonly until: string | null;
  /** Where the entry stands in the configuration. */
  readonly line: number;
}

export const defaultConfiguration: Configuration = {
  productionEnvironments: [],
  otherEnvironments: [],
  severities: {},
  waivers: [],
  releaseFolder: 'docs/release',
  operationsFolder: 'docs/ops',
  tagPattern: null,
  isOnline: false,
};

/** A mistake in the configuration, with its place (from 1). `message` is a sentence without a full stop. */
export interface ConfigurationProblem {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/**
 * Reads the configuration. A mistake is an error, never skipped: a misspelt rule id or a waiver that does not parse
 * would otherwise change a verdict without anybody noticing. An empty file is the default configuration.
 *
 * @param path For messages only.
 */
export function readConfiguration(path: string, text: string): ConfigurationResult {
  const lines = lineIndex(text);
  const problems: ConfigurationProblem[] = [];
  const problem = (message: string, span: Span): void => {
    problems.push({ message, ...lines.positionAt(span.start) });
  };
  const tree = readYaml(text);
  for (const { message, span } of tree.problems) problem(`${path}: ${message}`, span);
  if (problems.length > 0) return { ok: false, problems };
  if (tree.root === null || (tree.root.kind === 'scalar' && tree.root.value === null)) {
    return { ok: true, configuration: defaultConfiguration };
  }
  if (tree.root.kind !== 'map') {
    problem(`the configuration must be a map with some of the keys ${TOP_KEYS.join(', ')}`, tree.root.span);
    return { ok: false, problems };
  }

  const knownKeys = (map: YamlMap, keys: readonly string[], where: string): void => {
    for (const entry of map.entries) {
      if (keys.includes(entry.key.text)) continue;
      const near = nearMiss(entry.key.text, keys);
      problem(
        `${where} has no key "${entry.key.text}"; ${near ? `did you mean "${near}"` : `it takes ${keys.join(', ')}`}`,
        entry.key.span,
      );
    }
  };
  const mapAt = (parent: YamlMap, key: string): YamlMap | null => {
    const entry = entryOf(parent, key);
    if (!entry || isNull(entry.value)) return null;
    if (entry.value.kind === 'map') return entry.value;
    problem(`"${key}" must be a map`, placeOf(entry));
    return null;
  };
  const textAt = (parent: YamlMap, key: string): { value: string; span: Span } | null => {
    const entry = entryOf(parent, key);
    if (!entry || isNull(entry.value)) return null;
    if (entry.value.kind === 'scalar' && entry.value.text.trim() !== '') {
      return { value: entry.value.text.trim(), span: entry.value.span };
    }
    problem(`"${key}" must be a text`, placeOf(entry));
    return null;
  };
  const namesAt = (parent: YamlMap | null, key: string): string[] => {
    const entry = entryOf(parent, key);
    if (!entry || isNull(entry.value)) return [];
    const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    return items.flatMap((item) => {
      if (item.kind === 'scalar' && item.text.trim() !== '') return [item.text.trim()];
      problem(
        `"${key}" must be a list of names`,
        item.span.end > item.span.start ? item.span : entry.key.span,
      );
      return [];
    });
  };
  const folderAt = (parent: YamlMap | null, fallback: string): string => {
    const folder = parent && textAt(parent, 'folder');
    if (!folder) return fallback;
    const path = folder.value.replace(/\/+$/, '');
    if (staysInside(path)) return path;
    problem(
      `the folder "${folder.value}" must be a path inside the repository, with forward slashes and without ".."`,
      folder.span,
    );
    return fallback;
  };

  knownKeys(tree.root, TOP_KEYS, 'the configuration');
  const environments = mapAt(tree.root, 'environments');
  if (environments) knownKeys(environments, ['production', 'other'], '"environments"');
  const productionEnvironments = namesAt(environments, 'production');
  const otherEnvironments = namesAt(environments, 'other');
  for (const name of otherEnvironments) {
    if (productionEnvironments.some((other) => other.toLowerCase() === name.toLowerCase())) {
      const entry = entryOf(environments, 'other');
      if (entry) problem(`the environment "${name}" cannot be both production and other`, entry.value.span);
    }
  }

  const severities: Record<string, Severity | 'off'> = {};
  for (const entry of mapAt(tree.root, 'rules')?.entries ?? []) {
    const id = entry.key.text;
    if (!isKnownRule(id)) {
      problem(unknownRule(id), entry.key.span);
    } else if (entry.value.kind === 'scalar' && isSeverity(severityText(entry.value.text))) {
      const severity = severityText(entry.value.text);
      if (isSeverity(severity)) severities[id] = severity;
    } else problem(`the severity of "${id}" must be block, warn, info or off`, placeOf(entry));
  }

  const waivers: ConfiguredWaiver[] = [];
  const waiverEntry = entryOf(tree.root, 'waivers');
  if (waiverEntry && waiverEntry.value.kind !== 'list' && !isNull(waiverEntry.value)) {
    problem('"waivers" must be a list', placeOf(waiverEntry));
  }
  for (const item of waiverEntry?.value.kind === 'list' ? waiverEntry.value.items : []) {
    if (item.kind !== 'map') {
      problem('a waiver must be a map with rule, path and reason', item.span);
      continue;
    }
    knownKeys(item, ['rule', 'path', 'job', 'reason', 'until'], 'a waiver');
    const rule = textAt(item, 'rule');
    const path = textAt(item, 'path');
    const reason = textAt(item, 'reason');
    const until = textAt(item, 'until');
    const job = textAt(item, 'job');
    if (!rule) problem('the waiver names no rule', item.span);
    else if (!isKnownRule(rule.value)) problem(unknownRule(rule.value), rule.span);
    else if (rule.value.startsWith('waiver-')) problem(`"${rule.value}" cannot be waived`, rule.span);
    if (!path)
      problem('the waiver names no path: a file, or a glob such as .github/workflows/*.yml', item.span);
    else if (!staysInside(path.value)) {
      problem(`the path "${path.value}" must be inside the repository, with forward slashes`, path.span);
    }
    if (!reason) problem(`the waiver${rule ? ` of "${rule.value}"` : ''} gives no reason`, item.span);
    if (until && !isDate(until.value)) {
      problem(`"until" must be a day such as 2027-03-01, not "${until.value}"`, until.span);
    }
    if (rule && !until && severityIn(severities, rule.value) === 'block') {
      problem(`the waiver of the blocking rule "${rule.value}" needs "until", its last day`, item.span);
    }
    if (rule && path && reason) {
      waivers.push({
        rule: rule.value,
        path: path.value,
        job: job?.value ?? null,
        reason: reason.value,
        until: until?.value ?? null,
        line: lines.positionAt(item.span.start).line,
      });
    }
  }

  const release = mapAt(tree.root, 'release');
  if (release) knownKeys(release, ['folder', 'tags'], '"release"');
  const operations = mapAt(tree.root, 'operations');
  if (operations) knownKeys(operations, ['folder'], '"operations"');
  const online = entryOf(tree.root, 'online');
  let isOnline = false;
  if (online && !isNull(online.value)) {
    if (online.value.kind === 'scalar' && typeof online.value.value === 'boolean')
      isOnline = online.value.value;
    else problem('"online" must be true or false', placeOf(online));
  }
  const configuration: Configuration = {
    productionEnvironments,
    otherEnvironments,
    severities,
    waivers,
    releaseFolder: folderAt(release, defaultConfiguration.releaseFolder),
    operationsFolder: folderAt(operations, defaultConfiguration.operationsFolder),
    tagPattern: (release && textAt(release, 'tags')?.value) ?? null,
    isOnline,
  };
  problems.sort((a, b) => a.line - b.line || a.column - b.column);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, configuration };
}

/** Whether a text is a day of the calendar, `2027-03-01`. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const TOP_KEYS = ['environments', 'rules', 'waivers', 'release', 'operations', 'online'];

/** The rules that a configuration may name: ours, and those that need GitHub's API. */
function isKnownRule(id: string): boolean {
  return ruleOf(id) !== null || rulesOfGitHub.some((rule) => rule.id === id);
}

function unknownRule(id: string): string {
  const near = nearMiss(
    id,
    [...rules, ...rulesOfGitHub].map((rule) => rule.id),
  );
  return `there is no rule "${id}"${near ? `; did you mean "${near}"` : ''}`;
}

function severityIn(
  severities: Readonly<Record<string, Severity | 'off'>>,
  id: string,
): Severity | 'off' | null {
  return severities[id] ?? ruleOf(id)?.severity ?? null;
}

/** YAML 1.1 tools write the bare word `off` as `false`; both mean it. */
function severityText(text: string): string {
  return text === 'false' ? 'off' : text;
}

function isSeverity(text: string): text is Severity | 'off' {
  return text === 'block' || text === 'warn' || text === 'info' || text === 'off';
}

function isNull(value: YamlValue): boolean {
  return value.kind === 'scalar' && value.value === null;
}

function placeOf(entry: YamlEntry): Span {
  return entry.value.span.end > entry.value.span.start ? entry.value.span : entry.key.span;
}

function staysInside(path: string): boolean {
  if (path === '' || path.startsWith('/') || path.includes('\\') || path.includes('\0')) return false;
  if (/^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
