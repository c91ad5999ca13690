import { placeholder } from '../../../evidence/fact';
import { quoted } from '../../../shell/fill-variables';
import type { CredentialForm, Provider } from '../../../workflow/credential-uses';
import type { Needs } from '../needs/needs';
import { claimOf, describeSubject, type Subject } from '../subjects';

/**
 * The order that never leaves production without credentials: what is new is added beside what is there, tried, switched
 * to; only what nothing uses any more is removed, and the old key ends last.
 */
export type Phase = 'add' | 'verify' | 'switch' | 'remove' | 'rotate';

/** Something that a person does outside the repository. */
export interface SetupStep {
  /** The same for the same step of a later run. */
  readonly id: string;
  readonly phase: Phase;
  readonly title: string;
  readonly why: string;
  /** Shell to copy; null where it is done by hand. */
  readonly command: string | null;
}

/** What was changed to OIDC for one identity of one provider. */
export interface CloudTrust {
  readonly cloud: Provider;
  /** One environment, or the branches that a job without one runs on: at least one. */
  readonly subjects: readonly Subject[];
  /** Input of the login action to the name of its variable; empty where the login needs none. */
  readonly variables: Readonly<Record<string, string>>;
  readonly needsRegion: boolean;
  /** How the credentials had reached the jobs: what has to end in the end. */
  readonly forms: readonly CredentialForm[];
  /** No identity is there yet that could keep its roles. */
  readonly isNewIdentity: boolean;
  readonly needs: Needs;
  readonly jobs: readonly { readonly path: string; readonly job: string; readonly isCalled: boolean }[];
  /** For npm and PyPI: the name of the package or project; null where no file tells. */
  readonly package: string | null;
}

/** The issuer of GitHub's tokens. */
export const ISSUER = 'https://token.actions.githubusercontent.com';

/** The environment that a trust is bound to; null where it is bound to branches. */
export function environmentOf(trust: CloudTrust): string | null {
  const [subject] = trust.subjects;
  return subject?.kind === 'environment' ? subject.name : null;
}

/** Whom a trust lets in, for a sentence. */
export function placeOf(trust: CloudTrust): string {
  return trust.subjects.map(describeSubject).join(' and ');
}

/** The part of `sub` behind the repository, or what is needed to know it. */
export function claimText(subject: Subject): string {
  return claimOf(subject) ?? placeholder(describeSubject(subject));
}

/** How an identity is called after the repository and what it is for. */
export function nameFor(repository: string, subject: Subject | undefined): string {
  const of = subject && 'name' in subject ? subject.name : 'deploy';
  return slug(`${repository.split('/').pop() ?? 'repository'}-${of.replaceAll('/', '-')}`);
}

/** What a trust is for, for an id that stays. */
export function idOf(trust: CloudTrust, what: string): string {
  const place = environmentOf(trust) ?? trust.subjects.map((subject) => claimText(subject)).join(',');
  const identity = Object.values(trust.variables)[0] ?? trust.package ?? '';
  return [what, trust.cloud, place, identity].filter((part) => part !== '').join(':');
}

/** Why a trust is bound as it is. */
export function boundTo(trust: CloudTrust): string {
  return environmentOf(trust) === null
    ? 'The job names no environment, so the trust can only be bound to a branch: everybody who can push there gets in. An environment on the job would let the trust require its approval.'
    : `Only a job of this repository in ${placeOf(trust)} gets in, so the approval that guards the environment guards the cloud too.`;
}

/** Comments for what else the identity needs and nobody but a person can tell. */
export function stillNeeded(trust: CloudTrust): readonly string[] {
  return trust.needs.unknown.map((needed) => `# Still to be given: ${placeholder(needed)}`);
}

/** Sets the variables that a login takes; `values` by input, in shell. */
export function variableStep(
  trust: CloudTrust,
  repository: string,
  values: Readonly<Record<string, string>>,
): readonly SetupStep[] {
  const inputs = Object.entries(trust.variables);
  if (inputs.length === 0) return [];
  const environment = environmentOf(trust);
  const scope = environment === null ? '' : ` --env ${quoted(environment)}`;
  const set = (variable: string, value: string): string =>
    `gh variable set ${variable} --repo ${quoted(repository)}${scope} --body ${value}`;
  const lines = inputs.map(([input, variable]) => set(variable, values[input] ?? quoted(placeholder(input))));
  if (trust.needsRegion) lines.push(set('AWS_REGION', quoted(placeholder('AWS region'))));
  return [
    {
      id: idOf(trust, 'variables'),
      phase: 'add',
      title: `Set the variables for ${placeOf(trust)}`,
      why: 'None of these values is secret; as variables of the environment they can differ between environments under one name.',
      command: lines.join('\n'),
    },
  ];
}

/** Lower case letters, digits and hyphens, 4 to 32 of them, as the clouds' names allow. */
export function slug(text: string): string {
  const name = (text.includes('UNKNOWN(') ? 'repository' : (text.split('/').pop() ?? text))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 32)
    .replace(/-+$/, '');
  return name.length >= 4 ? name : `repo-${name}`.replace(/-+$/, '');
}
