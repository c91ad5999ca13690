import { unwrapCommand } from '../shell/wrappers';
import type { Span } from '../text/position';
import {
  actionOf,
  findStaticCredentials,
  secretsIn,
  type Cloud,
  type CredentialForm,
  type Provider,
  type StaticCredential,
} from './credential-uses';
import type { Job, NamedScalar, Step, Workflow } from './model';
import type { StepCommand } from './understanding';

/** A long-lived credential of a cloud, of Vault, or of a registry. */
export type LongLivedCredential = StaticCredential<Provider>;

/** The token of the job itself ends with the job. */
const JOB_TOKEN = /^GITHUB_TOKEN$/i;

/** Variables from which commands that publish to npm take their token. */
const NPM_VARIABLES = ['NODE_AUTH_TOKEN', 'NPM_TOKEN', 'NPM_AUTH_TOKEN', 'YARN_NPM_AUTH_TOKEN'];

/** A command that publishes to npm, by whichever program. */
const PUBLISHES_TO_NPM =
  /^(?:npm|pnpm|yarn|bun|lerna|turbo|changeset|nx)\b.*\b(?:publish|release)\b|^(?:semantic-release|release-it|np)\b/;

const NPM_ACTIONS = /^(?:cycjimmy\/semantic-release-action|changesets\/action)$/;

/** Variables from which programs that upload to PyPI take their token, and the programs. */
const PYPI_VARIABLES: readonly (readonly [name: string, takenBy: RegExp])[] = [
  ['TWINE_PASSWORD', /^(?:python3? -m )?twine upload\b/],
  ['UV_PUBLISH_TOKEN', /^uv publish\b/],
  ['UV_PUBLISH_PASSWORD', /^uv publish\b/],
  ['POETRY_PYPI_TOKEN_PYPI', /^poetry publish\b/],
  ['MATURIN_PYPI_TOKEN', /^maturin (?:publish|upload)\b|^pyo3\/maturin-action$/],
  ['HATCH_INDEX_AUTH', /^hatch publish\b/],
  ['FLIT_PASSWORD', /^flit publish\b/],
  ['PDM_PUBLISH_PASSWORD', /^pdm publish\b/],
];

/** Inputs of actions that publish packages with a stored token. */
const PUBLISH_INPUTS: readonly (readonly [action: string, input: string, provider: Provider])[] = [
  ['pypa/gh-action-pypi-publish', 'password', 'pypi'],
  ['js-devtools/npm-publish', 'token', 'npm'],
  ['cadamsdev/changesets-action', 'npm-token', 'npm'],
];

/** Inputs of `hashicorp/vault-action` that hold what it logs in with. */
const VAULT_INPUTS = ['token', 'roleid', 'secretid', 'githubtoken', 'username', 'password'];

