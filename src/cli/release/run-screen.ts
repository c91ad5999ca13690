import { isInTheWay, type GateItem } from '../../core/release/run';
import type { ReleaseView } from '../../core/release/view';
import type { MetricSeries } from '../../core/release/watch/judge';
import { evidenceInWords, lastOf, valueInWords } from '../../core/release/metric-words';
import { durationInWords } from '../../core/release/words';
import type { Terminal } from '../terminal';

const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

const MARKS = { waiting: '·', now: '▶', done: '✓', failed: '✗', skipped: '-' } as const;

/** So many polls of a metric are drawn. */
const MAX_BARS = 60;

/** Numbers as one line of bars, the newest last; a gap where there is no number. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const shown = values.slice(-width);
  const known = shown.filter((value) => value !== null);
  const most = Math.max(0, ...known);
  return shown
    .map((value) =>
      value === null ? ' ' : (BARS[most > 0 ? Math.min(7, Math.floor((value / most) * 7.999)) : 0] ?? ' '),
    )
    .join('');
}

/** A line that fits into so many columns. */
export function cutTo(width: number, line: string): string {
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** A run as lines for a terminal: phases with their times, metrics with their evidence, what is asked. */
export function runScreen(view: ReleaseView, terminal: Pick<Terminal, 'style' | 'width'>): readonly string[] {
  const { style, width } = terminal;
  const cut = (line: string): string => cutTo(width, line);
  const lines: string[] = [];
  lines.push(style('strong', cut(`${view.title}   ${durationInWords(view.elapsedMs)}`)));
  if (view.banner) {
    const tone = view.banner.tone;
    lines.push(style(tone, cut(view.banner.text)));
  }
  for (const { title, status, tookMs, expectedMs, detail } of view.phases) {
    const took = tookMs === null ? '' : durationInWords(tookMs);
    const of =
      expectedMs !== null && (status === 'now' || status === 'waiting')
        ? ` of ${durationInWords(expectedMs)}`
        : '';
    const line = cut(`${MARKS[status]} ${title.padEnd(30)} ${`${took}${of}`.padEnd(18)} ${detail}`.trimEnd());
    lines.push(
      status === 'failed'
        ? style('bad', line)
        : status === 'now'
          ? style('strong', line)
          : status === 'done'
            ? line
            : style('faint', line),
    );
  }
  if (view.isBefore) lines.push(...beforeLines(view, terminal, cut));
  if (view.watch) {
    const { done, polls, series, findings, of } = view.watch;
    const what = of === 'rollback' ? 'the version before' : of === 'stage' ? 'this stage' : 'the release';
    lines.push('', `Watching ${what}: poll ${done} of ${polls}`);
    for (const one of series) {
      const level = findings.findLast(({ metric, poll }) => metric === one.metric && poll === done)?.level;
      lines.push(metricLine(one, level ?? null, terminal, cut));
    }
    for (const { poll, level, text } of findings.slice(-4)) {
      const line = cut(`  T+${poll} ${level}: ${text}`);
      lines.push(style(level === 'hard' ? 'bad' : level === 'soft' ? 'doubtful' : 'faint', line));
    }
  }
  if (view.leftovers.length > 0) {
    lines.push('', 'Owed:', ...view.leftovers.map((leftover) => cut(`  - ${leftover}`)));
  }
  return lines;
}

/** What is about to happen: where, which version, back to which, what is in it, what stands in the way (S4-09, S4-24). */
function beforeLines(
  { facts, items, openRisks, feasibility }: ReleaseView,
  { style }: Pick<Terminal, 'style'>,
  cut: (line: string) => string,
): readonly string[] {
  const inTheWay = items.filter(isInTheWay);
  const unmet = items.filter(
    ({ outcome, isBlocking }) => !isBlocking && (outcome === 'fail' || outcome === 'unknown'),
  );
  const count = (outcome: GateItem['outcome']): number =>
    items.filter((item) => item.outcome === outcome).length;
  return [
    '',
    ...facts.map(({ name, value }) => cut(`  ${name.padEnd(17)} ${value}`)),
    ...(items.length === 0
      ? []
      : [
          cut(
            `  ${'Gate'.padEnd(17)} ${count('pass')} pass, ${inTheWay.length} in the way, ${unmet.length} warnings, ${count('note')} notes`,
          ),
        ]),
    ...inTheWay.map(({ title }) => style('bad', cut(`    ${title}`))),
    ...openRisks.map((risk) => style('doubtful', cut(`  Open risk: ${risk}`))),
    ...feasibility.map((sentence) => style('faint', cut(`  ${sentence}`))),
  ];
}

function metricLine(
  series: MetricSeries,
  level: string | null,
  { style, width }: Pick<Terminal, 'style' | 'width'>,
  cut: (line: string) => string,
): string {
  const parts = [
    valueInWords(series, lastOf(series.values)) || 'no data',
    ...(series.baseline === null ? [] : [`baseline ${valueInWords(series, series.baseline)}`]),
    ...(series.hardBound === null ? [] : [`bound ${valueInWords(series, series.hardBound)}`]),
    ...(lastOf(series.lnEvidence) === null
      ? []
      : [
          `evidence ${evidenceInWords(lastOf(series.lnEvidence))} of ${evidenceInWords(series.lnEvidenceHard)}`,
        ]),
  ];
  const numbers = series.unjudgeable === '' ? parts.join(', ') : series.unjudgeable;
  const bars = sparkline(series.values, Math.min(MAX_BARS, Math.max(10, width - 24 - numbers.length)));
  const line = cut(`  ${series.metric.slice(0, 18).padEnd(18)} ${bars}  ${numbers}`);
  return level === 'hard' ? style('bad', line) : level === 'soft' ? style('doubtful', line) : line;
}

/** The question as lines: what it rests on, and each choice with what is typed for it. */
export function questionLines(
  view: ReleaseView,
  { style, width }: Pick<Terminal, 'style' | 'width'>,
): readonly string[] {
  const { question } = view;
  if (!question) return [];
  const cut = (line: string): string => cutTo(width, line);
  return [
    '',
    style('strong', cut(question.text)),
    ...question.grounds.map((ground) => cut(`  - ${ground}`)),
    ...question.choices.map(({ id, label, takes }) => {
      const more =
        takes === 'text' ? ' WHY' : takes === 'minutes' ? ' MINUTES' : takes === 'phrase' ? '' : '';
      return takes === 'phrase'
        ? cut(`  ${question.phrase ?? ''}`.padEnd(30) + ` ${label}`)
        : cut(`  ${`${id}${more}`.padEnd(28)} ${label}`);
    }),
  ];
}
