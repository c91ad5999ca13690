import type { WorkflowRule } from '../rule';
import { actionOf, inputOf, isSecret, staticCredentials, type CredentialKind } from './static-credentials';

/** Names under which AWS tools take the secret half of a static key. */
const SECRET_NAMES = new Set(['AWS_SECRET_ACCESS_KEY', 'AWS_SECRET_KEY']);

/** Storage that speaks S3 but is not AWS has no OIDC login of AWS. */
const OTHER_STORE =
  /r2|minio|spaces|wasabi|backblaze|b2_|cloudflare|digitalocean|scaleway|hetzner|localstack/i;

const kind: CredentialKind = {
  id: 'long-lived-aws-key',
  cloud: 'AWS',
  remedy:
    'log in by OIDC with `role-to-assume` (/secure-cloud-auth-with-oidc writes it), then delete the key in AWS and the secret here',
  ofEnv(entry, all) {
    if (!SECRET_NAMES.has(entry.name.value.toUpperCase()) || !isSecret(entry.value.text)) return null;
    if (OTHER_STORE.test(entry.value.text)) return null;
    const names = all.map((other) => other.name.value.toUpperCase());
    // A session token makes it a temporary key; an endpoint of its own makes it another provider's.
    if (
      names.some(
        (name) =>
          name === 'AWS_SESSION_TOKEN' || name.startsWith('AWS_ENDPOINT_URL') || name === 'S3_ENDPOINT',
      )
    ) {
      return null;
    }
    return `\`${entry.name.value}\` from ${entry.value.text.trim()}`;
  },
  ofStep(step) {
    const secret =
      inputOf(step, 'aws-secret-access-key') ??
      inputOf(step, 'aws_secret_access_key') ??
      inputOf(step, 'aws-secret-key');
    if (!secret || !isSecret(secret.value.text) || OTHER_STORE.test(secret.value.text)) return null;
    if (inputOf(step, 'aws-session-token') || inputOf(step, 'endpoint') || inputOf(step, 'endpoint-url'))
      return null;
    return {
      what: `\`${secret.name.value}\` of "${actionOf(step)}"`,
      span: { start: secret.name.span.start, end: secret.value.span.end },
    };
  },
  ofCommand(words) {
    if (words[0] !== 'aws' || words[1] !== 'configure' || words[2] !== 'set') return null;
    if (words[3]?.toLowerCase() !== 'aws_secret_access_key' || !words[4]) return null;
    return '`aws configure set aws_secret_access_key`';
  },
};

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
  check: (set) => staticCredentials(set, kind),
};
