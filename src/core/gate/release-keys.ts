import {
  defaultRelease,
  defaultTuning,
  HOOKS,
  LAYOUTS,
  METRIC_KINDS,
  type HookName,
  type MetricKind,
  type MetricSettings,
  type MetricSource,
  type ReleasePaths,
  type ReleaseSettings,
  type StrategyStage,
  type WatchSettings,
  type WatchTuning,
} from '../evidence/release-settings';
import { ROLLOUTS, type Rollout } from '../evidence/rollouts';
import { nearMiss } from '../rules/near-miss';
import { durationMs } from '../text/duration';
import type { Located } from '../text/position';
import { entryOf, type YamlMap, type YamlValue } from '../workflow/yaml-tree';
import { isNull, placeOf, staysInside, type LayerReader, type SayMistake } from './layer-reader';

/** The keys of `release:`, in the order in which people read them; `folder` and `tags` are read with the folders. */
export const RELEASE_KEYS = [
  'folder',
  'tags',
  'layout',
  'paths',
  'deploy',
  'strategies',
  'checklist',
  'smoke',
  'watch',
  'environments',
  'hooks',
  'vulnerability',
  'tag',
  'lock-remote',
] as const;

/** What one file says of a release: parts that it does not speak of are left out. */
export interface SaidRelease {
  readonly layout?: ReleaseSettings['layout'];
  readonly paths?: ReleaseSettings['paths'];
  readonly deploy?: Partial<ReleaseSettings['deploy']>;
  readonly strategies?: ReleaseSettings['strategies'];
  readonly checklist?: readonly string[];
  readonly smoke?: Partial<ReleaseSettings['smoke']>;
  readonly watch?: Partial<WatchSettings>;
  readonly environments?: ReleaseSettings['environments'];
  readonly hooks?: ReleaseSettings['hooks'];
  readonly vulnerability?: Partial<ReleaseSettings['vulnerability']>;
  readonly tag?: string | null;
  readonly lockRemote?: string | null;
}

/** Settings with what a later file says: maps are joined by key, lists (metrics, stages, arguments) replaced whole. */
export function joinRelease(base: ReleaseSettings, said: SaidRelease): ReleaseSettings {
  const environments: Record<string, Partial<WatchSettings>> = { ...base.environments };
  for (const [name, watch] of Object.entries(said.environments ?? {})) {
    environments[name] = { ...environments[name], ...watch };
  }
  return {
    layout: said.layout ?? base.layout,
    paths: {
      ...base.paths,
      ...said.paths,
      documents: { ...base.paths.documents, ...said.paths?.documents },
    },
    deploy: { ...base.deploy, ...said.deploy },
    strategies: { ...base.strategies, ...said.strategies },
    checklist: said.checklist ?? base.checklist,
    smoke: { ...base.smoke, ...said.smoke },
    watch: { ...base.watch, ...said.watch },
    environments,
    hooks: { ...base.hooks, ...said.hooks },
    vulnerability: { ...base.vulnerability, ...said.vulnerability },
    tag: said.tag === undefined ? base.tag : said.tag,
    lockRemote: said.lockRemote === undefined ? base.lockRemote : said.lockRemote,
    isWindowSaid: base.isWindowSaid || said.watch?.windowMs !== undefined,
    isIdleSaid: base.isIdleSaid || said.deploy?.idleMs !== undefined,
    isRollbackSaid: base.isRollbackSaid || said.deploy?.rollbackArguments !== undefined,
  };
}

const PATH_KEYS = {
  'deploy-folder': 'deployFolder',
  'release-folder': 'releaseFolder',
  'deploy-script': 'deployScript',
  'health-script': 'healthScript',
  'env-file': 'envFile',
  'env-template': 'envTemplate',
  architecture: 'architecture',
  restrictions: 'restrictions',
  'acceptance-criteria': 'acceptanceCriteria',
  'smoke-tests': 'smokeTests',
  leftovers: 'leftovers',
} as const satisfies Record<string, Exclude<keyof ReleasePaths, 'documents' | 'smokeSection'>>;

const DOCUMENT_KEYS = {
  observability: 'observability',
  'environment-strategy': 'environmentStrategy',
  'deployment-procedures': 'deploymentProcedures',
} as const satisfies Record<string, keyof ReleasePaths['documents']>;

