import { graphlib, layout as dagreLayout } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode, PathsGraph, WorkflowCluster } from './graph';
import { edgeWord, linesOf, type NodeLine } from './words';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** A node with its place; x and y are its top left corner. Pixels throughout. */
export interface PlacedNode extends Box {
  readonly node: GraphNode;
  readonly lines: readonly NodeLine[];
}

export interface PlacedCluster extends Box {
  readonly cluster: WorkflowCluster;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  /** From border to border; at least two. */
  readonly points: readonly Point[];
  /** The middle of its word; null where it has none. */
  readonly label: Point | null;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Outer frames before inner ones. */
  readonly clusters: readonly PlacedCluster[];
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export const LINE_HEIGHT = 17;
export const PADDING = 12;
/** What stands between the lines of a production job and its state. */
export const STATE_GAP = 5;
/** Room for the name of a workflow above its jobs. */
export const HEADER = 30;
const MIN_WIDTH = 108;
const MAX_WIDTH = 250;
const MAX_STATE_WIDTH = 330;
const MARGIN = 18;
const GAP = 26;

/** Beyond these numbers dagre takes too long, and its care would not be seen: layers by the longest way then do. */
const MAX_DAGRE_NODES = 150;
const MAX_DAGRE_EDGES = 600;

/** A piece of a picture that is laid out by itself: everything in it is relative to its own corner. */
interface Piece {
  readonly width: number;
  readonly height: number;
  readonly clusters: readonly PlacedCluster[];
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Something to be placed among others: a node, or the frame of a called workflow. */
interface Item {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

interface Connection {
  readonly edge: GraphEdge;
  readonly from: string;
  readonly to: string;
}

/**
 * Places everything: each workflow in its frame from left to right, called workflows as frames inside, workflows that
 * follow one another in a row. An equal graph gives an equal layout.
 */
export function layoutOf(graph: PathsGraph): Layout {
  const index: Index = {
    nodes: groupBy(graph.nodes, (node) => node.cluster),
    clusters: new Map(graph.workflows.map((cluster) => [cluster.id, cluster])),
    edges: groupBy(graph.edges, (edge) => clusterOfNode(graph, edge.to)),
    graph,
  };
  const roots = graph.workflows.filter((cluster) => cluster.calledBy === null);
  const pieces = new Map(roots.map((cluster) => [cluster.id, frame(cluster, index)]));
  const chains = graph.edges.filter((edge) => edge.kind === 'chained');
  const rows = componentsOf(roots, chains).map((group) => row(group, chains, pieces, graph));
  return packed(rows);
}

interface Index {
  readonly nodes: ReadonlyMap<string, readonly GraphNode[]>;
  readonly clusters: ReadonlyMap<string, WorkflowCluster>;
  readonly edges: ReadonlyMap<string, readonly GraphEdge[]>;
  readonly graph: PathsGraph;
}

const clustersOfNodes = new WeakMap<PathsGraph, Map<string, string>>();

function clusterOfNode(graph: PathsGraph, id: string): string {
  let known = clustersOfNodes.get(graph);
  if (!known) {
    known = new Map(graph.nodes.map((node) => [node.id, node.cluster]));
    clustersOfNodes.set(graph, known);
  }
  return known.get(id) ?? '';
}

/** A workflow in its frame. */
function frame(cluster: WorkflowCluster, index: Index): Piece {
  const nodes = index.nodes.get(cluster.id) ?? [];
  const inner = new Map<string, Piece>();
  const leaves = new Map<string, PlacedNode>();
  const items: Item[] = nodes.map((node) => {
    const within = node.kind === 'job' && node.inner !== null ? index.clusters.get(node.inner) : undefined;
    if (within) {
      const piece = calledFrame(node, frame(within, index), index);
      inner.set(node.id, piece);
      return { id: node.id, width: piece.width, height: piece.height };
    }
    const placed = sized(node, index.graph);
    leaves.set(node.id, placed);
    return { id: node.id, width: placed.width, height: placed.height };
  });
  const ids = new Set(items.map((item) => item.id));
  const connections = (index.edges.get(cluster.id) ?? []).filter(
    (edge) => edge.from !== edge.to && ids.has(edge.from) && ids.has(edge.to),
  );
  const arranged = arrange(
    items,
    connections.map((edge) => ({ edge, from: edge.from, to: edge.to })),
  );
  const dx = MARGIN;
  const dy = HEADER + 8;
  const problemLines = cluster.problem ? 1 : 0;
  const width = Math.max(
    arranged.width + 2 * MARGIN,
    textWidth(cluster.label, 13, true) +
      (cluster.calledBy === null ? textWidth(cluster.path, 11) + 60 : 2 * MARGIN),
    problemLines > 0 ? textWidth(shortened(cluster.problem ?? '', 460, 12), 12) + 2 * MARGIN : 0,
  );
  const height = arranged.height + dy + MARGIN + problemLines * LINE_HEIGHT;
  const parts: Piece[] = items.flatMap((item) => {
    const at = arranged.places.get(item.id);
    if (!at) return [];
    const leaf = leaves.get(item.id);
    const piece: Piece | undefined = leaf
      ? { width: leaf.width, height: leaf.height, clusters: [], nodes: [leaf], edges: [] }
      : inner.get(item.id);
    return piece ? [moved(piece, at.x + dx, at.y + dy)] : [];
  });
  const own: PlacedCluster = { cluster, x: 0, y: 0, width, height };
  return {
    width,
    height,
    clusters: [own, ...parts.flatMap((part) => part.clusters)],
    nodes: parts.flatMap((part) => part.nodes),
    edges: [...arranged.edges.map((edge) => movedEdge(edge, dx, dy)), ...parts.flatMap((part) => part.edges)],
  };
}

/** A job that calls a workflow: its own lines above, the frame of the called workflow below. */
function calledFrame(node: GraphNode, within: Piece, index: Index): Piece {
  const title = sized(node, index.graph, Math.max(within.width, MAX_WIDTH * 1.4));
  const width = Math.max(title.width, within.width + 2 * 10);
  const top = title.height;
  const placed = moved(within, (width - within.width) / 2, top);
  const height = top + within.height + 10;
  const body: PlacedNode = { ...title, width, height };
  // From the side of the call to the jobs inside that need no other.
  const entries = (index.edges.get(within.clusters[0]?.cluster.id ?? '') ?? []).flatMap(
    (edge): PlacedEdge[] => {
      const target = placed.nodes.find((each) => each.node.id === edge.to);
      if (edge.kind !== 'calls' || !target) return [];
      const y = target.y + Math.min(target.height, 60) / 2;
      return [
        {
          edge,
          points: [
            { x: 0, y },
            { x: target.x, y },
          ],
          label: null,
        },
      ];
    },
  );
  return {
    width,
    height,
    clusters: placed.clusters,
    nodes: [body, ...placed.nodes],
    edges: [...entries, ...placed.edges],
  };
}

/** Workflows that follow one another, from left to right. */
function row(
  group: readonly WorkflowCluster[],
  chains: readonly GraphEdge[],
  pieces: ReadonlyMap<string, Piece>,
  graph: PathsGraph,
): Piece {
  const items = group.map((cluster) => {
    const piece = pieces.get(cluster.id);
    return { id: cluster.id, width: piece?.width ?? 0, height: piece?.height ?? 0 };
  });
  const ids = new Set(items.map((item) => item.id));
  const connections = chains.flatMap((edge): Connection[] => {
    const to = clusterOfNode(graph, edge.to);
    return ids.has(edge.from) && ids.has(to) && edge.from !== to ? [{ edge, from: edge.from, to }] : [];
  });
  const arranged = arrange(items, connections);
  const parts = items.flatMap((item) => {
    const at = arranged.places.get(item.id);
    const piece = pieces.get(item.id);
    return at && piece ? [moved(piece, at.x, at.y)] : [];
  });
  const nodes = parts.flatMap((part) => part.nodes);
  const edges = arranged.edges.map((placed): PlacedEdge => {
    // Through the frame to the trigger that waits there.
    const target = nodes.find((each) => each.node.id === placed.edge.to);
    return target
      ? { ...placed, points: [...placed.points, { x: target.x, y: target.y + target.height / 2 }] }
      : placed;
  });
  return {
    width: arranged.width,
    height: arranged.height,
    clusters: parts.flatMap((part) => part.clusters),
    nodes,
    edges: [...parts.flatMap((part) => part.edges), ...edges],
  };
}

/** Workflows with those that they are chained to, in the order of the first of each. */
function componentsOf(
  roots: readonly WorkflowCluster[],
  chains: readonly GraphEdge[],
): readonly (readonly WorkflowCluster[])[] {
  const group = new Map(roots.map((cluster, at) => [cluster.id, at]));
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    for (const { from, to } of chains) {
      const target = to.slice(0, to.lastIndexOf('@'));
      const one = group.get(from);
      const other = group.get(target);
      if (one === undefined || other === undefined || one === other) continue;
      isSettled = false;
      const least = Math.min(one, other);
      group.set(from, least);
      group.set(target, least);
    }
  }
  return [...groupBy(roots, (cluster) => group.get(cluster.id) ?? 0).values()];
}

/** Pieces one below the other; several beside each other where the picture would become too tall to be seen. */
function packed(pieces: readonly Piece[]): Layout {
  const area = pieces.reduce((sum, piece) => sum + (piece.width + GAP) * (piece.height + GAP), 0);
  const widest = Math.max(0, ...pieces.map((piece) => piece.width));
  const limit = Math.max(widest, Math.sqrt(area * 1.7));
  const placed: Piece[] = [];
  let x = 0;
  let y = 0;
  let tallest = 0;
  let width = 0;
  for (const piece of pieces) {
    if (x > 0 && x + piece.width > limit) {
      x = 0;
      y += tallest + GAP;
      tallest = 0;
    }
    placed.push(moved(piece, x + GAP, y + GAP));
    x += piece.width + GAP;
    width = Math.max(width, x);
    tallest = Math.max(tallest, piece.height);
  }
  return {
    width: Math.ceil(width + GAP),
    height: Math.ceil(y + tallest + 2 * GAP),
    clusters: placed.flatMap((piece) => piece.clusters),
    nodes: placed.flatMap((piece) => piece.nodes),
    edges: placed.flatMap((piece) => piece.edges),
  };
}

interface Arrangement {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Point>;
  readonly edges: readonly PlacedEdge[];
}

/** Places items from left to right, sources first. */
function arrange(items: readonly Item[], connections: readonly Connection[]): Arrangement {
  if (items.length === 0) return { width: 0, height: 0, places: new Map(), edges: [] };
  const isSimple = connections.length === 0;
  if (isSimple || items.length > MAX_DAGRE_NODES || connections.length > MAX_DAGRE_EDGES)
    return inLayers(items, connections);
  const graph = new graphlib.Graph({ directed: true, multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 22, edgesep: 14, ranksep: 46, marginx: 0, marginy: 0 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of items) graph.setNode(id, { width, height });
  for (const { edge, from, to } of connections) {
    const word = edgeWord(edge);
    graph.setEdge(
      from,
      to,
      word
        ? {
            width: textWidth(word, 11) + 22,
            height: 18,
            labelpos: 'c',
            weight: edge.kind === 'not-needed' ? 1 : 2,
          }
        : { width: 0, height: 0, weight: 1 },
      edge.id,
    );
  }
  dagreLayout(graph);
  const places = new Map<string, Point>();
  for (const { id, width, height } of items) {
    const at = graph.node(id) as Partial<Point>;
    places.set(id, { x: (at.x ?? 0) - width / 2, y: (at.y ?? 0) - height / 2 });
  }
  const sizes = new Map(items.map((item) => [item.id, item]));
  const boxOf = (id: string): Box => ({
    ...(places.get(id) ?? { x: 0, y: 0 }),
    width: sizes.get(id)?.width ?? 0,
    height: sizes.get(id)?.height ?? 0,
  });
  const edges = connections.map(({ edge, from, to }): PlacedEdge => {
    const at = graph.edge(from, to, edge.id) as { points?: Point[]; x?: number; y?: number };
    const points = fromSideToSide(
      (at.points ?? []).map(({ x, y }) => ({ x, y })),
      boxOf(from),
      boxOf(to),
    );
    const label = at.x === undefined || at.y === undefined || !edgeWord(edge) ? null : { x: at.x, y: at.y };
    return { edge, points, label };
  });
  return bounded(items, places, edges);
}

/** An edge leaves to the right and comes in from the left; one that goes back keeps its ends as they are. */
function fromSideToSide(points: readonly Point[], from: Box, to: Box): readonly Point[] {
  const right = from.x + from.width;
  if (right > to.x) return points;
  const within = (y: number, box: Box): number => {
    const room = Math.min(12, box.height / 2);
    return Math.min(box.y + box.height - room, Math.max(box.y + room, y));
  };
  const first = points[0] ?? { x: right, y: from.y + from.height / 2 };
  const last = points.at(-1) ?? { x: to.x, y: to.y + to.height / 2 };
  return [
    { x: right, y: within(first.y, from) },
    ...points.slice(1, -1).filter(({ x }) => x > right && x < to.x),
    { x: to.x, y: within(last.y, to) },
  ];
}

/** Layers by the longest way from a source; edges straight from side to side. */
function inLayers(items: readonly Item[], connections: readonly Connection[]): Arrangement {
  const layer = new Map(items.map((item) => [item.id, 0]));
  // As many rounds as there can be layers; a circle stops growing when they are used up.
  for (let round = 0, isSettled = false; !isSettled && round < items.length; round++) {
    isSettled = true;
    for (const { from, to } of connections) {
      const wanted = (layer.get(from) ?? 0) + 1;
      if ((layer.get(to) ?? 0) >= wanted || wanted >= items.length) continue;
      layer.set(to, wanted);
      isSettled = false;
    }
  }
  const places = new Map<string, Point>();
  const byId = new Map(items.map((item) => [item.id, item]));
  let x = 0;
  for (const at of [...new Set(layer.values())].sort((one, other) => one - other)) {
    const column = items.filter((item) => layer.get(item.id) === at);
    let y = 0;
    for (const item of column) {
      places.set(item.id, { x, y });
      y += item.height + 22;
    }
    x += Math.max(...column.map((item) => item.width)) + 90;
  }
  const edges = connections.map(({ edge, from, to }): PlacedEdge => {
    const one = places.get(from) ?? { x: 0, y: 0 };
    const other = places.get(to) ?? { x: 0, y: 0 };
    const start = { x: one.x + (byId.get(from)?.width ?? 0), y: one.y + (byId.get(from)?.height ?? 0) / 2 };
    const end = { x: other.x, y: other.y + (byId.get(to)?.height ?? 0) / 2 };
    const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
    return { edge, points: [start, end], label: edgeWord(edge) ? middle : null };
  });
  return bounded(items, places, edges);
}

/** Moves everything so that it begins at zero, and says how large it is. */
function bounded(
  items: readonly Item[],
  places: ReadonlyMap<string, Point>,
  edges: readonly PlacedEdge[],
): Arrangement {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (x: number, y: number): void => {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  };
  for (const { id, width, height } of items) {
    const at = places.get(id);
    if (!at) continue;
    take(at.x, at.y);
    take(at.x + width, at.y + height);
  }
  for (const { points } of edges) for (const { x, y } of points) take(x, y);
  return {
    width: right - left,
    height: bottom - top,
    places: new Map([...places].map(([id, { x, y }]) => [id, { x: x - left, y: y - top }])),
    edges: edges.map((edge) => movedEdge(edge, -left, -top)),
  };
}

function sized(node: GraphNode, graph: PathsGraph, maxWidth = MAX_WIDTH): PlacedNode {
  const lines = linesOf(node, graph).map((line) => ({
    ...line,
    text: shortened(
      line.text,
      (line.kind === 'state' ? Math.max(maxWidth, MAX_STATE_WIDTH) : maxWidth) - 2 * PADDING - leadOf(line),
      sizeOf(line),
      line.kind,
    ),
  }));
  const widest = Math.max(
    ...lines.map(
      (line) => textWidth(line.text, sizeOf(line), isBold(line), line.kind === 'condition') + leadOf(line),
    ),
  );
  return {
    node,
    lines,
    x: 0,
    y: 0,
    width: Math.ceil(Math.max(MIN_WIDTH, widest + 2 * PADDING)),
    height:
      lines.length * LINE_HEIGHT + 2 * 9 + (lines.some((line) => line.kind === 'state') ? STATE_GAP : 0),
  };
}

/** Room before the text of a line for its sign. */
export function leadOf(line: NodeLine): number {
  return line.kind === 'does' || line.kind === 'condition' ? 0 : 17;
}

export function sizeOf(line: NodeLine): number {
  return line.kind === 'title' ? 13 : line.kind === 'condition' ? 11 : 11.5;
}

export function isBold(line: NodeLine): boolean {
  return line.kind === 'title' || line.kind === 'state';
}

/** About as wide as a text is drawn, in pixels; a picture without a browser can only estimate, and leaves room. */
export function textWidth(text: string, size: number, isStrong = false, isFixed = false): number {
  let units = 0;
  for (const character of text) {
    if (/\p{M}/u.test(character)) continue;
    if (
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u.test(
        character,
      )
    )
      units += 1.05;
    else if (isFixed) units += 0.61;
    else if (/[A-Z@%mw<>=+~&#$]/.test(character)) units += 0.74;
    else if (/[ijl.,:;'|!()[\] ftr-]/.test(character)) units += 0.36;
    else units += 0.58;
  }
  return units * size * (isStrong ? 1.1 : 1.03);
}

/** A text that is no wider than `width`, cut with an ellipsis. */
export function shortened(
  text: string,
  width: number,
  size: number,
  kind: NodeLine['kind'] = 'does',
): string {
  const isStrong = kind === 'title' || kind === 'state';
  const isFixed = kind === 'condition';
  if (textWidth(text, size, isStrong, isFixed) <= width) return text;
  let cut = '';
  for (const character of text) {
    if (textWidth(`${cut}${character}…`, size, isStrong, isFixed) > width) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

function moved(piece: Piece, dx: number, dy: number): Piece {
  return {
    width: piece.width,
    height: piece.height,
    clusters: piece.clusters.map((each) => ({ ...each, x: each.x + dx, y: each.y + dy })),
    nodes: piece.nodes.map((each) => ({ ...each, x: each.x + dx, y: each.y + dy })),
    edges: piece.edges.map((edge) => movedEdge(edge, dx, dy)),
  };
}

function movedEdge({ edge, points, label }: PlacedEdge, dx: number, dy: number): PlacedEdge {
  return {
    edge,
    points: points.map(({ x, y }) => ({ x: x + dx, y: y + dy })),
    label: label ? { x: label.x + dx, y: label.y + dy } : null,
  };
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
