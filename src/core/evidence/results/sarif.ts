import type { Range } from '../../text/position';
import { isCommitId, type ReportOrigin } from './report';

/**
 * What another tool reported, read from its SARIF file. Beside the check's findings it is shown and counted apart, never
 * part of that verdict; as evidence of a release it is a scan.
 */
export interface OtherToolReport {
  /** The SARIF file, as it was named on the call. */
  readonly file: string;
  readonly tool: string;
  readonly version: string | null;
  readonly informationUri: string | null;
  readonly rules: readonly OtherToolRule[];
  /** In the order of the file; those that the tool itself suppressed are marked. */
  readonly findings: readonly OtherToolFinding[];
  /** The revision that was looked at and when, where the run says so. */
  readonly origin?: ReportOrigin;
  /** The tool says that it did not run to its end. */
  readonly isIncomplete?: true;
}

/** A rule of another tool, as far as its file tells. */
export interface OtherToolRule {
  readonly id: string;
  readonly title: string | null;
  readonly helpText: string | null;
  readonly helpMarkdown: string | null;
  readonly helpUri: string | null;
}

/** One result of another tool. */
export interface OtherToolFinding {
  /** '' where the tool names none. */
  readonly rule: string;
  readonly level: 'error' | 'warning' | 'note' | 'none';
  readonly message: string;
  /** With forward slashes, as the tool gives it; null where the result has no place. */
  readonly path: string | null;
  readonly range: Range | null;
  readonly isSuppressed: boolean;
  /** The tool's own, by kind, so that code scanning knows its alerts again. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** GitHub's `security-severity`, 0.1 to 10, of the result or its rule; left out where there is none. */
  readonly securitySeverity?: number;
  /** The tool compared with an earlier run, and the result is no longer there. */
  readonly isGone?: true;
}

/** GitHub takes no more runs in one file. */
const MAX_RUNS = 20;

/** GitHub takes no more results in one run. */
const MAX_RESULTS = 25_000;

const MAX_RULES = 25_000;

/** A message is read by a person; what is longer is cut. */
const MAX_TEXT = 4_000;

/** A rule's help may be a page. */
const MAX_HELP = 64_000;

/**
 * Reads a SARIF 2.1.0 file of another tool, one report per run. Tolerant of what the standard leaves open (no rules, no
 * place, a level that the rule gives), strict on what makes it one. `reason` completes "<file> …".
 */
export function readOtherTools(
  file: string,
  text: string,
):
  | { readonly ok: true; readonly reports: readonly OtherToolReport[] }
  | { readonly ok: false; readonly reason: string } {
  let log: unknown;
  try {
    log = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { ok: false, reason: 'is not JSON' };
  }
  if (!isRecord(log)) return { ok: false, reason: 'is no SARIF: it must be a JSON object' };
  if (log['version'] !== '2.1.0') {
    const version = log['version'];
    return {
      ok: false,
      reason: `is no SARIF 2.1.0${typeof version === 'string' ? ` but "${version.slice(0, 20)}"` : ': it names no version'}`,
    };
  }
  const runs = log['runs'];
  if (!Array.isArray(runs)) return { ok: false, reason: 'has no list "runs"' };
  if (runs.length > MAX_RUNS) return { ok: false, reason: `has more than ${MAX_RUNS} runs` };
  const reports: OtherToolReport[] = [];
  for (const [index, run] of (runs as readonly unknown[]).entries()) {
    const report = isRecord(run) ? readRun(file, run) : null;
    if (report === null || typeof report === 'string') {
      return { ok: false, reason: `${report ?? 'has a run that is no object'} (run ${index + 1})` };
    }
    reports.push(report);
  }
  return { ok: true, reports };
}

