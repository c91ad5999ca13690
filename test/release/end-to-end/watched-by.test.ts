import assert from 'node:assert/strict';
import { describe } from 'mocha';
import { assertSound, released, willing } from './attend';
import { SHORT, UNASKED, whole, worldsOfSuite } from './in-world';

describe('what a release is watched by', function () {
  this.timeout(180_000);
  const inWorld = worldsOfSuite();

  (['slow', 'gone', 'wrong', 'empty'] as const).forEach((fault) =>
    whole(`a Prometheus that is ${fault} before anything is deployed: Aborted`, () =>
      inWorld(SHORT, async (world) => {
        world.prometheus?.setFault(fault);
        const { ended, json } = await released(world, {
          ...willing,
          proceed: ({ choices }) =>
            choices.some(({ id }) => id === 'proceed')
              ? { choice: 'proceed' }
              : { choice: 'abort', text: 'nothing can be watched' },
        });
        assert.deepEqual([ended.status, json.verdict], [2, 'Aborted'], ended.err + ended.out);
        assert.deepEqual(world.deployments(), []);
        assert.match(world.record(json.run), /error rate/);
        assertSound(world, json.run);
      }),
    ),
  );

  (['slow', 'wrong', 'empty'] as const).forEach((fault) =>
    whole(`a Prometheus that is ${fault} amid the watch: goes back after the second poll without data`, () =>
      inWorld({ ...SHORT, polls: 16 }, async (world) => {
        const { ended, json, attended } = await released(world, willing, {
          meanwhile: (one) => {
            if ((one.tail()?.state.watches.at(-1)?.done ?? 0) >= 4) world.prometheus?.setFault(fault);
            // It is there again for the version before.
            if (one.tail()?.state.rollback) world.prometheus?.setFault('none');
          },
        });
        assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
        assert.match(json.reason, /no data|without data|missing/i);
        const [watch] = attended.tail()?.state.watches ?? [];
        assert.ok((watch?.done ?? 0) < 16);
        assertSound(world, json.run);
      }),
    ),
  );

  [false, true].forEach((isBad) =>
    whole(`programs that print numbers, of a version that is ${isBad ? 'bad: back' : 'well: Released'}`, () =>
      inWorld(
        {
          ...SHORT,
          // Each poll starts a program for each metric.
          intervalMs: 1000,
          polls: 6,
          metrics: 'command',
          // A hundred errors within thirty polls: the baseline need not go back further.
          traffic: 250,
          versions: { '1.0.0': { errorRate: 0.02 }, '1.0.1': { errorRate: isBad ? 0.8 : 0.02 } },
        },
        async (world) => {
          const { ended, json, attended } = await released(world);
          assert.equal(json.verdict, isBad ? 'Rolled-Back' : 'Released', ended.err + ended.out);
          if (isBad) assert.match(json.reason, /error rate breached/);
          const counted = attended.tail()?.state.baseline?.past['error rate']?.baseline ?? [];
          assert.ok(counted.length >= 30, `a baseline of ${counted.length} intervals`);
          assertSound(world, json.run);
        },
      ),
    ),
  );

  (
    [
      ['well', {}, 'Released'],
      ['not healthy', { isUnhealthy: true }, 'Rolled-Back'],
    ] as const
  ).forEach(([title, faults, verdict]) =>
    whole(`probes of its own, of a version that is ${title}`, () =>
      inWorld(
        { readiness: UNASKED, polls: 5, metrics: 'probes', versions: { '1.0.1': faults } },
        async (world) => {
          const { ended, json } = await released(world);
          assert.equal(json.verdict, verdict, ended.err + ended.out);
          assert.match(world.record(json.run), /probes/);
          assertSound(world, json.run);
        },
      ),
    ),
  );
});
