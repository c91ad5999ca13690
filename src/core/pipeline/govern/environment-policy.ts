import { placeholder } from '../../evidence/fact';
import { shellWord } from '../../evidence/detect/shell-text';
import type { Environment } from '../../evidence/profile';

/** Who approves a deployment: GitHub wants a number, which only it knows, so that a command asks for it. */
export type Reviewer =
  | { readonly type: 'Team'; readonly organization: string; readonly slug: string }
  | { readonly type: 'User'; readonly login: string }
  /** Nobody said who. */
  | { readonly type: 'User'; readonly login: null };

/** Branches and tags from which an environment may be deployed to. */
export interface DeploymentRef {
  readonly type: 'branch' | 'tag';
  /** A name or pattern, as `fnmatch` has it. */
  readonly pattern: string;
}

/** How an environment is protected. */
export interface EnvironmentPolicy {
  readonly name: string;
  readonly isProduction: boolean;
  /** Minutes between an approval and the job, from 0 to 43,200. */
  readonly waitMinutes: number;
  readonly preventsSelfReview: boolean;
  /** At most six, which is GitHub's limit; one of them has to approve. */
  readonly reviewers: readonly Reviewer[];
  readonly refs: readonly DeploymentRef[];
}

/** The body of `PUT /repos/{owner}/{repo}/environments/{name}` (docs.github.com/rest/deployments/environments). */
export interface EnvironmentSettings {
  readonly wait_timer: number;
  readonly prevent_self_review: boolean;
  /** An id of null is refused by GitHub: the file cannot take the reviewers away by being sent as it is. */
  readonly reviewers: readonly { readonly type: 'User' | 'Team'; readonly id: null }[] | null;
  readonly deployment_branch_policy: {
    readonly protected_branches: false;
    readonly custom_branch_policies: true;
  };
}

/** Minutes that production waits after its approval: long enough to stop a mistake, short enough to be left in place. */
export const WAIT_MINUTES = 5;

/** GitHub takes no more reviewers of one environment. */
const MAX_REVIEWERS = 6;

/** Production asks somebody else and waits; every environment takes only the branches and tags that deploy to it. */
export function environmentPolicy(
  environment: Environment,
  reviewers: readonly Reviewer[],
  refs: readonly DeploymentRef[],
): EnvironmentPolicy {
  const { name, isProduction } = environment;
  return {
    name,
    isProduction,
    waitMinutes: isProduction ? WAIT_MINUTES : 0,
    preventsSelfReview: isProduction,
    reviewers: !isProduction
      ? []
      : reviewers.length > 0
        ? reviewers.slice(0, MAX_REVIEWERS)
        : [{ type: 'User', login: null }],
    refs,
  };
}

/** `@org/team` and `@user` out of CODEOWNERS or an answer; mail addresses are nobody that GitHub could ask. */
export function reviewersIn(owners: readonly string[]): readonly Reviewer[] {
  return owners.flatMap((owner): Reviewer[] => {
    const match = /^@?([A-Za-z0-9][\w-]{0,99})(?:\/([\w][\w.-]{0,99}))?$/.exec(owner.trim());
    const [, name, team] = match ?? [];
    if (name === undefined) return [];
    return [
      team === undefined ? { type: 'User', login: name } : { type: 'Team', organization: name, slug: team },
    ];
  });
}

/** The reviewer as people write them; the placeholder where nobody said who. */
export function reviewerName(reviewer: Reviewer): string {
  if (reviewer.type === 'Team') return `@${reviewer.organization}/${reviewer.slug}`;
  return reviewer.login === null ? placeholder(UNKNOWN_REVIEWER) : `@${reviewer.login}`;
}

/** What is needed where no file and no answer names a reviewer. */
export const UNKNOWN_REVIEWER = 'GitHub user or team who approves production';

/** The environment as GitHub takes it. */
export function environmentSettings(policy: EnvironmentPolicy): EnvironmentSettings {
  return {
    wait_timer: policy.waitMinutes,
    prevent_self_review: policy.preventsSelfReview,
    reviewers:
      policy.reviewers.length === 0 ? null : policy.reviewers.map(({ type }) => ({ type, id: null })),
    deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
  };
}

/**
 * The calls that set an environment.
 *
 * @param repository `repos/owner/name`, or with gh's own placeholders.
 * @param file Where the settings stand; null: they are written into the command.
 */
export function environmentCommand(
  policy: EnvironmentPolicy,
  repository: string,
  file: string | null,
): string {
  const path = environmentPath(policy, repository);
  const put = `gh api --method PUT "${path}" --input`;
  const settings = JSON.stringify(environmentSettings(policy), null, 2);
  const asked = policy.reviewers.map((reviewer, index) => ({ reviewer, variable: `reviewer_${index + 1}` }));
  const filter = [
    ...asked.map(({ variable }) => `--argjson ${variable} "$${variable}"`),
    shellWord(asked.map(({ variable }, index) => `.reviewers[${index}].id //= $${variable}`).join(' | ')),
  ].join(' ');
  const sent =
    asked.length === 0
      ? file === null
        ? [`${put} - <<'JSON'`, settings, 'JSON']
        : [`${put} ${shellWord(file)}`]
      : file === null
        ? [`jq ${filter} <<'JSON' | ${put} -`, settings, 'JSON']
        : [`jq ${filter} ${shellWord(file)} | ${put} -`];
  return [
    ...asked.map(({ reviewer, variable }) => `${variable}="$(${lookup(reviewer)})"`),
    ...sent,
    ...policy.refs.map(
      ({ type, pattern }) =>
        `gh api --method POST "${path}/deployment-branch-policies" -f name=${shellWord(pattern)} -f type=${type}`,
    ),
  ].join('\n');
}

/** The environment's path in GitHub's interface, safe between double quotes of a shell. */
export function environmentPath(policy: Pick<EnvironmentPolicy, 'name'>, repository: string): string {
  const name = encodeURIComponent(policy.name).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${repository}/environments/${name}`;
}

function lookup(reviewer: Reviewer): string {
  if (reviewer.type === 'Team') {
    return `gh api "orgs/${reviewer.organization}/teams/${reviewer.slug}" --jq .id`;
  }
  return reviewer.login === null
    ? `gh api "users/\${REVIEWER:?${placeholder(UNKNOWN_REVIEWER)}}" --jq .id`
    : `gh api "users/${reviewer.login}" --jq .id`;
}
