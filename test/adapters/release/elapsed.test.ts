import assert from 'node:assert/strict';
import { createElapsed } from '../../../src/adapters/release/elapsed';

describe('clock of a run', () => {
  it('goes on from the last line, and no setting of the wall clock changes it', () => {
    let wall = Date.parse('2026-10-25T00:59:00Z');
    let counted = 5_000;
    const clock = createElapsed({ elapsedMs: 120_000 }, { now: () => new Date(wall) }, () => counted);
    assert.equal(clock.elapsedMs(), 120_000);
    counted += 1_000;
    wall += 1_000 - 3_600_000;
    assert.equal(clock.elapsedMs(), 121_000);
    assert.equal(clock.driftMs(), -3_600_000);
    wall += 7_200_000;
    assert.equal(clock.elapsedMs(), 121_000);
    assert.equal(clock.driftMs(), 3_600_000);
    assert.equal(clock.now().getTime(), wall);
  });

  it('never goes back', () => {
    let counted = 100;
    const clock = createElapsed(null, { now: () => new Date(0) }, () => counted);
    counted = 150.4;
    assert.equal(clock.elapsedMs(), 50);
    counted = 120;
    assert.equal(clock.elapsedMs(), 50);
  });

  it('counts real time by default', async () => {
    const clock = createElapsed(null, { now: () => new Date() });
    await new Promise((resolve) => setTimeout(resolve, 60));
    assert.ok(clock.elapsedMs() >= 50 && clock.elapsedMs() < 5_000);
    assert.ok(Math.abs(clock.driftMs()) < 1_000);
  });
});
