import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readHcl } from '../../../src/core/text/hcl';
import {
  argument,
  block,
  comment,
  hclExpression,
  hclString,
  hclText,
} from '../../../src/core/text/hcl-write';

/** What HCL makes of a quoted string without interpolation. */
function unquoted(text: string): string {
  assert.match(text, /^"(?:[^"\\\n\r]|\\.)*"$/);
  // Nothing that begins a template, doubled or not.
  assert.doesNotMatch(text, /[$%]\{/);
  return JSON.parse(text) as string;
}

describe('HCL text', () => {
  it('holds any string as it is, without an interpolation', () => {
    for (const text of ['${x}', '$${x}', '%{ if true }', 'a"b\\', 'l\nm\r\t', '$"', '\\${x}', '\u202e']) {
      assert.equal(unquoted(hclString(text)), text);
    }
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('$', '%', '{', '}', '"', '\\', '\n', '\r', 'a', '\u2028', '\u0000'),
        }),
        (text) => unquoted(hclString(text)) === text,
      ),
    );
  });

  it('keeps hostile values, labels and comments within their block', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = hclText([
          comment(text),
          block(
            'resource',
            ['a', text],
            argument('name', text),
            argument('list', [text, hclExpression('var.x')]),
          ),
          block('last', []),
        ]);
        const read = readHcl(written);
        assert.ok(read.ok, written);
        assert.deepEqual(
          read.body.blocks.map(({ type }) => type),
          ['resource', 'last'],
        );
        assert.deepEqual([...(read.body.blocks[0]?.attributes.keys() ?? [])], ['name', 'list']);
      }),
    );
  });

  it('is laid out as terraform fmt has it', () => {
    assert.equal(
      hclText([
        comment('First.\nSecond.'),
        block(
          'terraform',
          [],
          argument('required_version', '>= 1.5'),
          block('required_providers', [], argument('github', { object: { source: 's', version: '~> 6' } })),
        ),
        block(
          'resource',
          ['a', 'b'],
          argument('x', true),
          argument('longer', [1, 'two']),
          block('inner', [], argument('y', hclExpression('var.y'))),
        ),
      ]),
      [
        '# First.',
        '# Second.',
        'terraform {',
        '  required_version = ">= 1.5"',
        '',
        '  required_providers {',
        '    github = {',
        '      source  = "s"',
        '      version = "~> 6"',
        '    }',
        '  }',
        '}',
        '',
        'resource "a" "b" {',
        '  x      = true',
        '  longer = [1, "two"]',
        '',
        '  inner {',
        '    y = var.y',
        '  }',
        '}',
        '',
      ].join('\n'),
    );
  });
});
