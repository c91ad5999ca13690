import { unwrapCommand } from '../shell/wrappers';
import type { Span } from '../text/position';
import type { Job, NamedScalar, Step, Workflow } from './model';
import type { StepCommand } from './understanding';

/** The clouds whose OIDC login from GitHub Actions is known. */
export type Cloud = 'aws' | 'azure' | 'google';

/** Who gives a short-lived credential for a token of GitHub's: the clouds, Vault, and registries of packages. */
export type Provider = Cloud | 'vault' | 'npm' | 'pypi';

/** How a long-lived credential reaches a workflow. `other-input` and `key-file` have no one-to-one OIDC form. */
export type CredentialForm =
  | 'login-input'
  | 'setup-input'
  | 'environment'
  | 'terraform-environment'
  | 'command'
  | 'publish-profile'
  | 'other-input'
  /** A script writes it to the file in which the cloud's tools look for it. */
  | 'key-file'
  /** A variable that Terraform gives to a provider: `TF_VAR_…`. */
  | 'terraform-variable'
  /** User and password of a cloud's container registry: inputs of a login action, or a `docker login`. */
  | 'registry-input'
  | 'registry-command'
  /** What an action publishes with, as its input; what a publishing command takes from its environment. */
  | 'publish-input'
  | 'publish-environment';

/** One place of a workflow where a long-lived credential is used. */
export interface StaticCredential<P extends Provider = Cloud> {
  readonly cloud: P;
  readonly form: CredentialForm;
  /** Null for the workflow's own `env`. */
  readonly job: Job | null;
  /** Null for a workflow's or job's `env`. */
  readonly step: Step | null;
  /** The inputs or variables that hold it, in the order of the file; the command for `command`. */
  readonly holders: readonly NamedScalar[];
  readonly command: StepCommand | null;
  /** Names of the repository's or environment's secrets that it comes from, each once. */
  readonly secrets: readonly string[];
  /** It is written into the file in clear text. */
  readonly isLiteral: boolean;
  /** Completes "Job "deploy" …", quoting the file. */
  readonly message: string;
  readonly span: Span;
}

const AWS_KEYS = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];

/** Storage that speaks S3 but is not AWS has no OIDC login of AWS. */
const OTHER_STORE =
  /r2|minio|spaces|wasabi|backblaze|b2_|cloudflare|digitalocean|scaleway|hetzner|localstack/i;
const AZURE_ENVIRONMENT = ['AZURE_CREDENTIALS', 'AZURE_CLIENT_SECRET'];
const AZURE_TERRAFORM = ['ARM_CLIENT_SECRET'];
const GOOGLE_ENVIRONMENT = [
  'GOOGLE_APPLICATION_CREDENTIALS',
  'GOOGLE_CREDENTIALS',
  'GOOGLE_CLOUD_KEYFILE_JSON',
  'GCLOUD_KEYFILE_JSON',
];

/**
 * Finds the long-lived cloud credentials of a workflow: inputs of the clouds' login actions, environment variables
 * that their tools read, and login commands. A value counts when it comes from a secret or is a key in clear text;
 * one that comes from an earlier step (`steps.*`, `needs.*`) is a short-lived one and does not count.
 *
 * @param commandsOf The commands of a job's scripts, as understanding reads them.
 */
export function findStaticCredentials(
  workflow: Workflow,
  commandsOf: (job: Job) => readonly StepCommand[],
): readonly StaticCredential[] {
  const found: StaticCredential[] = [...inEnvironment(workflow.env, null, null)];
  for (const job of workflow.jobs) {
    found.push(...inEnvironment(job.env, job, null));
    const commands = commandsOf(job);
    for (const step of job.steps) {
      found.push(...inEnvironment(step.env, job, step));
      found.push(...inInputs(workflow, job, step));
      for (const command of commands) {
        if (command.step.index !== step.index) continue;
        const credential =
          inCommand(workflow, job, step, command) ?? inKeyFile(workflow, job, step, command, commands);
        if (credential) found.push(credential);
      }
    }
  }
  return found;
}

/** The names of the secrets that a value takes, as `secrets.NAME` or `secrets['NAME']`, each once. */
export function secretsIn(value: string): readonly string[] {
  const names = new Set<string>();
  for (const match of value.matchAll(/\bsecrets\s*(?:\.\s*([\w-]+)|\[\s*'([\w-]+)'\s*\])/gi)) {
    const name = match[1] ?? match[2];
    if (name) names.add(name);
  }
  return [...names];
}

/** The action of a `uses:` without its version, in lower case; null for a step that uses none. */
export function actionOf(step: Step): string | null {
  const uses = step.uses?.value.trim();
  if (!uses) return null;
  return (uses.split('@', 1)[0] ?? uses).toLowerCase();
}

