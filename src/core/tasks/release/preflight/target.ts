import { releaseTags } from '../../../change/release-range';
import { isSameVersion } from '../../../records/records-in';
import { askForArtifact, namedArtifact } from '../../../readiness/released-artifact';
import type { AssessedWorld } from '../../../readiness/assess-release';
import type { ReadinessFacts } from '../../../readiness/facts';
import { releaseFoldersOf, releaseRecordsOf, type ReleaseOnRecord } from '../../../readiness/upkeep';
import type { GateItem } from '../../../release/run';
import { fails, isUnknown, item, notes, passes, placeOf } from './gate-item';
import { artifactSources } from '../../../readiness/released-artifact';

/** What is gone back to, and where that is known from. */
export interface RollbackTarget {
  readonly version: string | null;
  readonly from: string;
  readonly commit: string | null;
}

interface Tagged {
  readonly name: string;
  readonly commit: string;
}

/** The tag that names a version, `v` or not; null where there is none in the history of what is released. */
async function tagOfVersion(
  world: AssessedWorld,
  version: string,
  head: string,
  signal: AbortSignal,
): Promise<Tagged | null> {
  const tags = releaseTags(await world.history.tags(head, signal), world.configuration.tagPattern);
  const found = tags.find(
    ({ tag, version: tagged }) => tag.name === version || (tagged !== null && isSameVersion(tagged, version)),
  );
  return found ? { name: found.tag.name, commit: found.tag.commit } : null;
}

/**
 * S4-10, S4-21: what is gone back to: as a person named it, else what was released last by the records, else the release
 * before by the tags.
 */
export async function rollbackTargetOf(
  world: AssessedWorld,
  facts: Pick<ReadinessFacts, 'change'> | null,
  request: { readonly version: string; readonly environment: string; readonly target: string | null },
  records: readonly ReleaseOnRecord[],
  signal: AbortSignal,
): Promise<RollbackTarget> {
  const state = await world.history.state(signal);
  const head = facts?.change?.range.commits.head ?? (state.kind === 'git' ? state.head : null);
  const commitOf = async (version: string): Promise<string | null> => {
    if (head === null) return null;
    return (
      (await tagOfVersion(world, version, head, signal))?.commit ?? world.history.resolve(version, signal)
    );
  };
  if (request.target !== null) {
    return { version: request.target, from: 'as it was named', commit: await commitOf(request.target) };
  }
  const stood = records.filter(
    (record) =>
      record.verdict === 'Released' &&
      record.mode === 'release' &&
      record.environment.toLowerCase() === request.environment.toLowerCase(),
  );
  const last = stood.find(({ version }) => !isSameVersion(version, request.version));
  if (last) {
    const how = last === stood[0] ? 'released last' : `released before ${request.version}`;
    return { version: last.version, from: `${how} by ${last.path}`, commit: await commitOf(last.version) };
  }
  const own = facts
    ? undefined
    : records.find(
        (record) =>
          record.mode === 'release' &&
          record.target !== undefined &&
          isSameVersion(record.version, request.version) &&
          record.environment.toLowerCase() === request.environment.toLowerCase(),
      );
  if (own?.target !== undefined) {
    return { version: own.target, from: `what ${own.path} goes back to`, commit: await commitOf(own.target) };
  }
  if (!facts && head !== null) {
    const tags = releaseTags(await world.history.tags(head, signal), world.configuration.tagPattern);
    const own = tags.findIndex(({ version }) => version !== null && isSameVersion(version, request.version));
    const before =
      own === -1 ? undefined : tags.slice(own + 1).find(({ family }) => family === tags[own]?.family);
    if (before) {
      const { name, commit } = before.tag;
      return { version: before.version ?? name, from: `the release before, by the tag ${name}`, commit };
    }
  }
  const {
    previousVersion = null,
    baseTag = null,
    commits,
  } = facts?.change?.range ?? { commits: { base: null } };
  const version = previousVersion ?? baseTag;
  return version === null
    ? { version: null, from: 'nothing', commit: null }
    : { version, from: `the release before, by the tag ${baseTag ?? version}`, commit: commits.base };
}

/**
 * What a rollback by itself goes back to, from the records and tags alone: it has to be known before it is begun, since its
 * script is called with it.
 */
export async function rollbackTargetByRecords(
  world: AssessedWorld,
  request: { readonly version: string; readonly environment: string; readonly target: string | null },
  signal: AbortSignal,
): Promise<RollbackTarget> {
  return rollbackTargetOf(world, null, request, await recordsOf(world, signal), signal);
}

/**
 * Which version runs in an environment by its records, for somebody who goes back and names none: what was released last, or
 * that of a later run after which nobody knows; null where no record tells.
 */
export async function versionByRecords(
  world: AssessedWorld,
  environment: string,
  signal: AbortSignal,
): Promise<string | null> {
  const records = await recordsOf(world, signal);
  return (
    records.find(
      (record) =>
        record.mode === 'release' &&
        record.environment.toLowerCase() === environment.toLowerCase() &&
        (record.verdict === 'Released' ||
          record.liveSystem === 'unknown' ||
          record.isRollbackVerified === false),
    )?.version ?? null
  );
}

