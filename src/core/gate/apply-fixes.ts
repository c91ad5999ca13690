import type { RepositoryFiles } from '../ports';
import type { FileEdits, Fix } from '../rules/rule';
import { applyEdits } from '../text/edit';
import type { Range } from '../text/position';
import { changesAnything, type ProposedFile } from '../text/proposal';
import { enumerated } from '../text/words';
import { checkRepository, createReadingCache, type CheckInput, type ReadingCache } from './check';
import { combineFixes } from './combine-fixes';
import { CONFIGURATION_PATH, type Configuration } from './configuration';
import { openConfiguration } from './open-configuration';
import { overlayFiles } from './overlay';
import type { Finding, RootReport } from './report';

/** What is fixed: `safe` fixes only, or those for review as well. */
export type FixKinds = 'safe' | 'proposed';

/** How fixes are applied. */
export interface FixOptions {
  readonly kinds: FixKinds;
  /** Why a file may not be edited (it is a symbolic link, say), as `reason` completes it; null where it may. */
  readonly whyNotEdit?: (path: string) => Promise<string | null>;
  /** Which findings are fixed; left out: all. */
  readonly wants?: (finding: Finding) => boolean;
}

/** One fix, with the finding that it is for. */
export interface FixOfFinding {
  readonly rule: string;
  readonly kind: Fix['kind'];
  readonly title: string;
  readonly message: string;
  readonly path: string;
  /** Where the finding stood in the text that the fix was made for: later fixes may have moved it. */
  readonly range: Range | null;
}

/** What fixing a repository comes to. Nothing has been written. */
export interface FixedRepository {
  readonly files: readonly ProposedFile[];
  readonly applied: readonly FixOfFinding[];
  /** Fixes that were taken back. `reason` completes "Not applied: …". */
  readonly refused: readonly (FixOfFinding & { readonly reason: string })[];
  /** The gate's word on the repository as it would be with `files`. */
  readonly after: RootReport;
}

/** Fixes that make room for others need another round; more rounds than this would be a loop of our own making. */
const MAX_ROUNDS = 25;

/**
 * Applies the fixes of a repository's findings until none applies any more. Fixes that are apart go in together; after
 * each round everything is read and judged again, and a fix stays only if its finding is gone and no finding was added
 * (by rule and file). With `only`, fixes of findings in these files alone, held against the whole repository.
 *
 * @throws As `checkRepository`.
 */
export async function applyFixes(input: CheckInput, options: FixOptions): Promise<FixedRepository> {
  const { kinds, whyNotEdit, wants = () => true } = options;
  const only = input.only ?? null;
  const wanted = (judged: RootReport, revealing: boolean): readonly FixableFinding[] =>
    wantedFixes(judged, kinds, only, revealing).filter(wants);
  const texts = new Map<string, string>();
  const cache = createReadingCache();
  const judge = (edited: ReadonlyMap<string, string>): Promise<RootReport> =>
    judgeWith(input, cache, new Map([...texts, ...edited]));
  const files: EditedFiles = {
    textOf: async (path) => {
      const reached = texts.get(path);
      if (reached !== undefined) return reached;
      const read = await input.files.read(path);
      return read.ok ? read.text : null;
    },
    whyNotEdit: (path) => whyNotEdit?.(path) ?? Promise.resolve(null),
  };

  const applied: FixOfFinding[] = [];
  let refused: FixedRepository['refused'] = [];
  let report = await judge(new Map());
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let step = await fixOnce(report, wanted(report, true), files, judge);
    refused = step.refused;
    if (step.applied.length === 0) {
      step = await fixOnce(report, wanted(report, false), files, judge);
      refused = [...refused, ...step.refused];
    }
    if (step.applied.length === 0) break;
    applied.push(...step.applied.map(fixOf));
    for (const [path, text] of step.texts) texts.set(path, text);
    report = step.report;
  }

  const proposed: ProposedFile[] = [];
  for (const [path, after] of texts) {
    const read = await input.files.read(path);
    const file = { path, before: read.ok ? read.text : null, after, purpose: purposeOf(path, applied) };
    if (changesAnything(file)) proposed.push(file);
  }
  return {
    files: proposed.sort((a, b) => (a.path < b.path ? -1 : 1)),
    applied,
    refused,
    after: input.only ? await judgeWith(input, cache, texts, input.only) : report,
  };
}

/** The files as the fixes so far leave them. */
interface EditedFiles {
  textOf(path: string): Promise<string | null>;
  whyNotEdit(path: string): Promise<string | null>;
}

interface Round {
  readonly applied: readonly FixableFinding[];
  readonly refused: FixedRepository['refused'];
  readonly texts: ReadonlyMap<string, string>;
  readonly report: RootReport;
}

type FixableFinding = Finding & { readonly fix: Fix };

/**
 * The fixes of a report that can stand together. What tells the gate something is taken by itself and first: what it
 * then says is what the other fixes are held against. Safe ones come before those for review, so that these never keep
 * them out.
 */
function wantedFixes(
  report: RootReport,
  kinds: FixKinds,
  only: ReadonlySet<string> | null,
  revealing: boolean,
): readonly FixableFinding[] {
  const wanted = report.findings
    .filter(
      (finding): finding is FixableFinding =>
        finding.fix !== null &&
        finding.status !== 'waived' &&
        (kinds === 'proposed' || finding.fix.kind === 'safe') &&
        (finding.fix.reveals ?? false) === revealing &&
        (only?.has(finding.path) ?? true),
    )
    .sort((a, b) => Number(a.fix.kind === 'proposed') - Number(b.fix.kind === 'proposed'));
  const taken = new Set(combineFixes(wanted.map(({ fix }) => fix)).taken);
  return wanted.filter(({ fix }) => taken.has(fix));
}

