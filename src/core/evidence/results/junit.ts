import type { lineIndex } from '../../text/position';
import { type LineIndex, type Range, type Span } from '../../text/position';
import { walkXml, type XmlElement } from '../../text/xml';
import { counted } from '../../text/words';
import {
  isCommitId,
  shownName,
  unreadable,
  type Contradiction,
  type ReportOrigin,
  type ReportReading,
} from './report';

/** How many tests there were and what became of them; each test counts once, however often it was run. */
export interface TestCounts {
  readonly tests: number;
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
}

/** A test that a report names, with its place there. */
export interface NamedTest {
  /** Class or suite and name, on one line: what people call it. */
  readonly name: string;
  readonly range: Range;
  /** The first line of what the report says of it; null where it says nothing. */
  readonly message: string | null;
}

/** A suite that holds tests itself; those that only hold suites are not listed. */
export interface TestSuite extends TestCounts {
  readonly name: string;
  readonly range: Range;
}

/** A total that is stated and not what the cases add up to. */
export interface StatedTotal extends Contradiction {
  /** More tests failed, says the report, than it shows: nothing may be built on its cases. */
  readonly hidesFailures: boolean;
}

/** A report of tests in the form of JUnit's, counted from its cases. */
export interface TestReport extends TestCounts {
  readonly suites: readonly TestSuite[];
  /** What the cases took, added up. */
  readonly seconds: number;
  /** Tests that failed or broke in their last run. */
  readonly failing: readonly NamedTest[];
  /** Tests that passed in the end and had failed before. */
  readonly flaky: readonly NamedTest[];
  readonly skips: readonly NamedTest[];
  /** Where the totals that the report states are not what its cases add up to. */
  readonly contradictions: readonly StatedTotal[];
  readonly origin: ReportOrigin;
}

type Outcome = 'passed' | 'failed' | 'error' | 'skipped';

interface Case {
  readonly key: string;
  readonly name: string;
  readonly suite: Suite;
  readonly span: Span;
  outcome: Outcome;
  message: string | null;
  /** The tool marked earlier runs as failed. */
  hasRedRuns: boolean;
}

interface Suite {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly span: Span;
  readonly parent: Suite | null;
  readonly cases: Case[];
  children: number;
  /** Testcase elements at any depth by outcome, as they stand. */
  readonly whole: Record<Outcome, number>;
}

/** Elements of other tools' reports, so that a person is told which one it is. */
const OTHER_FORMATS: Readonly<Record<string, string>> = {
  coverage: 'a coverage report',
  report: 'a coverage report of JaCoCo',
  'test-run': "a report in NUnit's own form",
  'test-results': "a report in NUnit's own form",
  assemblies: "a report in xUnit.net's own form",
  TestRun: "a report in Visual Studio's own form (trx)",
  checkstyle: 'a report of Checkstyle',
  'testng-results': "a report in TestNG's own form",
  Site: "a report in CTest's own form",
};

/** Properties by which build tools name the commit, without separators and the prefix `env.`. */
const COMMIT_PROPERTIES = new Set([
  'gitcommit',
  'gitcommitid',
  'gitcommitidfull',
  'gitcommitsha',
  'gitcommithash',
  'gitsha',
  'githash',
  'gitrevision',
  'commit',
  'commitid',
  'commitsha',
  'commithash',
  'revision',
  'vcsrevision',
  'scmrevision',
  'githubsha',
  'cicommitsha',
  'buildsourceversion',
  'buildvcsnumber',
  'circlesha1',
]);

/** More names than this nobody reads; the counts are of all. */
const MAX_NAMES = 1_000;

/**
 * Reads a report of tests in the form that JUnit began and every tool bent: pytest, Surefire with its reruns, jest,
 * mocha, gotestsum, PHPUnit's nested suites, CTest, node's test runner. Totals are counted from the cases; what the
 * attributes state is only held against them.
 */
