import type { Span } from '../../text/position';
import { unwrapCommand } from '../../shell/wrappers';
import type { Step } from '../../workflow/model';
import { retriedCommand } from '../../workflow/retried-commands';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
import { evidenceOf, productionPathOf, quoted, type ProductionPath } from './production-path';

/** Options with which a test runner runs a failed test again. To teach one more, add a line. */
const RETRY_OPTIONS: readonly {
  /** What the command must be, by its words joined by blanks; left out: any that tests. */
  readonly runner?: RegExp;
  /** The option; where it has a group, that is the number of retries. */
  readonly option: RegExp;
  /** The number that means one run and no more. */
  readonly none: number;
}[] = [
  // Playwright, Vitest, Mocha, nextest, Detox, Maestro and, behind `--`, what a script hands on.
  { option: /\s--retr(?:y|ies)[= ](\d+)\b/, none: 0 },
  { option: /\s--reruns[= ](\d+)\b/, none: 0 },
  { runner: /\bcypress\b/, option: /\bretries=(?:\{"?\w*"?:\s*)?(\d+)/, none: 0 },
  { runner: /\bmvnw?\b/, option: /-D(?:surefire|failsafe)\.rerunFailingTestsCount=(\d+)/, none: 0 },
  { runner: /\bgradlew?\b/, option: /-P\w*[rR]etries=(\d+)/, none: 0 },
  { runner: /\bgotestsum\b/, option: /\s--rerun-fails(?:=(\d+))?(?=\s|$)/, none: 0 },
  { runner: /\bginkgo\b/, option: /\s--?flake-attempts[= ](\d+)/, none: 1 },
  { runner: /\bbazel(isk)?\b/, option: /\s--flaky_test_attempts[= ](\d+)/, none: 1 },
  { runner: /\bctest\b/, option: /\s--repeat[= ]until-pass:(\d+)/, none: 1 },
  { runner: /\bxcodebuild\b/, option: /\s-retry-tests-on-failure\b/, none: 0 },
  { runner: /\btestcafe\b/, option: /\s(?:-q|--quarantine-mode)\b/, none: 0 },
  { runner: /\bdotnet\b/, option: /\s--retry-failed-tests[= ](\d+)/, none: 0 },
];

/**
 * A test that failed is run again until it passes: the failure is not seen, and what makes it is not mended. A request
 * to a system that was just deployed may well be tried again, and is left alone.
 * https://testing.googleblog.com/2016/05/flaky-tests-at-google-and-how-we.html
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'flaky-retry',
  title: 'A retry hides tests that fail now and then',
  severity: 'warn',
  why: 'A test that passes at the second try has failed: what it found, a race or a real fault, goes to production unseen, and nobody mends the test.',
  check(set) {
    const path = productionPathOf(set);
    return set.jobs.flatMap((facts) => judge(set, path, facts));
  },
};

interface Retry {
  readonly span: Span;
  readonly step: Step;
  /** Completes `"test" …`. */
  readonly message: string;
}

function judge(set: WorkflowSet, path: ProductionPath, facts: JobFacts): readonly RuleFinding[] {
  return retriesIn(facts)
    .filter(({ step }) => !isAfterDeployment(set, facts, step))
    .map(({ span, message }) => ({
      path: facts.workflow.path,
      span,
      status: 'fail' as const,
      // A pipeline that deploys nothing is told, no more.
      ...(path.isOnTheWay(facts) ? {} : { severity: 'info' as const }),
      message: `${quoted(facts.job)} ${message}: let the first failure count, and mend the test or take it out`,
    }));
}

