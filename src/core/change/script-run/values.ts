/*
 * What a shell variable holds, as far as a script tells without its being run: text in which each part that is not known
 * stands as a mark between two control characters. Equal marks come from the same place.
 */

const OPEN = '\u0001';
const CLOSE = '\u0002';
const MARK = /\u0001[^\u0002]*\u0002/g;

/** A part that is not known; `origin` says where it comes from. */
export function unknownText(origin: string): string {
  return `${OPEN}${origin.replace(/[\u0001\u0002]/g, '')}${CLOSE}`;
}

export function isKnownText(value: string): boolean {
  return !value.includes(OPEN);
}

/** The text behind the last part that is not known, for paths such as `$HERE/lib/common.sh`. */
export function knownEnd(value: string): string {
  return value.slice(value.lastIndexOf(CLOSE) + 1);
}

/** As a person may read it. */
export function shownText(value: string): string {
  return value.replace(MARK, '…');
}

export type Tri = true | false | 'unknown';

export function not(value: Tri): Tri {
  return value === 'unknown' ? value : !value;
}

/** Whether a text fits a pattern of the shell (`*`, `?`, `[a-z]`, `@(a|b)`); unknown where either is not known. */
export function fits(value: string, pattern: string): Tri {
  if (pattern === '*') return true;
  if (!isKnownText(pattern)) return 'unknown';
  if (!isKnownText(value)) {
    // What is known of both ends may rule a plain text out.
    const start = value.slice(0, value.indexOf(OPEN));
    const literal = /^[^*?[\\@+!(]*/.exec(pattern)?.[0] ?? '';
    const shared = Math.min(start.length, literal.length);
    return start.slice(0, shared) === literal.slice(0, shared) ? 'unknown' : false;
  }
  const expression = patternExpression(pattern);
  return expression === null ? 'unknown' : expression.test(value);
}

/** The pattern as a regular expression over the whole text; null for one that is not understood. */
export function patternExpression(pattern: string): RegExp | null {
  if (pattern.length > 400) return null;
  let source = '';
  const closings: string[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? '';
    if (/[@?*+!]/.test(character) && pattern[index + 1] === '(') {
      if (character === '!') return null;
      source += '(?:';
      closings.push(character === '@' ? ')' : `)${character}`);
      index++;
    } else if (character === ')' && closings.length > 0) source += closings.pop() ?? '';
    else if (character === '|' && closings.length > 0) source += '|';
    else if (character === '*') source += '[^]*?';
    else if (character === '?') source += '[^]';
    else if (character === '[') {
      const end = pattern.indexOf(']', index + 2);
      if (end < 0) source += '\\[';
      else {
        const set = pattern
          .slice(index + 1, end)
          .replace(/\\/g, '\\\\')
          .replace(/^!/, '^');
        if (/\[:/.test(set)) return null;
        source += `[${set.replace(/\[/g, '\\[')}]`;
        index = end;
      }
    } else if (character === '\\') {
      index++;
      source += escaped(pattern[index] ?? '');
    } else source += escaped(character);
  }
  if (closings.length > 0) return null;
  try {
    return new RegExp(`^${source}$`);
  } catch {
    return null;
  }
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
