import assert from 'node:assert/strict';
import { createSqlParser } from '../../src/adapters/sql-parser';
import type { SqlParser } from '../../src/core/ports';

describe('SQL parser', () => {
  let parser: SqlParser;
  before(async () => {
    parser = await createSqlParser();
  });

  it('parses statement by statement, the bad one by itself', () => {
    const statements = parser.parse('DROP TABLE a;\nnonsense here;\nDROP TABLE b;');
    assert.deepEqual(
      statements.map((statement) => [statement.ok, statement.text]),
      [
        [true, 'DROP TABLE a'],
        [false, 'nonsense here'],
        [true, 'DROP TABLE b'],
      ],
    );
    const [, bad] = statements;
    assert.ok(bad && !bad.ok);
    assert.match(bad.message, /syntax error at or near "nonsense"/);
  });

  it('gives spans and locations as UTF-16, behind a byte order mark and beyond the first plane', () => {
    const text = "\uFEFF-- é\nSELECT '日本🚀', total FROM orders;";
    const [statement] = parser.parse(text);
    assert.ok(statement?.ok);
    assert.equal(text.slice(statement.span.start, statement.span.end), statement.text);
    const locations: number[] = [];
    JSON.stringify(statement.tree, (key, value: unknown) => {
      if (key === 'location' && typeof value === 'number') locations.push(value);
      return value;
    });
    assert.ok(locations.includes(statement.text.indexOf('total')));
    assert.ok(locations.includes(statement.text.indexOf('orders')));
  });

  it('reads what a DO block runs, and says what it cannot', () => {
    const [block] = parser.parse(
      `DO $$ BEGIN DELETE FROM a; IF EXISTS (SELECT 1 FROM b) THEN DROP TABLE c; END IF; END $$`,
    );
    assert.ok(block?.ok && block.block);
    assert.equal(block.block.unread, null);
    const inner = block.block.statements.map((statement) => statement.text);
    assert.ok(inner.includes('DELETE FROM a') && inner.includes('DROP TABLE c'));

    const [dynamic] = parser.parse(`DO $$ BEGIN EXECUTE 'DROP TABLE ' || quote_ident('x'); END $$`);
    assert.match((dynamic?.ok && dynamic.block?.unread) || '', /EXECUTE/);
    const [other] = parser.parse(`DO LANGUAGE plpython3u $$ x $$`);
    assert.equal(other?.ok && other.block?.unread, 'is a block in plpython3u');
  });

  it('survives what would break it, and works on', () => {
    const deep = `SELECT 1${' + 1'.repeat(30_000)}`;
    const nested = `SELECT ${'('.repeat(60_000)}1${')'.repeat(60_000)}`;
    const long = `SELECT '${'x'.repeat(300 * 1024)}'`;
    for (const text of [deep, nested, long, 'SELECT \0 1; ', '\\i other.sql']) {
      const statements = parser.parse(text);
      assert.ok(
        statements.some((statement) => !statement.ok),
        text.slice(0, 20),
      );
      assert.ok(parser.parse('SELECT 1')[0]?.ok);
    }
  });

  it('bounds the number of statements and says where it stopped', () => {
    const statements = parser.parse('SELECT 1;'.repeat(20_050));
    assert.equal(statements.length, 20_001);
    const last = statements.at(-1);
    assert.ok(last && !last.ok);
    assert.match(last.message, /after 20000 statements/);
  });
});
