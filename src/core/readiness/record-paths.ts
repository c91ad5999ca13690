import { releasePathsOf } from '../evidence/release-settings';
import type { Configuration } from '../gate/configuration';

/**
 * Whether a file only records something of releases: a person's word, or what a run left. It is committed after what it is
 * about, and changes nothing of what is released.
 */
export function isRecordPath(
  { releaseFolder, release }: Pick<Configuration, 'releaseFolder' | 'release'>,
  path: string,
): boolean {
  if (path.startsWith(`${releaseFolder}/records/`)) return true;
  const { releaseFolder: folder } = releasePathsOf(release);
  if (!path.startsWith(`${folder}/`)) return false;
  const name = path.slice(folder.length + 1);
  return name.startsWith('manual_approvals/') || /^(?:release|rollback)_[^/]+\.(?:md$|journal\/)/.test(name);
}
