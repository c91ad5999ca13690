import type { Nodes, Table } from 'mdast';
import type { ReadDocument, SectionShape } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { labelIn, linesOf } from '../../documents/markdown/labels';
import { blocksOf, comparable, shownText, spanOf } from '../../documents/markdown/parse';
import { findPlaceholders } from '../../documents/markdown/placeholders';
import { namesOf } from '../../documents/markdown/terms';
import type { Span } from '../../text/position';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';
import { isBaseline } from './baseline-without-number';
import { CONDITIONS, MEASURED, NEGATIONS, VAGUE_WORDS } from './vague-words';

const anyOf = (phrases: readonly string[]): string =>
  [...phrases]
    .sort((a, b) => b.length - a.length)
    .map((words) => words.replaceAll(' ', '\\s+'))
    .join('|');

/** A condition begins where a vague word would, and is longer: it is taken first and is none. */
const WORDS = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?<vague>${anyOf(VAGUE_WORDS.filter((words) => words.includes(' possible') || words.includes(' möglich')))})|(?:${anyOf(CONDITIONS)})|(?<word>${anyOf(VAGUE_WORDS)}))(?![\\p{L}\\p{N}])`,
  'giu',
);

const NEGATED = new RegExp(`(?<![\\p{L}\\p{N}])(?:${anyOf(NEGATIONS)})(?![\\p{L}\\p{N}])`, 'iu');

/** A number that is one: not that of `p95` or `v2`. */
const NUMBER = /(?<![\p{L}\p{N}_.-])\d/u;

const measured: ReadonlySet<string> = new Set(MEASURED);

/** A word that says nothing stands where a number belongs. */
export const rule: DocumentRule = {
  id: 'vague-word',
  title: 'A vague word stands where a number belongs',
  severity: 'warn',
  why: 'What "looks normal" depends on how tired the reader is: a number with its unit is the same for everybody.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] => {
    const shapes = documentKindOf(document.kind)?.sections ?? [];
    return shapes
      .filter(({ isQuoted }) => isQuoted !== true)
      .flatMap((shape) => blocksOf(document, shape.id).flatMap((block) => measuredSpans(block, shape)))
      .flatMap((span) => vagueIn(document, span))
      .map((span): RuleFinding => {
        const text = document.text.slice(span.start, span.end).replace(/\s+/g, ' ');
        return {
          message: `${quoted(text)} stands where a number belongs: write the number with its unit, or UNKNOWN(number)`,
          path: document.path,
          span,
          status: 'fail',
          fix: {
            kind: 'proposed',
            title: `Mark ${quoted(text)} as UNKNOWN`,
            edits: [
              {
                path: document.path,
                edits: [{ span, text: `UNKNOWN(number in the place of ${text})` }],
              },
            ],
          },
        };
      });
  },
};

/** The cells, lines and values of a block that are to be numbers; all of them in a section that is measured. */
function measuredSpans(node: Nodes, shape: SectionShape): readonly Span[] {
  switch (node.type) {
    case 'table':
      return tableSpans(node, shape);
    case 'paragraph':
      return linesOf(node).flatMap(({ nodes, span }): Span[] => {
        const label = labelIn(nodes);
        // A step whose duration is no number lacks it: that is the finding of the rule over steps.
        if (label && isSteps(shape) && namesOf(label.key).includes('duration')) return [];
        return shape.isMeasured === true || (label && namesOf(label.key).some((name) => measured.has(name)))
          ? [span]
          : [];
      });
    case 'list':
    case 'listItem':
      return node.children.flatMap((child) => measuredSpans(child, shape));
    default:
      return [];
  }
}

function tableSpans(table: Table, shape: SectionShape): readonly Span[] {
  // A trigger without numbers, an action without a day and a row of the timeline have rules of their own.
  if (/triggers|actions|timeline/.test(shape.holds ?? '')) return [];
  const [header, ...rows] = table.children;
  const titles = (header?.children ?? []).map(shownText);
  const isMeasuredColumn = titles.map(
    (title) => isBaseline(title) || [comparable(title), ...namesOf(title)].some((name) => measured.has(name)),
  );
  const isWhole = shape.isMeasured === true && !isMeasuredColumn.includes(true);
  return rows.flatMap((row) =>
    row.children
      // A baseline without a number is the finding of the rule over baselines.
      .filter(
        (_cell, index) => !isBaseline(titles[index] ?? '') && (isWhole || isMeasuredColumn[index] === true),
      )
      .map((cell) => spanOf(cell)),
  );
}

function isSteps({ holds }: SectionShape): boolean {
  return holds === 'steps' || holds === 'steps-and-triggers';
}

function vagueIn(document: ReadDocument, { start, end }: Span): readonly Span[] {
  const text = spoken(document.text.slice(start, end));
  return [...text.matchAll(WORDS)].flatMap((match): Span[] => {
    const words = match.groups?.['vague'] ?? match.groups?.['word'];
    if (words === undefined) return [];
    const at = match.index;
    const from = Math.max(...['. ', '! ', '? ', '; ', '。'].map((stop) => text.lastIndexOf(stop, at))) + 1;
    const next = /[.!?;](?=\s|$)|。/.exec(text.slice(at + match[0].length));
    const to = next ? at + match[0].length + next.index : text.length;
    if (NUMBER.test(text.slice(from, to)) || NEGATED.test(text.slice(Math.max(from, at - 60), at))) return [];
    return [{ start: start + at, end: start + at + match[0].length }];
  });
}

/** Text with the same offsets without what is quoted, code, a link's address or a placeholder. */
function spoken(text: string): string {
  let result = text.replace(
    /`[^`\n]*`|"[^"\n]*"|“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])|‘[^’\n]*’(?![\p{L}])|\]\([^)\s]*\)|<[^>\n]*>/gu,
    (quote) => ' '.repeat(quote.length),
  );
  for (const { span } of findPlaceholders(text)) {
    result = `${result.slice(0, span.start)}${'1'.repeat(span.end - span.start)}${result.slice(span.end)}`;
  }
  return result;
}
