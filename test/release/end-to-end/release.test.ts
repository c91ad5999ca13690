import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, describe, it } from 'mocha';
import path from 'node:path';
import { makeReleaseWorld, until, type ReleaseWorld, type WorldOptions } from '../world/release-world';
import { assertSound, attend, failing, RELEASE, released, willing, type Replies } from './attend';

/**
 * Each case takes ten seconds and more of a processor. All of them, and every point of a run's journal to be killed at:
 * RELEASE_GATE_WHOLE=1 npx mocha test/release/end-to-end/release.test.ts
 */
const isWhole = process.env.RELEASE_GATE_WHOLE === '1';
const whole = isWhole ? it : it.skip;

const bad = (faults: NonNullable<WorldOptions['versions']>[string]): WorldOptions => ({
  versions: { '1.0.1': faults },
});

describe('a release from its gate to its verdict, by the real program on a real service', function () {
  this.timeout(180_000);
  const worlds = new Set<ReleaseWorld>();
  const inWorld = async (
    options: WorldOptions,
    test: (world: ReleaseWorld) => Promise<void>,
  ): Promise<void> => {
    const world = await makeReleaseWorld(options);
    worlds.add(world);
    try {
      await test(world);
    } finally {
      worlds.delete(world);
      await world.close();
    }
  };
  after(() => Promise.all([...worlds].map((world) => world.close())));

  it('Released: deployed once, checked, watched, tagged, recorded', () =>
    inWorld({}, async (world) => {
      const { ended, json } = await released(world);
      assert.deepEqual([ended.status, json.verdict], [0, 'Released'], ended.err + ended.out);
      assert.deepEqual(world.deployments(), ['1.0.1 100%']);
      assert.deepEqual(world.rollbacks(), []);
      assert.equal(world.live(), '1.0.1');
      assert.match(world.record(json.run), /Released/);
      assertSound(world, json.run);
    }));

  it('Rolled-Back by a hard breach: nobody is asked, and the version before is checked', () =>
    inWorld(bad({ errorRate: 0.5 }), async (world) => {
      const { ended, json } = await released(world);
      assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
      assert.match(json.reason, /error rate breached [\d.]+x baseline at T\+\d+/);
      assert.equal(json.isRollbackVerified, true);
      assert.deepEqual(world.rollbacks(), ['1.0.0']);
      assert.equal(world.live(), '1.0.0');
      assertSound(world, json.run);
    }));

  whole('Rolled-Back by a failing smoke test, by its name', () =>
    inWorld(bad({ writesFail: true }), async (world) => {
      const { ended, json } = await released(world);
      assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
      assert.match(json.reason, /smoke test failure: Place an order/);
      assertSound(world, json.run);
    }),
  );

  it('Rolled-Back by a deploy script that fails: no smoke test is run on what it left', () =>
    inWorld({ deploy: ['change', 'secrets', 'exit 7'] }, async (world) => {
      const { ended, json, attended } = await released(world);
      assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
      assert.match(json.reason, /deploy script failure/);
      assert.deepEqual(
        attended.tail()?.state.smokes.map(({ direction }) => direction),
        ['back'],
      );
      const folder = path.join(world.root, 'docs/release/records', `${json.run}.journal`, 'output');
      for (const name of readdirSync(folder)) {
        assert.ok(!readFileSync(path.join(folder, name), 'utf8').includes('tok_5f2b9d1c77aa4e0e'), name);
      }
      assertSound(world, json.run);
    }));

  it('Rolled-Back from a hang whose grandchildren ignore being asked to end: all of it is gone', () =>
    inWorld({ deploy: ['change', 'hang-stubborn'] }, async (world) => {
      const { ended, json } = await released(world);
      assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
      assert.match(json.reason, /Deploy hung - manual investigation required/);
      assertSound(world, json.run);
    }));

  it('UNKNOWN STATE where the rollback fails too: a person takes over, nothing is tried again', () =>
    inWorld({ ...bad({ readsFail: true }), rollback: ['exit 5'] }, async (world) => {
      const { ended, json } = await released(world);
      assert.deepEqual([ended.status, json.verdict], [4, 'Rolled-Back'], ended.err + ended.out);
      assert.deepEqual([json.isUnknownState, json.isRollbackVerified], [true, false]);
      assert.match(world.record(json.run), /UNKNOWN STATE/);
      assertSound(world, json.run);
    }));

  whole('Aborted by a person: nothing was touched', () =>
    inWorld({ metrics: 'prometheus' }, async (world) => {
      const { ended, json } = await released(world, {
        proceed: { choice: 'abort', text: 'the release train is late' },
      });
      assert.deepEqual([ended.status, json.verdict], [2, 'Aborted'], ended.err + ended.out);
      assert.deepEqual([json.liveSystem, world.deployments().length], ['unchanged', 0]);
      assert.match(json.reason, /the release train is late/);
      assertSound(world, json.run);
    }),
  );

  whole('refuses a wrong phrase, and takes the right one', () =>
    inWorld({}, async (world) => {
      const attended = attend(world, world.start(RELEASE), {
        ...willing,
        start: { choice: 'start', text: 'production' },
      });
      await until(
        'the phrase to be refused',
        () =>
          attended.tail()?.lines.some(({ entry }) => 'event' in entry && entry.event === 'answer-refused') ??
          false,
        60_000,
      );
      assert.deepEqual(world.deployments(), []);
      await attended.demand({ what: 'abort', reason: 'a typing error' });
      assert.equal((await attended.ended).status, 2);
    }),
  );

  describe('a soft breach', () => {
    /** A level only asks, when it was too high for ten polls in a row. */
    const soft: WorldOptions = {
      ...bad({ queueDepth: 30 }),
      polls: 20,
    };
    const cases: readonly (readonly [string, Replies['soft'], string])[] = [
      ['continue: goes on', { choice: 'continue' }, 'Released'],
      ['roll back: goes back', { choice: 'roll-back' }, 'Rolled-Back'],
    ];
    for (const [title, reply, verdict] of cases) {
      whole(title, () =>
        inWorld(soft, async (world) => {
          const { json, ended, attended } = await released(world, { ...willing, soft: reply ?? null });
          assert.equal(json.verdict, verdict, ended.err + ended.out);
          assert.ok(attended.tail()?.state.asked.some(({ question }) => question.kind === 'soft'));
          assertSound(world, json.run);
        }),
      );
    }

    it('is pre-empted by a hard one while it waits for an answer', () =>
      inWorld(soft, async (world) => {
        let isWorse = false;
        const { json, attended } = await released(
          world,
          { ...willing, soft: null },
          {
            meanwhile: (one) => {
              if (isWorse || one.tail()?.state.question?.kind !== 'soft') return;
              isWorse = true;
              world.setVersion('1.0.1', { queueDepth: 30, errorRate: 0.8 });
            },
          },
        );
        assert.ok(isWorse, 'a question was asked');
        assert.equal(json.verdict, 'Rolled-Back');
        const asked = attended.tail()?.state.asked.find(({ question }) => question.kind === 'soft');
        assert.equal(asked?.ended.how, 'withdrawn');
        assertSound(world, json.run);
      }));
  });

  it('stops and says so where the disk is full, and is gone on with from the last line', () =>
    inWorld({}, async (world) => {
      const attended = attend(world, world.start(RELEASE, { environment: failing('full', 14) }), willing);
      const ended = await attended.ended;
      assert.ok(ended.status === 4 || ended.status === 2, ended.err + ended.out);
      assert.match(ended.err, /is gone before its verdict/);
      assert.deepEqual(world.leftProcesses(), []);
      await goneOnWith(world, attended.run() ?? '', 'roll-back');
    }));

  whole('decides on a clock that does not jump', () =>
    inWorld({}, async (world) => {
      const { json, ended, attended } = await released(world, willing, {
        environment: failing('jump:-3600000', 22),
      });
      assert.equal(json.verdict, 'Released', ended.err + ended.out);
      const lines = attended.tail()?.lines ?? [];
      const ats = lines.map(({ at }) => Date.parse(at));
      assert.ok(
        ats.some((at, index) => index > 0 && at < (ats[index - 1] ?? 0) - 3_000_000),
        'the clock did jump',
      );
      assert.ok(
        lines.every(({ elapsedMs }, index) => index === 0 || elapsedMs >= (lines[index - 1]?.elapsedMs ?? 0)),
      );
    }),
  );

  it('lets one runner into an environment', () =>
    inWorld({}, async (world) => {
      const first = attend(world, world.start(RELEASE), { ...willing, proceed: null });
      await until('the first to ask', () => first.tail()?.state.question?.kind === 'proceed', 60_000);
      const second = await released(world);
      assert.deepEqual([second.ended.status, second.json.verdict], [2, 'Aborted']);
      assert.match(second.json.reason, /locked/);
      await first.demand({ what: 'abort', reason: 'enough' });
      await first.ended;
      assert.deepEqual(world.deployments(), []);
    }));

  whole('goes back where Prometheus is gone for two polls', () =>
    inWorld({}, async (world) => {
      const { json, ended } = await released(world, willing, {
        meanwhile: (one) => {
          if ((one.tail()?.state.watches.at(-1)?.done ?? 0) >= 3) world.prometheus?.setFault('gone');
        },
      });
      assert.equal(json.verdict, 'Rolled-Back', ended.err + ended.out);
      assertSound(world, json.run);
    }),
  );

  whole('goes out in the stages of a canary, each watched', () =>
    inWorld(
      {
        release: {
          strategies: {
            canary: [
              { name: '5%', arguments: ['--canary', '5%'], watch: '1s' },
              { name: '100%', arguments: ['--canary', '100%'] },
            ],
          },
        },
      },
      async (world) => {
        const { json, ended } = await released(world, { ...willing, strategy: { choice: 'canary' } });
        assert.equal(json.verdict, 'Released', ended.err + ended.out);
        assert.deepEqual(world.deployments(), ['1.0.1 5%', '1.0.1 100%']);
        assertSound(world, json.run);
      },
    ),
  );

  async function goneOnWith(world: ReleaseWorld, run: string, choice: string): Promise<void> {
    const attended = attend(
      world,
      world.start(['resume', '.', run, '--format', 'json']),
      {
        ...willing,
        interrupted: ({ choices }) => ({
          choice: choices.some(({ id }) => id === choice) ? choice : (choices[0]?.id ?? ''),
          text: 'after the runner was gone',
        }),
        soft: { choice: 'continue' },
      },
      run,
    );
    const ended = await attended.ended;
    assert.ok([0, 1, 2, 4].includes(ended.status ?? -1), ended.err + ended.out);
    assert.ok(attended.tail()?.state.verdict, `a verdict: ${ended.err}`);
    assertSound(world, run);
  }
});
