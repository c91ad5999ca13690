import type { Workflow } from '../../workflow/model';
import type { JobFacts, WorkflowSet } from '../../workflow/understanding';
import type { RuleFinding, WorkflowRule } from '../rule';
import { deployedImages, type DeployedImage } from './deployed-images';
import { callChainsOf, productionPathOf, quoted, whyItDeploys } from './production-path';

/** Tags that stand for whatever was pushed last. A branch that the workflow names is one more. */
const MOVING_TAGS =
  /^(latest|edge|nightly|stable|current|snapshot|canary|head|main|master|trunk|develop|development|dev|staging|stage|production|prod|live|release)$/i;

/** Expressions that are a branch's name, however the run started. */
const BRANCH_EXPRESSIONS =
  /^github\.(head_ref|base_ref|event\.workflow_run\.head_branch|event\.repository\.default_branch|event\.pull_request\.head\.ref)$/i;

/** Expressions that hold no tag: what stands behind them is all there is. */
const NAME_EXPRESSIONS = /^github\.(repository|repository_owner|event\.repository\.name)$/i;

/** What GitHub's variables and the usual cuts of them are as an expression. */
const SHELL_NAMES: readonly (readonly [RegExp, string])[] = [
  [/^\$\{?GITHUB_REF_NAME\}?$/, 'github.ref_name'],
  [/^\$\{GITHUB_REF#{1,2}(refs\/heads\/|\*\/)\}$/, 'github.ref_name'],
  [/^\$\{?GITHUB_HEAD_REF\}?$/, 'github.head_ref'],
  [/^\$\{?GITHUB_REPOSITORY\}?$/, 'github.repository'],
];

const PLACEHOLDER = /\$\{\{[\s\S]*?\}\}|\$\([^)]*\)|\$\{[^}]*\}|\$[A-Za-z_]\w*|`[^`]*`/g;

/**
 * Production is given an image by a tag that a later push moves: what runs after the next restart, and what a rollback
 * brings back, is no longer what this run deployed.
 * https://kubernetes.io/docs/concepts/containers/images/#image-names
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'mutable-image-tag',
  title: 'A deployment names an image by a tag that moves',
  severity: 'warn',
  why: 'A tag such as latest, or the name of a branch, is another image after the next push: a restart may ship what nobody approved, and there is no name to roll back to.',
  check(set) {
    const path = productionPathOf(set);
    return [...path.production, ...path.unknownTarget].flatMap((facts) => judge(set, facts));
  },
};

function judge(set: WorkflowSet, facts: JobFacts): readonly RuleFinding[] {
  const seen = new Set<string>();
  return deployedImages(facts).flatMap((image) => {
    const texts = set.possibleTexts(facts, image.text) ?? [image.text];
    const problem = texts.map((text) => problemOf(set, facts, image, text)).find((each) => each !== null);
    // Pulled, then run: one image.
    if (!problem || seen.has(image.written)) return [];
    seen.add(image.written);
    return [
      {
        path: facts.workflow.path,
        span: image.span,
        status: 'fail' as const,
        message: `${quoted(facts.job)} deploys ${image.kind === 'tag' ? 'the tag ' : ''}"${image.written}"${problem}: deploy the digest, or a tag that holds the commit or the version`,
        evidence: whyItDeploys(facts),
      },
    ];
  });
}

/** Completes `deploys "<image>"`; null for an image that cannot move, or whose tag no file tells. */
function problemOf(set: WorkflowSet, facts: JobFacts, image: DeployedImage, text: string): string | null {
  const holes: string[] = [];
  const masked = text.trim().replace(PLACEHOLDER, (whole) => {
    holes.push(expressionOf(whole));
    return `\u0000${holes.length - 1}\u0000`;
  });
  const filled = (part: string): string[] =>
    [...part.matchAll(/\u0000(\d+)\u0000/g)].map((match) => holes[Number(match[1])] ?? '');
  const name = masked.slice(masked.lastIndexOf('/') + 1);
  if (image.kind === 'image') {
    if (name === '' || name.includes('@')) return null;
    const colon = name.lastIndexOf(':');
    if (colon < 0) {
      // A variable may bring its own tag.
      const isWholeName = filled(name).every((hole) => NAME_EXPRESSIONS.test(hole));
      return isWholeName ? ' without a tag, which is "latest" and another image after the next push' : null;
    }
    return problemOfTag(set, facts, name.slice(colon + 1), filled, image);
  }
  return problemOfTag(set, facts, masked, filled, image);
}

function problemOfTag(
  set: WorkflowSet,
  facts: JobFacts,
  tag: string,
  filled: (part: string) => readonly string[],
  image: DeployedImage,
): string | null {
  const [hole, ...others] = filled(tag);
  if (hole === undefined) {
    const word = /^latest\b/i.test(tag) ? 'latest' : tag;
    const isBranch = chainWorkflows(set, facts).some((workflow) => branchesOf(workflow).includes(tag));
    if (!MOVING_TAGS.test(word) && !isBranch) return null;
    const which = image.written.endsWith(tag) ? '' : `, which can be "${tag}"`;
    return `${which}, and "${tag}" is another image after the next push`;
  }
  if (others.length > 0) return null;
  // `prod-<branch>` moves as the branch does.
  if (!/^[A-Za-z._-]*\u0000\d+\u0000[A-Za-z._-]*$/.test(tag)) return null;
  const isBranch =
    BRANCH_EXPRESSIONS.test(hole) || (/^github\.ref_name$/i.test(hole) && canBeBranch(set, facts));
  return isBranch ? `, whose tag is the name of a branch and another image after the next push` : null;
}

/** The expression that a placeholder stands for; as written where it is none that is known. */
function expressionOf(placeholder: string): string {
  const inner = /^\$\{\{([\s\S]*)\}\}$/.exec(placeholder)?.[1];
  if (inner !== undefined) return inner.trim();
  return SHELL_NAMES.find(([pattern]) => pattern.test(placeholder))?.[1] ?? placeholder;
}

/** Whether a run that reaches the job can have been started on a branch, as far as its triggers and conditions show. */
function canBeBranch(set: WorkflowSet, facts: JobFacts): boolean {
  return callChainsOf(set, facts).some((chain) => {
    const asksForTag = chain
      .flatMap((link) => [link, ...set.ancestorsOf(link)])
      .some((link) =>
        /refs\/tags|ref_type\s*==\s*'tag'|event_name\s*==\s*'release'|startsWith\(\s*github\.ref_name\s*,\s*'v/i.test(
          link.job.condition?.value ?? '',
        ),
      );
    const { triggers } = (chain[chain.length - 1] ?? facts).workflow;
    const byTag = triggers.some(
      ({ event, tags }) => event === 'release' || (event === 'push' && (tags?.length ?? 0) > 0),
    );
    const byBranch = triggers.some(
      ({ event, branches, tags }) => event === 'push' && (branches !== null || tags === null),
    );
    // Who starts a workflow of tags by hand picks a tag.
    const byOther = triggers.some(
      ({ event }) => event !== 'push' && event !== 'release' && event !== 'workflow_call',
    );
    return !asksForTag && (byBranch || (byOther && !byTag));
  });
}

function chainWorkflows(set: WorkflowSet, facts: JobFacts): readonly Workflow[] {
  return [...new Set(callChainsOf(set, facts).flatMap((chain) => chain.map((link) => link.workflow)))];
}

/** The branches that a workflow names as such; patterns are none. */
function branchesOf(workflow: Workflow): readonly string[] {
  return workflow.triggers.flatMap(
    ({ branches }) => branches?.map(({ value }) => value).filter((name) => /^[\w.-]+$/.test(name)) ?? [],
  );
}
