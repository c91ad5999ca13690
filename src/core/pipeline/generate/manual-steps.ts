import { isKnown } from '../../evidence/fact';
import type { Environment, RepositoryProfile } from '../../evidence/profile';
import { shellWord } from '../../evidence/detect/shell-text';
import { environmentCommand, environmentPolicy, reviewersIn } from '../govern/environment-policy';
import type { RequiredChecks } from '../govern/required-checks';
import { branchRuleset, repositoryPath, rulesetCommand } from '../govern/rulesets';
import type { EnvironmentSecret, EnvironmentVariable } from './deploy/means';
import { approvalEnvironment } from './plan';

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
  /** What each environment needs, by its name. */
  readonly variables: ReadonlyMap<string, readonly EnvironmentVariable[]>;
  /** Long-lived credentials of each environment. */
  readonly secrets: readonly EnvironmentSecret[];
  /** Of the repository itself, for the jobs without an environment. */
  readonly repositoryVariables: readonly EnvironmentVariable[];
  readonly repositorySecrets: readonly EnvironmentSecret[];
  /** What a pull request runs, as GitHub shows it. */
  readonly required: RequiredChecks;
}

/**
 * What a person sets up, with the `gh api` calls: the same settings as `release-gate setup` writes as files
 * (`pipeline/govern`), here within the commands.
 */
export function manualSteps(request: SetupRequest): SetupStep[] {
  const { profile, environments, branch, secrets, required } = request;
  const repository = repositoryPath(isKnown(profile.remote) ? profile.remote.value : null);
  const steps: SetupStep[] = [];
  // The owners of everything in CODEOWNERS approve; who else would is not known.
  const reviewers = reviewersIn(
    profile.owners.map((owner) => owner.value).filter((owner) => owner.startsWith('@')),
  ).slice(0, 1);
  for (const environment of environments) {
    const refs = [{ type: 'branch', pattern: branch }] as const;
    const command = environmentCommand(
      environmentPolicy({ ...environment, isProduction: false }, [], refs),
      repository,
      null,
    );
    const approval = environmentPolicy(
      { name: approvalEnvironment(environment), isProduction: true },
      reviewers,
      refs,
    );
    steps.push(
      environment.isProduction
        ? {
            title: `Protect the environment ${environment.name}`,
            why: `Without it nobody is asked before a build reaches ${environment.name}: GitHub creates a missing environment unprotected. The reviewers belong to ${approval.name}, which is asked before a deployment takes its turn; ${environment.name} keeps variables, secrets and the trust of the cloud. Reviewers need a public repository or GitHub Enterprise; the wait is ${approval.waitMinutes} minutes.`,
            command: `${environmentCommand(approval, repository, null)}\n${command}`,
          }
        : {
            title: `Create the environment ${environment.name}`,
            why: `Its variables are read from it, and only ${branch} may deploy to it.`,
            command,
          },
    );
  }
  for (const environment of environments) {
    const variables = request.variables.get(environment.name) ?? [];
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
  const { repositoryVariables, repositorySecrets } = request;
  if (repositoryVariables.length + repositorySecrets.length > 0) {
    steps.push({
      title: 'Set the variables of the repository',
      why: [...repositoryVariables, ...repositorySecrets]
        .map(({ name, purpose }) => `${name}: ${purpose}`)
        .join('; '),
      command: [
        ...repositoryVariables.map(({ name }) => `gh variable set ${name}`),
        ...repositorySecrets.map(({ name }) => `gh secret set ${name}`),
      ].join('\n'),
    });
  }
  for (const environment of environments) {
    if (secrets.length === 0) continue;
    steps.push({
      title: `Set the secrets of ${environment.name}`,
      why: secrets
        .map((secret) => `${secret.name}: ${secret.purpose}; it lives until somebody changes it`)
        .join('; '),
      command: secrets
        .map((secret) => `gh secret set ${secret.name} --env ${shellWord(environment.name)}`)
        .join('\n'),
    });
  }
  return [...steps, ...requireChecks(profile, branch, required)];
}

/** The ruleset that makes a pull request wait for its checks; nothing where no check can be required. */
export function requireChecks(
  profile: RepositoryProfile,
  branch: string,
  required: RequiredChecks,
): readonly SetupStep[] {
  if (required.checks.length === 0) return [];
  const ruleset = branchRuleset({
    checks: required.checks.map(({ name }) => name),
    approvals: 1,
    hasCodeOwners: profile.owners.length > 0,
    scanners: required.scanners,
  });
  return [
    {
      title: `Require the checks on ${branch}`,
      why: 'A pull request that fails them, or that nobody reviewed, could be merged otherwise; the names are those of the jobs. Whoever works alone sets required_approving_review_count to 0. `release-gate setup` keeps these settings as files.',
      command: rulesetCommand(
        ruleset,
        repositoryPath(isKnown(profile.remote) ? profile.remote.value : null),
        null,
      ),
    },
  ];
}
