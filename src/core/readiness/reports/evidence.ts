import type { Source } from '../../evidence/fact';
import type { IrreversibleAction } from '../../change/change';
import type { ReadinessFacts } from '../facts';

/** A piece of evidence for people: where it is, and what stands there. Not escaped: each format does that. */
export interface ShownEvidence {
  /** `db/migrate/7.sql:3`, `commit 3f2a1b4c5d6e`, `tag v1.0`. */
  readonly place: string;
  /** The statement, the subject of the commit; '' where there is nothing more to say. */
  readonly text: string;
}

/** How a source reads. */
export function shownEvidence(source: Source, facts: ReadinessFacts): ShownEvidence {
  switch (source.kind) {
    case 'file': {
      const action = actionAt(source, facts);
      const place = `${source.path}${source.range ? `:${source.range.start.line}` : ''}`;
      return {
        place: action?.side === 'base' ? `${place} (before the change)` : place,
        text: action?.statement ?? '',
      };
    }
    case 'commit':
      return { place: `commit ${source.hash.slice(0, 12)}`, text: source.subject };
    case 'tag':
      return { place: `tag ${source.name}`, text: source.commit.slice(0, 12) };
    case 'git':
      return { place: 'git', text: source.what };
    case 'person':
      return { place: 'what a person told', text: source.question };
    case 'answer':
      return { place: source.url ?? source.from, text: source.what };
    default:
      return source satisfies never;
  }
}

/** The action of the change that stands at a place: its statement is what a reader wants to see there. */
export function actionAt(
  source: Extract<Source, { readonly kind: 'file' }>,
  { change }: Pick<ReadinessFacts, 'change'>,
): IrreversibleAction | null {
  return (
    change?.irreversible.find(
      ({ path, range }) =>
        path === source.path &&
        range?.start.line === source.range?.start.line &&
        range?.start.column === source.range?.start.column,
    ) ?? null
  );
}
