import { lineBreakOf, type TextEdit } from '../../text/edit';
import { insertItem, replaceScalar, setEntry, type EditResult, type NewYaml } from '../../workflow/edit';
import type { Job, Trigger, Workflow } from '../../workflow/model';
import { readWorkflow } from '../../workflow/read';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { readYaml, valueOf, type YamlMap } from '../../workflow/yaml-tree';
import type { Language } from '../../evidence/profile';
import { ON_PUSH } from '../generate/build';
import { expression, jobsText, type JobSpec, type StepSpec, type Text } from '../generate/workflow-text';
import { onMap, runOperations, setAt, type Operation } from '../operations';
import { coveredBy, holdsBack } from './covered';

/** A workflow of the repository with what was added to it. Everything that stood there and had to stay still stands. */
export interface Extension {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Ids of the jobs that were added, in order. */
  readonly added: readonly string[];
  /** Generated checks that the workflow does already, by name, with the jobs that do them. */
  readonly kept: readonly { readonly check: string; readonly by: readonly string[] }[];
  /** What stood there and had to change, each a sentence. */
  readonly changed: readonly string[];
}

/** An extension, or why there is none: `reason` completes "<path> was not extended: …". */
export type ExtendResult =
  { readonly ok: true; readonly extension: Extension } | { readonly ok: false; readonly reason: string };

/** What is added to a workflow. */
export interface ExtendRequest {
  readonly workflow: Workflow;
  readonly set: WorkflowSet;
  /** The jobs of the generated pipeline. */
  readonly jobs: readonly JobSpec[];
  readonly branch: string;
  /** The language of the repository's one installable unit; null where it has several. */
  readonly onlyUnit: Language | null;
  /** What the tags begin with on which the jobs publish packages; null where they publish none. */
  readonly tagPrefix: string | null;
}

/**
 * Adds the pipeline to a workflow that checks pull requests and the default branch: its missing checks, the build, the
 * deployments and the way back, waiting for the checks that stand there.
 */
export function extendWithRelease(request: ExtendRequest): ExtendResult {
  const { workflow, set, branch, tagPrefix } = request;
  const deploys = set.jobsOf(workflow).some((facts) => facts.target !== null);
  const triggers = triggersToAdd(workflow, branch);
  if (triggers.length > 0 && deploys) {
    return refusal(`it deploys, and would do so on ${triggers.join(' and ')} too`);
  }
  const tags = tagPrefix === null ? null : `${tagPrefix}*`;
  if (tags !== null && deploys) return refusal(`it deploys, and would do so on the tags ${tags} too`);
  const planned = placeJobs(request);
  const checks = new Set([...planned.existing, ...planned.jobs.filter(isCheck).map((job) => job.id)]);
  const onPush =
    pushesOnly(workflow, branch) && tags === null
      ? ON_PUSH
      : `${ON_PUSH} && github.ref == 'refs/heads/${branch}'`;
  const jobs = planned.jobs.map((job): JobSpec => {
    const needs = job.needs ?? [];
    const waits =
      !isCheck(job) && (needs.length === 0 || needs.some((need) => checks.has(need)))
        ? [...new Set([...needs, ...planned.existing])]
        : needs;
    return {
      ...job,
      ...(waits.length > 0 ? { needs: waits } : {}),
      // A job that waits for a tag says so itself.
      ...(job.if !== undefined && !job.if.includes('refs/tags/')
        ? { if: job.if.replaceAll(ON_PUSH, onPush) }
        : {}),
    };
  });
  const needsTags = tags !== null && !takesTags(workflow, tags);
  const changed: string[] = [
    ...triggers.map((event) => `It runs on ${event} too.`),
    ...(needsTags ? [`It runs on the tags \`${tags}\` too: they publish.`] : []),
  ];
  const operations: Operation[] = [
    ...triggers.map((event) => addTrigger(event, branch)),
    ...(needsTags ? [addTags(tags)] : []),
    ...concurrencyOperations(workflow, changed),
  ];
  return extension(request, jobs, planned.kept, operations, changed);
}

/**
 * Lets the deployments of a workflow wait for the checks of the pipeline: those that are missing are added, and each
 * first deployment needs all of them. Nothing else of the pipeline is added: the workflow deploys by its own means.
 */
