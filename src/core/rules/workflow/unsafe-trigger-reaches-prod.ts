import type { Span } from '../../text/position';
import type { StartKind } from '../../workflow/conditions/starts';
import type { Workflow } from '../../workflow/model';
import type { JobFacts, ReachVerdict, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, Severity, WorkflowRule } from '../rule';
import { gravityOf } from './guards';
import {
  productionChainsOf,
  productionPathOf,
  quoted,
  whyItDeploys,
  type CallChain,
} from './production-path';

/** What can start a run without a say in what is released, and who it is. */
interface Danger {
  /** Completes "… can deploy production": `a pull request`. */
  readonly who: string;
  readonly advice: string;
  /** Null: the rule's own. */
  readonly severity: Severity | null;
}

/** Events that anybody with an account can cause in a public repository. */
const BY_ANYBODY: Readonly<Record<string, string>> = {
  issue_comment: 'anybody who comments',
  issues: 'anybody who opens or changes an issue',
  discussion: 'anybody who opens a discussion',
  discussion_comment: 'anybody who comments on a discussion',
  pull_request_review: 'anybody who reviews a pull request',
  pull_request_review_comment: 'anybody who comments on a pull request',
  commit_comment: 'anybody who comments on a commit',
  fork: 'anybody who forks the repository',
  watch: 'anybody who stars the repository',
  gollum: 'anybody who edits the wiki',
};

const PUSH_ADVICE = 'start it only from the default branch, a release branch or a tag';

/**
 * A run that should never deploy can: of a pull request, a comment, a schedule, of a branch that nobody reviewed, or
 * behind one of these by `workflow_run`.
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'unsafe-trigger-reaches-prod',
  title: 'A trigger that should not deploy reaches production',
  severity: 'block',
  why: 'Whoever can cause the event decides what production runs: code that nobody reviewed, at a time that nobody chose.',
  check(set) {
    const found = new Map<string, RuleFinding>();
    for (const facts of productionPathOf(set).production) {
      for (const chain of productionChainsOf(set, facts)) {
        for (const finding of judge(set, chain)) {
          // One trigger that reaches several production jobs is one fault.
          const key = `${finding.path} ${finding.span?.start ?? ''} ${finding.status}`;
          const before = found.get(key);
          if (!before || gravityOf(finding) > gravityOf(before)) found.set(key, finding);
        }
      }
    }
    return [...found.values()];
  },
};

function judge(set: WorkflowSet, chain: CallChain): readonly RuleFinding[] {
  const [facts] = chain;
  const root = (chain[chain.length - 1] ?? facts).workflow;
  // Only where something could be wrong are the runs gone through.
  if (!root.triggers.some(({ event }) => mayBeDangerous(event))) return [];
  const namesPeople = chain
    .flatMap((link) => [link, ...set.ancestorsOf(link)])
    .some(({ job }) => asksWho(job.condition?.value ?? ''));
  return set
    .proofOf(chain)
    .starts()
    .flatMap(({ kind, verdict }) => {
      const danger = dangerOf(kind, facts, namesPeople);
      const finding = danger && findingFor(facts, root, kind, danger, verdict);
      return finding ? [finding] : [];
    });
}

function mayBeDangerous(event: string): boolean {
  return (
    /^(pull_request|pull_request_target|schedule|workflow_run|push)$/.test(event) ||
    Object.hasOwn(BY_ANYBODY, event)
  );
}

/**
 * A condition on who it is: an author's association, an actor that is named. Whom it lets in is not judged; one that
 * only leaves somebody out (`github.actor != 'dependabot[bot]'`) lets everybody else in.
 */
function asksWho(condition: string): boolean {
  return (
    /author_association/i.test(condition) ||
    /(github\.(actor|triggering_actor)|\.(user|sender|author)\.(login|type))\s*(==|\))/i.test(condition)
  );
}

function dangerOf(kind: StartKind, facts: JobFacts, namesPeople: boolean): Danger | null {
  const { event } = kind.before ?? kind;
  const ref = kind.before?.ref ?? kind.ref;
  const milder = (severity: Severity | null): Severity | null => (namesPeople ? 'warn' : severity);
  const hasEnvironment = facts.job.environment !== null;
  if (event === 'pull_request' || event === 'pull_request_target') {
    if (ref === 'merged-pull-request') return null;
    const isFork = event === 'pull_request_target' || kind.before !== null;
    return {
      who: isFork ? 'a pull request, also one of a fork,' : 'a pull request that nobody merged',
      advice: kind.before
        ? "ask in its condition for `github.event.workflow_run.event == 'push'` as well"
        : 'let only pushes to the default branch, tags or a dispatch start the deployment',
      severity: milder(null),
    };
  }
  const anybody = BY_ANYBODY[event];
  if (anybody !== undefined) {
    return {
      who: namesPeople ? `whoever its condition lets in by "${event}"` : anybody,
      advice: namesPeople
        ? 'deploy by a dispatch, which only those who may write can start'
        : 'deploy by a dispatch, or ask in the condition for `author_association` and put an environment before it',
      severity: milder(null),
    };
  }
  if (event === 'schedule') {
    return {
      who: 'a schedule',
      advice: hasEnvironment
        ? 'where it promotes on purpose, let the environment ask somebody'
        : 'put the deployment behind an environment, or take the schedule away',
      severity: hasEnvironment ? 'warn' : null,
    };
  }
  if (event === 'push' && ref === 'other-branch' && isUnfiltered(kind)) {
    return {
      who: 'a push to any branch',
      advice: PUSH_ADVICE,
      // Which branches may use the environment is a setting that no file shows.
      severity: hasEnvironment ? 'warn' : milder(null),
    };
  }
  return null;
}

/** A push that no filter holds to branches: a filter, even a wide one, is somebody's decision. */
function isUnfiltered({ trigger, before }: StartKind): boolean {
  const push = before ? before.workflow.triggers.find(({ event }) => event === 'push') : trigger;
  if (!push) return false;
  if (before && (trigger?.branches ?? trigger?.branchesIgnore)) return false;
  const { branches, branchesIgnore, tags } = push;
  if (branches) return branches.some(({ value }) => value === '**' || value === '*');
  return branchesIgnore === null && tags === null;
}

function findingFor(
  facts: JobFacts,
  root: Workflow,
  kind: StartKind,
  danger: Danger,
  verdict: ReachVerdict,
): RuleFinding | null {
  if (verdict.kind === 'holds') return null;
  const span: Span = kind.trigger?.span ?? facts.job.id.span;
  const through = kind.before
    ? ` over "${kind.before.workflow.name?.value ?? kind.before.workflow.path}"`
    : '';
  const base = {
    path: root.path,
    span,
    evidence: whyItDeploys(facts),
    ...(danger.severity ? { severity: danger.severity } : {}),
  } as const;
  if (verdict.kind === 'unknown') {
    return {
      ...base,
      status: 'unknown',
      message: `Whether ${danger.who} can deploy production${through} by ${quoted(facts.job)} is not known, since ${verdict.because}: ${danger.advice}`,
    };
  }
  return {
    ...base,
    status: 'fail',
    message: `${capital(danger.who)} can deploy production${through}, since that starts ${quoted(facts.job)}: ${danger.advice}`,
    counterexample: verdict.counterexample,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
