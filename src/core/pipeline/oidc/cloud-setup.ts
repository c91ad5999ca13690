import { placeholder } from '../../evidence/fact';
import { quoted } from '../../shell/fill-variables';
import type { CredentialForm, Provider } from '../../workflow/credential-uses';
import { awsProvider, awsRotation, awsSteps } from './cloud/aws';
import { azurePasswordRotation, azureRotation, azureSteps } from './cloud/azure';
import { googleProvider, googleRotation, googleSteps } from './cloud/google';
import { npmRotation, npmSteps, pypiRotation, pypiSteps } from './cloud/packages';
import { environmentOf, variableStep, type CloudTrust, type Phase, type SetupStep } from './cloud/trust';
import { vaultProvider, vaultRotation, vaultSteps } from './cloud/vault';
import type { SecretUses } from './secret-uses';
import { outputsOf } from './terraform';

export type { CloudTrust, Phase, SetupStep } from './cloud/trust';

/** What the steps are about. */
export interface CloudSetup {
  /** `owner/name`; null where no remote tells. */
  readonly repository: string | null;
  readonly trusts: readonly CloudTrust[];
  /** The secrets that were replaced, with what still uses them after the change. */
  readonly secrets: readonly SecretUses[];
  readonly workflows: readonly { readonly path: string; readonly canDispatch: boolean }[];
  /** Where Terraform makes the trust, and the commands for it are not needed. */
  readonly terraform: string | null;
}

/** The phases in their order, with what each is for. */
export const PHASES: readonly { readonly phase: Phase; readonly title: string; readonly why: string }[] = [
  { phase: 'add', title: 'Add', why: 'Nothing changes yet: what is new stands beside what is there.' },
  { phase: 'verify', title: 'Verify', why: 'The new login is tried where nothing depends on it.' },
  { phase: 'switch', title: 'Switch', why: 'The old secrets are still there: going back is one revert.' },
  { phase: 'remove', title: 'Remove', why: 'Only what nothing uses any more.' },
  { phase: 'rotate', title: 'Rotate', why: 'Only now the old key itself ends.' },
];

/**
 * The way from a static key to OIDC in an order in which production always has credentials: learn the subject, add the
 * trust, set the variables; verify on a branch; switch; and only then remove the secret and end the key.
 *
 * Sources: docs.github.com, "OpenID Connect reference" (claims, immutable subjects), and its pages for each provider;
 * `GET /repos/{owner}/{repo}/actions/oidc/customization/sub` gives `sub_claim_prefix`.
 */
export function cloudSetupSteps(setup: CloudSetup): readonly SetupStep[] {
  const repository = setup.repository ?? placeholder('owner/repository on GitHub');
  const providers = [...new Set(setup.trusts.map((trust) => trust.cloud))];
  const needsSubject = providers.some((provider) => provider !== 'npm' && provider !== 'pypi');
  return [
    ...(needsSubject ? [subjectStep(repository)] : []),
    ...environmentSteps(setup.trusts, repository),
    ...(setup.terraform === null
      ? providers.flatMap((provider) => providerStep(provider, repository))
      : [terraformStep(setup.terraform)]),
    // The variables right behind their trust: they take its names from the shell.
    ...setup.trusts.flatMap((trust) =>
      setup.terraform === null || !isOfTerraform(trust)
        ? trustSteps(trust, repository)
        : variablesFromTerraform(setup, trust, repository),
    ),
    verifyStep(setup, repository),
    switchStep(),
    ...(setup.secrets.length > 0 ? [lookStep(repository)] : []),
    ...setup.secrets.map((secret) => removeStep(secret, repository)),
    ...providers.flatMap((provider) => rotationSteps(provider, setup.trusts)),
  ];
}

/** Whether the Terraform that is written makes the trust of this provider. */
function isOfTerraform({ cloud }: CloudTrust): boolean {
  return cloud !== 'npm' && cloud !== 'pypi';
}

