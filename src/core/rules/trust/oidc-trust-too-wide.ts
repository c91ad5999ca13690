import type { ClaimValue, PoolMember, TrustFile, TrustGrant } from '../../evidence/trust/trust';
import { lineBreakOf } from '../../text/edit';
import { actionOf } from '../../workflow/credential-uses';
import type { JobFacts } from '../../workflow/understanding';
import type { Fix, FindingEvidence, GateFacts, RuleFinding, Severity, TrustRule } from '../rule';
import { hasPurpose } from '../workflow/production-path';
import { isOfDeployments, isOfPullRequests, widthOf, type JudgedWidth } from './trust-width';

/**
 * A cloud, or Vault, that lets in more of GitHub's tokens than the one job that needs to get in.
 * https://docs.github.com/actions/concepts/security/openid-connect
 */
export const rule: TrustRule = {
  subject: 'trust',
  id: 'oidc-trust-too-wide',
  title: 'A trust in GitHub tokens lets too many in',
  severity: 'block',
  why: 'The trust is what takes the place of the secret: whoever it lets in has what the deployment has, without any secret to steal first.',
  check: (file, facts) => [
    ...file.grants.flatMap((grant) => judge(file, grant, facts)),
    ...pullRequestsOf(file),
    ...file.poolMembers.flatMap((member) => judgeMember(file, member, facts)),
  ],
};

function judge(file: TrustFile, grant: TrustGrant, facts: GateFacts): readonly RuleFinding[] {
  if (grant.provider === 'google') return judgeProvider(file, grant, facts);
  const judged = widthOf(grant);
  const { width } = judged;
  const uses = grant.roleName === null ? [] : deploymentsBy(grant.roleName, facts);
  const found = (severity: Severity, message: string): readonly RuleFinding[] => [
    {
      path: file.path,
      span: judged.value?.span ?? judged.test?.span ?? grant.span,
      status: 'fail',
      severity,
      message,
      ...evidenceOf(uses),
    },
  ];
  switch (width) {
    case 'everybody':
      return grant.isOfEnterprise
        ? found('warn', `${said(grant, judged)} every repository of the enterprise in: ${remedy(grant)}`)
        : found('block', `${said(grant, judged)} every repository on GitHub in: ${remedy(grant)}`);
    case 'organisation':
      return found(
        'warn',
        `${said(grant, judged)} every repository of the owner in, whoever may make one: ${remedy(grant)}`,
      );
    case 'repository':
      return found(
        uses.length > 0 ? 'warn' : 'info',
        `${said(grant, judged)} every branch and pull request of the repository in${uses.length > 0 ? ', and a workflow deploys with it' : ''}: ${remedy(grant)}`,
      );
    case 'narrow':
      return missingAudience(file, grant);
    case 'unknown':
      return [];
  }
}

/** The beginning of a sentence that ends with whom it lets in. */
function said(grant: TrustGrant, { test, value }: JudgedWidth): string {
  const name = grant.name.charAt(0).toUpperCase() + grant.name.slice(1);
  if (!test) return `${name} has no condition on \`sub\` and lets`;
  return value ? `${name} takes "${value.text}" as \`${test.claim}\` and lets` : `${name} lets`;
}

function remedy({ provider }: TrustGrant): string {
  const subject = 'repo:OWNER/NAME:environment:NAME';
  switch (provider) {
    case 'aws':
      return `compare \`token.actions.githubusercontent.com:sub\` by StringEquals with \`${subject}\``;
    case 'azure':
      return `name the subject \`${subject}\` whole`;
    case 'google':
      return 'give the provider an `attribute_condition` on `assertion.repository_id`, and bind each service account to one `subject`';
    case 'vault':
      return `bind the claim \`sub\` to \`${subject}\` without a pattern`;
  }
}

/**
 * AWS looks at the audience by itself, since the provider lists the ones that it takes; the condition keeps a second
 * audience of the same provider out.
 */
function missingAudience(file: TrustFile, grant: TrustGrant): readonly RuleFinding[] {
  if (grant.provider !== 'aws' || grant.isPartly || grant.tests.some(({ claim }) => claim === 'aud'))
    return [];
  const fix = audienceFix(file, grant);
  return [
    {
      path: file.path,
      span: grant.span,
      status: 'fail',
      severity: 'info',
      message: `${grant.name.charAt(0).toUpperCase()}${grant.name.slice(1)} has no condition on \`aud\`, so every audience that the provider lists gets in: compare \`token.actions.githubusercontent.com:aud\` with \`sts.amazonaws.com\``,
      ...(fix ? { fix } : {}),
    },
  ];
}

function audienceFix(file: TrustFile, { audienceAt }: TrustGrant): Fix | null {
  if (!audienceAt) return null;
  const { offset, indent } = audienceAt;
  const lines = [
    '',
    `${indent}condition {`,
    `${indent}  test     = "StringEquals"`,
    `${indent}  variable = "token.actions.githubusercontent.com:aud"`,
    `${indent}  values   = ["sts.amazonaws.com"]`,
    `${indent}}`,
    '',
  ];
  return {
    kind: 'proposed',
    title: 'Ask for the audience sts.amazonaws.com; a login that sets another one is then refused',
    edits: [
      {
        path: file.path,
        edits: [{ span: { start: offset, end: offset }, text: lines.join(lineBreakOf(file.text)) }],
      },
    ],
  };
}

