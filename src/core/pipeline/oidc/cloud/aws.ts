import { placeholder } from '../../../evidence/fact';
import type { AwsNeed } from '../needs/needs';
import {
  boundTo,
  claimText,
  idOf,
  ISSUER,
  nameFor,
  placeOf,
  stillNeeded,
  variableStep,
  type CloudTrust,
  type SetupStep,
} from './trust';

/** What is made once per account. */
export const awsProvider: SetupStep = {
  id: 'provider:aws',
  phase: 'add',
  title: "AWS: register GitHub's token issuer in the account (once)",
  why: 'AWS has to know the issuer before a role can trust it. An answer of EntityAlreadyExists means that it is done already.',
  command: [
    'ACCOUNT_ID="$(aws sts get-caller-identity --query Account --output text)"',
    'aws iam create-open-id-connect-provider \\',
    `  --url ${ISSUER} \\`,
    '  --client-id-list sts.amazonaws.com',
  ].join('\n'),
};

/**
 * A role that trusts the subjects, with the permissions that the jobs' commands need.
 * https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export function awsSteps(trust: CloudTrust, repository: string): readonly SetupStep[] {
  const claims = trust.subjects.map(claimText);
  const { aws: needs, unknown, eksClusters } = trust.needs;
  const permissions =
    needs.length === 0 && unknown.length === 0
      ? [
          `aws iam attach-role-policy --role-name "$ROLE_NAME" --policy-arn '${placeholder('policy that the deployment needs')}'`,
        ]
      : [
          ...(needs.length > 0
            ? [
                'cat > permissions.json <<EOF',
                ...policyOf(needs, '${ACCOUNT_ID}', '${REGION}'),
                'EOF',
                'aws iam put-role-policy --role-name "$ROLE_NAME" --policy-name deploy --policy-document file://permissions.json',
              ]
            : []),
          ...stillNeeded(trust),
        ];
  const isRegional = needs.some(({ resources }) =>
    resources.some((resource) => resource.includes('{region}')),
  );
  return [
    {
      id: idOf(trust, 'trust'),
      phase: 'add',
      title: `AWS: create a role that trusts ${placeOf(trust)}`,
      why: `${boundTo(trust)} Its permissions are what the commands and actions of the job are seen to need; the old user's policies tell what may be missing.`,
      command: [
        `ROLE_NAME='github-${nameFor(repository, trust.subjects[0])}'`,
        ...(isRegional ? [`REGION='${placeholder('AWS region')}'`] : []),
        'cat > trust-policy.json <<EOF',
        '{',
        '  "Version": "2012-10-17",',
        '  "Statement": [',
        '    {',
        '      "Effect": "Allow",',
        '      "Principal": { "Federated": "arn:aws:iam::${ACCOUNT_ID}:oidc-provider/token.actions.githubusercontent.com" },',
        '      "Action": "sts:AssumeRoleWithWebIdentity",',
        '      "Condition": {',
        '        "StringEquals": {',
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
        ...permissions,
      ].join('\n'),
    },
    ...(eksClusters.length > 0 ? [eksStep(trust)] : []),
    ...variableStep(trust, repository, {
      'role-to-assume': '"arn:aws:iam::${ACCOUNT_ID}:role/${ROLE_NAME}"',
    }),
  ];
}

/** The cluster lets the role in by an access entry: docs.aws.amazon.com/eks/latest/userguide/access-entries.html. */
function eksStep(trust: CloudTrust): SetupStep {
  return {
    id: idOf(trust, 'eks'),
    phase: 'add',
    title: `AWS: let the role of ${placeOf(trust)} into the cluster`,
    why: 'kubectl and helm act by what the cluster allows the role; AmazonEKSEditPolicy on one namespace is what most deployments need, and nothing in the files tells the namespace for sure.',
    command: trust.needs.eksClusters
      .flatMap((cluster) => [
        `CLUSTER='${cluster ?? placeholder('name of the EKS cluster')}'`,
        'aws eks create-access-entry --cluster-name "$CLUSTER" \\',
        '  --principal-arn "arn:aws:iam::${ACCOUNT_ID}:role/${ROLE_NAME}"',
        'aws eks associate-access-policy --cluster-name "$CLUSTER" \\',
        '  --principal-arn "arn:aws:iam::${ACCOUNT_ID}:role/${ROLE_NAME}" \\',
        '  --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy \\',
        `  --access-scope 'type=namespace,namespaces=${placeholder('namespace that is deployed to')}'`,
      ])
      .join('\n'),
  };
}

/** The statements as the lines of a policy; `account` and `region` are how the shell or Terraform calls them. */
export function policyOf(needs: readonly AwsNeed[], account: string, region: string): readonly string[] {
  const filled = (resource: string): string =>
    resource.replaceAll('{account}', account).replaceAll('{region}', region);
  const text = JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: needs.map(({ actions, resources }) => ({
        Effect: 'Allow',
        Action: actions,
        Resource: resources.map(filled),
      })),
    },
    null,
    2,
  );
  return text.split('\n');
}

export const awsRotation: SetupStep = {
  id: 'rotate:aws',
  phase: 'rotate',
  title: 'AWS: disable the old key, then delete it',
  why: 'Removing the secret hides the key; only this ends it. Disabling first can be undone in a second if something else still uses it.',
  command: [
    `OLD_USER='${placeholder('IAM user that owns the key')}'`,
    `OLD_KEY_ID='${placeholder('access key id')}'`,
    'aws iam get-access-key-last-used --access-key-id "$OLD_KEY_ID"',
    'aws iam update-access-key --user-name "$OLD_USER" --access-key-id "$OLD_KEY_ID" --status Inactive',
    '# A few days later, when nothing has failed:',
    'aws iam delete-access-key --user-name "$OLD_USER" --access-key-id "$OLD_KEY_ID"',
  ].join('\n'),
};
