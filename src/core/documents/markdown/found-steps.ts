import type {
  Code,
  List,
  ListItem,
  Nodes,
  Paragraph,
  PhrasingContent,
  RootContent,
  Table,
  TableRow,
} from 'mdast';
import { shownText, spanOf } from '../../text/markdown';
import type { Span } from '../../text/position';
import { remembered } from '../../text/remember';
import { minutesOf } from './durations';
import { labelIn, linesOf, shownAll, type Labelled } from './labels';
import type { RunbookStep } from './steps';
import { columnsIn, type Blocks, type Columns } from './tables';
import { namesOf } from './terms';

/** A step as it was found. `number` is what the document shows. */
export interface FoundStep {
  readonly step: RunbookStep;
  readonly number: number;
  /** The whole item, or the heading with what stands below it, or the row. */
  readonly span: Span;
  /** Its first line. */
  readonly titleSpan: Span;
  /** The blocks of code in it that are its command. */
  readonly commandSpans: readonly Span[];
  /** The text of its duration as written; '' where it has none. */
  readonly durationText: string;
  /** What it is written as; an item of a list where nothing is said. */
  readonly form?: 'heading' | 'row';
  /** By how many blanks a bullet of this step is indented; as its marker is wide where nothing is said. */
  readonly indent?: number;
}

const KEYS = {
  owner: ['owner', 'who', 'responsible'],
  action: ['action', 'do'],
  expected: ['expected', 'expected outcome', 'expected result', 'expect', 'outcome', 'verify'],
  verifiedBy: ['verified by', 'verification', 'verification criteria'],
  duration: ['duration', 'time', 'estimated duration', 'estimate', 'takes'],
  onFailure: ['on failure', 'if it fails', 'failure', 'if this fails'],
  command: ['command', 'commands', 'run', 'execute'],
} as const satisfies Columns<string>;

type Key = keyof typeof KEYS;

/** What a table of steps has beside what a step says of itself. */
const ROW: Columns<Key | 'title' | 'number'> = {
  ...KEYS,
  title: ['step', 'task', 'activity', 'step description', 'what'],
  number: ['#', 'no', 'nr', 'number', 'order'],
};

/**
 * The steps of a section. As the templates write them: items of a numbered list. As people also write them: items whose code
 * stands at the margin between them, numbered headings ("### Step 3: …", "**3. …**") with what stands below, a list of boxes
 * whose items say what to expect, the rows of a table. A step without one of its parts has '' there, or null for its duration.
 */
export function readSteps(blocks: Blocks): readonly FoundStep[] {
  return stepsIn(blocks);
}

const stepsIn = remembered((blocks: Blocks): readonly FoundStep[] => {
  const found: FoundStep[] = [];
  let plain: Blocks[number][] = [];
  const flush = (): void => {
    found.push(...stepsOfLists(plain));
    plain = [];
  };
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index];
    const heading = block ? stepHeading(block) : null;
    if (!block || !heading) {
      if (block) plain.push(block);
      continue;
    }
    const end = endOfHeading(blocks, index);
    const below = blocks.slice(index + 1, end);
    if (!heading.isWorded && !looksLikeStep(below)) {
      plain.push(block);
      continue;
    }
    flush();
    found.push(stepOfHeading(block, heading, below, found.length + 1));
    index = end - 1;
  }
  flush();
  if (found.length > 0) return found;
  const boxes = blocks.flatMap((block) => (block.type === 'list' && saysSteps(block) ? [block] : []));
  if (boxes.length > 0) {
    return boxes.flatMap((list) => list.children).map((item, index) => stepOfItem(item, index + 1, [], 2));
  }
  return blocks.flatMap((block) => (block.type === 'table' ? stepsOfTable(block) : []));
});

