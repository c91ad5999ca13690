import type { Workflow } from '../../workflow/model';
import type { Candidate } from './candidate';
import { inline, shapesBefore, type Call } from './inline';
import { CALLER_KEYS, isSameShape, shapeOf, shapeOfKeys, type Shape } from './shape';

/** A candidate and the call that takes its place. */
export interface Caller {
  readonly candidate: Candidate;
  readonly call: Call;
}

/** Where a workflow of one of the repositories is, as one text. */
export function placeOf(repository: string, path: string): string {
  return `${repository}\n${path}`;
}

/**
 * Inlines the new workflow back into every caller; null where each job is what it was and nothing else changed, else
 * what is not.
 *
 * @param after The callers as they would be, by `placeOf`.
 * @param before The same before this extraction.
 * @param ids The ids of the jobs inside, as the members of the candidates.
 */
export function firstDifference(
  callers: readonly Caller[],
  after: ReadonlyMap<string, Workflow>,
  before: ReadonlyMap<string, Workflow>,
  called: Workflow,
  ids: readonly string[],
): string | null {
  for (const { candidate, call } of callers) {
    const { path } = candidate.workflow;
    const caller = after.get(placeOf(candidate.repository, path));
    if (!caller || caller.problems.length > 0) return `${path} could not be read again`;
    const own = new Map(candidate.members.map((member, at) => [ids[at] ?? '', member.id]));
    const inlined = inline(caller, call, called, candidate.kind === 'pipeline' ? own : null);
    if (!inlined.ok) return inlined.reason;
    const was = shapesBefore(candidate);
    if (inlined.jobs.size !== was.size) return `inlined back, ${path} would not have the jobs that it had`;
    for (const [at, member] of candidate.members.entries()) {
      // The only job of a call goes by the id that it has inside.
      const is = inlined.jobs.get(candidate.kind === 'pipeline' ? member.id : (ids[at] ?? ''));
      const old = was.get(member.id);
      if (is === undefined || old === undefined || !isSameShape(is, old)) {
        return `inlined back, job "${member.id}" in ${path} would not be what it was`;
      }
      if (candidate.kind === 'pipeline') continue;
      const job = caller.jobs.find((other) => other.id.value === call.job);
      if (
        !job ||
        !isSameShape(shapeOfKeys(job.body, CALLER_KEYS), shapeOfKeys(member.job.body, CALLER_KEYS))
      ) {
        return `what job "${member.id}" in ${path} keeps would change`;
      }
    }
  }
  for (const [place, workflow] of after) {
    const old = before.get(place);
    const here = callers.filter(
      ({ candidate }) => placeOf(candidate.repository, candidate.workflow.path) === place,
    );
    const moved = new Set(here.flatMap(({ candidate }) => candidate.members.map((member) => member.id)));
    const calls = new Set(here.map(({ call }) => call.job));
    if (!old || !isSameShape(withoutJobs(workflow, calls), withoutJobs(old, moved))) {
      return `another part of ${workflow.path} would change`;
    }
  }
  return null;
}

function withoutJobs(workflow: Workflow, left: ReadonlySet<string>): Shape {
  const { root } = workflow.tree;
  if (root?.kind !== 'map') return '';
  return Object.fromEntries(
    root.entries.map((entry) => [
      entry.key.text,
      entry.key.text === 'jobs' && entry.value.kind === 'map'
        ? Object.fromEntries(
            entry.value.entries
              .filter((job) => !left.has(job.key.text))
              .map((job) => [job.key.text, shapeOf(job.value)]),
          )
        : shapeOf(entry.value),
    ]),
  );
}
