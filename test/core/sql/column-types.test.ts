import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareTypes, keepsRows } from '../../../src/core/sql/column-types';
import type { SqlDialect } from '../../../src/core/sql/dialect-tokens';

const TABLE: readonly (readonly [
  dialect: SqlDialect | null,
  from: string,
  to: string,
  ReturnType<typeof compareTypes>,
])[] = [
  ['postgresql', 'varchar(50)', 'varchar(100)', 'wider'],
  ['postgresql', 'varchar(100)', 'varchar(50)', 'narrower'],
  ['postgresql', 'varchar(50)', 'character varying(50)', 'same'],
  ['postgresql', 'varchar(50)', 'text', 'wider'],
  ['postgresql', 'varchar', 'text', 'same'],
  ['postgresql', 'text', 'varchar(50)', 'narrower'],
  ['postgresql', 'char(2)', 'varchar(2)', 'wider'],
  ['postgresql', 'varchar(2)', 'char(4)', 'narrower'],
  ['postgresql', 'int4', 'int8', 'wider'],
  ['postgresql', 'integer', 'bigint', 'wider'],
  ['postgresql', 'bigint', 'integer', 'narrower'],
  ['postgresql', 'int', 'numeric', 'wider'],
  ['postgresql', 'int', 'numeric(8,2)', 'narrower'],
  ['postgresql', 'int', 'numeric(12,2)', 'wider'],
  ['postgresql', 'numeric(10,2)', 'numeric(12,2)', 'wider'],
  ['postgresql', 'numeric(10,2)', 'numeric(10,4)', 'narrower'],
  ['postgresql', 'numeric', 'numeric(10,2)', 'narrower'],
  ['postgresql', 'numeric(10,2)', 'int8', 'narrower'],
  ['postgresql', 'real', 'double precision', 'wider'],
  ['postgresql', 'double precision', 'real', 'narrower'],
  ['postgresql', 'int', 'double precision', 'wider'],
  ['postgresql', 'bigint', 'double precision', 'narrower'],
  ['postgresql', 'date', 'timestamp', 'wider'],
  ['postgresql', 'timestamp', 'date', 'narrower'],
  ['postgresql', 'timestamp', 'timestamptz', 'other'],
  ['postgresql', 'timestamp(3)', 'timestamp', 'wider'],
  ['postgresql', 'text', 'uuid', 'other'],
  ['postgresql', 'text[]', 'text', 'other'],
  ['postgresql', 'varchar(10)[]', 'varchar(20)[]', 'wider'],
  ['postgresql', 'boolean', 'int', 'other'],
  ['mysql', 'int(11)', 'int(10)', 'same'],
  ['mysql', 'int', 'int unsigned', 'narrower'],
  ['mysql', 'int unsigned', 'bigint', 'wider'],
  ['mysql', 'int unsigned', 'int', 'narrower'],
  ['mysql', 'tinyint(1)', 'int', 'wider'],
  ['mysql', 'varchar(255)', 'text', 'wider'],
  ['mysql', 'mediumtext', 'text', 'narrower'],
  ['mysql', 'text', 'longtext', 'wider'],
  ['mysql', 'varchar(50) character set utf8mb4', 'varchar(100)', 'other'],
  ['mysql', "enum('a','b')", "enum('a','b','c')", 'wider'],
  ['mysql', "enum('a','b')", "enum('a','c')", 'narrower'],
  ['mysql', "enum('a','b')", 'varchar(20)', 'wider'],
  ['mysql', 'decimal', 'decimal(12,2)', 'wider'],
  ['mysql', 'datetime', 'datetime(6)', 'wider'],
  ['mysql', 'datetime', 'timestamp', 'other'],
  ['mysql', 'float', 'double', 'wider'],
  ['mysql', 'blob', 'longblob', 'wider'],
  ['tsql', 'varchar(50)', 'nvarchar(50)', 'wider'],
  ['tsql', 'nvarchar(50)', 'varchar(100)', 'narrower'],
  ['tsql', 'nvarchar(50)', 'nvarchar(max)', 'wider'],
  ['tsql', 'nvarchar(max)', 'nvarchar(400)', 'narrower'],
  ['tsql', 'tinyint', 'smallint', 'wider'],
  ['tsql', 'datetime', 'datetime2', 'wider'],
  ['tsql', 'datetime2', 'datetime', 'narrower'],
  ['tsql', 'datetime2(0)', 'datetime', 'narrower'],
  ['tsql', 'datetime', 'smalldatetime', 'narrower'],
  [null, 'varchar(50)', 'varchar(60)', 'wider'],
  [null, 'varchar', 'varchar(300)', 'narrower'],
  [null, 'varchar(50)', 'text', 'wider'],
  [null, 'mediumtext', 'text', 'narrower'],
  [null, 'geography(point)', 'geography(point)', 'same'],
  [null, 'geography(point)', 'geography(polygon)', 'other'],
];

describe('the change of a type', () => {
  it('keeps every value, or not', () => {
    for (const [dialect, from, to, expected] of TABLE) {
      assert.equal(compareTypes(from, to, dialect), expected, `${dialect ?? 'unknown'}: ${from} -> ${to}`);
    }
  });

  it('goes through the rows unless PostgreSQL need not', () => {
    assert.ok(keepsRows('varchar(50)', 'varchar(100)', 'postgresql'));
    assert.ok(keepsRows('varchar(50)', 'text', 'postgresql'));
    assert.ok(keepsRows('numeric(10,2)', 'numeric(12,2)', 'postgresql'));
    assert.ok(!keepsRows('int', 'bigint', 'postgresql'));
    assert.ok(!keepsRows('char(2)', 'varchar(2)', 'postgresql'));
    assert.ok(!keepsRows('varchar(50)', 'varchar(300)', 'mysql'));
  });
});
