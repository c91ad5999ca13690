import { isNamedLikeSecret } from '../../../core/evidence/secrets/secret-names';
import { literally } from '../../../core/text/pattern';
import { secretsOfKnownShape } from '../../../core/text/secret-shapes';

/** What stands where a secret stood. */
export const MASK = '***';

/** A value that is named like a secret is masked from so many characters on, any other value of the environment from more. */
const MIN_SECRET = 4;
const MIN_VALUE = 6;

/** Encodings and lines of shorter values would be found in innocent text. */
const MIN_PART = 8;

/** The end of a line that begins a secret is masked from so many characters on, whether or not it goes on. */
const MIN_BEGINNING = 8;

/** Longer values are files rather than secrets: their lines are masked one by one. */
const MAX_WHOLE = 8192;

/** Everybody may know these, whatever holds them. */
const HARMLESS =
  /^(?:true|false|yes|no|on|off|null|none|undefined|enabled|disabled|development|staging|production|testing|localhost|info|debug|warning|error|verbose|default|latest|utf-?8|-?[\d.,:]{1,7}|127\.0\.0\.1|0\.0\.0\.0)$/i;

/** Where the values that must not be shown come from. */
export interface SecretSources {
  /** Of the environment file: every value is one that C8 wants masked, save those that are not worth it. */
  readonly variables: Readonly<Record<string, string>>;
  /** Of this process: what is named like a secret. */
  readonly inherited?: Readonly<Record<string, string | undefined>>;
  /** Values that everybody may read, such as the template's, the environment's name, the version. */
  readonly publicValues?: readonly string[];
}

/**
 * Every text that would show a secret: the values themselves, their lines, the password within an address, parts of JSON and
 * of connection strings, and what Base64, URLs, JSON and a shell make of each. Longest first, none twice.
 */
export function secretTexts({
  variables,
  inherited = {},
  publicValues = [],
}: SecretSources): readonly string[] {
  const isPublic = new Set(publicValues);
  const values = new Set<string>();
  const add = (value: string, isNamed: boolean): void => {
    const text = value.trim();
    if (text.length < (isNamed ? MIN_SECRET : MIN_VALUE) || isPublic.has(text) || isPublic.has(value)) return;
    if (HARMLESS.test(text)) return;
    values.add(text);
    for (const part of partsOf(text)) {
      if (part.length >= (isNamed ? MIN_SECRET : MIN_VALUE) && !HARMLESS.test(part) && !isPublic.has(part)) {
        values.add(part);
      }
    }
  };
  for (const [name, value] of Object.entries(variables)) add(value, isNamedLikeSecret(name));
  for (const [name, value] of Object.entries(inherited)) {
    if (value !== undefined && isNamedLikeSecret(name)) add(value, true);
  }
  const texts = new Set<string>();
  for (const value of values) for (const form of formsOf(value)) texts.add(form);
  return [...texts].sort((a, b) => b.length - a.length);
}

