import { entryOf, type YamlMap } from '../workflow/yaml-tree';
import { nearMiss } from '../rules/near-miss';
import { isDate, placeOf, type LayerReader, type SayMistake } from './layer-reader';

/** How much a condition of readiness weighs; `off` leaves it out, and the report says so. */
export type ConditionWeight = 'block' | 'warn' | 'off';

/** Kinds of evidence files, by the key of `readiness.evidence`. */
export const EVIDENCE_KINDS = [
  'tests',
  'coverage',
  'scans',
  'lint',
  'types',
  'checks',
  'quality-report',
  'acceptance-criteria',
  'performance',
  'functional',
  'tickets',
] as const;

export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];

/** Where the artifact of a release is kept. */
export const REGISTRY_KINDS = ['oci', 'npm', 'pypi', 'github-release', 'command'] as const;

export type RegistryKind = (typeof REGISTRY_KINDS)[number];

/** The artifact that is released, as the configuration names it. */
export interface ArtifactSettings {
  readonly registry: RegistryKind;
  /** `ghcr.io/acme/orders`, `@acme/orders`, `acme/orders`; null where a command needs none. */
  readonly name: string | null;
  /** The registry's own address, where it is not the public one of its kind; images have theirs in the name. */
  readonly url: string | null;
  /** How the version is written there: `v{version}`; `{version}` by default. */
  readonly version: string;
  /** A program with its arguments, `{version}` and `{name}` replaced in them; no shell. */
  readonly command: readonly string[] | null;
  /** The same, to verify a signature or attestation; `{commit}` and `{digest}` too. */
  readonly verify: readonly string[] | null;
}

/** A time in which releases may go, on days of the week. */
export interface ChangeWindow {
  readonly days: readonly Weekday[];
  /** `09:00`, in `zone`; up to and without `to`. Where `to` is before `from` it ends on the next day. */
  readonly from: string;
  readonly to: string;
  /** An IANA time zone: `Europe/Berlin`. */
  readonly zone: string;
}

/** Days on which nothing is released, both included. */
export interface Freeze {
  readonly from: string;
  readonly until: string;
  readonly reason: string;
}

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** What `readiness:` of the configuration says; every part has a default. */
export interface ReadinessSettings {
  /** By condition id; one that is not named has its own weight. */
  readonly conditions: Readonly<Record<string, ConditionWeight>>;
  /** Globs by kind; a kind that is not named is looked for in the usual places. */
  readonly evidence: Readonly<Partial<Record<EvidenceKind, readonly string[]>>>;
  /** A program that prints the tickets in scope, with its arguments; no shell. */
  readonly ticketsCommand: readonly string[] | null;
  /** Per cent of lines. */
  readonly coverage: { readonly whole: number; readonly core: number; readonly coreFiles: readonly string[] };
  readonly artifact: ArtifactSettings | null;
  readonly rollback: {
    /** The recovery time objective. */
    readonly objectiveMinutes: number | null;
    readonly drillMaxAgeDays: number;
    /** Metrics that need a machine-readable trigger. */
    readonly requiredMetrics: readonly string[];
  };
  readonly drills: {
    readonly backupRestoreMaxAgeDays: number;
    readonly disasterRecoveryMaxAgeDays: number;
  };
  readonly approvals: {
    readonly required: number;
    /** Whether nobody who wrote a commit of the range may be the one who approves. */
    readonly fourEyes: boolean;
    /** Who may approve, by name or handle; empty: anybody. */
    readonly by: readonly string[];
  };
  readonly windows: readonly ChangeWindow[];
  readonly freezes: readonly Freeze[];
  /** Globs of keys that may differ between staging and production. */
  readonly parityIgnore: readonly string[];
  readonly health: {
    readonly urls: readonly { readonly url: string; readonly status: number }[];
    readonly command: readonly string[] | null;
  };
}

export const defaultReadiness: ReadinessSettings = {
  conditions: {},
  evidence: {},
  ticketsCommand: null,
  coverage: { whole: 80, core: 95, coreFiles: [] },
  artifact: null,
  rollback: {
    objectiveMinutes: null,
    drillMaxAgeDays: 90,
    requiredMetrics: ['error rate', 'p99 latency', 'health check'],
  },
  drills: { backupRestoreMaxAgeDays: 90, disasterRecoveryMaxAgeDays: 365 },
  approvals: { required: 1, fourEyes: true, by: [] },
  windows: [],
  freezes: [],
  parityIgnore: [],
  health: { urls: [], command: null },
};