function subjectStep(repository: string): SetupStep {
  return {
    id: 'subject',
    phase: 'add',
    title: 'Ask GitHub how this repository is called in its tokens',
    why: 'Repositories that were created, renamed or transferred since July 2026 carry the ids of owner and repository in the `sub` claim, older ones only the names, and an organisation may have its own form; a trust with the wrong form refuses every login. If `use_default` is false, the claims below have to be adapted to `include_claim_keys`. The later commands use SUBJECT_PREFIX, so run them in the same shell.',
    command: [
      `REPOSITORY=${quoted(repository)}`,
      'gh api "repos/${REPOSITORY}/actions/oidc/customization/sub"',
      `SUBJECT_PREFIX="$(gh api "repos/\${REPOSITORY}/actions/oidc/customization/sub" --jq '.sub_claim_prefix // empty')"`,
      'SUBJECT_PREFIX="${SUBJECT_PREFIX:-repo:${REPOSITORY}}"',
      'echo "$SUBJECT_PREFIX"',
    ].join('\n'),
  };
}

/** Makes the environments that are missing; one that is there keeps its rules. */
function environmentSteps(trusts: readonly CloudTrust[], repository: string): readonly SetupStep[] {
  const names = [...new Set(trusts.flatMap((trust) => environmentOf(trust) ?? []))];
  if (names.length === 0) return [];
  return [
    {
      id: 'environments',
      phase: 'add',
      title: 'See to it that the environments are there, with their reviewers',
      why: 'The trust asks for the environment, so its reviewers and branches guard the cloud as well; their variables need it too. One that is there already is left as it is.',
      command: names
        .map((name) => {
          const path = quoted(`repos/${repository}/environments/${encodeURIComponent(name)}`);
          return `gh api ${path} --jq '[.name, .protection_rules[].type]' || gh api --method PUT ${path} --silent`;
        })
        .join('\n'),
    },
  ];
}

function providerStep(provider: Provider, repository: string): readonly SetupStep[] {
  switch (provider) {
    case 'aws':
      return [awsProvider];
    case 'google':
      return [googleProvider(repository)];
    case 'vault':
      return [vaultProvider];
    case 'azure':
    case 'npm':
    case 'pypi':
      return [];
  }
}

function trustSteps(trust: CloudTrust, repository: string): readonly SetupStep[] {
  switch (trust.cloud) {
    case 'aws':
      return awsSteps(trust, repository);
    case 'azure':
      return azureSteps(trust, repository);
    case 'google':
      return googleSteps(trust, repository);
    case 'vault':
      return vaultSteps(trust, repository);
    case 'npm':
      return npmSteps(trust, repository);
    case 'pypi':
      return pypiSteps(trust, repository);
  }
}

function terraformStep(path: string): SetupStep {
  const folder = folderOf(path);
  return {
    id: 'terraform',
    phase: 'add',
    title: `Apply ${path}`,
    why: 'It makes the trust and gives the roles. Read the plan first: it should add and change nothing that is there. Its outputs are the values of the variables below.',
    command: [
      `terraform -chdir=${quoted(folder)} init`,
      `terraform -chdir=${quoted(folder)} plan -out=oidc.tfplan -var "github_subject_prefix=\${SUBJECT_PREFIX}"`,
      `terraform -chdir=${quoted(folder)} apply oidc.tfplan`,
      `terraform -chdir=${quoted(folder)} output`,
    ].join('\n'),
  };
}

/** The variables with the outputs of Terraform as their values. */
function variablesFromTerraform(
  { terraform, trusts, repository: known }: CloudSetup,
  trust: CloudTrust,
  repository: string,
): readonly SetupStep[] {
  const folder = folderOf(terraform ?? '');
  const outputs = outputsOf(trusts, known).get(trust) ?? {};
  const output = (input: string): string =>
    `"$(terraform -chdir=${quoted(folder)} output -raw ${outputs[input] ?? ''})"`;
  return variableStep(trust, repository, {
    ...Object.fromEntries(Object.keys(outputs).map((input) => [input, output(input)])),
    'tenant-id': '"$(az account show --query tenantId --output tsv)"',
    'subscription-id': '"$(az account show --query id --output tsv)"',
  });
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/') || '.';
}

