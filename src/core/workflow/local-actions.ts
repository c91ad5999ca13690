import type { RepositoryFiles } from '../ports';
import type { NamedScalar, Step, Workflow } from './model';
import { located, readSteps } from './read';
import { readYaml, valueOf } from './yaml-tree';

/** A composite action of the repository: its steps run in the job that uses it. */
export interface LocalAction {
  /** Of `action.yml`. */
  readonly path: string;
  readonly text: string;
  /** Defaults of the inputs, by lower-case name. */
  readonly defaults: ReadonlyMap<string, string>;
  readonly steps: readonly Step[];
}

/** By the folder as a step names it, without `./`: `.github/actions/deploy`. */
export type LocalActions = ReadonlyMap<string, LocalAction>;

/** Actions within actions are followed so far; GitHub allows ten levels. */
const MAX_DEPTH = 10;

/** What one step may run through actions; more is not looked at. */
const MAX_STEPS = 1_000;

/** The folder of the repository that a step takes its action from; null for any other step. */
export function localActionFolder(step: Step): string | null {
  const uses = step.uses?.value ?? '';
  if (!uses.startsWith('./') || /\.ya?ml$/.test(uses)) return null;
  const parts = uses.split('/').filter((part) => part !== '' && part !== '.');
  return parts.includes('..') || parts.length === 0 ? null : parts.join('/');
}

/**
 * The composite actions that the steps of `workflows` use, and those that these use. What cannot be read, or is no
 * composite action, is left out: nothing is known of it then.
 *
 * @param paths The repository's files, so that only what is there is read.
 */
export async function readLocalActions(
  workflows: readonly Workflow[],
  paths: ReadonlySet<string>,
  files: Pick<RepositoryFiles, 'read'>,
): Promise<LocalActions> {
  const actions = new Map<string, LocalAction>();
  const asked = new Set<string>();
  let steps = workflows.flatMap(({ jobs }) => jobs.flatMap((job) => job.steps));
  for (let depth = 0; depth < MAX_DEPTH && steps.length > 0; depth++) {
    const folders = new Set(steps.flatMap((step) => localActionFolder(step) ?? []));
    steps = [];
    for (const folder of folders) {
      if (asked.has(folder)) continue;
      asked.add(folder);
      const path = [`${folder}/action.yml`, `${folder}/action.yaml`].find((each) => paths.has(each));
      const text = path === undefined ? null : await files.read(path);
      const action = path !== undefined && text?.ok ? readLocalAction(path, text.text) : null;
      if (!action) continue;
      actions.set(folder, action);
      steps.push(...action.steps);
    }
  }
  return actions;
}

/**
 * A composite action; null for one that is written in another way.
 * Keys: https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax
 */
export function readLocalAction(path: string, text: string): LocalAction | null {
  const { root } = readYaml(text);
  const runs = valueOf(root, 'runs');
  const steps = valueOf(runs, 'steps');
  if (located(valueOf(runs, 'using'))?.value !== 'composite' || steps?.kind !== 'list') return null;
  const inputs = valueOf(root, 'inputs');
  const defaults = new Map(
    (inputs?.kind === 'map' ? inputs.entries : []).map((entry) => [
      entry.key.text.toLowerCase(),
      located(valueOf(entry.value, 'default'))?.value ?? '',
    ]),
  );
  return { path, text, defaults, steps: readSteps(steps.items) };
}

/** The steps of an action as the step `caller` runs them: the inputs that it gives, else their defaults, put in. */
export function stepsFor(action: LocalAction, caller: Step): readonly Step[] {
  const given = new Map(caller.with.map((entry) => [entry.name.value.toLowerCase(), entry.value.text]));
  const bound = (text: string): string =>
    text.replace(
      /\$\{\{\s*inputs\.([\w-]+)\s*\}\}/g,
      (whole, name: string) =>
        given.get(name.toLowerCase()) ?? action.defaults.get(name.toLowerCase()) ?? whole,
    );
  const boundEntries = (entries: readonly NamedScalar[]): readonly NamedScalar[] =>
    entries.map((entry) => ({ ...entry, value: { ...entry.value, text: bound(entry.value.text) } }));
  return action.steps.map((step) => ({
    ...step,
    with: boundEntries(step.with),
    env: [...caller.env, ...boundEntries(step.env)],
    run: step.run ? { ...step.run, text: bound(step.run.text) } : null,
  }));
}

/**
 * The steps that a step of a job runs, through the actions of the repository: itself where it uses none of them. An
 * action inside itself, which GitHub refuses, and what is beyond a thousand steps, is left out.
 */
export function stepsRunBy(step: Step, actions: LocalActions): readonly Step[] {
  const found: Step[] = [];
  let looks = 0;
  const follow = (next: Step, around: readonly string[]): void => {
    if (found.length >= MAX_STEPS || ++looks > MAX_STEPS) return;
    const folder = localActionFolder(next);
    const action = folder === null ? undefined : actions.get(folder);
    if (folder === null || !action) {
      found.push(next);
      return;
    }
    if (around.includes(folder) || around.length >= MAX_DEPTH) return;
    for (const inner of stepsFor(action, next)) follow(inner, [...around, folder]);
  };
  follow(step, []);
  return found;
}

/** The repository's actions that a step runs, in whatever depth; each once. */
export function actionsRunBy(step: Step, actions: LocalActions): readonly LocalAction[] {
  const found = new Set<LocalAction>();
  const follow = (next: Step, depth: number): void => {
    const action = actions.get(localActionFolder(next) ?? '');
    if (!action || found.has(action) || depth > MAX_DEPTH) return;
    found.add(action);
    for (const inner of action.steps) follow(inner, depth + 1);
  };
  follow(step, 0);
  return [...found];
}

/** Whether a step is one that `stepsRunBy` looks into. */
export function usesLocalAction(step: Step, actions: LocalActions): boolean {
  const folder = localActionFolder(step);
  return folder !== null && actions.has(folder);
}
