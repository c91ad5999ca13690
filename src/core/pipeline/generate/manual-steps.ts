import { isKnown, placeholder } from '../../evidence/fact';
import type { Environment, RepositoryProfile } from '../../evidence/profile';
import { shellWord } from '../../evidence/detect/shell-text';
import type { EnvironmentVariable } from './deploy/means';

/** Something that is set in GitHub, outside every file, with the command that sets it. */
export interface SetupStep {
  readonly title: string;
  readonly why: string;
  readonly command: string | null;
}

interface SetupRequest {
  readonly profile: RepositoryProfile;
  readonly environments: readonly Environment[];
  readonly branch: string;
  readonly variables: readonly EnvironmentVariable[];
  /** Names of the jobs that a pull request runs, as GitHub shows them. */
  readonly requiredChecks: readonly string[];
}

/** GitHub Actions' own application id: a check of the same name by somebody else does not count. */
const ACTIONS_APPLICATION = 15368;

/** Minutes that production waits after its approval: long enough to stop a mistake, short enough to be left in place. */
const WAIT_MINUTES = 5;

/**
 * What a person sets up, with the `gh api` calls.
 * Payloads: docs.github.com/rest/deployments/environments, /rest/deployments/branch-policies, /rest/repos/rules.
 */
export function manualSteps(request: SetupRequest): SetupStep[] {
  const { profile, environments, branch, variables, requiredChecks } = request;
  // gh fills {owner} and {repo} from the checkout in which it is run.
  const repository = isKnown(profile.remote)
    ? `repos/${profile.remote.value.owner}/${profile.remote.value.name}`
    : 'repos/{owner}/{repo}';
  const steps: SetupStep[] = [];
  for (const environment of environments) {
    const path = `${repository}/environments/${encodeURIComponent(environment.name)}`;
    steps.push(
      environment.isProduction
        ? {
            title: `Protect the environment ${environment.name}`,
            why: `Without it nobody is asked before a build reaches ${environment.name}: GitHub creates a missing environment unprotected. Reviewers need a public repository or GitHub Enterprise; the wait is ${WAIT_MINUTES} minutes.`,
            command: protectedEnvironment(path, profile, branch),
          }
        : {
            title: `Create the environment ${environment.name}`,
            why: `Its variables are read from it, and only ${branch} may deploy to it.`,
            command: [
              `gh api --method PUT "${path}" --input - <<'JSON'`,
              JSON.stringify(
                { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } },
                null,
                2,
              ),
              'JSON',
              branchPolicy(path, branch),
            ].join('\n'),
          },
    );
  }
  for (const environment of environments) {
    if (variables.length === 0) continue;
    steps.push({
      title: `Set the variables of ${environment.name}`,
      why: variables.map((variable) => `${variable.name}: ${variable.purpose}`).join('; '),
      // Without --body gh asks for the value, so that nothing made up is ever set.
      command: variables
        .map((variable) => `gh variable set ${variable.name} --env ${shellWord(environment.name)}`)
        .join('\n'),
    });
  }
  if (requiredChecks.length > 0) {
    steps.push({
      title: `Require the checks on ${branch}`,
      why: 'A pull request that fails them could be merged otherwise; the names are those of the jobs.',
      command: [
        `gh api --method POST "${repository}/rulesets" --input - <<'JSON'`,
        JSON.stringify(
          {
            name: 'Release checks',
            target: 'branch',
            enforcement: 'active',
            conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
            rules: [
              { type: 'deletion' },
              { type: 'non_fast_forward' },
              {
                type: 'required_status_checks',
                parameters: {
                  strict_required_status_checks_policy: true,
                  required_status_checks: requiredChecks.map((context) => ({
                    context,
                    integration_id: ACTIONS_APPLICATION,
                  })),
                },
              },
            ],
          },
          null,
          2,
        ),
        'JSON',
      ].join('\n'),
    });
  }
  return steps;
}

function protectedEnvironment(path: string, profile: RepositoryProfile, branch: string): string {
  const reviewer = reviewerOf(profile);
  return [
    reviewer.lookup,
    `jq --null-input --argjson id "$reviewer_id" '{`,
    `  wait_timer: ${WAIT_MINUTES},`,
    '  prevent_self_review: true,',
    `  reviewers: [{ type: "${reviewer.type}", id: $id }],`,
    '  deployment_branch_policy: { protected_branches: false, custom_branch_policies: true }',
    `}' | gh api --method PUT "${path}" --input -`,
    branchPolicy(path, branch),
  ].join('\n');
}

function branchPolicy(path: string, branch: string): string {
  return `gh api --method POST "${path}/deployment-branch-policies" -f name=${shellWord(branch)} -f type=branch`;
}

/** The owners of everything in CODEOWNERS approve; who else would is not known. */
function reviewerOf(profile: RepositoryProfile): { readonly type: 'User' | 'Team'; readonly lookup: string } {
  const owner = profile.owners.map((item) => item.value).find((value) => value.startsWith('@'));
  const [name = '', team] = owner?.slice(1).split('/') ?? [];
  if (team) return { type: 'Team', lookup: `reviewer_id="$(gh api "orgs/${name}/teams/${team}" --jq .id)"` };
  if (name) return { type: 'User', lookup: `reviewer_id="$(gh api "users/${name}" --jq .id)"` };
  return {
    type: 'User',
    lookup: `reviewer_id="$(gh api "users/\${REVIEWER:?${placeholder('GitHub user who approves production')}}" --jq .id)"`,
  };
}
