import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { findSyntaxFault } from '../../../src/core/shell/syntax-fault';

const VALID = [
  '',
  "# only a comment with an apostrophe: it's fine",
  'a && b || c; d & e | f |& g',
  'for i do echo "$i"; done',
  'for i in 1 2 3; do echo "$i"; done > out 2>&1',
  'for ((i = 0; i < 3; i++)); do echo $i; done',
  'while read -r a; do echo "$a"; done < <(ls)',
  'until ping -c1 host; do sleep 1; done',
  'if a; then b; elif c; then d; else e; fi',
  'case "$1" in (a|b) x;; c) y;& *) z;; esac',
  'case $x in esac',
  'f() { echo hi; }; function g { echo ho; }',
  'f () (\n cd /tmp\n)\nf',
  '[[ $a =~ ^(x|y)$ && -n $b ]] && echo yes',
  'test $(( (1 + 2) * 3 )) -gt 5',
  '(( x > 3 )) && echo big',
  'echo "a $(echo "b $(echo \'c\')") `date` ${x:-"y"} ${z//\\"/}"',
  "echo $'it\\'s' $\"hello\"",
  'cat <<EOF | grep x\nit\'s "open\nEOF\necho done',
  "cat <<-'END'\n\tx ( y\n\tEND",
  'cat <<A <<B\n1\nA\n2\nB',
  'list=(one "two three"\n # comment\n four)',
  'ls !(a|b) *.@(x|y)',
  'echo {a,b} x{1..3}',
  '{ a; b; } && ( c )',
  'time -p make; ! grep -q x y',
  'exec 3>&1 {fd}<file >|out <<< "here $x"',
  'kubectl get pods -o jsonpath={.items[*].metadata.name}',
  'helm template . --set a={1,2}',
  'echo a#b # c',
  'a=1 b=2 c\\\n d',
  'echo done if then',
  'echo ${#x} ${x[@]} ${!y} $$ $# $?',
  'coproc cat',
];

/** Each with the place where the fault begins, and whether more lines could mend it. */
const INVALID: readonly (readonly [string, string, boolean])[] = [
  ['echo "a', '"', true],
  ["echo 'a\nb", "'", true],
  ['echo `date', '`', true],
  ['echo $(date', '$(', true],
  ['echo ${x', '${', true],
  ['a &&', '&&', true],
  ['a |\n', '|', true],
  ['if a; then b', 'if', true],
  ['for x in 1; do y', 'for', true],
  ['cat <<END\nx', '<<END', true],
  ['[[ -n $x', '[[', true],
  ['a && && b', '&&', false],
  ['a || ; b', ';', false],
  ['a ;; b', ';;', false],
  ['echo (a)', '(', false],
  ['a)', ')', false],
  ['fi', 'fi', false],
  ['if a; b; fi', 'fi', false],
  ['while true; done', 'done', false],
  ['ls >', '>', false],
  ['ls > | wc', '>', false],
  ['}', '}', false],
  ['{ a; )', ')', false],
];

describe('a fault of syntax', () => {
  for (const script of VALID) {
    it(`is not found in ${JSON.stringify(script)}`, () => {
      assert.equal(findSyntaxFault(script), null);
      assert.equal(findSyntaxFault(script.replace(/\n/g, '\r\n')), null);
    });
  }

  for (const [script, at, isOpen] of INVALID) {
    it(`is found in ${JSON.stringify(script)}`, () => {
      const fault = findSyntaxFault(script);
      assert.ok(fault);
      assert.ok(script.startsWith(at, fault.span.start), script.slice(fault.span.start));
      assert.equal(fault.isOpen, isOpen);
    });
  }

  it('has its place inside the text, whatever the text is', () => {
    const piece = fc.constantFrom(
      ...[
        '"',
        "'",
        '`',
        '$(',
        '${',
        '(',
        ')',
        '((',
        '))',
        '{',
        '}',
        '[[',
        ']]',
        ';',
        ';;',
        '&&',
        '|',
        '&',
        '<',
        '>>',
      ],
      ...[
        '<<E',
        '\nE\n',
        '<(',
        'if ',
        ' then ',
        ' fi',
        'for x in ',
        ' do ',
        ' done',
        'case x in ',
        ' esac',
        '\\',
        '#',
      ],
      ...['\n', '\r\n', ' ', '\t', 'a', '$x', '=', 'é', '😀'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const script = pieces.join('');
        const fault = findSyntaxFault(script);
        if (!fault) return;
        assert.ok(
          fault.span.start >= 0 && fault.span.end <= script.length && fault.span.start < fault.span.end,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('is looked for in a time that grows with the text', () => {
    for (const text of [
      '(',
      '$(',
      '"$(',
      '${',
      '{ ',
      'if a; then ',
      '((',
      '<<E\n',
      '`',
      '[[ ',
      'a=(',
      '!(',
    ]) {
      const started = performance.now();
      findSyntaxFault(text.repeat(20_000));
      assert.ok(performance.now() - started < 1_500, text);
    }
  });
});
