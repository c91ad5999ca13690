import type { MetricSeries } from './watch/judge';

/** A value of a metric for people: `1.2 %`, `340 ms`, `well`; '' where there is none. */
export function valueInWords(
  { scale, unit, kind }: Pick<MetricSeries, 'scale' | 'unit' | 'kind'>,
  value: number | null | undefined,
): string {
  if (value === null || value === undefined) return '';
  if (kind === 'health') return value > 0 ? 'well' : 'failing';
  if (scale === 'share') return `${short(value * 100)} %`;
  return unit === '' ? short(value) : `${short(value)} ${unit}`;
}

/** How many times likelier "worse" than "same" the data are, from its logarithm: `340 x`. */
export function evidenceInWords(lnEvidence: number | null | undefined): string {
  if (lnEvidence === null || lnEvidence === undefined) return '';
  if (lnEvidence > Math.log(1e6)) return 'over 1,000,000 x';
  return `${short(Math.exp(lnEvidence))} x`;
}

/** The last value that is known, and the last evidence. */
export function lastOf(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

/** Three digits that count, without zeros that do not. */
function short(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.001) return value.toExponential(1);
  return Number(value.toPrecision(3)).toLocaleString('en-GB', { maximumFractionDigits: 4 });
}
