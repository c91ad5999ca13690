import type { Job, NamedScalar, Step } from '../../workflow/model';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import { actionOf } from '../../workflow/credential-uses';

/** What a job's token is used for: scope to `read` or `write`. */
export type NeededPermissions = ReadonlyMap<string, 'read' | 'write'>;

/** The permissions that a job needs; `isSure` where every step is known not to need more. */
export interface JobNeeds {
  readonly needed: NeededPermissions;
  readonly isSure: boolean;
}

type Scopes = Readonly<Record<string, 'read' | 'write'>>;

const NOTHING: Scopes = {};

/**
 * What well-known actions do with the token of the job, from their own documentation; read in November 2026. An action
 * that is not here may need anything. A newcomer adds one line.
 */
const ACTIONS: Readonly<Record<string, Scopes | ((step: Step) => Scopes | null)>> = {
  'actions/checkout': { contents: 'read' },
  'actions/setup-node': NOTHING,
  'actions/setup-python': NOTHING,
  'actions/setup-go': NOTHING,
  'actions/setup-java': NOTHING,
  'actions/setup-dotnet': NOTHING,
  'actions/cache': NOTHING,
  'actions/cache/restore': NOTHING,
  'actions/cache/save': NOTHING,
  'actions/upload-artifact': NOTHING,
  'actions/download-artifact': (step) => (inputOf(step, 'run-id') ? { actions: 'read' } : NOTHING),
  'actions/configure-pages': (step) => (inputOf(step, 'enablement') ? null : { pages: 'read' }),
  'actions/upload-pages-artifact': NOTHING,
  'actions/deploy-pages': { pages: 'write', 'id-token': 'write' },
  'actions/attest': attests,
  'actions/attest-build-provenance': attests,
  'actions/attest-sbom': attests,
  'actions/create-release': { contents: 'write' },
  'actions/dependency-review-action': { contents: 'read' },
  'actions/labeler': { contents: 'read', 'pull-requests': 'write' },
  'actions/stale': { issues: 'write', 'pull-requests': 'write' },
  'actions/upload-release-asset': { contents: 'write' },
  'actions-rust-lang/setup-rust-toolchain': NOTHING,
  'appleboy/scp-action': NOTHING,
  'appleboy/ssh-action': NOTHING,
  'aquasecurity/trivy-action': NOTHING,
  'astral-sh/setup-uv': NOTHING,
  'aws-actions/configure-aws-credentials': (step) =>
    inputOf(step, 'role-to-assume') ? { 'id-token': 'write' } : NOTHING,
  'aws-actions/amazon-ecr-login': NOTHING,
  'aws-actions/amazon-ecs-render-task-definition': NOTHING,
  'aws-actions/amazon-ecs-deploy-task-definition': NOTHING,
  'azure/login': (step) => (inputOf(step, 'creds') ? NOTHING : { 'id-token': 'write' }),
  'azure/webapps-deploy': NOTHING,
  'azure/functions-action': NOTHING,
  'azure/k8s-set-context': NOTHING,
  'azure/aks-set-context': NOTHING,
  'azure/setup-kubectl': NOTHING,
  'azure/setup-helm': NOTHING,
  'docker/setup-buildx-action': NOTHING,
  'docker/setup-qemu-action': NOTHING,
  'docker/metadata-action': NOTHING,
  'docker/login-action': (step) =>
    step.env.some(isDockerConnection)
      ? { 'id-token': 'write' }
      : inputOf(step, 'registry')?.value.text.trim() === 'ghcr.io'
        ? { packages: 'write' }
        : NOTHING,
  'codecov/codecov-action': (step) => (inputOf(step, 'use_oidc') ? { 'id-token': 'write' } : NOTHING),
  'denoland/setup-deno': NOTHING,
  'docker/bake-action': { contents: 'read' },
  'docker/build-push-action': { contents: 'read' },
  'dorny/test-reporter': { contents: 'read', actions: 'read', checks: 'write' },
  'dtolnay/rust-toolchain': NOTHING,
  'erlef/setup-beam': NOTHING,
  'github/codeql-action/init': { 'security-events': 'write', actions: 'read', contents: 'read' },
  'github/codeql-action/autobuild': NOTHING,
  'github/codeql-action/analyze': { 'security-events': 'write', actions: 'read', contents: 'read' },
  'github/codeql-action/upload-sarif': { 'security-events': 'write', actions: 'read' },
  'google-github-actions/auth': (step) =>
    inputOf(step, 'workload_identity_provider') ? { 'id-token': 'write' } : NOTHING,
  'google-github-actions/setup-gcloud': NOTHING,
  'google-github-actions/deploy-cloudrun': NOTHING,
  'google-github-actions/get-gke-credentials': NOTHING,
  'hashicorp/setup-terraform': NOTHING,
  'googleapis/release-please-action': { contents: 'write', 'pull-requests': 'write' },
  'gradle/actions/wrapper-validation': NOTHING,
  'gradle/actions/setup-gradle': (step) => (inputOf(step, 'dependency-graph') ? null : NOTHING),
  'jamesives/github-pages-deploy-action': (step) =>
    inputOf(step, 'repository-name') ? null : { contents: 'write' },
  'marocchino/sticky-pull-request-comment': { 'pull-requests': 'write' },
  'ncipollo/release-action': (step) => (inputOf(step, 'discussioncategory') ? null : { contents: 'write' }),
  'opentofu/setup-opentofu': NOTHING,
  'ossf/scorecard-action': { contents: 'read', 'security-events': 'write', 'id-token': 'write' },
  'oven-sh/setup-bun': NOTHING,
  'peter-evans/create-pull-request': { contents: 'write', 'pull-requests': 'write' },
  'pnpm/action-setup': NOTHING,
  'pypa/gh-action-pypi-publish': (step) => (inputOf(step, 'password') ? NOTHING : { 'id-token': 'write' }),
  'ruby/setup-ruby': NOTHING,
  'rust-lang/crates-io-auth-action': { 'id-token': 'write' },
  'shivammathur/setup-php': NOTHING,
  'sigstore/cosign-installer': NOTHING,
  'slackapi/slack-github-action': NOTHING,
  'softprops/action-gh-release': (step) =>
    inputOf(step, 'discussion_category_name') ? null : { contents: 'write' },
  'step-security/harden-runner': NOTHING,
  'superfly/flyctl-actions/setup-flyctl': NOTHING,
  'swatinem/rust-cache': NOTHING,
};

