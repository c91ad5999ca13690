import type { ChangedFile } from '../../ports';
import {
  TOUCH_KINDS,
  type DependencyChange,
  type FlagChange,
  type TouchEvidence,
  type TouchKind,
} from '../change';
import type { DetectorWorld } from '../irreversible/detector';
import { touchesOfPath } from '../path-kinds';
import { readDependencies } from './dependencies';
import { sideOf } from './file-ends';
import { readFlags } from './flags';
import { readInfrastructureAccess } from './infrastructure-access';
import { readConfigurationNames } from './names';
import { readWorkflowTouches } from './workflows';

/** What the contents of changed files show of what the range touches. */
export interface TouchesRead {
  readonly evidence: readonly TouchEvidence[];
  readonly dependencies: readonly DependencyChange[];
  readonly flags: readonly FlagChange[];
  /** Kinds and paths (`touchKey`) that the name of a file tells and its contents deny. */
  readonly untouched: ReadonlySet<string>;
}

/** Of more files that only their paths tell, no evidence is written down. */
const MAX_BY_PATH = 200;

/** A kind and a path as one word. */
export function touchKey(kind: TouchKind, path: string): string {
  return `${kind}\0${path}`;
}

/**
 * Reads at both ends those changed files whose contents tell what they touch. Where only a path tells it, the evidence says
 * so. Never throws on a file's contents.
 */
export async function readTouches(world: DetectorWorld): Promise<TouchesRead> {
  const [dependencies, flags, ...others] = await Promise.all([
    readDependencies(world),
    readFlags(world),
    readConfigurationNames(world),
    readWorkflowTouches(world),
    readInfrastructureAccess(world),
  ]);
  const families = [dependencies, flags, ...others];
  const untouched = new Set(
    families.flatMap((family) => family.untouched).map(({ kind, path }) => touchKey(kind, path)),
  );
  const read = [...families.flatMap((family) => family.evidence), ...world.files.flatMap(ofModes)];
  const told = new Set(read.map(({ kind, path }) => touchKey(kind, path)));
  const byPath = world.files
    .flatMap((file) =>
      touchesOfPath(file.path)
        .filter((kind) => !told.has(touchKey(kind, file.path)) && !untouched.has(touchKey(kind, file.path)))
        .map((kind): TouchEvidence => ({
          kind,
          path: file.path,
          range: null,
          side: sideOf(file),
          what: `${STATUS[file.status]}; ${BY_PATH}`,
        })),
    )
    .slice(0, MAX_BY_PATH);
  const rank = new Map(TOUCH_KINDS.map((kind, index) => [kind, index]));
  return {
    evidence: [...read, ...byPath].sort((a, b) => (rank.get(a.kind) ?? 0) - (rank.get(b.kind) ?? 0)),
    dependencies: dependencies.dependencies,
    flags: flags.flags,
    untouched,
  };
}

const BY_PATH = 'what it is its path tells';

/** Whether nothing but the path says what a file is: then the path says it all. */
export function isToldByPath({ what }: Pick<TouchEvidence, 'what'>): boolean {
  return what.endsWith(BY_PATH);
}

const STATUS: Readonly<Record<ChangedFile['status'], string>> = {
  added: 'is new',
  modified: 'is changed',
  deleted: 'is gone',
  renamed: 'is moved',
  copied: 'is a copy',
  'type-changed': 'becomes another kind of file',
  submodule: 'is another commit',
};

/** What no content shows: the commit of a submodule, and whether a deployment script can be run. */
function ofModes(file: ChangedFile): readonly TouchEvidence[] {
  const at = { path: file.path, range: null, side: sideOf(file) };
  if (file.submodule) {
    const { before, after } = file.submodule;
    const short = (commit: string): string => commit.slice(0, 12);
    const what =
      before === null
        ? `adds the submodule at ${short(after ?? '')}`
        : after === null
          ? `removes the submodule that was at ${short(before)}`
          : `moves the submodule from ${short(before)} to ${short(after)}; what that changes is in the other repository`;
    return [{ kind: 'dependencies', ...at, what }];
  }
  if (!file.mode || !touchesOfPath(file.path).includes('deploy-scripts')) return [];
  const { before, after } = file.mode;
  if (before === '100644' && after === '100755')
    return [{ kind: 'deploy-scripts', ...at, what: 'can now be run as a program' }];
  if (before === '100755' && after === '100644')
    return [{ kind: 'deploy-scripts', ...at, what: 'can no longer be run as a program' }];
  return [{ kind: 'deploy-scripts', ...at, what: 'becomes another kind of file' }];
}