/** Numbered lists; what stands at the margin between two of them that count on belongs to the item before it. */
function stepsOfLists(blocks: Blocks): FoundStep[] {
  const found: FoundStep[] = [];
  let isMargin = false;
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index];
    if (block?.type !== 'list' || block.ordered !== true) continue;
    const start = block.start ?? 1;
    let next = index + 1;
    while (next < blocks.length && belongsToItem(blocks[next])) next++;
    const behind = blocks.slice(index + 1, next);
    const following = blocks[next];
    const last = block.children.at(-1);
    const countsOn =
      following?.type === 'list' &&
      following.ordered === true &&
      ((following.start ?? 1) === start + block.children.length ||
        (block.children.length === 1 && (following.start ?? 1) === 1));
    const asksForIt = last ? /[:：]$/.test(shownText(last.children[0] ?? last)) : false;
    const own = behind.length > 0 && (countsOn || isMargin || asksForIt) ? behind : [];
    if (own.length > 0 && countsOn) isMargin = true;
    block.children.forEach((item, at) => {
      const isLast = at === block.children.length - 1;
      found.push(stepOfItem(item, start + at, isLast ? own : []));
    });
  }
  return found;
}

/** Code, and lines that are labelled as a step labels them. */
function belongsToItem(block: Blocks[number] | undefined): boolean {
  if (block?.type === 'code') return true;
  if (block?.type === 'paragraph') return linesOf(block).some(({ nodes }) => keyOf(labelIn(nodes)) !== null);
  return block?.type === 'list' && block.ordered !== true && saysSteps(block, false);
}

interface StepHeading {
  /** "Step 3", not only "3". */
  readonly isWorded: boolean;
  readonly number: number | null;
  readonly title: string;
}

const WORDED =
  /^\P{L}*(?:step|schritt|étape|etape|paso|passo|etapa|手順|ステップ)\s*(\d{1,4})(?:[.\-]\d{1,3})*\s*(?:[a-z]\b)?\s*[.:)：–—-]*\s*/iu;
const NUMBERED = /^[^\p{L}\p{N}]*(?:\d{1,3}\.)*(\d{1,3})(?:\s*[.:)：–—-]+\s*|\s+)(?=\S)/u;

function stepHeading(block: Blocks[number]): StepHeading | null {
  const title = headingTitle(block);
  if (title === null) return null;
  const plain = title.normalize('NFKC').replace(/[\ufe0f\u20e3]/g, '');
  const worded = WORDED.exec(plain);
  if (worded)
    return { isWorded: true, number: Number(worded[1]), title: plain.slice(worded[0].length) || plain };
  const numbered = NUMBERED.exec(plain);
  if (!numbered) return null;
  return { isWorded: false, number: Number(numbered[1]), title: plain.slice(numbered[0].length) };
}

function headingTitle(block: Blocks[number]): string | null {
  if (block.type === 'heading') return shownText(block);
  if (block.type !== 'paragraph') return null;
  const [only, ...others] = block.children;
  return only?.type === 'strong' && others.length === 0 ? shownText(only) : null;
}

function depthOf(block: Blocks[number]): number {
  return block.type === 'heading' ? block.depth : 7;
}

function endOfHeading(blocks: Blocks, index: number): number {
  const own = blocks[index];
  const depth = own ? depthOf(own) : 7;
  for (let end = index + 1; end < blocks.length; end++) {
    const block = blocks[end];
    if (!block) continue;
    if (block.type === 'heading' ? block.depth <= depth : depth === 7 && stepHeading(block) !== null)
      return end;
  }
  return blocks.length;
}

/** Below a heading that is only numbered: what a step has, and no steps of its own. */
function looksLikeStep(below: Blocks): boolean {
  const told = new Told();
  if (below.some((block) => block.type === 'list' && block.ordered === true)) return false;
  if (below.some((block) => stepHeading(block) !== null)) return false;
  told.read(below);
  return told.commands.length > 0 || told.values.size > 0;
}

function stepOfHeading(
  block: RootContent | Blocks[number],
  { title, number }: StepHeading,
  below: Blocks,
  position: number,
): FoundStep {
  const told = new Told();
  told.read(below);
  const last = below.at(-1) ?? block;
  return {
    ...told.step(title, number ?? position),
    span: { start: spanOf(block).start, end: spanOf(last).end },
    titleSpan: spanOf(block),
    form: 'heading',
    indent: 0,
  };
}

