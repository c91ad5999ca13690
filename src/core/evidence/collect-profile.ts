import type { History, RepositoryFiles } from '../ports';
import { fact, unknown, type Source } from './fact';
import type { RepositoryProfile } from './profile';
import { readNodeStacks } from './detect/node';
import { startReading } from './detect/reading';

/** One repository, as far as its profile needs it; a task's `World` is one. */
export interface ProfileWorld {
  readonly files: RepositoryFiles;
  readonly history: History;
  /** Names that the configuration gives to environments; others are told by Definition 2 (docs/pipelines.md). */
  readonly configuration?: {
    readonly productionEnvironments: readonly string[];
    readonly otherEnvironments: readonly string[];
  };
}

/** How the collection talks to its face; a task's `TaskRun` is one. */
export interface ProfileRun {
  readonly signal: AbortSignal;
  report(message: string, sources?: readonly Source[]): void;
}

/**
 * Reads what a repository is from its files and history, each fact with the place that says it. Nothing is guessed:
 * what no file tells is unknown, and a broken file is among `problems` while the others are read.
 *
 * @throws The signal's reason when it is aborted.
 */
export async function collectProfile(world: ProfileWorld, run: ProfileRun): Promise<RepositoryProfile> {
  const reading = await startReading(world.files, run.signal);
  const stacks = [...(await readNodeStacks(reading))];
  const remote = await remoteOf(world.history, run.signal);
  const branch = await world.history.defaultBranch(run.signal);
  const profile: RepositoryProfile = {
    service: stacks[0]?.name ?? unknown('name of the service'),
    remote,
    defaultBranch: branch
      ? fact(branch, { kind: 'git', what: 'refs/remotes/origin/HEAD' })
      : unknown('default branch of the repository'),
    stacks,
    dockerfiles: [],
    image: unknown('name of the container image'),
    deployTargets: [],
    environments: [],
    deployScript: null,
    rollbackScript: null,
    smokeTest: null,
    operations: [],
    owners: [],
    migrationFolders: [],
    infrastructure: [],
    workflows: reading.paths.filter((path) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)),
    clouds: [],
    problems: reading.problems,
  };
  run.report(
    'Read the repository',
    stacks.map((stack) => stack.manifest.sources[0]).filter((source) => source !== undefined),
  );
  return profile;
}

async function remoteOf(history: History, signal: AbortSignal): Promise<RepositoryProfile['remote']> {
  const url = await history.remoteUrl(signal);
  const parsed = url === null ? null : parseRemote(url);
  return parsed
    ? fact(parsed, { kind: 'git', what: 'the URL of the remote' })
    : unknown('owner and name of the repository on its host');
}

/** `https://host/owner/name(.git)`, `ssh://git@host/owner/name` and `git@host:owner/name`; null for anything else. */
export function parseRemote(
  url: string,
): { readonly host: string; readonly owner: string; readonly name: string } | null {
  const match =
    /^(?:https?|ssh|git):\/\/(?:[^@/\s]{1,200}@)?([\w.-]{1,200})(?::\d{1,5})?\/([\w./-]{1,200})\/([\w.-]{1,200}?)(?:\.git)?\/?$/.exec(
      url,
    ) ??
    /^(?:[\w.-]{1,100}@)?([\w.-]{1,200}):(?!\/)([\w./-]{1,200})\/([\w.-]{1,200}?)(?:\.git)?\/?$/.exec(url);
  const [, host, owner, name] = match ?? [];
  return host && owner && name ? { host, owner, name } : null;
}
