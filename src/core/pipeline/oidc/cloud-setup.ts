import { placeholder } from '../../evidence/fact';
import type { Cloud } from '../../workflow/credential-uses';
import { claimOf, describeSubject, type Subject } from './subjects';

/** Something that a person does outside the repository; the same shape as a task's manual step. */
export interface SetupStep {
  readonly title: string;
  readonly why: string;
  readonly command: string | null;
}

/** What was changed to OIDC for one identity of one cloud. */
export interface CloudTrust {
  readonly cloud: Cloud;
  /** One environment, or the branches that a job without one runs on: at least one. */
  readonly subjects: readonly Subject[];
  /** Input of the login action to the name of its variable; empty where the login needs none. */
  readonly variables: Readonly<Record<string, string>>;
  readonly needsRegion: boolean;
}

/** What the steps are about. */
export interface CloudSetup {
  /** `owner/name`; null where no remote tells. */
  readonly repository: string | null;
  readonly trusts: readonly CloudTrust[];
  /** Secrets that nothing uses any more after the change. */
  readonly unusedSecrets: readonly string[];
  readonly workflows: readonly { readonly path: string; readonly canDispatch: boolean }[];
}

const ISSUER = 'https://token.actions.githubusercontent.com';

/**
 * The way from a static key to OIDC in an order in which nothing breaks: learn the subject, add the trust, set the
 * variables, switch on a branch and verify, and only then remove the secret and revoke the key.
 *
 * Sources: docs.github.com, "OpenID Connect reference" (claims, immutable subjects), and its pages for AWS, Azure and
 * Google Cloud; `GET /repos/{owner}/{repo}/actions/oidc/customization/sub` gives `sub_claim_prefix`.
 */
export function cloudSetupSteps(setup: CloudSetup): readonly SetupStep[] {
  const repository = setup.repository ?? placeholder('owner/repository on GitHub');
  const clouds = [...new Set(setup.trusts.map((trust) => trust.cloud))];
  return [
    subjectStep(repository),
    ...clouds.flatMap((cloud) => providerStep(cloud, repository)),
    // The variables right behind their trust: they take its names from the shell.
    ...setup.trusts.flatMap((trust) => [trustStep(trust, repository), ...variableStep(trust, repository)]),
    verifyStep(setup, repository),
    ...(setup.unusedSecrets.length > 0 ? [removeStep(setup.unusedSecrets, repository)] : []),
    ...clouds.map(revokeStep),
  ];
}

