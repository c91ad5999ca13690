import { lineIndex } from '../../text/position';
import type { HclAttribute, HclBlock, HclBody, HclFile } from '../../text/hcl';
import { readBoundedYaml } from './templated-yaml';

/** Blocks of each type carry so many labels: `resource "type" "name"`. */
const LABELS: Readonly<Record<string, number>> = {
  resource: 2,
  data: 2,
  module: 1,
  variable: 1,
  output: 1,
  provider: 1,
};

/**
 * Reads the JSON form of Terraform's language as the same structure as the native one. An object or a list of objects
 * within a block counts as blocks of that name and as an argument, since only the provider tells which it is.
 *
 * Source: https://developer.hashicorp.com/terraform/language/syntax/json
 */
export function readHclJson(text: string): HclFile {
  const read = readBoundedYaml(text);
  const document = read.ok ? read.documents[0] : undefined;
  if (!document) return { ok: false, offset: 0, why: read.ok ? 'holds nothing' : read.message };
  const lines = lineIndex(text);
  const spanOf = (path: readonly (string | number)[]): { readonly start: number; readonly end: number } => {
    const range = document.rangeOf(path);
    return range
      ? { start: lines.offsetAt(range.start), end: lines.offsetAt(range.end) }
      : { start: 0, end: 0 };
  };
  return { ok: true, body: bodyAt(document.data, [], spanOf, true) };
}

type SpanOf = (path: readonly (string | number)[]) => { readonly start: number; readonly end: number };

function bodyAt(data: unknown, path: readonly (string | number)[], spanOf: SpanOf, isRoot: boolean): HclBody {
  const attributes = new Map<string, HclAttribute>();
  const blocks: HclBlock[] = [];
  for (const [name, value] of entriesOf(data)) {
    if (name === '//') continue;
    const at = [...path, name];
    const labels = isRoot ? (LABELS[name] ?? 0) : 0;
    for (const each of blocksAt(value, at, labels)) {
      const span = spanOf(each.path);
      blocks.push({
        ...bodyAt(each.data, each.path, spanOf, false),
        type: name,
        labels: each.labels,
        span,
        header: span,
      });
    }
    attributes.set(name, { name, value: writtenOf(value), span: spanOf(at) });
  }
  return { attributes, blocks };
}

function entriesOf(data: unknown): readonly (readonly [string, unknown])[] {
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.entries(data) : [];
}

function blocksAt(
  value: unknown,
  path: readonly (string | number)[],
  labels: number,
): readonly {
  readonly data: unknown;
  readonly path: readonly (string | number)[];
  readonly labels: readonly string[];
}[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown, index) => blocksAt(each, [...path, index], labels));
  }
  if (labels === 0) {
    return typeof value === 'object' && value !== null ? [{ data: value, path, labels: [] }] : [];
  }
  return entriesOf(value).flatMap(([label, inner]) =>
    blocksAt(inner, [...path, label], labels - 1).map((block) => ({
      ...block,
      labels: [label, ...block.labels],
    })),
  );
}

/** A value as the native language writes it: `"${var.x}"` is the expression in it. */
function writtenOf(value: unknown): string {
  if (typeof value === 'string') return /^\$\{([^{}]*)\}$/.exec(value)?.[1]?.trim() ?? JSON.stringify(value);
  return JSON.stringify(value) ?? 'null';
}
