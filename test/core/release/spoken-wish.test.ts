import assert from 'node:assert/strict';
import { heardWish, type SpokenWish } from '../../../src/core/release/spoken-wish';

describe('a message that asks for what only a person starts', () => {
  const orders: readonly [string, SpokenWish][] = [
    ['release', 'release'],
    ['Release 2.4.0 to production', 'release'],
    ['ship it', 'release'],
    ['ship', 'release'],
    ['please ship orders 2.4.0', 'release'],
    ["let's go live!", 'release'],
    ['deploy to prod', 'release'],
    ['Can you deploy this to production now?', 'release'],
    ['promote to staging', 'release'],
    ['roll out 2.4.0', 'release'],
    ['rollback', 'roll-back'],
    ['roll back production', 'roll-back'],
    ['Abort the release.', 'abort'],
  ];
  for (const [message, wish] of orders) {
    it(`hears "${message}"`, () => assert.deepEqual(heardWish(message), { wish, isOrder: true }));
  }

  const mentions: readonly [string, SpokenWish][] = [
    ['what happens if we go live on a Friday?', 'release'],
    ['is it safe to deploy 2.4.0 to production today', 'release'],
    ['should we abort the release when p99 doubles?', 'abort'],
  ];
  for (const [message, wish] of mentions) {
    it(`answers "${message}" and offers besides`, () =>
      assert.deepEqual(heardWish(message), { wish, isOrder: false }));
  }

  for (const message of [
    'Is our rollback credible?',
    'release notes for 2.4.0',
    'Write the release plan for what changed since the last tag',
    'Can anything reach production without its tests?',
    'rollback runbook',
    'which workflows deploy',
    'deploy keys: where are they used?',
    'the relationship of staging and production',
    '',
  ]) {
    it(`offers nothing for "${message}"`, () => assert.equal(heardWish(message), null));
  }
});
