import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cutStatements, normalStatement } from '../../../src/core/sql/statements';

const cut = (text: string): readonly string[] =>
  cutStatements(text).map((span) => text.slice(span.start, span.end));

describe('cutting SQL into statements', () => {
  it('cuts at semicolons and leaves out blanks and comments between statements', () => {
    assert.deepEqual(cut('select 1;\n\n-- note; here\n/* and; /* nested; */ here; */ select 2 ;;\n'), [
      'select 1',
      'select 2',
    ]);
    assert.deepEqual(cut(''), []);
    assert.deepEqual(cut('-- only a comment'), []);
  });

  it('keeps quotes, identifiers and dollar quotes whole', () => {
    const statements = [
      `insert into t values ('a;b''c;', "x;y")`,
      `select E'it\\'s; fine'`,
      `select $$ ; $$, $tag$ ; $$ ; $tag$`,
      `select $1; `.trimEnd().slice(0, -1),
      `select a$b$c`,
    ];
    assert.deepEqual(cut(statements.join(';\n')), statements);
  });

  it('keeps the body of BEGIN ATOMIC and the list of CREATE RULE whole', () => {
    const body =
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END';
    const rule = 'CREATE OR REPLACE RULE r AS ON DELETE TO t DO INSTEAD (DELETE FROM a; DELETE FROM b)';
    assert.deepEqual(cut(`${body};\n${rule};\nselect 3`), [body, rule, 'select 3']);
  });

  it('lets a bad statement hide nothing beside it', () => {
    assert.deepEqual(cut('create table x (a int;\ndrop table y;'), ['create table x (a int', 'drop table y']);
  });

  it('takes commands of psql as lines and leaves the data of COPY out', () => {
    assert.deepEqual(cut('\\connect db\nCOPY t FROM stdin;\n1;drop table x;\n\\.\nselect 1;'), [
      '\\connect db',
      'COPY t FROM stdin',
      'select 1',
    ]);
  });

  it('skips a byte order mark and reads Windows line ends', () => {
    assert.deepEqual(cut('\uFEFFselect 1;\r\n-- x\r\nselect 2;\r\n'), ['select 1', 'select 2']);
  });

  it('reaches to the end where a quote is left open', () => {
    assert.deepEqual(cut("select 'abc; drop table x;"), ["select 'abc; drop table x;"]);
    assert.deepEqual(cut('select $$ abc; drop table x;'), ['select $$ abc; drop table x;']);
  });

  it('gives spans in order that cover every character that is no blank, comment or semicolon', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'select',
        ' ',
        ';',
        "'a;b'",
        '"c;"',
        '$$;$$',
        '-- x\n',
        '/* ; */',
        '(',
        ')',
        'é',
        '$1',
        "E'\\''",
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        const spans = cutStatements(text);
        let reached = 0;
        for (const span of spans) {
          assert.ok(span.start >= reached && span.end > span.start && span.end <= text.length);
          const between = text.slice(reached, span.start);
          assert.match(between, /^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*$/);
          reached = span.end;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes no longer than the text is long', () => {
    const started = performance.now();
    cutStatements('$a'.repeat(200_000));
    cutStatements('/*'.repeat(200_000));
    cutStatements("'".repeat(400_001));
    assert.ok(performance.now() - started < 3000);
  });

  it('compares statements without blanks and comments, but with what quotes hold', () => {
    assert.equal(normalStatement('delete  from t -- all\n where a = 1'), 'delete from t where a = 1');
    assert.equal(normalStatement("select 'a  b'"), "select 'a  b'");
    assert.notEqual(normalStatement('delete from t'), normalStatement('delete from t where a = 1'));
  });
});
