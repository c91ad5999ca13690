import {
  evaluate,
  isTrue,
  readCondition,
  readExpression,
  textOfExpression,
  type Expression,
  type Scope,
  type Value,
} from '../../workflow/conditions/expression';
import type { Concurrency, Job, Trigger, Workflow } from '../../workflow/model';
import type { JobFacts } from '../../workflow/understanding';
import { expressionIn, type CallChain } from './production-path';

/** One way in which a run starts, as far as keys of concurrency groups and names of environments can tell. */
export interface DeployRun {
  readonly event: string;
  /** `refs/heads/main`; two refs where a pattern lets several through. */
  readonly ref: string;
  /** By lower-case name, for `workflow_dispatch`; null where the value cannot be known. */
  readonly inputs: ReadonlyMap<string, string | boolean>;
}

/** More ways to start than this are not told apart. */
const MAX_RUNS = 120;

/** What a branch or tag of a pattern may be called: two of each, so that keys that hold it differ. */
const SAMPLES = ['1', '2'];

/** What differs between any two runs, however they were started. */
const PER_RUN =
  /^github\.(run_id|run_number|run_attempt|sha|actor|triggering_actor|event\.(after|head_commit\..*|commits.*|workflow_run\.(id|run_number|head_sha)))$/;

/** What follows the ref. */
const PER_REF = /^github\.event\.(ref|release\.(tag_name|id|name)|workflow_run\.head_branch)$/;

/**
 * The ways in which the outermost workflow of a chain of callers starts, with every value of the inputs that the texts
 * of the chain name. What `workflow_run`, a schedule and the like start has the default branch as its ref.
 */
export function runsOf(chain: CallChain): readonly DeployRun[] {
  const outer = chain[chain.length - 1] ?? chain[0];
  const texts = chain.flatMap(textsOf).join('\n');
  const branches = branchesNamed(texts, outer.workflow);
  const runs: DeployRun[] = [];
  for (const trigger of outer.workflow.triggers) {
    if (trigger.event === 'workflow_call' && outer.workflow.triggers.length > 1) continue;
    for (const ref of refsOf(trigger, branches)) {
      for (const inputs of inputsOf(trigger, texts)) {
        if (runs.length >= MAX_RUNS) return runs;
        runs.push({ event: trigger.event, ref, inputs });
      }
    }
  }
  return runs;
}

/** The texts of one link that can name an input and decide about keys, environments and conditions. */
function textsOf({ job, workflow }: JobFacts): readonly string[] {
  const ofGroup = (concurrency: Concurrency | null): readonly string[] => [
    concurrency?.group?.value ?? '',
    concurrency?.cancelInProgress?.value ?? '',
  ];
  return [
    ...ofGroup(workflow.concurrency),
    ...ofGroup(job.concurrency),
    job.environment?.name.value ?? '',
    job.condition?.value ?? '',
    ...job.with.map((entry) => entry.value.text),
  ];
}

/** Names that a default branch usually has, the likeliest first. */
const USUAL_BRANCHES = ['main', 'master', 'trunk', 'develop'];

/** The branches that the conditions and the push filter name, the one that is likely the default first; never none. */
function branchesNamed(texts: string, workflow: Workflow): readonly [string, ...string[]] {
  const named = [
    ...[...texts.matchAll(/refs\/heads\/([\w./-]+)/g)].flatMap(([, name]) => name ?? []),
    ...[...texts.matchAll(/github\.ref_name\s*[!=]=\s*'([\w./-]+)'/g)].flatMap(([, name]) => name ?? []),
    ...workflow.triggers.flatMap(({ branches }) =>
      (branches ?? []).map(({ value }) => value).filter((value) => /^[\w./-]+$/.test(value)),
    ),
  ];
  const main = USUAL_BRANCHES.find((usual) => named.includes(usual)) ?? named[0] ?? 'main';
  return [main, ...new Set(named.filter((name) => name !== main))];
}

function refsOf(trigger: Trigger, branches: readonly [string, ...string[]]): readonly string[] {
  const main = `refs/heads/${branches[0]}`;
  const any = [...branches, 'another-branch'];
  switch (trigger.event) {
    case 'push': {
      const { tags, branchesIgnore, tagsIgnore } = trigger;
      const hasBranches = trigger.branches !== null || branchesIgnore !== null;
      const hasTags = tags !== null || tagsIgnore !== null;
      const ofBranches = hasTags && !hasBranches ? [] : namesOf(trigger.branches, any);
      const ofTags = hasBranches && !hasTags ? [] : namesOf(tags, ['v1', 'v2']);
      return [
        ...ofBranches.map((name) => `refs/heads/${name}`),
        ...ofTags.map((name) => `refs/tags/${name}`),
      ];
    }
    case 'release':
      return ['refs/tags/v1', 'refs/tags/v2'];
    case 'workflow_dispatch':
      return any.map((name) => `refs/heads/${name}`);
    case 'pull_request':
      return ['refs/pull/1/merge', 'refs/pull/2/merge'];
    default:
      return [main];
  }
}

