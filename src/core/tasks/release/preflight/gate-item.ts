import type { Source } from '../../../evidence/fact';
import type { GateItem } from '../../../release/run';

/** What an item comes to: what is met, what is not, what nobody can tell, what is only said. */
type Said = Pick<GateItem, 'outcome' | 'detail'> & {
  readonly evidence?: readonly string[];
  readonly isBlocking?: boolean;
};

/** An item of phase 1; it blocks unless it says otherwise. */
export function item(
  id: string,
  title: string,
  { outcome, detail, evidence = [], isBlocking }: Said,
): GateItem {
  return { id, title, outcome, isBlocking: outcome !== 'note' && (isBlocking ?? true), detail, evidence };
}

export const passes = (detail: string, evidence: readonly string[] = []): Said => ({
  outcome: 'pass',
  detail,
  evidence,
});
export const fails = (detail: string, evidence: readonly string[] = [], isBlocking = true): Said => ({
  outcome: 'fail',
  detail,
  evidence,
  isBlocking,
});
export const isUnknown = (detail: string, evidence: readonly string[] = [], isBlocking = true): Said => ({
  outcome: 'unknown',
  detail,
  evidence,
  isBlocking,
});
export const notes = (detail: string, evidence: readonly string[] = []): Said => ({
  outcome: 'note',
  detail,
  evidence,
});

/** A source as a line of a record shows it: `docs/a.md:3`, `commit 3f2a1b4c5d6e`. */
export function placeOf(source: Source): string {
  switch (source.kind) {
    case 'file':
      return `${source.path}${source.range ? `:${source.range.start.line}` : ''}`;
    case 'commit':
      return `commit ${source.hash.slice(0, 12)}`;
    case 'tag':
      return `tag ${source.name}`;
    case 'git':
      return `git: ${source.what}`;
    case 'person':
      return `told by a person: ${source.question}`;
    case 'answer':
      return source.url ?? source.from;
    default:
      return source satisfies never;
  }
}
