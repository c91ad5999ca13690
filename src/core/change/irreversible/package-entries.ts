import { dataAt, mapAt, stringAt, type DataPath, type PlacedDocument } from '../../evidence/detect/places';
import type { Detected } from './detector';
import {
  placeAt,
  riskAt,
  startJudgement,
  unjudgeableAt,
  type FileVersions,
  type OpenJudgement,
} from './file-versions';
import { interfaceBreak } from './interface-break';
import { readBoundedYaml } from './templated-yaml';

/** Whether the file is a manifest of npm. */
export function isPackageManifest(path: string): boolean {
  return /(?:^|\/)package\.json$/.test(path);
}

/**
 * Judges manifests of published npm packages by the ways into them: what `exports`, `main`, `types` and `bin` offered at
 * the base and do not at the head. A package that is `private` at either end is published by nobody.
 *
 * Source: https://nodejs.org/api/packages.html#package-entry-points
 */
export function judgePackages(files: readonly FileVersions[]): Detected {
  const judgement = startJudgement();
  for (const file of files) {
    if (file.base === null || file.head === null) continue;
    const [base, head] = [manifestOf(file.base), manifestOf(file.head)];
    if (!base || !isPublished(base)) continue;
    if (!head) {
      judgement.irreversible.push(
        unjudgeableAt(placeAt(file, 'head', null), 'the file can no longer be read as a manifest'),
      );
    } else if (isPublished(head)) judgePackage(file, base, head, judgement);
  }
  return judgement;
}

function manifestOf(text: string): PlacedDocument | null {
  const read = readBoundedYaml(text);
  const document = read.ok ? read.documents[0] : undefined;
  return document && typeof document.data === 'object' && document.data !== null ? document : null;
}

function isPublished({ data }: PlacedDocument): boolean {
  return stringAt(data, ['name']) !== null && dataAt(data, ['private']) !== true;
}

function judgePackage(
  file: FileVersions,
  base: PlacedDocument,
  head: PlacedDocument,
  judgement: OpenJudgement,
): void {
  const name = stringAt(base.data, ['name']) ?? '';
  const gone = (path: DataPath, what: string): void => {
    judgement.irreversible.push(interfaceBreak(placeAt(file, 'base', base.rangeOf(path)), what));
  };
  const newPrograms = programsOf(head, name);
  for (const program of programsOf(base, name)) {
    if (newPrograms.has(program)) continue;
    const isNamed = typeof dataAt(base.data, ['bin']) === 'object';
    gone(isNamed ? ['bin', program] : ['bin'], `removes the program ${program} from ${name}`);
  }

  const [before, after] = [entriesOf(base), entriesOf(head)];
  if (before && after) {
    for (const [entry, old] of before) {
      if (old.target === null) continue;
      const now = after.get(entry) ?? [...after].find(([pattern]) => covers(pattern, entry))?.[1];
      if (!now || now.target === null) {
        gone(old.path, `removes the entry ${entry} from the exports of ${name}`);
        continue;
      }
      for (const condition of ['import', 'require']) {
        if (takes(old.target, condition) && !takes(now.target, condition)) {
          gone(
            typeof old.target === 'object' && Object.hasOwn(old.target, condition)
              ? [...old.path, condition]
              : old.path,
            `no longer offers the entry ${entry} of ${name} to \`${condition}\``,
          );
        }
      }
    }
  } else if (after && !before) {
    judgement.risks.push(
      riskAt(
        placeAt(file, 'head', head.rangeOf(['exports'])),
        'interface',
        `lets ${name} be imported by its exports only`,
        'files that were imported by their path no longer can be',
      ),
    );
  }
  // Where there are exports, they say what `main` and `types` said.
  if (after) return;
  for (const field of ['main', 'types', 'typings']) {
    const isThere = stringAt(head.data, [field]) ?? (field === 'main' ? null : typesOf(head));
    if (stringAt(base.data, [field]) !== null && isThere === null) {
      gone([field], `removes \`${field}\` from ${name}`);
    }
  }
}

function typesOf({ data }: PlacedDocument): string | null {
  return stringAt(data, ['types']) ?? stringAt(data, ['typings']);
}

function programsOf({ data }: PlacedDocument, name: string): ReadonlySet<string> {
  const programs = dataAt(data, ['bin']);
  if (typeof programs === 'string') return new Set([name.slice(name.lastIndexOf('/') + 1)]);
  return new Set(Object.keys(mapAt(data, ['bin'])));
}

interface Entry {
  /** A path, conditions, or null where the entry is closed. */
  readonly target: unknown;
  readonly path: DataPath;
}

/** By subpath; null where the package has no `exports`. */
function entriesOf({ data }: PlacedDocument): ReadonlyMap<string, Entry> | null {
  const exported = dataAt(data, ['exports']);
  if (exported === undefined || exported === null) return null;
  const keys = Object.keys(mapAt(exported, []));
  if (keys.length === 0 || !keys.every((key) => key.startsWith('.'))) {
    return new Map([['.', { target: exported, path: ['exports'] }]]);
  }
  return new Map(keys.map((key) => [key, { target: dataAt(exported, [key]), path: ['exports', key] }]));
}

/** `./lib/*` covers `./lib/a`. */
function covers(pattern: string, entry: string): boolean {
  const star = pattern.indexOf('*');
  if (star === -1) return false;
  const [start, end] = [pattern.slice(0, star), pattern.slice(star + 1)];
  return entry.length >= pattern.length && entry.startsWith(start) && entry.endsWith(end);
}

/** Whether somebody who comes by `import` or `require` finds anything. */
function takes(target: unknown, condition: string): boolean {
  if (typeof target === 'string') return true;
  if (Array.isArray(target)) return target.some((each) => takes(each, condition));
  const conditions = Object.keys(mapAt(target, []));
  return conditions.some(
    (each) =>
      each === condition ||
      (!['import', 'require', 'types', 'browser', 'worker', 'deno', 'react-native'].includes(each) &&
        takes(dataAt(target, [each]), condition)),
  );
}
