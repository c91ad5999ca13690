import { applyEdits, type TextEdit } from '../../text/edit';
import {
  isSharedByAnchor,
  layoutOf,
  removeEntry,
  replaceScalar,
  setEntry,
  yamlLines,
  type NewYaml,
} from '../../workflow/edit';
import type { Job, Workflow } from '../../workflow/model';
import { readWorkflow } from '../../workflow/read';
import { valueOf } from '../../workflow/yaml-tree';
import { onMap, runOperations, setAt, type Operation } from '../operations';
import { inline, shapeOfCalled } from './inline';
import { planExtraction, type Candidate, type ExtractionPlan, type PlannedInput } from './plan';
import { CALLED_KEYS, CALLER_KEYS, isSameShape, shapeOf, shapeOfKeys, signatureOf, slotsOf } from './shape';

/** One new workflow and the jobs that call it. */
export interface Extraction {
  readonly path: string;
  /** The id of its job. */
  readonly job: string;
  readonly text: string;
  readonly callers: readonly { readonly path: string; readonly job: string }[];
  readonly plan: ExtractionPlan;
  readonly steps: number;
}

/** What was extracted, with the new texts of the callers, and what was left alone. */
export interface ExtractionResult {
  readonly extractions: readonly Extraction[];
  /** New texts of existing workflows by path; only those that changed. */
  readonly texts: ReadonlyMap<string, string>;
  /** Whole sentences. */
  readonly notes: readonly string[];
}

const MIN_STEPS = 2;

/** One workflow with more callers than this is no longer a change that a person can review. */
const MAX_CALLERS = 50;

/**
 * Finds jobs that repeat and makes each group one called workflow. Every result is checked by inlining it back: a
 * group whose callers would not do the same as before is left alone.
 *
 * @param workflows Readable ones only.
 * @param paths Every path of the repository, so that no file is written over.
 */
export function extractRepeatedJobs(
  workflows: readonly Workflow[],
  paths: ReadonlySet<string>,
): ExtractionResult {
  const notes: string[] = [];
  const candidates = workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => candidateOf(workflow, job, notes) ?? []),
  );
  const bySignature = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const signature = signatureOf(candidate.job.body);
    bySignature.set(signature, [...(bySignature.get(signature) ?? []), candidate]);
  }
  const texts = new Map(workflows.map((workflow) => [workflow.path, workflow.text]));
  const taken = new Set(paths);
  const extractions: Extraction[] = [];
  for (const group of bySignature.values()) {
    if (group.length < 2) continue;
    // The new workflow keeps the text of the first job, so the one that people explained most comes first.
    const ordered = [...group].sort((a, b) => commentsIn(b) - commentsIn(a)).slice(0, MAX_CALLERS);
    if (group.length > ordered.length) {
      notes.push(
        `${group.length} jobs have the same steps; ${ordered.length} of them were looked at, so that the change can be reviewed.`,
      );
    }
    for (const cluster of clustersOf(ordered, notes)) {
      const built = build(cluster.candidates, cluster.plan, texts, taken);
      if (!built.ok) {
        notes.push(`${describe(cluster.candidates)} repeat but were left alone: ${built.reason}.`);
        continue;
      }
      for (const [path, text] of built.texts) texts.set(path, text);
      taken.add(built.extraction.path);
      extractions.push(built.extraction);
    }
  }
  const changed = new Map(
    workflows.flatMap((workflow) => {
      const text = texts.get(workflow.path) ?? workflow.text;
      return text === workflow.text ? [] : [[workflow.path, text] as const];
    }),
  );
  return { extractions, texts: changed, notes };
}

function commentsIn(candidate: Candidate): number {
  const { span } = candidate.job;
  return candidate.workflow.tree.comments.filter(
    (comment) => span.start <= comment.span.start && comment.span.start < span.end,
  ).length;
}

