import { pinOf } from '../../evidence/action-pins';
import type { Span } from '../../text/position';
import {
  CommentedScalar,
  insertStep,
  removeStep,
  replaceScalar,
  setEntry,
  type EditResult,
  type NewYaml,
} from '../../workflow/edit';
import type { Job, Step, Workflow } from '../../workflow/model';
import { readWorkflow } from '../../workflow/read';
import type { StepCommand } from '../../workflow/understanding';
import { entryOf, valueOf } from '../../workflow/yaml-tree';
import {
  onMap,
  removeWithin,
  runOperations,
  setAt,
  type Operation,
  type OperationsResult,
} from '../operations';
import { grantIdToken, type TokenNeeds } from './id-token';
import {
  actionOf,
  findStaticCredentials,
  secretsIn,
  type Cloud,
  type StaticCredential,
} from '../../workflow/credential-uses';
import { variablesFor } from './variables';

/** What a workflow's text means; asked again after each step of the rewriting. */
export interface WorkflowMeaning {
  readonly workflow: Workflow;
  commandsOf(job: Job): readonly StepCommand[];
  needsOf(job: Job): TokenNeeds;
}

/** One login that was changed to OIDC. */
export interface SecuredLogin {
  readonly cloud: Cloud;
  readonly job: string;
  /** The `vars.*` that it takes now, by input of the login action. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  /** Where the credential stood in the text as it was. */
  readonly message: string;
}

/** A credential that stays as it is, with why: a whole sentence. */
export interface LeftCredential {
  readonly cloud: Cloud;
  readonly job: string | null;
  readonly secrets: readonly string[];
  readonly reason: string;
}

/** A workflow with its static credentials replaced as far as it can be done without changing what it does. */
export interface SecuredWorkflow {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly logins: readonly SecuredLogin[];
  readonly left: readonly LeftCredential[];
  readonly notes: readonly string[];
}

/** More conversions than this in one file would be a loop of our own making. */
const MAX_CONVERSIONS = 500;

const LOGIN_ACTION: Readonly<Record<Cloud, { readonly action: string; readonly fallback: string }>> = {
  aws: { action: 'aws-actions/configure-aws-credentials', fallback: 'v6' },
  azure: { action: 'azure/login', fallback: 'v3' },
  google: { action: 'google-github-actions/auth', fallback: 'v3' },
};

const LOGIN_NAME: Readonly<Record<Cloud, string>> = {
  aws: 'Log in to AWS by OIDC',
  azure: 'Log in to Azure by OIDC',
  google: 'Log in to Google Cloud by OIDC',
};

/** Programs and actions that read the credentials of a cloud from the environment. */
const USERS: Readonly<Record<Cloud, { readonly programs: RegExp; readonly actions: RegExp }>> = {
  aws: {
    programs:
      /^(?:aws|sam|cdk|eksctl|copilot|ecs-cli|terraform|tofu|terragrunt|pulumi|packer|serverless|sls|s3cmd|ansible-playbook)$/,
    actions: /^aws-actions\/|aws|ecr|(?:^|[-/])(?:ecs|s3|eks|lambda|cloudfront)/,
  },
  azure: {
    programs: /^(?:az|azd|func|terraform|tofu|terragrunt|pulumi|packer|ansible-playbook)$/,
    actions: /^azure\/|azure/,
  },
  google: {
    programs: /^(?:gcloud|gsutil|bq|terraform|tofu|terragrunt|pulumi|packer|firebase|skaffold)$/,
    actions: /^google-github-actions\/|gcloud|gcp|gke|firebase/,
  },
};

/**
 * Replaces the static credentials of a workflow by OIDC logins, one after the other, reading the text again after
 * each. What cannot be replaced without guessing stays, with the reason. `isWanted` picks the credentials.
 */
export function secureWorkflow(
  path: string,
  text: string,
  understand: (path: string, text: string) => WorkflowMeaning,
  isWanted: (credential: StaticCredential, workflow: Workflow) => boolean = () => true,
): SecuredWorkflow {
  const logins: SecuredLogin[] = [];
  const left: LeftCredential[] = [];
  const notes = new Set<string>();
  const skipped = new Set<string>();
  let reached = text;
  for (let round = 0; round < MAX_CONVERSIONS; round++) {
    const meaning = understand(path, reached);
    const credentials = findStaticCredentials(meaning.workflow, (job) => meaning.commandsOf(job));
    const credential = credentials.find(
      (other) => !skipped.has(keyOf(other)) && isWanted(other, meaning.workflow),
    );
    if (!credential) break;
    const converted = convert(path, reached, meaning, credential, notes);
    const isReadable = converted.ok && readWorkflow(path, converted.text).problems.length === 0;
    if (converted.ok && isReadable && converted.text !== reached) {
      reached = converted.text;
      logins.push(...converted.logins);
    } else {
      skipped.add(keyOf(credential));
      left.push({
        cloud: credential.cloud,
        job: credential.job?.id.value ?? null,
        secrets: credential.secrets,
        reason: `${path}: ${subjectOf(credential)} ${credential.message}; it was left alone because ${
          converted.ok ? 'the result could not be read again' : converted.reason
        }.`,
      });
    }
  }
  return { path, before: text, after: reached, logins, left, notes: [...notes] };
}

