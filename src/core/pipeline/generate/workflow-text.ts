import { Document, isMap, isScalar, isSeq, visit, type Scalar, type YAMLMap } from 'yaml';
import type { PipelinePhase } from '../../evidence/profile';

/**
 * Text that may hold `${{ … }}`, written by the engine and never by a repository: GitHub replaces an expression before
 * anything else reads the value, so that a path or a script's name must never become one.
 */
export interface Expression {
  readonly expression: string;
}

/** A value as GitHub would read it: plain text, or an expression of ours. */
export type Text = string | Expression;

/** An action with its commit, or with its tag where no commit is known. */
export interface ActionUse {
  /** `owner/name@ref`. */
  readonly reference: string;
  /** The tag of that commit, for the comment beside it; null beside a tag. */
  readonly version: string | null;
}

/** A step that uses an action or runs shell. `run` holds no expression at all: values reach it through `env`. */
export interface StepSpec {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: ActionUse;
  readonly with?: Readonly<Record<string, Text>>;
  readonly env?: Readonly<Record<string, Text>>;
  readonly workingDirectory?: string;
  readonly run?: string;
  /** The job goes on where the step fails: never on a step that anything waits for. */
  readonly mayFail?: true;
  /** What a person does next when it failed, for the error at the job's end; its log by default. */
  readonly whenItFails?: string;
  /** A step that hangs fails after it, so that the steps for a failure still run; without one the job's limit ends it. */
  readonly timeoutMinutes?: number;
}

/** A job. Permissions and a time limit are not optional: what is left out would be GitHub's wide default. */
export interface JobSpec {
  readonly id: string;
  readonly name: string;
  /** The phases that it runs: for whoever adds to a workflow that has some of them already. Not written. */
  readonly phases?: readonly PipelinePhase[];
  /** Why the job is as it is, above it in the file. */
  readonly comment?: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly environment?: { readonly name: Text; readonly url?: Text };
  /** Runs of one group wait for each other; none is cancelled. */
  readonly concurrencyGroup?: Text;
  readonly permissions: Readonly<Record<string, 'read' | 'write'>>;
  readonly timeoutMinutes: number;
  readonly outputs?: Readonly<Record<string, Expression>>;
  readonly env?: Readonly<Record<string, Text>>;
  /** `defaults.run`, for a job in a workflow whose own defaults are not those of a generated one. */
  readonly runDefaults?: Readonly<Record<string, string>>;
  /** The workflow that it calls, in the place of steps; once for each row of the matrix. */
  readonly calls?: WorkflowCall;
  readonly steps: readonly StepSpec[];
}

/** A call of a workflow of the same repository. */
export interface WorkflowCall {
  /** The file name below `.github/workflows/`, or what stands for it until it is chosen. */
  readonly key: string;
  readonly with: Readonly<Record<string, Text>>;
  /** Plain data: the values of `matrix` for each call. */
  readonly matrix?: readonly Readonly<Record<string, string>>[];
}

/** A workflow file. Its own permissions are always none. */
export interface WorkflowSpec {
  readonly comment: string;
  readonly name: string;
  readonly runName?: Text;
  /** Plain data: the events with their filters, without expressions. */
  readonly on: Readonly<Record<string, unknown>>;
  readonly concurrency?: { readonly group: Text; readonly cancelInProgress: Text };
  readonly jobs: readonly JobSpec[];
}

/** The runner image that every job names: a fixed one, so that a run next month is a run of today. */
const RUNNER = 'ubuntu-24.04';

/**
 * Words that a reader of YAML 1.1 takes for something else than text: booleans, nothing, numbers with other bases,
 * separators or times of day. GitHub reads them as text; Ruby's, Python's and Go's older parsers do not.
 */
const YAML_1_1 =
  /^(?:y|n|yes|no|on|off|true|false|null|~|[-+]?(?:0[box]?[\d_a-f]+|\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|\.[\d_]+(?:e[-+]?\d+)?|\.inf)|\.nan|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|<<|=)$/i;

