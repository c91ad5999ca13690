import assert from 'node:assert/strict';
import { rememberFiles } from '../../../src/vscode/gate/remembered-files';
import { memoryFiles } from '../../support/world';

describe('files that are remembered', () => {
  const start = () => {
    const texts: Record<string, string> = { 'a.yml': 'one' };
    let now = 0;
    let reads = 0;
    const base = memoryFiles(texts);
    const files = rememberFiles(
      {
        ...base,
        read: (path) => {
          reads++;
          return base.read(path);
        },
      },
      () => now,
    );
    const read = async (): Promise<string> => {
      const answer = await files.read('a.yml');
      return answer.ok ? answer.text : answer.reason;
    };
    return { texts, files, read, reads: () => reads, wait: (ms: number) => (now += ms) };
  };

  it('reads once until it is told of a change', async () => {
    const { texts, files, read, reads } = start();
    await read();
    texts['a.yml'] = 'two';
    assert.equal(await read(), 'one');
    assert.equal(reads(), 1);
    files.forget('a.yml');
    assert.equal(await read(), 'two');
  });

  it('reads again after a while, and lists again after any change', async () => {
    const { texts, files, read, wait } = start();
    await read();
    await files.list();
    texts['a.yml'] = 'two';
    texts['b.yml'] = '';
    assert.deepEqual((await files.list()).paths, ['a.yml']);
    files.forget('a.yml');
    assert.deepEqual((await files.list()).paths, ['a.yml', 'b.yml']);
    texts['a.yml'] = 'three';
    await read();
    wait(60_000);
    assert.equal(await read(), 'three');
  });
});
