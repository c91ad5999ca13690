import assert from 'node:assert/strict';
import fc from 'fast-check';
import { durationText, readDuration } from '../../../src/core/records/duration';

describe('a duration', () => {
  const READ: Readonly<Record<string, number | null>> = {
    '12m': 720,
    '90s': 90,
    '1h5m': 3900,
    '1 h 5 min': 3900,
    '2 hours': 7200,
    '1h 2m 3s': 3723,
    '12': null,
    '0m': null,
    '': null,
    '-5m': null,
    '1.5h': null,
    '5m1h': null,
    'twelve minutes': null,
    '12m!': null,
  };
  for (const [text, seconds] of Object.entries(READ)) {
    it(`reads "${text}" as ${seconds}`, () => assert.equal(readDuration(text), seconds));
  }

  it('is read back as it is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_000_000 }), (seconds) =>
        assert.equal(readDuration(durationText(seconds)), seconds),
      ),
    );
  });
});
