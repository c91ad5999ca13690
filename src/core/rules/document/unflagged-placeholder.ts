import type { Nodes } from 'mdast';
import type { ReadDocument } from '../../documents/document';
import { spanOf } from '../../documents/markdown/parse';
import type { Span } from '../../text/position';
import { documentKindOf } from '../../documents/index';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { angleBrackets, ellipses } from './commands/open-places';
import { commandBlocksOf, type CommandBlock } from './commands/read-blocks';
import { declareParameter, hasParameters } from './edits/parameters';
import { quoted, severityIn, spansOfQuotes } from './document-severity';

/** What people leave for later, in text and in commands. Each alternative reads a bounded stretch. */
const LEFT_OPEN =
  /\b(?:TODO|TBD|TBC|FIXME|XXX+|CHANGEME|REPLACE_ME|REPLACEME)\b|\bx{3,40}\b|\b(?:[a-z0-9-]{1,63}\.){0,4}example\.(?:com|org|net)\b|\b(?:your|YOUR)[-_][A-Za-z0-9]{1,30}(?:[-_][A-Za-z0-9]{1,30}){0,5}\b|<(?:your|my|insert|enter|replace|add|the|some)[-_ ][A-Za-z0-9 _-]{1,60}>|\[(?:insert|your|add|fill in|enter) [A-Za-z0-9 _-]{1,60}\]|\?{3,20}/g;

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
    const blocks = new Map(commandBlocksOf(document).map((block) => [block.node as Nodes, block]));
    return textsOf(document.tree)
      .filter((node) => !quotedSpans.some((other) => contains(other, spanOf(node))))
      .flatMap((node) => {
        const block = blocks.get(node);
        return placesIn(document, node, block).map((place) =>
          findingAt(document, place, block !== undefined),
        );
      });
  },
};

function findingAt(document: ReadDocument, place: Span, isCommand: boolean): RuleFinding {
  const text = document.text.slice(place.start, place.end);
  const words = text.replace(/^[<[]|[>\]]$/g, '').trim();
  const needed = /[A-Za-z]/.test(words) ? words : 'what is needed';
  const unknown: Fix = {
    kind: 'proposed',
    title: `Mark ${quoted(text)} as UNKNOWN`,
    edits: [
      {
        path: document.path,
        edits: [{ span: place, text: `UNKNOWN(${needed})` }],
      },
    ],
  };
  const parameter = isCommand && text.startsWith('<') ? asParameter(document, place, needed) : null;
  const or = parameter ? `take a parameter such as \${${parameter.name}}` : 'fill it in';
  return {
    message: `${quoted(text)} was left to be filled in: ${or}, or write UNKNOWN(${needed})`,
    path: document.path,
    span: place,
    status: 'fail',
    severity: severityIn(document, isCommand ? 'block' : 'warn'),
    fix: parameter?.fix ?? unknown,
    ...(parameter ? { otherFixes: [unknown] } : {}),
  };
}

/** `<pod-name>` as `${POD_NAME}`, declared where it is not yet. */
function asParameter(
  document: ReadDocument,
  place: Span,
  needed: string,
): { readonly name: string; readonly fix: Fix } | null {
  if (documentKindOf(document.kind)?.isParameterised !== true || !hasParameters(document)) return null;
  const name = needed
    .replace(/^(?:the|your|my|some|a|an|insert|enter)[\s_-]+/i, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
    .toUpperCase();
  if (!/^[A-Z]\w{0,40}$/.test(name)) return null;
  const declaration = declareParameter(document, name, null);
  return {
    name,
    fix: {
      kind: 'proposed',
      title: `Take the parameter \${${name}}`,
      edits: [
        {
          path: document.path,
          edits: [...(declaration ? [declaration] : []), { span: place, text: `\${${name}}` }],
        },
      ],
    },
  };
}

/** Where something was left open: by words anywhere, by brackets and ellipses only in commands. */
function placesIn(document: ReadDocument, node: Nodes, block: CommandBlock | undefined): readonly Span[] {
  const span = spanOf(node);
  const text = document.text.slice(span.start, span.end);
  const found = [...text.matchAll(LEFT_OPEN)].map((match) => ({
    start: span.start + match.index,
    end: span.start + match.index + match[0].length,
  }));
  for (const input of block?.inputs ?? []) {
    found.push(
      ...[...angleBrackets(input.text), ...ellipses(input.text)].map((place) => input.placeOf(place)),
    );
  }
  const places: Span[] = [];
  for (const place of found) {
    if (document.placeholders.some(({ span: known }) => contains(known, place))) continue;
    if (places.some((other) => other.start < place.end && place.start < other.end)) continue;
    places.push(place);
  }
  return places.sort((a, b) => a.start - b.start);
}

/** Text as it stands in the source, each piece once: text, code, HTML that is a placeholder in disguise. */
function textsOf(root: Nodes): readonly Nodes[] {
  const found: Nodes[] = [];
  const walk = (node: Nodes): void => {
    switch (node.type) {
      case 'text':
      case 'inlineCode':
      case 'code':
        found.push(node);
        return;
      case 'html':
        if (!node.value.startsWith('<!--')) found.push(node);
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
