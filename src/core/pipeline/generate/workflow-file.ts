/** The first line of what is generated, by which a later run knows its own file. */
export const MADE_BY = 'Made by Release Gate (generate-gh-actions-pipeline).';

/** A workflow to propose, before it is decided under which name. */
export interface GeneratedWorkflow {
  /** Names to try in this order, below `.github/workflows/`. */
  readonly names: readonly string[];
  readonly purpose: string;
  /** The text under a name: the workflows name one another. */
  text(chosen: ChosenNames): string;
}

/** The file names that were chosen. */
export interface ChosenNames {
  readonly pipeline: string;
}
