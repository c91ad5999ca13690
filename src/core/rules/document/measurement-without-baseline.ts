import { healthCheckColumns, measurementColumns } from '../../documents/markdown/report-columns';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import type { ReadDocument } from '../../documents/document';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { listed, quoted, severityIn } from './document-severity';
import { isOpen } from './told-cells';

/** Where each kind has its measurements. */
const SECTIONS: Readonly<Record<string, string>> = {
  'verification-report': 'health',
  'deployment-report': 'after',
  'post-release-review': 'outcomes',
  'team-lead-status': 'measurements',
};

/** A result of the health checks without a number, or without what the number was before. */
export const rule: DocumentRule = {
  id: 'measurement-without-baseline',
  title: 'A measurement has no number, or no baseline',
  severity: 'block',
  why: 'That it looks normal is no measurement. Whether 142 ms is well shows only beside the 138 ms of before.',
  subject: 'document',
  kinds: Object.keys(SECTIONS),
  check: (document): readonly RuleFinding[] => {
    const id = SECTIONS[document.kind] ?? '';
    const section = document.sections.find((each) => each.id === id);
    if (!section) return [];
    const severity = severityIn(document, 'block');
    const blocks = blocksOf(document, id);
    const metrics = readTable(blocks, measurementColumns).filter(
      ({ columns }) => columns.has('metric') && (columns.has('measured') || columns.has('baseline')),
    );
    const findings = metrics.flatMap(({ cells, span, columns, cellSpan }): RuleFinding[] => {
      const lacks = [
        ...(hasNumber(cells.measured) ? [] : (['measured'] as const)),
        ...(hasNumber(cells.baseline) ? [] : (['baseline'] as const)),
      ];
      if (lacks.length === 0) return [];
      const [only] = lacks;
      const isCell = lacks.length === 1 && only !== undefined && columns.has(only);
      const words = lacks.map((each) =>
        each === 'measured' ? 'number that was measured' : 'number of its baseline',
      );
      const said =
        only !== undefined && isCell && cells[only] !== '' ? ` (it says ${quoted(cells[only])})` : '';
      return [
        {
          message: `The metric ${quoted(cells.metric || 'of this row')} has no ${listed(words)}${said}: write the number with its unit, such as "142 ms" beside "138 ms"`,
          path: document.path,
          span: isCell ? cellSpan(only) : span,
          status: 'fail',
          severity,
          ...(isCell ? fixOf(document, cellSpan(only), cells.metric, only) : {}),
        },
      ];
    });
    if (document.kind !== 'verification-report') return findings;
    const checks = readTable(blocks, healthCheckColumns).filter(
      ({ columns }) => columns.has('responseTime') && (columns.has('check') || columns.has('endpoint')),
    );
    return [
      ...findings,
      ...checks
        .filter(({ cells }) => !hasNumber(cells.responseTime))
        .map(({ cells, cellSpan }): RuleFinding => ({
          message: `The check ${quoted(cells.check || cells.endpoint || 'of this row')} has no response time in numbers: write it with its unit, such as "142 ms"`,
          path: document.path,
          span: cellSpan('responseTime'),
          status: 'fail',
          severity: 'warn',
        })),
    ];
  },
};

/** A baseline that there cannot be (a metric that is new) is said in words that say so. */
function hasNumber(text: string): boolean {
  return (
    /\d/.test(text) ||
    isOpen(text) ||
    /\b(?:new metric|new in this (?:version|release)|not measured before)\b/i.test(text)
  );
}

function fixOf(
  document: ReadDocument,
  span: { readonly start: number; readonly end: number },
  metric: string,
  lack: 'measured' | 'baseline',
): { readonly fix?: Fix } {
  const text = document.text.slice(span.start, span.end);
  // The cell's text, with whatever bars the parser counts as its own.
  const inner = /^(\|?\s*)(.*?)(\s*\|?)$/s.exec(text);
  if (!inner) return {};
  const start = span.start + (inner[1] ?? '').length;
  const needed =
    lack === 'measured'
      ? `${metric} after the deployment, with unit`
      : `${metric} before the deployment, with unit`;
  const placeholder = `UNKNOWN(${needed.replace(/[|()`\\]/g, ' ')})`;
  return {
    fix: {
      kind: 'proposed',
      title: `Say that the ${lack === 'measured' ? 'number' : 'baseline'} is not known`,
      edits: [
        {
          path: document.path,
          edits: [{ span: { start, end: start + (inner[2] ?? '').length }, text: placeholder }],
        },
      ],
    },
  };
}
