import type { Nodes, Parents } from 'mdast';

type Position = NonNullable<Nodes['position']>;
type Point = Position['start'];

/**
 * Gives nodes a place that have none: what looks like an address and was written with escapes (`www\.acme.io`) is made a link
 * after the reading, and the parts of its text lose where they stand. Each such part has the place of the text that it was
 * made from.
 */
export function givePlaces(nodes: readonly Nodes[], source: string): void {
  for (const node of nodes) {
    if (!('children' in node)) continue;
    placeChildren(node, source);
    givePlaces(node.children, source);
  }
}

function placeChildren(parent: Parents, source: string): void {
  const { children, position } = parent;
  if (!position || children.every((child) => child.position)) return;
  const inner = innerOf(parent, position, source);
  let place: Position | null = null;
  children.forEach((child, index) => {
    if (child.position) {
      place = null;
      return;
    }
    const next = children.slice(index).find((other) => other.position)?.position;
    place ??= {
      start: { ...(children[index - 1]?.position?.end ?? inner.start) },
      end: { ...(next?.start ?? inner.end) },
    };
    placeWhole(child, place);
  });
}

function placeWhole(node: Nodes, place: Position): void {
  node.position = place;
  if ('children' in node) for (const child of node.children) placeWhole(child, place);
}

/** The place of what a node holds, without the marks around it. */
function innerOf(node: Parents, { start, end }: Position, source: string): Position {
  const text = source.slice(start.offset ?? 0, end.offset ?? 0);
  const [opening, closing] = marksOf(node, text);
  return { start: moved(start, opening), end: moved(end, -closing) };
}

function marksOf(node: Parents, text: string): readonly [number, number] {
  switch (node.type) {
    case 'heading':
      return [lengthOf(/^#{1,6}[ \t]+/, text), /^#/.test(text) ? lengthOf(/(?:[ \t]+#+)?[ \t]*$/, text) : 0];
    case 'tableCell':
      return [lengthOf(/^\|?[ \t]*/, text), lengthOf(/[ \t]*(?:(?<!\\)\|)?$/, text)];
    case 'strong':
      return [2, 2];
    case 'emphasis':
      return [1, 1];
    case 'delete':
      return [lengthOf(/^~+/, text), lengthOf(/~+$/, text)];
    default:
      return [0, 0];
  }
}

function lengthOf(pattern: RegExp, text: string): number {
  return pattern.exec(text)?.[0].length ?? 0;
}

/** So many characters further on the same line. */
function moved({ line, column, offset }: Point, by: number): Point {
  return { line, column: column + by, offset: (offset ?? 0) + by };
}
