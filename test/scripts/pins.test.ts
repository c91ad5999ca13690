import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { format, resolveConfig } from 'prettier';
import { refreshedRows, renderRows } from '../../scripts/lib/pins';
import { createGitHubCommits } from '../../src/adapters/github-commits';
import { ACTION_PIN_ROWS } from '../../src/core/evidence/action-pin-rows';
import type { ActionPinRow } from '../../src/core/evidence/action-pins';

const [A, B, C, T] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(40));

describe('the table of action pins', () => {
  it('is as the script writes it', async () => {
    const file = 'src/core/evidence/action-pin-rows.ts';
    const options = await resolveConfig(file);
    assert.equal(
      await format(renderRows(ACTION_PIN_ROWS), { ...options, filepath: file }),
      readFileSync(file, 'utf8'),
    );
  });

  it('gets new releases with the commits that GitHub names, annotated tags peeled; nothing is made up', async () => {
    const answers: Readonly<Record<string, unknown>> = {
      '/repos/acme/new/releases/latest': { tag_name: 'v2.0.0' },
      '/repos/acme/new/git/ref/tags/v2.0.0': { object: { type: 'tag', sha: T } },
      [`/repos/acme/new/git/tags/${T}`]: { object: { type: 'commit', sha: B } },
      '/repos/acme/same/releases/latest': { tag_name: '1.4' },
      '/repos/acme/same/git/ref/tags/1.4': { object: { type: 'commit', sha: A } },
      '/repos/acme/moved/releases/latest': { tag_name: 'v1.0.0' },
      '/repos/acme/moved/git/ref/tags/v1.0.0': { object: { type: 'commit', sha: C } },
      '/repos/acme/odd/releases/latest': { tag_name: 'nightly' },
      '/repos/acme/odd/git/ref/tags/nightly': { object: { type: 'commit', sha: C } },
    };
    const server = createServer((request, response) => {
      const answer = answers[request.url ?? ''];
      response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const row = (action: string, version: string): ActionPinRow => [action, version, A ?? '', 2, '2026-01'];
      const rows = [
        row('acme/gone', '1.0.0'),
        row('acme/moved', '1.0.0'),
        row('acme/new/sub', '1.0.0'),
        row('acme/odd', '1.0.0'),
        row('acme/same', '1.4'),
      ];
      const { port } = server.address() as AddressInfo;
      const lookup = createGitHubCommits({ url: `http://127.0.0.1:${port}` });
      const result = await refreshedRows(rows, lookup, '2026-12-01');
      assert.deepEqual(result.rows, [
        rows[0],
        rows[1],
        ['acme/new/sub', '2.0.0', B, 'github', '2026-12-01'],
        rows[2],
        rows[3],
        ['acme/same', '1.4', A, 'github', '2026-12-01'],
      ]);
      assert.deepEqual(result.added, [`acme/new/sub@2.0.0 ${B}`]);
      assert.deepEqual(result.moved, [`acme/moved@1.0.0 is ${C} now and was ${A}`]);
      assert.equal(result.failed.length, 2);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('stays as it is where nobody can be asked', async () => {
    const lookup = createGitHubCommits({ url: 'http://127.0.0.1:1' });
    const result = await refreshedRows(ACTION_PIN_ROWS, lookup, '2026-12-01');
    assert.deepEqual(result.rows, ACTION_PIN_ROWS);
    assert.equal(result.failed.length, 1);
  });
});
