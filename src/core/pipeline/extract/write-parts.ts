import { lineBreakOf } from '../../text/edit';
import { endOfEntry, removeEntry, type NewYaml } from '../../workflow/edit';
import type { Job, Workflow } from '../../workflow/model';
import { entryOf, valueOf, type YamlValue } from '../../workflow/yaml-tree';
import { onMap, type Operation } from '../operations';
import type { PlannedInput } from './plan';

/** A job's own lines as a workflow by themselves: `lead`, then `text`, which begins at `start` in the file. */
export function pieceOf(
  text: string,
  workflow: Workflow,
  job: Job,
): { readonly start: number; readonly text: string; readonly lead: string } | null {
  const entry = entryOf(valueOf(workflow.tree.root, 'jobs'), job.id.value);
  if (!entry || entry.isMerged) return null;
  const start = text.lastIndexOf('\n', entry.span.start - 1) + 1;
  if (!/^ *$/.test(text.slice(start, entry.span.start))) return null;
  const end = endOfEntry(text, entry);
  const stop = text[end - 1] === '\n' ? end : text.indexOf('\n', end);
  const last = stop < 0 ? text.length : text[stop - 1] === '\r' ? stop - 1 : stop;
  return { start, text: text.slice(start, Math.max(last, end)), lead: `jobs:${lineBreakOf(text)}` };
}

/** Takes keys out of a job, where it has them. */
export function removals(job: Job, at: readonly string[], keys: readonly string[]): readonly Operation[] {
  return keys
    .filter((key) => valueOf(job.body, key) !== null)
    .map((key) => onMap(at, (text, map) => removeEntry(text, map, key)));
}

/** A value as YAML of the type that its input has. */
export function typedValue(input: PlannedInput, value: string): NewYaml {
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

/** A value as it is written anew. */
export function plain(value: YamlValue): NewYaml {
  switch (value.kind) {
    case 'scalar':
      return typeof value.value === 'string' || value.value === null ? value.text : value.value;
    case 'list':
      return value.items.map(plain);
    case 'map':
      return Object.fromEntries(value.entries.map((entry) => [entry.key.text, plain(entry.value)]));
  }
}
