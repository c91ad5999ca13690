import { isKnown, type Source, type Unknown } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import {
  environmentCommand,
  environmentPath,
  environmentPolicy,
  environmentSettings,
  reviewerName,
  reviewersIn,
  UNKNOWN_REVIEWER,
  type EnvironmentPolicy,
} from '../../pipeline/govern/environment-policy';
import { environmentUse } from '../../pipeline/govern/environment-uses';
import { proposeMadeFile, proposeMadeSection, proposeSettings } from '../../pipeline/govern/made-text';
import {
  registryOfImage,
  registrySetups,
  registryTerraform,
  type RegistrySetup,
} from '../../pipeline/govern/registries';
import { requiredChecks, type RequiredChecks } from '../../pipeline/govern/required-checks';
import {
  branchRuleset,
  repositoryPath,
  rulesetCommand,
  tagRuleset,
  type Ruleset,
} from '../../pipeline/govern/rulesets';
import { secretSources, type SecretSource } from '../../pipeline/govern/secret-sources';
import { governanceTerraform } from '../../pipeline/govern/terraform';
import type { FileSecrets } from '../../evidence/secrets/secret-uses';
import { defaultBranchOf } from '../../workflow/conditions/runs';
import { workflowSecrets } from '../../workflow/workflow-secrets';
import type { WorkflowSet } from '../../workflow/understanding';
import type { ManualStep } from '../task';
import type { EnvironmentRole } from './approvals';
import { settingsPage } from './settings-page';

/** Where the settings stand. */
export const SETTINGS_FOLDER = '.github/release-gate';

/** What the settings of a repository are made from. */
export interface SettingsFacts {
  readonly profile: RepositoryProfile;
  readonly set: WorkflowSet;
  readonly environments: readonly EnvironmentRole[];
  /** Names as a person told them; none: those of CODEOWNERS. */
  readonly reviewers: readonly string[];
  readonly approvals: number;
  /** Patterns of release tags with where they were read; none: nobody said. */
  readonly tags: { readonly patterns: readonly string[]; readonly sources: readonly Source[] };
  readonly hasCodeOwners: boolean;
  /** What manifests and Terraform say of secrets. */
  readonly secrets: FileSecrets;
  readonly withTerraform: boolean;
}

/** A file to write: its text against what stands there. */
export interface SettingsFile {
  readonly path: string;
  readonly purpose: string;
  propose(before: string | null): { readonly text: string; readonly notes: readonly string[] };
}

/** One environment with what is known of it. */
export interface GovernedEnvironment extends Pick<EnvironmentRole, 'role' | 'before'> {
  readonly policy: EnvironmentPolicy;
  readonly file: string;
  readonly command: string;
  readonly variables: readonly string[];
  /** How its jobs come by their secrets, in sentences. */
  readonly secrets: readonly string[];
}

/** One ruleset with its file and call. */
export interface GovernedRuleset {
  readonly ruleset: Ruleset;
  readonly file: string;
  readonly command: string;
}

/** Everything that the settings say. */
export interface Settings {
  readonly repository: string;
  readonly branch: { readonly name: string; readonly isAssumed: boolean };
  /** Others install what is here, and nothing is deployed. */
  readonly isPackageOnly: boolean;
  readonly environments: readonly GovernedEnvironment[];
  readonly rulesets: readonly GovernedRuleset[];
  readonly required: RequiredChecks;
  readonly registries: readonly RegistrySetup[];
  /** What manifests and Terraform say of secrets that the running service gets by itself, in sentences. */
  readonly secretStores: readonly string[];
  readonly byHand: readonly ManualStep[];
  readonly assumptions: readonly string[];
  readonly unknowns: readonly Unknown[];
  readonly sources: readonly Source[];
  readonly files: readonly SettingsFile[];
}

