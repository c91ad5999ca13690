import type { Span } from '../../../text/position';

/** What a module offers by name, as far as its own text tells. */
export interface ModuleNames {
  /** By the name that others use. */
  readonly names: ReadonlyMap<string, OfferedName>;
  /** Modules all of whose names it offers too, as it writes their paths. */
  readonly stars: readonly string[];
  /** It offers more than its text tells, or is put together when it runs. */
  readonly isOpen: boolean;
}

export interface OfferedName {
  readonly span: Span;
  /** Called or marked so that nobody outside is meant to rely on it, or perhaps only a name of the module's own. */
  readonly isDoubtful: boolean;
}

/** A module of which nothing is known. */
export const UNREAD_MODULE: ModuleNames = { names: new Map(), stars: [], isOpen: true };
