import type { SqlDialect, SqlToken } from './dialect-tokens';

/** A statement as the tokens that it consists of, without the mark that ends it; never empty. */
export type TokenStatement = readonly SqlToken[];

/**
 * Cuts tokens into statements: at `;`, at what MySQL's client was told (`DELIMITER`), and for T-SQL, which needs no mark
 * between statements, at `GO`, `BEGIN`, `END` and where a line begins with a word that only begins a statement. Bodies of
 * routines and triggers stay in the statement that makes them.
 */
export function cutTokens(
  text: string,
  tokens: readonly SqlToken[],
  dialect: SqlDialect | null,
): readonly TokenStatement[] {
  return dialect === 'tsql' ? cutTransact(tokens) : cutAtDelimiters(text, tokens);
}

function cutAtDelimiters(text: string, tokens: readonly SqlToken[]): readonly TokenStatement[] {
  const statements: TokenStatement[] = [];
  let current: SqlToken[] = [];
  let delimiter = ';';
  let depth = 0;
  let skipTo = 0;
  const close = (): void => {
    if (current.length > 0) statements.push(current);
    current = [];
    depth = 0;
  };
  for (const token of tokens) {
    if (token.span.start < skipTo) continue;
    if (token.startsLine && token.value === 'delimiter' && token.kind === 'word') {
      close();
      const rest = /[^\r\n]*/y;
      rest.lastIndex = token.span.end;
      const line = rest.exec(text)?.[0] ?? '';
      delimiter = line.trim() || ';';
      skipTo = token.span.end + line.length;
      continue;
    }
    if (delimiter !== ';') {
      if (text.startsWith(delimiter, token.span.start)) {
        skipTo = token.span.start + delimiter.length;
        close();
      } else current.push(token);
      continue;
    }
    if (token.kind === 'mark' && token.value === ';' && depth === 0) {
      close();
      continue;
    }
    if (token.kind === 'word' && makesRoutine(current)) {
      const before = current.at(-1)?.value;
      if (token.value === 'begin' || (token.value === 'case' && depth > 0 && before !== 'end')) depth++;
      else if (
        (token.value === 'if' || token.value === 'loop' || token.value === 'while') &&
        depth > 0 &&
        before === ';'
      ) {
        depth++;
      } else if (token.value === 'end' && depth > 0) depth--;
    }
    current.push(token);
  }
  close();
  return statements;
}

/** Whether it makes something with a body of statements. */
export function makesRoutine(statement: TokenStatement): boolean {
  const first = statement[0]?.value;
  if (first !== 'create' && first !== 'alter') return false;
  return statement
    .slice(1, 12)
    .some(
      ({ kind, value }) =>
        kind === 'word' && ['procedure', 'proc', 'function', 'trigger', 'event'].includes(value),
    );
}

/** Words that, first on their line and outside parentheses, begin a statement of T-SQL. */
const STARTERS = new Set([
  'alter',
  'create',
  'drop',
  'truncate',
  'delete',
  'update',
  'insert',
  'merge',
  'exec',
  'execute',
  'declare',
  'print',
  'if',
  'while',
  'use',
  'dbcc',
  'grant',
  'revoke',
  'deny',
  'set',
  'commit',
  'rollback',
  'save',
  'return',
  'throw',
  'raiserror',
  'select',
]);

function cutTransact(tokens: readonly SqlToken[]): readonly TokenStatement[] {
  const statements: TokenStatement[] = [];
  let current: SqlToken[] = [];
  let parentheses = 0;
  let cases = 0;
  const close = (): void => {
    if (current.length > 0) statements.push(current);
    current = [];
    parentheses = 0;
    cases = 0;
  };
  tokens.forEach((token, index) => {
    const isWord = token.kind === 'word';
    const next = tokens[index + 1];
    if (isWord && token.value === 'go' && token.startsLine && (next?.startsLine ?? true)) {
      close();
      return;
    }
    if (makesRoutine(current)) {
      current.push(token);
      return;
    }
    if (token.kind === 'mark') {
      if (token.value === '(') parentheses++;
      else if (token.value === ')') parentheses--;
      else if (token.value === ';') {
        close();
        return;
      }
    }
    if (isWord && parentheses <= 0) {
      if (token.value === 'case') cases++;
      else if (token.value === 'end' && cases > 0) cases--;
      else if (token.value === 'begin' || token.value === 'end') {
        close();
        // `BEGIN TRANSACTION`, `END TRY` say no more.
        return;
      } else if (token.startsLine && STARTERS.has(token.value) && begins(token, next, current)) close();
    }
    current.push(token);
  });
  close();
  return statements
    .map((statement) => statement.filter((token, index) => index > 0 || !isBlockWord(token)))
    .filter((statement) => statement.length > 0);
}

function isBlockWord(token: SqlToken): boolean {
  return token.kind === 'word' && ['tran', 'transaction', 'try', 'catch'].includes(token.value);
}

/** Whether the word begins a statement here, and is no part of the one before it. */
function begins(token: SqlToken, next: SqlToken | undefined, current: TokenStatement): boolean {
  const first = current[0]?.value;
  if (first === undefined) return true;
  const isOfTable = ['table', 'view', 'procedure', 'proc', 'index', 'function', 'schema', 'type', 'trigger'];
  switch (token.value) {
    case 'alter':
    case 'drop':
      return first !== 'alter' || isOfTable.includes(next?.value ?? '');
    case 'set':
      return first !== 'update' && first !== 'merge' && first !== 'alter';
    case 'select':
      return !['insert', 'with', 'create', 'select', 'if', 'while', 'declare', 'merge'].includes(first);
    case 'update':
    case 'delete':
    case 'insert':
      return first !== 'merge' && first !== 'with' && current.at(-1)?.value !== 'on';
    default:
      return first !== 'merge';
  }
}
