import { lineIndex, type LineIndex, type Range } from '../../text/position';
import { withoutSecrets } from '../../text/secret-shapes';
import type { Finding, RootReport, Verdict } from '../report';
import { verdictOver } from '../report';
import { pageOf } from '../../rules/index';
import { counterexampleLines } from './counterexample';
import type { OtherToolReport } from '../../evidence/results/sarif';
import { goneFindings, otherToolsLine, pathFromCall, setAside, summaryOf } from './summary';

/** How the text report is shown. */
export interface TextOptions {
  /** With ANSI colours; every state is also said in words. */
  readonly hasColour?: boolean;
  /** The link or path of a rule's page, as the reader can open it; docs/rules/<id>.md where nothing is given. */
  readonly pageOf?: (rule: string) => string;
  /** Columns of the terminal: quoted lines are cut to it. */
  readonly width?: number;
  /** What other tools reported; shown behind ours. */
  readonly others?: readonly OtherToolReport[];
  /** Whether what was not asked is listed at the end. */
  readonly showsNotChecked?: boolean;
}

/** At most so many lines of a finding are quoted. */
const MAX_QUOTED_LINES = 3;

/** So many results of one other tool are listed; its own report has them all. */
const MAX_OTHER_FINDINGS = 200;

/** Longer lines are cut around the place in question, where nothing says how wide the terminal is. */
const DEFAULT_WIDTH = 120;

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
      // What is known before is many, and must not bury what is new.
      if (finding.baseline !== undefined) continue;
      blocks.push(findingBlock(finding, indexOf(report, finding.path, indexes), options, paint));
    }
  }
  blocks.push(...reports.flatMap((report) => knownBlock(report, paint)));
  const gone = goneFindings(reports);
  if (gone.length > 0) {
    blocks.push(
      [
        'Gone since the baseline was written; run `release-gate baseline` to take them out:',
        ...gone.map(
          ({ rule, path, message, count }) =>
            `  ${visible(path)}  ${rule}${count > 1 ? ` (${count} times)` : ''}: ${visible(message)}`,
        ),
      ].join('\n'),
    );
  }
  if (options.others && options.others.length > 0) {
    blocks.push(paint('faint', otherToolsLine(options.others)));
    blocks.push(...options.others.flatMap(otherToolBlock));
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

/** What the baseline of a root sets aside, one line each. */
function knownBlock({ findings, baseline }: RootReport, paint: Paint): string[] {
  const known = findings.filter((finding) => finding.baseline !== undefined);
  if (!baseline || known.length === 0) return [];
  const lines = known.map(({ root, path, range, severity, rule, message }) => {
    const at = range ? `:${range.start.line}:${range.start.column}` : '';
    return `  ${visible(pathFromCall(root, path))}${at}  ${severity}  ${rule}: ${visible(message)}`;
  });
  return [
    [
      `Known before, so set aside (${visible(baseline.path)}):`,
      ...lines.map((line) => paint('waived', line)),
    ].join('\n'),
  ];
}

/** The results of another tool, one line each, and what it suppressed as a count. */
function otherToolBlock({ file, tool, version, findings }: OtherToolReport): string[] {
  const open = findings.filter(({ isSuppressed }) => !isSuppressed);
  const suppressed = findings.length - open.length;
  const name = `${visible(tool)}${version ? ` ${visible(version)}` : ''} (${visible(file)})`;
  const lines = open.slice(0, MAX_OTHER_FINDINGS).map(({ rule, level, message, path, range }) => {
    const place = path === null ? 'no place' : visible(path);
    const at = range ? `:${range.start.line}:${range.start.column}` : '';
    const [first = ''] = message.split(/\r\n|\n|\r/, 1);
    return `  ${place}${at}  ${level}  ${visible(rule === '' ? tool : rule)}: ${visible(first)}`;
  });
  if (open.length > MAX_OTHER_FINDINGS) lines.push(`  … ${open.length - MAX_OTHER_FINDINGS} more`);
  if (suppressed > 0) lines.push(`  ${suppressed} suppressed by the tool`);
  return [[`${name}:`, ...(lines.length > 0 ? lines : ['  nothing'])].join('\n')];
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
    lines.push(
      ...quotedLines(index, finding.range, options.width ?? DEFAULT_WIDTH).map((line) =>
        paint('faint', line),
      ),
    );
  if (finding.counterexample) {
    lines.push(...counterexampleLines(finding.counterexample).map((line) => `  ${visible(line)}`));
  }
  for (const evidence of finding.evidence) {
    const line = evidence.range ? `:${evidence.range.start.line}:${evidence.range.start.column}` : '';
    lines.push(
      `  see ${visible(pathFromCall(finding.root, evidence.path))}${line}: ${visible(evidence.message)}`,
    );
  }
  const aside = setAside(finding);
  if (aside) {
    const line = aside.range ? `:${aside.range.start.line}` : '';
    lines.push(`  ${visible(aside.sentence)} (${visible(aside.path)}${line})`);
  }
  if (finding.fix) {
    lines.push(
      `  ${finding.fix.kind === 'safe' ? 'safe fix' : 'proposed fix'}: ${visible(finding.fix.title)}`,
    );
  }
  lines.push(paint('faint', `  more: ${(options.pageOf ?? pageOf)(finding.rule)}`));
  return lines.join('\n');
}

/** The lines of a place as compilers show them: numbered, cut to the width around the place, with the place marked. */
function quotedLines(index: LineIndex, range: Range, width: number): string[] {
  const lastLine =
    range.end.column === 1 && range.end.line > range.start.line ? range.end.line - 1 : range.end.line;
  const shown = Math.min(lastLine, range.start.line + MAX_QUOTED_LINES - 1);
  const digits = String(shown).length;
  const gutter = (label: string): string => `  ${label.padStart(digits)} | `;
  const room = Math.max(20, width - gutter('').length);
  const quoted: string[] = [];
  for (let line = range.start.line; line <= shown; line++) {
    const full = withoutSecrets(index.lineText(line));
    const from = line === range.start.line ? range.start.column - 1 : full.length - full.trimStart().length;
    const to = line === range.end.line ? Math.max(range.end.column - 1, from + 1) : full.length;
    const { text, mark } = markedLine(full, from, to, room);
    quoted.push(`${gutter(String(line))}${text}`, `${gutter('')}${mark}`);
  }
  if (shown < lastLine) quoted.push(`${gutter('')}… ${lastLine - shown} more`);
  return quoted;
}

/** A piece of a line as it is shown, with the columns that it takes. */
interface Cell {
  readonly text: string;
  readonly width: number;
  readonly isMarked: boolean;
}

/** A line with the marks under it, both at most `room` columns wide; what is cut off is an ellipsis. */
function markedLine(line: string, from: number, to: number, room: number): { text: string; mark: string } {
  const cells: Cell[] = [];
  let offset = 0;
  for (const character of line.slice(0, to + room + 1)) {
    // A tab's width depends on where it stands: blanks do not.
    const text = character === '\t' ? '    ' : visible(character);
    cells.push({ text, width: displayWidth(text), isMarked: offset >= from && offset < to });
    offset += character.length;
  }
  const isWhole = offset >= line.length;
  const widthOf = (some: readonly Cell[]): number => some.reduce((sum, cell) => sum + cell.width, 0);
  let first = 0;
  if (widthOf(cells) > room || !isWhole) {
    // The place begins in the left third, or the line at its beginning.
    const start = cells.findIndex((cell) => cell.isMarked);
    const place = start < 0 ? cells.length : start;
    if (widthOf(cells.slice(0, place)) > Math.floor(room * 0.6)) {
      let before = 0;
      first = place;
      while (first > 0 && before + (cells[first - 1]?.width ?? 0) <= room / 3) {
        first--;
        before += cells[first]?.width ?? 0;
      }
    }
  }
  const head = first > 0 ? '…' : '';
  let used = head.length;
  let last = first;
  while (last < cells.length) {
    const width = cells[last]?.width ?? 0;
    const isEnd = last === cells.length - 1 && isWhole;
    if (used + width > (isEnd ? room : room - 1)) break;
    used += width;
    last++;
  }
  const window = cells.slice(first, last);
  const tail = last < cells.length || !isWhole ? '…' : '';
  const mark = window
    .map((cell) => (cell.isMarked ? '^' : ' ').repeat(cell.width))
    .join('')
    .trimEnd();
  return {
    text: `${head}${window.map((cell) => cell.text).join('')}${tail}`,
    mark: `${' '.repeat(head.length)}${mark === '' ? `${' '.repeat(widthOf(window))}^` : mark}`,
  };
}

/** The columns that a text takes in a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/[\p{M}\u200b-\u200d]/u.test(character)) continue;
    // East Asian wide characters and pictographs take two columns.
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u.test(
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
