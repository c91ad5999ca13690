import { insertStep, setEntry } from '../../workflow/edit';
import type { Span, Located } from '../../text/position';
import { actionOf } from '../../workflow/credential-uses';
import type { Step, Workflow } from '../../workflow/model';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { TextEdit } from '../../text/edit';
import type { FindingEvidence, Fix, RuleFinding, WorkflowRule } from '../rule';
import { callChainsOf, listed, productionPathOf, type ProductionPath } from './production-path';
import { originsOf, type Origin } from './value-origins';

/** Actions that take a ref and put its files into the workspace, with the input that names it. */
const CHECKOUTS: Readonly<Record<string, string>> = { 'actions/checkout': 'ref' };

/** Commands of git that put a ref's files into the workspace. */
const GIT_CHECKOUTS = ['checkout', 'switch', 'reset', 'clone', 'pull', 'worktree'];

/** Commands that hold a ref against what may be released: where it comes from, who signed it, whether it was tested. */
const CHECKS: readonly RegExp[] = [
  /^git\b.* merge-base\b.*--is-ancestor\b/,
  /^git\b.* (verify-tag|verify-commit)\b/,
  /^git\b.* (branch|tag)\b.* --contains\b/,
  /^git\b.* (show-ref|ls-remote|rev-parse)\b.*(--tags|refs\/tags\/)/,
  /^gh (api|run list)\b.*(check-runs|check-suites|\/status|--commit)\b/,
];

/** How many places a finding shows. */
const MAX_PLACES = 4;

/**
 * What a person types as a ref is checked out and taken to production.
 * https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_dispatch
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'dispatch-any-ref',
  title: 'A typed ref is taken to production',
  severity: 'warn',
  why: 'A branch or commit that is typed at the start need not be reviewed, merged or tested, and the branch policy of the environment sees only the branch that the workflow was started from.',
  check(set) {
    const path = productionPathOf(set);
    const found = new Map<string, { origin: Chosen; places: Place[] }>();
    for (const facts of set.jobs) {
      if (!leadsToProduction(set, path, facts)) continue;
      for (const place of placesIn(facts)) {
        for (const origin of originsOf(set, facts, place.text, place.span)) {
          if (origin.kind !== 'typed' && origin.kind !== 'payload') continue;
          if (isChecked(set, facts, origin)) continue;
          const key = keyOf(origin);
          const one = found.get(key) ?? { origin, places: [] };
          if (!one.places.some(({ span }) => span === place.span)) one.places.push(place);
          found.set(key, one);
        }
      }
    }
    return [...found.values()].map(({ origin, places }) => finding(set, origin, places));
  },
};

type Chosen = Extract<Origin, { kind: 'typed' | 'payload' }>;

/** Where a ref is checked out. `step`: the checkout action; null for a command of git. */
interface Place {
  readonly facts: JobFacts;
  readonly text: string;
  readonly span: Span;
  readonly step: Step | null;
}

function leadsToProduction(set: WorkflowSet, path: ProductionPath, facts: JobFacts): boolean {
  return (
    path.isOnTheWay(facts) ||
    path.unknownTarget.some((other) => other === facts || set.ancestorsOf(other).includes(facts))
  );
}

function placesIn(facts: JobFacts): readonly Place[] {
  const { job } = facts;
  const byAction = job.steps.flatMap((step) => {
    const input = CHECKOUTS[actionOf(step) ?? ''];
    // Another repository's ref is not this one's release.
    if (input === undefined || step.with.some(({ name }) => name.value.toLowerCase() === 'repository'))
      return [];
    const ref = step.with.find(({ name }) => name.value.toLowerCase() === input);
    return ref && isWholeRef(ref.value.text)
      ? [{ facts, text: ref.value.text, span: ref.value.span, step }]
      : [];
  });
  const byCommand = facts.commands.flatMap((command) =>
    checkedOutBy(command).flatMap((word) =>
      resolved(facts, command.step, word).map((text) => ({ facts, text, span: command.span, step: null })),
    ),
  );
  return [...byAction, ...byCommand];
}

