/** A number with its noun: "1 file", "2 files". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Items as people list them: "a", "a and b", "a, b and c"; '' for none. */
export function enumerated(items: readonly string[], last: 'and' | 'or'): string {
  return items.length < 2
    ? (items[0] ?? '')
    : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`;
}

/** A size as people say it, in steps of 1024: "12 bytes", "840 kB", "31.5 MB". */
export function bytesInWords(bytes: number): string {
  if (bytes < 1024) return counted(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1024;
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${value < 100 ? Number(value.toFixed(1)) : Math.round(value)} ${units[unit] ?? ''}`;
}