const WATCH_KEYS = [
  'rule',
  'window',
  'interval',
  'after-rollback',
  'answer-within',
  'baseline-minutes',
  'history-days',
  'excluded',
  'evidence-hard',
  'evidence-soft',
  'ratio-hard',
  'ratio-soft',
  'latency-hard',
  'latency-soft',
  'error-ceiling',
  'p95-times',
  'profile',
  'metrics',
  'prometheus',
  'tuning',
] as const;

type TuningNumber = Exclude<keyof WatchTuning, 'ratios' | 'ratioWeights'>;

const TUNING_NUMBERS = Object.keys(defaultTuning).filter(
  (name): name is TuningNumber => name !== 'ratios' && name !== 'ratioWeights',
);

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The keys of `tuning:`, the constants of the rule of the watch window. */
export const TUNING_KEYS: readonly string[] = TUNING_NUMBERS.map(kebab);

/** What a constant may be: whole polls, a share between none and all, or a number of times. */
export function tuningBounds(name: TuningNumber): { readonly from: number; readonly to: number } {
  switch (name) {
    case 'weightAtRelease':
    case 'hazard':
    case 'quietHard':
    case 'quietSoft':
      return { from: 0.0001, to: 0.9999 };
    default:
      return { from: 1, to: 1_000_000 };
  }
}

const isWhole = (name: TuningNumber): boolean => name.endsWith('Polls') || name === 'checkFailures';

const METRIC_KEYS = [
  'name',
  'kind',
  'query',
  'bad',
  'all',
  'up',
  'command',
  'check',
  'url',
  'status',
  'timeout',
  'required',
  'worse',
  'unit',
  'limit',
  'quantile',
  'hard-times',
  'soft-times',
] as const;

const PLACEHOLDERS = ['version', 'environment', 'target'] as const;

/** Reads `release:` save its folder and tags; mistakes are said at their places, and what is not said is left out. */
export function readReleaseKeys(map: YamlMap, reader: LayerReader, problem: SayMistake): SaidRelease {
  reader.knownKeys(map, RELEASE_KEYS, '"release"');
  const values = valueReader(reader, problem);
  const layout = values.choiceAt(map, 'layout', LAYOUTS, 'layout');
  const paths = readPaths(reader.mapAt(map, 'paths'), reader, values);
  const deploy = readDeploy(reader.mapAt(map, 'deploy'), reader, values);
  const strategies = readStrategies(reader.mapAt(map, 'strategies'), reader, values, problem);
  const checklist = values.textsAt(map, 'checklist', 'steps that a person does');
  const smoke = readSmoke(reader.mapAt(map, 'smoke'), reader, values, problem);
  const watchMap = reader.mapAt(map, 'watch');
  const watch = watchMap ? readWatch(watchMap, '"watch"', reader, values, problem) : null;
  const environmentsMap = reader.mapAt(map, 'environments');
  const environments: Record<string, Partial<WatchSettings>> = {};
  for (const { key } of environmentsMap?.entries ?? []) {
    const own = reader.mapAt(environmentsMap, key.text);
    if (own) {
      environments[key.text] = readWatch(own, `the environment "${key.text}"`, reader, values, problem);
    }
  }
  const hooksMap = reader.mapAt(map, 'hooks');
  if (hooksMap) reader.knownKeys(hooksMap, HOOKS, '"hooks"');
  const hooks: Partial<Record<HookName, readonly string[]>> = {};
  for (const hook of HOOKS) {
    const command = values.programAt(hooksMap, hook);
    if (command) hooks[hook] = command;
  }
  const signal = reader.mapAt(map, 'vulnerability');
  if (signal) reader.knownKeys(signal, ['command', 'sarif'], '"vulnerability"');
  const vulnerability = set({
    command: values.programAt(signal, 'command'),
    sarif: reader.insideAt(signal, 'sarif', 'files or globs')?.map(({ value }) => value) ?? null,
  });
  const tag = values.textOrNoneAt(map, 'tag');
  if (tag?.value && !tag.value.includes('{version}')) {
    problem(`"tag" must hold {version}, such as release/{version}, not "${tag.value}"`, tag.span);
  }
  const lockRemote = values.textOrNoneAt(map, 'lock-remote');
  if (lockRemote?.value && !/^[\w][\w./-]*$/.test(lockRemote.value)) {
    problem(
      `"lock-remote" must be the name of a remote such as origin, or none, not "${lockRemote.value}"`,
      lockRemote.span,
    );
  }
  return {
    ...set({ layout, checklist, watch }),
    ...(paths ? { paths } : {}),
    deploy,
    strategies,
    smoke,
    environments,
    hooks,
    vulnerability,
    ...(tag ? { tag: tag.value } : {}),
    ...(lockRemote ? { lockRemote: lockRemote.value } : {}),
  };
}

