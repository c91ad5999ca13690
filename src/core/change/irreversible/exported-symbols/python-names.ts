import { hostTokens, type HostToken } from '../host/tokens';
import type { ModuleNames, OfferedName } from './module-names';

/**
 * The public names of a module of Python: those of `__all__` where it is a list, else what it defines and what it imports
 * from its own package, but for names with an underscore. Assigned names are doubtful: a logger is none that others use.
 *
 * Source: docs.python.org, "The import statement", and PEP 8, "Public and Internal Interfaces".
 */
export function pythonNames(text: string): ModuleNames {
  const { tokens } = hostTokens(text, 'python');
  const defined = new Map<string, OfferedName>();
  const listed = new Map<string, OfferedName>();
  const stars: string[] = [];
  let isListed = false;
  let isOpen = false;
  let isListOpen = false;
  const define = (token: HostToken | undefined, isDoubtful: boolean): void => {
    if (token?.kind === 'word' && !token.text.startsWith('_') && !defined.has(token.text)) {
      defined.set(token.text, { span: token.span, isDoubtful });
    }
  };
  tokens.forEach((token, index) => {
    if (!token.startsLine || token.column > 0 || token.kind !== 'word') return;
    const at = (offset: number): HostToken | undefined => tokens[index + offset];
    switch (token.text) {
      case 'def':
      case 'class':
        define(at(1), false);
        return;
      case 'async':
        define(at(2), false);
        return;
      case 'from': {
        const end = importOf(tokens, index);
        if (end === null) return;
        const { path, from } = end;
        // What another package offers is its own, unless `__all__` names it.
        if (!path.startsWith('.')) return;
        if (tokens[from]?.text === '*') {
          stars.push(path);
          return;
        }
        for (const name of importedNames(tokens, from)) define(name, false);
        return;
      }
      case 'if':
      case 'try':
      case 'with':
      case 'for':
      case 'while':
        // What stands below it is offered under a condition.
        isOpen ||=
          /^(?:if|try)$/.test(token.text) && !/^(?:TYPE_CHECKING|typing|__name__)$/.test(at(1)?.text ?? '');
        return;
      case '__all__': {
        // `__all__.append(…)`, `__all__ += other.__all__`, `__all__: list[str] = […]`.
        if (!/^[=+:]$/.test(at(1)?.text ?? '')) isListOpen = true;
        isListed = true;
        const equals = tokens.slice(index, index + 12).findIndex(({ text: mark }) => mark === '=');
        const open = equals + 1;
        if (equals === -1 || !/^[[(]$/.test(at(open)?.text ?? '')) {
          isListOpen = true;
          return;
        }
        let next = index + open + 1;
        for (; next < tokens.length && !/^[\])]$/.test(tokens[next]?.text ?? ''); next++) {
          const item = tokens[next];
          if (item?.kind === 'string') listed.set(item.value, { span: item.span, isDoubtful: false });
          else if (item?.text !== ',') isListOpen = true;
        }
        // `[…] + other.__all__`
        if (tokens[next + 1]?.text === '+') isListOpen = true;
        return;
      }
      default:
        if (at(1)?.text === '=' || (at(1)?.text === ':' && at(2)?.kind === 'word')) define(token, true);
    }
  });
  if (/^def __getattr__\b/m.test(text)) isOpen = true;
  return isListed ? { names: listed, stars: [], isOpen: isListOpen } : { names: defined, stars, isOpen };
}

/** `from .a.b import`: the path as written, and where the names begin. */
function importOf(
  tokens: readonly HostToken[],
  index: number,
): { readonly path: string; readonly from: number } | null {
  let path = '';
  for (let next = index + 1; next < Math.min(index + 60, tokens.length); next++) {
    const { text } = tokens[next] ?? { text: '' };
    if (text === 'import') return { path, from: tokens[next + 1]?.text === '(' ? next + 2 : next + 1 };
    path += text;
  }
  return null;
}

function importedNames(tokens: readonly HostToken[], from: number): readonly HostToken[] {
  const names: HostToken[] = [];
  const isInParentheses = tokens[from - 1]?.text === '(';
  for (let next = from; next < tokens.length; next++) {
    const token = tokens[next];
    if (!token || token.text === ')' || token.text === ';') break;
    if (!isInParentheses && token.startsLine && next > from) break;
    const end = tokens[next + 1];
    const isLast =
      end === undefined ||
      end.text === ',' ||
      end.text === ')' ||
      (!isInParentheses && (end.startsLine || end.text === ';'));
    if (token.kind === 'word' && isLast) names.push(token);
  }
  return names;
}
