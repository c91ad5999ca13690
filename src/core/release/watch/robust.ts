/** The middle of the values; `null` for none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[half] ?? null)
    : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** A slope for each step, with how sure it is that there is one. */
export interface Slope {
  /** Median of the slopes between all pairs (Theil and Sen): a few wild values change nothing. */
  readonly perStep: number;
  /** Kendall's statistic of the order in deviations from none, ties taken into account. */
  readonly deviations: number;
}

/** The slope through values at equal steps; null values are left out. Takes time in the square of their number. */
export function slopeOf(values: readonly (number | null)[]): Slope | null {
  const points: (readonly [number, number])[] = [];
  values.forEach((value, index) => {
    if (value !== null) points.push([index, value]);
  });
  const count = points.length;
  if (count < 3) return null;
  const slopes = new Float64Array((count * (count - 1)) / 2);
  let next = 0;
  let order = 0;
  for (let later = 1; later < count; later++) {
    const [x, y] = points[later] ?? [0, 0];
    for (let earlier = 0; earlier < later; earlier++) {
      const [x0, y0] = points[earlier] ?? [0, 0];
      slopes[next++] = (y - y0) / (x - x0);
      order += Math.sign(y - y0);
    }
  }
  slopes.sort();
  const half = slopes.length >> 1;
  const perStep =
    slopes.length % 2 === 1 ? (slopes[half] ?? 0) : ((slopes[half - 1] ?? 0) + (slopes[half] ?? 0)) / 2;
  const ties = new Map<number, number>();
  for (const [, value] of points) ties.set(value, (ties.get(value) ?? 0) + 1);
  const part = (size: number): number => size * (size - 1) * (2 * size + 5);
  let variance = part(count);
  for (const size of ties.values()) variance -= part(size);
  variance /= 18;
  const deviations = variance > 0 && order !== 0 ? (order - Math.sign(order)) / Math.sqrt(variance) : 0;
  return { perStep, deviations };
}

/** Medians of at most `most` blocks that follow each other, with how many values a block spans. */
export function thinned(
  values: readonly (number | null)[],
  most: number,
): { readonly values: readonly (number | null)[]; readonly step: number } {
  const step = Math.max(1, Math.ceil(values.length / most));
  if (step === 1) return { values, step };
  const blocks: (number | null)[] = [];
  for (let at = 0; at + step <= values.length; at += step) {
    blocks.push(median(values.slice(at, at + step).filter((value) => value !== null)));
  }
  return { values: blocks, step };
}
