import type { ReadDocument } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { textHash } from '../../documents/markdown/text-hash';
import { isSamePerson } from '../../records/same-person';
import type { Span } from '../../text/position';
import type { DocumentRule, RuleFinding, Severity } from '../rule';
import { quoted } from './document-severity';
import { kindLineOf } from './kind-line';
import { reviewsOf } from './reviews-of';

/** A line that says that somebody reviewed it, ticked or not. */
const CLAIM = /^[^\r\n]{0,40}\b(?:peer[- ])?reviewed(?:[- ]by|:|\s+and approved)[^\r\n]{0,200}/im;

/** A document that others rely on, without a record that somebody other than its author has read it as it stands. */
export const rule: DocumentRule = {
  id: 'document-not-reviewed',
  title: 'Nobody but its author is on record to have read the document as it stands',
  severity: 'info',
  why: 'Who wrote a procedure reads what they meant. Somebody else reads what stands there, as the person on call will.',
  subject: 'document',
  kinds: [
    'runbook',
    'rollback-runbook',
    'deployment-plan',
    'incident-response',
    'pipeline-review',
    'infrastructure-review',
    'secrets-rotation-plan',
  ],
  asksHistory: true,
  check: (document, facts): readonly RuleFinding[] => {
    // Not taken on, not finished, or not committed: there is nothing yet that somebody could have reviewed.
    if (document.frontMatter['kind'] !== document.kind || document.placeholders.length > 0) return [];
    const last = facts.history?.lastCommitOf(document.path);
    if (!last) return [];
    const author = `${last.authorName} <${last.authorEmail}>`;
    const title = documentKindOf(document.kind)?.title.toLowerCase() ?? 'document';
    const hash = textHash(document.text);
    const reviews = reviewsOf(document, facts);
    const current = reviews.filter(({ sha256 }) => sha256 === hash);
    if (current.some(({ reviewer }) => !isSamePerson(reviewer, author))) return [];
    const next = `have somebody other than ${last.authorName} read it, and run release-gate review record --document ${document.path} --write`;
    const [own] = current;
    if (own) {
      return [
        finding(
          document,
          `The only one on record to have reviewed this ${title} is ${own.reviewer}, who changed it last: ${next}`,
          'warn',
        ),
      ];
    }
    const [earlier] = reviews;
    if (earlier) {
      return [
        finding(
          document,
          `${earlier.reviewer} reviewed this ${title} on ${earlier.at.slice(0, 10)}, and its text has changed since: ${next}`,
          'warn',
        ),
      ];
    }
    const claim = CLAIM.exec(document.text);
    const said = claim
      ? `, and ${quoted(claim[0].replace(/^[\s>*+-]*(?:\[[ xX]\])?\s*/, ''))} in it is no record`
      : '';
    return [
      finding(
        document,
        `Nobody is on record to have reviewed this ${title}${said}: ${next}`,
        'info',
        claim ? { start: claim.index, end: claim.index + claim[0].length } : null,
      ),
    ];
  },
};

function finding(
  document: ReadDocument,
  message: string,
  severity: Severity,
  span: Span | null = null,
): RuleFinding {
  return { message, path: document.path, span: span ?? kindLineOf(document), status: 'fail', severity };
}
