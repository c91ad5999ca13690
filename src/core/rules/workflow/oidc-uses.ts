import { unwrapCommand } from '../../shell/wrappers';
import { stepsRunBy } from '../../workflow/local-actions';
import type { Job, NamedScalar, Step } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { Span } from '../../text/position';
import { actionOf } from '../../workflow/credential-uses';
import { inputOf, needsIdToken } from './action-permissions';

/** What a job does with an OIDC token of GitHub's. */
export interface OidcUse {
  /** `login`: somebody outside gives a credential for it, and may ask for an environment; `proof`: it signs. */
  readonly kind: 'login' | 'proof';
  /** The step can do nothing without the token. */
  readonly isSure: boolean;
  /** Completes "<job> …", quoting the file. */
  readonly message: string;
  /** Whom it logs in to: "AWS"; for the advice. */
  readonly service: string;
  readonly span: Span;
}

interface OidcAction {
  readonly action: string;
  readonly kind: OidcUse['kind'];
  readonly service: string;
  /** Inputs that have to be there. */
  readonly needs?: readonly string[];
  /** An input that has to have this value. */
  readonly value?: { readonly input: string; readonly is: RegExp };
  /** A variable that has to be there. */
  readonly needsVariable?: string;
  /** Inputs with which the action logs in by other means. */
  readonly unless?: readonly string[];
  /** An input that switches the login off by being `false`. */
  readonly isOffBy?: string;
  /** Without the token the action may find a credential elsewhere: it is no proof that the login fails. */
  readonly hasOtherWays?: boolean;
}

/**
 * Actions that ask for an OIDC token, from their own documentation; read in November 2026. A newcomer adds one line.
 */
const ACTIONS: readonly OidcAction[] = [
  { action: 'aws-actions/configure-aws-credentials', kind: 'login', service: 'AWS', needs: ['role-to-assume'], unless: ['aws-access-key-id', 'web-identity-token-file', 'role-chaining'] },
  { action: 'azure/login', kind: 'login', service: 'Azure', needs: ['client-id', 'tenant-id'], unless: ['creds', 'auth-type'] },
  { action: 'google-github-actions/auth', kind: 'login', service: 'Google Cloud', needs: ['workload_identity_provider'] },
  { action: 'hashicorp/vault-action', kind: 'login', service: 'Vault', value: { input: 'method', is: /^jwt$/ }, unless: ['jwtprivatekey'] },
  { action: 'pypa/gh-action-pypi-publish', kind: 'login', service: 'PyPI', unless: ['password'] },
  { action: 'docker/login-action', kind: 'login', service: 'Docker Hub', needsVariable: 'DOCKERHUB_OIDC_CONNECTIONID', unless: ['password'] },
  { action: 'rust-lang/crates-io-auth-action', kind: 'login', service: 'crates.io' },
  { action: 'rubygems/configure-rubygems-credentials', kind: 'login', service: 'RubyGems', unless: ['api-token'] },
  { action: 'rubygems/release-gem', kind: 'login', service: 'RubyGems', isOffBy: 'setup-trusted-publisher' },
  { action: 'nuget/login', kind: 'login', service: 'NuGet' },
  { action: 'octopusdeploy/login', kind: 'login', service: 'Octopus', needs: ['service_account_id'], unless: ['api_key'] },
  { action: 'pulumi/auth-actions', kind: 'login', service: 'Pulumi Cloud' },
  { action: 'jfrog/setup-jfrog-cli', kind: 'login', service: 'JFrog', needs: ['oidc-provider-name'] },
  { action: 'cloudsmith-io/cloudsmith-cli-action', kind: 'login', service: 'Cloudsmith', needs: ['oidc-namespace'], unless: ['api-key'] },
  { action: 'infisical/secrets-action', kind: 'login', service: 'Infisical', value: { input: 'method', is: /^oidc$/ } },
  { action: 'actions/deploy-pages', kind: 'proof', service: 'GitHub Pages' },
  { action: 'actions/attest', kind: 'proof', service: 'Sigstore' },
  { action: 'actions/attest-build-provenance', kind: 'proof', service: 'Sigstore' },
  { action: 'actions/attest-sbom', kind: 'proof', service: 'Sigstore' },
  { action: 'sigstore/gh-action-sigstore-python', kind: 'proof', service: 'Sigstore' },
  { action: 'codecov/codecov-action', kind: 'proof', service: 'Codecov', value: { input: 'use_oidc', is: /^true$/ }, hasOtherWays: true },
]; // prettier-ignore

/** GitHub's own machines carry no credential of anybody's; another runner may. */
const HOSTED_RUNNER = /^(ubuntu|windows|macos)-[\w.-]+$/;

