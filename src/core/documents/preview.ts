import type { Element, ElementContent, Nodes, Parents, Root, RootContent } from 'hast';
import { toHtml } from 'hast-util-to-html';
import type { Code, Heading, ListItem, Paragraph, TableRow } from 'mdast';
import { defaultHandlers, toHast, type State } from 'mdast-util-to-hast';
import type { Range } from '../text/position';
import type { ReadDocument } from './document';
import { spanOf } from './markdown/parse';
import { findPlaceholders } from './markdown/placeholders';
import { roundedMinutes } from './runbook/runbook-kind';
import type { DocumentCommand, DocumentStep } from './steps-in';

/** What the preview needs of a finding; the gate's findings are such. */
export interface PreviewFinding {
  readonly rule: string;
  readonly severity: 'block' | 'warn' | 'info';
  readonly status: 'fail' | 'unknown' | 'waived';
  readonly message: string;
  readonly range: Range | null;
}

/** A heading, for the table of contents. */
export interface PreviewHeading {
  /** The `id` of the heading's element; begins with `section-`, so that it meets no id of the page around it. */
  readonly id: string;
  readonly title: string;
  /** 1 to 6. */
  readonly depth: number;
}

/** A document as a page shows it. */
export interface Preview {
  /**
   * The document, one piece for each of its outermost blocks. Safe by themselves: no raw HTML, script, style, image or
   * event handler of the document; links as `safeAddress` has them.
   */
  readonly parts: readonly string[];
  readonly toc: readonly PreviewHeading[];
  /** The heading of the way back; null where the document has none. */
  readonly rollback: string | null;
  /** The sum over the document's main steps; null where one of them has no duration, or there are none. */
  readonly totalMinutes: number | null;
}

/** Sections whose steps make the total, by the first that the document has. */
const MAIN_STEPS = ['deployment', 'steps'];

/** Titles of the way back, where no section of the kind is. */
const ROLLBACK_TITLE = /^(?:the )?(?:roll(?:ing)?[ -]?back|revert|back[ -]?out)\b/i;

/**
 * A document as HTML: placeholders in `<mark class="placeholder">`, each finding in words beside what it is about, and a
 * heading's `id` for each entry of the table of contents. What a page changes while the text stays the same is left to it:
 * each block of code has its bar of buttons, by `data-command`; each step its box (`input.tick`) and a place for words
 * (`.says`), by `data-step`.
 */
