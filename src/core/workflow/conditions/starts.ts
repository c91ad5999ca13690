import type { Job, Trigger, Workflow } from '../model';
import type { CounterexampleStep } from '../understanding';
import { allRunsOf, type Settled, type TaggedStart } from './answers';
import { graphOf, type Repository } from './repository';
import type { RunNode } from './run-graph';
import { passesFilter, startsOf, type RunStart } from './runs';
import { stepsOf } from './steps';

/** What a run is of; a merged pull request is what was taken into a branch. */
export type RefKind = 'default-branch' | 'other-branch' | 'tag' | 'pull-request' | 'merged-pull-request';

/** One kind of start that a workflow has. */
export interface StartKind {
  /** For `workflow_run`, the event that started the run before: `workflow_run after push`. */
  readonly event: string;
  readonly ref: RefKind;
  readonly trigger: Trigger | null;
  /** What started the run before, for `workflow_run`; null for other events and where it cannot be read. */
  readonly before: {
    readonly event: string;
    readonly ref: RefKind;
    readonly workflow: Workflow;
  } | null;
}

/** Workflows chained by `workflow_run` are followed so far; GitHub allows three levels. */
const MAX_CHAIN = 3;

/** What is known of the jobs of the runs before, when the last of them has ended as the start says. */
interface Before {
  readonly jobs: readonly Job[];
  /** Whether a job can have gone wrong. */
  stateOf(job: Job): Settled;
  /** The runs before as steps, for one job that went wrong; null: any run. */
  steps(job: Job | null): readonly CounterexampleStep[];
}

interface ChainedStart {
  readonly start: RunStart;
  readonly kind: StartKind;
  readonly before: Before | null;
}

/**
 * All ways in which a workflow starts, each with bits for what is asked: from `firstBit` on, one that every start has,
 * one for each kind of start, one for each job of the workflows that ran before.
 */
export interface Starts {
  readonly tagged: readonly TaggedStart[];
  readonly kinds: readonly StartKind[];
  readonly kindOf: (start: RunStart) => StartKind | null;
  /** The bit of a job that ran before. */
  readonly bitOf: ReadonlyMap<Job, number>;
  /** What is not known of a job that ran before, by its bit. */
  readonly doubtful: ReadonlyMap<number, string>;
  /** The runs before a start as steps, for the bit of a job in them. */
  earlier(start: RunStart, bit: number): readonly CounterexampleStep[];
}

/** The starts of `root`; null where there are too many to tell apart. */
export function taggedStartsOf(
  root: Workflow,
  nodes: readonly RunNode[],
  repository: Repository,
  around: readonly Workflow[],
  firstBit: number,
): Starts | null {
  const plain = startsOf(
    root,
    nodes.flatMap((node) => [node.condition, node.tolerance]),
    repository.defaultBranchOf(root),
  );
  if (!plain) return null;
  const chained = chainedStarts(root, plain, repository, around);
  const kinds = new Map<string, { readonly kind: StartKind; readonly bit: number }>();
  for (const { kind } of chained) {
    const key = keyOf(kind);
    if (!kinds.has(key)) kinds.set(key, { kind, bit: firstBit + 1 + kinds.size });
  }
  const bitOf = new Map<Job, number>();
  for (const job of chained.flatMap(({ before }) => before?.jobs ?? [])) {
    if (!bitOf.has(job)) bitOf.set(job, firstBit + 1 + kinds.size + bitOf.size);
  }
  const doubtful = new Map<number, string>();
  const certain = new Set<number>();
  const tagged = chained.map(({ start, kind, before }): TaggedStart => {
    let bits = (1n << BigInt(firstBit)) | (1n << BigInt(kinds.get(keyOf(kind))?.bit ?? firstBit));
    const jobs = new Set(before?.jobs);
    for (const [job, bit] of bitOf) {
      // A run that started in another way waited for none of those jobs.
      const state: Settled = before && jobs.has(job) ? before.stateOf(job) : { kind: 'can' };
      if (state.kind === 'cannot') continue;
      bits |= 1n << BigInt(bit);
      if (state.kind === 'unknown') doubtful.set(bit, state.because);
      else certain.add(bit);
    }
    return { start, bits };
  });
  for (const bit of certain) doubtful.delete(bit);
  const byStart = new Map(chained.map((each) => [each.start, each]));
  const jobOf = new Map([...bitOf].map(([job, bit]) => [bit, job]));
  return {
    tagged,
    kinds: [...kinds.values()].map(({ kind }) => kind),
    kindOf: (start) => byStart.get(start)?.kind ?? null,
    bitOf,
    doubtful,
    earlier: (start, bit) => byStart.get(start)?.before?.steps(jobOf.get(bit) ?? null) ?? [],
  };
}

