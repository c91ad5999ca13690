import { actionOf, type Cloud } from '../../../workflow/credential-uses';
import type { NewYaml } from '../../../workflow/edit';
import type { LongLivedCredential } from '../../../workflow/long-lived-credentials';
import type { Job, Step, Workflow } from '../../../workflow/model';
import type { StepCommand } from '../../../workflow/understanding';
import { variablesFor } from '../variables';
import { expression, usesOf, type WorkflowMeaning } from './conversion';

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

/** An input without which the action of a cloud logs in by other means. */
const LOGIN_INPUT: Readonly<Record<Cloud, string>> = {
  aws: 'role-to-assume',
  azure: 'client-id',
  google: 'workload_identity_provider',
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

/** The step that logs in to a cloud by OIDC. */
export function loginStep(
  cloud: Cloud,
  inputs: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>> = {},
  id: string | null = null,
): NewYaml {
  const { action, fallback } = LOGIN_ACTION[cloud];
  return {
    name: LOGIN_NAME[cloud],
    ...(id === null ? {} : { id }),
    uses: usesOf(action, fallback),
    with: {
      ...Object.fromEntries(
        Object.entries(inputs).map(([name, variable]) => [name, expression(`vars.${variable}`)]),
      ),
      ...more,
    },
  };
}

/** The further inputs of a login: AWS asks for the region. */
export function inputsBeside(cloud: Cloud, awsRegion: string | null): Readonly<Record<string, string>> {
  return cloud === 'aws' ? { 'aws-region': awsRegion ?? expression('vars.AWS_REGION') } : {};
}

/** The region as the workflow has it; null where only a variable can tell. */
export function regionOf(workflow: Workflow, job: Job, step: Step | null): string | null {
  const names = ['AWS_REGION', 'AWS_DEFAULT_REGION'];
  const inherited = [...job.env, ...workflow.env].find(({ name }) => names.includes(name.value));
  if (inherited) return expression(`env.${inherited.name.value}`);
  return step?.env.find(({ name }) => names.includes(name.value))?.value.text ?? null;
}

/** Whether a job has a step that is known to use a cloud. */
export function usesCloud(cloud: Cloud, meaning: WorkflowMeaning, job: Job): boolean {
  const commands = meaning.commandsOf(job);
  return job.steps.some((step) => stepUsesCloud(cloud, commands, step));
}

function stepUsesCloud(cloud: Cloud, commands: readonly StepCommand[], step: Step): boolean {
  const { programs, actions } = USERS[cloud];
  const action = actionOf(step);
  if (action) return actions.test(action);
  return commands.some(
    (command) =>
      command.step.index === step.index && command.words.slice(0, 2).some((word) => programs.test(word)),
  );
}

/** The step before which a login belongs: the first that uses the cloud, else the first behind the checkout. */
export function firstUse(cloud: Cloud, meaning: WorkflowMeaning, job: Job): number {
  const commands = meaning.commandsOf(job);
  const first = job.steps.find((step) => stepUsesCloud(cloud, commands, step));
  if (first) return first.index;
  const checkout = job.steps.find((step) => actionOf(step) === 'actions/checkout');
  return checkout ? checkout.index + 1 : 0;
}

/** A login that gives the same account as the one to be written. */
export function isOidcLogin(cloud: Cloud, step: Step, credential: LongLivedCredential): boolean {
  if (actionOf(step) !== LOGIN_ACTION[cloud].action) return false;
  const [expected] = Object.entries(variablesFor(cloud, credential.secrets).inputs);
  return step.with.some(
    ({ name, value }) =>
      name.value === expected?.[0] &&
      (credential.secrets.length === 0 || value.text.includes(`vars.${expected[1]} `)),
  );
}

/** The last login of a job to a cloud before a step, by whichever means; null where there is none. */
export function loginBefore(
  cloud: Cloud,
  job: Job,
  index: number,
): { readonly step: Step; readonly isOidc: boolean } | null {
  const step = [...job.steps]
    .reverse()
    .find((other) => other.index < index && actionOf(other) === LOGIN_ACTION[cloud].action);
  return step
    ? { step, isOidc: step.with.some(({ name }) => name.value.toLowerCase() === LOGIN_INPUT[cloud]) }
    : null;
}