/** A provider of Google Cloud without a condition takes every repository's token; how far it gets, the bindings say. */
function judgeProvider(file: TrustFile, grant: TrustGrant, facts: GateFacts): readonly RuleFinding[] {
  const binds = grant.tests.some(({ claim }) => !/^(?:aud|iss)$/.test(claim));
  if (binds || grant.isPartly) return [];
  const whole = membersBeside(file, facts).find(({ members }) => members === '*');
  return [
    {
      path: file.path,
      span: grant.span,
      status: 'fail',
      severity: whole ? 'block' : 'warn',
      message: `${grant.name.charAt(0).toUpperCase()}${grant.name.slice(1)} has no attribute condition and takes the token of every repository on GitHub: ${remedy(grant)}`,
      ...(whole
        ? {
            evidence: [
              { message: 'and everybody whom it takes is let in here', path: whole.path, span: whole.span },
            ],
          }
        : {}),
    },
  ];
}

/** A binding is as wide as its set of members, unless the provider beside it lets few in. */
function judgeMember(file: TrustFile, member: PoolMember, facts: GateFacts): readonly RuleFinding[] {
  const providers = filesBeside(file, facts).flatMap(({ grants }) =>
    grants.filter(({ provider }) => provider === 'google'),
  );
  // Without the provider nobody knows whether the pool is of GitHub at all.
  if (providers.length === 0) return [];
  const claims = new Set(providers.flatMap(({ tests }) => tests.map(({ claim }) => claim)));
  const isReadWhole = providers.every(({ isPartly }) => !isPartly);
  const isBound = ['sub', 'ref', 'environment', 'job_workflow_ref', 'workflow_ref', 'event_name'].some(
    (claim) => claims.has(claim),
  );
  const isOfRepository = isBound || claims.has('repository') || claims.has('repository_id');
  const found = (severity: Severity, whom: string): readonly RuleFinding[] => [
    {
      path: file.path,
      span: member.span,
      status: 'fail',
      severity,
      message: `The binding takes "${member.members}" of the pool and lets ${whom} in: bind the service account to one subject, \`principal://…/subject/repo:OWNER/NAME:environment:NAME\``,
    },
  ];
  if (!isReadWhole || isBound) return [];
  const isOwner = /^attribute\.repository_owner(?:_id)?\//.test(member.members);
  if (member.members === '*' || isOwner) {
    if (isOfRepository)
      return member.members === '*' ? found('info', 'every branch and pull request of the repository') : [];
    // The provider without a condition is told by itself, with this binding beside it.
    if (claims.size === 0 && !isOwner) return [];
    return found('warn', 'every repository of the owner, whoever may make one,');
  }
  return /^attribute\.repository(?:_id)?\//.test(member.members)
    ? found('info', 'every branch and pull request of the repository')
    : [];
}

/** One identity for pull requests and for deployments: whoever opens a pull request has what the deployment has. */
function pullRequestsOf(file: TrustFile): readonly RuleFinding[] {
  const byIdentity = new Map<string, readonly { readonly grant: TrustGrant; readonly value: ClaimValue }[]>();
  for (const [index, grant] of file.grants.entries()) {
    const values = grant.tests.flatMap(({ claim, values }) => (claim === 'sub' ? (values ?? []) : []));
    const key = `${grant.provider} ${grant.identity ?? index}`;
    byIdentity.set(key, [...(byIdentity.get(key) ?? []), ...values.map((value) => ({ grant, value }))]);
  }
  return [...byIdentity.values()].flatMap((subjects): readonly RuleFinding[] => {
    const open = subjects.find(({ value }) => isOfPullRequests(value));
    const deploying = subjects.find(({ value }) => isOfDeployments(value));
    if (!open || !deploying) return [];
    return [
      {
        path: file.path,
        span: open.value.span,
        status: 'fail',
        severity: 'warn',
        message: `${open.grant.name.charAt(0).toUpperCase()}${open.grant.name.slice(1)} takes "${open.value.text}", and the same identity deploys: give pull requests an identity of their own, with rights to read only`,
        evidence: [
          {
            message: `"${deploying.value.text}" is let in here`,
            path: file.path,
            span: deploying.value.span,
          },
        ],
      },
    ];
  });
}

/** The files of the same folder, which Terraform reads together, this one included. */
function filesBeside(file: TrustFile, { trustFiles }: GateFacts): readonly TrustFile[] {
  const folder = folderOf(file.path);
  const beside = (trustFiles ?? []).filter(({ path }) => folderOf(path) === folder);
  return beside.includes(file) ? beside : [file, ...beside];
}

function membersBeside(file: TrustFile, facts: GateFacts): readonly PoolMember[] {
  return filesBeside(file, facts).flatMap(({ poolMembers }) => poolMembers);
}

function folderOf(path: string): string {
  return path.split('/').slice(0, -1).join('/');
}

/** The jobs that deploy and log in with a role of that name. */
function deploymentsBy(roleName: string, { workflows }: GateFacts): readonly JobFacts[] {
  return (workflows?.jobs ?? []).filter(
    (facts) =>
      (hasPurpose(facts, 'deploy') || hasPurpose(facts, 'rollback')) &&
      facts.job.steps.some(
        (step) =>
          actionOf(step) === 'aws-actions/configure-aws-credentials' &&
          step.with.some(
            ({ name, value }) =>
              name.value.toLowerCase() === 'role-to-assume' && value.text.trim().endsWith(`role/${roleName}`),
          ),
      ),
  );
}

function evidenceOf(uses: readonly JobFacts[]): { readonly evidence?: readonly FindingEvidence[] } {
  return uses.length === 0
    ? {}
    : {
        evidence: uses.slice(0, 3).map(({ workflow, job }) => ({
          message: `"${job.id.value}" deploys with it`,
          path: workflow.path,
          span: job.id.span,
        })),
      };
}
