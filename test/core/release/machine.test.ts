import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  plainMetric,
  defaultWatch,
  releasePathsOf,
  defaultRelease,
  stagesOf,
  type MetricSettings,
} from '../../../src/core/evidence/release-settings';
import { ROLLOUTS, type Rollout } from '../../../src/core/evidence/rollouts';
import type { Answer, Demand, Effect, ReleaseEvent, Timed } from '../../../src/core/release/events';
import { replay, step } from '../../../src/core/release/machine';
import {
  exitStatusOf,
  type Actor,
  type RunIdentity,
  type RunMode,
  type ScriptOutcome,
} from '../../../src/core/release/run';
import type { RunSettings } from '../../../src/core/release/settings';
import { initialState, type ReleaseState } from '../../../src/core/release/state';
import type { Poll, Sample } from '../../../src/core/release/watch/samples';

const ada: Actor = { name: 'Ada', via: 'terminal' };

const health: MetricSettings = {
  name: 'health',
  kind: 'health',
  source: { from: 'probe', url: 'http://127.0.0.1/health', status: 200, timeoutMs: 1000 },
  ...plainMetric,
};

const settings: RunSettings = {
  paths: releasePathsOf(defaultRelease),
  watch: { ...defaultWatch, windowMs: 5 * 60_000, afterRollbackMs: 2 * 60_000, metrics: [health] },
  stages: Object.fromEntries(
    ROLLOUTS.map((rollout) => [rollout, stagesOf(defaultRelease, rollout)]),
  ) as RunSettings['stages'],
  rollbackArguments: ['--rollback', '2.3.0'],
  checklist: ['drain the node', 'copy the build'],
  drillWatchMs: 2 * 60_000,
  hooks: ['announce', 'tickets-released', 'tickets-back', 'incident-retrospective', 'tracker'],
  tag: 'release/{version}',
};

const identity = (mode: RunMode, isUnattended = false): RunIdentity => ({
  id: 'release_2.4.0_production_2026-11-26-2140',
  mode,
  version: '2.4.0',
  environment: 'production',
  isProduction: true,
  commit: 'c'.repeat(40),
  target: '2.3.0',
  startedBy: ada,
  isUnattended,
  engine: '1.0.0',
});

const ended = (part: Partial<ScriptOutcome> = {}): ScriptOutcome => ({
  how: 'exited',
  exitCode: 0,
  signal: null,
  tookMs: 1000,
  lines: 3,
  bytes: 30,
  outputPath: null,
  tail: [],
  processes: [],
  isGroupGone: true,
  detail: '',
  ...part,
});

/** How the world answers the effects of one run, in words that a test can read. */
interface World {
  readonly mode: RunMode;
  readonly isUnattended: boolean;
  readonly isGo: boolean;
  readonly isLocked: boolean;
  /** Of the first and the second baseline. */
  readonly baselines: readonly [boolean, boolean];
  readonly strategy: Rollout;
  readonly forward: readonly ScriptOutcome[];
  readonly back: ScriptOutcome;
  readonly smokes: readonly [boolean, boolean];
  /** Whether the check of the poll is well; well where the list ends. */
  readonly checks: readonly boolean[];
  /** What is answered to soft questions, in their order; nobody answers where the list ends. */
  readonly soft: readonly ('continue' | 'roll-back' | 'extend')[];
  /** After so many events something else happens. */
  readonly interruptions: readonly {
    readonly after: number;
    /** `crash-before`: before the effects of the last event were begun. */
    readonly what: 'crash' | 'crash-before' | Demand['what'];
  }[];
  readonly interrupted: 'resume' | 'roll-back' | 'take-over' | 'abort';
}

const wellBehaved: World = {
  mode: 'release',
  isUnattended: false,
  isGo: true,
  isLocked: false,
  baselines: [true, true],
  strategy: 'all-at-once',
  forward: [],
  back: ended(),
  smokes: [true, true],
  checks: [],
  soft: [],
  interruptions: [],
  interrupted: 'resume',
};

interface Played {
  readonly state: ReleaseState;
  readonly journal: readonly Timed<ReleaseEvent>[];
  readonly begun: readonly Effect[];
}

