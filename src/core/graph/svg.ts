import { counted } from '../text/words';
import type { GraphCounterexample, GraphNode, JobRole, PathsGraph } from './graph';
import { productionJobsOf } from './graph';
import {
  layoutOf,
  leadOf,
  LINE_HEIGHT,
  PADDING,
  shortened,
  sizeOf,
  STATE_GAP,
  textWidth,
  type Layout,
  type PlacedCluster,
  type PlacedEdge,
  type PlacedNode,
  type Point,
} from './layout';
import { edgeSentence, edgeWord, nodeSentence, pictureSummary, type NodeLine } from './words';

/** How a picture is drawn. */
export interface SvgOptions {
  /**
   * `alone`: a file that brings its style, its legend and one counterexample, for light and dark; `page`: for a page that
   * has the style, where nodes and edges can be focused and clicked.
   */
  readonly kind: 'alone' | 'page';
  /** The counterexample whose steps are numbered in a file; the first where nothing is given. */
  readonly run?: GraphCounterexample | null;
}

/**
 * The rules of a picture. Every colour is a variable, so that a page can bring its own theme; what is open, held or
 * unknown differs in dashes, sign and word as well.
 */
export const pictureStyle = `
.rg { font-family: var(--rg-font, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif); }
.rg text { fill: var(--rg-text); }
.rg .paper { fill: var(--rg-paper); }
.rg .frame > rect { fill: var(--rg-frame); stroke: var(--rg-frame-border); }
.rg .frame .name { font-weight: 600; }
.rg .frame .path, .rg .does, .rg .environment text, .rg .note { fill: var(--rg-muted); }
.rg .node > .box { fill: var(--rg-node); stroke: var(--rg-border); stroke-width: 1.2; }
.rg .trigger > .box { fill: var(--rg-trigger); }
.rg .production > .box { fill: var(--rg-production); stroke: var(--rg-production-border); stroke-width: 2; }
.rg .production > .inside { fill: none; stroke: var(--rg-production-border); stroke-width: 1; }
.rg .call > .box { fill: var(--rg-call); }
.rg .title { font-weight: 600; }
.rg .condition { font-family: var(--rg-fixed, ui-monospace, "SF Mono", Menlo, Consolas, monospace); fill: var(--rg-muted); }
.rg .glyph { fill: none; stroke: var(--rg-text); stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round; }
.rg .state text { font-weight: 600; }
.rg .band { stroke-width: 1; }
.rg .open .band, .rg .word.open rect { stroke: var(--rg-open); stroke-dasharray: 4 2.5; fill: var(--rg-open-paper); }
.rg .holds .band, .rg .word.holds rect { stroke: var(--rg-holds); fill: var(--rg-holds-paper); }
.rg .unknown .band, .rg .word.unknown rect { stroke: var(--rg-unknown); stroke-dasharray: 1.5 2.5; fill: var(--rg-unknown-paper); }
.rg .word.none rect { stroke: var(--rg-border); fill: var(--rg-node); }
.rg .open > .sign, .rg .sign.open { fill: none; stroke: var(--rg-open); stroke-width: 1.8; }
.rg .holds > .sign, .rg .sign.holds { fill: var(--rg-holds); stroke: none; }
.rg .unknown > .sign, .rg .sign.unknown { fill: var(--rg-unknown); stroke: none; font-weight: 700; }
.rg .edge .line { fill: none; stroke: var(--rg-border); stroke-width: 1.3; }
.rg .edge.holds .line { stroke: var(--rg-holds); stroke-width: 2; }
.rg .edge.open .line { stroke: var(--rg-open); stroke-width: 2; stroke-dasharray: 7 5; }
.rg .edge.unknown .line { stroke: var(--rg-unknown); stroke-width: 2; stroke-dasharray: 2 4; }
.rg .edge .hit { fill: none; stroke: transparent; stroke-width: 14; }
.rg .tip { fill: var(--rg-border); }
.rg .tip.holds { fill: var(--rg-holds); }
.rg .tip.open { fill: var(--rg-open); }
.rg .tip.unknown { fill: var(--rg-unknown); }
.rg .step circle { fill: var(--rg-text); }
.rg .step text { fill: var(--rg-paper); font-weight: 700; }
`.trim();

