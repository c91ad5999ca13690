import type { Table, TableRow } from 'mdast';
import type { ReadDocument } from '../../documents/document';
import { documentKindOf } from '../../documents/index';
import { blocksOf, comparable, shownText, spanOf } from '../../documents/markdown/parse';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { markdownText } from '../../documents/markdown/write';
import { placeholder } from '../../evidence/fact';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted } from './document-severity';

/** Columns that say what good looks like, by the words that kinds know. */
const BASELINES: ReadonlySet<string> = new Set([
  ...[
    'baseline',
    'baselines',
    'baseline value',
    'good',
    'healthy',
    'normal',
    'normal value',
    'what is normal',
  ],
  ...['normalwert', 'referenzwert', 'gut', 'valeur normale', 'référence', 'valor normal', 'línea base'],
  ...['linha de base', 'valor de referência', '基準値', '正常値'],
]);

/** A metric that is counted in something: without its unit a number of it may be wrong by a thousand. */
const HAS_UNIT =
  /\b(?:latency|duration|response time|time to|memory|heap|disk|bandwidth|throughput|size|age|lag|latenz|dauer|antwortzeit|speicher|latence|durée|mémoire|latencia|duración|memoria)\b/i;

/** The name says it: `latency_seconds`, "Latency (ms)". */
const NAMES_UNIT =
  /(?:_|\b)(?:ns|us|ms|s|sec|seconds|millis|milliseconds|min|minutes|hours|days|bytes|[kmgt]i?b|percent|ratio|total|count|%)(?:\b|$)/i;

/** A baseline says not by a number what good looks like, or not in which unit. */
export const rule: DocumentRule = {
  id: 'baseline-without-number',
  title: 'A baseline has no number, or no unit',
  severity: 'warn',
  why: 'What is measured after a release is compared with it: with a word there is nothing to compare, with a bare number it is a guess.',
  subject: 'document',
  kinds: 'every',
  check: (document): readonly RuleFinding[] =>
    (documentKindOf(document.kind)?.sections ?? [])
      .filter(
        ({ isQuoted, holds }) => isQuoted !== true && holds !== 'triggers' && holds !== 'steps-and-triggers',
      )
      .flatMap(({ id }) => blocksOf(document, id))
      .filter((block): block is Table => block.type === 'table')
      .flatMap((table) => judgeTable(document, table)),
};

function judgeTable(document: ReadDocument, table: Table): readonly RuleFinding[] {
  const [header, ...rows] = table.children;
  const titles = (header?.children ?? []).map(shownText);
  const at = titles.findIndex((title) => isBaseline(title));
  if (at < 0) return [];
  return rows.flatMap((row) => judgeRow(document, row, at, titles[at] ?? ''));
}

/** Whether the title of a column says that it holds baselines; a unit in brackets may stand behind it. */
export function isBaseline(title: string): boolean {
  return BASELINES.has(comparable(title.replace(/\(.*\)/, '')));
}

function judgeRow(document: ReadDocument, row: TableRow, at: number, title: string): readonly RuleFinding[] {
  const cell = row.children[at];
  const text = cell ? shownText(cell) : '';
  const metric = shownText(row.children[0] ?? row);
  // A row without a metric is none: people leave one empty for the next.
  if (metric === '' || holdsPlaceholder(text) || at === 0) return [];
  const lacks = !/\d/.test(text) ? 'number' : needsUnit(metric, title) && !hasUnit(text) ? 'unit' : null;
  if (lacks === null) return [];
  const span = cell ? spanOf(cell) : spanOf(row);
  const inner = innerSpan(document.text, span);
  const needed = lacks === 'number' ? `number with its unit for ${metric}` : `${text}, in which unit`;
  const said = text === '' ? '' : ` in ${quoted(text)}`;
  return [
    {
      message: `The baseline of ${quoted(metric)} has no ${lacks}${said}: write it, or UNKNOWN(what is needed)`,
      path: document.path,
      span,
      status: 'fail',
      ...(cell && inner
        ? {
            fix: {
              kind: 'proposed',
              title: `Mark what the baseline lacks as UNKNOWN`,
              edits: [
                {
                  path: document.path,
                  edits: [
                    {
                      span: inner,
                      text: `${markdownText(placeholder(needed), false)}${text === '' ? ' ' : ''}`,
                    },
                  ],
                },
              ],
            },
          }
        : {}),
    },
  ];
}

function needsUnit(metric: string, title: string): boolean {
  return HAS_UNIT.test(metric) && !NAMES_UNIT.test(metric) && !/\(.+\)/.test(title);
}

/** A word or sign beside the number, or a status of HTTP. */
function hasUnit(text: string): boolean {
  return /\d\s*(?:%|‰|°|\p{L})|[%$€£]\s*\d/u.test(text.replace(/\b[pP]\d{2,3}\b/g, ''));
}

/** What stands in a cell, without the blanks and bars around it; null for a cell of HTML. */
function innerSpan(text: string, { start, end }: { readonly start: number; readonly end: number }) {
  const source = text.slice(start, end);
  if (/^\s*<t[dh]/i.test(source)) return null;
  const lead = /^\|?[ \t]*/.exec(source)?.[0].length ?? 0;
  const trail = /[ \t]*\|?[ \t]*$/.exec(source)?.[0].length ?? 0;
  // An empty cell gives up one of its blanks, and gets it back behind what is written into it.
  if (lead >= source.length) return lead > 1 ? { start: start + lead - 1, end: start + lead } : null;
  return { start: start + lead, end: Math.max(start + lead, end - trail) };
}
