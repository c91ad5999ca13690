import type { RunMode } from './run';

/** What a run's record and folder are named by. */
export interface RunName {
  readonly mode: RunMode;
  readonly version: string;
  readonly environment: string;
  readonly at: Date;
}

/** A longer version or environment is none, and file names end at 255 bytes. */
const MAX_PART_CHARACTERS = 64;

const MODES: readonly RunMode[] = ['release', 'rollback', 'drill'];

/**
 * `release_2.4.0_production_2026-11-26-2140`, the minute in UTC. The second run of the same minute gets `-2` behind it,
 * which whoever makes the folder knows. A version is taken as it is or refused; what a file name cannot hold of an
 * environment (`Production EU`, `eu/production`) becomes `-`.
 *
 * @returns `detail` completes "A release cannot be recorded: …".
 */
export function runName({
  mode,
  version,
  environment,
  at,
}: RunName): { readonly ok: true; readonly name: string } | { readonly ok: false; readonly detail: string } {
  if (!isVersionName(version))
    return {
      ok: false,
      detail: `the version ${shown(version)} is none that a file can be named by (letters, digits, and . + - between them, ${MAX_PART_CHARACTERS} at most)`,
    };
  const place = environment.replace(/[^A-Za-z0-9.+-]+/g, '-').replace(/^[.+-]+|[.+-]+$/g, '');
  if (place === '' || hasControl(environment) || environment.length > MAX_PART_CHARACTERS)
    return { ok: false, detail: `the environment ${shown(environment)} is none that a file can be named by` };
  const minute = at.toISOString().slice(0, 16).replace('T', '-').replace(':', '');
  return { ok: true, name: `${mode}_${version}_${place}_${minute}` };
}

/** Whether a version can stand in a file's name, a ref and an argument, and mean nothing else there. */
export function isVersionName(version: string): boolean {
  return (
    version.length <= MAX_PART_CHARACTERS &&
    /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(version) &&
    !version.includes('..') &&
    !version.endsWith('.') &&
    !version.endsWith('.lock')
  );
}

/** Whether a text is the id of a run: no path, nothing but a name as `runName` makes it. */
export function isRunId(id: string): boolean {
  return id.length <= 200 && RUN_ID.test(id) && !id.includes('..');
}

/** The mode that a run's id begins with; null for what is no id. */
export function modeOfRunId(id: string): RunMode | null {
  return isRunId(id) ? (MODES.find((mode) => id.startsWith(`${mode}_`)) ?? null) : null;
}

/** Orders ids by when their runs began, the first first. */
export function byBeginning(one: string, other: string): number {
  const [first, second] = [beginningOf(one), beginningOf(other)];
  return first < second ? -1 : first > second ? 1 : one < other ? -1 : one > other ? 1 : 0;
}

const RUN_ID = new RegExp(
  `^(?:${MODES.join('|')})_[A-Za-z0-9][A-Za-z0-9._+-]*_[A-Za-z0-9.+-]+_(\\d{4}-\\d{2}-\\d{2}-\\d{4})(?:-(\\d{1,3}))?$`,
);

/** The minute, and which of that minute, in a form that sorts. */
function beginningOf(id: string): string {
  const match = RUN_ID.exec(id);
  return `${match?.[1] ?? ''}-${(match?.[2] ?? '1').padStart(3, '0')}`;
}

function hasControl(text: string): boolean {
  return /[\u0000-\u001f\u007f-\u009f\u2028-\u202e]/.test(text);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
