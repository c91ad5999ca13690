import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import path from 'node:path';
import type { JournalLine } from '../../../src/core/release/events';
import { replay, step } from '../../../src/core/release/machine';
import { exitStatusOf } from '../../../src/core/release/run';
import { isLiveTouched, type ReleaseState } from '../../../src/core/release/state';
import { git } from '../world/orders-repository';
import {
  makeReleaseWorld,
  until,
  type Ended,
  type ReleaseWorld,
  type WorldOptions,
} from '../world/release-world';
import { assertSound, attend, failing, jsonOf, RELEASE, released, willing, type Replies } from './attend';

/**
 * A run is killed with SIGKILL when a line of its journal is on the disk, or half of it is, and gone on with by each of the
 * choices that there are then. Every line, of a run that goes out and of two that go back:
 * RELEASE_GATE_WHOLE=1 npx mocha test/release/end-to-end/kills.test.ts
 */
const isWhole = process.env.RELEASE_GATE_WHOLE === '1';

/** So many worlds at once; each runs a service, a Prometheus and a runner. */
const AT_ONCE = Number(process.env.RELEASE_GATE_WORLDS ?? 2);

/** A second of watching, few polls; everybody is told, so that being told twice is seen. */
const QUICK: WorldOptions = {
  intervalMs: 500,
  polls: 2,
  deploy: ['change', 'sleep 0.2'],
  release: {
    hooks: {
      announce: ['sh', '-c', 'echo "$0" >> ../state/told', '{event}'],
      tracker: ['sh', '-c', 'echo "$0" >> ../state/told', '{event}'],
    },
  },
};

const KINDS = {
  'goes out': QUICK,
  'goes back by a failing smoke test': { ...QUICK, versions: { '1.0.1': { readsFail: true } } },
  'goes back by a hard breach': { ...QUICK, versions: { '1.0.1': { errorRate: 0.6 } } },
} as const satisfies Record<string, WorldOptions>;

type Kind = keyof typeof KINDS;

interface Point {
  readonly kind: Kind;
  readonly fault: 'kill' | 'tear';
  /** The line of the journal, or the name of the first event or effect. */
  readonly line: number | string;
  /** What stands in it, for the title. */
  readonly what: string;
  /** What is chosen when it is gone on with; null where nothing is asked. */
  readonly choice: string | null;
}

const lineText = ({ entry }: JournalLine): string =>
  'event' in entry
    ? entry.event
    : `effect ${entry.effect}${entry.effect === 'follow-up' ? ` ${entry.what}` : ''}`;

/** What is offered to whoever goes on with a run of which these lines are left. */
function offered(lines: readonly JournalLine[]): readonly (string | null)[] {
  const events = lines.filter((line) => 'event' in line.entry) as unknown as Parameters<typeof replay>[0];
  const state = replay(events);
  if (!state.run) return [null];
  const lastScript = lines.findLast(({ entry }) => 'effect' in entry && entry.effect === 'run-script');
  const begun = lastScript?.entry as
    Extract<ReleaseState['doing'][number], { effect: 'run-script' }> | undefined;
  const isOpen = state.doing.some(
    (effect) =>
      effect.effect === 'run-script' && effect.direction === begun?.direction && effect.stage === begun.stage,
  );
  const { question } = step(state, {
    at: state.at,
    elapsedMs: state.elapsedMs,
    entry: {
      event: 'resumed',
      by: { name: 'Grace', via: 'terminal' },
      interrupted: isOpen && begun ? begun : null,
      detail: '',
    },
  }).state;
  return question?.kind === 'interrupted' ? question.choices.map(({ id }) => id) : [null];
}