function inEnvironment(env: readonly NamedScalar[], job: Job | null, step: Step | null): StaticCredential[] {
  const kinds: readonly (readonly [Cloud, CredentialForm, readonly string[]])[] = [
    ['aws', 'environment', AWS_KEYS],
    ['azure', 'environment', AZURE_ENVIRONMENT],
    ['azure', 'terraform-environment', AZURE_TERRAFORM],
    ['google', 'environment', GOOGLE_ENVIRONMENT],
  ];
  return kinds.flatMap(([cloud, form, names]) => {
    const holders = env.filter(({ name, value }) => names.includes(name.value) && isStatic(value.text));
    const [first] = holders;
    if (!first || (cloud === 'aws' && isTemporaryOrForeign(env, holders))) return [];
    const where = step ? 'the environment of a step' : job ? 'its environment' : "the workflow's environment";
    return [
      credential(cloud, form, job, step, holders, `has ${first.name.value} in ${where}`, first.name.span),
    ];
  });
}

function inInputs(workflow: Workflow, job: Job, step: Step): StaticCredential[] {
  const action = actionOf(step);
  if (!action) return [];
  const resolved = (value: string): string => resolveEnv(value, workflow, job, step);
  const inputs = (...names: readonly string[]): NamedScalar[] =>
    step.with.filter(
      ({ name, value }) => names.includes(name.value.toLowerCase()) && isStatic(resolved(value.text)),
    );
  const make = (cloud: Cloud, form: CredentialForm, holders: readonly NamedScalar[]): StaticCredential[] => {
    const [first] = holders;
    if (!first) return [];
    const uses = step.uses?.value ?? action;
    return [
      credential(
        cloud,
        form,
        job,
        step,
        holders,
        `gives "${uses}" ${first.name.value}`,
        first.name.span,
        resolved,
      ),
    ];
  };
  switch (action) {
    case 'aws-actions/configure-aws-credentials':
      return isTemporaryOrForeign(step.with, step.with)
        ? []
        : make('aws', 'login-input', inputs('aws-access-key-id', 'aws-secret-access-key'));
    case 'azure/login':
      return make('azure', 'login-input', inputs('creds'));
    case 'google-github-actions/auth':
      return make('google', 'login-input', inputs('credentials_json'));
    case 'google-github-actions/setup-gcloud':
      return make('google', 'setup-input', inputs('service_account_key', 'credentials_json'));
    default: {
      const profile = step.with.filter(
        ({ name, value }) => name.value.toLowerCase() === 'publish-profile' && isStatic(resolved(value.text)),
      );
      if (profile.length > 0) return make('azure', 'publish-profile', profile);
      const others: readonly (readonly [Cloud, RegExp])[] = [
        ['aws', /AWS_?(?:SECRET_?)?ACCESS_?KEY/i],
        ['azure', /AZURE_(?:CREDENTIALS|CLIENT_SECRET)|ARM_CLIENT_SECRET/i],
        ['google', /(?:GCP|GOOGLE|GCLOUD|GKE)_(?:[A-Z]+_)*(?:KEY|CREDENTIALS)\b/i],
      ];
      for (const [cloud, pattern] of others) {
        const holders = step.with.filter(({ value }) =>
          secretsIn(resolved(value.text)).some((name) => pattern.test(name)),
        );
        if (holders.length > 0) return make(cloud, 'other-input', holders);
      }
      return [];
    }
  }
}

function inCommand(workflow: Workflow, job: Job, step: Step, command: StepCommand): StaticCredential | null {
  const [program, ...rest] = command.words;
  const words = rest.filter((word) => !word.startsWith('-'));
  const cloud: Cloud | null =
    program === 'aws' &&
    words[0] === 'configure' &&
    words[1] === 'set' &&
    /(?:^|\.)aws_(?:access_key_id|secret_access_key|session_token)$/i.test(words[2] ?? '')
      ? 'aws'
      : program === 'az' && words[0] === 'login' && isPasswordLogin(rest)
        ? 'azure'
        : program === 'gcloud' && words[0] === 'auth' && words[1] === 'activate-service-account'
          ? 'google'
          : null;
  if (!cloud) return null;
  const text = command.words.map((word) => resolveShell(word, workflow, job, step)).join(' ');
  return {
    cloud,
    form: 'command',
    job,
    step,
    holders: [],
    command,
    secrets: secretsIn(text),
    isLiteral: isLiteralKey(text),
    message: `runs "${command.words.slice(0, 3).join(' ')}" with a long-lived key`,
    span: command.span,
  };
}

/** Where the tools of AWS look for a key. */
const AWS_CREDENTIALS_FILE = /(^|\/)\.aws\/credentials$/;

/** The variable that names the key file to Google's libraries, in `export`, or on its way into the job's environment. */
const GOOGLE_KEY_FILE = /^GOOGLE_APPLICATION_CREDENTIALS=(.+)$/s;

