import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isTrustPath, readTrustFile } from '../../../../src/core/evidence/trust/read';
import { readLiteral } from '../../../../src/core/text/hcl-expression';

describe('readLiteral', () => {
  it('reads JSON and HCL alike, with what is computed as such', () => {
    const text = `{
      # a comment
      a = "x\\"y" // another
      "b": ["1", /* one */ "2",],
      c = jsonencode({ d = toset(["e"]) })
      f = var.g
      h = "\${var.i}/*"
      j = concat(["k"], var.l)
      m = "n" == "o" ? "p" : "q"
    }`;
    const value = readLiteral(text, 0);
    assert.equal(value?.kind, 'map');
    assert.deepEqual(
      value.entries.map(({ key, value: { kind } }) => [key, kind]),
      [
        ['a', 'text'],
        ['b', 'list'],
        ['c', 'map'],
        ['f', 'other'],
        ['h', 'text'],
        ['j', 'other'],
        ['m', 'other'],
      ],
    );
    const [a, , , , h] = value.entries.map((entry) => entry.value);
    assert.ok(a?.kind === 'text' && a.text === 'x"y' && !a.isOpen);
    assert.ok(h?.kind === 'text' && h.text === '${var.i}/*' && h.isOpen);
    assert.equal(text.slice(h.span.start, h.span.end), '"${var.i}/*"');
  });

  it('never throws, and its places are within the text', () => {
    const piece = fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '${',
      '=',
      ':',
      ',',
      '\n',
      '#',
      '/*',
      '<<E',
      'jsonencode(',
      'a',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        const value = readLiteral(text, 0);
        if (value) assert.ok(value.span.start >= 0 && value.span.end <= text.length);
      }),
    );
  });

  it('gives up on what nests without end', () => {
    assert.equal(readLiteral('['.repeat(5_000), 0), null);
  });
});

describe('readTrustFile', () => {
  it('never throws on any text', () => {
    const piece = fc.constantFrom(
      'token.actions.githubusercontent.com:sub',
      'resource "aws_iam_role" "a" {\n',
      'data "aws_iam_policy_document" "a" {\n statement {\n',
      'assume_role_policy = jsonencode({',
      'Statement = [{',
      '"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {',
      'Resources:\n  A:\n    Properties:\n      AssumeRolePolicyDocument:\n',
      '}\n',
      '"',
      '[]',
      '\n',
      '${',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.constantFrom('a.tf', 'iam/a.json', 'iam/a.yml', 'a.sh'),
        (pieces, path) => {
          readTrustFile(path, pieces.join(''), (script) => [
            { words: ['cat'], span: { start: 0, end: script.length }, hereText: script },
          ]);
        },
      ),
    );
  });

  it('looks where trust is written, and at no workflow', () => {
    for (const path of [
      'main.tf',
      'scripts/setup.sh',
      'iam/trust.json',
      'infra/stack.yaml',
      'policies/a.json.tpl',
    ])
      assert.ok(isTrustPath(path), path);
    for (const path of ['.github/workflows/deploy.yml', 'package.json', 'src/a.ts', 'docs/oidc.md'])
      assert.ok(!isTrustPath(path), path);
  });
});
