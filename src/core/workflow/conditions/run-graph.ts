import type { Span } from '../../text/position';
import type { Job, NamedScalar, Workflow } from '../model';
import type { JobFacts } from '../understanding';
import {
  partsOf,
  readCondition,
  readExpression,
  replacePaths,
  textOfExpression,
  type Expression,
} from './expression';
import { toleranceOf } from './tolerance';

/**
 * One thing that is decided in a run. A job that calls a workflow of the repository is two: `call` decides whether the
 * jobs inside exist, `return` is what they add up to for the jobs that need it; the jobs inside stand between.
 */
export interface RunNode {
  readonly kind: 'job' | 'call' | 'return';
  readonly facts: JobFacts;
  /** The jobs from the outermost caller to this one. */
  readonly path: readonly Job[];
  /** With the inputs that the callers give put in. A `return` has none. */
  readonly condition: Expression;
  /** When a failure counts as success for those who need the job. */
  readonly tolerance: Expression;
  /** For a job that deploys: when one of the steps that do so can run, as far as how the run started tells. */
  readonly deploys: Expression;
  /** What has to be over before this is decided. */
  readonly waits: readonly number[];
  /** The direct needs by lower-case id, for `needs.<id>.result`. */
  readonly needs: ReadonlyMap<string, number>;
  /** What `success()` and `failure()` look at: every ancestor in the same workflow. */
  readonly ancestors: readonly number[];
  /** The ancestors of the calls around it, which an open reading of `success()` looks at too. */
  readonly callerAncestors: readonly number[];
  /** The call without which it does not exist. */
  readonly call: number | null;
  /** For a `return`: the jobs and returns of the called workflow. */
  readonly inside: readonly number[];
  /** Why its condition or tolerance cannot be read. */
  readonly problem: { readonly because: string; readonly span: Span } | null;
}

/** Every job that a run of one workflow can hold, ancestors before descendants. */
export type RunGraph =
  | { readonly ok: true; readonly nodes: readonly RunNode[] }
  | { readonly ok: false; readonly because: string; readonly span: Span };

/** GitHub allows ten levels of calls. */
const MAX_CALL_DEPTH = 10;

/** More jobs than this, calls inlined, are not judged together. GitHub allows 256 jobs of a matrix; people write 60. */
const MAX_NODES = 600;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<
  Omit<RunNode, 'waits' | 'ancestors' | 'callerAncestors' | 'call' | 'inside' | 'needs'>
> & {
  waits: Draft[];
  needs: Map<string, Draft>;
  ancestors: Set<Draft>;
  callerAncestors: Set<Draft>;
  call: Draft | null;
  inside: Draft[];
};

/** What the callers give for the inputs of a called workflow, by lower-case name. */
type Given = ReadonlyMap<string, Expression>;

const TRUE: Expression = { kind: 'literal', value: true };
const FALSE: Expression = { kind: 'literal', value: false };

/**
 * Lays out what one run of `root` can hold, with the workflows of the repository that it calls put in the place of their
 * calls, inputs bound.
 */
