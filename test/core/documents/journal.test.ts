import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  isJournalName,
  journalFolder,
  journalLine,
  journalName,
  placeSteps,
  readJournal,
  runStateOf,
  type JournalEvent,
  type JournalStep,
} from '../../../src/core/documents/journal';

const step = (number: number, title = `Step ${number}`, hash = `hash of ${title}`): JournalStep => ({
  section: 'deployment',
  number,
  title,
  hash,
});
const at = (minute: number): string => `2026-11-26T14:${String(minute).padStart(2, '0')}:00.000Z`;
const nothing = { parameters: {}, hidden: [] };
const started: JournalEvent = {
  event: 'started',
  at: at(0),
  by: 'Ana',
  document: 'docs/ops/RUNBOOK.md',
  title: 'Runbook',
  hash: 'x',
  ...nothing,
};
const ticked = (minute: number, which: JournalStep): JournalEvent => ({
  event: 'ticked',
  at: at(minute),
  by: 'Ana',
  step: which,
  ...nothing,
});

describe('the journal of a run', () => {
  const record = <T extends object>(shape: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> =>
    fc.record<T>(shape, { noNullPrototype: true });
  const name = fc.string({ unit: 'grapheme', maxLength: 8 });
  const common = {
    at: fc
      .date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    by: fc.option(name),
  };
  const anyStep = record({ section: name, number: fc.nat(), title: name, hash: name });
  const parameters = {
    parameters: fc.dictionary(fc.stringMatching(/^[A-Z_]{1,6}$/), name, { noNullPrototype: true }),
    hidden: fc.array(name, { maxLength: 2 }),
  };
  const anyEvent: fc.Arbitrary<JournalEvent> = fc.oneof(
    record({
      event: fc.constant('started' as const),
      ...common,
      document: name,
      title: name,
      hash: name,
      ...parameters,
    }),
    record({
      event: fc.constantFrom('ticked' as const, 'unticked' as const),
      ...common,
      step: anyStep,
      ...parameters,
    }),
    record({
      event: fc.constant('ran' as const),
      ...common,
      step: anyStep,
      block: fc.nat(),
      command: name,
      environment: fc.option(name),
      ...parameters,
    }),
    record({
      event: fc.constant('ended' as const),
      ...common,
      step: anyStep,
      block: fc.nat(),
      exitCode: fc.option(fc.integer()),
    }),
    record({ event: fc.constant('finished' as const), ...common }),
  );

  it('gives back what was written, one line each', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 6 }), (events) => {
        const text = events.map(journalLine).join('');
        assert.equal(text.split('\n').length, events.length + 1);
        assert.deepEqual(readJournal(text), { events, unreadLines: [], isTorn: false });
      }),
    );
  });

  it('loses at most the last event when it is torn anywhere', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 4 }), fc.nat(), (events, cut) => {
        const lines = events.map(journalLine);
        const text = lines.join('');
        const kept = text.slice(0, cut % (text.length + 1));
        const read = readJournal(kept);
        const whole = kept.split('\n').length - 1;
        assert.deepEqual(read.events.slice(0, whole), events.slice(0, whole));
        assert.ok(read.events.length <= whole + 1);
        assert.deepEqual(read.unreadLines, []);
        // What is written behind a torn line, on a line of its own, is read.
        const again = readJournal(`${kept}\n${journalLine(started)}`);
        assert.deepEqual(again.events.at(-1), started);
      }),
    );
  });

  it('passes over what is no event, and says which lines', () => {
    const text = `${journalLine(started)}{"event":"approved","at":"${at(1)}"}\nnull\n[1]\n{"event":"ticked","at":"soon","step":{}}\n{"event":"ticked","at":"${at(1)}"}\n${journalLine(ticked(2, step(1)))}`;
    const { events, unreadLines, isTorn } = readJournal(text);
    assert.deepEqual([events.length, unreadLines, isTorn], [2, [2, 3, 4, 5, 6], false]);
  });

  it('knows what is ticked, since when, and what was taken back', () => {
    const state = runStateOf([
      started,
      ticked(4, step(1)),
      ticked(9, step(2)),
      { event: 'unticked', at: at(10), by: null, step: step(1), ...nothing },
      ticked(12, step(1)),
    ]);
    assert.deepEqual(
      state?.ticks.map(({ step: { number }, at: then, since }) => [number, then, since]),
      [
        [2, at(9), at(4)],
        [1, at(12), at(10)],
      ],
    );
    assert.equal(state?.finishedAt, null);
    assert.equal(runStateOf([]), null);
  });

  it('knows of each block its last run and how it ended, and nothing after the end of the run', () => {
    const ran = (minute: number, block: number): JournalEvent => ({
      event: 'ran',
      at: at(minute),
      by: 'Ana',
      step: step(1),
      block,
      command: 'x',
      environment: null,
      ...nothing,
    });
    const ended = (minute: number, block: number, exitCode: number): JournalEvent => ({
      event: 'ended',
      at: at(minute),
      by: null,
      step: step(1),
      block,
      exitCode,
    });
    const state = runStateOf([
      started,
      ran(1, 1),
      ended(2, 1, 1),
      ran(3, 1),
      ran(4, 2),
      ended(5, 1, 0),
      { event: 'finished', at: at(6), by: 'Ana' },
      ticked(7, step(1)),
    ]);
    assert.deepEqual(
      state?.runs.map(({ block, ended: end }) => [block, end?.exitCode ?? null]),
      [
        [1, 0],
        [2, null],
      ],
    );
    assert.deepEqual([state?.finishedAt, state?.ticks], [at(6), []]);
  });

  it('finds steps again by text, then title, then number, each once', () => {
    const now = [
      step(1, 'Prepare'),
      step(2, 'Check', 'new text'),
      step(3, 'Renamed'),
      { ...step(1, 'Prepare'), section: 'rollback' },
    ];
    const placeOf = placeSteps(
      [step(2, 'Prepare'), step(1, 'Check'), step(3, 'Old name'), step(9, 'Gone')],
      now,
    );
    assert.equal(placeOf(step(2, 'Prepare')), now[0]);
    assert.equal(placeOf(step(1, 'Check')), now[1]);
    assert.equal(placeOf(step(3, 'Old name')), now[2]);
    assert.equal(placeOf(step(9, 'Gone')), null);
    const twins = [step(1, 'Wait'), step(2, 'Wait')];
    const place = placeSteps(twins.toReversed(), twins);
    assert.deepEqual([place(step(1, 'Wait')), place(step(2, 'Wait'))], twins);
  });

  it('has a folder beside its document and a name by when it began', () => {
    assert.equal(journalFolder('docs/ops/RUNBOOK.md'), 'docs/ops/RUNBOOK.journal');
    const file = journalName(new Date('2026-11-26T14:03:12.345Z'));
    assert.equal(file, '2026-11-26T140312Z.jsonl');
    assert.ok(isJournalName(file) && isJournalName('2026-11-26T140312Z-2.jsonl'));
    assert.ok(!isJournalName('notes.jsonl') && !isJournalName('../2026-11-26T140312Z.jsonl'));
  });
});
