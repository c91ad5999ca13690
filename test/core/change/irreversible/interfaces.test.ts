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

const api = (body: string, schemas = ''): string =>
  `openapi: 3.0.3\ninfo: {title: Shop}\npaths:\n${body}${schemas === '' ? '' : `components:\n  schemas:\n${schemas}`}`;
const operation = (body: string): string => `  /orders:\n    post:\n${body}`;
const takes = (schema: string): string =>
  operation(
    `      requestBody:\n        content:\n          application/json:\n            schema: ${schema}\n`,
  );
const gives = (schema: string, status = '200'): string =>
  operation(
    `      responses:\n        '${status}':\n          content:\n            application/json:\n              schema: ${schema}\n`,
  );
const order = (body: string): string => `    Order:\n      type: object\n      properties:\n${body}`;
const REF = "{$ref: '#/components/schemas/Order'}";
const legacy = (body: string): string =>
  `{"swagger": "2.0", "info": {"title": "Shop"}, "paths": {"/orders": {"post": {\n${body}\n}}}}`;

const OPENAPI: readonly Row[] = [
  [
    'a path removed',
    api('  /a:\n    get: {}\n  /b:\n    get: {}\n'),
    api('  /a:\n    get: {}\n'),
    'interface-break base a.yaml:6',
  ],
  [
    'an operation removed',
    api('  /a:\n    get: {}\n    put: {}\n'),
    api('  /a:\n    get: {}\n'),
    'interface-break base a.yaml:6',
  ],
  ['the parameter of a path renamed', api('  /a/{id}:\n    get: {}\n'), api('  /a/{key}:\n    get: {}\n')],
  ['an operation added', api('  /a:\n    get: {}\n'), api('  /a:\n    get: {}\n    put: {}\n')],
  ['an internal path removed', api('  /a:\n    x-internal: true\n    get: {}\n'), api('  /b: {}\n')],
  [
    'a parameter added and required',
    api(operation('      parameters: []\n')),
    api(operation('      parameters:\n      - {in: query, name: q, required: true}\n')),
    'interface-break head a.yaml:7',
  ],
  [
    'a parameter added',
    api(operation('      parameters: []\n')),
    api(operation('      parameters:\n      - {in: query, name: q}\n')),
  ],
  [
    'a parameter made required',
    api(operation('      parameters:\n      - {in: query, name: q}\n')),
    api(operation('      parameters:\n      - {in: query, name: q, required: true}\n')),
    'interface-break head a.yaml:7',
  ],
  [
    'the type of a parameter changed',
    api(operation('      parameters:\n      - {in: query, name: q, schema: {type: string}}\n')),
    api(operation('      parameters:\n      - {in: query, name: q, schema: {type: integer}}\n')),
    'interface-break head a.yaml:7',
  ],
  [
    'a field of a response removed',
    api(gives('{properties: {a: {}, b: {}}}')),
    api(gives('{properties: {a: {}}}')),
    'interface-break base a.yaml:10',
  ],
  [
    'a field of a response removed, behind a reference',
    api(gives(REF), order('        a: {}\n        b: {}\n')),
    api(gives(REF), order('        a: {}\n')),
    'interface-break base a.yaml:17',
  ],
  [
    'a field of a request removed',
    api(takes('{properties: {a: {}, b: {}}}')),
    api(takes('{properties: {a: {}}}')),
  ],
  [
    'a field of a request made required',
    api(takes('{properties: {a: {}}}')),
    api(takes('{required: [a], properties: {a: {}}}')),
    'interface-break head a.yaml:9',
  ],
  [
    'a field added to a request and required',
    api(takes('{properties: {a: {}}}')),
    api(takes('{required: [b], properties: {a: {}, b: {}}}')),
    'interface-break head a.yaml:9',
  ],
  [
    'a field of a response made required',
    api(gives('{properties: {a: {}}}')),
    api(gives('{required: [a], properties: {a: {}}}')),
  ],
  [
    'a field that only responses have made required',
    api(takes('{properties: {a: {}}}')),
    api(takes('{required: [a], properties: {a: {readOnly: true}}}')),
  ],
  [
    'a field moved into allOf',
    api(gives(REF), order('        a: {}\n')),
    api(
      gives(REF),
      '    Base:\n      properties: {a: {}}\n    Order:\n      type: object\n      allOf:\n      - $ref: "#/components/schemas/Base"\n',
    ),
  ],
  [
    'an enum value removed',
    api(gives('{type: string, enum: [a, b]}')),
    api(gives('{type: string, enum: [a]}')),
    'interface-break base a.yaml:10',
  ],
  [
    'an enum value removed from what is taken and given',
    api(
      `${takes(REF)}      responses: {'200': {content: {application/json: {schema: ${REF}}}}}\n`,
      '    Order: {enum: [a, b]}\n',
    ),
    api(
      `${takes(REF)}      responses: {'200': {content: {application/json: {schema: ${REF}}}}}\n`,
      '    Order: {enum: [b]}\n',
    ),
    'interface-break base a.yaml:13',
  ],
  [
    'an enum value added to what is given',
    api(gives('{enum: [a]}')),
    api(gives('{enum: [a, b]}')),
    'risk a.yaml:10',
  ],
  ['an enum value added to what is taken', api(takes('{enum: [a]}')), api(takes('{enum: [a, b]}'))],
  [
    'only some values taken from now on',
    api(takes('{type: string}')),
    api(takes('{type: string, enum: [a]}')),
    'interface-break head a.yaml:9',
  ],
  [
    'only some values given from now on',
    api(gives('{type: string}')),
    api(gives('{type: string, enum: [a]}')),
  ],
  [
    'a field that may be missing from a response',
    api(gives('{required: [a], properties: {a: {}}}')),
    api(gives('{properties: {a: {}}}')),
    'risk a.yaml',
  ],
  [
    'a tighter limit of what is taken',
    api(takes('{properties: {a: {type: string, maxLength: 50}}}')),
    api(takes('{properties: {a: {type: string, maxLength: 20}}}')),
    'interface-break head a.yaml:9',
  ],
  [
    'a wider limit of what is taken',
    api(takes('{properties: {a: {type: string, minLength: 5, maxLength: 50}}}')),
    api(takes('{properties: {a: {type: string, minLength: 2, maxLength: 70}}}')),
  ],
  [
    'a limit of what is taken where there was none',
    api(takes('{properties: {a: {type: string}}}')),
    api(takes('{properties: {a: {type: string, pattern: "^a"}}}')),
    'risk a.yaml:9',
  ],
  [
    'a tighter limit of what is given',
    api(gives('{properties: {a: {maxLength: 50}}}')),
    api(gives('{properties: {a: {maxLength: 20}}}')),
  ],
  [
    'another format',
    api(gives('{properties: {a: {type: string, format: date}}}')),
    api(gives('{properties: {a: {type: string, format: date-time}}}')),
    'risk a.yaml:10',
  ],
  [
    'a wider type of what is taken',
    api(takes('{properties: {a: {type: integer}}}')),
    api(takes('{properties: {a: {type: number}}}')),
  ],
  [
    'a type changed',
    api(gives('{properties: {a: {type: string}}}')),
    api(gives('{properties: {a: {type: integer}}}')),
    'interface-break head a.yaml:10',
  ],
  ['a number that is whole from now on', api(gives('{type: number}')), api(gives('{type: integer}'))],
  [
    'a whole number that may be broken from now on',
    api(gives('{type: integer}')),
    api(gives('{type: number}')),
    'interface-break head a.yaml:10',
  ],
  [
    'a result that may be null',
    api(gives('{type: string}')),
    api(gives('{type: string, nullable: true}')),
    'interface-break head a.yaml:10',
  ],
  ['a request that takes null', api(takes('{type: string}')), api(takes('{type: [string, "null"]}'))],
  [
    'the items of a list',
    api(gives('{type: array, items: {properties: {a: {}}}}')),
    api(gives('{type: array, items: {properties: {}}}')),
    'interface-break base a.yaml:10',
  ],
  ['a response removed', api(gives('{}', '201')), api(gives('{}', '200')), 'interface-break base a.yaml:7'],
  ['a response of an error removed', api(`${gives('{}')}        '404': {}\n`), api(gives('{}'))],
  [
    'schemas that hold themselves',
    api(gives(REF), order(`        next: ${REF}\n        b: {}\n`)),
    api(gives(REF), order(`        next: ${REF}\n`)),
    'interface-break base a.yaml:17',
  ],
  [
    'references in a circle',
    api(gives(REF), `    Order: ${REF}\n`),
    api(gives(REF), `    Order: ${REF}\n    B: {}\n`),
  ],
  ['a schema that nothing uses removed', api('  /a: {}\n', order('        a: {}\n')), api('  /a: {}\n')],
  [
    'an alternative less in what is given',
    api(gives('{oneOf: [{type: string}, {type: integer}]}')),
    api(gives('{oneOf: [{type: string}]}')),
  ],
  [
    'an alternative more in what is given',
    api(gives('{oneOf: [{type: string}, {type: integer}]}')),
    api(gives('{oneOf: [{type: string}, {type: integer}, {type: boolean}]}')),
    'risk a.yaml:10',
  ],
  [
    'an alternative beside what was the only one',
    api(gives('{type: string, title: Name}')),
    api(gives('{title: Name, anyOf: [{type: string}, {type: integer}]}')),
    'risk a.yaml:10',
  ],
  [
    'an alternative less in what is taken',
    api(takes('{anyOf: [{$ref: "#/components/schemas/Order"}, {type: string}]}'), order('        a: {}\n')),
    api(takes('{anyOf: [{$ref: "#/components/schemas/Order"}]}'), order('        a: {}\n')),
    'interface-break base a.yaml:9',
  ],
  [
    'an alternative more in what is taken',
    api(takes('{anyOf: [{type: integer}, {type: string}]}')),
    api(takes('{anyOf: [{type: integer}, {type: string}, {type: boolean}]}')),
  ],
  [
    'a field of an alternative removed',
    api(
      gives('{oneOf: [{$ref: "#/components/schemas/Order"}, {type: string}]}'),
      order('        a: {}\n        b: {}\n'),
    ),
    api(gives('{oneOf: [{$ref: "#/components/schemas/Order"}, {type: string}]}'), order('        a: {}\n')),
    'interface-break base a.yaml:17',
  ],
  [
    'what may be null said the way of 3.1',
    api(gives('{type: [string, "null"]}')),
    api(gives('{anyOf: [{type: string}, {type: "null"}]}')),
  ],
  [
    'a result that may be null, said the way of 3.1',
    api(gives('{type: string, title: A}')),
    api(gives('{title: A, anyOf: [{type: string}, {type: "null"}]}')),
    'interface-break head a.yaml:10',
  ],
  [
    'a field of allOf behind a reference removed',
    api(
      gives('{allOf: [{$ref: "#/components/schemas/Order"}, {properties: {c: {}}}]}'),
      order('        a: {}\n        b: {}\n'),
    ),
    api(
      gives('{allOf: [{$ref: "#/components/schemas/Order"}, {properties: {c: {}}}]}'),
      order('        a: {}\n'),
    ),
    'interface-break base a.yaml:17',
  ],
  ['what stands in another file', api(gives('{$ref: "b.yaml#/A"}')), api(gives('{$ref: "c.yaml#/A"}'))],
  [
    'descriptions, examples and order',
    api('  /b:\n    get: {}\n  /a:\n    get: {description: x}\n'),
    api('  /a:\n    get: {description: y}\n  /b:\n    get: {}\n'),
  ],
  [
    'version 2: a field of the body made required',
    legacy('"parameters": [{"in": "body", "name": "o", "schema": {"properties": {"a": {}}}}]'),
    legacy(
      '"parameters": [{"in": "body", "name": "b", "schema": {"required": ["a"], "properties": {"a": {}}}}]',
    ),
    'interface-break head a.yaml:2',
  ],
  [
    'version 2: a field of a response removed',
    legacy('"responses": {"200": {"schema": {"properties": {"a": {}, "b": {}}}}}'),
    legacy('"responses": {"200": {"schema": {"properties": {"a": {}}}}}'),
    'interface-break base a.yaml:2',
  ],
  ['no description', 'paths: {/a: {get: {}}}\n', 'paths: {}\n'],
  [
    'a description that can no longer be read',
    api('  /a: {}\n'),
    `${api('  /a: {}\n')}: [\n`,
    'unjudgeable head a.yaml',
  ],
  ['the whole file removed', api('  /a: {}\n'), null, 'interface-break base a.yaml:3'],
];

