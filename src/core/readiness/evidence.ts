import picomatch from 'picomatch';
import { readAcceptanceCriteria, type AcceptanceCriterion } from '../evidence/results/acceptance-criteria';
import { readAlertRules, type AlertRule } from '../evidence/results/alert-rules';
import { readCheckRuns, type CheckRun, type CheckRunReport } from '../evidence/results/check-runs';
import { readCobertura } from '../evidence/results/cobertura';
import type { CoverageReport } from '../evidence/results/coverage';
import { faultsOf, readFaults, type FaultReport } from '../evidence/results/fault-report';
import { readTestReport, type TestReport } from '../evidence/results/junit';
import { readLcov } from '../evidence/results/lcov';
import { readOutcomes, type OutcomeReport } from '../evidence/results/outcomes';
import { readQualityReport, type QualityReport } from '../evidence/results/quality-report';
import {
  isSameCommit,
  NO_ORIGIN,
  shownName,
  type ReportOrigin,
  type ReportReading,
} from '../evidence/results/report';
import { readOtherTools, type OtherToolReport } from '../evidence/results/sarif';
import { standingOf, type ReleaseCommit, type Standing } from '../evidence/results/standing';
import { readTickets, type Ticket } from '../evidence/results/tickets';
import { CONFIGURATION_PATH } from '../gate/configuration';
import { EVIDENCE_KINDS, type EvidenceKind, type ReadinessSettings } from '../gate/readiness-settings';
import type { Programs, ReportFiles, RepositoryFiles } from '../ports';
import type { Range } from '../text/position';

/** A report that was read. */
export interface EvidenceFile<T> {
  readonly path: string;
  readonly report: T;
  readonly standing: Standing;
}

/** What was found of one kind of evidence. */
export interface EvidenceOf<T> {
  /** Reports that speak for the commit of the release. */
  readonly counting: readonly EvidenceFile<T>[];
  /** Reports of another commit, or made before this one was. */
  readonly setAside: readonly EvidenceFile<T>[];
  readonly unread: readonly {
    readonly path: string;
    readonly reason: string;
    readonly range: Range | null;
  }[];
  /** A person named where it lies, in the configuration or on the call. */
  readonly isConfigured: boolean;
  /** Where it was looked for. */
  readonly globs: readonly string[];
  /** Not everything was looked at: too many files, or too large in sum. */
  readonly isCut: boolean;
}

/** Everything that tools and people left behind about this release. */
export interface ReleaseEvidence {
  /** Null where git tells none. */
  readonly commit: ReleaseCommit | null;
  readonly tests: EvidenceOf<TestReport>;
  readonly coverage: EvidenceOf<CoverageReport>;
  readonly scans: EvidenceOf<OtherToolReport>;
  readonly lint: EvidenceOf<FaultReport>;
  readonly types: EvidenceOf<FaultReport>;
  /** Only checks of the commit of the release, or of none that is named. */
  readonly checks: EvidenceOf<CheckRunReport>;
  readonly qualityReport: EvidenceOf<QualityReport>;
  readonly acceptanceCriteria: EvidenceOf<readonly AcceptanceCriterion[]>;
  readonly performance: EvidenceOf<OutcomeReport>;
  readonly functional: EvidenceOf<OutcomeReport>;
  readonly tickets: EvidenceOf<readonly Ticket[]>;
  /** Alerts that files of the repository define, and such files as cannot be read. */
  readonly alerts: {
    readonly rules: readonly { readonly path: string; readonly rule: AlertRule }[];
    readonly unread: readonly string[];
  };
  /** Files that were named on the call and are of no kind that is known. */
  readonly unrecognised: readonly string[];
}

/** What evidence there is besides reports. */
export interface OutsideEvidence {
  /** Files that define alerts, from the root. */
  readonly alertFiles: readonly string[];
  /** Null where no program may run. */
  readonly programs: Programs | null;
  /** Where evidence lies by the layout of the repository, beside the usual places. */
  readonly usual?: Readonly<Partial<Record<EvidenceKind, readonly string[]>>>;
}

