import type { Span } from '../../text/position';
import { findStaticCredentials, type StaticCredential } from '../../workflow/credential-uses';
import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { CredentialKindName } from './deploy-credentials';
import { credentialsOf } from './long-lived-deploy-credential';

/** A stored secret with which a job deploys or publishes (Definition 17). */
export interface JobCredential {
  readonly secret: string;
  /** Completes "<job> …". */
  readonly message: string;
  readonly span: Span;
  /** Null for a key of one of the three clouds. */
  readonly kind: CredentialKindName | null;
}

const byWorkflow = new WeakMap<WorkflowSet, Map<Workflow, readonly StaticCredential[]>>();

function cloudKeysOf(set: WorkflowSet, workflow: Workflow): readonly StaticCredential[] {
  const known = byWorkflow.get(set) ?? new Map<Workflow, readonly StaticCredential[]>();
  byWorkflow.set(set, known);
  const before = known.get(workflow);
  if (before) return before;
  const found = findStaticCredentials(workflow, (job) => set.factsOf(workflow, job.id.value)?.commands ?? []);
  known.set(workflow, found);
  return found;
}

/**
 * The secrets with which a job deploys or publishes, each once: a token or key that only serves that, and, in a job that
 * deploys, a key of a cloud. A cloud's key in any other job may be for something else.
 */
export function deployCredentials(set: WorkflowSet, facts: JobFacts): readonly JobCredential[] {
  const cloud =
    facts.target === null
      ? []
      : cloudKeysOf(set, facts.workflow)
          .filter((use) => use.job === null || use.job === facts.job)
          .flatMap((use) =>
            use.secrets.map((secret) => ({ secret, message: use.message, span: use.span, kind: null })),
          );
  const others = credentialsOf(facts).map(({ secret, kind, says, span }) => ({
    secret,
    message: says(`\`secrets.${secret}\``),
    span,
    kind,
  }));
  const seen = new Set<string>();
  return [...cloud, ...others].filter(({ secret }) => {
    const key = secret.toLowerCase();
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