/** What one file says of readiness: parts that it does not speak of are left out. */
export type SaidReadiness = { readonly [Key in keyof ReadinessSettings]?: Partial<ReadinessSettings[Key]> };

/** Settings with what a later file says: maps are joined by key, lists and the artifact replaced whole. */
export function joinReadiness(base: ReadinessSettings, said: SaidReadiness): ReadinessSettings {
  return {
    conditions: { ...base.conditions, ...said.conditions } as ReadinessSettings['conditions'],
    evidence: { ...base.evidence, ...said.evidence },
    ticketsCommand: (said.ticketsCommand as ReadinessSettings['ticketsCommand']) ?? base.ticketsCommand,
    coverage: { ...base.coverage, ...said.coverage },
    artifact: (said.artifact as ReadinessSettings['artifact']) ?? base.artifact,
    rollback: { ...base.rollback, ...said.rollback },
    drills: { ...base.drills, ...said.drills },
    approvals: { ...base.approvals, ...said.approvals },
    windows: (said.windows as ReadinessSettings['windows']) ?? base.windows,
    freezes: (said.freezes as ReadinessSettings['freezes']) ?? base.freezes,
    parityIgnore: (said.parityIgnore as ReadinessSettings['parityIgnore']) ?? base.parityIgnore,
    health: { ...base.health, ...said.health },
  };
}

/** The keys of `readiness:`, in the order in which people read them. */
export const READINESS_KEYS = [
  'conditions',
  'evidence',
  'coverage',
  'artifact',
  'rollback',
  'drills',
  'approvals',
  'windows',
  'freezes',
  'parity',
  'health',
] as const;

