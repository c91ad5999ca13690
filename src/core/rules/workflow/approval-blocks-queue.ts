import { setEntry, type EditResult } from '../../workflow/edit';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { FindingEvidence, Fix, GateFacts, RuleFinding, WorkflowRule } from '../rule';
import { approvalsBefore } from './approvals';
import { groupsOver, isSurelyTrue, keyIn, mayRun, runsOf } from './deploy-runs';
import { environmentKey } from './environment-names';
import { callChainsOf, listed, productionPathOf, quoted, type CallChain } from './production-path';

/**
 * A deployment waits for its approval while it holds a concurrency group.
 * https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'approval-blocks-queue',
  title: 'A deployment may wait for its approval in front of all later ones',
  severity: 'info',
  why: 'A run that waits for an approval holds its concurrency group for up to 30 days: later runs wait behind it, and of those that wait each newer one takes the place of the one before, so that releases vanish without a failure.',
  check(set, gate) {
    const places = new Map<string, Place>();
    for (const facts of productionPathOf(set).production) {
      for (const { waiting, group } of heldWhileWaiting(set, gate, facts)) {
        const key = `${group.facts.workflow.path}:${group.concurrency.span.start}`;
        const place = places.get(key) ?? { group, waiting: [] };
        if (!place.waiting.includes(waiting)) place.waiting.push(waiting);
        places.set(key, place);
      }
    }
    return [...places.values()].map(finding);
  },
};

type Group = ReturnType<typeof groupsOver>[number];

interface Place {
  readonly group: Group;
  readonly waiting: JobFacts[];
}

/**
 * The groups that are held while somebody is asked: at the deploying job's own environment, or, where it has none, at
 * the approval before it. An approval before it, of an environment of its own and outside the group, is the way to ask
 * without holding it.
 */
function heldWhileWaiting(
  set: WorkflowSet,
  gate: GateFacts,
  facts: JobFacts,
): readonly { readonly waiting: JobFacts; readonly group: Group }[] {
  const found: { readonly waiting: JobFacts; readonly group: Group }[] = [];
  for (const chain of callChainsOf(set, facts)) {
    const approvals = chain.flatMap((link, index) =>
      approvalsBefore(set, link, gate)
        .filter((approval) => set.canStartWithout(link, approval).kind === 'holds')
        .map((approval) => ({ approval, index })),
    );
    for (const group of groupsOver(chain)) {
      if (!canBlock(group, chain)) continue;
      const isOutside = (index: number): boolean =>
        group.index < index || (group.index === index && group.isOfJob);
      if (facts.job.environment) {
        const isAskedBefore = approvals.some(
          ({ approval, index }) => isOutside(index) && hasOtherEnvironment(approval, facts),
        );
        if (!isAskedBefore) found.push({ waiting: facts, group });
      } else {
        const inside = approvals.find(({ index }) => !isOutside(index));
        if (inside) found.push({ waiting: inside.approval, group });
      }
    }
  }
  return found;
}

function hasOtherEnvironment(approval: JobFacts, facts: JobFacts): boolean {
  const nameOf = (each: JobFacts): string => environmentKey(each.job.environment?.name.value ?? '');
  return nameOf(approval) !== nameOf(facts);
}

/** Whether two runs can meet in the group, and the one that waits is neither cancelled by the newer one nor kept with it. */
function canBlock({ concurrency, index, isOfJob }: Group, chain: CallChain): boolean {
  if (concurrency.queue?.value.trim().toLowerCase() === 'max') return false;
  const runs = runsOf(chain).filter((run) => mayRun(run, chain));
  return runs.some((run) => {
    const key = keyIn(concurrency, run, 1, chain, index);
    return runs.some((newer) => {
      // A tag is pushed once: a key that holds it is no other run's.
      if (newer === run && run.ref.startsWith('refs/tags/')) return false;
      const value = concurrency.cancelInProgress?.value;
      if (value !== undefined && isSurelyTrue(value, newer, chain, index)) return false;
      return (
        mayRun(newer, chain, isOfJob ? index : chain.length) &&
        keyIn(concurrency, newer, 2, chain, index) === key
      );
    });
  });
}

function finding({ group, waiting }: Place): RuleFinding {
  const { concurrency, facts: owner } = group;
  const name = concurrency.group?.value ?? '';
  const environments = [...new Set(waiting.map(({ job }) => job.environment?.name.value ?? ''))];
  const fix = fixOf(group);
  return {
    path: owner.workflow.path,
    span: concurrency.group?.span ?? concurrency.span,
    status: 'unknown',
    message: `If ${listed(environments)} asks for an approval, ${listed(waiting.map(({ job }) => job.id.value))} holds the group "${name}" while it waits, and each newer run takes the place of the one that waits behind it: add \`queue: max\`, or ask in an earlier job outside the group, by an environment of its own`,
    evidence: waiting.flatMap(({ job, workflow }): FindingEvidence[] =>
      job.environment
        ? [
            {
              message: `${quoted(job)} waits here for whoever has to approve "${job.environment.name.value}"`,
              path: workflow.path,
              span: job.environment.name.span,
            },
          ]
        : [],
    ),
    ...(fix ? { fix } : {}),
  };
}

/** Lets later runs wait in a queue: GitHub takes it only without `cancel-in-progress`. */
function fixOf({ concurrency, facts: owner, isOfJob }: Group): Fix | null {
  const { workflow, job } = owner;
  const cancel = concurrency.cancelInProgress?.value.trim().toLowerCase();
  const holder = isOfJob ? job.body : workflow.tree.root;
  const group = concurrency.group?.value;
  if (holder?.kind !== 'map' || group === undefined || (cancel !== undefined && cancel !== 'false'))
    return null;
  const own = valueOf(holder, 'concurrency');
  const edits: EditResult =
    own?.kind === 'map'
      ? setEntry(workflow.text, own, 'queue', 'max', { after: ['group', 'cancel-in-progress'] })
      : setEntry(workflow.text, holder, 'concurrency', { group, 'cancel-in-progress': false, queue: 'max' });
  return edits.ok
    ? {
        kind: 'proposed',
        title: 'Let later runs wait in a queue',
        edits: [{ path: workflow.path, edits: edits.edits }],
      }
    : null;
}
