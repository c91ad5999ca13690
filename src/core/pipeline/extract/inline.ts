import type { Workflow } from '../../workflow/model';
import { valueOf, type YamlMap } from '../../workflow/yaml-tree';
import { mapExpressions } from './expressions';
import { CALLED_KEYS, shapeOfKeys, spaced, type Shape } from './shape';

/** A called job in the place of its call, or why it cannot be put there. */
export type InlineResult =
  { readonly ok: true; readonly shape: Shape } | { readonly ok: false; readonly reason: string };

/**
 * Puts the only job of a called workflow in the place of a job that calls it: inputs and secrets become what the
 * caller passes, or their defaults. What the caller keeps (`needs`, `if`, `strategy`…) is not part of the result.
 */
export function inline(caller: Workflow, jobId: string, called: Workflow): InlineResult {
  const job = caller.jobs.find((other) => other.id.value === jobId);
  if (!job) return { ok: false, reason: `the job "${jobId}" is gone` };
  if (job.uses?.value !== `./${called.path}`)
    return { ok: false, reason: `the job "${jobId}" does not call ${called.path}` };
  const [inner, ...others] = called.jobs;
  if (!inner || others.length > 0) return { ok: false, reason: `${called.path} does not have one job` };
  const trigger = called.triggers.find((other) => other.event === 'workflow_call');
  if (!trigger) return { ok: false, reason: `${called.path} cannot be called` };

  const inputs = new Map<string, string>();
  for (const input of trigger.inputs) {
    const passed = job.with.find((entry) => entry.name.value === input.name.value)?.value.text;
    if (passed === undefined && input.isRequired) {
      return { ok: false, reason: `the job "${jobId}" does not pass "${input.name.value}"` };
    }
    inputs.set(input.name.value, passed ?? input.defaultValue?.value ?? '');
  }
  const unknown = job.with.find((entry) => !inputs.has(entry.name.value));
  if (unknown) return { ok: false, reason: `${called.path} has no input "${unknown.name.value}"` };
  const declared = valueOf(trigger.raw, 'secrets');
  const names = declared?.kind === 'map' ? declared.entries.map((entry) => entry.key.text) : [];
  const secrets = new Map<string, string>();
  for (const entry of job.secrets?.entries ?? []) {
    if (!names.includes(entry.name.value))
      return { ok: false, reason: `${called.path} has no secret "${entry.name.value}"` };
    secrets.set(entry.name.value, /^\$\{\{\s*(.*?)\s*\}\}$/.exec(entry.value.text)?.[1] ?? entry.value.text);
  }
  const missing: string[] = [];
  const shape = substitute(shapeOfCalled(inner.body), (text) =>
    mapExpressions(text, (expression) => {
      const input = /^inputs\.([\w-]+)$/.exec(expression)?.[1];
      if (input !== undefined) {
        const value = inputs.get(input);
        if (value === undefined) missing.push(input);
        return spaced(asWritten(value ?? ''));
      }
      const replaced = expression.replace(/(?<![\w.-])secrets\.([\w-]+)/g, (reference, name: string) => {
        if (name === 'GITHUB_TOKEN' || name === 'github_token') return reference;
        const source = secrets.get(name);
        if (source === undefined) missing.push(name);
        return source ?? reference;
      });
      return `\${{ ${replaced} }}`;
    }),
  );
  return missing.length > 0
    ? { ok: false, reason: `the job "${jobId}" does not pass "${missing[0] ?? ''}"` }
    : { ok: true, shape };
}

/** The shape of what goes into a called workflow; the names of its steps, which change nothing, are left out. */
export function shapeOfCalled(body: YamlMap): Shape {
  const shape = shapeOfKeys(body, CALLED_KEYS) as Readonly<Record<string, Shape>>;
  const { steps } = shape;
  if (!Array.isArray(steps)) return shape;
  return {
    ...shape,
    steps: (steps as readonly Shape[]).map((step) =>
      typeof step === 'string' || Array.isArray(step)
        ? step
        : Object.fromEntries(Object.entries(step).filter(([key]) => key !== 'name')),
    ),
  };
}

/** A value that was handed in as text, as it stood before. */
function asWritten(value: string): string {
  const inner = /^\$\{\{ format\('\{0\}', (.*)\) \}\}$/s.exec(value)?.[1];
  return inner === undefined ? value : `\${{ ${inner} }}`;
}

function substitute(shape: Shape, replace: (text: string) => string): Shape {
  if (typeof shape === 'string') return replace(shape);
  if (Array.isArray(shape)) return (shape as readonly Shape[]).map((item) => substitute(item, replace));
  return Object.fromEntries(
    Object.entries(shape as Readonly<Record<string, Shape>>).map(([key, value]) => [
      key,
      substitute(value, replace),
    ]),
  );
}
