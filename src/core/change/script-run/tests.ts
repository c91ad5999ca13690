import { fits, isKnownText, not, type Tri } from './values';

/** A word of a test. `isPattern`: an unquoted word of `[[ ]]`, whose `*` means anything. */
export interface TestToken {
  readonly text: string;
  readonly isPattern: boolean;
  /** Surely a value, whatever it looks like. */
  readonly isOperand?: boolean;
}

/** The value of `[ … ]`, `[[ … ]]` or `test …`, as far as its words are known; files are never looked at. */
export function readTest(
  tokens: readonly TestToken[],
  isDouble = false,
  isSet: (name: string) => boolean = () => false,
): Tri {
  let at = 0;
  const peek = (): TestToken | undefined => tokens[at];
  const isOperator = (token: TestToken | undefined, ...texts: readonly string[]): boolean =>
    token !== undefined && token.isOperand !== true && texts.includes(token.text);
  const either = (): Tri => {
    let result = both();
    while (isOperator(peek(), '||', '-o')) {
      at++;
      const other = both();
      result =
        result === true || other === true ? true : result === false && other === false ? false : 'unknown';
    }
    return result;
  };
  const both = (): Tri => {
    let result = single();
    while (isOperator(peek(), '&&', '-a')) {
      at++;
      const other = single();
      result =
        result === false || other === false ? false : result === true && other === true ? true : 'unknown';
    }
    return result;
  };
  const single = (): Tri => {
    const token = peek();
    if (!token) return false;
    if (isOperator(token, '!')) {
      at++;
      return not(single());
    }
    if (isOperator(token, '(')) {
      at++;
      const inner = either();
      if (isOperator(peek(), ')')) at++;
      return inner;
    }
    const next = tokens[at + 1];
    if (token.isOperand !== true && /^-[a-zA-Z]$/.test(token.text) && next && !isBinary(next)) {
      at += 2;
      if (token.text === '-z') return not(isNotEmpty(next.text));
      if (token.text === '-n') return isNotEmpty(next.text);
      if (token.text === '-v') return isKnownText(next.text) ? isSet(next.text) : 'unknown';
      return 'unknown';
    }
    if (next && isBinary(next)) {
      const right = tokens[at + 2];
      at += 3;
      return compared(token.text, next.text, right ?? { text: '', isPattern: false }, isDouble);
    }
    at++;
    return isNotEmpty(token.text);
  };
  const result = either();
  return at < tokens.length ? 'unknown' : result;
}

function isBinary(token: TestToken): boolean {
  return token.isOperand !== true && /^(?:==?|!=|=~|<|>|-(?:eq|ne|gt|lt|ge|le|nt|ot|ef))$/.test(token.text);
}

function compared(left: string, operator: string, right: TestToken, isDouble: boolean): Tri {
  switch (operator) {
    case '=':
    case '==':
      return isDouble && right.isPattern
        ? fits(unescaped(left), right.text)
        : isEqual(unescaped(left), right.text);
    case '!=':
      return not(
        isDouble && right.isPattern
          ? fits(unescaped(left), right.text)
          : isEqual(unescaped(left), right.text),
      );
    case '=~':
      return matches(unescaped(left), right.text);
    case '-eq':
    case '-ne':
    case '-gt':
    case '-lt':
    case '-ge':
    case '-le':
      return counted(left, operator, right.text);
    default:
      return 'unknown';
  }
}

/** The left side of `[[ ]]` was read as a pattern too; it stands for itself. */
function unescaped(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}

function isNotEmpty(text: string): Tri {
  if (isKnownText(text)) return text !== '';
  return text.replace(/\u0001[^\u0002]*\u0002/g, '') !== '' ? true : 'unknown';
}

function isEqual(left: string, right: string): Tri {
  if (isKnownText(left) && isKnownText(right)) return left === right;
  if (!isKnownText(left) && isKnownText(right)) return fits(left, right.replace(/[\\*?[\]()@+!|]/g, '\\$&'));
  return 'unknown';
}

function matches(text: string, expression: string): Tri {
  if (!isKnownText(text) || !isKnownText(expression) || expression.length > 300) return 'unknown';
  // Nested repetition may take for ever; nobody needs it to tell one word from another.
  if (/[*+][^)]*\)[*+{]/.test(expression) || /\[\[:/.test(expression)) return 'unknown';
  try {
    return new RegExp(expression).test(text.slice(0, 300));
  } catch {
    return 'unknown';
  }
}

function counted(left: string, operator: string, right: string): Tri {
  if (!/^-?\d+$/.test(left) || !/^-?\d+$/.test(right)) return 'unknown';
  const [one, other] = [Number(left), Number(right)];
  switch (operator) {
    case '-eq':
      return one === other;
    case '-ne':
      return one !== other;
    case '-gt':
      return one > other;
    case '-lt':
      return one < other;
    case '-ge':
      return one >= other;
    default:
      return one <= other;
  }
}