export function renderPreview(
  document: Pick<ReadDocument, 'tree' | 'sections'>,
  findings: readonly PreviewFinding[],
  {
    steps,
    commands,
    wayBack = 'rollback',
  }: {
    readonly steps: readonly DocumentStep[];
    readonly commands: readonly DocumentCommand[];
    /** The kind's section that goes back, by id. */
    readonly wayBack?: string;
  },
): Preview {
  const stepAt = new Map(steps.map((step) => [step.span.start, step]));
  const commandAt = new Map(commands.map((command) => [command.span.start, command]));
  const made = toHast(document.tree, {
    handlers: {
      // HTML of the document is shown as the text that it is; a comment is not for the reader.
      html: (_state, node: { value: string }) =>
        /^<!--[\s\S]*-->$/.test(node.value.trim()) ? undefined : { type: 'text', value: node.value },
      image: (_state, node: { alt?: string | null }) => ({
        type: 'text',
        value: `(image: ${node.alt ?? ''})`,
      }),
      imageReference: (_state, node: { alt?: string | null }) => ({
        type: 'text',
        value: `(image: ${node.alt ?? ''})`,
      }),
      listItem: (state: State, node: ListItem, parent) => {
        const item = defaultHandlers.listItem(state, node, parent);
        const step = stepAt.get(spanOf(node).start);
        if (step) makeTickable(item, step);
        return item;
      },
      // Steps are also written as headings ("### Step 3: …"), as bold lines and as rows of a table.
      heading: (state: State, node: Heading) =>
        withBox(defaultHandlers.heading(state, node), stepAt.get(spanOf(node).start)),
      paragraph: (state: State, node: Paragraph, parent) => {
        const paragraph = defaultHandlers.paragraph(state, node);
        // The first paragraph of an item begins where its marker does not, so this is never the item's own step.
        return parent?.type === 'listItem' ? paragraph : withBox(paragraph, stepAt.get(spanOf(node).start));
      },
      tableRow: (state: State, node: TableRow, parent) => {
        const row = defaultHandlers.tableRow(state, node, parent);
        const step = stepAt.get(spanOf(node).start);
        const cell = row.children.find((child) => child.type === 'element');
        if (step && cell?.type === 'element') {
          const { box, says } = boxOf(step);
          markAsStep(row, step);
          cell.children = [box, { type: 'text', value: ' ' }, ...cell.children, says];
        }
        return row;
      },
      code: (state: State, node: Code) => {
        const block = defaultHandlers.code(state, node);
        const command = commandAt.get(spanOf(node).start);
        if (command) block.properties['dataCommand'] = command.id;
        return block;
      },
    },
  });
  const root: Root = made.type === 'root' ? made : { type: 'root', children: [made] };
  placeFindings(
    root,
    findings.filter(({ status }) => status !== 'waived'),
  );
  const { toc, starts } = nameHeadings(root);
  dress(root);
  const back = document.sections.find(({ id }) => id === wayBack);
  return {
    parts: root.children.map((child) => toHtml(child)).filter((html) => html.trim() !== ''),
    toc,
    rollback:
      (back && starts.get(back.headingSpan.start)) ??
      toc.find(({ title }, index) => index > 0 && ROLLBACK_TITLE.test(title))?.id ??
      null,
    totalMinutes: totalMinutesOf(steps),
  };
}

/** The text of a command as HTML: placeholders marked, and the variables that nobody has filled. */
export function commandHtml(text: string, unfilled: readonly string[]): string {
  const open = new Set(unfilled);
  const children = marked(text).flatMap((child): ElementContent[] => {
    if (child.type !== 'text') return [child];
    const pieces: ElementContent[] = [];
    let reached = 0;
    for (const match of child.value.matchAll(/\$\{?([A-Za-z_]\w*)\}?/g)) {
      if (!open.has(match[1] ?? '')) continue;
      pieces.push({ type: 'text', value: child.value.slice(reached, match.index) });
      pieces.push(element('mark', { className: ['unfilled'] }, [{ type: 'text', value: match[0] }]));
      reached = match.index + match[0].length;
    }
    return [...pieces, { type: 'text', value: child.value.slice(reached) }];
  });
  return toHtml(children);
}

function markAsStep(made: Element, step: DocumentStep): void {
  made.properties['className'] = ['step'];
  made.properties['dataStep'] = step.id;
}

/** The box of a step, and the place for what there is to say of it. */
function boxOf(step: DocumentStep): { readonly box: Element; readonly says: Element } {
  return {
    box: element(
      'input',
      {
        type: 'checkbox',
        className: ['tick'],
        id: `tick-${step.id}`,
        dataStep: step.id,
        disabled: true,
        ariaLabel: `${step.sectionTitle}, step ${step.number}: ${step.title}`,
        ariaDescribedBy: [`says-${step.id}`],
      },
      [],
    ),
    says: element('div', { className: ['says'], id: `says-${step.id}` }, []),
  };
}

/** A heading or line that is a step: its box in it, the words behind it. */
function withBox(made: Element, step: DocumentStep | undefined): Element | Element[] {
  if (!step) return made;
  const { box, says } = boxOf(step);
  markAsStep(made, step);
  made.children = [box, { type: 'text', value: ' ' }, ...made.children];
  return [made, says];
}

