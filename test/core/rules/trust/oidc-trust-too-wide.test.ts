import assert from 'node:assert/strict';
import { check, describeFixtures } from '../rule-fixtures';

describeFixtures('oidc-trust-too-wide');

describe('oidc-trust-too-wide', () => {
  const statement = (above: string): string => `data "aws_iam_policy_document" "plan" {
  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    condition {
      test     = "StringLike"
      variable = "token.actions.githubusercontent.com:sub"
${above}      values   = ["repo:shop/*"]
    }
  }
}
`;

  it('is waived by a comment above the line, with its reason', async () => {
    const found = async (text: string): Promise<readonly (string | null)[]> =>
      (await check({ 'infra/iam.tf': text })).findings
        .filter(({ rule }) => rule === 'oidc-trust-too-wide')
        .map(({ waiver }) => waiver?.reason ?? null);
    assert.deepEqual(await found(statement('')), [null]);
    assert.deepEqual(
      await found(
        statement('      # release-gate: ignore[oidc-trust-too-wide] plans only read (until 2027-03-01)\n'),
      ),
      ['plans only read'],
    );
  });

  it('is asked again where a file beside it changes what it says', async () => {
    const provider = `resource "google_iam_workload_identity_pool_provider" "github" {
  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}
`;
    const member = `resource "google_service_account_iam_member" "a" {
  member = "principalSet://iam.googleapis.com/pool/*"
}
`;
    const severities = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> =>
      (await check(files)).findings
        .filter(({ rule }) => rule === 'oidc-trust-too-wide')
        .map(({ severity }) => severity);
    assert.deepEqual(await severities({ 'infra/a.tf': provider }), ['warn']);
    assert.deepEqual(await severities({ 'infra/a.tf': provider, 'infra/b.tf': member }), ['block']);
    assert.deepEqual(await severities({ 'infra/a.tf': provider, 'other/b.tf': member }), ['warn']);
    assert.deepEqual(await severities({ 'other/b.tf': member }), []);
  });
});