/** Plays a run to its end in a world. A crash forgets what goes on and resumes from the journal. */
function play(world: World): Played {
  let state = initialState;
  const journal: Timed<ReleaseEvent>[] = [];
  const begun: Effect[] = [];
  let waiting: Effect[] = [];
  /** Those that the last event came to. */
  let last: readonly Effect[] = [];
  let elapsedMs = 0;
  let polls = 0;
  let softs = 0;
  let baselines = 0;
  const interruptions = [...world.interruptions];
  const happen = (event: ReleaseEvent): void => {
    elapsedMs += 1000;
    const timed = { at: new Date(1_800_000_000_000 + elapsedMs).toISOString(), elapsedMs, entry: event };
    journal.push(timed);
    const result = step(state, timed);
    state = result.state;
    last = result.effects;
    assert.ok(
      result.state.verdict === null || result.effects.every(({ effect }) => effect !== 'run-script'),
      'a script was begun after the verdict',
    );
    begun.push(...result.effects);
    waiting = [...waiting.filter((effect) => state.doing.includes(effect)), ...result.effects];
  };
  const answer = (choice: string, text: string): void => {
    const question: Answer['question'] = state.question?.id ?? '';
    happen({ event: 'answered', answer: { question, choice, text, by: ada } });
  };
  const perform = (effect: Effect): ReleaseEvent | null => {
    switch (effect.effect) {
      case 'lock':
        return { event: 'locked', isHeld: !world.isLocked, detail: 'held by Grace' };
      case 'take-baseline':
        return {
          event: 'baseline-taken',
          isComplete: world.baselines[Math.min(1, baselines++)] ?? true,
          detail: 'x',
          past: {},
          metrics: [health],
        };
      case 'judge-gate':
        return {
          event: 'gate-judged',
          gate: {
            items: [],
            isGo: world.isGo,
            target: '2.3.0',
            commit: 'c'.repeat(40),
            tickets: [],
            components: [],
            openRisks: [],
            leftovers: [],
            strategies: [...ROLLOUTS],
            strategyReason: 'the risk is low',
            feasibility: [],
          },
        };
      case 'run-script':
        return {
          event: 'script-ended',
          direction: effect.direction,
          stage: effect.stage,
          outcome: effect.direction === 'back' ? world.back : (world.forward[effect.stage] ?? ended()),
        };
      case 'end-script':
        return null;
      case 'smoke': {
        const isPassed = world.smokes[effect.direction === 'forward' ? 0 : 1];
        return {
          event: 'smoke-ended',
          direction: effect.direction,
          outcome: {
            cases: [{ name: 'orders', outcome: isPassed ? 'passed' : 'failed', tookMs: 1, detail: '' }],
            isPassed,
            detail: '',
          },
        };
      }
      case 'poll': {
        elapsedMs = Math.max(elapsedMs, effect.dueMs);
        const isWell = world.checks[polls++] ?? true;
        const sample: Sample = { kind: 'check', isWell, detail: '', ms: 3 };
        const poll: Poll = {
          number: effect.number,
          at: new Date(elapsedMs).toISOString(),
          samples: { health: sample },
        };
        return { event: 'polled', poll };
      }
      case 'expire':
        return { event: 'answer-expired', question: effect.question };
      case 'declare':
        return { event: 'declared', verdict: effect.verdict };
      case 'follow-up':
        return { event: 'followed-up', outcome: { what: effect.what, isDone: true, detail: '' } };
      case 'end':
        return { event: 'ended' };
      default:
        return effect satisfies never;
    }
  };
  happen({ event: 'started', run: identity(world.mode, world.isUnattended), settings });
  for (let turn = 0; turn < 2000 && state.phase !== 'ended'; turn++) {
    const next = interruptions[0];
    if (next && journal.length >= next.after) {
      interruptions.shift();
      if (next.what === 'crash' || next.what === 'crash-before') {
        const script = waiting.find((effect) => effect.effect === 'run-script');
        const isBegun = next.what === 'crash' || script === undefined || !last.includes(script);
        const running = isBegun ? script : undefined;
        if (!isBegun) begun.splice(begun.indexOf(script), 1);
        waiting = [];
        // What survives a crash is the journal alone.
        state = replay(journal);
        happen({
          event: 'resumed',
          by: ada,
          interrupted: running?.effect === 'run-script' ? running : null,
          detail: 'the runner was gone',
        });
      } else {
        const by = ada;
        happen({
          event: 'demanded',
          demand:
            next.what === 'skip-watch'
              ? { what: next.what, phrase: 'production 2.4.0', reason: 'r', by }
              : { what: next.what, reason: 'r', by },
        });
      }
      continue;
    }
    const { question } = state;
    if (question && question.kind !== 'soft') {
      switch (question.kind) {
        case 'proceed':
          answer(world.isGo ? 'proceed' : 'abort', 'not ready');
          break;
        case 'strategy':
          answer(world.strategy, '');
          break;
        case 'start':
          answer('start', 'production 2.4.0');
          break;
        case 'manual':
          answer('done', 'copied it');
          break;
        case 'interrupted': {
          const wanted = question.choices.find(({ id }) => id === world.interrupted) ?? question.choices[0];
          answer(wanted?.id ?? '', 'x');
          break;
        }
        default:
          assert.fail(question.kind satisfies never);
      }
      continue;
    }
    if (question?.kind === 'soft') {
      const choice = world.soft[softs++];
      if (choice) {
        answer(choice, '2');
        continue;
      }
      // Somebody answers in the end, or nobody is there and it expires.
      if (!world.isUnattended && softs > 50) {
        answer('continue', '');
        continue;
      }
    }
    const effect =
      waiting.find(({ effect }) => effect !== 'expire' && effect !== 'poll') ??
      (world.isUnattended ? waiting.find(({ effect }) => effect === 'expire') : undefined) ??
      waiting.find(({ effect }) => effect === 'poll');
    assert.ok(
      effect,
      `nothing goes on in phase ${state.phase} (${JSON.stringify(state.doing)}, question ${state.question?.id ?? 'none'})`,
    );
    waiting = waiting.filter((other) => other !== effect);
    const event = perform(effect);
    if (event) happen(event);
  }
  return { state, journal, begun };
}