const manifest = (fields: string, name = '"shop"'): string => `{\n"name": ${name},\n${fields}\n}\n`;

const PACKAGES: readonly Row[] = [
  [
    'an entry removed',
    manifest('"exports": {".": "./a.js",\n"./b": "./b.js"}'),
    manifest('"exports": {".": "./a.js"}'),
    'interface-break base package.json:4',
  ],
  [
    'an entry closed',
    manifest('"exports": {".": "./a.js", "./b": "./b.js"}'),
    manifest('"exports": {".": "./a.js", "./b": null}'),
    'interface-break base package.json:3',
  ],
  [
    'an entry that a pattern covers',
    manifest('"exports": {"./b": "./b.js"}'),
    manifest('"exports": {"./*": "./*.js"}'),
  ],
  [
    'an entry that was closed',
    manifest('"exports": {".": "./a.js", "./b": null}'),
    manifest('"exports": {".": "./a.js"}'),
  ],
  [
    'an entry that stands elsewhere',
    manifest('"exports": {".": "./a.js"}'),
    manifest('"exports": "./dist/a.js"'),
  ],
  [
    'no longer for require',
    manifest('"exports": {"import": "./a.mjs",\n"require": "./a.cjs"}'),
    manifest('"exports": {"import": "./a.mjs"}'),
    'interface-break base package.json:4',
  ],
  [
    'for all by default',
    manifest('"exports": {"import": "./a.mjs", "require": "./a.cjs"}'),
    manifest('"exports": {"types": "./a.d.ts", "default": "./a.js"}'),
  ],
  [
    'within a condition of Node',
    manifest('"exports": {"node": {"require": "./a.cjs"}, "import": "./a.mjs"}'),
    manifest('"exports": {"import": "./a.mjs"}'),
    'interface-break base package.json:3',
  ],
  [
    'exports where there were none',
    manifest('"main": "a.js"'),
    manifest('"exports": "./a.js"'),
    'risk package.json:3',
  ],
  ['exports taken away', manifest('"exports": {"./b": "./b.js"}'), manifest('"main": "a.js"')],
  [
    'main removed',
    manifest('"main": "a.js"'),
    manifest('"version": "2.0.0"'),
    'interface-break base package.json:3',
  ],
  [
    'types removed',
    manifest('"types": "a.d.ts"'),
    manifest('"version": "2.0.0"'),
    'interface-break base package.json:3',
  ],
  ['types by their other name', manifest('"types": "a.d.ts"'), manifest('"typings": "a.d.ts"')],
  [
    'a program removed',
    manifest('"bin": {"a": "a.js", "b": "b.js"}'),
    manifest('"bin": {"a": "a.js"}'),
    'interface-break base package.json:3',
  ],
  [
    'a program by the name of the package',
    manifest('"bin": "a.js"', '"@x/shop"'),
    manifest('"bin": {"shop": "b.js"}', '"@x/shop"'),
  ],
  ['a private package', manifest('"private": true, "main": "a.js"'), manifest('"private": true')],
  ['a package that becomes private', manifest('"main": "a.js"'), manifest('"private": true')],
  [
    'dependencies and scripts',
    manifest('"main": "a.js", "scripts": {"a": "b"}'),
    manifest('"main": "a.js", "dependencies": {}'),
  ],
  [
    'a manifest that can no longer be read',
    manifest('"main": "a.js"'),
    '{"name": ',
    'unjudgeable head package.json',
  ],
  ['a package that is gone, with nobody forced to follow', manifest('"main": "a.js"'), null],
];