/** A job with at least two steps, on its own and made self-contained; null where it is none. */
function candidateOf(workflow: Workflow, job: Job, notes: string[]): Candidate | null {
  if (job.uses || job.steps.length < MIN_STEPS) return null;
  const named = `${workflow.path}: job "${job.id.value}"`;
  const strange = job.body.entries.find(
    (entry) => !CALLED_KEYS.includes(entry.key.text) && !CALLER_KEYS.includes(entry.key.text),
  );
  if (strange) {
    notes.push(`${named} was left alone because of its key "${strange.key.text}".`);
    return null;
  }
  if (job.body.entries.some((entry) => entry.isMerged) || isSharedByAnchor(workflow.text, job.span)) {
    notes.push(`${named} was left alone because it shares parts with other places through an anchor.`);
    return null;
  }
  const at = ['jobs', job.id.value];
  const own = new Set(job.env.map((entry) => entry.name.value));
  const inherited = workflow.env.filter((entry) => !own.has(entry.name.value));
  const rootDefaults = valueOf(workflow.tree.root, 'defaults');
  const operations: Operation[] = [];
  if (inherited.length > 0) {
    operations.push((text) => {
      const current = readWorkflow(workflow.path, text).jobs.find((other) => other.id.value === job.id.value);
      const env = current ? valueOf(current.body, 'env') : null;
      const entries = inherited.map((entry) => [entry.name.value, entry.value.text] as const);
      if (env?.kind === 'map') {
        return onMap([...at], (now, body) => {
          const all = [
            ...entries,
            ...env.entries.map((entry) => [entry.key.text, textOf(entry.value)] as const),
          ];
          return setEntry(now, body, 'env', Object.fromEntries(all));
        })(text);
      }
      return setAt(at, 'env', Object.fromEntries(entries), { before: ['steps'] })(text);
    });
  }
  if (rootDefaults?.kind === 'map') {
    const merged = mergedDefaults(plain(rootDefaults), plain(valueOf(job.body, 'defaults')));
    operations.push(setAt(at, 'defaults', merged, { before: ['steps'] }));
  }
  const result = runOperations(workflow.text, operations);
  if (!result.ok) {
    notes.push(`${named} was left alone because ${result.reason}.`);
    return null;
  }
  const contained = readWorkflow(workflow.path, result.text);
  const again = contained.jobs.find((other) => other.id.value === job.id.value);
  return again
    ? { path: workflow.path, id: job.id.value, text: result.text, workflow: contained, job: again }
    : null;
}

/** Puts together what can become one workflow: a job that fits no group starts one of its own. */
function clustersOf(
  group: readonly Candidate[],
  notes: string[],
): readonly { readonly candidates: readonly Candidate[]; readonly plan: ExtractionPlan }[] {
  const clusters: { candidates: Candidate[]; plan: ExtractionPlan | null; reason: string | null }[] = [];
  for (const candidate of group) {
    let reason: string | null = null;
    const home = clusters.find((cluster) => {
      const tried = planExtraction([...cluster.candidates, candidate]);
      if (!tried.ok) {
        reason ??= tried.reason;
        return false;
      }
      cluster.candidates.push(candidate);
      cluster.plan = tried.plan;
      return true;
    });
    if (!home) clusters.push({ candidates: [candidate], plan: null, reason });
  }
  const alone = clusters.filter((cluster) => cluster.candidates.length === 1);
  for (const { candidates, reason } of alone) {
    const [candidate] = candidates;
    if (candidate && reason) {
      notes.push(
        `${candidate.path}: job "${candidate.id}" has the same steps as another but was left alone because ${reason}.`,
      );
    }
  }
  return clusters.flatMap(({ candidates, plan }) =>
    plan && candidates.length > 1 ? [{ candidates, plan }] : [],
  );
}

type Built =
  | { readonly ok: true; readonly extraction: Extraction; readonly texts: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly reason: string };

function build(
  candidates: readonly Candidate[],
  plan: ExtractionPlan,
  current: ReadonlyMap<string, string>,
  taken: ReadonlySet<string>,
): Built {
  const [first] = candidates;
  if (!first) return { ok: false, reason: 'there is no job' };
  const name = nameOf(candidates.map((candidate) => candidate.id));
  const path = freePath(name, taken);
  const called = calledText(first, plan, name);
  if (!called.ok) return called;
  const calledWorkflow = readWorkflow(path, called.text);
  if (calledWorkflow.problems.length > 0)
    return { ok: false, reason: 'the new workflow could not be read again' };

  const texts = new Map<string, string>();
  for (const [index, candidate] of candidates.entries()) {
    const before = texts.get(candidate.path) ?? current.get(candidate.path) ?? '';
    const result = runOperations(before, callerOperations(candidate, index, plan, path));
    if (!result.ok) return { ok: false, reason: `job "${candidate.id}": ${result.reason}` };
    texts.set(candidate.path, result.text);
  }
  const difference = firstDifference(candidates, texts, current, calledWorkflow);
  if (difference) return { ok: false, reason: difference };
  return {
    ok: true,
    texts,
    extraction: {
      path,
      job: name,
      text: called.text,
      callers: candidates.map((candidate) => ({ path: candidate.path, job: candidate.id })),
      plan,
      steps: first.job.steps.length,
    },
  };
}