/** Puts the box of a step before its first words, and behind them a place for what there is to say of it. */
function makeTickable(item: Element, step: DocumentStep): void {
  markAsStep(item, step);
  const { box, says } = boxOf(step);
  const first = item.children.findIndex((child) => child.type === 'element');
  const paragraph = item.children[first];
  if (paragraph?.type === 'element' && paragraph.tagName === 'p') {
    paragraph.children = [box, { type: 'text', value: ' ' }, ...withoutOwnBox(paragraph.children)];
    item.children.splice(first + 1, 0, says);
    return;
  }
  // The words of a tight list stand without a paragraph, before the first block in it.
  const block = item.children.findIndex((child) => child.type === 'element' && BLOCKS.has(child.tagName));
  const end = block < 0 ? item.children.length : block;
  item.children = [
    box,
    { type: 'text', value: ' ' },
    ...withoutOwnBox(item.children.slice(0, end)),
    says,
    ...item.children.slice(end),
  ];
}

/** The box that Markdown itself makes of `[ ]` cannot be ticked. */
function withoutOwnBox(children: readonly ElementContent[]): ElementContent[] {
  return children.filter((child) => child.type !== 'element' || child.tagName !== 'input');
}

const BLOCKS = new Set([
  'pre',
  'ul',
  'ol',
  'p',
  'table',
  'blockquote',
  'div',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
]);

/** An address that a link of a preview may have: web, mail, a place in the page, a file beside the document. */
export function safeAddress(address: string): boolean {
  // Browsers drop control characters and blanks inside a scheme.

  const bare = address.replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028-\u202e]/g, '');
  const scheme = /^([^/?#:]*):/.exec(bare)?.[1]?.toLowerCase();
  if (scheme === undefined) return !bare.startsWith('//') && !bare.startsWith('\\');
  return scheme === 'http' || scheme === 'https' || scheme === 'mailto';
}

function totalMinutesOf(steps: readonly DocumentStep[]): number | null {
  const id = MAIN_STEPS.find((main) => steps.some(({ section }) => section === main)) ?? onlySection(steps);
  const main = steps.filter(({ section }) => section === id);
  let total = 0;
  for (const { minutes } of main) {
    if (minutes === null) return null;
    total += minutes;
  }
  return main.length === 0 ? null : roundedMinutes(total);
}

/** The one section with steps that take time; null where there are several, of which nobody does all. */
function onlySection(steps: readonly DocumentStep[]): string | null {
  const sections = new Set(steps.filter(({ minutes }) => minutes !== null).map(({ section }) => section));
  const [only = null] = [...sections];
  return sections.size === 1 ? only : null;
}

/** Gives each heading its `id`; `starts` has them by where their headings begin in the text. */
function nameHeadings(root: Root): { toc: PreviewHeading[]; starts: ReadonlyMap<number, string> } {
  const toc: PreviewHeading[] = [];
  const starts = new Map<number, string>();
  const taken = new Set<string>();
  visit(root, (node) => {
    if (node.type !== 'element' || !/^h[1-6]$/.test(node.tagName)) return;
    // GitHub's footnotes bring a heading of their own.
    if (node.properties['id'] === 'footnote-label') return;
    const title = textOf(node).replace(/\s+/g, ' ').trim();
    const slug = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '');
    let id = `section-${slug}`;
    for (let number = 2; taken.has(id); number++) id = `section-${slug}-${number}`;
    taken.add(id);
    node.properties['id'] = id;
    const start = node.position?.start.offset;
    if (start !== undefined) starts.set(start, id);
    toc.push({ id, title, depth: Number(node.tagName.slice(1)) });
  });
  return { toc, starts };
}

