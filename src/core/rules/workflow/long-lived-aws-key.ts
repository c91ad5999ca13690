import type { WorkflowRule } from '../rule';
import { staticCredentialFindings } from './static-credentials';

/**
 * A static AWS key where GitHub's OIDC login would give a short-lived one.
 * https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 */
export const rule: WorkflowRule = {
  subject: 'workflows',
  id: 'long-lived-aws-key',
  title: 'A static AWS key is used',
  severity: 'block',
  why: 'A static key works for whoever holds it, from anywhere, until somebody remembers to change it; an OIDC login is bound to this repository and ends with the job.',
  check: (set, gate) =>
    staticCredentialFindings(
      set,
      gate,
      'aws',
      'an AWS key',
      'log in by OIDC with `role-to-assume` (/secure-cloud-auth-with-oidc writes it), then delete the key in AWS and the secret here',
    ),
};
