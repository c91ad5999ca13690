/** The first line of what is generated, by which a later run knows its own file. */
export const MADE_BY = 'Made by Release Gate (generate-gh-actions-pipeline).';

/** A workflow to propose, before it is decided under which name. */
export interface GeneratedWorkflow {
  /** Names to try in this order, below `.github/workflows/`. */
  readonly names: readonly string[];
  readonly purpose: string;
  /** Where the pipeline calls it: what the pipeline knows it by. */
  readonly key?: string;
  /** The text under a name: the workflows name one another. */
  text(chosen: ChosenNames): string;
}

/** The file names that were chosen. */
export interface ChosenNames {
  readonly pipeline: string;
  /** Of workflows that others call, by their key; where one is missing, its first name. */
  readonly called?: ReadonlyMap<string, string>;
}
