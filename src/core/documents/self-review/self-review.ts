import type { AnsweredQuestion } from '../markdown/answers';

/** `docs/release/reviews/SELF_REVIEW_<version>.md` as data; texts as in a release plan. */
export interface SelfReview {
  readonly service: string;
  readonly version: string;
  /** The commit that the answers are of. */
  readonly commit: string;
  readonly questions: readonly AnsweredQuestion[];
  readonly claims: readonly { readonly question: string; readonly answer: string }[];
}