export function extendWithChecks(request: ExtendRequest): ExtendResult {
  const { workflow, set } = request;
  const planned = placeJobs({ ...request, jobs: request.jobs.filter(isCheck) });
  const facts = set.jobsOf(workflow);
  const deploying = facts.filter(({ target }) => target !== null);
  const first = deploying.filter((job) => !set.ancestorsOf(job).some((other) => deploying.includes(other)));
  const checks = [
    ...facts.filter(isCheckFacts).map(({ job }) => job.id.value),
    ...planned.jobs.map((job) => job.id),
  ];
  const changed: string[] = [];
  const operations = first.flatMap((facts): Operation[] => {
    const before = set.ancestorsOf(facts).map(({ job }) => job.id.value);
    const missing = checks.filter((id) => id !== facts.job.id.value && !before.includes(id));
    if (missing.length === 0) return [];
    changed.push(`\`${facts.job.id.value}\` waits for ${missing.map((id) => `\`${id}\``).join(', ')}.`);
    return [addNeeds(facts.job, missing)];
  });
  return extension(request, planned.jobs, planned.kept, operations, changed);
}

interface PlacedJobs {
  /** What is added, under ids that nobody has. */
  readonly jobs: readonly JobSpec[];
  readonly kept: Extension['kept'];
  /** Jobs that stand there and that what is released has to wait for. */
  readonly existing: readonly string[];
}

/** Leaves out what the workflow does already, and gives what is left ids of its own. */
function placeJobs({ workflow, set, jobs, onlyUnit }: ExtendRequest): PlacedJobs {
  const kept: { readonly check: string; readonly by: readonly string[] }[] = [];
  const replacements = new Map<string, readonly string[]>();
  const taken = new Set(workflow.jobs.map((job) => job.id.value.toLowerCase()));
  const left = jobs.flatMap((spec): JobSpec[] => {
    if (!isCheck(spec)) return [spec];
    const { by, rest } = coveredBy(spec, workflow, set, onlyUnit);
    if (by.length > 0) kept.push({ check: spec.name, by });
    if (rest === null) {
      replacements.set(spec.id, by);
      return [];
    }
    return [rest];
  });
  for (const { id } of left) {
    let name = id;
    for (let number = 1; taken.has(name.toLowerCase()); number++) {
      name = number === 1 ? `release-${id}` : `release-${id}-${number}`;
    }
    taken.add(name.toLowerCase());
    replacements.set(id, [name]);
  }
  const defaults = runDefaults(workflow);
  return {
    jobs: left.map((spec) => {
      const renamed = renameIn(spec, replacements);
      return defaults && spec.steps.some((step) => step.run !== undefined)
        ? { ...renamed, runDefaults: defaults }
        : renamed;
    }),
    kept,
    existing: set
      .jobsOf(workflow)
      .filter(isCheckFacts)
      .map(({ job }) => job.id.value),
  };
}

function isCheck(spec: JobSpec): boolean {
  return spec.phases !== undefined;
}

/** A job of the workflow that others can wait for and that releases nothing itself. */
function isCheckFacts({ job, target, purposes }: JobFacts): boolean {
  return (
    holdsBack(job) &&
    target === null &&
    purposes.length > 0 &&
    purposes.every(({ purpose }) => !RELEASES.has(purpose))
  );
}

const RELEASES: ReadonlySet<string> = new Set(['deploy', 'publish', 'rollback', 'notify', 'verify']);

/** Generated scripts rely on bash with `pipefail` in the root; a workflow's own defaults may say otherwise. */
function runDefaults(workflow: Workflow): Readonly<Record<string, string>> | null {
  const run = valueOf(valueOf(workflow.tree.root, 'defaults'), 'run');
  const hasFolder = valueOf(run, 'working-directory') !== null;
  if (!hasFolder && workflow.defaultShell?.value === 'bash') return null;
  return { shell: 'bash', ...(hasFolder ? { 'working-directory': '.' } : {}) };
}

function renameIn(spec: JobSpec, names: ReadonlyMap<string, readonly string[]>): JobSpec {
  const inText = (text: string): string =>
    [...names].reduce(
      (reached, [from, [to]]) =>
        to === undefined || to === from
          ? reached
          : reached.replaceAll(new RegExp(`\\bneeds\\.${from}(?![\\w-])`, 'g'), `needs.${to}`),
      text,
    );
  const inValue = (text: Text): Text =>
    typeof text === 'string' ? text : expression(inText(text.expression));
  const inMap = <T extends Text>(map: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, inValue(value) as T]));
  const inStep = (step: StepSpec): StepSpec => ({
    ...step,
    ...(step.if !== undefined ? { if: inText(step.if) } : {}),
    ...(step.with ? { with: inMap(step.with) } : {}),
    ...(step.env ? { env: inMap(step.env) } : {}),
  });
  const needs = [...new Set((spec.needs ?? []).flatMap((need) => names.get(need) ?? [need]))];
  return {
    ...spec,
    id: names.get(spec.id)?.[0] ?? spec.id,
    ...(needs.length > 0 ? { needs } : {}),
    ...(spec.if !== undefined ? { if: inText(spec.if) } : {}),
    ...(spec.outputs ? { outputs: inMap(spec.outputs) } : {}),
    ...(spec.env ? { env: inMap(spec.env) } : {}),
    steps: spec.steps.map(inStep),
  };
}

function extension(
  { workflow }: ExtendRequest,
  jobs: readonly JobSpec[],
  kept: Extension['kept'],
  operations: readonly Operation[],
  changed: readonly string[],
): ExtendResult {
  const result = runOperations(workflow.text, [
    ...operations,
    ...(jobs.length > 0 ? [appendJobs(jobs)] : []),
  ]);
  if (!result.ok) return refusal(result.reason);
  const [problem] = readWorkflow(workflow.path, result.text).problems;
  if (problem) return refusal(`what would be written cannot be read: ${problem.message}`);
  return {
    ok: true,
    extension: {
      path: workflow.path,
      before: workflow.text,
      after: result.text,
      added: jobs.map((job) => job.id),
      kept,
      changed,
    },
  };
}

/** Puts jobs behind the last one, before the next key of the file and the comments that belong to it. */
function appendJobs(jobs: readonly JobSpec[]): Operation {
  return (text): EditResult => {
    const { root } = readYaml(text);
    const map = valueOf(root, 'jobs');
    if (root?.kind !== 'map' || map?.kind !== 'map' || map.isFlow || map.entries.length === 0) {
      return refusal('its jobs are not written as a block');
    }
    const [first] = map.entries;
    const column = first ? columnOf(text, first.span.start) : 0;
    if (column < 1) return refusal('its jobs are not indented');
    const at = endOfBlock(text, root, map);
    const lines = jobsText(jobs, column).replace(/\n+$/, '\n');
    const block = `${text.slice(0, at).endsWith('\n') ? '' : '\n'}${lines}${at < text.length ? '\n' : ''}`;
    const edit: TextEdit = {
      span: { start: at, end: at },
      text: block.replaceAll('\n', lineBreakOf(text)),
    };
    return { ok: true, edits: [edit] };
  };
}

/** Where the block of `jobs` ends: before the next key with its comments, or after the last line that is not empty. */
function endOfBlock(text: string, root: YamlMap, jobs: YamlMap): number {
  const next = root.entries.find((entry) => entry.span.start >= jobs.span.end);
  let end = next ? next.span.start : text.length;
  end = text.lastIndexOf('\n', end - 1) + 1 || end;
  if (!next && end < text.length) end = text.length;
  for (;;) {
    const start = text.lastIndexOf('\n', end - 2) + 1;
    const line = text.slice(start, end);
    const isBlank = line.trim() === '';
    const belongsToNext = next !== undefined && line.startsWith('#');
    if (start <= jobs.span.start || !(isBlank || belongsToNext)) return end;
    end = start;
  }
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** The events that a release needs and the workflow does not run on. */
function triggersToAdd(workflow: Workflow, branch: string): readonly ('pull_request' | 'push')[] {
  const runsOn = (event: string): boolean =>
    workflow.triggers.some((trigger) => trigger.event === event && takesBranch(trigger, branch));
  return (['pull_request', 'push'] as const).filter((event) => !runsOn(event));
}

function takesBranch(trigger: Trigger, branch: string): boolean {
  if (trigger.branches === null) return trigger.tags === null;
  return trigger.branches.some(({ value }) => value === branch || value === '**' || value === '*');
}

/** Whether a push of nothing but the branch starts it. */
function pushesOnly(workflow: Workflow, branch: string): boolean {
  const push = workflow.triggers.find((trigger) => trigger.event === 'push');
  if (!push) return true;
  const [only, ...others] = push.branches ?? [];
  return only?.value === branch && others.length === 0 && push.tags === null;
}

/** Whether a push of these tags starts it already. */
function takesTags(workflow: Workflow, tags: string): boolean {
  const push = workflow.triggers.find((trigger) => trigger.event === 'push');
  const filter = valueOf(valueOf(workflow.tree.root, 'on'), 'push');
  const isFiltered = ['branches', 'branches-ignore', 'tags', 'tags-ignore'].some(
    (key) => valueOf(filter, key) !== null,
  );
  if (push && !isFiltered) return true;
  return push?.tags?.some(({ value }) => value === tags || value === '*' || value === '**') ?? false;
}

/** A push that is filtered by branches starts nothing for a tag; one that is filtered by nothing does. */
function addTags(tags: string): Operation {
  return onMap([], (text, root): EditResult => {
    const push = valueOf(valueOf(root, 'on'), 'push');
    if (push?.kind !== 'map') return { ok: true, edits: [] };
    if (valueOf(push, 'tags') !== null || valueOf(push, 'tags-ignore') !== null)
      return refusal(`its \`push\` leaves out the tags \`${tags}\``);
    const isFiltered = valueOf(push, 'branches') !== null || valueOf(push, 'branches-ignore') !== null;
    return isFiltered ? setEntry(text, push, 'tags', [tags]) : { ok: true, edits: [] };
  });
}

