import { zonedTime } from '../../text/zoned-time';

/** Minutes between two times with their zones: "12 min"; null where one of them is none, or they are the wrong way round. */
export function timeTaken(from: string | null, to: string | null): string | null {
  const [start, end] = [zonedTime(from ?? ''), zonedTime(to ?? '')];
  if (start === null || end === null || end < start) return null;
  return `${Math.round((end - start) / 60_000)} min`;
}
