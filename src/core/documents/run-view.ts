import type { BlockRun, RunState, Tick } from './journal';
import { placeSteps } from './journal';
import type { DocumentStep } from './steps-in';

/** A step as a person in the middle of a run sees it. */
export interface StepView {
  /** Null where its box is open. */
  readonly tick: Tick | null;
  /** What is done next, as far as the ticks tell. */
  readonly isCurrent: boolean;
  readonly isOverdue: boolean;
  /** Ticked, and its text is another now. */
  readonly isChanged: boolean;
  /** Sentences: what it should take and took, when it was ticked, what its commands ended with; '' where nothing is to say. */
  readonly says: string;
}

/** A run as a person in the middle of it sees it. */
export interface RunView {
  readonly isUnderWay: boolean;
  readonly isOverdue: boolean;
  /** Sentences on the whole: when it began, how far it is, expected duration against elapsed. */
  readonly says: string;
  /** By the step's `id`. */
  readonly steps: ReadonlyMap<string, StepView>;
  /** Titles of steps that were ticked and are no longer in the document. */
  readonly gone: readonly string[];
}

/** How the steps of a document stand in a run; `state` null: none was ever begun. */
export function runView(steps: readonly DocumentStep[], state: RunState | null, now: Date): RunView {
  if (state === null || state.finishedAt !== null) return restView(steps, state);
  const placeOf = placeSteps(
    [...state.ticks, ...state.runs].map(({ step }) => step),
    steps,
  );
  const ticks = new Map<DocumentStep, Tick>();
  const gone: string[] = [];
  for (const tick of state.ticks) {
    const step = placeOf(tick.step);
    if (step) ticks.set(step, tick);
    else gone.push(tick.step.title);
  }
  const runs = new Map<DocumentStep, BlockRun[]>();
  for (const run of state.runs) {
    const step = placeOf(run.step);
    if (step) runs.set(step, [...(runs.get(step) ?? []), run]);
  }
  const current = currentStep(steps, ticks, runs);
  const reached = [...ticks.values()].at(-1)?.at ?? state.startedAt;
  const views = new Map<string, StepView>();
  for (const step of steps) {
    const tick = ticks.get(step);
    const isCurrent = step === current;
    const took = tick
      ? minutesBetween(tick.since, tick.at)
      : isCurrent
        ? minutesBetween(reached, now.toISOString())
        : null;
    const isChanged = tick !== undefined && tick.step.hash !== step.hash;
    views.set(step.id, {
      tick: tick ?? null,
      isCurrent,
      isOverdue: isOver(took, step.minutes),
      isChanged,
      says: sentences(
        tick && `Ticked ${clockTime(tick.at, state.startedAt)}${tick.by === null ? '' : ` by ${tick.by}`}`,
        isChanged && 'The text of this step has changed since it was ticked',
        durationWords(took, step.minutes, tick ? 'Took' : 'Under way for'),
        ...(runs.get(step) ?? []).map((run) => runWords(run, step, state.startedAt)),
      ),
    });
  }
  const total = sectionWords(steps, ticks, current, now);
  return {
    isUnderWay: true,
    isOverdue: total.isOverdue,
    says: sentences(
      `Run begun ${clockTime(state.startedAt, now.toISOString())}${state.startedBy === null ? '' : ` by ${state.startedBy}`}, ${elapsedWords(minutesBetween(state.startedAt, now.toISOString()))} ago`,
      total.says,
      gone.length > 0 && `Ticked and no longer in the document: ${gone.join(', ')}`,
    ),
    steps: views,
    gone,
  };
}

function restView(steps: readonly DocumentStep[], state: RunState | null): RunView {
  return {
    isUnderWay: false,
    isOverdue: false,
    says: sentences(
      'No run is under way',
      state?.finishedAt != null &&
        `The last one, begun ${dayAndTime(state.startedAt)}, ended ${clockTime(state.finishedAt, state.startedAt)} after ${elapsedWords(minutesBetween(state.startedAt, state.finishedAt))}`,
    ),
    steps: new Map(
      steps.map((step) => [
        step.id,
        {
          tick: null,
          isCurrent: false,
          isOverdue: false,
          isChanged: false,
          says: sentences(durationWords(null, step.minutes, '')),
        },
      ]),
    ),
    gone: [],
  };
}

