import type { SpawnOptions } from 'node:child_process';

/** A folder of one's own that is gone when the command ends. */
export function temporaryFolder(name: string): string;

/** Runs a program to its end, or to its time limit (`code` is then null); see `processes.mjs`. */
export function runToEnd(
  command: string,
  args: readonly string[],
  options: SpawnOptions & { readonly timeoutMs: number; readonly quiet?: boolean },
): Promise<{ readonly code: number | null; readonly output: string }>;
