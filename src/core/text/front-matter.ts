import matter from 'gray-matter';
import { isMap, parseDocument } from 'yaml';
import { nestsReasonably } from './nesting';
import type { Span } from './position';

/** What stands between the `---` lines at the top of a Markdown file, or why it is not read. */
export type FrontMatter =
  | {
      readonly ok: true;
      /** Empty where there is no front matter. */
      readonly data: Readonly<Record<string, unknown>>;
      readonly body: string;
      /** Where `body` begins in the text, in UTF-16 code units. */
      readonly bodyOffset: number;
    }
  | {
      readonly ok: false;
      /** A sentence without a full stop. */
      readonly message: string;
      readonly span: Span;
      /** Where the text below the front matter begins: it can still be read. */
      readonly bodyOffset: number;
    };

/** Front matter above this size is refused: it is a few keys by its nature. */
const MAX_CHARACTERS = 64_000;

const OPENING = /^\uFEFF?---([^\r\n]*)(?:\r\n|\n|\r)/;
const CLOSING = /^---[ \t]*$/m;

/**
 * Reads the front matter of a Markdown file as YAML and as nothing else: gray-matter by default runs JavaScript that it
 * finds in a file (`---js`), so every engine but YAML is refused here before and inside it. Aliases are bounded, and no
 * tag makes anything but plain data. Never throws.
 */
export function readFrontMatter(text: string): FrontMatter {
  const opening = OPENING.exec(text);
  const label = opening?.[1]?.trim() ?? '';
  // `----` and `--- words` are Markdown (a line across the page, a paragraph), not front matter.
  if (!opening || label.startsWith('-') || /^[ \t]+\S/.test(opening[1] ?? '')) {
    return { ok: true, data: {}, body: text, bodyOffset: 0 };
  }
  const start = opening[0].length;
  const closing = CLOSING.exec(text.slice(start));
  if (!closing) {
    return label === ''
      ? { ok: true, data: {}, body: text, bodyOffset: 0 }
      : refusal(`The front matter is marked "${label}", and only YAML is read`, text, opening[0].length, 0);
  }
  const end = start + closing.index;
  const bodyOffset =
    end + closing[0].length + (/^(?:\r\n|\n|\r)/.exec(text.slice(end + closing[0].length))?.[0].length ?? 0);
  if (label !== '' && label !== 'yaml' && label !== 'yml') {
    return refusal(
      `The front matter is marked "${label}", and only YAML is read: it was not run`,
      text,
      start,
      bodyOffset,
    );
  }
  if (end - start > MAX_CHARACTERS) {
    return refusal(`The front matter is longer than ${MAX_CHARACTERS} characters`, text, start, bodyOffset);
  }
  const source = text.slice(start, end).replace(/\r\n?/g, '\n');
  if (!nestsReasonably(source)) {
    return refusal('The front matter is nested too deeply to be read', text, start, bodyOffset);
  }
  if (source.trim() === '') return { ok: true, data: {}, body: text.slice(bodyOffset), bodyOffset };
  let problem: { message: string; offset: number } | null = null;
  const readYaml = (yaml: string): object => {
    const document = parseDocument(yaml, { uniqueKeys: true, stringKeys: true });
    const error = document.errors[0];
    if (error) {
      problem = { message: firstLine(error.message), offset: error.pos[0] };
      return {};
    }
    if (!isMap(document.contents)) {
      problem = { message: 'it must be a map of keys to values', offset: 0 };
      return {};
    }
    const data: unknown = document.toJS({ maxAliasCount: 100 });
    return typeof data === 'object' && data !== null ? data : {};
  };
  try {
    const read = matter(`---\n${source.endsWith('\n') ? source : `${source}\n`}---\n`, {
      language: 'yaml',
      engines: {
        yaml: readYaml,
        javascript: refuseEngine,
        json: refuseEngine,
        coffee: refuseEngine,
        toml: refuseEngine,
      },
    });
    if (problem === null) return { ok: true, data: read.data, body: text.slice(bodyOffset), bodyOffset };
  } catch (error) {
    problem = { message: error instanceof Error ? firstLine(error.message) : 'it is broken', offset: 0 };
  }
  return refusal(
    `The front matter cannot be read as YAML (${(problem as { message: string }).message})`,
    text,
    start,
    bodyOffset,
  );
}

function refuseEngine(): never {
  throw new Error('only YAML is read');
}

function firstLine(message: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').replace(/[.:]$/, '');
}

function refusal(message: string, text: string, end: number, bodyOffset: number): FrontMatter {
  const line = /^[^\r\n]*/.exec(text)?.[0].length ?? end;
  return { ok: false, message, span: { start: 0, end: Math.max(1, line) }, bodyOffset };
}

/** The line of a key at the top of the front matter, for a finding about its value; null where it has no such line. */
export function spanOfFrontMatterKey(text: string, key: string): Span | null {
  const { bodyOffset } = readFrontMatter(text);
  const line = new RegExp(`^${key.replace(/[^\w-]/g, '\\$&')}[ \\t]*:[^\\r\\n]*`, 'm').exec(
    text.slice(0, bodyOffset),
  );
  return line ? { start: line.index, end: line.index + line[0].length } : null;
}