function addTrigger(event: 'pull_request' | 'push', branch: string): Operation {
  return onMap([], (text, root): EditResult => {
    const on = valueOf(root, 'on');
    const filter: NewYaml = { branches: [branch] };
    if (on?.kind === 'map') {
      return valueOf(on, event) === null
        ? setEntry(text, on, event, filter)
        : refusal(`its \`${event}\` leaves out \`${branch}\``);
    }
    if (on?.kind === 'list') return insertItem(text, on, on.items.length, event);
    return on?.kind === 'scalar'
      ? setEntry(text, root, 'on', { [on.text]: null, [event]: filter })
      : refusal('it names no event');
  });
}

/** A run of the default branch must neither be cancelled half-way nor wait behind one that waits for an approval. */
function concurrencyOperations(workflow: Workflow, changed: string[]): Operation[] {
  const { concurrency } = workflow;
  if (!concurrency) return [];
  changed.push(
    'Runs of the default branch have a concurrency group each and are not cancelled; pull requests go on as before.',
  );
  const own = concurrency.group?.value ?? '${{ github.workflow }}';
  const named = own.includes('${{') ? '${{ github.workflow }}' : own;
  const group = `${named}-\${{ github.event_name == 'pull_request' && github.ref || github.run_id }}`;
  const cancels = concurrency.cancelInProgress?.value ?? 'false';
  return [
    onMap([], (text, root): EditResult => {
      const value = valueOf(root, 'concurrency');
      if (value?.kind === 'scalar') return replaceScalar(text, value, group);
      if (value?.kind !== 'map') return refusal('its concurrency is neither a group nor a map');
      return setEntry(text, value, 'group', group);
    }),
    ...(cancels === 'false'
      ? []
      : [setAt(['concurrency'], 'cancel-in-progress', "${{ github.event_name == 'pull_request' }}")]),
  ];
}

function addNeeds(job: Job, ids: readonly string[]): Operation {
  return onMap(['jobs', job.id.value], (text, body): EditResult => {
    const needs = valueOf(body, 'needs');
    if (needs?.kind === 'list') {
      return ids.reduce<EditResult>(
        (result, id, index) => {
          if (!result.ok) return result;
          const item = insertItem(text, needs, needs.items.length + index, id);
          return item.ok ? { ok: true, edits: [...result.edits, ...item.edits] } : item;
        },
        { ok: true, edits: [] },
      );
    }
    const all = needs?.kind === 'scalar' ? [needs.text, ...ids] : [...ids];
    return setEntry(text, body, 'needs', all, { after: ['name'], before: ['if', 'uses', 'runs-on'] });
  });
}

function refusal(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
