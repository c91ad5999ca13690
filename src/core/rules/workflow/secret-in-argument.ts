import { remembered } from '../../text/remember';
import { unwrapCommand } from '../../shell/wrappers';
import { findStaticCredentials } from '../../workflow/credential-uses';
import type { Job, Workflow } from '../../workflow/model';
import {
  isCredentialName,
  JOB_TOKEN,
  secretsInText,
  secretVariablesOf,
  type SecretVariables,
  type TakenSecret,
} from '../../workflow/secret-flow';
import type { JobFacts, StepCommand } from '../../workflow/understanding';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { quoted, textAt } from './production-path';

/**
 * A secret among the arguments of a program: every process of the machine can read them, and programs, shells and
 * audit logs write them down.
 * https://docs.github.com/actions/reference/security/secure-use#use-secrets-for-sensitive-information
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'secret-in-argument',
  title: 'A secret is given on a command line',
  severity: 'warn',
  why: 'Every process of the machine can read the arguments of a program while it runs, and traces, audit logs and error reports keep them.',
  check: (set) =>
    set.jobs.flatMap((facts) => (mentionsSecrets(facts.workflow) ? judge(set.jobs, facts) : [])),
};

/** Parts of the shell itself: they start no process, so nobody sees their arguments. */
const BUILTINS = new Set([
  '.', ':', '[', '[[', 'builtin', 'cd', 'declare', 'echo', 'eval', 'exit', 'export', 'false', 'let', 'local', 'printf',
  'pwd', 'read', 'readonly', 'return', 'set', 'shift', 'source', 'test', 'trap', 'true', 'type', 'typeset', 'unset',
  'wait',
]); // prettier-ignore

/** How programs take a secret otherwise. A newcomer adds one line; the words begin the command. */
const REMEDIES: readonly (readonly [begins: RegExp, remedy: string])[] = [
  [/^(docker|podman|nerdctl|buildah|skopeo|helm registry|oras|crane auth) login\b/, 'hand it over on standard input with `--password-stdin`'],
  [/^(docker|podman|nerdctl|buildah) (buildx )?(build|bake)\b/, 'use a build secret (`--secret id=…,env=…`), since a build argument also stays in the image'],
  [/^(docker|podman|nerdctl) (container )?(run|exec)\b/, 'name the variable only (`--env NAME`), so that it is taken from the environment'],
  [/^curl\b/, 'let curl read it from standard input or a file (`--config -`, `-H @file`, `--netrc-file`)'],
  [/^sshpass\b/, 'set SSHPASS and use `sshpass -e`, or better a key'],
  [/^(mysql|mysqldump|mariadb)\b/, 'set MYSQL_PWD or use `--defaults-extra-file`'],
  [/^(psql|pg_dump|pg_restore|pg_isready)\b/, 'set PGPASSWORD, or use a service file'],
  [/^kubectl create secret\b/, 'let kubectl read it from a file (`--from-env-file=/dev/stdin`)'],
  [/^helm (upgrade|install|template)\b/, 'give helm a values file on standard input (`--values -`)'],
  [/^gh auth login\b/, 'set GH_TOKEN, or use `--with-token` and standard input'],
  [/^vercel\b/, 'set VERCEL_TOKEN, which the program reads from the environment, where its version does'],
  [/^twine\b/, 'set TWINE_PASSWORD in the environment of the step'],
  [/^cargo (login|publish)\b/, 'set CARGO_REGISTRY_TOKEN in the environment of the step'],
  [/^(flyctl|fly)\b/, 'set FLY_API_TOKEN in the environment of the step'],
  [/^netlify\b/, 'set NETLIFY_AUTH_TOKEN in the environment of the step'],
]; // prettier-ignore

const OTHER_REMEDY = 'hand it over by an environment variable, a file or standard input';

/** Options behind which, or after whose `=`, a secret stands whatever its own name is. */
const SECRET_OPTION =
  /^--?(pass|passwd|password|passphrase|.*[-_](password|passwd|token|secret|api-?key)|token|auth|oauth2-bearer|api-?key|secret|client-secret|private-key|credentials)$/i;

/** Programs whose `-p` takes a password; elsewhere it is a port, a path or a project. */
const PASSWORD_BY_P =
  /^(sshpass|az|oc|cf|ibmcloud|twine|ansible-galaxy|(docker|podman|nerdctl|buildah|skopeo|oras|crane|helm registry)\b.*\blogin)\b/;

interface Place {
  readonly command: StepCommand;
  readonly secret: TakenSecret;
}