export function readTestReport(text: string): ReportReading<TestReport> {
  const suites: Suite[] = [];
  const cases: Case[] = [];
  const commits: { id: string; span: Span }[] = [];
  let root: XmlElement | null = null;
  let suite: Suite | null = null;
  let current: Case | null = null;
  let statedByRoot: Suite | null = null;
  let madeAt: string | null = null;
  let seconds = 0;
  const newSuite = (element: XmlElement, parent: Suite | null): Suite => ({
    name: shownName(element.attributes['name'] ?? element.attributes['package'] ?? ''),
    attributes: element.attributes,
    span: element.span,
    parent,
    cases: [],
    children: 0,
    whole: { passed: 0, failed: 0, error: 0, skipped: 0 },
  });
  const walked = walkXml(text, {
    open: (element) => {
      root ??= element;
      const { attributes } = element;
      const stamp = attributes['timestamp'];
      switch (element.name) {
        case 'testsuites':
          statedByRoot ??= newSuite(element, null);
          if (stamp) madeAt = later(madeAt, stamp);
          break;
        case 'testsuite':
          suite = newSuite(element, suite);
          suites.push(suite);
          if (suite.parent) suite.parent.children++;
          if (stamp) madeAt = later(madeAt, stamp);
          break;
        case 'testcase': {
          suite ??= statedByRoot ?? newSuite(element, null);
          current = newCase(element, suite);
          seconds += secondsOf(attributes['time'] ?? '');
          if (attributes['timestamp']) madeAt = later(madeAt, attributes['timestamp']);
          break;
        }
        case 'property': {
          const name = (attributes['name'] ?? '')
            .toLowerCase()
            .replace(/^env\./, '')
            .replace(/[^a-z0-9]/g, '');
          const value = (attributes['value'] ?? '').trim();
          if (COMMIT_PROPERTIES.has(name) && isCommitId(value))
            commits.push({ id: value, span: element.span });
          break;
        }
        case 'failure':
        case 'error':
          if (current) {
            // A case may hold both; the one that is worse for a reader's trust stands.
            current.outcome = element.name === 'error' || current.outcome === 'error' ? 'error' : 'failed';
            current.message ??= firstLine(attributes['message'] ?? '');
          } else if (suite) {
            // Some tools report what broke outside every test at the suite.
            const broken = newCase(element, suite);
            broken.outcome = element.name === 'error' ? 'error' : 'failed';
            broken.message = firstLine(attributes['message'] ?? '');
            finish(broken);
          }
          break;
        case 'skipped':
        case 'skip':
        case 'disabled':
          if (current?.outcome === 'passed') {
            current.outcome = 'skipped';
            current.message = firstLine(attributes['message'] ?? '');
          }
          break;
        case 'flakyFailure':
        case 'flakyError':
          if (current) current.hasRedRuns = true;
          break;
        default:
          // `rerunFailure` and `rerunError` stand beside a failure: the test failed in every run.
          break;
      }
    },
    close: (element, inside) => {
      if (element.name === 'testcase' && current) {
        finish(current);
        current = null;
      } else if ((element.name === 'failure' || element.name === 'error') && current) {
        current.message ??= firstLine(inside);
      } else if (element.name === 'testsuite' && suite) {
        const { parent } = suite;
        if (parent) for (const each of OUTCOMES) parent.whole[each] += suite.whole[each];
        else if (statedByRoot) {
          statedByRoot.children++;
          for (const each of OUTCOMES) statedByRoot.whole[each] += suite.whole[each];
        }
        suite = parent;
      }
    },
  });
  function newCase(element: XmlElement, inside: Suite): Case {
    const { attributes } = element;
    const own = shownName(attributes['name'] ?? '') || '(a test without a name)';
    const owned = shownName(attributes['classname'] ?? attributes['class'] ?? '');
    // Node's runner calls every class "test".
    const owner = owned === '' || (owned === 'test' && inside.name !== '') ? inside.name : owned;
    const status = (attributes['status'] ?? attributes['result'] ?? '').toLowerCase();
    const outcome: Outcome =
      /^(?:notrun|not run|disabled|skipped|suppressed|ignored)$/.test(status) ||
      /^(?:skipped|suppressed)$/i.test(attributes['result'] ?? '')
        ? 'skipped'
        : /^(?:fail|failed|failure)$/.test(status)
          ? 'failed'
          : status === 'error'
            ? 'error'
            : 'passed';
    return {
      key: JSON.stringify([pathOf(inside), attributes['classname'], attributes['name'], attributes['file']]),
      name: owner === '' || owner === own ? own : shownName(`${owner} › ${own}`),
      suite: inside,
      span: element.span,
      outcome: element.name === 'testcase' ? outcome : 'error',
      message: null,
      hasRedRuns: false,
    };
  }
  function finish(found: Case): void {
    cases.push(found);
    found.suite.cases.push(found);
    found.suite.whole[found.outcome]++;
  }
  if (!walked.ok) return unreadable(walked.reason, walked.range);
  const { lines } = walked;
  const rootName = (root as XmlElement | null)?.name ?? '';
  if (rootName !== 'testsuites' && rootName !== 'testsuite') {
    const other = OTHER_FORMATS[rootName];
    return unreadable(
      other
        ? `is ${other}, not one of JUnit's`
        : `is no JUnit report: its first element is <${shownName(rootName)}>`,
    );
  }
  const stated = statedByRoot as Suite | null;
  const { last, flaky } = lastRuns(cases);
  const named = (each: Case): NamedTest => ({
    name: each.name,
    range: lines.rangeOf(each.span),
    message: each.message === '' ? null : each.message,
  });
  const ofSuite = new Map<Suite, Case[]>();
  for (const each of last) {
    const before = ofSuite.get(each.suite);
    if (before) before.push(each);
    else ofSuite.set(each.suite, [each]);
  }
  return {
    ok: true,
    report: {
      ...countsOf(last),
      suites: [...ofSuite].map(([each, own]) => ({
        name: each.name,
        range: lines.rangeOf(each.span),
        ...countsOf(own),
      })),
      seconds: Math.round(seconds * 1000) / 1000,
      failing: last
        .filter(({ outcome }) => outcome === 'failed' || outcome === 'error')
        .slice(0, MAX_NAMES)
        .map(named),
      flaky: flaky.slice(0, MAX_NAMES).map(named),
      skips: last
        .filter(({ outcome }) => outcome === 'skipped')
        .slice(0, MAX_NAMES)
        .map(named),
      contradictions: [...(stated ? [stated] : []), ...suites]
        .flatMap((each) => contradictionsOf(each, lines, cases.length - last.length))
        .slice(0, 50),
      origin: {
        commits: distinctCommits(commits, lines),
        madeAt,
      },
    },
  };
}

