import type { AnsweredQuestion } from '../markdown/answers';

/** `docs/release/reviews/DEFINITION_OF_DONE_<version>.md` as data; texts as in a release plan. */
export interface DefinitionOfDone {
  readonly service: string;
  readonly version: string;
  /** The commit that the answers are of. */
  readonly commit: string;
  readonly items: readonly AnsweredQuestion[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}
