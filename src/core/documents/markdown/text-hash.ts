import { sha256 } from '../../text/sha256';

/** What the generator leaves behind for itself: it says nothing to a reader. */
const OWN_COMMENT = /<!-- release-gate:written \d[^>]*-->/g;

/**
 * SHA-256 of what a person reads of a document, in 64 hex digits: its text with `\n` as line ends, without byte order mark,
 * without the generator's own comment, and without blank lines at its end. Whatever else changes makes another one.
 */
export function textHash(text: string): string {
  const read = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .replace(OWN_COMMENT, '')
    .trimEnd();
  return sha256(`${read}\n`);
}
