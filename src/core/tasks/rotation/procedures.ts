import type { UntimedStep } from '../../documents/markdown/steps';
import { placeholder } from '../../evidence/fact';
import type { SecretClass } from '../../evidence/secrets/secret-kinds';
import type { KnownSecret } from '../../evidence/secrets/secret-inventory';
import type { SecretStorage } from '../../evidence/secrets/secret-uses';
import { enumerated } from '../../text/words';

/** How a new value is made while the old one stays valid, by the type of the secret; `at`: who issues it. */
const ISSUING: Readonly<Record<string, (at: string) => string>> = {
  'cloud access key': (at) => `Make a second key for the same account at ${at}; the first one stays active`,
  'SSH key': (at) => `Make a new pair of keys, and add its public part beside the old one at ${at}`,
  'signing key': (at) =>
    `Make a new key, and publish its public part beside the old one at ${at}: what the old one signed must still verify`,
  'database credential': (at) =>
    `Give the database a second user with the same rights at ${at}; the first one stays active`,
  'key of the application that signs or encrypts': (at) =>
    `Make a new key, and have the application accept the old one beside it (${at}) until what it signed has run out`,
  'TLS certificate': (at) => `Have a new certificate issued by ${at}; the old one stays valid`,
  'setting that is kept among the secrets': (at) => `Find the value that holds now at ${at}`,
};

const DEFAULT_ISSUING = (at: string): string =>
  `Make a second value with the same rights at ${at}; the first one stays valid`;

/** A name that a command can hold as it is. */
export function isCommandWord(text: string): boolean {
  return /^[A-Za-z0-9_/][\w./-]*$/.test(text);
}

/** Who issues a secret, as far as files tell. */
export function issuerOf({ name }: KnownSecret, known: SecretClass | null): string {
  switch (known?.type) {
    case 'cloud access key':
      return known.by === 'use' && /AWS/i.test(name) ? 'AWS IAM' : placeholder(`account behind ${name}`);
    case 'database credential':
      return placeholder(`where the database behind ${name} is administered`);
    case 'setting that is kept among the secrets':
      return placeholder(`where the value of ${name} comes from`);
    default:
      return placeholder(`who issues ${name}`);
  }
}

/**
 * The steps in which a secret is rotated without anything that depends on it stopping: the new value beside the old one,
 * the dependents one after another, a look at them, and only then the old one's end.
 */
export function rotationSteps(
  secret: KnownSecret,
  known: SecretClass | null,
  others: readonly KnownSecret[],
): readonly UntimedStep[] {
  const issuer = issuerOf(secret, known);
  const half = otherHalf(secret, others);
  const stored = storing(secret, half);
  const users = dependents(secret);
  return [
    {
      title: 'Make a new value beside the old one',
      command: '',
      action: `${(ISSUING[known?.type ?? ''] ?? DEFAULT_ISSUING)(issuer)}${half ? `. ${secret.name} and ${half} are the two halves of one key, and change together` : ''}`,
      expected: 'There are two valid values, and nothing has changed for those who use it',
      onFailure: 'Stop: nothing has changed yet',
    },
    ...stored,
    ...users,
    {
      title: 'See that every user works with the new value',
      command: verifying(secret),
      action: '',
      expected: 'Each one that is listed above works, and does so with the new value',
      onFailure: 'Store the old value again, which is still valid, and start the users again',
    },
    {
      title: 'End the old value',
      command: '',
      action: `Revoke the old value at ${issuer}`,
      expected: 'The old value is refused, and every user still works',
      onFailure:
        'Make it valid again where that is possible; otherwise treat it as compromised and start anew',
    },
  ].map((step) =>
    // A step without a command of its own is done by hand.
    step.command === '' && step.action === ''
      ? { ...step, action: `Look at ${enumerated(userNames(secret), 'and')}` }
      : step,
  );
}