/** Inlines the new workflow back into every caller; null where each is what it was and nothing else changed. */
function firstDifference(
  candidates: readonly Candidate[],
  texts: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  called: Workflow,
): string | null {
  for (const candidate of candidates) {
    const caller = readWorkflow(candidate.path, texts.get(candidate.path) ?? '');
    const inlined = inline(caller, candidate.id, called);
    if (!inlined.ok) return inlined.reason;
    if (!isSameShape(inlined.shape, shapeOfCalled(candidate.job.body))) {
      return `inlined back, job "${candidate.id}" in ${candidate.path} would not be what it was`;
    }
    const job = caller.jobs.find((other) => other.id.value === candidate.id);
    if (
      !job ||
      !isSameShape(shapeOfKeys(job.body, CALLER_KEYS), shapeOfKeys(candidate.job.body, CALLER_KEYS))
    ) {
      return `what job "${candidate.id}" in ${candidate.path} keeps would change`;
    }
  }
  for (const [path, text] of texts) {
    const moved = new Set(
      candidates.filter((candidate) => candidate.path === path).map((candidate) => candidate.id),
    );
    if (
      !isSameShape(
        withoutJobs(readWorkflow(path, text), moved),
        withoutJobs(readWorkflow(path, before.get(path) ?? ''), moved),
      )
    ) {
      return `another part of ${path} would change`;
    }
  }
  return null;
}

function withoutJobs(workflow: Workflow, moved: ReadonlySet<string>): ReturnType<typeof shapeOf> {
  const root = workflow.tree.root;
  if (root?.kind !== 'map') return '';
  return Object.fromEntries(
    root.entries.map((entry) => [
      entry.key.text,
      entry.key.text === 'jobs' && entry.value.kind === 'map'
        ? Object.fromEntries(
            entry.value.entries
              .filter((job) => !moved.has(job.key.text))
              .map((job) => [job.key.text, shapeOf(job.value)]),
          )
        : shapeOf(entry.value),
    ]),
  );
}

function callerOperations(
  candidate: Candidate,
  index: number,
  plan: ExtractionPlan,
  path: string,
): readonly Operation[] {
  const at = ['jobs', candidate.id];
  const inputs = plan.inputs.flatMap((input) => {
    const value = input.values[index] ?? '';
    return value === input.defaultValue ? [] : [[input.name, typedValue(input, value)] as const];
  });
  const secrets = plan.secrets.map(
    (secret) => [secret.name, `\${{ secrets.${secret.sources[index] ?? secret.name} }}`] as const,
  );
  return [
    setAt(at, 'uses', `./${path}`, { before: CALLED_KEYS }),
    ...(inputs.length > 0 ? [setAt(at, 'with', Object.fromEntries(inputs), { after: ['uses'] })] : []),
    ...(secrets.length > 0
      ? [setAt(at, 'secrets', Object.fromEntries(secrets), { after: ['uses', 'with'] })]
      : []),
    ...removals(candidate.job, at, CALLED_KEYS),
  ];
}

/** Takes keys out of a job, where it has them. */
function removals(job: Job, at: readonly string[], keys: readonly string[]): readonly Operation[] {
  return keys
    .filter((key) => valueOf(job.body, key) !== null)
    .map((key) =>
      onMap(at, (text, map) =>
        // What the job has from its workflow stands in the self-contained text only.
        valueOf(map, key) ? removeEntry(text, map, key) : { ok: true, edits: [] },
      ),
    );
}

function typedValue(input: PlannedInput, value: string): NewYaml {
  if (value.includes('${{')) return value;
  switch (input.type) {
    case 'string':
      return value;
    case 'number':
      return Number(value);
    case 'boolean':
      return value === 'true';
  }
}

/**
 * The new workflow: the first job's own text, so that its comments and its scripts stay as they were written, with the
 * values that differ replaced.
 */