/** Decides how the repository is to be set on GitHub, and how that is written down. Pure. */
export function settingsOf(facts: SettingsFacts): Settings {
  const { profile, set } = facts;
  const remote = isKnown(profile.remote) ? profile.remote.value : null;
  const repository = repositoryPath(remote);
  const [firstWorkflow] = set.workflows;
  const branch = isKnown(profile.defaultBranch)
    ? { name: profile.defaultBranch.value, isAssumed: false }
    : { name: firstWorkflow ? defaultBranchOf(firstWorkflow, set.workflows) : 'main', isAssumed: true };
  const told = facts.reviewers.length > 0;
  const reviewers = reviewersIn(
    told
      ? facts.reviewers
      : profile.owners
          .map(({ value }) => value)
          .filter((owner) => owner.startsWith('@'))
          .slice(0, 1),
  );
  const fetched = secretSources(set);
  const given = workflowSecrets(set);
  const names = new Set<string>();
  const unknowns: Unknown[] = [];
  const environments = facts.environments.map(({ environment, role, before }): GovernedEnvironment => {
    const use = environmentUse(set, environment.name, branch.name);
    const refs = use.refs.length > 0 ? use.refs : [{ type: 'branch' as const, pattern: branch.name }];
    const policy = environmentPolicy(
      role === 'asked-before' ? { ...environment, isProduction: false } : environment,
      reviewers,
      refs,
    );
    const file = `${SETTINGS_FOLDER}/environments/${fileName(environment.name, names)}.json`;
    const isIn = ({ environments: all }: { readonly environments: readonly string[] }): boolean =>
      all.some((name) => name.toLowerCase() === environment.name.toLowerCase());
    const secrets = secretSentences(fetched.filter(isIn), [
      ...new Set(given.filter(isIn).map(({ name }) => name)),
    ]);
    if (secrets.length === 0 && role !== 'asks') {
      unknowns.push({ unknown: secretsQuestion(environment.name) });
    }
    return {
      policy,
      role,
      before,
      file,
      command: environmentCommand(policy, repository, file),
      variables: use.variables,
      secrets,
    };
  });
  if (
    environments.some(({ policy }) =>
      policy.reviewers.some((each) => each.type === 'User' && each.login === null),
    )
  ) {
    unknowns.push({ unknown: UNKNOWN_REVIEWER });
  }
  if (environments.length === 0 && !isPackageOnly(profile)) {
    unknowns.push({ unknown: UNKNOWN_ENVIRONMENTS });
  }
  const required = requiredChecks(set.workflows, branch.name);
  if (required.checks.length === 0) unknowns.push({ unknown: 'checks that every pull request has to pass' });
  if (facts.tags.patterns.length === 0) unknowns.push({ unknown: 'pattern of the release tags, such as v*' });
  const rulesets = [
    {
      name: 'default-branch',
      ruleset: branchRuleset({
        checks: required.checks.map(({ name }) => name),
        approvals: facts.approvals,
        hasCodeOwners: facts.hasCodeOwners,
        scanners: required.scanners,
      }),
    },
    ...(facts.tags.patterns.length > 0
      ? [{ name: 'release-tags', ruleset: tagRuleset(facts.tags.patterns) }]
      : []),
  ].map(({ name, ruleset }): GovernedRuleset => {
    const file = `${SETTINGS_FOLDER}/rulesets/${name}.json`;
    return { ruleset, file, command: rulesetCommand(ruleset, repository, file) };
  });
  const registries = registrySetups(registriesOf(profile));
  for (const setup of registries) unknowns.push(...setup.unknowns.map((unknown) => ({ unknown })));
  const settings: Omit<Settings, 'files'> = {
    repository,
    branch,
    isPackageOnly: isPackageOnly(profile),
    environments,
    rulesets,
    required,
    registries,
    secretStores: storeSentences(facts.secrets),
    byHand: byHand(environments, repository, remote, required.scanners.length > 0),
    assumptions: assumptionsOf(facts, branch, environments, told),
    unknowns,
    sources: [
      ...facts.tags.sources,
      ...fetched.map(({ source }) => source),
      ...(told ? [] : profile.owners.slice(0, 1).flatMap(({ sources }) => sources)),
    ],
  };
  return { ...settings, files: filesOf(facts, settings, remote) };
}

