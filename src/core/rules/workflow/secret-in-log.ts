import { unwrapCommand } from '../../shell/wrappers';
import type { ShellOutput } from '../../shell/commands';
import type { NamedScalar, Step, Workflow } from '../../workflow/model';
import {
  ALL_SECRETS,
  isCredentialName,
  secretsGivenBy,
  secretsInText,
  secretVariablesOf,
  type SecretVariables,
} from '../../workflow/secret-flow';
import type { JobFacts, StepCommand } from '../../workflow/understanding';
import type { Span } from '../../text/position';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { productionPathOf, quoted, severityAt, textAt, type ProductionPath } from './production-path';
import { mentionsSecrets } from './secret-in-argument';

/**
 * A secret on its way into the log: printed, traced by `set -x`, dumped with the environment, or all of them at once.
 * GitHub masks a secret's value and some encodings of it; what is cut, reversed, decoded or reformatted it does not know.
 * https://docs.github.com/actions/reference/security/secure-use#use-secrets-for-sensitive-information
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'secret-in-log',
  title: 'A secret is written to the log',
  severity: 'block',
  why: 'Whoever can read the repository can read its logs, and the mask only hides the value as it was stored.',
  check(set) {
    const path = productionPathOf(set);
    return set.jobs.flatMap((facts) => (mentionsSecrets(facts.workflow) ? judge(path, facts) : []));
  },
};

/** One place where a secret comes to the log. */
interface Leak {
  readonly kind: 'print' | 'trace' | 'dump' | 'verbose' | 'all';
  /** It is every secret at once. */
  readonly isWhole?: boolean;
  /** The mask does not know this form of it. */
  readonly isUnmasked: boolean;
  /** Completes "<job> …". */
  readonly message: string;
  readonly span: Span;
  readonly command: StepCommand | null;
}

function judge(path: ProductionPath, facts: JobFacts): readonly RuleFinding[] {
  const { workflow, job } = facts;
  const files = new Map<string, WrittenFile>();
  const steps = job.steps.map((step) => {
    const variables = secretVariablesOf(workflow, job, step);
    const commands = facts.commands.filter((command) => command.step === step);
    const leaks = commandLeaks(step, commands, variables, files);
    return leaks.some((leak) => leak.isWhole) ? leaks : [...leaks, ...wholeContext(workflow, step)];
  });
  const debug = debugFlags([...job.env, ...job.steps.flatMap((step) => step.env)], facts);
  return [...steps, debug].flatMap((leaks) => {
    const [first, ...others] = [...leaks].sort((a, b) => Number(b.isUnmasked) - Number(a.isUnmasked));
    if (!first) return [];
    const fix = fixOf(facts, first);
    return [
      {
        path: workflow.path,
        span: first.span,
        status: 'fail' as const,
        severity: first.isUnmasked ? severityAt(path, facts) : ('warn' as const),
        message: `${quoted(job)} ${first.message}: ${remedyOf(first)}`,
        ...(others.length > 0
          ? {
              evidence: others.slice(0, 5).map((leak) => ({
                message: `and here it ${leak.message}`,
                path: workflow.path,
                span: leak.span,
              })),
            }
          : {}),
        ...(fix ? { fix } : {}),
      },
    ];
  });
}

function remedyOf(leak: Leak): string {
  switch (leak.kind) {
    case 'print':
      return leak.isUnmasked
        ? 'take it out of the log, and change the secret if a run has printed it'
        : 'take it out of the log';
    case 'trace':
      return 'leave the tracing off in this step';
    case 'dump':
      return 'print the names that you need instead';
    case 'verbose':
      return 'leave the verbose output off here';
    case 'all':
      return 'name the secrets that the step needs, one by one';
  }
}

/** A file that holds a secret, and whether in a form that the mask does not know. */
interface WrittenFile {
  readonly secret: string;
  readonly isChanged: boolean;
}

