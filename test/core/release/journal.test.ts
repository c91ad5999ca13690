import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Effect, JournalLine, ReleaseEvent } from '../../../src/core/release/events';
import {
  createJournalReader,
  faultInWords,
  lineOf,
  MAX_LINE_CHARACTERS,
  readLines,
  textOfLine,
} from '../../../src/core/release/journal';

const at = '2026-11-26T21:40:00.000Z';
const entries: readonly (ReleaseEvent | Effect)[] = [
  { effect: 'lock' },
  { event: 'locked', isHeld: true, detail: 'this machine and origin' },
  { effect: 'poll', number: 1, dueMs: 60_000 },
  {
    event: 'polled',
    poll: { number: 1, at, samples: { errors: { kind: 'counts', bad: 1, all: 100 } } },
  },
  {
    event: 'demanded',
    demand: { what: 'abort', reason: 'wrong version', by: { name: 'Ada', via: 'panel' } },
  },
  { event: 'ended' },
];

function journalOf(all: readonly (ReleaseEvent | Effect)[]): JournalLine[] {
  const lines: JournalLine[] = [];
  for (const [index, entry] of all.entries())
    lines.push(lineOf(lines.at(-1) ?? null, { at, elapsedMs: index * 10, entry }));
  return lines;
}

const textsOf = (lines: readonly JournalLine[]): string[] => lines.map(textOfLine);

