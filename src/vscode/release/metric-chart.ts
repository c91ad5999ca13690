import { visible } from '../../core/gate/reports/text';
import { evidenceInWords, lastOf, valueInWords } from '../../core/release/metric-words';
import type { MetricSeries } from '../../core/release/watch/judge';
import { escapeHtml } from '../webview-page';

/** In the picture's own units; the style sheet makes it as wide as its place. */
const WIDTH = 460;
const PLOT = { left: 4, right: 396, top: 6, bottom: 78 };
const EVIDENCE = { top: 92, bottom: 118 };
const HEIGHT = 122;
const LABEL_GAP = 12;

/** A bound that lies so many times over everything else would press the rest flat: it is said and not drawn. */
const FAR_TIMES = 4;

/** A metric of a watch as it stands: its number, what it is held against, and the evidence, in words. */
export function seriesInWords(series: MetricSeries): string {
  if (series.unjudgeable !== '') return `not judged: ${series.unjudgeable}`;
  const { values, baseline, hardBound } = series;
  const soft = softOf(series);
  const evidence = lastOf(series.lnEvidence);
  const part = (name: string, value: number | null): readonly string[] =>
    value === null ? [] : [`${name} ${valueInWords(series, value)}`];
  return [
    valueInWords(series, lastOf(values)) || 'no data',
    ...part('baseline', baseline),
    ...part('soft from', soft),
    ...part(soft === null && series.softBound === hardBound ? 'soft and hard from' : 'hard from', hardBound),
    ...(evidence === null ? [] : [`evidence ${evidenceText(series, evidence)}`]),
  ].join(', ');
}

/** The soft bound where it is reached before the hard one; else the hard one stands for both. */
function softOf({ softBound, hardBound, baseline }: MetricSeries): number | null {
  if (softBound === null || hardBound === null) return softBound;
  const isUp = hardBound >= (baseline ?? 0);
  return isUp === softBound < hardBound && softBound !== hardBound ? softBound : null;
}

/** `3 x; soft asks 10 x, hard 200 x`. */
function evidenceText(series: MetricSeries, evidence: number): string {
  const { lnEvidenceSoft, lnEvidenceHard } = series;
  const asks = [
    ...(lnEvidenceSoft === null ? [] : [`soft asks ${evidenceInWords(lnEvidenceSoft)}`]),
    ...(lnEvidenceHard === null ? [] : [`hard ${evidenceInWords(lnEvidenceHard)}`]),
  ];
  return `${evidenceInWords(evidence)}${asks.length > 0 ? `; ${asks.join(', ')}` : ''}`;
}

/**
 * A metric drawn against its baseline and bounds, its evidence beneath, as SVG for the page. Lines differ by their dashes
 * and names, never by colour alone; all colours are of the style sheet.
 *
 * @param polls How many polls the watch takes: the width.
 */
export function metricChart(series: MetricSeries, polls: number): string {
  const label = `${series.metric}: ${seriesInWords(series)}`;
  const inside = series.kind === 'health' ? checks(series, polls) : plot(series, polls);
  const hasEvidence = series.lnEvidence.some((value) => value !== null);
  const height = series.kind === 'health' ? 34 : hasEvidence ? HEIGHT : PLOT.bottom + 6;
  return `<svg class="chart" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${shown(label)}">${inside}${hasEvidence ? evidence(series, polls) : ''}</svg>`;
}

function plot(series: MetricSeries, polls: number): string {
  const { values, baseline, softBound, hardBound } = series;
  const soft = softOf(series);
  const near = Math.max(0, baseline ?? 0, soft ?? 0, ...values.filter((value) => value !== null));
  const isFar = hardBound !== null && near > 0 && hardBound > near * FAR_TIMES;
  const top = Math.max(near, isFar ? 0 : (hardBound ?? 0)) * 1.08 || 1;
  const y = (value: number): number =>
    round(PLOT.bottom - (Math.min(value, top) / top) * (PLOT.bottom - PLOT.top));
  const lines = [
    { name: 'baseline', label: 'baseline', value: baseline },
    { name: 'soft', label: 'soft', value: soft },
    {
      name: 'hard',
      label: softBound === hardBound ? 'soft, hard' : 'hard',
      value: isFar ? null : hardBound,
    },
  ].flatMap(({ value, ...rest }) => (value === null ? [] : [{ ...rest, y: y(value) }]));
  return [
    axis(PLOT.bottom),
    ...lines.map((line) => `<path class="${line.name}" d="M${PLOT.left} ${line.y}H${PLOT.right}"/>`),
    ...labels(lines),
    isFar ? `<text x="${PLOT.right + 6}" y="${PLOT.top + 8}">hard &#8593;</text>` : '',
    curve(values, polls, y, 'value'),
  ].join('');
}

