import assert from 'node:assert/strict';
import { createParsers } from '../../../src/adapters/parsers';
import type { ShellParser } from '../../../src/core/ports';
import {
  readCommands,
  readStatements,
  shellModeOf,
  withoutExpressions,
  type ShellMode,
  type ShellOutput,
} from '../../../src/core/shell/commands';

const plain: ShellMode = { stopsAtError: true, hasPipefail: false };
const strict: ShellMode = { stopsAtError: true, hasPipefail: true };

describe('commands of a script', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await createParsers().shell();
  });

  /** `!` marks a swallowed command, `?` a conditional one. */
  const seen = (script: string, mode: ShellMode = plain): string =>
    readCommands(script, parser, mode)
      .map(
        (command) =>
          `${command.isSwallowed ? '!' : ''}${command.isConditional ? '?' : ''}${command.words.join(' ')}`,
      )
      .join(' / ');

  const cases: readonly (readonly [string, string, string])[] = [
    ['a word of several variables', 'kubectl x --image=$A/$B/c:$D "$E"y', 'kubectl x --image=$A/$B/c:$D $Ey'],
    ['a plain command', 'npm test', 'npm test'],
    [
      'quotes and continuations',
      'kubectl set image \\\n  deploy/api "api=$IMAGE" \'x y\'',
      'kubectl set image deploy/api api=$IMAGE x y',
    ],
    ['assignments before the program', 'CI=1 FOO="a b" npm test', 'npm test'],
    ['|| true', 'npm test || true', '!npm test / ?true'],
    ['a script behind a wrapper', 'sudo -E bash -c "npm test"', 'sudo -E bash -c npm test / npm test'],
    ['a script behind a limit', "timeout 5m sh -ec 'npm test'", 'timeout 5m sh -ec npm test / npm test'],
    ['a text that eval runs', 'eval "npm test || true"', 'eval npm test || true / !npm test / ?true'],
    ['what a substitution gives eval', 'eval "$(ssh-agent -s)"', 'eval $(ssh-agent -s) / !ssh-agent -s'],
    [
      'the command of a trap',
      "trap 'helm rollback api' ERR\nhelm upgrade api .",
      'trap helm rollback api ERR / !?helm rollback api / helm upgrade api .',
    ],
    ['a trap that is taken back', 'trap - EXIT\nnpm test', 'trap - EXIT / npm test'],
    [
      'what runs on another machine',
      'ssh host bash -s <<END\nnpm test\nEND\necho',
      'ssh host bash -s / echo',
    ],
    ['what is only written', 'cat > f <<END\nnpm test\nEND', 'cat'],
    ['what only asks for a program', 'command -v eslint || exit 1', 'command -v eslint / ?exit 1'],
    ['|| :', 'npm test || :', '!npm test / ?:'],
    ['|| echo', 'npm test || echo "failed"', '!npm test / ?echo failed'],
    ['|| exit 1', 'npm test || exit 1', 'npm test / ?exit 1'],
    ['|| a block that fails', 'npm test || { echo no; exit 1; }', 'npm test / ?echo no / ?exit 1'],
    ['a pipe', 'npm test | tee log', '!npm test / tee log'],
    ['&& last', 'npm ci && npm test', 'npm ci / ?npm test'],
    ['&& not last', 'npm test && echo ok\necho done', '!npm test / ?echo ok / echo done'],
    ['set +e', 'set +e\nnpm test\necho done', 'set +e / !npm test / echo done'],
    ['set +e, status kept', 'set +e\nnpm test\ncode=$?\nexit $code', 'set +e / npm test / exit $code'],
    ['set -o pipefail', 'set -euo pipefail\nnpm test | tee log', 'set -euo pipefail / npm test / tee log'],
    ['; true fails all the same under -e', 'npm test; true', 'npm test / true'],
    ['background', 'npm start &\nnpm test', '!npm start / npm test'],
    ['if ! … then echo', 'if ! npm test; then echo no; fi', '!npm test / ?echo no'],
    ['if ! … then exit 1', 'if ! npm test; then exit 1; fi', 'npm test / ?exit 1'],
    ['else exit 1', 'if curl -f x; then echo; else exit 1; fi', 'curl -f x / ?echo / ?exit 1'],
    ['a substitution assigned', 'x=$(curl -f y)', 'curl -f y'],
    ['a substitution as an argument', 'echo $(curl -f y)', 'echo $(curl -f y) / !curl -f y'],
    ['a function', 'f() { npm test; }\nf', '?npm test'],
    ['a function that nothing calls', 'f() { npm test; }\ng() { f; }\nmake', 'make'],
    ['a function whose call is forgiven', 'f() { npm test; }\nf || true', '!?npm test / ?true'],
    ['one call of two is forgiven', 'f() { npm test; }\nf || true\nf', '?npm test / ?true'],
    ['a function called by a function', 'f() { npm test; }\ng() { f; }\ng', '?npm test'],
    ['a function with the word', 'function f { npm test; }\nretry 3 f', '?npm test / retry 3 f'],
    ['a function that calls itself', 'f() { npm test && f; }\nf', '?npm test'],
    ['a loop', 'for i in a b; do npm test; done', '?npm test'],
    [
      'a loop that gives up',
      'for i in 1 2 3; do curl -f x && exit 0; sleep 5; done\nexit 1',
      '?curl -f x / ?exit 0 / ?sleep 5 / exit 1',
    ],
    ['case', 'case $x in a) npm test;; esac', '?npm test'],
    ['a subshell', '(cd web && npm test)', 'cd web / ?npm test'],
    ['a here-document is data', 'cat <<END\nkubectl apply -f x\nEND\nnpm test', 'cat / npm test'],
    ['a here-document with || true', 'psql <<END || true\nselect 1;\nEND', '!psql / ?true'],
    ['bash -c', "bash -c 'npm test || true'", 'bash -c npm test || true / !npm test / ?true'],
    [
      'GitHub expressions',
      'helm upgrade -n ${{ inputs.env }} "x-${{ github.ref == \'}}\' }}"',
      "helm upgrade -n ${{ inputs.env }} x-${{ github.ref == '}}' }}",
    ],
    ['CRLF', 'npm ci\r\nnpm test\r\n', 'npm ci / npm test'],
  ];
  for (const [name, script, expected] of cases) {
    it(name, () => assert.equal(seen(script), expected));
  }

  /** Each command with what its output goes through: `>name` a file, `|words` a command, `=` the script. */
  const outputs = (script: string): string => {
    const written = (output: ShellOutput): string => {
      switch (output.to) {
        case 'log':
          return '';
        case 'value':
          return ' =';
        case 'file':
          return ` >${output.name}`;
        case 'command':
          return ` |${output.words.join(' ')}${written(output.output)}`;
      }
    };
    return readCommands(script, parser, plain)
      .map(
        ({ words, output, hereText }) =>
          words.join(' ') + written(output) + (hereText ? ` <${hereText.trim()}` : ''),
      )
      .join(' / ');
  };
  const printed: readonly (readonly [string, string, string])[] = [
    ['the log', 'echo a', 'echo a'],
    ['a file', 'echo a >> $GITHUB_ENV', 'echo a >$GITHUB_ENV'],
    ['another descriptor', 'echo a 2>/dev/null', 'echo a'],
    ['the error output is the log too', 'echo a >&2', 'echo a'],
    ['both', 'echo a &> f', 'echo a >f'],
    ['the log by its file', 'echo a > /dev/stderr', 'echo a'],
    ['a block', '{ echo a; echo b; } > f', 'echo a >f / echo b >f'],
    ['a subshell in a loop', 'for i in 1; do (echo a); done > f', 'echo a >f'],
    ['the last of a list only', 'echo a && echo b > f', 'echo a / echo b >f'],
    ['a pipe', 'echo a | base64 -d > f', 'echo a |base64 -d >f / base64 -d >f'],
    ['three of them', 'a | b | c', 'a |b |c / b |c / c'],
    ['a pipe whose first part writes a file', 'a > f | b', 'a >f / b'],
    ['a pipe into a block', 'a | while read x; do b; done', 'a | / read x / b'],
    ['a substitution', 'x=$(echo a)', 'echo a ='],
    ['a substitution inside a file', 'echo $(b) > f', 'echo $(b) >f / b ='],
    ['a process that reads', 'echo a > >(tee f)', 'echo a |tee f / tee f'],
    ['exec moves the log', 'echo a\nexec > f 2>&1\necho b', 'echo a / exec >f / echo b >f'],
    ['a here-document', 'cat <<END > f\na $X\nEND', 'cat >f <a $X'],
    ['a here-document in a pipe', 'cat <<END | b -f -\na\nEND', 'cat |b -f - <a / b -f -'],
    ['a here-string', 'docker login --password-stdin <<< "$X"', 'docker login --password-stdin <$X'],
    ['a function', 'f() { echo a; }\nf > g', 'echo a >g'],
    ['bash -c', "bash -c 'echo a' > f", 'bash -c echo a >f / echo a >f'],
  ];
  for (const [name, script, expected] of printed) {
    it(`output: ${name}`, () => assert.equal(outputs(script), expected));
  }

  const expanded: readonly (readonly [string, readonly string[]])[] = [
    ['echo $A "${B:0:4}" x', ['$A', '${B:0:4}']],
    ['echo \'$A\' \\$B "\\$C"', []],
    ['echo $(cat $A)', []],
    ['cat <<END\n$A ${B}\nEND', ['$A', '${B}']],
    ["cat <<'END'\n$A\nEND", []],
    ['cat <<< "$A"', ['$A']],
    ['A=$B curl x', ['$B']],
  ];
  for (const [script, expected] of expanded) {
    it(`variables put into ${script}`, () => {
      const [command] = readCommands(script, parser, plain);
      assert.deepEqual(command?.expansions, expected);
    });
  }

  it('a pipe with pipefail', () => assert.equal(seen('npm test | tee log', strict), 'npm test / tee log'));

  it('says what a command reads by a pipe, and in which loop it stands', () => {
    const around = (script: string, program: string): readonly (string | null)[] => {
      const command = readCommands(script, parser, plain).find(({ words }) => words[0] === program);
      return [command?.input ?? null, command?.loop ?? null].map(
        (span) => span && script.slice(span.start, span.end),
      );
    };
    const installer = 'set -x\ncurl -fsSL https://acme.example/i.sh | sudo bash -s -- --yes';
    assert.deepEqual(around(installer, 'sudo'), ['curl -fsSL https://acme.example/i.sh', null]);
    assert.deepEqual(around(installer, 'curl'), [null, null]);
    assert.deepEqual(around('curl x | { cd /tmp; tar -x; }', 'tar'), ['curl x', null]);
    const retried = 'for i in 1 2; do npm test && break; done';
    assert.deepEqual(around(`make\n${retried}`, 'npm'), [null, retried]);
    assert.deepEqual(around(`make\n${retried}`, 'make'), [null, null]);
    const waits = 'until curl -f x; do sleep 1; done';
    assert.deepEqual(around(waits, 'curl'), [null, waits]);
    assert.deepEqual(around(waits, 'sleep'), [null, waits]);
    const nested = "sh -c 'curl x | bash'";
    assert.deepEqual(around(nested, 'bash'), [nested, null]);
  });

  it('keeps UTF-16 offsets behind text outside the basic plane', () => {
    const script = 'echo "😀" # 🚀\nnpm test';
    const [, command] = readCommands(script, parser, plain);
    assert.equal(script.slice(command?.span.start, command?.span.end), 'npm test');
  });

  it('keeps the length when it masks expressions', () => {
    for (const script of ['a ${{ x }} b', '${{', "${{ 'a}}' }}", "${{ ' }} x", 'x${{y\n}}z']) {
      assert.equal(withoutExpressions(script).length, script.length);
    }
  });

  it('says what a shell does with failures', () => {
    assert.deepEqual(shellModeOf(null), plain);
    assert.deepEqual(shellModeOf('bash'), strict);
    assert.deepEqual(shellModeOf('sh'), plain);
    assert.deepEqual(shellModeOf('bash -l {0}'), { stopsAtError: false, hasPipefail: false });
    assert.deepEqual(shellModeOf('bash --noprofile --norc -eo pipefail {0}'), strict);
    assert.equal(shellModeOf('pwsh'), null);
    assert.equal(shellModeOf('python'), null);
  });

  it('survives hostile text', () => {
    for (const [piece, count] of [
      ['(', 5000],
      ['$(', 5000],
      ['"', 4001],
      ['a | ', 3000],
      ['\0\u202e$', 10],
      ['<<', 2000],
      ['if ', 3000],
      ['${{ ', 20000],
    ] as const) {
      readCommands(piece.repeat(count), parser, plain);
    }
  });

  it('come with what the shell tests and sets by itself', () => {
    const script = [
      'export A=1 B="x y"',
      'C=2 npm ci',
      'if [ -z "$URL" ]; then exit 0; fi',
      '[[ "$code" == 200 ]] || exit 1',
      'bash -c "D=3 npm test"',
    ].join('\n');
    const found = readStatements(script, parser, plain).map(
      ({ kind, words, isConditional }) => `${isConditional ? '?' : ''}${kind}: ${words.join(' | ')}`,
    );
    assert.deepEqual(found, [
      'setting: A=1 | B=x y',
      'setting: C=2',
      'command: npm | ci',
      'test: [ | -z | $URL | ]',
      '?command: exit | 0',
      'test: [[ | $code | == | 200 | ]]',
      '?command: exit | 1',
      'command: bash | -c | D=3 npm test',
      'setting: D=3',
      'command: npm | test',
    ]);
    const settings = readStatements(script, parser, plain).filter(({ kind }) => kind === 'setting');
    assert.equal(script.slice(settings[0]?.span.start, settings[0]?.span.end), 'A=1 B="x y"');
  });
});
