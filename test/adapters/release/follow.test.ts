import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { followJournal, followLines, type FollowedText } from '../../../src/adapters/release/follow';
import { createRunFolder } from '../../../src/adapters/release/journal-store';
import type { JournalLine } from '../../../src/core/release/events';
import { startChild } from '../../support/release/child';

async function until(isSo: () => boolean, what: () => string = () => 'never came'): Promise<void> {
  for (const begin = performance.now(); !isSo(); await new Promise((resolve) => setTimeout(resolve, 5)))
    if (performance.now() - begin > 10_000) assert.fail(what());
}

describe('following a file', () => {
  let folder: string;
  let file: string;
  let abort: AbortController;
  let seen: FollowedText[];
  const lines = (): (string | null)[] => seen.flatMap((text) => [...text.lines]);
  const follow = (options: Partial<Parameters<typeof followLines>[3]> = {}): Promise<void> =>
    followLines(file, (text) => seen.push(text), abort.signal, { maxLineBytes: 100, ...options });

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-gate-follow-'));
    file = path.join(folder, 'journal.jsonl');
    abort = new AbortController();
    seen = [];
  });
  afterEach(() => {
    abort.abort();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells whole lines alone, and where the next begins', async () => {
    const done = follow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    appendFileSync(file, 'one\ntw');
    await until(() => lines().length === 1);
    assert.equal(seen.at(-1)?.offset, 4);
    // A letter of two bytes, torn between them.
    const letter = Buffer.from('ö\n');
    appendFileSync(file, letter.subarray(0, 1));
    await new Promise((resolve) => setTimeout(resolve, 250));
    appendFileSync(file, letter.subarray(1));
    await until(() => lines().length === 2);
    assert.deepEqual(lines(), ['one', 'twö']);
    abort.abort();
    await done;
  });

  it('begins where it is told to', async () => {
    writeFileSync(file, 'one\ntwo\n');
    const done = follow({ offset: 4 });
    await until(() => lines().length === 1);
    assert.deepEqual(lines(), ['two']);
    abort.abort();
    await done;
  });

  it('keeps nothing of a line that is too long, and reads on behind it', async () => {
    writeFileSync(file, `${'x'.repeat(3_000_000)}\nshort\n`);
    const done = follow();
    await until(() => lines().length === 2);
    assert.deepEqual(lines(), [null, 'short']);
    assert.equal(seen.at(-1)?.offset, 3_000_007);
    abort.abort();
    await done;
  });

  it('begins anew where the file is another or was cut, and waits where it is gone', async () => {
    writeFileSync(file, 'one\ntwo\n');
    const done = follow();
    await until(() => lines().length === 2);
    truncateSync(file, 0);
    await until(() => seen.some(({ isRestart }) => isRestart));
    appendFileSync(file, 'again\n');
    await until(() => lines().includes('again'));
    rmSync(folder, { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 250));
    mkdirSync(folder);
    writeFileSync(`${file}.new`, 'third\nfourth\n');
    renameSync(`${file}.new`, file);
    await until(() => lines().includes('fourth'));
    assert.deepEqual(lines(), ['one', 'two', 'again', 'third', 'fourth']);
    abort.abort();
    await done;
  });

  it('ends at once when it is told to, and hands on what its listener throws', async () => {
    const done = follow({ pollMs: 60_000 });
    setTimeout(() => abort.abort(), 20);
    await done;
    writeFileSync(file, 'one\n');
    await assert.rejects(
      followLines(
        file,
        () => {
          throw new Error('listener');
        },
        new AbortController().signal,
        { maxLineBytes: 100 },
      ),
      /listener/,
    );
  });

  it('tells every line of a journal that another process writes, each once, in order', async () => {
    const root = path.join(folder, 'repository');
    mkdirSync(root);
    const id = 'release_2.4.0_production_2026-11-26-2140';
    const journal = path.join(root, 'records', `${id}.journal`, 'journal.jsonl');
    const told: JournalLine[] = [];
    let faults = 0;
    const both = [1, 2].map(() =>
      followJournal(
        journal,
        (part) => {
          told.push(...part.lines);
          faults += part.faults.length;
        },
        abort.signal,
      ),
    );
    const child = startChild(path.join(__dirname, 'journal-writer.ts'), [root, 'new', '300', '2000']);
    assert.equal((await child.ended).code, 0);
    await until(() => told.length >= 600);
    abort.abort();
    await Promise.all(both);
    const numbers = told.map(({ seq }) => seq).sort((one, other) => one - other);
    assert.deepEqual(
      numbers,
      Array.from({ length: 600 }, (_, index) => Math.floor(index / 2) + 1),
    );
    assert.equal(faults, 0);
  });

  it('says at which entry a journal was altered', async () => {
    const made = await createRunFolder(folder, 'records', {
      mode: 'release',
      version: '1',
      environment: 'staging',
      at: new Date(),
    });
    assert.ok(made.ok);
    const whole = [];
    for (const detail of ['one', 'two', 'three'])
      whole.push(
        await made.journal.append({
          at: new Date().toISOString(),
          elapsedMs: 0,
          entry: { event: 'locked', isHeld: true, detail },
        }),
      );
    await made.journal.close();
    const target = path.join(folder, made.run.journal);
    writeFileSync(
      target,
      whole.map((line) => `${JSON.stringify(line)}\n`.replace('"detail":"two"', '"detail":"2"')).join(''),
    );
    const altered: number[] = [];
    const done = followJournal(
      target,
      ({ faults }) =>
        altered.push(...faults.flatMap((fault) => (fault.kind === 'altered' ? [fault.seq] : []))),
      abort.signal,
    );
    await until(() => altered.length > 0);
    abort.abort();
    await done;
    assert.deepEqual(altered, [2]);
  });
});
