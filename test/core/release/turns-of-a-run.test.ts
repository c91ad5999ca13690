import assert from 'node:assert/strict';
import { HOOKS } from '../../../src/core/evidence/release-settings';
import type { Effect, JournalLine, ReleaseEvent } from '../../../src/core/release/events';
import { exitStatusOf, type Verdict } from '../../../src/core/release/run';
import {
  ada,
  demand,
  errors,
  playRun,
  unwell,
  type PlayedRun,
  type PlayedWorld,
} from '../../support/played-run';

const badHealth: PlayedWorld = {
  polls: { 2: unwell('GET /health: 503'), 3: unwell('GET /health: 503') },
};
/** Raises a question at the third poll. */
const raised: PlayedWorld = { polls: { 2: errors(9), 3: errors(9) } };

function verdictOf({ state }: PlayedRun): Verdict {
  assert.ok(state.verdict);
  return state.verdict;
}

function effects({ lines }: PlayedRun): readonly Effect[] {
  return lines.flatMap(({ entry }) => ('effect' in entry ? [entry] : []));
}

/** What follows the run, in the order in which it was begun. */
function followUps(run: PlayedRun): readonly string[] {
  return effects(run).flatMap((effect) => (effect.effect === 'follow-up' ? [effect.what] : []));
}

function calls(run: PlayedRun): readonly string[] {
  return effects(run).flatMap((effect) => (effect.effect === 'run-script' ? [effect.direction] : []));
}

function indexOf(lines: readonly JournalLine[], is: (entry: JournalLine['entry']) => boolean): number {
  const index = lines.findIndex(({ entry }) => is(entry));
  assert.ok(index >= 0);
  return index;
}

const followUp =
  (what: string) =>
  (entry: ReleaseEvent | Effect): boolean =>
    'effect' in entry && entry.effect === 'follow-up' && entry.what === what;

