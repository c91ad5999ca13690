import type { WorkflowRule } from '../rule';
import { staticCredentialFindings } from './static-credentials';

/**
 * A static Google service account key where Workload Identity Federation would do.
 * https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-google-cloud-platform
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'long-lived-gcp-key',
  title: 'A static Google Cloud key is used',
  severity: 'block',
  why: 'A service account key works for whoever holds it, from anywhere, until it is deleted; a federated login is bound to this repository and ends with the job.',
  check: (set, gate) =>
    staticCredentialFindings(
      set,
      gate,
      'google',
      'a Google Cloud key',
      'log in by OIDC with `workload_identity_provider` (/secure-cloud-auth-with-oidc writes it), then delete the key in Google Cloud and the secret here',
    ),
};
