import { placeholder } from '../../evidence/fact';

/** What a person writes where there is none of something. */
const NONE = /^(?:none|nothing|no|-)\.?$/i;

/**
 * Rows as a person tells them in one answer: separated by semicolons or lines, their cells by bars:
 * `p95 latency | 142 ms | 138 ms; error rate | 0.02 % | 0.01 %`. A cell that is left out is UNKNOWN(what it needs).
 *
 * @param needs What each cell needs, by key, in the order of the cells.
 * @returns Null where nothing was told; none where the person says that there are none.
 */
export function toldRows<K extends string>(
  told: string | undefined,
  needs: Readonly<Record<K, string>>,
): readonly Readonly<Record<K, string>>[] | null {
  if (told === undefined) return null;
  if (NONE.test(told.trim())) return [];
  const keys = Object.keys(needs) as K[];
  return told
    .split(/[;\n]/)
    .map((row) => row.split('|').map((cell) => cell.trim()))
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map((cells) => {
      const row = {} as Record<K, string>;
      keys.forEach((key, index) => {
        const cell = cells[index] ?? '';
        row[key] = cell === '' ? placeholder(needs[key]) : cell;
      });
      return row;
    });
}
