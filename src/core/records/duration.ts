const PARTS =
  /^(?:(\d{1,4})\s*h(?:ours?)?)?\s*(?:(\d{1,5})\s*m(?:in(?:utes?)?)?)?\s*(?:(\d{1,6})\s*s(?:ec(?:onds?)?)?)?$/i;

/** Seconds of `12m`, `90s`, `1h5m`, `1 h 5 min`; null for anything else, nothing and zero included. */
export function readDuration(text: string): number | null {
  const match = PARTS.exec(text.trim());
  if (!match) return null;
  const [hours, minutes, seconds] = [match[1], match[2], match[3]].map((part) => Number(part ?? 0));
  const total = (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0);
  return total > 0 ? total : null;
}

/** Seconds as people write them: `1h5m`, `12m`, `90s` as `1m30s`. */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'm'],
    [whole % 60, 's'],
  ] as const;
  const shown = parts.filter(([amount]) => amount > 0);
  return shown.length === 0 ? '0s' : shown.map(([amount, unit]) => `${amount}${unit}`).join('');
}
