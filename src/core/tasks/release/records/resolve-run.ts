import { confirmationPhrase } from '../../../text/confirmation-phrase';
import { withPersonKeys } from '../../../documents/release-record/person-edit';
import { plainText } from '../../../documents/markdown/write';
import { needsResolution } from '../../../readiness/upkeep';
import {
  environmentOf,
  evidenceOf,
  personOf,
  type RecordAnswer,
  type RecordingWorld,
} from '../../../records/compose';
import type { HashFunction } from '../../../release/journal';
import { isoTime } from '../../../text/zoned-time';
import type { World } from '../../task';
import { recordsFor, standingRecord } from './standing-record';

/** What a person tells of a failed release that is resolved; null for what they leave out. */
export interface ToldResolution {
  readonly environment: string | null;
  /** The version whose release failed; null: the newest that is open. */
  readonly version: string | null;
  /** A commit, or the path of what holds the fix. */
  readonly fix: string | null;
  /** What was done, and what runs now. */
  readonly reason: string | null;
  readonly by: string | null;
}

/**
 * The record of a failed release with who resolved it, when, how and by which fix: its front matter, and nothing else of it,
 * is edited. What is sealed stays sealed. The face asks the person to type the phrase first; no model reaches it.
 */
export async function resolveRun(
  world: RecordingWorld & Pick<World, 'configuration'>,
  told: ToldResolution,
  hash?: HashFunction,
): Promise<RecordAnswer> {
  const problems: string[] = [];
  const environment = environmentOf(told.environment, problems);
  const by = personOf(world, told.by, problems);
  const reason = plainText(told.reason ?? '');
  if (reason === '') problems.push('say what was done, and what runs now (--reason)');
  const named = plainText(told.fix ?? '');
  if (named === '') problems.push('name the fix, a commit or the path of what holds it (--fix)');
  const commit = named === '' ? null : await world.history.resolve(named, world.signal);
  const fix = commit ?? (named === '' ? undefined : (await evidenceOf(world, [named], problems))[0]);
  const records = environment === '' ? [] : await recordsFor(world, environment, told.version, world.signal);
  const failed = records.filter(needsResolution);
  const record = failed.find(({ resolved }) => resolved === null);
  if (environment !== '' && !record) {
    const [last] = failed;
    problems.push(
      last?.resolved
        ? `the release of ${last.version} to ${environment} is resolved already, by ${last.resolved.by} at ${last.resolved.at}`
        : `no release${told.version === null ? '' : ` of ${told.version}`} to ${environment} is on record as failed`,
    );
  }
  const standing = record ? await standingRecord(world.files, record, hash) : null;
  problems.push(...(standing?.doubts ?? []).map((doubt) => `${doubt}: put back what its run left first`));
  if (record && fix !== undefined && record.commit !== '' && fix === record.commit) {
    problems.push(`${fix} is the commit that failed; name the one that mends it`);
  }
  if (problems.length > 0 || !record || !standing || fix === undefined) return { ok: false, problems };
  const after = withPersonKeys(standing.text, {
    'resolved-by': by,
    'resolved-at': isoTime(world.clock.now().getTime()),
    resolution: reason,
    fix,
  });
  if (after === null) return { ok: false, problems: [`the front matter of ${record.path} cannot be read`] };
  return {
    ok: true,
    file: {
      path: record.path,
      before: standing.text,
      after,
      purpose: `resolution of the failed release of ${record.version} to ${record.environment}`,
    },
    notes: standing.notes,
    phrase: confirmationPhrase(record.environment, record.version),
  };
}
