import type { ConfiguredComponent } from '../change/components';
import { SQL_DIALECTS, type SqlSettings } from '../change/irreversible/dialect';
import { lineIndex, type Span } from '../text/position';
import { PURPOSES, type KnownPurposes, type Purpose } from '../workflow/understanding';
import { entryOf, readYaml, type YamlMap } from '../workflow/yaml-tree';
import { ruleOf, rules, rulesOfGitHub } from '../rules/index';
import { nearMiss } from '../rules/near-miss';
import { PHASES, type Limits, type Phase, type Severity } from '../rules/rule';
import { isDate, isNull, layerReader, placeOf, staysInside } from './layer-reader';
import { CONDITION_IDS } from './condition-ids';
import { DOCUMENT_TASK_IDS } from '../documents/document-task-ids';
import { documentKindOf } from '../documents/index';
import { joinCorrections, noCorrections, type ProfileCorrections } from '../evidence/profile-corrections';
import { defaultPipelineKeys, readPipelineKeys, type PipelineKeys } from './pipeline-keys';
import { readProfileKeys } from './profile-keys';
import { defaultRelease, releasePathsOf, type ReleaseSettings } from '../evidence/release-settings';
import { joinRelease, readReleaseKeys, releaseInFolder, type SaidRelease } from './release-keys';
import {
  defaultReadiness,
  joinReadiness,
  readReadiness,
  type ReadinessSettings,
  type SaidReadiness,
} from './readiness-settings';

/** Where a repository keeps its configuration. */
export const CONFIGURATION_PATH = '.github/release-gate.yml';

/** What `.github/release-gate.yml` says, its bases included; every part has a default. */
export interface Configuration {
  readonly productionEnvironments: readonly string[];
  readonly otherEnvironments: readonly string[];
  /** By rule id; `off` leaves the rule out and the report says so. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly waivers: readonly ConfiguredWaiver[];
  /** Globs of the files whose findings are listed; `include` null: all of them. */
  readonly judgedPaths: { readonly include: readonly string[] | null; readonly exclude: readonly string[] };
  /** What must run before production; null: the rule's own list. */
  readonly requiredPhases: readonly Phase[] | null;
  /** What actions and command lines do, beyond what the engine knows. */
  readonly knownActions: KnownPurposes;
  readonly knownCommands: KnownPurposes;
  readonly limits: Limits;
  readonly releaseFolder: string;
  readonly operationsFolder: string;
  /** Templates of the repository, by the kind of the document that they write. */
  readonly documentTemplates: ReadonlyMap<string, string>;
  /** Tags that are releases: a glob (`v*`, `release/*`); null: whatever holds a semantic version. */
  readonly tagPattern: string | null;
  /** Which dialects the SQL of the repository is in, where that is said. */
  readonly sql: SqlSettings;
  /** Parts of the repository with the globs of their files, in the order in which they are tried. */
  readonly components: readonly ConfiguredComponent[];
  readonly isOnline: boolean;
  /** What a release needs to be ready. */
  readonly readiness: ReadinessSettings;
  /** What a pipeline that is generated is held to. */
  readonly pipeline: PipelineKeys;
  /** How a release is run, watched and taken back. */
  readonly release: ReleaseSettings;
  /** What a person says of the repository in place of what was found. */
  readonly profile: ProfileCorrections;
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
  /** The base that it stands in; left out for the configuration itself. */
  readonly base?: string;
}

export const defaultConfiguration: Configuration = {
  productionEnvironments: [],
  otherEnvironments: [],
  severities: {},
  waivers: [],
  judgedPaths: { include: null, exclude: [] },
  requiredPhases: null,
  knownActions: new Map(),
  knownCommands: new Map(),
  limits: {},
  releaseFolder: 'docs/release',
  operationsFolder: 'docs/ops',
  documentTemplates: new Map(),
  tagPattern: null,
  sql: { dialect: null, paths: [] },
  components: [],
  isOnline: false,
  readiness: defaultReadiness,
  pipeline: defaultPipelineKeys,
  release: defaultRelease,
  profile: noCorrections,
};