function subjectStep(repository: string): SetupStep {
  return {
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

/** What is made once per account, tenant or project. */
function providerStep(cloud: Cloud, repository: string): readonly SetupStep[] {
  switch (cloud) {
    case 'aws':
      return [
        {
          title: "AWS: register GitHub's token issuer in the account (once)",
          why: 'AWS has to know the issuer before a role can trust it. An answer of EntityAlreadyExists means that it is done already.',
          command: [
            'ACCOUNT_ID="$(aws sts get-caller-identity --query Account --output text)"',
            'aws iam create-open-id-connect-provider \\',
            `  --url ${ISSUER} \\`,
            '  --client-id-list sts.amazonaws.com',
          ].join('\n'),
        },
      ];
    case 'azure':
      return [];
    case 'google':
      return [
        {
          title: 'Google Cloud: create the pool and the provider (once)',
          why: "The attribute condition lets in tokens of this repository only, by its id, which nobody can take over by reusing a name; without it the provider would take every repository's token.",
          command: [
            `PROJECT_ID='${placeholder('project id')}'`,
            'PROJECT_NUMBER="$(gcloud projects describe "$PROJECT_ID" --format=\'value(projectNumber)\')"',
            `REPOSITORY_ID="$(gh api ${quoted(`repos/${repository}`)} --jq .id)"`,
            'gcloud iam workload-identity-pools create github \\',
            '  --project="$PROJECT_ID" --location=global --display-name="GitHub Actions"',
            `gcloud iam workload-identity-pools providers create-oidc ${slug(repository)} \\`,
            '  --project="$PROJECT_ID" --location=global --workload-identity-pool=github \\',
            `  --issuer-uri=${ISSUER} \\`,
            '  --attribute-mapping="google.subject=assertion.sub,attribute.repository_id=assertion.repository_id" \\',
            '  --attribute-condition="assertion.repository_id == \'${REPOSITORY_ID}\'"',
          ].join('\n'),
        },
      ];
  }
}

function trustStep(trust: CloudTrust, repository: string): SetupStep {
  const where = placeOf(trust);
  const claims = trust.subjects.map((subject) => claimOf(subject) ?? placeholder(describeSubject(subject)));
  const nameFor = (subject: Subject | undefined): string => {
    const of = subject && 'name' in subject ? subject.name : 'deploy';
    return slug(`${repository.split('/').pop() ?? 'repository'}-${of.replaceAll('/', '-')}`);
  };
  const why =
    environmentOf(trust) === null
      ? 'The job names no environment, so the trust can only be bound to a branch: everybody who can push there gets in. An environment on the job would let the trust require its approval.'
      : `Only a job of this repository in ${where} gets in, so the approval that guards the environment guards the cloud too.`;
  switch (trust.cloud) {
    case 'aws':
      return {
        title: `AWS: create a role that trusts ${where}`,
        why: `${why} Give the role what the deployment needs and no more; the list of the old user's policies is where to start.`,
        command: [
          `ROLE_NAME='github-${nameFor(trust.subjects[0])}'`,
          'cat > trust-policy.json <<EOF',
          '{',
          '  "Version": "2012-10-17",',
          '  "Statement": [',
          '    {',
          '      "Effect": "Allow",',
          '      "Principal": { "Federated": "arn:aws:iam::${ACCOUNT_ID}:oidc-provider/token.actions.githubusercontent.com" },',
          '      "Action": "sts:AssumeRoleWithWebIdentity",',
          '      "Condition": {',
          `        "StringEquals": {`,
          '          "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",',
          `          "token.actions.githubusercontent.com:sub": [${claims.map((claim) => `"\${SUBJECT_PREFIX}:${claim}"`).join(', ')}]`,
          '        }',
          '      }',
          '    }',
          '  ]',
          '}',
          'EOF',
          'aws iam create-role --role-name "$ROLE_NAME" --assume-role-policy-document file://trust-policy.json',
          `OLD_USER='${placeholder('IAM user that owns the key')}'`,
          'aws iam list-attached-user-policies --user-name "$OLD_USER"',
          'aws iam list-user-policies --user-name "$OLD_USER"',
          `aws iam attach-role-policy --role-name "$ROLE_NAME" --policy-arn '${placeholder('policy that the deployment needs')}'`,
        ].join('\n'),
      };
    case 'azure':
      return {
        title: `Azure: let ${where} log in as the existing application`,
        why: `${why} The application keeps its role assignments; only the way to log in is added.`,
        command: [
          `APP_ID='${placeholder('clientId of the application in the present secret')}'`,
          ...trust.subjects.flatMap((subject, index) => [
            'cat > federated-credential.json <<EOF',
            '{',
            `  "name": "github-${nameFor(subject)}",`,
            `  "issuer": "${ISSUER}",`,
            `  "subject": "\${SUBJECT_PREFIX}:${claims[index] ?? ''}",`,
            '  "audiences": ["api://AzureADTokenExchange"]',
            '}',
            'EOF',
            'az ad app federated-credential create --id "$APP_ID" --parameters @federated-credential.json',
          ]),
        ].join('\n'),
      };
    case 'google':
      return {
        title: `Google Cloud: let ${where} act as the existing service account`,
        why: `${why} The service account keeps its roles; only the way to become it is added.`,
        command: [
          `SERVICE_ACCOUNT='${placeholder('client_email in the present key')}'`,
          ...claims.flatMap((claim) => [
            'gcloud iam service-accounts add-iam-policy-binding "$SERVICE_ACCOUNT" \\',
            '  --project="$PROJECT_ID" --role=roles/iam.workloadIdentityUser \\',
            `  --member="principal://iam.googleapis.com/projects/\${PROJECT_NUMBER}/locations/global/workloadIdentityPools/github/subject/\${SUBJECT_PREFIX}:${claim}"`,
          ]),
        ].join('\n'),
      };
  }
}

/** The environment that a trust is bound to; null where it is bound to branches. */
function environmentOf(trust: CloudTrust): string | null {
  const [subject] = trust.subjects;
  return subject?.kind === 'environment' ? subject.name : null;
}

function placeOf(trust: CloudTrust): string {
  return trust.subjects.map(describeSubject).join(' and ');
}

/** Values of the inputs, from the shell variables of the steps before. */
const VALUES: Readonly<Record<string, string>> = {
  'role-to-assume': '"arn:aws:iam::${ACCOUNT_ID}:role/${ROLE_NAME}"',
  'client-id': '"$APP_ID"',
  'tenant-id': '"$(az account show --query tenantId --output tsv)"',
  'subscription-id': '"$(az account show --query id --output tsv)"',
  service_account: '"$SERVICE_ACCOUNT"',
};

function variableStep(trust: CloudTrust, repository: string): readonly SetupStep[] {
  const inputs = Object.entries(trust.variables);
  if (inputs.length === 0) return [];
  const environment = environmentOf(trust);
  const scope = environment === null ? '' : ` --env ${quoted(environment)}`;
  const lines = inputs.map(([input, variable]) => {
    const value =
      input === 'workload_identity_provider'
        ? `"projects/\${PROJECT_NUMBER}/locations/global/workloadIdentityPools/github/providers/${slug(repository)}"`
        : (VALUES[input] ?? quoted(placeholder(input)));
    return `gh variable set ${variable} --repo ${quoted(repository)}${scope} --body ${value}`;
  });
  if (trust.needsRegion) {
    lines.push(
      `gh variable set AWS_REGION --repo ${quoted(repository)}${scope} --body ${quoted(placeholder('AWS region'))}`,
    );
  }
  return [
    {
      title: `Set the variables for ${placeOf(trust)}`,
      why: 'None of these values is secret; as variables of the environment they can differ between environments under one name.',
      command: lines.join('\n'),
    },
  ];
}

function verifyStep(setup: CloudSetup, repository: string): SetupStep {
  const commands = setup.workflows
    .filter((workflow) => workflow.canDispatch)
    .map(
      (workflow) =>
        `gh workflow run ${quoted(workflow.path.split('/').pop() ?? workflow.path)} --repo ${quoted(repository)} --ref '${placeholder('branch with the change')}'`,
    );
  return {
    title: 'Switch on a branch, non-production first, and verify that the login works',
    why: 'The old secret is still there, so going back is one revert. A login that is refused shows the claim that it came with; the cloud’s audit log shows the new identity when it works (AWS CloudTrail: AssumeRoleWithWebIdentity; Azure: service principal sign-ins; Google: audit logs of iamcredentials). A trust bound to an environment or branch takes runs from there only.',
    command: commands.length > 0 ? commands.join('\n') : null,
  };
}

function removeStep(secrets: readonly string[], repository: string): SetupStep {
  return {
    title: 'Remove the secrets from GitHub',
    why: 'After the first production deployment with the new login, not before. Look first where they are stored: an environment’s secret needs `--env NAME`, and an organisation’s is shared with other repositories.',
    command: [
      `gh secret list --repo ${quoted(repository)}`,
      ...secrets.map((secret) => `gh secret delete ${secret} --repo ${quoted(repository)}`),
    ].join('\n'),
  };
}

function revokeStep(cloud: Cloud): SetupStep {
  switch (cloud) {
    case 'aws':
      return {
        title: 'AWS: disable the old key, then delete it',
        why: 'Removing the secret hides the key; only this ends it. Disabling first can be undone in a second if something else still uses it.',
        command: [
          `OLD_KEY_ID='${placeholder('access key id')}'`,
          'aws iam get-access-key-last-used --access-key-id "$OLD_KEY_ID"',
          'aws iam update-access-key --user-name "$OLD_USER" --access-key-id "$OLD_KEY_ID" --status Inactive',
          '# A few days later, when nothing has failed:',
          'aws iam delete-access-key --user-name "$OLD_USER" --access-key-id "$OLD_KEY_ID"',
        ].join('\n'),
      };
    case 'azure':
      return {
        title: 'Azure: delete the old client secret',
        why: 'Removing the secret from GitHub hides it; only this ends it. It cannot be undone: check the sign-in log for other users of it first.',
        command: [
          'az ad app credential list --id "$APP_ID" --output table',
          `az ad app credential delete --id "$APP_ID" --key-id '${placeholder('keyId of the old secret')}'`,
        ].join('\n'),
      };
    case 'google':
      return {
        title: 'Google Cloud: disable the old key, then delete it',
        why: 'Removing the secret hides the key; only this ends it. Disabling first can be undone if something else still uses it.',
        command: [
          'gcloud iam service-accounts keys list --iam-account="$SERVICE_ACCOUNT" --managed-by=user',
          `KEY_ID='${placeholder('key id')}'`,
          'gcloud iam service-accounts keys disable "$KEY_ID" --iam-account="$SERVICE_ACCOUNT"',
          '# A few days later, when nothing has failed:',
          'gcloud iam service-accounts keys delete "$KEY_ID" --iam-account="$SERVICE_ACCOUNT"',
        ].join('\n'),
      };
  }
}

/** In single quotes for a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Lower case letters, digits and hyphens, 4 to 32 of them, as the clouds' names allow. */
function slug(text: string): string {
  const name = (text.includes('UNKNOWN(') ? 'repository' : (text.split('/').pop() ?? text))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 32)
    .replace(/-+$/, '');
  return name.length >= 4 ? name : `repo-${name}`.replace(/-+$/, '');
}