describe('the turns that a run can take', () => {
  it('measures and judges anew each time that the scope is edited, and deploys nothing meanwhile', () => {
    let edits = 0;
    const run = playRun({
      answer: ({ kind }) =>
        kind === 'proceed' && edits++ < 2
          ? { choice: 'edit-scope', text: `ORD-4${edits}: moved to 2.5.0`, by: ada }
          : null,
    });
    assert.deepEqual(
      run.state.scopeEdits.map(({ text, by }) => `${by.name}: ${text}`),
      ['Ada Byron: ORD-41: moved to 2.5.0', 'Ada Byron: ORD-42: moved to 2.5.0'],
    );
    assert.deepEqual(
      effects(run)
        .map(({ effect }) => effect)
        .filter((effect) => ['take-baseline', 'judge-gate', 'run-script'].includes(effect)),
      [
        ...['take-baseline', 'judge-gate', 'take-baseline', 'judge-gate', 'take-baseline', 'judge-gate'],
        // The one just before the deployment.
        ...['take-baseline', 'run-script'],
      ],
    );
    assert.equal(verdictOf(run).verdict, 'Released');
  });

  it('watches so many minutes longer as a person asks for', () => {
    const run = playRun({
      ...raised,
      answer: ({ kind }) => (kind === 'soft' ? { choice: 'extend', text: '4' } : null),
    });
    const [watch] = run.state.watches;
    assert.deepEqual([watch?.polls, watch?.done, watch?.ended], [10, 10, 'complete']);
    assert.equal(verdictOf(run).verdict, 'Released');
  });

  it('goes back where a person chooses it on a soft breach', () => {
    const run = playRun({
      ...raised,
      answer: ({ kind }) => (kind === 'soft' ? { choice: 'roll-back', text: '' } : null),
    });
    assert.deepEqual(calls(run), ['forward', 'back']);
    assert.match(verdictOf(run).reason, /^a person chose it on a soft breach/);
  });

  it('goes back where nobody answers a soft breach in time and nobody is there', () => {
    const run = playRun({ ...raised, run: { isUnattended: true }, unanswered: ['soft'] });
    assert.deepEqual(calls(run), ['forward', 'back']);
    assert.equal(verdictOf(run).reason, 'a soft breach was not answered in time');
    assert.equal(run.state.asked.at(-1)?.ended.how, 'expired');
  });

  it('waits for a person who is there, and polls on to a verdict only with their answer', () => {
    const run = playRun({ ...raised, unanswered: ['soft'] });
    assert.equal(run.state.verdict, null);
    assert.equal(run.state.question?.kind, 'soft');
    assert.ok((run.state.watches[0]?.done ?? 0) > 6, 'it polls on beyond its window');
    assert.deepEqual(calls(run), ['forward']);
  });

  it('goes back where a person says that the deployment by hand failed, in their words', () => {
    const run = playRun({
      strategy: 'manual',
      answer: ({ kind }) => (kind === 'manual' ? { choice: 'failed', text: 'Node *2* is | gone' } : null),
    });
    assert.deepEqual(calls(run), ['back']);
    assert.equal(run.state.manual?.text, 'Node *2* is | gone');
    assert.match(verdictOf(run).reason, /^a person says that the manual deployment failed/);
    assert.equal(run.state.smokes.filter(({ direction }) => direction === 'forward').length, 0);
  });

  describe('hands over to a person, as an unknown state, and tries nothing more', () => {
    const cases: readonly (readonly [string, PlayedWorld, RegExp])[] = [
      [
        'where the smoke tests of the version before fail',
        {
          ...badHealth,
          smokes: {
            back: {
              cases: [{ name: 'read an order', outcome: 'failed', tookMs: 9, detail: '500' }],
              isPassed: false,
              detail: '',
            },
          },
        },
        /the smoke tests of the version before failed: read an order$/,
      ],
      [
        'where the version before is not well in its watch',
        { ...badHealth, pollsBack: { 1: unwell('GET /health: 503'), 2: unwell('GET /health: 503') } },
        /the version before is not well: health failed 2 polls in a row at T\+2$/,
      ],
      [
        'where the rollback itself fails',
        { ...badHealth, back: { exitCode: 4 } },
        /the rollback ended with status 4$/,
      ],
    ];
    for (const [title, world, reason] of cases) {
      it(title, () => {
        const run = playRun(world);
        const verdict = verdictOf(run);
        assert.deepEqual(
          [verdict.verdict, verdict.isRollbackVerified, exitStatusOf(verdict)],
          ['Rolled-Back', false, 4],
        );
        assert.match(verdict.reason, /^health failed 2 polls in a row at T\+3; /);
        assert.match(verdict.reason, reason);
        assert.deepEqual(calls(run), ['forward', 'back']);
        assert.ok(followUps(run).includes('incident'));
      });
    }
  });

  it('goes back for a vulnerability that a program or a person tells, and aborts before the deployment', () => {
    const found: ReleaseEvent = { event: 'vulnerability-found', detail: 'CVE-2026-1 in openssl' };
    for (const [event, reason] of [
      [found, /^a vulnerability was found: CVE-2026-1 in openssl$/],
      [demand('vulnerable', 'CVE-2026-1'), /^a vulnerability was reported by Grace Hopper: CVE-2026-1$/],
    ] as const) {
      const at = (name: Effect['effect']): PlayedRun =>
        playRun({
          meanwhile: (effect, state) =>
            effect.effect === name && !state.rollback && !state.verdict ? event : null,
        });
      const live = at('poll');
      assert.deepEqual(calls(live), ['forward', 'back']);
      assert.deepEqual([verdictOf(live).verdict, verdictOf(live).isRollbackVerified], ['Rolled-Back', true]);
      assert.match(verdictOf(live).reason, reason);
      const before = at('judge-gate');
      assert.deepEqual(
        [verdictOf(before).verdict, verdictOf(before).liveSystem, calls(before).length],
        ['Aborted', 'unchanged', 0],
      );
    }
  });

  describe('with a program for everything that follows', () => {
    const all: PlayedWorld = { settings: { hooks: HOOKS } };

    it('tells the start, then the verdict is in the journal, then the tag, then tickets, tells and reviews', () => {
      const run = playRun(all);
      assert.deepEqual(followUps(run), [
        'announce-start',
        'record',
        'tag',
        'tickets-released',
        'announce-verdict',
        'verification-report',
        'evidence',
        'retrospective',
        'state',
        'tracker',
        'unlock',
      ]);
      const declared = indexOf(run.lines, (entry) => 'event' in entry && entry.event === 'declared');
      assert.ok(declared < indexOf(run.lines, followUp('tag')));
      assert.ok(
        indexOf(run.lines, followUp('announce-start')) <
          indexOf(run.lines, (entry) => 'effect' in entry && entry.effect === 'run-script'),
      );
    });

    it('tells the rollback when it begins, and afterwards moves tickets back and reviews the incident', () => {
      const run = playRun({ ...all, ...badHealth });
      assert.deepEqual(followUps(run), [
        'announce-start',
        'announce-rollback',
        'record',
        'rollback-record',
        'tickets-back',
        'announce-verdict',
        'verification-report',
        'incident',
        'evidence',
        'incident-retrospective',
        'state',
        'tracker',
        'unlock',
      ]);
      const smoke = run.lines.findLastIndex(
        ({ entry }) => 'effect' in entry && entry.effect === 'smoke' && entry.direction === 'back',
      );
      assert.ok(indexOf(run.lines, followUp('announce-rollback')) < smoke);
    });

    it('moves no ticket, reviews nothing and writes no report where it was aborted', () => {
      const run = playRun({ ...all, gate: { isGo: false } });
      assert.deepEqual(followUps(run), ['record', 'announce-verdict', 'state', 'unlock']);
    });

    it('changes no verdict where one of them fails', () => {
      const run = playRun({
        ...all,
        followUps: Object.fromEntries(
          ['announce-start', 'tag', 'tickets-released', 'tracker'].map((what) => [
            what,
            { isDone: false, detail: '401 Unauthorized' },
          ]),
        ),
      });
      assert.equal(verdictOf(run).verdict, 'Released');
      assert.equal(run.state.followUps.filter(({ isDone }) => !isDone).length, 4);
      assert.equal(run.state.phase, 'ended');
    });
  });
});
