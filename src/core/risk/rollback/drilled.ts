import { dayAt } from '../../text/iso-day';
import { fileSource } from '../../evidence/fact';
import type { DrillOnRecord } from '../../records/record';
import { counted } from '../../text/words';
import { settingsOf, type RollbackCondition, type RollbackEvidence } from './condition';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What is needed to tell which drill speaks for the rollback. */
export type DrillEvidence = Pick<
  RollbackEvidence,
  'records' | 'service' | 'now' | 'kindOfEnvironment' | 'settings'
>;

/** The drill that speaks for the rollback today, or why none does. */
export type DrillFound =
  | { readonly kind: 'counts' | 'failed'; readonly drill: DrillOnRecord }
  | { readonly kind: 'none'; readonly why: string; readonly paths: readonly string[] };

/**
 * The newest drill of a rollback of this service outside production. What failed last has failed, whatever passed before.
 * One that is too old is as good as none: it shows neither that the rollback works nor that it does not.
 */
export function drillOf(evidence: DrillEvidence): DrillFound {
  const { records, service, now, kindOfEnvironment } = evidence;
  if (!records || !now)
    return none('no record says that the rollback was practised in a non-production environment');
  const ofRollback = records.drills.filter(({ drill }) => drill === 'rollback');
  const isOfService = (drill: DrillOnRecord): boolean =>
    drill.service === '' ||
    service === undefined ||
    service === null ||
    drill.service.toLowerCase() === service.toLowerCase();
  const kindOf = (drill: DrillOnRecord) => kindOfEnvironment?.(drill.environment) ?? 'unknown';
  const counting = ofRollback
    .filter((drill) => isOfService(drill) && kindOf(drill) === 'non-production')
    .sort((one, other) => other.startedAtMs - one.startedAtMs);
  const [newest] = counting;
  if (newest) {
    if (!newest.hasPassed) return { kind: 'failed', drill: newest };
    const { drillMaxAgeDays } = settingsOf(evidence);
    const days = Math.floor((now.getTime() - newest.startedAtMs) / DAY_MS);
    if (now.getTime() - newest.startedAtMs <= drillMaxAgeDays * DAY_MS)
      return { kind: 'counts', drill: newest };
    return none(
      `the last drill outside production, in ${newest.environment} on ${dayOf(newest)}, is ${counted(days, 'day')} old, and one counts for ${counted(drillMaxAgeDays, 'day')}`,
      [newest],
    );
  }
  const [other] = ofRollback;
  if (other) {
    const why = !isOfService(other)
      ? `is of ${other.service}, not of ${service ?? ''}`
      : kindOf(other) === 'production'
        ? `was in ${other.environment}: a drill in production does not count`
        : `was in ${other.environment}, and nothing says that this is no production: list it under environments in the configuration`;
    return none(`the drill of ${dayOf(other)} ${why}`, ofRollback);
  }
  const refused = records.refused.filter(({ kind }) => kind === 'drill-record');
  const [first] = refused;
  return {
    kind: 'none',
    why: first
      ? `no record of a drill counts: ${first.path} ${first.why}`
      : 'no record says that the rollback was practised in a non-production environment',
    paths: refused.map(({ path }) => path),
  };
}

/** A rollback that was practised, with success, not too long ago, where no user is. */
export function drilled(evidence: RollbackEvidence): RollbackCondition {
  const id = 'drilled';
  const found = drillOf(evidence);
  switch (found.kind) {
    case 'counts':
      return {
        id,
        status: 'pass',
        why: `practised in ${found.drill.environment} on ${dayOf(found.drill)}${versionsOf(found.drill)}, recorded by ${found.drill.recordedBy}`,
        evidence: [fileSource(found.drill.path)],
      };
    case 'failed':
      return {
        id,
        status: 'fail',
        why: `the last drill outside production failed, in ${found.drill.environment} on ${dayOf(found.drill)}${versionsOf(found.drill)}`,
        evidence: [fileSource(found.drill.path)],
      };
    case 'none':
      return { id, status: 'unknown', why: found.why, evidence: found.paths.map((path) => fileSource(path)) };
    default:
      return found satisfies never;
  }
}

function none(why: string, drills: readonly DrillOnRecord[] = []): DrillFound {
  return { kind: 'none', why, paths: drills.map(({ path }) => path) };
}

export function dayOf({ startedAtMs }: DrillOnRecord): string {
  return dayAt(startedAtMs);
}

function versionsOf({ versionFrom, versionTo }: DrillOnRecord): string {
  if (versionFrom === '') return '';
  return versionTo === '' ? `, from ${versionFrom}` : `, from ${versionFrom} to ${versionTo}`;
}
