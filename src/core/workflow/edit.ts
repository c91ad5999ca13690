import { isCollection, isScalar, parseAllDocuments, visit } from 'yaml';
import { lineBreakOf, type TextEdit } from '../text/edit';
import { rememberedOfLast } from '../text/remember';
import type { Span } from '../text/position';
import type { Job } from './model';
import {
  valueOf,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlScalar,
  type YamlValue,
} from './yaml-tree';

/**
 * Edits that do what was asked and leave every other byte as it was, or why there are none: `reason` completes
 * "This cannot be edited: …".
 */
export type EditResult =
  | { readonly ok: true; readonly edits: readonly TextEdit[] }
  | { readonly ok: false; readonly reason: string };

/** A scalar to be written with a comment behind it (without `#`); inside flow collections the comment is left out. */
export class CommentedScalar {
  constructor(
    readonly scalar: string,
    readonly comment: string,
  ) {}
}

/** YAML to be written. Strings are quoted where they need it; strings of several lines become literal blocks. */
export type NewYaml =
  | string
  | number
  | boolean
  | null
  | CommentedScalar
  | readonly NewYaml[]
  | { readonly [key: string]: NewYaml };

/**
 * Where a new entry goes: behind the last of the `after` keys that the map has, else before the first of its entries
 * that `before` names, else at the end of the map.
 */
export interface EntryPlace {
  readonly after?: readonly string[];
  readonly before?: readonly string[];
}

/** How a file is indented, so that what is added looks like what is there. */
export interface YamlLayout {
  /** Blanks per level. */
  readonly step: number;
  /** Blanks of a list's dash beyond the key that holds the list: 0 or `step`. */
  readonly listStep: number;
  readonly lineBreak: '\n' | '\r\n';
}

