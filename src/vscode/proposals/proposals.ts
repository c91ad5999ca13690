import type { TaskResult } from '../../core/tasks/task';
import { changesAnything, shownPath, type ProposedFile } from '../../core/text/proposal';

/** What waits: a task's result, or the fixes of a repository. */
export type ProposedResult = Pick<TaskResult, 'files' | 'findings'>;

/** A result that waits for a person: nothing of it has been written. */
export interface Proposal {
  readonly id: string;
  /** The repository that it is for, as `Repository.key`. */
  readonly repository: string;
  readonly result: ProposedResult;
}

/** Proposals of this session by id, kept in memory only. */
export interface Proposals {
  add(repository: string, result: ProposedResult): Proposal;
  get(id: string): Proposal | null;
  /** The newest of them, for a command that was called without an id. */
  latest(): Proposal | null;
  /** Remembers that the person has seen how this file (by `shownPath`) would change. */
  markShown(id: string, path: string): void;
  /** Files that would be replaced and whose difference nobody has seen yet. */
  notYetShown(id: string): readonly ProposedFile[];
  forget(id: string): void;
}

/** Older ones are forgotten: a proposal is for now, and its files will have changed. */
const MAX_PROPOSALS = 50;

/**
 * Keeps proposals under ids that `nextId` makes; an id must not be guessable from another, since a model tool applies
 * by it. `onChange` hears how many wait.
 */
export function createProposals(nextId: () => string, onChange: (waiting: number) => void): Proposals {
  const byId = new Map<string, { readonly proposal: Proposal; readonly shown: Set<string> }>();
  return {
    add: (repository, result) => {
      const proposal = { id: nextId(), repository, result };
      byId.set(proposal.id, { proposal, shown: new Set() });
      for (const oldest of byId.keys()) {
        if (byId.size <= MAX_PROPOSALS) break;
        byId.delete(oldest);
      }
      onChange(byId.size);
      return proposal;
    },
    get: (id) => byId.get(id)?.proposal ?? null,
    latest: () => [...byId.values()].at(-1)?.proposal ?? null,
    markShown: (id, path) => {
      byId.get(id)?.shown.add(path);
    },
    notYetShown: (id) => {
      const entry = byId.get(id);
      if (!entry) return [];
      return entry.proposal.result.files.filter(
        (file) => file.before !== null && changesAnything(file) && !entry.shown.has(shownPath(file)),
      );
    },
    forget: (id) => {
      byId.delete(id);
      onChange(byId.size);
    },
  };
}