/** The first open step behind the one that was ticked last, in its section; before any tick the one whose command ran. */
function currentStep(
  steps: readonly DocumentStep[],
  ticks: ReadonlyMap<DocumentStep, Tick>,
  runs: ReadonlyMap<DocumentStep, readonly BlockRun[]>,
): DocumentStep | null {
  const [last] = [...ticks.keys()].slice(-1);
  if (last) {
    const following = steps.slice(steps.indexOf(last) + 1);
    return following.find((step) => step.section === last.section && !ticks.has(step)) ?? null;
  }
  const [ran] = [...runs.keys()].slice(-1);
  if (ran) return ran;
  // Where there is one list of steps, a run begins with its first; which of several is meant nobody has said.
  const sections = new Set(
    steps
      .filter(({ minutes, commands }) => minutes !== null || commands.length > 0)
      .map(({ section }) => section),
  );
  const [only] = [...sections];
  return sections.size === 1 ? (steps.find(({ section }) => section === only) ?? null) : null;
}

/** How far the section is in which somebody is at work, against what its steps should take. */
function sectionWords(
  steps: readonly DocumentStep[],
  ticks: ReadonlyMap<DocumentStep, Tick>,
  current: DocumentStep | null,
  now: Date,
): { readonly says: string; readonly isOverdue: boolean } {
  const [last] = [...ticks.keys()].slice(-1);
  const section = current?.section ?? last?.section;
  const own = steps.filter((step) => step.section === section);
  const [first] = own;
  if (!first) return { says: '', isOverdue: false };
  const ticked = [...ticks].filter(([step]) => step.section === section);
  const begun = ticked[0]?.[1].since ?? null;
  const isDone = ticked.length === own.length;
  const end = isDone ? (ticked.at(-1)?.[1].at ?? null) : now.toISOString();
  const elapsed = begun === null || end === null ? null : minutesBetween(begun, end);
  const known = own.map(({ minutes }) => minutes);
  const expected = known.includes(null)
    ? null
    : known.reduce<number>((sum, minutes) => sum + (minutes ?? 0), 0);
  const says = [
    `${first.sectionTitle}: ${ticked.length} of ${own.length} ticked`,
    durationWords(elapsed, expected, isDone ? 'took' : 'under way for'),
    elapsed !== null && expected === null ? 'expected: not known' : '',
  ].filter((part) => part !== '');
  return { says: says.join(', '), isOverdue: isOver(elapsed, expected) };
}

function isOver(took: number | null, expected: number | null): boolean {
  return took !== null && expected !== null && took > expected;
}

/** "Took 7 min: OVERDUE, 2 min over the 5 min expected". What a document does not say it shows as UNKNOWN itself. */
function durationWords(took: number | null, expected: number | null, lead: string): string {
  if (took === null) return expected === null ? '' : `${minutesWords(expected)} expected`;
  const elapsed = `${lead} ${elapsedWords(took)}`;
  if (expected === null) return elapsed;
  if (!isOver(took, expected)) return `${elapsed} of the ${minutesWords(expected)} expected`;
  return `${elapsed}: OVERDUE, ${elapsedWords(took - expected)} over the ${minutesWords(expected)} expected`;
}

/** Of what is measured, to the minute. */
function elapsedWords(minutes: number): string {
  return minutes < 1 ? 'less than 1 min' : minutesWords(minutes);
}

function runWords({ block, at, ended }: BlockRun, step: DocumentStep, startedAt: string): string {
  const which = step.commands.length > 1 ? `Command ${block}` : 'Command';
  const begun = `${which} run ${clockTime(at, startedAt)}`;
  if (!ended) return `${begun}; how it ended the terminal has not told`;
  if (ended.exitCode === null)
    return `${begun}, ended ${clockTime(ended.at, startedAt)}; how, the terminal does not tell`;
  return ended.exitCode === 0
    ? `${begun}, ended ${clockTime(ended.at, startedAt)} with 0`
    : `${begun}, FAILED ${clockTime(ended.at, startedAt)} with ${ended.exitCode}`;
}

function minutesBetween(from: string, to: string): number {
  return Math.max(0, (Date.parse(to) - Date.parse(from)) / 60_000);
}

/** "12 min", "1 h 35 min", "30 s". */
export function minutesWords(minutes: number): string {
  if (minutes < 1) {
    return `${Math.floor(minutes * 60 + 1e-6)} s`;
  }
  const whole = Math.floor(minutes + 1e-6);
  const hours = Math.floor(whole / 60);
  const rest = whole - hours * 60;
  if (hours === 0) return `${rest} min`;
  if (hours >= 48) return `${Math.floor(hours / 24)} days`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** "14:07 UTC", with the day where it is another than that of `beside`. */
function clockTime(at: string, beside: string): string {
  return at.slice(0, 10) === beside.slice(0, 10) ? `${at.slice(11, 16)} UTC` : dayAndTime(at);
}

function dayAndTime(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`;
}

function sentences(...parts: readonly (string | false | undefined)[]): string {
  return parts
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .map((part) => `${part}.`)
    .join(' ');
}
