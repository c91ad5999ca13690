import type { WorkflowRule } from '../rule';
import { actionOf, inputOf, isSecret, staticCredentials, type CredentialKind } from './static-credentials';

/** Names under which Google's tools and Terraform take a service account's key. */
const SECRET_NAMES = new Set(['GOOGLE_CREDENTIALS', 'GOOGLE_APPLICATION_CREDENTIALS', 'GOOGLE_APPLICATION_CREDENTIALS_JSON', 'GCP_SA_KEY', 'GCLOUD_SERVICE_KEY']); // prettier-ignore

const kind: CredentialKind = {
  id: 'long-lived-gcp-key',
  cloud: 'Google Cloud',
  remedy:
    'log in by OIDC with `workload_identity_provider` (/secure-cloud-auth-with-oidc writes it), then delete the key in Google Cloud and the secret here',
  ofEnv(entry) {
    if (!SECRET_NAMES.has(entry.name.value.toUpperCase()) || !isSecret(entry.value.text)) return null;
    return `\`${entry.name.value}\` from ${entry.value.text.trim()}`;
  },
  ofStep(step) {
    const action = actionOf(step);
    const input =
      inputOf(step, 'credentials_json') ??
      inputOf(step, 'service_account_key') ??
      inputOf(step, 'gcp_sa_key');
    if (
      input &&
      isSecret(input.value.text) &&
      /^(google-github-actions|googlecloudplatform)\//.test(action)
    ) {
      return {
        what: `\`${input.name.value}\` of "${action}"`,
        span: { start: input.name.span.start, end: input.value.span.end },
      };
    }
    const password = inputOf(step, 'password');
    if (
      password &&
      isSecret(password.value.text) &&
      /^_json_key(_base64)?$/.test(inputOf(step, 'username')?.value.text.trim() ?? '')
    ) {
      return {
        what: `the key of \`${inputOf(step, 'username')?.value.text.trim() ?? ''}\` of "${action}"`,
        span: { start: password.name.span.start, end: password.value.span.end },
      };
    }
    return null;
  },
  ofCommand(words) {
    if (words[0] !== 'gcloud' || words[1] !== 'auth' || words[2] !== 'activate-service-account') return null;
    return words.some((word) => word.startsWith('--key-file'))
      ? '`gcloud auth activate-service-account --key-file`'
      : null;
  },
};

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
  check: (set) => staticCredentials(set, kind),
};
