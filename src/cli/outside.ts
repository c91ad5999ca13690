import { openOutside as open, type Outside } from '../adapters/outside';
import { createPrograms } from '../adapters/programs';
import { CommandFailure } from './command-failure';

/** What the person lets a call ask and run, besides reading the repository. */
export interface OutsideOptions {
  /** Undefined: what the configuration says. */
  readonly online?: boolean;
  readonly runCommands?: boolean;
}

/**
 * Opens what lies outside the repository, as far as a call lets it be asked.
 *
 * @throws CommandFailure where GITHUB_API_URL is no address that may be asked.
 */
export function openOutside(root: string, isOnline: boolean, runsCommands: boolean): Outside {
  try {
    return open(isOnline, runsCommands ? createPrograms({ folder: root }) : null);
  } catch (error) {
    throw new CommandFailure(
      `GITHUB_API_URL is not usable: ${error instanceof Error ? error.message : 'it is no address'}.`,
    );
  }
}
