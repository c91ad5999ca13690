import type { UntimedStep } from '../../documents/markdown/steps';
import type { RunbookParameter } from '../../documents/runbook/runbook';
import type {
  ListedSecret,
  RotationProcedure,
  SecretsRotationPlan,
} from '../../documents/secrets-rotation-plan/secrets-rotation-plan';
import { placeholder, textOf } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';
import {
  classOfSecret,
  PROPOSED_DAYS,
  type SecretClass,
  type SecretRisk,
} from '../../evidence/secrets/secret-kinds';
import type { KnownSecret } from '../../evidence/secrets/secret-inventory';
import { counted, enumerated } from '../../text/words';
import { environmentsOf, issuerOf, rotationSteps, storageOf } from './procedures';

/** What a rotation plan is made from. */
export interface RotationFacts {
  readonly profile: RepositoryProfile;
  readonly secrets: readonly KnownSecret[];
  /** What the person told, by input. */
  readonly told: ReadonlyMap<string, string>;
  readonly claims: SecretsRotationPlan['claims'];
}

interface ClassedSecret {
  readonly secret: KnownSecret;
  readonly known: SecretClass | null;
}

/** The plan as far as files show it; who rotates what how often is a person's to say. */
export function assembleRotationPlan(facts: RotationFacts): SecretsRotationPlan {
  const { profile, told } = facts;
  const secrets: readonly ClassedSecret[] = facts.secrets.map((secret) => ({
    secret,
    known: classOfSecret(secret.name, secret.uses, secret.storages),
  }));
  const emergency = emergencySteps(told);
  const procedures = secrets.map((each) => procedureOf(each, facts.secrets, told));
  return {
    service: textOf(profile.service),
    summary: summaryOf(profile, secrets),
    parameters: parametersOf(profile, [...emergency, ...procedures.flatMap(({ steps }) => steps)]),
    inventory: secrets.map((each) => listed(each, told)),
    emergency,
    procedures,
    claims: facts.claims,
  };
}

function summaryOf(profile: RepositoryProfile, secrets: readonly ClassedSecret[]): string {
  if (secrets.length === 0) {
    return `No file of the repository names a secret of ${textOf(profile.service)}. Secrets that nothing here names: ${placeholder('secrets that only the running service knows, or none')}.`;
  }
  const byRisk = (['high', 'medium', 'low'] as const).flatMap((risk) => {
    const count = secrets.filter(({ known }) => known?.risk === risk).length;
    return count === 0 ? [] : [`${count} of ${risk} risk`];
  });
  const open = secrets.filter(({ known }) => known === null).length;
  const automatic = secrets.filter(({ secret }) => rotatedBy(secret) !== null).length;
  return [
    `Files of the repository name ${counted(secrets.length, 'secret')}: ${enumerated([...byRisk, ...(open > 0 ? [`${open} of a risk that nothing tells`] : [])], 'and')}.`,
    automatic === 0
      ? 'No file shows anything that rotates one of them by itself.'
      : `${counted(automatic, 'secret')} ${automatic === 1 ? 'is' : 'are'} rotated without a person.`,
    'Where only the name of a secret says what it is, the type says so.',
    `Secrets that no file names: ${placeholder('secrets that only the running service knows, or none')}.`,
  ].join(' ');
}

function listed({ secret, known }: ClassedSecret, told: ReadonlyMap<string, string>): ListedSecret {
  return {
    secret: secret.name,
    type: known
      ? `${known.type}${known.by === 'name' ? ' (by its name)' : ''}`
      : placeholder(`what ${secret.name} is`),
    risk: known?.risk ?? placeholder(`risk of ${secret.name}: high, medium or low`),
    manager: managerOf(secret),
    cadence: cadenceOf(secret, known, told),
    lastRotated: placeholder(`day on which ${secret.name} was last rotated`),
    owner: told.get('owner') ?? placeholder('who may rotate secrets'),
  };
}

function managerOf(secret: KnownSecret): string {
  const storage = storageOf(secret);
  if (storage) return storage.manager;
  return secret.systems.includes('GitHub Actions')
    ? 'GitHub Actions secrets'
    : placeholder(`what keeps ${secret.name}`);
}

function cadenceOf(
  secret: KnownSecret,
  known: SecretClass | null,
  told: ReadonlyMap<string, string>,
): string {
  const days = secret.storages.find(({ everyDays }) => everyDays !== null)?.everyDays;
  if (days !== undefined && days !== null) return `every ${days} days`;
  if (!known) return placeholder(`how often ${secret.name} is rotated`);
  const answer = toldDays(told.get('cadence') ?? '', known.risk);
  if (answer !== null) return `every ${answer} days`;
  return placeholder(
    `how often secrets of ${known.risk} risk are rotated; every ${PROPOSED_DAYS[known.risk]} days is proposed`,
  );
}

/** `high 90, medium 180, low 365`: the days for one risk; null where the answer says nothing of it. */
function toldDays(answer: string, risk: SecretRisk): number | null {
  const found = new RegExp(`\\b${risk}\\b\\D{0,20}(\\d{1,4})`, 'i').exec(answer)?.[1];
  return found === undefined ? null : Number(found);
}