/** Characters that end a line for some reader, or hide what stands there. */
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]/gu;

/** Columns of a comment, so that what is assumed can be read beside the code. */
const COMMENT_WIDTH = 110;

/** Marks text of ours that may hold `${{ … }}`. */
export function expression(text: string): Expression {
  return { expression: text };
}

/**
 * The workflow as YAML, the same bytes for the same input.
 *
 * @throws RangeError where plain text or a `run` script holds `${{`: the caller let repository text become code.
 */
export function workflowText(workflow: WorkflowSpec): string {
  const document = new Document({
    name: plain(workflow.name),
    ...(workflow.runName !== undefined ? { 'run-name': textValue(workflow.runName) } : {}),
    on: plainTree(workflow.on),
    permissions: {},
    ...(workflow.concurrency
      ? {
          concurrency: {
            group: textValue(workflow.concurrency.group),
            'cancel-in-progress': textValue(workflow.concurrency.cancelInProgress),
          },
        }
      : {}),
    defaults: { run: { shell: 'bash' } },
    jobs: Object.fromEntries(workflow.jobs.map((job) => [job.id, jobValue(job)])),
  });
  document.commentBefore = comment(workflow.comment);
  visit(document, {
    Scalar: (key, node) => {
      if (key !== 'key' && typeof node.value === 'string' && YAML_1_1.test(node.value))
        node.type = 'QUOTE_DOUBLE';
    },
  });
  const root = document.contents as YAMLMap;
  for (const pair of root.items) {
    const key = pair.key as Scalar<string>;
    if (key.value !== 'name' && key.value !== 'run-name') key.spaceBefore = true;
    if (key.value === 'permissions' && isMap(pair.value)) pair.value.flow = true;
    if (key.value === 'jobs' && isMap(pair.value)) decorateJobs(pair.value, workflow.jobs);
  }
  return document.toString({ lineWidth: 0, blockQuote: 'literal', flowCollectionPadding: true });
}

/**
 * Jobs as the lines of a `jobs:` map, `indent` blanks a level and a blank line before each; for a workflow that stands.
 *
 * @throws RangeError as {@link workflowText}.
 */
export function jobsText(jobs: readonly JobSpec[], indent: number): string {
  const document = new Document({ jobs: Object.fromEntries(jobs.map((job) => [job.id, jobValue(job)])) });
  const value = (document.contents as YAMLMap).get('jobs');
  if (isMap(value)) decorateJobs(value, jobs);
  const text = document.toString({
    indent,
    lineWidth: 0,
    blockQuote: 'literal',
    flowCollectionPadding: true,
  });
  return text.replace(/^jobs:\n/, '\n');
}

function decorateJobs(jobs: YAMLMap, specs: readonly JobSpec[]): void {
  for (const [index, pair] of jobs.items.entries()) {
    const spec = specs[index];
    const key = pair.key as Scalar<string>;
    if (index > 0) key.spaceBefore = true;
    if (spec?.comment) key.commentBefore = comment(spec.comment);
    if (!isMap(pair.value)) continue;
    for (const name of ['needs', 'permissions']) {
      const value = pair.value.get(name, true) as unknown;
      if (isSeq(value) || (isMap(value) && value.items.length === 0)) value.flow = true;
    }
    const steps = pair.value.get('steps');
    if (!isSeq(steps)) continue;
    for (const [position, step] of steps.items.entries()) {
      const version = spec?.steps[position]?.uses?.version;
      const uses = isMap(step) ? (step.get('uses', true) as unknown) : null;
      if (version && isScalar(uses)) uses.comment = ` ${version}`;
    }
  }
}

/** A job that calls a workflow: GitHub takes no runner, time limit or environment there, each called job has its own. */
function callValue(job: JobSpec, calls: WorkflowCall): Record<string, unknown> {
  return {
    // With a matrix the name is ours, and says for which of its rows the call is.
    name: calls.matrix ? job.name : plain(job.name),
    ...(job.needs && job.needs.length > 0 ? { needs: [...job.needs] } : {}),
    ...(job.if !== undefined ? { if: job.if } : {}),
    ...(calls.matrix
      ? { strategy: { 'fail-fast': false, matrix: { include: plainTree(calls.matrix) } } }
      : {}),
    permissions: { ...job.permissions },
    uses: `./.github/workflows/${plain(calls.key)}`,
    with: textTree(calls.with),
  };
}

