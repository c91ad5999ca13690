import assert from 'node:assert/strict';
import { closeSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { createGitHistory } from '../../../../src/adapters/git-history';
import { createNodeFiles } from '../../../../src/adapters/node-files';
import { createParsers } from '../../../../src/adapters/parsers';
import { defaultConfiguration } from '../../../../src/core/gate/configuration';
import { readChange } from '../../../../src/core/change/read-change';
import { gitRepository } from '../../../support/git-repository';

describe('hostile files of a real repository', () => {
  it('are said to be too large, in another encoding or too deep, and hide nothing beside them', async () => {
    const repository = gitRepository();
    try {
      repository.commit('feat: first', { 'a.tf': 'resource "aws_s3_bucket" "a" {}\n' });
      repository.git('tag', 'v1.0.0');
      const statements = "INSERT INTO t VALUES ('xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx');\n".repeat(16_384);
      repository.write('migrations/1.sql', 'DROP TABLE a;\n');
      const file = openSync(path.join(repository.root, 'migrations/1.sql'), 'a');
      for (let size = 0; size < 100 * 1024 * 1024; size += statements.length) writeSync(file, statements);
      closeSync(file);
      repository.write('migrations/2.sql', Buffer.from('\uFEFFDROP TABLE b;\r\n', 'utf16le'));
      repository.write('migrations/3.sql', '\uFEFFSELECT 1;\r\n\r\nDROP TABLE c;\r\n');
      repository.write(
        'migrations/4.sql',
        `SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)};\nDROP TABLE d;\n`,
      );
      repository.write('a.tf', 'a {'.repeat(50_000));
      repository.commit('feat: second');
      const before = process.memoryUsage().rss;
      const answer = await readChange(
        {
          files: createNodeFiles(repository.root),
          history: createGitHistory(repository.root, { isTrusted: true }),
          parsers: createParsers(),
          configuration: defaultConfiguration,
        },
        { base: null, head: null, tagPattern: null },
      );
      assert.ok(answer.ok);
      const found = answer.change.irreversible.map(({ kind, path: at, range, why }) =>
        `${kind} ${at}:${range?.start.line ?? '-'} ${/larger than \d+ MiB|UTF-16|too deep|memory|nested/.exec(why)?.[0] ?? ''}`.trim(),
      );
      assert.deepEqual([...found].sort(), [
        'data-delete migrations/3.sql:3',
        'data-delete migrations/4.sql:2',
        'unjudgeable a.tf:1 nested',
        'unjudgeable migrations/1.sql:- larger than 5 MiB',
        'unjudgeable migrations/2.sql:- UTF-16',
        'unjudgeable migrations/4.sql:1 memory',
      ]);
      // The text of the large file alone would be more.
      assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024);
    } finally {
      repository.remove();
    }
  }).timeout(120_000);
});
