import { piecesOfSlot, type Piece, type Pieces } from './differences';
import { isFixed, isStepName, type Slot } from './shape';

/** Values with what they begin and end with alike: `orders-staging` and `billing-staging` are `orders` and `billing`. */
interface Core {
  readonly before: string;
  readonly values: readonly string[];
  readonly after: string;
}

/**
 * What differs in values that are words put together by `-`, `.` or `_`; null where that is all of them, or no word of
 * its own: a number inside a version is none.
 */
function coreOf(values: readonly string[]): Core | null {
  const [first = ''] = values;
  if (values.some((value) => !/^[A-Za-z0-9_.-]+$/.test(value))) return null;
  let before = first.length;
  for (const value of values)
    before = Math.min(
      before,
      sharedLength(first, value, (at) => at),
    );
  while (before > 0 && !/[-._]/.test(first[before - 1] ?? '')) before--;
  let after = first.length - before;
  for (const value of values) {
    after = Math.min(
      after,
      value.length - before,
      sharedLength(first, value, (at, text) => text.length - 1 - at),
    );
  }
  while (after > 0 && !/[-._]/.test(first[first.length - after] ?? '')) after--;
  if (before === 0 && after === 0) return null;
  const inner = values.map((value) => value.slice(before, value.length - after));
  return inner.every((value) => /^[A-Za-z]/.test(value))
    ? { before: first.slice(0, before), values: inner, after: first.slice(first.length - after) }
    : null;
}

function sharedLength(a: string, b: string, place: (at: number, text: string) => number): number {
  const limit = Math.min(a.length, b.length);
  let length = 0;
  while (length < limit && a[place(length, a)] === b[place(length, b)]) length++;
  return length;
}

/** Values as one text. */
export function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}

/**
 * The values that stand by themselves somewhere, or inside of more than one longer value: one input serves `orders`,
 * `orders-push` and `orders.shop.example` where the same values stand in all of them.
 */
export class Cores {
  private readonly keys = new Set<string>();

  constructor(slots: readonly { readonly slot: Slot; readonly texts: readonly string[] }[]) {
    const whole = new Set<string>();
    const inside = new Map<string, Set<string>>();
    for (const { slot, texts } of slots) {
      if (isFixed(slot.keys) || isStepName(slot.keys)) continue;
      const pieces = piecesOfSlot(slot, texts, () => true);
      for (const piece of pieces.ok ? pieces.pieces : []) {
        if (typeof piece === 'string') continue;
        whole.add(keyOf(piece.values));
        const core = coreOf(piece.values);
        if (!core) continue;
        const key = keyOf(core.values);
        inside.set(key, (inside.get(key) ?? new Set()).add(keyOf(piece.values)));
      }
    }
    for (const [key, places] of inside) if (whole.has(key) || places.size > 1) this.keys.add(key);
  }

  /**
   * The pieces of a slot, each as short as a value that stands elsewhere too lets it be.
   *
   * @param isDrafted Whether values, by `keyOf`, will be an input anyway.
   */
  piecesOf(slot: Slot, texts: readonly string[], isDrafted: (key: string) => boolean): Pieces {
    const found = piecesOfSlot(slot, texts, (values) => {
      const core = coreOf(values);
      return isDrafted(keyOf(values)) || (core !== null && isDrafted(keyOf(core.values)));
    });
    if (!found.ok) return found;
    const pieces: Piece[] = [];
    const add = (text: string): void => {
      const last = pieces[pieces.length - 1];
      if (typeof last === 'string') pieces[pieces.length - 1] = last + text;
      else if (text !== '') pieces.push(text);
    };
    for (const piece of found.pieces) {
      const core = typeof piece === 'string' ? null : coreOf(piece.values);
      if (typeof piece === 'string') {
        add(piece);
      } else if (core && this.keys.has(keyOf(core.values))) {
        add(core.before);
        pieces.push({ values: core.values });
        add(core.after);
      } else {
        pieces.push(piece);
      }
    }
    return { ok: true, pieces };
  }
}
