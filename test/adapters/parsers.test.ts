import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { createParsers } from '../../src/adapters/parsers';
import type { ShellNode } from '../../src/core/ports';

const SCRIPT = `set -euo pipefail
for region in eu us; do
  if ! kubectl --context "$region" apply -f "k8s/$region.yml"; then
    echo "failed in $region" >&2 && exit 1
  fi
done
cat <<EOF | tee out.txt
version: $(git describe --tags)
EOF
`;

const MEBIBYTE = 1024 * 1024;

function nodes(root: ShellNode): ShellNode[] {
  return [root, ...root.children.flatMap(nodes)];
}

describe('parsers', () => {
  const parsers = createParsers();

  it('load each parser once, also when asked for at the same time', async () => {
    const [first, second] = await Promise.all([parsers.shell(), parsers.shell()]);
    assert.equal(first, second);
    assert.equal(parsers.shell(), parsers.shell());
    assert.equal(parsers.sql(), parsers.sql());
    assert.equal(await parsers.sql(), await parsers.sql());
  });

  it('give UTF-16 offsets beyond the first plane', async () => {
    const text = '# 🚀 日本 é\necho "🚀🚀" && make déploy\n';
    const found = nodes((await parsers.shell()).parse(text));
    const command = found.filter((node) => node.type === 'command').pop();
    assert.equal(command?.text, 'make déploy');
    assert.equal(command.span.start, text.indexOf('make'));
    for (const node of found) assert.equal(node.text, text.slice(node.span.start, node.span.end));
    assert.equal(found.find((node) => node.type === 'string')?.text, '"🚀🚀"');

    const sql = "SELECT '🚀'; DROP TABLE größe;";
    const statements = (await parsers.sql()).parse(sql);
    assert.deepEqual(
      statements.map(({ span }) => sql.slice(span.start, span.end)),
      ["SELECT '🚀'", 'DROP TABLE größe'],
    );
  });

  it('never throw on broken text', async () => {
    const shell = await parsers.shell();
    const sql = await parsers.sql();
    const texts = [
      '',
      '\0',
      '\uD83D',
      'if; then fi (((',
      'echo "$(((',
      "cat <<'EOF'\nno end",
      '`'.repeat(999),
      '('.repeat(5_000),
      '{ '.repeat(5_000),
      'a|'.repeat(500),
      'x'.repeat(600_000),
      'SELECT (((',
      "SELECT '",
      'DO $$ BEGIN IF; END $$',
      `SELECT ${'('.repeat(3_000)}1${')'.repeat(3_000)}`,
      SCRIPT.slice(0, 97),
    ];
    for (const text of texts) {
      const root = shell.parse(text);
      assert.ok(root.span.start >= 0 && root.span.end <= text.length);
      sql.parse(text);
    }
    // A hard case before must not spoil the next.
    assert.equal(shell.parse(SCRIPT).hasError, false);
    assert.equal(sql.parse('SELECT 1')[0]?.ok, true);
  });

  it('say that a text is broken', async () => {
    const shell = await parsers.shell();
    assert.equal(shell.parse('if x; then').hasError, true);
    assert.equal(shell.parse('make test').hasError, false);
  });

  it('hold no more memory after 2,000 scripts and statements', async function () {
    this.timeout(60_000);
    const script = path.join(__dirname, 'parsers-memory.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--expose-gc',
      '--require',
      require.resolve('tsx/cjs'),
      script,
    ]);
    const { memories, growth } = JSON.parse(stdout) as {
      memories: number;
      growth: { heap: number; webAssembly: number };
    };
    assert.ok(memories >= 2, 'the memories of both parsers were seen');
    assert.ok(growth.webAssembly <= 2 * MEBIBYTE, `WebAssembly grew by ${growth.webAssembly} bytes`);
    assert.ok(growth.heap <= 4 * MEBIBYTE, `the heap grew by ${growth.heap} bytes`);
  });
});