function stepOfItem(item: ListItem, number: number, behind: Blocks, indent?: number): FoundStep {
  const [first, ...others] = item.children;
  const told = new Told();
  let title = '';
  if (first?.type === 'paragraph') {
    const [line, ...lines] = linesOf(first);
    title = line ? told.readTitle(line.nodes) : '';
    for (const { nodes } of lines) told.readLine(nodes);
    told.read(others);
  } else told.read(item.children);
  told.read(behind);
  const last = behind.at(-1);
  const { start, end } = spanOf(item);
  return {
    ...told.step(title, number),
    span: { start, end: last ? spanOf(last).end : end },
    titleSpan: first ? spanOf(first) : spanOf(item),
    ...(last ? { indent: 0 } : indent === undefined ? {} : { indent }),
  };
}

/** A list whose items say, below themselves, what a step says; one of boxes also by having commands. */
function saysSteps(list: List, isOutermost = true): boolean {
  if (list.ordered === true) return false;
  if (!isOutermost) return list.children.some((item) => keyOf(labelOf(item)) !== null);
  const isBoxes = list.children.some(({ checked }) => typeof checked === 'boolean');
  return list.children.some((item) => {
    const told = new Told();
    told.read(item.children.slice(1));
    return told.values.size > 0 || (isBoxes && told.commands.length > 0);
  });
}

/** Rows of a table that says what is done, and of each what to run, to expect or how long it takes. */
function stepsOfTable(table: Table): FoundStep[] {
  const [header, ...rows] = table.children;
  const columns = columnsIn(header?.children.map(shownText) ?? [], ROW);
  const titled = columns.has('title') ? 'title' : columns.has('action') ? 'action' : null;
  const says = (['command', 'expected', 'duration', 'onFailure'] as const).filter((key) => columns.has(key));
  if (titled === null || says.length === 0) return [];
  return rows.map((row, index) => stepOfRow(row, columns, titled, index + 1));
}

function stepOfRow(
  row: TableRow,
  columns: ReadonlyMap<Key | 'title' | 'number', number>,
  titled: 'title' | 'action',
  position: number,
): FoundStep {
  const cellOf = (key: Key | 'title' | 'number') => row.children[columns.get(key) ?? -1];
  const told = new Told();
  for (const key of Object.keys(KEYS) as Key[]) {
    const cell = cellOf(key);
    if (!cell || key === titled) continue;
    if (key !== 'command') told.say(key, shownText(cell));
    else if (shownText(cell) !== '') told.commands.push({ text: commandIn(cell.children), span: null });
  }
  const title = cellOf(titled);
  const shown = Number(/\d{1,4}/.exec(shownText(cellOf('number') ?? row))?.[0]);
  return {
    ...told.step(
      title ? told.readTitle(title.children) : '',
      columns.has('number') && shown > 0 ? shown : position,
    ),
    span: spanOf(row),
    titleSpan: title ? spanOf(title) : spanOf(row),
    form: 'row',
  };
}

/** The code of a line, or its text where it has none. */
function commandIn(nodes: readonly PhrasingContent[]): string {
  const codes = codesIn(nodes);
  return codes.length > 0 ? codes.join('\n') : shownAll(nodes);
}

function codesIn(nodes: readonly Nodes[]): string[] {
  return nodes.flatMap((node) =>
    node.type === 'inlineCode' ? [node.value] : 'children' in node ? codesIn(node.children) : [],
  );
}

/** Languages of a block that shows what a program says, where another block holds the command. */
const SHOWN = new Set(['text', 'txt', 'output', 'plaintext', 'plain', 'log', 'logs', 'none']);

/** What a step says of itself, wherever in it. */
class Told {
  readonly values = new Map<Key, string>();
  readonly commands: { readonly text: string; readonly span: Span | null }[] = [];
  private readonly shown: Code[] = [];
  private readonly inline: string[] = [];
  private readonly prose: string[] = [];
  /** The label that stands alone on its line: what follows is its value. */
  private open: Key | null = null;

