/** What the page of a preview may ask for. */
export type PageRequest =
  | { readonly type: 'ready' }
  | { readonly type: 'open'; readonly address: string }
  | { readonly type: 'copy'; readonly command: string }
  | { readonly type: 'run'; readonly command: string }
  | { readonly type: 'tick'; readonly step: string; readonly isTicked: boolean }
  | { readonly type: 'parameter'; readonly name: string; readonly value: string }
  | { readonly type: 'begin' | 'finish' | 'clear' };

/** What the page is told. Everything called `html` is safe by itself. */
export type PageUpdate =
  | {
      readonly type: 'content';
      readonly title: string;
      readonly summary: string;
      readonly contents: string;
      readonly rollback: string | null;
      /** `parts` take the place of `removed` ones from `from` on. */
      readonly from: number;
      readonly removed: number;
      readonly parts: readonly string[];
      readonly state: { readonly uri: string };
    }
  | {
      readonly type: 'parameters';
      readonly note: string;
      /** Which environment the values name, for the bar; '' where none does. */
      readonly environment: string;
      readonly entries: readonly ParameterEntry[];
    }
  | { readonly type: 'commands'; readonly commands: readonly CommandEntry[] }
  | {
      readonly type: 'run';
      readonly says: string;
      /** Why nothing can be ticked; '' where it can. */
      readonly whyNot: string;
      readonly isUnderWay: boolean;
      readonly isOverdue: boolean;
      readonly steps: readonly StepEntry[];
    }
  | { readonly type: 'jump'; readonly to: 'rollback' }
  | { readonly type: 'announce'; readonly text: string };

/** A parameter with its field. */
export interface ParameterEntry {
  readonly name: string;
  /** What the document says of it, and what it shows as an example. */
  readonly says: string;
  readonly example: string;
  readonly isSecret: boolean;
  /** '' where it is not filled, and always of a secret. */
  readonly value: string;
  readonly isFilled: boolean;
}

/** A block of code as it now is. */
export interface CommandEntry {
  readonly id: string;
  readonly html: string;
  /** Whether there is a button at all. */
  readonly isOffered: boolean;
  readonly canRun: boolean;
  /** Why it cannot run; '' where it can. */
  readonly why: string;
  /** The step and place, for the button's accessible name. */
  readonly name: string;
}

/** A step as it now stands. */
export interface StepEntry {
  readonly id: string;
  readonly isTicked: boolean;
  readonly isCurrent: boolean;
  readonly isOverdue: boolean;
  readonly isChanged: boolean;
  readonly says: string;
}

/** Longer texts come from no field of ours. */
const MAX_CHARACTERS = 4_000;

/** A message of the page as a request; null for anything else. */
export function pageRequest(message: unknown): PageRequest | null {
  if (typeof message !== 'object' || message === null) return null;
  const { type, address, command, step, isTicked, name, value } = message as Readonly<
    Record<string, unknown>
  >;
  switch (type) {
    case 'ready':
    case 'begin':
    case 'finish':
    case 'clear':
      return { type };
    case 'open':
      return isText(address) ? { type, address } : null;
    case 'copy':
    case 'run':
      return isText(command) ? { type, command } : null;
    case 'tick':
      return isText(step) && typeof isTicked === 'boolean' ? { type, step, isTicked } : null;
    case 'parameter':
      return isText(name) && isText(value) ? { type, name, value } : null;
    default:
      return null;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_CHARACTERS;
}
