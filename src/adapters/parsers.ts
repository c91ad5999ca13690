import type { Parsers, ShellParser, SqlParser } from '../core/ports';
import { createShellParser } from './shell-parser';
import { createSqlParser } from './sql-parser';

/** The parsers that load WebAssembly, each loaded once, when it is first asked for. */
export function createParsers(): Parsers {
  let shell: Promise<ShellParser> | null = null;
  let sql: Promise<SqlParser> | null = null;
  return {
    shell: () => (shell ??= createShellParser()),
    sql: () => (sql ??= createSqlParser()),
  };
}
