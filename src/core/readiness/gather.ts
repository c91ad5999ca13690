import { listedOnce } from '../evidence/listed-once';
import type { ReleaseCommit } from '../evidence/results/standing';
import type { RepositoryProfile } from '../evidence/profile';
import { releasePathsOf } from '../evidence/release-settings';
import { checkInputOf, checkRepository, createReadingCache } from '../gate/check';
import type { Change } from '../change/change';
import { releaseTags } from '../change/release-range';
import { conditions } from './conditions/index';
import { addedKeys } from './configuration-keys';
import { releaseFoldersOf, releaseRecordsOf, runbooksOf } from './upkeep';
import { environmentProblem, versionProblem } from './asked';
import { gatherEvidence, listedReports } from './evidence';
import { overridesOf } from './overrides';
import { assessRelease, releaseFactsOf, type AssessedWorld, type AssessRun } from './assess-release';
import { environmentWords, readParityFiles } from './parity/parity';
import type { ReadinessFacts } from './facts';
import { askLiveTarget } from './live-target';
import { askForArtifact, namedArtifact } from './released-artifact';

/** Which release is judged. */
export interface ReadinessRequest {
  /** As people write it: `2.4.0`, `v2.4.0`. */
  readonly version: string;
  readonly environment: string;
  /** The ends of the range; null: from the release before, up to the version's tag, else what is checked out. */
  readonly base: string | null;
  readonly head: string | null;
  /** Whether the network may be asked. */
  readonly isOnline?: boolean;
  /** Whether programs that the configuration names may run. */
  readonly runsCommands?: boolean;
  /** Evidence files in place of those that the configuration names. */
  readonly evidence?: readonly string[];
}

/** The facts, or why there are none: `reason` is a clause. */
export type GatheredFacts =
  { readonly ok: true; readonly facts: ReadinessFacts } | { readonly ok: false; readonly reason: string };

/**
 * Reads everything that the conditions of readiness look at: the change, the plan, the workflows and documents as the
 * check judges them, the records and the evidence.
 *
 * @throws HistoryFailure where git cannot read what it could open, and the signal's reason when it is aborted.
 */
export async function gatherFacts(
  given: AssessedWorld,
  request: ReadinessRequest,
  run: AssessRun,
): Promise<GatheredFacts> {
  const world = { ...given, files: listedOnce(given.files) };
  const problem = versionProblem(request.version) ?? environmentProblem(request.environment);
  if (problem !== null) return { ok: false, reason: problem };
  const head = request.head ?? (await tagOf(world, request.version, run.signal));
  const assessment = await assessRelease(
    world,
    { base: request.base, head, release: { version: request.version, environment: request.environment } },
    run,
  );
  if (!assessment.ok) return assessment;
  run.report('Judging the workflows and documents');
  const cache = createReadingCache();
  const ofRelease = releaseFactsOf(assessment.release, world.configuration);
  const check = await checkRepository({
    ...checkInputOf(world),
    cache,
    ...(ofRelease ? { release: ofRelease } : {}),
    signal: run.signal,
  });
  const { paths } = await world.files.list(run.signal);
  const known = new Set(paths);
  const { productionEnvironments, otherEnvironments } = world.configuration;
  const parity = await readParityFiles(
    world.files,
    known,
    environmentWords(productionEnvironments, otherEnvironments),
    run.signal,
  );
  const { change, profile } = assessment.release;
  const workflows = cache.understood?.set ?? null;
  const named = namedArtifact(world.configuration, profile);
  if (world.registry || world.live) run.report('Asking the registry, and what is live');
  const release = {
    version: request.version,
    commit: change?.range.commits.head ?? null,
    tag: change?.range.headTag ?? null,
  };
  const artifact = named
    ? await askForArtifact(world.registry ?? null, named, release, world.history, run.signal)
    : null;
  const live = await askLiveTarget(
    { live: world.live ?? null, programs: world.programs ?? null },
    { environment: request.environment, settings: world.configuration.readiness, profile, workflows },
    run.signal,
  );
  const documents = [...cache.documents.values()];
  run.report('Reading the evidence');
  const evidence = await gatherEvidence(
    world.reports ?? listedReports(world.files),
    world.configuration.readiness,
    request.evidence ?? [],
    commitOf(change),
    {
      alertFiles: alertFilesOf(profile),
      programs: world.programs ?? null,
      usual: { 'acceptance-criteria': [releasePathsOf(world.configuration.release).acceptanceCriteria] },
    },
    run.signal,
  );
  return {
    ok: true,
    facts: {
      ...assessment.release,
      asked: {
        version: request.version,
        environment: request.environment,
        isOnline: request.isOnline ?? world.configuration.isOnline,
        runsCommands: request.runsCommands ?? false,
        evidence: request.evidence ?? [],
      },
      now: world.clock.now(),
      settings: world.configuration.readiness,
      configuration: world.configuration,
      check,
      workflows,
      documents,
      addedKeys: change ? await addedKeys(world, change, paths, run.signal) : null,
      runbooks: await runbooksOf(world, { documents, workflows, profile }, run.signal),
      releaseRecords: await releaseRecordsOf(world.files, paths, releaseFoldersOf(world.configuration)),
      artifact,
      live,
      overrides: overridesOf(assessment.release, request.version, conditions),
      parity,
      evidence,
      paths: known,
    },
  };
}

/** More files of alerts than this are no service's. */
const MAX_ALERT_FILES = 50;

/** The files of the repository that define alerts. */
function alertFilesOf(profile: RepositoryProfile): readonly string[] {
  const paths = profile.operations
    .filter(({ value }) => value.kind === 'alert')
    .flatMap(({ sources }) => sources.flatMap((source) => (source.kind === 'file' ? [source.path] : [])));
  return [...new Set(paths)].slice(0, MAX_ALERT_FILES);
}

/** The commit of the release, with its time where the range holds it. */
function commitOf(change: Change | null): ReleaseCommit | null {
  if (!change) return null;
  const { head } = change.range.commits;
  const own = change.commits.find(({ commit }) => commit.hash === head);
  return { id: head, committedAt: own?.commit.committedAt ?? null };
}

/** The tag that names the version, where the repository has one already: the release ends there. */
async function tagOf(world: AssessedWorld, version: string, signal: AbortSignal): Promise<string | null> {
  const state = await world.history.state(signal);
  if (state.kind === 'unavailable') return null;
  const wanted = version.replace(/^v(?=\d)/, '');
  const tags = releaseTags(await world.history.tags(state.head, signal), world.configuration.tagPattern);
  return tags.find(({ tag, version: tagged }) => tag.name === version || tagged === wanted)?.tag.name ?? null;
}
