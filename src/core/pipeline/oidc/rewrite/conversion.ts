import { pinOf } from '../../../evidence/action-pins';
import { lineBreakOf } from '../../../text/edit';
import type { Span } from '../../../text/position';
import type { LongLivedCredential } from '../../../workflow/long-lived-credentials';
import {
  CommentedScalar,
  insertStep,
  removeStep,
  replaceScalar,
  setEntry,
  type EditResult,
  type NewYaml,
} from '../../../workflow/edit';
import type { Job, Step, Workflow } from '../../../workflow/model';
import { readWorkflow } from '../../../workflow/read';
import type { StepCommand } from '../../../workflow/understanding';
import { entryOf, valueOf } from '../../../workflow/yaml-tree';
import { onMap, removeWithin, runOperations, setAt, type Operation } from '../../operations';
import { grantIdToken, type TokenNeeds } from '../id-token';

/** What a workflow's text means; asked again after each step of the rewriting. */
export interface WorkflowMeaning {
  readonly workflow: Workflow;
  commandsOf(job: Job): readonly StepCommand[];
  needsOf(job: Job): TokenNeeds;
  /** The environment that a job without one should name, where what it does tells; left out, none is ever named. */
  environmentFor?(job: Job): string | null;
}

/** One login that was changed to OIDC. */
export interface SecuredLogin {
  readonly cloud: LongLivedCredential['cloud'];
  /** How the credential had reached the job. */
  readonly form: LongLivedCredential['form'];
  readonly job: string;
  /** The `vars.*` that it takes now, by input of the login action. */
  readonly variables: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  /** The identity has to be made and given its roles: there was none that a key could become. */
  readonly isNewIdentity: boolean;
  /** Where the credential stood in the text as it was. */
  readonly message: string;
}

/** One credential of one text, to be replaced. */
export interface Conversion {
  readonly path: string;
  readonly text: string;
  readonly meaning: WorkflowMeaning;
  readonly credential: LongLivedCredential;
  /** Sentences for the person; the path goes in front of each. */
  readonly note: (sentence: string) => void;
}

/** The text with the credential replaced, or why it stays: completes "it was left alone because …". */
export type Converted =
  | { readonly ok: true; readonly text: string; readonly logins: readonly SecuredLogin[] }
  | { readonly ok: false; readonly reason: string };

/** What stands in the place of the credential, in the jobs that had it. */
export interface Replacement {
  readonly jobs: readonly Job[];
  readonly operations: readonly Operation[];
  readonly variables: Readonly<Record<string, string>>;
  readonly isNewIdentity?: boolean;
}

/** Why a credential stays. */
export interface Refusal {
  readonly reason: string;
}

/** Does a replacement: the operations, then the permission for the token and the environment of each job. */
export function finish(conversion: Conversion, replacement: Replacement): Converted {
  const { text, meaning, credential, note } = conversion;
  const { jobs } = replacement;
  const grants = jobs.map((job) => grantIdToken(meaning.workflow, job, meaning.needsOf(job)));
  const environments = jobs.flatMap((job) => {
    const name = job.environment === null ? (meaning.environmentFor?.(job) ?? null) : null;
    return name === null ? [] : [{ job, name }];
  });
  const result = runOperations(text, [
    ...replacement.operations,
    ...grants.flatMap((grant) => grant.operations),
    ...environments.map(({ job, name }) =>
      setAt(['jobs', job.id.value], 'environment', name, {
        after: ['name', 'needs', 'if', 'runs-on', 'permissions'],
      }),
    ),
  ]);
  if (!result.ok) return result;
  for (const grant of grants) grant.notes.forEach(note);
  for (const { job, name } of environments) {
    note(
      `job "${job.id.value}" names the environment "${name}" now, so that the trust can ask for it and for its approval; where it has required reviewers already, the job waits for them.`,
    );
  }
  return {
    ok: true,
    text: result.text,
    logins: jobs.map((job) => ({
      cloud: credential.cloud,
      form: credential.form,
      job: job.id.value,
      variables: replacement.variables,
      secrets: credential.secrets,
      isNewIdentity: replacement.isNewIdentity ?? false,
      message: `${subjectOf({ ...credential, job })} ${credential.message}`,
    })),
  };
}

/** Who has the credential, for the beginning of a sentence. */
export function subjectOf(credential: Pick<LongLivedCredential, 'job'>): string {
  return credential.job ? `job "${credential.job.id.value}"` : 'the workflow';
}

/** `${{ … }}`. */
export function expression(text: string): string {
  return `\${{ ${text} }}`;
}

/** `uses:` of an action by its known commit, else by `fallback`, its major version. */
export function usesOf(action: string, fallback: string): NewYaml {
  const pin = pinOf(action);
  return pin ? new CommentedScalar(`${action}@${pin.commit}`, pin.tag) : `${action}@${fallback}`;
}

