import { unwrapCommand } from '../../shell/wrappers';
import { enumerated } from '../../text/words';
import type { TextEdit } from '../../text/edit';
import { removeEntry, setEntry } from '../../workflow/edit';
import { replaceBehindCommand, replaceInCommand } from '../../workflow/script-edit';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, Severity, WorkflowRule } from '../rule';
import {
  checksAfter,
  unreadStepAfter,
  waitsForRollout,
  type CheckAfter,
  type Toothlessness,
} from './checks-after-deployment';
import {
  deploysInfrastructure,
  onlyRollsBack,
  productionPathOf,
  quoted,
  severityAt,
  whyItDeploys,
  type ProductionPath,
} from './production-path';

/**
 * What a check by curl should say, in this order, each with the options that say it already: to fail at a bad answer,
 * to try again, and to give up in time.
 */
const CURL_OPTIONS: readonly { readonly text: string; readonly saidBy: RegExp }[] = [
  { text: '--fail', saidBy: /^(--fail(-with-body)?|-[a-zA-Z#0-9]*f[a-zA-Z#0-9]*)$/ },
  { text: '--silent', saidBy: /^(--silent|-[a-zA-Z#0-9]*s[a-zA-Z#0-9]*|-v|--verbose)$/ },
  { text: '--show-error', saidBy: /^(--show-error|-[a-zA-Z#0-9]*S[a-zA-Z#0-9]*|-v|--verbose)$/ },
  { text: '--retry 5 --retry-delay 5', saidBy: /^--retry/ },
  { text: '--max-time 10', saidBy: /^(--max-time|--connect-timeout|-m)/ },
];

/** What makes a request try again, or end in time, besides curl's own options. */
const OTHER_LIMITS = /^(timeout|retry)$/;

/**
 * A check behind a deployment that cannot fail, or that skips itself when it has nothing to ask.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'toothless-check',
  title: 'A check behind a deployment cannot fail',
  severity: 'block',
  why: 'A check that passes whatever the system answers is worse than none: it is green, and everybody believes it.',
  check(set) {
    const path = productionPathOf(set);
    const places = new Map<string, RuleFinding>();
    for (const facts of path.deploying) {
      if (onlyRollsBack(facts)) continue;
      for (const finding of judge(set, path, facts)) {
        const place = `${finding.path} ${finding.span?.start ?? 0}`;
        const before = places.get(place);
        // One check behind several deployments is one fault; the gravest of them says how grave.
        if (!before || weight(finding) > weight(before)) places.set(place, finding);
      }
    }
    return [...places.values()];
  },
};

function weight({ severity, status }: RuleFinding): number {
  return (severity === 'block' ? 4 : severity === 'warn' ? 2 : 0) + (status === 'fail' ? 1 : 0);
}

function judge(set: WorkflowSet, path: ProductionPath, facts: JobFacts): readonly RuleFinding[] {
  const checks = checksAfter(set, facts).filter(({ kind }) => kind === 'asks');
  const sound = checks.filter(({ faults }) => faults.length === 0);
  // A request beside one that can fail may well be there to show something only.
  if (sound.length > 0) {
    return sound.length === 1 && checks.length === 1 && waitsForRollout(set, facts).length === 0
      ? sound.flatMap((check) => onlyOnce(facts, check))
      : [];
  }
  const severity = severityOf(set, path, facts);
  return checks.map((check) => toothless(facts, check, severity));
}

/** As grave as if the check were not there at all: no-smoke-test says how grave that is. */
function severityOf(set: WorkflowSet, path: ProductionPath, facts: JobFacts): Severity {
  if (
    deploysInfrastructure(facts) ||
    facts.target?.kind === 'unknown' ||
    waitsForRollout(set, facts).length > 0 ||
    unreadStepAfter(set, facts) !== null
  )
    return 'warn';
  return severityAt(path, facts);
}

function toothless(facts: JobFacts, check: CheckAfter, severity: Severity): RuleFinding {
  const { workflow } = check.facts;
  const reasons = check.faults.map((fault) => reasonOf(check, fault));
  const isUnknown = check.faults.every(({ kind }) => kind === 'perhaps-may-fail');
  const edits = check.faults.map((fault) => editsFor(check, fault));
  const isCommands = check.faults.some(({ kind }) => kind === 'swallowed' || kind === 'any-answer');
  const all = [...edits.flatMap((each) => each ?? []), ...(isCommands ? curlEdits(check) : [])];
  const because = enumerated(unique(reasons.map((reason) => reason.because)), 'and');
  const remedy = enumerated(unique(reasons.map((reason) => reason.remedy)), 'and');
  const said = nameOf(check);
  return {
    path: workflow.path,
    span: check.span,
    status: isUnknown ? 'unknown' : 'fail',
    severity,
    message: isUnknown
      ? `Whether the check ${said} after ${quoted(facts.job)} can fail is not known, since ${because}: ${remedy}`
      : `The check ${said} after ${quoted(facts.job)} ${isSkipped(check) ? 'is skipped when it has nothing to ask' : 'cannot fail'}, since ${because}: ${remedy}`,
    evidence: whyItDeploys(facts),
    ...(edits.every((each) => each !== null) && all.length > 0
      ? {
          fix: {
            kind: 'proposed' as const,
            title: `Let the check ${said} fail`,
            edits: [{ path: workflow.path, edits: merged(all) }],
          },
        }
      : {}),
  };
}

function isSkipped({ faults }: CheckAfter): boolean {
  return faults.every(({ kind }) => kind === 'skips-by-condition' || kind === 'skips-in-script');
}

/** The step's name, or the command that it runs, in quotes. */
function nameOf({ said, command }: CheckAfter): string {
  const quote = /^(?:runs|uses|calls) ("[\s\S]*")$/.exec(said)?.[1] ?? said;
  const line = command && !said.startsWith('"') ? `"${command.words.join(' ')}"` : quote;
  const short = line.replace(/\s+/g, ' ');
  return short.length > 82 ? `${short.slice(0, 78)}..."` : short;
}

function reasonOf(
  check: CheckAfter,
  fault: Toothlessness,
): { readonly because: string; readonly remedy: string } {
  switch (fault.kind) {
    case 'swallowed': {
      if (!fault.command) {
        return {
          because: 'the action that runs it goes on when it fails',
          remedy: 'let its failure end the action',
        };
      }
      const behind = forgivenessBehind(check, fault.command);
      if (behind !== null) {
        return {
          because: `\`${behind}\` forgives every failure`,
          remedy: behind.includes('echo') ? 'let `exit 1` follow' : 'take it out',
        };
      }
      if (isHiddenByPipe(check, fault.command)) {
        return {
          because: `a pipe hides how "${programOf(fault.command)}" ends`,
          remedy: 'give the step `shell: bash`, which fails where any part of a pipe does',
        };
      }
      return {
        because: `the script goes on whatever "${programOf(fault.command)}" ends with`,
        remedy: 'end the script with a failure',
      };
    }
    case 'any-answer':
      return {
        because: `"${programOf(fault.command)}" ends well whatever the server answers`,
        remedy: 'add `--fail`, or compare the status and exit',
      };
    case 'step-may-fail':
      return {
        because: `\`continue-on-error: ${fault.value.value}\` lets the job succeed all the same`,
        remedy: 'take it out, or let a later step act on its outcome',
      };
    case 'job-may-fail':
      return {
        because: `\`continue-on-error: ${fault.value.value}\` of ${quoted(check.facts.job)} lets the run succeed all the same`,
        remedy: 'take it out',
      };
    case 'perhaps-may-fail':
      return {
        because: `nothing here tells what \`continue-on-error: ${fault.value.value}\` is`,
        remedy: 'take it out, or let a later step act on its outcome',
      };
    case 'skips-by-condition':
      return {
        because: `\`if: ${fault.condition.value}\` ${fault.isOfJob ? `of ${quoted(check.facts.job)} ` : ''}leaves it out where \`${fault.asked}\` is empty`,
        remedy: 'let a missing address fail instead',
      };
    case 'skips-in-script':
      return {
        because: `the script ${fault.exit ? `runs \`${fault.exit.words.join(' ')}\`` : 'goes past it'} where "${fault.asked}" is empty`,
        remedy: 'let a missing address fail instead',
      };
    case 'prints':
      return { because: 'it only prints', remedy: 'ask the system, and fail where the answer is wrong' };
  }
}

function programOf(command: StepCommand): string {
  return unwrapCommand(command.words)[0] ?? '';
}

/** What stands behind a command and forgives it, as written: `|| true`, `|| echo "…"`. */
const FORGIVES = /^[ \t]*\|\|[ \t]*(true\b|:(?=\s|$)|echo\b[^\n|&;)]*)/;

function forgivenessBehind({ facts }: CheckAfter, command: StepCommand): string | null {
  const match = FORGIVES.exec(facts.workflow.text.slice(command.span.end));
  return match ? match[0].trim() : null;
}

/** Without a `shell` GitHub runs bash without `pipefail`; with `shell: bash` it sets it. */
function isHiddenByPipe({ facts: { job, workflow } }: CheckAfter, command: StepCommand): boolean {
  const shell = command.step.shell ?? job.defaultShell ?? workflow.defaultShell;
  return shell === null && command.output.to === 'command' && !command.isConditional;
}

/** The edits that take one fault away; null where nothing short of a person's thought does. */
function editsFor(check: CheckAfter, fault: Toothlessness): readonly TextEdit[] | null {
  const { workflow, job } = check.facts;
  const without = (result: ReturnType<typeof removeEntry>): readonly TextEdit[] | null =>
    result.ok ? result.edits : null;
  switch (fault.kind) {
    case 'swallowed':
      if (fault.command && check.step && isHiddenByPipe(check, fault.command)) {
        return without(setEntry(workflow.text, check.step.body, 'shell', 'bash', { before: ['run'] }));
      }
      return fault.command
        ? replaceBehindCommand(workflow, fault.command, FORGIVES, (match) => {
            const echo = /echo\b.*$/.exec(match.trimEnd())?.[0];
            // What is said about the failure stays; then it counts.
            return echo === undefined ? '' : ` || { ${echo}; exit 1; }`;
          })
        : null;
    case 'any-answer':
      return programOf(fault.command) === 'curl' ? [] : null;
    case 'step-may-fail':
    case 'perhaps-may-fail':
      return check.step ? without(removeEntry(workflow.text, check.step.body, 'continue-on-error')) : null;
    case 'job-may-fail':
      return without(removeEntry(workflow.text, job.body, 'continue-on-error'));
    case 'skips-in-script':
      return fault.exit ? replaceInCommand(workflow, fault.exit, /\b0$/g, () => '1') : null;
    case 'skips-by-condition':
    case 'prints':
      return null;
  }
}

/** Puts what curl should say, and does not yet, behind its name. */
function curlEdits({ command, facts }: CheckAfter): readonly TextEdit[] {
  if (!command || programOf(command) !== 'curl') return [];
  const missing = CURL_OPTIONS.filter(({ saidBy }) => !command.words.some((word) => saidBy.test(word)));
  if (missing.length === 0) return [];
  const options = missing.map(({ text }) => text).join(' ');
  // Only the program's own name: an address may hold the word too.
  return (
    replaceInCommand(facts.workflow, command, /\bcurl(?=\s)/g, (match) => `${match} ${options}`)?.slice(
      0,
      1,
    ) ?? []
  );
}

/** Edits of one place may come from several faults. */
function merged(edits: readonly TextEdit[]): readonly TextEdit[] {
  return edits.filter(
    (edit, index) =>
      edits.findIndex(
        (other) =>
          other.span.start === edit.span.start &&
          other.span.end === edit.span.end &&
          other.text === edit.text,
      ) === index,
  );
}

/** A weaker fault: one try right behind the deployment, with nothing that ends it in time. */
function onlyOnce(facts: JobFacts, check: CheckAfter): readonly RuleFinding[] {
  const { command, step } = check;
  const { job, workflow } = check.facts;
  if (!command || !step || programOf(command) !== 'curl' || command.loop || command.isConditional) return [];
  if (command.words.some((word) => OTHER_LIMITS.test(word))) return [];
  if (step.timeoutMinutes || job.timeoutMinutes) return [];
  const hasRetry = command.words.some((word) => /^--retry/.test(word));
  const hasLimit = command.words.some((word) => /^(--max-time|--connect-timeout|-m)/.test(word));
  if (hasRetry || hasLimit) return [];
  const edits = curlEdits(check);
  return [
    {
      path: workflow.path,
      span: check.span,
      status: 'fail',
      severity: 'info',
      message: `The check ${nameOf(check)} after ${quoted(facts.job)} asks once and without a time limit, so that a slow start fails a good release and a hanging answer holds it up: add \`--retry 5 --retry-delay 5 --max-time 10\``,
      ...(edits.length > 0
        ? {
            fix: {
              kind: 'proposed' as const,
              title: 'Try again, and give up in time',
              edits: [{ path: workflow.path, edits }],
            },
          }
        : {}),
    },
  ];
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
