import type { Element, ElementContent, Nodes, Parents, Root, RootContent } from 'hast';
import { toHtml } from 'hast-util-to-html';
import { toHast } from 'mdast-util-to-hast';
import type { Range } from '../text/position';
import type { ReadDocument } from './document';
import { blocksOf } from './markdown/parse';
import { readSteps } from './markdown/parts';
import { findPlaceholders } from './markdown/placeholders';
import { roundedMinutes } from './runbook/runbook-kind';

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
  /** Safe by itself: no raw HTML, script, style, image or event handler of the document; links as `safeAddress` has them. */
  readonly html: string;
  readonly toc: readonly PreviewHeading[];
  /** The sum over the document's main steps; null where one of them has no duration, or there are none. */
  readonly totalMinutes: number | null;
}

/** Sections whose steps make the total, by the first that the document has. */
const MAIN_STEPS = ['deployment', 'steps'];

/**
 * A document as HTML: placeholders in `<mark class="placeholder">`, each finding in words beside what it is about, a
 * heading's `id` for each entry of the table of contents, and a copy button with `data-command` behind each fenced block.
 */
export function renderPreview(
  document: Pick<ReadDocument, 'tree' | 'sections'>,
  findings: readonly PreviewFinding[],
): Preview {
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
    },
  });
  const root: Root = made.type === 'root' ? made : { type: 'root', children: [made] };
  placeFindings(
    root,
    findings.filter(({ status }) => status !== 'waived'),
  );
  const toc = nameHeadings(root);
  dress(root);
  return { html: toHtml(root), toc, totalMinutes: totalMinutesOf(document) };
}

/** An address that a link of a preview may have: web, mail, a place in the page, a file beside the document. */
export function safeAddress(address: string): boolean {
  // Browsers drop control characters and blanks inside a scheme.

  const bare = address.replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028-\u202e]/g, '');
  const scheme = /^([^/?#:]*):/.exec(bare)?.[1]?.toLowerCase();
  if (scheme === undefined) return !bare.startsWith('//') && !bare.startsWith('\\');
  return scheme === 'http' || scheme === 'https' || scheme === 'mailto';
}

function totalMinutesOf(document: Pick<ReadDocument, 'tree' | 'sections'>): number | null {
  const id = MAIN_STEPS.find((main) => document.sections.some((section) => section.id === main));
  const steps = id === undefined ? [] : readSteps(blocksOf(document, id));
  let total = 0;
  for (const { step } of steps) {
    if (step.durationMinutes === null) return null;
    total += step.durationMinutes;
  }
  return steps.length === 0 ? null : roundedMinutes(total);
}

function nameHeadings(root: Root): PreviewHeading[] {
  const toc: PreviewHeading[] = [];
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
    toc.push({ id, title, depth: Number(node.tagName.slice(1)) });
  });
  return toc;
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
      const command = textOf(child).replace(/\n$/, '');
      dress(child);
      children.push(
        element('div', { className: ['command'] }, [
          child,
          element('button', { type: 'button', className: ['copy'], 'data-command': command }, [
            { type: 'text', value: 'Copy command' },
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
