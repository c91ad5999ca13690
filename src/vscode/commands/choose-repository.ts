import { ALL_FOLDERS, NO_FOLDER } from '../repositories';
import type { Person } from '../person';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';

/** A repository, and those that are looked at together with it. */
export interface ChosenRepositories {
  readonly repository: WorkspaceRepository;
  readonly others: readonly WorkspaceRepository[];
}

/**
 * The repository that a command is for: the one it was called with (by name or key), the only one, or the one that the
 * person picks. Null where nothing was picked or no folder is open; the person knows why.
 */
export async function chooseRepository(
  repositories: WorkspaceRepositories,
  person: Person,
  named: string | null,
): Promise<WorkspaceRepository | null> {
  return (await chooseRepositories(repositories, person, named, false))?.repository ?? null;
}

/** The same with the choice of all folders together, where `takesSeveral`. */
export async function chooseRepositories(
  repositories: WorkspaceRepositories,
  person: Person,
  named: string | null,
  takesSeveral: boolean,
): Promise<ChosenRepositories | null> {
  const all = repositories.all();
  if (all.length === 0) {
    void person.warn(NO_FOLDER);
    return null;
  }
  if (named !== null) {
    if (takesSeveral && named === ALL_FOLDERS) return together(repositories);
    const found = all.find((repository) => repository.key === named || repository.name === named);
    if (!found) void person.warn(`No open folder is called ${named}.`);
    return found ? { repository: found, others: [] } : null;
  }
  const [only] = all;
  if (all.length === 1 && only) return { repository: only, others: [] };
  const current = repositories.current();
  const ordered = [...all].sort((a, b) => Number(b.key === current?.key) - Number(a.key === current?.key));
  const labels = ordered.map((repository) => `${repository.name} (${repository.folder.fsPath})`);
  const allLabel = `All ${all.length} folders together`;
  const chosen = await person.choose('For which folder?', takesSeveral ? [...labels, allLabel] : labels);
  if (chosen === null) return null;
  if (chosen === allLabel) return together(repositories);
  const repository = ordered[labels.indexOf(chosen)];
  return repository ? { repository, others: [] } : null;
}

function together(repositories: WorkspaceRepositories): ChosenRepositories | null {
  const current = repositories.current();
  return current
    ? { repository: current, others: repositories.all().filter(({ key }) => key !== current.key) }
    : null;
}