/** Every point of a run of a kind, by a run of it that nobody kills; those before `from` are those of another kind. */
async function pointsOf(
  kind: Kind,
  from: (lines: readonly JournalLine[]) => number,
): Promise<readonly Point[]> {
  const world = await makeReleaseWorld(KINDS[kind]);
  try {
    const { json, ended } = await released(world);
    assert.equal(json.verdict, kind === 'goes out' ? 'Released' : 'Rolled-Back', ended.err + ended.out);
    const lines = world.journal(json.run);
    const points: Point[] = [];
    for (const [index, line] of lines.entries()) {
      if (line.seq < from(lines) || line.seq === lines.length) continue;
      const what = lineText(line);
      const isEvent = 'event' in line.entry;
      const choices = offered(lines.slice(0, index + 1));
      // An effect that was begun changes nothing of what may be chosen, but for the script.
      for (const choice of isEvent || lineText(line) === 'effect run-script' ? choices : choices.slice(0, 1))
        points.push({ kind, fault: 'kill', line: line.seq, what, choice });
      // Half an event: what it tells was done. Half an effect is as the line before it.
      const torn = offered(lines.slice(0, index));
      if (isEvent)
        points.push({ kind, fault: 'tear', line: line.seq, what, choice: torn[index % torn.length] ?? null });
    }
    return points;
  } finally {
    await world.close();
  }
}

const seqOf =
  (name: string) =>
  (lines: readonly JournalLine[]): number =>
    lines.find(({ entry }) => 'event' in entry && entry.event === name)?.seq ?? Infinity;

/** Goes on with a run; `choice` where it is asked what to do. */
async function resumed(
  world: ReleaseWorld,
  run: string,
  choice: string | null,
  environment: NodeJS.ProcessEnv = {},
): Promise<{ readonly ended: Ended; readonly state: ReleaseState }> {
  const replies: Replies = {
    ...willing,
    interrupted: ({ choices }) => ({
      choice: choices.find(({ id }) => id === choice)?.id ?? choices[0]?.id ?? '',
      text: 'after the runner was gone',
    }),
  };
  const attended = attend(
    world,
    world.start(['resume', '.', run, '--format', 'json'], { environment }),
    replies,
    run,
  );
  const ended = await attended.ended;
  const state = attended.tail()?.state;
  assert.ok(state, ended.err);
  return { ended, state };
}

function journalOf(world: ReleaseWorld, run: string): string {
  return readFileSync(
    path.join(world.root, 'docs/release/records', `${run}.journal`, 'journal.jsonl'),
    'utf8',
  );
}

async function noneLeft(world: ReleaseWorld): Promise<void> {
  // The runner takes a moment from its last line to its end.
  await until('no process to be left', () => world.leftProcesses().length === 0, 10_000).catch(() => {
    assert.deepEqual(world.leftProcesses(), [], 'no process is left');
  });
}

async function assertUnlocked(world: ReleaseWorld): Promise<void> {
  const folder = path.join(path.dirname(world.root), 'locks', 'locks');
  const locks = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : [];
  assert.deepEqual(locks, [], 'the environment is locked on this machine');
  const refs = await git(world.remote, 'for-each-ref', '--format=%(refname)', 'refs/release-gate');
  assert.equal(refs, '', 'the environment is locked on the remote');
}

/**
 * Whether the version before was not found well for want of numbers alone: a machine that is busy misses all scrapes of a
 * second, which is not what is tried here.
 */
const isStarved = ({ verdict }: ReleaseState): boolean =>
  verdict?.isRollbackVerified === false &&
  /the version before is not well: [^;]*has given no data/.test(verdict.reason);

