import type { Columns } from './parts';

/** A question that the engine answers from evidence, or leaves to a person. */
export interface AnsweredQuestion {
  readonly question: string;
  /** `yes`, `no` or `unknown` by the engine; UNKNOWN(...) where only a person can tell. */
  readonly answer: string;
  /** What the answer rests on: never empty where it is a yes. */
  readonly evidence: string;
  /** What a person does next; '' where it is a yes. */
  readonly next: string;
}

/** Columns of a list of answered questions. */
export const answerColumns: Columns<keyof AnsweredQuestion> = {
  question: ['question', 'item', 'criterion', 'check'],
  answer: ['answer', 'done', 'result', 'status'],
  evidence: ['evidence', 'shown by', 'why'],
  next: ['next', 'what to do', 'to do'],
};