/** Which cloud's container registry a host is; null for any other, and for what no file says. */
export function registryCloud(host: string): Cloud | null {
  const name = host.trim().replace(/^https?:\/\//, '');
  if (/\.dkr\.ecr(?:-fips)?\.|^public\.ecr\.aws\b/.test(name)) return 'aws';
  if (/\.azurecr\.(?:io|cn|us)\b/.test(name)) return 'azure';
  return /(?:^|-)docker\.pkg\.dev\b|(?:^|\.)gcr\.io\b/.test(name) ? 'google' : null;
}

/**
 * Every long-lived credential of a workflow for which a login by OIDC is known to exist: those of the clouds, their
 * container registries, Vault, npm and PyPI. As in {@link findStaticCredentials} only what comes from a stored secret, or
 * is a key in clear text, counts.
 */
export function findLongLivedCredentials(
  workflow: Workflow,
  commandsOf: (job: Job) => readonly StepCommand[],
): readonly LongLivedCredential[] {
  const found: LongLivedCredential[] = [];
  const top = workflow.jobs.flatMap((job) => inVariables(workflow.env, null, null, job, commandsOf(job)));
  // The workflow's own variable is one credential, however many jobs take it.
  found.push(...new Map(top.map((each) => [each.span.start, each])).values());
  for (const job of workflow.jobs) {
    const commands = commandsOf(job);
    found.push(...inVariables(job.env, job, null, job, commands));
    for (const step of job.steps) {
      const own = commands.filter((command) => command.step.index === step.index);
      found.push(...inVariables(step.env, job, step, job, own));
      found.push(...inActions(workflow, job, step));
      found.push(...own.flatMap((command) => inCommand(workflow, job, step, command, own)));
    }
  }
  const taken = new Set(found.flatMap(({ step, form }) => (step && form === 'registry-input' ? [step] : [])));
  const clouds = findStaticCredentials(workflow, commandsOf).filter(
    ({ form, step }) => !(form === 'other-input' && step && taken.has(step)),
  );
  return [...clouds, ...found].sort((a, b) => a.span.start - b.span.start);
}

function make(
  cloud: Provider,
  form: CredentialForm,
  job: Job | null,
  step: Step | null,
  holders: readonly NamedScalar[],
  message: string,
  values: string,
  span: Span | null = holders[0]?.name.span ?? null,
  command: StepCommand | null = null,
): readonly LongLivedCredential[] {
  const secrets = secretsIn(values).filter((name) => !JOB_TOKEN.test(name));
  return span === null || secrets.length === 0
    ? []
    : [{ cloud, form, job, step, holders, command, secrets, isLiteral: false, message, span }];
}

/** Variables that publishing commands, Vault's program and Terraform's providers read. */
function inVariables(
  env: readonly NamedScalar[],
  job: Job | null,
  step: Step | null,
  within: Job,
  commands: readonly StepCommand[],
): readonly LongLivedCredential[] {
  const where = step ? 'the environment of a step' : job ? 'its environment' : "the workflow's environment";
  const steps = step ? [step] : within.steps;
  const runs = (pattern: RegExp, actions = pattern): boolean =>
    steps.some((each) => actions.test(actionOf(each) ?? '')) ||
    commands.some((command) => pattern.test(unwrapCommand(command.words).join(' ')));
  const named = (names: readonly string[]): readonly NamedScalar[] =>
    env.filter(({ name }) => names.includes(name.value));
  const has = (
    provider: Provider,
    form: CredentialForm,
    holders: readonly NamedScalar[],
  ): readonly LongLivedCredential[] =>
    make(
      provider,
      form,
      job,
      step,
      holders,
      `has ${holders[0]?.name.value ?? ''} in ${where}`,
      holders.map(({ value }) => value.text).join(' '),
    );
  const npm = named(NPM_VARIABLES);
  return [
    ...(npm.length > 0 && runs(PUBLISHES_TO_NPM, NPM_ACTIONS) ? has('npm', 'publish-environment', npm) : []),
    ...PYPI_VARIABLES.flatMap(([name, takenBy]) => {
      const holders = named([name]);
      return holders.length > 0 && runs(takenBy) ? has('pypi', 'publish-environment', holders) : [];
    }),
    ...has('vault', 'environment', named(['VAULT_TOKEN', 'VAULT_SECRET_ID'])),
    ...TERRAFORM_VARIABLES.flatMap(([cloud, pattern]) =>
      has(
        cloud,
        'terraform-variable',
        env.filter(({ name }) => pattern.test(name.value)),
      ),
    ),
  ];
}

/** Variables of Terraform whose names say which cloud's key they carry. */
const TERRAFORM_VARIABLES: readonly (readonly [Cloud, RegExp])[] = [
  ['aws', /^TF_VAR_(?:\w+_)?aws_(?:\w+_)?(?:access_key(?:_id)?|secret_(?:access_)?key)$/i],
  ['azure', /^TF_VAR_(?:\w+_)?(?:azure|arm|azurerm)_(?:\w+_)?client_secret$/i],
  ['google', /^TF_VAR_(?:\w+_)?(?:gcp|google|gcloud)_(?:\w+_)?(?:credentials|key|key_json|sa_key)$/i],
];

function inActions(workflow: Workflow, job: Job, step: Step): readonly LongLivedCredential[] {
  const action = actionOf(step);
  if (action === null) return [];
  const resolved = (value: string): string => resolve(value, workflow, job, step);
  const inputs = (...names: readonly string[]): readonly NamedScalar[] =>
    step.with.filter(({ name }) => names.includes(name.value.toLowerCase()));
  const textOf = (name: string): string => resolved(inputs(name)[0]?.value.text ?? '');
  const secret = (holders: readonly NamedScalar[]): readonly NamedScalar[] =>
    holders.filter(({ value }) => secretsIn(resolved(value.text)).some((name) => !JOB_TOKEN.test(name)));
  const gives = (
    provider: Provider,
    form: CredentialForm,
    holders: readonly NamedScalar[],
    what = holders[0]?.name.value ?? '',
  ): readonly LongLivedCredential[] =>
    make(
      provider,
      form,
      job,
      step,
      holders,
      `gives "${step.uses?.value ?? action}" ${what}`,
      holders.map(({ value }) => resolved(value.text)).join(' '),
    );
  switch (action) {
    case 'hashicorp/vault-action':
      return textOf('method').trim() === 'jwt'
        ? []
        : gives('vault', 'login-input', secret(inputs(...VAULT_INPUTS)));
    case 'docker/login-action':
    case 'azure/docker-login': {
      const holders = secret(inputs('username', 'password'));
      const host = action === 'azure/docker-login' ? textOf('login-server') : textOf('registry');
      const isKeyOfGoogle = /^_json_key(?:_base64)?$/.test(textOf('username').trim());
      const isKeyOfAws = holders.some(({ value }) =>
        secretsIn(resolved(value.text)).some((name) => /AWS_?(?:SECRET_?)?ACCESS_?KEY/i.test(name)),
      );
      const cloud =
        registryCloud(host) ??
        (isKeyOfGoogle ? 'google' : isKeyOfAws ? 'aws' : action === 'azure/docker-login' ? 'azure' : null);
      const password = secret(inputs('password'));
      return cloud === null || password.length === 0
        ? []
        : gives(cloud, 'registry-input', holders, 'a stored password');
    }
    default:
      return PUBLISH_INPUTS.flatMap(([name, input, provider]) =>
        name === action ? gives(provider, 'publish-input', secret(inputs(input))) : [],
      );
  }
}

function inCommand(
  workflow: Workflow,
  job: Job,
  step: Step,
  command: StepCommand,
  commands: readonly StepCommand[],
): readonly LongLivedCredential[] {
  const words = unwrapCommand(command.words);
  const line = words.join(' ');
  const valuesOf = (...of: readonly StepCommand[]): string =>
    of
      .flatMap((each) => [...each.words, each.hereText ?? ''])
      .map((word) => resolve(word, workflow, job, step))
      .join(' ');
  const runs = (what: string, provider: Provider, form: CredentialForm, text: string) =>
    make(
      provider,
      form,
      job,
      step,
      [],
      `runs "${what}" with a stored credential`,
      text,
      command.span,
      command,
    );
  if (/^(?:docker|podman|buildah|nerdctl) login\b/.test(line)) {
    const source = commands.find((other) => other !== command && other.span.start === command.input?.start);
    const hosts = words.slice(2).map((word) => registryCloud(resolve(word, workflow, job, step)));
    const cloud = hosts.find((host) => host !== null) ?? null;
    // What a cloud's own program gives is short-lived already.
    const isFresh =
      source !== undefined && /^(?:aws|az|gcloud)\b/.test(unwrapCommand(source.words).join(' '));
    return cloud === null || isFresh
      ? []
      : runs(
          words.slice(0, 2).join(' '),
          cloud,
          'registry-command',
          valuesOf(command, ...(source ? [source] : [])),
        );
  }
  if (/^(?:npm|pnpm) (?:config )?set\b.*_authToken/.test(line))
    return runs(words.slice(0, 3).join(' '), 'npm', 'command', valuesOf(command));
  if (
    /^(?:python3? -m )?twine upload\b.* (?:-p|--password)\b|^poetry (?:publish\b.* (?:-p|--password)\b|config pypi-token\.pypi\b)/.test(
      line,
    )
  )
    return runs(words.slice(0, 2).join(' '), 'pypi', 'command', valuesOf(command));
  if (/^vault login\b/.test(line)) return runs('vault login', 'vault', 'command', valuesOf(command));
  return [];
}

/** A value with those of the variables that it names beside them: `env.NAME` of expressions, `$NAME` of the shell. */
function resolve(value: string, workflow: Workflow, job: Job, step: Step): string {
  const names = new Set(
    [...value.matchAll(/\benv\s*\.\s*([\w-]+)|\$\{?([A-Za-z_]\w*)\}?/g)].map((match) => match[1] ?? match[2]),
  );
  if (names.size === 0) return value;
  const seen = new Set<string>();
  const values = [...step.env, ...job.env, ...workflow.env].flatMap(({ name, value: own }) => {
    if (!names.has(name.value) || seen.has(name.value)) return [];
    seen.add(name.value);
    return [own.text];
  });
  return [value, ...values].join(' ');
}
