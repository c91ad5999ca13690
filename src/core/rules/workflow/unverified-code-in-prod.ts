import type { Span } from '../../text/position';
import { remembered } from '../../text/remember';
import { unwrapCommand } from '../../shell/wrappers';
import { actionOf } from '../../workflow/credential-uses';
import { removeEntry, type EditResult } from '../../workflow/edit';
import type { Step } from '../../workflow/model';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { installsProject, unpinnedInstall } from './package-installs';
import { listed, onlyRollsBack, productionPathOf, quoted, textAt, whyItDeploys } from './production-path';
import { verificationBy } from './verification';

/** Programs that run what they read. */
const SHELLS = /^(.*\/)?(ba|da|z|k)?sh$/;
const INTERPRETERS = /^(.*\/)?(python[\d.]*|node|perl|ruby|php)$/;
const DOWNLOADERS = /^(curl|wget)$/;

/** Inputs of actions that bring back what an earlier run has put into a cache. To teach one more, add a line. */
const CACHE_INPUTS: readonly (readonly [action: RegExp, input: string, value?: RegExp])[] = [
  [/^actions\/setup-(node|python|java|dotnet)$/, 'cache'],
  [/^pnpm\/action-setup$/, 'cache'],
  [/^ruby\/setup-ruby$/, 'bundler-cache'],
  [/^astral-sh\/setup-uv$/, 'enable-cache'],
  [/^(azure\/setup-helm|subosito\/flutter-action|jetify-com\/devbox-install-action)$/, 'cache'],
  [/^docker\/build-push-action$/, 'cache-from', /type=gha/],
];

/** Actions that restore a cache by being there. */
const CACHE_ACTIONS =
  /^(actions\/cache|actions\/cache\/restore|swatinem\/rust-cache|buildjet\/cache|runs-on\/cache)$/;

/** Something that a job runs or may run, and that nothing has checked. */
interface Fault {
  readonly span: Span;
  /** Completes `"deploy" …`. */
  readonly message: string;
  readonly fix?: Fix;
}

/**
 * A job that holds production's credentials runs code that this repository neither has nor checks: an installer piped
 * into a shell, a package in its newest version, what a cache brings.
 * https://docs.github.com/actions/reference/security/secure-use
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'unverified-code-in-prod',
  title: 'A production job runs code that nothing has checked',
  severity: 'warn',
  why: 'Whoever can change what is downloaded, published or cached runs code in this job, with the credentials that change production.',
  check(set) {
    return jobsInProduction(set).flatMap((facts) =>
      faultsOf(facts).map(({ span, message, fix }) => ({
        path: facts.workflow.path,
        span,
        status: 'fail' as const,
        message: `${quoted(facts.job)} ${message}`,
        evidence: whyItDeploys(facts),
        ...(fix ? { fix } : {}),
      })),
    ) satisfies readonly RuleFinding[];
  },
};

/** Jobs that deploy to production, and those that take it back. */
function jobsInProduction(set: WorkflowSet): readonly JobFacts[] {
  const { production, deploying } = productionPathOf(set);
  return [
    ...production,
    ...deploying.filter((facts) => onlyRollsBack(facts) && facts.target?.kind === 'production'),
  ];
}

const faultsOf = remembered((facts: JobFacts): readonly Fault[] => {
  return [...pipedIntoShells(facts), ...downloadedAndRun(facts), ...installed(facts), ...cached(facts)].sort(
    (a, b) => a.span.start - b.span.start,
  );
});

/** `curl … | bash`, `bash -c "$(curl …)"`, `bash <(curl …)`, `eval "$(curl …)"`. */
function pipedIntoShells({ commands, workflow }: JobFacts): readonly Fault[] {
  return commands.flatMap((command) => {
    const words = unwrapCommand(command.words);
    const source = runsItsInput(words)
      ? sourceOf(command, commands)
      : runsSubstitution(words)
        ? downloadWithin(command.span, commands, command)
        : null;
    if (!source) return [];
    const start = Math.min(source.span.start, command.span.start);
    return [
      {
        span: { start, end: command.span.end },
        message: `runs whatever "${shortened(textAt(workflow, source.span))}" downloads, unchecked, in a job that can change production: download it, compare its checksum, then run it`,
      },
    ];
  });
}

