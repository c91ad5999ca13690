import { listAt, mapAt, stringAt, type DataPath, type PlacedDocument } from '../../evidence/detect/places';
import type { DetectorWorld } from './detector';
import {
  MAX_CHARACTERS,
  placeAt,
  startJudgement,
  unjudgeableAt,
  type FileVersions,
  type OpenJudgement,
} from './file-versions';
import { judgeLeftOut, manifestsIn } from './kubernetes';
import { readTemplatedYaml } from './templated-yaml';

/** Files and folders below one entry of a kustomization that are read. */
const MAX_FILES = 200;

/** Whether a file is a kustomization. */
export function isKustomization(path: string): boolean {
  return /(?:^|\/)kustomization\.ya?ml$/.test(path);
}

/**
 * Judges kustomizations: what one no longer takes in while its file stays, and what a patch in it deletes. Something that
 * another changed kustomization takes in instead only moved.
 */
export async function judgeKustomizations(
  world: DetectorWorld,
  files: readonly FileVersions[],
): Promise<OpenJudgement> {
  const judgement = startJudgement();
  const ends = files.map((file) => ({
    file,
    base: documentOf(file.base),
    head: documentOf(file.head),
  }));
  const taken = new Set(ends.flatMap(({ file, head }) => [...resourcesOf(file.path, head).keys()]));
  for (const { file, base, head } of ends) {
    if (base && !head && file.head !== null && file.head.trim() !== '') {
      judgement.irreversible.push(
        unjudgeableAt(placeAt(file, 'head', null), 'the kustomization can no longer be read'),
      );
    }
    // A kustomization that is gone takes nothing in; whether anything applied it, nothing here tells.
    if (!base || !head) continue;
    for (const [path, at] of resourcesOf(file.basePath, base)) {
      if (taken.has(path)) continue;
      const place = placeAt(file, 'base', base.rangeOf(at));
      for (const each of await manifestFiles(world, path)) {
        for (const manifest of manifestsIn(each, 'head'))
          judgeLeftOut(manifest, place, 'it no longer takes in', judgement);
      }
    }
    const before = new Set(deletionsIn(base).map(({ key }) => key));
    for (const { key, at, text } of deletionsIn(head)) {
      if (before.has(key)) continue;
      const patch = { path: file.path, basePath: file.basePath, base: null, head: text };
      const place = placeAt(file, 'head', head.rangeOf(at));
      for (const manifest of manifestsIn(patch, 'head'))
        judgeLeftOut(manifest, place, 'its patch deletes', judgement);
    }
  }
  return judgement;
}

function documentOf(text: string | null): PlacedDocument | null {
  const read = text === null ? null : readTemplatedYaml(text);
  return (read?.ok ? read.documents[0] : null) ?? null;
}

/** The local files and folders that a kustomization takes in, with where it says so. */
function resourcesOf(path: string, document: PlacedDocument | null): ReadonlyMap<string, DataPath> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const found = new Map<string, DataPath>();
  for (const key of ['resources', 'bases', 'components']) {
    listAt(document?.data, [key]).forEach((entry, index) => {
      if (typeof entry !== 'string' || /^[a-z]+:\/\/|^git@|\?ref=|^github\.com\//.test(entry)) return;
      const parts: string[] = [];
      for (const part of `${folder}${entry}`.split('/')) {
        if (part === '..') parts.pop();
        else if (part !== '.' && part !== '') parts.push(part);
      }
      found.set(parts.join('/'), [key, index]);
    });
  }
  return found;
}

/** The manifests behind an entry, as they stand at the head: a file, or all that the kustomization of a folder takes in. */
async function manifestFiles(world: DetectorWorld, path: string): Promise<readonly FileVersions[]> {
  const found: FileVersions[] = [];
  const seen = new Set([path]);
  for (const next of seen) {
    const below = [`${next}/kustomization.yaml`, `${next}/kustomization.yml`];
    const target = [next, ...below].find((each) => world.repositoryPaths.has(each));
    if (target === undefined || seen.size > MAX_FILES) continue;
    const read = await world.history.fileAt(world.range.commits.head, target, world.signal);
    if (!read.ok || read.text.length > MAX_CHARACTERS) continue;
    if (isKustomization(target)) {
      for (const inner of resourcesOf(target, documentOf(read.text)).keys()) seen.add(inner);
    } else found.push({ path: target, basePath: target, base: read.text, head: read.text });
  }
  return found;
}

/** Patches written into a kustomization that delete an object: `$patch: delete`. */
function deletionsIn(
  document: PlacedDocument,
): readonly { readonly key: string; readonly at: DataPath; readonly text: string }[] {
  return ['patches', 'patchesStrategicMerge'].flatMap((key) =>
    listAt(document.data, [key]).flatMap((entry, index) => {
      const text = typeof entry === 'string' ? entry : stringAt(mapAt(entry, []), ['patch']);
      if (text === null || !/^\$patch:\s*["']?delete/m.test(text)) return [];
      return [{ key: text.replace(/\s+/g, ' '), at: [key, index], text }];
    }),
  );
}
