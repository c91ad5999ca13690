import type { Span } from '../../../text/position';
import { hostTokens, type HostComment, type HostToken } from '../host/tokens';
import type { ModuleNames, OfferedName } from './module-names';

/** What a module is as a whole, where it offers no names but itself. */
const ITSELF = 'the module itself';

/** Takes a name into what the module offers; `isUnsure` where it may come to the same in another form. */
type Add = (name: string, token: HostToken, start: HostToken, isUnsure?: boolean) => void;

const DECLARES =
  /^(?:function|class|interface|type|enum|namespace|module|const|let|var|abstract|async|declare)$/;

/**
 * What a module of JavaScript or TypeScript exports, by `export` or CommonJS. Only what stands at the start of a line
 * is top-level: everything that formats code writes it so.
 */
export function javascriptExports(text: string): ModuleNames {
  const { tokens, comments } = hostTokens(text, 'javascript');
  const names = new Map<string, OfferedName>();
  const stars: string[] = [];
  let isOpen = false;
  const internal = comments.filter((comment) => /@internal\b/.test(comment.text));
  const add: Add = (name, token, start, isUnsure = false) => {
    const isDoubtful =
      isUnsure || /^(?:_|unstable_|experimental_|INTERNAL|__)/.test(name) || isMarked(internal, start, text);
    names.set(name, { span: token.span, isDoubtful });
  };

  tokens.forEach((token, index) => {
    if (token.kind !== 'word' || !token.startsLine || token.column > 0) return;
    const at = (offset: number): HostToken | undefined => tokens[index + offset];
    if (token.text === 'export') isOpen = !readExport(tokens, index, add, stars) || isOpen;
    else if (token.text === 'module' && at(1)?.text === '.' && at(2)?.text === 'exports') {
      if (at(3)?.text === '.' && at(4)?.kind === 'word' && at(5)?.text === '=') {
        add(at(4)?.text ?? '', at(4) ?? token, token);
      } else if (at(3)?.text === '=') isOpen = !readCommonJs(tokens, index + 4, add, stars, token) || isOpen;
    } else if (token.text === 'exports' && at(1)?.text === '.' && at(3)?.text === '=') {
      const name = at(2);
      // `exports.a = exports.b = void 0` at the head of what a compiler writes.
      for (let next = index; tokens[next]?.text === 'exports' && tokens[next + 3]?.text === '='; next += 4) {
        const each = tokens[next + 2];
        if (each) add(each.text, each, token);
      }
      if (!name) isOpen = true;
    } else if (/^(?:__exportStar|__export)$/.test(token.text) && at(1)?.text === '(') {
      const path = at(4);
      if (at(2)?.text === 'require' && path?.kind === 'string') stars.push(path.value);
      else isOpen = true;
    } else if (token.text === 'Object' && at(2)?.text === 'defineProperty' && at(4)?.text === 'exports') {
      const name = at(6);
      if (name?.kind === 'string' && name.value !== '__esModule') add(name.value, name, token);
    } else if (token.text === 'Object' && at(2)?.text === 'assign' && /exports/.test(at(4)?.text ?? '')) {
      isOpen = true;
    }
  });
  return { names, stars, isOpen };
}

/** Reads one `export`; false where what it offers cannot be told. */
function readExport(tokens: readonly HostToken[], index: number, add: Add, stars: string[]): boolean {
  const start = tokens[index];
  let next = index + 1;
  const peek = (): HostToken | undefined => tokens[next];
  if (!start) return true;
  if (peek()?.text === 'import') return addIfWord(tokens[next + 1], start, add);
  if (peek()?.text === 'as') return true;
  if (peek()?.text === '=') {
    // For types alone: what runs may be offered in another form.
    add(ITSELF, start, start, true);
    return false;
  }
  if (peek()?.text === 'default') {
    add('default', tokens[next] ?? start, start);
    return true;
  }
  if (peek()?.text === 'type' && /^[{*]$/.test(tokens[next + 1]?.text ?? '')) next++;
  if (peek()?.text === '*') {
    if (tokens[next + 1]?.text === 'as') return addIfWord(tokens[next + 2], start, add);
    const path = tokens[next + 2];
    if (tokens[next + 1]?.text !== 'from' || path?.kind !== 'string') return false;
    stars.push(path.value);
    return true;
  }
  if (peek()?.text === '{') {
    for (next++; next < tokens.length; next++) {
      const end = tokens[next + 1]?.text;
      if (peek()?.text === '}') return true;
      if (end !== ',' && end !== '}') continue;
      const name = peek();
      if (name?.kind === 'word') add(name.text, name, start);
      else if (name?.kind === 'string') add(name.value, name, start);
    }
    return false;
  }
  let isVariable = false;
  for (; DECLARES.test(peek()?.text ?? ''); next++) {
    const word = peek()?.text ?? '';
    // `export type Name`, `export const enum Name`, `export let x`; `export declare const type: string`.
    if (tokens[next + 1]?.kind !== 'word' && tokens[next + 1]?.text !== '*') break;
    isVariable = /^(?:const|let|var)$/.test(word);
  }
  if (peek()?.text === 'enum') {
    isVariable = false;
    next++;
  }
  if (peek()?.text === '*') next++;
  const name = peek();
  if (name?.kind === 'string') return true;
  if (name?.kind !== 'word') return false;
  add(name.text, name, start);
  if (!isVariable) return true;
  // More variables of the same statement: `export const a = 1, b = 2`.
  for (let depth = 0, at = next + 1; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token || (depth === 0 && (token.text === ';' || (token.startsLine && token.column === 0)))) break;
    if (/^[([{]$/.test(token.text)) depth++;
    else if (/^[)\]}]$/.test(token.text)) depth--;
    const other = tokens[at + 1];
    if (depth !== 0 || token.text !== ',' || other?.kind !== 'word') continue;
    if (/^[=:]$/.test(tokens[at + 2]?.text ?? '')) add(other.text, other, start);
  }
  return true;
}