function retriesIn(facts: JobFacts): readonly Retry[] {
  const { commands, workflow } = facts;
  const found: Retry[] = [];
  const seen = new Set<string>();
  const add = (command: StepCommand, span: Span, how: string): void => {
    const key = `${span.start}`;
    if (seen.has(key)) return;
    seen.add(key);
    found.push({
      span,
      step: command.step,
      message: `runs "${shortened(command.words.join(' '))}" again where it fails, ${how}`,
    });
  };
  for (const command of commands) {
    if (!isTest(facts, command)) continue;
    const { step } = command;
    const action = step.uses ? retriedCommand(step) : null;
    if (action && action.attempts !== 1 && step.uses) {
      add(command, step.uses.span, `by "${step.uses.value}"`);
      continue;
    }
    if (/^(.*\/)?retry$/.test(command.words[0] ?? '')) {
      add(command, command.span, 'by `retry`');
      continue;
    }
    const option = retryOption(command);
    if (option !== null) {
      add(command, command.span, `by \`${option}\``);
      continue;
    }
    if (command.loop && isRetryLoop(facts, command, command.loop)) {
      add(command, command.loop, 'in a loop that ends when it succeeds');
      continue;
    }
    const again = commands.find(
      (other) =>
        other.step === step &&
        other.span.start >= command.span.end &&
        other.words.join('\n') === command.words.join('\n') &&
        /^\s*\|\|\s*(\\?\s*)*$/.test(workflow.text.slice(command.span.end, other.span.start)),
    );
    const isChained = found.some(
      (other) =>
        other.step === step && other.span.start < command.span.start && other.span.end >= command.span.start,
    );
    if (again && !isChained) {
      add(command, { start: command.span.start, end: again.span.end }, 'behind `||`');
    }
  }
  return found;
}

/** Whether a command tests the code, and does not ask a system that runs. */
function isTest(facts: JobFacts, command: StepCommand): boolean {
  const isIt = ({ span }: { readonly span: Span }): boolean =>
    span.start === command.span.start && span.end === command.span.end;
  if ((['smoke', 'verify'] as const).some((purpose) => evidenceOf(facts, purpose).some(isIt))) return false;
  return (['unit', 'end-to-end'] as const).some((purpose) => evidenceOf(facts, purpose).some(isIt));
}

/** The option that makes a runner run a failed test again, as written; null where there is none. */
function retryOption(command: StepCommand): string | null {
  const line = ` ${unwrapCommand(command.words).join(' ')}`;
  for (const { runner, option, none } of RETRY_OPTIONS) {
    if (runner && !runner.test(line)) continue;
    const match = option.exec(line);
    if (match && (match[1] === undefined || Number(match[1]) > none)) return match[0].trim();
  }
  return null;
}

/**
 * Whether a loop goes on until the command succeeds: the command is what `until`, or `while !`, waits for, or its
 * success leads to a `break`. A loop over several things that are each tested once is none.
 */
function isRetryLoop({ commands, workflow }: JobFacts, command: StepCommand, loop: Span): boolean {
  const { text } = workflow;
  const before = text.slice(loop.start, command.span.start);
  if (/^until\b/.test(before) && !/\bdo\b/.test(before)) return true;
  if (/^while\s+!\s/.test(before) && !/\bdo\b/.test(before)) return true;
  return commands.some((other) => {
    if (other.loop?.start !== loop.start || other.span.start < command.span.end) return false;
    if (!/^(break|exit|return)$/.test(other.words[0] ?? '')) return false;
    if (other.words[0] !== 'break' && other.words[1] !== '0') return false;
    const between = text.slice(command.span.end, other.span.start);
    const isNegated = /\bif\s+!\s*$/.test(before);
    // `npm test && break`, `if npm test; then …; break`: not `npm test || break`.
    return (
      !isNegated && /^[^|&;\n]*(&&|;?\s*then\b)/.test(between) && !/\|\||\b(else|elif|fi)\b/.test(between)
    );
  });
}

/** What runs behind a deployment asks a system that needs time to come up. */
function isAfterDeployment(set: WorkflowSet, facts: JobFacts, step: Step): boolean {
  const deploys = (other: JobFacts): boolean => other.target !== null;
  if (set.ancestorsOf(facts).some(deploys)) return true;
  return evidenceOf(facts, 'deploy').some(({ stepIndex }) => stepIndex !== null && stepIndex < step.index);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}
