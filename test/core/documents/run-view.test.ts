import assert from 'node:assert/strict';
import { runStateOf, type JournalEvent } from '../../../src/core/documents/journal';
import { minutesWords, runView } from '../../../src/core/documents/run-view';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import { stepsIn, type DocumentStep } from '../../../src/core/documents/steps-in';

const RUNBOOK = `# Runbook

## Deployment

1. **Migrate**
   - **Duration:** 5 min
2. **Deploy**
   - **Duration:** 10 min
3. **Look**
   - **Duration:** 2 min

## Rollback

1. **Go back**
   - **Duration:** 3 min
`;

const stepsOf = (text: string): readonly DocumentStep[] =>
  stepsIn(runbookKind.read('docs/ops/RUNBOOK.md', text), runbookKind.sections, (each) => each);
const steps = stepsOf(RUNBOOK);
const nothing = { parameters: {}, hidden: [] };
const time = (minute: number): string => new Date(Date.UTC(2026, 10, 26, 14, minute)).toISOString();
const started: JournalEvent = {
  event: 'started',
  at: time(0),
  by: 'Ana',
  document: 'docs/ops/RUNBOOK.md',
  title: 'Runbook',
  hash: '',
  ...nothing,
};
const ticked = (minute: number, id: string, from = steps): JournalEvent => {
  const { section, number, title, hash } = from.find((step) => step.id === id) ?? assert.fail(id);
  return { event: 'ticked', at: time(minute), by: 'Ben', step: { section, number, title, hash }, ...nothing };
};
const view = (events: readonly JournalEvent[], minute: number, shown = steps) =>
  runView(shown, runStateOf(events), new Date(time(minute)));