function commandLeaks(
  step: Step,
  commands: readonly StepCommand[],
  variables: SecretVariables,
  files: Map<string, WrittenFile>,
): readonly Leak[] {
  const leaks: Leak[] = [];
  let tracing: StepCommand | null | undefined = isTracingShell(step) ? null : undefined;
  let traced: Leak | null = null;
  for (const command of commands) {
    const words = unwrapCommand(command.words);
    const switched = words[0] === 'set' ? tracingSwitch(words) : null;
    if (switched !== null) {
      tracing = switched ? command : undefined;
      continue;
    }
    const printed = printedSecret(command, words, variables);
    const fate = printed ? fateOf(command.output) : null;
    if (printed && fate?.to === 'log') {
      const isUnmasked = printed.isChanged || fate.isChanged || printed.name === ALL_SECRETS;
      const form = fate.by
        ? `, made into another form by "${fate.by}", where GitHub's mask may miss it`
        : printed.isChanged
          ? ", in part, where GitHub's mask misses it"
          : ", where only GitHub's mask hides it";
      const what =
        printed.name === ALL_SECRETS
          ? 'every secret by `toJSON(secrets)`'
          : `the secret \`${printed.written}\``;
      leaks.push({
        ...leak('print', isUnmasked, `prints ${what} to the log${form}`, command),
        isWhole: printed.name === ALL_SECRETS,
      });
    }
    if (printed && fate?.to === 'file') {
      files.set(fate.name, { secret: printed.written, isChanged: printed.isChanged || fate.isChanged });
    }
    if (words[0] === 'cat' && fateOf(command.output)?.to === 'log') {
      const file = words.slice(1).find((word) => files.has(word));
      const held = file === undefined ? undefined : files.get(file);
      if (file !== undefined && held) {
        const hidden = held.isChanged ? ", in a form that GitHub's mask may miss" : '';
        leaks.push(
          leak(
            'print',
            held.isChanged,
            `prints "${file}", which holds the secret \`${held.secret}\`${hidden}`,
            command,
          ),
        );
      }
    }
    const dumped = dumpsEnvironment(words) && fateOf(command.output, KEEPS_ALL)?.to === 'log';
    const holders = [...variables].filter(([name, secrets]) => [name, ...secrets].some(isCredentialName));
    const [holder] = holders;
    if (dumped && holder) {
      leaks.push(
        leak(
          'dump',
          false,
          `prints its whole environment with "${words.join(' ')}", ${holder[0]} with its secret included`,
          command,
        ),
      );
    }
    if (isVerboseCurl(words) && carriesSecret(command, words, variables)) {
      leaks.push(
        leak('verbose', false, 'lets curl print the headers that it sends, a secret among them', command),
      );
    }
    if (tracing !== undefined && carriesSecret(command, command.words, variables)) {
      const found = traceOf(tracing, command);
      if (!traced || (found.isUnmasked && !traced.isUnmasked)) traced = found;
    }
  }
  return traced ? [...leaks, traced] : leaks;
}

/** What `set -x`, or a shell that begins with it, writes of a command. */
function traceOf(tracing: StepCommand | null, command: StepCommand): Leak {
  // What the script goes on with is traced as well.
  const isUnmasked = becomesValue(command.output);
  const how = tracing ? `"${tracing.words.join(' ')}"` : "the step's shell";
  const what = isUnmasked ? 'what the script makes of the secret' : 'the secret';
  const where = isUnmasked ? "the log, where GitHub's mask may miss it" : 'the log';
  return {
    kind: 'trace',
    isUnmasked,
    message: `traces its commands by ${how}, which writes ${what} in "${shortened(command.words.join(' '))}" to ${where}`,
    span: (tracing ?? command).span,
    command: tracing,
  };
}

function leak(kind: Leak['kind'], isUnmasked: boolean, message: string, command: StepCommand): Leak {
  return { kind, isUnmasked, message, span: command.span, command };
}