function jobValue(job: JobSpec): Record<string, unknown> {
  if (job.calls) return callValue(job, job.calls);
  return {
    name: plain(job.name),
    ...(job.needs && job.needs.length > 0 ? { needs: [...job.needs] } : {}),
    ...(job.if !== undefined ? { if: job.if } : {}),
    'runs-on': RUNNER,
    'timeout-minutes': job.timeoutMinutes,
    permissions: { ...job.permissions },
    ...(job.environment
      ? {
          environment: {
            name: textValue(job.environment.name),
            ...(job.environment.url !== undefined ? { url: textValue(job.environment.url) } : {}),
          },
        }
      : {}),
    ...(job.concurrencyGroup !== undefined
      ? { concurrency: { group: textValue(job.concurrencyGroup), 'cancel-in-progress': false } }
      : {}),
    ...(job.runDefaults ? { defaults: { run: plainTree(job.runDefaults) } } : {}),
    ...(job.outputs ? { outputs: textTree(job.outputs) } : {}),
    ...(job.env && Object.keys(job.env).length > 0 ? { env: textTree(job.env) } : {}),
    steps: job.steps.map((step) => ({
      name: plain(step.name),
      ...(step.id !== undefined ? { id: step.id } : {}),
      ...(step.if !== undefined ? { if: step.if } : {}),
      ...(step.mayFail ? { 'continue-on-error': true } : {}),
      ...(step.timeoutMinutes !== undefined ? { 'timeout-minutes': step.timeoutMinutes } : {}),
      ...(step.uses ? { uses: plain(step.uses.reference) } : {}),
      ...(step.with && Object.keys(step.with).length > 0 ? { with: textTree(step.with) } : {}),
      ...(step.env && Object.keys(step.env).length > 0 ? { env: textTree(step.env) } : {}),
      ...(step.workingDirectory ? { 'working-directory': plain(step.workingDirectory) } : {}),
      ...(step.run !== undefined ? { run: plain(step.run) } : {}),
    })),
  };
}

function textTree(values: Readonly<Record<string, Text>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [plain(key), textValue(value)]));
}

/** `true`, `false` and whole numbers stand unquoted, as people write them. */
function textValue(text: Text): string | number | boolean {
  if (typeof text !== 'string') return text.expression;
  if (text === 'true' || text === 'false') return text === 'true';
  return /^(0|[1-9]\d{0,5})$/.test(text) ? Number(text) : plain(text);
}

function plainTree(value: unknown): unknown {
  if (typeof value === 'string') return plain(value);
  if (Array.isArray(value)) return value.map(plainTree);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [plain(key), plainTree(inner)]));
  }
  return value;
}

function plain(text: string): string {
  if (text.includes('${{')) throw new RangeError(`plain text of a workflow holds an expression: ${text}`);
  return text;
}

/** A comment, wrapped at words; a text of the repository in it can neither end it nor look like an expression. */
function comment(text: string): string {
  return text
    .split('\n')
    .flatMap((line) => wrapped(line))
    .join('\n');
}

function wrapped(line: string): string[] {
  const words = line.replace(HIDDEN, '\u{fffd}').replaceAll('${{', '$ {{').split(' ');
  const indent = line.startsWith('- ') ? '  ' : '';
  const lines: string[] = [];
  let current = words[0] ?? '';
  for (const word of words.slice(1)) {
    if (current.length + word.length + 2 > COMMENT_WIDTH) {
      lines.push(current);
      current = indent + word;
    } else current += ` ${word}`;
  }
  lines.push(current);
  return lines.map((part) => (part.trim() === '' ? '' : ` ${part}`));
}
