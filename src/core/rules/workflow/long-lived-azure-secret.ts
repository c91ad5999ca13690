import type { WorkflowRule } from '../rule';
import { staticCredentialFindings } from './static-credentials';

/**
 * A static Azure secret or publish profile where GitHub's OIDC login would do.
 * https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-azure
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'long-lived-azure-secret',
  title: 'A static Azure secret is used',
  severity: 'block',
  why: 'A client secret or publish profile works for whoever holds it, from anywhere, for months; a federated login is bound to this repository and ends with the job.',
  check: (set, gate) =>
    staticCredentialFindings(
      set,
      gate,
      'azure',
      'an Azure secret',
      'use `client-id`, `tenant-id` and `subscription-id` (/secure-cloud-auth-with-oidc writes them), then delete the secret in Azure and here',
    ),
};
