import assert from 'node:assert/strict';
import { listedOnce } from '../../../src/core/evidence/listed-once';
import type { RepositoryFiles } from '../../../src/core/ports';

describe('files that are listed once', () => {
  it('walks once for many that ask, at the same time too, and reads each text anew', async () => {
    let walks = 0;
    let reads = 0;
    const base: RepositoryFiles = {
      name: 'x',
      list: () => Promise.resolve({ paths: [`${++walks}.md`], isComplete: true }),
      read: () => Promise.resolve({ ok: true, text: String(++reads) }),
    };
    const files = listedOnce(base);
    const all = await Promise.all([files.list(), files.list()]);
    assert.deepEqual(
      [...all, await files.list()].map(({ paths }) => paths[0]),
      ['1.md', '1.md', '1.md'],
    );
    await files.read('a');
    assert.deepEqual(await files.read('a'), { ok: true, text: '2' });
  });
});
