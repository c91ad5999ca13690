const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** A duration as configurations write it, one number with its unit (`200ms`, `30s`, `15m`, `2h`), in milliseconds; null: none. */
export function durationMs(text: string): number | null {
  const match = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text.trim());
  if (!match) return null;
  const ms = Number(match[1]) * UNITS[match[2] as keyof typeof UNITS];
  return Number.isInteger(ms) ? ms : null;
}

/** The same, back: `90s`, `15m`, `2h`, in the largest unit that leaves a whole number. */
export function durationText(ms: number): string {
  if (ms > 0 && ms % UNITS.h === 0) return `${ms / UNITS.h}h`;
  if (ms > 0 && ms % UNITS.m === 0) return `${ms / UNITS.m}m`;
  return ms % UNITS.s === 0 ? `${ms / UNITS.s}s` : `${ms}ms`;
}
