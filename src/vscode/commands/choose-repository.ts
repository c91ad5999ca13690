import { NO_FOLDER } from '../repositories';
import type { Person } from '../person';
import type { WorkspaceRepositories, WorkspaceRepository } from '../workspace-world';

/**
 * The repository that a command is for: the one it was called with (by name or key), the only one, or the one that the
 * person picks. Null where nothing was picked or no folder is open; the person knows why.
 */
export async function chooseRepository(
  repositories: WorkspaceRepositories,
  person: Person,
  named: string | null,
): Promise<WorkspaceRepository | null> {
  const all = repositories.all();
  if (all.length === 0) {
    void person.warn(NO_FOLDER);
    return null;
  }
  if (named !== null) {
    const found = all.find((repository) => repository.key === named || repository.name === named);
    if (!found) void person.warn(`No open folder is called ${named}.`);
    return found ?? null;
  }
  if (all.length === 1) return all[0] ?? null;
  const current = repositories.current();
  const ordered = [...all].sort((a, b) => Number(b.key === current?.key) - Number(a.key === current?.key));
  const labels = ordered.map((repository) => `${repository.name} (${repository.folder.fsPath})`);
  const chosen = await person.choose('For which folder?', labels);
  return chosen === null ? null : (ordered[labels.indexOf(chosen)] ?? null);
}
