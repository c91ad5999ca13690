import type { Nodes } from 'mdast';
import { blocksOf, spanOf } from '../../documents/markdown/parse';
import { findPlaceholders } from '../../documents/markdown/placeholders';
import type { Span } from '../../text/position';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';
import { SPECULATIVE_WORDS } from './speculative-words';

/** Where people are told what is so: a guess there is passed on as a fact. Lessons and factors may weigh what could be. */
const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  'incident-update': ['facts', 'impact', 'actions', 'expected'],
  'escalation-request': ['issue', 'impact', 'status'],
  'incident-report': ['root-cause', 'impact'],
  postmortem: ['root-cause', 'impact'],
};

const WORDS = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:${[...SPECULATIVE_WORDS]
    .sort((a, b) => b.length - a.length)
    .map((words) => words.replaceAll(' ', '\\s+'))
    .join('|')})(?![\\p{L}\\p{N}])`,
  'giu',
);

/** A guess where people are told what is so. */
export const rule: DocumentRule = {
  id: 'speculation-in-incident-document',
  title: 'An incident document guesses where it should say what is known',
  severity: 'warn',
  why: 'Who reads an update acts on it: a guess becomes a fact on its way, and the cause that was guessed first is the one that is looked for.',
  subject: 'document',
  kinds: Object.keys(SECTIONS),
  check: (document): readonly RuleFinding[] => {
    const known = findPlaceholders(document.text);
    return (SECTIONS[document.kind] ?? []).flatMap((id) =>
      blocksOf(document, id)
        .flatMap(spokenSpans)
        .flatMap((span) =>
          [...document.text.slice(span.start, span.end).matchAll(WORDS)].map((match) => ({
            start: span.start + match.index,
            end: span.start + match.index + match[0].length,
          })),
        )
        .filter((span) => !isQuotedAt(document.text, span))
        .filter((span) => !known.some(({ span: open }) => open.start <= span.start && span.end <= open.end))
        .map((span): RuleFinding => ({
          message: `${quoted(document.text.slice(span.start, span.end))} says that this is not known: say what is known and what shows it, or UNKNOWN(what would settle it)`,
          path: document.path,
          span,
          status: 'fail',
        })),
    );
  },
};

/** The texts of a block that somebody says; code and quotations are not theirs. */
function spokenSpans(node: Nodes): readonly Span[] {
  if (node.type === 'text') return [spanOf(node)];
  if (node.type === 'blockquote' || node.type === 'heading') return [];
  return 'children' in node ? node.children.flatMap(spokenSpans) : [];
}

/** Somebody's words between quotation marks on the same line. */
function isQuotedAt(text: string, { start, end }: Span): boolean {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const lineEnd = text.indexOf('\n', end);
  const before = text.slice(lineStart, start);
  const after = text.slice(end, lineEnd < 0 ? text.length : lineEnd);
  const isOpen = (before.match(/"/g)?.length ?? 0) % 2 === 1 && after.includes('"');
  return isOpen || (/[“„«]/.test(before) && /[”“»]/.test(after));
}
