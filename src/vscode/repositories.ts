import type { World } from '../core/tasks/task';

/** One repository of the workspace: a folder, with its world made anew for each run. */
export interface Repository {
  /** Tells it from the others, for as long as the window lives. */
  readonly key: string;
  /** How people call the folder. */
  readonly name: string;
  /** The ports on it as it is now, unsaved documents included; or the sentence why not (a broken configuration). */
  world(): Promise<WorldResult>;
}

/** The world, or what is wrong with the repository's configuration, in sentences. */
export type WorldResult =
  | { readonly ok: true; readonly world: World; readonly configurationPath: string }
  | {
      readonly ok: false;
      readonly message: string;
      /** Each mistake with its place, line and column from 1. */
      readonly problems: readonly {
        readonly path: string;
        readonly line: number;
        readonly column: number;
        readonly message: string;
      }[];
    };

/** The repositories of the workspace. */
export interface Repositories {
  all(): readonly Repository[];
  byKey(key: string): Repository | null;
  /** The one of the file that the person looks at, else the first; null where no folder is open. */
  current(): Repository | null;
}

/** Said wherever a command needs a folder and there is none. */
export const NO_FOLDER = 'No folder is open; open the folder of a repository and run the command again.';

/** What a person or a model says in the place of a folder's name for a task that looks at all of them together. */
export const ALL_FOLDERS = 'all';
