/** Names with numbers in them in the order of the numbers: `V2__a` before `V10__b`. */
export function compareNames(a: string, b: string): number {
  const pieces = (name: string): readonly string[] => name.match(/\d+|\D+/g) ?? [];
  const left = pieces(a);
  const right = pieces(b);
  for (let index = 0; index < Math.min(left.length, right.length); index++) {
    const one = left[index] ?? '';
    const other = right[index] ?? '';
    if (one === other) continue;
    const isNumeric = /^\d/.test(one) && /^\d/.test(other);
    if (isNumeric && Number(one) !== Number(other)) return Number(one) - Number(other);
    return one < other ? -1 : 1;
  }
  return left.length - right.length;
}
