import { dayAt } from '../text/iso-day';
import { fileSource, isKnown } from '../evidence/fact';
import type { Drill } from '../records/record';
import { counted } from '../text/words';
import { fail, notKnown, pass, type ConditionAnswer } from './condition';
import type { ReadinessFacts } from './facts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Whether something was practised, by the newest record of it for this service: what failed last has failed, and what is
 * older than its days counts for nothing.
 *
 * @param what What was practised, as a subject: "the restore of a backup".
 */
export function judgeDrill(
  { records, profile, now }: ReadinessFacts,
  drill: Drill,
  what: string,
  maxDays: number,
): ConditionAnswer {
  const next = `practise it, and write it down with release-gate drill record --kind ${drill}`;
  const service = isKnown(profile.service) ? profile.service.value.toLowerCase() : null;
  const [newest] = records.drills
    .filter(
      (each) =>
        each.drill === drill &&
        (each.service === '' || service === null || each.service.toLowerCase() === service),
    )
    .sort((one, other) => other.startedAtMs - one.startedAtMs);
  if (!newest) {
    const refused = records.refused.find(({ kind }) => kind === 'drill-record');
    return notKnown(
      `no record says that ${what} was practised${refused ? `; ${refused.path} does not count: it ${refused.why}` : ''}`,
      next,
      refused ? [fileSource(refused.path)] : [],
    );
  }
  const day = dayAt(newest.startedAtMs);
  const evidence = [fileSource(newest.path)];
  if (!newest.hasPassed) {
    return fail(
      `${what} failed when it was last practised, in ${newest.environment} on ${day}`,
      next,
      evidence,
    );
  }
  const age = now.getTime() - newest.startedAtMs;
  if (age > maxDays * DAY_MS) {
    return notKnown(
      `${what} was last practised ${counted(Math.floor(age / DAY_MS), 'day')} ago, in ${newest.environment} on ${day}, and that counts for ${counted(maxDays, 'day')}`,
      next,
      evidence,
    );
  }
  return pass(
    `${what} was practised in ${newest.environment} on ${day}, recorded by ${newest.recordedBy}`,
    evidence,
  );
}
