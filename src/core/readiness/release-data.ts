import type { Change } from '../change/change';
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
    readonly folder: string;
    readonly files: number;
    readonly owners: readonly string[];
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
    components: (change?.components ?? []).map(({ folder, paths, owners }) => ({
      folder,
      files: paths.length,
      owners,
    })),
    unknownBecause: change ? null : noChange,
    release: {
      service: isKnown(profile.service) ? profile.service.value : null,
      version: version,
      baseTag: change?.range.baseTag ?? null,
    },
  };
}
