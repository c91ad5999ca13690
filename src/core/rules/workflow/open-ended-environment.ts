import { setEntry } from '../../workflow/edit';
import type { Workflow } from '../../workflow/model';
import { kindOfName } from '../../workflow/targets';
import { nameWords } from '../../workflow/purposes/names';
import type { JobFacts } from '../../workflow/understanding';
import { valueOf } from '../../workflow/yaml-tree';
import type { FindingEvidence, Fix, GateFacts, RuleFinding, WorkflowRule } from '../rule';
import { listed, productionPathOf, quoted } from './production-path';
import { originsOf, type Origin } from './value-origins';

/**
 * The environment that a deployment names can be any, so its protection depends on what somebody types.
 * https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'open-ended-environment',
  title: 'The environment of a deployment can be any name',
  severity: 'warn',
  why: 'GitHub creates an environment that does not exist, without any protection: a name that is typed or computed can be one that nobody has to approve.',
  check(set, gate) {
    const path = productionPathOf(set);
    const places = new Map<string, { origin: Origin; jobs: JobFacts[] }>();
    for (const facts of set.jobs) {
      const { environment } = facts.job;
      if (!environment || facts.environmentNames !== null) continue;
      if (facts.target === null && !path.isOnTheWay(facts)) continue;
      const { value, span } = environment.name;
      if (cannotBeProtected(value, gate)) continue;
      for (const origin of originsOf(set, facts, value, span)) {
        if (isOneOfItsBranches(origin)) continue;
        const key = keyOf(origin);
        const place = places.get(key) ?? { origin, jobs: [] };
        if (!place.jobs.includes(facts)) place.jobs.push(facts);
        places.set(key, place);
      }
    }
    return [...places.values()].map(({ origin, jobs }) => finding(origin, jobs));
  },
};

/** Previews and environments of one pull request: what is written around the expression keeps them off production. */
function cannotBeProtected(name: string, gate: GateFacts): boolean {
  const written = name.replace(/\$\{\{[\s\S]*?\}\}/g, ' ');
  const words = nameWords(written);
  return (
    words.some((word) => word === 'pr' || word === 'pull') ||
    kindOfName(written, {
      productionEnvironments: gate.environments.production,
      otherEnvironments: gate.environments.other,
    }) === 'non-production'
  );
}

/** The branch as the environment, where the triggers name the branches. */
function isOneOfItsBranches(origin: Origin): boolean {
  if (origin.kind !== 'expression' || !/^github\.(ref_name|base_ref)$/.test(origin.text)) return false;
  const event = origin.text === 'github.base_ref' ? /^pull_request/ : /^push$/;
  return origin.workflow.triggers.every(
    (trigger) =>
      event.test(trigger.event) &&
      trigger.branches !== null &&
      trigger.tags === null &&
      trigger.branches.every(({ value }) => !/[*?+[!]/.test(value)),
  );
}

/** One place, one finding: the input that is typed, else what the file takes from elsewhere. */
function keyOf(origin: Origin): string {
  switch (origin.kind) {
    case 'typed':
    case 'outside':
      return `${origin.kind} ${origin.workflow.path} ${origin.input.name.span.start}`;
    case 'payload':
    case 'expression':
      return `${origin.kind} ${origin.workflow.path} ${origin.text}`;
  }
}

function finding(origin: Origin, jobs: readonly JobFacts[]): RuleFinding {
  const names = listed(jobs.map(({ job }) => job.id.value));
  const evidence = jobs.flatMap(({ job, workflow }): FindingEvidence[] =>
    job.environment
      ? [
          {
            message: `the environment of ${quoted(job)} is "${job.environment.name.value}"`,
            path: workflow.path,
            span: job.environment.name.span,
          },
        ]
      : [],
  );
  const { workflow } = origin;
  switch (origin.kind) {
    case 'typed': {
      const fix = fixOf(workflow, origin.input.name.value);
      return {
        path: workflow.path,
        span: origin.input.name.span,
        status: 'fail',
        message: `The environment of ${names} is whatever a person types for "${origin.input.name.value}", and GitHub creates a name that it does not know without protection: make the input a choice, or of \`type: environment\``,
        evidence,
        ...(fix ? { fix } : {}),
      };
    }
    case 'outside':
      return {
        path: workflow.path,
        span: origin.input.name.span,
        status: 'unknown',
        severity: 'info',
        message: `The environment of ${names} is what callers outside this repository pass for "${origin.input.name.value}", which cannot be seen here: have each of them pass a literal name`,
        evidence,
      };
    case 'payload':
    case 'expression':
      return {
        path: workflow.path,
        span: origin.span,
        status: 'fail',
        message: `The environment of ${names} can be any name, since no file bounds "${origin.text}": name the environment, or choose between names in the expression`,
        evidence: evidence.filter(
          ({ path, span }) => path !== workflow.path || span?.start !== origin.span.start,
        ),
      };
  }
}

/** GitHub then offers the environments that there are, and takes no other. */
function fixOf(workflow: Workflow, name: string): Fix | null {
  const dispatch = workflow.triggers.find(({ event }) => event === 'workflow_dispatch');
  const input = valueOf(valueOf(dispatch?.raw, 'inputs'), name);
  if (input?.kind !== 'map' || input.entries.length === 0) return null;
  const edits = setEntry(workflow.text, input, 'type', 'environment', {
    after: ['description', 'required'],
  });
  return edits.ok
    ? {
        kind: 'proposed',
        title: "Let a person choose among the repository's environments",
        edits: [{ path: workflow.path, edits: edits.edits }],
      }
    : null;
}