/** What is a secret within a value. */
function partsOf(value: string): readonly string[] {
  const parts: string[] = [];
  const lines = value.split(/\r?\n|\\n/);
  if (lines.length > 1)
    parts.push(...lines.map((line) => line.trim()).filter((line) => line.length >= MIN_PART));
  const password = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s@]+)@/i.exec(value)?.[1];
  if (password !== undefined) parts.push(password, decoded(password));
  if (/^\s*[[{]/.test(value)) {
    try {
      collectStrings(JSON.parse(value) as unknown, parts);
    } catch {
      // No JSON after all.
    }
  }
  if (value.includes(';')) {
    for (const pair of value.split(';')) {
      const [, held] = /^[^=]+=(.*)$/s.exec(pair) ?? [];
      if (held !== undefined && held.length >= MIN_PART) parts.push(held);
    }
  }
  return parts;
}

function collectStrings(data: unknown, into: string[]): void {
  if (typeof data === 'string') {
    if (data.length >= 12) into.push(data, ...partsOf(data));
  } else if (typeof data === 'object' && data !== null) {
    for (const held of Object.values(data)) collectStrings(held, into);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A value and what programs make of it on the way to their output. */
function formsOf(value: string): readonly string[] {
  const forms = value.length <= MAX_WHOLE && !/[\r\n]/.test(value) ? [value] : [];
  if (value.length < MIN_PART || value.length > MAX_WHOLE) return forms;
  const url = encodeURIComponent(value);
  // What RFC 3986 reserves and JavaScript leaves alone; others leave the slash too.
  const strict = url.replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  const json = JSON.stringify(value).slice(1, -1);
  forms.push(
    url,
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    url.replaceAll('%20', '+'),
    strict,
    strict.replaceAll('%20', '+'),
    strict.replaceAll('%2F', '/'),
    json,
    json.replaceAll('/', '\\/'),
    value.replaceAll("'", "'\\''"),
    value.replace(/["\\$`]/g, '\\$&'),
    value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    Buffer.from(value).toString('hex'),
    Buffer.from(value).toString('hex').toUpperCase(),
  );
  for (const shift of [0, 1, 2]) {
    // What Base64 makes of the value wherever it begins within what was encoded; the edges depend on the neighbours.
    const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(value)]);
    const whole = bytes.toString('base64').replace(/=+$/, '');
    const start = shift === 0 ? 0 : shift + 1;
    const end = bytes.length % 3 === 0 ? whole.length : whole.length - 1;
    const core = whole.slice(start, end);
    if (core.length < MIN_PART) continue;
    forms.push(core, core.replaceAll('+', '-').replaceAll('/', '_'));
    // Programs break it into lines.
    for (const width of [76, 64]) {
      for (let at = width; at < core.length; at += width) {
        const line = core.slice(at, at + width);
        if (line.length >= 16) forms.push(line);
      }
    }
  }
  return forms.filter((form) => form.length >= MIN_SECRET && !/[\r\n]/.test(form));
}

/** Where something to mask stands in a line. */
interface Spot {
  readonly start: number;
  readonly end: number;
}

/** Masks the lines of one stream, in their order: it remembers a secret that the end of a line began. */
export interface LineMask {
  /**
   * The lines that are ready, masked: none while a line's end may be the beginning of a secret, two when that is decided.
   * @typeParam T what is to be known of a line when it is ready.
   */
  push<T>(line: string, about: T): readonly { readonly text: string; readonly about: T }[];
  /** What is held, as no line follows or none has for a while. */
  flush(): readonly { readonly text: string; readonly about: unknown }[];
}

/** Masks a text by itself: a command line, a detail. */
export type Mask = (text: string) => string;

/** How texts of a run are masked. */
export interface Masking {
  readonly mask: Mask;
  /** Of the longest secret; a cut has to leave room for it. */
  readonly longest: number;
  forLines(): LineMask;
}

/** Masks the given texts and all secrets of a known shape. */
export function createMasking(texts: readonly string[]): Masking {
  const sorted = [...new Set(texts)].filter((text) => text !== '').sort((a, b) => b.length - a.length);
  const longest = sorted[0]?.length ?? 0;
  const beginnings = new Map<string, string[]>();
  for (const text of sorted) {
    for (let length = 1; length <= Math.min(MIN_BEGINNING, text.length); length++) {
      const beginning = text.slice(0, length);
      const known = beginnings.get(beginning);
      if (known) known.push(text);
      else beginnings.set(beginning, [text]);
    }
  }
  // By their first characters, so that a line is gone through once whatever the number of secrets.
  const opener = sorted.length === 0 ? null : patternOf(sorted.map((text) => text.slice(0, MIN_SECRET)));

  const spotsIn = (line: string): Spot[] => {
    const spots: Spot[] = [];
    if (opener) {
      opener.lastIndex = 0;
      for (let match = opener.exec(line); match !== null; match = opener.exec(line)) {
        const { index } = match;
        const found = sorted.find((text) => line.startsWith(text, index));
        if (found !== undefined) spots.push({ start: index, end: index + found.length });
        // What begins within another secret may reach further than it.
        opener.lastIndex = index + 1;
      }
    }
    if (line.length >= 16) for (const { span } of secretsOfKnownShape(line)) spots.push(span);
    return spots;
  };

  /** The secrets that the end of a line begins, with how many characters of them stand there. */
  const begunIn = (line: string): readonly { readonly text: string; readonly length: number }[] => {
    const begun: { text: string; length: number }[] = [];
    if (sorted.length === 0) return begun;
    for (let length = 1; length < MIN_BEGINNING && length <= line.length; length++) {
      const end = line.slice(line.length - length);
      for (const text of beginnings.get(end) ?? []) if (text.length > length) begun.push({ text, length });
    }
    const from = Math.max(0, line.length - longest);
    for (let at = line.length - MIN_BEGINNING; at >= from; at--) {
      const candidates = beginnings.get(line.slice(at, at + MIN_BEGINNING));
      if (!candidates) continue;
      const end = line.slice(at);
      for (const text of candidates) {
        if (text.length > end.length && text.startsWith(end)) begun.push({ text, length: end.length });
      }
    }
    return begun;
  };

  const forLines = (): LineMask => {
    let held: { readonly line: string; readonly spots: Spot[]; readonly about: unknown } | null = null;
    let begun: readonly { readonly text: string; readonly length: number }[] = [];
    const release = (): { text: string; about: unknown }[] => {
      if (!held) return [];
      const { line, spots, about } = held;
      held = null;
      return [{ text: masked(line, spots), about }];
    };
    return {
      push: <T>(line: string, about: T) => {
        const spots = spotsIn(line);
        const still: { text: string; length: number }[] = [];
        for (const { text, length } of begun) {
          const rest = text.slice(length);
          if (line.startsWith(rest) || (line !== '' && rest.startsWith(line))) {
            const isWhole = line.startsWith(rest);
            const reached = isWhole ? text.length : length + line.length;
            if (isWhole || reached >= MIN_BEGINNING) {
              spots.push({ start: 0, end: Math.min(rest.length, line.length) });
              // Only the line before is held, and only a short beginning was left unmasked in it.
              if (held && length < MIN_BEGINNING) {
                held.spots.push({ start: Math.max(0, held.line.length - length), end: held.line.length });
              }
            }
            if (!isWhole) still.push({ text, length: reached });
          }
        }
        const ready = release();
        const fresh = begunIn(line);
        for (const { length } of fresh) {
          if (length >= MIN_BEGINNING) spots.push({ start: line.length - length, end: line.length });
        }
        begun = [...still, ...fresh];
        held = { line, spots, about };
        if (begun.length === 0) ready.push(...release());
        return ready as { text: string; about: T }[];
      },
      flush: release,
    };
  };
  return { mask: (text) => masked(text, spotsIn(text)), longest, forLines };
}

function patternOf(texts: readonly string[]): RegExp {
  return new RegExp([...new Set(texts)].map(literally).join('|'), 'g');
}

function masked(line: string, spots: readonly Spot[]): string {
  if (spots.length === 0) return line;
  let shown = '';
  let at = 0;
  let isOpen = false;
  for (const { start, end } of [...spots].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    if (start > at || !isOpen) shown += line.slice(at, Math.max(at, start)) + MASK;
    at = end;
    isOpen = true;
  }
  return shown + line.slice(at);
}