/** A script that writes a secret to the file in which the cloud's tools look for their key. */
function inKeyFile(
  workflow: Workflow,
  job: Job,
  step: Step,
  command: StepCommand,
  commands: readonly StepCommand[],
): StaticCredential | null {
  const file = fileWrittenBy(command);
  if (file === null || !/^(echo|printf|cat|tee|base64|jq)$/.test(unwrapCommand(command.words)[0] ?? ''))
    return null;
  const text = resolveShell(command.hereText ?? command.words.join(' '), workflow, job, step);
  const secrets = secretsIn(text);
  if (secrets.length === 0 || /aws_session_token/i.test(text)) return null;
  const cloud: Cloud | null = AWS_CREDENTIALS_FILE.test(file)
    ? 'aws'
    : googleKeyFiles(workflow, job, commands).includes(baseName(file))
      ? 'google'
      : null;
  if (!cloud) return null;
  return {
    cloud,
    form: 'key-file',
    job,
    step,
    holders: [],
    command,
    secrets,
    isLiteral: false,
    message: `writes \`secrets.${secrets[0] ?? ''}\` to "${file}"`,
    span: command.span,
  };
}

/** The names, without their folders, of the files that the job gives Google's libraries as their key. */
function googleKeyFiles(workflow: Workflow, job: Job, commands: readonly StepCommand[]): readonly string[] {
  const environments = [workflow.env, job.env, ...job.steps.map((step) => step.env)].flat();
  return [
    ...environments.flatMap(({ name, value }) =>
      name.value === 'GOOGLE_APPLICATION_CREDENTIALS' ? [value.text] : [],
    ),
    ...commands.flatMap(({ words }) => words.flatMap((word) => GOOGLE_KEY_FILE.exec(word)?.[1] ?? [])),
  ].map(baseName);
}

function baseName(path: string): string {
  return path.trim().split('/').pop() ?? '';
}

/** The file in which the output of a command ends, through programs that decode or copy it; null for none. */
export function fileWrittenBy(command: StepCommand): string | null {
  let at = command.output;
  while (at.to === 'command') {
    const words = unwrapCommand(at.words);
    if (!/^(base64|tr|tee|cat|sed|gunzip)$/.test(words[0] ?? '')) return null;
    const copied = words[0] === 'tee' ? words.slice(1).find((word) => !word.startsWith('-')) : undefined;
    if (copied !== undefined) return copied;
    at = at.output;
  }
  return at.to === 'file' ? at.name : null;
}

/** `az login --service-principal` with a password; with `--federated-token` it is an OIDC login already. */
function isPasswordLogin(words: readonly string[]): boolean {
  const has = (...flags: readonly string[]): boolean =>
    words.some((word) => flags.some((flag) => word === flag || word.startsWith(`${flag}=`)));
  return (
    (has('--service-principal') && has('-p', '--password', '--certificate') && !has('--federated-token')) ||
    (!has('--service-principal') && has('-u', '--username') && has('-p', '--password'))
  );
}

function credential(
  cloud: Cloud,
  form: CredentialForm,
  job: Job | null,
  step: Step | null,
  holders: readonly NamedScalar[],
  message: string,
  span: Span,
  resolved: (value: string) => string = (value) => value,
): StaticCredential {
  const values = holders.map(({ value }) => resolved(value.text)).join(' ');
  return {
    cloud,
    form,
    job,
    step,
    holders,
    command: null,
    secrets: secretsIn(values),
    isLiteral: isLiteralKey(values),
    message,
    span,
  };
}

/** A session token makes a key a temporary one; an endpoint of its own makes it another provider's. */
function isTemporaryOrForeign(all: readonly NamedScalar[], holders: readonly NamedScalar[]): boolean {
  return (
    all.some(({ name }) =>
      /^(?:aws[-_]session[-_]token|aws_endpoint_url.*|s3_endpoint|endpoint(?:-url)?)$/i.test(name.value),
    ) || holders.some(({ value }) => OTHER_STORE.test(secretsIn(value.text).join(' ')))
  );
}

function isStatic(value: string): boolean {
  return /\bsecrets\s*[.[]/i.test(value) || isLiteralKey(value);
}

/** An AWS access key id, or a Google or Azure key file, in clear text. */
function isLiteralKey(value: string): boolean {
  return /\bAKIA[A-Z0-9]{16}\b/.test(value) || /-----BEGIN (?:RSA )?PRIVATE KEY-----/.test(value);
}

/** Writes the values of `env.NAME` in the place of the names, one level deep. */
function resolveEnv(value: string, workflow: Workflow, job: Job, step: Step): string {
  return value.replace(/\benv\s*\.\s*([\w-]+)/g, (whole, name: string) => {
    const holder = [...step.env, ...job.env, ...workflow.env].find((entry) => entry.name.value === name);
    return holder ? `${whole} ${holder.value.text}` : whole;
  });
}

function resolveShell(word: string, workflow: Workflow, job: Job, step: Step): string {
  const names = [...word.matchAll(/\$\{?(\w+)\}?/g)].map((match) => match[1]);
  const values = [...step.env, ...job.env, ...workflow.env]
    .filter((entry) => names.includes(entry.name.value))
    .map((entry) => entry.value.text);
  return [word, ...values].join(' ');
}