const LIGHT = `--rg-text:#1f2328;--rg-muted:#59636e;--rg-paper:#ffffff;--rg-frame:#f6f8fa;--rg-frame-border:#d1d9e0;--rg-node:#ffffff;--rg-trigger:#eaeef2;--rg-call:#eef1f4;--rg-border:#818b98;--rg-production:#ddf4ff;--rg-production-border:#0969da;--rg-open:#cf222e;--rg-open-paper:#ffebe9;--rg-holds:#1a7f37;--rg-holds-paper:#dafbe1;--rg-unknown:#8a5a00;--rg-unknown-paper:#fff8c5`;
const DARK = `--rg-text:#e6edf3;--rg-muted:#9198a1;--rg-paper:#0d1117;--rg-frame:#151b23;--rg-frame-border:#3d444d;--rg-node:#0d1117;--rg-trigger:#262c36;--rg-call:#1c232c;--rg-border:#8b949e;--rg-production:#0f2440;--rg-production-border:#4493f8;--rg-open:#ff7b72;--rg-open-paper:#3b1214;--rg-holds:#56d364;--rg-holds-paper:#0f2d17;--rg-unknown:#e3b341;--rg-unknown-paper:#2e2407`;

/** The picture as SVG. Every text of the repository is escaped; there is no script and nothing from outside. */
export function toSvg(graph: PathsGraph, options: SvgOptions): string {
  const layout = layoutOf(graph);
  const isAlone = options.kind === 'alone';
  const run = isAlone ? (options.run === undefined ? (graph.counterexamples[0] ?? null) : options.run) : null;
  const width = Math.max(layout.width, isAlone ? 700 : 0);
  const below = isAlone ? footer(graph, run, layout.height, width) : { height: 0, parts: [] };
  const height = layout.height + below.height;
  const attributes = isAlone
    ? `role="img" aria-labelledby="rg-title rg-description"`
    : `role="group" aria-label="${escaped(titleOf(graph))}"`;
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="rg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${attributes}>`,
    ...(isAlone
      ? [
          `<title id="rg-title">${escaped(titleOf(graph))}</title>`,
          `<desc id="rg-description">${escaped(descriptionOf(graph))}</desc>`,
          `<style>:root{${LIGHT};color-scheme:light dark}@media (prefers-color-scheme:dark){:root{${DARK}}}\n${pictureStyle}</style>`,
        ]
      : []),
    defs(),
    ...(isAlone ? [`<rect class="paper" width="${width}" height="${height}"/>`] : []),
    ...boxes(layout, graph, options),
    ...layout.edges.map((edge) => edgeSvg(edge, graph, options)),
    ...(run ? stepBadges(run, layout) : []),
    ...below.parts,
    ...(layout.nodes.length === 0 && graph.workflows.length === 0
      ? [`<text x="26" y="40" font-size="13">${escaped(emptySentence(graph))}</text>`]
      : []),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

/** What a picture without anything in it says. */
export function emptySentence(graph: PathsGraph): string {
  return graph.scope === 'production'
    ? 'No workflow that could be read deploys to production, as far as its files show'
    : 'There is no workflow that could be read';
}

function titleOf(graph: PathsGraph): string {
  return `Paths to production. ${pictureSummary(graph)}`;
}

/** The whole picture in sentences, for those who do not see it. */
export function descriptionOf(graph: PathsGraph): string {
  const told = graph.edges.filter((edge) => edge.state !== 'none').map((edge) => edgeSentence(edge, graph));
  const jobs = productionJobsOf(graph).map((job) => nodeSentence(job, graph));
  const sentences = [...jobs, ...told];
  const shown = sentences.slice(0, 60);
  if (sentences.length > shown.length) shown.push(`and ${sentences.length - shown.length} more`);
  return shown.length > 0 ? `${shown.join('. ')}.` : `${emptySentence(graph)}.`;
}

function defs(): string {
  const tip = (state: string): string =>
    `<marker id="rg-tip-${state}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="tip ${state}" d="M0 0 10 5 0 10z"/></marker>`;
  return `<defs>${['none', 'holds', 'open', 'unknown'].map(tip).join('')}</defs>`;
}

/** Frames and nodes, outer ones first, since inner ones stand on them. */
function boxes(layout: Layout, graph: PathsGraph, options: SvgOptions): readonly string[] {
  const depths = new Map<string, number>();
  const clusterOf = new Map(graph.nodes.map((node) => [node.id, node.cluster]));
  for (const { cluster } of layout.clusters) {
    const outer = cluster.calledBy === null ? undefined : clusterOf.get(cluster.calledBy);
    depths.set(cluster.id, outer === undefined ? 0 : (depths.get(outer) ?? 0) + 1);
  }
  return [
    ...layout.clusters.map((each) => ({ depth: depths.get(each.cluster.id) ?? 0, svg: frameSvg(each) })),
    ...layout.nodes.map((each) => ({
      depth: (depths.get(each.node.cluster) ?? 0) + 0.5,
      svg: nodeSvg(each, graph, options),
    })),
  ]
    .sort((one, other) => one.depth - other.depth)
    .map(({ svg }) => svg);
}

function frameSvg({ cluster, x, y, width, height }: PlacedCluster): string {
  const name = shortened(cluster.label, width - 40, 13, 'title');
  const room = width - 44 - textWidth(name, 13, true);
  const path =
    cluster.label === cluster.path || cluster.calledBy !== null || room < 60
      ? ''
      : shortened(cluster.path, room, 11);
  const problem = cluster.problem
    ? `<text class="note" x="${x + 14}" y="${round(y + height - 14)}" font-size="12">${escaped(shortened(cluster.problem, width - 28, 12))}</text>`
    : '';
  return [
    `<g class="frame${cluster.problem ? ' unknown' : ''}"><title>${escaped(cluster.path)}</title>`,
    `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="8"/>`,
    `<text class="name" x="${round(x + 14)}" y="${round(y + 21)}" font-size="13">${escaped(name)}</text>`,
    path
      ? `<text class="path" x="${round(x + width - 14)}" y="${round(y + 21)}" font-size="11" text-anchor="end">${escaped(path)}</text>`
      : '',
    `${problem}</g>`,
  ].join('');
}

/** What stands before the title of a job, drawn in a square of twelve. */
const GLYPHS: Readonly<Record<JobRole | 'trigger' | 'call', string>> = {
  trigger: 'M7 0.5 2.5 7H6L5 11.5 9.5 5H6z',
  check: 'M1.5 6.5 4.5 9.5 10.5 2.5',
  build: 'M1 3.5 6 1 11 3.5V8.5L6 11 1 8.5zM1 3.5 6 6 11 3.5M6 6V11',
  deployment: 'M6 9V1.5M2.8 4.7 6 1.5 9.2 4.7M1.5 11.2H10.5',
  production: 'M6 9V1.5M2.8 4.7 6 1.5 9.2 4.7M1.5 9V11.2H10.5V9',
  'unknown-deployment': 'M6 9V1.5M2.8 4.7 6 1.5 9.2 4.7M1.5 11.2H3M5.2 11.2H6.8M9 11.2H10.5',
  rollback: 'M3.8 1.5 1.2 4.2 3.8 6.9M1.2 4.2H7.5A3 3 0 0 1 7.5 10.4H4',
  call: 'M2 1V6.5H9.5M6.8 3.8 9.5 6.5 6.8 9.2',
  other: 'M6 3.4A2.6 2.6 0 1 1 6 8.6 2.6 2.6 0 1 1 6 3.4z',
};

function glyphOf(node: GraphNode): string {
  if (node.kind === 'trigger') return GLYPHS.trigger;
  return node.calls !== null && node.role === 'other' ? GLYPHS.call : GLYPHS[node.role];
}

function nodeSvg(placed: PlacedNode, graph: PathsGraph, options: SvgOptions): string {
  const { node, x, y, width, height, lines } = placed;
  const sentence = nodeSentence(node, graph);
  const isTrigger = node.kind === 'trigger';
  const isProduction = node.kind === 'job' && node.role === 'production';
  const classes = [
    'node',
    isTrigger ? 'trigger' : `job ${node.role}`,
    ...(!isTrigger && node.inner !== null ? ['call'] : []),
    ...(!isTrigger && node.production ? [node.production.state] : []),
  ].join(' ');
  const radius = isTrigger ? Math.min(16, height / 2) : 6;
  const focus =
    options.kind === 'page'
      ? ` tabindex="-1" role="button" aria-label="${escaped(`${sentence}. Go to the line`)}"`
      : '';
  const box = (inset: number, kind: string): string =>
    `<rect class="${kind}" x="${round(x + inset)}" y="${round(y + inset)}" width="${round(width - 2 * inset)}" height="${round(height - 2 * inset)}" rx="${radius - inset / 2}"/>`;
  return [
    `<g class="${classes}" data-node="${escaped(node.id)}" data-box="${[x, y, width, height].map(round).join(' ')}"${focus}>`,
    `<title>${escaped(sentence)}</title>`,
    box(0, 'box'),
    isProduction ? box(3.5, 'inside') : '',
    ...lines.map((line, at) =>
      lineSvg(line, node, x, y + 9 + at * LINE_HEIGHT + (line.kind === 'state' ? STATE_GAP : 0), width),
    ),
    '</g>',
  ].join('');
}

function lineSvg(line: NodeLine, node: GraphNode, x: number, top: number, width: number): string {
  const left = x + PADDING;
  const baseline = round(top + 12.5);
  const text = (kind: string): string =>
    `<text class="${kind}" x="${round(left + leadOf(line))}" y="${baseline}" font-size="${sizeOf(line)}">${escaped(line.text)}</text>`;
  const glyph = (d: string): string =>
    `<path class="glyph" transform="translate(${round(left)} ${round(top + 2.2)})" d="${d}"/>`;
  switch (line.kind) {
    case 'title':
      return `${glyph(glyphOf(node))}${text('title')}`;
    case 'does':
      return text('does');
    case 'condition':
      return text('condition');
    case 'environment':
      // A shield, struck through where there is none.
      return `<g class="environment">${glyph(
        node.kind === 'job' && node.environment
          ? 'M6 0.8 10.5 2.4V6C10.5 8.8 8.4 10.6 6 11.4 3.6 10.6 1.5 8.8 1.5 6V2.4z'
          : 'M6 0.8 10.5 2.4V6C10.5 8.8 8.4 10.6 6 11.4 3.6 10.6 1.5 8.8 1.5 6V2.4zM1 11.5 11 0.5',
      )}${text('words')}</g>`;
    case 'findings':
      return `${glyph('M6 1 11.3 10.8H0.7zM6 4.6V7.4M6 9V9.1')}${text('words')}`;
    case 'state': {
      const state = node.kind === 'job' ? (node.production?.state ?? 'unknown') : 'unknown';
      return [
        `<g class="state ${state}">`,
        `<rect class="band" x="${round(x + 7)}" y="${round(top - 0.5)}" width="${round(width - 14)}" height="18" rx="4"/>`,
        sign(state, left + 5.5, top + 8.5),
        text('words'),
        '</g>',
      ].join('');
    }
  }
}

/** Holds: a bar across the way; open: a ring that lets through; unknown: a question mark. */
function sign(state: 'holds' | 'open' | 'unknown', x: number, y: number): string {
  switch (state) {
    case 'holds':
      return `<rect class="sign holds" x="${round(x - 2.5)}" y="${round(y - 5.5)}" width="5" height="11" rx="1"/>`;
    case 'open':
      return `<circle class="sign open" cx="${round(x)}" cy="${round(y)}" r="4"/>`;
    case 'unknown':
      return `<text class="sign unknown" x="${round(x)}" y="${round(y + 4)}" font-size="12" text-anchor="middle">?</text>`;
  }
}

function edgeSvg({ edge, points, label }: PlacedEdge, graph: PathsGraph, options: SvgOptions): string {
  const sentence = edgeSentence(edge, graph);
  const d = curve(points);
  const focus =
    options.kind === 'page'
      ? ` tabindex="-1" role="button" aria-label="${escaped(`${sentence}. Go to the line`)}"`
      : '';
  const word = edgeWord(edge);
  return [
    `<g class="edge ${edge.kind} ${edge.state}" data-edge="${escaped(edge.id)}" data-from="${escaped(edge.from)}" data-to="${escaped(edge.to)}"${focus}>`,
    `<title>${escaped(sentence)}</title>`,
    `<path class="line" d="${d}" marker-end="url(#rg-tip-${edge.state})"/>`,
    `<path class="hit" d="${d}"/>`,
    label && word ? wordSvg(word, edge.state, label) : '',
    '</g>',
  ].join('');
}

function wordSvg(word: string, state: 'holds' | 'open' | 'unknown' | 'none', at: Point): string {
  const lead = state === 'none' ? 0 : 15;
  const width = textWidth(word, 11) + lead + 12;
  const left = at.x - width / 2;
  return [
    `<g class="word ${state}">`,
    `<rect x="${round(left)}" y="${round(at.y - 9)}" width="${round(width)}" height="18" rx="9"/>`,
    state === 'none' ? '' : sign(state, left + 11, at.y),
    `<text x="${round(left + lead + 6)}" y="${round(at.y + 4)}" font-size="11">${escaped(word)}</text>`,
    '</g>',
  ].join('');
}

/** A line through points that leaves and arrives level. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let d = `M${round(first.x)} ${round(first.y)}`;
  let before = first;
  for (const point of rest) {
    const middle = round((before.x + point.x) / 2);
    d +=
      Math.abs(before.y - point.y) < 0.5
        ? `L${round(point.x)} ${round(point.y)}`
        : `C${middle} ${round(before.y)} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
  }
  return d;
}

/** The numbers of a run's steps on the nodes that it comes by. */
function stepBadges(run: GraphCounterexample, layout: Layout): readonly string[] {
  return run.steps.flatMap((step, index) => {
    const placed = layout.nodes.find((each) => each.node.id === step.node);
    if (!placed) return [];
    return [
      `<g class="step"><circle cx="${round(placed.x + placed.width)}" cy="${round(placed.y)}" r="9"/>` +
        `<text x="${round(placed.x + placed.width)}" y="${round(placed.y + 4)}" font-size="11" text-anchor="middle">${index}</text></g>`,
    ];
  });
}

/** The signs with their meaning, and the run whose numbers stand on the nodes. */
function footer(
  graph: PathsGraph,
  run: GraphCounterexample | null,
  top: number,
  width: number,
): { readonly height: number; readonly parts: readonly string[] } {
  const parts: string[] = [];
  let y = top + 8;
  const line = (text: string, isStrong = false): void => {
    parts.push(
      `<text x="26" y="${round(y)}" font-size="12"${isStrong ? ' class="title"' : ''}>${escaped(shortened(text, width - 52, 12, isStrong ? 'title' : 'does'))}</text>`,
    );
    y += 19;
  };
  const legend = [
    ['holds', 'holds: production cannot start unless it succeeded'],
    ['open', 'open: production can start without it'],
    ['unknown', 'unknown: not proved either way'],
  ] as const;
  let x = 26;
  for (const [state, text] of legend) {
    const needed = textWidth(text, 11) + 70;
    if (x > 26 && x + needed > width - 26) {
      x = 26;
      y += 20;
    }
    parts.push(
      `<g class="edge ${state}"><path class="line" d="M${x} ${y}H${x + 34}" marker-end="url(#rg-tip-${state})"/></g>`,
      sign(state, x + 46, y),
      `<text class="note" x="${x + 56}" y="${round(y + 4)}" font-size="11">${escaped(text)}</text>`,
    );
    x += needed + 14;
  }
  y += 30;
  if (run) {
    line(`${run.finding ? 'A run that gets there' : 'A run that no rule objects to'}: ${run.run}`, true);
    for (const [index, step] of run.steps.entries()) {
      line(
        `${index}. ${step.sentence}${step.result === 'begins' ? '' : ` (${step.path}:${step.range.start.line})`}`,
      );
    }
    const others = graph.counterexamples.length - 1;
    if (others > 0) line(`${others} more ${others === 1 ? 'run gets' : 'runs get'} there`);
  }
  if (graph.leftOut > 0)
    line(`${counted(graph.leftOut, 'job')} left out: a picture of so many shows nothing`);
  return { height: y - top + 4, parts };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A text as XML text or attribute value: nothing of it is markup, and characters that steer direction are written out. */
export function escaped(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