function keyOf({ event, ref, before }: StartKind): string {
  return `${event}|${ref}|${before ? `${before.workflow.path}|${before.event}|${before.ref}` : ''}`;
}

/** The starts with what the run before them, for `workflow_run`, can have been like. */
function chainedStarts(
  root: Workflow,
  starts: readonly RunStart[],
  repository: Repository,
  around: readonly Workflow[],
): readonly ChainedStart[] {
  const branch = repository.defaultBranchOf(root);
  return starts.flatMap((start): readonly ChainedStart[] => {
    const trigger = root.triggers.find(({ event }) => event === start.event) ?? null;
    const own: ChainedStart = {
      start,
      kind: { event: start.event, ref: refKindOf(start, branch), trigger, before: null },
      before: null,
    };
    if (start.event !== 'workflow_run' || !trigger) return [own];
    const names = trigger.workflows?.map(({ value }) => value) ?? [];
    const earlier = repository.workflows.filter(
      (other) => names.includes(other.name?.value ?? other.path) && other !== root && !around.includes(other),
    );
    if (earlier.length === 0 || around.length >= MAX_CHAIN) return [own];
    return earlier.flatMap((other) => startsAfter(other, start, trigger, repository, [...around, root]));
  });
}

function startsAfter(
  earlier: Workflow,
  start: RunStart,
  trigger: Trigger,
  repository: Repository,
  around: readonly Workflow[],
): readonly ChainedStart[] {
  const branch = repository.defaultBranchOf(earlier);
  // A trigger on the start of the run before knows nothing of its end.
  const isOver = trigger.types === null || trigger.types.every(({ value }) => value === 'completed');
  return endingsOf(earlier, repository, around).flatMap((ending): readonly ChainedStart[] => {
    const { start: first } = ending;
    const isPull = /^pull_request/.test(first.event);
    const name = first.ref.replace(/^refs\/(heads|tags|pull)\//, '');
    // A fork's branch may have any name, also that of the default branch.
    const heads = isPull ? [branch, 'a-branch-of-a-fork'] : [name];
    const kind: StartKind = {
      event: 'workflow_run',
      ref: 'default-branch',
      trigger,
      before: { event: first.event, ref: refKindOf(first, branch), workflow: earlier },
    };
    const after = (head: string, conclusion: Conclusion | null, before: Before): ChainedStart => ({
      start: {
        ...start,
        known: {
          ...start.known,
          'github.event.workflow_run.conclusion': conclusion,
          'github.event.workflow_run.event': first.event,
          'github.event.workflow_run.head_branch': head,
          'github.event.workflow_run.name': earlier.name?.value ?? earlier.path,
          'github.event.action': isOver ? 'completed' : (trigger.types?.[0]?.value ?? 'requested'),
        },
      },
      kind,
      before,
    });
    return heads
      .filter((head) => trigger.branches === null || passesFilter(trigger.branches, head))
      .filter((head) => trigger.branchesIgnore === null || !passesFilter(trigger.branchesIgnore, head))
      .flatMap((head) => {
        if (!isOver) return [after(head, null, ending.ended(null))];
        const badly = (['failure', 'cancelled'] as const).map((conclusion) =>
          after(head, conclusion, ending.ended(conclusion)),
        );
        return ending.well ? [after(head, 'success', ending.well), ...badly] : badly;
      });
  });
}

type Conclusion = 'success' | 'failure' | 'cancelled';

interface Ending {
  readonly start: RunStart;
  /** The run concluded with success; null where it cannot. */
  readonly well: Before | null;
  /** It concluded in another way; null: it is not over. */
  ended(conclusion: Exclude<Conclusion, 'success'> | null): Before;
}

/** How runs of a workflow can end, for each kind of start. */
function endingsOf(
  workflow: Workflow,
  repository: Repository,
  around: readonly Workflow[],
): readonly Ending[] {
  const graph = graphOf(workflow, repository);
  const branch = repository.defaultBranchOf(workflow);
  const nodes = graph.ok ? graph.nodes : [];
  const title = workflow.name?.value ?? workflow.path;
  const end = nodes.length;
  const starts = taggedStartsOf(workflow, nodes, repository, around, end);
  const broken = graph.ok ? (nodes.find((node) => node.problem)?.problem?.because ?? null) : graph.because;
  const problem = broken ?? (starts ? null : 'there are too many ways to start it');
  const ownJobs = repository.jobsOf(workflow).map(({ job }) => job);
  const ended =
    (start: RunStart): Ending['ended'] =>
    (conclusion) => ({
      jobs: [...ownJobs, ...(starts?.bitOf.keys() ?? [])],
      stateOf: () => ({ kind: 'can' }),
      steps: (job) => {
        const facts =
          nodes.find((node) => node.facts.job === job)?.facts ?? repository.jobsOf(workflow)[0] ?? null;
        if (!facts) return [];
        const what =
          conclusion === null
            ? `"${title}", started by ${start.event}, is not over when this run starts`
            : `"${title}", started by ${start.event} on ${start.ref}, ends with ${conclusion}, and its end starts this run`;
        return [
          {
            path: facts.workflow.path,
            job: facts.job.id.value,
            result: conclusion === 'cancelled' ? 'cancelled' : 'failure',
            why: what,
            span: facts.job.id.span,
          },
        ];
      },
    });
  if (problem !== null || !starts) {
    const start: RunStart = { event: 'push', ref: `refs/heads/${branch}`, inputs: {}, known: {} };
    const because = problem ?? '';
    const well: Before = {
      jobs: ownJobs,
      stateOf: () => ({ kind: 'unknown', because }),
      steps: () => [],
    };
    return [{ start, well, ended: ended(start) }];
  }
  // One start of each kind is told: what its conditions make of the others of that kind is found with it.
  const groups = new Map<string, TaggedStart[]>();
  for (const each of starts.tagged) {
    const kind = starts.kindOf(each.start);
    const key = kind ? keyOf(kind) : '';
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  const bitOf = new Map<Job, number>(starts.bitOf);
  nodes.forEach((node, index) => {
    if (node.kind === 'job') bitOf.set(node.facts.job, index);
  });
  return [...groups.values()].flatMap((group): Ending[] => {
    const start = group[0]?.start;
    if (!start) return [];
    const runs = allRunsOf(nodes, group, null);
    if (runs.settled(end).kind === 'cannot') return [{ start, well: null, ended: ended(start) }];
    const well: Before = {
      jobs: [...bitOf.keys()],
      stateOf: (job) => {
        const bit = bitOf.get(job);
        if (bit === undefined) return { kind: 'can' };
        const doubt = starts.doubtful.get(bit);
        const settled = runs.settled(bit);
        return settled.kind === 'can' && doubt !== undefined ? { kind: 'unknown', because: doubt } : settled;
      },
      steps: (job) => {
        const bit = job === null ? end : (bitOf.get(job) ?? end);
        const witness = runs.witness(bit);
        if (!witness) return [];
        const steps = [...starts.earlier(witness.start, bit), ...stepsOf(nodes, witness.outcomes)];
        const last = steps.pop();
        if (!last) return [];
        const { event, ref } = witness.start;
        const why = `${last.why}; "${title}", started by ${event} on ${ref}, ends with success, and its end starts this run`;
        return [...steps, { ...last, why }];
      },
    };
    return [{ start, well, ended: ended(start) }];
  });
}

function refKindOf({ event, ref, known }: RunStart, defaultBranch: string): RefKind {
  if (/^pull_request/.test(event)) {
    return known['github.event.pull_request.merged'] === true ? 'merged-pull-request' : 'pull-request';
  }
  if (ref.startsWith('refs/tags/')) return 'tag';
  return ref === `refs/heads/${defaultBranch}` ? 'default-branch' : 'other-branch';
}
