import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {
  breakLock,
  livenessOf,
  lockHolder,
  lockPath,
  repositoryKey,
  stateFolder,
  takeLock,
  type LockRequest,
} from '../../../src/adapters/release/lock';
import { lockRef, takeRemoteLock } from '../../../src/adapters/release/remote-lock';
import { gitRepository, type GitRepository } from '../../support/git-repository';
import { startChild, type Child } from '../../support/release/child';

const AT = new Date('2026-11-26T21:40:31Z');
const REQUEST: LockRequest = {
  who: 'Ada Example',
  version: '2.4.0',
  environment: 'production',
  run: 'release_2.4.0_production_2026-11-26-2140',
  at: AT,
};
const breaking = { by: 'Grace Example', reason: 'the machine was restarted', at: AT };

interface Said {
  readonly isHeld: boolean;
  readonly detail: string;
}

describe('lock of an environment', () => {
  let folder: string;
  let file: string;
  const children: Child[] = [];

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'release-gate-lock-')));
    file = lockPath(folder, 'https://example.test/acme/orders', 'production');
  });
  afterEach(async () => {
    for (const child of children.splice(0)) {
      child.process.kill('SIGKILL');
      await child.ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  describe('on this machine', () => {
    it('is held by one, who says who and when, until it is given back', async () => {
      const taken = await takeLock(file, REQUEST);
      assert.ok(taken.ok);
      const second = await takeLock(file, { ...REQUEST, who: 'Grace Example' });
      assert.ok(!second.ok && second.why === 'held');
      assert.equal(second.liveness, 'alive');
      assert.equal(second.holder.who, 'Ada Example');
      assert.equal(second.holder.when, AT.toISOString());
      assert.equal(second.holder.pid, process.pid);
      assert.equal(await taken.release(), null);
      assert.match((await taken.release()) ?? '', /gone already/);
      assert.ok((await takeLock(file, REQUEST)).ok);
      assert.deepEqual(readdirSync(path.dirname(file)), [path.basename(file)]);
    });

    it('tells a process that is gone, one that has its id by now, and one that cannot be seen', async () => {
      const taken = await takeLock(file, REQUEST);
      assert.ok(taken.ok);
      const { holder } = taken;
      assert.equal(await livenessOf(holder), 'alive');
      const gone = execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' });
      assert.equal(await livenessOf({ ...holder, pid: Number(gone) }), 'gone');
      assert.equal(await livenessOf({ ...holder, host: 'another' }), 'unknown');
      if (process.platform !== 'linux') return;
      const [boot = '', namespace = '', tick = ''] = (holder.startTime ?? '').split('.');
      const since = (...parts: string[]): typeof holder => ({ ...holder, startTime: parts.join('.') });
      assert.equal(await livenessOf(since(boot, namespace, `${Number(tick) + 1}`)), 'gone');
      assert.equal(await livenessOf(since('0badb007', namespace, tick)), 'gone');
      assert.equal(await livenessOf(since(boot, '1', tick)), 'unknown');
    });

    it('is broken by a person with a reason alone, and never under a process that lives', async () => {
      const taken = await takeLock(file, REQUEST);
      assert.ok(taken.ok);
      const { holder } = taken;
      const refused = async (seen = holder, how = breaking): Promise<string> => {
        const outcome = await breakLock(file, seen, how);
        assert.ok(!outcome.ok);
        return outcome.detail;
      };
      assert.match(await refused(), /still at it/);
      const dead = { ...holder, pid: 4_194_304 };
      writeFileSync(file, JSON.stringify(dead));
      assert.equal(await refused(dead, { ...breaking, reason: ' ' }), 'it is not said why');
      assert.equal(await refused(dead, { ...breaking, by: '' }), 'it is not said who breaks it');
      assert.match(await refused({ ...dead, token: 'another' }), /^it is Ada Example with 2\.4\.0/);
      const broken = await breakLock(file, dead, breaking);
      assert.deepEqual(broken, { ok: true, broken: dead });
      assert.equal(await lockHolder(file), null);
      const noted = readFileSync(path.join(path.dirname(file), 'broken.jsonl'), 'utf8');
      assert.deepEqual(JSON.parse(noted), {
        at: AT.toISOString(),
        by: breaking.by,
        reason: breaking.reason,
        broken: dead,
      });
      assert.match((await taken.release()) ?? '', /gone already/);
    });

    it('is not given back by one whose lock was broken and taken by another', async () => {
      const first = await takeLock(file, REQUEST);
      assert.ok(first.ok);
      writeFileSync(file, JSON.stringify({ ...first.holder, token: 'another', who: 'Grace Example' }));
      assert.match((await first.release()) ?? '', /held by Grace Example/);
      assert.equal((await lockHolder(file))?.who, 'Grace Example');
    });

    it('says a file that is no lock, and does not take it for none', async () => {
      mkdirSync(path.dirname(file), { recursive: true });
      for (const text of ['', '{}', 'rubbish', '{"who":1}']) {
        writeFileSync(file, text);
        const outcome = await takeLock(file, REQUEST);
        assert.ok(!outcome.ok && outcome.why === 'failed' && /is no lock/.test(outcome.detail), text);
      }
      const blocked = path.join(folder, 'file');
      writeFileSync(blocked, '');
      const outcome = await takeLock(path.join(blocked, 'x.json'), REQUEST);
      assert.ok(!outcome.ok && outcome.why === 'failed');
      chmodSync(blocked, 0o600);
    });

    it('is one for all clones of a repository, however its remote is written, and one for each environment', async () => {
      const keys = await Promise.all(
        [
          'https://example.test/acme/orders.git',
          'https://ada:secret@EXAMPLE.test/acme/orders',
          'ssh://git@example.test/acme/orders.git/',
          'git@example.test:acme/orders.git',
        ].map((url) => repositoryKey('/nowhere', url)),
      );
      assert.deepEqual(keys, Array(4).fill('example.test/acme/orders'));
      assert.equal(await repositoryKey(folder, null), folder);
      assert.equal(await repositoryKey(folder, '.'), folder);
      const paths = ['prod', 'Prod', 'prod/eu', 'prod-eu', 'prod eu', '../prod', ''].map((environment) =>
        lockPath(folder, 'x', environment),
      );
      assert.equal(new Set(paths.map((each) => each.toLowerCase())).size, paths.length);
      assert.ok(paths.every((each) => path.dirname(each) === path.join(folder, 'locks')));
    });

    it('is in the folder of the user that the system names', () => {
      assert.equal(stateFolder({ RELEASE_GATE_STATE: '/x' }, 'linux'), '/x');
      assert.equal(stateFolder({ XDG_STATE_HOME: '/state' }, 'linux'), '/state/release-gate');
      const home = path.join(os.homedir(), '.local', 'state', 'release-gate');
      assert.equal(stateFolder({ XDG_STATE_HOME: 'relative' }, 'linux'), home);
      assert.equal(stateFolder({}, 'darwin'), home);
      assert.equal(stateFolder({ LOCALAPPDATA: '/local' }, 'win32'), path.join('/local', 'release-gate'));
    });
  });

  describe('between processes and machines', () => {
    let remote: string;
    let one: GitRepository;
    let other: string;
    const locked = (where: string): string =>
      execFileSync('git', ['-C', where, 'for-each-ref', 'refs/release-gate'], { encoding: 'utf8' }).trim();
    /** A process with a state folder of its own is on another machine, as far as the file is asked. */
    const want = (
      root: string,
      run: string,
      machine: string,
      { environment = 'production', reason = '', resumed = '' } = {},
    ): Child => {
      const child = startChild(
        path.join(__dirname, 'lock-taker.ts'),
        [root, run, environment, reason, resumed],
        [],
        { RELEASE_GATE_STATE: path.join(folder, machine) },
      );
      children.push(child);
      return child;
    };
    const go = (child: Child): void => void child.process.stdin?.write('\n');
    const take = async (child: Child): Promise<Said> => {
      assert.equal(await child.nextLine(), 'ready');
      go(child);
      return JSON.parse((await child.nextLine()) ?? 'null') as Said;
    };
    const race = async (all: readonly Child[]): Promise<Said[]> => {
      for (const child of all) assert.equal(await child.nextLine(), 'ready');
      for (const child of all) go(child);
      return Promise.all(all.map(async (child) => JSON.parse((await child.nextLine()) ?? 'null') as Said));
    };

    beforeEach(() => {
      remote = path.join(folder, 'remote.git');
      execFileSync('git', ['init', '--quiet', '--bare', remote]);
      one = gitRepository();
      one.git('remote', 'add', 'origin', remote);
      one.commit('first', { 'a.txt': 'a' });
      one.git('push', '--quiet', 'origin', 'main');
      other = path.join(folder, 'clone');
      execFileSync('git', ['clone', '--quiet', remote, other], { stdio: 'ignore' });
    });
    afterEach(() => one.remove());

    it('goes to exactly one of several processes that want it at once', async () => {
      const all = ['a', 'b', 'c', 'd'].map((run) => want(one.root, run, 'machine'));
      const said = await race(all);
      assert.equal(said.filter(({ isHeld }) => isHeld).length, 1);
      for (const { isHeld, detail } of said)
        if (!isHeld)
          assert.match(
            detail,
            /^Person of [a-d] with 2\.4\.0 since .* holds it on this machine, and is at it/,
          );
      const winner = all[said.findIndex(({ isHeld }) => isHeld)];
      assert.ok(winner);
      go(winner);
      assert.match((await winner.nextLine()) ?? '', /"isDone":true/);
      assert.equal(locked(remote), '');
      assert.equal((await take(want(one.root, 'e', 'machine'))).isHeld, true);
    });

    it('goes to exactly one of two clones on two machines', async () => {
      const said = await race([want(one.root, 'a', 'first'), want(other, 'b', 'second')]);
      assert.deepEqual(said.map(({ isHeld }) => isHeld).sort(), [false, true]);
      const refused = said.find(({ isHeld }) => !isHeld);
      assert.match(
        refused?.detail ?? '',
        /^Person of [ab] with 2\.4\.0 since .* holds it on "origin" \(refs\/release-gate\/lock\/production\)/,
      );
      assert.match(
        said.find(({ isHeld }) => isHeld)?.detail ?? '',
        /^locked on this machine and on "origin"/,
      );
      // Whoever did not get the ref has given back the file, and other environments are free.
      const files = ['first', 'second'].flatMap((machine) =>
        readdirSync(path.join(folder, machine, 'locks')),
      );
      assert.equal(files.length, 1);
      assert.equal((await take(want(other, 'c', 'second', { environment: 'staging' }))).isHeld, true);
    });

    it('stays when its process is killed: the run itself takes it over, another only by a reason', async () => {
      const first = want(one.root, 'a', 'machine');
      assert.equal((await take(first)).isHeld, true);
      first.process.kill('SIGKILL');
      await first.ended;
      const refused = await take(want(one.root, 'b', 'machine'));
      assert.equal(refused.isHeld, false);
      assert.match(
        refused.detail,
        /its process is gone: go on with that run .* break the lock with a reason/,
      );
      const resumed = want(one.root, 'a', 'machine', { resumed: 'yes' });
      const over = await take(resumed);
      assert.equal(over.isHeld, true, over.detail);
      assert.match(over.detail, /taken over from the process of this run that is gone/);
      resumed.process.kill('SIGKILL');
      await resumed.ended;
      const broke = await take(want(one.root, 'b', 'machine', { reason: 'the host was rebooted' }));
      assert.equal(broke.isHeld, true, broke.detail);
      assert.match(
        broke.detail,
        /the lock of Person of a with 2\.4\.0 .* was broken by Person of b: the host was rebooted/,
      );
      const noted = readFileSync(path.join(folder, 'machine', 'locks', 'broken.jsonl'), 'utf8')
        .trim()
        .split('\n');
      assert.equal(noted.length, 3);
    });

    it('is not broken under a process that lives, whatever the reason', async () => {
      await take(want(one.root, 'a', 'first'));
      const here = await take(want(one.root, 'b', 'first', { reason: 'impatience' }));
      assert.ok(!here.isHeld && /is at it/.test(here.detail));
      const there = await take(want(other, 'b', 'second', { reason: 'impatience' }));
      assert.ok(!there.isHeld && /is at it/.test(there.detail));
      const again = await take(want(one.root, 'a', 'first', { resumed: 'yes' }));
      assert.ok(!again.isHeld && /is at it/.test(again.detail));
    });

    it('says where nothing protects against another machine', async () => {
      one.git('remote', 'set-url', 'origin', path.join(folder, 'nowhere'));
      const gone = await take(want(one.root, 'a', 'first'));
      assert.equal(gone.isHeld, true);
      assert.match(
        gone.detail,
        /^locked on this machine alone; nothing protects against another machine: "origin" cannot be reached: /,
      );
      one.git('remote', 'remove', 'origin');
      const none = await take(want(one.root, 'a', 'second'));
      assert.match(none.detail, /: the repository has no remote "origin"$/);
    });

    it('says what a remote answers that takes no such ref', async () => {
      writeFileSync(
        path.join(remote, 'hooks', 'pre-receive'),
        '#!/bin/sh\necho no locks here >&2\nexit 1\n',
        { mode: 0o755 },
      );
      const refused = await takeRemoteLock(
        { root: one.root, remote: 'origin', environment: 'production' },
        REQUEST,
      );
      assert.ok(!refused.ok && refused.why === 'unprotected');
      assert.match(refused.detail, /^"origin" took no lock \(refs\/release-gate\/lock\/production\)/);
    });

    it('runs none of the hooks of the repository, and is held by what is no lock of ours', async () => {
      const marker = path.join(folder, 'ran');
      writeFileSync(path.join(one.root, '.git', 'hooks', 'pre-push'), `#!/bin/sh\ntouch '${marker}'\n`, {
        mode: 0o755,
      });
      one.git('push', '--quiet', '--no-verify', 'origin', 'HEAD:refs/release-gate/lock/production');
      const held = await takeRemoteLock(
        { root: one.root, remote: 'origin', environment: 'production' },
        REQUEST,
      );
      assert.ok(!held.ok && held.why === 'held');
      assert.equal(held.holder, null);
      const hostile = await takeRemoteLock(
        { root: one.root, remote: '--upload-pack=touch x', environment: 'x' },
        REQUEST,
      );
      assert.ok(!hostile.ok && hostile.why === 'unprotected');
      assert.ok(!readdirSync(folder).includes('ran'));
    });

    it('knows what it holds where it is stopped while the remote takes it', async () => {
      // Takes the ref at once, and answers late.
      writeFileSync(path.join(remote, 'hooks', 'post-receive'), '#!/bin/sh\nsleep 3\n', { mode: 0o755 });
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 1_000);
      const taken = await takeRemoteLock(
        { root: one.root, remote: 'origin', environment: 'production', signal: stop.signal },
        REQUEST,
      );
      assert.ok(taken.ok && locked(remote).endsWith('refs/release-gate/lock/production'));
      rmSync(path.join(remote, 'hooks', 'post-receive'));
      assert.equal(await taken.release(), null);
      assert.equal(locked(remote), '');
    });

    it('does not wait for a remote without end', async () => {
      one.git('config', 'remote.origin.url', 'ext::sleep 60');
      one.git('config', 'protocol.ext.allow', 'always');
      const begin = performance.now();
      const outcome = await takeRemoteLock(
        { root: one.root, remote: 'origin', environment: 'production', timeoutMs: 500 },
        REQUEST,
      );
      assert.ok(
        !outcome.ok && outcome.why === 'unprotected' && /did not end within 0.5 seconds/.test(outcome.detail),
      );
      assert.ok(performance.now() - begin < 5_000);
    });
  });

  it('has a ref of its own for every environment, which git takes', () => {
    assert.equal(lockRef('production'), 'refs/release-gate/lock/production');
    assert.equal(lockRef('EU / prod'), 'refs/release-gate/lock/%45%55%20%2f%20prod');
    for (const none of ['', '\ud800', 'x'.repeat(101)]) assert.equal(lockRef(none), null);
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (environment) => {
        const ref = lockRef(environment)?.toLowerCase();
        if (ref === undefined) return;
        assert.match(ref, /^refs\/release-gate\/lock\/[a-z0-9%-]+$/);
        assert.equal(seen.get(ref) ?? environment, environment);
        seen.set(ref, environment);
      }),
      { numRuns: 2_000 },
    );
    for (const environment of ['-', '.lock', 'a..b', '@{', '~^:?*[\\'])
      execFileSync('git', ['check-ref-format', lockRef(environment) ?? '']);
  });
});
