import type { WorkflowRule } from '../rule';
import { actionOf, inputOf, isSecret, staticCredentials, type CredentialKind } from './static-credentials';

/** Names under which Azure's tools and Terraform take a service principal's secret; a bare CLIENT_SECRET is anybody's. */
const SECRET_NAMES = new Set(['ARM_CLIENT_SECRET', 'AZURE_CLIENT_SECRET', 'AZURE_CREDENTIALS']);

const kind: CredentialKind = {
  id: 'long-lived-azure-secret',
  cloud: 'Azure',
  remedy:
    'log in by OIDC with `client-id`, `tenant-id` and `subscription-id` (/secure-cloud-auth-with-oidc writes it), then delete the secret in Azure and here',
  ofEnv(entry) {
    if (!SECRET_NAMES.has(entry.name.value.toUpperCase()) || !isSecret(entry.value.text)) return null;
    return `\`${entry.name.value}\` from ${entry.value.text.trim()}`;
  },
  ofStep(step) {
    const action = actionOf(step);
    if (!action.startsWith('azure/')) return null;
    for (const name of ['creds', 'credentials', 'publish-profile']) {
      const input = inputOf(step, name);
      if (input && isSecret(input.value.text)) {
        return {
          what: `\`${input.name.value}\` of "${action}"`,
          span: { start: input.name.span.start, end: input.value.span.end },
        };
      }
    }
    return null;
  },
  ofCommand(words) {
    if (words[0] !== 'az' || words[1] !== 'login' || !words.includes('--service-principal')) return null;
    if (words.includes('--federated-token')) return null;
    return words.some((word) => word === '-p' || word === '--password' || word.startsWith('--password='))
      ? '`az login --service-principal` with a password'
      : null;
  },
};

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
  check: (set) => staticCredentials(set, kind),
};
