import type { Located } from '../../text/position';
import { actionReference, isFullVersion, pinEdits } from '../../workflow/action-reference';
import { actionsRunBy, type LocalAction } from '../../workflow/local-actions';
import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { Fix, GateFacts, RuleFinding, Severity, WorkflowRule } from '../rule';
import { productionPathOf, severityAt, type ProductionPath } from './production-path';

/**
 * An action, reusable workflow or container action that is named by a tag or branch: whoever can move it runs code in
 * this job with its secrets.
 * https://docs.github.com/actions/reference/security/secure-use#using-third-party-actions
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'unpinned-action',
  title: 'An action is not pinned to a commit',
  severity: 'block',
  why: 'A tag or branch can be moved to other code after it was reviewed; a full commit cannot.',
  check(set, facts) {
    const path = productionPathOf(set);
    return [...set.jobs.flatMap((job) => judge(path, job, facts)), ...insideActions(set, path, facts)];
  },
};

/** A file with a `uses:` in it. */
type Source = Pick<Workflow, 'path' | 'text'>;

function judge(path: ProductionPath, facts: JobFacts, gate: GateFacts): RuleFinding[] {
  const { job, workflow } = facts;
  // The same anchor written into several jobs is one place.
  const uses = [job.uses, ...job.steps.map((step) => step.uses)].filter((use) => use !== null);
  return uses.flatMap((use) => {
    const finding = findingAt(workflow, use, severityAt(path, facts), gate);
    return finding ? [finding] : [];
  });
}

function findingAt(
  source: Source,
  use: Located<string>,
  severity: Severity,
  gate: GateFacts,
): RuleFinding | null {
  const problem = unpinned(use.value);
  if (!problem) return null;
  const fix = pinFix(source, use, gate);
  const { path } = source;
  return { path, span: use.span, status: 'fail', severity, message: problem, ...(fix ? { fix } : {}) };
}

/**
 * What the repository's composite actions use, told once at its place in the action, however many jobs run it; it
 * blocks where one of them is on the way to production.
 */
function insideActions(set: WorkflowSet, path: ProductionPath, gate: GateFacts): readonly RuleFinding[] {
  if (set.localActions.size === 0) return [];
  const users = new Map<LocalAction, { readonly facts: JobFacts; readonly use: Located<string> }>();
  for (const facts of set.jobs) {
    for (const step of facts.job.steps) {
      for (const action of step.uses ? actionsRunBy(step, set.localActions) : []) {
        const known = users.get(action);
        const isBetter = known && !path.isOnTheWay(known.facts) && path.isOnTheWay(facts);
        if (step.uses && (!known || isBetter)) users.set(action, { facts, use: step.uses });
      }
    }
  }
  return [...users].flatMap(([action, { facts, use }]) =>
    action.steps.flatMap((step) => {
      const finding = step.uses && findingAt(action, step.uses, severityAt(path, facts), gate);
      if (!finding) return [];
      const message = `"${facts.job.id.value}" runs it by "${use.value}"`;
      return [{ ...finding, evidence: [{ message, path: facts.workflow.path, span: use.span }] }];
    }),
  );
}

/** What is wrong with a `uses:`; null for what is pinned, local, or no reference at all. */
function unpinned(value: string): string | null {
  if (value.startsWith('./') || value.startsWith('../') || value.includes('${{')) return null;
  if (value.startsWith('docker://')) {
    if (/@sha256:[0-9a-f]{64}$/.test(value)) return null;
    return `The container image "${value.slice('docker://'.length)}" is not pinned to a digest: name it by its @sha256 digest`;
  }
  const at = value.lastIndexOf('@');
  if (at < 0) return null;
  const ref = value.slice(at + 1);
  if (/^[0-9a-f]{40}$/i.test(ref) || /^[0-9a-f]{64}$/i.test(ref)) return null;
  const isWorkflow = /\.ya?ml$/.test(value.slice(0, at));
  const noun = isWorkflow ? 'reusable workflow' : 'action';
  return `The ${noun} "${value}" is named by "${ref}", which can be moved to other code: pin it to a full commit, with the version in a comment`;
}

/**
 * Pins to the known commit of this version; a commit that nothing tells is never written. Safe where the ref names one
 * release, or the repository itself keeps the commit of just this ref; else a moving tag such as `v4` may stand at a
 * later release than the one whose commit is known.
 */
function pinFix(source: Source, use: Located<string>, gate: GateFacts): Fix | null {
  const reference = actionReference(use.value);
  if (!reference) return null;
  const { name, repository, ref } = reference;
  const pin =
    gate.pins.get(`${name}@${ref}`.toLowerCase()) ?? gate.pins.get(`${repository}@${ref}`.toLowerCase());
  if (!pin) return null;
  const version = `${/^v/i.test(ref) ? 'v' : ''}${pin.version}`;
  const edits = pinEdits(source.text, use, pin.commit, version);
  if (!edits) return null;
  return {
    kind: pin.isOfRepository || isFullVersion(ref) ? 'safe' : 'proposed',
    title: `Pin ${name} to the commit of ${version}`,
    edits: [{ path: source.path, edits }],
  };
}
