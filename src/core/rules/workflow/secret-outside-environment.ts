import { setEntry } from '../../workflow/edit';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { Fix, GateFacts, RuleFinding, WorkflowRule } from '../rule';
import { isApprovedBefore } from './approvals';
import { deployCredentials } from './job-credentials';
import { hasPurpose, listed, onlyRollsBack, quoted } from './production-path';

/** The environment that a fix proposes for a job that publishes. */
const RELEASE = 'release';

/** How many places a finding shows. */
const MAX_PLACES = 4;

/**
 * A secret that deploys or publishes is used in a job without an environment.
 * https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments#environment-secrets
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'secret-outside-environment',
  title: 'A deployment secret is used outside an environment',
  severity: 'warn',
  why: "A secret of the repository can be read by any workflow on any branch that somebody can push; an environment's secret only after its reviewers and its branch policy let the job through.",
  check(set, gate) {
    return set.jobs.flatMap((facts) => judge(set, gate, facts));
  },
};

function judge(set: WorkflowSet, gate: GateFacts, facts: JobFacts): RuleFinding[] {
  const { job, workflow, target } = facts;
  if (job.environment || job.uses || target?.kind === 'non-production') return [];
  // What only takes a preview away, or logs in, publishes nothing.
  if (!target && !hasPurpose(facts, 'publish') && !hasPurpose(facts, 'package')) return [];
  const credentials = deployCredentials(set, facts);
  const [first] = credentials;
  if (!first) return [];
  const others = credentials.filter(({ span }) => span.start !== first.span.start);
  const isProduction = target?.kind === 'production';
  // Without an approval before it that it has no environment is a finding already, and the same edit mends both.
  if (isProduction && !onlyRollsBack(facts) && !isApprovedBefore(set, facts, gate)) return [];
  const fix = target === null ? fixOf(facts, RELEASE) : isProduction ? fixOf(facts, 'production') : null;
  const names = listed(credentials.map(({ secret }) => secret));
  return [
    {
      path: workflow.path,
      span: first.span,
      status: 'fail',
      message: `${quoted(job)} ${target ? 'deploys' : 'publishes'} with ${names} and has no environment, so any workflow on any branch can use ${credentials.length > 1 ? 'them' : 'it'}: name an \`environment\` and keep ${credentials.length > 1 ? 'the secrets' : 'the secret'} there`,
      ...(others.length > 0
        ? {
            evidence: others.slice(0, MAX_PLACES).map(({ message, span }) => ({
              message: `and here it ${message}`,
              path: workflow.path,
              span,
            })),
          }
        : {}),
      ...(fix ? { fix } : {}),
    },
  ];
}

function fixOf({ job, workflow }: JobFacts, name: string): Fix | null {
  const edits = setEntry(workflow.text, job.body, 'environment', name, {
    after: ['name', 'needs', 'if', 'runs-on'],
  });
  return edits.ok
    ? {
        kind: 'proposed',
        title: `Name the environment ${name}`,
        edits: [{ path: workflow.path, edits: edits.edits }],
        reveals: true,
      }
    : null;
}