const OUTCOMES: readonly Outcome[] = ['passed', 'failed', 'error', 'skipped'];

function pathOf(suite: Suite): string {
  return suite.parent ? `${pathOf(suite.parent)}/${suite.name}` : suite.name;
}

function countsOf(cases: readonly Case[]): TestCounts {
  const of = (outcome: Outcome): number => cases.filter((each) => each.outcome === outcome).length;
  return {
    tests: cases.length,
    passed: of('passed'),
    failed: of('failed'),
    errors: of('error'),
    skipped: of('skipped'),
  };
}

/**
 * The last run of each test. A test that stands there red and then green was run again, and is flaky, but only in a suite
 * in which nothing else stands twice: tools that run failures again repeat no green test, and where green ones are
 * repeated different tests share a name, so that a red one stays red. pytest with pytest-rerunfailures writes the earlier
 * runs as if they had passed, and counts each test once: where a suite states fewer tests than it holds, what stands
 * twice was run twice.
 */
function lastRuns(cases: readonly Case[]): {
  readonly last: readonly Case[];
  readonly flaky: readonly Case[];
} {
  const bySuite = new Map<Suite, Map<string, Case[]>>();
  for (const each of cases) {
    const byKey = bySuite.get(each.suite) ?? new Map<string, Case[]>();
    bySuite.set(each.suite, byKey);
    const before = byKey.get(each.key);
    if (before) before.push(each);
    else byKey.set(each.key, [each]);
  }
  const isRed = ({ outcome }: Case): boolean => outcome === 'failed' || outcome === 'error';
  const last: Case[] = [];
  const flaky: Case[] = [];
  for (const [suite, byKey] of bySuite) {
    const tests = statedIn(suite, 'tests');
    const countsOnce = tests !== null && tests < suite.cases.length && tests >= byKey.size;
    const namesIdentify = countsOnce || [...byKey.values()].every((runs) => runs.slice(0, -1).every(isRed));
    for (const runs of byKey.values()) {
      const [final] = runs.slice(-1);
      if (!final) continue;
      last.push(...(namesIdentify ? [final] : runs));
      if (namesIdentify && final.outcome === 'passed' && (runs.length > 1 || final.hasRedRuns))
        flaky.push(final);
      else if (!namesIdentify) flaky.push(...runs.filter(wasRed));
    }
  }
  return { last, flaky };
}

