import { applyEdits, type TextEdit } from '../../text/edit';
import {
  layoutOf,
  leadingComments,
  replaceScalar,
  setEntry,
  yamlLines,
  type EntryPlace,
  type NewYaml,
  type YamlLayout,
} from '../../workflow/edit';
import type { Job } from '../../workflow/model';
import { readWorkflow } from '../../workflow/read';
import { entryOf, valueOf, type YamlMap, type YamlValue } from '../../workflow/yaml-tree';
import { onMap, runOperations, setAt, type Operation } from '../operations';
import { permissionsOf, standsIn, type Candidate, type Member } from './candidate';
import type { ExtractionPlan, PlannedInput } from './plan';
import { variableOf } from './script-words';
import { CALLER_KEYS, canonical, slotPath, slotsOf } from './shape';
import { pieceOf, plain, removals, typedValue } from './write-parts';

/** A text, or why there is none. */
export type TextResult =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * The new workflow: the first candidate's own text, so that its comments and its scripts stay as they were written, with
 * the values that differ replaced.
 *
 * @param ids The ids of the jobs in it, as the members of the first.
 */
export function calledText(
  candidates: readonly Candidate[],
  plan: ExtractionPlan,
  name: string,
  ids: readonly string[],
): TextResult {
  const [first] = candidates;
  if (!first) return { ok: false, reason: 'there is no job' };
  const layout = layoutOf(first.workflow.text);
  const jobs: string[] = [];
  const inFileOrder = first.members
    .map((member, index) => ({ member, index }))
    .sort((a, b) => a.member.job.span.start - b.member.job.span.start);
  for (const { member, index } of inFileOrder) {
    const part = first.kind === 'pipeline' ? index + 1 : index;
    const lines = jobLines(first, member, part, ids[index] ?? member.id, plan, layout);
    if (!lines.ok) return lines;
    jobs.push(...(jobs.length > 0 ? [''] : []), ...lines.lines);
  }
  const outputs = first.kind === 'job' ? (first.members[0]?.job.outputs ?? []) : [];
  const call: Record<string, NewYaml> = {};
  if (plan.inputs.length > 0) {
    call.inputs = Object.fromEntries(plan.inputs.map((input) => [input.name, declared(input)]));
  }
  if (plan.secrets.length > 0) {
    call.secrets = Object.fromEntries(
      plan.secrets.map((secret) => [secret.name, { required: secret.isRequired }]),
    );
  }
  if (outputs.length > 0) {
    call.outputs = Object.fromEntries(
      outputs.map((output) => [
        output.name.value,
        { value: `\${{ jobs.${ids[0] ?? ''}.outputs.${output.name.value} }}` },
      ]),
    );
  }
  const permissions = commonPermissions(candidates);
  const [root] = first.kind === 'pipeline' ? first.parts : [];
  const env = root ? entryOf(root.map, 'env') : null;
  const top = [
    ...yamlLines({ name: `Reusable: ${name}` }, 0, layout),
    ...(Object.keys(call).length > 0
      ? yamlLines({ on: { workflow_call: call } }, 0, layout)
      : ['on: workflow_call']),
    ...(permissions === null ? [] : ['', ...yamlLines({ permissions }, 0, layout)]),
    ...(env ? ['', ...yamlLines({ env: plainWith(env.value, plan, slotPath(0, ['env'])) }, 0, layout)] : []),
  ];
  return { ok: true, text: [...top, '', 'jobs:', ...jobs].join(layout.lineBreak) + layout.lineBreak };
}

type Lines =
  { readonly ok: true; readonly lines: readonly string[] } | { readonly ok: false; readonly reason: string };

/** A job as it goes inside, from its id, with the comments above it. */
function jobLines(
  first: Candidate,
  member: Member,
  part: number,
  id: string,
  plan: ExtractionPlan,
  layout: YamlLayout,
): Lines {
  const { text } = first.workflow;
  const piece = pieceOf(text, first.workflow, member.job);
  if (!piece) return { ok: false, reason: `job "${member.id}" does not stand on lines of its own` };
  const own = piece.lead + piece.text;
  const shift = piece.lead.length - piece.start;
  const edits: TextEdit[] = [];
  const map = first.parts[part];
  for (const { path, scalar } of map ? slotsOf(map.map, map.keys, part) : []) {
    const replacement = plan.replacements.get(path);
    if (replacement === undefined || !standsIn(member.job, scalar)) continue;
    const span = { start: scalar.span.start + shift, end: scalar.span.end + shift };
    const result = replaceScalar(own, { ...scalar, span }, replacement);
    if (!result.ok) return result;
    edits.push(...result.edits);
  }
  const at = ['jobs', member.id];
  const operations: Operation[] = [];
  if (first.kind === 'job') operations.push(...removals(member.job, at, CALLER_KEYS));
  operations.push(...inheritedOperations(first, member, part, at, plan));
  for (const [path, inputs] of plan.variables) {
    const step = /^(\d+):steps\.(\d+)$/.exec(path);
    if (!step || Number(step[1]) !== part) continue;
    operations.push(...inputs.map((input) => variableOperation([...at, 'steps', Number(step[2])], input)));
  }
  const kept = runOperations(applyEdits(own, edits), operations);
  if (!kept.ok) return kept;
  const job = readWorkflow(first.workflow.path, kept.text).jobs.find((other) => other.id.value === member.id);
  if (!job) return { ok: false, reason: 'the job was not found again' };
  const { step } = layout;
  const comments = first.kind === 'pipeline' ? commentsAbove(text, member.job, step) : [];
  return {
    ok: true,
    lines: [
      ...comments,
      `${' '.repeat(step)}${id}:`,
      ...(job.body.isFlow
        ? yamlLines(plain(job.body), 2 * step, layout)
        : reindented(kept.text, job, 2 * step)),
    ],
  };
}

