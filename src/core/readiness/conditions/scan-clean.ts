import { fileSource } from '../../evidence/fact';
import type { OtherToolFinding } from '../../evidence/results/sarif';
import { shownName } from '../../evidence/results/report';
import { counted } from '../../text/words';
import { doingOf, jobChecks, namesOfChecks } from '../check-evidence';
import { fail, notKnown, pass, type Condition } from '../condition';
import { besides, firstOf, isProvided, noReport, onCommit, sourcesOf } from '../evidence-words';

const NEXT = 'scan the commit of the release with a report as SARIF';

/** GitHub's bounds: docs.github.com, "SARIF support for code scanning", `security-severity`. */
const CRITICAL_FROM = 9;
const HIGH_FROM = 7;

/** S2-31: no critical or high finding of a security scan that nobody set aside. */
export const condition: Condition = {
  id: 'scan-clean',
  title: 'The security scans find nothing critical or high',
  weight: ({ evidence }) => (isProvided(evidence.scans) ? 'block' : 'warn'),
  criterion: 'execution',
  judge: (facts) => {
    const { scans } = facts.evidence;
    const checks = jobChecks(facts, (job) => doingOf(job, ({ purpose }) => purpose === 'scan'));
    const open = scans.counting.flatMap(({ path, report }) =>
      report.findings
        .filter(({ isSuppressed, isGone, level }) => !isSuppressed && isGone !== true && level !== 'none')
        .map((finding) => ({ path, tool: shownName(report.tool), finding, weight: weightOf(finding) })),
    );
    const heavy = open.filter(({ weight }) => weight !== 'lower');
    if (heavy.length > 0) {
      const count = (weight: 'critical' | 'high'): number =>
        heavy.filter((each) => each.weight === weight).length;
      const named = [...heavy]
        .sort((a, b) => (b.finding.securitySeverity ?? HIGH_FROM) - (a.finding.securitySeverity ?? HIGH_FROM))
        .map(({ tool, finding }) => `${tool} ${shownName(finding.rule)}${placeOf(finding)}`);
      return fail(
        `${count('critical')} critical and ${counted(count('high'), 'high finding')}: ${firstOf(named)}`,
        'mend them, or set each aside in the tool with its reason, and scan again',
        heavy
          .slice(0, 10)
          .flatMap(({ path, finding }) => [
            ...(finding.path === null ? [] : [fileSource(finding.path, finding.range)]),
            fileSource(path),
          ]),
      );
    }
    const [red] = checks.failed;
    if (red) {
      const against =
        scans.counting.length > 0
          ? `, though ${firstOf(scans.counting.map(({ path }) => path))} holds nothing critical or high`
          : '';
      return fail(
        `the check ${namesOfChecks(checks.failed)}, which scans, failed on the commit of the release${against}`,
        'look at what it found, mend it, and scan again',
        [...checks.failed.flatMap(({ sources }) => sources), ...sourcesOf(scans)],
      );
    }
    const doubts = [
      ...scans.unread.map(({ path, reason }) => ({ path, text: `${path} ${reason}` })),
      ...scans.counting
        .filter(({ report }) => report.isIncomplete === true)
        .map(({ path, report }) => ({
          path,
          text: `${shownName(report.tool)} says in ${path} that it did not run to its end`,
        })),
    ];
    if (doubts.length > 0) {
      return notKnown(
        firstOf(
          doubts.map(({ text }) => text),
          '; ',
        ),
        NEXT,
        doubts.map(({ path }) => fileSource(path)),
      );
    }
    if (scans.counting.length === 0) {
      // A scan's job is green whatever it finds, unless it was told what to fail on.
      const passed = checks.passed.map(
        ({ run }) => `the check "${run.name}" passed, which does not tell what it found`,
      );
      return noReport(scans, 'scans', 'report of a scan', NEXT, [...passed, ...checks.open]);
    }
    const tools = [...new Set(scans.counting.map(({ report }) => shownName(report.tool)))];
    const setAside = scans.counting.reduce(
      (sum, { report }) => sum + report.findings.filter(({ isSuppressed }) => isSuppressed).length,
      0,
    );
    return pass(
      `${firstOf(tools)} ran and found ${open.length === 0 ? 'nothing' : `${counted(open.length, 'finding')}, none critical or high`}${
        setAside > 0 ? `, with ${setAside} set aside in the tool` : ''
      }${onCommit(facts, scans)}${besides(scans)}`,
      sourcesOf(scans),
    );
  },
};

/** Without a severity of its own, what a scanner calls an error is taken for high. */
function weightOf({ securitySeverity, level }: OtherToolFinding): 'critical' | 'high' | 'lower' {
  if (securitySeverity === undefined) return level === 'error' ? 'high' : 'lower';
  if (securitySeverity >= CRITICAL_FROM) return 'critical';
  return securitySeverity >= HIGH_FROM ? 'high' : 'lower';
}

function placeOf({ path, range }: OtherToolFinding): string {
  return path === null ? '' : ` at ${shownName(path)}${range ? `:${range.start.line}` : ''}`;
}
