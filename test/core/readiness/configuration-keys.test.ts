import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { ChangedFile, History } from '../../../src/core/ports';
import { addedKeys } from '../../../src/core/readiness/configuration-keys';
import { BASE, changeOf } from '../../support/change';
import { memoryFiles, noHistory } from '../../support/world';

interface Ends {
  readonly before: string | null;
  readonly after: string;
}

async function namesOf(
  files: Readonly<Record<string, Ends>>,
  documents: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const history: History = {
    ...noHistory,
    fileAt: (commit, path) => {
      const text = commit === BASE ? files[path]?.before : files[path]?.after;
      return Promise.resolve(
        typeof text === 'string'
          ? { ok: true, text }
          : { ok: false, reason: 'missing', detail: 'does not exist' },
      );
    },
  };
  const changed: ChangedFile[] = Object.entries(files).map(([path, { before }]) => ({
    status: before === null ? 'added' : 'modified',
    path,
    oldPath: null,
    added: 1,
    removed: 0,
  }));
  const answer = await addedKeys(
    { files: memoryFiles(documents), history },
    changeOf({ files: changed }),
    Object.keys(documents),
    new AbortController().signal,
  );
  assert.ok(answer.ok);
  return answer.keys.map(
    ({ name, path, range, documentedIn }) => `${name} ${path}:${range.start.line} ${documentedIn ?? '-'}`,
  );
}

describe('keys of the configuration that a change adds', () => {
  it('are told in the languages that people deploy', async () => {
    const cases: Readonly<Record<string, string>> = {
      'a.ts': 'const a = process.env.PRICES_URL ?? "";',
      'b.mjs': "const b = process.env['PRICES_URL'];",
      'c.py': 'c = os.environ.get("PRICES_URL")',
      'd.py': "d = os.environ['PRICES_URL']",
      'e.rb': "e = ENV.fetch('PRICES_URL')",
      'f.go': 'f := os.Getenv("PRICES_URL")',
      'G.java': 'String g = System.getenv("PRICES_URL");',
      'h.rs': 'let h = env::var("PRICES_URL");',
      'i.php': "$i = getenv('PRICES_URL');",
      'J.cs': 'var j = Environment.GetEnvironmentVariable("PRICES_URL");',
      'k.exs': 'k = System.fetch_env!("PRICES_URL")',
    };
    for (const [path, line] of Object.entries(cases)) {
      assert.deepEqual(
        await namesOf({ [path]: { before: '', after: `\n${line}\n` } }),
        [`PRICES_URL ${path}:2 -`],
        path,
      );
    }
  });

  it('are none that were read before, in the same file or another that changed', async () => {
    const read = 'process.env.PRICES_URL';
    assert.deepEqual(await namesOf({ 'a.ts': { before: read, after: `${read} + 1` } }), []);
    assert.deepEqual(
      await namesOf({ 'a.ts': { before: read, after: '1' }, 'b.ts': { before: null, after: read } }),
      [],
    );
  });

  it('are none that the system sets, that a comment or a test names', async () => {
    assert.deepEqual(
      await namesOf({
        'a.ts': {
          before: '',
          after: 'process.env.HOME; process.env.GITHUB_SHA;\n  // process.env.OLD_NAME\n',
        },
        'test/b.test.ts': { before: '', after: 'process.env.ONLY_IN_TESTS' },
        'docs/c.ts': { before: '', after: 'process.env.ONLY_IN_DOCS' },
      }),
      [],
    );
  });

  it('are looked for, as whole words, where people who configure look', async () => {
    const after = 'process.env.PRICES_URL; process.env.RATE';
    assert.deepEqual(
      await namesOf(
        { 'a.ts': { before: '', after } },
        { '.env.example': 'PRICES_URL=\n', 'docs/x.md': 'the RATES', 'src/y.ts': 'RATE' },
      ),
      ['PRICES_URL a.ts:1 .env.example', 'RATE a.ts:1 -'],
    );
  });
});
