import { placeholder } from '../../../evidence/fact';
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

/** What is made once per Vault. */
export const vaultProvider: SetupStep = {
  id: 'provider:vault',
  phase: 'add',
  title: "Vault: let the JWT method know GitHub's tokens (once)",
  why: 'An answer that the path is in use already means that the method is there; the configuration can be written again.',
  command: [
    'vault auth enable jwt',
    'vault write auth/jwt/config \\',
    `  oidc_discovery_url=${ISSUER} bound_issuer=${ISSUER}`,
  ].join('\n'),
};

/**
 * A role whose claims are bound to the subjects, with a policy for the paths that the job reads.
 * https://docs.github.com/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-hashicorp-vault
 */
export function vaultSteps(trust: CloudTrust, repository: string): readonly SetupStep[] {
  const name = `github-${nameFor(repository, trust.subjects[0])}`;
  const owner = repository.includes('UNKNOWN(') ? placeholder('owner on GitHub') : repository.split('/')[0];
  const paths = trust.needs.vault.length > 0 ? trust.needs.vault : [placeholder('path that the job reads')];
  return [
    {
      id: idOf(trust, 'trust'),
      phase: 'add',
      title: `Vault: create a role that trusts ${placeOf(trust)}`,
      why: `${boundTo(trust)} The claims are compared whole, the audience is the one that GitHub gives where none is asked for, and the policy reads the paths that the job names and nothing else.`,
      command: [
        `VAULT_ROLE='${name}'`,
        'vault policy write "$VAULT_ROLE" - <<\'EOF\'',
        ...paths.map((path) => `path "${path}" { capabilities = ["read"] }`),
        'EOF',
        'vault write "auth/jwt/role/${VAULT_ROLE}" - <<EOF',
        '{',
        '  "role_type": "jwt",',
        '  "user_claim": "sub",',
        `  "bound_audiences": ["https://github.com/${owner ?? ''}"],`,
        `  "bound_claims": { "sub": [${trust.subjects.map((subject) => `"\${SUBJECT_PREFIX}:${claimText(subject)}"`).join(', ')}] },`,
        '  "token_policies": ["${VAULT_ROLE}"],',
        '  "token_ttl": "10m",',
        '  "token_max_ttl": "30m"',
        '}',
        'EOF',
        ...stillNeeded(trust),
      ].join('\n'),
    },
    ...variableStep(trust, repository, { role: '"$VAULT_ROLE"' }),
  ];
}

export const vaultRotation: SetupStep = {
  id: 'rotate:vault',
  phase: 'rotate',
  title: 'Vault: revoke the old token, or end the secret id',
  why: 'Removing the secret hides it; only this ends it. Look the accessor up first: another pipeline may use the same token.',
  command: [
    `ACCESSOR='${placeholder('accessor of the old token')}'`,
    'vault token lookup -accessor "$ACCESSOR"',
    'vault token revoke -accessor "$ACCESSOR"',
    '# For AppRole:',
    `OLD_ROLE='${placeholder('name of the old AppRole')}'`,
    'vault list "auth/approle/role/${OLD_ROLE}/secret-id"',
    `vault write "auth/approle/role/\${OLD_ROLE}/secret-id-accessor/destroy" secret_id_accessor='${placeholder('accessor of the old secret id')}'`,
  ].join('\n'),
};
