import { conditionOf } from '../../workflow/conditions/run-graph';
import {
  evaluate,
  isTrue,
  readExpression,
  type Expression,
  type Scope,
  type Value,
} from '../../workflow/conditions/expression';
import { passesFilter, startsOf, startValue, type RunStart } from '../../workflow/conditions/runs';
import type { Job, Workflow } from '../../workflow/model';
import { valueOf } from '../../workflow/yaml-tree';
import { matrixCombinations, type Combination } from './matrix';

/** A status check that a ruleset can require, by the name under which GitHub shows it. */
export interface RequiredCheck {
  readonly name: string;
  /** The workflow that makes it, and the job in it. */
  readonly path: string;
  readonly job: string;
}

/** What a pull request's runs are called, and the jobs that were left out with the reason. */
export interface RequiredChecks {
  readonly checks: readonly RequiredCheck[];
  /** Tools whose results code scanning gets from those jobs, by the names that they give themselves. */
  readonly scanners: readonly string[];
  /** Sentences without a full stop, each about one job or workflow that runs for pull requests and is not required. */
  readonly leftOut: readonly string[];
}

/** Called workflows in called workflows: GitHub allows ten levels. */
const MAX_CALLS = 10;

/** Activities after which GitHub asks for the checks again; a check that none of them starts is never there. */
const NEEDED_ACTIVITIES: readonly unknown[] = ['opened', 'synchronize'];

/** The contexts of `github`, of which a called workflow sees its caller's. */
interface Surroundings {
  readonly start: RunStart;
  /** What the caller gives; null outside a called workflow. */
  readonly inputs: ReadonlyMap<string, Value> | null;
}

/**
 * The checks that every pull request to the default branch has, when all goes well: those alone can be required, since
 * GitHub waits without an end for one that never starts (docs.github.com, "Troubleshooting required status checks").
 * What cannot be told is left out and said.
 */
export function requiredChecks(workflows: readonly Workflow[], defaultBranch: string): RequiredChecks {
  const checks = new Map<string, RequiredCheck>();
  const leftOut: string[] = [];
  const required: Job[] = [];
  for (const workflow of workflows) {
    const { path } = workflow;
    if (workflow.problems.length > 0) continue;
    const why = whyNotOnEveryPullRequest(workflow, defaultBranch);
    if (why === 'other-event') continue;
    if (why !== null) {
      leftOut.push(`${path} ${why}`);
      continue;
    }
    const starts = pullRequestStarts(workflow, defaultBranch);
    if (starts === null) {
      leftOut.push(`${path} can start in more ways than are told apart`);
      continue;
    }
    const surroundings = starts.map((start): Surroundings => ({ start, inputs: null }));
    for (const job of workflow.jobs) {
      for (const named of namesOf(workflow, job, surroundings, workflows, required)) {
        if (!named.ok) {
          if (named.why !== null) leftOut.push(`${path}: the job ${job.id.value} ${named.why}`);
          continue;
        }
        const same = checks.get(named.name);
        if (!same) checks.set(named.name, { name: named.name, path, job: job.id.value });
        else if (same.path !== path) {
          leftOut.push(
            `${path}: the job ${job.id.value} has the name of another one in ${same.path} ("${named.name}"), so that either of them meets the rule: give one of them another name`,
          );
        }
      }
    }
  }
  const steps = required.flatMap((job) => job.steps);
  const uses = (action: string): boolean =>
    steps.some((step) => step.uses?.value.toLowerCase().startsWith(`${action}@`) && step.condition === null);
  if (uses('github/codeql-action/upload-sarif')) {
    leftOut.push(
      'Results that a step sends to code scanning stand under the name that their tool gives itself, which no workflow says: add the tool to the rule of code scanning by hand',
    );
  }
  return {
    checks: [...checks.values()],
    scanners: uses('github/codeql-action/analyze') ? ['CodeQL'] : [],
    leftOut: [...new Set(leftOut)],
  };
}

/** Null where it runs on every pull request to the branch; else why not, completing "<path> …". */
function whyNotOnEveryPullRequest(workflow: Workflow, branch: string): string | null {
  const trigger = workflow.triggers.find(({ event }) => event === 'pull_request');
  if (!trigger) {
    return workflow.triggers.some(({ event }) => event === 'pull_request_target')
      ? 'runs on pull_request_target, with the rights of the default branch: nothing of it is required'
      : 'other-event';
  }
  if (trigger.branches && !passesFilter(trigger.branches, branch)) return 'other-event';
  if (trigger.branchesIgnore && passesFilter(trigger.branchesIgnore, branch)) return 'other-event';
  if (trigger.paths || valueOf(trigger.raw, 'paths-ignore')) {
    return 'runs for some paths only: a check that never starts would block a pull request for ever, so none of its jobs is required';
  }
  const types = trigger.types?.map(({ value }) => value);
  return types && !NEEDED_ACTIVITIES.every((type) => types.some((each) => each === type))
    ? 'does not run whenever a pull request is opened and changed, so none of its jobs is required'
    : null;
}