function rotatedBy({ storages }: KnownSecret): string | null {
  return storages.find((storage) => storage.rotatedBy !== null)?.rotatedBy ?? null;
}

function procedureOf(
  { secret, known }: ClassedSecret,
  all: readonly KnownSecret[],
  told: ReadonlyMap<string, string>,
): RotationProcedure {
  const automatic = rotatedBy(secret);
  const steps = rotationSteps(secret, known, all);
  const users = [...new Set(secret.uses.flatMap(({ dependent }) => dependent ?? []))];
  return {
    secret: secret.name,
    system: secret.systems.join(', '),
    storedIn: storedIn(secret),
    rotation: automatic ? `automatic, by ${automatic}` : 'by hand: no file shows what rotates it',
    fallback: automatic ? `the steps below, where ${automatic} fails` : 'none needed: it is by hand',
    notified: told.get('notified') ?? placeholder('who is told when a secret is rotated'),
    uses: secret.uses.map(({ usedBy, source }) => ({
      user: usedBy,
      place: `${source.path}${source.range ? `:${source.range.start.line}` : ''}`,
    })),
    steps,
    verification: `${users.length === 0 ? 'Every user' : enumerated(users, 'and')} ${users.length === 1 ? 'works' : 'work'} with the new value, and the old value is refused`,
    rollback:
      'Before the old value is ended: store it again and start its users again. Afterwards: make one more new value and go through the steps with it',
    emergency: `Revoke it at ${issuerOf(secret, known)} first, then go through the steps without waiting for a window`,
  };
}

function storedIn(secret: KnownSecret): string {
  const storage = storageOf(secret);
  if (storage) return `${storage.manager}${storage.location === null ? '' : `: ${storage.location}`}`;
  if (!secret.systems.includes('GitHub Actions'))
    return placeholder(`where the value of ${secret.name} is kept`);
  const environments = environmentsOf(secret);
  return environments.length === 0
    ? 'GitHub Actions secrets of the repository or its organization'
    : `GitHub Actions secrets of the environment (${environments.join(', ')}), the repository or its organization; gh secret list tells which`;
}

function emergencySteps(told: ReadonlyMap<string, string>): readonly UntimedStep[] {
  const step = (title: string, action: string, expected: string, onFailure: string): UntimedStep => ({
    title,
    command: '',
    action,
    expected,
    onFailure,
  });
  return [
    step(
      'End its use by others',
      'Revoke the secret where it is issued; its procedure below says where. Where that stops production and nobody is seen to misuse it, go through its procedure first and revoke it at the end, within the hour',
      'The old value is refused',
      `Call ${placeholder('who is called when a secret cannot be revoked')}`,
    ),
    step(
      'Say that it is compromised',
      `Tell ${told.get('notified') ?? placeholder('who is told when a secret is compromised')}, with the name of the secret and since when; never with its value`,
      'The message is sent, and somebody has taken it',
      'Go on; nobody has to answer first',
    ),
    step(
      'Put a new value in its place',
      'Go through its procedure below, all of it, without waiting for a window',
      'Every user works with the new value',
      'Go to If the rotation fails of its procedure',
    ),
    step(
      'Take the old one out of where it was seen',
      'Delete the log, message, artifact or commit that shows it, and note where that was. What was pushed counts as known for ever, even after the history is rewritten',
      'Nobody finds it there any more',
      'Note where it still is',
    ),
    step(
      'See what was done with it',
      `Read the audit log of whatever it opens from the moment on at which it was first seen: ${placeholder('where the audit logs of these systems are')}`,
      'Every use in that time is known to be our own',
      'Treat each use that is not ours as an incident of its own',
    ),
    step(
      'Write it down',
      'Note time, cause and what was done in a postmortem, and the day of the rotation in the table below',
      'The postmortem has an owner',
      'Note it the next morning at the latest',
    ),
  ];
}

const PARAMETERS: readonly (readonly [string, string, (profile: RepositoryProfile) => string])[] = [
  [
    'ENV',
    'environment whose secret is rotated',
    ({ environments }) =>
      environments.map(({ value }) => value.name).join(' or ') || placeholder('names of the environments'),
  ],
  [
    'NAMESPACE',
    'namespace in the cluster',
    ({ deployTargets }) =>
      deployTargets.flatMap(({ workloads }) => workloads ?? []).find(({ value }) => value.namespace !== null)
        ?.value.namespace ?? placeholder('namespace in the cluster'),
  ],
  [
    'NEW_VALUE_FILE',
    'file outside the repository that holds the new value, readable by you alone, deleted afterwards',
    () => '/dev/shm/new-value',
  ],
];

/** Those that a command takes, in the order in which they are set. */
function parametersOf(
  profile: RepositoryProfile,
  steps: readonly UntimedStep[],
): readonly RunbookParameter[] {
  const commands = steps.map(({ command }) => command).join('\n');
  return PARAMETERS.filter(([name]) => commands.includes(`\${${name}}`)).map(([name, meaning, example]) => ({
    name,
    meaning,
    example: example(profile),
  }));
}
