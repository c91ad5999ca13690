import type { MetricSettings } from '../../evidence/release-settings';

/** A number as people read it: three digits that count, no more. */
export function numberInWords(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude >= 1000) return Math.round(value).toLocaleString('en-US');
  if (magnitude >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(magnitude >= 10 ? 3 : 2)));
}

/** A share as a percentage: `1.2 %`. */
export function shareInWords(share: number): string {
  return `${numberInWords(share * 100)} %`;
}

/** A multiple: `2.4x`, never rounded up over the bound that it is held against. */
export function timesInWords(times: number): string {
  const digits = times < 10 ? 10 : 1;
  return times >= 1000 ? `${numberInWords(times)}x` : `${Math.floor(times * digits + 1e-9) / digits}x`;
}

/** A level with its unit. */
export function levelInWords(value: number, { unit }: Pick<MetricSettings, 'unit'>): string {
  return unit === '' ? numberInWords(value) : `${numberInWords(value)} ${unit}`;
}

/** Minutes since the release as they stand behind `T+`: whole ones where polls are minutes. */
export function minutesInWords(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  return minutes >= 1 ? String(Math.round(minutes * 10) / 10) : String(Number(minutes.toPrecision(2)));
}

/** A span of time: `45 s`, `7 min`, `2.5 h`. */
export function spanInWords(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  if (minutes < 1) return `${numberInWords(milliseconds / 1000)} s`;
  if (minutes < 120) return `${numberInWords(minutes)} min`;
  return minutes < 72 * 60 ? `${numberInWords(minutes / 60)} h` : `${numberInWords(minutes / 1440)} days`;
}

/** How many times likelier, from its logarithm: `340 times`. */
export function evidenceInWords(lnEvidence: number): string {
  if (lnEvidence > Math.log(1e6)) return 'more than a million times';
  return `${numberInWords(Math.exp(lnEvidence))} times`;
}