/** Elements that a finding may stand in or behind, the smallest wins. */
const PLACES = new Set(['p', 'li', 'pre', 'tr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

function placeFindings(root: Root, findings: readonly PreviewFinding[]): void {
  const general: Element[] = [];
  for (const finding of findings) {
    const place = finding.range ? placeOf(root, finding.range.start.line) : null;
    if (!place) {
      general.push(note(finding));
      continue;
    }
    const { element, parent } = place;
    if (element.tagName === 'li') element.children.push(note(finding));
    else if (element.tagName === 'tr') {
      const cell = element.children.findLast((child) => child.type === 'element');
      if (cell?.type === 'element') cell.children.push(note(finding));
      else general.push(note(finding));
    } else parent.children.splice(parent.children.indexOf(element) + 1, 0, note(finding));
  }
  root.children.unshift(...general);
}

function placeOf(root: Root, line: number): { element: Element; parent: Parents } | null {
  let best: { element: Element; parent: Parents; lines: number } | null = null;
  visit(root, (node, parent) => {
    if (node.type !== 'element' || !parent || !node.position || !PLACES.has(node.tagName)) return;
    const { start, end } = node.position;
    if (line < start.line || line > end.line) return;
    const lines = end.line - start.line;
    if (!best || lines <= best.lines) best = { element: node, parent, lines };
  });
  return best;
}

function note({ rule, severity, status, message }: PreviewFinding): Element {
  return element('span', { className: ['finding', `finding-${severity}`], role: 'note' }, [
    element('strong', {}, [
      { type: 'text', value: status === 'unknown' ? 'Unknown' : severityWord(severity) },
    ]),
    { type: 'text', value: `: ${message} ` },
    element('code', {}, [{ type: 'text', value: rule }]),
  ]);
}

function severityWord(severity: PreviewFinding['severity']): string {
  switch (severity) {
    case 'block':
      return 'Blocks';
    case 'warn':
      return 'Warning';
    case 'info':
      return 'Note';
  }
}

/** Marks placeholders, gives each block of code its button, and takes away links that lead elsewhere than they may. */
function dress(parent: Parents): void {
  const children: RootContent[] = [];
  for (const child of parent.children) {
    if (child.type === 'text') {
      children.push(...marked(child.value));
      continue;
    }
    if (child.type !== 'element') {
      if (child.type !== 'raw' && child.type !== 'comment') children.push(child);
      continue;
    }
    const isFinding = String(child.properties['className'] ?? '').includes('finding');
    if (child.tagName === 'a' && !safeAddress(String(child.properties['href'] ?? ''))) {
      delete child.properties['href'];
    }
    if (child.tagName === 'pre') {
      const { dataCommand: id, ...others } = child.properties;
      child.properties = others;
      dress(child);
      children.push(
        element('div', { className: ['command'], dataCommand: id }, [
          child,
          element('div', { className: ['command-bar'] }, [
            element('button', { type: 'button', className: ['copy'], dataCommand: id }, [
              { type: 'text', value: 'Copy command' },
            ]),
            element('span', { className: ['why'], id: `why-${String(id)}` }, []),
          ]),
        ]),
      );
      continue;
    }
    if (!isFinding) dress(child);
    children.push(child);
  }
  parent.children = children;
}

function marked(text: string): ElementContent[] {
  const result: ElementContent[] = [];
  let reached = 0;
  for (const { span } of findPlaceholders(text)) {
    if (span.start > reached) result.push({ type: 'text', value: text.slice(reached, span.start) });
    result.push(
      element('mark', { className: ['placeholder'] }, [
        { type: 'text', value: text.slice(span.start, span.end) },
      ]),
    );
    reached = span.end;
  }
  if (reached < text.length || result.length === 0) result.push({ type: 'text', value: text.slice(reached) });
  return result;
}

function element(tagName: string, properties: Element['properties'], children: ElementContent[]): Element {
  return { type: 'element', tagName, properties, children };
}

function textOf(node: Nodes): string {
  if (node.type === 'text') return node.value;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}

function visit(
  node: Nodes,
  act: (node: Nodes, parent: Parents | null) => void,
  parent: Parents | null = null,
): void {
  act(node, parent);
  if ('children' in node) for (const child of node.children) visit(child, act, node);
}
