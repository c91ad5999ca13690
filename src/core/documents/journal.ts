/** A step as a journal names it; enough to find it again in a document that was edited since. */
export interface JournalStep {
  readonly section: string;
  readonly number: number;
  readonly title: string;
  /** Of the step's text when it was ticked. */
  readonly hash: string;
}

/** Values by the parameter's name. Of a secret only its name is told, in `hidden`. */
export interface JournalParameters {
  readonly parameters: Readonly<Record<string, string>>;
  readonly hidden: readonly string[];
}

interface At {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** As git knows the person at the editor; null where it does not. */
  readonly by: string | null;
}

/** What happened in a run of a runbook, one line of JSON each. */
export type JournalEvent =
  | (At &
      JournalParameters & {
        readonly event: 'started';
        /** The runbook, from the repository's root. */
        readonly document: string;
        readonly title: string;
        /** Of the document's text as it stood then. */
        readonly hash: string;
      })
  | (At & JournalParameters & { readonly event: 'ticked' | 'unticked'; readonly step: JournalStep })
  | (At &
      JournalParameters & {
        /** A person confirmed this command, and it was handed to the terminal. */
        readonly event: 'ran';
        readonly step: JournalStep;
        /** Which of the step's blocks, from 1. */
        readonly block: number;
        readonly command: string;
        /** The environment that the parameters name; null where none does. */
        readonly environment: string | null;
      })
  | (At & {
      /** The terminal tells that it ended. */
      readonly event: 'ended';
      readonly step: JournalStep;
      readonly block: number;
      /** Null where the shell tells none. */
      readonly exitCode: number | null;
    })
  | (At & { readonly event: 'finished' });

/** A journal as it was read. */
export interface ReadJournal {
  readonly events: readonly JournalEvent[];
  /** Lines that are no event, from 1; the others count all the same. */
  readonly unreadLines: readonly number[];
  /** The last line was not written to its end: a crash, a full disk. */
  readonly isTorn: boolean;
}

/** A longer line is none of ours. */
const MAX_LINE_CHARACTERS = 200_000;

/** An event as its line in the journal, line break included. */
export function journalLine(event: JournalEvent): string {
  return `${JSON.stringify(event)}\n`;
}

/** Where the journals of a document are: a folder beside it. */
export function journalFolder(documentPath: string): string {
  return `${documentPath.replace(/\.(?:md|markdown)$/i, '')}.journal`;
}

/** The name of the journal of a run that begins now; sorted by name, journals are in the order of their runs. */
export function journalName(now: Date): string {
  return `${now
    .toISOString()
    .replace(/:/g, '')
    .replace(/\.\d+Z$/, 'Z')}.jsonl`;
}

/** Whether a file of that name is a journal. */
export function isJournalName(name: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{6}Z(?:-\d{1,3})?\.jsonl$/.test(name);
}

/** Reads a journal; what is no event of ours is passed over, and said. */
export function readJournal(text: string): ReadJournal {
  const lines = text.split('\n');
  const rest = lines.pop() ?? '';
  const events: JournalEvent[] = [];
  const unreadLines: number[] = [];
  lines.forEach((line, index) => {
    if (line.trim() === '') return;
    const event = eventOf(line);
    if (event) events.push(event);
    else unreadLines.push(index + 1);
  });
  // Without its line break the last line may still be whole.
  const last = rest.trim() === '' ? null : eventOf(rest);
  if (last) events.push(last);
  return { events, unreadLines, isTorn: rest.trim() !== '' && !last };
}

function eventOf(line: string): JournalEvent | null {
  if (line.length > MAX_LINE_CHARACTERS) return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { event, at, by } = value;
  if (typeof at !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(at) || Number.isNaN(Date.parse(at))) return null;
  const common = { at: new Date(at).toISOString(), by: typeof by === 'string' ? by : null };
  const step = stepOf(value['step']);
  const block = typeof value['block'] === 'number' ? value['block'] : 0;
  switch (event) {
    case 'started':
      return {
        ...common,
        event,
        document: textOf(value['document']),
        title: textOf(value['title']),
        hash: textOf(value['hash']),
        ...parametersOf(value),
      };
    case 'ticked':
    case 'unticked':
      return step && { ...common, event, step, ...parametersOf(value) };
    case 'ran':
      return (
        step && {
          ...common,
          event,
          step,
          block,
          command: textOf(value['command']),
          environment: typeof value['environment'] === 'string' ? value['environment'] : null,
          ...parametersOf(value),
        }
      );
    case 'ended':
      return (
        step && {
          ...common,
          event,
          step,
          block,
          exitCode: typeof value['exitCode'] === 'number' ? value['exitCode'] : null,
        }
      );
    case 'finished':
      return { ...common, event };
    default:
      return null;
  }
}

