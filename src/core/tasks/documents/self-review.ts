import type { SelfReview } from '../../documents/self-review/self-review';
import { selfReviewKind } from '../../documents/self-review/self-review-kind';
import { SELF_REVIEW_QUESTIONS } from '../reports/questions';
import { answerListSubject } from '../reports/answer-list-subject';

/** The eight questions of the author, answered from evidence. */
export const selfReview = answerListSubject<SelfReview>({
  id: 'self-review',
  kind: selfReviewKind,
  title: 'Write the self-review of the release documents',
  file: 'SELF_REVIEW',
  questions: SELF_REVIEW_QUESTIONS,
  dataOf: (common, rows) => ({ ...common, questions: rows }),
});