/** A part without what is null: what was not said. */
function set<T extends object>(part: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null)) as {
    [Key in keyof T]?: NonNullable<T[Key]>;
  };
}

/** The kinds of values that a release's settings have beside those of every layer. */
interface ValueReader {
  readonly choiceAt: <T extends string>(
    parent: YamlMap | null,
    key: string,
    choices: readonly T[],
    what: string,
  ) => T | null;
  readonly durationAt: (parent: YamlMap | null, key: string, fromMs?: number) => number | null;
  readonly realAt: (
    parent: YamlMap | null,
    key: string,
    bounds: { readonly from: number; readonly to: number },
  ) => number | null;
  /** Undefined: not said; null: `none`. */
  readonly realOrNoneAt: (
    parent: YamlMap | null,
    key: string,
    bounds: { readonly from: number; readonly to: number },
  ) => number | null | undefined;
  /** Null: not said; its value null: `none`. */
  readonly textOrNoneAt: (
    parent: YamlMap | null,
    key: string,
  ) => { readonly value: string | null; readonly span: Located<string>['span'] } | null;
  readonly pathAt: (parent: YamlMap | null, key: string) => string | null;
  readonly textsAt: (parent: YamlMap | null, key: string, what: string) => readonly string[] | null;
  readonly programAt: (parent: YamlMap | null, key: string) => readonly string[] | null;
  /** Arguments of the deploy script, in which only what is known may stand in braces. */
  readonly argumentsAt: (parent: YamlMap | null, key: string) => readonly string[] | null;
}

function valueReader(reader: LayerReader, problem: SayMistake): ValueReader {
  const durationAt: ValueReader['durationAt'] = (parent, key, fromMs = 1) => {
    const entry = entryOf(parent, key);
    if (!entry || isNull(entry.value)) return null;
    const text = entry.value.kind === 'scalar' ? entry.value.text : '';
    const ms = text === '0' ? 0 : durationMs(text);
    if (ms !== null && ms >= fromMs && ms <= 31 * 24 * 3_600_000) return ms;
    problem(
      `"${key}" must be a duration with its unit, such as 200ms, 30s, 15m or 2h, up to 31 days`,
      placeOf(entry),
    );
    return null;
  };
  const realAt: ValueReader['realAt'] = (parent, key, { from, to }) => {
    const entry = entryOf(parent, key);
    if (!entry || isNull(entry.value)) return null;
    const value = entry.value.kind === 'scalar' ? entry.value.value : null;
    if (typeof value === 'number' && value >= from && value <= to) return value;
    problem(`"${key}" must be a number from ${from} to ${to}`, placeOf(entry));
    return null;
  };
  const isNone = (value: YamlValue | undefined): boolean =>
    value?.kind === 'scalar' && (value.text === 'none' || value.value === false);
  return {
    choiceAt: (parent, key, choices, what) => {
      const said = reader.textAt(parent, key);
      if (!said) return null;
      const choice = choices.find((each) => each === said.value);
      if (choice) return choice;
      const near = nearMiss(said.value, choices);
      problem(
        `"${said.value}" is no ${what}; ${near ? `did you mean "${near}"` : `it takes ${choices.join(', ')}`}`,
        said.span,
      );
      return null;
    },
    durationAt,
    realAt,
    realOrNoneAt: (parent, key, bounds) => {
      const entry = entryOf(parent, key);
      if (!entry || isNull(entry.value)) return undefined;
      if (isNone(entry.value)) return null;
      return realAt(parent, key, bounds) ?? undefined;
    },
    textOrNoneAt: (parent, key) => {
      const entry = entryOf(parent, key);
      if (entry && isNone(entry.value)) return { value: null, span: entry.value.span };
      return reader.textAt(parent, key);
    },
    pathAt: (parent, key) => {
      const said = reader.textAt(parent, key);
      if (!said) return null;
      const path = said.value.replace(/\/+$/, '');
      if (staysInside(path)) return path;
      problem(
        `the path "${said.value}" must be inside the repository, from its root, with forward slashes and without ".."`,
        said.span,
      );
      return null;
    },
    textsAt: (parent, key, what) => reader.textsAt(parent, key, what)?.map(({ value }) => value) ?? null,
    programAt: (parent, key) => {
      const words = reader.textsAt(parent, key, 'a program and its arguments');
      if (!words) return null;
      const [first] = words;
      if (first && words.length === 1 && /\s/.test(first.value)) {
        problem(
          `"${key}" is run without a shell: write the program and its arguments as a list, such as [${first.value.split(/\s+/).join(', ')}]`,
          first.span,
        );
      }
      return words.length === 0 ? null : words.map(({ value }) => value);
    },
    argumentsAt: (parent, key) => {
      const words = reader.textsAt(parent, key, 'arguments');
      for (const { value, span } of words ?? []) {
        for (const [whole, name = ''] of value.matchAll(/\{([\w-]*)\}/g)) {
          if ((PLACEHOLDERS as readonly string[]).includes(name)) continue;
          const near = nearMiss(name, PLACEHOLDERS);
          problem(
            `nothing is known that would stand for "${whole}"; ${near ? `did you mean "{${near}}"` : 'it takes {version}, {environment} and {target}'}`,
            span,
          );
        }
      }
      return words?.map(({ value }) => value) ?? null;
    },
  };
}

