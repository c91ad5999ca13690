import { SaxesParser } from 'saxes';
import { lineIndex, type LineIndex, type Range, type Span } from './position';

/** An element of XML as it is opened. */
export interface XmlElement {
  /** Without its namespace's prefix. */
  readonly name: string;
  /** By name as written; entities resolved. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The opening tag, from `<` to `>`. */
  readonly span: Span;
  /** The document's element is at 1. */
  readonly depth: number;
}

/** What is told while a document is walked, in the order of the document. */
export interface XmlVisitor {
  open?(element: XmlElement): void;
  /** `text` is what stands directly in the element, cut at {@link XmlLimits.textCharacters}. */
  close?(element: XmlElement, text: string): void;
}

/** Beyond these a document is not read further. */
export interface XmlLimits {
  readonly characters: number;
  readonly depth: number;
  readonly elements: number;
  /** Longer text of one element is cut: nobody reads a megabyte of captured output. */
  readonly textCharacters: number;
}

/** The whole document was walked, or why not: `reason` completes "<file> …", `range` is where it ended. */
export type XmlResult =
  | { readonly ok: true; readonly lines: LineIndex }
  | { readonly ok: false; readonly reason: string; readonly range: Range | null };

export const XML_LIMITS: XmlLimits = {
  characters: 64 * 1024 * 1024,
  depth: 200,
  elements: 2_000_000,
  textCharacters: 4_000,
};

/** Ends the walk from within the parser's callbacks. */
class Stop extends Error {
  constructor(
    readonly reason: string,
    readonly at: number,
  ) {
    super(reason);
  }
}

/**
 * Walks a document of XML, each element with its place. Nothing is fetched and nothing is expanded: a document that
 * declares entities is refused, since nested ones grow without bound ("billion laughs"). Characters that XML does not
 * allow are passed over, since reports hold what programs print; every other mistake ends the walk, a document that is
 * cut off included. Never throws, but for what the visitor throws.
 */
export function walkXml(text: string, visitor: XmlVisitor, limits: XmlLimits = XML_LIMITS): XmlResult {
  if (text.length > limits.characters) {
    return { ok: false, reason: `has more than ${limits.characters} characters of XML`, range: null };
  }
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  if (text.trimStart() === '' || text.slice(start).trimStart() === '') {
    return { ok: false, reason: 'is empty', range: null };
  }
  const parser = new SaxesParser<{ xmlns?: false; position: true }>({ position: true });
  const open: { readonly element: XmlElement; text: string }[] = [];
  let tagStart = 0;
  let count = 0;
  const stop = (reason: string, at = parser.position): never => {
    throw new Stop(reason, Math.min(at, text.length));
  };
  parser.on('error', (error) => {
    const message = error.message.replace(/^(?:[^:]*:)?\d+:\d+: /, '').replace(/\.$/, '');
    if (/^disallowed character|^malformed character entity/.test(message)) return;
    if (/^unclosed tag/.test(message) || /^unexpected end|must contain a root element/.test(message)) {
      stop('is cut off: its last element does not end', text.length);
    }
    stop(`is no XML (${message.slice(0, 200)})`);
  });
  parser.on('doctype', (doctype) => {
    if (/<!ENTITY/i.test(doctype)) stop('declares entities of its own, which are not expanded');
  });
  parser.on('opentagstart', () => {
    tagStart = Math.max(0, text.lastIndexOf('<', parser.position - 1));
  });
  parser.on('opentag', (tag) => {
    if (++count > limits.elements) stop(`has more than ${limits.elements} elements`, tagStart);
    if (open.length >= limits.depth) stop(`nests elements more than ${limits.depth} deep`, tagStart);
    const element: XmlElement = {
      name: tag.name.slice(tag.name.indexOf(':') + 1),
      attributes: tag.attributes,
      span: { start: tagStart, end: parser.position },
      depth: open.length + 1,
    };
    open.push({ element, text: '' });
    visitor.open?.(element);
  });
  const add = (piece: string): void => {
    const top = open.at(-1);
    if (top && top.text.length < limits.textCharacters) {
      top.text += piece.slice(0, limits.textCharacters - top.text.length);
    }
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    const closed = open.pop();
    if (closed) visitor.close?.(closed.element, closed.text);
  });
  try {
    parser.write(text);
    parser.close();
    return { ok: true, lines: lineIndex(text) };
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    const at = lineIndex(text).positionAt(error.at);
    return { ok: false, reason: error.reason, range: { start: at, end: at } };
  }
}