function namesOf(
  patterns: readonly { readonly value: string }[] | null,
  any: readonly string[],
): readonly string[] {
  if (!patterns) return any;
  return patterns
    .filter(({ value }) => !value.startsWith('!'))
    .flatMap(({ value }) =>
      /[*?+[]/.test(value)
        ? SAMPLES.map((sample) =>
            value
              .replace(/\[[^\]]*\]/g, sample)
              .replace(/\*+/g, sample)
              .replace(/[?+]/g, ''),
          )
        : [value],
    );
}

function inputsOf(trigger: Trigger, texts: string): readonly ReadonlyMap<string, string | boolean>[] {
  let all: readonly ReadonlyMap<string, string | boolean>[] = [new Map()];
  if (trigger.event !== 'workflow_dispatch') return all;
  const lower = texts.toLowerCase();
  for (const input of trigger.inputs) {
    const name = input.name.value.toLowerCase();
    if (!lower.includes(`inputs.${name}`)) continue;
    const values: readonly (string | boolean)[] =
      input.type === 'boolean'
        ? [true, false]
        : input.type === 'choice' && input.options.length > 0
          ? input.options.map((option) => option.value)
          : input.type === 'environment'
            ? ['production', 'staging']
            : [...new Set([input.defaultValue?.value ?? `a ${name}`, `another ${name}`])];
    all = all.flatMap((inputs) => values.map((value) => new Map(inputs).set(name, value)));
    if (all.length > MAX_RUNS) return all.slice(0, MAX_RUNS);
  }
  return all;
}

/** Whether the jobs of the chain, from the one at `from` outwards, may start in the run: what no file says is tried both ways. */
export function mayRun(run: DeployRun, chain: CallChain, from = 0): boolean {
  return chain.every((link, index) => {
    if (index < from) return true;
    const read = readCondition(link.job.condition?.value ?? null);
    if (!read.ok) return true;
    return [true, false].some((assumed) =>
      [
        ['success', 'always'],
        ['success', 'always', 'failure', 'cancelled'],
        ['always', 'failure'],
      ].some((statuses) =>
        isTrue(read.expression, {
          valueOf: (parts) => valueIn(parts, run, 0, chain, index),
          status: (name) => statuses.includes(name),
          assume: () => assumed,
        }),
      ),
    );
  });
}

/**
 * A text of one link of the chain as it is in a run: what no file says stands as itself, the same in every run; what
 * differs between any two runs holds `runNumber`.
 */
export function textIn(
  text: string,
  run: DeployRun,
  runNumber: number,
  chain: CallChain,
  index: number,
): string {
  return text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, source: string) => {
    const read = readExpression(source.trim());
    if (!read.ok) return source.trim();
    const value = evaluate(read.expression, {
      valueOf: (parts) => {
        const known = valueIn(parts, run, runNumber, chain, index);
        return known === undefined ? `«${parts.join('.')}»` : known;
      },
      status: () => true,
      assume: () => true,
    });
    if (value === undefined) return `«${textOfExpression(read.expression)}»`;
    return value === null ? '' : typeof value === 'object' ? value.set.join(',') : String(value);
  });
}

/** Whether a value such as `cancel-in-progress` is surely true in a run; an expression beyond the files is not. */
export function isSurelyTrue(value: string, run: DeployRun, chain: CallChain, index: number): boolean {
  const inner = expressionIn(value);
  if (inner === null) return value.trim().toLowerCase() === 'true';
  const read = readExpression(inner);
  if (!read.ok) return false;
  let isKnown = true;
  const scope: Scope = {
    valueOf: (parts) => valueIn(parts, run, 0, chain, index),
    status: () => true,
    assume: () => {
      isKnown = false;
      return false;
    },
  };
  return isTrue(read.expression, scope) && isKnown;
}