/** Reads `readiness:`; mistakes are said at their places. Whether a condition exists is judged by the caller's list. */
export function readReadiness(
  map: YamlMap,
  reader: LayerReader,
  problem: SayMistake,
  conditionIds: readonly string[],
): SaidReadiness {
  const { knownKeys, mapAt, textAt, textsAt, insideAt, numberAt, flagAt, mapsAt } = reader;
  knownKeys(map, READINESS_KEYS, '"readiness"');
  const valuesAt = (parent: YamlMap | null, key: string, what: string): readonly string[] | null =>
    textsAt(parent, key, what)?.map(({ value }) => value) ?? null;
  const set = <T extends object>(part: T): T =>
    Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null)) as T;

  const weights: Record<string, ConditionWeight> = {};
  for (const entry of mapAt(map, 'conditions')?.entries ?? []) {
    const id = entry.key.text;
    const text = entry.value.kind === 'scalar' ? entry.value.text : '';
    // YAML 1.1 tools write the bare word `off` as `false`.
    const weight = text === 'false' ? 'off' : text;
    if (!conditionIds.includes(id)) {
      const near = nearMiss(id, conditionIds);
      problem(
        `there is no condition "${id}" of readiness${near ? `; did you mean "${near}"` : ''}`,
        entry.key.span,
      );
    } else if (weight === 'block' || weight === 'warn' || weight === 'off') weights[id] = weight;
    else problem(`the weight of "${id}" must be block, warn or off`, placeOf(entry));
  }

  const evidenceMap = mapAt(map, 'evidence');
  if (evidenceMap) knownKeys(evidenceMap, [...EVIDENCE_KINDS, 'tickets-command'], '"evidence"');
  const evidence: Partial<Record<EvidenceKind, readonly string[]>> = {};
  for (const kind of EVIDENCE_KINDS) {
    const globs = insideAt(evidenceMap, kind, 'files or globs');
    if (globs) evidence[kind] = globs.map(({ value }) => value);
  }

  const coverageMap = mapAt(map, 'coverage');
  if (coverageMap) knownKeys(coverageMap, ['whole', 'core', 'core-files'], '"coverage"');
  const perCent = { from: 0, to: 100, unit: 'a whole number of per cent' };

  const rollbackMap = mapAt(map, 'rollback');
  if (rollbackMap) {
    knownKeys(rollbackMap, ['objective-minutes', 'drill-max-age-days', 'required-metrics'], '"rollback"');
  }
  const drillsMap = mapAt(map, 'drills');
  if (drillsMap) {
    knownKeys(drillsMap, ['backup-restore-max-age-days', 'disaster-recovery-max-age-days'], '"drills"');
  }
  const days = { from: 1, to: 3650, unit: 'whole days' };

  const approvalsMap = mapAt(map, 'approvals');
  if (approvalsMap) knownKeys(approvalsMap, ['required', 'four-eyes', 'by'], '"approvals"');
  const parityMap = mapAt(map, 'parity');
  if (parityMap) knownKeys(parityMap, ['ignore'], '"parity"');

  const healthMap = mapAt(map, 'health');
  if (healthMap) knownKeys(healthMap, ['urls', 'command'], '"health"');
  const urls = mapsAt(healthMap, 'urls', 'a map with url and status').flatMap((item) => {
    knownKeys(item, ['url', 'status'], 'an address of "health"');
    const url = textAt(item, 'url');
    if (!url) problem('an address of "health" names no url', item.span);
    else if (!/^https?:\/\/\S+$/.test(url.value)) {
      problem(`"${url.value}" must be an address that begins with https:// or http://`, url.span);
    }
    const status = numberAt(item, 'status', { from: 100, to: 599, unit: 'a status of HTTP' }) ?? 200;
    return url ? [{ url: url.value, status }] : [];
  });

  const artifact = readArtifact(map, reader, problem);
  const windows = readWindows(map, reader, problem);
  const freezes = readFreezes(map, reader, problem);
  return {
    conditions: weights,
    evidence,
    ...set({ ticketsCommand: valuesAt(evidenceMap, 'tickets-command', 'a program and its arguments') }),
    coverage: set({
      whole: numberAt(coverageMap, 'whole', perCent),
      core: numberAt(coverageMap, 'core', perCent),
      coreFiles: insideAt(coverageMap, 'core-files', 'globs')?.map(({ value }) => value) ?? null,
    }) as Partial<ReadinessSettings['coverage']>,
    ...(artifact ? { artifact } : {}),
    rollback: set({
      objectiveMinutes: numberAt(rollbackMap, 'objective-minutes', {
        from: 1,
        to: 100_000,
        unit: 'whole minutes',
      }),
      drillMaxAgeDays: numberAt(rollbackMap, 'drill-max-age-days', days),
      requiredMetrics: valuesAt(rollbackMap, 'required-metrics', 'metrics'),
    }) as Partial<ReadinessSettings['rollback']>,
    drills: set({
      backupRestoreMaxAgeDays: numberAt(drillsMap, 'backup-restore-max-age-days', days),
      disasterRecoveryMaxAgeDays: numberAt(drillsMap, 'disaster-recovery-max-age-days', days),
    }) as Partial<ReadinessSettings['drills']>,
    approvals: set({
      required: numberAt(approvalsMap, 'required', { from: 0, to: 20, unit: 'a whole number' }),
      fourEyes: flagAt(approvalsMap, 'four-eyes'),
      by: valuesAt(approvalsMap, 'by', 'names'),
    }) as Partial<ReadinessSettings['approvals']>,
    ...(windows.length > 0 ? { windows } : {}),
    ...(freezes.length > 0 ? { freezes } : {}),
    ...set({ parityIgnore: valuesAt(parityMap, 'ignore', 'globs of keys') }),
    health: set({
      urls: urls.length > 0 ? urls : null,
      command: valuesAt(healthMap, 'command', 'a program and its arguments'),
    }) as Partial<ReadinessSettings['health']>,
  } as SaidReadiness;
}

