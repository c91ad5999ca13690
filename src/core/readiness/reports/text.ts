import { withoutSecrets } from '../../text/secret-shapes';
import { displayWidth, visible } from '../../gate/reports/text';
import type { JudgedCondition } from '../condition';
import type { CriterionRow } from '../criteria';
import type { Readiness, ReadinessVerdict } from '../judge';
import { shownEvidence } from './evidence';
import { credibilityWords, groupsOf, headlineOf, scopeOf } from './summary';
import { wrapped } from './wrap';

/** How the report is shown. */
export interface ReadinessTextOptions {
  /** With ANSI colours; every state is also said in words. */
  readonly hasColour?: boolean;
  /** Columns of the terminal. */
  readonly width?: number;
}

/** So much evidence of one reason is listed; the JSON has all of it. */
const MAX_EVIDENCE = 10;

/** Statements and subjects are cut here: the file has the rest. */
const MAX_QUOTED = 160;

const DEFAULT_WIDTH = 120;

/** Below this width a table is a list. */
const MIN_TABLE_WIDTH = 90;

/**
 * The verdict for people: it leads, then what speaks against going in the order of its weight, each with its evidence and
 * what to do about it, then the way back condition by condition, what people set aside, the table of success, what holds,
 * and what was not asked.
 */
export function readinessText(readiness: Readiness, options: ReadinessTextOptions = {}): string {
  const { facts, verdict, conditions, criteria, notes } = readiness;
  const page = new Page(options.width ?? DEFAULT_WIDTH, options.hasColour === true, readiness);
  const { failing, open, waived, warnings } = groupsOf(readiness);

  page.first(headlineOf(readiness), verdict);
  for (const line of scopeOf(readiness)) page.plain(line, '  ');
  for (const note of [...(facts.change?.range.notes ?? []), ...notes]) page.plain(`Note: ${note}`, '  ');

  page.reasons('What fails and stops the release', failing);
  page.reasons('What is not known, and must be before it goes', open);
  page.reasons('What people set aside', waived);
  page.reasons('Warnings, which stop nothing', warnings);
  page.rollback();
  page.overrides();
  page.criteria(criteria);
  page.brief(
    'What holds',
    conditions.filter(({ status }) => status === 'pass'),
  );
  page.brief(
    'Not asked: this release has nothing that they are about',
    conditions.filter(({ status }) => status === 'not-applicable'),
  );
  page.brief(
    'Not asked: the configuration leaves them out',
    conditions.filter(({ status }) => status === 'off'),
  );
  page.notChecked();
  return page.text();
}

class Page {
  readonly #lines: string[] = [];

  constructor(
    private readonly width: number,
    private readonly hasColour: boolean,
    private readonly readiness: Readiness,
  ) {}

  text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  /** The first line stays whole, so that a program finds all of it there. */
  first(text: string, colour: Colour): void {
    this.#lines.push(this.#paint(colour, visible(text)));
  }

  plain(text: string, indent: string, colour: Colour | null = null): void {
    for (const line of wrapped(visible(text), this.width, indent, `${indent}  `)) {
      this.#lines.push(this.#paint(colour, line));
    }
  }

  reasons(title: string, reasons: readonly JudgedCondition[]): void {
    if (reasons.length === 0) return;
    this.#heading(`${title} (${reasons.length})`);
    reasons.forEach((reason, index) => {
      if (index > 0) this.#lines.push('');
      this.#reason(reason);
    });
  }

  rollback(): void {
    const { rollback, facts } = this.readiness;
    this.#heading(`The way back is ${credibilityWords(this.readiness)}`);
    if (rollback.length === 0) {
      this.plain(
        facts.credibility === null
          ? `None of its conditions could be asked: ${facts.noChange}`
          : 'None of its conditions was asked',
        '  ',
      );
      return;
    }
    for (const condition of rollback) this.#row(condition);
  }

  overrides(): void {
    const { inForce, idle, refused } = this.readiness.facts.overrides;
    if (inForce.length + idle.length + refused.length === 0) return;
    this.#heading('Overrides on record');
    for (const override of inForce) {
      this.plain(
        `in force  ${override.condition}: ${override.name}, until ${override.until}: ${override.reason} (${override.path})`,
        '  ',
      );
    }
    for (const { override, why } of idle) {
      this.plain(`sets nothing aside  ${override.condition}: it ${why} (${override.path})`, '  ');
    }
    for (const { path, why } of refused) this.plain(`does not count  ${path}: it ${why}`, '  ');
  }

