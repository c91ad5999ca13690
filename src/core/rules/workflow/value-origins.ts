import type { Span } from '../../text/position';
import { readExpression, textOfExpression, type Expression } from '../../workflow/conditions/expression';
import type { Workflow, WorkflowInput } from '../../workflow/model';
import { matrixValues } from '../../workflow/targets';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf, type YamlValue } from '../../workflow/yaml-tree';
import { callersOf } from './production-path';

/** Where a text comes from that no file bounds. */
export type Origin =
  /** A person types it when starting the workflow. */
  | { readonly kind: 'typed'; readonly workflow: Workflow; readonly input: WorkflowInput }
  /** Who sends the `repository_dispatch` event chooses it. */
  | { readonly kind: 'payload'; readonly text: string; readonly workflow: Workflow; readonly span: Span }
  /** An input of a called workflow that nobody in this repository calls. */
  | { readonly kind: 'outside'; readonly workflow: Workflow; readonly input: WorkflowInput }
  /** A variable, an output or anything else whose value no file holds. */
  | { readonly kind: 'expression'; readonly text: string; readonly workflow: Workflow; readonly span: Span };

/** Values that hand on values are followed so far. */
const MAX_DEPTH = 12;

/**
 * What a text with expressions in it takes from outside the files, followed through callers, variables of the file,
 * matrices and outputs of earlier jobs; none: it is bounded (Definition 10). Inputs that are a choice, a boolean, a
 * number or of `type: environment` are bounded.
 *
 * @param span Where the text stands.
 */
export function originsOf(
  set: WorkflowSet,
  facts: JobFacts,
  text: string,
  span: Span,
  depth = 0,
): readonly Origin[] {
  if (set.possibleTexts(facts, text) !== null) return [];
  return [...text.matchAll(/\$\{\{([\s\S]*?)\}\}/g)].flatMap(([, source = '']) => {
    const read = readExpression(source.trim());
    if (!read.ok)
      return [{ kind: 'expression' as const, text: source.trim(), workflow: facts.workflow, span }];
    return originsIn(set, facts, read.expression, span, depth).map((origin) =>
      'span' in origin && origin.span === span ? { ...origin, text: asWritten(origin.text, source) } : origin,
    );
  });
}

/** The part of an expression as the file has it: reading it puts names in lower case. */
function asWritten(part: string, source: string): string {
  const at = source.toLowerCase().indexOf(part.toLowerCase());
  return at < 0 ? part : source.slice(at, at + part.length);
}

function originsIn(
  set: WorkflowSet,
  facts: JobFacts,
  expression: Expression,
  span: Span,
  depth: number,
): readonly Origin[] {
  const within = (part: Expression): readonly Origin[] => originsIn(set, facts, part, span, depth);
  switch (expression.kind) {
    case 'literal':
    case 'not':
    case 'compare':
      return [];
    case 'or':
      return expression.args.flatMap(within);
    case 'and': {
      // The others only decide whether the last one is the value.
      const last = expression.args[expression.args.length - 1];
      return last ? within(last) : [];
    }
    case 'call':
      if (/^(contains|startswith|endswith|success|failure|always|cancelled)$/.test(expression.name))
        return [];
      if (expression.name === 'format') return expression.args.flatMap(within);
      return [unbounded(facts, expression, span)];
    case 'path':
      return originsOfPath(set, facts, expression, span, depth);
  }
}

function originsOfPath(
  set: WorkflowSet,
  facts: JobFacts,
  path: Expression & { kind: 'path' },
  span: Span,
  depth: number,
): readonly Origin[] {
  const { job, workflow } = facts;
  const { parts } = path;
  const [context = '', second = '', third = '', fourth = ''] = parts;
  const follow = (holder: JobFacts, text: string, at: Span): readonly Origin[] =>
    depth >= MAX_DEPTH ? [unbounded(facts, path, span)] : originsOf(set, holder, text, at, depth + 1);
  if (context === 'inputs') return originsOfInput(set, facts, second, follow);
  if (context === 'github' && second === 'event' && third === 'inputs') {
    return originsOfInput(set, facts, fourth, follow);
  }
  if (context === 'github' && second === 'event' && third === 'client_payload') {
    return [{ kind: 'payload', text: textOfExpression(path), workflow, span }];
  }
  if (context === 'env') {
    const holder = [...job.env, ...workflow.env].find((entry) => entry.name.value.toLowerCase() === second);
    if (holder) return follow(facts, holder.value.text, holder.value.span);
  }
  if (context === 'matrix') {
    if (matrixValues(job, second, third || null) !== null) return [];
    const texts = scalarsUnder(job.matrix, second);
    if (texts.length > 0) return texts.flatMap((scalar) => follow(facts, scalar.text, scalar.span));
  }
  if (context === 'needs' && third === 'outputs') {
    const earlier = set.factsOf(workflow, second);
    const output = earlier?.job.outputs.find((entry) => entry.name.value.toLowerCase() === fourth);
    if (earlier && output) return follow(earlier, output.value.text, output.value.span);
  }
  return [unbounded(facts, path, span)];
}

function originsOfInput(
  set: WorkflowSet,
  facts: JobFacts,
  name: string,
  follow: (holder: JobFacts, text: string, at: Span) => readonly Origin[],
): readonly Origin[] {
  const { workflow } = facts;
  return workflow.triggers.flatMap((trigger): readonly Origin[] => {
    const input = trigger.inputs.find((each) => each.name.value.toLowerCase() === name);
    if (!input) return [];
    if (trigger.event === 'workflow_call') {
      const callers = callersOf(set, workflow);
      if (callers.length === 0) return [{ kind: 'outside', workflow, input }];
      return callers.flatMap((caller) => {
        const given = caller.job.with.find((entry) => entry.name.value.toLowerCase() === name);
        return given ? follow(caller, given.value.text, given.value.span) : [];
      });
    }
    return isFreeText(input) ? [{ kind: 'typed', workflow, input }] : [];
  });
}

/** Whether a person may type what they like: a choice without options is none. */
function isFreeText(input: WorkflowInput): boolean {
  return input.type === 'string' || (input.type === 'choice' && input.options.length === 0);
}

function unbounded(facts: JobFacts, expression: Expression, span: Span): Origin {
  return { kind: 'expression', text: textOfExpression(expression), workflow: facts.workflow, span };
}

/** The scalars that a matrix gives a key, in its list and in `include`. */
function scalarsUnder(
  matrix: YamlValue | null,
  key: string,
): readonly { readonly text: string; readonly span: Span }[] {
  const include = valueOf(matrix, 'include');
  const values = [
    valueOf(matrix, key),
    ...(include?.kind === 'list' ? include.items.map((item) => valueOf(item, key)) : []),
  ];
  return values.flatMap((value) =>
    value?.kind === 'list'
      ? value.items.flatMap((item) => (item.kind === 'scalar' ? [item] : []))
      : value?.kind === 'scalar' && value.text.includes('${{') && /^\s*\$\{\{\s*fromjson/i.test(value.text)
        ? []
        : value?.kind === 'scalar'
          ? [value]
          : [],
  );
}