function wasRed({ hasRedRuns, outcome }: Case): boolean {
  return hasRedRuns && outcome === 'passed';
}

/** What the attributes of a suite state against what stands in it, or directly in it: tools do either. */
function contradictionsOf(suite: Suite, lines: LineIndex, repeats: number): StatedTotal[] {
  const found: StatedTotal[] = [];
  const own = (...outcomes: readonly Outcome[]): number =>
    suite.cases.filter((each) => outcomes.includes(each.outcome)).length;
  const whole = (...outcomes: readonly Outcome[]): number =>
    outcomes.reduce((sum, outcome) => sum + suite.whole[outcome], 0);
  const say = (message: string, hidesFailures = false): void => {
    const name = suite.name === '' ? 'the report' : `the suite "${suite.name}"`;
    found.push({ message: `${name} states ${message}`, range: lines.rangeOf(suite.span), hidesFailures });
  };
  const tests = statedIn(suite, 'tests');
  const all = whole(...OUTCOMES);
  const isExplained =
    tests === own(...OUTCOMES) + suite.children ||
    tests === all - whole('skipped') ||
    (tests !== null && tests < all && tests >= all - repeats);
  if (tests !== null && tests !== all && !isExplained) {
    say(`${counted(tests, 'test')} and holds ${all}`);
  }
  // Tools differ in what they call an error and a failure, so the two are held against the cases together.
  const failures = statedIn(suite, 'failures');
  const errors = statedIn(suite, 'errors');
  const red = whole('failed', 'error');
  if (failures !== null || errors !== null) {
    const sum = (failures ?? 0) + (errors ?? 0);
    const isMore = sum > red;
    // Suites of suites count their failing suites with some tools, which are fewer.
    if (isMore || (sum < red && suite.children === 0)) {
      const shown = red === 0 ? 'no test' : counted(red, 'test');
      say(`${counted(sum, 'failure')} and shows ${shown} that failed`, isMore);
    }
  }
  return found;
}

function statedIn(suite: Suite, key: string): number | null {
  const text = suite.attributes[key]?.trim() ?? '';
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** Seconds as tools write them: `0.012`, `1,234.5` of Surefire, `0,012` where the machine writes a comma. */
function secondsOf(text: string): number {
  const plain = text.includes('.') ? text.replaceAll(',', '') : text.replace(',', '.');
  const seconds = Number(plain);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : 0;
}

/** The later of two times as written; those with the same form compare as text. */
function later(one: string | null, other: string): string {
  if (one === null) return other;
  const [a, b] = [Date.parse(one), Date.parse(other)];
  return Number.isNaN(b) || a >= b ? one : other;
}

function firstLine(text: string): string | null {
  const line = shownName(text.split(/\r?\n/).find((each) => each.trim() !== '') ?? '');
  return line === '' ? null : line;
}

function distinctCommits(
  found: readonly { readonly id: string; readonly span: Span }[],
  lines: ReturnType<typeof lineIndex>,
): ReportOrigin['commits'] {
  const byId = new Map(found.map(({ id, span }) => [id.toLowerCase(), span]));
  return [...byId].slice(0, 10).map(([id, span]) => ({ id, range: lines.rangeOf(span) }));
}
