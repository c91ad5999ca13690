import type { RunbookStep, UntimedStep } from '../../documents/markdown/steps';
import { placeholder } from '../../evidence/fact';
import type { PlatformAct } from '../../evidence/platforms';
import type { RepositoryProfile } from '../../evidence/profile';

/** A step that a command does. Nothing tells how long it takes. */
export function step(title: string, command: string, expected: string, onFailure: string): RunbookStep {
  return { title, owner: '', command, action: '', expected, durationMinutes: null, onFailure };
}

/** A step that a person does. */
export function byHand(title: string, action: string, expected: string, onFailure: string): RunbookStep {
  return { title, owner: '', command: '', action, expected, durationMinutes: null, onFailure };
}

/** What is done on a platform as a step; `part` is which of the steps of a rollback it is. */
export function stepOfAct(act: PlatformAct, part = ''): RunbookStep {
  return {
    title: part === '' ? act.title : `${part}: ${lowerFirst(act.title)}`,
    owner: '',
    command: act.command,
    action: act.action,
    expected: act.expected,
    durationMinutes: null,
    onFailure: act.onFailure,
  };
}

function lowerFirst(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}

/** The addresses and paths that files give for asking whether the service is healthy, each once. */
export function healthTargets(profile: RepositoryProfile): readonly string[] {
  const targets = profile.operations.flatMap(({ value }) =>
    value.kind === 'health' && /^(?:\/[\w./-]*|https?:\/\/[\w.:/-]+)$/.test(value.target)
      ? [value.target]
      : [],
  );
  return [...new Set(targets)].slice(0, 4);
}

/** Asks it once, with a status that fails and a time limit. */
export function askHealth(target: string): string {
  const address = target.startsWith('/') ? `"\${BASE_URL}${target}"` : target;
  return `curl --fail --silent --show-error --max-time 10 ${address}`;
}

/** The check of the deployed system: the smoke test, else its health. */
export function checkOf(profile: RepositoryProfile, title: string, onFailure: string): RunbookStep {
  if (profile.smokeTest) return step(title, profile.smokeTest.value, 'It ends with status 0', onFailure);
  const [health] = healthTargets(profile);
  return health === undefined
    ? step(
        title,
        placeholder('command that checks the deployed service'),
        placeholder('what a healthy answer is'),
        onFailure,
      )
    : step(title, askHealth(health), 'It answers with a status below 400 within 10 seconds', onFailure);
}

/** Steps of a procedure whose time nobody plans by. */
export function untimed(steps: readonly RunbookStep[]): UntimedStep[] {
  return steps.map(({ title, command, action, expected, onFailure }) => ({
    title,
    command,
    action,
    expected,
    onFailure,
  }));
}

/** How the tags of the repository are listed, for choosing the one that is gone back to. */
export function chooseTag(onFailure: string): RunbookStep {
  return step(
    'Choose the version that is gone back to',
    'git fetch --tags\ngit tag --sort=-creatordate | head -n 10',
    'The tag before the one that runs is listed: set PREVIOUS_VERSION to it',
    onFailure,
  );
}
