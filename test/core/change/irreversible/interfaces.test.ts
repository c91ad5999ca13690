import assert from 'node:assert/strict';
import { interfaces } from '../../../../src/core/change/irreversible/interfaces';
import { changeWorld, findings, type Files } from '../../../support/change-world';

type Row = readonly [what: string, base: string, head: string | null, ...expected: string[]];

const message = (body: string): string => `syntax = "proto3";\npackage shop.v1;\nmessage Order {\n${body}}\n`;

const PROTOBUF: readonly Row[] = [
  [
    'a field removed',
    message('  string id = 1;\n  int32 n = 2;\n'),
    message('  string id = 1;\n'),
    'interface-break base a.proto:5',
  ],
  [
    'a field removed and its number reserved',
    message('  string id = 1;\n  int32 n = 2;\n'),
    message('  reserved 2;\n  string id = 1;\n'),
    'risk a.proto',
  ],
  [
    'a number reserved in a range',
    message('  int32 n = 5;\n'),
    message('  reserved 1, 3 to 9;\n'),
    'risk a.proto',
  ],
  [
    'a number reserved up to the end',
    message('  int32 n = 5;\n'),
    message('  reserved 4 to max;\n'),
    'risk a.proto',
  ],
  [
    'only the name reserved',
    message('  int32 n = 5;\n'),
    message('  reserved "n";\n'),
    'interface-break base a.proto:4',
  ],
  [
    'a field renumbered',
    message('  int32 n = 1;\n'),
    message('  int32 n = 2;\n'),
    'interface-break head a.proto:4',
  ],
  [
    'a type changed',
    message('  int32 n = 1;\n'),
    message('  string n = 1;\n'),
    'interface-break head a.proto:4',
  ],
  [
    'one value made many',
    message('  string n = 1;\n'),
    message('  repeated string n = 1;\n'),
    'interface-break head a.proto:4',
  ],
  [
    'the values of a map changed',
    message('  map<string, int32> n = 1;\n'),
    message('  map<string, string> n = 1;\n'),
    'interface-break head a.proto:4',
  ],
  ['made optional', message('  string n = 1;\n'), message('  optional string n = 1;\n')],
  ['moved into a oneof', message('  string n = 1;\n'), message('  oneof x {\n    string n = 1;\n  }\n')],
  [
    'renamed with the same number',
    message('  string n = 1;\n'),
    message('  string m = 1;\n'),
    'risk a.proto:4',
  ],
  [
    'two names swapped',
    message('  string a = 1;\n  string b = 2;\n'),
    message('  string b = 1;\n  string a = 2;\n'),
    'interface-break head a.proto:5',
    'interface-break head a.proto:4',
  ],
  ['a type named with its package', message('  Item i = 1;\n'), message('  .shop.v1.Item i = 1;\n')],
  [
    'a type of the same name elsewhere',
    message('  shop.v1.Item i = 1;\n'),
    message('  other.Item i = 1;\n'),
    'interface-break head a.proto:4',
  ],
  ['a field added', message(''), message('  string n = 1;\n')],
  [
    'options, comments and order changed',
    message('  string a = 1; // a\n  int32 b = 2 [deprecated = true];\n'),
    message(
      '  /* b */ int32 b = 2;\n  option x = {a: 1};\n  string a = 1 [(v.rules).string = {min_len: 1}];\n',
    ),
  ],
  ['a field in a comment', message('  // string n = 1;\n'), message('')],
  [
    'a message removed',
    `${message('')}message Item {\n  string a = 1;\n}\n`,
    message(''),
    'interface-break base a.proto:5',
  ],
  [
    'a message removed with those in it',
    message('  message Item {\n    enum Kind { A = 0; }\n  }\n'),
    'syntax = "proto3";\npackage shop.v1;\n',
    'interface-break base a.proto:3',
  ],
  [
    'a message within removed',
    message('  message Item {\n  }\n'),
    message(''),
    'interface-break base a.proto:4',
  ],
  [
    'a call removed',
    'service S {\n  rpc A(X) returns (Y);\n  rpc B(X) returns (Y) {}\n}\n',
    'service S {\n  rpc A(X) returns (Y);\n}\n',
    'interface-break base a.proto:3',
  ],
  [
    'a call that takes something else',
    'service S {\n  rpc A(X) returns (Y);\n}\n',
    'service S {\n  rpc A(Z) returns (Y) { option a = 1; }\n}\n',
    'interface-break head a.proto:2',
  ],
  [
    'a call made a stream',
    'service S {\n  rpc A(X) returns (Y);\n}\n',
    'service S {\n  rpc A(X) returns (stream Y);\n}\n',
    'interface-break head a.proto:2',
  ],
  [
    'a service removed',
    'service S {\n  rpc A(X) returns (Y);\n}\n',
    '// none\n',
    'interface-break base a.proto:1',
  ],
  [
    'a value removed',
    'enum E {\n  A = 0;\n  B = 1;\n}\n',
    'enum E {\n  reserved 1;\n  A = 0;\n}\n',
    'interface-break base a.proto:3',
  ],
  [
    'a value renumbered',
    'enum E {\n  A = 0;\n  B = -1;\n}\n',
    'enum E {\n  A = 0;\n  B = 1;\n}\n',
    'interface-break head a.proto:3',
  ],
  [
    'a package renamed',
    message('  string n = 1;\n'),
    message('  string n = 1;\n').replace('v1', 'v2'),
    'interface-break head a.proto:2',
  ],
  ['a file removed', message('  string n = 1;\n'), null, 'interface-break base a.proto:3'],
  ['a file that can no longer be read', message(''), 'message Order {\n', 'unjudgeable head a.proto:1'],
  [
    'proto2',
    'message A {\n  required string a = 1 [default = "}"];\n  optional group G = 2 {\n    optional int32 x = 1;\n  }\n  extensions 100 to 199;\n  extend B {\n    optional int32 y = 3;\n  }\n}\n',
    'message A {\n  required string a = 1;\n  extensions 100 to max;\n}\n',
    'interface-break base a.proto:3',
  ],
];