/** Tickets are asked for this long. */
const TICKETS_COMMAND_MS = 60_000;

/** Where tools write by themselves, or people keep it, where the configuration names nothing. */
const USUAL_PLACES: Readonly<Record<EvidenceKind, readonly string[]>> = {
  tests: [
    '{junit,TEST-*,test-results,test-report}*.xml',
    '{reports,test-results,test-reports,artifacts}/**/*.xml',
    '{target,*/target}/{surefire,failsafe}-reports/*.xml',
    '{build,*/build}/test-results/**/*.xml',
  ],
  coverage: [
    '{lcov.info,coverage.lcov,coverage.xml,cobertura.xml,cobertura-coverage.xml}',
    '{coverage,reports,test-results,artifacts}/**/{lcov.info,coverage.xml,cobertura*.xml}',
    '{packages,apps,services}/*/coverage/{lcov.info,cobertura-coverage.xml}',
  ],
  scans: ['*.sarif', '{reports,results,security,scan-results,test-results,artifacts}/**/*.sarif'],
  lint: ['{reports,test-results,artifacts}/**/{eslint,lint,checkstyle}*.{json,xml}'],
  types: ['{reports,test-results,artifacts}/**/{mypy,pyright,types}*.{json,xml}'],
  checks: ['check-runs*.json', '{reports,test-results,artifacts}/**/check-runs*.json'],
  'quality-report': ['QA/QA-Report-*.md', '{docs,_docs}/**/QA-Report-*.md'],
  'acceptance-criteria': [
    '_docs/00_problem/acceptance_criteria.md',
    'docs/{acceptance_criteria,acceptance-criteria}.md',
  ],
  performance: ['_docs/06_metrics/perf_*.md', 'docs/**/perf_*.md'],
  functional: ['_docs/06_metrics/functional*.md', '{docs,_docs}/**/functional[-_]{test[-_],}report*.md'],
  tickets: ['{tickets,docs/release/tickets}.{json,csv}'],
};

/** What is read in sum of all reports; beyond it the rest is left, and said. */
const MAX_CHARACTERS = 256 * 1024 * 1024;

/** Tools whose findings are of style and types, by the name that they write into SARIF. */
const LINTERS =
  /^(?:eslint|tslint|stylelint|biome|oxlint|ruff|flake8|pylint|rubocop|actionlint|shellcheck|yamllint|hadolint|checkstyle|ktlint|detekt|golangci-lint|staticcheck|clippy|markdownlint|spectral|prettier|swiftlint)\b/i;

const TYPE_CHECKERS = /^(?:tsc|typescript|mypy|pyright|basedpyright|pytype|pyre|flow)\b/i;

/** Release Gate's own findings are judged as such, not as those of a scan. */
const OWN = /^release[- ]gate$/i;

/**
 * Reads the evidence of a release from where the configuration, the call or custom has it.
 *
 * The program for tickets runs only where `outside` brings programs.
 *
 * @param named Files that were named on the call: they stand in place of those of their kind.
 */
