import { findLongLivedCredentials, type LongLivedCredential } from '../../workflow/long-lived-credentials';
import { actionOf, type Cloud } from '../../workflow/credential-uses';
import type { Job, Step, Workflow } from '../../workflow/model';
import { readWorkflow } from '../../workflow/read';
import { convertAwsLogin } from './rewrite/aws';
import { convertAzureLogin, convertAzureTerraform, convertPublishProfile } from './rewrite/azure';
import { convertCommand, convertEnvironment } from './rewrite/clouds';
import {
  subjectOf,
  type Conversion,
  type Converted,
  type SecuredLogin,
  type WorkflowMeaning,
} from './rewrite/conversion';
import { convertGoogleLogin, convertGoogleSetup } from './rewrite/google';
import { convertNpm } from './rewrite/npm';
import { convertPypi } from './rewrite/pypi';
import { convertRegistryLogin, leaveRegistryCommand } from './rewrite/registries';
import { convertVaultLogin } from './rewrite/vault';

export type { SecuredLogin, WorkflowMeaning } from './rewrite/conversion';

/** A credential that stays as it is, with why: a whole sentence. */
export interface LeftCredential {
  readonly cloud: LongLivedCredential['cloud'];
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

/**
 * Replaces the static credentials of a workflow by OIDC logins, one after the other, reading the text again after
 * each. What cannot be replaced without guessing stays, with the reason. `isWanted` picks the credentials.
 */
export function secureWorkflow(
  path: string,
  text: string,
  understand: (path: string, text: string) => WorkflowMeaning,
  isWanted: (credential: LongLivedCredential, workflow: Workflow) => boolean = () => true,
): SecuredWorkflow {
  const logins: SecuredLogin[] = [];
  const left: LeftCredential[] = [];
  const notes = new Set<string>();
  const skipped = new Set<string>();
  let reached = text;
  for (let round = 0; round < MAX_CONVERSIONS; round++) {
    const meaning = understand(path, reached);
    const credentials = findLongLivedCredentials(meaning.workflow, (job) => meaning.commandsOf(job)).filter(
      (other) => !skipped.has(keyOf(other)) && isWanted(other, meaning.workflow),
    );
    // A login first, so that what needs one finds it there.
    const credential = credentials.find(({ form }) => form === 'login-input') ?? credentials[0];
    if (!credential) break;
    const said: string[] = [];
    const converted = convert({
      path,
      text: reached,
      meaning,
      credential,
      note: (sentence) => said.push(`${path}: ${sentence}`),
    });
    const isReadable = converted.ok && readWorkflow(path, converted.text).problems.length === 0;
    if (credential.isLiteral) {
      notes.add(
        `${path}: ${subjectOf(credential)} holds a key in clear text: revoke it at once, since everybody who can read the repository has it.`,
      );
    }
    if (converted.ok && isReadable && converted.text !== reached) {
      reached = converted.text;
      logins.push(...converted.logins);
      for (const note of said) notes.add(note);
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

function convert(conversion: Conversion): Converted {
  const { credential } = conversion;
  if (isComputed(credential)) {
    return {
      ok: false,
      reason: 'the name of its secret is computed, so it cannot be told which account it is for',
    };
  }
  switch (credential.cloud) {
    case 'aws':
    case 'azure':
    case 'google':
      return convertCloud(conversion, credential.cloud);
    case 'vault':
      return convertVault(conversion);
    case 'npm':
      return convertNpm(conversion);
    case 'pypi':
      return convertPypi(conversion);
  }
}

function convertCloud(conversion: Conversion, cloud: Cloud): Converted {
  const { credential } = conversion;
  const inStep = (convertStep: (job: Job, step: Step) => Converted): Converted =>
    credential.job && credential.step
      ? convertStep(credential.job, credential.step)
      : { ok: false, reason: 'it belongs to no step' };
  switch (credential.form) {
    case 'login-input':
      return inStep((job, step) => {
        if (cloud === 'aws') return convertAwsLogin(conversion, job, step);
        return cloud === 'azure'
          ? convertAzureLogin(conversion, job, step)
          : convertGoogleLogin(conversion, job, step);
      });
    case 'setup-input':
      return inStep((job, step) => convertGoogleSetup(conversion, job, step));
    case 'terraform-environment':
      return convertAzureTerraform(conversion);
    case 'environment':
      return cloud === 'azure'
        ? {
            ok: false,
            reason:
              'what reads it is not known: log in with azure/login before it, and let the program take the login of the Azure CLI (DefaultAzureCredential does)',
          }
        : convertEnvironment(conversion, cloud);
    case 'command':
      return inStep((job, step) => convertCommand(conversion, cloud, job, step));
    case 'publish-profile':
      return inStep((job, step) => convertPublishProfile(conversion, job, step));
    case 'registry-input':
      return inStep((job, step) => convertRegistryLogin(conversion, cloud, job, step));
    case 'registry-command':
      return leaveRegistryCommand(cloud);
    case 'terraform-variable':
      return {
        ok: false,
        reason:
          'a provider of Terraform takes it as a variable: log in by OIDC before the step, and take the key out of the provider, which then finds the login by itself',
      };
    case 'other-input':
      return {
        ok: false,
        reason:
          actionOfOwn(credential) === null
            ? 'only the action itself can say whether it takes short-lived credentials from the environment: log in by OIDC before it if it does, and remove the input'
            : `the action stands in this repository: let ${actionOfOwn(credential) ?? ''} log in by OIDC, or log in before it, and remove the input`,
      };
    case 'key-file':
      return {
        ok: false,
        reason:
          'only a person can tell what else reads the file: log in by OIDC before this step, then take out the lines that write the key and name the file',
      };
    case 'publish-input':
    case 'publish-environment':
      return { ok: false, reason: 'it publishes to no registry of a cloud' };
  }
}

function convertVault(conversion: Conversion): Converted {
  const { form, job, step } = conversion.credential;
  return form === 'login-input' && job && step
    ? convertVaultLogin(conversion, job, step)
    : {
        ok: false,
        reason:
          "what reads it is a program: fetch the secrets with hashicorp/vault-action and `method: jwt`, or write the job's token to `auth/jwt/login` and take the short-lived token that Vault answers",
      };
}

/** The action of this repository that takes a credential; null for anybody else's. */
function actionOfOwn({ step }: LongLivedCredential): string | null {
  const action = step ? actionOf(step) : null;
  return action?.startsWith('./') ? action : null;
}

/** `secrets[format(…)]`, `secrets[matrix.key]`: one place that stands for several accounts. */
function isComputed(credential: LongLivedCredential): boolean {
  return credential.holders.some(({ value }) => /\bsecrets\s*\[\s*(?!')/i.test(value.text));
}

function keyOf(credential: LongLivedCredential): string {
  const { cloud, form, job, step, holders, command } = credential;
  return JSON.stringify([
    cloud,
    form,
    job?.id.value ?? null,
    step?.name?.value ?? step?.uses?.value ?? step?.run?.text ?? null,
    holders.map((holder) => [holder.name.value, holder.value.text]),
    command?.words ?? null,
  ]);
}
