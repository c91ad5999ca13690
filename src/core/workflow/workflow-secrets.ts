import type { SecretUse } from '../evidence/secrets/secret-uses';
import { endOfExpression } from '../text/expression-end';
import type { Located } from '../text/position';
import { startsByItself } from './call-chains';
import { actionOf } from './credential-uses';
import type { Job, Step, Workflow } from './model';
import { JOB_TOKEN } from './secret-flow';
import type { WorkflowSet } from './understanding';
import { placeInScalar, valueOf, type YamlScalar, type YamlValue } from './yaml-tree';

type Workflows = Pick<WorkflowSet, 'workflows' | 'factsOf' | 'callersOf'>;

/**
 * Every place where the workflows take a secret by its name, with who is given it. The token that GitHub makes for each
 * job is none, nor is a name that a called workflow gives to what its callers hand over: theirs counts.
 */
export function workflowSecrets(set: Workflows): readonly SecretUse[] {
  return set.workflows.flatMap((workflow) => {
    const handedOver = handedOverTo(workflow, set);
    return usesIn(workflow, set).filter(({ name }) => !handedOver.has(name.toLowerCase()));
  });
}

/** Names in lower case that a called workflow knows only because every caller hands something over under them. */
function handedOverTo(workflow: Workflow, set: Workflows): ReadonlySet<string> {
  const callers = set.callersOf(workflow);
  if (startsByItself(workflow) || callers.length === 0) return new Set();
  const declared = workflow.triggers.flatMap(({ raw }) => {
    const secrets = valueOf(raw, 'secrets');
    return secrets?.kind === 'map' ? secrets.entries.map(({ key }) => key.text.toLowerCase()) : [];
  });
  const hands = ({ secrets }: Job, name: string): boolean =>
    secrets?.isInherited !== true &&
    (secrets?.entries ?? []).some((entry) => entry.name.value.toLowerCase() === name);
  return new Set(declared.filter((name) => callers.every(({ job }) => hands(job, name))));
}

/** Who takes what a text of a workflow gives. */
type Taker = Pick<SecretUse, 'usedBy' | 'as' | 'action'>;

function usesIn(workflow: Workflow, set: Workflows): SecretUse[] {
  const uses: SecretUse[] = [];
  const visit = (value: YamlValue, taker: Taker, job: Job | null, isCondition = false): void => {
    if (value.kind === 'list') value.items.forEach((item) => visit(item, taker, job));
    if (value.kind === 'map') value.entries.forEach((entry) => visit(entry.value, taker, job));
    if (value.kind !== 'scalar') return;
    for (const { value: name, span } of secretsAt(value, workflow.text, isCondition)) {
      uses.push({
        name,
        system: 'GitHub Actions',
        certainty: 'declared',
        ...taker,
        dependent: job ? `job ${job.id.value} of ${workflow.path}` : workflow.path,
        environments: (job && set.factsOf(workflow, job.id.value)?.environmentNames) ?? [],
        source: { kind: 'file', path: workflow.path, range: workflow.lines.rangeOf(span) },
      });
    }
  };
  /** A map of variables or inputs: each is the taker of its own value. */
  const visitNamed = (
    value: YamlValue,
    what: string,
    of: string,
    action: string | null,
    job: Job | null,
  ): void => {
    if (value.kind !== 'map') return visit(value, { usedBy: of, as: null, action }, job);
    for (const { key, value: given } of value.entries) {
      visit(given, { usedBy: `${what} ${key.text} of ${of}`, as: key.text, action }, job);
    }
  };
  const visitStep = (step: Step, job: Job): void => {
    const action = actionOf(step);
    const owner = `job ${job.id.value}`;
    const called = step.uses ? step.uses.value : 'a script';
    for (const { key, value } of step.body.entries) {
      const taker = { usedBy: `${called} in ${owner}`, as: null, action };
      if (key.text === 'with') visitNamed(value, 'input', taker.usedBy, action, job);
      else if (key.text === 'env') visitNamed(value, 'variable', taker.usedBy, action, job);
      else visit(value, taker, job, key.text === 'if');
    }
  };
  const root = workflow.tree.root;
  for (const { key, value } of root?.kind === 'map' ? root.entries : []) {
    if (key.text === 'env') visitNamed(value, 'variable', 'every job', null, null);
    else if (key.text !== 'jobs') visit(value, { usedBy: 'the workflow', as: null, action: null }, null);
  }
  for (const job of workflow.jobs) {
    const owner = `job ${job.id.value}`;
    for (const { key, value } of job.body.entries) {
      if (key.text === 'steps') job.steps.forEach((step) => visitStep(step, job));
      else if (key.text === 'env') visitNamed(value, 'variable', owner, null, job);
      else if (key.text === 'secrets')
        visitNamed(value, 'secret', `${job.uses?.value ?? 'the called workflow'} in ${owner}`, null, job);
      else visit(value, { usedBy: owner, as: null, action: null }, job, key.text === 'if');
    }
  }
  return uses;
}

/** The names of secrets in the expressions of a scalar, with where each stands; an `if:` is an expression as a whole. */
function secretsAt(scalar: YamlScalar, fileText: string, isCondition: boolean): Located<string>[] {
  const { text } = scalar;
  if (!/secrets/i.test(text)) return [];
  const found: Located<string>[] = [];
  const read = (from: number, to: number): void => {
    for (const match of text
      .slice(from, to)
      .matchAll(/\bsecrets\s*(?:\.\s*([\w-]+)|\[\s*'([\w-]+)'\s*\])/gi)) {
      const name = match[1] ?? match[2];
      if (name === undefined || name.toUpperCase() === JOB_TOKEN) continue;
      const start = from + match.index + match[0].lastIndexOf(name);
      const place = placeInScalar(fileText, scalar, start);
      const end = placeInScalar(fileText, scalar, start + name.length);
      // Of a folded text only the whole can be shown.
      found.push({ value: name, span: end > place ? { start: place, end } : scalar.span });
    }
  };
  if (isCondition && !text.includes('${{')) {
    read(0, text.length);
    return found;
  }
  for (let open = text.indexOf('${{'); open >= 0; open = text.indexOf('${{', open + 3)) {
    const close = endOfExpression(text, open + 3);
    if (close < 0) break;
    read(open + 3, close - 2);
  }
  return found;
}
