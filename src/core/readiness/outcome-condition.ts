import { fileSource } from '../evidence/fact';
import { resultOf } from '../evidence/results/markdown-report';
import { counted } from '../text/words';
import { fail, notKnown, pass, type ConditionAnswer } from './condition';
import { firstOf, noReport, onCommit } from './evidence-words';
import type { ReadinessFacts } from './facts';

/** How the newest report of performance and that of functional tests are judged alike: by what they say failed. */
export function judgeOutcomes(
  facts: ReadinessFacts,
  of: { readonly kind: 'performance' | 'functional'; readonly what: string; readonly next: string },
): ConditionAnswer {
  const evidence = facts.evidence[of.kind];
  const [file] = evidence.counting;
  if (!file) return noReport(evidence, of.kind, of.what, of.next);
  const { path, report } = file;
  const { version } = facts.asked;
  const stated = report.version?.value.trim().replace(/^v(?=\d)/i, '');
  if (
    report.version &&
    stated !== undefined &&
    /^\d+\.\d+/.test(stated) &&
    stated !== version.replace(/^v(?=\d)/i, '')
  ) {
    return notKnown(`${path} is of version ${report.version.value}, not of ${version}`, of.next, [
      fileSource(path, report.version.range),
    ]);
  }
  // Where the report marks the critical path, only that stops a release; else everything that it lists.
  const judged = report.outcomes.filter(({ isCritical }) => isCritical !== false);
  const marks = report.outcomes.some(({ isCritical }) => isCritical === true);
  const where = marks ? ' on the critical path' : '';
  const failed = judged.filter(({ result }) => result === 'failed');
  const skipped = judged.filter(({ result }) => result === 'skipped');
  const names = (outcomes: typeof judged): string => firstOf(outcomes.map(({ name }) => `"${name}"`));
  const sources = (outcomes: typeof judged) =>
    outcomes.slice(0, 10).map(({ range }) => fileSource(path, range));
  if (failed.length > 0) {
    return fail(
      `${path} shows ${counted(failed.length, 'failure')}${where}: ${names(failed)}`,
      `mend it. Then ${of.next}`,
      sources(failed),
    );
  }
  if (report.verdict && resultOf(report.verdict.value) === 'failed') {
    return fail(`${path} says "${report.verdict.value}" of the whole`, `mend it. Then ${of.next}`, [
      fileSource(path, report.verdict.range),
    ]);
  }
  if (skipped.length > 0) {
    const why = `${path} leaves out ${counted(skipped.length, 'test')}${where}: ${names(skipped)}`;
    return marks
      ? fail(why, of.next, sources(skipped))
      : notKnown(`${why}, and does not say which are on the critical path`, of.next, sources(skipped));
  }
  const untold = judged.filter(({ result }) => result === 'not-told');
  if (untold.length > 0) {
    return notKnown(`${path} tells no result of ${names(untold)}`, of.next, sources(untold));
  }
  const isStated = report.verdict !== null && resultOf(report.verdict.value) === 'passed';
  if (judged.length === 0 && !isStated) {
    return notKnown(`${path} tells no result${where}`, of.next, [fileSource(path)]);
  }
  return pass(
    judged.length > 0
      ? `${path} shows ${counted(judged.length, 'result')}${where}, none failed${onCommit(facts, evidence)}`
      : `${path} says "${report.verdict?.value ?? ''}" of the whole${onCommit(facts, evidence)}`,
    [fileSource(path, report.verdict?.range ?? null)],
  );
}