function addIfWord(token: HostToken | undefined, start: HostToken, add: Add): boolean {
  if (token?.kind !== 'word') return false;
  add(token.text, token, start);
  return true;
}

/** `module.exports = { a, b: c }`, `= require('./x')`; false for anything else. */
function readCommonJs(
  tokens: readonly HostToken[],
  index: number,
  add: Add,
  stars: string[],
  start: HostToken,
): boolean {
  const first = tokens[index];
  if (first?.text === 'require' && tokens[index + 2]?.kind === 'string') {
    stars.push(tokens[index + 2]?.value ?? '');
    return tokens[index + 4]?.text !== '.';
  }
  if (first?.text !== '{') {
    // `const yaml = require('./lib/yaml')`, and then `module.exports = yaml`.
    const made = first?.kind === 'word' ? requiredAs(tokens, first.text) : null;
    if (made !== null) {
      stars.push(made);
      return true;
    }
    // A function or class is called or constructed; whatever else it is, the same names may be offered one by one.
    const isCallable =
      /^(?:function|class|async|\()$/.test(first?.text ?? '') ||
      tokens[index + 1]?.text === '=>' ||
      (first?.kind === 'word' && isMadeCallable(tokens, first.text));
    add(ITSELF, first ?? start, start, !isCallable);
    return false;
  }
  let isWhole = true;
  let isKey = true;
  for (let depth = 0, at = index; at < tokens.length; at++) {
    const token = tokens[at];
    if (!token) break;
    if (/^[([{]$/.test(token.text)) {
      depth++;
      isKey = depth === 1;
    } else if (/^[)\]}]$/.test(token.text)) {
      if (--depth === 0) return isWhole;
    } else if (depth === 1) {
      if (token.text === ',') isKey = true;
      else if (isKey) {
        if (token.text === '...' || token.text === '[') isWhole = false;
        const isAccessor =
          /^(?:get|set|async)$/.test(token.text) && /^(?:word|string)$/.test(tokens[at + 1]?.kind ?? '');
        if (!isAccessor) {
          if (token.kind === 'word' || token.kind === 'string') add(token.value, token, start);
          isKey = false;
        }
      }
    }
  }
  return false;
}

/** The module that a variable of that name holds: `const name = require('./x')`. */
function requiredAs(tokens: readonly HostToken[], name: string): string | null {
  for (let index = 0; index + 5 < tokens.length; index++) {
    if (tokens[index]?.text !== name || !/^(?:const|let|var)$/.test(tokens[index - 1]?.text ?? '')) continue;
    const path = tokens[index + 4];
    const isRequire = tokens[index + 1]?.text === '=' && tokens[index + 2]?.text === 'require';
    return isRequire && path?.kind === 'string' && tokens[index + 6]?.text !== '.' ? path.value : null;
  }
  return null;
}

/** Whether the file makes a function or class of that name. */
function isMadeCallable(tokens: readonly HostToken[], name: string): boolean {
  return tokens.some(({ text }, index) => {
    if (text !== name) return false;
    const before = tokens[index - 1]?.text ?? '';
    if (/^(?:function|class|\*)$/.test(before)) return true;
    if (!/^(?:const|let|var)$/.test(before) || tokens[index + 1]?.text !== '=') return false;
    const [first, second] = [tokens[index + 2]?.text ?? '', tokens[index + 3]?.text ?? ''];
    return /^(?:function|class|async|\()$/.test(first) || second === '=>';
  });
}

/** A comment right before the statement says `@internal`. */
function isMarked(internal: readonly HostComment[], start: HostToken, text: string): boolean {
  return internal.some(
    ({ span }: { readonly span: Span }) =>
      span.end <= start.span.start && text.slice(span.end, start.span.start).trim() === '',
  );
}
