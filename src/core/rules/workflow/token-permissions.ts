import type { Permissions, Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import { callChainsOf, startsByItself } from './production-path';

/** The block of permissions that speaks for a job by itself: its own, else its workflow's; null where neither has one. */
export function blockOf({ job, workflow }: JobFacts): Permissions | null {
  return job.permissions ?? workflow.permissions;
}

/** What a block says of one scope; a scope that a block does not name is not granted. */
export function accessIn(permissions: Permissions, scope: string): 'write' | 'read' | 'none' {
  if (permissions.kind === 'all') {
    if (permissions.access === 'write-all') return 'write';
    // There is no reading of an OIDC token.
    return permissions.access === 'read-all' && scope !== 'id-token' ? 'read' : 'none';
  }
  const access = permissions.entries.find((entry) => entry.scope.value === scope)?.access.value;
  return access === 'write' || access === 'read' ? access : 'none';
}

/** Where a job's token loses a scope: the job whose block, or lack of one, leaves it out. */
export interface LostGrant {
  readonly at: JobFacts;
  readonly block: Permissions | null;
}

/**
 * Where the token of a job does not get `id-token: write` on one of the ways in which it comes to run, itself first,
 * then its callers: a called workflow gets what its callers leave it, and the defaults never hold this scope. Null
 * where it is granted, or where only callers outside the repository know.
 * https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations, "Access and permissions".
 */
export function lostIdTokenOf(set: WorkflowSet, facts: JobFacts): readonly LostGrant[] {
  const lost = new Map<JobFacts, LostGrant>();
  for (const chain of callChainsOf(set, facts)) {
    for (const [index, link] of chain.entries()) {
      const block = blockOf(link);
      if (block && accessIn(block, 'id-token') === 'write') continue;
      const isOutermost = index === chain.length - 1;
      if (!block && (!isOutermost || !startsByItself(link.workflow))) continue;
      lost.set(link, { at: link, block });
      break;
    }
  }
  return [...lost.values()];
}

/** A block as the value of a job's own `permissions`, each scope written out; null for `read-all` and `write-all`. */
export function scopesIn(permissions: Permissions): Readonly<Record<string, string>> | null {
  return permissions.kind === 'all'
    ? null
    : Object.fromEntries(permissions.entries.map(({ scope, access }) => [scope.value, access.value]));
}

/** The jobs of a workflow that have no permissions of their own. */
export function inheritingJobs(set: WorkflowSet, workflow: Workflow): readonly JobFacts[] {
  return set.jobs.filter((facts) => facts.workflow === workflow && facts.job.permissions === null);
}
