import assert from 'node:assert/strict';
import {
  isSameVersion,
  openRecords,
  overridesInForce,
  recordsIn,
} from '../../../src/core/records/records-in';
import { drillRecordKind } from '../../../src/core/documents/drill-record/drill-record-kind';
import { namesPerson } from '../../../src/core/records/strict';
import { memoryFiles } from '../../support/world';

const NOW = new Date('2026-11-25T12:00:00Z');

function drill(more: Readonly<Record<string, string>> = {}): string {
  const fields = {
    kind: 'drill-record',
    drill: 'rollback',
    environment: 'staging',
    'version-from': '"2.3.0"',
    'started-at': '2026-11-20T14:00Z',
    duration: '12m',
    outcome: 'passed',
    'recorded-by': 'Ada Byron',
    ...more,
  };
  return `---\n${Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}---\n\n# Drill\n\n## Evidence\n\n- docs/a.log\n`;
}

function override(more: Readonly<Record<string, string>> = {}): string {
  const fields = {
    kind: 'override',
    condition: 'drilled',
    environment: 'production',
    version: '"2.4.0"',
    name: 'Grace Hopper',
    until: '2026-11-30',
    'recorded-at': '2026-11-24T09:00Z',
    ...more,
  };
  return `---\n${Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('')}---\n\n# Override\n\n## Reason\n\nThe fix cannot wait.\n`;
}

describe('records', () => {
  it('are read below the folder of releases, wherever there', async () => {
    const records = await openRecords(
      memoryFiles({
        'docs/release/records/drill_rollback_staging_2.3.0_2026-11-20.md': drill(),
        'docs/release/friday.md': drill(),
        'test/fixtures/drill.md': drill(),
        'docs/release/records/notes.md': '# Notes\n',
      }),
      'docs/release',
      NOW,
    );
    assert.deepEqual(
      records.drills.map(({ path, seconds, hasPassed }) => [path, seconds, hasPassed]),
      [
        ['docs/release/friday.md', 720, true],
        ['docs/release/records/drill_rollback_staging_2.3.0_2026-11-20.md', 720, true],
      ],
    );
    assert.deepEqual(records.refused, []);
  });

  const REFUSED: Readonly<Record<string, readonly [Readonly<Record<string, string>>, RegExp]>> = {
    'a time without zone': [{ 'started-at': '2026-11-20 14:00' }, /start with date, time and zone/],
    'a day that is none': [{ 'started-at': '2026-13-20T14:00Z' }, /start with date/],
    'the future': [{ 'started-at': '2026-11-26T14:00Z' }, /of a time that has not come yet/],
    'no duration': [{ duration: 'soon' }, /duration such as 12m/],
    'an outcome of its own': [{ outcome: 'ok' }, /outcome \(passed or failed\)/],
    'nobody in particular': [{ 'recorded-by': 'the team' }, /name of the person/],
    'a program': [{ 'recorded-by': 'github-copilot' }, /name of the person/],
    'a version that is a number': [{ 'version-from': '2.10' }, /version-from in quotes/],
    'an unknown kind': [{ drill: 'fire' }, /kind of drill/],
  };
  for (const [name, [more, why]] of Object.entries(REFUSED)) {
    it(`are refused for ${name}`, () => {
      const records = recordsIn(
        [drillRecordKind.read('docs/release/records/drill_x.md', drill(more))],
        'docs/release',
        NOW,
      );
      assert.equal(records.drills.length, 0);
      assert.match(records.refused[0]?.why ?? '', why);
    });
  }

  it('know a person from a name that is nobody', () => {
    for (const name of ['Ada Byron', 'ada', 'Jürgen Müller <j@x.de>', '李雷', 'Bo'])
      assert.ok(namesPerson(name), name);
    for (const name of ['', 'team', 'root', 'dependabot[bot]', 'Copilot', 'UNKNOWN(name)', '-', '42'])
      assert.ok(!namesPerson(name), name);
  });
});

describe('an override', () => {
  const inForce = async (text: string, version: string | null = '2.4.0', environment = 'production') => {
    const records = await openRecords(
      memoryFiles({ 'docs/release/records/override_a.md': text }),
      'docs/release',
      NOW,
    );
    const { inForce: held, idle } = overridesInForce(records, { version, environment }, '2026-11-25');
    return held.length > 0 ? 'in force' : (idle[0]?.why ?? records.refused[0]?.why);
  };

  it('holds for its version and environment up to its last day', async () => {
    assert.equal(await inForce(override()), 'in force');
    assert.equal(await inForce(override(), 'v2.4.0', 'Production'), 'in force');
    assert.equal(await inForce(override({ until: '2026-11-25' })), 'in force');
  });

  it('does not count for another version or environment, or past its day, and says so', async () => {
    assert.equal(await inForce(override(), '2.4.1'), 'is for version 2.4.0');
    assert.equal(await inForce(override(), null), 'is for version 2.4.0');
    assert.equal(await inForce(override(), '2.4.0', 'staging'), 'is for production');
    assert.equal(await inForce(override({ until: '2026-11-24' })), 'ended on 2026-11-24');
  });

  it('does not count without name, reason or end', async () => {
    assert.match((await inForce(override({ name: '' }))) ?? '', /name of the person/);
    assert.match((await inForce(override({ until: 'never' }))) ?? '', /last day/);
    assert.match((await inForce(override().replace('The fix cannot wait.', ''))) ?? '', /reason/);
  });

  it('compares versions with or without v', () => {
    assert.ok(isSameVersion('v1.2.0', '1.2.0'));
    assert.ok(!isSameVersion('1.2.0', '1.2'));
    assert.ok(!isSameVersion('', ''));
  });
});
