import type { Workflow } from '../../workflow/model';
import { valueOf, type YamlMap } from '../../workflow/yaml-tree';
import { jobCandidate, permissionsOf, pipelineCandidate, type Candidate } from './candidate';
import { mapExpressions, renameNeeds } from './expressions';
import { isPlainForShell, variableOf } from './script-words';
import {
  CALLED_KEYS,
  canonical,
  isShapeList,
  PIPELINE_KEYS,
  ROOT_KEYS,
  shapeOfKeys,
  spaced,
  type Shape,
} from './shape';

/** Called jobs in the place of their call by their ids, or why they cannot be put there. */
export type InlineResult =
  | { readonly ok: true; readonly jobs: ReadonlyMap<string, Shape> }
  | { readonly ok: false; readonly reason: string };

/** How a call is found: the job, and what it says in `uses`. */
export interface Call {
  readonly job: string;
  readonly uses: string;
}

/**
 * Puts the jobs of a called workflow in the place of the job that calls it: inputs and secrets become what the caller
 * passes, or their defaults. What the caller of a single job keeps (`needs`, `if`, `strategy`…) is not part of the result.
 *
 * @param ids What the jobs inside were called in the caller, by their ids inside; for a pipeline.
 */
export function inline(
  caller: Workflow,
  call: Call,
  called: Workflow,
  ids: ReadonlyMap<string, string> | null,
): InlineResult {
  const job = caller.jobs.find((other) => other.id.value === call.job);
  if (!job) return refused(`the job "${call.job}" is gone`);
  if (job.uses?.value !== call.uses) return refused(`the job "${call.job}" does not call ${called.path}`);
  const trigger = called.triggers.find((other) => other.event === 'workflow_call');
  if (!trigger) return refused(`${called.path} cannot be called`);

  const inputs = new Map<string, string>();
  for (const input of trigger.inputs) {
    const passed = job.with.find((entry) => entry.name.value === input.name.value)?.value.text;
    if (passed === undefined && input.isRequired) {
      return refused(`the job "${call.job}" does not pass "${input.name.value}"`);
    }
    inputs.set(input.name.value, passed ?? input.defaultValue?.value ?? '');
  }
  const unknown = job.with.find((entry) => !inputs.has(entry.name.value));
  if (unknown) return refused(`${called.path} has no input "${unknown.name.value}"`);
  const declared = valueOf(trigger.raw, 'secrets');
  const names = declared?.kind === 'map' ? declared.entries.map((entry) => entry.key.text) : [];
  const secrets = new Map<string, string>();
  for (const entry of job.secrets?.entries ?? []) {
    if (!names.includes(entry.name.value))
      return refused(`${called.path} has no secret "${entry.name.value}"`);
    secrets.set(entry.name.value, /^\$\{\{\s*(.*?)\s*\}\}$/.exec(entry.value.text)?.[1] ?? entry.value.text);
  }
  const missing: string[] = [];
  const fill = (text: string): string =>
    mapExpressions(text, (expression) => {
      const input = /^inputs\.([\w-]+)$/.exec(expression)?.[1];
      if (input !== undefined) {
        const value = inputs.get(input);
        if (value === undefined) missing.push(input);
        return spaced(asWritten(value ?? ''));
      }
      const replaced = expression.replace(/(?<![\w.-])secrets\.([\w-]+)/g, (reference, name: string) => {
        if (name === 'GITHUB_TOKEN' || name === 'github_token') return reference;
        const source = secrets.get(name);
        if (source === undefined) missing.push(name);
        return source ?? reference;
      });
      return `\${{ ${ids ? renameNeeds(replaced, (id) => ids.get(id)) : replaced} }}`;
    });
  const candidate = candidateIn(called, ids !== null);
  if (typeof candidate === 'string') return refused(candidate);
  const jobs = new Map<string, Shape>();
  const granted = permissionsOf(caller, job.body);
  for (const { id, shape } of shapesOf(candidate, inputs)) {
    const own = ids?.get(id) ?? id;
    const filled = substitute(shape, fill, ids);
    const stated = candidate.members.find((member) => member.id === id)?.body;
    const inside = stated ? permissionsOf(called, stated) : null;
    if (inside !== null && !isWithin(inside, granted)) {
      return refused(`the job "${id}" inside would need more permissions than its caller has`);
    }
    jobs.set(own, { job: filled, permissions: inside ?? granted ?? 'default' });
  }
  return missing.length > 0
    ? refused(`the job "${call.job}" does not pass "${missing[0] ?? ''}"`)
    : { ok: true, jobs };
}

/** What the jobs of a candidate are, as `inline` gives them back. */
export function shapesBefore(candidate: Candidate): ReadonlyMap<string, Shape> {
  return new Map(
    shapesOf(candidate, new Map()).map(({ id, shape }, index) => {
      const body = candidate.members[index]?.body;
      const stated = body ? permissionsOf(candidate.workflow, body) : null;
      return [id, { job: shape, permissions: stated ?? 'default' }];
    }),
  );
}

