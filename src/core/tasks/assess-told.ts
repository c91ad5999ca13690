import { listedOnce } from '../evidence/listed-once';
import { HistoryFailure } from '../ports';
import { assessRelease, type AssessedRelease, type AssessRun } from '../readiness/assess-release';
import { TaskFailure, type World } from './task';

/**
 * The release that the person named: `base` and `head` as tags or commits, `version` as its records call it; from the last
 * release to what is checked out where nothing was told.
 *
 * @throws TaskFailure where git has no such commit or cannot be read.
 */
export async function assessTold(
  world: World,
  told: ReadonlyMap<string, string>,
  run: AssessRun,
): Promise<AssessedRelease> {
  const request = {
    base: told.get('base') ?? null,
    head: told.get('head') ?? null,
    // Overrides hold for the version that they name; a proposed one is nobody's word.
    release: { version: told.get('version') ?? null, environment: 'production' },
  };
  try {
    const assessment = await assessRelease({ ...world, files: listedOnce(world.files) }, request, run);
    if (assessment.ok) return assessment.release;
    throw new TaskFailure(
      `The change cannot be read: ${assessment.reason}. Name a tag, branch or commit that exists here; \`git fetch --tags\` brings those of the remote.`,
    );
  } catch (error) {
    if (!(error instanceof HistoryFailure)) throw error;
    throw new TaskFailure(
      `The change cannot be read: ${error.message}. \`git fsck\` tells what is wrong with a repository.`,
    );
  }
}
