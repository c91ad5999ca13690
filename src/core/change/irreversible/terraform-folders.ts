import { isDocumentation, isTestOrSample, isVendored } from '../path-kinds';
import type { DetectorWorld } from './detector';
import { MAX_CHARACTERS, type FileVersions } from './file-versions';
import { isTerraform, isVariableFile } from './terraform';

/** More unchanged files are not read for the values that changed. */
const MAX_FILES = 100;

/**
 * Adds to changed files of a configuration and its values those that did not change and that decide what the change
 * means: where a value changed, the resources that follow it, and where a resource follows a variable, its values.
 */
export async function withFolders(
  world: DetectorWorld,
  configuration: readonly FileVersions[],
  values: readonly FileVersions[],
): Promise<{ readonly configuration: readonly FileVersions[]; readonly values: readonly FileVersions[] }> {
  const known = new Set([...configuration, ...values].flatMap(({ path, basePath }) => [path, basePath]));
  const paths = [...world.repositoryPaths].filter(
    (path) => !known.has(path) && !isTestOrSample(path) && !isDocumentation(path) && !isVendored(path),
  );
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);
  const holding = new Set(
    [...paths, ...configuration.map(({ basePath }) => basePath)].filter(isTerraform).map(folderOf),
  );
  const wanted = new Set<string>();
  for (const { base, head, basePath } of values) {
    if (base === null && head === null) continue;
    let folder = folderOf(basePath);
    while (!holding.has(folder) && folder !== '') folder = folder.replace(/[^/]+\/$/, '');
    wanted.add(folder);
  }
  const followsVariable = configuration
    .filter(({ base, head }) => /\bvar\./.test(`${base ?? ''}${head ?? ''}`))
    .map(({ basePath }) => folderOf(basePath));
  const read = async (chosen: readonly string[]): Promise<readonly FileVersions[]> => {
    const files: FileVersions[] = [];
    for (const path of chosen.slice(0, MAX_FILES)) {
      const file = await world.history.fileAt(world.range.commits.head, path, world.signal);
      if (!file.ok || file.text.length > MAX_CHARACTERS) continue;
      files.push({ path, basePath: path, base: file.text, head: file.text });
    }
    return files;
  };
  const folders = new Set([...wanted, ...followsVariable]);
  const others = await read(paths.filter((path) => isTerraform(path) && folders.has(folderOf(path))));
  const assigned = await read(
    paths.filter(
      (path) => isVariableFile(path) && [...folders].some((folder) => folderOf(path).startsWith(folder)),
    ),
  );
  return { configuration: [...configuration, ...others], values: [...values, ...assigned] };
}
