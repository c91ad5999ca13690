import {
  findStaticCredentials,
  type Cloud,
  type Provider,
  type StaticCredential,
} from '../../workflow/credential-uses';
import { remembered } from '../../text/remember';
import type { Job, NamedScalar, Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { secureWorkflow, type WorkflowMeaning } from '../../pipeline/oidc/secure-workflow';
import { editsBetween } from '../../text/difference';
import { readWorkflow } from '../../workflow/read';
import type { Fix, GateFacts, RuleFinding } from '../rule';
import { needsOfToken } from './action-permissions';
import { callersOf, productionPathOf, severityAt, startsByItself } from './production-path';

/** Storage that speaks S3 but is not AWS has no OIDC login of AWS. */
const OTHER_STORE =
  /\b(R2|MINIO|SPACES|DO|WASABI|B2|BACKBLAZE|CLOUDFLARE|DIGITALOCEAN|SCALEWAY|SCW|HETZNER|LOCALSTACK|OVH|LINODE)_/i;

/** Names, of variables or inputs, that send AWS tools to another provider or make the key a temporary one. */
const NOT_A_STATIC_AWS_KEY =
  /^(AWS_ENDPOINT_URL(_\w+)?|S3_ENDPOINT(_URL)?|ENDPOINT(-URL)?|AWS_SESSION_TOKEN|AWS-SESSION-TOKEN)$/i;

/**
 * The findings of the rule for one cloud: one for each job that uses a static credential, at its first use with the
 * others as evidence; one for the workflow where the credential stands in the workflow's own `env`.
 *
 * @param remedy Completes "…: ", imperative.
 */
export function staticCredentialFindings(
  set: WorkflowSet,
  gate: GateFacts,
  cloud: Cloud,
  name: string,
  remedy: string,
): readonly RuleFinding[] {
  return set.workflows.flatMap((workflow) => {
    const path = productionPathOf(set);
    const jobs = set.jobsOf(workflow);
    const uses = credentialsIn(jobs).filter((use) => use.cloud === cloud);
    const byJob = new Map<Job | null, StaticCredential[]>();
    for (const use of uses) byJob.set(use.job, [...(byJob.get(use.job) ?? []), use]);
    return [...byJob].flatMap(([job, own]) => {
      const [first, ...others] = own;
      const facts = job
        ? jobs.find((candidate) => candidate.job === job)
        : (jobs.find((candidate) => path.isOnTheWay(candidate)) ?? jobs[0]);
      if (!first || !facts) return [];
      return [
        {
          path: workflow.path,
          span: first.span,
          status: 'fail' as const,
          severity: severityAt(path, facts),
          message: `${job ? `"${job.id.value}"` : 'This workflow'} ${first.message}, ${name} that does not expire: ${remedyFor(first, remedy)}`,
          ...(others.length > 0
            ? {
                evidence: others.slice(0, 5).map((use) => ({
                  message: `and here it ${use.message}`,
                  path: workflow.path,
                  span: use.span,
                })),
              }
            : {}),
          ...loginFix(set, gate, workflow, cloud, job),
        },
      ];
    });
  });
}

/** Of all clouds, since each asks for its own; the jobs are all those of one workflow. */
const credentialsIn = remembered((jobs: readonly JobFacts[]): readonly StaticCredential[] => {
  const workflow = jobs[0]?.workflow;
  if (!workflow) return [];
  const byJob = new Map(jobs.map((facts) => [facts.job, facts.commands]));
  return findStaticCredentials(workflow, (job) => byJob.get(job) ?? []).filter(
    (use) => !isOtherProvider(workflow, use),
  );
});

/** What a login is called in the title of its fix. */
const CLOUD_NAMES: Readonly<Record<Cloud, string>> = { aws: 'AWS', azure: 'Azure', google: 'Google Cloud' };

/** Fixes of workflows that were read once: a check asks again at every keystroke elsewhere. */
const loginFixes = remembered((_workflow: Workflow) => new Map<string, Fix | null>());

/**
 * The OIDC login in the place of a job's credential, or of the workflow's own, as /secure-cloud-auth-with-oidc writes
 * it. None where something of it would stay, where callers would have to grant the token as well, and where no
 * environment bounds the login: the cloud's trust could then not require the approval.
 */
function loginFix(
  set: WorkflowSet,
  gate: GateFacts,
  workflow: Workflow,
  cloud: Cloud,
  job: Job | null,
): { readonly fix?: Fix } {
  const { understand } = gate;
  if (!understand || !startsByItself(workflow) || callersOf(set, workflow).length > 0) return {};
  const known = loginFixes(workflow);
  const key = JSON.stringify([cloud, job?.id.value ?? null]);
  let fix = known.get(key);
  if (fix === undefined) known.set(key, (fix = makeLoginFix(understand, workflow, cloud, job)));
  return fix ? { fix } : {};
}

function makeLoginFix(
  understand: NonNullable<GateFacts['understand']>,
  workflow: Workflow,
  cloud: Cloud,
  job: Job | null,
): Fix | null {
  const secured = secureWorkflow(
    workflow.path,
    workflow.text,
    (path, text) => meaningOf(understand, readWorkflow(path, text)),
    (use, read) => use.cloud === cloud && use.job?.id.value === job?.id.value && !isOtherProvider(read, use),
  );
  const isBound = secured.logins.every(({ job: id }) =>
    workflow.jobs.some((other) => other.id.value === id && other.environment !== null),
  );
  if (secured.logins.length === 0 || secured.left.length > 0 || !isBound) return null;
  return {
    kind: 'proposed',
    title: `Log in to ${CLOUD_NAMES[cloud]} by OIDC (the cloud must trust it first: /secure-cloud-auth-with-oidc says how)`,
    edits: [{ path: workflow.path, edits: editsBetween(workflow.text, secured.after) }],
  };
}

function meaningOf(understand: NonNullable<GateFacts['understand']>, workflow: Workflow): WorkflowMeaning {
  const set = understand([workflow]);
  return {
    workflow,
    commandsOf: (job) => set.factsOf(workflow, job.id.value)?.commands ?? [],
    needsOf: (job) => {
      const facts = set.factsOf(workflow, job.id.value);
      return facts ? needsOfToken(facts) : { needed: new Map(), isSure: false };
    },
  };
}

/** What the form of a credential asks for before the remedy of its cloud can be had. */
function remedyFor(use: StaticCredential, remedy: string): string {
  switch (use.form) {
    case 'publish-profile':
      return `log in with "azure/login" by OIDC before this step and leave the profile out; ${remedy}`;
    case 'key-file':
      // What else reads the file only a person can tell: no task writes this one.
      return `take out the lines that write it, and ${remedy.replace(/ \(\/secure-cloud-auth-with-oidc[^)]*\)/, '')}`;
    case 'other-input':
    case 'login-input':
    case 'setup-input':
    case 'environment':
    case 'terraform-environment':
    case 'command':
    case 'terraform-variable':
    case 'registry-input':
    case 'registry-command':
    case 'publish-input':
    case 'publish-environment':
      return remedy;
  }
}

function isOtherProvider(workflow: Workflow, use: StaticCredential<Provider>): boolean {
  if (use.cloud !== 'aws') return false;
  if (use.secrets.length > 0 && use.secrets.every((secret) => OTHER_STORE.test(secret))) return true;
  const env: readonly NamedScalar[] = [...(use.step?.env ?? []), ...(use.job?.env ?? []), ...workflow.env];
  const around = use.form === 'environment' ? env : [...env, ...(use.step?.with ?? [])];
  return around.some((entry) => NOT_A_STATIC_AWS_KEY.test(entry.name.value));
}