const outcomes = fc.oneof(
  { weight: 6, arbitrary: fc.constant(ended()) },
  { weight: 1, arbitrary: fc.constant(ended({ exitCode: 3 })) },
  { weight: 1, arbitrary: fc.constant(ended({ how: 'hung', exitCode: null })) },
  { weight: 1, arbitrary: fc.constant(ended({ how: 'not-started', exitCode: null })) },
);
const mostly = fc.oneof(
  { weight: 7, arbitrary: fc.constant(true) },
  { weight: 1, arbitrary: fc.constant(false) },
);
const worlds: fc.Arbitrary<World> = fc.record({
  mode: fc.constantFrom<RunMode>('release', 'release', 'release', 'rollback', 'drill'),
  isUnattended: fc.boolean(),
  isGo: mostly,
  isLocked: mostly.map((is) => !is),
  baselines: fc.tuple(mostly, mostly),
  strategy: fc.constantFrom(...ROLLOUTS),
  forward: fc.array(outcomes, { maxLength: 3 }),
  back: outcomes,
  smokes: fc.tuple(mostly, mostly),
  checks: fc.array(mostly, { maxLength: 40 }),
  soft: fc.array(fc.constantFrom('continue', 'roll-back', 'extend'), { maxLength: 5 }),
  interruptions: fc
    .array(
      fc.record({
        after: fc.integer({ min: 1, max: 40 }),
        what: fc.constantFrom<World['interruptions'][number]['what']>(
          'crash',
          'crash',
          'crash-before',
          'crash-before',
          'abort',
          'roll-back',
          'take-over',
          'skip-watch',
          'vulnerable',
        ),
      }),
      { maxLength: 3 },
    )
    .map((list) => [...list].sort((one, other) => one.after - other.after)),
  interrupted: fc.constantFrom('resume', 'roll-back', 'take-over', 'abort'),
});