  say(key: Key, value: string): void {
    if (value !== '' && !this.values.has(key)) this.values.set(key, value);
  }

  read(blocks: readonly Nodes[]): void {
    for (const block of blocks) this.readBlock(block);
    this.open = null;
  }

  private readBlock(block: Nodes): void {
    switch (block.type) {
      case 'code':
        this.readCode(block);
        break;
      case 'paragraph':
        this.readParagraph(block);
        break;
      case 'list':
        if (this.open !== null && this.open !== 'command' && !this.values.has(this.open)) {
          this.say(this.open, block.children.map(shownText).join('; '));
          this.open = null;
        } else for (const item of block.children) this.readItem(item);
        break;
      case 'table':
        this.readTable(block);
        break;
      case 'heading':
        this.open = keyOf({ key: shownText(block), value: '' });
        break;
      case 'blockquote':
        for (const child of block.children) this.readBlock(child);
        break;
      default:
    }
  }

  private readCode(code: Code): void {
    const key = this.open;
    this.open = null;
    if (key !== null && key !== 'command' && key !== 'action' && !this.values.has(key)) {
      this.say(key, code.value.trim().replace(/\s+/g, ' '));
    } else if (SHOWN.has((code.lang ?? '').toLowerCase())) this.shown.push(code);
    else this.commands.push({ text: code.value, span: spanOf(code) });
  }

  private readParagraph(paragraph: Paragraph): void {
    if (this.open !== null && this.open !== 'command' && !this.values.has(this.open)) {
      // A label on a line of its own, and its text below.
      const lines = linesOf(paragraph);
      if (lines.every(({ nodes }) => keyOf(labelIn(nodes)) === null)) {
        this.say(this.open, shownText(paragraph));
        this.open = null;
        return;
      }
    }
    for (const { nodes } of linesOf(paragraph)) this.readLine(nodes);
  }