type Converted =
  | { readonly ok: true; readonly text: string; readonly logins: readonly SecuredLogin[] }
  | { readonly ok: false; readonly reason: string };

function convert(
  path: string,
  text: string,
  meaning: WorkflowMeaning,
  credential: StaticCredential,
  notes: Set<string>,
): Converted {
  if (credential.isLiteral) {
    notes.add(
      `${path}: ${subjectOf(credential)} holds a key in clear text: revoke it at once, since everybody who can read the repository has it.`,
    );
  }
  if (isComputed(credential)) {
    return {
      ok: false,
      reason: 'the name of its secret is computed, so it cannot be told which account it is for',
    };
  }
  switch (credential.form) {
    case 'login-input':
      return inJob(path, text, meaning, credential, notes, (job, step) =>
        convertLogin(credential, job, step),
      );
    case 'setup-input':
      return inJob(path, text, meaning, credential, notes, (job, step) =>
        convertSetup(credential, job, step),
      );
    case 'terraform-environment':
      return convertTerraform(path, text, meaning, credential, notes);
    case 'environment':
      return convertEnvironment(path, text, meaning, credential, notes);
    case 'command':
      return inJob(path, text, meaning, credential, notes, (job, step) =>
        convertCommand(text, meaning, credential, job, step),
      );
    case 'publish-profile':
      return {
        ok: false,
        reason:
          'a publish profile has no OIDC form: give the deployment identity the role "Website Contributor" on the app, add azure/login before this step, remove the input, and check whether basic authentication can then be switched off',
      };
    case 'other-input':
      return {
        ok: false,
        reason:
          'only the action itself can say whether it takes short-lived credentials from the environment: log in by OIDC before it if it does, and remove the input',
      };
    case 'key-file':
      return {
        ok: false,
        reason:
          'only a person can tell what else reads the file: log in by OIDC before this step, then take out the lines that write the key and name the file',
      };
    default: {
      const never: never = credential.form;
      return never;
    }
  }
}

/** Conversions that stay within one job; adds the permission for the token. */
function inJob(
  path: string,
  text: string,
  meaning: WorkflowMeaning,
  credential: StaticCredential,
  notes: Set<string>,
  operationsOf: (job: Job, step: Step) => readonly Operation[] | { readonly reason: string },
): Converted {
  const { job, step } = credential;
  if (!job || !step) return { ok: false, reason: 'it belongs to no step' };
  const operations = operationsOf(job, step);
  if ('reason' in operations) return { ok: false, reason: operations.reason };
  return finish(path, text, meaning, credential, [job], operations, notes);
}

function finish(
  path: string,
  text: string,
  meaning: WorkflowMeaning,
  credential: StaticCredential,
  jobs: readonly Job[],
  operations: readonly Operation[],
  notes: Set<string>,
): Converted {
  const grants = jobs.map((job) => grantIdToken(meaning.workflow, job, meaning.needsOf(job)));
  const result: OperationsResult = runOperations(text, [
    ...operations,
    ...grants.flatMap((grant) => grant.operations),
  ]);
  if (!result.ok) return result;
  for (const grant of grants) {
    for (const note of grant.notes) notes.add(`${path}: ${note}`);
  }
  const variables =
    credential.form === 'terraform-environment'
      ? {}
      : variablesFor(credential.cloud, credential.secrets).inputs;
  return {
    ok: true,
    text: result.text,
    logins: jobs.map((job) => ({
      cloud: credential.cloud,
      job: job.id.value,
      variables: keptRole(credential) ? {} : variables,
      secrets: credential.secrets,
      message: `${subjectOf({ ...credential, job })} ${credential.message}`,
    })),
  };
}

