import { isKnown, type Fact, type Known } from '../../src/core/evidence/fact';
import type { RepositoryProfile, Stack } from '../../src/core/evidence/profile';

/** The value with the file and line that say it: `npm ci @ package.json:3`. */
export function told(known: Known<unknown> | null | undefined): string {
  if (!known) return 'none';
  if (!isKnown(known)) return `UNKNOWN(${known.unknown})`;
  const places = known.sources.map((source) =>
    source.kind === 'file'
      ? `${source.path}${source.range ? `:${source.range.start.line}` : ''}`
      : source.kind,
  );
  return `${String(known.value)} @ ${places.join(', ')}`;
}

/** The commands of a stack by phase, each with its place. */
export function commandsTold(stack: Stack | undefined): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(stack?.commands ?? {}).map(([phase, all]) => [
      phase,
      (all as Fact<string>[]).map((command) => told(command)),
    ]),
  );
}

/** The stack of a folder. */
export function stackIn(profile: RepositoryProfile, folder: string): Stack | undefined {
  return profile.stacks.find((stack) => stack.folder === folder);
}