  /** The title of a step; a command that stands in it is its command, where it has no other. */
  readTitle(nodes: readonly PhrasingContent[]): string {
    this.inline.push(...codesIn(nodes).filter((code) => /\S\s+\S|^\.{0,2}\//.test(code)));
    const [lead, ...others] = nodes;
    if (lead?.type !== 'strong') return shownAll(nodes);
    const rest = shownAll(others);
    const title = shownText(lead);
    if (rest === '') return title;
    if (/[:：]$/.test(title) || /^[:：–—-]/.test(rest)) {
      this.prose.push(rest.replace(/^[:：–—-]\s*/, ''));
      return title.replace(/[:：]$/, '');
    }
    return shownAll(nodes);
  }

  readLine(nodes: readonly PhrasingContent[]): void {
    const pair = labelIn(nodes);
    const key = keyOf(pair);
    if (pair && key !== null) {
      this.readPair(key, pair.value, nodes);
      return;
    }
    const [lead, ...others] = nodes;
    const bold =
      lead?.type === 'strong' && others.length === 0 ? keyOf({ key: shownText(lead), value: '' }) : null;
    if (bold !== null) {
      this.open = bold;
      return;
    }
    this.inline.push(...codesIn(nodes).filter((code) => /\S\s+\S|^\.{0,2}\//.test(code)));
    this.prose.push(shownAll(nodes));
  }

  private readPair(key: Key, value: string, nodes: readonly PhrasingContent[]): void {
    if (value === '') this.open = key;
    else if (key === 'command') this.commands.push({ text: codesIn(nodes).join('\n') || value, span: null });
    else this.say(key, value);
  }

  private readItem(item: ListItem): void {
    const [first, ...others] = item.children;
    const pair = labelOf(item);
    const key = keyOf(pair);
    if (pair && key !== null && first?.type === 'paragraph') {
      const [line, ...lines] = linesOf(first);
      const own = line ? labelIn(line.nodes) : null;
      // A value may go on on the lines below.
      const isOneValue = lines.every(({ nodes }) => keyOf(labelIn(nodes)) === null);
      if (isOneValue || !own || !line) this.readPair(key, pair.value, first.children);
      else {
        this.readPair(key, own.value, line.nodes);
        for (const { nodes } of lines) this.readLine(nodes);
      }
      this.read(
        key === 'command' || pair.value === '' ? others : others.filter(({ type }) => type === 'list'),
      );
      return;
    }
    const before = this.open;
    for (const child of item.children) this.readBlock(child);
    this.open = before;
  }

  private readTable(table: Table): void {
    const [header, ...rows] = table.children;
    const titles = header?.children.map(shownText) ?? [];
    const columns = columnsIn(titles, KEYS);
    const [row] = rows;
    if (columns.size > 1 && row && rows.length === 1) {
      for (const [key, index] of columns) {
        const cell = row.children[index];
        if (cell) this.readPair(key, shownText(cell), cell.children);
      }
      this.open = null;
      return;
    }
    for (const { children } of table.children) {
      const [label, value, ...others] = children;
      const key = label ? keyOf({ key: shownText(label), value: '' }) : null;
      if (value && others.length === 0 && key !== null) this.readPair(key, shownText(value), value.children);
    }
    this.open = null;
  }

  /** `step`, `number`, `durationText` and `commandSpans` of what was read. */
  step(title: string, number: number): Pick<FoundStep, 'step' | 'number' | 'durationText' | 'commandSpans'> {
    if (this.commands.length === 0) {
      this.commands.push(...this.shown.map((code) => ({ text: code.value, span: spanOf(code) })));
    } else if (this.shown.length > 0) {
      this.say('expected', this.shown.map(({ value }) => value.trim().replace(/\s+/g, ' ')).join(' '));
    }
    const value = (key: Key): string => this.values.get(key) ?? '';
    const inTitle = /\(([^()]{1,40})\)\s*$/.exec(title)?.[1] ?? '';
    const durationText =
      value('duration') ||
      (/\d/.test(inTitle) && /\p{L}/u.test(inTitle) && minutesOf(inTitle) !== null ? inTitle : '');
    const written = this.commands.map(({ text }) => text).join('\n');
    const isByHand = written === '' && value('action') === '';
    const command = isByHand ? this.inline.join('\n') : written;
    const prose = isByHand && command === '' ? joined(this.prose) : '';
    const verifiedBy = value('verifiedBy');
    return {
      step: {
        title,
        owner: value('owner'),
        command,
        action: value('action') || prose,
        expected: value('expected'),
        durationMinutes: minutesOf(durationText),
        onFailure: value('onFailure'),
        ...(verifiedBy === '' ? {} : { verifiedBy }),
      },
      number,
      commandSpans: this.commands.flatMap(({ span }) => (span ? [span] : [])),
      durationText,
    };
  }
}

/** Sentences follow each other; what is no sentence is set apart. */
function joined(lines: readonly string[]): string {
  return lines
    .filter((line) => line !== '')
    .reduce(
      (text, line) => (text === '' ? line : `${text}${/[\p{L}\p{N}]$/u.test(text) ? ';' : ''} ${line}`),
      '',
    );
}

function labelOf(item: ListItem): Labelled | null {
  const [first] = item.children;
  return first?.type === 'paragraph' ? labelIn(first.children) : null;
}

/** Which of its parts a step labels so: by the words of the templates first, then by what else people say. */
/** The part of a step that a label names; null for any other. */
export function stepPartOf(label: string): string | null {
  return keyOf({ key: label, value: '' });
}

function keyOf(pair: Labelled | null): Key | null {
  if (!pair || pair.key.length > 60) return null;
  for (const name of namesOf(pair.key)) {
    const key = keysByWord.get(name);
    if (key !== undefined) return key;
  }
  return null;
}

const keysByWord: ReadonlyMap<string, Key> = new Map(
  (Object.keys(KEYS) as Key[]).flatMap((key) => KEYS[key].map((word) => [word, key] as const)),
);