export async function gatherEvidence(
  files: ReportFiles,
  settings: ReadinessSettings,
  named: readonly string[],
  commit: ReleaseCommit | null,
  outside: OutsideEvidence = { alertFiles: [], programs: null },
  signal?: AbortSignal,
): Promise<ReleaseEvidence> {
  const texts = new Map<string, Awaited<ReturnType<ReportFiles['read']>>>();
  let characters = 0;
  let isOver = false;
  const read = async (path: string): Promise<Awaited<ReturnType<ReportFiles['read']>> | null> => {
    const before = texts.get(path);
    if (before) return before;
    if (characters > MAX_CHARACTERS) {
      isOver = true;
      return null;
    }
    signal?.throwIfAborted();
    const result = await files.read(path);
    if (result.ok) characters += result.text.length;
    texts.set(path, result);
    return result;
  };
  const namedByKind = new Map<EvidenceKind | 'none', string[]>();
  for (const path of named) {
    const result = await read(path);
    const kind = (result?.ok ? kindOf(path, result.text) : kindByName(path)) ?? 'none';
    namedByKind.set(kind, [...(namedByKind.get(kind) ?? []), path]);
  }
  const found = new Map<EvidenceKind, Found>();
  for (const kind of EVIDENCE_KINDS) {
    const own = namedByKind.get(kind);
    const configured = settings.evidence[kind];
    if (own) {
      found.set(kind, { paths: own, isConfigured: true, globs: own, isCut: false, isSure: true });
      continue;
    }
    const globs = configured ?? [...USUAL_PLACES[kind], ...(outside.usual?.[kind] ?? [])];
    const listed = await files.find(globs, signal);
    found.set(kind, {
      paths: listed.paths,
      isConfigured: configured !== undefined,
      globs,
      isCut: !listed.isComplete,
      isSure: configured !== undefined,
    });
  }
  const collect = async <T>(
    kind: EvidenceKind,
    readAll: (path: string, text: string) => ReportReading<readonly (readonly [T, ReportOrigin])[]>,
    pick: (paths: readonly string[]) => readonly string[] = (paths) => paths,
  ): Promise<EvidenceOf<T>> => {
    const place = found.get(kind) ?? {
      paths: [],
      isConfigured: false,
      globs: [],
      isCut: false,
      isSure: false,
    };
    const all: EvidenceFile<T>[] = [];
    const unread: { path: string; reason: string; range: Range | null }[] = [];
    let isCut = place.isCut;
    for (const path of pick(place.paths)) {
      const result = await read(path);
      if (result === null) {
        isCut = true;
        continue;
      }
      if (!result.ok) {
        unread.push({ path, reason: result.detail, range: null });
        continue;
      }
      // In the usual places lies more than what is looked for.
      if (!place.isSure && !isOfKind(kind, path, result.text)) continue;
      const reading = readAll(path, result.text);
      if (!reading.ok) unread.push({ path, reason: reading.reason, range: reading.range });
      else {
        for (const [report, origin] of reading.report) {
          all.push({ path, report, standing: standingOf(origin, commit) });
        }
      }
    }
    return {
      counting: all.filter(({ standing }) => standing.kind === 'counts'),
      setAside: all.filter(({ standing }) => standing.kind !== 'counts'),
      unread,
      isConfigured: place.isConfigured,
      globs: place.globs,
      isCut: isCut || isOver,
    };
  };
  const one =
    <T>(reader: (path: string, text: string) => ReportReading<T>, originOf: (report: T) => ReportOrigin) =>
    (path: string, text: string): ReportReading<readonly (readonly [T, ReportOrigin])[]> => {
      const reading = reader(path, text);
      return reading.ok ? { ok: true, report: [[reading.report, originOf(reading.report)]] } : reading;
    };
  const faults = (
    path: string,
    text: string,
  ): ReportReading<readonly (readonly [FaultReport, ReportOrigin])[]> => {
    const reading = readFaults(path, text);
    return reading.ok ? { ok: true, report: reading.report.map((each) => [each, each.origin]) } : reading;
  };
  const runs = await collect<OtherToolReport>('scans', (path, text) => {
    const reading = readOtherTools(path, text);
    return reading.ok
      ? { ok: true, report: reading.reports.map((each) => [each, each.origin ?? NO_ORIGIN]) }
      : { ok: false, reason: reading.reason, range: null };
  });
  const lint = await collect('lint', faults);
  const types = await collect('types', faults);
  const ofTool = (name: RegExp): ((file: EvidenceFile<OtherToolReport>) => boolean) => {
    return ({ report }) => name.test(report.tool);
  };
  const isScan = ({ report: { tool } }: EvidenceFile<OtherToolReport>): boolean =>
    !LINTERS.test(tool) && !TYPE_CHECKERS.test(tool) && !OWN.test(tool);
  return {
    commit,
    tests: await collect(
      'tests',
      one(
        (_path, text) => readTestReport(text),
        ({ origin }) => origin,
      ),
    ),
    coverage: await collect(
      'coverage',
      one(
        (_path, text) =>
          text
            .replace(/^\uFEFF/, '')
            .trimStart()
            .startsWith('<')
            ? readCobertura(text)
            : readLcov(text),
        ({ origin }) => origin,
      ),
    ),
    scans: { ...runs, counting: runs.counting.filter(isScan), setAside: runs.setAside.filter(isScan) },
    lint: joined(lint, runs, ofTool(LINTERS)),
    types: joined(types, runs, ofTool(TYPE_CHECKERS)),
    checks: ofCommit(
      await collect(
        'checks',
        one(
          (_path, text) => readCheckRuns(text),
          () => NO_ORIGIN,
        ),
      ),
      commit,
    ),
    qualityReport: await collect(
      'quality-report',
      one(readQualityReport, ({ commit: named }) => originOfField(named?.value ?? null)),
    ),
    // It is kept from release to release and says of itself which tests passed: no commit is expected of it.
    acceptanceCriteria: await collect(
      'acceptance-criteria',
      one(
        (_path, text) => readAcceptanceCriteria(text),
        () => NO_ORIGIN,
      ),
    ),
    performance: await collect('performance', one(readAnyOutcomes, outcomeOrigin), newest),
    functional: await collect('functional', one(readAnyOutcomes, outcomeOrigin), newest),
    unrecognised: namedByKind.get('none') ?? [],
    alerts: await readAlerts(outside.alertFiles, read),
    tickets: await withCommand(
      settings.ticketsCommand,
      namedByKind.has('tickets') ? null : outside,
      await collect(
        'tickets',
        one(
          (_path, text) => readTickets(text),
          () => NO_ORIGIN,
        ),
      ),
      signal,
    ),
  };
}