/** The jobs of a called workflow as what they would be in a workflow by themselves. */
function candidateIn(called: Workflow, isPipeline: boolean): Candidate | string {
  const source = { repository: '', workflow: called };
  const [job, ...others] = called.jobs;
  if (!job || (others.length > 0 && !isPipeline)) return `${called.path} does not have one job`;
  const result = isPipeline ? pipelineCandidate(source, called.jobs) : jobCandidate(source, job);
  return result.ok ? result.candidate : result.reason;
}

/** The shape of each member: what goes inside with it, without the names of steps, which change nothing. */
function shapesOf(
  candidate: Candidate,
  inputs: ReadonlyMap<string, string>,
): readonly { readonly id: string; readonly shape: Shape }[] {
  const { root } = candidate.workflow.tree;
  const top: Shape =
    candidate.kind === 'pipeline' && root?.kind === 'map' ? shapeOfKeys(root, ROOT_KEYS) : {};
  return candidate.members.map(({ id, job, body }) => ({
    id,
    shape: {
      top,
      needs: candidate.kind === 'pipeline' ? job.needs.map((need) => need.value).sort() : [],
      ...shapeOfBody(body, candidate.kind === 'pipeline' ? PIPELINE_KEYS : CALLED_KEYS, inputs),
    },
  }));
}

function shapeOfBody(
  body: YamlMap,
  keys: readonly string[],
  inputs: ReadonlyMap<string, string>,
): { readonly [key: string]: Shape } {
  // Permissions are compared as what they come to, stated here or there.
  const shape = shapeOfKeys(
    body,
    keys.filter((key) => key !== 'permissions'),
  );
  const { steps } = shape;
  if (steps === undefined || !isShapeList(steps)) return shape;
  return { ...shape, steps: steps.map((step) => shapeOfStep(step, inputs)) };
}

/** A step without its name, and with the inputs that it has as variables written into its script. */
function shapeOfStep(step: Shape, inputs: ReadonlyMap<string, string>): Shape {
  if (typeof step === 'string' || isShapeList(step)) return step;
  const rest = Object.fromEntries(Object.entries(step).filter(([key]) => key !== 'name'));
  const { env, run } = rest;
  if (env === undefined || typeof env === 'string' || isShapeList(env) || typeof run !== 'string')
    return rest;
  let script = run;
  const kept: Record<string, Shape> = {};
  for (const [key, value] of Object.entries(env)) {
    const input = typeof value === 'string' ? /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1] : undefined;
    if (input === undefined || !inputs.has(input) || key !== variableOf(input)) {
      kept[key] = value;
      continue;
    }
    const reference = `\${{ inputs.${input} }}`;
    // Bare words were quoted, which changes nothing as long as the shell would do nothing to them.
    if (isPlainForShell(inputs.get(input) ?? '')) script = script.replaceAll(`"$${key}"`, reference);
    script = script.replaceAll(`\${${key}}`, reference);
    // Any other use of the variable is one that was not there.
    if (script.includes(key)) kept[key] = value;
  }
  const others = Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'env'));
  return { ...others, run: script, ...(Object.keys(kept).length > 0 ? { env: kept } : {}) };
}

/** Whether a token with `inside` may do no more than one with `granted`. */
function isWithin(inside: Shape, granted: Shape | null): boolean {
  if (granted === null) return false;
  if (canonical(inside) === canonical(granted)) return true;
  if (
    typeof inside === 'string' ||
    typeof granted === 'string' ||
    isShapeList(inside) ||
    isShapeList(granted)
  ) {
    return false;
  }
  const rank = (access: Shape | undefined): number =>
    typeof access === 'object' ? -1 : ['none', 'read', 'write'].indexOf(access ?? 'none');
  return Object.entries(inside).every(([scope, access]) => rank(access) <= rank(granted[scope]));
}

/** A value that was handed in as text, as it stood before. */
function asWritten(value: string): string {
  const inner = /^\$\{\{ format\('\{0\}', (.*)\) \}\}$/s.exec(value)?.[1];
  return inner === undefined ? value : `\${{ ${inner} }}`;
}

/** Every text of a shape filled in; conditions without braces name jobs too, and so does `needs`. */
function substitute(
  shape: Shape,
  fill: (text: string) => string,
  ids: ReadonlyMap<string, string> | null,
  key = '',
): Shape {
  if (typeof shape === 'string') {
    return key === 'if' && ids && !shape.includes('${{')
      ? renameNeeds(shape, (id) => ids.get(id))
      : fill(shape);
  }
  if (isShapeList(shape)) {
    return key === 'needs'
      ? shape.map((id) => (typeof id === 'string' ? (ids?.get(id) ?? id) : id)).sort()
      : shape.map((item) => substitute(item, fill, ids, key));
  }
  return Object.fromEntries(
    Object.entries(shape).map(([inner, value]) => [inner, substitute(value, fill, ids, inner)]),
  );
}

function refused(reason: string): InlineResult {
  return { ok: false, reason };
}
