/**
 * Whether a text of the repository (a script's name, a path) may stand in a command that is shown or written. Control
 * and bidirectional characters hide what a command does, and GitHub replaces `${{` even inside quotes.
 */
export function isPlainText(text: string): boolean {
  return (
    !/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u.test(text) &&
    !text.includes('${{')
  );
}

/** A text as one shell word: as it is where that is safe, else in single quotes. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) && !text.startsWith('-')
    ? text
    : `'${text.replace(/'/g, `'\\''`)}'`;
}