function valueIn(
  parts: readonly string[],
  run: DeployRun,
  runNumber: number,
  chain: CallChain,
  index: number,
): Value {
  const link = chain[index];
  const path = parts.join('.');
  const isOutermost = index === chain.length - 1;
  if (parts[0] === 'inputs' && link) {
    const name = parts[1] ?? '';
    if (!isOutermost) return passedInput(name, run, runNumber, chain, index);
    if (run.event === 'workflow_call') return undefined;
    return run.inputs.get(name) ?? null;
  }
  if (path.startsWith('github.event.inputs.')) {
    const value = run.inputs.get(parts[3] ?? '');
    return value === undefined ? null : String(value);
  }
  if (parts[0] === 'env' && link) {
    const holder = [...link.job.env, ...link.workflow.env].find(
      ({ name }) => name.value.toLowerCase() === parts[1],
    );
    return holder && !holder.value.text.includes('${{') ? holder.value.text : undefined;
  }
  if (parts[0] !== 'github') return undefined;
  if (PER_RUN.test(path)) return runNumber === 0 ? undefined : `«${path} of run ${runNumber}»`;
  if (run.event === 'workflow_call') return undefined;
  if (PER_REF.test(path)) return `«${path} of ${run.ref}»`;
  const isPull = run.event.startsWith('pull_request');
  switch (path) {
    case 'github.event_name':
      return run.event;
    case 'github.ref':
      return run.ref;
    case 'github.ref_name':
      return run.ref.replace(/^refs\/(heads|tags|pull)\//, '');
    case 'github.ref_type':
      return run.ref.startsWith('refs/tags/') ? 'tag' : 'branch';
    case 'github.head_ref':
    case 'github.base_ref':
      return isPull ? `«${path} of ${run.ref}»` : '';
    default:
      // What is a pull request's own is empty elsewhere.
      if (path.startsWith('github.event.pull_request.') || path === 'github.event.number') {
        return isPull ? `«${path} of ${run.ref}»` : null;
      }
      return undefined;
  }
}

/** An input of a called workflow: what its caller in the chain passes, else its default. */
function passedInput(
  name: string,
  run: DeployRun,
  runNumber: number,
  chain: CallChain,
  index: number,
): Value {
  const link = chain[index];
  const caller = chain[index + 1];
  const given = caller?.job.with.find((entry) => entry.name.value.toLowerCase() === name)?.value;
  if (given) {
    const whole = /^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(given.text)?.[1];
    const read = whole !== undefined && !whole.includes('${{') ? readExpression(whole.trim()) : null;
    // A boolean that is handed on stays one.
    if (read?.ok && isPlain(read.expression)) {
      return evaluate(read.expression, {
        valueOf: (parts) => valueIn(parts, run, runNumber, chain, index + 1),
        status: () => true,
        assume: () => true,
      });
    }
    if (!given.text.includes('${{')) return given.value;
    return textIn(given.text, run, runNumber, chain, index + 1);
  }
  const declared = declaredInput(link?.workflow, name);
  return declared?.defaultValue?.value ?? null;
}

function declaredInput(workflow: Workflow | undefined, name: string): Trigger['inputs'][number] | undefined {
  return workflow?.triggers
    .find(({ event }) => event === 'workflow_call')
    ?.inputs.find((input) => input.name.value.toLowerCase() === name);
}

function isPlain(expression: Expression): boolean {
  return expression.kind === 'path' || expression.kind === 'literal';
}

/** The groups that cover a job in one of the ways in which it runs, each with the link of the chain that it is of. */
export function groupsOver(chain: CallChain | readonly JobFacts[]): readonly {
  readonly concurrency: Concurrency;
  readonly facts: JobFacts;
  readonly index: number;
  readonly isOfJob: boolean;
}[] {
  return chain.flatMap((facts, index) =>
    [
      { concurrency: facts.job.concurrency, isOfJob: true },
      { concurrency: facts.workflow.concurrency, isOfJob: false },
    ].flatMap(({ concurrency, isOfJob }) =>
      concurrency?.group ? [{ concurrency, facts, index, isOfJob }] : [],
    ),
  );
}

/** A key as GitHub compares it, without case. */
export function keyIn(
  concurrency: Concurrency,
  run: DeployRun,
  runNumber: number,
  chain: CallChain,
  index: number,
): string {
  return textIn(concurrency.group?.value ?? '', run, runNumber, chain, index)
    .trim()
    .toLowerCase();
}

/** The job's environment in a run, as GitHub compares it; '' for none. */
export function environmentIn(job: Job, run: DeployRun, chain: CallChain): string {
  return textIn(job.environment?.name.value ?? '', run, 0, chain, 0)
    .trim()
    .toLowerCase();
}