function filesOf(
  facts: SettingsFacts,
  settings: Omit<Settings, 'files'>,
  remote: { readonly owner: string; readonly name: string } | null,
): readonly SettingsFile[] {
  const { environments, rulesets, registries } = settings;
  const governance = (): string =>
    governanceTerraform({
      remote,
      environments: environments.map(({ policy }) => policy),
      rulesets: rulesets.map(({ ruleset }) => ruleset),
      variables: new Map(environments.map(({ policy, variables }) => [policy.name, variables])),
    });
  const registryCode = registryTerraform(registries);
  return [
    ...environments.map(({ policy, file }): SettingsFile => ({
      path: file,
      purpose: `protection of the environment ${policy.name}`,
      propose: (before) => proposeSettings(before, environmentSettings(policy)),
    })),
    ...rulesets.map(({ ruleset, file }): SettingsFile => ({
      path: file,
      purpose: ruleset.target === 'branch' ? 'rules of the default branch' : 'rules of the release tags',
      propose: (before) => proposeSettings(before, ruleset),
    })),
    ...(facts.withTerraform
      ? [
          {
            path: `${SETTINGS_FOLDER}/terraform/github/main.tf`,
            purpose: 'the same for Terraform',
            propose: (before: string | null) => proposeMadeFile(before, governance(), 'hash'),
          },
          ...(registryCode === null
            ? []
            : [
                {
                  path: `${SETTINGS_FOLDER}/terraform/registry/main.tf`,
                  purpose: 'registries with immutable tags, for Terraform',
                  propose: (before: string | null) => proposeMadeFile(before, registryCode, 'hash'),
                },
              ]),
        ]
      : []),
    {
      path: `${SETTINGS_FOLDER}/README.md`,
      purpose: 'what the settings say, and the calls that make them so',
      propose: (before) =>
        proposeMadeSection(
          before,
          'settings',
          settingsPage(settings, facts.withTerraform, registryCode !== null),
        ),
    },
  ];
}

/** Registries that the profile names, and those of images; a stack that others install goes to the public one of its kind. */
function registriesOf(profile: RepositoryProfile): ReturnType<typeof registryOfImage>[] {
  const found = profile.registries.map(({ value }) => value);
  const hasImages = found.some(({ holds }) => holds === 'images');
  return [...found, ...(!hasImages && isKnown(profile.image) ? [registryOfImage(profile.image.value)] : [])];
}

function secretSentences(fetched: readonly SecretSource[], given: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return [
    ...fetched.flatMap(({ manager, by, job }) => {
      const text = `${manager}: the job ${job} fetches from it at run time (${by})`;
      return seen.has(text) ? [] : [seen.add(text) && text];
    }),
    ...(given.length > 0
      ? [`GitHub Actions secrets: GitHub hands ${given.join(', ')} to the job when it starts`]
      : []),
  ];
}

function storeSentences({ storages }: FileSecrets): readonly string[] {
  return [
    ...new Set(
      storages.map(
        ({ manager, name, location, system, source }) =>
          `${manager}: ${name}${location === null ? '' : ` (${location})`}, as ${source.path} says for ${system}`,
      ),
    ),
  ];
}

/** What is needed where no file and no answer names an environment. */
export const UNKNOWN_ENVIRONMENTS = 'environments that a release passes';

/** Whether others install what is here, and nothing shows that anything is deployed. */
function isPackageOnly({ stacks, deployTargets, dockerfiles }: RepositoryProfile): boolean {
  return (
    stacks.some(({ isPublished }) => isPublished) && deployTargets.length === 0 && dockerfiles.length === 0
  );
}

/** What is asked where no file tells how an environment's jobs come by their secrets. */
export function secretsQuestion(environment: string): string {
  return `secrets manager of ${environment}, and how its job fetches from it at run time`;
}