/** The other half of a key that is kept in two parts; null where it has none. */
function otherHalf({ name }: KnownSecret, others: readonly KnownSecret[]): string | null {
  const half = /ACCESS_KEY_ID$/.test(name)
    ? name.replace(/ACCESS_KEY_ID$/, 'SECRET_ACCESS_KEY')
    : name.replace(/SECRET_ACCESS_KEY$/, 'ACCESS_KEY_ID');
  return half !== name && others.some((other) => other.name === half) ? half : null;
}

/** The storage that a person writes the new value to: what fetches it from elsewhere is none. */
export function storageOf(secret: KnownSecret): SecretStorage | null {
  return (
    secret.storages.find(({ rotatedBy, manager }) => rotatedBy === null && !/manifest$/.test(manager)) ??
    secret.storages[0] ??
    null
  );
}

/** Names of the environments for whose jobs workflows take it; empty where none is bound to one. */
export function environmentsOf({ uses }: KnownSecret): readonly string[] {
  return [...new Set(uses.flatMap(({ environments }) => environments))];
}

function storing(secret: KnownSecret, half: string | null): readonly UntimedStep[] {
  const { name, systems } = secret;
  const storage = storageOf(secret);
  const onFailure = 'Stop: the old value is still in use; end the new one where it was made';
  const step = (title: string, command: string, expected: string): UntimedStep => ({
    title,
    command,
    action: '',
    expected,
    onFailure,
  });
  const byHand = (title: string, action: string, expected: string): UntimedStep => ({
    title,
    command: '',
    action,
    expected,
    onFailure,
  });
  const steps: UntimedStep[] = [];
  if (systems.includes('GitHub Actions') && isCommandWord(name)) {
    const environments = environmentsOf(secret);
    if (environments.length > 0) {
      steps.push(
        step(
          'See whether the environment or the repository keeps it',
          'gh secret list --env "${ENV}"\ngh secret list',
          `${name} stands in one of the lists; where it stands in both, that of the environment is the one that is used`,
        ),
        step(
          `Store the new value${environments.length > 1 ? `, one after another for ${enumerated(environments, 'and')}` : ''}; without --env where the repository keeps it`,
          [name, ...(half === null ? [] : [half])]
            .map((each) => `gh secret set ${each} --env "\${ENV}"`)
            .join('\n'),
          'The command asks for the value without showing it, and the list has it as updated just now',
        ),
      );
    } else {
      steps.push(
        step(
          'Store the new value',
          [name, ...(half === null ? [] : [half])].map((each) => `gh secret set ${each}`).join('\n'),
          'The command asks for the value without showing it, and gh secret list has it as updated just now',
        ),
      );
    }
  }
  const where = storage?.location ?? null;
  switch (storage?.manager) {
    case undefined:
      if (steps.length === 0) {
        steps.push(
          byHand(
            'Store the new value',
            `Write it to ${placeholder(`where the value of ${name} is kept`)}`,
            'The place holds the new value',
          ),
        );
      }
      break;
    case 'AWS Secrets Manager':
      steps.push(
        where !== null && isCommandWord(where)
          ? step(
              'Store the new value',
              `aws secretsmanager put-secret-value --secret-id ${where} --secret-string "file://\${NEW_VALUE_FILE}"`,
              'The answer names a new VersionId with the stage AWSCURRENT',
            )
          : byHand(
              'Store the new value',
              `Write it to AWS Secrets Manager, secret ${where ?? placeholder(`name of ${name} in AWS Secrets Manager`)}`,
              'A new version has the stage AWSCURRENT',
            ),
      );
      break;
    case 'Google Secret Manager':
      steps.push(
        where !== null && isCommandWord(where)
          ? step(
              'Store the new value',
              `gcloud secrets versions add ${where} --data-file="\${NEW_VALUE_FILE}"`,
              'A new version is reported as created',
            )
          : byHand(
              'Store the new value',
              `Add a version to ${where ?? placeholder(`name of ${name} in Google Secret Manager`)} in Google Secret Manager`,
              'The new version is enabled',
            ),
      );
      break;
    case 'Sealed Secrets':
      steps.push(
        byHand(
          'Seal the new value and store it',
          `Seal it with kubeseal for the cluster, put it into ${where ?? placeholder(`file of the SealedSecret ${name}`)} beside the keys that stay, and have the change reviewed and applied`,
          'The SealedSecret is reported as synced, and the Secret has the new value',
        ),
      );
      break;
    case 'cert-manager':
      steps.push(
        byHand(
          'Have it issued anew',
          `Have cert-manager renew the certificate behind the Secret ${name}`,
          'The certificate is ready with a new date',
        ),
      );
      break;
    default:
      if (steps.length === 0) {
        steps.push(
          byHand(
            'Store the new value',
            `Write it to ${storage?.manager ?? ''}${where === null ? '' : `, ${where}`}`,
            'The place holds the new value',
          ),
        );
      }
  }
  if (systems.includes('Kubernetes') && secret.storages.some(isFetched)) {
    steps.push(
      step(
        'Have the cluster fetch it now',
        `kubectl -n "\${NAMESPACE}" get secret ${name} -o jsonpath='{.metadata.resourceVersion}'\nkubectl -n "\${NAMESPACE}" annotate externalsecret --all force-sync="$(date +%s)" --overwrite`,
        'The resource version of the Secret is another one a minute later',
      ),
    );
  }
  return steps;
}