/** The login action is there already: its inputs change. */
function convertLogin(
  credential: StaticCredential,
  job: Job,
  step: Step,
): readonly Operation[] | { readonly reason: string } {
  const at = ['jobs', job.id.value, 'steps', step.index] as const;
  const input = (name: string): string | null =>
    step.with.find((entry) => entry.name.value.toLowerCase() === name)?.value.text ?? null;
  const { inputs } = variablesFor(credential.cloud, credential.secrets);
  const removed = credential.holders.map((holder) => holder.name.value);
  if (credential.cloud === 'azure' && input('environment')?.toLowerCase() === 'azurestack') {
    return { reason: 'Azure Stack takes no OIDC login' };
  }
  // An external id belongs to a role that another account's key assumes; a web identity has none.
  if (credential.cloud === 'aws' && input('role-external-id') !== null) removed.push('role-external-id');
  const added = Object.entries(inputs).filter(([name]) => input(name) === null);
  return [
    ...added.map(([name, variable]) =>
      setAt([...at, 'with'], name, expression(`vars.${variable}`), { before: removed }),
    ),
    ...removed.map((name) => removeWithin(at, 'with', name)),
    pinUses(at, step),
  ];
}

/** `setup-gcloud` took a key itself until its first major version: now a login step comes before it. */
function convertSetup(credential: StaticCredential, job: Job, step: Step): readonly Operation[] {
  const at = ['jobs', job.id.value, 'steps', step.index] as const;
  const gone = [
    'service_account_key',
    'service_account_email',
    'credentials_json',
    'export_default_credentials',
  ];
  const present = step.with
    .map((entry) => entry.name.value)
    .filter((name) => gone.includes(name.toLowerCase()));
  return [
    ...present.map((name) => removeWithin(at, 'with', name)),
    pinUses(at, step),
    insertAt(job.id.value, step.index, loginStep(credential)),
  ];
}

/** The provider of Terraform speaks OIDC itself when it is told to. */
function convertTerraform(
  path: string,
  text: string,
  meaning: WorkflowMeaning,
  credential: StaticCredential,
  notes: Set<string>,
): Converted {
  const at = environmentPath(credential);
  const jobs = credential.job
    ? [credential.job]
    : meaning.workflow.jobs.filter((job) => uses('azure', meaning, job));
  if (jobs.length === 0) return { ok: false, reason: 'no job is known to use it' };
  notes.add(
    `${path}: \`ARM_USE_OIDC\` makes Terraform's azurerm provider and backend log in with the job's token (version 3.7 of the provider or newer); the version was not checked.`,
  );
  return finish(
    path,
    text,
    meaning,
    credential,
    jobs,
    [
      setAt([...at, 'env'], 'ARM_USE_OIDC', 'true', { after: ['ARM_CLIENT_SECRET'] }),
      removeWithin(at, 'env', 'ARM_CLIENT_SECRET'),
    ],
    notes,
  );
}

/** A key in the environment: a login step before the first step that can use it takes its place. */
function convertEnvironment(
  path: string,
  text: string,
  meaning: WorkflowMeaning,
  credential: StaticCredential,
  notes: Set<string>,
): Converted {
  const { cloud, holders } = credential;
  if (cloud === 'azure') {
    return {
      ok: false,
      reason:
        'what reads it is not known: log in with azure/login before it, and let the program take the login of the Azure CLI (DefaultAzureCredential does)',
    };
  }
  const at = environmentPath(credential);
  const remove = holders.map((holder) => removeWithin(at, 'env', holder.name.value));
  const { job, step } = credential;
  if (job && step) {
    const isLoggedIn = job.steps.some(
      (other) => other.index < step.index && isOidcLogin(cloud, other, credential),
    );
    return finish(
      path,
      text,
      meaning,
      credential,
      [job],
      [
        ...remove,
        ...(isLoggedIn
          ? []
          : [insertAt(job.id.value, step.index, loginStep(credential, region(meaning.workflow, job, step)))]),
      ],
      notes,
    );
  }
  const candidates = (job ? [job] : meaning.workflow.jobs).filter((other) => other.steps.length > 0);
  const users = candidates.filter((other) => uses(cloud, meaning, other));
  const jobs = users.length > 0 ? users : candidates.length === 1 ? candidates : [];
  if (jobs.length === 0) {
    return {
      ok: false,
      reason: 'none of the jobs that get it is known to use it, so the place of a login cannot be told',
    };
  }
  for (const other of candidates) {
    if (jobs.includes(other)) continue;
    notes.add(
      `${path}: job "${other.id.value}" had the key in its environment and no step that is known to use it; if it does, it needs the login step as well.`,
    );
  }
  const inserts = jobs.flatMap((other) => {
    const first = firstUse(cloud, meaning, other);
    return other.steps.some((earlier) => earlier.index < first && isOidcLogin(cloud, earlier, credential))
      ? []
      : [insertAt(other.id.value, first, loginStep(credential, region(meaning.workflow, other, null)))];
  });
  return finish(path, text, meaning, credential, jobs, [...remove, ...inserts], notes);
}