function readPaths(
  map: YamlMap | null,
  reader: LayerReader,
  values: ValueReader,
): ReleaseSettings['paths'] | null {
  if (!map) return null;
  reader.knownKeys(
    map,
    [...Object.keys(PATH_KEYS), 'smoke-section', ...Object.keys(DOCUMENT_KEYS)],
    '"paths" of "release"',
  );
  const pathsOf = <T extends string>(keys: Readonly<Record<string, T>>): Partial<Record<T, string>> => {
    const found: Partial<Record<T, string>> = {};
    for (const [key, name] of Object.entries(keys)) {
      const path = values.pathAt(map, key);
      if (path !== null) found[name] = path;
    }
    return found;
  };
  const section = reader.textAt(map, 'smoke-section');
  return {
    ...pathsOf(PATH_KEYS),
    ...(section ? { smokeSection: section.value } : {}),
    documents: pathsOf(DOCUMENT_KEYS),
  };
}

function readDeploy(
  map: YamlMap | null,
  reader: LayerReader,
  values: ValueReader,
): Partial<ReleaseSettings['deploy']> {
  if (map) reader.knownKeys(map, ['arguments', 'rollback-arguments', 'idle', 'limit', 'grace'], '"deploy"');
  return set({
    arguments: values.argumentsAt(map, 'arguments'),
    rollbackArguments: values.argumentsAt(map, 'rollback-arguments'),
    idleMs: values.durationAt(map, 'idle'),
    limitMs: values.durationAt(map, 'limit'),
    graceMs: values.durationAt(map, 'grace'),
  });
}

function readStrategies(
  map: YamlMap | null,
  reader: LayerReader,
  values: ValueReader,
  problem: SayMistake,
): ReleaseSettings['strategies'] {
  if (!map) return {};
  reader.knownKeys(map, ROLLOUTS, '"strategies"');
  const strategies: Partial<Record<Rollout, readonly StrategyStage[]>> = {};
  for (const rollout of ROLLOUTS) {
    const entry = entryOf(map, rollout);
    if (!entry || isNull(entry.value)) continue;
    if (rollout === 'manual') {
      problem('a manual release calls no script: write its steps as "checklist"', entry.key.span);
      continue;
    }
    const stages = reader
      .mapsAt(map, rollout, 'a map with name, arguments and watch')
      .flatMap((item): readonly StrategyStage[] => {
        reader.knownKeys(item, ['name', 'arguments', 'watch'], `a stage of "${rollout}"`);
        const name = reader.textAt(item, 'name');
        if (!name) problem(`a stage of "${rollout}" has no name`, item.span);
        return name
          ? [
              {
                name: name.value,
                arguments: values.argumentsAt(item, 'arguments') ?? [],
                watchMs: values.durationAt(item, 'watch', 0) ?? 0,
              },
            ]
          : [];
      });
    const last = stages.at(-1);
    if (last && last.watchMs > 0) {
      problem(
        `the last stage of "${rollout}", "${last.name}", is followed by the watch window and takes no "watch" of its own`,
        entry.key.span,
      );
    }
    if (stages.length > 0) strategies[rollout] = stages;
  }
  return strategies;
}

