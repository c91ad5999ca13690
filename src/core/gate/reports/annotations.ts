import type { Range } from '../../text/position';
import { counted, enumerated } from '../../text/words';

/**
 * GitHub shows so many annotations of one kind for a step and drops the rest without a word:
 * https://github.com/orgs/community/discussions/26680
 */
export const MAX_PER_KIND = 10;

export type AnnotationKind = 'error' | 'warning' | 'notice';

const KINDS: readonly AnnotationKind[] = ['error', 'warning', 'notice'];

/** An annotation before it is known whether there is room for it. */
export interface Annotation {
  readonly kind: AnnotationKind;
  /** Lower first; within a kind what stops the release comes before what was set aside, ours before others'. */
  readonly rank: number;
  readonly place: { readonly path: string; readonly range: Range | null } | null;
  readonly title: string;
  readonly message: string;
}

/**
 * Annotations as GitHub's workflow commands behind plain lines: the worst first, as many as GitHub shows; where there are
 * more, the last notice says how many of what are not shown.
 * Escaping: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
 */
export function renderAnnotations(plain: readonly string[], all: readonly Annotation[]): string {
  const lines = plain.map(plainLine);
  const dropped: string[] = [];
  const shown = new Map<AnnotationKind, readonly Annotation[]>();
  for (const kind of KINDS) {
    const ranked = all.filter((each) => each.kind === kind).sort((a, b) => a.rank - b.rank);
    const tooMany = dropped.length > 0 || ranked.length > MAX_PER_KIND;
    // The last notice is kept for saying what is not shown.
    const room = kind === 'notice' && tooMany ? MAX_PER_KIND - 1 : MAX_PER_KIND;
    shown.set(kind, ranked.slice(0, room));
    if (ranked.length > room) dropped.push(counted(ranked.length - room, kind));
  }
  for (const kind of KINDS) lines.push(...(shown.get(kind) ?? []).map(command));
  if (dropped.length > 0) {
    lines.push(
      command({
        kind: 'notice',
        rank: 0,
        place: null,
        title: 'release-gate',
        message: `GitHub shows ${MAX_PER_KIND} annotations of a kind for a step, so ${enumerated(dropped, 'and')} are not shown: the text or SARIF report has all of them`,
      }),
    );
  }
  return `${lines.join('\n')}\n`;
}

function command({ kind, place, title, message }: Annotation): string {
  const properties: string[] = [];
  if (place) {
    properties.push(`file=${property(place.path)}`);
    if (place.range) {
      const { start, end } = place.range;
      properties.push(`line=${start.line}`);
      // GitHub takes columns only where the annotation stays on one line.
      if (end.line === start.line) {
        properties.push(`col=${start.column}`, `endColumn=${Math.max(end.column, start.column)}`);
      } else properties.push(`endLine=${end.column > 1 ? end.line : end.line - 1}`);
    }
  }
  properties.push(`title=${property(title)}`);
  return `::${kind} ${properties.join(',')}::${data(message)}`;
}

function data(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

/** A line that starts with `::` would be a command. */
function plainLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/^::/, ': :');
}