function evidence(series: MetricSeries, polls: number): string {
  const { lnEvidence, lnEvidenceSoft, lnEvidenceHard } = series;
  const top = Math.max(lnEvidenceHard ?? 0, lnEvidenceSoft ?? 0, 1) * 1.1;
  // Evidence against a regression is as good as none: only what speaks for one is drawn.
  const y = (value: number): number =>
    round(EVIDENCE.bottom - (Math.min(Math.max(value, 0), top) / top) * (EVIDENCE.bottom - EVIDENCE.top));
  const line = (name: 'soft' | 'hard', value: number | null): string =>
    value === null ? '' : `<path class="${name}" d="M${PLOT.left} ${y(value)}H${PLOT.right}"/>`;
  return [
    axis(EVIDENCE.bottom),
    line('soft', lnEvidenceSoft),
    line('hard', lnEvidenceHard),
    curve(lnEvidence, polls, y, 'evidence'),
    `<text x="${PLOT.right + 6}" y="${EVIDENCE.bottom - 8}">evidence</text>`,
  ].join('');
}

/** Checks as marks: low and filled where well, a cross where failing. */
function checks({ values }: MetricSeries, polls: number): string {
  const x = xOf(polls);
  const marks = values.map((value, index) => {
    if (value === null) return '';
    const at = x(index);
    return value > 0
      ? `<path class="well" d="M${at} 24V16"/>`
      : `<path class="failing" d="M${round(at - 4)} 6l8 8m0-8l-8 8"/>`;
  });
  const last = values.findLast((value) => value !== null);
  const words = last === undefined || last === null ? 'no data' : last > 0 ? 'well' : 'failing';
  return `${axis(26)}${marks.join('')}<text x="${PLOT.right + 6}" y="24">${words}</text>`;
}

/** A line through what is known, broken where nothing is; the last point is marked. */
function curve(
  values: readonly (number | null)[],
  polls: number,
  y: (value: number) => number,
  name: 'value' | 'evidence',
): string {
  const x = xOf(Math.max(polls, values.length));
  let path = '';
  let isBroken = true;
  values.forEach((value, index) => {
    if (value === null) {
      isBroken = true;
      return;
    }
    // A point alone is a line of no length, which round ends make a dot.
    path += isBroken ? `M${x(index)} ${y(value)}h0` : `L${x(index)} ${y(value)}`;
    isBroken = false;
  });
  const last = values.findLastIndex((value) => value !== null);
  const point = values[last];
  return `<path class="${name}" d="${path}"/>${
    point === undefined || point === null
      ? ''
      : `<circle class="${name}" cx="${x(last)}" cy="${y(point)}" r="3"/>`
  }`;
}

function axis(y: number): string {
  return `<path class="axis" d="M${PLOT.left} ${y}H${PLOT.right}"/>`;
}

/** Names at the right end of their lines, moved apart where they would lie on each other. */
function labels(lines: readonly { readonly y: number; readonly label: string }[]): readonly string[] {
  const sorted = [...lines].sort((one, other) => one.y - other.y);
  let below = -Infinity;
  return sorted.map(({ y, label }) => {
    below = Math.max(y + 4, below + LABEL_GAP, PLOT.top + 6);
    return `<text x="${PLOT.right + 6}" y="${round(below)}">${label}</text>`;
  });
}

function xOf(polls: number): (index: number) => number {
  const step = (PLOT.right - PLOT.left - 8) / Math.max(1, polls - 1);
  return (index) => round(PLOT.left + 4 + index * step);
}

const round = (value: number): number => Math.round(value * 10) / 10;

const shown = (text: string): string => escapeHtml(visible(text));