/** The secret that a command prints by itself, wherever to; names that are no credentials do not count. */
function printedSecret(
  command: StepCommand,
  words: readonly string[],
  variables: SecretVariables,
): { readonly name: string; readonly written: string; readonly isChanged: boolean } | null {
  const [program = '', ...rest] = words;
  const texts = /^(echo|printf)$/.test(program)
    ? rest
    : /^(cat|tee)$/.test(program) && command.hereText !== null
      ? [command.hereText]
      : [];
  if (program === 'printenv') {
    const name = rest.find((word) => variables.has(word));
    const secret = variables.get(name ?? '')?.find(isCredentialName);
    if (name !== undefined && secret !== undefined) return { name: secret, written: name, isChanged: false };
  }
  // A workflow command is taken by the runner; this one makes the mask.
  if (/^::(add-mask|set-output|save-state|set-env|add-path)\b/.test(texts[0] ?? '')) return null;
  for (const text of texts) {
    const secret = secretsInText(text, command, variables).find(
      (each) => isCredentialName(each.name) || isCredentialName(each.written.replace(/^.*\W(?=\w)/, '')),
    );
    if (secret) return secret;
  }
  return null;
}

function carriesSecret(command: StepCommand, words: readonly string[], variables: SecretVariables): boolean {
  // Assignments before the program are traced as well, here-documents are not.
  const traced = command.expansions.filter((written) => command.hereText?.includes(written) !== true);
  const text = [...words, ...traced].join(' ');
  return secretsInText(text, command, variables).some((secret) => isCredentialName(secret.name));
}

/** Programs that print what they read as it is. */
const KEEPS_ALL = /^(cat|tee|sort|uniq|nl|less|more)$/;

/** Programs that print what they read in part or in another form. */
const CHANGES = /^(base32|base64|xxd|od|hexdump|rev|cut|head|tail|sed|awk|gawk|tr|fold|fmt|uuencode|basenc)$/;

type Fate =
  | { readonly to: 'log'; readonly isChanged: boolean; readonly by: string | null }
  | { readonly to: 'file'; readonly name: string; readonly isChanged: boolean };

/** Where what is printed ends up; null where a program takes it, or nothing can be told. */
function fateOf(output: ShellOutput, keeps: RegExp = KEEPS_ALL): Fate | null {
  let isChanged = false;
  let by: string | null = null;
  for (let at = output; ;) {
    switch (at.to) {
      case 'log':
        return { to: 'log', isChanged, by };
      case 'value':
        return null;
      case 'file':
        if (/^\$\{?GITHUB_STEP_SUMMARY\}?$/.test(at.name)) return { to: 'log', isChanged, by };
        return { to: 'file', name: at.name, isChanged };
      case 'command': {
        const words = unwrapCommand(at.words);
        const program = words[0] ?? '';
        if (keeps === KEEPS_ALL && CHANGES.test(program)) {
          isChanged = true;
          by ??= shortened(words.join(' '));
        } else if (!keeps.test(program)) return null;
        at = at.output;
      }
    }
  }
}

/** Whether the script takes what is printed, as `$(…)` does, and goes on with it. */
function becomesValue(output: ShellOutput): boolean {
  let at = output;
  while (at.to === 'command') at = at.output;
  return at.to === 'value';
}

function dumpsEnvironment(words: readonly string[]): boolean {
  const line = words.join(' ');
  return /^(env|printenv|export|export -p|declare -x|declare -p|set)$/.test(line);
}

function isVerboseCurl(words: readonly string[]): boolean {
  return (
    words[0] === 'curl' &&
    words.some(
      (word) => /^(--verbose|--trace|--trace-ascii)$/.test(word) || /^-[a-zA-Z]*v[a-zA-Z]*$/.test(word),
    )
  );
}

function isTracingShell(step: Step): boolean {
  return /\s(-[a-z]*x[a-z]*|-o xtrace)(\s|$)/.test(step.shell?.value ?? '');
}

