import type { Span } from '../../text/position';
import { replaceScalar } from '../../workflow/edit';
import type { Workflow } from '../../workflow/model';
import { nameWords } from '../../workflow/purposes/names';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { valueOf, type YamlScalar, type YamlValue } from '../../workflow/yaml-tree';
import { isMistyped } from '../near-miss';
import type { FindingEvidence, GateFacts, RuleFinding, Severity, WorkflowRule } from '../rule';
import { environmentKey, isCalledLikeProduction, kindOfEnvironment } from './environment-names';
import { callChainsOf, productionPathOf, quoted } from './production-path';

/**
 * A job names an environment that is not among the known ones, or is one of them mistyped.
 * https://docs.github.com/actions/how-tos/deploy/configure-and-manage-deployments/manage-environments
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'unknown-environment',
  title: 'An environment is not among the known ones',
  severity: 'block',
  why: 'GitHub creates an environment that it does not know when a job names it, without reviewers and without a branch policy: a mistyped name deploys without an approval.',
  check(set, gate) {
    const uses = usesOf(set);
    const seen = new Set<string>();
    return uses.all.flatMap((use) => {
      const found = judge(set, gate, uses, use);
      const key = `${use.workflow.path}:${use.span.start}`;
      if (!found || seen.has(key)) return [];
      seen.add(key);
      return [found];
    });
  },
};

/** One environment that a job names, with where the name is written. */
interface EnvironmentName {
  readonly name: string;
  readonly facts: JobFacts;
  /** Of the place. */
  readonly workflow: Workflow;
  readonly span: Span;
  /** The whole scalar, where the name is all of it: what a fix may replace. */
  readonly scalar: YamlScalar | null;
}

/** Every use of an environment, and by name, as GitHub compares them, in the order of the files. */
interface EnvironmentNames {
  readonly all: readonly EnvironmentName[];
  readonly byKey: ReadonlyMap<string, readonly [EnvironmentName, ...EnvironmentName[]]>;
}

const readUses = new WeakMap<WorkflowSet, EnvironmentNames>();

function usesOf(set: WorkflowSet): EnvironmentNames {
  const known = readUses.get(set);
  if (known) return known;
  const byKey = new Map<string, [EnvironmentName, ...EnvironmentName[]]>();
  const all = set.jobs.flatMap((facts) =>
    (facts.environmentNames ?? []).flatMap((name) => {
      const use = placeOf(set, facts, name);
      if (!use) return [];
      const same = byKey.get(environmentKey(name));
      if (same) same.push(use);
      else byKey.set(environmentKey(name), [use]);
      return [use];
    }),
  );
  const uses = { all, byKey };
  readUses.set(set, uses);
  return uses;
}

/** The name where it is written: in the job, an option or default of an input, the matrix, or what a caller passes. */
function placeOf(set: WorkflowSet, facts: JobFacts, name: string): EnvironmentName | null {
  const { environment, body } = facts.job;
  if (!environment || name.trim() === '') return null;
  const own = valueOf(body, 'environment');
  const written = own?.kind === 'map' ? valueOf(own, 'name') : own;
  const use = { name, facts, workflow: facts.workflow, span: environment.name.span };
  if (written?.kind === 'scalar' && written.text === name) return { ...use, scalar: written };
  for (const chain of callChainsOf(set, facts)) {
    for (const link of chain) {
      const places = [
        link.job.matrix,
        link === facts ? null : valueOf(link.job.body, 'with'),
        ...link.workflow.triggers.map(({ raw }) => valueOf(raw, 'inputs')),
      ];
      for (const place of places) {
        const scalar = scalarsUnder(place).find(({ text }) => text === name);
        if (scalar) return { name, facts, workflow: link.workflow, span: scalar.span, scalar };
      }
    }
  }
  return { ...use, scalar: null };
}

function scalarsUnder(value: YamlValue | null): readonly YamlScalar[] {
  switch (value?.kind) {
    case undefined:
      return [];
    case 'scalar':
      return [value];
    case 'list':
      return value.items.flatMap(scalarsUnder);
    case 'map':
      return value.entries.flatMap((entry) => scalarsUnder(entry.value));
  }
}

/** What a name is thought to be meant for. */
interface NearName {
  readonly name: string;
  /** A word is mistyped, or only what stands between the words differs. */
  readonly isMistyped: boolean;
  readonly isListed: boolean;
  readonly evidence: FindingEvidence | null;
}