function judge(all: readonly JobFacts[], facts: JobFacts): readonly RuleFinding[] {
  const byStep = new Map<number, Place[]>();
  const others = loginsByKey(all, facts.workflow);
  for (const command of facts.commands) {
    if (others.has(command)) continue;
    const { workflow, job } = facts;
    const secret = secretArgument(command, secretVariablesOf(workflow, job, command.step));
    if (!secret) continue;
    byStep.set(command.step.index, [...(byStep.get(command.step.index) ?? []), { command, secret }]);
  }
  return [...byStep.values()].flatMap((places) => {
    const [first, ...rest] = places;
    if (!first) return [];
    const { command, secret } = first;
    const isOnlyJobToken = places.every((place) => place.secret.name === JOB_TOKEN);
    const fix = fixOf(facts.workflow, first);
    return [
      {
        path: facts.workflow.path,
        span: command.span,
        status: 'fail' as const,
        // The job's own token ends with the job.
        ...(isOnlyJobToken ? { severity: 'info' as const } : {}),
        message: `${quoted(facts.job)} gives "${programOf(command)}" the secret \`${secret.written}\` as an argument, which other processes of the machine can read: ${remedyFor(command)}`,
        ...(rest.length > 0
          ? {
              evidence: rest.slice(0, 5).map((place) => ({
                message: `and here "${programOf(place.command)}" gets \`${place.secret.written}\``,
                path: facts.workflow.path,
                span: place.command.span,
              })),
            }
          : {}),
        ...(fix ? { fix } : {}),
      },
    ];
  });
}

/** Logins whose whole fault is the key, which another rule tells of. */
function loginsByKey(all: readonly JobFacts[], workflow: Workflow): ReadonlySet<StepCommand> {
  const commandsOf = (job: Job): readonly StepCommand[] =>
    all.find((facts) => facts.job === job)?.commands ?? [];
  const found = findStaticCredentials(workflow, commandsOf).flatMap((use) => use.command ?? []);
  return new Set(found);
}

function secretArgument(command: StepCommand, variables: SecretVariables): TakenSecret | null {
  const unwrapped = unwrapCommand(command.words);
  // `sudo` and `doppler run --token …` are programs too; what `env` sets is the environment.
  const words = command.words[0] === 'env' ? unwrapped : command.words;
  if (BUILTINS.has(words[0] ?? '')) return null;
  for (const [index, word] of words.entries()) {
    if (index === 0 || (!word.includes('$') && !word.includes('{{'))) continue;
    const secrets = secretsInText(word, command, variables);
    const told = secrets.find((secret) => isCredentialName(secret.name) || isCredentialName(bare(secret)));
    if (told) return told;
    const [secret] = secrets;
    if (secret && isSecretPlace(word, words[index - 1] ?? '', unwrapped)) return secret;
  }
  return null;
}

/** Whether what stands here is taken for a password by the program, whatever the secret is called. */
function isSecretPlace(word: string, before: string, command: readonly string[]): boolean {
  const [program = ''] = command;
  if (SECRET_OPTION.test(before)) return true;
  if (before === '-p' && PASSWORD_BY_P.test(command.join(' '))) return true;
  const [option = '', value] = word.split('=', 2);
  if (value !== undefined && SECRET_OPTION.test(option)) return true;
  if (/^(proxy-)?authorization:\s*\S+/i.test(word)) return true;
  // `curl -u user:password`, `https://user:password@host`.
  const password = /:[^:/@]*\$/;
  if (program === 'curl' && /^(-u|--user)$/.test(before)) return password.test(word);
  return /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]*\$[^/@]*@/i.test(word);
}

function bare(secret: TakenSecret): string {
  return /[A-Za-z_]\w*$/.exec(secret.written.replace(/\}$/, ''))?.[0] ?? '';
}

function programOf(command: StepCommand): string {
  const unwrapped = unwrapCommand(command.words);
  // An option of the wrapper's own is the wrapper's argument.
  const [program = '', verb] = unwrapped[0]?.includes('$') ? command.words : unwrapped;
  return verb && /^[a-z][a-z-]*$/.test(verb) ? `${program} ${verb}` : program;
}

function remedyFor(command: StepCommand): string {
  const line = unwrapCommand(command.words).join(' ');
  return REMEDIES.find(([begins]) => begins.test(line))?.[1] ?? OTHER_REMEDY;
}

/** `docker login -p X` becomes `echo "X" | docker login --password-stdin`, where the words stand as they were read. */
function fixOf(workflow: Workflow, { command }: Place): Fix | null {
  const [program, verb] = command.words;
  if (!/^(docker|podman)$/.test(program ?? '') || verb !== 'login' || command.input) return null;
  const at = command.words.findIndex((word) => /^(-p|--password)(=|$)/.test(word));
  const option = command.words[at] ?? '';
  const value = option.includes('=') ? option.slice(option.indexOf('=') + 1) : command.words[at + 1];
  if (value === undefined || /["'`\\]/.test(value)) return null;
  const name = option.split('=', 1)[0] ?? '';
  const written = textAt(workflow, command.span);
  // In its own quoting, so that the shell puts in what it put in before.
  const found = [`"${value}"`, `'${value}'`, value]
    .flatMap((raw) => [' ', '='].map((between) => ({ raw, form: `${name}${between}${raw}` })))
    .find(({ form }) => written.split(form).length === 2);
  if (!found) return null;
  const start = command.span.start + written.indexOf(found.form);
  return {
    kind: 'proposed',
    title: 'Hand the password over on standard input',
    edits: [
      {
        path: workflow.path,
        edits: [
          { span: { start: command.span.start, end: command.span.start }, text: `echo ${found.raw} | ` },
          { span: { start, end: start + found.form.length }, text: '--password-stdin' },
        ],
      },
    ],
  };
}

/** Most workflows never name a secret: nothing of them is looked at. */
export const mentionsSecrets = remembered((workflow: Workflow): boolean =>
  /\bsecrets\b|github\s*\.\s*token/i.test(workflow.text),
);
