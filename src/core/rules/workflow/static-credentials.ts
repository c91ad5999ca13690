import { findStaticCredentials, type Cloud, type StaticCredential } from '../../workflow/credential-uses';
import { remembered } from '../../text/remember';
import type { Job, NamedScalar, Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding } from '../rule';
import { productionPathOf, severityAt } from './production-path';

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

/** What the form of a credential asks for before the remedy of its cloud can be had. */
function remedyFor(use: StaticCredential, remedy: string): string {
  switch (use.form) {
    case 'publish-profile':
      return `log in with "azure/login" by OIDC before this step and leave the profile out; ${remedy}`;
    case 'other-input':
    case 'login-input':
    case 'setup-input':
    case 'environment':
    case 'terraform-environment':
    case 'command':
      return remedy;
  }
}

function isOtherProvider(workflow: Workflow, use: StaticCredential): boolean {
  if (use.cloud !== 'aws') return false;
  if (use.secrets.length > 0 && use.secrets.every((secret) => OTHER_STORE.test(secret))) return true;
  const env: readonly NamedScalar[] = [...(use.step?.env ?? []), ...(use.job?.env ?? []), ...workflow.env];
  const around = use.form === 'environment' ? env : [...env, ...(use.step?.with ?? [])];
  return around.some((entry) => NOT_A_STATIC_AWS_KEY.test(entry.name.value));
}
