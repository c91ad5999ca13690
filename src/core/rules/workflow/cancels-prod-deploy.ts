import type { Concurrency } from '../../workflow/model';
import type { JobFacts } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import { replaceScalar, setEntry } from '../../workflow/edit';
import type { Fix, GateFacts, RuleFinding, WorkflowRule } from '../rule';
import {
  environmentIn,
  groupsOver,
  isSurelyTrue,
  keyIn,
  mayRun,
  runsOf,
  type DeployRun,
} from './deploy-runs';
import { kindOfEnvironment } from './environment-names';
import { callChainsOf, expressionIn, listed, productionPathOf, type CallChain } from './production-path';

/**
 * A newer run cancels a production deployment that is under way.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#concurrency
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'cancels-prod-deploy',
  title: 'A newer run cancels a deployment that is under way',
  severity: 'block',
  why: 'A deployment that is cancelled half-way leaves part of the old version and part of the new one, and its checks and rollback do not run.',
  check(set, gate) {
    const path = productionPathOf(set);
    const places = new Map<string, Place>();
    for (const facts of [...path.production, ...path.unknownTarget]) {
      for (const chain of callChainsOf(set, facts)) {
        for (const group of groupsOver(chain)) {
          const { concurrency, facts: owner, isOfJob } = group;
          if (!concurrency.cancelInProgress || !cancels(gate, chain, group)) continue;
          const key = `${owner.workflow.path}:${concurrency.span.start}`;
          const place = places.get(key) ?? { concurrency, owner, isOfJob, jobs: [] };
          if (!place.jobs.includes(facts)) place.jobs.push(facts);
          places.set(key, place);
        }
      }
    }
    return [...places.values()].map(finding);
  },
};

interface Place {
  readonly concurrency: Concurrency;
  readonly owner: JobFacts;
  readonly isOfJob: boolean;
  readonly jobs: JobFacts[];
}

/**
 * Whether some run cancels one that deploys: both have the same key, and the newer one's `cancel-in-progress` is true.
 * A group of a job is entered by runs in which that job may start, one of a workflow by every run. A key that no other
 * run shares cancels nothing. What a person ticks when starting a run is that person's decision, a rollback for one.
 */
function cancels(gate: GateFacts, chain: CallChain, group: ReturnType<typeof groupsOver>[number]): boolean {
  const { concurrency, index, isOfJob } = group;
  const value = concurrency.cancelInProgress?.value ?? '';
  const asksInputs = /\binputs\b/i.test(value);
  const runs = runsOf(chain);
  const deploying = runs.filter((run) => mayRun(run, chain) && mayBeProduction(gate, chain, run));
  const newcomers = runs.filter(
    (run) =>
      mayRun(run, chain, isOfJob ? index : chain.length) &&
      !(asksInputs && run.event === 'workflow_dispatch') &&
      isSurelyTrue(value, run, chain, index),
  );
  return deploying.some((run) => {
    const key = keyIn(concurrency, run, 1, chain, index);
    return newcomers.some((newer) => keyIn(concurrency, newer, 2, chain, index) === key);
  });
}

/** A run may name another environment than the ones that make the job one of production's. */
function mayBeProduction(gate: GateFacts, chain: CallChain, run: DeployRun): boolean {
  return kindOfEnvironment(environmentIn(chain[0].job, run, chain), gate) !== 'non-production';
}

function finding({ concurrency, owner, isOfJob, jobs }: Place): RuleFinding {
  const { workflow } = owner;
  const isProduction = jobs.some((facts) => facts.target?.kind === 'production');
  const names = listed(jobs.map((facts) => facts.job.id.value));
  const value = concurrency.cancelInProgress;
  const fix = fixOf(owner, concurrency, isOfJob);
  return {
    path: workflow.path,
    span: value?.span ?? concurrency.span,
    status: 'fail',
    severity: isProduction ? 'block' : 'warn',
    message: `\`cancel-in-progress: ${value?.value ?? ''}\` lets a newer run cancel the deployment in ${names} half-way: set it to false where the run deploys`,
    evidence: jobs.slice(0, 3).map((facts) => ({
      message: `"${facts.job.id.value}" deploys under this group`,
      path: facts.workflow.path,
      span: facts.job.id.span,
    })),
    ...(fix ? { fix } : {}),
  };
}

function fixOf(owner: JobFacts, concurrency: Concurrency, isOfJob: boolean): Fix | null {
  const holder = isOfJob
    ? valueOf(owner.job.body, 'concurrency')
    : valueOf(owner.workflow.tree.root, 'concurrency');
  const scalar = valueOf(holder, 'cancel-in-progress');
  if (scalar?.kind !== 'scalar' || scalar.span.start !== concurrency.cancelInProgress?.span.start)
    return null;
  const result = replaceScalar(owner.workflow.text, scalar, 'false');
  if (!result.ok) return null;
  // Without a queue a newer run takes the place of the one that waits.
  const queue =
    holder?.kind === 'map' && !concurrency.queue
      ? setEntry(owner.workflow.text, holder, 'queue', 'max', { after: ['cancel-in-progress'] })
      : null;
  // A group of a whole workflow may also be there to stop stale runs of pull requests or of other branches: that is for
  // a person to weigh.
  const servesOthers =
    !isOfJob &&
    (expressionIn(scalar.text) !== null ||
      owner.workflow.triggers.some((trigger) => trigger.event.startsWith('pull_request')));
  return {
    kind: servesOthers ? 'proposed' : 'safe',
    title: 'Let a deployment that is under way finish, and newer ones wait',
    edits: [{ path: owner.workflow.path, edits: [...result.edits, ...(queue?.ok ? queue.edits : [])] }],
  };
}
