import type { Job, Workflow } from '../../workflow/model';
import { valueOf } from '../../workflow/yaml-tree';
import {
  inOrder,
  jobCandidate,
  MIN_STEPS,
  pipelineCandidate,
  type Candidate,
  type Member,
  type SourceWorkflow,
} from './candidate';
import { CALLED_KEYS, PIPELINE_KEYS, signatureOf } from './shape';

/** A candidate with what it is grouped by: candidates of one signature have the same parts in the same order. */
export interface Unit {
  readonly candidate: Candidate;
  readonly signature: string;
  readonly likeness: string;
}

/** What was left alone, and why. */
export interface LeftAlone {
  readonly repository: string;
  readonly path: string;
  readonly jobs: readonly string[];
  /** Completes "… was left alone because …". */
  readonly reason: string;
  /** The same for what has the same steps. */
  readonly likeness: string;
}

/** What of one workflow could be extracted, the largest first; what is taken by one level is none of the next. */
export interface Units {
  readonly levels: readonly (readonly Unit[])[];
  readonly leftAlone: readonly LeftAlone[];
}

/** Levels of `unitsOf`: the whole workflow, jobs that need each other, single jobs. */
export const LEVELS = 3;

/** Every part of a workflow that could become a called one. */
export function unitsOf(source: SourceWorkflow): Units {
  const { workflow } = source;
  const none: Units = { levels: [[], [], []], leftAlone: [] };
  // A call within a call hides what runs, and what is extracted already must not be extracted again.
  if (workflow.triggers.some((trigger) => trigger.event === 'workflow_call')) return none;
  const leftAlone: LeftAlone[] = [];
  const pipeline = (jobs: readonly Job[]): readonly Unit[] => {
    if (jobs.length < 2 || jobs.some((job) => job.uses !== null || job.steps.length === 0)) return [];
    const result = pipelineCandidate(source, jobs);
    if (result.ok) return [{ ...ordered(result.candidate), likeness: likenessOf(jobs) }];
    leftAlone.push({ ...placeOf(source, jobs), reason: result.reason });
    return [];
  };
  const components = componentsOf(workflow);
  const whole = components.length > 1 ? pipeline(workflow.jobs) : [];
  const connected = components.flatMap(pipeline);
  const single = workflow.jobs.flatMap((job): readonly Unit[] => {
    if (job.uses || job.steps.length < MIN_STEPS) return [];
    const result = jobCandidate(source, job);
    if (!result.ok) {
      leftAlone.push({ ...placeOf(source, [job]), reason: result.reason });
      return [];
    }
    const [part] = result.candidate.parts;
    const signature = part ? `job ${signatureOf(part.map, part.keys)}` : '';
    return [{ candidate: result.candidate, signature, likeness: likenessOf([job]) }];
  });
  return { levels: [whole, connected, single], leftAlone };
}

function placeOf(source: SourceWorkflow, jobs: readonly Job[]): Omit<LeftAlone, 'reason'> {
  return {
    repository: source.repository,
    path: source.workflow.path,
    jobs: jobs.map((job) => job.id.value),
    likeness: likenessOf(jobs),
  };
}

function likenessOf(jobs: readonly Job[]): string {
  return JSON.stringify(jobs.map((job) => signatureOf(job.body, CALLED_KEYS)).sort());
}

/** The jobs of a workflow in groups that have nothing to do with each other, in the order of the file. */
function componentsOf(workflow: Workflow): readonly (readonly Job[])[] {
  const byId = new Map(workflow.jobs.map((job) => [job.id.value, job]));
  const neighbours = new Map<string, string[]>(workflow.jobs.map((job) => [job.id.value, []]));
  for (const job of workflow.jobs) {
    for (const { value } of job.needs) {
      neighbours.get(job.id.value)?.push(value);
      neighbours.get(value)?.push(job.id.value);
    }
  }
  const seen = new Set<string>();
  const components: Job[][] = [];
  for (const job of workflow.jobs) {
    if (seen.has(job.id.value)) continue;
    const found = new Set([job.id.value]);
    for (const id of found) for (const next of neighbours.get(id) ?? []) found.add(next);
    for (const id of found) seen.add(id);
    // A job that needs one that is not there is GitHub's error to report.
    components.push(
      [...found].every((id) => byId.has(id))
        ? workflow.jobs.filter((other) => found.has(other.id.value))
        : [],
    );
  }
  return components.filter((component) => component.length > 0);
}

/**
 * Puts the jobs of a pipeline into an order that depends on what they are and need, not on their ids: by labels that
 * are refined with those of their neighbours. Jobs that even so are alike keep the order of their ids.
 */
function ordered(candidate: Candidate): Omit<Unit, 'likeness'> {
  const { members } = candidate;
  const needs = new Map(members.map(({ id, job }) => [id, job.needs.map((need) => need.value)]));
  const dependants = new Map<string, string[]>(members.map(({ id }) => [id, []]));
  for (const [id, all] of needs) for (const need of all) dependants.get(need)?.push(id);
  let labels = new Map(members.map(({ id, body }) => [id, signatureOf(body, PIPELINE_KEYS)]));
  for (let classes = new Set(labels.values()).size; ;) {
    const of = (ids: readonly string[] | undefined): string[] =>
      (ids ?? []).map((id) => labels.get(id) ?? '').sort();
    // Labels are numbered anew in each round, so that they do not grow.
    const refined = new Map(
      members.map(({ id }) => [
        id,
        JSON.stringify([labels.get(id), of(needs.get(id)), of(dependants.get(id))]),
      ]),
    );
    const names = new Map(
      [...new Set(refined.values())].sort().map((label, index) => [label, String(index)]),
    );
    const count = names.size;
    if (count === classes) break;
    classes = count;
    labels = new Map([...refined].map(([id, label]) => [id, `${names.get(label) ?? ''}`.padStart(4, '0')]));
  }
  const inPlace = [...members].sort(
    (a, b) => compare(labels.get(a.id) ?? '', labels.get(b.id) ?? '') || compare(a.id, b.id),
  );
  const result = inOrder(candidate, inPlace);
  const env = valueOf(candidate.workflow.tree.root, 'env');
  return {
    candidate: result,
    signature: JSON.stringify([
      'pipeline',
      env?.kind === 'map' ? env.entries.map((entry) => entry.key.text).sort() : env?.kind,
      ...inPlace.map((member) => [signatureOf(member.body, PIPELINE_KEYS), needsOf(member, inPlace)]),
    ]),
  };
}

/** Which of the members a member needs, as their places in the order. */
export function needsOf(member: Member, members: readonly Member[]): readonly number[] {
  const needed = new Set(member.job.needs.map((need) => need.value));
  return members.flatMap((other, index) => (needed.has(other.id) ? [index] : []));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
