import { isPlainText } from '../../evidence/detect/shell-text';
import type { RepositoryProfile } from '../../evidence/profile';
import type { ReleasePath } from './code-owners';

/** What a release depends on: what builds and deploys it, what it cannot undo, and the rules that it is held to. */
export function releasePathsOf(
  profile: RepositoryProfile,
  paths: readonly string[],
  codeOwners: string,
): readonly ReleasePath[] {
  const found = new Map<string, string>();
  const add = (path: string, what: string, isFile = paths.includes(path)): void => {
    const isFolder = !isFile;
    const written = isFolder ? `${path.replace(/\/+$/, '')}/` : path;
    // A folder that holds everything is no release path, and what lies in one that is listed is owned with it.
    if (written === '/' || written === './' || !isPlainText(written)) return;
    if ([...found.keys()].some((other) => other.endsWith('/') && written.startsWith(other))) return;
    found.set(written, what);
  };
  add('.github/workflows', 'workflows');
  if (paths.some((path) => path.startsWith('.github/actions/')))
    add('.github/actions', 'actions of the repository');
  if (paths.includes('.github/release-gate.yml'))
    add('.github/release-gate.yml', 'configuration of the gate');
  add('.github/release-gate', 'settings on GitHub');
  add(codeOwners, 'who owns what', true);
  for (const script of [profile.deployScript, profile.rollbackScript]) {
    if (script) add(script.value, 'deployment script');
  }
  for (const target of profile.deployTargets) add(target.path.value, `deployment (${target.kind})`);
  for (const folder of profile.migrationFolders) add(folder.value, 'migrations');
  for (const place of profile.infrastructure) add(place.value, 'infrastructure');
  return [...found].map(([path, what]) => ({ path, what }));
}
