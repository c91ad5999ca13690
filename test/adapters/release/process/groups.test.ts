import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import {
  describeGroup,
  endGroup,
  isSameProcess,
  markedStart,
} from '../../../../src/adapters/release/process/groups';
import {
  MARKER,
  processTable,
  psTable,
  windowsTable,
  type ListedProcess,
  type ProcessTable,
} from '../../../../src/adapters/release/process/processes';

const own = processTable();

describe('process groups', () => {
  const started: number[] = [];
  const start = async (
    script: string,
    env: Record<string, string> = {},
  ): Promise<{ pid: number; startTime: string }> => {
    const child = spawn('sh', ['-c', script], {
      detached: true,
      stdio: 'ignore',
      env: { ...process.env, ...env },
    });
    const pid = child.pid ?? assert.fail();
    started.push(pid);
    await wait(150);
    return { pid, startTime: (await own.find(pid))?.startTime ?? assert.fail() };
  };
  afterEach(() => {
    for (const pid of started.splice(0)) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // Gone, as it should be.
      }
    }
  });

  it('are known by id and start, and told by their command lines', async () => {
    const { pid, startTime } = await start('sleep 41 & sleep 42');
    assert.equal(await isSameProcess(pid, startTime), true);
    assert.equal(await isSameProcess(pid, markedStart(startTime, 'abc')), true);
    assert.equal(await isSameProcess(pid, `${startTime}1`), false);
    const lines = await describeGroup(pid, startTime);
    assert.deepEqual(
      lines.map((line) => line.replace(/^pid \d+ /, '').replace(/ \(for \d+ s\)$/, '')).sort(),
      ['sh -c sleep 41 & sleep 42', 'sleep 41', 'sleep 42'],
    );
    assert.deepEqual(await endGroup(pid, startTime, 500).then(({ isGone, detail }) => [isGone, detail]), [
      true,
      '',
    ]);
    assert.equal(await isSameProcess(pid, startTime), false);
    assert.deepEqual(await endGroup(pid, startTime, 500), { isGone: true, processes: [], detail: '' });
  });

  it('of another process that has the id now are never touched', async () => {
    const { pid, startTime } = await start('sleep 43 & sleep 44');
    const earlier = startTime.replace(/\d+$/, (ticks) => String(Number(ticks) - 500));
    assert.deepEqual(await endGroup(pid, earlier, 100), { isGone: true, processes: [], detail: '' });
    assert.deepEqual(await endGroup(pid, markedStart(earlier, 'other'), 100), {
      isGone: true,
      processes: [],
      detail: '',
    });
    const otherBoot = startTime.replace(/^[^.]+/, 'deadbeef');
    assert.deepEqual(await endGroup(pid, otherBoot, 100), { isGone: true, processes: [], detail: '' });
    assert.equal(await isSameProcess(pid, startTime), true);
    assert.equal((await describeGroup(pid, startTime)).length, 3);
  });

  it('without their leader are ended by the marker alone, else left to a person', async () => {
    const marked = await start('sleep 45 & sleep 0.5', { [MARKER]: 'mark-45' });
    const plain = await start('sleep 46 & sleep 0.5');
    await wait(600);
    const left = await endGroup(plain.pid, plain.startTime, 100);
    assert.deepEqual([left.isGone, left.processes], [false, []]);
    assert.match(
      left.detail,
      /^a group of that number runs and was left alone, .*: pid \d+ sleep 46 \(for \d s\)$/,
    );
    assert.equal(
      (await own.list()).filter(({ group, isZombie }) => group === plain.pid && !isZombie).length,
      1,
    );
    const end = await endGroup(marked.pid, markedStart(marked.startTime, 'mark-45'), 200);
    assert.equal(end.isGone, true);
    assert.match(end.processes.join(), /^pid \d+ sleep 45 \(for \d s\)$/);
  });

  it('that start others faster than they are ended are ended all the same', async () => {
    const { pid, startTime } = await start(
      `trap '' TERM; while :; do sh -c "trap '' TERM; sleep 3" & sleep 0.02; done`,
    );
    const end = await endGroup(pid, startTime, 200);
    assert.equal(end.isGone, true, end.detail);
  });

  it('are seen by ps where there is no /proc', async () => {
    const table = psTable(
      (program, args) =>
        new Promise((resolve) => {
          const child = spawn(program, [...args], { env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' } });
          let text = '';
          child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
          child.on('close', () => resolve(text));
        }),
    );
    const { pid } = await start('sleep 47 & sleep 48');
    const found = (await table.find(pid)) ?? assert.fail();
    assert.deepEqual([found.pid, found.parent, found.group], [pid, process.pid, pid]);
    assert.equal(await table.commandOf(pid), 'sh -c sleep 47 & sleep 48');
    assert.ok(((await table.elapsedOf(found)) ?? -1) >= 0);
    const lines = await describeGroup(pid, found.startTime, { table });
    assert.equal(lines.length, 3);
    const end = await endGroup(pid, found.startTime, 300, { table });
    assert.equal(end.isGone, true, end.detail);
  });
});

describe('process trees on Windows (as far as that can be tried elsewhere)', () => {
  const LISTED = [
    '10\t4\t100\tbash deploy.sh',
    '11\t10\t101\tnode\tbuild.js',
    '12\t11\t102\tping -t',
    '13\t10\t50\told.exe',
    '99\t4\t90\tother.exe',
    'nonsense',
  ].join('\r\n');

  it('are read from what PowerShell prints; a parent that is younger than its child is none', async () => {
    const asked: string[] = [];
    const table = windowsTable(async (program, args) => {
      asked.push([program, ...args].join(' '));
      return args.join(' ').includes('ProcessId=10') ? (LISTED.split('\r\n')[0] ?? '') : LISTED;
    });
    assert.deepEqual(
      (await table.list()).map(({ pid, parent }) => `${pid}<${parent}`),
      ['10<0', '11<10', '12<11', '13<0', '99<0'],
    );
    assert.equal((await table.find(10))?.startTime, '100');
    assert.match(asked[1] ?? '', /^powershell\.exe -NoProfile .*ProcessId=10/);
  });

  it('are ended by taskkill, and looked at afterwards', async () => {
    let rows = LISTED.split('\r\n');
    const table: ProcessTable = windowsTable(async () => rows.join('\r\n'));
    const killed: number[] = [];
    const end = await endGroup(10, '100', 50, {
      table,
      platform: 'win32',
      taskkill: async (pid) => {
        killed.push(pid);
        rows = rows.filter((row) => !row.startsWith(`${pid}\t`));
      },
    });
    assert.deepEqual(killed, [10, 11, 12]);
    assert.equal(end.isGone, true);
    assert.equal(end.processes.length, 3);
  });

  it('say what is left', async () => {
    const process: ListedProcess = {
      pid: 10,
      parent: 4,
      group: 10,
      session: 10,
      startTime: '100',
      isZombie: false,
    };
    const table: ProcessTable = {
      list: async () => [process],
      find: async () => process,
      childrenOf: async () => null,
      commandOf: async () => 'stuck.exe',
      elapsedOf: async () => null,
      marksOf: async () => null,
    };
    const end = await endGroup(10, '100', 10, {
      table,
      platform: 'win32',
      taskkill: async () => undefined,
      killLimitMs: 100,
    });
    assert.deepEqual([end.isGone, end.detail], [false, 'still there: pid 10 stuck.exe']);
  });
});
