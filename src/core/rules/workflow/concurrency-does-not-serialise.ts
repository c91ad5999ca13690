import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { setEntry } from '../../workflow/edit';
import { valueOf } from '../../workflow/yaml-tree';
import type { Fix, RuleFinding, WorkflowRule } from '../rule';
import { groupName, groupsOver } from './no-deploy-concurrency';
import { callChainsOf, onlyRollsBack, productionPathOf, quoted, type CallChain } from './production-path';

/** Parts of a key that differ from run to run: such a group never holds two runs. */
const PER_RUN =
  /\bgithub\s*\.\s*(run_id|run_number|run_attempt|sha)\b|\bgithub\.event\.(after|head_commit\.id)\b/i;

/** Parts of a key that differ from branch to branch or tag to tag. */
const PER_REF = /\bgithub\s*\.\s*(ref|ref_name|head_ref)\b/i;

/** A condition that lets one ref through only. */
const ONE_REF = /\bgithub\.ref(_name)?\s*==\s*'[^']+'|'[^']+'\s*==\s*github\.ref(_name)?\b/i;

/**
 * The key of the concurrency group differs between the runs that it should keep apart.
 * https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'concurrency-does-not-serialise',
  title: 'A concurrency group does not keep deployments apart',
  severity: 'warn',
  why: 'A group holds back only what has the same key; with the ref, commit or run in the key two deployments of one environment still race.',
  check(set) {
    const { production, deploying } = productionPathOf(set);
    // A rollback beside a deployment that it does not wait for races with it.
    const rollbacks = deploying.filter(
      (facts) => onlyRollsBack(facts) && facts.target?.kind !== 'non-production',
    );
    return [...production, ...rollbacks].flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): RuleFinding[] {
  for (const chain of callChainsOf(set, facts)) {
    const groups = groupsOver(chain);
    const [first] = groups;
    // Without any group it is another rule's finding.
    if (!first) continue;
    const loose = groups.map(({ concurrency }) => looseness(concurrency.group?.value ?? '', chain));
    const worst = loose[0];
    if (!worst || loose.some((reason) => reason === null)) continue;
    return [
      {
        path: first.facts.workflow.path,
        span: first.concurrency.group?.span ?? first.concurrency.span,
        status: 'fail',
        message: `The group "${first.concurrency.group?.value ?? ''}" does not keep ${onlyRollsBack(facts) ? `the rollback in ${quoted(facts.job)} and a deployment` : `two deployments in ${quoted(facts.job)}`} apart, since its key ${worst}: use one key for the environment, such as deploy-production`,
        ...(first.facts === facts
          ? {}
          : {
              evidence: [
                {
                  message: `"${facts.job.id.value}" ${onlyRollsBack(facts) ? 'rolls back' : 'deploys'} under this group`,
                  path: facts.workflow.path,
                  span: facts.job.id.span,
                },
              ],
            }),
        ...fixOf(facts),
      },
    ];
  }
  return [];
}

/**
 * One key for the environment: in the place of the job's own key, or as a group of the job under the workflow's, which
 * may be there to stop stale runs.
 */
function fixOf(facts: JobFacts): { readonly fix?: Fix } {
  const group = groupName(facts);
  if (group === null) return {};
  const { job, workflow } = facts;
  const own = valueOf(job.body, 'concurrency');
  const edits =
    own?.kind === 'map'
      ? setEntry(workflow.text, own, 'group', group)
      : setEntry(
          workflow.text,
          job.body,
          'concurrency',
          { group, 'cancel-in-progress': false, queue: 'max' },
          { after: ['name', 'needs', 'if', 'runs-on', 'environment'] },
        );
  if (!edits.ok) return {};
  return {
    fix: {
      kind: 'proposed',
      title: `Let deployments wait for one another in the group ${group}`,
      edits: [{ path: workflow.path, edits: edits.edits }],
    },
  };
}

/** Completes "its key …" where runs that deploy can have different keys; null where they cannot. */
function looseness(key: string, chain: CallChain): string | null {
  if (PER_RUN.test(key)) return 'holds the run or the commit, which no other run shares';
  if (!PER_REF.test(key)) return null;
  const conditions = chain.map((link) => link.job.condition?.value ?? '');
  if (conditions.some((condition) => ONE_REF.test(condition) && !condition.includes('||'))) return null;
  const outer = chain[chain.length - 1];
  return outer && startsFromSeveralRefs(outer.workflow) ? 'holds the ref, and several refs can deploy' : null;
}

/** Whether more than one branch or tag starts the workflow. What `workflow_run` starts has the default branch as its ref. */
function startsFromSeveralRefs(workflow: Workflow): boolean {
  const refs = workflow.triggers.flatMap((trigger): string[] => {
    switch (trigger.event) {
      case 'push': {
        const named = [...(trigger.branches ?? []), ...(trigger.tags ?? [])].map((pattern) => pattern.value);
        return named.length === 0 || named.some((pattern) => /[*?+[!]/.test(pattern)) ? ['a', 'b'] : named;
      }
      case 'release':
      case 'workflow_dispatch':
        return ['a', 'b'];
      default:
        return [];
    }
  });
  return new Set(refs).size > 1;
}
