import { releaseRecordKind } from '../../../documents/release-record/release-record-kind';
import { sealState } from '../../../documents/release-record/seal';
import type { ReleaseRecord } from '../../../documents/release-record/release-record';
import type { RepositoryFiles } from '../../../ports';
import { releaseFoldersOf, releaseRecordsOf, type ReleaseOnRecord } from '../../../readiness/upkeep';
import { isSameVersion } from '../../../records/records-in';
import { faultInWords, breaksChain, readLines, type HashFunction } from '../../../release/journal';
import type { World } from '../../task';

/** A record that a person is about to add something to. */
export interface StandingRecord {
  readonly record: ReleaseOnRecord;
  readonly text: string;
  readonly data: ReleaseRecord;
  /** What speaks against believing it, a clause each; none where it is as its run left it. */
  readonly doubts: readonly string[];
  /** What could not be looked at, a sentence each. */
  readonly notes: readonly string[];
}

/** Records of releases to an environment, newest first; of one version where it is named. */
export async function recordsFor(
  world: Pick<World, 'files' | 'configuration'>,
  environment: string,
  version: string | null,
  signal?: AbortSignal,
): Promise<readonly ReleaseOnRecord[]> {
  const { paths } = await world.files.list(signal);
  const records = await releaseRecordsOf(world.files, paths, releaseFoldersOf(world.configuration));
  return records.filter(
    (record) =>
      record.environment.toLowerCase() === environment.toLowerCase() &&
      (version === null || isSameVersion(record.version, version)),
  );
}

/**
 * Reads a record with what its seal and its journal say of it. The journal need not be there (it may be kept elsewhere):
 * then only the seal speaks. Where it is, its chain must hold, and the record must name its verdict and its end.
 */
export async function standingRecord(
  files: RepositoryFiles,
  record: ReleaseOnRecord,
  hash?: HashFunction,
): Promise<StandingRecord | null> {
  const read = await files.read(record.path);
  if (!read.ok) return null;
  const { data } = releaseRecordKind.read(record.path, read.text);
  const doubts: string[] = [];
  const notes: string[] = [];
  if (sealState(read.text) === 'broken') {
    doubts.push(`${record.path} does not say what its run sealed it with`);
  }
  const journal = data.journal === '' ? null : await files.read(data.journal);
  if (!journal?.ok) {
    notes.push(
      `The journal ${data.journal === '' ? 'of the record is not named' : `${data.journal} ${journal?.detail ?? ''}`}: only the seal of the record was looked at`,
    );
    return { record, text: read.text, data, doubts, notes };
  }
  const lines = readLines(journal.text, hash);
  const [fault] = lines.faults.filter(breaksChain);
  if (fault) doubts.push(`in ${data.journal} ${faultInWords(fault)}`);
  const declared = lines.lines.find((line) => line.hash === data.journalHash);
  const verdict =
    declared && 'effect' in declared.entry && declared.entry.effect === 'declare'
      ? declared.entry.verdict.verdict
      : null;
  if (data.journalHash !== '' && verdict === null) {
    doubts.push(`${data.journal} has no verdict with the hash that the record names`);
  } else if (verdict !== null && verdict !== data.verdict) {
    doubts.push(`the verdict of the journal is ${verdict}, and that of the record ${data.verdict}`);
  }
  if (data.journalEnd !== '' && !lines.lines.some((line) => line.hash === data.journalEnd)) {
    doubts.push(`${data.journal} has no line with the hash at which the record ends`);
  }
  return { record, text: read.text, data, doubts, notes };
}
