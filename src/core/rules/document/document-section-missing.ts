import type { ReadDocument, SectionShape } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { lineBreakOf } from '../../text/edit';
import { judgesKind } from '../rule';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { severityIn } from './document-severity';
import { rule as recordIncomplete } from './record-incomplete';

/** A section that the kind of document requires is not there. */
export const rule: DocumentRule = {
  id: 'document-section-missing',
  title: 'A document lacks a section that its kind requires',
  severity: 'block',
  why: 'Whoever opens the document in a hurry looks for the section; where it is missing, it is made up on the spot.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    const kind = documentKindOf(document.kind);
    // What a record lacks is told once, by the rule over records.
    if (!kind || document.problems.length > 0 || judgesKind(recordIncomplete, kind.id)) return [];
    const present = new Set(document.sections.map(({ id }) => id));
    return kind.sections
      .filter((shape) => shape.isRequired && !present.has(shape.id))
      .map((shape) => ({
        message: `The ${kind.title.toLowerCase()} has no section "${shape.title}": add it, with ${shape.needs ?? 'what it is for'}`,
        path: document.path,
        span: null,
        status: 'fail',
        severity: severityIn(document, shape.isEssential ? 'block' : 'warn'),
        fix: insertSection(document, kind.sections, shape),
      }));
  },
};

/** The section with its placeholder, behind the one that comes before it in the kind's order. */
function insertSection(document: ReadDocument, shapes: readonly SectionShape[], shape: SectionShape): Fix {
  const before = new Set(shapes.slice(0, shapes.indexOf(shape)).map(({ id }) => id));
  const previous = document.sections.filter(({ id }) => id !== null && before.has(id)).at(-1);
  const next = document.sections.find(({ id }) => id !== null && !before.has(id));
  const offset = previous ? previous.span.end : next ? next.headingSpan.start : document.text.length;
  const depth = previous?.depth ?? next?.depth ?? 2;
  const lineBreak = lineBreakOf(document.text);
  const lead = /(?:^|\n|\r)[ \t]*$/.test(document.text.slice(0, offset)) ? '' : '\n';
  const gap = /(?:^|\n\r?\n|\r\r)$/.test(document.text.slice(0, offset)) ? lead : `${lead}\n`;
  const text = `${gap}${'#'.repeat(Math.min(depth, 6))} ${shape.title}\n\n${skeletonOf(shape)}\n\n`;
  return {
    kind: 'proposed',
    title: `Insert the section "${shape.title}" with what is needed`,
    edits: [
      {
        path: document.path,
        edits: [{ span: { start: offset, end: offset }, text: text.replace(/\n/g, lineBreak) }],
      },
    ],
  };
}

function skeletonOf(shape: SectionShape): string {
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
