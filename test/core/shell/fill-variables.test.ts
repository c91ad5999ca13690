import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { createShellParser } from '../../../src/adapters/shell-parser';
import type { ShellParser } from '../../../src/core/ports';
import { fillVariables, type FilledCommand } from '../../../src/core/shell/fill-variables';

describe('a command with its variables filled', () => {
  let parser: ShellParser;
  before(async () => {
    parser = await createShellParser();
  });

  const fill = (
    script: string,
    values: Readonly<Record<string, string>>,
    more: { readonly secrets?: readonly string[]; readonly declared?: readonly string[] } = {},
  ): FilledCommand =>
    fillVariables(script, parser, {
      values: new Map(Object.entries(values)),
      secrets: new Set(more.secrets ?? []),
      declared: new Set(more.declared ?? Object.keys(values)),
    });

  it('has plain values in the place of their variables', () => {
    const { text, unfilled } = fill(
      'kubectl -n "${ENV}" set image deployment/$SERVICE app=registry.acme.io/${SERVICE}:v${VERSION}',
      { ENV: 'staging', SERVICE: 'orders-api', VERSION: '1.4.0' },
    );
    assert.equal(
      text,
      'kubectl -n "staging" set image deployment/orders-api app=registry.acme.io/orders-api:v1.4.0',
    );
    assert.deepEqual(unfilled, []);
  });

  it('quotes what could become more than a word', () => {
    assert.equal(
      fill('run ${A} "say ${A}"', { A: 'a b; rm -rf "$HOME"' }).text,
      `run 'a b; rm -rf "$HOME"' "say "'a b; rm -rf "$HOME"'""`,
    );
    assert.equal(fill('run ${A}', { A: "it's" }).text, "run 'it'\\''s'");
    assert.equal(fill('echo "${A}"', { A: 'two words' }).text, 'echo "two words"');
  });

  it('keeps the variable and sets it first where shell takes no quotes', () => {
    assert.equal(fill('echo $((${N} + 1))', { N: '2' }).text, "export N='2'\necho $((${N} + 1))");
    assert.equal(fill('echo ${TAG%-rc}', { TAG: 'v1-rc' }).text, `export TAG='v1-rc'\necho "\${TAG%-rc}"`);
    assert.equal(fill("bash -c 'echo $ENV'", { ENV: 'qa' }).text, "export ENV='qa'\nbash -c 'echo $ENV'");
    assert.equal(fill('cat <<EOF\n${A}\nEOF', { A: 'EOF' }).text, "export A='EOF'\ncat <<EOF\n${A}\nEOF");
  });

  it('never writes a secret, and quotes its variable', () => {
    const { text, unfilled, taken } = fill(
      'psql "postgres://app:${DB_PASSWORD}@db" -v p=${DB_PASSWORD}',
      {},
      {
        secrets: ['DB_PASSWORD'],
      },
    );
    assert.equal(text, 'psql "postgres://app:${DB_PASSWORD}@db" -v p="${DB_PASSWORD}"');
    assert.deepEqual([unfilled, taken], [[], ['DB_PASSWORD']]);
  });

  it('says what nobody has filled, declared or not, and leaves it as written', () => {
    const { text, unfilled } = fill(
      'deploy ${ENV} ${REGION} "$HOME" $? $1 ${LOG:-/dev/null}',
      { ENV: 'qa' },
      {
        declared: ['ENV', 'REGION'],
      },
    );
    assert.equal(text, 'deploy qa ${REGION} "$HOME" $? $1 ${LOG:-/dev/null}');
    assert.deepEqual(unfilled, ['REGION']);
    assert.deepEqual(fill('deploy ${SOMETHING}', {}).unfilled, ['SOMETHING']);
    assert.deepEqual(fill("bash -c 'deploy ${ENV}'", {}, { declared: ['ENV'] }).unfilled, ['ENV']);
  });

  it('leaves alone what the command sets itself, what awk means, and what a comment says', () => {
    for (const script of [
      'for host in a b; do ssh "$host" uptime; done',
      'POD=$(kubectl get pods -o name | head -1)\nkubectl logs "${POD}"',
      "kubectl get pods | awk '{ print $NF }'",
      'read -r ANSWER\necho "$ANSWER"',
      'uptime # $ENV is not looked at',
    ]) {
      const { text, unfilled, isReadable } = fill(script, {});
      assert.deepEqual([text, unfilled, isReadable], [script, [], true]);
    }
    assert.deepEqual(fill('uptime # $ENV', {}, { declared: ['ENV'] }).unfilled, []);
  });

  it('says of what is no shell that it is not read, and changes nothing', () => {
    const script = 'if [ -n "${A}" ; then (';
    assert.deepEqual(fill(script, { A: 'x' }).isReadable, false);
    assert.equal(fill(script, { A: 'x' }).text, script);
  });

  it('reads past a placeholder', () => {
    const script = 'deploy ${ENV} UNKNOWN(the cluster (by name))';
    const start = script.indexOf('UNKNOWN');
    const { text, isReadable } = fillVariables(
      script,
      parser,
      { values: new Map([['ENV', 'qa']]), secrets: new Set(), declared: new Set() },
      [{ start, end: script.length }],
    );
    assert.deepEqual([text, isReadable], ['deploy qa UNKNOWN(the cluster (by name))', true]);
  });

  /** Each form with the same form in which quotes keep the variable one word: what filling promises. */
  const forms: readonly (readonly [script: string, meant: string])[] = [
    ['show ${V}', 'show "${V}"'],
    ['show $V', 'show "$V"'],
    ['show a-${V}.b', 'show a-"${V}".b'],
    ['show "a ${V} b"', 'show "a ${V} b"'],
    ['show "$W${V}x"', 'show "$W${V}x"'],
    ['show $W${V}', 'show "$W${V}"'],
    ['show {a,${V}}', 'show {a,"${V}"}'],
    ['show ~${V}', 'show "~${V}"'],
    ['show --set=${V} --x ${V}${V}', 'show --set="${V}" --x "${V}${V}"'],
    ['show "$(show ${V})" `show ${V}`', 'show "$(show "${V}")" $(show "${V}")'],
    ['show "`show "${V}"`"', 'show "$(show "${V}")"'],
    ['X=${V} && show "$X"', 'X="${V}" && show "$X"'],
    ['A=(${V} b) && show "${A[@]}"', 'A=("${V}" b) && show "${A[@]}"'],
    ['for each in ${V}; do show "$each"; done', 'for each in "${V}"; do show "$each"; done'],
    ['case ${V} in "$V") show same ;; *) show other ;; esac', 'show same'],
    ['[[ "$V" == ${V} ]] && show same', 'show same'],
    ['cat <<EOF\nx ${V} y\n${V}\nEOF', 'cat <<EOF\nx ${V} y\n${V}\nEOF'],
    ['cat <<<${V}', 'cat <<<"${V}"'],
    ['bash -c \'printf %s "$V"\'', 'printf %s "$V"'],
    ['show "${V#x}" "${#V}"', 'show "${V#x}" "${#V}"'],
    ['${V} 2>/dev/null || show failed', '"${V}" 2>/dev/null || show failed'],
    [
      'show ${V#x} ${W:-${V}} ${W:+"${V}"} ${W:+${V}}',
      'show "${V#x}" "${W:-${V}}" "${W:+"${V}"}" "${W:+${V}}"',
    ],
    ['[ ${V} = ${V} ] && show same', '[ "${V}" = "${V}" ] && show same'],
    ['(show ${V}; { show ${V}; }) | cat', '(show "${V}"; { show "${V}"; }) | cat'],
    [
      'if true; then show ${V}; fi; while show ${V}; do break; done',
      'if true; then show "${V}"; fi; while show "${V}"; do break; done',
    ],
    ['f() { show ${V}; }; f', 'f() { show "${V}"; }; f'],
    ['show \\${V}', 'show "\\${V}"'],
  ];

  it('is the same command with any value, at bash itself', function () {
    this.timeout(120_000);
    const run = (script: string, variables: Readonly<Record<string, string>>): string => {
      const { stdout } = spawnSync('bash', ['--norc', '-c', `show() { printf '<%s>' "$@"; }\n${script}`], {
        env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', ...variables },
        encoding: 'utf8',
      });
      return stdout;
    };
    const text = fc.string({
      unit: fc.constantFrom(...'ab0 =-~*?$`"\'\\!;&|<>(){}[]#%:,./@é\t'),
      minLength: 1,
      maxLength: 8,
    });
    const word = fc.constantFrom(
      'staging',
      '1.4.0',
      'a/b:c',
      '-n',
      'EOF',
      'if',
      '2',
      '$(show x)',
      "it's",
      '~root',
      'show',
    );
    fc.assert(
      fc.property(fc.constantFrom(...forms), fc.oneof(text, word), ([script, meant], value) => {
        const filled = fill(script, { V: value }, { declared: ['V', 'W'] });
        assert.equal(filled.isReadable, true, script);
        assert.equal(
          run(filled.text, { W: 'w' }),
          run(meant, { V: value, W: 'w' }),
          `${filled.text}\n${value}`,
        );
      }),
      { numRuns: 150 },
    );
  });
});
