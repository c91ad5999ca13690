import { lineIndex, type LineIndex, type Range } from '../../text/position';
import { withoutSecrets } from '../../text/secret-shapes';
import type { Finding, RootReport, Verdict } from '../report';
import { verdictOver } from '../report';
import { pageOf } from '../../rules/index';
import { counterexampleLines } from './counterexample';
import { pathFromCall, summaryOf, waiverSentence } from './summary';

/** How the text report is shown. */
export interface TextOptions {
  /** With ANSI colours; every state is also said in words. */
  readonly hasColour?: boolean;
  /** The link or path of a rule's page, as the reader can open it; docs/rules/<id>.md where nothing is given. */
  readonly pageOf?: (rule: string) => string;
  /** Whether what was not asked is listed at the end. */
  readonly showsNotChecked?: boolean;
}

/** At most so many lines of a finding are quoted. */
const MAX_QUOTED_LINES = 3;

/** Longer lines are cut around the place in question. */
const MAX_LINE_WIDTH = 140;

/**
 * The report for people: the verdict with the counts first, then each finding with its lines, how production is
 * reached where that is the fault, what belongs to it, and where to read more.
 */
export function renderText(reports: readonly RootReport[], options: TextOptions = {}): string {
  const paint = painter(options.hasColour === true);
  const blocks: string[] = [paint(verdictOver(reports), summaryOf(reports))];
  for (const report of reports) {
    const indexes = new Map<string, LineIndex>();
    for (const finding of report.findings) {
      blocks.push(findingBlock(finding, indexOf(report, finding.path, indexes), options, paint));
    }
  }
  if (options.showsNotChecked !== false) {
    const asked = new Map(
      reports.flatMap((report) => report.notChecked).map((entry) => [entry.rule, entry.needs]),
    );
    if (asked.size > 0) {
      blocks.push(
        ['Not checked:', ...[...asked].map(([rule, needs]) => `  ${rule}: needs ${visible(needs)}`)].join(
          '\n',
        ),
      );
    }
  }
  return `${blocks.join('\n\n')}\n`;
}

type Paint = (kind: Verdict | Finding['severity'] | 'waived' | 'faint', text: string) => string;

function findingBlock(finding: Finding, index: LineIndex | null, options: TextOptions, paint: Paint): string {
  const place = pathFromCall(finding.root, finding.path);
  const at = finding.range ? `:${finding.range.start.line}:${finding.range.start.column}` : '';
  const state =
    finding.status === 'waived'
      ? paint('waived', `waived (${finding.severity})`)
      : paint(
          finding.severity,
          finding.status === 'unknown' ? `${finding.severity}, unknown` : finding.severity,
        );
  const lines = [`${visible(place)}${at}  ${state}  ${finding.rule}`, `  ${visible(finding.message)}`];
  if (index && finding.range)
    lines.push(...quotedLines(index, finding.range).map((line) => paint('faint', line)));
  if (finding.counterexample) {
    lines.push(...counterexampleLines(finding.counterexample).map((line) => `  ${visible(line)}`));
  }
  for (const evidence of finding.evidence) {
    const line = evidence.range ? `:${evidence.range.start.line}:${evidence.range.start.column}` : '';
    lines.push(
      `  see ${visible(pathFromCall(finding.root, evidence.path))}${line}: ${visible(evidence.message)}`,
    );
  }
  const waived = waiverSentence(finding);
  if (waived && finding.waiver) {
    const line = finding.waiver.range ? `:${finding.waiver.range.start.line}` : '';
    lines.push(`  ${visible(waived)} (${visible(finding.waiver.path)}${line})`);
  }
  if (finding.fix) {
    lines.push(
      `  ${finding.fix.kind === 'safe' ? 'safe fix' : 'proposed fix'}: ${visible(finding.fix.title)}`,
    );
  }
  lines.push(paint('faint', `  more: ${(options.pageOf ?? pageOf)(finding.rule)}`));
  return lines.join('\n');
}

function quotedLines(index: LineIndex, range: Range): string[] {
  const lastLine =
    range.end.column === 1 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
  const shown = Math.min(lastLine, range.start.line + MAX_QUOTED_LINES - 1);
  const width = String(shown).length;
  const gutter = (label: string): string => `  ${label.padStart(width)} | `;
  const quoted: string[] = [];
  for (let line = range.start.line; line <= shown; line++) {
    const full = withoutSecrets(index.lineText(line));
    const from = line === range.start.line ? range.start.column - 1 : full.length - full.trimStart().length;
    const to = line === range.end.line ? Math.max(range.end.column - 1, from + 1) : full.length;
    const cut = from > MAX_LINE_WIDTH / 2 && full.length > MAX_LINE_WIDTH ? from - 20 : 0;
    const text = full.slice(cut, cut + MAX_LINE_WIDTH);
    const isCut = cut > 0 ? '…' : '';
    quoted.push(
      `${gutter(String(line))}${isCut}${visible(text)}${cut + MAX_LINE_WIDTH < full.length ? '…' : ''}`,
    );
    const before = blankOf(visible(isCut + text.slice(0, from - cut)));
    const marked = visible(text.slice(from - cut, to - cut));
    quoted.push(`${gutter('')}${before}${'^'.repeat(Math.max(1, displayWidth(marked)))}`);
  }
  if (shown < lastLine) quoted.push(`${gutter('')}… ${lastLine - shown} more`);
  return quoted;
}

/** As wide as `text` on a terminal, but blank; tabs stay tabs. */
function blankOf(text: string): string {
  let blank = '';
  for (const character of text) blank += character === '\t' ? '\t' : ' '.repeat(displayWidth(character));
  return blank;
}

function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    // East Asian wide characters and pictographs take two columns.
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

/** Text of a repository must not steer the terminal: control and direction characters are written out. */
export function visible(text: string): string {
  return text.replace(
    /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function indexOf(report: RootReport, path: string, indexes: Map<string, LineIndex>): LineIndex | null {
  const known = indexes.get(path);
  if (known) return known;
  const text = report.sources?.get(path);
  if (text === undefined) return null;
  const index = lineIndex(text);
  indexes.set(path, index);
  return index;
}

function painter(hasColour: boolean): Paint {
  if (!hasColour) return (_kind, text) => text;
  const codes: Readonly<Record<Parameters<Paint>[0], string>> = {
    fail: '1;31',
    block: '1;31',
    unknown: '1;35',
    warn: '33',
    info: '36',
    pass: '1;32',
    waived: '2',
    faint: '2',
  };
  return (kind, text) => `\u001b[${codes[kind]}m${text}\u001b[0m`;
}
