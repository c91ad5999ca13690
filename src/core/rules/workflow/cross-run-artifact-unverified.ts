import type { Span } from '../../text/position';
import { unwrapCommand } from '../../shell/wrappers';
import { actionOf } from '../../workflow/credential-uses';
import type { Step, Workflow } from '../../workflow/model';
import type { JobFacts, StepCommand, WorkflowSet } from '../../workflow/understanding';
import type { FindingEvidence, RuleFinding, WorkflowRule } from '../rule';
import { isSideProduct } from './artifacts';
import { verifyFilesFix } from './attestation-fix';
import {
  callChainsOf,
  chainedFrom,
  hasPurpose,
  lastDeployStep,
  productionPathOf,
  quoted,
  whyItDeploys,
} from './production-path';
import { verificationsIn } from './verification';

/** Events that a pull request of a fork starts, with code of the fork. */
const FORK_EVENTS = ['pull_request', 'pull_request_target', 'issue_comment', 'pull_request_review'];

/** Conditions by which a chained run is one of this repository's own. */
const OWN_RUN =
  /workflow_run\.event\s*==\s*'(push|release|schedule|workflow_dispatch|create)'|workflow_run\.event\s*!=\s*'pull_request'|workflow_run\.head_repository\.(full_name|id|fork|owner\.login)/i;

/** Something that a job takes from a run other than its own. */
interface Fetch {
  readonly step: Step;
  readonly span: Span;
  /** Quoted in the message: the action or the command. */
  readonly written: string;
  /** `release`: an asset of one of this repository's releases, which only who may write here can upload. */
  readonly from: 'chained-run' | 'chosen-run' | 'release';
  /** The workflow whose run it is, where the step names it. */
  readonly workflow: string | null;
  /** The action itself takes runs of this repository's own only. */
  readonly isOwnOnly: boolean;
  readonly path: string | null;
}

/**
 * An artifact that another run made is deployed, and nothing checks who made it: a run of a pull request may offer one
 * of the same name.
 * https://docs.github.com/actions/how-tos/secure-your-work/use-artifact-attestations/use-artifact-attestations
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'cross-run-artifact-unverified',
  title: 'An artifact of another run is deployed without a check of where it comes from',
  severity: 'block',
  why: 'The name of an artifact says nothing of who made it: a run of a pull request can offer one that looks the same, and it is then deployed with the rights of this run.',
  check(set) {
    const path = productionPathOf(set);
    const handsOn = set.jobs.filter(
      (facts) =>
        facts.target === null &&
        facts.calls === null &&
        path.isOnTheWay(facts) &&
        (hasPurpose(facts, 'package') || uploads(facts)),
    );
    const deploying = path.deploying.filter((facts) => facts.target?.kind !== 'non-production');
    return [...deploying, ...handsOn].flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): readonly RuleFinding[] {
  const last = lastDeployStep(facts);
  const checks = verificationsIn(facts);
  const isCheckedBefore = set
    .ancestorsOf(facts)
    .some((ancestor) => verificationsIn(ancestor).some(({ kind }) => kind === 'attestation'));
  return fetchesOf(facts).flatMap((fetch): RuleFinding[] => {
    if (last >= 0 && fetch.step.index > last) return [];
    const isChecked = checks.some(
      ({ start, stepIndex }) => start > fetch.span.start && (last < 0 || stepIndex <= last),
    );
    if (isChecked || isCheckedBefore) return [];
    const openTo = forkWorkflow(set, facts, fetch);
    const isProduction = productionPathOf(set).isOnTheWay(facts);
    const fix = fetch.path === null ? null : verifyFilesFix(facts, fetch.step, fetch.path);
    const evidence: FindingEvidence[] = openTo
      ? [{ message: 'a pull request starts this one', path: openTo.path, span: openTo.span }]
      : [];
    const source = fetch.from === 'release' ? 'takes from a release' : 'takes from another run';
    return [
      {
        path: facts.workflow.path,
        span: fetch.span,
        status: 'fail',
        severity: openTo && isProduction ? 'block' : 'warn',
        message: `${quoted(facts.job)} ${facts.target === null ? 'hands on' : 'deploys'} what "${fetch.written}" ${source}${openTo ? ', which can be that of a pull request,' : ''} and checks nothing of it: verify its attestation or its digest before`,
        evidence: [...evidence, ...whyItDeploys(facts)],
        ...(fix ? { fix } : {}),
      },
    ];
  });
}

/** What a job takes from other runs, in the order of the file. */
function fetchesOf(facts: JobFacts): readonly Fetch[] {
  const byAction = facts.job.steps.flatMap((step) => fetchByAction(facts, step) ?? []);
  const byCommand = facts.commands.flatMap((command) => fetchByCommand(command) ?? []);
  return [...byAction, ...byCommand].sort((a, b) => a.span.start - b.span.start);
}

