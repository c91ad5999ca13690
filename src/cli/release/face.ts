import type { Demand } from '../../core/release/events';
import type { Actor, Verdict } from '../../core/release/run';
import type { ReleaseState } from '../../core/release/state';
import { typedAnswer } from '../../core/release/typed-answer';
import { viewOf, type ReleaseView } from '../../core/release/view';
import type { FollowedRun } from '../../adapters/release/follow-run';
import type { Terminal } from '../terminal';
import { openLineEditor } from './line-editor';
import { cutTo, questionLines, runScreen } from './run-screen';

/** How a person left a run: it has its verdict, or it goes on without this terminal. */
export type FaceEnd =
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly state: ReleaseState }
  | { readonly kind: 'left'; readonly state: ReleaseState }
  /** The runner is gone without a verdict. */
  | { readonly kind: 'gone'; readonly state: ReleaseState };

/** What a person may type whenever the run goes on, with what it means. */
const DEMANDS: Readonly<Record<Demand['what'], string>> = {
  abort: 'abort WHY',
  'roll-back': 'roll-back WHY',
  'take-over': 'take-over WHY',
  vulnerable: 'vulnerable WHY',
  'skip-watch': 'skip-watch WHY',
};

/**
 * Follows a run at a terminal until its verdict: shows where it stands, and sends on what the person types. Leaving
 * (Ctrl+C) leaves the run as it is. Where nobody watches, it prints what happens, a line each.
 */
export async function followAtTerminal(run: FollowedRun, by: Actor, terminal: Terminal): Promise<FaceEnd> {
  return terminal.isInteractive ? followOnScreen(run, by, terminal) : followInLines(run, terminal);
}

async function followOnScreen(run: FollowedRun, by: Actor, terminal: Terminal): Promise<FaceEnd> {
  let drawn = 0;
  let message = '';
  /** A demand whose phrase is waited for. */
  let waiting: { readonly what: 'skip-watch'; readonly reason: string } | null = null;
  return new Promise<FaceEnd>((resolve) => {
    const draw = (): void => {
      const view = viewOf(run.state(), run.elapsedMs());
      const whole = [
        ...runScreen(view, terminal),
        ...questionLines(view, terminal),
        ...(view.isOver ? [] : ['', terminal.style('faint', cutTo(terminal.width, helpLine(view)))]),
        ...(message === '' ? [] : [terminal.style('doubtful', cutTo(terminal.width, message))]),
        // The end of what is typed is what somebody looks at.
        ...(view.isOver ? [] : [`> ${(editor?.typed ?? '').slice(-(terminal.width - 3))}`]),
      ];
      // What has scrolled out at the top, or goes on in a second line, could not be drawn over.
      const lines = view.isOver ? whole : whole.slice(-Math.max(10, (process.stderr.rows || 24) - 1));
      process.stderr.write(`${drawn > 0 ? `\u001b[${drawn}A\r\u001b[J` : ''}${lines.join('\n')}\n`);
      drawn = lines.length;
    };
    const end = (result: FaceEnd): void => {
      clearInterval(timer);
      stop();
      editor?.close();
      draw();
      resolve(result);
    };
    const typed = (line: string): void => {
      message = '';
      const { question } = run.state();
      const view = viewOf(run.state());
      if (waiting) {
        void run.demand({ ...waiting, phrase: line.trim(), by });
        waiting = null;
      } else {
        const answer = question && typedAnswer(question, line, by);
        const demand = answer ? null : typedDemand(view, line);
        if (answer) void run.answer(answer);
        else if (demand?.what === 'skip-watch') {
          waiting = { what: 'skip-watch', reason: demand.reason };
          message = `Type "${view.phrase}" to leave the watch window. The record and the verdict will say so.`;
        } else if (demand) void run.demand({ what: demand.what, reason: demand.reason, by });
        else if (line.trim() !== '') message = `"${line.trim()}" is none of the answers.`;
      }
      draw();
    };
    const editor = openLineEditor(typed, draw, () => end({ kind: 'left', state: run.state() }));
    const look = (): void => {
      const state = run.state();
      const refusal = run.lastRefusal();
      if (refusal !== null) message = `Refused: ${refusal}`;
      draw();
      if (state.phase === 'ended' && state.verdict) end({ kind: 'verdict', verdict: state.verdict, state });
      else if (run.isGone()) end({ kind: 'gone', state });
    };
    const stop = run.onChange(look);
    const timer = setInterval(look, 1000);
    look();
  });
}

async function followInLines(run: FollowedRun, terminal: Terminal): Promise<FaceEnd> {
  let phase = '';
  let question = '';
  let poll = '';
  return new Promise<FaceEnd>((resolve) => {
    const look = (): void => {
      const state = run.state();
      const view = viewOf(state, run.elapsedMs());
      if (state.phase !== phase) {
        ({ phase } = state);
        const now = view.phases.find(({ status }) => status === 'now');
        if (state.verdict) {
          if (phase === 'wrap-up') terminal.say(`${state.at} ${view.banner?.text ?? ''}`);
        } else terminal.say(`${state.at} ${now ? now.title : phase}`);
      }
      // A file answers the other questions of a run that nobody attends.
      const isForPeople = state.run?.isUnattended !== true || state.question?.kind === 'soft';
      if (state.question && isForPeople && state.question.id !== question) {
        question = state.question.id;
        const grounds = state.question.grounds.map((ground) => `\n  - ${ground}`).join('');
        terminal.say(
          `${state.at} Waits for an answer: ${state.question.text}${grounds}\n  (answer at a terminal: release-gate follow . ${view.id}; or in the panel of VS Code)`,
        );
      }
      const last = state.watches.at(-1);
      const key = last ? `${state.watches.length}/${last.done}` : '';
      if (last && key !== poll && last.done > 0) {
        poll = key;
        const findings = last.log.at(-1)?.poll === last.done ? (last.log.at(-1)?.findings ?? []) : [];
        terminal.say(
          `${state.at} poll ${last.done} of ${last.polls}${findings.map(({ level, text }) => `; ${level}: ${text}`).join('')}`,
        );
      }
      const finish = (result: FaceEnd): void => {
        stop();
        clearInterval(timer);
        resolve(result);
      };
      if (state.phase === 'ended' && state.verdict)
        finish({ kind: 'verdict', verdict: state.verdict, state });
      else if (run.isGone()) finish({ kind: 'gone', state });
      else if (terminal.signal.aborted) finish({ kind: 'left', state });
    };
    const stop = run.onChange(look);
    const timer = setInterval(look, 500);
    look();
  });
}

/** `roll-back the orders page is empty` as a demand; null for what is none, or not possible now. */
function typedDemand(
  view: ReleaseView,
  line: string,
): { readonly what: Demand['what']; readonly reason: string } | null {
  const [, word = '', reason = ''] = /^(\S+)\s*(.*)$/s.exec(line.trim()) ?? [];
  const what = view.demands.find((each) => each === word.toLowerCase());
  return what && reason.trim() !== '' ? { what, reason: reason.trim() } : null;
}

function helpLine(view: ReleaseView): string {
  const demands = view.demands.map((what) => DEMANDS[what]);
  return [...demands, 'Ctrl+C leaves it running'].join(' · ');
}