function nearestOf(use: EnvironmentName, uses: EnvironmentNames, gate: GateFacts): NearName | null {
  const key = environmentKey(use.name);
  const listed = [...gate.environments.production, ...gate.environments.other];
  if (listed.some((name) => environmentKey(name) === key)) return null;
  for (const name of listed) {
    const difference = differenceOf(use.name, name, true);
    if (difference) {
      return { name, isMistyped: difference === 'mistyped', isListed: true, evidence: null };
    }
  }
  for (const [otherKey, [other]] of uses.byKey) {
    if (otherKey === key) continue;
    const difference = differenceOf(use.name, other.name, false);
    // Two ways to write one name: the one that more jobs use, and of equals the first, is the right one.
    if (!difference || (difference === 'separators' && !isMoreUsual(otherKey, key, uses))) continue;
    return {
      name: other.name,
      isMistyped: difference === 'mistyped',
      isListed: false,
      evidence: {
        message: `${quoted(other.facts.job)} names the environment "${other.name}"`,
        path: other.workflow.path,
        span: other.span,
      },
    };
  }
  return null;
}

function differenceOf(name: string, known: string, isListed: boolean): 'mistyped' | 'separators' | null {
  const words = nameWords(name);
  const right = nameWords(known);
  if (words.join('') === right.join('')) return 'separators';
  if (words.length !== right.length) return null;
  const differing = words.flatMap((word, index) => {
    const wanted = right[index] ?? '';
    return word === wanted ? [] : [{ word, wanted }];
  });
  const [only] = differing;
  return only && differing.length === 1 && isMistyped(only.word, only.wanted, isListed) ? 'mistyped' : null;
}

function isMoreUsual(key: string, than: string, { byKey }: EnvironmentNames): boolean {
  const difference = (byKey.get(key)?.length ?? 0) - (byKey.get(than)?.length ?? 0);
  const keys = [...byKey.keys()];
  return difference > 0 || (difference === 0 && keys.indexOf(key) < keys.indexOf(than));
}

/**
 * How much a mistyped name weighs: it blocks where production is meant and the job deploys or stands on the way there,
 * since the deployment or its approval then happens in an environment that nobody protects.
 */
function severityOf(set: WorkflowSet, gate: GateFacts, use: EnvironmentName, near: NearName): Severity {
  const { facts } = use;
  const isProduction = kindOfEnvironment(near.name, gate) === 'production';
  const matters = facts.target !== null || productionPathOf(set).isOnTheWay(facts);
  return isProduction && matters && (near.isMistyped || near.isListed) ? 'block' : 'warn';
}

function judge(
  set: WorkflowSet,
  gate: GateFacts,
  uses: EnvironmentNames,
  use: EnvironmentName,
): RuleFinding | null {
  const { facts, workflow, span, scalar, name } = use;
  const near = nearestOf(use, uses, gate);
  if (near) {
    const edits = scalar ? replaceScalar(workflow.text, scalar, near.name) : null;
    const where = near.isListed ? 'the configuration lists' : 'this repository uses';
    return {
      path: workflow.path,
      span,
      status: 'fail',
      severity: severityOf(set, gate, use, near),
      message: `${quoted(facts.job)} names the environment "${name}" where ${where} "${near.name}", and GitHub creates one that it does not know without protection: write "${near.name}", or list "${name}" under \`environments\` in .github/release-gate.yml`,
      ...(near.evidence ? { evidence: [near.evidence] } : {}),
      ...(edits?.ok
        ? {
            fix: {
              kind: 'proposed' as const,
              title: `Name the environment ${near.name}`,
              edits: [{ path: workflow.path, edits: edits.edits }],
            },
          }
        : {}),
    };
  }
  return isNotListed(set, gate, use)
    ? {
        path: workflow.path,
        span,
        status: 'unknown',
        severity: 'warn',
        message: `The configuration does not list the environment "${name}" of ${quoted(facts.job)}, so whether it is a protected one is not known: list it under \`environments\`, as production or as other`,
      }
    : null;
}

/**
 * Whether a configuration that lists production's environments leaves this one out though it looks like one of them, or
 * stands on the way to production. Where a deployment's kind is not known, deploy-target-unknown asks already.
 */
function isNotListed(set: WorkflowSet, gate: GateFacts, { name, facts }: EnvironmentName): boolean {
  const { production, other } = gate.environments;
  if (production.length === 0) return false;
  if ([...production, ...other].some((listed) => environmentKey(listed) === environmentKey(name)))
    return false;
  if (kindOfEnvironment(name, gate) === 'non-production') return false;
  const path = productionPathOf(set);
  if (path.unknownTarget.includes(facts)) return false;
  if (isCalledLikeProduction(name, gate)) return true;
  if (facts.target !== null) return false;
  return path.isOnTheWay(facts) || path.unknownTarget.some((other) => set.ancestorsOf(other).includes(facts));
}

/** Whether the rule blocks for what an environment of this job is called, so that nothing else need ask about it. */
export function isMistypedProduction(set: WorkflowSet, gate: GateFacts, facts: JobFacts): boolean {
  const uses = usesOf(set);
  return uses.all.some((use) => {
    if (use.facts !== facts) return false;
    const near = nearestOf(use, uses, gate);
    return near !== null && severityOf(set, gate, use, near) === 'block';
  });
}