function readSmoke(
  map: YamlMap | null,
  reader: LayerReader,
  values: ValueReader,
  problem: SayMistake,
): Partial<ReleaseSettings['smoke']> {
  if (map) {
    reader.knownKeys(map, ['command', 'limit', 'endpoints', 'base-url', 'test-account'], '"smoke"');
  }
  const baseUrl = reader.textAt(map, 'base-url');
  if (baseUrl && !isAddress(baseUrl.value)) problem(addressMistake(baseUrl.value), baseUrl.span);
  const endpoints = reader.textsAt(map, 'endpoints', 'OpenAPI documents, or lines such as GET /path');
  for (const { value, span } of endpoints ?? []) {
    if (/^(?:[\w. -]+:\s+)?(?:GET|HEAD|POST|PUT|PATCH|DELETE)\s+\/\S*$/i.test(value) || staysInside(value))
      continue;
    problem(
      `"${value}" is no endpoint: write a line such as "GET /orders", or the path of an OpenAPI document`,
      span,
    );
  }
  return set({
    command: values.programAt(map, 'command'),
    limitMs: values.durationAt(map, 'limit'),
    endpoints: endpoints?.map(({ value }) => value) ?? null,
    baseUrl: baseUrl?.value ?? null,
    testAccount: reader.textAt(map, 'test-account')?.value ?? null,
  });
}

function readWatch(
  map: YamlMap,
  where: string,
  reader: LayerReader,
  values: ValueReader,
  problem: SayMistake,
): Partial<WatchSettings> {
  reader.knownKeys(map, WATCH_KEYS, where);
  const times = { from: 1, to: 1000 };
  const evidence = { from: 1, to: 1e9 };
  const prometheusMap = reader.mapAt(map, 'prometheus');
  if (prometheusMap) reader.knownKeys(prometheusMap, ['url', 'headers-from'], '"prometheus"');
  const url = reader.textAt(prometheusMap, 'url');
  if (prometheusMap && !url) problem('"prometheus" names no url', prometheusMap.span);
  else if (url && !isAddress(url.value)) problem(addressMistake(url.value), url.span);
  const headersFrom = reader.textAt(prometheusMap, 'headers-from');
  if (headersFrom && !/^[A-Za-z_]\w*$/.test(headersFrom.value)) {
    problem(
      `"headers-from" must be the name of an environment variable, never a header itself, not "${headersFrom.value}"`,
      headersFrom.span,
    );
  }
  const ceiling = values.realOrNoneAt(map, 'error-ceiling', { from: 0, to: 1 });
  const p95 = values.realOrNoneAt(map, 'p95-times', times);
  const metrics = entryOf(map, 'metrics') ? readMetrics(map, reader, values, problem) : null;
  const tuning = readTuning(reader.mapAt(map, 'tuning'), reader, values, problem);
  const excluded = entryOf(map, 'excluded') ? readExcluded(map, reader, problem) : null;
  return {
    ...set({
      rule: values.choiceAt(map, 'rule', ['confirmed', 'literal'] as const, 'rule of a watch'),
      windowMs: values.durationAt(map, 'window'),
      intervalMs: values.durationAt(map, 'interval'),
      afterRollbackMs: values.durationAt(map, 'after-rollback'),
      answerWithinMs: values.durationAt(map, 'answer-within'),
      baselineMinutes: reader.numberAt(map, 'baseline-minutes', {
        from: 1,
        to: 100_000,
        unit: 'whole minutes',
      }),
      historyDays: values.realAt(map, 'history-days', { from: 0, to: 366 }),
      evidenceHard: values.realAt(map, 'evidence-hard', evidence),
      evidenceSoft: values.realAt(map, 'evidence-soft', evidence),
      ratioHard: values.realAt(map, 'ratio-hard', times),
      ratioSoft: values.realAt(map, 'ratio-soft', times),
      latencyHard: values.realAt(map, 'latency-hard', times),
      latencySoft: values.realAt(map, 'latency-soft', times),
      profile: values.choiceAt(map, 'profile', ['metrics', 'probes'] as const, 'profile of a watch'),
      excluded,
      metrics,
      tuning,
    }),
    ...(ceiling === undefined ? {} : { errorCeiling: ceiling }),
    ...(p95 === undefined ? {} : { p95Times: p95 }),
    ...(url ? { prometheus: { url: url.value, headersFrom: headersFrom?.value ?? null } } : {}),
  };
}

