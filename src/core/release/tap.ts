import type { SmokeCase } from './run';

/** What a program said in TAP, the Test Anything Protocol. */
export interface TapResult {
  readonly cases: readonly SmokeCase[];
  /** Why it is not to be trusted whole: a case is missing, the run was given up; ''. A clause without full stop. */
  readonly problem: string;
}

const CASE = /^(not )?ok\b(?:\s+(\d+))?(?:\s+(?:-\s+)?(.*))?$/;

/**
 * Reads TAP from the lines of an output, other lines between them too; null where there is none. Only the outermost level
 * counts: what is indented is a subtest, whose parent tells how it went.
 *
 * Specification: https://testanything.org/tap-version-14-specification.html
 */
export function readTap(lines: readonly string[]): TapResult | null {
  const cases: SmokeCase[] = [];
  let planned: number | null = null;
  let given = '';
  for (const line of lines) {
    const plan = /^1\.\.(\d+)(?:\s+#.*)?$/.exec(line);
    if (plan) planned = Number(plan[1]);
    const bail = /^Bail out!\s*(.*)$/i.exec(line);
    if (bail) given = `the tests were given up${bail[1] ? `: ${bail[1]}` : ''}`;
    const match = CASE.exec(line);
    if (!match) continue;
    const [, not, number, said = ''] = match;
    const directive = /(?<!\\)#\s*(skip|todo)\b\s*(.*)$/i.exec(said);
    const name =
      (directive ? said.slice(0, directive.index) : said).trim() || `case ${number ?? cases.length + 1}`;
    const word = directive?.[1]?.toLowerCase();
    const reason = directive?.[2]?.trim() ?? '';
    // What is skipped was not looked at; what is to do is known to fail and fails nothing.
    const outcome = word === 'skip' ? 'not-run' : not && word !== 'todo' ? 'failed' : 'passed';
    cases.push({ name, outcome, tookMs: 0, detail: word === undefined ? '' : `${word} ${reason}`.trim() });
  }
  if (cases.length === 0 && planned === null) return null;
  const missing =
    planned !== null && planned !== cases.length
      ? `${planned} cases were announced, ${cases.length} told`
      : '';
  return { cases, problem: given || missing };
}
