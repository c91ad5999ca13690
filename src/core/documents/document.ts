import type { Root } from 'mdast';
import type { LineIndex, Span } from '../text/position';

/** A piece of prose in a document that a model may improve; everything else is data. */
export interface ProseSlot {
  readonly id: string;
  /** The deterministic text that stands unless something better comes. */
  readonly text: string;
  /** What the text is for, for the model. */
  readonly purpose: string;
}

/** A visible `UNKNOWN(what is needed)` in a document. */
export interface PlaceholderUse {
  readonly needed: string;
  readonly span: Span;
}

/** Something of the kind's shape that the reader could not place: said, never thrown. */
export interface ReadProblem {
  readonly message: string;
  readonly span: Span;
}

/** A section as the reader found it: the heading's text as written and what the kind calls it. */
export interface ReadSection {
  readonly id: string | null;
  readonly title: string;
  readonly depth: number;
  readonly headingSpan: Span;
  /** From the heading to the next one of the same depth or above. */
  readonly span: Span;
}

/** A Markdown document of a known kind, read. `data` is the kind's own type, partial where the text is. */
export interface ReadDocument {
  readonly kind: string;
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
  readonly tree: Root;
  readonly frontMatter: Readonly<Record<string, unknown>>;
  readonly sections: readonly ReadSection[];
  readonly placeholders: readonly PlaceholderUse[];
  readonly problems: readonly ReadProblem[];
  readonly data: unknown;
}

/** A section that a kind of document has. */
export interface SectionShape {
  readonly id: string;
  readonly title: string;
  readonly isRequired: boolean;
  /** Other titles that people give it, in lower case. */
  readonly aliases?: readonly string[];
  /**
   * What it is made of, for the rules that judge it; prose where nothing is said. In `groups` every deeper heading is one
   * of several things of a kind (an environment, a secret), whatever it is called: none of them is a section.
   */
  readonly holds?:
    'steps' | 'triggers' | 'steps-and-triggers' | 'actions' | 'timeline' | 'table' | 'list' | 'groups';
  /** What a person would write there, for the placeholder of a section that is missing. */
  readonly needs?: string;
  /** Without it the document does not do what it is there for; a required one that is not essential is missed with a warning. */
  readonly isEssential?: true;
  /** It holds words of others (commit subjects, statements, what somebody told), which are not ours to correct. */
  readonly isQuoted?: true;
  /** Each of its steps says how long it takes. */
  readonly isTimed?: true;
  /** Each of its steps says what to do when it fails. */
  readonly saysOnFailure?: true;
  /** Each of its steps says by what somebody else can see that it worked. */
  readonly saysVerification?: true;
  /** Its reader meets it after every section before it that says the same; the others may stand anywhere. */
  readonly isInOrder?: true;
  /** What it says is measured: "soon" or "looks normal" says nothing here. */
  readonly isMeasured?: true;
}

/** A kind of document: its data `T`, its template and its reader, in a folder of its own. */
export interface DocumentKind<T> {
  readonly id: string;
  readonly title: string;
  /** Whether a path, or the text's front matter (`kind: release-plan`), makes a file one of this kind. */
  recognises(path: string, frontMatter: Readonly<Record<string, unknown>>): boolean;
  /** Written once and never again: making it anew where one stands is refused. */
  readonly isSealed?: true;
  /** Sections in their order; `isRequired` ones are missed when absent. */
  readonly sections: readonly SectionShape[];
  /** Its commands are run again for another version and elsewhere: what varies is a parameter, never written out. */
  readonly isParameterised?: true;
  /** `read(path, render(x)).data` equals `x`. */
  render(data: T): string;
  read(path: string, text: string): ReadDocument & { readonly data: T };
}
