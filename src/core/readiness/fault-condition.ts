import { fileSource } from '../evidence/fact';
import { counted } from '../text/words';
import type { JobFacts } from '../workflow/understanding';
import { jobChecks, namesOfChecks, type Doing } from './check-evidence';
import { fail, notKnown, pass, type ConditionAnswer } from './condition';
import { besides, firstOf, noReport, onCommit, sourcesOf, whyNot } from './evidence-words';
import type { ReadinessFacts } from './facts';

/** How linting and type checking are judged alike: reports of the tool, and checks of the jobs that run it. */
export function judgeFaults(
  facts: ReadinessFacts,
  of: {
    readonly kind: 'lint' | 'types';
    /** "linter", "type checker". */
    readonly tool: string;
    readonly next: string;
    readonly doing: (job: JobFacts) => Doing;
  },
): ConditionAnswer {
  const evidence = facts.evidence[of.kind];
  const checks = jobChecks(facts, of.doing);
  const faulty = evidence.counting.filter(({ report }) => report.errors > 0);
  const [red] = checks.failed;
  const reports = `${evidence.counting.map(({ path, report }) => report.tool ?? path).join(', ')}`;
  if (faulty.length > 0) {
    const errors = faulty.reduce((sum, { report }) => sum + report.errors, 0);
    const first = faulty.flatMap(({ report }) => report.first.map(({ text }) => text));
    const against =
      checks.passed.length > 0 ? `, though the check ${namesOfChecks(checks.passed)} passed` : '';
    return fail(
      `the ${of.tool} reports ${counted(errors, 'error')}: ${firstOf(first, '; ')}${against}`,
      `mend what ${faulty[0]?.path ?? 'the report'} lists, and run it again on the commit of the release`,
      faulty.flatMap(({ path, report }) => [fileSource(path, report.first[0]?.range ?? null)]),
    );
  }
  if (red) {
    const against = evidence.counting.length > 0 ? `, though ${reports} reports no error` : '';
    return fail(
      `the check ${namesOfChecks(checks.failed)} failed on the commit of the release${against}`,
      'mend what it found, and run it again',
      [...checks.failed.flatMap(({ sources }) => sources), ...sourcesOf(evidence)],
    );
  }
  const { clauses, sources } = whyNot(evidence);
  const cut = evidence.counting.filter(({ report }) => report.isIncomplete).map(({ path }) => path);
  const doubts = [
    ...evidence.unread.map(({ path, reason }) => `${path} ${reason}`),
    ...cut.map((path) => `${path} is of a run that did not end well`),
    ...(checks.failedInPart.length > 0 ? checks.open : []),
  ];
  if (evidence.counting.length > 0 && doubts.length === 0) {
    const passed = checks.passed.length > 0 ? `, and the check ${namesOfChecks(checks.passed)} passed` : '';
    return pass(`${reports} reports no error${passed}${onCommit(facts, evidence)}${besides(evidence)}`, [
      ...sourcesOf(evidence),
      ...checks.passed.flatMap((check) => check.sources),
    ]);
  }
  if (checks.passed.length > 0 && doubts.length === 0) {
    return pass(
      `the check ${namesOfChecks(checks.passed)} passed${onCommit(facts, facts.evidence.checks)}`,
      checks.passed.flatMap((check) => check.sources),
    );
  }
  if (doubts.length > 0) {
    return notKnown(firstOf(doubts, '; '), of.next, [...sources, ...cut.map((path) => fileSource(path))]);
  }
  return clauses.length === 0 && checks.open.length > 0
    ? notKnown(firstOf(checks.open, '; '), of.next, sourcesOf(facts.evidence.checks))
    : noReport(evidence, of.kind, `report of a ${of.tool}`, of.next, checks.open);
}
