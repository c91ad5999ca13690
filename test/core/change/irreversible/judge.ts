import { createSqlParser } from '../../../../src/adapters/sql-parser';
import type { ChangeRange } from '../../../../src/core/change/change';
import { database } from '../../../../src/core/change/irreversible/database';
import type { SqlSettings } from '../../../../src/core/change/irreversible/dialect';
import type { Detected } from '../../../../src/core/change/irreversible/detector';
import type { ReadResult, SqlParser } from '../../../../src/core/ports';

const HEAD = 'a'.repeat(40);
const BASE = 'b'.repeat(40);

const RANGE: ChangeRange = {
  commits: { base: BASE, head: HEAD },
  baseTag: 'v1.0.0',
  baseTaggedAt: null,
  baseName: 'v1.0.0',
  headName: 'main',
  previousVersion: '1.0.0',
  headTag: null,
  headVersion: null,
  notes: [],
};

let loaded: Promise<SqlParser> | null = null;

/**
 * Judges the files of `head` against those of `base`; `others` are in the repository at both ends and not changed. What is
 * the same at both ends is not changed either.
 */
export function judgeFiles(
  head: Readonly<Record<string, string>>,
  base: Readonly<Record<string, string>> = {},
  others: Readonly<Record<string, string>> = {},
  sql: SqlSettings = { dialect: null, paths: [] },
): Promise<Detected> {
  const fileAt = (commit: string, path: string): Promise<ReadResult> => {
    const text = (commit === HEAD ? head : base)[path] ?? others[path];
    return Promise.resolve(
      text === undefined ? { ok: false, reason: 'missing', detail: 'does not exist' } : { ok: true, text },
    );
  };
  return database.detect({
    files: Object.keys(head)
      .filter((path) => head[path] !== base[path])
      .map((path) => ({
        status: path in base ? 'modified' : 'added',
        path,
        oldPath: null,
        added: 1,
        removed: 0,
      })),
    range: RANGE,
    history: { fileAt },
    parsers: {
      sql: () => (loaded ??= createSqlParser()),
      shell: () => Promise.reject(new Error('not asked')),
    },
    repositoryPaths: new Set([...Object.keys(head), ...Object.keys(others)]),
    sql,
    signal: undefined,
  });
}

/** The kinds of what was found, actions first, each risk as `risk`. */
export function kindsOf(detected: Detected): readonly string[] {
  return [...detected.irreversible.map(({ kind }) => kind), ...detected.risks.map(() => 'risk')];
}