describe('journal of a release', () => {
  const lines = journalOf(entries);
  const texts = textsOf(lines);

  it('is read as it was written', () => {
    const read = readLines(texts.join(''));
    assert.deepEqual(read.lines, lines);
    assert.deepEqual(read.faults, []);
    assert.ok(read.isIntact && read.isUnderstood && read.isEnded);
    assert.equal(read.end?.seq, entries.length);
    assert.deepEqual(readLines(''), {
      lines: [],
      faults: [],
      end: null,
      isIntact: true,
      isUnderstood: true,
      isEnded: true,
    });
  });

  it('has hashes that anybody can make from the line itself', () => {
    let previous = '';
    for (const text of texts) {
      const body = text.trimEnd().replace(/,"hash":"[0-9a-f]{64}"\}$/, '}');
      const parsed = JSON.parse(text) as JournalLine;
      assert.equal(parsed.hash, createHash('sha256').update(body).digest('hex'));
      assert.equal(parsed.previous, previous);
      previous = parsed.hash;
    }
  });

  it('names the entry that was altered', () => {
    const altered = texts.with(3, (texts[3] ?? '').replace('"bad":1', '"bad":0'));
    const read = readLines(altered.join(''));
    assert.deepEqual(read.faults, [{ kind: 'altered', line: 4, seq: 4 }]);
    assert.ok(!read.isIntact);
  });

  it('names the entry whose predecessor was replaced by one with a hash of its own', () => {
    const forged = lineOf(lines[2] ?? null, { at, elapsedMs: 30, entry: { event: 'ended' } });
    const read = readLines(texts.with(3, textOfLine(forged)).join(''));
    assert.deepEqual(read.faults, [{ kind: 'unlinked', line: 5, seq: 5, expected: 5 }]);
  });

  it('tells lines that are missing, doubled or swapped', () => {
    const missing = readLines(texts.filter((_, index) => index !== 1 && index !== 2).join(''));
    assert.deepEqual(missing.faults, [{ kind: 'unlinked', line: 2, seq: 4, expected: 2 }]);
    assert.equal(faultInWords(missing.faults[0]!), 'entries 2 to 3 are missing before line 2');
    const doubled = readLines([texts[0], texts[0], texts[1]].join(''));
    assert.deepEqual(
      doubled.faults.map(({ kind }) => kind),
      ['unlinked'],
    );
    const first = readLines(texts.slice(1).join(''));
    assert.ok(!first.isIntact);
  });

  it('passes over a line that was torn, at the end and in the middle, and the chain holds', () => {
    const half = (texts[2] ?? '').slice(0, 40);
    const atEnd = readLines(`${texts[0]}${texts[1]}${half}`);
    assert.deepEqual(atEnd.faults, [{ kind: 'torn', line: 3 }]);
    assert.ok(atEnd.isIntact && !atEnd.isEnded);
    assert.equal(atEnd.end?.seq, 2);
    const goneOn = readLines([texts[0], texts[1], `${half}\n`, ...texts.slice(2)].join(''));
    assert.deepEqual(goneOn.faults, [{ kind: 'torn', line: 3 }]);
    assert.deepEqual(goneOn.lines, lines);
    assert.ok(goneOn.isIntact);
  });

  it('reads a last line that lacks only its break', () => {
    const read = readLines(texts.join('').trimEnd());
    assert.deepEqual(read.lines, lines);
    assert.ok(!read.isEnded && read.isIntact);
  });

  it('says an event of another version, and goes on behind it', () => {
    const newer = lineOf(lines[0] ?? null, {
      at,
      elapsedMs: 5,
      entry: { event: 'teleported' } as unknown as ReleaseEvent,
    });
    const next = lineOf(newer, { at, elapsedMs: 6, entry: { event: 'ended' } });
    const read = readLines([texts[0], textOfLine(newer), textOfLine(next)].join(''));
    assert.deepEqual(read.faults, [{ kind: 'unknown', line: 2, seq: 2, name: 'teleported' }]);
    assert.deepEqual(
      read.lines.map(({ seq }) => seq),
      [1, 3],
    );
    assert.ok(read.isIntact && !read.isUnderstood);
  });

  it('says what an entry lacks, and keeps what it has besides', () => {
    const wrong = lineOf(null, {
      at,
      elapsedMs: 0,
      entry: { event: 'polled', poll: { number: 'one', at, samples: {} } } as unknown as ReleaseEvent,
    });
    assert.deepEqual(readLines(textOfLine(wrong)).faults, [
      { kind: 'malformed', line: 1, seq: 1, detail: 'polled.poll.number is no number' },
    ]);
    for (const entry of [null, 'lock', {}, { event: 'toString' }, { effect: '__proto__' }]) {
      const line = lineOf(null, { at, elapsedMs: 0, entry: entry as unknown as Effect });
      assert.equal(readLines(textOfLine(line)).isUnderstood, false, JSON.stringify(entry));
    }
    const more = { event: 'locked', isHeld: false, detail: '', since: at } as unknown as ReleaseEvent;
    const [line] = readLines(textOfLine(lineOf(null, { at, elapsedMs: 0, entry: more }))).lines;
    assert.deepEqual(line?.entry, more);
  });

  it('refuses to write what it could not read again', () => {
    const poll = (value: number): ReleaseEvent => ({
      event: 'polled',
      poll: { number: 1, at, samples: { load: { kind: 'value', value } } },
    });
    assert.throws(() => lineOf(null, { at, elapsedMs: 0, entry: poll(NaN) }), RangeError);
    const long = { event: 'locked', isHeld: true, detail: 'x'.repeat(MAX_LINE_CHARACTERS) } as const;
    assert.throws(() => lineOf(null, { at, elapsedMs: 0, entry: long }), RangeError);
    assert.deepEqual(createJournalReader().take(`{${' '.repeat(MAX_LINE_CHARACTERS)}}`).faults, [
      { kind: 'too-long', line: 1 },
    ]);
  });

  it('gives back any text that a person can type', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (details) => {
        const made = journalOf(details.map((detail) => ({ event: 'locked', isHeld: true, detail }) as const));
        const bytes = Buffer.from(textsOf(made).join(''), 'utf8');
        const read = readLines(bytes.toString('utf8'));
        assert.deepEqual(read.lines, made);
        assert.ok(read.isIntact);
      }),
    );
  });

  it('finds any change of any byte', () => {
    const whole = Buffer.from(texts.join(''));
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: whole.length - 2 }),
        fc.integer({ min: 1, max: 127 }),
        (position, difference) => {
          const changed = Buffer.from(whole);
          changed[position] = (whole[position] ?? 0) ^ difference;
          const read = readLines(changed.toString('utf8'));
          // A broken last line could as well be one that was not written to its end; the seal of the record tells. Without
          // the break before it, it is one broken line with the one before.
          const isLastLine = position >= whole.length - Buffer.byteLength(texts.at(-1) ?? '') - 1;
          assert.ok(!read.isIntact || (isLastLine && read.end?.seq !== entries.length));
        },
      ),
      { numRuns: 500 },
    );
  });
});