  criteria(rows: readonly CriterionRow[]): void {
    this.#heading('What makes it a success');
    this.plain(
      'Before a release only the first can be judged; the last column is for the release to show.',
      '  ',
    );
    const cells = rows.map((row) => ({ row, before: beforeWords(row) }));
    if (this.width < MIN_TABLE_WIDTH) {
      for (const { row, before } of cells) {
        this.plain(
          `${row.title}: ${stateWords(row.status)} before the release (${before})`,
          '  ',
          row.status,
        );
        this.plain(`Only the release shows ${row.onlyRelease}`, '    ');
      }
      return;
    }
    const columns = [15, 9, Math.floor((this.width - 26) / 2), Math.ceil((this.width - 26) / 2)];
    this.#table(
      columns,
      ['Criterion', 'State', 'What shows it before the release', 'Only the release shows'],
      null,
    );
    for (const { row, before } of cells) {
      this.#table(columns, [row.title, stateWords(row.status), before, row.onlyRelease], row.status);
    }
  }

  brief(title: string, conditions: readonly JudgedCondition[]): void {
    if (conditions.length === 0) return;
    this.#heading(`${title} (${conditions.length})`);
    for (const { id, title: holds, status, why } of conditions) {
      if (status === 'pass') this.plain(`${holds}: ${why} [${id}]`, '  ');
      else this.plain(`${holds} [${id}]`, '  ');
    }
  }

  notChecked(): void {
    const asked = new Map(
      this.readiness.facts.check.notChecked.map(({ rule, needs }) => [rule, needs] as const),
    );
    if (asked.size === 0) return;
    this.#heading('Not asked: only the host of the repository can tell');
    for (const [rule, needs] of asked) this.plain(`${rule}: needs ${needs}`, '  ');
  }

  #reason({ id, title, weight, status, why, next, evidence, override }: JudgedCondition): void {
    const state = status === 'unknown' ? 'not known' : status === 'waived' ? 'set aside' : 'fails';
    this.plain(
      `${state}${weight === 'block' ? '' : ' (warning)'}  ${title} [${id}]`,
      '  ',
      status === 'waived' ? 'waived' : weight === 'block' ? colourOf(status) : 'warn',
    );
    this.plain(why, '    ');
    if (override && !why.startsWith('waived by ')) {
      this.plain(
        `by ${override.name}, until ${override.until}: ${override.reason} (${override.path})`,
        '    ',
      );
    }
    // Several findings of one line read alike.
    const seen = [
      ...new Set(
        evidence.map((source) => {
          const { place, text } = shownEvidence(source, this.readiness.facts);
          const quoted = withoutSecrets(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}…` : text);
          return quoted === '' ? `see ${place}` : `see ${place}: ${quoted}`;
        }),
      ),
    ];
    for (const line of seen.slice(0, MAX_EVIDENCE)) this.plain(line, '    ');
    if (seen.length > MAX_EVIDENCE) {
      this.plain(`… and ${seen.length - MAX_EVIDENCE} more, which --format json has`, '    ');
    }
    if (next !== null && status !== 'waived') this.plain(`next: ${next}`, '    ');
  }

  /** A condition of the rollback in one row. */
  #row({ id, title, status, why }: JudgedCondition): void {
    const state = status === 'waived' ? 'set aside' : stateWords(status);
    const lead = `  ${state.padEnd(10)}`;
    const bare = id.replace(/^rollback:/, '');
    // What does not hold is told in full among the reasons.
    const text = status === 'pass' ? `${why} [${bare}]` : `${title} [${bare}], as told above`;
    wrapped(visible(text), this.width, lead, ' '.repeat(displayWidth(lead))).forEach((line, index) => {
      this.#lines.push(
        index === 0
          ? `${this.#paint(colourOf(status), line.slice(0, lead.length))}${line.slice(lead.length)}`
          : line,
      );
    });
  }

  /** One row of a table, as many lines as its longest cell takes. */
  #table(columns: readonly number[], cells: readonly string[], status: CriterionRow['status'] | null): void {
    const wrappedCells = cells.map((cell, index) =>
      wrapped(visible(cell), (columns[index] ?? 20) - 2, '', ''),
    );
    const height = Math.max(...wrappedCells.map((lines) => lines.length));
    for (let line = 0; line < height; line++) {
      const parts = wrappedCells.map((lines, index) => {
        const text = lines[line] ?? '';
        const padded = text + ' '.repeat(Math.max(0, (columns[index] ?? 0) - displayWidth(text)));
        return index === 1 ? this.#paint(status, padded) : padded;
      });
      this.#lines.push(`  ${parts.join('')}`.trimEnd());
    }
  }

  #heading(text: string): void {
    this.#lines.push('');
    this.plain(text, '', 'heading');
  }

  #paint(colour: Colour | null, text: string): string {
    return this.hasColour && colour !== null ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text;
  }
}

type Colour = ReadinessVerdict | CriterionRow['status'] | 'waived' | 'warn' | 'heading';

/** As `check` colours. */
const CODES: Readonly<Record<Colour, string>> = {
  'no-go': '1;31',
  fail: '1;31',
  unknown: '1;35',
  warn: '33',
  go: '1;32',
  pass: '1;32',
  waived: '2',
  heading: '1',
};

function stateWords(status: string): string {
  switch (status) {
    case 'pass':
      return 'holds';
    case 'fail':
      return 'fails';
    case 'unknown':
      return 'unknown';
    default:
      return 'not asked';
  }
}

/** "3 of 4 conditions hold; open: drilled": what stands behind the state of a row. */
function beforeWords({ conditions }: CriterionRow): string {
  if (conditions.length === 0) return 'nothing that was asked shows it';
  const named = (status: JudgedCondition['status']): string =>
    conditions
      .filter((each) => each.status === status)
      .map(({ id }) => id)
      .join(', ');
  return (['fail', 'unknown', 'waived', 'pass'] as const)
    .flatMap((status) => {
      const ids = named(status);
      const words = { fail: 'fails', unknown: 'not known', waived: 'set aside', pass: 'holds' }[status];
      return ids === '' ? [] : [`${words}: ${ids}`];
    })
    .join('; ');
}

function colourOf(status: JudgedCondition['status']): Colour | null {
  return status === 'off' || status === 'not-applicable' ? null : status;
}