function byHand(
  environments: readonly GovernedEnvironment[],
  repository: string,
  remote: { readonly owner: string; readonly name: string; readonly host: string } | null,
  hasCodeQl: boolean,
): readonly ManualStep[] {
  const isOnGitHub = remote?.host === 'github.com' && repository !== 'repos/{owner}/{repo}';
  /** Where a setting is found: its address where that is known, else the way there. */
  const place = (path: string, way: string): string =>
    isOnGitHub
      ? `https://github.com/${remote.owner}/${remote.name}/settings/${path}`
      : `Settings of the repository, ${way}`;
  const production = environments.filter(({ policy }) => policy.isProduction);
  return [
    {
      title: 'Make releases immutable',
      why: 'The files and the tag of a release that was published can then not be replaced; it holds for releases after that.',
      command: `gh api --method PUT "${repository}/immutable-releases"`,
    },
    ...production.map(({ policy }): ManualStep => ({
      title: `Take the way around ${policy.name} from administrators`,
      why: `${place('environments', 'Environments')}, ${policy.name}: "Allow administrators to bypass configured protection rules" off. The call of the environment has no member for it; Terraform has (can_admins_bypass).`,
      command: null,
    })),
    ...production.map(({ policy }): ManualStep => ({
      title: `Add custom deployment protection rules to ${policy.name}, if you use some`,
      why: 'Optional: an app (of a monitoring or change system) then has to agree as well. The first call lists the apps that can, the second adds one by its id.',
      command: [
        `gh api "${environmentPath(policy, repository)}/deployment_protection_rules/apps" --jq '.available_custom_deployment_protection_rule_integrations[] | [.id, .slug] | @tsv'`,
        `gh api --method POST "${environmentPath(policy, repository)}/deployment_protection_rules" -F integration_id="\${INTEGRATION_ID:?}"`,
      ].join('\n'),
    })),
    ...(hasCodeQl
      ? []
      : [
          {
            title: 'Require code scanning results, if you use it',
            why: `No workflow that every pull request runs sends results of CodeQL. Where its default setup is on (${place('security_analysis', 'Code security')}), add the rule "Require code scanning results" with CodeQL to the ruleset.`,
            command: null,
          },
        ]),
    {
      title: 'Import a ruleset without the command line, if you like that better',
      why: `${place('rules', 'Rules, Rulesets')}, New ruleset, Import a ruleset: it reads the files in ${SETTINGS_FOLDER}/rulesets as they are. Environments cannot be imported.`,
      command: null,
    },
    {
      title: 'See what is set now',
      why: 'Nothing here was compared with GitHub, since nothing is asked over the network. These calls show it.',
      command: [
        `gh api "${repository}/environments"`,
        `gh api "${repository}/rulesets"`,
        `gh api "${repository}/immutable-releases"`,
      ].join('\n'),
    },
  ];
}

function assumptionsOf(
  facts: SettingsFacts,
  branch: Settings['branch'],
  environments: readonly GovernedEnvironment[],
  told: boolean,
): readonly string[] {
  const production = environments.filter(({ policy }) => policy.isProduction);
  const names = [
    ...new Set(
      production.flatMap(({ policy }) => policy.reviewers.map((reviewer) => reviewerName(reviewer))),
    ),
  ];
  return [
    ...(branch.isAssumed
      ? [`No file says which branch is the default one; ${branch.name} is written for the environments.`]
      : []),
    ...(production.length > 0
      ? [
          told
            ? `${names.join(', ')} approve production, as a person said.`
            : `${names.join(', ')} approve production${names.some((name) => name.startsWith('@')) ? ', the first owner of the most general line of CODEOWNERS' : ''}: GitHub's number of each is asked for by the call, and is null in the file, so that GitHub refuses the file by itself.`,
          `${String(production[0]?.policy.waitMinutes ?? 0)} minutes pass between the approval and the deployment.`,
          'Required reviewers and the wait need a public repository, or GitHub Enterprise for a private one.',
        ]
      : []),
    facts.approvals > 0
      ? `A pull request needs ${facts.approvals} ${facts.approvals === 1 ? 'approval' : 'approvals'}; whoever works alone sets required_approving_review_count to 0, since nobody can approve what they wrote.`
      : 'A pull request needs no approval, as a person said.',
    'Nobody may go around the rulesets: bypass_actors is empty.',
    'Rulesets of a private repository need GitHub Pro, Team or Enterprise.',
    ...environments.flatMap(({ policy, before }) =>
      before === null
        ? []
        : [
            `${policy.name} asks before ${before} takes its turn, and has the reviewers; ${before} keeps variables, secrets and the trust of the cloud, and asks nobody a second time.`,
          ],
    ),
    ...(environments.length > 0
      ? [
          'Each environment takes the branches and tags on which workflows deploy to it now; where none does, the default branch.',
        ]
      : []),
    ...(facts.tags.patterns.length > 0
      ? [
          `Release tags match ${facts.tags.patterns.join(', ')}: a tag that is meant to move, such as the v1 of an action, must not match, or nobody can move it.`,
        ]
      : []),
  ];
}

/** A name that every file system takes, each once. */
function fileName(text: string, taken: Set<string>): string {
  const plain = text
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 60);
  const base = plain === '' ? 'environment' : plain;
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  taken.add(name);
  return name;
}