function isFetched({ system, manager }: SecretStorage): boolean {
  return (
    system === 'Kubernetes' &&
    !['Sealed Secrets', 'SOPS', 'cert-manager', 'Kubernetes Secret written in a manifest'].includes(manager)
  );
}

const RESTARTED = /^(Deployment|StatefulSet|DaemonSet) ([a-z0-9][a-z0-9.-]*)$/;

function dependents(secret: KnownSecret): readonly UntimedStep[] {
  const names = userNames(secret);
  const workloads = names.filter((name) => RESTARTED.test(name));
  const others = names.filter((name) => !RESTARTED.test(name));
  const onFailure = 'Store the old value again, which is still valid, and start this user again';
  const steps: UntimedStep[] = [];
  if (workloads.length > 0) {
    steps.push({
      title: 'Start the workloads that use it, one after another',
      command: workloads
        .map((name) => {
          const [, kind = '', workload = ''] = RESTARTED.exec(name) ?? [];
          const target = `${kind.toLowerCase()}/${workload}`;
          return `kubectl -n "\${NAMESPACE}" rollout restart ${target}\nkubectl -n "\${NAMESPACE}" rollout status ${target} --timeout=5m`;
        })
        .join('\n'),
      action: '',
      expected: 'Each rollout is reported as complete; old instances end only when new ones are ready',
      onFailure,
    });
  }
  if (others.length > 0) {
    steps.push({
      title: 'Have the others take it',
      command: '',
      action: `Run or deploy, production last: ${enumerated(others, 'and')}; each takes the new value at its next run`,
      expected: 'Each ends with success',
      onFailure,
    });
  }
  return steps;
}

/** Who has to be started anew, each once; what is not known is said. */
function userNames({ name, uses }: KnownSecret): readonly string[] {
  const names = [...new Set(uses.flatMap(({ dependent }) => dependent ?? []))];
  return names.length > 0 ? names : [placeholder(`what uses ${name}`)];
}

function verifying({ uses }: KnownSecret): string {
  const workflows = [
    ...new Set(
      uses.flatMap(({ system, source }) =>
        system === 'GitHub Actions' ? [source.path.replace(/^\.github\/workflows\//, '')] : [],
      ),
    ),
  ].filter((file) => /^[\w.-]+$/.test(file));
  const workloads = [...new Set(uses.flatMap(({ dependent }) => RESTARTED.exec(dependent ?? '')?.[0] ?? []))];
  return [
    ...workflows.map((file) => `gh run list --workflow ${file} --limit 5`),
    ...workloads.map((name) => {
      const [, kind = '', workload = ''] = RESTARTED.exec(name) ?? [];
      return `kubectl -n "\${NAMESPACE}" get ${kind.toLowerCase()}/${workload}`;
    }),
  ].join('\n');
}
