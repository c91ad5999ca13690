import type { ReadDocument } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import type { Span } from '../../text/position';
import { enumerated } from '../../text/words';
import type { Severity } from '../rule';

/**
 * A document whose front matter says `kind:` has taken on what its kind asks. One that is only called like one
 * (`RUNBOOK.md` written before this gate was there) is warned about: its author promised nothing.
 */
export function severityIn(document: ReadDocument, severity: Severity): Severity {
  return severity === 'block' && document.frontMatter['kind'] !== document.kind ? 'warn' : severity;
}

/** The sections that hold words of others: a rule over what people write leaves them alone. */
export function spansOfQuotes(document: ReadDocument): readonly Span[] {
  const shapes = documentKindOf(document.kind)?.sections ?? [];
  const quoting = new Set(shapes.flatMap(({ id, isQuoted }) => (isQuoted ? [id] : [])));
  return document.sections.flatMap(({ id, span }) => (id !== null && quoting.has(id) ? [span] : []));
}

/** A title as a message quotes it: short, on one line. */
export function quoted(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return `"${short}"`;
}

/** What is lacking: "a", "a or b", "a, b or c". */
export function listed(parts: readonly string[]): string {
  return enumerated(parts, 'or');
}
