import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { until } from '../world/release-world';
import { assertSound } from './attend';
import { atTerminal, canHaveTerminal } from './at-terminal';
import { SHORT, worldsOfSuite } from './in-world';

describe('a release at a terminal', function () {
  this.timeout(180_000);
  const inWorld = worldsOfSuite();

  it('is answered by typing, left with Ctrl+C while it goes on, and looked into again', function () {
    if (!canHaveTerminal()) this.skip();
    return inWorld({ ...SHORT, polls: 24 }, async (world) => {
      const first = atTerminal(world, ['release', '--env', 'production', '--version', '1.0.1']);
      const shows = (what: RegExp, on = first): Promise<void> =>
        until(`${String(what)} on the screen`, () => what.test(on.screen().join('\n')), 60_000).catch(
          (error: unknown) => {
            throw new Error(`${String(error)}\n${on.screen().join('\n')}`);
          },
        );
      await shows(/Does it go on\?/);
      first.press('nonsense\r');
      await shows(/"nonsense" is none of the answers/);
      first.press('procx\u007fe\r');
      await shows(/How does 1\.0\.1 to production go out\?/);
      first.press('all\r');
      await shows(/Deploy 1\.0\.1 to production\?/);
      assert.deepEqual(world.deployments(), []);
      first.press('production 1.0.1\r');
      await shows(/Watching the release: poll [2-9] of 24/);
      const screen = first.screen();
      const text = screen.join('\n');
      assert.match(text, /✓ Phase 1: Pre-release gate/);
      assert.match(text, /▶ Phase 5: Watch window/);
      assert.match(text, /error rate +[▁▂▃▄▅▆▇█ ]+ /);
      assert.match(text, /Ctrl\+C leaves it running/);
      assert.equal(screen.filter((line) => /Phase 1: Pre-release gate/.test(line)).length, 1, text);
      assert.ok(
        screen.every((line) => line.length <= 120),
        text,
      );
      first.press('\u0003');
      assert.equal(await first.ended, 0);
      assert.match(first.text(), /It goes on: .*Look in: release-gate follow \. release_1\.0\.1_production/);
      const [run = ''] = world.runs();
      assert.equal(
        world.journal().some(({ entry }) => 'event' in entry && entry.event === 'declared'),
        false,
      );
      const again = atTerminal(world, ['follow', '.', run]);
      await shows(/Watching the release: poll/, again);
      assert.equal(await again.ended, 0, again.text());
      assert.match(again.text(), /Released: smoke tests passed/);
      assert.deepEqual(world.deployments(), ['1.0.1 100%']);
      assertSound(world, run);
    });
  });
});
