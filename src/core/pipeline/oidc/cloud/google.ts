import { placeholder } from '../../../evidence/fact';
import { quoted } from '../../../shell/fill-variables';
import type { RoleNeed } from '../needs/needs';
import {
  boundTo,
  claimText,
  idOf,
  ISSUER,
  placeOf,
  slug,
  stillNeeded,
  variableStep,
  type CloudTrust,
  type SetupStep,
} from './trust';

/** What is made once per project. */
export function googleProvider(repository: string): SetupStep {
  return {
    id: 'provider:google',
    phase: 'add',
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
  };
}

/**
 * The subjects may act as the service account that the key is of.
 * https://github.com/google-github-actions/auth, "Workload Identity Federation through a Service Account"
 */
export function googleSteps(trust: CloudTrust, repository: string): readonly SetupStep[] {
  return [
    {
      id: idOf(trust, 'trust'),
      phase: 'add',
      title: `Google Cloud: let ${placeOf(trust)} act as the existing service account`,
      why: `${boundTo(trust)} The service account keeps its roles; only the way to become it is added.`,
      command: [
        `SERVICE_ACCOUNT='${placeholder('client_email in the present key')}'`,
        ...trust.subjects.flatMap((subject) => [
          'gcloud iam service-accounts add-iam-policy-binding "$SERVICE_ACCOUNT" \\',
          '  --project="$PROJECT_ID" --role=roles/iam.workloadIdentityUser \\',
          `  --member="principal://iam.googleapis.com/projects/\${PROJECT_NUMBER}/locations/global/workloadIdentityPools/github/subject/\${SUBJECT_PREFIX}:${claimText(subject)}"`,
        ]),
      ].join('\n'),
    },
    ...rolesStep(trust),
    ...variableStep(trust, repository, {
      workload_identity_provider: `"projects/\${PROJECT_NUMBER}/locations/global/workloadIdentityPools/github/providers/${slug(repository)}"`,
      service_account: '"$SERVICE_ACCOUNT"',
    }),
  ];
}

function rolesStep(trust: CloudTrust): readonly SetupStep[] {
  const { google: needs, unknown } = trust.needs;
  if (needs.length === 0 && unknown.length === 0) return [];
  return [
    {
      id: idOf(trust, 'roles'),
      phase: 'add',
      title: `Google Cloud: the roles that ${placeOf(trust)} needs`,
      why: 'What the commands and actions of the job are seen to need. The service account has roles already: what the first command shows beyond these may be more than it needs.',
      command: [
        'gcloud projects get-iam-policy "$PROJECT_ID" --flatten=\'bindings[].members\' \\',
        '  --filter="bindings.members:serviceAccount:${SERVICE_ACCOUNT}" --format=\'value(bindings.role)\'',
        ...needs.flatMap((need) => grant(need)),
        ...stillNeeded(trust),
      ].join('\n'),
    },
  ];
}

function grant({ role, scope }: RoleNeed): readonly string[] {
  const member = `  --member="serviceAccount:\${SERVICE_ACCOUNT}" --role=${role}`;
  const name = scope.name ?? placeholder(scope.needed);
  switch (scope.kind) {
    case 'service-account':
      return [
        `gcloud iam service-accounts add-iam-policy-binding '${name}' --project="$PROJECT_ID" \\`,
        member,
      ];
    case 'bucket':
      return [`gcloud storage buckets add-iam-policy-binding 'gs://${name}' \\`, member];
    case 'repository': {
      const [location = '', project = '', repository = ''] = scope.name?.split('/') ?? [];
      return scope.name === null
        ? [`# ${role} on ${name}`]
        : [
            `gcloud artifacts repositories add-iam-policy-binding ${repository} --location=${location} --project=${project} \\`,
            member,
          ];
    }
    default:
      return ['gcloud projects add-iam-policy-binding "$PROJECT_ID" --condition=None \\', member];
  }
}

export const googleRotation: SetupStep = {
  id: 'rotate:google',
  phase: 'rotate',
  title: 'Google Cloud: disable the old key, then delete it',
  why: 'Removing the secret hides the key; only this ends it. Disabling first can be undone if something else still uses it.',
  command: [
    `SERVICE_ACCOUNT='${placeholder('client_email in the present key')}'`,
    'gcloud iam service-accounts keys list --iam-account="$SERVICE_ACCOUNT" --managed-by=user',
    `KEY_ID='${placeholder('key id')}'`,
    'gcloud iam service-accounts keys disable "$KEY_ID" --iam-account="$SERVICE_ACCOUNT"',
    '# A few days later, when nothing has failed:',
    'gcloud iam service-accounts keys delete "$KEY_ID" --iam-account="$SERVICE_ACCOUNT"',
  ].join('\n'),
};