/** The ways in which a pull request to the branch starts it; null: too many. */
function pullRequestStarts(workflow: Workflow, branch: string): readonly RunStart[] | null {
  const conditions = workflow.jobs.flatMap((job) => {
    const read = conditionOf(job);
    return read.ok ? [read.expression] : [];
  });
  return (
    startsOf(workflow, conditions, branch)?.filter(({ event, known }) => {
      const action = known['github.event.action'];
      const base = known['github.base_ref'];
      return (
        event === 'pull_request' &&
        (action === undefined || action === 'reopened' || NEEDED_ACTIVITIES.includes(action)) &&
        (base === undefined || base === branch) &&
        known['github.event.pull_request.merged'] !== true
      );
    }) ?? null
  );
}

/** A check's name, or why there is none: null where the job is not meant for pull requests at all. */
type Named =
  { readonly ok: true; readonly name: string } | { readonly ok: false; readonly why: string | null };

function namesOf(
  workflow: Workflow,
  job: Job,
  surroundings: readonly Surroundings[],
  all: readonly Workflow[],
  required: Job[],
  depth = 0,
): readonly Named[] {
  const runs = whetherItRuns(workflow, job, surroundings);
  if (runs !== 'always') {
    return [
      {
        ok: false,
        why:
          runs === 'never'
            ? null
            : 'can be skipped, and a skipped job counts as passed: require it by hand if that is what you want',
      },
    ];
  }
  if (job.environment) {
    return [{ ok: false, why: 'deploys to an environment, and a deployment is no check of a pull request' }];
  }
  if (job.continueOnError && job.continueOnError.value.trim() !== 'false') {
    return [{ ok: false, why: 'is allowed to fail' }];
  }
  const own = ownNames(job, surroundings);
  if (!own.ok) return [own];
  if (!job.uses) {
    required.push(job);
    return own.names.map((name) => ({ ok: true, name }));
  }
  const path = /^\.\/(\.github\/workflows\/[^@]+)$/.exec(job.uses.value)?.[1];
  const called = all.find((each) => each.path === path);
  if (!called || called.problems.length > 0) {
    return [
      {
        ok: false,
        why: `calls ${job.uses.value}, whose jobs are not in this repository: their names (caller / job) have to be read from a run`,
      },
    ];
  }
  if (depth >= MAX_CALLS) return [{ ok: false, why: 'calls workflows that call one another' }];
  const inside = surroundings.map(({ start, inputs }): Surroundings => ({
    start,
    inputs: inputsGiven(job, called, { start, inputs }),
  }));
  return called.jobs.flatMap((inner) =>
    namesOf(called, inner, inside, all, required, depth + 1).flatMap((named): readonly Named[] => {
      if (named.ok) return own.names.map((name) => ({ ok: true, name: `${name} / ${named.name}` }));
      return named.why === null
        ? []
        : [{ ok: false, why: `calls ${called.path}, whose job ${inner.id.value} ${named.why}` }];
    }),
  );
}

/** Whether a job runs in every one of these runs, as long as everything before it succeeds. */
function whetherItRuns(
  workflow: Workflow,
  job: Job,
  surroundings: readonly Surroundings[],
  below: readonly Job[] = [],
): 'always' | 'never' | 'sometimes' {
  if (below.includes(job)) return 'sometimes';
  const needs = job.needs.map(({ value }) => {
    const needed = workflow.jobs.find((other) => other.id.value === value);
    return {
      id: value.toLowerCase(),
      runs: needed ? whetherItRuns(workflow, needed, surroundings, [...below, job]) : ('sometimes' as const),
    };
  });
  const read = conditionOf(job);
  if (!read.ok) return 'sometimes';
  const answers = surroundings.map((each) => truthOf(read.expression, each, needs));
  if (answers.length > 0 && answers.every((answer) => answer === true)) return 'always';
  return answers.every((answer) => answer === false) ? 'never' : 'sometimes';
}

