import { lineIndex, type Located } from '../text/position';
import type {
  Concurrency,
  EnvironmentUse,
  Job,
  NamedScalar,
  Permissions,
  Step,
  Trigger,
  Workflow,
  WorkflowInput,
} from './model';
import { entryOf, readYaml, valueOf, type YamlMap, type YamlProblem, type YamlValue } from './yaml-tree';

/**
 * Reads a workflow file with ranges on everything. Never throws; what cannot be read is in `problems`, and what is
 * of an unexpected shape is left out of the model and stays in `tree`.
 * Keys: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
 */
export function readWorkflow(path: string, text: string): Workflow {
  const tree = readYaml(text);
  const root = tree.root;
  const problems: YamlProblem[] = tree.problems.filter((problem) => problem.kind !== 'duplicate-key');
  if (problems.length === 0) {
    const start = { start: 0, end: Math.min(text.length, 1) };
    if (!root) problems.push({ kind: 'broken', message: 'holds no workflow: it is empty', span: start });
    else if (root.kind !== 'map')
      problems.push({ kind: 'broken', message: 'is no workflow: not a map', span: root.span });
    else if (valueOf(root, 'jobs')?.kind !== 'map') {
      problems.push({ kind: 'broken', message: 'is no workflow: it has no map of `jobs`', span: start });
    }
  }
  const jobsValue = valueOf(root, 'jobs');
  return {
    path,
    text,
    lines: lineIndex(text),
    tree,
    problems,
    name: located(valueOf(root, 'name')),
    triggers: readTriggers(root),
    permissions: readPermissions(valueOf(root, 'permissions')),
    concurrency: readConcurrency(valueOf(root, 'concurrency')),
    env: namedScalars(valueOf(root, 'env')),
    defaultShell: located(valueOf(valueOf(valueOf(root, 'defaults'), 'run'), 'shell')),
    jobs: jobsValue?.kind === 'map' ? readJobs(jobsValue) : [],
  };
}

/** A scalar's text with its place; null for anything else, and for YAML's null however it is spelled (``, `~`). */
export function located(value: YamlValue | null): Located<string> | null {
  if (value?.kind !== 'scalar' || value.value === null) return null;
  return { value: value.text, span: value.span };
}

/** A list of scalars, or one scalar written without a list, as GitHub takes both. */
function locatedList(value: YamlValue | null): Located<string>[] | null {
  if (!value) return null;
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => located(item) ?? []);
}

function namedScalars(value: YamlValue | null): NamedScalar[] {
  if (value?.kind !== 'map') return [];
  return value.entries.flatMap((entry) =>
    entry.value.kind === 'scalar'
      ? [{ name: { value: entry.key.text, span: entry.key.span }, value: entry.value }]
      : [],
  );
}

function readTriggers(root: YamlValue | null): Trigger[] {
  // YAML 1.1 tools turn the bare key `on` into `true`; a quoted or rewritten key is taken as well.
  const on = valueOf(root, 'on') ?? valueOf(root, 'true');
  if (!on) return [];
  const bare = (value: YamlValue): Trigger[] => {
    const event = located(value);
    return event ? [trigger(event.value, event.span, null)] : [];
  };
  if (on.kind === 'scalar') return bare(on);
  if (on.kind === 'list') return on.items.flatMap(bare);
  return on.entries.map((entry) => trigger(entry.key.text, entry.key.span, entry.value));
}

function trigger(event: string, span: Trigger['span'], raw: YamlValue | null): Trigger {
  return {
    event,
    span,
    branches: locatedList(valueOf(raw, 'branches')),
    branchesIgnore: locatedList(valueOf(raw, 'branches-ignore')),
    tags: locatedList(valueOf(raw, 'tags')),
    tagsIgnore: locatedList(valueOf(raw, 'tags-ignore')),
    paths: locatedList(valueOf(raw, 'paths')),
    types: locatedList(valueOf(raw, 'types')),
    workflows: locatedList(valueOf(raw, 'workflows')),
    inputs: readInputs(valueOf(raw, 'inputs')),
    raw,
  };
}

function readInputs(value: YamlValue | null): WorkflowInput[] {
  if (value?.kind !== 'map') return [];
  return value.entries.map((entry) => ({
    name: { value: entry.key.text, span: entry.key.span },
    type: located(valueOf(entry.value, 'type'))?.value ?? 'string',
    isRequired: located(valueOf(entry.value, 'required'))?.value === 'true',
    defaultValue: located(valueOf(entry.value, 'default')),
    options: locatedList(valueOf(entry.value, 'options')) ?? [],
  }));
}

