import { parse as parseToml, stringify as stringifyToml } from 'smol-toml';
import { parseAllDocuments, stringify as stringifyYaml } from 'yaml';

/**
 * The repository with every `word` in it replaced by `text`, as somebody could have named the thing: in paths, in
 * values and keys of JSON, YAML and TOML (written so that a reader gets exactly `text`), and as it is in all else.
 */
export function renamed(
  files: Readonly<Record<string, string>>,
  word: string,
  text: string,
): Record<string, string> {
  const segment = text.replace(/[/\0]/g, '_').replace(/^\.{0,2}$/, 'dots');
  return Object.fromEntries(
    Object.entries(files).map(([path, content]) => [
      path
        .split('/')
        .map((part) => part.replaceAll(word, segment))
        .join('/'),
      content.includes(word) ? inContent(path, content, word, text) : content,
    ]),
  );
}

function inContent(path: string, content: string, word: string, text: string): string {
  const inValue = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(word, text);
    if (Array.isArray(value)) return value.map(inValue);
    if (typeof value === 'object' && value !== null && !(value instanceof Date))
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key.replaceAll(word, text), inValue(inner)]),
      );
    return value;
  };
  try {
    if (path.endsWith('.json')) return `${JSON.stringify(inValue(JSON.parse(content)), null, 2)}\n`;
    if (path.endsWith('.toml')) return stringifyToml(inValue(parseToml(content)));
    if (/\.ya?ml$/.test(path) && !content.includes('{{')) {
      const documents = parseAllDocuments(content);
      if (documents.every(({ errors }) => errors.length === 0)) {
        return documents.map((document) => stringifyYaml(inValue(document.toJS()))).join('---\n');
      }
    }
  } catch {
    // With comments or templates in it: as text then.
  }
  return content.replaceAll(word, text);
}

/**
 * Names of the repository that came through into `made`, and are not words of the generator itself: those stand in
 * most of `others` too.
 */
export function namesThatArrive(
  files: Readonly<Record<string, string>>,
  made: readonly string[],
  others: readonly (readonly string[])[],
): readonly string[] {
  const wordsOf = (texts: readonly string[]): Set<string> =>
    new Set(texts.flatMap((text) => text.match(/[A-Za-z][A-Za-z0-9_-]{2,40}/g) ?? []));
  const here = wordsOf([...Object.keys(files), ...Object.values(files)]);
  const usual = others.map(wordsOf);
  return [...wordsOf(made)]
    .filter((word) => here.has(word) && usual.filter((words) => words.has(word)).length <= usual.length / 8)
    .sort();
}