/** What holds of every run, whatever happened. */
function assertSound({ state, journal, begun }: Played): void {
  const scripts = begun.filter((effect) => effect.effect === 'run-script');
  const forward = scripts.filter(({ direction }) => direction === 'forward').map(({ stage }) => stage);
  assert.equal(new Set(forward).size, forward.length, 'a stage was deployed twice');
  assert.ok(scripts.filter(({ direction }) => direction === 'back').length <= 1, 'it went back twice');
  const firstBack = scripts.findIndex(({ direction }) => direction === 'back');
  assert.ok(
    firstBack < 0 || scripts.slice(firstBack).every(({ direction }) => direction === 'back'),
    'it deployed after it went back',
  );
  assert.ok(state.verdict, `no verdict in phase ${state.phase}`);
  assert.equal(state.phase, 'ended');
  assert.equal(state.question, null);
  assert.deepEqual(replay(journal), state, 'the journal gives another state');
  const { verdict } = state;
  if (verdict.verdict === 'Released') {
    assert.ok(state.confirmed, 'released without the phrase');
    assert.ok(
      state.smokes.length > 0 && state.smokes.every(({ outcome }) => outcome.isPassed),
      'released without smoke tests',
    );
    const window = state.watches.findLast(({ of }) => of === 'window');
    assert.ok(window?.ended === 'complete' || state.override !== null, 'released without a watch');
    assert.equal(state.rollback, null);
  }
  if (verdict.liveSystem === 'unchanged')
    assert.equal(state.scripts.filter(({ outcome }) => outcome.how !== 'not-started').length, 0);
  if (verdict.verdict === 'Rolled-Back') assert.ok(state.rollback);
  if (verdict.isRollbackVerified)
    assert.ok(state.scripts.some(({ direction, outcome }) => direction === 'back' && outcome.exitCode === 0));
  const declared = journal.findIndex(({ entry }) => entry.event === 'declared');
  const tagged = journal.findIndex(
    ({ entry }) => entry.event === 'followed-up' && entry.outcome.what === 'tag',
  );
  assert.ok(tagged < 0 || tagged > declared, 'tagged before the verdict');
  assert.ok(tagged < 0 || verdict.verdict === 'Released');
}