/** What a published package offers by name, at both ends. */
const SYMBOLS: readonly (readonly [title: string, base: Files, head: Files, ...expected: string[]])[] = [
  ...(() => {
    const npm = (text: string, rest: Files = {}, main = '"main": "index.js"'): Files => ({
      'package.json': `{"name": "shop", "version": "1.0.0", ${main}}`,
      'index.js': text,
      ...rest,
    });
    const ts = (text: string, rest: Files = {}): Files => ({
      'package.json':
        '{"name": "shop", "exports": {".": {"types": "./dist/index.d.ts", "import": "./dist/index.js"}}}',
      'tsconfig.json': '{ "compilerOptions": { "outDir": "./dist", "rootDir": "src" } }',
      'src/index.ts': text,
      ...rest,
    });
    const gone = 'interface-break base';
    return [
      [
        'an export removed',
        npm('export const a = 1;\nexport const b = 2;\n'),
        npm('export const a = 1;\n'),
        `${gone} index.js:2`,
      ],
      [
        'an export renamed',
        npm('export function a() {}\n'),
        npm('export function c() {}\n'),
        `${gone} index.js:1`,
      ],
      ['an export added', npm('export const a = 1;\n'), npm('export const a = 1;\nexport const b = 2;\n')],
      ['its body only', npm('export const a = 1;\n'), npm('export const a = 2;\n')],
      [
        'said another way',
        npm('export const a = 1, b = 2;\n'),
        npm('const a = 1;\nconst b = 2;\nexport { a, b };\n'),
      ],
      ['under the same name', npm('export class A {}\n'), npm('class B {}\nexport { B as A };\n')],
      [
        'no default any more',
        npm('export default 1;\nexport const a = 1;\n'),
        npm('export const a = 1;\n'),
        `${gone} index.js:1`,
      ],
      [
        'CommonJS',
        npm('module.exports = { a, b: c, d() {}, ...e };\n'),
        npm('module.exports = { a };\n'),
        `${gone} index.js:1`,
        `${gone} index.js:1`,
      ],
      [
        'CommonJS, name by name',
        npm('exports.a = 1;\nmodule.exports.b = 2;\n'),
        npm('exports.a = 1;\n'),
        `${gone} index.js:2`,
      ],
      [
        'CommonJS put together at run time',
        npm('exports.a = 1;\n'),
        npm('module.exports = make();\n'),
        'risk index.js',
      ],
      [
        'a function that is the module, and then one of its names',
        npm('module.exports = open;\nfunction open() {}\n'),
        npm('exports.open = function () {};\n'),
        `${gone} index.js:1`,
      ],
      [
        'an object that is the module, and then its names',
        npm('const all = make();\nmodule.exports = all;\n'),
        npm('exports.open = function () {};\n'),
        'risk index.js',
      ],
      [
        'what another module offers, by a variable',
        npm("const all = require('./all');\nmodule.exports = all;\n", {
          'all.js': 'module.exports.a = 1;\nmodule.exports.b = 2;\n',
        }),
        npm('exports.a = 1;\n'),
        `${gone} all.js:2`,
      ],
      [
        'in a comment or a text',
        npm('// export const a = 1;\nconst b = `\nexport const c = 1;\n`;\n'),
        npm('export const d = 1;\n'),
      ],
      [
        'an internal one',
        npm('/** @internal */\nexport const a = 1;\nexport const _b = 1;\n'),
        npm('export const c = 1;\n'),
        'risk index.js',
        'risk index.js',
      ],
      [
        'moved behind a star',
        npm('export const a = 1;\n'),
        npm("export * from './lib/a.js';\n", { 'lib/a.js': 'export const a = 1;\n' }),
      ],
      [
        'gone from behind a star',
        npm("export * from './lib';\n", {
          'lib/index.js': 'export const a = 1;\nexport const b = 1;\nexport default 1;\n',
        }),
        npm("export * from './lib';\n", { 'lib/index.js': 'export const b = 1;\n' }),
        `${gone} lib/index.js:1`,
      ],
      [
        'perhaps in what another package offers',
        npm('export const a = 1;\n'),
        npm("export * from '@shop/core';\n"),
        'risk index.js',
      ],
      [
        'stars in a circle',
        npm("export * from './b.js';\n", { 'b.js': "export * from './index.js';\nexport const a = 1;\n" }),
        npm("export * from './b.js';\n", { 'b.js': "export * from './index.js';\n" }),
        `${gone} b.js:2`,
      ],
      [
        'a private package',
        npm('export const a = 1;\n', {}, '"private": true'),
        npm('', {}, '"private": true'),
      ],
      [
        'a module that is no entry',
        npm('', { 'b.js': 'export const a = 1;\n' }),
        npm('', { 'b.js': 'const a = 1;\n' }),
      ],
      [
        'the source of a compiled entry',
        ts('export type A = 1;\nexport interface B {}\n'),
        ts('export type A = 2;\n'),
        `${gone} src/index.ts:2`,
      ],
      [
        'the source of an entry by its name alone',
        { ...ts('export enum A { B }\n'), 'tsconfig.json': '{}' },
        { ...ts('export enum C { B }\n'), 'tsconfig.json': '{}' },
        'risk src/index.ts',
      ],
      [
        'types behind a star',
        ts("export type * from './types';\n", {
          'src/types.ts': 'export declare const a: Map<string, number>, b: 1;\n',
        }),
        ts("export type * from './types';\n", {
          'src/types.ts': 'export declare const a: Map<string, boolean>;\n',
        }),
        `${gone} src/types.ts:1`,
      ],
      [
        'an entry that is not in the repository',
        { 'package.json': '{"name": "a", "main": "out/x.js"}', 'a.js': 'export const a = 1;\n' },
        { 'package.json': '{"name": "a", "main": "out/x.js"}', 'a.js': '' },
      ],
    ] as const;
  })(),
  ...(() => {
    const python = (text: string, rest: Files = {}): Files => ({
      'pyproject.toml': '[build-system]\nrequires = ["hatchling"]\n\n[project]\nname = "shop"\n',
      'src/shop/__init__.py': text,
      ...rest,
    });
    const gone = 'interface-break base src/shop/__init__.py';
    return [
      ['a name of __all__', python('__all__ = ["a", "b"]\n'), python('__all__ = ["a"]\n'), `${gone}:1`],
      [
        'an annotated __all__',
        python('__all__: list[str] = [\n    "a",\n    "b",\n]\n'),
        python('__all__: list[str] = ["b"]\n'),
        `${gone}:2`,
      ],
      [
        'an __all__ put together',
        python('__all__ = ["a", "b"]\n'),
        python('__all__ = ["a"] + core.__all__\n'),
        'risk src/shop/__init__.py',
      ],
      [
        'a name that __all__ does not list',
        python('__all__ = ["a"]\ndef b(): pass\n'),
        python('__all__ = ["a"]\n'),
      ],
      [
        'a function',
        python('def a():\n    pass\n\n\nclass B:\n    def c(self): pass\n'),
        python('class B:\n    pass\n'),
        `${gone}:1`,
      ],
      ['a private function', python('def _a():\n    pass\n'), python('')],
      [
        'an import from itself',
        python('from .core import (\n    a,\n    b as c,\n)\nimport os\nfrom typing import Any\n'),
        python('from .core import a\n'),
        `${gone}:3`,
      ],
      [
        'a variable',
        python('logger = 1\nVERSION: str = "1"\n'),
        python(''),
        'risk src/shop/__init__.py',
        'risk src/shop/__init__.py',
      ],
      [
        'under a condition at the head',
        python('def a(): pass\n'),
        python('try:\n    from .fast import a\nexcept ImportError:\n    a = None\n'),
        'risk src/shop/__init__.py',
      ],
      [
        'behind a star',
        python('from .core import *\n', { 'src/shop/core.py': 'def a(): pass\ndef b(): pass\n' }),
        python('from .core import *\n', { 'src/shop/core.py': 'def a(): pass\n' }),
        'interface-break base src/shop/core.py:2',
      ],
      [
        'the whole package',
        python('def a(): pass\n'),
        { 'pyproject.toml': python('')['pyproject.toml'] ?? '' },
        gone,
      ],
      [
        'nothing that is built',
        { ...python('def a(): pass\n'), 'pyproject.toml': '[tool.ruff]\n' },
        { ...python(''), 'pyproject.toml': '[tool.ruff]\n' },
      ],
      ['a text that looks like one', python("'''\ndef a(): pass\n'''\n"), python('')],
    ] as const;
  })(),
  ...(() => {
    const go = (text: string, rest: Files = {}): Files => ({
      'go.mod': 'module acme.test/shop\n\ngo 1.22\n',
      'shop.go': `package shop\n\n${text}`,
      ...rest,
    });
    const gone = 'interface-break base shop.go';
    return [
      ['a function', go('func Open() {}\nfunc close() {}\n'), go(''), `${gone}:3`],
      [
        'a method',
        go('func (s *Store[T]) Get() {}\nfunc (s *store) Get() {}\n'),
        go('type Store struct{}\n'),
        `${gone}:3`,
      ],
      [
        'constants of a group',
        go('const (\n\tA, B = 1, 2\n\tC = iota\n\td\n)\n'),
        go('const (\n\tA = 1\n)\n'),
        `${gone}:4`,
        `${gone}:5`,
      ],
      [
        'moved into another file',
        go('type T struct{ A int }\n'),
        go('', { 'other.go': 'package shop\n\ntype T struct{ A int }\n' }),
      ],
      [
        'of a test',
        go('', { 'shop_test.go': 'package shop\n\nfunc TestA() {}\n' }),
        go('', { 'shop_test.go': 'package shop\n' }),
      ],
      [
        'a program',
        go('', { 'shop.go': 'package main\n\nfunc Open() {}\n' }),
        go('', { 'shop.go': 'package main\n' }),
      ],
      ['another module', go('func Open() {}\n'), go('', { 'go.mod': 'module acme.test/shop/v2\n' })],
      [
        'of a folder below',
        go('', { 'internal/a.go': 'package internal\n\nfunc Open() {}\n' }),
        go('', { 'internal/a.go': 'package internal\n' }),
      ],
    ] as const;
  })(),
];

