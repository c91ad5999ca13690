/** Units of time as people write them, in minutes, longest words first. */
const UNITS: readonly (readonly [pattern: string, minutes: number])[] = [
  ['days?|tage?n?|jours?|d[ií]as?|日', 24 * 60],
  ['hours?|hrs?|stunden?|std|heures?|horas?|時間|h', 60],
  ["minutes?|minuten?|minutos?|mins?|分間?|m|[′']", 1],
  ['seconds?|sekunden?|secondes?|segundos?|secs?|sek|segs?|秒間?|s|[″"]', 1 / 60],
];

const ABOUT =
  /^(?:about|approx(?:imately)?|around|circa|ca|etwa|ungefähr|rund|environ|env|aproximadamente|aprox|cerca de|up to|max(?:imum)?|at most|less than|under|bis zu|höchstens|jusqu'à|moins de|hasta|até|menos de|約|最大)?[.:]?\s*[~≈≤<±]?\s*/iu;

const NUMBER = String.raw`\d{1,6}(?:[.,]\d{1,18})?`;

const PART = new RegExp(
  String.raw`^(${NUMBER})(?:\s*(?:-|–|—|to|bis|à|a|até|〜|~|～)\s*(${NUMBER}))?\s*(?:${UNITS.map(([pattern]) => `(${pattern})`).join('|')})?(?![\p{Script=Latin}\p{N}])\.?\s*(?:and|und|et|y|e|,)?\s*`,
  'iu',
);

/**
 * "5 min", "1.5 h", "90 s", "1 h 30 min", "ca. 10 Minuten", "5–10 min", "PT5M", "約10分" in minutes; null for anything else. A range
 * counts as its longer end: a window is booked by it. A number alone is minutes.
 */
export function minutesOf(text: string): number | null {
  const written =
    /^\s*(?:about |~ ?)?(\d{1,6}(?:\.\d{1,18})?)(?:e-\d{1,2})?\s*(h|hours?|min|mins|minutes?|m|s|secs?|seconds?)?\b\.?\s*$/i.exec(
      text,
    );
  if (written?.[1] !== undefined) return Number(written[1]) * minutesIn((written[2] ?? 'min').toLowerCase());
  return isoMinutes(text) ?? wordedMinutes(text);
}

function minutesIn(unit: string): number {
  return unit.startsWith('h') ? 60 : unit.startsWith('s') ? 1 / 60 : 1;
}

function isoMinutes(text: string): number | null {
  const match = /^\s*PT(?=\d)(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?\s*$/.exec(text);
  if (!match) return null;
  return Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0) + Number(match[3] ?? 0) / 60;
}

function wordedMinutes(text: string): number | null {
  if (text.length > 120) return null;
  // What stands in parentheses behind it says more of the same: "5 min (per node)" is no sum, and not read.
  let rest = text.normalize('NFKC').trim().replace(ABOUT, '');
  let total = 0;
  let smallest = Infinity;
  let isFirst = true;
  while (rest !== '') {
    const match = PART.exec(rest);
    if (!match) return null;
    const unit = UNITS.findIndex((_, index) => match[3 + index] !== undefined);
    // "1 h 30": what follows a unit without one of its own is of the next smaller, and only then.
    const minutes = unit >= 0 ? (UNITS[unit]?.[1] ?? 1) : isFirst || smallest === 60 ? 1 : NaN;
    if (Number.isNaN(minutes) || minutes >= smallest) return null;
    total += Number((match[2] ?? match[1] ?? '').replace(',', '.')) * minutes;
    smallest = minutes;
    isFirst = false;
    rest = rest.slice(match[0].length);
  }
  return isFirst ? null : total;
}
