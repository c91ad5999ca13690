import { isSharedByAnchor } from '../../workflow/edit';
import type { Job, Workflow } from '../../workflow/model';
import {
  entryOf,
  valueOf,
  type YamlEntry,
  type YamlMap,
  type YamlScalar,
  type YamlValue,
} from '../../workflow/yaml-tree';
import { JOB_SCOPE, PIPELINE_SCOPE, usesOf, type Scope } from './expressions';
import { CALLED_KEYS, CALLER_KEYS, PIPELINE_KEYS, ROOT_KEYS, shapeOf, type Shape } from './shape';

/** A workflow of one of the repositories that are looked at. */
export interface SourceWorkflow {
  /** The repository's key, the same for all of its workflows. */
  readonly repository: string;
  readonly workflow: Workflow;
}

/** A job of a candidate, with what it has from its workflow. */
export interface Member {
  readonly id: string;
  readonly job: Job;
  /** The job's body with the `defaults` of its workflow, and its `env` and permissions where they go inside with it. */
  readonly body: YamlMap;
}

/** A map whose scalars go into the called workflow. */
export interface Part {
  readonly map: YamlMap;
  readonly keys: readonly string[];
  /** Whether what it holds is read in a job with an environment, whose secrets and variables win. */
  readonly hasEnvironment: boolean;
}

/**
 * What could become one called workflow, with what a called workflow does not get from its caller: one job, whose caller
 * keeps its `needs`, condition and matrix, or all jobs of a workflow that have to do with each other (a pipeline).
 */
export interface Candidate extends SourceWorkflow {
  readonly kind: 'job' | 'pipeline';
  /** In an order that is the same for candidates of one shape. */
  readonly members: readonly Member[];
  /** The members' bodies in their order; before them, for a pipeline, the top of the workflow. */
  readonly parts: readonly Part[];
  readonly scope: Scope;
  /** Whether jobs inside have conditions that can hold in a cancelled run or behind a failure. */
  readonly hasStatusConditions: boolean;
}

/** A candidate, or why there is none: `reason` completes "… was left alone because …". */
export type CandidateResult =
  { readonly ok: true; readonly candidate: Candidate } | { readonly ok: false; readonly reason: string };

/** The fewest steps of a single job that are worth a workflow of their own. */
export const MIN_STEPS = 2;

/** One job by itself. */
export function jobCandidate(source: SourceWorkflow, job: Job): CandidateResult {
  const reason = whyNotInside(source.workflow, job) ?? whyNotAlone(job);
  if (reason !== null) return { ok: false, reason };
  const body = withInherited(source.workflow, job, ['env', 'defaults']);
  if (typeof body === 'string') return { ok: false, reason: body };
  const part = { map: body, keys: CALLED_KEYS, hasEnvironment: job.environment !== null };
  return {
    ok: true,
    candidate: {
      ...source,
      kind: 'job',
      members: [{ id: job.id.value, job, body }],
      parts: [part],
      scope: JOB_SCOPE,
      hasStatusConditions: false,
    },
  };
}

/** Jobs of one workflow that need nobody outside and that nobody outside needs. */
export function pipelineCandidate(source: SourceWorkflow, jobs: readonly Job[]): CandidateResult {
  const { workflow } = source;
  const members: Member[] = [];
  const statesPermissions = jobs.some((job) => job.permissions !== null);
  const inherited = ['defaults', ...(statesPermissions ? ['permissions'] : [])];
  for (const job of jobs) {
    const named = `job "${job.id.value}"`;
    const reason = whyNotInside(workflow, job);
    if (reason !== null) return { ok: false, reason: `of ${named}: ${reason}` };
    const body = withInherited(workflow, job, inherited);
    if (typeof body === 'string') return { ok: false, reason: `of ${named}: ${body}` };
    if (statesPermissions && !valueOf(body, 'permissions')) {
      return {
        ok: false,
        reason: `${named} has the repository’s default permissions and another its own: one call cannot give both`,
      };
    }
    members.push({ id: job.id.value, job, body });
  }
  const { root } = workflow.tree;
  if (root?.kind !== 'map') return { ok: false, reason: 'its workflow is no map' };
  const env = entryOf(root, 'env');
  if (env && (env.isMerged || isSharedByAnchor(workflow.text, env.span))) {
    return { ok: false, reason: 'the variables of its workflow are shared through an anchor' };
  }
  return {
    ok: true,
    candidate: {
      ...source,
      kind: 'pipeline',
      members,
      parts: partsOfPipeline(root, members),
      scope: PIPELINE_SCOPE,
      hasStatusConditions: jobs.some((job) => statusFunctionsOf(job).length > 0),
    },
  };
}

