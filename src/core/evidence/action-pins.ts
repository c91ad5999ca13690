import { ACTION_PIN_ROWS } from './action-pin-rows';

/** A released version of an action and the commit that its tag named when it was read. */
export interface ActionPin {
  /** As its repository spells it, with the folder where there is one: `github/codeql-action/init`. */
  readonly action: string;
  /** Two or three numbers, without a leading `v`. */
  readonly version: string;
  /** The tag, as its repository spells it: `v4.2.2`, or `2.37.1` where tags have no `v`. */
  readonly tag: string;
  /** 40 hex digits. */
  readonly commit: string;
  /** How many public repositories pin this commit and name this version beside it, at least two; or GitHub itself. */
  readonly agreeing: number | 'github';
  /** When it was read: a day, or a month. */
  readonly read: string;
}

/**
 * Action, version, commit; how many public repositories, which pin actions by commit and write the version into the
 * comment beside it, say the same (a row stands only where at least two do), or that GitHub was asked; and when that
 * was. No commit was ever computed or guessed. Newest version of an action first.
 */
export type ActionPinRow = readonly [
  action: string,
  version: string,
  commit: string,
  agreeing: number | 'github',
  read: string,
];

/** The month in which the table was last read. What was released later is not in it, and is left at its tag. */
export const ACTION_PINS_READ = ACTION_PIN_ROWS.reduce(
  (latest, [, , , , read]) => (read.slice(0, 7) > latest ? read.slice(0, 7) : latest),
  '',
);

/** Actions whose release tags have no `v`. */
const TAGS_WITHOUT_V: ReadonlySet<string> = new Set([
  'shivammathur/setup-php',
  'superfly/flyctl-actions/setup-flyctl',
]);

/** Every known pin, newest version of an action first. */
export const knownPins: readonly ActionPin[] = ACTION_PIN_ROWS.map(
  ([action, version, commit, agreeing, read]) => ({
    action,
    version,
    tag: TAGS_WITHOUT_V.has(action) ? version : `v${version}`,
    commit,
    agreeing,
    read,
  }),
);

/**
 * Commits by `owner/name@ref` in lower case, for the refs that people write: `v4.2.1` and `4.2.1` give that version,
 * `v4.2` and `v4` the most widely agreed version that they can mean.
 */
export const actionPins: ReadonlyMap<string, { readonly commit: string; readonly version: string }> =
  readPins();

/**
 * The pin to write for an action in new text: the newest major version of which a commit is known, and of it the most
 * widely agreed. Null where no commit is known: the tag then stands, with a note.
 */
export function pinOf(action: string): ActionPin | null {
  const known = knownPins.filter((pin) => pin.action.toLowerCase() === action.toLowerCase());
  const newest = Math.max(...known.map(majorOf));
  return known.filter((pin) => majorOf(pin) === newest).reduce<ActionPin | null>(better, null);
}

function readPins(): Map<string, ActionPin> {
  const pins = new Map<string, ActionPin>();
  for (const pin of knownPins) {
    const name = pin.action.toLowerCase();
    const [major, minor] = pin.version.split('.');
    pins.set(`${name}@v${pin.version}`, pin);
    pins.set(`${name}@${pin.version}`, pin);
    for (const ref of [`${name}@v${major}.${minor}`, `${name}@v${major}`]) {
      pins.set(ref, better(pins.get(ref) ?? null, pin));
    }
  }
  return pins;
}

/** The more widely agreed of two, and rather what GitHub itself said; of equals the first, which is the newer one. */
function better(first: ActionPin | null, second: ActionPin): ActionPin {
  return first === null || weightOf(second) > weightOf(first) ? second : first;
}

function weightOf({ agreeing }: ActionPin): number {
  return agreeing === 'github' ? Infinity : agreeing;
}

function majorOf(pin: ActionPin): number {
  return Number(pin.version.split('.')[0]);
}
