import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endGroup, isSameProcess } from '../../../../src/adapters/release/process/groups';
import { createMasking, secretTexts } from '../../../../src/adapters/release/process/masking';
import { openOutput, type OutputLine } from '../../../../src/adapters/release/process/output';
import { runScript, startProblem, type ScriptRun } from '../../../../src/adapters/release/process/run-script';
import { startItem } from '../../../../src/adapters/release/process/start-item';
import { systemClock } from '../../../../src/adapters/clock';

const LOG = 'output/deploy-0.log';

describe('running the deploy script', () => {
  let root: string;
  let started: { pid: number; startTime: string }[];
  let told: OutputLine[];

  beforeEach(async () => {
    root = await fs.mkdtemp(path.join(os.tmpdir(), 'release-gate-script-'));
    started = [];
    told = [];
  });
  afterEach(async () => {
    for (const { pid, startTime } of started) await endGroup(pid, startTime, 0);
    await fs.rm(root, { recursive: true, force: true });
  });

  const script = (text: string, shebang = '#!/bin/bash\n'): Promise<void> =>
    fs.writeFile(path.join(root, 'deploy.sh'), shebang + text, { mode: 0o755 });
  const run = async (text: string | null, more: Partial<ScriptRun> = {}, signal?: AbortSignal) => {
    if (text !== null) await script(text);
    return runScript(
      {
        root,
        argv: ['./deploy.sh'],
        environment: {},
        outputPath: LOG,
        idleMs: 10_000,
        limitMs: 15_000,
        graceMs: 300,
        secrets: [],
        onStarted: (one) => void started.push(one),
        onLine: (line) => void told.push(line),
        clock: systemClock,
        ...more,
      },
      signal ?? new AbortController().signal,
    );
  };
  const log = (): Promise<string> => fs.readFile(path.join(root, LOG), 'utf8');
  const texts = async (): Promise<string[]> =>
    (await log())
      .split('\n')
      .filter(Boolean)
      .map((line) => line.replace(/^\S+ /, ''));
  /** Ids that scripts wrote into a file, of which none may run at the end. */
  const alive = async (file = 'pids'): Promise<number[]> => {
    const ids = (await fs.readFile(path.join(root, file), 'utf8')).trim().split(/\s+/).map(Number);
    const states = await Promise.all(
      ids.map(async (id) => ({
        id,
        stat: await fs.readFile(`/proc/${id}/stat`, 'utf8').catch(() => null),
      })),
    );
    return states.filter(({ stat }) => stat !== null && !/\) [ZX] /.test(stat)).map(({ id }) => id);
  };

  describe('to its end', () => {
    it('streams both outputs with their times, and tells status, lines and bytes', async () => {
      const outcome = await run('echo "to $1"; echo careful >&2; exit 3', {
        argv: ['./deploy.sh', 'a b; $(id)'],
      });
      assert.equal(outcome.how, 'exited');
      assert.equal(outcome.exitCode, 3);
      assert.equal(outcome.lines, 2);
      assert.equal(outcome.bytes, 22);
      assert.equal(outcome.outputPath, LOG);
      assert.deepEqual((await texts()).sort(), ['! careful', '| to a b; $(id)']);
      assert.match(await log(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \| to a b/m);
      assert.deepEqual(told.map(({ stream }) => stream).sort(), ['err', 'out']);
      assert.equal(((await fs.stat(path.join(root, LOG))).mode & 0o777).toString(8), '600');
    });

    it('has nothing on standard input, a group and session of its own, and the variables of the file', async () => {
      const outcome = await run('cat; echo "pid $$"; ps -o pgid=,sid= -p $$; echo "$A|$PATH" | cut -c1-4', {
        environment: { A: 'x y' },
      });
      const { pid } = started[0] ?? assert.fail();
      assert.deepEqual(
        outcome.tail.map((line) => line.trim().replace(/\s+/g, ' ')),
        [`pid ${pid}`, `${pid} ${pid}`, 'x y|'],
      );
    });

    it('may write to /dev/stderr and /dev/stdout by name, which sockets do not allow', async () => {
      const outcome = await run('echo one > /dev/stderr; echo two | tee /dev/stderr > /dev/stdout');
      assert.deepEqual([...outcome.tail].sort(), ['one', 'two', 'two']);
    });

    it('tells a signal that ended it', async () => {
      const outcome = await run('kill -SEGV $$');
      assert.deepEqual([outcome.how, outcome.exitCode, outcome.signal], ['exited', null, 'SIGSEGV']);
    });

    it('goes well with no output at all', async () => {
      const outcome = await run('exit 0');
      assert.deepEqual([outcome.how, outcome.exitCode, outcome.lines, outcome.tail], ['exited', 0, 0, []]);
      assert.equal(await log(), '');
    });

    it('begins only when that it was started is noted, and not at all where it cannot be', async () => {
      const order: string[] = [];
      await run('echo run >> order', {
        onStarted: async () => {
          await wait(200);
          order.push((await fs.readdir(root)).includes('order') ? 'too early' : 'noted');
        },
      });
      assert.deepEqual(order, ['noted']);
      await fs.rm(path.join(root, 'order'));
      const outcome = await run('echo run >> order', {
        outputPath: 'output/second.log',
        onStarted: async (one) => {
          started.push(one);
          throw new Error('ENOSPC: no space left on device');
        },
      });
      assert.equal(outcome.how, 'not-started');
      assert.match(outcome.detail, /could not be noted \(ENOSPC/);
      assert.ok(!(await fs.readdir(root)).includes('order'));
      const { pid, startTime } = started.at(-1) ?? assert.fail();
      assert.equal(await isSameProcess(pid, startTime), false);
    });

    it('is not started twice: its output is there already', async () => {
      await run('echo run >> order');
      const again = await run('echo run >> order');
      assert.equal(again.how, 'not-started');
      assert.equal(again.detail, `${LOG} is there already, so it was started before`);
      assert.equal(await fs.readFile(path.join(root, 'order'), 'utf8'), 'run\n');
    });

    it('may leave a service behind when it succeeds, and says so', async () => {
      const outcome = await run('sleep 60 > /dev/null 2>&1 & echo $! > pids; echo up');
      assert.equal(outcome.exitCode, 0);
      assert.equal(outcome.isGroupGone, false);
      assert.match(outcome.detail, /what it started and left runs on: pid \d+ sleep 60/);
      assert.equal((await alive()).length, 1);
    });

    it('does not wait for a child that holds its output open', async () => {
      const outcome = await run('(sleep 30; echo late) & echo $! > pids; echo up');
      assert.equal(outcome.exitCode, 0);
      assert.ok(outcome.tookMs < 4000, String(outcome.tookMs));
    });

    it('leaves nothing behind when it fails', async () => {
      const outcome = await run('sleep 60 & echo $! > pids; exit 1');
      assert.equal(outcome.exitCode, 1);
      assert.equal(outcome.isGroupGone, true);
      assert.match(outcome.detail, /what it left running was ended: pid \d+ sleep 60/);
      assert.deepEqual(await alive(), []);
    });
  });

  describe('that cannot be started', () => {
    const problem = (): Promise<string | null> => startProblem(root, ['./deploy.sh']);

    it('says that it is missing, a folder, or not executable', async () => {
      assert.equal(await problem(), './deploy.sh does not exist');
      const outcome = await run(null);
      assert.deepEqual(
        [outcome.how, outcome.outputPath, outcome.detail],
        ['not-started', null, './deploy.sh does not exist'],
      );
      await fs.mkdir(path.join(root, 'deploy.sh'));
      assert.equal(await problem(), './deploy.sh is no file');
      await fs.rmdir(path.join(root, 'deploy.sh'));
      await fs.writeFile(path.join(root, 'deploy.sh'), '#!/bin/sh\n', { mode: 0o644 });
      const blocked = await startItem(root, './deploy.sh');
      assert.deepEqual([blocked.outcome, blocked.isBlocking], ['fail', true]);
      assert.match((await problem()) ?? '', /is not executable; git update-index --chmod=\+x/);
      assert.equal(
        await startProblem(root, ['no-such-program-here']),
        'no-such-program-here is not installed, or not on the PATH',
      );
      assert.equal(await startProblem(root, []), 'it is no command');
    });

    it('says what is wrong with its first line', async () => {
      await script('echo hi\r\n', '#!/bin/bash\r\n');
      assert.match(
        (await problem()) ?? '',
        /ends with a carriage return \(CRLF\), so that its interpreter is not found/,
      );
      await script('echo hi\n', '#!/opt/none/bash\n');
      assert.equal(await problem(), 'the interpreter /opt/none/bash of ./deploy.sh is not there');
      await script('echo hi\n', '#!/usr/bin/env none-such\n');
      assert.equal(await problem(), 'the interpreter none-such of ./deploy.sh is not on the PATH');
      await script('echo hi\n', '#!/usr/bin/env bash\n');
      assert.equal(await problem(), null);
      await script('echo hi\r\nexit 0\r\n', '');
      assert.match((await problem()) ?? '', /Windows line ends/);
    });

    it('runs one without a first line of that kind by the shell, as a shell would', async () => {
      await script('echo plain\n', '');
      const outcome = await run(null);
      assert.deepEqual([outcome.exitCode, outcome.tail], [0, ['plain']]);
    });
  });

  describe('that has to be ended', () => {
    it('ends a hang with grandchildren that ignore SIGTERM, left the session, or are stopped', async () => {
      const outcome = await run(
        `trap '' TERM; echo $$ > pids; echo begin
         (trap '' TERM; echo $BASHPID >> pids; setsid sh -c 'trap "" TERM; echo $$ >> pids; sleep 61; sleep 62' & sleep 100) &
         env -i setsid sh -c 'echo $$ >> pids; exec sleep 63' &
         sh -c 'echo $$ >> pids; kill -STOP $$' &
         sleep 99`,
        { idleMs: 1200 },
      );
      assert.equal(outcome.how, 'hung');
      assert.equal(outcome.isGroupGone, true, outcome.detail);
      assert.equal(outcome.detail, 'it wrote nothing for 1.2 seconds');
      assert.equal((await fs.readFile(path.join(root, 'pids'), 'utf8')).trim().split('\n').length, 5);
      assert.deepEqual(await alive(), []);
      assert.ok(
        outcome.processes.some((line) => /^pid \d+ sleep 99 \(for \d+ s\)$/.test(line)),
        outcome.processes.join('\n'),
      );
      assert.ok(outcome.processes.some((line) => line.includes('sleep 63')));
      assert.match(
        await log(),
        /\[release-gate\] it wrote nothing for 1\.2 seconds: its group is ended\. What ran: pid/,
      );
    });

    it('lets one that ends at SIGTERM clean up', async () => {
      const outcome = await run(
        `trap 'echo cleaned; exit 7' TERM; echo begin; while :; do sleep 0.05; done`,
        {
          idleMs: 500,
          graceMs: 5000,
        },
      );
      assert.deepEqual([outcome.how, outcome.exitCode], ['hung', 7]);
      assert.ok(outcome.tail.includes('cleaned'));
      assert.ok(outcome.tookMs < 4000);
    });

    it('takes one that closed its output and runs on for a hang', async () => {
      const outcome = await run('exec >&- 2>&-; sleep 50', { idleMs: 400 });
      assert.deepEqual([outcome.how, outcome.isGroupGone], ['hung', true]);
    });

    it('does not take dots without a line end for silence', async () => {
      const outcome = await run('for i in 1 2 3 4 5 6; do printf .; sleep 0.2; done', { idleMs: 700 });
      assert.deepEqual([outcome.how, outcome.exitCode, outcome.tail], ['exited', 0, ['......']]);
    });

    it('ends what talks on beyond the limit', async () => {
      const outcome = await run('while :; do echo on; sleep 0.05; done', { limitMs: 700 });
      assert.deepEqual([outcome.how, outcome.isGroupGone], ['over-limit', true]);
      assert.match(outcome.detail, /^it ran longer than 0\.7 seconds/);
    });

    it('ends on a person’s demand, with their reason', async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort('Ada: wrong version'), 300);
      const outcome = await run('sleep 50', {}, controller.signal);
      assert.deepEqual(
        [outcome.how, outcome.detail, outcome.isGroupGone],
        ['ended-by-person', 'Ada: wrong version', true],
      );
      const late = await run('echo never', { outputPath: 'output/late.log' }, controller.signal);
      assert.deepEqual([late.how, late.detail], ['not-started', 'Ada: wrong version']);
    });

    it('leaves alone what the script says is to stay', async () => {
      const outcome = await run(
        `RELEASE_GATE_KEEP=1 setsid sleep 64 > /dev/null 2>&1 & echo $! > kept; sleep 50`,
        {
          idleMs: 400,
        },
      );
      assert.deepEqual([outcome.how, outcome.isGroupGone], ['hung', true]);
      const [pid] = await alive('kept');
      assert.ok(pid !== undefined);
      process.kill(pid, 'SIGKILL');
    });

    it('masks command lines too', async () => {
      const outcome = await run('sleep 50 && echo correct-horse', {
        secrets: ['correct-horse'],
        idleMs: 400,
      });
      const other = await run(`sh -c 'sleep 51; : correct-horse'`, {
        secrets: ['correct-horse'],
        idleMs: 400,
        outputPath: 'output/other.log',
      });
      assert.ok(![...outcome.processes, ...other.processes, outcome.detail].join().includes('correct-horse'));
      assert.ok(other.processes.some((line) => line.includes(': ***')));
    });
  });

  describe('whose output is odd', () => {
    it('masks secrets however they come: split over writes, lines, streams, encoded', async () => {
      const key =
        '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\nggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END PRIVATE KEY-----';
      const variables = {
        DB_PASSWORD: "s3cr3t/pass'wörd",
        URL: 'postgres://app:hunter2hunter@db.internal/x',
        TLS_KEY: key,
        PORT: '8080',
      };
      const outcome = await run(
        `printf "s3cr3t/p"; sleep 0.1; echo "ass'wörd rest"
         echo "$DB_PASSWORD" | base64; printf %s "user:$DB_PASSWORD" | base64 >&2
         echo "a s3cr3t"; echo "/pass'wörd b"
         echo 's3cr3t%2Fpass%27w%C3%B6rd'; echo hunter2hunter; echo "$TLS_KEY"; echo "on $PORT"
         printf "s3c\\033[31mr3t/pass'wö\\033[0mrd\\n"
         ghp=ghp_; echo "token \${ghp}Zk3vQ9tLw2RbX7mPd5SyHc8NfJu4GaKe1oTi"
         set -x; : "$DB_PASSWORD"`,
        { environment: variables, secrets: secretTexts({ variables }) },
      );
      const all = `${await log()}${JSON.stringify(told)}${JSON.stringify(outcome)}`;
      for (const part of [
        's3cr3t',
        "pass'w",
        'hunter2',
        'MIIEvQ',
        'ggSjAg',
        'czNjcjN0',
        'ghp_Zk3',
        'w%C3%B6rd',
        'pass',
      ]) {
        assert.ok(!all.includes(part), `${part} in ${all}`);
      }
      assert.ok(all.includes('on 8080'));
      assert.ok(all.includes('*** rest'));
    });

    it('shows no escape sequences, cuts long lines, counts binary', async () => {
      await run(
        `printf '\\033[1;32mgreen\\033[0m\\033]0;title\\007 \\001bell\\r\\n'; printf '10%%\\r20%%\\r\\n'
         head -c 100000 /dev/zero | tr '\\0' x; echo; head -c 5000 /dev/zero; echo; echo end`,
      );
      const lines = await texts();
      assert.deepEqual(lines.slice(0, 3), ['| green \\x01bell', '| 10%', '| 20%']);
      assert.match(lines[3] ?? '', /^\| x{16384} … \(83616 more bytes\)$/);
      assert.deepEqual(lines.slice(4), ['| <binary, 5001 bytes>', '| end']);
    });

    it('keeps beginning and end of a gigabyte, in flat memory', async function () {
      this.timeout(60_000);
      const before = process.memoryUsage().rss;
      let most = 0;
      const timer = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 50);
      const outcome = await run(
        'echo first; yes "a line of some length, as logs have" | head -c 1G; echo; echo last',
        {
          limitMs: 60_000,
        },
      );
      clearInterval(timer);
      assert.equal(outcome.exitCode, 0);
      assert.equal(outcome.bytes, 1024 ** 3 + 12);
      const { size } = await fs.stat(path.join(root, LOG));
      assert.ok(size < 20 * 1024 * 1024, String(size));
      assert.match(outcome.detail, /^\d+ bytes amid the output were left out$/);
      const lines = await texts();
      assert.equal(lines[0], '| first');
      assert.equal(lines.at(-1), '| last');
      assert.ok(lines.some((line) => /^! \[release-gate\] \d+ bytes are left out here$/.test(line)));
      assert.ok(most - before < 250 * 1024 * 1024, `${(most - before) / 1e6} MB`);
    });

    it('lets the script go on when the output can no longer be kept', async function () {
      if (process.platform !== 'linux') return this.skip();
      // A device that is always full.
      await fs.mkdir(path.join(root, 'output'));
      const open = fs.open;
      const full = async (...args: Parameters<typeof open>) => {
        void args;
        return open('/dev/full', 'w');
      };
      const holder = fs as { open: typeof open };
      holder.open = full;
      const sink = await openOutput({
        path: path.join(root, LOG),
        masking: createMasking([]),
        now: () => new Date(0),
      }).finally(() => (holder.open = open));
      sink.take('out', Buffer.from('one\n'));
      await wait(20);
      sink.take('out', Buffer.from('two\n'));
      const sum = await sink.end();
      assert.deepEqual(sum.tail, ['one', 'two']);
      assert.equal(sum.detail, 'the output could not be kept from 1970-01-01T00:00:00.000Z on (ENOSPC)');
    });
  });

  describe('when the runner is killed', () => {
    it('the script ends at its next write; what it left is ended by what the journal tells', async function () {
      if (process.platform !== 'linux') return this.skip();
      await script(
        `echo $$ > pids; (trap '' PIPE; while :; do sleep 0.05; done) & echo $! > left
         while :; do echo tick; echo tick >> ticks; sleep 0.05; done`,
      );
      const runner = path.join(root, 'runner.ts');
      const source = path.resolve(__dirname, '../../../../src/adapters/release/process/run-script.ts');
      await fs.writeFile(
        runner,
        `import { writeFileSync } from 'node:fs';
         import { runScript } from ${JSON.stringify(source)};
         void runScript({ root: ${JSON.stringify(root)}, argv: ['./deploy.sh'], environment: {}, outputPath: null, idleMs: 0,
           limitMs: 60000, graceMs: 100, secrets: [], clock: { now: () => new Date() },
           onStarted: (one) => writeFileSync(${JSON.stringify(path.join(root, 'journal'))}, JSON.stringify(one)) },
           new AbortController().signal);`,
      );
      const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), runner], {
        stdio: 'ignore',
      });
      const ticks = async (): Promise<number> =>
        (await fs.readFile(path.join(root, 'ticks'), 'utf8').catch(() => '')).length;
      for (let tries = 0; (await ticks()) < 10 && tries < 200; tries++) await wait(50);
      child.kill('SIGKILL');
      for (let tries = 0; (await alive()).length > 0 && tries < 40; tries++) await wait(25);
      assert.deepEqual(await alive(), []);
      assert.equal((await alive('left')).length, 1);
      const journal = JSON.parse(await fs.readFile(path.join(root, 'journal'), 'utf8')) as {
        pid: number;
        startTime: string;
      };
      const end = await endGroup(journal.pid, journal.startTime, 100);
      assert.equal(end.isGone, true);
      // The loop, and the pause that it is in most of the time.
      assert.ok(end.processes.length >= 1 && end.processes.length <= 2);
      assert.deepEqual(await alive('left'), []);
    });
  });
});