/** The same pipeline with its jobs in another order. */
export function inOrder(candidate: Candidate, members: readonly Member[]): Candidate {
  const { root } = candidate.workflow.tree;
  return root?.kind === 'map' ? { ...candidate, members, parts: partsOfPipeline(root, members) } : candidate;
}

function partsOfPipeline(root: YamlMap, members: readonly Member[]): readonly Part[] {
  return [
    { map: root, keys: ROOT_KEYS, hasEnvironment: members.some(({ job }) => job.environment !== null) },
    ...members.map(({ job, body }) => ({
      map: body,
      keys: PIPELINE_KEYS,
      hasEnvironment: job.environment !== null,
    })),
  ];
}

/** What the job's token may do: its own `permissions`, else its workflow's; null: the repository's default. */
export function permissionsOf(workflow: Workflow, body: YamlMap): Shape | null {
  const value = valueOf(body, 'permissions') ?? valueOf(workflow.tree.root, 'permissions');
  // `permissions:` without a value is no statement.
  return value === null || (value.kind === 'scalar' && value.value === null) ? null : shapeOf(value);
}

/** The status functions besides `success()` that a job's condition calls. */
function statusFunctionsOf(job: Job): readonly string[] {
  if (!job.condition) return [];
  const { functions } = usesOf(job.condition.value);
  return ['always', 'cancelled', 'failure'].filter((name) => functions.has(name));
}

function whyNotInside(workflow: Workflow, job: Job): string | null {
  const strange = job.body.entries.find(
    (entry) => !CALLED_KEYS.includes(entry.key.text) && !CALLER_KEYS.includes(entry.key.text),
  );
  if (strange) return `its key "${strange.key.text}" is none that a called job is known to have`;
  if (job.body.entries.some((entry) => entry.isMerged) || isSharedByAnchor(workflow.text, job.span)) {
    return 'it shares parts with other places through an anchor';
  }
  if (job.continueOnError && job.continueOnError.value !== 'false') {
    return 'it may fail behind `continue-on-error`, and GitHub does not say what a call around it then adds up to';
  }
  return null;
}

function whyNotAlone(job: Job): string | null {
  const [status] = statusFunctionsOf(job);
  if (status !== undefined) {
    return `its condition calls \`${status}()\`, and GitHub does not say whether a job inside a call starts behind a failure or in a cancelled run`;
  }
  if (job.matrix && job.outputs.length > 0) {
    return 'it has a matrix and outputs, and a call takes its outputs from the last success only';
  }
  return null;
}

/** The body with some keys of the workflow put in as GitHub does, the job's own winning; or why that cannot be said. */
function withInherited(workflow: Workflow, job: Job, keys: readonly string[]): YamlMap | string {
  let { entries } = job.body;
  for (const key of keys) {
    const outer = entryOf(workflow.tree.root, key);
    if (!outer || (outer.value.kind === 'scalar' && outer.value.value === null)) continue;
    if (outer.isMerged || isSharedByAnchor(workflow.text, outer.span)) {
      return `the \`${key}\` of its workflow is shared through an anchor`;
    }
    const own = entries.find((entry) => entry.key.text === key);
    if (!own) {
      entries = [...entries, outer];
    } else if (key === 'permissions') {
      continue;
    } else if (own.value.kind !== 'map' || outer.value.kind !== 'map') {
      return `its \`${key}\` is no map`;
    } else {
      const merged: YamlEntry = {
        ...own,
        value: mergedMap(outer.value, own.value, key === 'defaults' ? 1 : 0),
      };
      entries = entries.map((entry) => (entry === own ? merged : entry));
    }
  }
  return { ...job.body, entries };
}

/** Both maps as one, the inner winning; `depth` levels down. */
function mergedMap(outer: YamlMap, inner: YamlMap, depth: number): YamlMap {
  const entries = outer.entries.flatMap((entry) => {
    const own = inner.entries.find((other) => other.key.text === entry.key.text);
    if (!own) return [entry];
    if (depth === 0 || entry.value.kind !== 'map' || own.value.kind !== 'map') return [];
    return [{ ...own, value: mergedMap(entry.value, own.value, depth - 1) }];
  });
  const keys = new Set(entries.map((entry) => entry.key.text));
  return { ...inner, entries: [...entries, ...inner.entries.filter((entry) => !keys.has(entry.key.text))] };
}

/** Whether a scalar or map of a candidate stands in the job's own text, and not at the top of its workflow. */
export function standsIn(job: Job, value: YamlValue | YamlScalar): boolean {
  return job.body.span.start <= value.span.start && value.span.end <= job.body.span.end;
}
