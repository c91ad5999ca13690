import { hostTokens, type HostToken } from '../host/tokens';
import type { ModuleNames, OfferedName } from './module-names';

/** What a file of Go exports, and the package that it is of. Source: go.dev/ref/spec, "Exported identifiers". */
export function goNames(text: string): ModuleNames & { readonly package: string | null } {
  const { tokens } = hostTokens(text, 'go');
  const names = new Map<string, OfferedName>();
  let package_: string | null = null;
  const add = (name: string, token: HostToken): void => {
    names.set(name, { span: token.span, isDoubtful: false });
  };
  const isExported = (token: HostToken | undefined): token is HostToken =>
    token?.kind === 'word' && /^\p{Lu}/u.test(token.text);
  tokens.forEach((token, index) => {
    if (!token.startsLine || token.column > 0 || token.kind !== 'word') return;
    const at = (offset: number): HostToken | undefined => tokens[index + offset];
    switch (token.text) {
      case 'package':
        package_ = at(1)?.text ?? null;
        return;
      case 'func': {
        if (at(1)?.text !== '(') {
          const name = at(1);
          if (isExported(name)) add(name.text, name);
          return;
        }
        // `func (r *Type[T]) Method(`
        const words: HostToken[] = [];
        let next = index + 2;
        for (; tokens[next] && tokens[next]?.text !== ')'; next++) {
          const each = tokens[next];
          if (each?.text === '[') break;
          if (each?.kind === 'word') words.push(each);
        }
        while (tokens[next] && tokens[next]?.text !== ')') next++;
        const type = words.at(-1);
        const method = tokens[next + 1];
        if (isExported(type) && isExported(method)) add(`${type.text}.${method.text}`, method);
        return;
      }
      case 'type':
      case 'const':
      case 'var': {
        if (at(1)?.text !== '(') {
          const name = at(1);
          if (isExported(name)) add(name.text, name);
          return;
        }
        for (let depth = 0, next = index + 1; next < tokens.length; next++) {
          const each = tokens[next];
          if (!each) return;
          if (/^[([{]$/.test(each.text)) depth++;
          else if (/^[)\]}]$/.test(each.text) && --depth === 0) return;
          else if (depth === 1 && each.startsLine) {
            for (let name = next; tokens[name]; name += 2) {
              const one = tokens[name];
              if (isExported(one)) add(one.text, one);
              if (tokens[name + 1]?.text !== ',') break;
            }
          }
        }
        return;
      }
      default:
        return;
    }
  });
  return { names, stars: [], isOpen: false, package: package_ };
}
