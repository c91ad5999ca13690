import type { Answer, JournalLine, ReleaseEvent } from '../../../release/events';
import { step } from '../../../release/machine';
import { initialState, type ReleaseState } from '../../../release/state';
import type { Poll } from '../../../release/watch/samples';

/** A poll that counted, with the watch that it belongs to (its index in `state.watches`). */
export interface StoryPoll {
  readonly watch: number;
  readonly at: string;
  readonly poll: Poll;
}

/** An answer or a demand that was not taken. */
export interface RefusedAnswer {
  readonly answer: Answer;
  readonly why: string;
  readonly at: string;
}

/** Everything that documents are made from: where the run stands, and what its state does not keep of its journal. */
export interface RunStory {
  readonly state: ReleaseState;
  readonly polls: readonly StoryPoll[];
  readonly refused: readonly RefusedAnswer[];
  /** What a vulnerability signal said, each time. */
  readonly vulnerabilities: readonly { readonly at: string; readonly detail: string }[];
  /** When each call of the deploy script was begun, in their order. */
  readonly begun: readonly {
    readonly direction: 'forward' | 'back';
    readonly stage: number;
    readonly arguments: readonly string[];
    readonly at: string;
    readonly elapsedMs: number;
  }[];
  /** On the clock that does not jump: when the script had gone back, and when the verdict was made; null before. */
  readonly backMs: number | null;
  readonly verdictMs: number | null;
  /** Hashes of the line that holds the verdict ('' before it) and of the last line. */
  readonly verdictHash: string;
  readonly endHash: string;
}

/** Reads a run as its journal grows, line by line: a day's watch is not replayed for each of its polls. */
export interface StoryReader {
  take(line: JournalLine): void;
  /** As it stands now. */
  story(): RunStory;
}

export function createStoryReader(): StoryReader {
  let state = initialState;
  let verdictHash = '';
  let endHash = '';
  let backMs: number | null = null;
  let verdictMs: number | null = null;
  const polls: StoryPoll[] = [];
  const refused: RefusedAnswer[] = [];
  const vulnerabilities: { at: string; detail: string }[] = [];
  const begun: RunStory['begun'][number][] = [];
  return {
    take({ at, elapsedMs, entry, hash }) {
      endHash = hash;
      if ('effect' in entry) {
        if (entry.effect === 'declare' && verdictHash === '') {
          verdictHash = hash;
          verdictMs = elapsedMs;
        }
        if (entry.effect === 'run-script') {
          const { direction, stage } = entry;
          begun.push({ direction, stage, arguments: entry.arguments, at, elapsedMs });
        }
        return;
      }
      const event: ReleaseEvent = entry;
      const before = state.watches.at(-1);
      const index = state.watches.length - 1;
      ({ state } = step(state, { at, elapsedMs, entry: event }));
      if (event.event === 'polled') {
        const after = state.watches[index];
        // A late poll changes nothing, and is no interval of the watch.
        if (before && after && after.done > before.done) polls.push({ watch: index, at, poll: event.poll });
      } else if (event.event === 'script-ended' && event.direction === 'back') {
        backMs = elapsedMs;
      } else if (event.event === 'answer-refused') {
        refused.push({ answer: event.answer, why: event.why, at });
      } else if (event.event === 'vulnerability-found') {
        vulnerabilities.push({ at, detail: event.detail });
      }
    },
    story: () => ({
      state,
      polls,
      refused,
      vulnerabilities,
      begun,
      backMs,
      verdictMs,
      verdictHash,
      endHash,
    }),
  };
}

/** The story of a whole journal. */
export function storyOf(lines: readonly JournalLine[]): RunStory {
  const reader = createStoryReader();
  for (const line of lines) reader.take(line);
  return reader.story();
}
