/**
 * Data as indented JSON in which no character steers a terminal or turns the direction of text: JSON itself escapes only
 * those below U+0020. The data stays what it is.
 */
export function visibleJson(data: unknown): string {
  return `${JSON.stringify(data, null, 2).replace(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}\n`;
}
