import { visible } from '../gate/reports/text';

/** Why a version cannot be one, a clause; null where it can. A tag's name is one too: `app@1.2.3`, `release/2.0`. */
export function versionProblem(version: string): string | null {
  if (version.trim() === '') return 'the version is empty: name the one that is released, such as 2.4.0';
  return /^\w[\w.+/@-]{0,79}$/.test(version) && !version.includes('..')
    ? null
    : `"${shown(version)}" is no version: it takes letters, digits and . + - _ / @, at most 80 of them, such as 2.4.0`;
}

/** Why an environment cannot be called so, a clause; null where it can. */
export function environmentProblem(environment: string): string | null {
  if (environment.trim() === '') return 'the environment is empty: name it, such as production';
  return /^\w[\w ./-]{0,59}$/.test(environment) && !environment.includes('..')
    ? null
    : `"${shown(environment)}" is no name of an environment: it takes letters, digits, blanks and . - _ /, at most 60 of them, such as production`;
}

function shown(text: string): string {
  return visible(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