function readPermissions(value: YamlValue | null): Permissions | null {
  if (!value) return null;
  if (value.kind === 'scalar') {
    return value.text === '' ? null : { kind: 'all', access: value.text, span: value.span };
  }
  if (value.kind !== 'map') return null;
  return {
    kind: 'scopes',
    span: value.span,
    entries: value.entries.flatMap((entry) => {
      const access = located(entry.value);
      return access ? [{ scope: { value: entry.key.text, span: entry.key.span }, access }] : [];
    }),
  };
}

function readConcurrency(value: YamlValue | null): Concurrency | null {
  if (!value) return null;
  if (value.kind === 'scalar') {
    const group = located(value);
    return group ? { group, cancelInProgress: null, queue: null, span: value.span } : null;
  }
  if (value.kind !== 'map') return null;
  return {
    group: located(valueOf(value, 'group')),
    cancelInProgress: located(valueOf(value, 'cancel-in-progress')),
    queue: located(valueOf(value, 'queue')),
    span: value.span,
  };
}

function readEnvironment(value: YamlValue | null): EnvironmentUse | null {
  if (!value) return null;
  if (value.kind === 'scalar') {
    const name = located(value);
    return name ? { name, url: null, deployment: null, span: value.span } : null;
  }
  const name = located(valueOf(value, 'name'));
  if (!name) return null;
  return {
    name,
    url: located(valueOf(value, 'url')),
    deployment: located(valueOf(value, 'deployment')),
    span: value.span,
  };
}

function readJobs(jobs: YamlMap): Job[] {
  return jobs.entries.flatMap((entry) => {
    const body = entry.value;
    if (body.kind !== 'map') return [];
    const secrets = valueOf(body, 'secrets');
    const steps = valueOf(body, 'steps');
    const strategy = valueOf(body, 'strategy');
    return [
      {
        id: { value: entry.key.text, span: entry.key.span },
        name: located(valueOf(body, 'name')),
        needs: locatedList(valueOf(body, 'needs')) ?? [],
        condition: located(valueOf(body, 'if')),
        environment: readEnvironment(valueOf(body, 'environment')),
        concurrency: readConcurrency(valueOf(body, 'concurrency')),
        permissions: readPermissions(valueOf(body, 'permissions')),
        timeoutMinutes: located(valueOf(body, 'timeout-minutes')),
        continueOnError: located(valueOf(body, 'continue-on-error')),
        runsOn: valueOf(body, 'runs-on'),
        matrix: valueOf(strategy, 'matrix'),
        strategy,
        env: namedScalars(valueOf(body, 'env')),
        outputs: namedScalars(valueOf(body, 'outputs')),
        defaultShell: located(valueOf(valueOf(valueOf(body, 'defaults'), 'run'), 'shell')),
        uses: located(valueOf(body, 'uses')),
        with: namedScalars(valueOf(body, 'with')),
        secrets: secrets
          ? {
              isInherited: secrets.kind === 'scalar' && secrets.text === 'inherit',
              entries: namedScalars(secrets),
              span: secrets.span,
            }
          : null,
        steps: steps?.kind === 'list' ? readSteps(steps.items) : [],
        span: entry.span,
        body,
      },
    ];
  });
}

/** Reads the steps of a job or of a composite action. */
export function readSteps(items: readonly YamlValue[]): Step[] {
  return items.flatMap((body, index) => {
    if (body.kind !== 'map') return [];
    const run = entryOf(body, 'run')?.value;
    return [
      {
        index,
        id: located(valueOf(body, 'id')),
        name: located(valueOf(body, 'name')),
        uses: located(valueOf(body, 'uses')),
        with: namedScalars(valueOf(body, 'with')),
        run: run?.kind === 'scalar' ? run : null,
        shell: located(valueOf(body, 'shell')),
        workingDirectory: located(valueOf(body, 'working-directory')),
        env: namedScalars(valueOf(body, 'env')),
        condition: located(valueOf(body, 'if')),
        continueOnError: located(valueOf(body, 'continue-on-error')),
        timeoutMinutes: located(valueOf(body, 'timeout-minutes')),
        span: body.span,
        body,
      },
    ];
  });
}