const filesOf = (path: string, text: string | null): Files => (text === null ? {} : { [path]: text });

describe('what a change breaks for clients of an interface', () => {
  for (const [name, path, table] of [
    ['protobuf', 'a.proto', PROTOBUF],
    ['GraphQL', 'a.graphql', GRAPHQL],
    ['OpenAPI', 'a.yaml', OPENAPI],
    ['packages', 'package.json', PACKAGES],
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

  describe('symbols of published packages', () => {
    for (const [title, base, head, ...expected] of SYMBOLS) {
      it(title, async () => {
        assert.deepEqual(await findings(interfaces, changeWorld(base, head)), expected);
      });
    }
  });

  it('follows references into other files, and finds what refers to a changed part', async () => {
    const root = api(gives('{$ref: "schemas/order.yaml#/Order"}'));
    const part = (body: string): string => `Order:\n  type: object\n  properties:\n${body}`;
    const changed = part('    a: {}\n');
    const base = { 'api/openapi.yaml': root, 'api/schemas/order.yaml': part('    a: {}\n    b: {}\n') };
    for (const head of [
      { ...base, 'api/schemas/order.yaml': changed },
      { 'api/openapi.yaml': `${root}# more\n`, 'api/schemas/order.yaml': changed },
    ]) {
      assert.deepEqual(await findings(interfaces, changeWorld(base, head)), [
        'interface-break base api/schemas/order.yaml:5',
      ]);
    }
    // Moved into another file, a schema is the same.
    const whole = api(gives(REF), order('        a: {}\n'));
    const split = { 'a.yaml': api(gives('{$ref: "b.yaml#/Order"}')), 'b.yaml': changed };
    assert.deepEqual(await findings(interfaces, changeWorld({ 'a.yaml': whole }, split)), []);
    const less = { ...split, 'b.yaml': part('    c: {}\n') };
    assert.deepEqual(await findings(interfaces, changeWorld({ 'a.yaml': whole }, less)), [
      'interface-break base a.yaml:16',
    ]);
    // Files in a circle, out of the repository, and of the network end the search.
    const circle = {
      'a.yaml': api(gives('{$ref: "b.yaml#/A"}')),
      'b.yaml': 'A: {$ref: "a.yaml#/paths/~1orders/post/responses/200/content/application~1json/schema"}\n',
    };
    const odd = {
      'a.yaml': api(gives('{$ref: "../../x.yaml"}')),
      'b.yaml': 'A: {$ref: "https://a.test/b"}\n',
    };
    assert.deepEqual(await findings(interfaces, changeWorld(circle, odd)), []);
  });

  it('takes a description below docs for an interface, and other documentation for none', async () => {
    const base = api('  /a:\n    get: {}\n  /b:\n    get: {}\n');
    const head = api('  /a:\n    get: {}\n');
    for (const path of ['docs/openapi.yaml', 'docs/api/v1.yaml']) {
      assert.deepEqual(await findings(interfaces, changeWorld({ [path]: base }, { [path]: head })), [
        `interface-break base ${path}:6`,
      ]);
    }
    assert.deepEqual(
      await findings(
        interfaces,
        changeWorld({ 'docs/a.yaml': 'paths: {a: 1}\n' }, { 'docs/a.yaml': 'b: 1\n' }),
      ),
      [],
    );
    assert.deepEqual(
      await findings(
        interfaces,
        changeWorld({ 'docs/examples/a.yaml': base }, { 'docs/examples/a.yaml': head }),
      ),
      [],
    );
  });

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
    const names = Array.from({ length: 120 }, (_, index) => `S${index}`);
    const references = names.map((name) => `{$ref: "#/components/schemas/${name}"}`).join(', ');
    const schemas = names
      .map(
        (name) => `    ${name}: {allOf: [${references}], properties: {${name}: {allOf: [${references}]}}}\n`,
      )
      .join('');
    const wide = api(gives('{$ref: "#/components/schemas/S1"}'), schemas);
    await findings(interfaces, changeWorld({ 'a.yaml': wide }, { 'a.yaml': `${wide}# more\n` }));
    const cyclic = `${api('  /a: {}\n')}x: &x [*x]\n`;
    await findings(interfaces, changeWorld({ 'a.yaml': cyclic }, { 'a.yaml': `${cyclic}# more\n` }));
    assert.ok(performance.now() - started < 30_000);
  });
});