/** Reads the alerts of files that are known to define some. */
async function readAlerts(
  paths: readonly string[],
  read: (path: string) => Promise<Awaited<ReturnType<ReportFiles['read']>> | null>,
): Promise<ReleaseEvidence['alerts']> {
  const rules: { path: string; rule: AlertRule }[] = [];
  const unread: string[] = [];
  for (const path of paths) {
    const result = await read(path);
    const found = result?.ok ? readAlertRules(result.text) : null;
    if (found) rules.push(...found.map((rule) => ({ path, rule })));
    else unread.push(path);
  }
  return { rules, unread };
}

/**
 * Tickets that a program prints, beside those of files. Where it may not run the answer says which option lets it.
 *
 * @param outside Null where tickets were named on the call: then nothing is asked.
 */
async function withCommand(
  command: readonly string[] | null,
  outside: OutsideEvidence | null,
  tickets: EvidenceOf<readonly Ticket[]>,
  signal: AbortSignal | undefined,
): Promise<EvidenceOf<readonly Ticket[]>> {
  if (!command || !outside) return tickets;
  const path = CONFIGURATION_PATH;
  const name = `"${shownName(command.join(' '))}"`;
  const wrong = (reason: string): EvidenceOf<readonly Ticket[]> => ({
    ...tickets,
    isConfigured: true,
    unread: [...tickets.unread, { path, reason: `names ${name} for the tickets, ${reason}`, range: null }],
  });
  if (!outside.programs) return wrong('which runs only with --run-commands');
  const ended = await outside.programs.run(command, { timeoutMs: TICKETS_COMMAND_MS }, signal);
  if (ended.kind === 'failed') return wrong(`which ${ended.detail}`);
  if (ended.status !== 0) return wrong(`which ended with status ${ended.status}`);
  if (ended.isCut) return wrong('which printed more than is read');
  const reading = readTickets(ended.stdout);
  if (!reading.ok) return wrong(`and what it printed ${reading.reason}`);
  const file = { path, report: reading.report, standing: standingOf(NO_ORIGIN, null) };
  return { ...tickets, isConfigured: true, counting: [...tickets.counting, file] };
}

