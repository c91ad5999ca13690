import { setEntry } from '../../workflow/edit';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { Fix, GateFacts, RuleFinding, WorkflowRule } from '../rule';
import { oidcUsesOf, type OidcUse } from './oidc-uses';
import { rule as prodWithoutEnvironment } from './prod-without-environment';
import { hasPurpose, quoted } from './production-path';

/**
 * A job that changes something outside logs in by OIDC and has no environment: the subject of its token then names a
 * branch or tag only, so the other side cannot ask for the approval.
 * https://docs.github.com/actions/reference/security/oidc#example-subject-claims
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'oidc-without-environment',
  title: 'An OIDC login that no environment bounds',
  severity: 'warn',
  why: 'The other side can ask for the environment in the token, and with it for the reviewers; without one it can only ask for a branch, so whoever can push to it can log in.',
  check(set, gate) {
    const candidates = set.jobs.flatMap((facts) => {
      const use = loginWithoutEnvironment(set, facts);
      return use ? [{ facts, use }] : [];
    });
    if (candidates.length === 0) return [];
    const told = toldAlready(set, gate);
    return candidates.flatMap(({ facts, use }) => (told(facts) ? [] : [finding(set, facts, use)]));
  },
};

function loginWithoutEnvironment(set: WorkflowSet, facts: JobFacts): OidcUse | null {
  if (facts.job.environment || !changesSomething(facts) || startsForPullRequestsOnly(facts)) return null;
  return oidcUsesOf(set, facts).find((use) => use.kind === 'login') ?? null;
}

/**
 * A job that only builds, reads or tests is no business of an approval; where nothing says what a deployment's target
 * is, deploy-target-unknown asks for the environment.
 */
function changesSomething(facts: JobFacts): boolean {
  return facts.target ? facts.target.kind !== 'unknown' : hasPurpose(facts, 'publish');
}

/** The token of such a run says `pull_request`, and never a branch. */
function startsForPullRequestsOnly({ workflow }: JobFacts): boolean {
  return workflow.triggers.length > 0 && workflow.triggers.every(({ event }) => event === 'pull_request');
}

/** A production deployment without an environment is one fault with a rule of its own (Definition 20). */
function toldAlready(set: WorkflowSet, gate: GateFacts): (facts: JobFacts) => boolean {
  const told = new Set(
    prodWithoutEnvironment.check(set, gate).map(({ path, span }) => `${path} ${span?.start ?? -1}`),
  );
  return ({ workflow, job }) => told.has(`${workflow.path} ${job.id.span.start}`);
}

function finding(set: WorkflowSet, facts: JobFacts, use: OidcUse): RuleFinding {
  const { job, workflow } = facts;
  const approval = set
    .ancestorsOf(facts)
    .find((earlier) => earlier.job.environment && !earlier.job.environment.name.value.includes('${{'));
  const said = approval
    ? `, and the environment of ${quoted(approval.job)} is not in its token`
    : ', so its token names a branch or tag only';
  const fix = environmentFix(facts, approval ?? null);
  return {
    path: workflow.path,
    span: use.span,
    status: 'fail',
    message: `${quoted(job)} ${use.message} to log in to ${use.service} and has no environment${said}: name one, and let ${use.service} trust the subject \`repo:OWNER/REPO:environment:NAME\` alone`,
    ...(approval?.job.environment
      ? {
          evidence: [
            {
              message: 'the approval is asked for here',
              path: approval.workflow.path,
              span: approval.job.environment.name.span,
            },
          ],
        }
      : {}),
    ...(fix ? { fix } : {}),
  };
}

function environmentFix(facts: JobFacts, approval: JobFacts | null): Fix | null {
  const { job, workflow } = facts;
  const name =
    approval?.job.environment?.name.value ??
    (facts.target?.kind === 'non-production' ? 'staging' : 'release');
  const place = { after: ['name', 'needs', 'if', 'runs-on'] };
  const result = setEntry(workflow.text, job.body, 'environment', name, place);
  return result.ok
    ? {
        kind: 'proposed',
        title: `Name the environment ${name}; the trust has to name it first`,
        edits: [{ path: workflow.path, edits: result.edits }],
      }
    : null;
}