function calledText(
  first: Candidate,
  plan: ExtractionPlan,
  name: string,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
  const edits: TextEdit[] = [];
  for (const slot of slotsOf(first.job.body, CALLED_KEYS)) {
    const replacement = plan.replacements.get(slot.path);
    if (replacement === undefined) continue;
    const result = replaceScalar(first.text, slot.scalar, replacement);
    if (!result.ok) return result;
    edits.push(...result.edits);
  }
  const at = ['jobs', first.id];
  const kept = runOperations(applyEdits(first.text, edits), removals(first.job, at, CALLER_KEYS));
  if (!kept.ok) return kept;
  const job = readWorkflow(first.path, kept.text).jobs.find((other) => other.id.value === first.id);
  if (!job) return { ok: false, reason: 'the job was not found again' };
  const layout = layoutOf(first.text);
  const { step } = layout;
  const lines = job.body.isFlow
    ? yamlLines(plain(job.body), 2 * step, layout)
    : reindented(kept.text, job, 2 * step);
  const head: NewYaml = {
    name: `Reusable: ${name}`,
    on: {
      workflow_call: {
        ...(plan.inputs.length > 0
          ? { inputs: Object.fromEntries(plan.inputs.map((input) => [input.name, declared(input)])) }
          : {}),
        ...(plan.secrets.length > 0
          ? {
              secrets: Object.fromEntries(
                plan.secrets.map((secret) => [secret.name, { required: plan.isRequiredSecret }]),
              ),
            }
          : {}),
        ...(first.job.outputs.length > 0
          ? {
              outputs: Object.fromEntries(
                first.job.outputs.map((output) => [
                  output.name.value,
                  { value: `\${{ jobs.${name}.outputs.${output.name.value} }}` },
                ]),
              ),
            }
          : {}),
      },
    },
  };
  const isBare = plan.inputs.length === 0 && plan.secrets.length === 0 && first.job.outputs.length === 0;
  const top = isBare
    ? [...yamlLines({ name: `Reusable: ${name}` }, 0, layout), 'on: workflow_call']
    : yamlLines(head, 0, layout);
  const all = [...top, '', 'jobs:', `${' '.repeat(step)}${name}:`, ...lines];
  return { ok: true, text: all.join(layout.lineBreak) + layout.lineBreak };
}

function declared(input: PlannedInput): NewYaml {
  return input.defaultValue === null
    ? { type: input.type, required: true }
    : { type: input.type, required: false, default: typedValue(input, input.defaultValue) };
}

/** The lines of a job's body at another indentation; what is further left than the body (comments) moves to it. */
function reindented(text: string, job: Job, indent: number): string[] {
  const start = text.lastIndexOf('\n', job.body.span.start - 1) + 1;
  const column = job.body.span.start - start;
  // Comments that belong to the first key stand above it.
  let from = start;
  while (from > 0) {
    const above = text.lastIndexOf('\n', from - 2) + 1;
    if (!/^ +#/.test(text.slice(above, from)) || above <= job.id.span.start) break;
    from = above;
  }
  const stop = text.indexOf('\n', job.body.span.end);
  const lines = text
    .slice(from, stop < 0 ? text.length : stop)
    .replace(/\r$/, '')
    .split(/\r?\n/);
  while (lines.length > 0 && lines[lines.length - 1]?.trim() === '') lines.pop();
  return lines.map((line) => {
    if (line.trim() === '') return '';
    const own = line.length - line.trimStart().length;
    return ' '.repeat(Math.max(0, indent + own - column)) + line.trimStart();
  });
}

/** The words that all ids share, in the order of the first; the first id where they share none. */
function nameOf(ids: readonly string[]): string {
  const words = ids.map((id) => id.split(/[-_]/).filter((word) => word !== ''));
  const [head = []] = words;
  const common = head.filter((word) => words.every((other) => other.includes(word)));
  const name = (common.length > 0 ? common : head).join('-');
  return /^[A-Za-z]/.test(name) ? name : `job-${name}`;
}

function freePath(name: string, taken: ReadonlySet<string>): string {
  const base = `.github/workflows/reusable-${name.toLowerCase()}`;
  const isTaken = (path: string): boolean => taken.has(`${path}.yml`) || taken.has(`${path}.yaml`);
  let path = base;
  for (let count = 2; isTaken(path); count++) path = `${base}-${count}`;
  return `${path}.yml`;
}

function describe(candidates: readonly Candidate[]): string {
  return candidates.map((candidate) => `job "${candidate.id}" in ${candidate.path}`).join(', ');
}

function plain(value: ReturnType<typeof valueOf>): NewYaml {
  if (!value) return {};
  switch (value.kind) {
    case 'scalar':
      return typeof value.value === 'string' || value.value === null ? value.text : value.value;
    case 'list':
      return value.items.map(plain);
    case 'map':
      return Object.fromEntries(value.entries.map((entry) => [entry.key.text, plain(entry.value)]));
  }
}

function textOf(value: NonNullable<ReturnType<typeof valueOf>>): string {
  return value.kind === 'scalar' ? value.text : '';
}

/** The job's own `run` defaults win, one by one. */
function mergedDefaults(outer: NewYaml, inner: NewYaml): NewYaml {
  const run = (value: NewYaml): Record<string, NewYaml> => {
    const map = value as Readonly<Record<string, NewYaml>>;
    return { ...(map.run as Readonly<Record<string, NewYaml>> | undefined) };
  };
  return { run: { ...run(outer), ...run(inner) } };
}