interface Found {
  readonly paths: readonly string[];
  readonly isConfigured: boolean;
  readonly globs: readonly string[];
  readonly isCut: boolean;
  /** Every file is meant, whatever it holds. */
  readonly isSure: boolean;
}

/** Evidence that says nothing, for where none was looked for. */
export function noEvidence(commit: ReleaseCommit | null = null): ReleaseEvidence {
  const none = { counting: [], setAside: [], unread: [], isConfigured: false, globs: [], isCut: false };
  return {
    commit,
    tests: none,
    coverage: none,
    scans: none,
    lint: none,
    types: none,
    checks: none,
    qualityReport: none,
    acceptanceCriteria: none,
    performance: none,
    functional: none,
    tickets: none,
    alerts: { rules: [], unread: [] },
    unrecognised: [],
  };
}

/** Reports among the files that git does not ignore, for a world that knows no others. */
export function listedReports(files: RepositoryFiles): ReportFiles {
  return {
    find: async (globs, signal) => {
      const { paths, isComplete } = await files.list(signal);
      const matches = picomatch([...globs], { dot: true });
      return { paths: paths.filter((path) => matches(path)), isComplete };
    },
    read: (path) => files.read(path),
  };
}

/** What a file is evidence of, by its content; by its name only where people write it by hand. */
function kindOf(path: string, text: string): EvidenceKind | null {
  const name = path.split('/').pop() ?? '';
  if (/\.md$/i.test(name)) {
    if (/^QA-Report/i.test(name)) return 'quality-report';
    if (/^perf[-_]/i.test(name)) return 'performance';
    if (/^acceptance[-_]criteria/i.test(name)) return 'acceptance-criteria';
    return /functional/i.test(name) ? 'functional' : null;
  }
  return (
    (['tests', 'coverage', 'scans', 'checks', 'lint', 'types'] as const).find((kind) =>
      isOfKind(kind, path, text),
    ) ?? (/\.(?:csv|json)$/i.test(name) && readTickets(text).ok ? 'tickets' : null)
  );
}

/** What a file that cannot be read was most likely meant to be: it must not vanish. */
function kindByName(path: string): EvidenceKind | null {
  if (/\.sarif$/i.test(path)) return 'scans';
  if (/\.info$|cov[^/]*\.xml$|cobertura[^/]*$/i.test(path)) return 'coverage';
  return /\.xml$/i.test(path) ? 'tests' : null;
}

