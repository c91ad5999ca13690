import { defineKind, frontMatter, inSection } from '../shape/define-kind';
import { list, prose } from '../shape/parts';
import type { DocumentReview } from './document-review';
import source from './template.hbs';

/** A person's word that a document, as its text stood, was read or carried out by somebody who did not write it. */
export const documentReviewKind = defineKind<DocumentReview>({
  id: 'document-review',
  title: 'Review of a document',
  path: /(?:^|\/)records\/review_[^/]+\.md$/,
  isSealed: true,
  source,
  sections: [
    { id: 'evidence', title: 'Evidence', isRequired: false, holds: 'list' },
    { id: 'notes', title: 'Notes', isRequired: false, aliases: ['remarks', 'comments'] },
  ],
  fields: {
    document: frontMatter('document'),
    sha256: frontMatter('sha256'),
    review: frontMatter('review'),
    reviewer: frontMatter('reviewer'),
    author: frontMatter('author'),
    at: frontMatter('at'),
    environment: frontMatter('environment'),
    outcome: frontMatter('outcome'),
    recordedBy: frontMatter('recorded-by'),
    evidence: inSection('evidence', list()),
    notes: inSection('notes', prose()),
  },
});
