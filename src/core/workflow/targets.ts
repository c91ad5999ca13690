import type { Located, Span } from '../text/position';
import type { Job, Step, Workflow } from './model';
import { nameWords } from './purposes/names';
import type { DeployTargetKind, UnderstandingOptions } from './understanding';
import { valueOf } from './yaml-tree';

/** Where a job deploys to, with what says so. */
export interface DeployTarget {
  readonly kind: DeployTargetKind;
  readonly message: string;
  readonly span: Span;
}

const PRODUCTION = ['production', 'prod', 'live'];
const OTHER = [
  ...['staging', 'stage', 'stg', 'dev', 'develop', 'development', 'test', 'testing', 'qa', 'uat', 'preview'],
  ...[
    'previews',
    'preprod',
    'preproduction',
    'nonprod',
    'nonproduction',
    'sandbox',
    'demo',
    'review',
    'local',
  ],
  ...['integration', 'ci', 'kind', 'minikube', 'acceptance', 'e2e'],
];

/** Combinations of matrix values and choices that are tried; more is unbounded. */
const MAX_NAMES = 100;

/**
 * What the name of an environment says (Definition 2). Where the configuration lists production's environments, one
 * that is called like them and stands in neither list is left open: it is not production, nor is it known not to be.
 */
export function kindOfEnvironmentName(name: string, options: UnderstandingOptions): DeployTargetKind {
  const kind = kindOfName(name, options);
  return kind === 'production' && isUnlistedProduction(name, options) ? 'unknown' : kind;
}

/** Whether an environment is called like production and a configuration that lists production leaves it out. */
export function isUnlistedProduction(name: string, options: UnderstandingOptions): boolean {
  const { productionEnvironments: listed } = options;
  const lower = name.trim().toLowerCase();
  return (
    listed.length > 0 &&
    !listed.some((known) => known.toLowerCase() === lower) &&
    kindOfName(name, options) === 'production'
  );
}

/**
 * What the name of a place says of itself (Definition 2: a whole word), after what the configuration says: a host, a
 * cluster, an application.
 */
export function kindOfName(name: string, options: UnderstandingOptions): DeployTargetKind {
  const lower = name.trim().toLowerCase();
  if (options.productionEnvironments.some((known) => known.toLowerCase() === lower)) return 'production';
  if (options.otherEnvironments.some((known) => known.toLowerCase() === lower)) return 'non-production';
  const words = nameWords(lower);
  // `pre-production` and `non-prod` hold the word and mean the opposite.
  const isNegated = words.some(
    (word, index) => /^(pre|non|not)$/.test(word) && PRODUCTION.includes(words[index + 1] ?? ''),
  );
  if (isNegated || words.some((word) => OTHER.includes(word))) return 'non-production';
  return words.some((word) => PRODUCTION.includes(word)) ? 'production' : 'unknown';
}

/** The literal values that callers give the inputs of a called workflow; null: a caller gives no literal. */
export type BoundInputs = ReadonlyMap<string, ReadonlySet<string> | null>;

/**
 * Every text that a value with expressions can become, or null where no file bounds it: literals, choice inputs, a
 * literal matrix, a choice between literals, inputs that all callers bind (Definition 10).
 */
export function possibleTexts(
  text: string,
  workflow: Workflow,
  job: Job,
  bound: BoundInputs,
): readonly string[] | null {
  let texts = [''];
  let at = 0;
  for (const match of text.matchAll(/\$\{\{([^}]*)\}\}/g)) {
    const values = possibleValues((match[1] ?? '').trim(), workflow, job, bound);
    if (!values) return null;
    const before = text.slice(at, match.index);
    texts = texts.flatMap((start) => values.map((value) => start + before + value));
    if (texts.length > MAX_NAMES) return null;
    at = match.index + match[0].length;
  }
  return [...new Set(texts.map((start) => start + text.slice(at)))];
}

function possibleValues(
  expression: string,
  workflow: Workflow,
  job: Job,
  bound: BoundInputs,
): readonly string[] | null {
  const literal = /^'([^']*)'$/.exec(expression);
  if (literal) return [literal[1] ?? ''];
  // `a && 'x' || 'y'`: the parts that can be the value, not the conditions.
  const alternatives = splitTop(expression, '||');
  if (alternatives.length > 1) {
    const values = alternatives.map((part) => possibleValues(part, workflow, job, bound));
    return values.every((each) => each !== null) ? values.flat().filter((value) => value !== '') : null;
  }
  const conjuncts = splitTop(expression, '&&');
  const last = conjuncts[conjuncts.length - 1];
  if (conjuncts.length > 1 && last !== undefined) return possibleValues(last, workflow, job, bound);
  if (/^\(.*\)$/.test(expression))
    return possibleValues(expression.slice(1, -1).trim(), workflow, job, bound);

  const input = /^(?:github\.event\.)?inputs\.([\w-]+)$/i.exec(expression)?.[1];
  if (input) return possibleInputs(input, workflow, bound);
  const matrixKey = /^matrix\.([\w-]+)(?:\.([\w-]+))?$/i.exec(expression);
  if (matrixKey) return matrixValues(job, matrixKey[1] ?? '', matrixKey[2] ?? null);
  if (/^github\.ref_name$/i.test(expression)) return pushedBranches(workflow);
  const variable = /^env\.([\w-]+)$/i.exec(expression)?.[1];
  if (variable) {
    const value = [...job.env, ...workflow.env].find((entry) => entry.name.value === variable)?.value.text;
    return value === undefined || value.includes('${{') ? null : [value];
  }
  return null;
}