/** Reads the layout off a text; two blanks and indented lists where it shows none. */
export const layoutOf = rememberedOfLast((text: string): YamlLayout => {
  const lines = text.split('\n');
  const first = lines.find((line) => /^ +[^\s#-]/.test(line));
  const step = first ? Math.min(8, Math.max(2, indentationOf(first))) : 2;
  let listStep = step;
  for (let index = 0; index + 1 < lines.length; index++) {
    const key = /^( *)(?:- )?[A-Za-z_][\w-]*:[ \t\r]*$/.exec(lines[index] ?? '');
    const next = lines[index + 1] ?? '';
    if (!key || !/^ *- /.test(next)) continue;
    listStep = Math.max(0, Math.min(8, indentationOf(next) - (key[1]?.length ?? 0)));
    break;
  }
  return { step, listStep, lineBreak: lineBreakOf(text) };
});

/**
 * Writes `value` under `key`: replaces the value that stands there, in its quoting where it is a scalar, or adds an
 * entry. Refuses to touch what an anchor shares with other places.
 */
export function setEntry(
  text: string,
  map: YamlMap,
  key: string,
  value: NewYaml,
  place: EntryPlace = {},
): EditResult {
  const shared = sharedSpans(text);
  if (isShared(shared, map.span)) return refusal('the map is shared through an anchor');
  const own = ownEntries(map);
  const same = own.filter((entry) => entry.key.text === key);
  if (same.length > 1) return refusal(`the key "${key}" stands twice`);
  const [existing] = same;
  const result = existing
    ? replaceValue(text, map, existing, value)
    : map.isFlow
      ? insertIntoFlowMap(text, map, own, key, value)
      : insertIntoBlockMap(text, map, own, key, value, place);
  return withoutShared(result, shared);
}

/**
 * Takes an entry out, with the comments that belong to it: those on its line and those right above it at its own
 * indentation. The last entry of a map leaves `{}`.
 */
export function removeEntry(text: string, map: YamlMap, key: string): EditResult {
  const shared = sharedSpans(text);
  if (isShared(shared, map.span)) return refusal('the map is shared through an anchor');
  const own = ownEntries(map);
  const index = own.findIndex((entry) => entry.key.text === key);
  const entry = own[index];
  if (!entry) {
    const isMerged = map.entries.some((other) => other.key.text === key);
    return refusal(isMerged ? `"${key}" comes in through a merge key` : `there is no "${key}"`);
  }
  if (own.some((other, at) => at !== index && other.key.text === key)) {
    return refusal(`the key "${key}" stands twice`);
  }
  const span = { start: entry.span.start, end: endOfEntry(text, entry) };
  if (own.length === 1 && /(?:^|[\s{,])<<[ \t]*:/.test(text.slice(map.span.start, map.span.end))) {
    return refusal(`"${key}" is the only key beside a merge key`);
  }
  const spans = own.map((other) => ({ start: other.span.start, end: endOfEntry(text, other) }));
  const result = map.isFlow
    ? removeFromFlow(text, map.span, spans, index)
    : own.length === 1
      ? one({ span: { start: map.span.start, end: span.end }, text: '{}' })
      : removeBlockLines(text, span, spans[index + 1] ?? null);
  return withoutShared(result, shared);
}

/**
 * Puts `newText` in the place of a scalar's value, in the quoting that stands there; quotes a plain scalar that needs
 * it. A plain number or boolean stays one where the new text is one too.
 */
export function replaceScalar(text: string, scalar: YamlScalar, newText: string): EditResult {
  const shared = sharedSpans(text);
  return withoutShared(scalarEdit(text, scalar, newText, true), shared);
}

/** Puts a new item before the one that stands at `index` now; an index at or beyond the length appends. */
export function insertItem(text: string, list: YamlList, index: number, item: NewYaml): EditResult {
  const shared = sharedSpans(text);
  if (isShared(shared, list.span)) return refusal('the list is shared through an anchor');
  const layout = layoutOf(text);
  const places = itemPlaces(text, list);
  if (!places) return refusal('the places of the items cannot be told');
  const at = Math.max(0, Math.min(index, places.length));
  if (list.isFlow) {
    const written = flowText(item);
    const next = places[at];
    const last = places[places.length - 1];
    if (next) return withoutShared(one({ span: at0(next.start), text: `${written}, ` }), shared);
    if (last) return withoutShared(one({ span: at0(last.end), text: `, ${written}` }), shared);
    return withoutShared(one({ span: list.span, text: `[${written}]` }), shared);
  }
  const first = places[0];
  if (!first) return refusal('the list has no item');
  const column = columnOf(text, first.start);
  const lines = itemLines(item, column, layout);
  const next = places[at];
  if (next) {
    const start = lineStart(text, next.start);
    if (!isBlank(text.slice(start, next.start))) return refusal('the list begins inside another list’s item');
    const from = leadingComments(text, next.start);
    return withoutShared(
      one({ span: at0(from), text: lines.map((line) => line + layout.lineBreak).join('') }),
      shared,
    );
  }
  const last = places[places.length - 1] ?? first;
  return withoutShared(one(linesAfter(text, last.end, lines, layout)), shared);
}

/** Takes the item at `index` out, with its comments as `removeEntry` does; the last one leaves `[]`. */
export function removeItem(text: string, list: YamlList, index: number): EditResult {
  const shared = sharedSpans(text);
  if (isShared(shared, list.span)) return refusal('the list is shared through an anchor');
  const places = itemPlaces(text, list);
  if (!places) return refusal('the places of the items cannot be told');
  const place = places[index];
  if (!place) return refusal(`there is no item ${index}`);
  if (list.isFlow) return withoutShared(removeFromFlow(text, list.span, places, index), shared);
  if (places.length === 1) {
    // Dashes may stand under their key's own column; brackets may not.
    const isOwnLine = isBlank(text.slice(lineStart(text, place.start), place.start));
    return withoutShared(one({ span: place, text: isOwnLine ? '  []' : '[]' }), shared);
  }
  return withoutShared(removeBlockLines(text, place, places[index + 1] ?? null), shared);
}

/** Puts a step before the one at `index` now (from 0, as in `Step.index`); beyond the last one appends. */
export function insertStep(text: string, job: Job, index: number, step: NewYaml): EditResult {
  const steps = valueOf(job.body, 'steps');
  return steps?.kind === 'list'
    ? insertItem(text, steps, index, step)
    : refusal(`the job "${job.id.value}" has no steps`);
}

/** Takes the step at `index` out. */
export function removeStep(text: string, job: Job, index: number): EditResult {
  const steps = valueOf(job.body, 'steps');
  return steps?.kind === 'list'
    ? removeItem(text, steps, index)
    : refusal(`the job "${job.id.value}" has no steps`);
}

/**
 * Writes YAML as lines without line breaks, the first one at `indent` blanks; for new files and for whole blocks.
 * Equal input gives equal lines.
 */
export function yamlLines(value: NewYaml, indent: number, layout: YamlLayout): string[] {
  const inline = inlineText(value, false);
  if (inline !== null) return [pad(indent) + inline];
  return typeof value === 'string'
    ? [`${pad(indent)}${literalHeader(value)}`, ...literalLines(value, indent + layout.step)]
    : blockLines(value, indent, layout);
}

/** Whether an anchor that is used elsewhere shares any part of `span` with other places of the text. */
export function isSharedByAnchor(text: string, span: Span): boolean {
  return sharedSpans(text).some((other) => other.start < span.end && span.start < other.end);
}

function ownEntries(map: YamlMap): YamlEntry[] {
  return map.entries.filter((entry) => !entry.isMerged).sort((a, b) => a.span.start - b.span.start);
}

function replaceValue(text: string, map: YamlMap, entry: YamlEntry, value: NewYaml): EditResult {
  const layout = layoutOf(text);
  const colon = colonAfter(text, entry.key.span.end);
  if (isExplicitKey(text, entry)) return refusal(`the key "${entry.key.text}" is written with "?"`);
  if (colon === null) {
    return map.isFlow
      ? one({ span: at0(entry.key.span.end), text: `: ${flowText(value)}` })
      : refusal(`the key "${entry.key.text}" has no colon`);
  }
  const end = endOfEntry(text, entry);
  if (map.isFlow) return one({ span: { start: colon + 1, end }, text: ` ${flowText(value)}` });
  const isOwnScalar = entry.value.kind === 'scalar' && standsInside(entry) && entry.value.raw !== '';
  if (typeof value === 'string' && entry.value.kind === 'scalar' && isOwnScalar) {
    return scalarEdit(text, entry.value, value, false);
  }
  const inline = inlineText(value, false);
  const keyLineEnd = lineEnd(text, colon);
  // What stands on the key's own line behind the colon is the comment, unless the value begins there.
  const startsOnKeyLine = standsInside(entry) ? entry.value.span.start < keyLineEnd : true;
  const isOneLine = end <= keyLineEnd;
  const keyComment =
    isOneLine || (startsOnKeyLine && !isBlockScalar(entry.value))
      ? ''
      : (/(?:^|\s)(#.*)$/.exec(text.slice(colon + 1, keyLineEnd))?.[1] ?? '');
  if (inline !== null) {
    const comment = keyComment ? ` ${keyComment}` : '';
    return one({ span: { start: colon + 1, end }, text: ` ${inline}${comment}` });
  }
  const behind = lineEnd(text, end);
  const trailing = text.slice(end, behind).trim();
  const comment = keyComment || (trailing.startsWith('#') ? trailing : '');
  const column = columnOf(text, entry.key.span.start);
  const written = entryLines(entry.key.text, value, column, layout);
  const [head = '', ...rest] = written;
  // Only a literal block puts more than the key on its first line.
  const header = typeof value === 'string' ? ` ${literalHeader(value)}` : '';
  if (header && !head.endsWith(header)) return refusal('the value cannot be written as a block');
  return one({
    span: { start: colon + 1, end: behind },
    text: [`${header}${comment ? ` ${comment}` : ''}`, ...rest].join(layout.lineBreak),
  });
}

function insertIntoFlowMap(
  text: string,
  map: YamlMap,
  own: readonly YamlEntry[],
  key: string,
  value: NewYaml,
): EditResult {
  const written = `${keyText(key, true)}: ${flowText(value)}`;
  const last = own[own.length - 1];
  if (last) return one({ span: at0(endOfEntry(text, last)), text: `, ${written}` });
  const inside = text.slice(map.span.start + 1, map.span.end - 1);
  if (!isBlank(inside)) return refusal('the map holds nothing but a merge key or a comment');
  return one({ span: map.span, text: `{${written}}` });
}

function insertIntoBlockMap(
  text: string,
  map: YamlMap,
  own: readonly YamlEntry[],
  key: string,
  value: NewYaml,
  place: EntryPlace,
): EditResult {
  const layout = layoutOf(text);
  const column = columnOf(text, map.span.start);
  const lines = entryLines(key, value, column, layout);
  const after = own.filter((entry) => place.after?.includes(entry.key.text)).pop();
  const before = after ? undefined : own.find((entry) => place.before?.includes(entry.key.text));
  if (before) {
    const start = lineStart(text, before.span.start);
    const lead = text.slice(start, before.span.start);
    if (isExplicitKey(text, before)) return refusal(`the key "${before.key.text}" is written with "?"`);
    if (isBlank(lead)) {
      const from = leadingComments(text, before.span.start);
      return one({ span: at0(from), text: lines.map((line) => line + layout.lineBreak).join('') });
    }
    // The first key of a list's item stands behind the dash: the new one takes its place there.
    const [head = '', ...rest] = lines;
    return one({
      span: at0(before.span.start),
      text: [head.trimStart(), ...rest].join(layout.lineBreak) + layout.lineBreak + pad(column),
    });
  }
  const anchor = after ?? own[own.length - 1];
  if (!anchor) return refusal('the map holds nothing but a merge key');
  // A merge key is no entry of the tree; one that stands last is behind `anchor`, and the new entry goes before it.
  return one(linesAfter(text, endOfEntry(text, anchor), lines, layout));
}

/** Where an entry's own text ends: not the comments and blank lines that the parser counts in. */
export function endOfEntry(text: string, entry: YamlEntry): number {
  if (!standsInside(entry)) return Math.max(entry.span.end, entry.key.span.end);
  const end = endOfValue(text, entry.value);
  const colon = colonAfter(text, entry.key.span.end);
  return Math.max(end, colon === null ? entry.key.span.end : colon + 1);
}

/** An alias's value stands where its anchor is. */
function standsInside(entry: YamlEntry): boolean {
  return entry.value.span.start >= entry.key.span.end;
}

function endOfValue(text: string, value: YamlValue): number {
  switch (value.kind) {
    case 'scalar':
      // A block that keeps its trailing line breaks (`|+`) ends behind them: what comes after must not take them.
      if (isBlockScalar(value) && /^[|>][0-9]?\+/.test(value.raw)) {
        return value.span.start + value.raw.replace(/\r?\n$/, '').length;
      }
      return value.span.end;
    case 'map': {
      if (value.isFlow) return value.span.end;
      const last = ownEntries(value).pop();
      // A merge key is not among the entries, so a map that may end with one ends where the parser says.
      const mayEndWithMerge = value.entries.some((entry) => entry.isMerged);
      const end = last ? endOfEntry(text, last) : value.span.end;
      return mayEndWithMerge ? Math.max(end, endWithoutComments(text, value.span, end)) : end;
    }
    case 'list': {
      if (value.isFlow) return value.span.end;
      const places = itemPlaces(text, value);
      return places?.[places.length - 1]?.end ?? value.span.end;
    }
  }
}

/** The end of the last line of `span` behind `from` that is neither blank nor a comment. */
function endWithoutComments(text: string, span: Span, from: number): number {
  let end = from;
  for (let at = lineEnd(text, from) + 1; at < span.end;) {
    const stop = Math.min(lineEnd(text, at), span.end);
    const line = text.slice(at, stop);
    if (!isBlank(line) && !/^\s*#/.test(line)) end = stop;
    at = stop + 1;
    if (text[stop] === '\r') at++;
  }
  return end;
}

/** Where each item of a list stands, its dash included; null where that cannot be told (aliases, odd layouts). */
function itemPlaces(text: string, list: YamlList): Span[] | null {
  const places: Span[] = [];
  if (list.isFlow) {
    let reached = list.span.start + 1;
    for (const item of list.items) {
      if (item.span.start < reached || item.span.end > list.span.end) return null;
      places.push({ start: item.span.start, end: item.span.end });
      reached = item.span.end;
    }
    return places;
  }
  const column = columnOf(text, list.span.start);
  let reached = list.span.start;
  for (const [index, item] of list.items.entries()) {
    const dash = index === 0 ? list.span.start : dashFrom(text, reached, column, list.span.end);
    if (dash === null || text[dash] !== '-') return null;
    // An alias's value stands elsewhere; its item is the rest of the dash's line.
    const isHere = item.span.start > dash && item.span.start <= list.span.end;
    const end = isHere ? endOfValue(text, item) : lineContentEnd(text, dash);
    places.push({ start: dash, end: Math.max(end, dash + 1) });
    reached = Math.max(end, dash + 1);
  }
  return places;
}

/** The next dash of a list at `column`, from the end of the item before it. */
function dashFrom(text: string, from: number, column: number, limit: number): number | null {
  for (let at = lineEnd(text, from); at < limit;) {
    at += text[at] === '\r' ? 2 : 1;
    const stop = lineEnd(text, at);
    const line = text.slice(at, stop);
    if (/^ *-(?:[ \t]|$)/.test(line) && indentationOf(line) === column) return at + column;
    if (!isBlank(line) && !/^\s*#/.test(line)) return null;
    at = stop;
    if (stop >= text.length) return null;
  }
  return null;
}

/** The end of what a line holds, its trailing comment and blanks left out; for lines without quotes. */
function lineContentEnd(text: string, offset: number): number {
  const line = text.slice(offset, lineEnd(text, offset));
  return offset + line.replace(/[ \t]#.*$/, '').trimEnd().length;
}

/** The start of the comment lines right above the line of `offset` that are indented like it; else its line. */
export function leadingComments(text: string, offset: number): number {
  const column = columnOf(text, offset);
  let from = lineStart(text, offset);
  while (from > 0) {
    const start = lineStart(text, from - 1);
    const line = text.slice(start, from).replace(/^\uFEFF/, '');
    if (!/^ *#/.test(line) || indentationOf(line) !== column) break;
    // A byte order mark belongs to the file, not to its first comment.
    from = start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start;
    if (start === 0) break;
  }
  return from === 0 && text.charCodeAt(0) === 0xfeff ? 1 : from;
}

function linesAfter(text: string, offset: number, lines: readonly string[], layout: YamlLayout): TextEdit {
  return {
    span: at0(lineEnd(text, offset)),
    text: lines.map((line) => layout.lineBreak + line).join(''),
  };
}

function removeBlockLines(text: string, span: Span, next: Span | null): EditResult {
  const start = lineStart(text, span.start);
  const lead = text.slice(start, span.start).replace(/^\uFEFF/, '');
  const end = lineEnd(text, span.end);
  if (!isBlank(lead)) {
    // The first key of a list's item: its dash stays, and the next key moves up to it if nothing stands between.
    if (!/^ *(?:- +)+$/.test(lead)) return refusal('it does not stand on a line of its own');
    if (!next) return refusal('it does not stand on a line of its own');
    const between = text.slice(span.end, next.start);
    if (!between.includes('#')) return one({ span: { start: span.start, end: next.start }, text: '' });
    const dashEnd = start + text.slice(start, span.start).trimEnd().length;
    return one({ span: { start: dashEnd, end }, text: '' });
  }
  const from = leadingComments(text, span.start);
  let to = end + breakLength(text, end);
  if (to === end && from > 0) {
    // The file's last line has no line break of its own, so the one before it goes.
    return one({ span: { start: from - (text.slice(0, from).endsWith('\r\n') ? 2 : 1), end }, text: '' });
  }
  const isBlankBefore = from > 0 && isBlank(text.slice(lineStart(text, from - 1), from));
  if (isBlankBefore && to === text.length) {
    // What stood last leaves no blank line at the end of the file.
    return one({ span: { start: lineStart(text, from - 1), end: to }, text: '' });
  }
  const blankEnd = lineEnd(text, to);
  if (isBlankBefore && to < text.length && isBlank(text.slice(to, blankEnd))) {
    to = blankEnd + breakLength(text, blankEnd);
  }
  return one({ span: { start: from, end: to }, text: '' });
}

function removeFromFlow(text: string, whole: Span, spans: readonly Span[], index: number): EditResult {
  const span = spans[index];
  if (!span) return refusal('there is no such entry');
  const next = spans[index + 1];
  const previous = spans[index - 1];
  const cut = next
    ? { start: span.start, end: next.start }
    : previous
      ? { start: previous.end, end: span.end }
      : { start: whole.start + 1, end: whole.end - 1 };
  const gap =
    text.slice(cut.start, span.start) + text.slice(Math.min(span.end, cut.end), Math.max(span.end, cut.end));
  return gap.includes('#') ? refusal('a comment stands inside the brackets') : one({ span: cut, text: '' });
}

function colonAfter(text: string, offset: number): number | null {
  let at = offset;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return text[at] === ':' ? at : null;
}

function isExplicitKey(text: string, entry: YamlEntry): boolean {
  return /\?[ \t]+$/.test(text.slice(lineStart(text, entry.key.span.start), entry.key.span.start));
}

function isBlockScalar(value: YamlValue): boolean {
  return value.kind === 'scalar' && (value.style === 'literal' || value.style === 'folded');
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Before the line break of the line that `offset` is on. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end < 0) return text.length;
  return end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

function breakLength(text: string, offset: number): number {
  if (text[offset] === '\r' && text[offset + 1] === '\n') return 2;
  return text[offset] === '\n' ? 1 : 0;
}

/** Blanks before `offset` on its line, counting what else stands there as a blank each. */
function columnOf(text: string, offset: number): number {
  const start = lineStart(text, offset);
  return offset - start - (start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : 0);
}

function indentationOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function at0(offset: number): Span {
  return { start: offset, end: offset };
}

function pad(indent: number): string {
  return ' '.repeat(indent);
}

function one(edit: TextEdit): EditResult {
  return { ok: true, edits: [edit] };
}

function refusal(reason: string): EditResult {
  return { ok: false, reason };
}

/** The spans of nodes that carry an anchor which some alias uses: an edit there would change other places too. */
const sharedSpans = rememberedOfLast((text: string): readonly Span[] => {
  // Most workflows have neither; `&&` and globs in scripts must not cost a second reading.
  if (!/(?:^|[\s:[{,-])&[^\s&,[\]{}]/.test(text) || !/(?:^|[\s:[{,-])\*[^\s*,[\]{}]/.test(text)) return [];
  const spans = new Map<string, Span>();
  const shared: Span[] = [];
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    documents = parseAllDocuments(text, { uniqueKeys: false, strict: false, logLevel: 'silent' });
  } catch {
    return [{ start: 0, end: text.length }];
  }
  if (!Array.isArray(documents)) return [];
  for (const document of documents) {
    visit(document, {
      Node: (_key, node) => {
        if ((isCollection(node) || isScalar(node)) && node.anchor && node.range) {
          spans.set(node.anchor, { start: node.range[0], end: Math.max(node.range[1], node.range[0] + 1) });
        }
      },
      Alias: (_key, node) => {
        const span = spans.get(node.source);
        if (span) shared.push(span);
      },
    });
  }
  return shared;
});

function isShared(shared: readonly Span[], span: Span): boolean {
  return shared.some((other) => other.start <= span.start && span.start < other.end);
}

function withoutShared(result: EditResult, shared: readonly Span[]): EditResult {
  if (!result.ok || shared.length === 0) return result;
  const touches = result.edits.some(({ span }) =>
    shared.some((other) =>
      span.start === span.end
        ? other.start < span.start && span.start < other.end
        : other.start < span.end && span.start < other.end,
    ),
  );
  return touches ? refusal('it is shared through an anchor') : result;
}

/** `mayBeTyped`: a plain number or boolean may take the place of one. */
function scalarEdit(text: string, scalar: YamlScalar, newText: string, mayBeTyped: boolean): EditResult {
  const layout = layoutOf(text);
  if (scalar.raw === '') return refusal('there is no value to replace');
  switch (scalar.style) {
    case 'plain': {
      const wasText = typeof scalar.value === 'string';
      const isInFlow = /[[{,]/.test(text) && isInsideFlow(text, scalar.span.start);
      const staysTyped = mayBeTyped && !wasText && !mustBeQuotedToBeText(newText, false) && isTyped(newText);
      return one({ span: scalar.span, text: staysTyped ? newText : scalarText(newText, isInFlow) });
    }
    case 'single':
      return one({
        span: scalar.span,
        text: isPrintable(newText) ? `'${newText.replaceAll("'", "''")}'` : doubleQuoted(newText),
      });
    case 'double':
      return one({ span: scalar.span, text: doubleQuoted(newText) });
    case 'literal':
    case 'folded': {
      const header = text.slice(scalar.span.start, lineEnd(text, scalar.span.start));
      if (/^[|>][0-9]?\+/.test(header)) return refusal('it is a block that keeps its trailing line breaks');
      const comment = /\s#.*$/.exec(header)?.[0] ?? '';
      // Lines of nothing but blanks at the end belong to the old text, and would to the new one.
      const rest = scalar.raw.slice(scalar.span.end - scalar.span.start);
      const end = scalar.span.end + (/[ \t]/.test(rest) ? rest.replace(/\r?\n$/, '').length : 0);
      const span = { start: scalar.span.start, end };
      if (!canBeLiteral(newText)) {
        return one({ span, text: `${doubleQuoted(newText)}${comment}` });
      }
      const first = text.indexOf('\n', scalar.span.start) + 1;
      const old = text.slice(first, scalar.span.end);
      const written = old.split('\n').find((line) => !isBlank(line));
      const keyIndent = indentationOf(
        text.slice(lineStart(text, scalar.span.start), scalar.span.start).replace(/^\uFEFF/, ''),
      );
      const indent = first > 0 && written ? indentationOf(written) : keyIndent + layout.step;
      return one({
        span,
        text: [`${literalHeader(newText)}${comment}`, ...literalLines(newText, indent)].join(
          layout.lineBreak,
        ),
      });
    }
  }
}

/** Whether an offset is inside `[…]` or `{…}` of the YAML. */
function isInsideFlow(text: string, offset: number): boolean {
  let isInside = false;
  const documents = parseAllDocuments(text, { uniqueKeys: false, strict: false, logLevel: 'silent' });
  for (const document of Array.isArray(documents) ? documents : []) {
    visit(document, {
      Collection: (_key, node) => {
        const range = node.range;
        if (node.flow && range && range[0] < offset && offset < range[1]) isInside = true;
      },
    });
  }
  return isInside;
}

function entryLines(key: string, value: NewYaml, indent: number, layout: YamlLayout): string[] {
  const head = `${pad(indent)}${keyText(key, false)}:`;
  const inline = inlineText(value, false);
  if (inline !== null) return [`${head} ${inline}`];
  if (typeof value === 'string') {
    return [`${head} ${literalHeader(value)}`, ...literalLines(value, indent + layout.step)];
  }
  return [
    head,
    ...blockLines(value, indent + (Array.isArray(value) ? layout.listStep : layout.step), layout),
  ];
}

function itemLines(value: NewYaml, indent: number, layout: YamlLayout): string[] {
  const inline = inlineText(value, false);
  if (inline !== null) return [`${pad(indent)}- ${inline}`];
  if (typeof value === 'string') {
    return [`${pad(indent)}- ${literalHeader(value)}`, ...literalLines(value, indent + layout.step)];
  }
  const [first = '', ...rest] = blockLines(value, indent + 2, layout);
  return [`${pad(indent)}- ${first.slice(indent + 2)}`, ...rest];
}

function blockLines(value: NewYaml, indent: number, layout: YamlLayout): string[] {
  if (isList(value)) return value.flatMap((item) => itemLines(item, indent, layout));
  if (isNewMap(value)) {
    return Object.entries(value).flatMap(([key, item]) => entryLines(key, item, indent, layout));
  }
  return [`${pad(indent)}${inlineText(value, false) ?? flowText(value)}`];
}

/** The value on one line, or null where it is better or only written as a block. */
function inlineText(value: NewYaml, isInFlow: boolean): string | null {
  if (typeof value === 'string') {
    return !isInFlow && value.includes('\n') && canBeLiteral(value) ? null : scalarText(value, isInFlow);
  }
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof CommentedScalar) {
    const scalar = scalarText(value.scalar, isInFlow);
    return isInFlow ? scalar : `${scalar} # ${value.comment.replace(/\s+/g, ' ')}`;
  }
  if (isList(value)) {
    if (value.length === 0) return '[]';
    return isInFlow ? `[${value.map(flowText).join(', ')}]` : null;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return '{}';
  return isInFlow
    ? `{${entries.map(([key, item]) => `${keyText(key, true)}: ${flowText(item)}`).join(', ')}}`
    : null;
}

function flowText(value: NewYaml): string {
  return inlineText(value, true) ?? '';
}

function isList(value: NewYaml): value is readonly NewYaml[] {
  return Array.isArray(value);
}

function isNewMap(value: NewYaml): value is { readonly [key: string]: NewYaml } {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof CommentedScalar)
  );
}

function keyText(key: string, isInFlow: boolean): string {
  // `on` is a key that every reader of workflows takes bare.
  return key !== 'on' && (mustBeQuotedToBeText(key, isInFlow) || isTyped(key)) ? quoted(key) : key;
}

function scalarText(text: string, isInFlow: boolean): string {
  return mustBeQuotedToBeText(text, isInFlow) || isTyped(text) ? quoted(text) : text;
}

function quoted(text: string): string {
  return isPrintable(text) ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** One line without control characters: single quotes can hold it. */
function isPrintable(text: string): boolean {
  return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff\ud800-\udfff]/.test(
    text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ''),
  );
}

function mustBeQuotedToBeText(text: string, isInFlow: boolean): boolean {
  return (
    text === '' ||
    text.trim() !== text ||
    !isPrintable(text) ||
    /^[?:,[\]{}#&*!|>'"%@`=~]/.test(text) ||
    /^-(?:\s|-|$)/.test(text) ||
    /^(?:\.\.\.|<<)/.test(text) ||
    /:(?:\s|$)/.test(text) ||
    /\s#/.test(text) ||
    (isInFlow && (/[,[\]{}]/.test(text) || /:["']/.test(text)))
  );
}

/** Whether a plain scalar of this text would be read as something other than text, by YAML 1.1 or 1.2. */
function isTyped(text: string): boolean {
  return (
    /^(?:null|true|false|yes|no|on|off|y|n|~)$/i.test(text) ||
    /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(text) ||
    /^0[xob][0-9a-fA-F_]+$/.test(text) ||
    /^[-+]?\.(?:inf|nan)$/i.test(text) ||
    // Sexagesimal numbers and dates of YAML 1.1.
    /^[-+]?[0-9]+(?::[0-5]?[0-9])+$/.test(text) ||
    /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?$/.test(text)
  );
}

function canBeLiteral(text: string): boolean {
  const lines = text.replace(/\n$/, '').split('\n');
  return (
    text.trim() !== '' &&
    !text.endsWith('\n\n') &&
    !/^\s/.test(text) &&
    !isBlank(lines[lines.length - 1] ?? '') &&
    lines.every((line) => isPrintable(line.replaceAll('\t', ' ')))
  );
}

function literalHeader(text: string): string {
  return text.endsWith('\n') ? '|' : '|-';
}

function literalLines(text: string, indent: number): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => (line === '' ? '' : pad(indent) + line));
}
