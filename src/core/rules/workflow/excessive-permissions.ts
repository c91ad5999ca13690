import type { TextEdit } from '../../text/edit';
import type { Permissions, Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { removeEntry, replaceScalar, setEntry, type EditResult } from '../../workflow/edit';
import { valueOf, type YamlMap } from '../../workflow/yaml-tree';
import type { Fix, RuleFinding, Severity, WorkflowRule } from '../rule';
import { needsThroughCalls, type NeededPermissions } from './action-permissions';
import { callersOf, listed, productionPathOf, startsByItself, type ProductionPath } from './production-path';

/**
 * The token of a job may do more than its steps need: nothing is said, `write-all`, or a write that no step uses.
 * https://docs.github.com/actions/reference/security/secure-use#use-the-minimum-permissions-for-github_token
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'excessive-permissions',
  title: "A job's token may do more than the job needs",
  severity: 'block',
  why: 'Whatever runs in the job, an action that was taken over included, can do with the repository what the token may do.',
  check(set) {
    const path = productionPathOf(set);
    return set.workflows.flatMap((workflow) => judge(set, path, workflow));
  },
};

function judge(set: WorkflowSet, path: ProductionPath, workflow: Workflow): readonly RuleFinding[] {
  const jobs = set.jobsOf(workflow);
  const findings: RuleFinding[] = [];
  const inheriting = jobs.filter((facts) => facts.job.permissions === null);
  if (workflow.permissions) {
    findings.push(...judgeBlock(set, path, workflow, workflow.permissions, inheriting, workflow.tree.root));
  } else if (inheriting.length > 0 && !isBoundedByCallers(set, workflow)) {
    findings.push(absent(set, path, workflow, inheriting));
  }
  for (const facts of jobs) {
    if (facts.job.permissions) {
      findings.push(...judgeBlock(set, path, workflow, facts.job.permissions, [facts], facts.job.body));
    }
  }
  return findings;
}

/** A called workflow gets at most what its callers leave it (Definition 13). */
function isBoundedByCallers(set: WorkflowSet, workflow: Workflow): boolean {
  if (startsByItself(workflow)) return false;
  // Without a caller in this repository, what is left to it is for the repositories that call it.
  return callersOf(set, workflow).every((caller) => caller.job.permissions ?? caller.workflow.permissions);
}

function severityOver(path: ProductionPath, jobs: readonly JobFacts[]): Severity {
  return jobs.some((facts) => path.isOnTheWay(facts)) ? 'block' : 'warn';
}

function absent(
  set: WorkflowSet,
  path: ProductionPath,
  workflow: Workflow,
  jobs: readonly JobFacts[],
): RuleFinding {
  const onTheWay = jobs.filter((facts) => path.isOnTheWay(facts));
  const named = onTheWay.length > 0 ? onTheWay : jobs;
  const first = named[0] ?? jobs[0];
  const fix = absentFix(set, workflow, jobs);
  return {
    path: workflow.path,
    span: first?.job.id.span ?? null,
    status: 'fail',
    severity: severityOver(path, jobs),
    message: `No \`permissions\` are set for ${listed(named.slice(0, 4).map((facts) => facts.job.id.value))}${named.length > 4 ? ' and others' : ''}, so the token may do whatever the repository's settings allow: set \`permissions\` to what the steps need, \`contents: read\` to begin with`,
    ...(fix ? { fix } : {}),
  };
}

function absentFix(set: WorkflowSet, workflow: Workflow, jobs: readonly JobFacts[]): Fix | null {
  const root = workflow.tree.root;
  if (root?.kind !== 'map') return null;
  const needs = jobs.map((facts) => ({ facts, ...needsThroughCalls(set, facts) }));
  const shared = new Map<string, 'read' | 'write'>([['contents', 'read']]);
  for (const { needed } of needs)
    for (const [scope, access] of needed) if (access === 'read') shared.set(scope, access);
  const edits: TextEdit[] = [];
  const top = setEntry(workflow.text, root, 'permissions', asYaml(shared), {
    after: ['name', 'run-name', 'on', 'true'],
  });
  if (!top.ok) return null;
  edits.push(...top.edits);
  // A write goes to the job that needs it only.
  for (const { facts, needed } of needs) {
    if (![...needed.values()].includes('write')) continue;
    const own = setEntry(
      workflow.text,
      facts.job.body,
      'permissions',
      asYaml(new Map([['contents', 'read'], ...needed])),
      {
        after: ['name', 'needs', 'if', 'runs-on', 'uses'],
      },
    );
    if (!own.ok) return null;
    edits.push(...own.edits);
  }
  return {
    kind: needs.every((need) => need.isSure) ? 'safe' : 'proposed',
    title: 'Give the token only what the steps need',
    edits: [{ path: workflow.path, edits }],
  };
}

function judgeBlock(
  set: WorkflowSet,
  path: ProductionPath,
  workflow: Workflow,
  permissions: Permissions,
  jobs: readonly JobFacts[],
  owner: YamlMap | Workflow['tree']['root'],
): readonly RuleFinding[] {
  if (jobs.length === 0 || owner?.kind !== 'map') return [];
  const severity = severityOver(path, jobs);
  const needs = jobs.map((facts) => needsThroughCalls(set, facts));
  const isSure = needs.every((need) => need.isSure);
  const needed = new Map<string, 'read' | 'write'>();
  for (const need of needs) {
    for (const [scope, access] of need.needed)
      if (access === 'write' || !needed.has(scope)) needed.set(scope, access);
  }
  if (permissions.kind === 'all') {
    if (permissions.access !== 'write-all') return [];
    const result = setEntry(
      workflow.text,
      owner,
      'permissions',
      asYaml(new Map([['contents', 'read'], ...needed])),
    );
    const fix = fixOf(
      workflow,
      result,
      isSure ? 'safe' : 'proposed',
      'Give the token only what the steps need',
    );
    return [
      {
        path: workflow.path,
        span: permissions.span,
        status: 'fail',
        severity,
        message: `\`permissions: write-all\` lets every step of ${listed(jobs.slice(0, 4).map((facts) => facts.job.id.value))} write to everything: name the scopes that the steps need`,
        ...(fix ? { fix } : {}),
      },
    ];
  }
  if (!isSure) return [];
  const block = valueOf(owner, 'permissions');
  return permissions.entries.flatMap((entry) => {
    if (entry.access.value !== 'write' || needed.get(entry.scope.value) === 'write') return [];
    const reads = needed.get(entry.scope.value) === 'read';
    const scalar = valueOf(block, entry.scope.value);
    const result: EditResult | null =
      block?.kind !== 'map'
        ? null
        : reads && scalar?.kind === 'scalar'
          ? replaceScalar(workflow.text, scalar, 'read')
          : removeEntry(workflow.text, block, entry.scope.value);
    const fix =
      result &&
      fixOf(
        workflow,
        result,
        'safe',
        reads ? `Leave ${entry.scope.value} readable only` : `Take ${entry.scope.value} away`,
      );
    return [
      {
        path: workflow.path,
        span: { start: entry.scope.span.start, end: entry.access.span.end },
        status: 'fail' as const,
        severity,
        message: `\`${entry.scope.value}: write\` is granted and no step of ${listed(jobs.slice(0, 4).map((facts) => facts.job.id.value))} uses it: ${reads ? 'grant `read`' : 'take it away'}`,
        ...(fix ? { fix } : {}),
      },
    ];
  });
}

function fixOf(workflow: Workflow, result: EditResult, kind: Fix['kind'], title: string): Fix | null {
  return result.ok ? { kind, title, edits: [{ path: workflow.path, edits: result.edits }] } : null;
}

function asYaml(permissions: NeededPermissions): Readonly<Record<string, string>> {
  return Object.fromEntries([...permissions].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
