import type { RepositoryFiles } from '../../ports';
import type { WorkflowSet } from '../../workflow/understanding';
import { compareFiles, pairFiles, type ParityComparison } from './compare-files';
import { compareJobs, deploymentsOf } from './compare-jobs';
import { environmentWords, sideIn, type EnvironmentWords } from './environments';
import { settingsFamily } from './settings-files';

/** What was read for the parity of staging and production. */
export interface ParityFiles {
  /** Texts of the files that belong to one of a pair, and of what both of them inherit, by path. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Pairs of files that are read. */
const MAX_PAIRS = 200;

/** Reads the files of settings that come in pairs, and those that both of a pair inherit. */
export async function readParityFiles(
  files: Pick<RepositoryFiles, 'read'>,
  paths: ReadonlySet<string>,
  words: EnvironmentWords,
  signal?: AbortSignal,
): Promise<ParityFiles> {
  const texts = new Map<string, string>();
  for (const { staging, production, bases } of pairFiles(paths, words).slice(0, MAX_PAIRS)) {
    signal?.throwIfAborted();
    for (const path of [staging, production, ...bases]) {
      if (texts.has(path) || !paths.has(path)) continue;
      const read = await files.read(path);
      if (read.ok) texts.set(path, read.text);
    }
  }
  return { texts };
}

/** What staging and production were compared by, and whether the repository knows both. */
export interface Parity {
  /** Whether something shows each of them: a job that deploys to it, or a file of its settings. */
  readonly hasStaging: boolean;
  readonly hasProduction: boolean;
  readonly comparisons: readonly ParityComparison[];
}

/** Compares staging and production as the repository describes them: the jobs that deploy, and their files of settings. */
export function compareEnvironments(
  workflows: WorkflowSet | null,
  paths: ReadonlySet<string>,
  { texts }: ParityFiles,
  words: EnvironmentWords,
  ignored: readonly string[],
): Parity {
  const deployments = workflows ? deploymentsOf(workflows, words) : { staging: [], production: [] };
  const sides = new Set(
    [...paths].flatMap((path) => (settingsFamily(path) ? (sideIn(path, words)?.side ?? []) : [])),
  );
  return {
    hasStaging: deployments.staging.length > 0 || sides.has('staging'),
    hasProduction: deployments.production.length > 0 || sides.has('production'),
    comparisons: [
      ...(workflows ? compareJobs(workflows, words, ignored) : []),
      ...pairFiles(paths, words)
        .slice(0, MAX_PAIRS)
        .map((pair) => compareFiles(pair, texts, words, ignored)),
    ],
  };
}

export { environmentWords };
