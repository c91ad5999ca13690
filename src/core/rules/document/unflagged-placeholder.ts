import type { Nodes } from 'mdast';
import type { ReadDocument } from '../../documents/document';
import { spanOf } from '../../documents/markdown/parse';
import type { Span } from '../../text/position';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted, severityIn, spansOfQuotes } from './document-severity';

/** What people leave for later, in text and in commands. Each alternative reads a bounded stretch. */
const LEFT_OPEN =
  /\b(?:TODO|TBD|TBC|FIXME|XXX+|CHANGEME|REPLACE_ME|REPLACEME)\b|\bx{3,40}\b|\b(?:[a-z0-9-]{1,63}\.){0,4}example\.(?:com|org|net)\b|\b(?:your|YOUR)[-_][A-Za-z0-9]{1,30}(?:[-_][A-Za-z0-9]{1,30}){0,5}\b|<(?:your|my|insert|enter|replace|add|the|some)[-_ ][A-Za-z0-9 _-]{1,60}>|\[(?:insert|your|add|fill in|enter) [A-Za-z0-9 _-]{1,60}\]|\?{3,20}/g;

/** `<pod-name>` in a command: the shell reads it as a redirection. Not in quotes, not `<<EOF`. */
const ANGLE_IN_COMMAND = /(?<![<\w"'`=])<[a-z][a-z0-9]{0,30}(?:[-_ ][a-z0-9]{1,30}){0,5}>(?!["'`])/gi;

/** What programs print between angle brackets. */
const PRINTED = new Set(['<none>', '<unknown>', '<nil>', '<null>', '<invalid>', '<pending>', '<empty>']);

/** Something was left to be filled in, and does not say so as `UNKNOWN(...)`. */
export const rule: DocumentRule = {
  id: 'unflagged-placeholder',
  title: 'A placeholder is not marked as UNKNOWN',
  severity: 'block',
  why: 'A placeholder that looks like a value is pasted as one; marked as UNKNOWN(...) it is counted, listed and seen.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    const quotedSpans = spansOfQuotes(document);
    const found: RuleFinding[] = [];
    for (const { node, isCommand } of textsOf(document.tree)) {
      const span = spanOf(node);
      if (quotedSpans.some((other) => contains(other, span))) continue;
      for (const place of placesIn(document, span, isCommand)) {
        const text = document.text.slice(place.start, place.end);
        const needed = text.replace(/^[<[]|[>\]]$/g, '').trim();
        found.push({
          message: `${quoted(text)} was left to be filled in: fill it in, or write UNKNOWN(${needed || 'what is needed'})`,
          path: document.path,
          span: place,
          status: 'fail',
          severity: severityIn(document, isCommand ? 'block' : 'warn'),
          fix: {
            kind: 'proposed',
            title: `Mark ${quoted(text)} as UNKNOWN`,
            edits: [
              {
                path: document.path,
                edits: [
                  {
                    span: place,
                    text: `UNKNOWN(${/[A-Za-z]/.test(needed) ? needed : 'what is needed'})`,
                  },
                ],
              },
            ],
          },
        });
      }
    }
    return found;
  },
};

function placesIn(document: ReadDocument, span: Span, isCommand: boolean): readonly Span[] {
  const text = document.text.slice(span.start, span.end);
  const places: Span[] = [];
  const patterns = isCommand ? [LEFT_OPEN, ANGLE_IN_COMMAND] : [LEFT_OPEN];
  for (const pattern of patterns) {
    for (const match of text.matchAll(pattern)) {
      const place = {
        start: span.start + match.index,
        end: span.start + match.index + match[0].length,
      };
      if (PRINTED.has(match[0].toLowerCase())) continue;
      if (document.placeholders.some(({ span: known }) => contains(known, place))) continue;
      if (places.some((other) => other.start < place.end && place.start < other.end)) continue;
      places.push(place);
    }
  }
  return places.sort((a, b) => a.start - b.start);
}

/** Text as it stands in the source, each piece once: text, code, HTML that is a placeholder in disguise. */
function textsOf(root: Nodes): readonly { readonly node: Nodes; readonly isCommand: boolean }[] {
  const found: { node: Nodes; isCommand: boolean }[] = [];
  const walk = (node: Nodes): void => {
    switch (node.type) {
      case 'text':
        found.push({ node, isCommand: false });
        return;
      case 'html':
        if (!node.value.startsWith('<!--')) found.push({ node, isCommand: false });
        return;
      case 'inlineCode':
      case 'code':
        found.push({ node, isCommand: node.type === 'code' });
        return;
      default:
        if ('children' in node) node.children.forEach(walk);
    }
  };
  walk(root);
  return found;
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
