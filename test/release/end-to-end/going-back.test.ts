import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { GATE_SETTINGS, git } from '../world/orders-repository';
import { until, type ReleaseWorld } from '../world/release-world';
import { assertSound, attend, jsonOf, released, RELEASE, willing } from './attend';
import { atTerminal, canHaveTerminal } from './at-terminal';
import { SHORT, UNASKED, whole, worldsOfSuite } from './in-world';

const BACK = ['rollback', '--env', 'production', '--version', '1.0.1', '--format', 'json'];

/** A release went out some time ago, and nothing records it. */
async function outAlready(world: ReleaseWorld): Promise<void> {
  await git(world.root, 'tag', 'v1.0.1');
  await world.run(['--version']);
}

describe('going back by itself, and what failed before', function () {
  this.timeout(180_000);
  const inWorld = worldsOfSuite();

  it('release-gate rollback: one phrase, to what the tags say was before, checked', () =>
    inWorld(SHORT, async (world) => {
      await outAlready(world);
      const { ended, json, attended } = await released(world, willing, { args: BACK });
      assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
      assert.equal(json.isRollbackVerified, true);
      assert.deepEqual([world.rollbacks(), world.deployments()], [['1.0.0'], []]);
      assert.deepEqual(
        attended.tail()?.state.asked.map(({ question }) => `${question.kind}: ${question.text}`),
        ['start: Go back on production from 1.0.1 to 1.0.0?'],
      );
      assert.match(world.record(json.run), /Goes back to:\*\* 1\.0\.0/);
      assertSound(world, json.run);
    }));

  whole('release-gate rollback that fails: UNKNOWN STATE', () =>
    inWorld({ ...SHORT, rollback: ['exit 9'] }, async (world) => {
      await outAlready(world);
      const { ended, json } = await released(world, willing, { args: [...BACK, '--to', '1.0.0'] });
      assert.deepEqual([ended.status, json.isUnknownState], [4, true], ended.err + ended.out);
      assert.match(world.record(json.run), /UNKNOWN STATE/);
      assertSound(world, json.run);
    }),
  );

  whole('release-gate rollback where nothing tells what to go back to: says so, and touches nothing', () =>
    inWorld(SHORT, async (world) => {
      const args = BACK.map((word) => (word === '1.0.1' ? '3.0.0' : word));
      const { ended, json } = await released(world, willing, { args });
      assert.deepEqual([ended.status, json.verdict], [2, 'Aborted'], ended.err + ended.out);
      assert.match(json.reason, /name it with --to/);
      assert.deepEqual([world.rollbacks(), world.deployments()], [[], []]);
    }),
  );

  whole(
    'release-gate rollback while a release is under way: that one goes back, and there is no second',
    () =>
      inWorld({ ...SHORT, polls: 60 }, async (world) => {
        const first = attend(world, world.start(RELEASE), willing);
        await until('a poll', () => (first.tail()?.state.watches.at(-1)?.done ?? 0) > 0, 60_000);
        const second = await world.run(BACK);
        assert.equal(second.status, 1, second.err);
        const json = jsonOf(await first.ended);
        assert.equal(json.verdict, 'Rolled-Back');
        assert.equal(jsonOf(second).run, json.run);
        assert.equal(world.runs().length, 1);
        assertSound(world, json.run);
      }),
  );

  it('release-gate drill in staging: out, back, on record, and read by the gate', () =>
    inWorld({ readiness: GATE_SETTINGS.readiness, polls: 4 }, async (world) => {
      const records = path.join(world.root, 'docs/release/records');
      const before = new Set(readdirSync(records));
      const args = ['drill', '--env', 'staging', '--version', '1.0.1', '--format', 'json'];
      const { ended, json } = await released(
        world,
        { ...willing, start: { choice: 'start', text: 'staging 1.0.1' } },
        { args },
      );
      assert.deepEqual([ended.status, json.verdict], [1, 'Rolled-Back'], ended.err + ended.out);
      assert.deepEqual([world.deployments(), world.rollbacks()], [['1.0.1 100%'], ['1.0.0']]);
      assertSound(world, json.run);
      const drills = readdirSync(records).filter(
        (name) => /^drill_rollback_/.test(name) && !before.has(name),
      );
      assert.equal(drills.length, 1, readdirSync(records).join(', '));
      const drill = readFileSync(path.join(records, drills[0] ?? ''), 'utf8');
      assert.match(drill, /passed/);
      await git(world.root, 'add', '--all');
      await git(world.root, 'commit', '--quiet', '--no-verify', '--message=docs: a drill');
      const gate = await world.run(['gate', '--version', '1.0.1', '--format', 'json']);
      assert.ok(gate.out.includes(drills[0] ?? '-'), gate.out.slice(0, 4000));
    }));

  whole('a release that went back closes its environment until a person resolves it by its fix', function () {
    if (!canHaveTerminal()) this.skip();
    return inWorld(
      {
        polls: 4,
        readiness: { conditions: { ...UNASKED.conditions, 'failed-release-resolved': 'block' } },
        deploy: ['change', 'exit 7'],
      },
      async (world) => {
        const failed = await released(world);
        assert.equal(failed.json.verdict, 'Rolled-Back', failed.ended.err);
        const incident = readdirSync(world.root, { recursive: true }).filter((name) =>
          /incident|postmortem/i.test(String(name)),
        );
        assert.ok(incident.length > 0, 'an incident is written');
        await git(world.root, 'add', '--all');
        await git(world.root, 'commit', '--quiet', '--no-verify', '--message=docs: what failed');
        world.setPlatform('deploy', []);
        const judged = await released(world, {
          proceed: ({ choices, grounds }) => {
            assert.ok(!choices.some(({ id }) => id === 'proceed'));
            assert.match(grounds.join('\n'), /1\.0\.1/);
            return { choice: 'abort', text: 'it is not resolved' };
          },
        });
        assert.equal(judged.json.verdict, 'Aborted');
        assert.equal(world.deployments().length, 1);
        const resolve = atTerminal(world, [
          ...['resolve', '--env', 'production', '--fix', 'HEAD', '--reason', 'the probe waits longer now'],
          '--write',
        ]);
        await until('the phrase to be asked for', () => /production 1\.0\.1/.test(resolve.text()), 30_000);
        resolve.press('production 1.0.1\r');
        assert.equal(await resolve.ended, 0, resolve.text());
        await git(world.root, 'add', '--all');
        await git(world.root, 'commit', '--quiet', '--no-verify', '--message=docs: what failed is resolved');
        assert.match(world.record(failed.json.run), /resolution: "?the probe waits longer now/);
        let canProceed = false;
        await released(world, {
          proceed: ({ choices, grounds }) => {
            canProceed = choices.some(({ id }) => id === 'proceed');
            assert.ok(canProceed, grounds.join('\n'));
            return { choice: 'abort', text: 'seen' };
          },
        });
        assert.ok(canProceed);
      },
    );
  });

  whole(
    'a record of each verdict has who, what, when, why and evidence, and stands as its journal does',
    () =>
      inWorld(SHORT, async (world) => {
        const verdicts = [
          await released(world, { ...willing, proceed: { choice: 'abort', text: 'the train is late' } }),
          await released(world),
        ];
        for (const { json } of verdicts) {
          const record = world.record(json.run);
          for (const said of [
            /- \*\*Verdict:\*\* (Released|Aborted)/,
            /- \*\*Reason:\*\* \S+/,
            /- \*\*Started by:\*\* Ada Example \(terminal\)/,
            /- \*\*Time:\*\* began \d{4}-.*verdict \d{4}-/,
            /- \*\*Lock:\*\* held/,
            /seal: "[0-9a-f]{64}"/,
          ])
            assert.match(record, said);
          assert.doesNotMatch(record, /undefined|\[object|NaN|UNKNOWN\(/);
          assert.doesNotMatch(record, /still under way/);
          for (const [, file] of record.matchAll(/`?(docs\/release\/records\/[\w./-]+\.(?:jsonl|md|log))/g))
            assert.ok(existsSync(path.join(world.root, file ?? '')), file);
        }
      }),
  );
});