function fetchByAction(facts: JobFacts, step: Step): Fetch | null {
  const action = actionOf(step);
  if (action === null || !step.uses) return null;
  const input = (...names: readonly string[]): string | null =>
    step.with.find((entry) => names.includes(entry.name.value.toLowerCase()))?.value.text.trim() ?? null;
  const name = input('name', 'pattern');
  if (name !== null && isSideProduct(name)) return null;
  const { value: written, span } = step.uses;
  const base = { step, span, written, workflow: null, isOwnOnly: false, path: literal(input('path')) };
  switch (action) {
    case 'actions/download-artifact': {
      const run = input('run-id');
      if (run === null || isThisRun(run) || run === '') return null;
      return { ...base, from: isChainedRun(run) ? 'chained-run' : 'chosen-run' };
    }
    case 'dawidd6/action-download-artifact': {
      const run = input('run_id');
      if (run !== null && isThisRun(run)) return null;
      const repository = input('repo');
      if (repository !== null && !repository.includes('github.repository')) return null;
      const event = input('event');
      return {
        ...base,
        from: run !== null && isChainedRun(run) ? 'chained-run' : 'chosen-run',
        workflow: literal(input('workflow')),
        // Without `allow_forks` it looks for runs of this repository's own branches; a run by its id it takes as given.
        isOwnOnly:
          (event !== null && !FORK_EVENTS.includes(event)) ||
          (run === null && input('allow_forks') !== 'true'),
      };
    }
    case 'robinraju/release-downloader':
    case 'dsaltares/fetch-gh-release-asset': {
      const repository = input('repository', 'repo');
      // A tool of somebody else's is not what is deployed.
      if (repository !== null && !repository.includes('github.repository')) return null;
      return { ...base, from: 'release', path: literal(input('out-file-path')) };
    }
    case 'actions/github-script': {
      const script = step.with.find((entry) => entry.name.value === 'script')?.value.text ?? '';
      if (!/\bdownloadArtifact\b/.test(script)) return null;
      return { ...base, from: /workflow_run\.id\b/.test(script) ? 'chained-run' : 'chosen-run', path: null };
    }
    default:
      return null;
  }
}

/** `gh run download`, and `gh release download` of this repository. */
function fetchByCommand(command: StepCommand): Fetch | null {
  const words = unwrapCommand(command.words);
  const line = words.join(' ');
  const isRun = /^gh run download\b/.test(line);
  const isRelease = /^gh release download\b/.test(line);
  if (!isRun && !isRelease) return null;
  const option = (short: string, long: string): string | null => {
    const at = words.findIndex((word) => word === short || word === long);
    const given = words.find((word) => word.startsWith(`${long}=`))?.slice(long.length + 1);
    return given ?? (at >= 0 ? (words[at + 1] ?? null) : null);
  };
  const repository = option('-R', '--repo');
  if (repository !== null && !/github\.repository|GITHUB_REPOSITORY/.test(repository)) return null;
  const name = option('-n', '--name');
  if (name !== null && isSideProduct(name)) return null;
  if (words.some((word) => isThisRun(word))) return null;
  return {
    step: command.step,
    span: command.span,
    written: line.length > 80 ? `${line.slice(0, 77)}...` : line,
    from: isRelease ? 'release' : words.some(isChainedRun) ? 'chained-run' : 'chosen-run',
    workflow: null,
    isOwnOnly: false,
    path: literal(option('-D', '--dir')),
  };
}

/** A trigger by which a pull request can have made what is fetched; null where none can, or no file tells. */
function forkWorkflow(
  set: WorkflowSet,
  facts: JobFacts,
  fetch: Fetch,
): { readonly path: string; readonly span: Span } | null {
  if (fetch.from === 'release' || fetch.isOwnOnly) return null;
  const chains = callChainsOf(set, facts);
  const conditions = chains
    .flatMap((chain) => chain.flatMap((link) => [link, ...set.ancestorsOf(link)]))
    .flatMap((link) => [
      link.job.condition?.value ?? '',
      ...link.job.steps.map((step) => step.condition?.value ?? ''),
    ]);
  if (fetch.from === 'chained-run' && conditions.some((condition) => OWN_RUN.test(condition))) return null;
  const outer = [...new Set(chains.map((chain) => (chain[chain.length - 1] ?? facts).workflow))];
  const sources: readonly Workflow[] =
    fetch.from === 'chained-run'
      ? outer.flatMap((workflow) => chainedFrom(set, workflow))
      : set.workflows.filter((workflow) => isNamed(workflow, fetch.workflow) && !outer.includes(workflow));
  for (const workflow of sources) {
    const called = set.jobs.flatMap((other) => (other.workflow === workflow ? (other.calls ?? []) : []));
    const hasArtifact = set.jobs.some(
      (other) => [workflow, ...called].includes(other.workflow) && uploads(other),
    );
    const trigger = workflow.triggers.find(({ event }) => FORK_EVENTS.includes(event));
    if (trigger && hasArtifact) return { path: workflow.path, span: trigger.span };
  }
  return null;
}

function isNamed(workflow: Workflow, name: string | null): boolean {
  return name === null || workflow.name?.value === name || workflow.path.endsWith(`/${name}`);
}

function uploads({ job }: JobFacts): boolean {
  return job.steps.some((step) => actionOf(step) === 'actions/upload-artifact');
}

function isThisRun(value: string): boolean {
  return /^\$\{\{\s*github\.run_id\s*\}\}$|^\$\{?GITHUB_RUN_ID\}?$/i.test(value.trim());
}

function isChainedRun(value: string): boolean {
  return /github\.event\.workflow_run\.id\b/i.test(value);
}

/** A value that no expression changes; null for others, and for the whole workspace. */
function literal(value: string | null): string | null {
  return value === null || /[$`"'\n]/.test(value) || /^\.?\/?$/.test(value)
    ? null
    : value.replace(/\/+$/, '');
}
