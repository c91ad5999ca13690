import type { TextEdit } from '../../text/edit';
import { insertStep, setEntry, type NewYaml } from '../../workflow/edit';
import type { Located } from '../../text/position';
import { actionOf } from '../../workflow/credential-uses';
import type { Step, Workflow } from '../../workflow/model';
import { nameWords } from '../../workflow/purposes/names';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import {
  callChainsOf,
  chainedTo,
  descendantsOf,
  evidenceOf,
  listed,
  productionPathOf,
  quoted,
  startsByItself,
  whyItDeploys,
} from './production-path';
import { accessIn, blockOf, scopesIn } from './token-permissions';

/** Words of an action's or called workflow's name that tell somebody, though nothing more is known of it. */
const TELLING = [
  'notify', 'notification', 'notifications', 'notifier', 'slack', 'teams', 'discord', 'telegram', 'mattermost', 'alert',
  'alerts', 'pagerduty', 'opsgenie', 'mail', 'email', 'sendgrid', 'webhook', 'incident', 'issue',
]; // prettier-ignore

/** A condition that is true also where something failed; without one of these a job or step waits for success. */
const ON_FAILURE = /\b(always|failure)\s*\(|!\s*(cancelled|success)\s*\(/i;

/** A step may ask for the outcome of one that was allowed to fail. */
const ASKS_OUTCOME = /\boutcome\s*(==\s*'failure'|!=\s*'success')/i;

/**
 * A failed deployment to production tells nobody.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'silent-failure',
  title: 'A failed deployment tells nobody',
  severity: 'info',
  why: 'Production may be half deployed, and GitHub writes only to whoever started the run, if they let it: nobody on call hears of it.',
  check(set) {
    const groups = new Map<Workflow, JobFacts[]>();
    for (const facts of productionPathOf(set).production) {
      if (tells(set, facts)) continue;
      groups.set(facts.workflow, [...(groups.get(facts.workflow) ?? []), facts]);
    }
    return [...groups].flatMap(([workflow, jobs]) => {
      const [first] = jobs;
      return first ? [finding(workflow, first, jobs)] : [];
    });
  },
};

function finding(workflow: Workflow, first: JobFacts, jobs: readonly JobFacts[]): RuleFinding {
  const fix = fixOf(workflow, jobs);
  return {
    path: workflow.path,
    span: first.job.id.span,
    status: 'fail',
    message: `Where the deployment in ${listed(jobs.map(({ job }) => job.id.value))} fails, nothing tells anybody: add a step or job with \`if: failure()\` that writes to those on call`,
    evidence: whyItDeploys(first),
    ...(fix ? { fix } : {}),
  };
}

/** Something that runs where the deployment failed, in its job or behind it, tells somebody. */
function tells(set: WorkflowSet, facts: JobFacts): boolean {
  const runs = (condition: string): boolean => ON_FAILURE.test(condition) || ASKS_OUTCOME.test(condition);
  if (facts.job.steps.some((step) => runs(step.condition?.value ?? '') && tellsBy(facts, step))) return true;
  return callChainsOf(set, facts).some((chain) =>
    chain.some((link) => {
      const behind = descendantsOf(set, link).filter((later) =>
        ON_FAILURE.test(later.job.condition?.value ?? ''),
      );
      const chained = chainedTo(set, link.workflow).flatMap((workflow) =>
        set.jobs.filter((later) => later.workflow === workflow && mayFollowFailure(later.job.condition)),
      );
      return [...behind, ...chained].some(
        (later) =>
          evidenceOf(later, 'notify').length > 0 ||
          isCalledSo(later) ||
          later.job.steps.some((step) => tellsBy(later, step)),
      );
    }),
  );
}

/** A workflow that follows runs whatever became of the one before, unless it asks for success. */
function mayFollowFailure(condition: Located<string> | null): boolean {
  return condition === null || !/conclusion\s*==\s*'success'/.test(condition.value);
}

function tellsBy(facts: JobFacts, step: Step): boolean {
  if (evidenceOf(facts, 'notify').some(({ stepIndex }) => stepIndex === step.index)) return true;
  const action = actionOf(step);
  return action !== null && nameWords(action).some((word) => TELLING.includes(word));
}

function isCalledSo({ job }: JobFacts): boolean {
  return job.uses !== null && nameWords(job.uses.value).some((word) => TELLING.includes(word));
}

/**
 * A step that opens an issue with the run's own token, where the permissions that it needs can be told: a called
 * workflow has those of its callers, and a job without any has the repository's default.
 */
function fixOf(workflow: Workflow, jobs: readonly JobFacts[]): Fix | null {
  if (!startsByItself(workflow)) return null;
  if (workflow.triggers.some(({ event }) => event === 'workflow_call')) return null;
  const edits: TextEdit[] = [];
  for (const facts of jobs) {
    const { job } = facts;
    if (!hasGitHubCli(facts)) return null;
    const permissions = permissionEdits(facts);
    const step: NewYaml = {
      name: 'Tell that the deployment failed',
      if: 'failure()',
      env: { GH_TOKEN: '${{ github.token }}' },
      run: [
        'gh issue create --repo "$GITHUB_REPOSITORY" \\',
        `  --title "Deployment failed: $GITHUB_WORKFLOW, ${job.id.value}" \\`,
        '  --body "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"',
        '',
      ].join('\n'),
    };
    const inserted = insertStep(workflow.text, job, job.steps.length, step);
    if (!permissions || !inserted.ok) return null;
    edits.push(...permissions, ...inserted.edits);
  }
  return {
    kind: 'proposed',
    title: `Open an issue where ${jobs.length === 1 && jobs[0] ? quoted(jobs[0].job) : 'a deployment'} fails`,
    edits: [{ path: workflow.path, edits }],
  };
}

/** GitHub's own Linux and macOS machines have `gh`; containers and machines of one's own may not. */
function hasGitHubCli({ job }: JobFacts): boolean {
  const { runsOn } = job;
  return (
    runsOn?.kind === 'scalar' &&
    /^(ubuntu|macos)-/.test(runsOn.text) &&
    valueOf(job.body, 'container') === null
  );
}

/** `issues: write` beside what the job has; null where what it has is not written down scope by scope. */
function permissionEdits(facts: JobFacts): readonly TextEdit[] | null {
  const { job, workflow } = facts;
  const block = blockOf(facts);
  const scopes = block ? scopesIn(block) : null;
  if (!block || !scopes) return null;
  if (accessIn(block, 'issues') === 'write') return [];
  const own = valueOf(job.body, 'permissions');
  const result =
    own?.kind === 'map' && own.entries.length > 0
      ? setEntry(workflow.text, own, 'issues', 'write')
      : setEntry(
          workflow.text,
          job.body,
          'permissions',
          { ...scopes, issues: 'write' },
          { after: ['name', 'needs', 'if', 'runs-on'] },
        );
  return result.ok ? result.edits : null;
}
