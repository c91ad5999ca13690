import { documentReviewKind } from '../../src/core/documents/document-review/document-review-kind';
import type { DocumentReview } from '../../src/core/documents/document-review/document-review';
import type { ReadDocument } from '../../src/core/documents/document';
import { textHash } from '../../src/core/documents/markdown/text-hash';

/** A record that Grace Murray reviewed `document.md` as `text` has it. */
export function reviewRecord(text: string, parts: Partial<DocumentReview> = {}): ReadDocument {
  return documentReviewKind.read(
    'docs/release/records/review_document_Grace-Murray_2026-11-21.md',
    documentReviewKind.render({
      document: 'document.md',
      sha256: textHash(text),
      review: 'reviewed',
      reviewer: 'Grace Murray <grace@acme.example>',
      author: 'Ada Byron <ada@acme.example>',
      at: '2026-11-21T09:00:00Z',
      environment: '',
      outcome: '',
      recordedBy: 'Grace Murray',
      evidence: [],
      notes: '',
      ...parts,
    }),
  );
}

/** A record that Grace Murray carried it out in staging, and it passed. */
export function testRecord(text: string, parts: Partial<DocumentReview> = {}): ReadDocument {
  return reviewRecord(text, {
    review: 'tested',
    environment: 'staging',
    outcome: 'passed',
    evidence: ['https://ci.acme.example/runs/4711'],
    ...parts,
  });
}
