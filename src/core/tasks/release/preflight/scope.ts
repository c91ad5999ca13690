import type { Change } from '../../../change/change';
import type { ScopeEdit } from './release-gate-request';

/** What a person takes out of a release, read from what they wrote. */
export interface ReadScopeEdit {
  /** Ids of tickets and names of components. */
  readonly names: readonly string[];
  readonly reason: string;
  /** What is missing, a clause; null where it counts. */
  readonly problem: string | null;
}

/**
 * Reads "SHOP-12, #34: moved to the next release": names before the colon, the reason behind it. Without a reason nothing is
 * taken out.
 */
export function readScopeEdit(text: string): ReadScopeEdit {
  const match = /^([^:]*):([\s\S]*)$/.exec(text.trim());
  const names = (match?.[1] ?? text)
    .split(/[,\s]+/)
    .map((each) => each.trim())
    .filter((each) => each !== '' && !/^(?:and|without|take|out|exclude)$/i.test(each));
  const reason = (match?.[2] ?? '').replace(/\s+/g, ' ').trim();
  const problem =
    names.length === 0
      ? 'names nothing that is taken out'
      : reason === ''
        ? 'gives no reason: write it behind a colon, such as "SHOP-12: moved to 2.5.0"'
        : null;
  return { names, reason, problem };
}

/** What became of one name that was taken out. */
export interface TakenOut {
  readonly name: string;
  readonly edit: ScopeEdit;
  readonly reason: string;
  /** Commits of the release that still carry it, and files of a component that still change. */
  readonly commits: readonly string[];
  readonly files: number;
}

/** Each name with what of it is in the release all the same: words do not take code out of a release. */
export function takenOut(edits: readonly ScopeEdit[], change: Change | null): readonly TakenOut[] {
  return edits.flatMap((edit) => {
    const { names, reason, problem } = readScopeEdit(edit.text);
    if (problem !== null) return [];
    return names.map((name): TakenOut => {
      const isIt = (other: string): boolean => bare(other) === bare(name);
      return {
        name,
        edit,
        reason,
        commits: (change?.commits ?? [])
          .filter(({ tickets }) => tickets.some(isIt))
          .map(({ commit }) => commit.hash),
        files: change?.components.find((component) => isIt(component.name))?.paths.length ?? 0,
      };
    });
  });
}

/** Whether a ticket was taken out and nothing of it is released. */
export function isOutOfScope(taken: readonly TakenOut[], ticket: string): boolean {
  return taken.some(
    ({ name, commits, files }) => bare(name) === bare(ticket) && commits.length === 0 && files === 0,
  );
}

/** `SHOP-12` and `shop-12`, `#34` and `34` are the same. */
function bare(text: string): string {
  return text.trim().toLowerCase().replace(/^#/, '');
}
