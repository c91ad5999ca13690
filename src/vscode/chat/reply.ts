import type { SpokenWish } from '../../core/release/spoken-wish';
import type { Range } from '../../core/text/position';

/** A file of the repository that a reply points at, and where in it; `range` null: the whole file. */
export interface Place {
  readonly path: string;
  readonly range: Range | null;
}

/** What a person may do next with one press; a face turns it into a button with the command behind it. */
export type Offer =
  | { readonly kind: 'apply'; readonly proposal: string; readonly replaces: boolean }
  /** The same files with the engine's own words, where a model has reworded some. */
  | { readonly kind: 'apply-original'; readonly proposal: string }
  | { readonly kind: 'show-difference'; readonly proposal: string; readonly path: string | null }
  | { readonly kind: 'preview'; readonly proposal: string; readonly path: string }
  | { readonly kind: 'check' }
  /** The judged release in its panel, by the key of its folder. */
  | { readonly kind: 'show-readiness'; readonly folder: string }
  /** What only a person starts: the press asks the rest, and the run asks for its phrase. */
  | { readonly kind: 'release'; readonly wish: SpokenWish; readonly folder: string }
  | { readonly kind: 'answer'; readonly task: string; readonly prompt: string };

/**
 * What a handler says, part by part. In its order: progress and references; then all Markdown with its anchors; then the
 * file tree; then the buttons. VS Code's chat folds everything that stands before the last run of Markdown into
 * "Completed steps" (`chat.agent.collapseCompletedResponses`), so a tree or button between two texts would hide the first.
 *
 * The chat view, the report document and the tool's answer are three of these, so that all of them tell the same.
 */
export interface Reply {
  /** What is being done right now; not part of the answer. */
  progress(text: string): void;
  /** Markdown. What comes from the repository or from people must be escaped by the caller. */
  markdown(text: string): void;
  /** A link inside the running text. */
  anchor(place: Place, title: string): void;
  /** Something that was read to find this out. */
  reference(place: Place): void;
  /** Files of a proposal, by path with forward slashes; each opens as it would be. */
  fileTree(paths: readonly string[], proposal: string): void;
  button(offer: Offer): void;
}

/** What an offer is called on its button. */
export function offerTitle(offer: Offer): string {
  switch (offer.kind) {
    case 'apply':
      return offer.replaces ? 'Review and Apply' : 'Apply';
    case 'apply-original':
      return "Apply with the Engine's Words";
    case 'show-difference':
      return 'Show Difference';
    case 'preview':
      return 'Open Preview';
    case 'check':
      return 'Check Workspace';
    case 'show-readiness':
      return 'Show the Verdict';
    case 'release':
      return RELEASE_TITLES[offer.wish];
    case 'answer':
      return 'Answer Now';
  }
}

const RELEASE_TITLES: Readonly<Record<SpokenWish, string>> = {
  release: 'Run Release',
  'roll-back': 'Roll Back',
  abort: 'Follow Release',
};