/** Whether the run came to what the choice and the kind of run lead to. */
function assertVerdict(
  world: ReleaseWorld,
  { kind, choice }: Point,
  before: ReleaseState,
  state: ReleaseState,
  ended: Ended,
): void {
  const { verdict } = state;
  assert.ok(verdict && state.phase === 'ended', `a verdict and an end: ${ended.err}`);
  assert.equal(ended.status, exitStatusOf(verdict), ended.err);
  if (before.verdict) return assert.deepEqual(verdict, before.verdict, 'a verdict stays');
  const cutOff = before.doing.find(({ effect }) => effect === 'run-script');
  const told = `${verdict.verdict} ${verdict.liveSystem} ${String(verdict.isRollbackVerified)}`;
  const rolledBack = `Rolled-Back changed ${String(!isStarved(state))}`;
  const isBackCutOff = state.scripts.some(
    ({ direction, outcome }) => direction === 'back' && outcome.how === 'unknown',
  );
  if (isBackCutOff) return assert.equal(told, 'Rolled-Back changed false');
  switch (choice) {
    case 'resume':
      return assert.equal(told, kind === 'goes out' ? 'Released changed null' : rolledBack, verdict.reason);
    case 'roll-back':
      assert.equal(told, rolledBack, verdict.reason);
      return assert.equal(world.live(), '1.0.0');
    case 'take-over':
      return assert.match(told, /^(?:Aborted unknown null|Rolled-Back changed false)$/);
    case 'abort':
      assert.deepEqual(world.deployments(), [], JSON.stringify(cutOff));
      return assert.equal(told, 'Aborted unchanged null');
    default:
      return;
  }
}

async function killed(point: Point): Promise<void> {
  const { kind, fault, line, choice } = point;
  const world = await makeReleaseWorld(KINDS[kind]);
  try {
    const attended = attend(world, world.start(RELEASE, { environment: failing(fault, line) }), willing);
    const ended = await attended.ended;
    const run = attended.run();
    assert.ok(run, ended.err);
    const before = attended.tail()?.state;
    assert.ok(before);
    if (before.phase === 'ended') return;
    if (!before.run) {
      // Not one line: nothing was begun.
      assert.equal(ended.status, 2, ended.err);
      const nothing = await world.run(['resume', '.', run]);
      assert.equal(nothing.status, 2);
      assert.match(nothing.err, /had not begun/);
      await noneLeft(world);
      return;
    }
    assert.equal(
      ended.status,
      before.verdict ? exitStatusOf(before.verdict) : isLiveTouched(before) ? 4 : 2,
      ended.err,
    );
    assert.match(ended.err, /is gone|the runner ended before it began/);
    const text = journalOf(world, run);
    const end = await resumed(world, run, choice);
    await noneLeft(world);
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    assert.ok(journalOf(world, run).startsWith(whole), 'no line was lost or changed');
    assertVerdict(world, point, before, end.state, end.ended);
    assertSound(world, run);
    await assertUnlocked(world);
    const undone = end.state.followUps.filter(({ isDone }) => !isDone);
    assert.deepEqual(undone, [], 'what follows is done');
    const told = readFileSync(path.join(world.state, 'told'), { encoding: 'utf8', flag: 'a+' }).split('\n');
    for (const event of new Set(told.filter(Boolean)))
      assert.ok(told.filter((one) => one === event).length <= 2, `told more than twice: ${event}`);
    const verification = path.join(world.root, 'docs/release/verification');
    if (existsSync(verification)) assert.equal(readdirSync(verification).length, 1, 'one report');
  } finally {
    await world.close();
  }
}

const titleOf = ({
  kind,
  fault,
  line = 'first',
  what,
  choice,
}: Omit<Point, 'line'> & Partial<Point>): string =>
  `a run that ${kind}: ${fault} at ${line} (${what}), then ${choice ?? 'nothing is asked'}`;

/** Begins with the next when one has ended, `limit` of them at once. */
function inTurn(works: readonly (() => Promise<void>)[], limit: number): readonly Promise<void>[] {
  const waiting: (() => void)[] = [];
  let free = limit;
  return works.map(async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  });
}

