import type {
  Change,
  ChangeSignals,
  ClassifiedCommit,
  IrreversibleAction,
} from '../../src/core/change/change';
import type { DeployTarget, RepositoryProfile } from '../../src/core/evidence/profile';
import { fact, fileSource, unknown } from '../../src/core/evidence/fact';

export const HEAD = 'f'.repeat(40);
export const BASE = 'b'.repeat(40);

/** A change of one commit since v1.2.0 that touches nothing; a test says what differs. */
export function changeOf(overrides: Partial<Change> = {}): Change {
  const commits = overrides.commits ?? [commitOf({})];
  return {
    range: {
      commits: { base: BASE, head: HEAD },
      baseTag: 'v1.2.0',
      baseTaggedAt: '2026-11-01T00:00:00Z',
      baseName: 'v1.2.0',
      headName: 'main',
      previousVersion: '1.2.0',
      headTag: null,
      headVersion: null,
      notes: [],
    },
    commits,
    counts: {
      total: commits.length,
      classified: commits.filter((commit) => commit.type !== null).length,
      unclassified: commits.filter((commit) => commit.type === null).length,
      reverted: commits.filter((commit) => commit.revertedBy !== null).length,
    },
    files: [],
    touches: [],
    irreversible: [],
    risks: [],
    components: [],
    evidence: [],
    dependencies: [],
    flags: [],
    signals: noSignals,
    owners: null,
    isShallow: false,
    ...overrides,
  };
}

/** Signals of a range that shows none. */
export const noSignals: ChangeSignals = {
  earlierCommits: 0,
  hotSpots: [],
  size: { files: 0, added: 0, removed: 0, ofLockFiles: 0, binaryFiles: 0 },
  firstAuthoredAt: null,
  lastAuthoredAt: null,
  ageDays: null,
  daysSinceRelease: null,
  authors: [],
  newToFiles: [],
};

/** A fix, unless a test says otherwise. */
export function commitOf(
  overrides: Partial<ClassifiedCommit> & { readonly subject?: string },
): ClassifiedCommit {
  const { subject = 'fix: a', ...rest } = overrides;
  return {
    commit: {
      hash: HEAD,
      parents: [BASE],
      authorName: 'Ada',
      authorEmail: 'ada@example.test',
      authoredAt: '2026-11-10T00:00:00Z',
      committedAt: '2026-11-10T00:00:00Z',
      subject,
      body: '',
    },
    type: 'fix',
    scope: null,
    group: 'fixes',
    isBreaking: false,
    breakingNote: null,
    parts: [],
    pullRequests: [],
    tickets: [],
    coAuthors: [],
    components: [],
    trailers: [],
    reverts: [],
    revertedBy: null,
    ...rest,
  };
}

/** A dropped column. */
export function droppedColumn(overrides: Partial<IrreversibleAction> = {}): IrreversibleAction {
  return {
    kind: 'data-delete',
    path: 'db/migrations/2.sql',
    range: { start: { line: 3, column: 1 }, end: { line: 3, column: 40 } },
    side: 'head',
    statement: 'ALTER TABLE users DROP COLUMN email',
    why: 'it drops the column users.email: its values are gone',
    compensation: 'a backup',
    reversibleBy: null,
    ...overrides,
  };
}

/** A deployment target of a kind, with a command where one is given. */
export function targetOf(kind: DeployTarget['kind'], command: string | null = null): DeployTarget {
  return {
    kind,
    path: fact('deploy', fileSource('deploy')),
    deployCommand: command === null ? unknown('command') : fact(command, fileSource('deploy')),
    rollbackCommand: command === null ? unknown('command') : fact(`undo ${command}`, fileSource('deploy')),
  };
}

/** The profile of a repository that shows nothing. */
export function profileOf(overrides: Partial<RepositoryProfile> = {}): RepositoryProfile {
  return {
    service: unknown('name of the service'),
    remote: unknown('remote'),
    defaultBranch: unknown('default branch'),
    stacks: [],
    dockerfiles: [],
    image: unknown('image'),
    deployTargets: [],
    possibleTargets: [],
    isDeployed: unknown('whether anything here is deployed'),
    registries: [],
    versioning: unknown('how versions are given'),
    workspaces: [],
    environments: [],
    deployScript: null,
    rollbackScript: null,
    smokeTest: null,
    operations: [],
    owners: [],
    migrationFolders: [],
    infrastructure: [],
    workflows: [],
    clouds: [],
    ...overrides,
  };
}