export function runGraphOf(root: Workflow, jobsOf: (workflow: Workflow) => readonly JobFacts[]): RunGraph {
  const drafts: Draft[] = [];
  let problem: { because: string; span: Span } | null = null;
  const start = { start: 0, end: 0 };

  const add = (
    workflow: Workflow,
    given: Given | null,
    call: Draft | null,
    path: readonly Job[],
    around: readonly Workflow[],
  ): readonly Draft[] => {
    const jobs = jobsOf(workflow);
    // What stands for a job towards those who need it, and what it waits with.
    const ends = new Map<string, Draft>();
    const starts = new Map<string, Draft>();
    for (const facts of jobs) {
      if (drafts.length > MAX_NODES) {
        problem ??= { because: 'it holds too many jobs', span: start };
        return [];
      }
      const id = facts.job.id.value.toLowerCase();
      const isCall = facts.calls !== null && !around.includes(facts.calls) && around.length <= MAX_CALL_DEPTH;
      const first = draft(isCall ? 'call' : 'job', facts, [...path, facts.job], given, call);
      drafts.push(first);
      starts.set(id, first);
      ends.set(id, isCall ? draft('return', facts, [...path, facts.job], given, call) : first);
    }
    for (const facts of jobs) {
      const id = facts.job.id.value.toLowerCase();
      const first = starts.get(id);
      if (!first || first.facts !== facts) continue;
      for (const need of facts.job.needs) {
        const needed = ends.get(need.value.toLowerCase());
        if (!needed) continue;
        first.needs.set(need.value.toLowerCase(), needed);
        first.waits.push(needed);
      }
      if (call) first.waits.push(call);
    }
    const ordered = inOrder([...starts.values()], (each) =>
      [...each.needs.values()].map((end) => startOf(end)),
    );
    if (!ordered) {
      const [one] = starts.values();
      problem ??= {
        because: 'its needs go round in a circle',
        span: one?.facts.job.id.span ?? start,
      };
      return [];
    }
    function startOf(end: Draft): Draft {
      return starts.get(end.facts.job.id.value.toLowerCase()) ?? end;
    }
    for (const first of ordered) {
      for (const needed of first.needs.values()) {
        first.ancestors.add(needed);
        for (const further of startOf(needed).ancestors) first.ancestors.add(further);
      }
      if (call)
        for (const outer of [...call.ancestors, ...call.callerAncestors]) first.callerAncestors.add(outer);
      const end = ends.get(first.facts.job.id.value.toLowerCase());
      const calls = first.facts.calls;
      if (first.kind !== 'call' || !end || !calls) continue;
      const inner = add(calls, inputsGiven(first.facts.job, calls, given), first, first.path, [
        ...around,
        calls,
      ]);
      end.inside = [...inner];
      end.waits = [first, ...inner];
      end.ancestors = new Set(first.ancestors);
      end.callerAncestors = new Set(first.callerAncestors);
      end.call = first;
      drafts.push(end);
    }
    return [...ends.values()];
  };
  add(root, null, null, [], [root]);
  const found = problem as { because: string; span: Span } | null;
  if (found) return { ok: false, ...found };

  const ordered = inOrder(drafts, (each) => each.waits);
  if (!ordered) return { ok: false, because: 'its needs go round in a circle', span: start };
  const indexes = new Map(ordered.map((each, index) => [each, index]));
  const at = (each: Draft): number => indexes.get(each) ?? -1;
  return {
    ok: true,
    nodes: ordered.map((each) => ({
      ...each,
      waits: each.waits.map(at),
      needs: new Map([...each.needs].map(([id, need]) => [id, at(need)])),
      ancestors: [...each.ancestors].map(at),
      callerAncestors: [...each.callerAncestors].map(at),
      call: each.call ? at(each.call) : null,
      inside: each.inside.map(at),
    })),
  };
}

function draft(
  kind: RunNode['kind'],
  facts: JobFacts,
  path: readonly Job[],
  given: Given | null,
  call: Draft | null,
): Draft {
  const empty = {
    kind,
    facts,
    path,
    waits: [],
    needs: new Map<string, Draft>(),
    ancestors: new Set<Draft>(),
    callerAncestors: new Set<Draft>(),
    call,
    inside: [],
  };
  if (kind === 'return') return { ...empty, condition: TRUE, tolerance: FALSE, deploys: TRUE, problem: null };
  const { job } = facts;
  const condition = conditionOf(job);
  if (!condition.ok) {
    const because = `the condition of "${job.id.value}" cannot be read (${condition.message})`;
    const span = job.condition?.span ?? job.id.span;
    return { ...empty, condition: TRUE, tolerance: FALSE, deploys: TRUE, problem: { because, span } };
  }
  const tolerance = toleranceOf(job.continueOnError, job);
  if (tolerance === null) {
    const because = `whether the failure of "${job.id.value}" counts depends on ${job.continueOnError?.value ?? ''}`;
    const span = job.continueOnError?.span ?? job.id.span;
    return { ...empty, condition: TRUE, tolerance: FALSE, deploys: TRUE, problem: { because, span } };
  }
  return {
    ...empty,
    condition: bound(condition.expression, given),
    tolerance: bound(tolerance.expression, given),
    deploys: bound(deployConditionOf(facts), given),
    problem: null,
  };
}

/**
 * When a deploying step of a job can run, by its own `if`: what the job itself knows (status functions, other steps,
 * the matrix) may be anything, what the start settles is asked.
 */
function deployConditionOf({ job, purposes }: JobFacts): Expression {
  const steps = purposes.filter(
    ({ purpose, confidence }) => (purpose === 'deploy' || purpose === 'rollback') && confidence !== 'weak',
  );
  const parts: Expression[] = [];
  for (const { stepIndex } of steps) {
    const step = job.steps.find(({ index }) => index === stepIndex);
    const written = step?.condition?.value;
    if (written === undefined) return TRUE;
    const read = readCondition(written);
    if (!read.ok) return TRUE;
    parts.push(loosened(read.expression));
  }
  return parts.length === 0 ? TRUE : { kind: 'or', args: parts };
}

/** Contexts that are settled by how the run starts, or are the same all through it. */
const OF_THE_START = ['github', 'inputs', 'vars', 'needs'];

