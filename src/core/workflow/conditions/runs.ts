import { remembered } from '../../text/remember';
import type { Trigger, Workflow } from '../model';
import { partsOf, type Expression, type Value } from './expression';

/** How a run starts, as far as conditions can tell. */
export interface RunStart {
  readonly event: string;
  /** `refs/heads/main`. */
  readonly ref: string;
  readonly inputs: Readonly<Record<string, string | boolean>>;
  /** What else is settled, by path: `github.event.action`, and of the run before for `workflow_run`. */
  readonly known: Readonly<Record<string, Value>>;
}

/** More ways to start than this are not told apart. */
const MAX_STARTS = 300;

/** Names that a default branch usually has, the likeliest first. */
const USUAL_BRANCHES = ['main', 'master', 'trunk', 'develop'];

/** The branches that the pushes and pull requests of a workflow are filtered to. */
const filtered = remembered((workflow: Workflow): readonly string[] =>
  workflow.triggers
    .filter(({ event }) => event === 'push' || event.startsWith('pull_request'))
    .flatMap(({ branches }) => branches ?? [])
    .map(({ value }) => value)
    .filter((value) => /^[\w./-]+$/.test(value)),
);

const filteredTogether = remembered((workflows: readonly Workflow[]): readonly string[] => [
  ...new Set(workflows.flatMap(filtered)),
]);

/**
 * The branch that the files suggest as the default one: what the pushes and pull requests of this workflow, else of the
 * others, are filtered to, else what its conditions name; `main` where nothing does. No file says it for sure.
 */
export function defaultBranchOf(workflow: Workflow, all: readonly Workflow[]): string {
  const named = (each: Workflow): readonly string[] =>
    each.jobs.flatMap(({ condition }) =>
      [...(condition?.value ?? '').matchAll(/refs\/heads\/([\w./-]+)/g)].flatMap(([, name]) => name ?? []),
    );
  for (const names of [filtered(workflow), filteredTogether(all), named(workflow)]) {
    const branch = USUAL_BRANCHES.find((usual) => names.includes(usual));
    if (branch !== undefined) return branch;
  }
  return named(workflow)[0] ?? 'main';
}

/**
 * Every way in which a workflow can start that its conditions could tell apart; null: too many. For `workflow_run` what
 * the run before was like is left open: `conditions/prove.ts` fills it in.
 *
 * @param defaultBranch Where events without a ref of their own run.
 */
export function startsOf(
  workflow: Workflow,
  conditions: readonly Expression[],
  defaultBranch: string,
): readonly RunStart[] | null {
  const mainLine = `refs/heads/${defaultBranch}`;
  const parts = conditions.flatMap(partsOf);
  const paths = new Set(parts.flatMap((part) => (part.kind === 'path' ? [part.parts.join('.')] : [])));
  const asksRef = [...paths].some((path) => /^github\.(ref|ref_name|ref_type|base_ref|head_ref)$/.test(path));
  const literals = parts.flatMap((part) =>
    part.kind === 'literal' && typeof part.value === 'string' ? [part.value] : [],
  );
  const starts: RunStart[] = [];
  for (const trigger of workflow.triggers) {
    const refs = refsOf(trigger, asksRef ? literals : [], mainLine);
    for (const inputs of inputsOf(trigger, paths, literals)) {
      for (const known of detailsOf(trigger, paths, defaultBranch)) {
        for (const ref of refs) {
          starts.push({ event: trigger.event, ref, inputs, known });
          if (starts.length > MAX_STARTS) return null;
        }
      }
    }
  }
  return starts.length > 0 ? starts : [{ event: 'push', ref: mainLine, inputs: {}, known: {} }];
}

/** Activity types of events where `types` says nothing, as far as conditions commonly ask for them. */
const DEFAULT_TYPES: Readonly<Record<string, readonly string[]>> = {
  pull_request: ['opened', 'synchronize', 'reopened'],
  pull_request_target: ['opened', 'synchronize', 'reopened'],
};

