import { isScript, type Slot } from './shape';

/** A name for an input, and how well its place speaks for it: 0 best. */
export interface Suggestion {
  readonly name: string;
  readonly rank: number;
}

/** Keys that say what a value is used as, and not what it is. */
const VAGUE = /^(?:name|path|value|key|context|file|tags?|title|label|run|url|message|args?|with)$/;

/**
 * What an input should be called after a place that it stands in.
 *
 * @param before What stands before it in the text of the slot.
 * @param isWhole Whether it is all of that text.
 */
export function suggestionFor(slot: Slot, before: string, isWhole: boolean): Suggestion {
  // `services/orders` is a service.
  const folder = /(?:^|[^A-Za-z])([A-Za-z]{2,})s\/$/.exec(before)?.[1];
  if (folder !== undefined) return { name: folder, rank: 1 };
  if (isScript(slot.keys)) {
    // `kubectl rollout status deployment/orders`
    const kind = /(?:^|\s)([a-z]{3,})\/$/.exec(before)?.[1];
    if (kind !== undefined) return { name: kind, rank: 2 };
    const flag = flagBefore(before);
    return flag === null ? { name: 'argument', rank: 5 } : { name: flag, rank: 2 };
  }
  if (slot.keys[0] === 'environment') {
    return slot.keys[1] === 'url'
      ? { name: 'url', rank: isWhole ? 1 : 4 }
      : { name: 'environment', rank: isWhole ? 0 : 3 };
  }
  if (slot.keys[0] === 'concurrency') {
    return slot.keys[1] === 'cancel-in-progress'
      ? { name: 'cancel-in-progress', rank: 0 }
      : { name: 'concurrency-group', rank: 4 };
  }
  if (slot.keys[0] === 'name' && slot.keys.length === 1) return { name: 'job-name', rank: 4 };
  const name = lastKey(slot);
  return { name, rank: (isWhole ? 0 : 3) + (VAGUE.test(name) ? 1 : 0) };
}

/** `--region eu-west-1` and `REGION=eu-west-1` say what a word is. */
function flagBefore(before: string): string | null {
  const match = /(?:--?([A-Za-z][\w-]*)(?:[ =]["']?)|([A-Za-z_]\w*)=["']?)$/.exec(before.slice(-60));
  return match?.[1] ?? match?.[2] ?? null;
}

/** The innermost key that is a name. */
export function lastKey(slot: Slot): string {
  return [...slot.keys].reverse().find((part) => !/^[0-9]+$/.test(part)) ?? 'value';
}

/** The words that all names share: `STAGING_DEPLOY_KEY` and `PROD_DEPLOY_KEY` are both a `DEPLOY_KEY`. */
export function commonSecretName(names: readonly string[]): string {
  const name = commonWords(names.map((each) => each.toUpperCase().split('_'))).join('_');
  return name === '' || /^[0-9]/.test(name) || name.startsWith('GITHUB') ? 'SECRET' : name;
}

/** A name for an input or a secret that nothing else has. */
export function uniqueName(suggestion: string, isSecret: boolean, taken: Set<string>): string {
  const clean = isSecret
    ? suggestion
    : suggestion
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^[^a-z]+|-+$/g, '')
        .slice(0, 60) || 'value';
  let name = clean;
  for (let count = 2; taken.has(name); count++) name = `${clean}${isSecret ? '_' : '-'}${count}`;
  taken.add(name);
  return name;
}

/** What jobs that are one are called: the words that all ids share, in the order of the first; the first id where they share none. */
export function jobNameOf(ids: readonly string[]): string {
  const words = ids.map((id) => id.split(/[-_]/).filter((word) => word !== ''));
  const common = commonWords(words);
  const name = (common.length > 0 ? common : (words[0] ?? [])).join('-');
  return /^[A-Za-z_]/.test(name) ? name : `job-${name}`;
}

/** What a pipeline is called after its jobs, in the order of the file. */
export function pipelineNameOf(ids: readonly string[]): string {
  return ids.length <= 3 ? ids.join('-') : `${ids[0] ?? ''}-to-${ids[ids.length - 1] ?? ''}`;
}

/** The id of the job that calls a pipeline: after what its jobs share (`pipeline-orders`), free in its workflow. */
export function callerIdOf(ids: readonly string[], taken: ReadonlySet<string>): string {
  const words = commonWords(ids.map((id) => id.split(/[-_]/).filter((word) => word !== '')));
  const base = ['pipeline', ...words].join('-');
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  return name;
}

/** A path for a new workflow that no file has; `hint` tells two of one name apart (`node`). */
export function freePath(name: string, hint: string | null, taken: ReadonlySet<string>): string {
  const isTaken = (path: string): boolean => taken.has(`${path}.yml`) || taken.has(`${path}.yaml`);
  const pathOf = (each: string): string =>
    `.github/workflows/reusable-${each
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .slice(0, 80)}`;
  const base = pathOf(name);
  let path = base;
  if (isTaken(path) && hint !== null) path = pathOf(`${hint}-${name}`);
  for (let count = 2; isTaken(path); count++) path = `${base}-${count}`;
  return `${path}.yml`;
}

function commonWords(all: readonly (readonly string[])[]): readonly string[] {
  return (all[0] ?? []).filter((word) => all.every((other) => other.includes(word)));
}