function verifyStep(setup: CloudSetup, repository: string): SetupStep {
  const commands = setup.workflows
    .filter((workflow) => workflow.canDispatch)
    .map(
      (workflow) =>
        `gh workflow run ${quoted(workflow.path.split('/').pop() ?? workflow.path)} --repo ${quoted(repository)} --ref '${placeholder('branch with the change')}'`,
    );
  return {
    id: 'verify',
    phase: 'verify',
    title: 'Run the changed workflows from their branch, non-production first, and see that the login works',
    why: 'The default branch still deploys with the old secret. A login that is refused shows the claim that it came with; the audit log shows the new identity when it works (AWS CloudTrail: AssumeRoleWithWebIdentity; Azure: sign-ins of the identity; Google: audit logs of iamcredentials; Vault: auth/jwt/login). A trust bound to an environment or branch takes runs from there only.',
    command: commands.length > 0 ? commands.join('\n') : null,
  };
}

function switchStep(): SetupStep {
  return {
    id: 'switch',
    phase: 'switch',
    title: 'Merge the change, and see one deployment of each environment through',
    why: 'The old secrets stay where they are until then, so that a revert of the change is all that going back takes.',
    command: null,
  };
}

function removeStep(secret: SecretUses, repository: string): SetupStep {
  const { name, uses, mentions, hidden } = secret;
  const places = (all: SecretUses['uses']): string => {
    const shown = all.slice(0, 8).map(({ path, line }) => `${path}:${line}`);
    return shown.join(', ') + (all.length > shown.length ? ` and ${all.length - shown.length} more` : '');
  };
  const remove = `gh secret delete ${name} --repo ${quoted(repository)}`;
  if (uses.length > 0) {
    return {
      id: `remove:${name}`,
      phase: 'remove',
      title: `Keep the secret ${name}: it is still used`,
      why: `After the change ${places(uses)} still ${uses.length === 1 ? 'takes' : 'take'} it. Change that first, then run this command again.`,
      command: null,
    };
  }
  if (hidden.length > 0 || mentions.length > 0 || !secret.isComplete) {
    return {
      id: `remove:${name}`,
      phase: 'remove',
      title: `Remove the secret ${name} after a look`,
      why: [
        'No workflow or action names it as a secret after the change.',
        hidden.length > 0 ? `${places(hidden)} can reach secrets without naming them.` : '',
        mentions.length > 0
          ? `Its name stands in ${places(mentions)}: see whether that reads the stored value.`
          : '',
        secret.isComplete ? '' : 'Not every file could be read.',
      ]
        .filter((part) => part !== '')
        .join(' '),
      command: remove,
    };
  }
  return {
    id: `remove:${name}`,
    phase: 'remove',
    title: `Remove the secret ${name}: nothing in the repository uses it any more`,
    why: 'No workflow, action or script names it after the change.',
    command: remove,
  };
}

function lookStep(repository: string): SetupStep {
  return {
    id: 'look',
    phase: 'remove',
    title: 'Look where the old secrets are stored',
    why: 'After the first production deployment with the new login, not before. A secret of an environment needs `--env NAME` to be deleted, and one of the organisation is shared with other repositories.',
    command: `gh secret list --repo ${quoted(repository)}`,
  };
}

function rotationSteps(provider: Provider, trusts: readonly CloudTrust[]): readonly SetupStep[] {
  switch (provider) {
    case 'aws':
      return [awsRotation];
    case 'azure': {
      const forms = trusts.flatMap((trust) => (trust.cloud === 'azure' ? trust.forms : []));
      const isOfResource = (form: CredentialForm): boolean =>
        form === 'publish-profile' || form === 'registry-input';
      return [
        ...(forms.some((form) => !isOfResource(form)) ? [azureRotation] : []),
        ...(forms.some(isOfResource) ? [azurePasswordRotation] : []),
      ];
    }
    case 'google':
      return [googleRotation];
    case 'vault':
      return [vaultRotation];
    case 'npm':
      return [npmRotation];
    case 'pypi':
      return [pypiRotation];
  }
}