function readArtifact(map: YamlMap, reader: LayerReader, problem: SayMistake): ArtifactSettings | null {
  const artifact = reader.mapAt(map, 'artifact');
  if (!artifact) return null;
  reader.knownKeys(artifact, ['registry', 'name', 'url', 'version', 'command', 'verify'], '"artifact"');
  const registry = reader.textAt(artifact, 'registry');
  const kind = REGISTRY_KINDS.find((each) => each === registry?.value);
  if (!registry) problem(`"artifact" names no registry: ${REGISTRY_KINDS.join(', ')}`, artifact.span);
  else if (!kind) {
    const near = nearMiss(registry.value, REGISTRY_KINDS);
    problem(
      `"${registry.value}" is no registry that is known; ${near ? `did you mean "${near}"` : `it takes ${REGISTRY_KINDS.join(', ')}`}`,
      registry.span,
    );
  }
  const name = reader.textAt(artifact, 'name');
  const version = reader.textAt(artifact, 'version');
  if (version && !version.value.includes('{version}')) {
    problem(`"version" must hold {version}, such as v{version}, not "${version.value}"`, version.span);
  }
  const words = (key: string): readonly string[] | null =>
    reader.textsAt(artifact, key, 'a program and its arguments')?.map(({ value }) => value) ?? null;
  const command = words('command');
  if (kind === 'command' && !command) {
    problem('an artifact of the registry "command" needs the command that is asked', artifact.span);
  }
  if (kind && kind !== 'command' && !name)
    problem(`the artifact names no "name" in the ${kind} registry`, artifact.span);
  const url = reader.textAt(artifact, 'url');
  if (
    url &&
    !/^https:\/\/[^\s/@]+(?:\/\S*)?$|^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:\/\S*)?$/.test(
      url.value,
    )
  ) {
    problem(
      `"${url.value}" must be an address of the registry that begins with https://, without credentials`,
      url.span,
    );
  } else if (url && kind !== 'npm' && kind !== 'pypi') {
    problem(
      `"url" is for npm and pypi; ${kind === 'oci' ? 'an image has its registry in its name' : 'this registry has one address'}`,
      url.span,
    );
  }
  if (!kind) return null;
  return {
    registry: kind,
    name: name?.value ?? null,
    url: url?.value ?? null,
    version: version?.value ?? '{version}',
    command,
    verify: words('verify'),
  };
}

function readWindows(map: YamlMap, reader: LayerReader, problem: SayMistake): readonly ChangeWindow[] {
  return reader.mapsAt(map, 'windows', 'a map with days, from, to and zone').flatMap((item) => {
    reader.knownKeys(item, ['days', 'from', 'to', 'zone'], 'a change window');
    const days = reader.textsAt(item, 'days', 'days of the week') ?? [];
    const known = days.flatMap(({ value, span }) => {
      const day = WEEKDAYS.find((each) => value.toLowerCase().startsWith(each));
      if (!day) problem(`"${value}" is no day of the week: ${WEEKDAYS.join(', ')}`, span);
      return day ? [day] : [];
    });
    if (days.length === 0) problem('a change window names no days', item.span);
    const time = (key: 'from' | 'to'): string | null => {
      const text = reader.textAt(item, key);
      if (text && /^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/.test(text.value)) return text.value;
      problem(
        `"${key}" of a change window must be a time such as "09:00", in quotes`,
        text?.span ?? item.span,
      );
      return null;
    };
    const from = time('from');
    const to = time('to');
    const zone = reader.textAt(item, 'zone');
    if (!zone || !isTimeZone(zone.value)) {
      problem('"zone" of a change window must be a time zone such as Europe/Berlin', zone?.span ?? item.span);
      return [];
    }
    return from && to && known.length > 0 ? [{ days: known, from, to, zone: zone.value }] : [];
  });
}

function readFreezes(map: YamlMap, reader: LayerReader, problem: SayMistake): readonly Freeze[] {
  return reader.mapsAt(map, 'freezes', 'a map with from, until and reason').flatMap((item) => {
    reader.knownKeys(item, ['from', 'until', 'reason'], 'a freeze');
    const day = (key: 'from' | 'until'): string | null => {
      const text = reader.textAt(item, key);
      if (text && isDate(text.value)) return text.value;
      problem(`"${key}" of a freeze must be a day such as 2027-03-01`, text?.span ?? item.span);
      return null;
    };
    const from = day('from');
    const until = day('until');
    const reason = reader.textAt(item, 'reason');
    if (!reason) problem('the freeze gives no reason', item.span);
    if (from && until && until < from) {
      problem(
        `the freeze ends before it begins (${from} to ${until})`,
        entryOf(item, 'until')?.key.span ?? item.span,
      );
    }
    return from && until && reason ? [{ from, until, reason: reason.value }] : [];
  });
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