/** All of the fixes, less those that fail. */
async function fixOnce(
  report: RootReport,
  candidates: readonly FixableFinding[],
  files: EditedFiles,
  judge: (texts: ReadonlyMap<string, string>) => Promise<RootReport>,
): Promise<Round> {
  const refused: (FixOfFinding & { reason: string })[] = [];
  let standing: Omit<Round, 'refused'> = { applied: [], texts: new Map(), report };
  const tryAll = async (
    fixes: readonly FixableFinding[],
  ): Promise<
    ({ readonly ok: true } & Omit<Round, 'refused' | 'applied'>) | { ok: false; reason: string }
  > => {
    const edited = await textsWith(combineFixes(fixes.map(({ fix }) => fix)).edits, files);
    if (!edited.ok) return edited;
    const after = await judge(edited.texts);
    const reason = whyNot(report, after, fixes);
    return reason === null ? { ok: true, texts: edited.texts, report: after } : { ok: false, reason };
  };
  /** Adds the group whole if it stands the test, else its halves: most groups do, so this asks few times. */
  const settle = async (group: readonly FixableFinding[]): Promise<void> => {
    if (group.length === 0) return;
    const all = [...standing.applied, ...group];
    const attempt = await tryAll(all);
    if (attempt.ok) {
      standing = { applied: all, texts: attempt.texts, report: attempt.report };
      return;
    }
    const [first] = group;
    if (group.length === 1 && first) {
      refused.push({ ...fixOf(first), reason: attempt.reason });
      return;
    }
    const middle = group.length >> 1;
    await settle(group.slice(0, middle));
    await settle(group.slice(middle));
  };
  await settle(candidates);
  return { ...standing, refused };
}

/** Completes "Not applied: …" for fixes that together leave a finding in place or add one; null where they do neither. */
function whyNot(before: RootReport, after: RootReport, fixes: readonly FixableFinding[]): string | null {
  const had = countsOf(before.findings);
  const has = countsOf(after.findings);
  const fixed = countsOf(fixes);
  for (const [key, { count, finding }] of fixed) {
    if ((has.get(key)?.count ?? 0) > (had.get(key)?.count ?? 0) - count) {
      return `after it ${finding.rule} still finds the same in ${finding.path}`;
    }
  }
  if (fixes.some(({ fix }) => fix.reveals)) return null;
  for (const [key, { count, blocking, finding }] of has) {
    const earlier = had.get(key);
    if (count > (earlier?.count ?? 0) || blocking > (earlier?.blocking ?? 0)) {
      return `it would add a finding of ${finding.rule} in ${finding.path}`;
    }
  }
  return null;
}

/**
 * Findings by rule and file, waived ones apart: a message may name more jobs than before without its being another
 * finding.
 */
function countsOf<T extends Finding>(
  findings: readonly T[],
): ReadonlyMap<string, { readonly count: number; readonly blocking: number; readonly finding: T }> {
  const counts = new Map<string, { count: number; blocking: number; finding: T }>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.path, finding.status === 'waived']);
    const entry = counts.get(key) ?? { count: 0, blocking: 0, finding };
    entry.count++;
    if (finding.severity === 'block' && finding.status === 'fail') entry.blocking++;
    counts.set(key, entry);
  }
  return counts;
}

async function textsWith(
  edits: readonly FileEdits[],
  files: EditedFiles,
): Promise<
  | { readonly ok: true; readonly texts: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly reason: string }
> {
  const texts = new Map<string, string>();
  for (const file of edits) {
    const reason = await files.whyNotEdit(file.path);
    if (reason !== null) return { ok: false, reason: `${file.path} ${reason}` };
    const text = await files.textOf(file.path);
    if (text === null && !file.isNew) return { ok: false, reason: `${file.path} could not be read` };
    if (text !== null && file.isNew) return { ok: false, reason: `${file.path} is there already` };
    texts.set(file.path, applyEdits(text ?? '', file.edits));
  }
  return { ok: true, texts };
}

async function judgeWith(
  input: CheckInput,
  cache: ReadingCache,
  texts: ReadonlyMap<string, string>,
  only?: ReadonlySet<string>,
): Promise<RootReport> {
  const { only: named, ...rest } = input;
  const files = overlayFiles(input.files, texts);
  return checkRepository({
    ...rest,
    files,
    configuration: await configurationWith(input, texts, files),
    cache,
    ...(named ? { named } : {}),
    ...(only ? { only } : {}),
  });
}

/** The configuration as the fixes leave it: one of them may have written into its file. */
async function configurationWith(
  input: CheckInput,
  texts: ReadonlyMap<string, string>,
  files: RepositoryFiles,
): Promise<Configuration> {
  const path = input.configurationPath ?? CONFIGURATION_PATH;
  if (!texts.has(path)) return input.configuration;
  const opened = await openConfiguration(files, path, { isRequired: false });
  // A fix that breaks the configuration changes nothing that the gate goes by, so its finding stays and it is refused.
  return opened.ok ? opened.configuration : input.configuration;
}

function fixOf({ rule, fix, message, path, range }: FixableFinding): FixOfFinding {
  return { rule, kind: fix.kind, title: fix.title, message, path, range };
}

function purposeOf(path: string, applied: readonly FixOfFinding[]): string {
  const own = applied.filter((fix) => fix.path === path);
  const rules = [...new Set((own.length > 0 ? own : applied).map(({ rule }) => rule))];
  const shown = rules.length > 4 ? [...rules.slice(0, 4), 'others'] : rules;
  return `what ${enumerated(shown, 'and')} ${rules.length === 1 ? 'asks' : 'ask'} for`;
}
