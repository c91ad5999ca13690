import { parse } from 'yaml';
import type { Extraction } from '../../../../src/core/pipeline/extract/extract';

type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
type Fields = Record<string, Value>;

const CALLER_KEYS = ['name', 'needs', 'if', 'strategy', 'concurrency'];

/**
 * What the callers of an extraction would run, written from GitHub's pages without the engine's code: for each caller the
 * jobs after inlining beside those that were there. Everything as text, since that is what a job gets.
 */
export function inlinedAndBefore(
  extraction: Extraction,
  before: (repository: string, path: string) => string,
  after: (repository: string, path: string) => string,
): readonly { readonly inlined: unknown; readonly before: unknown }[] {
  const called = parse(extraction.text) as Fields;
  const innerJobs = called.jobs as Record<string, Fields>;
  const declared = (fields((called.on as Fields).workflow_call).inputs ?? {}) as Record<string, Fields>;
  return extraction.callers.map((caller) => {
    const old = parse(before(caller.repository, caller.path)) as Fields;
    const now = parse(after(caller.repository, caller.path)) as Fields;
    const call = (now.jobs as Record<string, Fields>)[caller.job] ?? {};
    const isPipeline = caller.jobs.length > 1;
    const inputs = new Map(
      Object.entries(declared).map(([name, input]) => [
        name,
        text(fields(call.with)[name] ?? input.default ?? ''),
      ]),
    );
    const secrets = new Map(Object.entries(fields(call.secrets)).map(([name, value]) => [name, text(value)]));
    const names = new Map(extraction.jobs.map((id, index) => [id, caller.jobs[index] ?? '']));
    const fill = (value: string): string =>
      value
        .replace(/\$\{\{ inputs\.([\w-]+) \}\}/g, (_, name: string) =>
          (inputs.get(name) ?? 'MISSING').replace(/^\$\{\{ format\('\{0\}', (.*)\) \}\}$/, '${{ $1 }}'),
        )
        .replace(/\$\{\{ secrets\.([\w-]+) \}\}/g, (whole, name: string) => secrets.get(name) ?? whole)
        .replace(/(?<![\w.-])needs\.([\w-]+)/g, (whole, id: string) =>
          isPipeline ? `needs.${names.get(id) ?? id}` : whole,
        );
    const inlined = extraction.jobs.map((id) => {
      const job = innerJobs[id] ?? {};
      const filled = deep(job, fill) as Fields;
      const steps = (job.steps as readonly Fields[]).map((step) => withoutVariables(step, fill));
      return plainJob(
        { ...filled, steps, needs: needsOf(job).map((need) => names.get(need) ?? need) },
        deep(fields(called.env), fill) as Fields,
        {},
        job.permissions ?? called.permissions ?? call.permissions ?? now.permissions ?? 'default',
        isPipeline
          ? {}
          : Object.fromEntries(CALLER_KEYS.flatMap((key) => (key in call ? [[key, call[key] ?? null]] : []))),
      );
    });
    const originals = caller.jobs.map((id) => {
      const job = (old.jobs as Record<string, Fields>)[id] ?? {};
      return plainJob(
        { ...(deep(job, (each) => each) as Fields), needs: needsOf(job) },
        deep(fields(old.env), (each) => each) as Fields,
        fields(fields(old.defaults).run),
        job.permissions ?? old.permissions ?? 'default',
        {},
      );
    });
    return { inlined, before: originals };
  });
}

/** A job with everything that it gets, names of steps left out. */
function plainJob(job: Fields, env: Fields, run: Fields, permissions: Value, caller: Fields): unknown {
  const rest = without({ ...job, ...caller }, ['permissions']);
  const steps = (rest.steps as readonly Fields[]).map((step) => without(step, ['name']));
  return deep(
    {
      ...rest,
      needs: [...needsOf(rest)].sort(),
      steps,
      env: { ...env, ...fields(rest.env) },
      defaults: { ...run, ...fields(fields(rest.defaults).run) },
      permissions,
    },
    (each) => each,
  );
}

/** A step whose script has the variables `INPUT_…` in the place of what the inputs hold. */
function withoutVariables(step: Fields, fill: (value: string) => string): Fields {
  const env = { ...fields(step.env) };
  let run = step.run === undefined ? undefined : text(step.run);
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith('INPUT_') || run === undefined) continue;
    run = run.replaceAll(`"$${name}"`, text(value)).replaceAll(`\${${name}}`, text(value));
    delete env[name];
  }
  const rest = without(step, ['env', 'run']);
  return deep(
    { ...rest, ...(run === undefined ? {} : { run }), ...(Object.keys(env).length > 0 ? { env } : {}) },
    fill,
  ) as Fields;
}

function without(value: Fields, keys: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

function needsOf(job: Fields): readonly string[] {
  return job.needs === undefined || job.needs === null ? [] : [job.needs].flat().map(text);
}

function fields(value: Value | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function text(value: Value): string {
  return value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function deep(value: Value, write: (each: string) => string): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map((item) => deep(item, write));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, deep(each, write)]));
  }
  return write(text(value)).replace(/\$\{\{\s*(.*?)\s*\}\}/g, '${{ $1 }}');
}