describe('a run as it is seen', () => {
  it('has open boxes and what to expect before it begins', () => {
    const { isUnderWay, says, steps: seen } = view([], 0);
    assert.deepEqual([isUnderWay, says], [false, 'No run is under way.']);
    assert.equal(seen.get('deployment-2')?.says, '10 min expected.');
    assert.equal(seen.get('deployment-2')?.tick, null);
  });

  it('says when each step was ticked, by whom, and how long it took of what was expected', () => {
    const { says, steps: seen, isOverdue } = view([started, ticked(4, 'deployment-1')], 6);
    assert.equal(
      seen.get('deployment-1')?.says,
      'Ticked 14:04 UTC by Ben. Took 4 min of the 5 min expected.',
    );
    assert.equal(seen.get('deployment-2')?.says, 'Under way for 2 min of the 10 min expected.');
    assert.deepEqual(
      [seen.get('deployment-2')?.isCurrent, seen.get('deployment-3')?.isCurrent],
      [true, false],
    );
    assert.equal(
      says,
      'Run begun 14:00 UTC by Ana, 6 min ago. Deployment: 1 of 3 ticked, under way for 6 min of the 17 min expected.',
    );
    assert.equal(isOverdue, false);
  });

  it('says in words that a step, and the whole, take longer than they should', () => {
    const { says, steps: seen, isOverdue } = view([started, ticked(7, 'deployment-1')], 20);
    assert.equal(
      seen.get('deployment-1')?.says,
      'Ticked 14:07 UTC by Ben. Took 7 min: OVERDUE, 2 min over the 5 min expected.',
    );
    assert.equal(
      seen.get('deployment-2')?.says,
      'Under way for 13 min: OVERDUE, 3 min over the 10 min expected.',
    );
    assert.match(says, /under way for 20 min: OVERDUE, 3 min over the 17 min expected\.$/);
    assert.deepEqual([isOverdue, seen.get('deployment-2')?.isOverdue], [true, true]);
  });

  it('stops the clock of a section that is done', () => {
    const events = [started, ticked(4, 'deployment-1'), ticked(8, 'deployment-2'), ticked(9, 'deployment-3')];
    const { says, isOverdue } = view(events, 59);
    assert.match(says, /Deployment: 3 of 3 ticked, took 9 min of the 17 min expected\.$/);
    assert.equal(isOverdue, false);
  });

  it('follows the work into the section that is ticked', () => {
    const { says, steps: seen } = view([started, ticked(4, 'deployment-1'), ticked(10, 'rollback-1')], 12);
    assert.match(says, /Rollback: 1 of 1 ticked, took 6 min: OVERDUE, 3 min over the 3 min expected\.$/);
    assert.equal([...seen.values()].filter(({ isCurrent }) => isCurrent).length, 0);
  });

  it('says that the text of a ticked step has changed, and what is gone', () => {
    const edited = stepsOf(
      RUNBOOK.replace('**Migrate**', '**Migrate** with care').replace(/3\. \*\*Look\*\*\n.*\n/, ''),
    );
    const { says, steps: seen } = view(
      [started, ticked(1, 'deployment-1'), ticked(2, 'deployment-3')],
      3,
      edited,
    );
    assert.equal(seen.get('deployment-1')?.isChanged, true);
    assert.match(
      seen.get('deployment-1')?.says ?? '',
      /The text of this step has changed since it was ticked\./,
    );
    assert.match(says, /Ticked and no longer in the document: Look\.$/);
  });

  it('keeps a tick through a new number, another indentation and Windows line ends', () => {
    const moved = stepsOf(
      RUNBOOK.replace('## Deployment\n', '## Deployment\n\n1. **First of all**\n').replaceAll('\n', '\r\n'),
    );
    const { steps: seen } = view([started, ticked(1, 'deployment-1')], 3, moved);
    assert.deepEqual(
      [...seen].filter(([, { tick }]) => tick !== null).map(([id, { isChanged }]) => [id, isChanged]),
      [['deployment-2', false]],
    );
  });

  it('tells how a command ended', () => {
    const { section, number, title, hash } = steps[0] ?? assert.fail();
    const ran = (block: number): JournalEvent => ({
      event: 'ran',
      at: time(1),
      by: 'Ana',
      step: { section, number, title, hash },
      block,
      command: 'x',
      environment: null,
      ...nothing,
    });
    const seen = view(
      [
        started,
        ran(1),
        {
          event: 'ended',
          at: time(2),
          by: null,
          step: { section, number, title, hash },
          block: 1,
          exitCode: 3,
        },
      ],
      3,
    ).steps.get('deployment-1');
    assert.match(seen?.says ?? '', /Command run 14:01 UTC, FAILED 14:02 UTC with 3\./);
    assert.equal(seen?.isCurrent, true);
  });

  it('says when the last run was once it is finished, and has open boxes again', () => {
    const {
      isUnderWay,
      says,
      steps: seen,
    } = view([started, ticked(4, 'deployment-1'), { event: 'finished', at: time(95), by: 'Ana' }], 99);
    assert.equal(isUnderWay, false);
    assert.equal(
      says,
      'No run is under way. The last one, begun 2026-11-26 14:00 UTC, ended 15:35 UTC after 1 h 35 min.',
    );
    assert.equal(seen.get('deployment-1')?.tick, null);
  });

  it('says of what has no duration only what it took, and of the whole that none is expected', () => {
    const untimed = stepsOf(RUNBOOK.replace('10 min', 'UNKNOWN(minutes)'));
    const { says, steps: seen } = view([started, ticked(4, 'deployment-1', untimed)], 4, untimed);
    assert.equal(seen.get('deployment-2')?.says, 'Under way for less than 1 min.');
    assert.match(says, /Deployment: 1 of 3 ticked, under way for 4 min, expected: not known\.$/);
  });

  it('words durations', () => {
    assert.deepEqual([0, 0.5, 1, 12.9, 60, 95, 3000].map(minutesWords), [
      '0 s',
      '30 s',
      '1 min',
      '12 min',
      '1 h',
      '1 h 35 min',
      '2 days',
    ]);
  });
});
