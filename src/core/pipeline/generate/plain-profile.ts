import { isPlainText } from '../../evidence/detect/shell-text';
import { unknown } from '../../evidence/fact';
import type { RepositoryProfile } from '../../evidence/profile';

/** Takes the place of a value that may not stand in a workflow, until somebody above it can do without it. */
const REFUSED = Symbol('refused');

/** What may be unknown, and what may be missing: nothing else of a thing is given up for it. */
const MAY_BE_UNKNOWN: ReadonlySet<string> = new Set([
  'name',
  'version',
  'languageVersion',
  'deployCommand',
  'rollbackCommand',
  'service',
  'remote',
  'image',
  'defaultBranch',
  'versioning',
]);
const MAY_BE_MISSING: ReadonlySet<string> = new Set([
  'lockFile',
  'deployScript',
  'rollbackScript',
  'smokeTest',
]);

/** Sources are never written; folders, commands, coverage and Dockerfiles are refused where they are used, with a note of their own. */
const LEFT_ALONE: ReadonlySet<string> = new Set([
  'sources',
  'folder',
  'manifest',
  'workspaceRoot',
  'commands',
  'coverage',
  'dockerfiles',
  'problems',
  'unknown',
]);

/** The profile without texts that must not stand in a workflow, and how many were left out. */
export function plainProfile(profile: RepositoryProfile): {
  readonly profile: RepositoryProfile;
  readonly refused: number;
} {
  let refused = 0;
  const plain = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (isPlainText(value)) return value;
      refused++;
      return REFUSED;
    }
    if (Array.isArray(value)) return value.map(plain).filter((item) => item !== REFUSED);
    if (typeof value !== 'object' || value === null) return value;
    const result: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value as Readonly<Record<string, unknown>>)) {
      const kept = LEFT_ALONE.has(key) ? inner : plain(inner);
      if (kept !== REFUSED) result[key] = kept;
      else if (typeof inner === 'object' && MAY_BE_UNKNOWN.has(key))
        result[key] = unknown(`${key} in plain text: what the files say must not stand in a workflow`);
      else if (typeof inner === 'object' && MAY_BE_MISSING.has(key)) result[key] = null;
      else return REFUSED;
    }
    return result;
  };
  // No part of the profile itself is refused whole: each is a list, or may be unknown or missing.
  return { profile: plain(profile) as RepositoryProfile, refused };
}
