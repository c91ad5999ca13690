import type { ReadDocument, SectionShape } from '../../../documents/document';
import { lineBreakOf, type TextEdit } from '../../../text/edit';

/** A section with its body, behind the one that comes before it in the kind's order. */
export function insertSection(
  document: ReadDocument,
  shapes: readonly SectionShape[],
  shape: SectionShape,
  body: string,
): TextEdit {
  const before = new Set(shapes.slice(0, shapes.indexOf(shape)).map(({ id }) => id));
  const previous = document.sections.filter(({ id }) => id !== null && before.has(id)).at(-1);
  const next = document.sections.find(({ id }) => id !== null && !before.has(id));
  const offset = previous ? previous.span.end : next ? next.headingSpan.start : document.text.length;
  const depth = previous?.depth ?? next?.depth ?? 2;
  const lineBreak = lineBreakOf(document.text);
  const lead = /(?:^|\n|\r)[ \t]*$/.test(document.text.slice(0, offset)) ? '' : '\n';
  const gap = /(?:^|\n\r?\n|\r\r)$/.test(document.text.slice(0, offset)) ? lead : `${lead}\n`;
  const text = `${gap}${'#'.repeat(Math.min(depth, 6))} ${shape.title}\n\n${body}\n\n`;
  return { span: { start: offset, end: offset }, text: text.replace(/\n/g, lineBreak) };
}

/** What stands in a section that nobody has written yet: placeholders in the form that its shape has. */
export function skeletonOf(shape: SectionShape): string {
  const unknown = `UNKNOWN(${shape.needs ?? shape.title.toLowerCase()})`;
  const triggers = [
    '| Metric | Comparison | Threshold | Window | For |',
    '| --- | --- | --- | --- | --- |',
    '| UNKNOWN(metric) | UNKNOWN(comparison) | UNKNOWN(number with unit) | UNKNOWN(minutes) | UNKNOWN(minutes) |',
  ].join('\n');
  const steps = [
    `1. **${unknown}**`,
    '',
    '   - **Action:** UNKNOWN(command or action)',
    '   - **Expected:** UNKNOWN(what is seen when it worked)',
    '   - **Duration:** UNKNOWN(minutes)',
    '   - **On failure:** UNKNOWN(what to do when it fails)',
  ].join('\n');
  switch (shape.holds) {
    case 'steps':
      return steps;
    case 'triggers':
      return triggers;
    case 'steps-and-triggers':
      return `${triggers}\n\n${steps}`;
    case 'actions':
      return [
        '| Action | Owner | Due | Verified by |',
        '| --- | --- | --- | --- |',
        '| UNKNOWN(action) | UNKNOWN(owner) | UNKNOWN(due date) | UNKNOWN(how it is verified) |',
      ].join('\n');
    case 'timeline':
      return [
        '| Time | Event | Source | Verified |',
        '| --- | --- | --- | --- |',
        '| UNKNOWN(time with zone) | UNKNOWN(event) | UNKNOWN(source) | no |',
      ].join('\n');
    case 'list':
      return `- ${unknown}`;
    case 'table':
    default:
      return unknown;
  }
}
