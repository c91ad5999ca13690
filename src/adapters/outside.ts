import type { ArtifactRegistry, LiveSystems, Programs } from '../core/ports';
import { createLiveSystems, githubFromEnvironment } from './live-systems';
import { createArtifactRegistry } from './registries/index';

/** What lies outside the repository, as far as the person lets it be asked; null: not at all. */
export interface Outside {
  readonly registry: ArtifactRegistry;
  readonly live: LiveSystems | null;
  readonly programs: Programs | null;
}

/**
 * Opens registries, live systems and programs. Tokens are read from the environment only where the network may be asked.
 *
 * @param programs Null where none may run.
 * @throws Error where GITHUB_API_URL is no address that may be asked.
 */
export function openOutside(isOnline: boolean, programs: Programs | null): Outside {
  if (!isOnline) {
    return { registry: createArtifactRegistry({ isOnline, programs }), live: null, programs };
  }
  const github = githubFromEnvironment(process.env);
  const ownRun = process.env['GITHUB_RUN_ID'];
  return {
    registry: createArtifactRegistry({ isOnline, programs, github }),
    live: createLiveSystems({ github, ...(ownRun ? { ownRun } : {}) }),
    programs,
  };
}
