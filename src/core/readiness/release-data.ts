import type { Change, CommitGroup } from '../change/change';
import { isKnown } from '../evidence/fact';
import type { RollbackCredibility } from '../risk/credibility';
import type { RiskRegister } from '../risk/register';
import type { RolloutAdvice } from '../risk/rollout';
import type { AssessedRelease } from './assess-release';

/** What is known of a release as data: the contract that `plan --format json` and `gate --format json` share. */
export interface ReleaseData {
  readonly version: 1;
  /** Commit ids; `base` is null where the range begins at the first commit. */
  readonly range: { readonly base: string | null; readonly head: string | null };
  readonly commits: Change['counts'];
  readonly touches: readonly string[];
  readonly irreversible: readonly (Change['irreversible'][number] & {
    readonly compensatedBy: string | null;
  })[];
  readonly risk: {
    readonly level: RiskRegister['level'] | 'unknown';
    readonly entries: RiskRegister['entries'];
  };
  readonly strategy: RolloutAdvice;
  readonly rollback: RollbackCredibility;
  readonly components: readonly {
    readonly name: string;
    readonly folder: string;
    /** What makes it a component: the configuration, a workspace, a manifest, or its folder alone. */
    readonly source: Change['components'][number]['source'];
    readonly files: number;
    readonly owners: readonly string[];
    /** Ids of the commits that changed it, newest first, by what they bring. */
    readonly commits: Readonly<Record<CommitGroup, readonly string[]>>;
    readonly notes: readonly string[];
  }[];
  /** What the touches rest on. */
  readonly evidence: Change['evidence'];
  readonly dependencies: Change['dependencies'];
  readonly flags: Change['flags'];
  /** Null where nothing is known of the change. */
  readonly signals: Change['signals'] | null;
  /** Tickets, and numbers of pull or merge requests, that the commits name. */
  readonly tickets: readonly string[];
  readonly pullRequests: readonly number[];
  /** Files that became programs or stopped being programs, or became links or files. */
  readonly modes: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  readonly submodules: readonly {
    readonly path: string;
    readonly before: string | null;
    readonly after: string | null;
  }[];
  /** Why nothing is known of the change; null where it is known. */
  readonly unknownBecause: string | null;
  readonly release: {
    readonly service: string | null;
    readonly version: string | null;
    readonly baseTag: string | null;
  };
}

/** The data of a release; `version` null where nobody named one and none could be proposed. */
export function releaseData(release: AssessedRelease, version: string | null): ReleaseData {
  const { change, noChange, profile, register, rollout, credibility } = release;
  return {
    version: 1,
    range: {
      base: change?.range.commits.base ?? null,
      head: change?.range.commits.head ?? null,
    },
    commits: change?.counts ?? { total: 0, classified: 0, unclassified: 0, reverted: 0 },
    touches: (change?.touches ?? []).map((touch) => touch.kind),
    irreversible: (change?.irreversible ?? []).map((action) => ({
      ...action,
      compensatedBy: action.compensatedBy ?? null,
    })),
    risk: { level: register?.level ?? 'unknown', entries: register?.entries ?? [] },
    strategy: rollout,
    rollback: credibility ?? { credible: 'unknown', conditions: [] },
    components: change ? componentsOf(change) : [],
    evidence: change?.evidence ?? [],
    dependencies: change?.dependencies ?? [],
    flags: change?.flags ?? [],
    signals: change?.signals ?? null,
    tickets: [...new Set((change?.commits ?? []).flatMap(({ tickets }) => tickets))],
    pullRequests: [...new Set((change?.commits ?? []).flatMap(({ pullRequests }) => pullRequests))],
    modes: (change?.files ?? []).flatMap(({ path, mode }) => (mode ? [{ path, ...mode }] : [])),
    submodules: (change?.files ?? []).flatMap(({ path, submodule }) =>
      submodule ? [{ path, ...submodule }] : [],
    ),
    unknownBecause: change ? null : noChange,
    release: {
      service: isKnown(profile.service) ? profile.service.value : null,
      version: version,
      baseTag: change?.range.baseTag ?? null,
    },
  };
}

function componentsOf(change: Change): ReleaseData['components'] {
  const groupOf = new Map(change.commits.map(({ commit, group }) => [commit.hash, group]));
  return change.components.map(({ name, folder, source, paths, owners, commits, notes }) => {
    const by = (group: CommitGroup): readonly string[] =>
      commits.filter((hash) => (groupOf.get(hash) ?? 'other') === group);
    return {
      name,
      folder,
      source,
      files: paths.length,
      owners,
      commits: {
        features: by('features'),
        fixes: by('fixes'),
        breaking: by('breaking'),
        security: by('security'),
        other: by('other'),
      },
      notes,
    };
  });
}