/** A login command on lines of its own goes; the login step comes before the step. */
function convertCommand(
  text: string,
  meaning: WorkflowMeaning,
  credential: StaticCredential,
  job: Job,
  step: Step,
): readonly Operation[] | { readonly reason: string } {
  const { command, cloud } = credential;
  if (!command || !step.run) return { reason: 'the command was not found again' };
  if (command.isConditional) return { reason: 'the command runs under a condition in its script' };
  // Every key of the same step goes at once, so that no half of a key stays behind.
  const commands = findStaticCredentials(meaning.workflow, (other) => meaning.commandsOf(other)).flatMap(
    (other) =>
      other.form === 'command' &&
      other.cloud === cloud &&
      other.job?.id.value === job.id.value &&
      other.step?.index === step.index &&
      other.command
        ? [other.command]
        : [],
  );
  const script = scriptWithout(
    text,
    step,
    commands.map((other) => other.span),
  );
  if (script === null) return { reason: 'the command shares its line with others' };
  const at = ['jobs', job.id.value, 'steps', step.index] as const;
  // A key that only the removed command read has nothing left to do in the step.
  const spent =
    script.trim() === ''
      ? []
      : step.env
          .filter(({ name, value }) => secretsIn(value.text).length > 0 && !script.includes(name.value))
          .map(({ name }) => name.value)
          .filter((name) => commands.some((other) => other.words.some((word) => word.includes(name))));
  const change: Operation =
    script.trim() === ''
      ? (now) => {
          const again = readWorkflow('', now).jobs.find((other) => other.id.value === job.id.value);
          return again ? removeStep(now, again, step.index) : missing(job.id.value);
        }
      : onMap(at, (now, map) => {
          const run = valueOf(map, 'run');
          return run?.kind === 'scalar' ? replaceScalar(now, run, script) : missing('run');
        });
  const isLoggedIn = job.steps.some(
    (other) => other.index < step.index && isOidcLogin(cloud, other, credential),
  );
  return [
    change,
    ...spent.map((name) => removeWithin(at, 'env', name)),
    ...(isLoggedIn
      ? []
      : [insertAt(job.id.value, step.index, loginStep(credential, region(meaning.workflow, job, step)))]),
  ];
}

/** The script of a step without the lines of some commands; null where one of them shares a line. */
function scriptWithout(text: string, step: Step, spans: readonly Span[]): string | null {
  const run = step.run;
  if (!run) return null;
  if (run.style !== 'literal') {
    const [only] = spans;
    return spans.length === 1 && only && text.slice(only.start, only.end).trim() === run.text.trim()
      ? ''
      : null;
  }
  const firstLine = text.slice(0, run.span.start).split('\n').length;
  const lines = run.text.split('\n');
  const gone = new Set<number>();
  for (const span of spans) {
    const start = text.lastIndexOf('\n', span.start - 1) + 1;
    const stop = text.indexOf('\n', span.end);
    const end = stop < 0 ? text.length : stop;
    if (text.slice(start, span.start).trim() !== '' || text.slice(span.end, end).trim() !== '') return null;
    const from = text.slice(0, start).split('\n').length - firstLine - 1;
    const count = text.slice(start, end).split('\n').length;
    for (let line = from; line < from + count; line++) gone.add(line);
  }
  return lines.filter((_, index) => !gone.has(index)).join('\n');
}

function loginStep(credential: StaticCredential, awsRegion: string | null = null): NewYaml {
  const { cloud } = credential;
  const { inputs } = variablesFor(cloud, credential.secrets);
  const { action, fallback } = LOGIN_ACTION[cloud];
  const pin = pinOf(action);
  return {
    name: LOGIN_NAME[cloud],
    uses: pin ? new CommentedScalar(`${action}@${pin.commit}`, pin.tag) : `${action}@${fallback}`,
    with: {
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, variable]) => [name, expression(`vars.${variable}`)]),
      ),
      ...(cloud === 'aws' ? { 'aws-region': awsRegion ?? expression('vars.AWS_REGION') } : {}),
    },
  };
}

/** The region as the workflow has it; null where only a variable can tell. */
function region(workflow: Workflow, job: Job, step: Step | null): string | null {
  const names = ['AWS_REGION', 'AWS_DEFAULT_REGION'];
  const inherited = [...job.env, ...workflow.env].find(({ name }) => names.includes(name.value));
  if (inherited) return expression(`env.${inherited.name.value}`);
  return step?.env.find(({ name }) => names.includes(name.value))?.value.text ?? null;
}

