import type { ReadDocument } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { findPlaceholders } from '../../documents/markdown/placeholders';
import { lineBreakOf } from '../../text/edit';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { kindLineOf } from './kind-line';

/** A record or report that is written once was changed after it was committed. */
export const rule: DocumentRule = {
  id: 'sealed-document-changed',
  title: 'A document that is written once was changed after its first commit',
  severity: 'warn',
  why: 'A report that is rewritten says what somebody would have liked to see. What was not known then belongs into another one, with its own time.',
  subject: 'document',
  kinds: 'every',
  asksHistory: true,
  check: (document, facts): readonly RuleFinding[] => {
    const kind = documentKindOf(document.kind);
    if (!kind?.isSealed || document.frontMatter['kind'] !== document.kind) return [];
    const { history } = facts;
    const last = history?.lastCommitOf(document.path);
    if (!history || !last) return [];
    const committed = history.textAt(last.hash, document.path);
    if (typeof committed !== 'string') return [];
    const title = kind.title.toLowerCase();
    const next = 'write what is new into another one beside it';
    const found = (message: string, fix?: Fix): RuleFinding => ({
      message,
      path: document.path,
      span: kindLineOf(document),
      status: 'fail',
      ...(fix ? { fix } : {}),
    });
    if (!isSameOrFilledIn(committed, document.text)) {
      return [
        found(
          `This ${title} differs from what was committed (${last.hash.slice(0, 12)}), and it is written once: take the change back, and ${next}`,
          putBack(document, committed),
        ),
      ];
    }
    const [parent] = last.parents;
    const before = parent === undefined ? null : history.textAt(parent, document.path);
    if (typeof before !== 'string' || isSameOrFilledIn(before, committed)) return [];
    return [
      found(
        `This ${title} was changed after it was committed first, by ${last.authorName} on ${last.authoredAt.slice(0, 10)} in commit ${last.hash.slice(0, 12)}: put back what stood there, and ${next}`,
      ),
    ];
  },
};

/** Whether a text is what it was, line ends aside, or has answers where it said UNKNOWN(...) and is otherwise that. */
function isSameOrFilledIn(before: string, after: string): boolean {
  const [old, now] = [plain(before), plain(after)];
  if (old === now) return true;
  const open = findPlaceholders(old);
  if (open.length === 0) return false;
  let reached = 0;
  let from = 0;
  for (const [index, { span }] of open.entries()) {
    const kept = old.slice(from, span.start);
    const at = index === 0 ? (now.startsWith(kept) ? 0 : -1) : now.indexOf(kept, reached);
    // An answer stays on the line of its question.
    if (at < 0 || now.slice(reached, at).includes('\n')) return false;
    reached = at + kept.length;
    from = span.end;
  }
  const rest = old.slice(from);
  return (
    now.length >= reached + rest.length &&
    now.endsWith(rest) &&
    !now.slice(reached, now.length - rest.length).includes('\n')
  );
}

function plain(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trimEnd();
}

function putBack(document: ReadDocument, committed: string): Fix {
  const text = committed.replace(/\r\n?/g, '\n').replace(/\n/g, lineBreakOf(document.text));
  return {
    kind: 'proposed',
    title: 'Put back the text as it was committed',
    edits: [{ path: document.path, edits: [{ span: { start: 0, end: document.text.length }, text }] }],
  };
}
