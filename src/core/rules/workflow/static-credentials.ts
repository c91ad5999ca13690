import type { Span } from '../../text/position';
import type { NamedScalar, Step } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { FindingEvidence, RuleFinding } from '../rule';
import { productionPathOf, severityAt } from './production-path';

/** One place where a workflow uses a static credential. */
export interface CredentialUse {
  /** Completes "<message>": what is used, quoting the file. */
  readonly what: string;
  readonly span: Span;
}

/** How a cloud's static credentials are told. Each function answers for one kind of place; null or empty: none there. */
export interface CredentialKind {
  readonly id: string;
  readonly cloud: string;
  /** Completes "…: ": what to do instead. */
  readonly remedy: string;
  /** An `env` entry, with its neighbours. */
  ofEnv(entry: NamedScalar, all: readonly NamedScalar[]): string | null;
  ofStep(step: Step): CredentialUse | null;
  /** A command's words. */
  ofCommand(words: readonly string[]): string | null;
}

/**
 * One finding for each job that uses a static credential, at its first use with the others as evidence; one for the
 * workflow where the credential stands in the workflow's own `env`.
 */
export function staticCredentials(set: WorkflowSet, kind: CredentialKind): readonly RuleFinding[] {
  const path = productionPathOf(set);
  const findings: RuleFinding[] = [];
  for (const workflow of set.workflows) {
    const jobs = set.jobs.filter((facts) => facts.workflow === workflow);
    const shared = envUses(workflow.env, kind);
    if (shared.length > 0) {
      const worst = jobs.find((facts) => path.isOnTheWay(facts)) ?? jobs[0];
      if (worst) findings.push(finding(worst, shared, kind, severityAt(path, worst)));
    }
    for (const facts of jobs) {
      const uses = usesOf(facts, kind);
      if (uses.length > 0) findings.push(finding(facts, uses, kind, severityAt(path, facts)));
    }
  }
  return findings;
}

/** Whether a value is handed in from the repository's secrets; test values and outputs of a login are not static. */
export function isSecret(value: string): boolean {
  return /\$\{\{[^}]*\bsecrets\s*(\.|\[)/i.test(value);
}

/** The input of a step by name, compared as GitHub does, without case; null where there is none. */
export function inputOf(step: Step, name: string): NamedScalar | null {
  return step.with.find((input) => input.name.value.toLowerCase() === name) ?? null;
}

/** The action of a step without its ref, in lower case; '' for a step that runs a script. */
export function actionOf(step: Step): string {
  return step.uses?.value.split('@')[0]?.toLowerCase() ?? '';
}

function usesOf(facts: JobFacts, kind: CredentialKind): readonly CredentialUse[] {
  const uses: CredentialUse[] = [...envUses(facts.job.env, kind)];
  for (const step of facts.job.steps) {
    const ofStep = kind.ofStep(step);
    if (ofStep) uses.push(ofStep);
    uses.push(...envUses(step.env, kind));
  }
  for (const command of facts.commands) {
    const what = kind.ofCommand(command.words);
    if (what) uses.push({ what, span: command.span });
  }
  return uses.sort((a, b) => a.span.start - b.span.start);
}

function envUses(env: readonly NamedScalar[], kind: CredentialKind): readonly CredentialUse[] {
  return env.flatMap((entry) => {
    const what = kind.ofEnv(entry, env);
    return what ? [{ what, span: { start: entry.name.span.start, end: entry.value.span.end } }] : [];
  });
}

function finding(
  facts: JobFacts,
  uses: readonly CredentialUse[],
  kind: CredentialKind,
  severity: 'block' | 'warn' | 'info',
): RuleFinding {
  const [first, ...others] = uses;
  const evidence: FindingEvidence[] = others.slice(0, 5).map((use) => ({
    message: `and here: ${use.what}`,
    path: facts.workflow.path,
    span: use.span,
  }));
  return {
    path: facts.workflow.path,
    span: first?.span ?? facts.job.id.span,
    status: 'fail',
    severity,
    message: `${first?.what ?? ''} is a ${kind.cloud} credential that does not expire: ${kind.remedy}`,
    ...(evidence.length > 0 ? { evidence } : {}),
  };
}