/** What a job does with OIDC tokens, in the order of its steps; inside the repository's composite actions too. */
export function oidcUsesOf(set: WorkflowSet, facts: JobFacts): readonly OidcUse[] {
  const { job, workflow } = facts;
  const uses: OidcUse[] = [];
  let hasAwsCredentials = [...workflow.env, ...job.env].some(isAwsKey);
  for (const step of job.steps) {
    for (const inner of stepsRunBy(step, set.localActions)) {
      const row = rowOf(inner);
      const span = step.uses?.span ?? step.span;
      const [name = ''] = (inner.uses?.value ?? '').split('@');
      const where =
        inner === step ? `uses "${name}"` : `uses "${step.uses?.value ?? ''}", which uses "${name}"`;
      const isAws = row?.service === 'AWS';
      const isSure = !isAws || (!hasAwsCredentials && !inner.env.some(isAwsKey) && runsOnHosted(job));
      if (row) {
        const { kind, service } = row;
        uses.push({ kind, service, isSure: isSure && row.hasOtherWays !== true, message: where, span });
      }
      if (actionOf(inner) === 'aws-actions/configure-aws-credentials') hasAwsCredentials = true;
    }
    const script = step.run;
    if (script && /ACTIONS_ID_TOKEN_REQUEST_(URL|TOKEN)/.test(script.text)) {
      uses.push({
        kind: 'login',
        service: 'the service',
        isSure: true,
        message: 'asks for an OIDC token in a script',
        span: script.span,
      });
    }
  }
  for (const command of facts.commands) {
    const words = unwrapCommand(command.words);
    const line = words.join(' ');
    if (/^cosign (sign|attest|sign-blob|attest-blob)\b/.test(line) && !/ --key\b/.test(line)) {
      uses.push({
        kind: 'proof',
        service: 'Sigstore',
        isSure: false,
        message: `runs "${words.slice(0, 2).join(' ')}" without a key`,
        span: command.span,
      });
    }
    if (/^(npm|pnpm) publish\b.* --provenance\b/.test(line)) {
      uses.push({
        kind: 'proof',
        service: 'npm',
        isSure: false,
        message: 'publishes with a provenance',
        span: command.span,
      });
    }
  }
  return uses;
}

/**
 * Whether nothing in a job is seen to ask for an OIDC token: only known actions, and scripts in which no program
 * stands that may ask for one by itself.
 */
export function asksForNoOidcToken(set: WorkflowSet, facts: JobFacts): boolean {
  const { job, workflow } = facts;
  if (job.uses !== null || job.steps.length === 0 || oidcUsesOf(set, facts).length > 0) return false;
  const steps = job.steps.flatMap((step) => stepsRunBy(step, set.localActions));
  if ([...workflow.env, ...job.env, ...steps.flatMap((step) => step.env)].some(switchesOidcOn)) return false;
  // Without its commands a script of another shell says nothing.
  const areScriptsRead = job.steps.every(
    (step) => !step.run || facts.commands.some((command) => command.step === step),
  );
  return (
    areScriptsRead &&
    steps.every((step) => !step.uses || needsIdToken(step) === false) &&
    !facts.commands.some((command) => MAY_ASK.test(unwrapCommand(command.words).join(' ')))
  );
}

/** Programs that ask for an OIDC token by themselves where they find that they may: publishers, cloud tools, signers. */
const MAY_ASK =
  /^((npm|pnpm|yarn|bun|lerna|turbo) (npm )?publish|semantic-release|changeset publish|release-it|np|twine|uv publish|pdm publish|hatch publish|flit publish|gem push|rake release|dart pub publish|goreleaser|ko|cosign|gitsign|syft|slsa\S*|pulumi|terraform|tofu|terragrunt|az login|gcloud auth|aws sts|vault|doppler|jf|tsh|gh attestation)\b/;

function rowOf(step: Step): OidcAction | null {
  const action = actionOf(step);
  const row = action === null ? undefined : ACTIONS.find((each) => each.action === action);
  if (!row) return null;
  const textOf = (name: string): string => inputOf(step, name)?.value.text.trim() ?? '';
  const has = (name: string): boolean => !/^(false)?$/.test(textOf(name));
  if (row.needs && !row.needs.every(has)) return null;
  if (row.needsVariable && !step.env.some(({ name }) => name.value === row.needsVariable)) return null;
  if (row.unless?.some(has) || (row.isOffBy && textOf(row.isOffBy) === 'false')) return null;
  if (row.value && !row.value.is.test(textOf(row.value.input))) return null;
  return row;
}

function isAwsKey({ name }: NamedScalar): boolean {
  return /^AWS_(ACCESS_KEY_ID|SESSION_TOKEN|PROFILE|WEB_IDENTITY_TOKEN_FILE)$/.test(name.value);
}

/** Settings with which infrastructure tools log in by OIDC themselves. */
function switchesOidcOn({ name, value }: NamedScalar): boolean {
  return (
    /(^|_)USE_OIDC$|^(TFE?_WORKLOAD_IDENTITY|NPM_CONFIG_PROVENANCE|npm_config_provenance)/.test(name.value) &&
    value.text.trim() !== 'false'
  );
}

function runsOnHosted(job: Job): boolean {
  const { runsOn } = job;
  if (runsOn?.kind === 'scalar') return HOSTED_RUNNER.test(runsOn.text.trim());
  return (
    runsOn?.kind === 'list' &&
    runsOn.items.length === 1 &&
    runsOn.items[0]?.kind === 'scalar' &&
    HOSTED_RUNNER.test(runsOn.items[0].text.trim())
  );
}
