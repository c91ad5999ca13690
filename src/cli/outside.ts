import { createLiveSystems, githubFromEnvironment } from '../adapters/live-systems';
import { createPrograms } from '../adapters/programs';
import { createArtifactRegistry } from '../adapters/registries/index';
import type { ArtifactRegistry, LiveSystems, Programs } from '../core/ports';
import { CommandFailure } from './command-failure';

/** What the person lets a call ask and run, besides reading the repository. */
export interface OutsideOptions {
  /** Undefined: what the configuration says. */
  readonly online?: boolean;
  readonly runCommands?: boolean;
}

/** What lies outside the repository, as far as the person lets it be asked; null: not at all. */
export interface Outside {
  readonly registry: ArtifactRegistry;
  readonly live: LiveSystems | null;
  readonly programs: Programs | null;
}

/**
 * Opens registries, live systems and programs. Tokens are read from the environment only where the network may be asked.
 *
 * @throws CommandFailure where GITHUB_API_URL is no address that may be asked.
 */
export function openOutside(root: string, isOnline: boolean, runsCommands: boolean): Outside {
  const programs = runsCommands ? createPrograms({ folder: root }) : null;
  if (!isOnline) {
    return { registry: createArtifactRegistry({ isOnline, programs }), live: null, programs };
  }
  const github = githubFromEnvironment(process.env);
  const ownRun = process.env['GITHUB_RUN_ID'];
  try {
    return {
      registry: createArtifactRegistry({ isOnline, programs, github }),
      live: createLiveSystems({ github, ...(ownRun ? { ownRun } : {}) }),
      programs,
    };
  } catch (error) {
    throw new CommandFailure(
      `GITHUB_API_URL is not usable: ${error instanceof Error ? error.message : 'it is no address'}.`,
    );
  }
}
