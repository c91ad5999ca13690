import assert from 'node:assert/strict';
import {
  readRestrictions,
  type Restrictions,
} from '../../../../../src/core/tasks/release/preflight/restrictions';

function read(text: string, environment = 'production', isProduction = true): Restrictions {
  return readRestrictions(text, environment, isProduction);
}

describe('a document on restrictions', () => {
  it('says change windows where days, times and a zone stand in one line', () => {
    const { windows, notes } = read(
      '## Change windows\n\n- Mon–Thu 9:00–16:00 Europe/Berlin\n- Fridays 09:00 to 12:00 UTC\n',
    );
    assert.deepEqual(windows, [
      { days: ['mon', 'tue', 'wed', 'thu'], from: '09:00', to: '16:00', zone: 'Europe/Berlin', line: 3 },
      { days: ['fri'], from: '09:00', to: '12:00', zone: 'UTC', line: 4 },
    ]);
    assert.deepEqual(notes, []);
  });

  it('says them in a table, for the environment that a row names', () => {
    const text = [
      '# Release windows',
      '',
      '| Environment | Days | From | To | Zone |',
      '| --- | --- | --- | --- | --- |',
      '| production | weekdays | 08:00 | 15:30 | America/New_York |',
      '| staging | daily | 00:00 | 24:00 | UTC |',
      '',
    ].join('\n');
    assert.deepEqual(
      read(text).windows.map(({ days, from, to, zone }) => [days.length, from, to, zone]),
      [[5, '08:00', '15:30', 'America/New_York']],
    );
    assert.deepEqual(
      read(text, 'staging', false).windows.map(({ days, to }) => [days.length, to]),
      [[7, '24:00']],
    );
  });

  it('is a note where a window lacks its zone or hedges', () => {
    for (const line of [
      'Change window: Mon-Thu 09:00-16:00',
      'Change window: Mon-Thu 09:00-16:00 UTC, except before holidays',
      'Change window: business hours',
    ]) {
      const { windows, notes } = read(`- ${line}\n`);
      assert.deepEqual([windows, notes.map(({ text }) => text)], [[], [line]]);
    }
  });

  it('says blackouts by their days', () => {
    const { freezes } = read(
      '## Blackouts\n\n| From | Until | Reason |\n| --- | --- | --- |\n| 2026-12-20 | 2027-01-03 | the season |\n\n- 2026-11-27: Black Friday\n',
    );
    assert.deepEqual(freezes, [
      { from: '2026-12-20', until: '2027-01-03', reason: 'the season', line: 5 },
      { from: '2026-11-27', until: '2026-11-27', reason: 'Black Friday', line: 7 },
    ]);
    assert.equal(read('- Blackout: the week before Christmas\n').notes.length, 1);
    assert.equal(read('- Blackout 2026-12-20 to 2027-01-03 was lifted\n').freezes.length, 0);
    assert.equal(read('- Blackout 2026-02-30 to 2026-03-01: x\n').freezes.length, 0);
  });

  it('says whether approvals are asked for', () => {
    const count = (text: string, environment = 'production'): number | null =>
      read(`- ${text}\n`, environment, environment === 'production').approvals?.count ?? null;
    assert.equal(count('Manual approval: required'), 1);
    assert.equal(count('Manual approval for production: required from two people'), 2);
    assert.equal(count('Approvals: 2'), 2);
    assert.equal(count('Every release to production requires a manual approval.'), 1);
    assert.equal(count('Production deployments need two approvals'), 2);
    assert.equal(count('Production deployments need two approvals', 'staging'), null);
    assert.equal(count('Manual approval: none'), null);
    assert.equal(count('Releases do not require approval'), null);
    assert.equal(count('Releases require approval when they touch payments'), null);
    assert.equal(count('A release to production is approved by operations.'), null);
  });

  it('asks for four eyes, and leaves an authority to a person', () => {
    assert.deepEqual(read('- Four-eyes principle: nobody releases alone\n').fourEyes, { line: 1 });
    assert.deepEqual(read('- Four-eyes principle\n').fourEyes, { line: 1 });
    assert.equal(read('- 4-eyes is not asked for\n').fourEyes, null);
    const { fourEyes, notes } = read('- Four eyes, by SOX\n- Artifacts stay in the region (ITAR)\n');
    assert.deepEqual([fourEyes, notes.length], [{ line: 1 }, 2]);
  });

  it('leaves everything else as it is', () => {
    const { windows, freezes, approvals, notes } = read(
      'Releases may go at any time.\n\n> Freeze: 2026-01-01\n',
    );
    assert.deepEqual(
      [windows, freezes, approvals, notes],
      [[], [], null, [{ text: 'Releases may go at any time.', line: 1 }]],
    );
  });

  it('takes no day that is something else for a blackout', () => {
    for (const text of [
      '# Change freeze policy\n\nLast reviewed: 2026-02-20\n',
      '# Change freeze policy\n\nReviewed 2026-01-01, next review 2026-07-01\n',
      '# Freezes\n\nThe freeze starts 2026-12-20.\n',
      '## Freezes\n\n| From | Until |\n| --- | --- |\n| 2026-12-20 | |\n',
      '## Freeze rules\n\n- No new features\n- Rollbacks allowed\n',
    ]) {
      assert.deepEqual(read(text).freezes, [], text);
      assert.ok(read(text).notes.length > 0, text);
    }
    assert.equal(read('- Code freeze from 2026-12-20 to 2027-01-03\n').freezes.length, 1);
  });

  it('takes no half day and no maintenance for a window', () => {
    const { windows, notes, hasUnreadWindows } = read(
      '## Maintenance windows\n\n- Scheduled maintenance: Sundays 02:00-04:00 UTC\n\n## Deployment windows\n\n- Weekdays 9:00-11:00 AM UTC\n',
    );
    assert.deepEqual([windows, notes.length, hasUnreadWindows], [[], 2, true]);
  });
});