/** What a trigger's own words say of the event, as far as conditions ask for it. */
function detailsOf(
  trigger: Trigger,
  paths: ReadonlySet<string>,
  defaultBranch: string,
): readonly Readonly<Record<string, Value>>[] {
  let all: readonly Readonly<Record<string, Value>>[] = [{}];
  const choose = (path: string, values: readonly Value[]): void => {
    if (!paths.has(path) || values.length === 0) return;
    all = all.flatMap((known) => values.map((value) => ({ ...known, [path]: value })));
  };
  const types = trigger.types?.map(({ value }) => value) ?? DEFAULT_TYPES[trigger.event] ?? [];
  choose('github.event.action', types);
  if (/^pull_request/.test(trigger.event)) {
    const bases = trigger.branches?.map(({ value }) => sampleOf(value, 'x')) ?? [
      defaultBranch,
      'another-branch',
    ];
    choose('github.base_ref', bases);
    choose('github.event.pull_request.merged', [true, false]);
  }
  return all;
}

/** One name that a filter pattern lets through, `some` in the place of what may be anything. */
function sampleOf(pattern: string, some: string): string {
  return pattern
    .replace(/\[([^\]])[^\]]*\]/g, '$1')
    .replace(/\*+/g, some)
    .replace(/[?+[\]]/g, '');
}