function readRun(file: string, run: JsonObject): OtherToolReport | string {
  const tool = objectAt(run, 'tool');
  const driver = tool && objectAt(tool, 'driver');
  const name = driver && textAt(driver, 'name', MAX_TEXT);
  if (!driver || !name) return 'has a run without the name of its tool';
  const results = run['results'] ?? [];
  if (!Array.isArray(results)) return '"results" is no list';
  if (results.length > MAX_RESULTS) return `has more than ${MAX_RESULTS} results`;
  const extensions = listAt(tool, 'extensions').filter(isRecord);
  const components: readonly JsonObject[] = [driver, ...extensions];
  const descriptors = components.map((component) => listAt(component, 'rules'));
  if (descriptors.reduce((sum, list) => sum + list.length, 0) > MAX_RULES) {
    return `has more than ${MAX_RULES} rules`;
  }
  const levels = new Map<string, OtherToolFinding['level']>();
  const severities = new Map<string, number>();
  const rules = new Map<string, OtherToolRule>();
  for (const descriptor of descriptors.flat()) {
    if (!isRecord(descriptor)) continue;
    const id = textAt(descriptor, 'id', 200);
    if (!id) continue;
    const level = levelIn(objectAt(descriptor, 'defaultConfiguration') ?? {});
    if (level) levels.set(id, level);
    const severity = securitySeverityIn(descriptor);
    if (severity !== null) severities.set(id, severity);
    const help = objectAt(descriptor, 'help') ?? {};
    const title = objectAt(descriptor, 'shortDescription') ?? objectAt(descriptor, 'fullDescription') ?? {};
    rules.set(id, {
      id,
      title: textAt(title, 'text', MAX_TEXT),
      helpText: textAt(help, 'text', MAX_HELP),
      helpMarkdown: textAt(help, 'markdown', MAX_HELP),
      helpUri: webAddress(textAt(descriptor, 'helpUri', 2_000)),
    });
  }
  const bases = objectAt(run, 'originalUriBaseIds') ?? {};
  const findings: OtherToolFinding[] = [];
  for (const [index, result] of (results as readonly unknown[]).entries()) {
    if (!isRecord(result)) return `has a result that is no object: number ${index + 1}`;
    const rule = ruleIdOf(result, descriptors);
    const message = messageOf(result, rule, descriptors.flat());
    const location = listAt(result, 'locations').find(isRecord);
    const physical = location && objectAt(location, 'physicalLocation');
    const severity = securitySeverityIn(result) ?? severities.get(rule);
    // What was looked at and found in order is no finding (SARIF 2.1.0, 3.27.9 and 3.27.10).
    const kind = textAt(result, 'kind', 20);
    findings.push({
      rule,
      level: kind !== null && kind !== 'fail' ? 'none' : (levelIn(result) ?? levels.get(rule) ?? 'warning'),
      message: message ?? (rule === '' ? 'no message' : rule),
      path: physical ? pathOf(objectAt(physical, 'artifactLocation') ?? {}, run, bases) : null,
      range: physical ? rangeOf(objectAt(physical, 'region') ?? {}) : null,
      isSuppressed: listAt(result, 'suppressions').some(
        (each) => isRecord(each) && each['status'] !== 'rejected' && each['status'] !== 'underReview',
      ),
      fingerprints: textsIn(objectAt(result, 'partialFingerprints') ?? {}),
      ...(severity === undefined ? {} : { securitySeverity: severity }),
      ...(result['baselineState'] === 'absent' ? { isGone: true as const } : {}),
    });
  }
  const origin = originOf(run);
  const invocations = listAt(run, 'invocations').filter(isRecord);
  return {
    file,
    tool: name,
    version: textAt(driver, 'semanticVersion', 100) ?? textAt(driver, 'version', 100),
    informationUri: webAddress(textAt(driver, 'informationUri', 2_000)),
    rules: [...rules.values()],
    findings,
    ...(origin ? { origin } : {}),
    ...(invocations.some((each) => each['executionSuccessful'] === false)
      ? { isIncomplete: true as const }
      : {}),
  };
}

/** The revision of `versionControlProvenance` and the latest time of the invocations; null where neither is told. */
function originOf(run: JsonObject): ReportOrigin | null {
  const commits = new Set(
    listAt(run, 'versionControlProvenance').flatMap((each) => {
      const revision = isRecord(each) ? textAt(each, 'revisionId', 100) : null;
      return revision !== null && isCommitId(revision) ? [revision.toLowerCase()] : [];
    }),
  );
  const times = listAt(run, 'invocations')
    .filter(isRecord)
    .flatMap((each) => textAt(each, 'endTimeUtc', 40) ?? textAt(each, 'startTimeUtc', 40) ?? [])
    .sort();
  return commits.size === 0 && times.length === 0
    ? null
    : { commits: [...commits].slice(0, 10).map((id) => ({ id, range: null })), madeAt: times.at(-1) ?? null };
}

/** GitHub's `security-severity`, which tools write as a text. */
function securitySeverityIn(parent: JsonObject): number | null {
  const properties = objectAt(parent, 'properties') ?? {};
  const value = properties['security-severity'];
  const severity =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && value.trim() !== ''
        ? Number(value)
        : NaN;
  return severity >= 0 && severity <= 10 ? severity : null;
}