/** An expression in which all that the start does not settle can be true or false, as it likes. */
function loosened(expression: Expression): Expression {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { ...expression, args: expression.args.map(loosened) };
    case 'not':
      return { kind: 'not', of: loosened(expression.of) };
    default: {
      const isOpen = partsOf(expression).some(
        (part) =>
          (part.kind === 'path' && !OF_THE_START.includes(part.parts[0] ?? '')) ||
          (part.kind === 'path' && part.parts[0] === 'needs') ||
          (part.kind === 'call' && /^(success|failure|always|cancelled|hashfiles|index)$/.test(part.name)),
      );
      return isOpen
        ? { kind: 'path', parts: ['github', 'a step', textOfExpression(expression)] }
        : expression;
    }
  }
}

const conditions = new WeakMap<Job, ReturnType<typeof readCondition>>();

/** A job's condition, read once for as long as the reading of its file lives. */
export function conditionOf(job: Job): ReturnType<typeof readCondition> {
  const known = conditions.get(job) ?? readCondition(job.condition?.value ?? null);
  conditions.set(job, known);
  return known;
}

/** An expression of a called workflow with what the caller gives for its inputs in their place. */
function bound(expression: Expression, given: Given | null): Expression {
  if (!given) return expression;
  return replacePaths(expression, (parts) => {
    const name = parts[0] === 'inputs' ? parts[1] : undefined;
    return name === undefined || parts.length !== 2 ? null : (given.get(name) ?? null);
  });
}

/**
 * What a call gives for each input that the called workflow declares: what the caller writes, else the default, as the
 * declared type has it. https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, `on.workflow_call.inputs`.
 */
function inputsGiven(caller: Job, called: Workflow, given: Given | null): Given {
  const inputs = called.triggers.find((trigger) => trigger.event === 'workflow_call')?.inputs ?? [];
  return new Map(
    inputs.map((input) => {
      const name = input.name.value.toLowerCase();
      const entry = caller.with.find((each) => each.name.value.toLowerCase() === name);
      if (!entry) return [name, typed(input.defaultValue?.value ?? '', input.type)];
      return [name, writtenBy(entry, input.type, caller, given)];
    }),
  );
}

function writtenBy(entry: NamedScalar, type: string, caller: Job, given: Given | null): Expression {
  const { text } = entry.value;
  if (!text.includes('${{')) return typed(text, type);
  const inner = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1];
  const read = inner === undefined || inner.includes('${{') ? null : readExpression(inner);
  // Text with expressions in it, or none that can be read: not known, by a name that says so.
  if (!read?.ok) return { kind: 'path', parts: ['caller', `${caller.id.value}: ${text}`] };
  // What the caller sees of its needs is not what the same words mean inside.
  return replacePaths(bound(read.expression, given), (parts) =>
    parts[0] === 'needs' ? { kind: 'path', parts: ['caller', caller.id.value, ...parts] } : null,
  );
}

function typed(text: string, type: string): Expression {
  switch (type) {
    case 'boolean':
      return { kind: 'literal', value: text.trim().toLowerCase() === 'true' };
    case 'number':
      return { kind: 'literal', value: text.trim() === '' ? 0 : Number(text) };
    default:
      return { kind: 'literal', value: text };
  }
}

/** Whether a condition is false unless `success()` is true, in every reading. */
export function demandsSuccess(condition: Expression): boolean {
  if (condition.kind === 'and') return condition.args.some(demandsSuccess);
  return condition.kind === 'call' && condition.name === 'success' && condition.args.length === 0;
}

/** Whether a part of an expression is settled by the run itself: results of needs and status functions alone. */
export function isOfRun(expression: Expression): boolean {
  return partsOf(expression).every((part) => {
    switch (part.kind) {
      case 'literal':
      case 'compare':
      case 'not':
      case 'and':
      case 'or':
        return true;
      case 'path':
        return part.parts[0] === 'needs' && part.parts[2] === 'result' && part.parts.length === 3;
      case 'call':
        return /^(success|failure|always|cancelled|contains|startswith|endswith|join|tojson|format|fromjson)$/.test(
          part.name,
        );
    }
  });
}

/** Those that wait behind those that they wait for; null for a circle. */
function inOrder<T>(all: readonly T[], waitsOf: (each: T) => readonly T[]): readonly T[] | null {
  const ordered: T[] = [];
  const done = new Set<T>();
  const known = new Set(all);
  let pending = [...all];
  while (pending.length > 0) {
    const ready = pending.filter((each) =>
      waitsOf(each).every((other) => done.has(other) || !known.has(other)),
    );
    if (ready.length === 0) return null;
    for (const each of ready) {
      done.add(each);
      ordered.push(each);
    }
    pending = pending.filter((each) => !done.has(each));
  }
  return ordered;
}