function readTuning(
  map: YamlMap | null,
  reader: LayerReader,
  values: ValueReader,
  problem: SayMistake,
): WatchTuning | null {
  if (!map) return null;
  reader.knownKeys(map, TUNING_KEYS, '"tuning"');
  let tuning = defaultTuning;
  for (const name of TUNING_NUMBERS) {
    const key = kebab(name);
    const bounds = tuningBounds(name);
    const said =
      name === 'uncalibratedTimes'
        ? values.realOrNoneAt(map, key, bounds)
        : (values.realAt(map, key, bounds) ?? undefined);
    if (said === undefined) continue;
    if (said !== null && isWhole(name) && !Number.isInteger(said)) {
      problem(`"${key}" must be a whole number`, entryOf(map, key)?.value.span ?? map.span);
      continue;
    }
    tuning = { ...tuning, [name]: said };
  }
  return tuning;
}

function readExcluded(map: YamlMap, reader: LayerReader, problem: SayMistake): WatchSettings['excluded'] {
  return reader.mapsAt(map, 'excluded', 'a map with from, until and reason').flatMap((item) => {
    reader.knownKeys(item, ['from', 'until', 'reason'], 'an excluded span');
    const time = (key: 'from' | 'until'): string | null => {
      const text = reader.textAt(item, key);
      if (text && /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?Z$/.test(text.value) && isTime(text.value)) {
        return text.value;
      }
      problem(
        `"${key}" of an excluded span must be a time of UTC such as "2027-03-01T14:05:00Z", in quotes`,
        text?.span ?? item.span,
      );
      return null;
    };
    const from = time('from');
    const until = time('until');
    const reason = reader.textAt(item, 'reason');
    if (!reason) problem('the excluded span gives no reason', item.span);
    if (from && until && Date.parse(until) <= Date.parse(from)) {
      problem(`the excluded span ends before it begins (${from} to ${until})`, item.span);
    }
    return from && until && reason ? [{ from, until, reason: reason.value }] : [];
  });
}

function readMetrics(
  map: YamlMap,
  reader: LayerReader,
  values: ValueReader,
  problem: SayMistake,
): readonly MetricSettings[] {
  const names = new Set<string>();
  return reader
    .mapsAt(map, 'metrics', 'a map with name, kind and where its numbers come from')
    .flatMap((item) => {
      reader.knownKeys(item, METRIC_KEYS, 'a metric');
      const name = reader.textAt(item, 'name');
      if (!name) problem('the metric has no name', item.span);
      else if (names.has(name.value)) problem(`there are two metrics "${name.value}"`, name.span);
      if (name) names.add(name.value);
      const kind = values.choiceAt(item, 'kind', METRIC_KINDS, 'kind of metric');
      if (!kind && !entryOf(item, 'kind')) {
        problem(
          `${name ? `the metric "${name.value}"` : 'the metric'} says not its kind: ${METRIC_KINDS.join(', ')}`,
          item.span,
        );
      }
      const source = readSource(item, name?.value ?? '', kind, reader, values, problem);
      const worse = values.choiceAt(item, 'worse', ['up', 'down'] as const, 'direction');
      const quantile = values.realAt(item, 'quantile', { from: 0.5, to: 0.9999 });
      const times = { from: 1, to: 1000 };
      const hardTimes = values.realAt(item, 'hard-times', times);
      const softTimes = values.realAt(item, 'soft-times', times);
      if (hardTimes !== null && softTimes !== null && softTimes > hardTimes) {
        problem(
          `"soft-times" (${softTimes}) must not be above "hard-times" (${hardTimes})`,
          entryOf(item, 'soft-times')?.value.span ?? item.span,
        );
      }
      const limit = values.realAt(item, 'limit', { from: -1e15, to: 1e15 });
      const isRequired = reader.flagAt(item, 'required');
      const unit = reader.textAt(item, 'unit');
      if (!name || !kind || !source) return [];
      return [
        {
          name: name.value,
          kind,
          source,
          // Numbers of the project's own and counts are looked at beside what a release cannot do without.
          isRequired: isRequired ?? (kind !== 'own' && kind !== 'count'),
          worse: worse ?? 'up',
          unit: unit?.value ?? (kind === 'latency' ? 'ms' : ''),
          limit,
          quantile: quantile ?? (kind === 'latency' || kind === 'slow-requests' ? 0.99 : null),
          hardTimes,
          softTimes,
        },
      ];
    });
}

