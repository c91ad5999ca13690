import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  createRunFolder,
  JournalFailure,
  listRuns,
  nodeSha256,
  openRun,
  readRun,
  type RunFolderOutcome,
} from '../../../src/adapters/release/journal-store';
import type { Effect, ReleaseEvent, Timed } from '../../../src/core/release/events';
import { readLines } from '../../../src/core/release/journal';
import type { RunName } from '../../../src/core/release/run-name';
import { startChild } from '../../support/release/child';

const NAME: RunName = {
  mode: 'release',
  version: '2.4.0',
  environment: 'production',
  at: new Date('2026-11-26T21:40:31Z'),
};
const ID = 'release_2.4.0_production_2026-11-26-2140';
const WRITER = path.join(__dirname, 'journal-writer.ts');

const timed = (entry: ReleaseEvent | Effect, elapsedMs = 0): Timed<ReleaseEvent | Effect> => ({
  at: '2026-11-26T21:40:31.000Z',
  elapsedMs,
  entry,
});
const told = (detail: string): Timed<ReleaseEvent> =>
  timed({ event: 'locked', isHeld: true, detail }) as Timed<ReleaseEvent>;

function made(outcome: RunFolderOutcome): Extract<RunFolderOutcome, { ok: true }> {
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.detail);
  return outcome;
}

