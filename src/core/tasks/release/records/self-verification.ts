import { isInTheWay, isUnknownState } from '../../../release/run';
import type { RunStory } from './run-story';

/** A box of the self-verification, with why it is or is not ticked. */
export interface VerifiedItem {
  readonly text: string;
  readonly isDone: boolean;
}

/**
 * The six items by which a record verifies itself, one for each phase. Each is worked out from the journal: a box is ticked
 * only where the journal holds what it says, and the text says what that is.
 */
export function selfVerification(story: RunStory): readonly VerifiedItem[] {
  return [gate, strategy, execute, smoke, watch, verdict].map((item) => item(story));
}

function item(what: string, isDone: boolean, why: string): VerifiedItem {
  return { text: `${what}: ${why}`, isDone };
}

function gate({ state }: RunStory): VerifiedItem {
  const what = 'Every blocking check of the pre-release gate was met before anything was touched';
  if (state.run?.mode === 'rollback') return item(what, false, 'a rollback by itself is not gated');
  if (!state.gate) return item(what, false, 'the gate was not judged');
  const open = state.gate.items.filter(isInTheWay);
  const blocking = state.gate.items.filter(({ isBlocking }) => isBlocking).length;
  return state.gate.isGo && open.length === 0
    ? item(what, true, `all ${blocking} of them`)
    : item(what, false, open.length > 0 ? open.map(({ title }) => title).join('; ') : 'it said no-go');
}

function strategy({ state }: RunStory): VerifiedItem {
  const what = 'A person chose the strategy and confirmed the deployment';
  const { run } = state;
  if (run?.mode === 'rollback') {
    return state.confirmed
      ? item(what, true, `a rollback, confirmed by ${state.confirmed.by.name} at ${state.confirmed.at}`)
      : item(what, false, 'nobody confirmed it');
  }
  if (!state.strategy) return item(what, false, 'none was chosen');
  const chosen = `${state.strategy.rollout} by ${state.strategy.by.name}`;
  return state.confirmed
    ? item(what, true, `${chosen}, confirmed by ${state.confirmed.by.name} at ${state.confirmed.at}`)
    : item(what, false, `${chosen}, and nobody confirmed it`);
}

function execute({ state, begun }: RunStory): VerifiedItem {
  const what = "The project's own deploy script ran to its end, and its output is kept";
  if (state.manual) {
    return item(
      'The manual deployment was recorded in the words of who made it',
      state.manual.text.trim() !== '',
      `${state.manual.choice}, by ${state.manual.by.name}`,
    );
  }
  const scripts = state.scripts.filter(({ direction }) => direction === 'forward');
  if (begun.every(({ direction }) => direction === 'back')) return item(what, false, 'it was not called');
  const bad = scripts.find(({ outcome }) => outcome.how !== 'exited' || outcome.exitCode !== 0);
  if (bad) return item(what, false, `the call "${bad.name}" did not end well`);
  const calls = begun.filter(({ direction }) => direction === 'forward').length;
  if (scripts.length < calls) return item(what, false, 'a call has no end in the journal');
  const lost = scripts.find(({ outcome }) => outcome.outputPath === null && outcome.lines > 0);
  if (lost) return item(what, false, `the output of "${lost.name}" is not kept as a whole`);
  const kept = [...new Set(scripts.flatMap(({ outcome }) => outcome.outputPath ?? []))];
  return item(what, true, kept.length > 0 ? kept.join(', ') : 'it printed nothing');
}

function smoke({ state }: RunStory): VerifiedItem {
  const what = 'Every smoke test ran and passed';
  const smokes = state.smokes.filter(({ direction }) => direction === 'forward');
  if (smokes.length === 0) return item(what, false, 'none was run');
  const cases = smokes.flatMap(({ outcome }) => outcome.cases);
  const open = cases.filter(({ outcome }) => outcome !== 'passed');
  const isPassed = open.length === 0 && cases.length > 0 && smokes.every(({ outcome }) => outcome.isPassed);
  return item(
    what,
    isPassed,
    isPassed
      ? `${cases.length} of ${cases.length} cases`
      : open.length > 0
        ? open.map(({ name }) => name).join('; ')
        : (smokes.find(({ outcome }) => !outcome.isPassed)?.outcome.detail ?? 'no case'),
  );
}

function watch({ state, polls }: RunStory): VerifiedItem {
  const what = 'The watch window ran to its end, with a snapshot of every interval';
  if (state.override) return item(what, false, `${state.override.by.name} left it: ${state.override.reason}`);
  const index = state.watches.findIndex(({ of }) => of === 'window');
  const window = state.watches[index];
  if (!window) return item(what, false, 'it was not begun');
  const kept = polls.filter((poll) => poll.watch === index).length;
  const isComplete = window.ended === 'complete' && kept >= window.polls;
  return item(what, isComplete, `${kept} of ${window.polls} intervals`);
}

function verdict({ state, verdictHash }: RunStory): VerifiedItem {
  const what =
    'The verdict stands in the journal, it is known what runs, and nothing that follows it is owed';
  if (!state.verdict) return item(what, false, 'there is no verdict yet');
  if (verdictHash === '' || state.declaredAt === null) return item(what, false, 'it is not journalled yet');
  if (isUnknownState(state.verdict)) return item(what, false, 'nobody knows what runs');
  const failed = state.followUps.filter(({ isDone }) => !isDone).map(({ what: name }) => name);
  if (failed.length > 0) return item(what, false, `owed: ${failed.join(', ')}`);
  return state.phase === 'ended'
    ? item(what, true, `${state.verdict.verdict} at ${state.declaredAt}`)
    : item(what, false, 'what follows it is still under way');
}
