import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import path from 'node:path';
import { writeFileSync } from 'node:fs';
import { assertSound, RELEASE, released, willing } from './attend';
import { ASKING, SHORT, UNASKED, whole, worldsOfSuite } from './in-world';
import { until } from '../world/release-world';

const UNATTENDED = [...RELEASE, '--unattended', '--strategy-file', 'docs/release/strategy.yml'];
const STRATEGY = 'strategy: all-at-once\nreason: the change is small, as the plan says\n';
const PRELOAD = path.resolve('test/release/world/fault-in-runner.cjs');

describe('what people decide in a release, or laid down before it', function () {
  this.timeout(180_000);
  const inWorld = worldsOfSuite();

  [true, false].forEach((isExtended) =>
    whole(
      `a soft breach, ${isExtended ? 'extended and then taken back by a person' : 'taken back at once'}`,
      () =>
        inWorld(ASKING, async (world) => {
          let isDemanded = false;
          const { ended, json, attended } = await released(
            world,
            { ...willing, soft: isExtended ? { choice: 'extend', text: '1' } : { choice: 'roll-back' } },
            {
              meanwhile: async (one) => {
                const watch = one.tail()?.state.watches.at(-1);
                if (isDemanded || watch?.of !== 'window' || watch.polls < 134) return;
                isDemanded = true;
                await one.demand({ what: 'roll-back', reason: 'the queue does not get shorter' });
              },
            },
          );
          assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
          assert.equal(isDemanded, isExtended);
          assert.match(
            json.reason,
            isExtended
              ? /Grace asked for it: the queue does not get shorter/
              : /a person chose it on a soft breach/,
          );
          const [watch] = attended.tail()?.state.watches ?? [];
          // A minute is a hundred and twenty polls more.
          assert.equal(watch?.polls, isExtended ? 134 : 14);
          const asked = attended.tail()?.state.asked.filter(({ question }) => question.kind === 'soft') ?? [];
          assert.equal(asked.length, 1);
          const record = world.record(json.run);
          assert.match(record, /queue depth/);
          assert.match(record, isExtended ? /\| extend \| 1 \| Grace/ : /\| roll-back \|/);
          assertSound(world, json.run);
        }),
    ),
  );

  it('nobody attends: what an approval and a file lay down is done, hooks that fail are owed', () =>
    inWorld(
      {
        ...SHORT,
        files: { 'docs/release/strategy.yml': STRATEGY },
        release: {
          hooks: {
            announce: ['sh', '-c', 'echo "$ORDERS_TOKEN tok_5f2b9d1c77aa4e0e is refused" >&2; exit 3'],
            retrospective: ['sh', '-c', 'echo asked >>"$RELEASE_WORLD/retrospective"'],
            tracker: ['there-is-no-such-program'],
          },
        },
      },
      async (world) => {
        const ended = await world.run(UNATTENDED);
        assert.equal(ended.status, 0, ended.err + ended.out);
        const json = JSON.parse(ended.out) as {
          run: string;
          verdict: string;
          leftovers: string[];
        };
        assert.equal(json.verdict, 'Released');
        assert.deepEqual(world.deployments(), ['1.0.1 100%']);
        const owed = json.leftovers.join('\n');
        assert.match(owed, /announce/);
        assert.match(owed, /tracker/);
        assert.doesNotMatch(owed, /retrospective/);
        const record = world.record(json.run);
        assert.match(record, /Grace \(by a file\)/);
        assert.match(record, /the change is small, as the plan says/);
        assert.match(record, /docs\/release\/records\/approval_1\.0\.1\.md/);
        assert.match(record, /announce/);
        assertSound(world, json.run);
      },
    ));

  whole('nobody attends: a soft breach that nobody answers goes back', () =>
    inWorld(
      {
        ...ASKING,
        files: { 'docs/release/strategy.yml': STRATEGY },
      },
      async (world) => {
        const { ended, json, attended } = await released(world, {}, { args: UNATTENDED });
        assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
        assert.match(json.reason, /a soft breach was not answered in time/);
        const asked = attended.tail()?.state.asked.find(({ question }) => question.kind === 'soft');
        assert.equal(asked?.ended.how, 'expired');
        assertSound(world, json.run);
      },
    ),
  );

  whole('nobody attends: nothing begins without an approval on record, and a file with a strategy', () =>
    inWorld({ ...SHORT, files: { 'docs/release/strategy.yml': 'strategy: canary\n' } }, async (world) => {
      const without = await world.run(UNATTENDED.slice(0, -2));
      assert.equal(without.status, 2, without.err);
      assert.match(without.err, /takes its strategy from a file/);
      const unreasoned = await world.run(UNATTENDED);
      assert.equal(unreasoned.status, 2);
      assert.match(unreasoned.err, /gives no reason for the strategy/);
      writeFileSync(path.join(world.root, 'docs/release/strategy.yml'), STRATEGY);
      const other = await world.run(UNATTENDED.map((word) => (word === '1.0.1' ? '1.0.2' : word)));
      assert.equal(other.status, 2);
      assert.match(other.err, /needs an approval: .*have a person record it/);
      assert.deepEqual([world.deployments(), world.runs()], [[], []]);
    }),
  );

  whole('skips the watch on a phrase and a reason: Released-with-override, told with an incident', () =>
    inWorld(
      {
        ...SHORT,
        polls: 120,
        release: {
          hooks: { 'incident-retrospective': ['sh', '-c', 'echo asked >>"$RELEASE_WORLD/retrospective"'] },
        },
      },
      async (world) => {
        let said = 0;
        const skip = { what: 'skip-watch', reason: 'the fix of an outage cannot wait' } as const;
        const { ended, json, attended } = await released(world, willing, {
          meanwhile: async (one) => {
            if ((one.tail()?.state.watches.at(-1)?.done ?? 0) <= said) return;
            said += 1;
            if (said === 1) await one.demand({ ...skip, phrase: 'production' });
            else if (said === 2) await one.demand({ ...skip, phrase: 'production 1.0.1' });
          },
        });
        assert.deepEqual([ended.status, json.verdict], [0, 'Released'], ended.err + ended.out);
        const lines = attended.tail()?.lines ?? [];
        const refused = lines.find(({ entry }) => 'event' in entry && entry.event === 'answer-refused');
        assert.ok(refused, 'a wrong phrase is refused');
        const record = world.record(json.run);
        assert.match(record, /Released-with-override/);
        assert.match(record, /the fix of an outage cannot wait/);
        const done = (attended.tail()?.state.followUps ?? []).map(
          ({ what, isDone }) => `${what} ${String(isDone)}`,
        );
        assert.ok(done.includes('incident true'), done.join(', '));
        assert.ok(done.includes('incident-retrospective true'), done.join(', '));
        assertSound(world, json.run);
      },
    ),
  );

  whole('goes back from the first stage of a canary: the others never begin', () =>
    inWorld(
      {
        readiness: UNASKED,
        release: {
          strategies: {
            canary: [
              { name: '50%', arguments: ['--canary', '50%'], watch: '4s' },
              { name: '100%', arguments: ['--canary', '100%'] },
            ],
          },
        },
        versions: { '1.0.1': { errorRate: 0.9 } },
      },
      async (world) => {
        const { ended, json, attended } = await released(world, {
          ...willing,
          strategy: { choice: 'canary' },
        });
        assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
        assert.match(json.reason, /error rate breached/);
        assert.deepEqual(world.deployments(), ['1.0.1 50%']);
        assert.deepEqual(
          attended.tail()?.state.watches.map(({ of, ended: how }) => `${of} ${how ?? ''}`),
          ['stage hard', 'rollback complete'],
        );
        assertSound(world, json.run);
      },
    ),
  );

  (
    [
      ['done', 'switched the balancer by hand;  3 of 3 nodes | "green"', 'Released'],
      ['failed', 'node 2 of 3 did not come up', 'Rolled-Back'],
    ] as const
  ).forEach(([choice, text, verdict]) =>
    whole(`a manual release that a person calls ${choice}, recorded as it was said`, () =>
      inWorld(
        {
          ...SHORT,
          release: { checklist: ['Switch the balancer to the new pool', 'Look at the orders page'] },
        },
        async (world) => {
          const { ended, json } = await released(world, {
            ...willing,
            strategy: { choice: 'manual' },
            manual: { choice, text },
          });
          assert.equal(json.verdict, verdict, ended.err + ended.out);
          assert.deepEqual(world.deployments(), []);
          assert.deepEqual(world.rollbacks(), choice === 'failed' ? ['1.0.0'] : []);
          const record = world.record(json.run);
          assert.ok(world.journal().some(({ entry }) => 'answer' in entry && entry.answer.text === text));
          // A cell of a table escapes what would end it, and shows two spaces as one.
          assert.ok(record.includes(text.replace('  ', ' ').replaceAll('|', String.raw`\|`)), record);
          assert.match(record, /Switch the balancer to the new pool/);
          assertSound(world, json.run);
        },
      ),
    ),
  );

  whole('a clock that jumps amid the watch, forward by a day', () =>
    inWorld(SHORT, async (world) => {
      const { ended, json, attended } = await released(world, willing, {
        environment: {
          NODE_OPTIONS: `--require ${PRELOAD}`,
          RELEASE_WORLD_FAULT: 'jump:86400000',
          RELEASE_WORLD_LINE: '20',
        },
      });
      assert.ok(json.verdict !== null, ended.err + ended.out);
      const lines = attended.tail()?.lines ?? [];
      assert.ok((lines.at(-1)?.elapsedMs ?? Infinity) < 60_000, 'the time of the run does not jump');
      assertSound(world, json.run);
    }),
  );

  (
    [
      ['a program that finds it', { command: ['sh', 'scripts/scan.sh'] }],
      ['a report that appears', { sarif: ['reports/*.sarif'] }],
    ] as const
  ).forEach(([title, vulnerability]) =>
    whole(`goes back for a vulnerability: ${title}`, () =>
      inWorld(
        {
          ...SHORT,
          polls: 60,
          release: { vulnerability },
          files: {
            'scripts/scan.sh':
              'if [ -e reports/found.sarif ]; then echo "orders-lib 1.2 tok_5f2b9d1c77aa4e0e: CVE-2026-1"; exit 1; fi\n',
            'reports/before.sarif': sarif('CVE-2020-1'),
          },
        },
        async (world) => {
          const { ended, json } = await released(world, willing, {
            meanwhile: (one) => {
              if ((one.tail()?.state.watches.at(-1)?.done ?? 0) < 2) return;
              writeFileSync(path.join(world.root, 'reports/found.sarif'), sarif('CVE-2026-1'));
            },
          });
          assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
          assert.match(json.reason, /a vulnerability was found: .*CVE-2026-1/);
          assertSound(world, json.run);
        },
      ),
    ),
  );

  whole('an environment that another machine holds is left alone, and who holds it is said', () =>
    inWorld(SHORT, async (world) => {
      const first = world.start([...RELEASE]);
      await until(
        'the first to hold the environment',
        () => world.journal().some(({ entry }) => 'event' in entry && entry.event === 'locked'),
        60_000,
      );
      // Another machine has locks of its own, and only the remote in common.
      const { ended, json } = await released(world, willing, {
        environment: { RELEASE_GATE_STATE: path.join(world.state, 'other-machine') },
      });
      first.kill();
      assert.deepEqual([ended.status, json.verdict], [2, 'Aborted'], ended.err + ended.out);
      assert.match(json.reason, /locked: .*Ada Example.*holds it on "origin"/);
      assert.match(world.record(json.run), /holds it on "origin"/);
    }),
  );

  whole('two environments are two releases', () =>
    inWorld(SHORT, async (world) => {
      const ended = await world.run(['release', '--env', 'staging,production', '--version', '1.0.1']);
      assert.equal(ended.status, 2);
      assert.match(ended.err, /staging, production are 2: run it for each by itself/);
      assert.deepEqual([world.deployments(), world.runs()], [[], []]);
    }),
  );
});

function sarif(rule: string): string {
  return JSON.stringify({
    version: '2.1.0',
    runs: [{ results: [{ ruleId: rule, level: 'error', message: { text: 'a known hole' } }] }],
  });
}