describe('a release that is killed while it writes its journal, and gone on with', function () {
  this.timeout(isWhole ? 3_600_000 : 300_000);

  /** Where most is at stake, for the usual run. */
  const sample: readonly Omit<Point, 'line'>[] = [
    { kind: 'goes out', fault: 'kill', what: 'run-script', choice: 'roll-back' },
    { kind: 'goes out', fault: 'tear', what: 'smoke-ended', choice: 'resume' },
    { kind: 'goes out', fault: 'kill', what: 'declared', choice: null },
  ];
  for (const each of isWhole ? [] : sample) {
    it(titleOf(each), () => killed({ ...each, line: each.what }));
  }

  (isWhole ? it : it.skip)('keeps its promises at every point', async () => {
    const all = [
      ...(await pointsOf('goes out', () => 1)),
      ...(await pointsOf('goes back by a failing smoke test', seqOf('smoke-ended'))),
      ...(await pointsOf('goes back by a hard breach', seqOf('polled'))),
    ];
    const failures: string[] = [];
    await Promise.all(
      inTurn(
        all.map((point) => async () => {
          const title = titleOf(point);
          try {
            await killed(point);
          } catch (error) {
            failures.push(`${title}: ${error instanceof Error ? error.message : String(error)}`);
          }
        }),
        AT_ONCE,
      ),
    );
    assert.deepEqual(failures, []);
  });

  it('is known for what it is: by follow, by rollback, by resume, by the next release', async () => {
    const world = await makeReleaseWorld({ ...QUICK, polls: 200 });
    try {
      const first = attend(world, world.start(RELEASE), { ...willing, proceed: null });
      const kill = (state: ReleaseState | undefined): void => {
        assert.ok(state?.runner);
        process.kill(state.runner.pid, 'SIGKILL');
      };
      await until('the question', () => first.tail()?.state.question?.kind === 'proceed', 60_000);
      const run = first.run() ?? '';
      const back = ['rollback', '--env', 'production', '--version', '1.0.1'];

      // It lives.
      const early = await world.run(['resume', '.', run]);
      assert.deepEqual([early.status, /at it \(process \d+\)/.test(early.err)], [2, true], early.err);
      const none = await world.run(back);
      assert.deepEqual([none.status, /has deployed nothing: abort it/.test(none.err)], [2, true], none.err);

      // It is gone before anything was deployed.
      kill(first.tail()?.state);
      const gone = await first.ended;
      assert.deepEqual([gone.status, jsonOf(gone).verdict], [2, null]);
      const followed = await world.run(['follow', '.', run]);
      assert.deepEqual(
        [followed.status, /gone before its verdict/.test(followed.err)],
        [2, true],
        followed.err,
      );
      const dead = await world.run(back);
      assert.deepEqual([dead.status, /has deployed nothing.*resume/.test(dead.err)], [2, true], dead.err);
      const next = await released(world, { ...willing, proceed: { choice: 'abort', text: 'no' } });
      assert.equal(next.json.verdict, 'Aborted');
      assert.match(
        next.json.reason,
        /is locked.*its process is gone: go on with that run \(release-gate resume\)/,
      );

      // What it asked is asked again, and it goes out once.
      const again = attend(
        world,
        world.start(['resume', '.', run, '--format', 'json']),
        { ...willing, interrupted: { choice: 'resume' } },
        run,
      );
      await until('the watch', () => (again.tail()?.state.watches.at(-1)?.done ?? 0) > 0, 60_000);
      assert.deepEqual(
        again.tail()?.state.asked.map(({ question, ended }) => `${question.kind} ${ended.how}`),
        [
          'proceed withdrawn',
          'interrupted answered',
          'proceed answered',
          'strategy answered',
          'start answered',
        ],
      );

      // It is gone amid the watch: the way back is offered.
      kill(again.tail()?.state);
      assert.equal((await again.ended).status, 4);
      const late = await world.run(back);
      assert.deepEqual([late.status, /resume .* offers to roll it back/.test(late.err)], [2, true], late.err);
      const end = await resumed(world, run, 'roll-back');
      assert.equal(end.state.verdict?.verdict, 'Rolled-Back', end.ended.err);
      assert.equal(end.ended.status, isStarved(end.state) ? 4 : 1, end.ended.err);
      await noneLeft(world);
      assertSound(world, run);
      await assertUnlocked(world);

      // It has its verdict.
      const over = await world.run(['resume', '.', run]);
      assert.deepEqual([over.status, /has its verdict/.test(over.err)], [2, true], over.err);
    } finally {
      await world.close();
    }
  });
});