/** A mistake in the configuration, with its file and place (from 1). `message` is a sentence without a full stop. */
export interface ConfigurationProblem {
  readonly message: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

export type ConfigurationResult =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

/** One file of the configuration as it stands, before what it extends is known. */
export interface ConfigurationLayer {
  readonly path: string;
  /** The files that `extends` names, in order, with where it names them. */
  readonly bases: readonly { readonly path: string; readonly line: number; readonly column: number }[];
  /** What this file says itself; a part that it does not speak of is left out. */
  readonly says: Partial<Omit<Configuration, 'readiness' | 'pipeline' | 'release' | 'profile'>>;
  readonly readiness?: SaidReadiness;
  readonly pipeline?: Partial<PipelineKeys>;
  readonly release?: SaidRelease;
  readonly profile?: ProfileCorrections;
  /** Waivers without a last day: a mistake where the rule blocks in the end. */
  readonly endless: readonly { readonly rule: string; readonly line: number; readonly column: number }[];
}

/**
 * Reads a configuration that stands alone; what `extends` names is not followed (`openConfiguration` does). A mistake
 * is an error, never skipped: a misspelt rule id or a waiver that does not parse would otherwise change a verdict
 * without anybody noticing. An empty file is the default configuration.
 */
export function readConfiguration(path: string, text: string): ConfigurationResult {
  const layer = readLayer(path, text);
  return layer.ok ? combineLayers([layer.layer]) : layer;
}

/**
 * Layers as one configuration; a later one wins. Maps (severities, actions, commands, limits, templates) are joined by key, lists
 * of names are replaced whole, waivers add up. What only the whole can tell is checked here.
 */
export function combineLayers(layers: readonly ConfigurationLayer[]): ConfigurationResult {
  let whole: Configuration = defaultConfiguration;
  layers.forEach(({ path, says, readiness, pipeline, release, profile }, index) => {
    const isBase = index < layers.length - 1;
    const takes = (name: string, by: readonly string[] | undefined): boolean =>
      (by ?? []).some((other) => other.toLowerCase() === name.toLowerCase());
    const without = (names: readonly string[], by: readonly string[] | undefined): readonly string[] =>
      names.filter((name) => !takes(name, by));
    whole = {
      ...whole,
      ...says,
      productionEnvironments:
        says.productionEnvironments ?? without(whole.productionEnvironments, says.otherEnvironments),
      otherEnvironments:
        says.otherEnvironments ?? without(whole.otherEnvironments, says.productionEnvironments),
      severities: { ...whole.severities, ...says.severities },
      limits: { ...whole.limits, ...says.limits },
      knownActions: new Map([...whole.knownActions, ...(says.knownActions ?? [])]),
      sql: says.sql
        ? {
            dialect: says.sql.dialect ?? whole.sql.dialect,
            // The first glob that matches counts, so that those of the later file stand first.
            paths: [
              ...says.sql.paths,
              ...whole.sql.paths.filter(({ glob }) => !says.sql?.paths.some((own) => own.glob === glob)),
            ],
          }
        : whole.sql,
      components: says.components
        ? [
            ...says.components,
            ...whole.components.filter(({ name }) => !says.components?.some((own) => own.name === name)),
          ]
        : whole.components,
      knownCommands: new Map([...whole.knownCommands, ...(says.knownCommands ?? [])]),
      documentTemplates: new Map([...whole.documentTemplates, ...(says.documentTemplates ?? [])]),
      ...(readiness ? { readiness: joinReadiness(whole.readiness, readiness) } : {}),
      pipeline: { ...whole.pipeline, ...pipeline },
      ...(release ? { release: joinRelease(whole.release, release) } : {}),
      profile: profile ? joinCorrections(whole.profile, profile) : whole.profile,
      waivers: [
        ...whole.waivers,
        ...(says.waivers ?? []).map((waiver) => (isBase ? { ...waiver, base: path } : waiver)),
      ],
    };
  });
  const problems = layers.flatMap(({ path, endless }) =>
    endless
      .filter(({ rule }) => severityIn(whole.severities, rule) === 'block')
      .map(({ rule, line, column }) => ({
        message: `the waiver of the blocking rule "${rule}" needs "until", its last day`,
        path,
        line,
        column,
      })),
  );
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, configuration: { ...whole, ...foldersOfRelease(whole) } };
}

/** Folder of documents and layout of releases go together: where only one of them is said, the other follows. */
function foldersOfRelease({
  release,
  releaseFolder,
  operationsFolder,
}: Configuration): Pick<Configuration, 'release' | 'releaseFolder' | 'operationsFolder'> {
  if (release.layout === defaultRelease.layout) {
    return { release: releaseInFolder(release, releaseFolder), releaseFolder, operationsFolder };
  }
  const paths = releasePathsOf(release);
  const isDefault = releaseFolder === defaultConfiguration.releaseFolder;
  return {
    release,
    releaseFolder: isDefault ? paths.releaseFolder : releaseFolder,
    operationsFolder:
      operationsFolder === defaultConfiguration.operationsFolder ? paths.deployFolder : operationsFolder,
  };
}