function insertAt(jobId: string, index: number, step: NewYaml): Operation {
  return (text) => {
    const job = readWorkflow('', text).jobs.find((other) => other.id.value === jobId);
    return job ? insertStep(text, job, index, step) : missing(jobId);
  };
}

/** Pins the action of a step to a known commit, with the version in the comment behind it; else leaves it. */
function pinUses(at: readonly (string | number)[], step: Step): Operation {
  return onMap(at, (text, map) => {
    const uses = step.uses?.value ?? '';
    const [action = '', ref = ''] = uses.split('@');
    const pin = pinOf(action);
    if (!pin || /^[0-9a-f]{40}$/.test(ref)) return { ok: true, edits: [] };
    const value = `${action}@${pin.commit}`;
    const entry = entryOf(map, 'uses');
    if (!entry || map.isFlow) return setEntry(text, map, 'uses', value);
    const replaced = setEntry(text, map, 'uses', value);
    if (!replaced.ok) return replaced;
    const newline = text.indexOf('\n', entry.span.end);
    const end = newline < 0 ? text.length : newline - (text[newline - 1] === '\r' ? 1 : 0);
    const behind = text.slice(entry.span.end, end);
    if (behind.trim() !== '' && !/^\s+#/.test(behind)) return replaced;
    return {
      ok: true,
      edits: [...replaced.edits, { span: { start: entry.span.end, end }, text: ` # ${pin.tag}` }],
    };
  });
}

function uses(cloud: Cloud, meaning: WorkflowMeaning, job: Job): boolean {
  return job.steps.some((step) => usesCloud(cloud, meaning.commandsOf(job), step));
}

function usesCloud(cloud: Cloud, commands: readonly StepCommand[], step: Step): boolean {
  const { programs, actions } = USERS[cloud];
  const action = actionOf(step);
  if (action) return actions.test(action);
  return commands.some(
    (command) =>
      command.step.index === step.index && command.words.slice(0, 2).some((word) => programs.test(word)),
  );
}

/** The step before which a login belongs: the first that uses the cloud, else the first behind the checkout. */
function firstUse(cloud: Cloud, meaning: WorkflowMeaning, job: Job): number {
  const commands = meaning.commandsOf(job);
  const first = job.steps.find((step) => usesCloud(cloud, commands, step));
  if (first) return first.index;
  const checkout = job.steps.find((step) => actionOf(step) === 'actions/checkout');
  return checkout ? checkout.index + 1 : 0;
}

/** A login that gives the same account as the one to be written. */
function isOidcLogin(cloud: Cloud, step: Step, credential: StaticCredential): boolean {
  if (actionOf(step) !== LOGIN_ACTION[cloud].action) return false;
  const [expected] = Object.entries(variablesFor(cloud, credential.secrets).inputs);
  return step.with.some(
    ({ name, value }) =>
      name.value === expected?.[0] &&
      (credential.secrets.length === 0 || value.text.includes(`vars.${expected[1]} `)),
  );
}

function environmentPath(credential: StaticCredential): readonly (string | number)[] {
  if (!credential.job) return [];
  const job = ['jobs', credential.job.id.value];
  return credential.step ? [...job, 'steps', credential.step.index] : job;
}

/** `secrets[format(…)]`, `secrets[matrix.key]`: one place that stands for several accounts. */
function isComputed(credential: StaticCredential): boolean {
  return credential.holders.some(({ value }) => /\bsecrets\s*\[\s*(?!')/i.test(value.text));
}

function keptRole(credential: StaticCredential): boolean {
  return (
    credential.form === 'login-input' &&
    credential.cloud === 'aws' &&
    credential.step?.with.some(({ name }) => name.value.toLowerCase() === 'role-to-assume') === true
  );
}

function keyOf(credential: StaticCredential): string {
  const { cloud, form, job, step, holders, command } = credential;
  return JSON.stringify([
    cloud,
    form,
    job?.id.value ?? null,
    step?.name?.value ?? step?.uses?.value ?? step?.run?.text ?? null,
    holders.map((holder) => holder.value.text),
    command?.words ?? null,
  ]);
}

function subjectOf(credential: Pick<StaticCredential, 'job'>): string {
  return credential.job ? `job "${credential.job.id.value}"` : 'the workflow';
}

function expression(text: string): string {
  return `\${{ ${text} }}`;
}

function missing(what: string): EditResult {
  return { ok: false, reason: `"${what}" was not found again` };
}