/** An operation on one step of a job, found again in the text as it then is. */
export function insertAt(jobId: string, index: number, step: NewYaml): Operation {
  return (text) => {
    const job = readWorkflow('', text).jobs.find((other) => other.id.value === jobId);
    if (!job) return missing(jobId);
    const inserted = insertStep(text, job, index, step);
    if (!inserted.ok || job.steps[index] === undefined) return inserted;
    // Where blank lines stand between the steps, one stands behind the new one too.
    const lineBreak = lineBreakOf(text);
    return {
      ok: true,
      edits: inserted.edits.map((edit) =>
        edit.text.endsWith(lineBreak) && text.slice(0, edit.span.start).endsWith(lineBreak + lineBreak)
          ? { ...edit, text: edit.text + lineBreak }
          : edit,
      ),
    };
  };
}

/** Where a step stands in the document. */
export function stepPath(job: Job, step: Step): readonly (string | number)[] {
  return ['jobs', job.id.value, 'steps', step.index];
}

/** Where the `env` with the credential hangs: a step, a job, or the workflow. */
export function environmentPath(
  credential: Pick<LongLivedCredential, 'job' | 'step'>,
): readonly (string | number)[] {
  const { job, step } = credential;
  return !job ? [] : step ? stepPath(job, step) : ['jobs', job.id.value];
}

/** Takes the variables that hold the credential out of their `env`. */
export function removeHolders(credential: LongLivedCredential): readonly Operation[] {
  const at = environmentPath(credential);
  return credential.holders.map((holder) => removeWithin(at, 'env', holder.name.value));
}

/** Pins the action of a step to a known commit, with the version in the comment behind it; else leaves it. */
export function pinUses(at: readonly (string | number)[], step: Step): Operation {
  return onMap(at, (text, map) => {
    const uses = step.uses?.value ?? '';
    const [action = '', ref = ''] = uses.split('@');
    const pin = pinOf(action);
    if (!pin || /^[0-9a-f]{40}$/.test(ref)) return { ok: true, edits: [] };
    const value = `${action}@${pin.commit}`;
    const entry = entryOf(map, 'uses');
    if (!entry || map.isFlow) return setEntry(text, map, 'uses', value);
    const replaced = setEntry(text, map, 'uses', value);
    if (!replaced.ok) return replaced;
    const newline = text.indexOf('\n', entry.span.end);
    const end = newline < 0 ? text.length : newline - (text[newline - 1] === '\r' ? 1 : 0);
    const behind = text.slice(entry.span.end, end);
    if (behind.trim() !== '' && !/^\s+#/.test(behind)) return replaced;
    return {
      ok: true,
      edits: [...replaced.edits, { span: { start: entry.span.end, end }, text: ` # ${pin.tag}` }],
    };
  });
}

/**
 * Takes commands out of a step's script, or the step with them where nothing else is in it; null where one of them
 * shares its line with something that stays.
 */
export function removeCommands(
  text: string,
  job: Job,
  step: Step,
  spans: readonly Span[],
): { readonly script: string; readonly operation: Operation } | null {
  const script = scriptWithout(text, step, spans);
  if (script === null) return null;
  const operation: Operation =
    script.trim() === ''
      ? (now) => {
          const again = readWorkflow('', now).jobs.find((other) => other.id.value === job.id.value);
          return again ? removeStep(now, again, step.index) : missing(job.id.value);
        }
      : onMap(stepPath(job, step), (now, map) => {
          const run = valueOf(map, 'run');
          return run?.kind === 'scalar' ? replaceScalar(now, run, script) : missing('run');
        });
  return { script, operation };
}

/** The script of a step without the lines of some commands; null where one of them shares a line. */
function scriptWithout(text: string, step: Step, spans: readonly Span[]): string | null {
  const run = step.run;
  if (!run) return null;
  if (run.style !== 'literal') {
    const [only] = spans;
    return spans.length === 1 && only && text.slice(only.start, only.end).trim() === run.text.trim()
      ? ''
      : null;
  }
  const firstLine = text.slice(0, run.span.start).split('\n').length;
  const lines = run.text.split('\n');
  const gone = new Set<number>();
  for (const span of spans) {
    const start = text.lastIndexOf('\n', span.start - 1) + 1;
    const stop = text.indexOf('\n', span.end);
    const end = stop < 0 ? text.length : stop;
    if (text.slice(start, span.start).trim() !== '' || text.slice(span.end, end).trim() !== '') return null;
    const from = text.slice(0, start).split('\n').length - firstLine - 1;
    const count = text.slice(start, end).split('\n').length;
    for (let line = from; line < from + count; line++) gone.add(line);
  }
  return lines.filter((_, index) => !gone.has(index)).join('\n');
}

/** Something that was read a moment ago is not there any more. */
export function missing(what: string): EditResult {
  return { ok: false, reason: `"${what}" was not found again` };
}