/** The branches by whose push alone a workflow starts, where its triggers name them all. */
function pushedBranches({ triggers }: Workflow): readonly string[] | null {
  const branches = triggers.flatMap((trigger): readonly (Located<string> | null)[] =>
    trigger.event === 'push' && trigger.tags === null && trigger.branches ? trigger.branches : [null],
  );
  const names = branches.flatMap((branch) =>
    branch && !/[*?+[\]!$]/.test(branch.value) ? [branch.value] : [],
  );
  return names.length > 0 && names.length === branches.length ? names : null;
}

/** Parts at the top level, outside parentheses and strings. */
function splitTop(expression: string, operator: '||' | '&&'): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let from = 0;
  for (let at = 0; at < expression.length; at++) {
    const character = expression[at];
    if (character === "'") isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth === 0 && expression.startsWith(operator, at)) {
      parts.push(expression.slice(from, at).trim());
      from = at + 2;
      at++;
    }
  }
  return [...parts, expression.slice(from).trim()];
}

function possibleInputs(name: string, workflow: Workflow, bound: BoundInputs): readonly string[] | null {
  const values = new Set<string>();
  for (const trigger of workflow.triggers) {
    const input = trigger.inputs.find((each) => each.name.value.toLowerCase() === name.toLowerCase());
    if (!input) continue;
    if (trigger.event === 'workflow_call') {
      const given = bound.get(name.toLowerCase());
      if (!given) return null;
      for (const value of given) values.add(value);
    } else if (input.type === 'choice' && input.options.length > 0) {
      for (const option of input.options) values.add(option.value);
    } else return null;
  }
  return values.size > 0 ? [...values] : null;
}

/** The texts that a literal matrix gives a key (or a key inside its values); null where it is not literal. */
export function matrixValues(job: Job, key: string, inner: string | null): readonly string[] | null {
  const values: string[] = [];
  const add = (value: ReturnType<typeof valueOf>): boolean => {
    const scalar = inner === null ? value : valueOf(value, inner);
    if (scalar?.kind !== 'scalar' || scalar.text.includes('${{')) return false;
    values.push(scalar.text);
    return true;
  };
  const listed = valueOf(job.matrix, key);
  if (listed && (listed.kind !== 'list' || !listed.items.every(add))) return null;
  const include = valueOf(job.matrix, 'include');
  if (include && include.kind !== 'list') return null;
  for (const item of include?.kind === 'list' ? include.items : []) {
    const value = valueOf(item, key);
    if (value && !add(value)) return null;
  }
  return values.length > 0 ? values : null;
}

/** Inputs of actions that name where something is deployed to. */
const PLACE_INPUTS =
  /^(app[-_]?name|application_name|slot-?name|environments?|environment[-_]name|deployment_environment|env|stage|namespace|cluster|cluster-name|service|service-name|function-name|stack-name|name|host|hostname|server|site|channelid|project|projectid|project_id|config|resource-group|vercel-args|args|command|arguments|kubeconfig|credentials|creds|publish-profile|target|deploy_to|region|netlify-config-path|branch|production-branch|remote_host|script)$/i;

/** A text of a step with the variables of the step, the job and the workflow put in, as an expression or by the shell. */
export function withVariables(text: string, step: Step, job: Job, workflow: Workflow): string {
  if (!text.includes('$')) return text;
  const variables = new Map(
    [...workflow.env, ...job.env, ...step.env].map((entry) => [entry.name.value, entry.value.text]),
  );
  return text.replace(
    /\$\{\{\s*env\.([\w-]+)\s*\}\}|\$\{?([A-Za-z_]\w*)\}?/g,
    (whole, expression: string | undefined, shell: string | undefined) =>
      variables.get(expression ?? shell ?? '') ?? whole,
  );
}

/** Texts of a deploying step that may name a place, with variables of the file put in. */
export function placeTexts(
  step: Step,
  job: Job,
  workflow: Workflow,
  words: readonly string[] | null,
): readonly string[] {
  const filled = (text: string): string => withVariables(text, step, job, workflow);
  if (words) return words.map(filled);
  return step.with
    .filter((entry) => PLACE_INPUTS.test(entry.name.value))
    .map((entry) => filled(entry.value.text));
}