describe('store of journals', () => {
  let root: string;
  const file = (name: string): string => path.join(root, 'records', `${ID}.journal`, name);
  const textOf = (): string => readFileSync(file('journal.jsonl'), 'utf8');

  beforeEach(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'release-gate-run-')));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('makes a folder for a run and keeps what is put in', async () => {
    const { run, journal } = made(await createRunFolder(root, 'records', NAME));
    assert.equal(run.id, ID);
    assert.equal(run.record, `records/${ID}.md`);
    assert.ok(existsSync(file('output')) && existsSync(file('answers.jsonl')));
    const [first, second] = await Promise.all([
      journal.append(timed({ effect: 'lock' })),
      journal.append(told('here')),
    ]);
    assert.deepEqual([first.seq, second.seq, second.previous], [1, 2, first.hash]);
    await journal.close();
    const opened = await openRun(root, 'records', ID);
    assert.ok(opened.ok);
    assert.deepEqual(opened.read.lines, [first, second]);
    const third = await opened.journal.append(timed({ event: 'ended' }, 12.5));
    await opened.journal.close();
    assert.equal(third.previous, second.hash);
    assert.deepEqual(readLines(textOf()).lines, [first, second, third]);
  });

  it('gives a second run of the same minute a name of its own, and none where a record stands', async () => {
    await made(await createRunFolder(root, 'records', NAME)).journal.close();
    writeFileSync(path.join(root, 'records', `${ID}-2.md`), '');
    const third = made(await createRunFolder(root, 'records', NAME));
    assert.equal(third.run.id, `${ID}-3`);
    await third.journal.close();
  });

  it('gives each of several processes in the same minute its own', async () => {
    const children = Array.from({ length: 4 }, () => startChild(WRITER, [root, 'new', '3', '10']));
    const ids = await Promise.all(children.map((child) => child.nextLine()));
    await Promise.all(children.map(({ ended }) => ended));
    assert.deepEqual(ids.sort(), [ID, `${ID}-2`, `${ID}-3`, `${ID}-4`]);
    for (const { id } of await listRuns(root, 'records')) {
      const read = await readRun(root, 'records', id);
      assert.ok(read?.read.isIntact && read.read.lines.length === 3);
    }
  });

  it('refuses names that are none', async () => {
    for (const version of [
      '../../etc',
      'a/b',
      '',
      '-rf',
      'a b',
      '1\n2',
      '..',
      'a..b',
      '1.',
      'x'.repeat(65),
    ]) {
      const outcome = await createRunFolder(root, 'records', { ...NAME, version });
      assert.ok(!outcome.ok && outcome.detail.startsWith('the version "'), version);
    }
    for (const environment of ['', '..', '/', 'prod\u0000', '\u202eprod', 'x'.repeat(65)])
      assert.ok(!(await createRunFolder(root, 'records', { ...NAME, environment })).ok, environment);
    assert.ok(!existsSync(path.join(root, 'records')));
    for (const id of ['../x', ID.replace('release', 'other'), `${ID}/..`, ''])
      assert.ok(!(await openRun(root, 'records', id)).ok);
    const odd = made(await createRunFolder(root, 'records', { ...NAME, environment: 'EU / Production' }));
    assert.equal(odd.run.id, 'release_2.4.0_EU-Production_2026-11-26-2140');
    await odd.journal.close();
  });

  it('writes nothing outside the repository, into .git or through a link', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'release-gate-outside-'));
    try {
      symlinkSync(outside, path.join(root, 'link'));
      for (const folder of ['link', '../x', '.git/records', 'link/below'])
        assert.ok(!(await createRunFolder(root, folder, NAME)).ok, folder);
      await made(await createRunFolder(root, 'records', NAME)).journal.close();
      rmSync(file('journal.jsonl'));
      writeFileSync(path.join(outside, 'journal.jsonl'), '');
      symlinkSync(path.join(outside, 'journal.jsonl'), file('journal.jsonl'));
      assert.ok(!(await openRun(root, 'records', ID)).ok);
      assert.equal(statSync(path.join(outside, 'journal.jsonl')).size, 0);
    } finally {
      rmSync(outside, { recursive: true });
    }
  });

  it('goes on on a new line behind one that was torn anywhere', async () => {
    const { journal } = made(await createRunFolder(root, 'records', NAME));
    await journal.append(told('Straße ☂'));
    await journal.append(told('Straße ☂'));
    await journal.close();
    const whole = readFileSync(file('journal.jsonl'));
    const firstEnd = whole.indexOf(0x0a) + 1;
    for (let cut = firstEnd; cut < whole.length; cut += 7) {
      writeFileSync(file('journal.jsonl'), whole.subarray(0, cut));
      const opened = await openRun(root, 'records', ID);
      assert.ok(opened.ok);
      assert.equal(opened.read.end?.seq, 1);
      await opened.journal.append(timed({ event: 'ended' }));
      await opened.journal.close();
      const read = readLines(textOf(), nodeSha256);
      assert.ok(read.isIntact);
      assert.deepEqual(
        read.lines.map(({ seq }) => seq),
        [1, 2],
      );
    }
  });

  it('notices that the journal was removed, replaced or written to by another', async () => {
    const failed = async (meddle: () => void): Promise<JournalFailure> => {
      rmSync(path.join(root, 'records'), { recursive: true, force: true });
      const { journal } = made(await createRunFolder(root, 'records', NAME));
      await journal.append(told('one'));
      meddle();
      try {
        await journal.append(told('two'));
      } catch (error) {
        assert.ok(error instanceof JournalFailure);
        assert.equal(error.last?.seq, 1);
        return error;
      } finally {
        await journal.close();
      }
      throw new assert.AssertionError({ message: 'was written all the same' });
    };
    assert.equal((await failed(() => rmSync(file('journal.jsonl')))).kind, 'gone');
    assert.equal((await failed(() => rmSync(path.join(root, 'records'), { recursive: true }))).kind, 'gone');
    const moved = await failed(() => {
      renameSync(file('journal.jsonl'), file('moved.jsonl'));
      writeFileSync(file('journal.jsonl'), '');
    });
    assert.equal(moved.kind, 'gone');
    assert.equal((await failed(() => appendFileSync(file('journal.jsonl'), '{}\n'))).kind, 'foreign');
    assert.equal((await failed(() => truncateSync(file('journal.jsonl'), 10))).kind, 'foreign');
  });

  it('refuses an entry that it could not read again, and takes the next', async () => {
    const { journal } = made(await createRunFolder(root, 'records', NAME));
    await assert.rejects(
      journal.append(timed({ effect: 'poll', number: 1, dueMs: NaN })),
      (error) => error instanceof JournalFailure && error.kind === 'unfit',
    );
    assert.equal((await journal.append(told('one'))).seq, 1);
    await journal.close();
  });

  it('loses no line and tears at most the last when it is killed in the midst of writing', async function () {
    this.timeout(60_000);
    let id = 'new';
    let promised = 0;
    for (let round = 0; round < 5; round++) {
      const child = startChild(WRITER, [root, id, '100000', '3000']);
      id = (await child.nextLine()) ?? '';
      for (let line = 0; line < 20 + round * 7; line++) promised = Number(await child.nextLine());
      child.process.kill('SIGKILL');
      for (let rest = await child.nextLine(); rest !== null; rest = await child.nextLine())
        promised = Number(rest);
      assert.equal((await child.ended).signal, 'SIGKILL');
      const read = readLines(textOf(), nodeSha256);
      assert.ok(read.isIntact);
      // One may be whole on the disk before its number was printed.
      assert.ok(read.lines.length === promised || read.lines.length === promised + 1, `${promised}`);
      const torn = read.faults.filter(({ kind }) => kind === 'torn');
      assert.ok(torn.length <= round + 1);
    }
  });

  it('stops at the limit of a file, says so, and knows its last line', async function () {
    if (spawnSync('prlimit', ['--version']).error) this.skip();
    const child = startChild(WRITER, [root, 'new', '100', '1000'], ['prlimit', '--fsize=20000']);
    await child.nextLine();
    let last = 0;
    let said = await child.nextLine();
    for (; said !== null && /^\d+$/.test(said); said = await child.nextLine()) last = Number(said);
    assert.equal(said, `failed disk-full ${last} false`);
    const read = readLines(textOf(), nodeSha256);
    assert.ok(read.isIntact && read.end?.seq === last && last > 10);
    const opened = await openRun(root, 'records', ID);
    assert.ok(opened.ok);
    assert.equal((await opened.journal.append(timed({ event: 'ended' }))).seq, last + 1);
    await opened.journal.close();
    assert.ok(readLines(textOf(), nodeSha256).isIntact);
  });

  it('stops on a full disk, says so, and goes on when there is room again', async function () {
    const disk = path.join(root, 'disk');
    mkdirSync(disk);
    // Only the superuser may mount.
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]).status !== 0) this.skip();
    try {
      const { run, journal } = made(await createRunFolder(disk, 'records', NAME));
      const ballast = path.join(disk, 'ballast');
      writeFileSync(ballast, Buffer.alloc(32 * 1024));
      let last = 0;
      let failed: unknown = null;
      for (let number = 0; number < 100 && failed === null; number++) {
        try {
          last = (await journal.append(told('x'.repeat(3000)))).seq;
        } catch (error) {
          failed = error;
        }
      }
      assert.ok(failed instanceof JournalFailure);
      assert.equal(failed.kind, 'disk-full');
      assert.match(failed.message, /the disk is full$/);
      assert.equal(failed.last?.seq, last);
      assert.equal(failed.isWritten, false);
      await assert.rejects(journal.append(told('y'.repeat(3000))), JournalFailure);
      rmSync(ballast);
      assert.equal((await journal.append(timed({ event: 'ended' }))).seq, last + 1);
      await journal.close();
      const read = await readRun(disk, 'records', run.id);
      assert.ok(read?.read.isIntact && read.read.lines.length === last + 1);
      writeFileSync(ballast, Buffer.alloc(0));
      assert.throws(() => writeFileSync(ballast, Buffer.alloc(128 * 1024)));
      // A folder needs no room on this file system; a line does.
      const next = made(await createRunFolder(disk, 'records', NAME));
      await assert.rejects(
        next.journal.append(told('z'.repeat(5000))),
        (error) => error instanceof JournalFailure && error.kind === 'disk-full' && error.last === null,
      );
      await next.journal.close();
    } finally {
      execFileSync('umount', ['--lazy', disk]);
    }
  });

  it('lists runs, the last first, with how they began and whether they ended', async () => {
    assert.deepEqual(await listRuns(root, 'records'), []);
    const one = made(await createRunFolder(root, 'records', NAME));
    await one.journal.append(told('one'));
    await one.journal.append(timed({ event: 'ended' }));
    await one.journal.close();
    const later = {
      ...NAME,
      mode: 'drill',
      environment: 'staging',
      at: new Date('2026-11-27T08:00:00Z'),
    } as const;
    await made(await createRunFolder(root, 'records', later)).journal.close();
    await made(await createRunFolder(root, 'records', NAME)).journal.close();
    mkdirSync(path.join(root, 'records', 'notes.journal'));
    const runs = await listRuns(root, 'records');
    assert.deepEqual(
      runs.map(({ id, mode, isEnded }) => [id, mode, isEnded]),
      [
        ['drill_2.4.0_staging_2026-11-27-0800', 'drill', false],
        [`${ID}-2`, 'release', false],
        [ID, 'release', true],
      ],
    );
  });
});