/** Reads one file of a configuration. */
export function readLayer(
  path: string,
  text: string,
):
  | { readonly ok: true; readonly layer: ConfigurationLayer }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] } {
  const lines = lineIndex(text);
  const problems: ConfigurationProblem[] = [];
  const problem = (message: string, span: Span): void => {
    problems.push({ message, path, ...lines.positionAt(span.start) });
  };
  const tree = readYaml(text);
  for (const { message, span } of tree.problems) problem(message, span);
  if (problems.length > 0) return { ok: false, problems };
  if (tree.root === null || (tree.root.kind === 'scalar' && tree.root.value === null)) {
    return { ok: true, layer: { path, bases: [], says: {}, endless: [] } };
  }
  if (tree.root.kind !== 'map') {
    problem(`the configuration must be a map with some of the keys ${TOP_KEYS.join(', ')}`, tree.root.span);
    return { ok: false, problems };
  }

  const { root } = tree;
  const reader = layerReader(problem);
  const { knownKeys, mapAt, textAt, textsAt, insideAt } = reader;
  const purposesAt = (key: 'actions' | 'commands'): Map<string, readonly Purpose[]> => {
    const known = new Map<string, readonly Purpose[]>();
    const map = mapAt(root, key);
    for (const entry of map?.entries ?? []) {
      const name = entry.key.text.trim();
      const mistake = key === 'actions' ? mistakeInAction(name) : mistakeInCommand(name);
      if (mistake) problem(mistake, entry.key.span);
      const said = textsAt(map, entry.key.text, `what it does: ${PURPOSES.join(', ')}, or none`) ?? [];
      if (said.length === 0 && isNull(entry.value))
        problem(`"${name}" says not what it does`, entry.key.span);
      const purposes = said.filter(({ value }) => value !== 'none');
      for (const { value, span } of purposes) {
        if (isPurpose(value)) continue;
        const near = nearMiss(value, PURPOSES);
        problem(
          `"${value}" is nothing that ${key === 'actions' ? 'an action' : 'a command'} does; ${near ? `did you mean "${near}"` : `it takes ${PURPOSES.join(', ')}, or none`}`,
          span,
        );
      }
      if (purposes.length > 0 && purposes.length < said.length) {
        problem(`"${name}" cannot do something and "none"`, entry.key.span);
      }
      known.set(
        key === 'actions' ? name.toLowerCase() : name.replace(/\s+/g, ' '),
        purposes.flatMap(({ value }) => (isPurpose(value) ? [value] : [])),
      );
    }
    return known;
  };
  const folderAt = (parent: YamlMap | null): string | null => {
    const folder = parent && textAt(parent, 'folder');
    if (!folder) return null;
    const path = folder.value.replace(/\/+$/, '');
    if (staysInside(path)) return path;
    problem(
      `the folder "${folder.value}" must be a path inside the repository, with forward slashes and without ".."`,
      folder.span,
    );
    return null;
  };

  knownKeys(root, TOP_KEYS, 'the configuration');
  const bases = (insideAt(root, 'extends', 'files') ?? []).map(({ value, span }) => ({
    path: value,
    ...lines.positionAt(span.start),
  }));
  const environments = mapAt(root, 'environments');
  if (environments) knownKeys(environments, ['production', 'other'], '"environments"');
  const production = textsAt(environments, 'production', 'names')?.map(({ value }) => value) ?? null;
  const other = textsAt(environments, 'other', 'names')?.map(({ value }) => value) ?? null;
  for (const name of other ?? []) {
    if (production?.some((known) => known.toLowerCase() === name.toLowerCase())) {
      const entry = entryOf(environments, 'other');
      if (entry) problem(`the environment "${name}" cannot be both production and other`, entry.value.span);
    }
  }

  const severities: Record<string, Severity | 'off'> = {};
  for (const entry of mapAt(root, 'rules')?.entries ?? []) {
    const id = entry.key.text;
    if (!isKnownRule(id)) {
      problem(unknownRule(id), entry.key.span);
    } else if (entry.value.kind === 'scalar' && isSeverity(severityText(entry.value.text))) {
      const severity = severityText(entry.value.text);
      if (isSeverity(severity)) severities[id] = severity;
    } else problem(`the severity of "${id}" must be block, warn, info or off`, placeOf(entry));
  }

  const paths = mapAt(root, 'paths');
  if (paths) knownKeys(paths, ['include', 'exclude'], '"paths"');
  const include = insideAt(paths, 'include', 'globs');
  const exclude = insideAt(paths, 'exclude', 'globs');
  const phases = textsAt(root, 'phases', 'phases');
  for (const { value, span } of phases ?? []) {
    if (isPhase(value)) continue;
    const near = nearMiss(value, PHASES);
    problem(
      `there is no phase "${value}"; ${near ? `did you mean "${near}"` : `it takes ${PHASES.join(', ')}`}`,
      span,
    );
  }
  const limits = mapAt(root, 'limits');
  if (limits) knownKeys(limits, [DEPLOY_TIMEOUT], '"limits"');
  const timeout = entryOf(limits, DEPLOY_TIMEOUT);
  const minutes = timeout?.value.kind === 'scalar' ? timeout.value.value : null;
  const isMinutes =
    typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 1 && minutes <= 360;
  if (timeout && !isNull(timeout.value) && !isMinutes) {
    problem(`"${DEPLOY_TIMEOUT}" must be whole minutes from 1 to 360`, placeOf(timeout));
  }

  const waivers: ConfiguredWaiver[] = [];
  const endless: { rule: string; line: number; column: number }[] = [];
  const waiverEntry = entryOf(root, 'waivers');
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
    if (rule && path && reason && !until) {
      endless.push({ rule: rule.value, ...lines.positionAt(item.span.start) });
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

  const release = mapAt(root, 'release');
  const saidRelease = release ? readReleaseKeys(release, reader, problem) : null;
  const named = mapAt(root, 'components');
  const components = (named?.entries ?? []).flatMap(({ key, value }) => {
    const globs = insideAt(named, key.text, 'globs') ?? [];
    if (globs.length === 0 && isNull(value)) problem(`the component "${key.text}" names no files`, key.span);
    return globs.length === 0 ? [] : [{ name: key.text, globs: globs.map((glob) => glob.value) }];
  });
  const sql = mapAt(root, 'sql');
  if (sql) knownKeys(sql, ['dialect', 'paths'], '"sql"');
  const dialectAt = (parent: YamlMap | null, key: string): SqlSettings['dialect'] => {
    const said = parent && textAt(parent, key);
    if (!said) return null;
    const dialect = SQL_DIALECTS.find((each) => each === said.value);
    if (dialect) return dialect;
    const near = nearMiss(said.value, SQL_DIALECTS);
    problem(
      `"${said.value}" is no dialect of SQL that is read; ${near ? `did you mean "${near}"` : `it takes ${SQL_DIALECTS.join(', ')}`}`,
      said.span,
    );
    return null;
  };
  const dialect = dialectAt(sql, 'dialect');
  const dialectPaths = sql && mapAt(sql, 'paths');
  const sqlPaths = (dialectPaths?.entries ?? []).flatMap(({ key, value }) => {
    if (!staysInside(key.text)) {
      problem(
        `the path "${key.text}" must be inside the repository, from its root, with forward slashes and without ".."`,
        key.span,
      );
    }
    if (isNull(value)) problem(`"${key.text}" names no dialect`, key.span);
    const of = dialectAt(dialectPaths, key.text);
    return of ? [{ glob: key.text, dialect: of }] : [];
  });
  const operations = mapAt(root, 'operations');
  if (operations) knownKeys(operations, ['folder'], '"operations"');
  const documents = mapAt(root, 'documents');
  if (documents) knownKeys(documents, ['templates'], '"documents"');
  const templates = documents && mapAt(documents, 'templates');
  const documentTemplates = new Map<string, string>();
  for (const { key } of templates?.entries ?? []) {
    const mistake = mistakeInTemplateKind(key.text);
    if (mistake) problem(mistake, key.span);
    const said = textAt(templates, key.text);
    if (said && !staysInside(said.value)) {
      problem(
        `the template "${said.value}" must be a file inside the repository, from its root, with forward slashes and without ".."`,
        said.span,
      );
    }
    if (said) documentTemplates.set(key.text, said.value);
  }
  const isOnline = reader.flagAt(root, 'online');
  const readinessMap = mapAt(root, 'readiness');
  const readiness = readinessMap ? readReadiness(readinessMap, reader, problem, CONDITION_IDS) : null;
  const profileMap = mapAt(root, 'profile');
  const profile = profileMap ? readProfileKeys(path, profileMap, lines, reader, problem) : null;
  const isIn = (names: readonly string[] | null, name: string): boolean =>
    (names ?? []).some((each) => each.toLowerCase() === name.toLowerCase());
  const contradicted = [
    ...(profile?.production ?? []).filter((name) => isIn(other, name)),
    ...(profile?.other ?? []).filter((name) => isIn(production, name)),
  ];
  for (const name of contradicted) {
    const entry = entryOf(profileMap, 'environments');
    if (entry)
      problem(
        `"profile" and "environments" do not say the same of the environment "${name}": one calls it production`,
        entry.key.span,
      );
  }
  // One word on what is production, wherever in the file it stands.
  const withFlagged = (
    names: readonly string[] | null,
    flagged: readonly string[],
  ): readonly string[] | null =>
    flagged.length === 0 ? names : [...(names ?? []), ...flagged.filter((name) => !isIn(names, name))];
  const allProduction = withFlagged(production, profile?.production ?? []);
  const allOther = withFlagged(other, profile?.other ?? []);
  const pipelineMap = mapAt(root, 'pipeline');
  const pipeline = pipelineMap ? readPipelineKeys(pipelineMap, reader, problem) : null;
  const releaseFolder = folderAt(release);
  const operationsFolder = folderAt(operations);
  const tags = release && textAt(release, 'tags');
  const knownActions = purposesAt('actions');
  const knownCommands = purposesAt('commands');
  if (problems.length > 0) {
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    return { ok: false, problems };
  }
  return {
    ok: true,
    layer: {
      path,
      bases,
      endless,
      ...(readiness ? { readiness } : {}),
      ...(pipeline ? { pipeline } : {}),
      ...(saidRelease ? { release: saidRelease } : {}),
      ...(profile ? { profile: profile.corrections } : {}),
      says: {
        ...(allProduction ? { productionEnvironments: allProduction } : {}),
        ...(allOther ? { otherEnvironments: allOther } : {}),
        ...(include || exclude
          ? {
              judgedPaths: {
                include: include?.map(({ value }) => value) ?? null,
                exclude: exclude?.map(({ value }) => value) ?? [],
              },
            }
          : {}),
        ...(phases ? { requiredPhases: phases.flatMap(({ value }) => (isPhase(value) ? [value] : [])) } : {}),
        ...(isMinutes ? { limits: { deployTimeoutMinutes: minutes } } : {}),
        ...(releaseFolder ? { releaseFolder } : {}),
        ...(operationsFolder ? { operationsFolder } : {}),
        ...(documentTemplates.size > 0 ? { documentTemplates } : {}),
        ...(tags ? { tagPattern: tags.value } : {}),
        ...(sql ? { sql: { dialect, paths: sqlPaths } } : {}),
        ...(named ? { components } : {}),
        ...(isOnline === null ? {} : { isOnline }),
        severities,
        waivers,
        knownActions,
        knownCommands,
      },
    },
  };
}

/** The keys that a configuration takes, in the order in which people read them. */
export const TOP_KEYS = [
  'extends',
  'environments',
  'paths',
  'rules',
  'phases',
  'actions',
  'commands',
  'limits',
  'waivers',
  'release',
  'operations',
  'documents',
  'components',
  'sql',
  'online',
  'readiness',
  'pipeline',
  'profile',
];

const DEPLOY_TIMEOUT = 'deploy-timeout-minutes';

function isPhase(text: string): text is Phase {
  return (PHASES as readonly string[]).includes(text);
}

function isPurpose(text: string): text is Purpose {
  return (PURPOSES as readonly string[]).includes(text);
}

function mistakeInTemplateKind(id: string): string | null {
  if (DOCUMENT_TASK_IDS.some((kind) => kind === id)) return null;
  if (documentKindOf(id))
    return `the kind "${id}" takes no template of its own: it is always written by the built-in one`;
  const near = nearMiss(id, DOCUMENT_TASK_IDS);
  return `there is no kind of document "${id}"; ${near ? `did you mean "${near}"` : `it takes ${DOCUMENT_TASK_IDS.join(', ')}`}`;
}

/** An action is named without its version: what it does is the same at each. */
function mistakeInAction(name: string): string | null {
  if (name.includes('@')) {
    return `name the action "${name}" without its version: "${name.split('@', 1)[0] ?? ''}"`;
  }
  if (/^\.\/[^\s]+$/.test(name) || /^[\w.-]+\/[\w.-]+(\/[^\s/]+)*$/.test(name)) return null;
  return `"${name}" is no action: write owner/name, owner/name/folder, or ./folder for one of this repository`;
}

function mistakeInCommand(name: string): string | null {
  const [program = ''] = name.split(/\s+/);
  if (program === '') return 'a command must name its program';
  return /[|&;<>$`(){}]/.test(name)
    ? `the command "${name}" must be plain words, the program first: an operator, variable or expression never matches`
    : null;
}

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