describe('release machine', () => {
  it('releases what passes its smoke tests and its watch', () => {
    const played = play(wellBehaved);
    assert.equal(played.state.verdict?.verdict, 'Released');
    assert.equal(exitStatusOf(played.state.verdict), 0);
    assertSound(played);
    assert.deepEqual(
      played.state.entered.map(({ phase }) => phase),
      ['gate', 'strategy', 'execute', 'smoke', 'watch', 'wrap-up', 'ended'],
    );
  });

  it('goes back once where the script fails, and verifies it', () => {
    const played = play({ ...wellBehaved, forward: [ended({ exitCode: 3 })] });
    assertSound(played);
    assert.deepEqual(
      { ...played.state.verdict, reason: '' },
      { verdict: 'Rolled-Back', reason: '', liveSystem: 'changed', isRollbackVerified: true, override: null },
    );
    assert.match(played.state.verdict?.reason ?? '', /^deploy script failure/);
  });

  it('hands over where the way back fails, and never tries again', () => {
    const played = play({
      ...wellBehaved,
      forward: [ended({ how: 'hung', exitCode: null })],
      back: ended({ exitCode: 1 }),
    });
    assertSound(played);
    assert.ok(played.state.verdict);
    assert.equal(exitStatusOf(played.state.verdict), 4);
  });

  it('aborts where nothing was deployed', () => {
    for (const world of [{ isGo: false }, { isLocked: true }, { baselines: [true, false] as const }]) {
      const played = play({ ...wellBehaved, ...world });
      assertSound(played);
      assert.equal(played.state.verdict?.verdict, 'Aborted');
      assert.equal(played.state.verdict.liveSystem, 'unchanged');
      assert.equal(
        played.begun.some(({ effect }) => effect === 'run-script'),
        false,
      );
    }
  });

  it('never deploys again after a crash amid the deployment, whatever is chosen', () => {
    for (const interrupted of ['resume', 'roll-back', 'take-over'] as const) {
      for (let after = 1; after < 30; after++) {
        const played = play({ ...wellBehaved, interrupted, interruptions: [{ after, what: 'crash' }] });
        assertSound(played);
      }
    }
  });

  /** A run that is driven event by event, for what happens between two lines of a journal. */
  const driven = (
    mode: RunMode,
  ): { state: () => ReleaseState; happen: (event: ReleaseEvent) => readonly Effect[] } => {
    let state = initialState;
    let elapsedMs = 0;
    const happen = (entry: ReleaseEvent): readonly Effect[] => {
      elapsedMs += 1000;
      const result = step(state, {
        at: new Date(1_800_000_000_000 + elapsedMs).toISOString(),
        elapsedMs,
        entry,
      });
      ({ state } = result);
      return result.effects;
    };
    happen({ event: 'started', run: identity(mode), settings });
    return { state: () => state, happen };
  };
  const answerOf = (state: ReleaseState, choice: string, text = ''): ReleaseEvent => ({
    event: 'answered',
    answer: { question: state.question?.id ?? '', choice, text, by: ada },
  });
  const gone: ReleaseEvent = { event: 'resumed', by: ada, interrupted: null, detail: '' };
  /** A run whose next effect is the deploy script. */
  const beforeScript = (strategy: Rollout): ReturnType<typeof driven> => {
    const run = driven('release');
    run.happen({ event: 'locked', isHeld: true, detail: '' });
    const baseline: ReleaseEvent = {
      event: 'baseline-taken',
      isComplete: true,
      detail: '',
      past: {},
      metrics: [health],
    };
    run.happen(baseline);
    run.happen({
      event: 'gate-judged',
      gate: {
        items: [],
        isGo: true,
        target: '2.3.0',
        commit: 'c'.repeat(40),
        tickets: [],
        components: [],
        openRisks: [],
        leftovers: [],
        strategies: [...ROLLOUTS],
        strategyReason: '',
        feasibility: [],
      },
    });
    run.happen(answerOf(run.state(), 'proceed'));
    run.happen(answerOf(run.state(), strategy));
    run.happen(answerOf(run.state(), 'start', 'production 2.4.0'));
    run.happen(baseline);
    return run;
  };

  it('knows a script that was decided on and never begun: abort touches nothing, resume deploys once', () => {
    const aborted = beforeScript('all-at-once');
    assert.ok(aborted.state().doing.some(({ effect }) => effect === 'run-script'));
    aborted.happen(gone);
    assert.deepEqual(
      aborted.state().question?.choices.map(({ id }) => id),
      ['resume', 'abort'],
    );
    aborted.happen(answerOf(aborted.state(), 'abort'));
    assert.deepEqual(
      [aborted.state().verdict?.verdict, aborted.state().verdict?.liveSystem],
      ['Aborted', 'unchanged'],
    );
    // Gone once more amid what follows the verdict: the script is not begun now.
    assert.ok(aborted.happen(gone).every(({ effect }) => effect !== 'run-script'));

    const resumed = beforeScript('all-at-once');
    resumed.happen(gone);
    resumed.happen(gone);
    assert.deepEqual(
      resumed.happen(answerOf(resumed.state(), 'resume')).filter(({ effect }) => effect === 'run-script')
        .length,
      1,
    );
  });

  it('asks again what was asked when the runner went, beside what goes on', () => {
    const { state, happen } = beforeScript('all-at-once');
    happen({ event: 'script-ended', direction: 'forward', stage: 0, outcome: ended() });
    happen({
      event: 'smoke-ended',
      direction: 'forward',
      outcome: { cases: [], isPassed: true, detail: '' },
    });
    for (let number = 1; number < 5 && !state().question; number++) {
      const samples = { health: { kind: 'check', isWell: number > 1, detail: '', ms: 3 } } as const;
      happen({ event: 'polled', poll: { number, at: '2026-11-26T21:40:00Z', samples } });
    }
    const { question } = state();
    assert.equal(question?.kind, 'soft');
    happen(gone);
    const effects = happen(answerOf(state(), 'resume'));
    assert.ok(effects.some(({ effect }) => effect === 'poll'));
    assert.equal(state().question?.kind, 'soft');
    assert.deepEqual(state().question?.grounds, question.grounds);
    happen(answerOf(state(), 'roll-back'));
    assert.ok(state().rollback);

    const manual = beforeScript('manual');
    assert.equal(manual.state().question?.kind, 'manual');
    manual.happen(gone);
    // Whoever was asked may have begun with the checklist.
    assert.deepEqual(
      manual.state().question?.choices.map(({ id }) => id),
      ['resume', 'roll-back', 'take-over'],
    );
    manual.happen(answerOf(manual.state(), 'resume'));
    assert.equal(manual.state().question?.kind, 'manual');
  });

  it('asks on a soft breach, and a hard one pre-empts the question', () => {
    const asked = play({ ...wellBehaved, checks: [true, false], soft: ['continue'] });
    assertSound(asked);
    assert.deepEqual(
      asked.state.asked.filter(({ question }) => question.kind === 'soft').map(({ ended: end }) => end.how),
      ['answered'],
    );
    assert.equal(asked.state.verdict?.verdict, 'Released');
    const hard = play({ ...wellBehaved, checks: [true, false, false] });
    assertSound(hard);
    assert.equal(hard.state.verdict?.verdict, 'Rolled-Back');
    const soft = hard.state.asked.find(({ question }) => question.kind === 'soft');
    assert.equal(soft?.ended.how, 'withdrawn');
  });

  it('leaves the watch only with a reason and the phrase, and says so', () => {
    const played = play({ ...wellBehaved, interruptions: [{ after: 14, what: 'skip-watch' }] });
    assertSound(played);
    assert.equal(played.state.override?.reason, 'r');
    assert.equal(played.state.verdict?.verdict, 'Released');
  });

  it('keeps its promises in 10,000 random runs', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(worlds, (world) => assertSound(play(world))),
      { numRuns: 10_000 },
    );
  });

  it('takes events in any order without breaking a promise', function () {
    this.timeout(120_000);
    const event: fc.Arbitrary<ReleaseEvent> = fc.oneof(
      fc.constantFrom<ReleaseEvent>(
        { event: 'started', run: identity('release'), settings },
        { event: 'locked', isHeld: true, detail: '' },
        { event: 'baseline-taken', isComplete: true, detail: '', past: {}, metrics: [health] },
        {
          event: 'gate-judged',
          gate: {
            items: [],
            isGo: true,
            target: null,
            commit: null,
            tickets: [],
            components: [],
            openRisks: [],
            leftovers: [],
            strategies: [...ROLLOUTS],
            strategyReason: '',
            feasibility: [],
          },
        },
        { event: 'script-ended', direction: 'forward', stage: 0, outcome: ended() },
        { event: 'script-ended', direction: 'back', stage: 0, outcome: ended() },
        { event: 'smoke-ended', direction: 'forward', outcome: { cases: [], isPassed: true, detail: '' } },
        { event: 'smoke-ended', direction: 'back', outcome: { cases: [], isPassed: true, detail: '' } },
        { event: 'vulnerability-found', detail: 'CVE' },
        { event: 'resumed', by: ada, interrupted: null, detail: '' },
        { event: 'ended' },
        {
          event: 'declared',
          verdict: {
            verdict: 'Released',
            reason: '',
            liveSystem: 'changed',
            isRollbackVerified: null,
            override: null,
          },
        },
      ),
      fc.record({
        event: fc.constant('answered' as const),
        answer: fc.record({
          question: fc
            .tuple(
              fc.constantFrom('proceed', 'strategy', 'start', 'soft', 'interrupted'),
              fc.integer({ min: 1, max: 8 }),
            )
            .map(([kind, number]) => `${kind}-${number}`),
          choice: fc.constantFrom(
            'proceed',
            'all-at-once',
            'start',
            'continue',
            'roll-back',
            'resume',
            'abort',
          ),
          text: fc.constantFrom('production 2.4.0', '', 'x'),
          by: fc.constant(ada),
        }),
      }),
      fc.record({
        event: fc.constant('demanded' as const),
        demand: fc.constantFrom<Demand>(
          { what: 'abort', reason: 'r', by: ada },
          { what: 'roll-back', reason: 'r', by: ada },
          { what: 'skip-watch', phrase: 'production 2.4.0', reason: 'r', by: ada },
        ),
      }),
      fc.record({
        event: fc.constant('polled' as const),
        poll: fc.record({
          number: fc.integer({ min: 1, max: 6 }),
          at: fc.constant('2026-11-26T21:40:00Z'),
          samples: fc.record({
            health: fc.boolean().map((isWell): Sample => ({ kind: 'check', isWell, detail: '', ms: 1 })),
          }),
        }),
      }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let state = initialState;
        const scripts: string[] = [];
        events.forEach((entry, index) => {
          const result = step(state, { at: '2026-11-26T21:40:00Z', elapsedMs: index * 1000, entry });
          ({ state } = result);
          for (const effect of result.effects)
            if (effect.effect === 'run-script') scripts.push(`${effect.direction} ${effect.stage}`);
        });
        assert.equal(new Set(scripts).size, scripts.length);
        if (state.verdict?.verdict === 'Released') {
          assert.ok(state.smokes.length > 0);
          assert.ok(
            state.watches.some(({ of, ended: how }) => of === 'window' && how === 'complete') ||
              state.override,
          );
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
