import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** The last number of each field of work; each is numbered from 1 without a gap. */
const LAST_NUMBERS = { S0: 75, S1: 34, S2: 58, S3: 99, S4: 67 } as const;
const DECISIONS = 21;

/** What the third column begins with: the first three for requirements, the others for decisions. */
const STATES = ['met', 'partly', 'not met yet', 'in force', 'partly in force', 'not yet in force'] as const;
type State = (typeof STATES)[number];

interface Row {
  readonly id: string;
  readonly requirement: string;
  readonly standing: string;
  readonly state: State | null;
  readonly places: readonly string[];
}

const text = readFileSync(join(ROOT, 'docs', 'requirements.md'), 'utf8');
const rows: readonly Row[] = text.split('\n').flatMap((line) => {
  if (!/^\|\s*(?:S\d|C\d)/.test(line)) return [];
  const cells = line.split('|').map((cell) => cell.trim());
  assert.equal(cells.length, 5, `three columns: ${line}`);
  const [, id = '', requirement = '', standing = ''] = cells;
  return [{ id, requirement, standing, state: stateOf(standing), places: placesIn(standing) }];
});

/** "met: where", or "not met yet (note)": the state, then nothing, a colon or a note. */
function stateOf(standing: string): State | null {
  const head = /^([a-z ]+?)(?:: .+| \(.+\))?$/.exec(standing)?.[1];
  return STATES.find((state) => state === head) ?? null;
}

function placesIn(standing: string): readonly string[] {
  return [...standing.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}

function isTest(place: string): boolean {
  return place.startsWith('test/') && place.endsWith('.test.ts');
}

function countOf(state: State): number {
  return rows.filter((row) => row.state === state).length;
}

describe('docs/requirements.md', () => {
  it('has every requirement and decision exactly once, in order', () => {
    const expected = [
      ...Object.entries(LAST_NUMBERS).flatMap(([field, last]) =>
        Array.from({ length: last }, (_, index) => `${field}-${String(index + 1).padStart(2, '0')}`),
      ),
      ...Array.from({ length: DECISIONS }, (_, index) => `C${index + 1}`),
    ];
    assert.deepEqual(
      rows.map(({ id }) => id),
      expected,
    );
  });

  it('says of every row what is asked and how it stands, in the words of its kind', () => {
    for (const { id, requirement, standing, state } of rows) {
      assert.ok(requirement.length > 10, `${id} says what is asked`);
      assert.ok(state !== null, `${id} begins with a known state: ${standing}`);
      assert.equal(state.endsWith('in force'), id.startsWith('C'), `${id}: ${standing}`);
    }
  });

  it('names only places that exist', () => {
    for (const { id, places } of rows) {
      for (const place of places) {
        assert.ok(!place.startsWith('/') && !place.includes('..'), `${id}: ${place} is in the project`);
        assert.ok(existsSync(join(ROOT, place)), `${id}: ${place} does not exist`);
      }
    }
  });

  it('names a test and the code for every row that claims something', () => {
    for (const { id, state, places } of rows) {
      if (state === 'not met yet' || state === 'not yet in force') {
        assert.deepEqual(places, [], `${id} is not met and names no place`);
        continue;
      }
      assert.ok(places.some(isTest), `${id} names a test`);
      assert.ok(
        places.some((place) => !place.startsWith('test/')),
        `${id} names where it is met`,
      );
    }
  });

  it('counts them right in its introduction', () => {
    const introduction = text.slice(0, text.indexOf('\n## ')).replace(/\s+/g, ' ');
    const requirements = rows.filter(({ id }) => id.startsWith('S')).length;
    assert.ok(
      introduction.includes(
        `There are ${requirements} requirements: ${countOf('met')} are met, ${countOf('partly')} are partly met, ${countOf('not met yet')} are not met yet.`,
      ),
      introduction,
    );
    assert.ok(
      introduction.includes(
        `There are ${rows.length - requirements} decisions: ${countOf('in force')} in force, ${countOf('partly in force')} partly in force, ${countOf('not yet in force')} not yet in force.`,
      ),
      introduction,
    );
  });
});