/** True for `set -x`, false for `set +x`, null for what leaves the tracing as it is. */
function tracingSwitch(words: readonly string[]): boolean | null {
  let answer: boolean | null = null;
  words.forEach((word, index) => {
    const flags = /^([-+])([a-zA-Z]+)$/.exec(word);
    if (!flags) return;
    if (flags[2]?.includes('x')) answer = flags[1] === '-';
    if (flags[2]?.endsWith('o') && words[index + 1] === 'xtrace') answer = flags[1] === '-';
  });
  return answer;
}

/** `toJSON(secrets)`, in whatever a step is given. */
function wholeContext(workflow: Workflow, step: Step): readonly Leak[] {
  const texts = [
    ...step.env.map(({ value }) => value),
    ...step.with.map(({ value }) => value),
    ...(step.run ? [step.run] : []),
  ];
  const holder = texts.find((value) =>
    secretsGivenBy(value.text, new Map()).some((secret) => secret.name === ALL_SECRETS),
  );
  if (!holder) return [];
  const at = /toJSON\s*\(\s*secrets\s*\)/i.exec(textAt(workflow, holder.span));
  const span = at
    ? { start: holder.span.start + at.index, end: holder.span.start + at.index + at[0].length }
    : holder.span;
  const message =
    'puts every secret that it can have into one text by `toJSON(secrets)`, so that one slip prints them all';
  return [{ kind: 'all', isUnmasked: false, message, span, command: null }];
}

/** Names that make actions and the runner print what they otherwise keep to themselves. */
const DEBUG_FLAGS = /^(ACTIONS_STEP_DEBUG|ACTIONS_RUNNER_DEBUG|RUNNER_DEBUG)$/;

function debugFlags(env: readonly NamedScalar[], facts: JobFacts): readonly Leak[] {
  const all = [...facts.workflow.env, ...env];
  const handlesSecret =
    all.some(({ value }) =>
      secretsGivenBy(value.text, new Map()).some(({ name }) => isCredentialName(name)),
    ) ||
    facts.job.steps.some((step) =>
      step.with.some(({ value }) =>
        secretsGivenBy(value.text, new Map()).some(({ name }) => isCredentialName(name)),
      ),
    );
  if (!handlesSecret) return [];
  return all.flatMap(({ name, value }): Leak[] =>
    DEBUG_FLAGS.test(name.value) && /^(true|1)$/i.test(value.text.trim())
      ? [
          {
            kind: 'verbose',
            isUnmasked: false,
            message: `sets ${name.value} for every run, and actions that debug print what they are given`,
            span: { start: name.span.start, end: value.span.end },
            command: null,
          },
        ]
      : [],
  );
}

/** Takes a line out of a script where it is a command of its own, or the tracing out of a `set`. */
function fixOf(facts: JobFacts, { kind, command }: Leak): Fix | null {
  if (!command) return null;
  const { workflow } = facts;
  const written = textAt(workflow, command.span);
  if (kind === 'trace') {
    const flags = /^set -([a-zA-Z]*)x([a-zA-Z]*)(?=\s|$)/.exec(written);
    if (flags && `${flags[1]}${flags[2]}` !== '') {
      const start = command.span.start + 'set -'.length + (flags[1]?.length ?? 0);
      return proposed(workflow, 'Leave the tracing off', { start, end: start + 1 }, '');
    }
  }
  if (kind === 'verbose' || command.isConditional || command.step.run?.style !== 'literal') return null;
  const others = facts.commands.filter((other) => other.step === command.step && other !== command);
  if (others.every((other) => other.span.start >= command.span.start && other.span.end <= command.span.end))
    return null;
  const { text } = workflow;
  const start = text.lastIndexOf('\n', command.span.start - 1) + 1;
  const behind = text.indexOf('\n', command.span.end);
  const end = behind < 0 ? text.length : behind + 1;
  if (text.slice(start, end).trim() !== written) return null;
  return proposed(
    workflow,
    kind === 'trace' ? 'Leave the tracing off' : 'Take the line out',
    { start, end },
    '',
  );
}

function proposed(workflow: Workflow, title: string, span: Span, text: string): Fix {
  return { kind: 'proposed', title, edits: [{ path: workflow.path, edits: [{ span, text }] }] };
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
