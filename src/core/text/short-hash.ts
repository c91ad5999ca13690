/**
 * 24 bits of a text, as a number: FNV-1a over UTF-16 code units, mixed as MurmurHash3 ends, so that neighbouring texts are
 * far apart. Enough to know a text of a few hundred again, and not meant to resist anybody.
 */
export function shortHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) & 0xffffff;
}
