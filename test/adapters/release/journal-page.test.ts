import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRunFolder } from '../../../src/adapters/release/journal-store';

const PAGE = readFileSync(path.join(__dirname, '../../../docs/journal.md'), 'utf8');

/** The block of the page that holds a text. */
function block(language: string, holding: string): string {
  const found = [...PAGE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\n\`\`\``, 'g'))]
    .map((match) => match[1] ?? '')
    .find((text) => text.includes(holding));
  assert.ok(found);
  return found;
}

describe('page on the journal', () => {
  let root: string;
  let file: string;

  beforeEach(async () => {
    root = mkdtempSync(path.join(tmpdir(), 'release-gate-page-'));
    const made = await createRunFolder(root, 'records', {
      mode: 'release',
      version: '2.4.0',
      environment: 'production',
      at: new Date(),
    });
    assert.ok(made.ok);
    for (const detail of ['one', 'Straße "☂" \\ 100 %s', 'three', 'four'])
      await made.journal.append({
        at: new Date().toISOString(),
        elapsedMs: 1,
        entry: { event: 'locked', isHeld: true, detail },
      });
    await made.journal.close();
    file = path.join(root, made.run.journal);
    writeFileSync(path.join(root, 'verify.js'), block('js', 'verify.js'));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const verify = (): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [path.join(root, 'verify.js'), file], { encoding: 'utf8' });

  it('has a check that holds what is as it was written, and finds what is not', () => {
    const text = readFileSync(file, 'utf8');
    assert.match(
      String(verify().stdout),
      /^4 entries, all as they were written; the last hash is [0-9a-f]{64}\n$/,
    );
    writeFileSync(file, text.replace('"three"', '"3"'));
    assert.equal(verify().status, 1);
    assert.match(String(verify().stdout), /^entry 3 is not as it was written/);
    const lines = text.split('\n');
    writeFileSync(file, lines.toSpliced(1, 1).join('\n'));
    assert.match(String(verify().stdout), /^entry 3 is not as it was written, or does not follow 1/);
    writeFileSync(file, [...lines.slice(0, 2), (lines[2] ?? '').slice(0, 30), ...lines.slice(2)].join('\n'));
    assert.equal(verify().status, 0);
    assert.match(String(verify().stdout), /^behind 2: a line that was not written to its end/);
  });

  it('has a check of one line in a shell', function () {
    if (spawnSync('sha256sum', ['--version']).error) this.skip();
    const script = block('sh', 'sha256sum');
    for (const number of [2, 3]) {
      const { stdout } = spawnSync('sh', ['-c', script.replace('-n 3p', `-n ${number}p`)], {
        cwd: path.dirname(file),
        encoding: 'utf8',
      });
      const [made, said] = stdout.trim().split('\n');
      assert.equal(`"${(made ?? '').slice(0, 64)}"}`, said);
    }
  });
});
