import type { RepositoryFiles } from '../ports';
import type { Severity } from '../rules/rule';
import { fingerprintWithWords } from './fingerprint';
import { verdictOf, type Finding, type GoneFinding, type RootReport } from './report';

/** Where a repository keeps the findings that it started with. */
export const BASELINE_PATH = '.github/release-gate-baseline.json';

/** One sort of finding that was there when the baseline was written, and how often. */
export interface BaselineEntry {
  /** Of rule, path, the line's text and the words that the message quotes; not of the line's number. */
  readonly fingerprint: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly status: 'fail' | 'unknown';
  readonly path: string;
  /** For people who read the file; it is not compared. */
  readonly message: string;
  readonly count: number;
}

/** The findings that a repository started with; `path` is where they are written down. */
export interface Baseline {
  readonly path: string;
  readonly entries: readonly BaselineEntry[];
}

/** More entries than this are no start to work from. */
const MAX_ENTRIES = 100_000;

/**
 * Rules that a baseline never sets aside: what cannot be read is not known, and a waiver that has ended must be looked
 * at again.
 */
export function canBeKnownBefore(rule: string): boolean {
  return rule !== 'unreadable-file' && !rule.startsWith('waiver-');
}

/** The baseline of a report: its findings that are open, sorted, the same text for the same findings. */
export function baselineText(report: RootReport): string {
  const entries = new Map<string, BaselineEntry>();
  for (const finding of report.findings) {
    if (finding.status === 'waived' || !canBeKnownBefore(finding.rule)) continue;
    const fingerprint = fingerprintWithWords(finding, report.sources);
    const { rule, severity, status, path, message } = finding;
    const key = `${fingerprint} ${severity} ${status}`;
    const count = (entries.get(key)?.count ?? 0) + 1;
    entries.set(key, { fingerprint, rule, severity, status, path, message, count });
  }
  const sorted = [...entries.values()].sort(
    (a, b) =>
      compare(a.path, b.path) ||
      compare(a.rule, b.rule) ||
      compare(a.fingerprint, b.fingerprint) ||
      compare(a.severity, b.severity) ||
      compare(a.status, b.status),
  );
  return `${JSON.stringify({ version: 1, findings: sorted }, null, 2)}\n`;
}

/** Reads a baseline; `reason` completes "The baseline <path> …". */
export function readBaseline(
  path: string,
  text: string,
): { readonly ok: true; readonly baseline: Baseline } | { readonly ok: false; readonly reason: string } {
  let data: unknown;
  try {
    data = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { ok: false, reason: 'is not JSON' };
  }
  if (!isRecord(data) || data['version'] !== 1 || !Array.isArray(data['findings'])) {
    return {
      ok: false,
      reason: 'is no baseline of this version (it has "version": 1 and a list "findings")',
    };
  }
  const findings: readonly unknown[] = data['findings'];
  if (findings.length > MAX_ENTRIES) return { ok: false, reason: `holds more than ${MAX_ENTRIES} findings` };
  const entries: BaselineEntry[] = [];
  for (const [index, item] of findings.entries()) {
    const entry = entryOf(item);
    if (!entry) return { ok: false, reason: `has a finding that is incomplete: number ${index + 1}` };
    if (!canBeKnownBefore(entry.rule)) {
      return { ok: false, reason: `names "${entry.rule}", which is never set aside` };
    }
    entries.push(entry);
  }
  return { ok: true, baseline: { path, entries } };
}

/** The baseline of a repository: null where there is none and none is required. `reason` is a sentence. */
export async function openBaseline(
  files: RepositoryFiles,
  path: string,
  options: { readonly isRequired: boolean },
): Promise<
  { readonly ok: true; readonly baseline: Baseline | null } | { readonly ok: false; readonly reason: string }
> {
  const read = await files.read(path);
  if (!read.ok) {
    if (read.reason === 'missing' && !options.isRequired) return { ok: true, baseline: null };
    return { ok: false, reason: `The baseline ${path} ${read.detail}` };
  }
  const reading = readBaseline(path, read.text);
  return reading.ok ? reading : { ok: false, reason: `The baseline ${path} ${reading.reason}` };
}

/**
 * Sets aside what the baseline knows: as many findings of a sort as it counts, and none that weighs more than it did or
 * that was only unknown and now fails. The verdict leaves them out, as it does what is waived, and every report counts
 * them apart.
 *
 * @param wasJudged Whether an entry could have been found again: its rule ran and its file was read.
 */
export function applyBaseline(
  report: RootReport,
  baseline: Baseline,
  wasJudged: (entry: BaselineEntry) => boolean,
): RootReport {
  const left = new Map<string, { readonly entry: BaselineEntry; count: number }[]>();
  for (const entry of baseline.entries) {
    left.set(entry.fingerprint, [...(left.get(entry.fingerprint) ?? []), { entry, count: entry.count }]);
  }
  // The heaviest take their place first, so that no lighter one uses up what would have covered them.
  const setAside = new Set<Finding>();
  const open = report.findings.filter(
    (finding) => finding.status !== 'waived' && canBeKnownBefore(finding.rule),
  );
  for (const finding of [...open].sort((a, b) => weight(b) - weight(a))) {
    const place = (left.get(fingerprintWithWords(finding, report.sources)) ?? [])
      .filter(({ entry, count }) => count > 0 && weight(entry) >= weight(finding))
      .sort((a, b) => weight(a.entry) - weight(b.entry))[0];
    if (!place) continue;
    place.count--;
    setAside.add(finding);
  }
  const findings = report.findings.map((finding) =>
    setAside.has(finding) ? { ...finding, status: 'waived' as const, baseline: baseline.path } : finding,
  );
  const gone = [...left.values()]
    .flat()
    .filter(({ entry, count }) => count > 0 && wasJudged(entry))
    .map(({ entry: { rule, path, message }, count }): GoneFinding => ({ rule, path, message, count }));
  return {
    ...report,
    findings,
    verdict: verdictOf(findings),
    baseline: { path: baseline.path, known: setAside.size, gone },
  };
}

/** Heavier blocks more; at equal severity a known fault weighs more than an open question. */
function weight({ severity, status }: Pick<Finding, 'severity' | 'status'>): number {
  return ['info', 'warn', 'block'].indexOf(severity) * 2 + (status === 'fail' ? 1 : 0);
}

function entryOf(item: unknown): BaselineEntry | null {
  if (!isRecord(item)) return null;
  const { fingerprint, rule, severity, status, path, message, count } = item;
  if (typeof fingerprint !== 'string' || typeof rule !== 'string' || typeof path !== 'string') return null;
  if (severity !== 'block' && severity !== 'warn' && severity !== 'info') return null;
  if (status !== 'fail' && status !== 'unknown') return null;
  if (typeof message !== 'string' || typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
    return null;
  }
  return { fingerprint, rule, severity, status, path, message, count };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** By code unit, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