/** One ref of each kind that the trigger lets through and the conditions name. */
function refsOf(trigger: Trigger, literals: readonly string[], mainLine: string): readonly string[] {
  if (/^pull_request/.test(trigger.event)) {
    return trigger.event === 'pull_request_target' ? [mainLine] : ['refs/pull/1/merge'];
  }
  const isPush = trigger.event === 'push';
  const anyRef = isPush || trigger.event === 'workflow_dispatch' || trigger.event === 'workflow_call';
  if (!anyRef) return trigger.event === 'release' ? ['refs/tags/v1.0.0'] : [mainLine];
  const names = [...new Set(literals)].filter((text) => /^[\w./-]+$/.test(text)).slice(0, 12);
  // What a condition asks a part of the ref to be, in the place of what a pattern leaves open.
  const somes = [
    'x',
    '1',
    ...names.flatMap((name) => (name.includes('/') ? [] : [name, `1${name}`, `${name}1`])),
  ];
  const samples = (patterns: Trigger['branches'], kind: string): readonly string[] =>
    (patterns ?? []).flatMap(({ value }) => somes.map((some) => `refs/${kind}/${sampleOf(value, some)}`));
  const candidates = [
    mainLine,
    ...samples(trigger.branches, 'heads'),
    'refs/tags/v1.0.0',
    ...samples(trigger.tags, 'tags'),
    'refs/heads/another-branch',
    ...names.flatMap((name) =>
      name.startsWith('refs/')
        ? [name, `${name}x`]
        : [`refs/heads/${name}`, `refs/tags/${name}`, `refs/heads/x${name}`, `refs/tags/v1${name}`],
    ),
  ];
  const allowed = candidates.filter((ref) => {
    if (!/^refs\/(heads|tags)\/./.test(ref)) return false;
    if (!isPush) return true;
    const isTag = ref.startsWith('refs/tags/');
    const name = ref.replace(/^refs\/(heads|tags)\//, '');
    const hasBranchFilter = trigger.branches !== null || trigger.branchesIgnore !== null;
    const hasTagFilter = trigger.tags !== null || trigger.tagsIgnore !== null;
    if (isTag ? hasBranchFilter && !hasTagFilter : hasTagFilter && !hasBranchFilter) return false;
    const only = isTag ? trigger.tags : trigger.branches;
    const but = isTag ? trigger.tagsIgnore : trigger.branchesIgnore;
    return (!only || passesFilter(only, name)) && !(but && passesFilter(but, name));
  });
  const unique = [...new Set(allowed)];
  return unique.length > 0 ? unique : [mainLine];
}

/** GitHub's filter patterns in order: a later `!` takes back what an earlier one let through. */
export function passesFilter(patterns: readonly { readonly value: string }[], name: string): boolean {
  let isIn = false;
  for (const { value } of patterns) {
    const isNot = value.startsWith('!');
    if (matchesPattern(isNot ? value.slice(1) : value, name)) isIn = !isNot;
  }
  return isIn;
}

function matchesPattern(pattern: string, name: string): boolean {
  const source = pattern.replace(/\*{2,}|[*.\\^$(){}|]/g, (found) =>
    found.length > 1 ? '.*' : found === '*' ? '[^/]*' : `\\${found}`,
  );
  try {
    return source.length < 200 && new RegExp(`^${source}$`).test(name);
  } catch {
    // No pattern that GitHub would take either.
    return false;
  }
}

/** Values of the inputs that conditions ask for: both of a boolean, each of a choice, each literal of a text. */
function inputsOf(
  trigger: Trigger,
  paths: ReadonlySet<string>,
  literals: readonly string[],
): readonly Readonly<Record<string, string | boolean>>[] {
  if (trigger.event !== 'workflow_dispatch') return [{}];
  let all: Readonly<Record<string, string | boolean>>[] = [{}];
  for (const input of trigger.inputs) {
    const name = input.name.value.toLowerCase();
    if (!paths.has(`inputs.${name}`) && !paths.has(`github.event.inputs.${name}`)) continue;
    const values: readonly (string | boolean)[] =
      input.type === 'boolean'
        ? [true, false]
        : input.type === 'choice'
          ? input.options.map((option) => option.value)
          : [...new Set([...literals, input.defaultValue?.value ?? '', 'another value'])];
    all = all.flatMap((inputs) => values.map((value) => ({ ...inputs, [name]: value })));
    if (all.length > MAX_STARTS) break;
  }
  return all;
}

/** What an event's payload holds only where the event is one of these; elsewhere it is null. */
const PAYLOADS: readonly (readonly [RegExp, RegExp])[] = [
  [/^github\.event\.pull_request(\.|$)/, /^pull_request/],
  [/^github\.event\.release(\.|$)/, /^release$/],
  [/^github\.event\.workflow_run(\.|$)/, /^workflow_run$/],
  [/^github\.event\.client_payload(\.|$)/, /^repository_dispatch$/],
  [/^github\.event\.issue(\.|$)/, /^issue/],
  [/^github\.event\.comment(\.|$)/, /comment$/],
  [/^github\.event\.review(\.|$)/, /^pull_request_review/],
  [/^github\.event\.(head_commit|commits|forced|created|deleted|compare|pusher|base_ref)(\.|$)/, /^push$/],
  [/^github\.event\.deployment(\.|$)/, /^deployment/],
  [/^github\.event\.deployment_status(\.|$)/, /^deployment_status$/],
  [/^github\.event\.schedule$/, /^schedule$/],
  [/^github\.event\.inputs(\.|$)/, /^workflow_dispatch$/],
  [/^github\.event\.(check_run|check_suite)(\.|$)/, /^check_/],
];

/**
 * What a context holds at the start of a run; `undefined` where no file says.
 * https://docs.github.com/actions/reference/workflows-and-actions/contexts, `github` and `inputs`.
 */
export function startValue(parts: readonly string[], start: RunStart): Value {
  const path = parts.join('.');
  const known = start.known[path];
  if (known !== undefined) return known;
  const name = start.ref.replace(/^refs\/(heads|tags|pull)\//, '');
  if (parts[0] === 'inputs' && parts.length === 2) {
    if (start.event === 'workflow_call') return undefined;
    return start.event === 'workflow_dispatch' ? (start.inputs[parts[1] ?? ''] ?? null) : null;
  }
  if (start.event === 'workflow_call' && parts[0] === 'github') return undefined;
  if (path.startsWith('github.event.inputs.')) {
    const value = start.event === 'workflow_dispatch' ? start.inputs[parts[3] ?? ''] : null;
    return value === undefined || value === null ? null : String(value);
  }
  if (PAYLOADS.some(([payload, events]) => payload.test(path) && !events.test(start.event))) return null;
  switch (path) {
    case 'github.event_name':
      return start.event;
    case 'github.ref':
      return start.ref;
    case 'github.ref_name':
      return name;
    case 'github.ref_type':
      return start.ref.startsWith('refs/tags/') ? 'tag' : 'branch';
    case 'github.base_ref':
    case 'github.head_ref':
      return /^pull_request/.test(start.event) ? undefined : '';
    default:
      return undefined;
  }
}
