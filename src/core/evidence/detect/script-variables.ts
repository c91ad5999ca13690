import { isWellKnown } from '../../text/well-known-variables';
import { fact, fileSource, type Fact } from '../fact';
import type { ScriptVariable } from '../profile';
import { findLine } from './places';

/** What a run of GitHub or the login to a cloud sets. */
const SET_BY_RUN = /^(?:CI|GITHUB_\w+|RUNNER_\w+|AWS_\w+|AZURE_\w+|GOOGLE_\w+|GCLOUD_\w+|CLOUDSDK_\w+)$/;

/** Names that hold what nobody else may read. */
const SECRET =
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|(?:API|ACCESS|PRIVATE|SSH|DEPLOY)?_?KEY)(?:_|$)/;

/**
 * The variables without which a shell script ends: `${X:?…}`, and under `set -u` those that it reads and never sets. Where
 * quoting over several lines or another file that is read in leaves that open, only the first are told.
 *
 * @param isTold Whether a variable is given to the script by its call.
 */
export function requiredVariables(
  path: string,
  text: string,
  isTold: (name: string) => boolean,
): readonly Fact<ScriptVariable>[] {
  const found = new Map<string, Fact<ScriptVariable>>();
  const add = (name: string, message: string): void => {
    if (found.has(name) || isTold(name) || isWellKnown(name) || SET_BY_RUN.test(name)) return;
    const purpose = /^[\w ,.@()/-]{3,100}$/.test(message.trim())
      ? message.trim()
      : `what ${path} takes from its environment`;
    const place = findLine(text, new RegExp(`\\$\\{?${name}\\b`));
    found.set(
      name,
      fact({ name, isSecret: SECRET.test(name), purpose }, fileSource(path, place?.range ?? null)),
    );
  };
  const code = text.replace(/^[ \t]*#.*$/gm, '');
  for (const [, name = '', message = ''] of code.matchAll(
    /\$\{([A-Z][A-Z0-9_]{1,60}):?\?([^}\n]{0,200})\}/g,
  )) {
    add(name, message);
  }
  if (!stopsAtUnset(code) || isOpen(code)) return [...found.values()];
  // What stands in single quotes is for somebody else to fill in.
  const own = code.replace(/'[^'\n]*'/g, "''");
  for (const [, name = ''] of own.matchAll(/(?<!\\)\$\{?([A-Z][A-Z0-9_]{1,60})\b/g)) {
    if (!isSet(code, name)) add(name, '');
  }
  return [...found.values()];
}

/** Whether a shell script reaches other hosts over SSH and leaves it to its surroundings by which key. */
export function reachesHosts(path: string, text: string): Fact<true> | null {
  if (/\bssh-add\b|\bIdentityFile\b|\b(?:ssh|scp|sftp)\b[^\n]* -i[ =]?\S|\bsshpass\b/.test(text)) return null;
  const call = findLine(
    text,
    /^[ \t]*(?:if |! |while )?(?:ssh|scp|sftp)[ \t]+[^#\n]|^[ \t]*rsync[ \t][^#\n]*[\w}"]:[\w$/~{]/,
  );
  return call ? fact(true, fileSource(path, call.range)) : null;
}

function stopsAtUnset(code: string): boolean {
  return /^[ \t]*set[ \t]+(?:-[a-z]*u|-o[ \t]+nounset|-e[ \t]+-u)/m.test(code);
}

/** Other files that are read in, text of one quote over several lines and here-documents that nobody fills in. */
function isOpen(code: string): boolean {
  return (
    /^[ \t]*(?:source|\.)[ \t]|\beval\b|<<-?[ \t]*['"\\]/m.test(code) ||
    code.split('\n').some((line) => (line.match(/'/g)?.length ?? 0) % 2 === 1)
  );
}

/** Whether it is set somewhere, or may be left out: `${X:-…}`, `${X+…}`. */
function isSet(code: string, name: string): boolean {
  return new RegExp(
    `(?:^|[\\s;(&|])${name}\\+?=|\\$\\{${name}:?[-=+]|` +
      `\\b(?:for|read|getopts|mapfile|readarray|local|declare|typeset|readonly|export|printf)\\b[^\\n]*[\\s]${name}\\b`,
    'm',
  ).test(code);
}