/** With it `docker/login-action` logs in to Docker Hub by OIDC. */
function isDockerConnection({ name }: NamedScalar): boolean {
  return name.value === 'DOCKERHUB_OIDC_CONNECTIONID';
}

function attests(step: Step): Scopes | null {
  return inputOf(step, 'push-to-registry') ? null : { attestations: 'write', 'id-token': 'write' };
}

/** Programs that never speak to GitHub with a token that nobody handed them. */
const QUIET_PROGRAMS = new Set([
  '[', '[[', 'aws', 'az', 'bundle', 'cargo', 'cat', 'cd', 'chmod', 'cp', 'curl', 'docker', 'dotnet', 'echo', 'exit',
  'export', 'flyctl', 'gcloud', 'go', 'grep', 'gzip', 'head', 'helm', 'jq', 'kubectl', 'kustomize', 'ls', 'mkdir',
  'mv', 'mvn', 'pip', 'pip3', 'printf', 'pytest', 'rm', 'ruff', 'sed', 'set', 'sleep', 'tail', 'tar', 'tee',
  'terraform', 'test', 'tofu', 'true', 'unzip', 'wait', 'zip',
]); // prettier-ignore

/** Package managers are quiet for these only: a script of the repository's own may push. */
const QUIET_PACKAGE_COMMANDS =
  /^(npm|pnpm|yarn)(\.cmd)? (ci|install|i|test|t|audit|(run )?(lint|test|build|typecheck|format)(:[\w-]+)?)$/;

