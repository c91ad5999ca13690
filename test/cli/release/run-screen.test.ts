import assert from 'node:assert/strict';
import { questionLines, runScreen, sparkline } from '../../../src/cli/release/run-screen';
import { step } from '../../../src/core/release/machine';
import { initialState, type ReleaseState } from '../../../src/core/release/state';
import { viewOf } from '../../../src/core/release/view';
import type { JournalLine } from '../../../src/core/release/events';
import { playRun } from '../../support/played-run';

const terminal = { width: 110, style: (_style: string, text: string) => text };

/** The state before an event of that name was taken for the n-th time. */
function stateBefore(lines: readonly JournalLine[], name: string, count = 1): ReleaseState {
  let state = initialState;
  let seen = 0;
  for (const { at, elapsedMs, entry } of lines) {
    if (!('event' in entry)) continue;
    if (entry.event === name && ++seen === count) break;
    ({ state } = step(state, { at, elapsedMs, entry }));
  }
  return state;
}

const screenOf = (state: ReleaseState): string => {
  const view = viewOf(state);
  return [...runScreen(view, terminal), ...questionLines(view, terminal)].join('\n');
};

describe('run-screen', () => {
  const { lines, state } = playRun();

  it('says before anything is deployed where it goes, which version, and back to which', () => {
    const screen = screenOf(stateBefore(lines, 'answered'));
    assert.match(screen, /Environment +production/);
    assert.match(screen, /Version +2\.4\.0 \(c0ffee00c0ff\)/);
    assert.match(screen, /Rollback target +\S+/);
    assert.match(screen, /Does it go on\?/);
    assert.match(screen, /abort WHY/);
  });

  it('asks for the phrase itself', () => {
    assert.match(screenOf(stateBefore(lines, 'answered', 3)), /^ {2}production 2\.4\.0 +Start/m);
  });

  it('shows each metric of the watch with its numbers', () => {
    const screen = screenOf(stateBefore(lines, 'polled', 5));
    assert.match(screen, /Watching the release: poll 4 of \d+/);
    assert.match(
      screen,
      /error rate +[▁-█]+ +0\.25 %, baseline 0\.25 %, bound 0\.5 %, evidence .* x of 200 x/,
    );
    assert.match(screen, /health +█+ +well/);
    assert.doesNotMatch(screen, /Rollback target/);
  });

  it('shows the verdict, and no phase that still goes on', () => {
    const screen = screenOf(state);
    assert.match(screen, /^Released: /m);
    assert.doesNotMatch(screen, /▶/);
  });

  it('shows an unknown state before all else', () => {
    const failed = playRun({ forward: { exitCode: 3 }, back: { exitCode: 1 } });
    assert.match(screenOf(failed.state).split('\n')[1] ?? '', /^UNKNOWN STATE: a person has to take over/);
  });

  it('keeps to the width of the terminal', () => {
    const narrow = { ...terminal, width: 40 };
    for (const line of runScreen(viewOf(stateBefore(lines, 'polled', 5)), narrow))
      assert.ok(line.length <= 40, line);
  });

  it('draws numbers as bars, with gaps where there are none', () => {
    assert.equal(sparkline([0, null, 5, 10], 10), '▁ ▄█');
    assert.equal(sparkline([0, 0, 0], 2), '▁▁');
  });
});