/** Whether a shell or interpreter takes its program from the pipe: no script is named, and none is given as text. */
function runsItsInput(words: readonly string[]): boolean {
  const [program = '', ...rest] = words;
  const plain = rest.find((word) => !word.startsWith('-') || word === '-');
  if (SHELLS.test(program)) {
    if (rest.some((word) => /^-\w*c$/.test(word))) return false;
    return (
      rest.some((word) => /^-\w*s$/.test(word)) || plain === undefined || /^(-|\/dev\/stdin)$/.test(plain)
    );
  }
  return INTERPRETERS.test(program) && (rest.length === 0 || rest[0] === '-');
}

/** Whether a command runs what a substitution in its words gives. */
function runsSubstitution(words: readonly string[]): boolean {
  const [program = '', ...rest] = words;
  if (program === 'eval') return /^(\$\(|`)/.test(rest[0] ?? '');
  if (/^(source|\.)$/.test(program)) return rest[0]?.startsWith('<(') === true;
  if (!SHELLS.test(program)) return false;
  const script = rest.findIndex((word) => /^-\w*c$/.test(word));
  if (script >= 0) return /^\s*(\$\(|`)/.test(rest[script + 1] ?? '');
  return rest.find((word) => !word.startsWith('-'))?.startsWith('<(') === true;
}

/** The download at the beginning of the pipe that a command reads. */
function sourceOf(command: StepCommand, commands: readonly StepCommand[]): StepCommand | null {
  const seen = new Set<StepCommand>([command]);
  for (let at: StepCommand | undefined = command; at?.input;) {
    const { input }: StepCommand = at;
    const before: readonly StepCommand[] = commands.filter(
      (other) => !seen.has(other) && isWithin(other.span, input),
    );
    const download = before.find((other) => isDownload(other));
    if (download) return download;
    for (const other of before) seen.add(other);
    at = before.find((other) => other.input !== null);
  }
  return null;
}

function downloadWithin(
  span: Span,
  commands: readonly StepCommand[],
  except: StepCommand,
): StepCommand | null {
  return (
    commands.find((other) => other !== except && isWithin(other.span, span) && isDownload(other)) ?? null
  );
}

function isDownload({ words }: StepCommand): boolean {
  const command = unwrapCommand(words);
  return DOWNLOADERS.test(command[0] ?? '') && !/\/\/(localhost|127\.0\.0\.1)\b/.test(command.join(' '));
}

/** `curl -LO …/kubectl`, then `chmod +x kubectl`: a program that nothing has compared with anything. */
function downloadedAndRun({ commands, workflow }: JobFacts): readonly Fault[] {
  return commands.flatMap((command, index) => {
    if (!isDownload(command)) return [];
    const file = fileOf(command);
    if (file === null) return [];
    const later = commands.slice(index + 1);
    const at = later.findIndex(({ words }) => runsFile(unwrapCommand(words), file));
    if (at < 0) return [];
    const isChecked = later.some(
      (other, position) => verificationBy(other) !== null && (position < at || isSameStep(other, later[at])),
    );
    if (isChecked) return [];
    return [
      {
        span: command.span,
        message: `runs "${file}", which "${shortened(textAt(workflow, command.span))}" downloads, unchecked, in a job that can change production: compare its checksum before it runs`,
      },
    ];
  });
}

function isSameStep(one: StepCommand, other: StepCommand | undefined): boolean {
  return one.step === other?.step;
}

/** The file that a download writes, as its options or its address name it; null for one that only prints. */
function fileOf({ words, output }: StepCommand): string | null {
  if (output.to === 'file') return plainPath(output.name);
  const [program, ...rest] = unwrapCommand(words);
  const isCurl = program === 'curl';
  let remote = !isCurl;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? '';
    const long = /^--(?:output|output-document)(?:=(.*))?$/.exec(word);
    if (long) return plainPath(long[1] ?? rest[at + 1] ?? '');
    if (/^--remote-name(-all)?$/.test(word)) remote = true;
    if (!/^-[A-Za-z]/.test(word)) continue;
    const flag = isCurl ? /^-[A-Za-z#]*?o(.*)$/.exec(word) : /^-[A-Za-z]*?O(.*)$/.exec(word);
    if (flag) return plainPath(flag[1] || (rest[at + 1] ?? ''));
    if (isCurl && /^-[A-Za-z#]*O/.test(word)) remote = true;
  }
  if (!remote || output.to !== 'log') return null;
  const address = rest.find((word) => /^https?:\/\//.test(word) || word.includes('://'));
  const name = address?.split(/[?#]/)[0]?.split('/').pop() ?? '';
  return name === '' ? null : plainPath(name);
}

function plainPath(path: string): string | null {
  const plain = path.replace(/^["']|["']$/g, '').replace(/^\.\//, '');
  return plain === '' || plain === '-' || plain === '/dev/null' ? null : plain;
}

/** Whether a command runs a file, or makes it one that can be run. */
function runsFile(words: readonly string[], file: string): boolean {
  const [program = '', ...rest] = words;
  const isIt = (word: string | undefined): boolean => word !== undefined && plainPath(word) === file;
  if (isIt(program)) return true;
  const plain = rest.filter((word) => !word.startsWith('-'));
  if (program === 'chmod') return /x|[0-7]*[1357]/.test(plain[0] ?? '') && plain.slice(1).some(isIt);
  if (program === 'install') return plain.slice(0, -1).some(isIt);
  if (/^(dpkg|rpm|apt|apt-get|yum|dnf)$/.test(program)) return plain.some(isIt);
  if (SHELLS.test(program) || INTERPRETERS.test(program) || /^(source|\.)$/.test(program))
    return isIt(plain[0]);
  return false;
}

/** Packages in whatever version is newest. */
function installed({ job, commands, workflow }: JobFacts): readonly Fault[] {
  return commands.flatMap((command, index) => {
    const install = unpinnedInstall(command.words);
    if (!install) return [];
    if (install.isLocalFirst) {
      const before = commands.slice(0, index);
      const mayBeLocal =
        before.some(({ words }) => installsProject(words)) ||
        before.some(({ words }) =>
          words.some((word) => install.packages.some((name) => word.startsWith(`${name}@`))),
        ) ||
        job.steps.some((step) => step.index < command.step.index && mayInstall(step));
      if (mayBeLocal) return [];
    }
    return [
      {
        span: command.span,
        message: `${install.verb} ${listed(install.packages)} ("${shortened(textAt(workflow, command.span))}") in whatever version is newest, in a job that can change production: name an exact version`,
      },
    ];
  });
}

/** An action that may have installed the project's own packages. */
function mayInstall(step: Step): boolean {
  return (
    step.uses !== null &&
    (/^\.\//.test(step.uses.value) ||
      (/npm-install|setup-.*(node|deps)/i.test(step.uses.value) && !/^actions\//i.test(step.uses.value)))
  );
}

/** What an earlier run has put into a cache. */
function cached(facts: JobFacts): readonly Fault[] {
  const { job, workflow } = facts;
  return job.steps.flatMap((step): Fault[] => {
    const action = actionOf(step);
    if (action === null || !step.uses) return [];
    const given = (name: string): string | undefined =>
      step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text.trim();
    if (CACHE_ACTIONS.test(action)) {
      if (given('lookup-only') === 'true') return [];
      return [{ span: step.uses.span, message: cacheMessage(step.uses.value) }];
    }
    const row = CACHE_INPUTS.find(
      ([pattern, name, value]) =>
        pattern.test(action) &&
        !/^(|false|none)$/i.test(given(name) ?? '') &&
        (value?.test(given(name) ?? '') ?? true),
    );
    const input = row && step.with.find((entry) => entry.name.value.toLowerCase() === row[1]);
    if (!input) return [];
    const inputs = valueOf(step.body, 'with');
    const fix =
      inputs?.kind === 'map'
        ? fixed(
            facts,
            `Take ${input.name.value} out`,
            step.with.length > 1
              ? removeEntry(workflow.text, inputs, input.name.value)
              : removeEntry(workflow.text, step.body, 'with'),
          )
        : null;
    return [
      {
        span: { start: input.name.span.start, end: input.value.span.end },
        message: cacheMessage(`${input.name.value}: ${input.value.text.trim().split('\n')[0] ?? ''}`),
        ...(fix ? { fix } : {}),
      },
    ];
  });
}

function cacheMessage(written: string): string {
  return `restores a cache by "${shortened(written)}", which other runs have filled: leave it out of the job that changes production`;
}

function fixed({ workflow }: JobFacts, title: string, result: EditResult): Fix | null {
  if (!result.ok) return null;
  return { kind: 'proposed', title, edits: [{ path: workflow.path, edits: result.edits }] };
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

function shortened(text: string): string {
  const line = text.replace(/\\?\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 77)}...` : line;
}