/** What a job's own steps need of the token. A job that calls a workflow is not sure: the callee decides. */
export function needsOfToken(facts: JobFacts): JobNeeds {
  const { job, workflow } = facts;
  const needed = new Map<string, 'read' | 'write'>();
  let isSure =
    job.uses === null &&
    job.steps.length > 0 &&
    !handsTokenOn(workflow.env) &&
    !handsTokenOn(job.env) &&
    !pullsWithToken(facts) &&
    ![...workflow.env, ...job.env].some(isDockerConnection);
  for (const step of job.steps) {
    const scopes = scopesOf(step, facts.commands);
    if (!scopes) isSure = false;
    for (const [scope, access] of Object.entries(scopes ?? {})) {
      if (access === 'write' || !needed.has(scope)) needed.set(scope, access);
    }
  }
  return { needed, isSure };
}

/** Null where nothing is known of what the step does with the token. */
function scopesOf(step: Step, commands: readonly StepCommand[]): Scopes | null {
  if (step.uses) {
    const action = actionOf(step) ?? '';
    const scopes = scopesOfAction(step);
    // A token that is handed in by hand does what a person meant it to do, which the table cannot know.
    const handsOn = handsTokenOn(step.env) || (action !== 'docker/login-action' && handsTokenOn(step.with));
    return handsOn ? null : scopes;
  }
  if (!step.run || /GITHUB_TOKEN|GH_TOKEN|github\.token|ACTIONS_ID_TOKEN|\bgit\s+push\b/.test(step.run.text))
    return null;
  if (handsTokenOn(step.env)) return null;
  const own = commands.filter((command) => command.step === step);
  if (own.length === 0) return null;
  return own.every(isQuiet) ? NOTHING : null;
}

function isQuiet(command: StepCommand): boolean {
  const program = command.words[0] ?? '';
  return QUIET_PROGRAMS.has(program) || QUIET_PACKAGE_COMMANDS.test(command.words.join(' '));
}

/** Whether a step's action is known to ask for an OIDC token, or not to; null where nothing is known of it. */
export function needsIdToken(step: Step): boolean | null {
  const scopes = scopesOfAction(step);
  return scopes && scopes['id-token'] === 'write';
}

function scopesOfAction(step: Step): Scopes | null {
  const action = actionOf(step) ?? '';
  const entry = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : null;
  return typeof entry === 'function' ? entry(step) : (entry ?? null);
}

/** The input of a step by name, compared as GitHub does, without case; null where there is none. */
export function inputOf(step: Step, name: string): NamedScalar | null {
  return step.with.find((input) => input.name.value.toLowerCase() === name) ?? null;
}

function handsTokenOn(entries: Job['env']): boolean {
  return entries.some((entry) => TOKEN.test(entry.value.text));
}

const TOKEN = /secrets\s*(\.\s*GITHUB_TOKEN|\[\s*'GITHUB_TOKEN')|github\s*\.\s*token/i;

/** The images of the job's own containers are pulled with the token, which then needs `packages`. */
function pullsWithToken({ job, workflow }: JobFacts): boolean {
  return ['container', 'services'].some((key) => {
    const value = valueOf(job.body, key);
    return value !== null && TOKEN.test(workflow.text.slice(value.span.start, value.span.end));
  });
}

/**
 * What a job needs of the token, called workflows of the repository looked into: their jobs need what they use, and
 * what their own `permissions` ask for, since a call does not start under a caller that leaves less.
 */
export function needsThroughCalls(set: WorkflowSet, facts: JobFacts, depth = 0): JobNeeds {
  const { calls } = facts;
  if (!calls || depth > MAX_CALL_DEPTH) return needsOfToken(facts);
  const needed = new Map<string, 'read' | 'write'>();
  const add = (scope: string, access: string): void => {
    if (access === 'write' || (access === 'read' && !needed.has(scope))) needed.set(scope, access);
  };
  let isSure = true;
  for (const inner of set.jobs.filter((other) => other.workflow === calls)) {
    const block = inner.job.permissions ?? calls.permissions;
    if (block?.kind === 'scopes')
      for (const { scope, access } of block.entries) add(scope.value, access.value);
    if (block) {
      isSure &&= block.kind === 'scopes';
      continue;
    }
    const own = needsThroughCalls(set, inner, depth + 1);
    for (const [scope, access] of own.needed) add(scope, access);
    isSure &&= own.isSure;
  }
  return { needed, isSure };
}

/** Calls within calls are followed so far; GitHub allows ten levels. */
const MAX_CALL_DEPTH = 10;