function stepOf(value: unknown): JournalStep | null {
  if (!isRecord(value) || typeof value['section'] !== 'string' || typeof value['number'] !== 'number')
    return null;
  return {
    section: value['section'],
    number: value['number'],
    title: textOf(value['title']),
    hash: textOf(value['hash']),
  };
}

function parametersOf(value: Readonly<Record<string, unknown>>): JournalParameters {
  const { parameters, hidden } = value;
  return {
    parameters: Object.fromEntries(
      Object.entries(isRecord(parameters) ? parameters : {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
    hidden: Array.isArray(hidden) ? hidden.filter((name): name is string => typeof name === 'string') : [],
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A box that is ticked. */
export interface Tick {
  readonly step: JournalStep;
  readonly at: string;
  readonly by: string | null;
  /** When what it took began: the tick before it, or the run's start. */
  readonly since: string;
}

/** The last time that a block of a step was run from here. */
export interface BlockRun {
  readonly step: JournalStep;
  readonly block: number;
  readonly at: string;
  readonly by: string | null;
  /** Null while it runs, or where the terminal does not tell. */
  readonly ended: { readonly at: string; readonly exitCode: number | null } | null;
}

/** Where a run stands. */
export interface RunState {
  readonly startedAt: string;
  readonly startedBy: string | null;
  /** Null while it is under way. */
  readonly finishedAt: string | null;
  /** In the order in which they were ticked. */
  readonly ticks: readonly Tick[];
  readonly runs: readonly BlockRun[];
}

/** What the events of one journal come to; null where there are none. What came after its end counts no more. */
export function runStateOf(events: readonly JournalEvent[]): RunState | null {
  const [first] = events;
  if (!first) return null;
  const ticks: Tick[] = [];
  const runs: BlockRun[] = [];
  let finishedAt: string | null = null;
  let reached = first.at;
  for (const event of events) {
    if (finishedAt !== null) break;
    switch (event.event) {
      case 'started':
        break;
      case 'ticked':
        remove(ticks, (tick) => isSameStep(tick.step, event.step));
        ticks.push({ step: event.step, at: event.at, by: event.by, since: reached });
        reached = event.at;
        break;
      case 'unticked':
        remove(ticks, (tick) => isSameStep(tick.step, event.step));
        reached = event.at;
        break;
      case 'ran':
        remove(runs, (run) => isSameStep(run.step, event.step) && run.block === event.block);
        runs.push({ step: event.step, block: event.block, at: event.at, by: event.by, ended: null });
        break;
      case 'ended': {
        const index = runs.findIndex((run) => isSameStep(run.step, event.step) && run.block === event.block);
        const run = runs[index];
        if (run) runs[index] = { ...run, ended: { at: event.at, exitCode: event.exitCode } };
        break;
      }
      case 'finished':
        finishedAt = event.at;
        break;
    }
  }
  return { startedAt: first.at, startedBy: first.by, finishedAt, ticks, runs };
}

function isSameStep(one: JournalStep, other: JournalStep): boolean {
  return identityOf(one) === identityOf(other);
}

function remove<T>(items: T[], isMeant: (item: T) => boolean): void {
  const index = items.findIndex(isMeant);
  if (index >= 0) items.splice(index, 1);
}

/**
 * Which step of a document each of a journal's is, one to one: the same text first, then the same title, then the same
 * number in its section. Null for a step that is no longer in the document.
 */
export function placeSteps<T extends JournalStep>(
  journalled: readonly JournalStep[],
  steps: readonly T[],
): (step: JournalStep) => T | null {
  const waiting = new Map(journalled.map((step) => [identityOf(step), step]));
  const placed = new Map<string, T>();
  const free = new Set(steps);
  const ways: readonly ((one: JournalStep, other: T) => boolean)[] = [
    (one, other) => one.hash === other.hash && one.number === other.number,
    (one, other) => one.hash === other.hash,
    (one, other) => one.title === other.title && one.number === other.number,
    (one, other) => one.title === other.title,
    (one, other) => one.number === other.number,
  ];
  for (const isThis of ways) {
    for (const [identity, one] of waiting) {
      const found = [...free].find((other) => one.section === other.section && isThis(one, other));
      if (!found) continue;
      placed.set(identity, found);
      free.delete(found);
      waiting.delete(identity);
    }
  }
  return (step) => placed.get(identityOf(step)) ?? null;
}

function identityOf({ section, number, title, hash }: JournalStep): string {
  return JSON.stringify([section, number, title, hash]);
}