/** By its id, or by its place in the list of the tool or of an extension. */
function ruleIdOf(result: JsonObject, descriptors: readonly (readonly unknown[])[]): string {
  const reference = objectAt(result, 'rule') ?? {};
  const id = textAt(result, 'ruleId', 200) ?? textAt(reference, 'id', 200);
  if (id) return id;
  const index = numberAt(result, 'ruleIndex') ?? numberAt(reference, 'index');
  const component = numberAt(objectAt(reference, 'toolComponent') ?? {}, 'index');
  const descriptor = index === null ? null : descriptors[component === null ? 0 : component + 1]?.[index];
  return (isRecord(descriptor) ? textAt(descriptor, 'id', 200) : null) ?? '';
}

/** The message itself, or the rule's text with the arguments put in. */
function messageOf(result: JsonObject, rule: string, descriptors: readonly unknown[]): string | null {
  const message = objectAt(result, 'message') ?? {};
  const own = textAt(message, 'text', MAX_TEXT) ?? textAt(message, 'markdown', MAX_TEXT);
  const key = textAt(message, 'id', 200);
  const descriptor = descriptors.find((each) => isRecord(each) && each['id'] === rule);
  const strings = isRecord(descriptor) ? objectAt(descriptor, 'messageStrings') : null;
  const text = own ?? (key && strings ? textAt(objectAt(strings, key) ?? {}, 'text', MAX_TEXT) : null);
  const given = listAt(message, 'arguments');
  return (
    text?.replace(/\{(\d{1,2})\}/g, (whole, at: string) => {
      const argument = given[Number(at)];
      return typeof argument === 'string' ? argument.slice(0, MAX_TEXT) : whole;
    }) ?? null
  );
}

/**
 * A path from where the tool ran. An absolute address that lies below a base of the run is given from there; what leads
 * out of the folder stays no path.
 */
function pathOf(artifact: JsonObject, run: JsonObject, bases: JsonObject): string | null {
  let uri = textAt(artifact, 'uri', MAX_TEXT);
  if (uri === null) {
    const index = numberAt(artifact, 'index');
    const entry = index === null ? null : listAt(run, 'artifacts')[index];
    uri = isRecord(entry) ? textAt(objectAt(entry, 'location') ?? {}, 'uri', MAX_TEXT) : null;
  }
  if (uri === null) return null;
  for (const base of Object.values(bases)) {
    const prefix = isRecord(base) ? textAt(base, 'uri', MAX_TEXT) : null;
    if (prefix && /^file:/i.test(prefix) && uri.startsWith(prefix)) uri = uri.slice(prefix.length);
  }
  uri = decoded(uri.replace(/[?#].*$/, '').replace(/\\/g, '/')).replace(/^(\.\/)+/, '');
  const parts = uri.split('/');
  return uri === '' || uri.startsWith('/') || /^[a-z][a-z0-9+.-]*:/i.test(uri) || parts.includes('..')
    ? null
    : uri;
}

function decoded(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    return uri;
  }
}

/** A region with lines; SARIF's default for the end is the end of the start line, which is not known here. */
function rangeOf(region: JsonObject): Range | null {
  const line = numberAt(region, 'startLine');
  if (line === null || line < 1) return null;
  const column = Math.max(1, numberAt(region, 'startColumn') ?? 1);
  const endLine = Math.max(line, numberAt(region, 'endLine') ?? line);
  const endColumn = numberAt(region, 'endColumn') ?? (endLine === line ? column : 1);
  return {
    start: { line, column },
    end: { line: endLine, column: Math.max(endLine === line ? column : 1, endColumn) },
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectAt(parent: JsonObject, key: string): JsonObject | null {
  const value = parent[key];
  return isRecord(value) ? value : null;
}

function listAt(parent: JsonObject, key: string): readonly unknown[] {
  const value = parent[key];
  return Array.isArray(value) ? value : [];
}

function textAt(parent: JsonObject, key: string, longest: number): string | null {
  const value = parent[key];
  if (typeof value !== 'string' || value.trim() === '') return null;
  return value.length > longest ? `${value.slice(0, longest - 1)}…` : value;
}

function numberAt(parent: JsonObject, key: string): number | null {
  const value = parent[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function levelIn(parent: JsonObject): OtherToolFinding['level'] | null {
  const level = parent['level'];
  return level === 'error' || level === 'warning' || level === 'note' || level === 'none' ? level : null;
}

function textsIn(parent: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(parent)
      .slice(0, 20)
      .flatMap(([key, value]) =>
        typeof value === 'string' ? [[key.slice(0, 200), value.slice(0, 500)]] : [],
      ),
  );
}

/** An address that a reader can open; nothing that would run. */
function webAddress(text: string | null): string | null {
  return text !== null && /^https?:\/\/[^\s"<>]+$/i.test(text) ? text : null;
}
