import { readChange } from '../change/read-change';
import { releasePlanKind } from '../documents/release-plan/release-plan-kind';
import { isKnown } from '../evidence/fact';
import { planPathOf, type AssessedWorld, type AssessRun } from '../readiness/assess-release';
import { proposeVersion } from './release-plan/propose-version';
import { readProfile } from '../workflow/read-profile';

/** Which release a face may propose to judge, before a person says. */
export interface ProposedRelease {
  /** Null where nothing tells it. */
  readonly version: string | null;
  /** Completes "The version is …"; '' where it is not known. */
  readonly from: string;
  /** Where it may go: production first. Never empty. */
  readonly environments: readonly string[];
}

/**
 * The release that stands before the door: the version that the plan names, if it is not released yet, else the one that
 * the change and the manifests ask for; and the environments of the repository.
 *
 * @throws HistoryFailure where git cannot read what it could open, and the signal's reason when it is aborted.
 */
export async function proposeRelease(world: AssessedWorld, run: AssessRun): Promise<ProposedRelease> {
  const { configuration } = world;
  const answer = await readChange(
    world,
    { base: null, head: null, tagPattern: configuration.tagPattern },
    run.signal,
  );
  const change = answer.ok ? answer.change : null;
  const profile = await readProfile(world, run);
  const names = [
    ...configuration.productionEnvironments,
    ...profile.environments.filter(({ value }) => value.isProduction).map(({ value }) => value.name),
    ...profile.environments.filter(({ value }) => !value.isProduction).map(({ value }) => value.name),
    ...configuration.otherEnvironments,
  ];
  const environments = [...new Set(names.length > 0 ? names : ['production'])];
  const planned = await plannedVersion(world);
  const isReleased = planned !== null && planned === change?.range.previousVersion;
  if (planned !== null && !isReleased) {
    return { version: planned, from: `that of ${planPathOf(configuration)}`, environments };
  }
  const { version, from } = proposeVersion(null, change, profile);
  return { version: isKnown(version) ? version.value : null, from, environments };
}

/** The version that the plan of the repository names; null where there is no plan, or none in it. */
async function plannedVersion(world: AssessedWorld): Promise<string | null> {
  const path = planPathOf(world.configuration);
  const read = await world.files.read(path);
  if (!read.ok) return null;
  const { version } = releasePlanKind.read(path, read.text).data;
  const bare = version.trim().replace(/^v(?=\d)/, '');
  return /^[\w][\w.+-]{0,79}$/.test(bare) ? bare : null;
}