async function recordsOf(world: AssessedWorld, signal: AbortSignal): Promise<readonly ReleaseOnRecord[]> {
  const { paths } = await world.files.list(signal);
  return releaseRecordsOf(world.files, paths, releaseFoldersOf(world.configuration));
}

/** The version is there, what is gone back to is known and there, and the two are not the same. */
export async function targetItems(
  world: AssessedWorld,
  facts: ReadinessFacts,
  request: { readonly version: string; readonly isProduction: boolean },
  target: RollbackTarget,
  signal: AbortSignal,
): Promise<readonly GateItem[]> {
  return [
    await versionItem(world, facts, request, signal),
    ...(await rollbackItems(world, facts, request, target, signal)),
  ];
}

async function versionItem(
  world: AssessedWorld,
  { change, artifact }: ReadinessFacts,
  { version, isProduction }: { readonly version: string; readonly isProduction: boolean },
  signal: AbortSignal,
): Promise<GateItem> {
  const id = 'version-exists';
  const title = 'The version is there, as a tag or in its registry';
  if (artifact?.answer.kind === 'present') {
    return item(
      id,
      title,
      passes(
        `${artifact.answer.artifact.reference} is in its registry`,
        artifactSources(artifact).map(placeOf),
      ),
    );
  }
  const head = change?.range.commits.head ?? null;
  const tag = head === null ? null : await tagOfVersion(world, version, head, signal);
  if (tag)
    return item(
      id,
      title,
      passes(`the tag ${tag.name} names commit ${tag.commit.slice(0, 12)}`, [`tag ${tag.name}`]),
    );
  if (artifact) {
    return item(
      id,
      title,
      isUnknown(
        `no tag names ${version}, and whether its registry has it is not known; what stands against that is said by artifact-exists`,
        [],
        isProduction,
      ),
    );
  }
  return item(
    id,
    title,
    isUnknown(
      `no tag names ${version} and no artifact is named, so nothing shows that this version is what would be deployed${head === null ? '' : ` (commit ${head.slice(0, 12)})`}: tag the commit, or name the artifact under readiness.artifact`,
      [],
      isProduction,
    ),
  );
}

async function rollbackItems(
  world: AssessedWorld,
  facts: ReadinessFacts,
  { version, isProduction }: { readonly version: string; readonly isProduction: boolean },
  target: RollbackTarget,
  signal: AbortSignal,
): Promise<readonly GateItem[]> {
  const id = 'rollback-target';
  const title = 'What is gone back to is known, and is another version';
  if (target.version === null) {
    const override = facts.overrides.inForce.find(({ condition }) =>
      /^(?:rollback:)?target-exists$/.test(condition),
    );
    return [
      item(
        id,
        title,
        override
          ? notes(
              `there is nothing to go back to, which ${override.name} set aside until ${override.until}: ${override.reason}`,
              [override.path],
            )
          : fails(
              'no record and no tag tells a version to go back to: name it with --to, or have a named person record an override of target-exists for a first release',
              [],
              isProduction,
            ),
      ),
    ];
  }
  if (isSameVersion(target.version, version)) {
    return [
      item(
        id,
        title,
        fails(
          `${version} would be gone back to ${target.version}, which is the same: name another with --to`,
        ),
      ),
    ];
  }
  const items: GateItem[] = [
    item(
      id,
      title,
      target.commit !== null || facts.previousArtifact?.version === target.version
        ? passes(
            `${target.version}, ${target.from}${target.commit === null ? '' : ` (commit ${target.commit.slice(0, 12)})`}`,
            target.commit === null ? [] : [`commit ${target.commit.slice(0, 12)}`],
          )
        : isUnknown(
            `${target.version} (${target.from}) is named by no tag of this repository, so whether it can be deployed again is not known: check its spelling, or tag it`,
            [],
            isProduction,
          ),
    ),
  ];
  // The conditions of readiness ask for the artifact of the release before; another target is asked for here.
  const named = namedArtifact(world.configuration, facts.profile);
  const isAsked =
    facts.previousArtifact !== null && isSameVersion(facts.previousArtifact.version, target.version);
  if (named && !isAsked) {
    const asked = await askForArtifact(
      world.registry ?? null,
      named,
      { version: target.version, commit: target.commit, tag: null },
      world.history,
      signal,
    );
    const { answer } = asked;
    const evidence = artifactSources(asked).map(placeOf);
    const artifactTitle = `The artifact of ${target.version} can still be fetched`;
    items.push(
      item(
        'rollback-artifact',
        artifactTitle,
        answer.kind === 'present'
          ? passes(`${answer.artifact.reference} is in its registry`, evidence)
          : answer.kind === 'absent' && named.isConfigured
            ? fails(
                `${answer.detail}, so there is nothing to go back to: build and push it again from its tag`,
                evidence,
              )
            : isUnknown(
                `${answer.detail}: see to it before anything is deployed, and put no credentials into a script`,
                evidence,
                isProduction,
              ),
      ),
    );
  }
  return items;
}