const query = (body: string): string => `type Query {\n${body}}\n`;

const GRAPHQL: readonly Row[] = [
  [
    'a type removed',
    `${query('')}"An item"\ntype Item {\n  a: Int\n}\n`,
    query(''),
    'interface-break base a.graphql:4',
  ],
  ['a field removed', query('  a: Int\n  b: Int\n'), query('  a: Int\n'), 'interface-break base a.graphql:3'],
  [
    'an argument removed',
    query('  a(x: Int, y: Int): Int\n'),
    query('  a(x: Int): Int\n'),
    'interface-break base a.graphql:2',
  ],
  [
    'an argument added and required',
    query('  a: Int\n'),
    query('  a(x: Int!): Int\n'),
    'interface-break head a.graphql:2',
  ],
  ['an argument added with a default', query('  a: Int\n'), query('  a(x: Int! = 1): Int\n')],
  ['an argument added', query('  a: Int\n'), query('  a(x: Int): Int\n')],
  [
    'an argument made required',
    query('  a(x: Int): Int\n'),
    query('  a(x: Int!): Int\n'),
    'interface-break head a.graphql:2',
  ],
  ['an argument no longer required', query('  a(x: Int!): Int\n'), query('  a(x: Int): Int\n')],
  [
    'the default of an argument taken away',
    query('  a(x: Int! = 1): Int\n'),
    query('  a(x: Int!): Int\n'),
    'interface-break head a.graphql:2',
  ],
  ['a type changed', query('  a: Int\n'), query('  a: String\n'), 'interface-break head a.graphql:2'],
  [
    'a result that may now be null',
    query('  a: Int!\n'),
    query('  a: Int\n'),
    'interface-break head a.graphql:2',
  ],
  ['a result that is no longer null', query('  a: [Int]\n'), query('  a: [Int!]!\n')],
  ['one result made many', query('  a: Int\n'), query('  a: [Int]\n'), 'interface-break head a.graphql:2'],
  [
    'an input field made required',
    'input I {\n  a: Int\n}\n',
    'input I {\n  a: Int!\n}\n',
    'interface-break head a.graphql:2',
  ],
  [
    'an input field added and required',
    'input I {\n  a: Int\n}\n',
    'input I {\n  a: Int\n  b: Int!\n}\n',
    'interface-break head a.graphql:3',
  ],
  ['an input field that takes more', 'input I {\n  a: [Int!]!\n}\n', 'input I {\n  a: [Int]\n}\n'],
  [
    'an input field removed',
    'input I {\n  a: Int\n  b: Int\n}\n',
    'input I {\n  a: Int\n}\n',
    'interface-break base a.graphql:3',
  ],
  [
    'an enum value removed',
    'enum E {\n  A\n  B @deprecated(reason: "old")\n}\n',
    'enum E { A }\n',
    'interface-break base a.graphql:3',
  ],
  ['a member of a union removed', 'union U = | A | B\n', 'union U = A\n', 'interface-break base a.graphql:1'],
  [
    'an interface no longer implemented',
    'type T implements A & B {\n  a: Int\n}\n',
    'type T implements A {\n  a: Int\n}\n',
    'interface-break base a.graphql:1',
  ],
  [
    'a scalar removed',
    'scalar Date @specifiedBy(url: "x")\nscalar Time\n',
    'scalar Date\n',
    'interface-break base a.graphql:2',
  ],
  [
    'a directive removed',
    'directive @a(x: Int) repeatable on FIELD | OBJECT\nscalar A\n',
    'scalar A\n',
    'interface-break base a.graphql:1',
  ],
  [
    'moved into an extension',
    query('  a: Int\n  b: Int\n'),
    `${query('  a: Int\n')}extend type Query {\n  b: Int\n}\n`,
  ],
  [
    'descriptions and order',
    query('  "a" a: Int\n  """\n  b { }\n  """\n  b: Int # c: Int\n'),
    query('  b: Int, a: Int\n'),
  ],
  [
    'queries and fragments of a client',
    'query A($x: [Int!] = [1]) @live {\n  a(x: $x) { b }\n}\nfragment F on T {\n  a\n}\n',
    'query A {\n  c\n}\n',
  ],
  [
    'the schema’s roots',
    'schema {\n  query: Query\n}\n',
    'schema {\n  query: Query\n  mutation: Mutation\n}\n',
  ],
  [
    'a file that can no longer be read',
    query('  a: Int\n'),
    query('  a Int\n'),
    'unjudgeable head a.graphql:2',
  ],
  ['a file removed', query('  a: Int\n'), null, 'interface-break base a.graphql:1'],
];

