import type { ReadDocument, ReadSection, SectionShape } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { comparable } from '../../documents/markdown/parse';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { severityIn } from './document-severity';

/** Sections that a reader meets in an order stand in another. */
export const rule: DocumentRule = {
  id: 'document-section-misordered',
  title: 'Sections stand in another order than their reader needs them in',
  severity: 'warn',
  why: 'Somebody who follows the page from the top acts before they know what is wrong.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    const order = (documentKindOf(document.kind)?.sections ?? []).filter(({ isInOrder }) => isInOrder);
    const placeOf = ({ id }: ReadSection): number => order.findIndex((shape) => shape.id === id);
    const found = document.sections.filter((section) => section.id !== null && placeOf(section) >= 0);
    const wrong = found.find((section, index) => {
      const before = found[index - 1];
      return before !== undefined && placeOf(section) < placeOf(before);
    });
    const before = wrong ? found[found.indexOf(wrong) - 1] : undefined;
    if (!wrong || !before) return [];
    const there = order.filter(({ id }) => found.some((section) => section.id === id));
    const fix = reorder(document, found, there);
    return [
      {
        message: `"${wrong.title}" comes after "${before.title}": order them ${there.map(({ title }) => title.toLowerCase()).join(', ')}`,
        path: document.path,
        span: wrong.headingSpan,
        status: 'fail',
        severity: severityIn(document, 'warn'),
        evidence: [
          { message: `"${before.title}" stands before it`, path: document.path, span: before.headingSpan },
        ],
        ...(fix ? { fix } : {}),
      },
    ];
  },
};

/**
 * Each of the sections in the place of another, what stands between them left where it is. Null where that is not safe:
 * sections inside each other or of several depths, a bold line for a heading, a title with its number.
 */
function reorder(
  document: ReadDocument,
  found: readonly ReadSection[],
  order: readonly SectionShape[],
): Fix | null {
  const { text } = document;
  const isSafe = found.every(
    ({ depth, headingSpan, span, title }, index) =>
      depth === found[0]?.depth &&
      (found[index + 1]?.span.start ?? text.length) >= span.end &&
      /^#{1,6}[ \t]/.test(text.slice(headingSpan.start, headingSpan.end)) &&
      /^[ \t]*$/.test(text.slice(text.lastIndexOf('\n', headingSpan.start) + 1, headingSpan.start)) &&
      comparable(`x ${title}`) === `x ${comparable(title)}`,
  );
  if (!isSafe) return null;
  const edits = found.flatMap((slot, index) => {
    const wanted = found.find(({ id }) => id === order[index]?.id);
    if (!wanted || wanted === slot) return [];
    const there = text.slice(slot.span.start, slot.span.end);
    const gap = /\s*$/.exec(there)?.[0] ?? '';
    const moved = text.slice(wanted.span.start, wanted.span.end).trimEnd();
    return [{ span: { start: slot.span.start, end: slot.span.end - gap.length }, text: moved }];
  });
  return {
    kind: 'proposed',
    title: 'Put the sections in order',
    edits: [{ path: document.path, edits }],
  };
}