/** Undefined where no file settles it. */
function truthOf(
  expression: Expression,
  surroundings: Surroundings,
  needs: readonly { readonly id: string; readonly runs: 'always' | 'never' | 'sometimes' }[],
): boolean | undefined {
  let isKnown = true;
  const truth = isTrue(expression, {
    valueOf: (parts) => {
      if (parts[0] === 'needs' && parts[2] === 'result') {
        const need = needs.find(({ id }) => id === parts[1]);
        if (need?.runs === 'always') return 'success';
        return need?.runs === 'never' ? 'skipped' : undefined;
      }
      return contextValue(parts, surroundings);
    },
    status: (name) => {
      if (name === 'always') return true;
      if (name !== 'success') return false;
      // A need that is skipped skips what waits for it, unless a condition says otherwise.
      if (needs.some(({ runs }) => runs === 'sometimes')) isKnown = false;
      return needs.every(({ runs }) => runs === 'always');
    },
    assume: () => (isKnown = false),
  });
  if (isKnown) return truth;
  // A need that never runs settles it, whatever else the condition asks for.
  return needs.some(({ runs }) => runs === 'never') && !truth ? false : undefined;
}

function contextValue(parts: readonly string[], { start, inputs }: Surroundings): Value {
  if (inputs !== null && parts[0] === 'inputs') {
    return parts.length === 2 ? inputs.get(parts[1] ?? '') : undefined;
  }
  return startValue(parts, start);
}

/** What a call gives for each input that the called workflow declares, as far as files say. */
function inputsGiven(caller: Job, called: Workflow, outside: Surroundings): ReadonlyMap<string, Value> {
  const declared = called.triggers.find(({ event }) => event === 'workflow_call')?.inputs ?? [];
  return new Map(
    declared.map((input): readonly [string, Value] => {
      const name = input.name.value.toLowerCase();
      const entry = caller.with.find((each) => each.name.value.toLowerCase() === name);
      const text = entry?.value.text ?? input.defaultValue?.value ?? '';
      const value = textValue(text, (parts) => contextValue(parts, outside));
      if (value === undefined || input.type === 'string') return [name, value];
      if (input.type === 'boolean') return [name, value.trim().toLowerCase() === 'true'];
      return [name, input.type === 'number' ? Number(value) : value];
    }),
  );
}

/** The names of a job before those of a workflow that it calls: one, or one for each combination of its matrix. */
function ownNames(
  job: Job,
  surroundings: readonly Surroundings[],
): { readonly ok: true; readonly names: readonly string[] } | { readonly ok: false; readonly why: string } {
  const combinations = job.matrix === null ? null : matrixCombinations(job.matrix);
  if (combinations && !combinations.ok) {
    return { ok: false, why: `has names that no file settles: its matrix ${combinations.why}` };
  }
  const names: string[] = [];
  for (const combination of combinations?.combinations ?? [null]) {
    const name = nameIn(job, combination, surroundings);
    if (name === undefined) {
      return { ok: false, why: `has a name that no file settles: "${job.name?.value ?? job.id.value}"` };
    }
    if (!names.includes(name)) names.push(name);
  }
  return { ok: true, names };
}

/** GitHub appends the values of the matrix unless the name has an expression in it (actions/runner, `JobNameBuilder`). */
function nameIn(
  job: Job,
  combination: Combination | null,
  surroundings: readonly Surroundings[],
): string | undefined {
  const written = job.name?.value ?? '';
  if (!written.includes('${{')) {
    const base = written.trim() === '' ? job.id.value : written;
    if (combination === null || combination.segments.length === 0) return base;
    const name = `${base} (${combination.segments.join(', ')})`;
    return name.length > 100 ? `${name.slice(0, 97)}...` : name;
  }
  const texts = new Set(
    surroundings.map((each) =>
      textValue(written, (parts) =>
        parts[0] === 'matrix' ? combination?.values.get(parts.slice(1).join('.')) : contextValue(parts, each),
      ),
    ),
  );
  const [text] = texts;
  return texts.size === 1 && text !== '' ? text : undefined;
}

/** A text with its expressions put in; undefined where one of them is not settled. */
function textValue(text: string, valueOfPath: (parts: readonly string[]) => Value): string | undefined {
  let isKnown = true;
  const scope: Scope = {
    valueOf: valueOfPath,
    status: () => (isKnown = false),
    assume: () => (isKnown = false),
  };
  const result = text.replace(/\$\{\{([\s\S]*?)\}\}/g, (_, inner: string) => {
    const read = readExpression(inner);
    const value = read.ok ? evaluate(read.expression, scope) : undefined;
    if (value === undefined || (typeof value === 'object' && value !== null)) {
      isKnown = false;
      return '';
    }
    return value === null ? '' : String(value);
  });
  return isKnown ? result : undefined;
}
