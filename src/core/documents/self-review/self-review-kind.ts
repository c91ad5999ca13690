import { answerColumns } from '../markdown/answers';
import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { table } from '../shape/parts';
import { toldClaims, toldSection } from '../shape/told';
import type { SelfReview } from './self-review';
import source from './template.hbs';

/** The eight questions that the author asks of the release documents before handing them over, answered from evidence. */
export const selfReviewKind = defineKind<SelfReview>({
  id: 'self-review',
  title: 'Self-review',
  path: /(?:^|\/)SELF_REVIEW(?:_[^/]+)?\.md$/,
  source,
  sections: [
    {
      id: 'questions',
      title: 'Questions',
      isRequired: true,
      isEssential: true,
      aliases: ['checklist', 'self-review checklist', 'review'],
      holds: 'table',
      needs: 'the eight questions with their answers',
    },
    toldSection,
  ],
  fields: {
    service: frontMatter('service'),
    version: frontMatter('version'),
    commit: frontMatter('commit'),
    questions: inSection('questions', table(answerColumns)),
    claims: toldClaims(),
  },
});
