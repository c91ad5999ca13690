import { confirmationPhrase } from '../text/confirmation-phrase';
import { isInTheWay, verdictInWords } from './run';
import { isLiveTouched, type Question, type QuestionKind, type ReleaseState } from './state';

type Choice = Question['choices'][number];

const choice = (id: string, label: string, takes: Choice['takes'] = 'nothing'): Choice => ({
  id,
  label,
  takes,
});

/** The question of a kind as the state stands; its number is that of `state.questions`. */
export function questionOf(state: ReleaseState, kind: QuestionKind, grounds: readonly string[]): Question {
  const { run, at, elapsedMs, questions } = state;
  const what = `${run?.version ?? ''} to ${run?.environment ?? ''}`;
  const base = { id: `${kind}-${questions}`, kind, phrase: null, grounds, askedAt: at, askedMs: elapsedMs };
  switch (kind) {
    case 'proceed': {
      const gate = state.gate;
      const blocking = (gate?.items ?? []).filter(isInTheWay);
      return {
        ...base,
        text: gate?.isGo
          ? `Nothing stands against the release of ${what}. Does it go on?`
          : `The release of ${what} may not go. What is to be done?`,
        choices: [
          ...(gate?.isGo ? [choice('proceed', 'Proceed')] : []),
          choice('abort', 'Abort', 'text'),
          choice('edit-scope', 'Edit the scope and judge again', 'text'),
        ],
        grounds: [...grounds, ...blocking.map(({ detail }) => detail)],
      };
    }
    case 'strategy': {
      const gate = state.gate;
      const [recommended] = gate?.strategies ?? [];
      return {
        ...base,
        text: `How does ${what} go out?`,
        choices: [
          ...(gate?.strategies ?? []).map((each) =>
            choice(each, each === recommended ? `${each} (recommended)` : each),
          ),
          choice('abort', 'Abort', 'text'),
        ],
        grounds: gate?.strategyReason ? [gate.strategyReason] : [],
      };
    }
    case 'start': {
      const phrase = confirmationPhrase(run?.environment ?? '', run?.version ?? '');
      return {
        ...base,
        phrase,
        text:
          run?.mode === 'rollback'
            ? `Go back on ${run.environment} from ${run.version} to ${state.gate?.target ?? run.target ?? 'the version before'}?`
            : `Deploy ${what}?`,
        choices: [
          choice('start', `Start, by typing "${phrase}"`, 'phrase'),
          choice('abort', 'Abort', 'text'),
        ],
      };
    }
    case 'manual':
      return {
        ...base,
        text: `Was ${what} deployed by the checklist?`,
        choices: [choice('done', 'Done', 'text'), choice('failed', 'Failed', 'text')],
        grounds: state.settings?.checklist ?? [],
      };
    case 'soft':
      return {
        ...base,
        text: `A soft breach of ${what}. Does the release go on?`,
        choices: [
          choice('continue', 'Continue'),
          choice('roll-back', 'Roll back now'),
          choice('extend', 'Extend the watch, by minutes', 'minutes'),
        ],
      };
    case 'interrupted': {
      const wasCutOff =
        state.rollback === null &&
        state.scripts.some(({ direction, outcome }) => direction === 'forward' && outcome.how === 'unknown');
      return {
        ...base,
        text: wasCutOff
          ? `The runner was gone amid the deployment of ${what}, so nobody knows what runs. What is to be done?`
          : `The runner of ${what} was gone. What is to be done?`,
        choices: [
          ...(wasCutOff ? [] : [choice('resume', 'Resume where it was')]),
          ...(isLiveTouched(state)
            ? [choice('roll-back', 'Roll back now'), choice('take-over', 'Take over by hand')]
            : [choice('abort', 'Abort')]),
        ],
        grounds: [...grounds, ...state.resumes.slice(-1).map(({ detail }) => detail)].filter(
          (line) => line !== '',
        ),
      };
    }
    default:
      return kind satisfies never;
  }
}

/** The state in one line, for a person who looks in. */
export function inOneLine(state: ReleaseState): string {
  const { run, verdict, phase, question } = state;
  const what = run ? `${run.version} to ${run.environment}` : 'a release';
  if (verdict) return `${what}: ${verdictInWords(verdict)} (${verdict.reason})`;
  return question ? `${what}: waits for an answer: ${question.text}` : `${what}: phase ${phase}`;
}