/** Whether a file's beginning is that of a report of the kind; what people write is of the kind by its place. */
function isOfKind(kind: EvidenceKind, path: string, text: string): boolean {
  const head = text
    .slice(0, 20_000)
    .replace(/^\uFEFF/, '')
    .trimStart();
  const root = /<(?![?!])(?:[\w.-]+:)?([\w.-]+)/.exec(head)?.[1] ?? '';
  const isXml = head.startsWith('<');
  switch (kind) {
    case 'tests':
      return isXml && (root === 'testsuites' || root === 'testsuite') && !TYPE_CHECKERS.test(fileName(path));
    case 'coverage':
      return isXml ? root === 'coverage' : /^(?:TN:|SF:)/m.test(head.slice(0, 2_000));
    case 'scans':
      return (
        head.startsWith('{') &&
        /"runs"\s*:/.test(text.slice(0, 200_000)) &&
        /"version"\s*:\s*"2\.1\.0"/.test(text)
      );
    case 'checks':
      return /^[[{]/.test(head) && /"check_runs"\s*:|"jobs"\s*:/.test(text.slice(0, 200_000));
    case 'lint':
      return isXml ? root === 'checkstyle' : /^\[/.test(head) && /"errorCount"\s*:/.test(text);
    case 'types':
      return isXml
        ? root.startsWith('testsuite') && TYPE_CHECKERS.test(fileName(path))
        : /"generalDiagnostics"\s*:/.test(text);
    case 'quality-report':
    case 'acceptance-criteria':
    case 'performance':
    case 'functional':
    case 'tickets':
      return true;
    default:
      return neverOf(kind);
  }
}

function neverOf(kind: never): boolean {
  return kind;
}

function fileName(path: string): string {
  return path.split('/').pop() ?? path;
}

/** The last by name: people put the day into it. */
function newest(paths: readonly string[]): readonly string[] {
  return [...paths].sort((a, b) => (fileName(a) < fileName(b) ? -1 : 1)).slice(-1);
}

/** Markdown of people, or a report of tests, whose cases are then the outcomes. */
function readAnyOutcomes(_path: string, text: string): ReportReading<OutcomeReport> {
  if (
    !text
      .replace(/^\uFEFF/, '')
      .trimStart()
      .startsWith('<')
  )
    return readOutcomes(text);
  const tests = readTestReport(text);
  if (!tests.ok) return tests;
  const { failing, skips, passed, suites, origin } = tests.report;
  const [first] = suites;
  return {
    ok: true,
    report: {
      outcomes: [
        ...failing.map(({ name, range }) => ({ name, result: 'failed' as const, isCritical: null, range })),
        ...skips.map(({ name, range }) => ({ name, result: 'skipped' as const, isCritical: null, range })),
        ...(first && passed > 0
          ? [{ name: `${passed} tests`, result: 'passed' as const, isCritical: null, range: first.range }]
          : []),
      ],
      verdict: null,
      commit: origin.commits[0] && first ? { value: origin.commits[0].id, range: first.range } : null,
      version: null,
    },
  };
}

function outcomeOrigin({ commit }: OutcomeReport): ReportOrigin {
  return originOfField(commit?.value ?? null);
}

function originOfField(commit: string | null): ReportOrigin {
  const id = /^[0-9a-f]{7,64}\b/i.exec(commit ?? '')?.[0];
  return id === undefined ? NO_ORIGIN : { commits: [{ id, range: null }], madeAt: null };
}

/** Each check says itself which commit it is of. */
function ofCommit(
  checks: EvidenceOf<CheckRunReport>,
  commit: ReleaseCommit | null,
): EvidenceOf<CheckRunReport> {
  const isOfRelease = (run: CheckRun): boolean =>
    run.commit === null || (commit !== null && isSameCommit(run.commit, commit.id));
  const counting: EvidenceFile<CheckRunReport>[] = [];
  const setAside: EvidenceFile<CheckRunReport>[] = [];
  for (const file of checks.counting) {
    const own = file.report.runs.filter(isOfRelease);
    if (own.length > 0 || file.report.runs.length === 0) {
      counting.push({
        ...file,
        report: { ...file.report, runs: own },
        standing: { kind: 'counts', namesCommit: own.every((run) => run.commit !== null) },
      });
    } else {
      const id = file.report.runs[0]?.commit ?? null;
      const origin = { commits: id === null ? [] : [{ id, range: null }], madeAt: null };
      setAside.push({ ...file, standing: standingOf(origin, commit) });
    }
  }
  return { ...checks, counting, setAside };
}

/** Reports of one kind with those runs of SARIF that a tool of the kind wrote. */
function joined(
  own: EvidenceOf<FaultReport>,
  runs: EvidenceOf<OtherToolReport>,
  isOfTool: (file: EvidenceFile<OtherToolReport>) => boolean,
): EvidenceOf<FaultReport> {
  const asFaults = (files: readonly EvidenceFile<OtherToolReport>[]): EvidenceFile<FaultReport>[] =>
    files
      .filter(isOfTool)
      .map(({ path, report, standing }) => ({ path, report: faultsOf(report), standing }));
  return {
    ...own,
    counting: [...own.counting, ...asFaults(runs.counting)],
    setAside: [...own.setAside, ...asFaults(runs.setAside)],
  };
}
