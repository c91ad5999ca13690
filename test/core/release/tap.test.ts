import { strict as assert } from 'node:assert';
import { readTap } from '../../../src/core/release/tap';

describe('TAP', () => {
  it('is read with other lines between, the outermost level alone', () => {
    const tap = readTap([
      'TAP version 14',
      'starting',
      '1..5',
      'ok 1 - signs in',
      '    not ok 1 - inner',
      'not ok 2 - orders # a remark',
      'ok 3 - pays # SKIP no card',
      'not ok 4 - refunds # TODO later',
      'ok',
    ]);
    assert.deepEqual(
      tap?.cases.map(({ name, outcome, detail }) => `${name}: ${outcome} ${detail}`.trim()),
      [
        'signs in: passed',
        'orders # a remark: failed',
        'pays: not-run skip no card',
        'refunds: passed todo later',
        'case 5: passed',
      ],
    );
    assert.equal(tap?.problem, '');
  });

  it('says what is missing, and that it was given up', () => {
    assert.equal(readTap(['1..3', 'ok 1'])?.problem, '3 cases were announced, 1 told');
    assert.equal(readTap(['ok 1', 'Bail out! no database'])?.problem, 'the tests were given up: no database');
    assert.equal(readTap(['all is okay', 'okay 1']), null);
  });
});