function readSource(
  item: YamlMap,
  name: string,
  kind: MetricKind | null,
  reader: LayerReader,
  values: ValueReader,
  problem: SayMistake,
): MetricSource | null {
  const has = (key: string): boolean => {
    const entry = entryOf(item, key);
    return entry !== null && entry !== undefined && !isNull(entry.value);
  };
  const ways = [
    ...(has('query') || has('bad') || has('all') ? ['query'] : []),
    ...['command', 'check', 'url'].filter(has),
  ];
  const [way] = ways;
  if (!way || ways.length > 1) {
    problem(
      way
        ? `the metric "${name}" has its numbers from several places (${ways.join(', ')}): name one`
        : `the metric "${name}" says not where its numbers come from: query, bad and all, command, check or url`,
      item.span,
    );
    return null;
  }
  for (const key of ['status', 'timeout']) {
    const entry = entryOf(item, key);
    if (entry && way !== 'url') problem(`"${key}" is for a metric with a url`, entry.key.span);
  }
  const up = reader.textAt(item, 'up');
  if (up && way !== 'query') problem('"up" is for a metric from Prometheus', up.span);
  switch (way) {
    case 'query': {
      const query = reader.textAt(item, 'query');
      const bad = reader.textAt(item, 'bad');
      const all = reader.textAt(item, 'all');
      // Beside a level "all" is what tells no traffic from no number.
      const isLevel = kind === 'latency' || kind === 'saturation' || kind === 'own' || kind === null;
      if (query && (bad || (all && !isLevel))) {
        problem(
          `the metric "${name}" has "query" for a level, or "bad" and "all" for counts, not both`,
          query.span,
        );
      }
      if (kind === 'errors' && !(bad && all)) {
        problem(
          `the metric "${name}" is judged by counts: it needs "bad", the counter of requests that failed, and "all"`,
          query?.span ?? item.span,
        );
      }
      return {
        from: 'prometheus',
        query: query?.value ?? null,
        bad: bad?.value ?? null,
        all: all?.value ?? null,
        up: up?.value ?? null,
      };
    }
    case 'url': {
      const url = reader.textAt(item, 'url');
      const status = reader.numberAt(item, 'status', { from: 100, to: 599, unit: 'a status of HTTP' }) ?? 200;
      const timeoutMs = values.durationAt(item, 'timeout') ?? 5000;
      if (url && !isAddress(url.value)) problem(addressMistake(url.value), url.span);
      return url ? { from: 'probe', url: url.value, status, timeoutMs } : null;
    }
    case 'command':
    case 'check': {
      const command = values.programAt(item, way);
      return command ? { from: way, command } : null;
    }
    default:
      return null;
  }
}

/** An address that may stand in a file that is committed: no user and no password in it. */
function isAddress(text: string): boolean {
  return /^https?:\/\/[^\s/@?#]+(?:[/?#]\S*)?$/.test(text);
}

function addressMistake(text: string): string {
  return `"${text}" must be an address that begins with https:// or http://, without user and password`;
}

function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().slice(0, 10) === text.slice(0, 10);
}

/** What holds where no file says anything of a release; `folder` is that of release documents. */
export function releaseInFolder(settings: ReleaseSettings, folder: string): ReleaseSettings {
  if (settings.layout !== defaultRelease.layout || folder === 'docs/release') return settings;
  return {
    ...settings,
    paths: {
      releaseFolder: `${folder}/records`,
      restrictions: `${folder}/restrictions.md`,
      acceptanceCriteria: `${folder}/acceptance_criteria.md`,
      leftovers: `${folder}/leftovers`,
      ...settings.paths,
    },
  };
}