const filesOf = (path: string, text: string | null): Files => (text === null ? {} : { [path]: text });

describe('what a change breaks for clients of an interface', () => {
  for (const [name, path, table] of [
    ['protobuf', 'a.proto', PROTOBUF],
    ['GraphQL', 'a.graphql', GRAPHQL],
  ] as const) {
    describe(name, () => {
      for (const [what, base, head, ...expected] of table) {
        it(what, async () => {
          const world = changeWorld(filesOf(path, base), filesOf(path, head));
          assert.deepEqual(await findings(interfaces, world), expected);
        });
      }

      it('nothing where the file only moved, is new, a test or an example', async () => {
        const [, base] = table[0] ?? ['', ''];
        assert.deepEqual(await findings(interfaces, changeWorld({}, { [path]: base })), []);
        assert.deepEqual(await findings(interfaces, changeWorld({ [`test/${path}`]: base }, {})), []);
        assert.deepEqual(await findings(interfaces, changeWorld({ [`examples/${path}`]: base }, {})), []);
        const other = `other/${path}`;
        assert.deepEqual(await findings(interfaces, changeWorld({ [path]: base }, { [other]: base })), []);
      });
    });
  }

  it('gives the exact place of what is gone', async () => {
    const { irreversible } = await interfaces.detect(
      changeWorld(
        { 'a.graphql': '"🙂" type Query { a: Int, b: [Int!]! }' },
        { 'a.graphql': 'type Query { a: Int }' },
      ),
    );
    assert.deepEqual(
      irreversible.map(({ range, side }) => ({ range, side })),
      [{ range: { start: { line: 1, column: 27 }, end: { line: 1, column: 37 } }, side: 'base' }],
    );
  });

  it('ends on hostile texts, in little time', async () => {
    const started = performance.now();
    const texts = [
      'message A {'.repeat(50_000),
      'message A { message A {'.repeat(10_000),
      `option a = "${'x'.repeat(1_500_000)}";`,
      `option a = ${'{'.repeat(100_000)}`,
      '/*'.repeat(100_000),
      '"""'.repeat(100_001),
      `type A { a: ${'['.repeat(100_000)}Int${']'.repeat(100_000)} }`,
      `type A { a(${'a: '.repeat(100_000)}`,
      '{'.repeat(200_000),
      `"${'\\"'.repeat(500_000)}`,
      '\u0000'.repeat(1000),
    ];
    for (const text of texts) {
      for (const [path, base] of [
        ['a.proto', message('')],
        ['a.graphql', query('  a: Int\n')],
      ] as const) {
        const found = await findings(interfaces, changeWorld({ [path]: base }, { [path]: text }));
        assert.equal(found.length, 1, `${path} ${text.slice(0, 20)}`);
        await findings(interfaces, changeWorld({ [path]: text }, { [path]: base }));
      }
    }
    assert.ok(performance.now() - started < 10_000);
  });
});