/** Nothing but expressions, or a branch of that name: `refs/tags/…` and `v…` take tags only, and tags can be protected. */
function isWholeRef(text: string): boolean {
  return /^\s*(refs\/heads\/|origin\/)?\$\{\{/.test(text);
}

function checkedOutBy(command: StepCommand): readonly string[] {
  const [program, ...rest] = command.words;
  if (program !== 'git') return [];
  const at = rest.findIndex((word) => GIT_CHECKOUTS.includes(word));
  const paths = rest.indexOf('--');
  return at < 0
    ? []
    : rest.slice(at + 1, paths < 0 ? undefined : paths).filter((word) => !/^-[bBc]$/.test(word));
}

/** A word of a command as texts with expressions: itself, or the variable of the file that it is. */
function resolved(facts: JobFacts, step: Step, word: string): readonly string[] {
  if (isWholeRef(word)) return [word];
  const variable = /^(?:refs\/heads\/|origin\/)?\$\{?(\w+)\}?$/.exec(word)?.[1];
  const holder = [...step.env, ...facts.job.env, ...facts.workflow.env].find(
    ({ name }) => name.value === variable,
  );
  return holder && isWholeRef(holder.value.text) ? [holder.value.text] : [];
}

/** Whether the job, one that it needs, or one that calls it holds the ref against what may be released. */
function isChecked(set: WorkflowSet, facts: JobFacts, origin: Chosen): boolean {
  const name = origin.kind === 'typed' ? origin.input.name.value : origin.text.split('.').pop();
  const links = callChainsOf(set, facts).flat();
  return links
    .flatMap((link) => [link, ...set.ancestorsOf(link)])
    .some(
      (other) =>
        other.commands.some((command) => CHECKS.some((check) => check.test(command.words.join(' ')))) ||
        (name !== undefined && other.tests.some((test) => comparesWith(other, test, name))) ||
        (name !== undefined && asksFor(other.job.condition, name)),
    );
}

/** A test of the shell that holds the input against a pattern or a text. */
function comparesWith(facts: JobFacts, test: StepCommand, name: string): boolean {
  if (!test.words.some((word) => ['=~', '==', '='].includes(word))) return false;
  const input = inputPattern(name);
  return test.words.some((word) => {
    if (input.test(word)) return true;
    const variable = /\$\{?(\w+)/.exec(word)?.[1];
    const holder = [...test.step.env, ...facts.job.env, ...facts.workflow.env].find(
      (entry) => entry.name.value === variable,
    );
    return holder !== undefined && input.test(holder.value.text);
  });
}

function inputPattern(name: string): RegExp {
  return new RegExp(`(?:inputs|client_payload)\\.${name.replace(/[^\w-]/g, '')}\\b`, 'i');
}

/** A condition that compares the input lets only some texts through. */
function asksFor(condition: Located<string> | null, name: string): boolean {
  const input = inputPattern(name).source;
  const text = condition?.value ?? '';
  return new RegExp(`startsWith\\(\\s*[\\w.]*${input}|${input}\\s*==\\s*'[^']+'`, 'i').test(text);
}

function keyOf(origin: Chosen): string {
  return origin.kind === 'typed'
    ? `${origin.workflow.path} ${origin.input.name.span.start}`
    : `${origin.workflow.path} ${origin.text}`;
}

function finding(set: WorkflowSet, origin: Chosen, places: readonly Place[]): RuleFinding {
  const names = [...new Set(places.map(({ facts }) => facts.job.id.value))];
  const fix = fixOf(set, places);
  const what =
    origin.kind === 'typed'
      ? `"${origin.input.name.value}" is free text`
      : `"${origin.text}" is chosen by the sender of the event`;
  return {
    path: origin.workflow.path,
    span: origin.kind === 'typed' ? origin.input.name.span : origin.span,
    status: 'fail',
    message: `${what}, and ${listed(names)} ${names.length > 1 ? 'check' : 'checks'} it out, so a commit that nobody reviewed or tested can reach production: take a tag of something already built, or only commits of the default branch`,
    evidence: places.slice(0, MAX_PLACES).map(({ facts, text, span }): FindingEvidence => ({
      message: `"${facts.job.id.value}" checks out "${text.trim()}"`,
      path: facts.workflow.path,
      span,
    })),
    ...(fix ? { fix } : {}),
  };
}

/** Behind each checkout that no other one comes before: a step that fails for a commit outside the default branch. */
function fixOf(set: WorkflowSet, places: readonly Place[]): Fix | null {
  const first = places.filter(
    ({ facts }) =>
      !places.some(
        (other) => other.facts !== facts && set.ancestorsOf(facts).includes(other.facts) && other.step,
      ),
  );
  const edits = new Map<Workflow, TextEdit[]>();
  for (const { facts, step } of first) {
    const { job, workflow } = facts;
    const inputs = step ? valueOf(step.body, 'with') : null;
    if (!step || inputs?.kind !== 'map' || job.defaultShell || workflow.defaultShell) return null;
    const history = setEntry(workflow.text, inputs, 'fetch-depth', 0, { before: ['ref'] });
    const check = insertStep(workflow.text, job, step.index + 1, {
      name: 'Take only commits of the default branch',
      env: { DEFAULT_BRANCH: '${{ github.event.repository.default_branch }}' },
      run: 'git merge-base --is-ancestor HEAD "origin/$DEFAULT_BRANCH"',
    });
    if (!history.ok || !check.ok) return null;
    edits.set(workflow, [...(edits.get(workflow) ?? []), ...history.edits, ...check.edits]);
  }
  return edits.size === 0
    ? null
    : {
        kind: 'proposed',
        title: 'Take only commits of the default branch',
        edits: [...edits].map(([workflow, own]) => ({ path: workflow.path, edits: own })),
      };
}