/** Puts in what the job has from its workflow, with the values that differ replaced. */
function inheritedOperations(
  first: Candidate,
  member: Member,
  part: number,
  at: readonly string[],
  plan: ExtractionPlan,
): readonly Operation[] {
  return ['permissions', 'env', 'defaults'].flatMap((key) => {
    const entry = entryOf(member.body, key);
    const isCalled = first.parts[part]?.keys.includes(key) ?? false;
    if (!entry || !isCalled || !hasForeign(entry.value, member.job)) return [];
    return [setAt(at, key, plainWith(entry.value, plan, slotPath(part, [key])), { before: ['steps'] })];
  });
}

function hasForeign(value: YamlValue, job: Job): boolean {
  switch (value.kind) {
    case 'scalar':
      return !standsIn(job, value);
    case 'list':
      return value.items.some((item) => hasForeign(item, job));
    case 'map':
      return value.entries.length === 0
        ? !standsIn(job, value)
        : value.entries.some((entry) => hasForeign(entry.value, job));
  }
}

/** Gives a step an input as a variable. */
function variableOperation(at: readonly (string | number)[], input: string): Operation {
  const value = `\${{ inputs.${input} }}`;
  return onMap(at, (text, step) => {
    const env = valueOf(step, 'env');
    return env?.kind === 'map'
      ? setEntry(text, env, variableOf(input), value)
      : setEntry(text, step, 'env', { [variableOf(input)]: value }, envPlace(step));
  });
}

/** Before the script, unless that is what a step begins with. */
function envPlace(step: YamlMap): EntryPlace {
  const first = [...step.entries].sort((a, b) => a.span.start - b.span.start)[0];
  return first?.key.text === 'run' ? { after: ['run'] } : { before: ['run'] };
}

/** What is said of the tokens of all callers alike; null where they differ, or one has the repository's default. */
function commonPermissions(candidates: readonly Candidate[]): NewYaml | null {
  const [first] = candidates;
  const member = first?.members[0];
  if (!first || !member) return null;
  // The jobs of a pipeline that state their own keep them.
  if (first.kind === 'pipeline' && first.members.some(({ job }) => job.permissions !== null)) return null;
  const all = candidates.map((candidate) => {
    const [own] = candidate.members;
    return own ? permissionsOf(candidate.workflow, own.body) : null;
  });
  const [head = null] = all;
  if (head === null || all.some((other) => other === null || canonical(other) !== canonical(head)))
    return null;
  const value = valueOf(member.body, 'permissions') ?? valueOf(first.workflow.tree.root, 'permissions');
  return value ? plain(value) : null;
}

function declared(input: PlannedInput): NewYaml {
  return input.defaultValue === null
    ? { type: input.type, required: true }
    : { type: input.type, required: false, default: typedValue(input, input.defaultValue) };
}

/** The comment lines right above a job, at another indentation. */
function commentsAbove(text: string, job: Job, indent: number): readonly string[] {
  const start = leadingComments(text, job.id.span.start);
  return text
    .slice(start, text.lastIndexOf('\n', job.id.span.start - 1) + 1)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => ' '.repeat(indent) + line.trim());
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

/** A value as it is written anew, with the plan's replacements; `path` is its own. */
function plainWith(value: YamlValue, plan: ExtractionPlan, path: string): NewYaml {
  switch (value.kind) {
    case 'scalar':
      return plan.replacements.get(path) ?? plain(value);
    case 'list':
      return value.items.map((item, index) => plainWith(item, plan, `${path}.${index}`));
    case 'map':
      return Object.fromEntries(
        value.entries.map((entry) => [
          entry.key.text,
          plainWith(entry.value, plan, `${path}.${entry.key.text}`),
        ]),
      );
  }
}
