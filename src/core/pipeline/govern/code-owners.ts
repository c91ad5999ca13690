import ignore from 'ignore';
import { isPlainText } from '../../evidence/detect/shell-text';
import { lineBreakOf } from '../../text/edit';

/** Where GitHub looks for the file, first match first: docs.github.com, "About code owners". */
export const CODEOWNERS_PLACES = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'] as const;

/** Something of the repository on which a release depends. */
export interface ReleasePath {
  /** A file, or a folder with a slash at its end; from the root. */
  readonly path: string;
  /** What it is, in a few words. */
  readonly what: string;
}

/** One line of a CODEOWNERS file. */
interface OwnerLine {
  readonly pattern: string;
  readonly owners: readonly string[];
}

/** What CODEOWNERS would say of the release paths. */
export interface CodeOwnersProposal {
  readonly text: string;
  /** Paths that have owners already, as one sentence for each. */
  readonly owned: readonly string[];
  /** Paths of which nobody said who owns them. */
  readonly open: readonly string[];
}

/** The comment above the lines that are added. */
const HEADING =
  '# What a release depends on (release-gate setup). The last line that matches a path decides.';

/**
 * The file with a line for each release path that nobody owns yet, or that the told owners do not own; at its end, since
 * the last match wins. Every other byte stays.
 *
 * @param told Owners as a person named them; none: those of the most general line own what nobody owns.
 */
export function proposeCodeOwners(
  before: string | null,
  releasePaths: readonly ReleasePath[],
  paths: readonly string[],
  told: readonly string[],
): CodeOwnersProposal {
  const lines = linesOf(before ?? '');
  const general = lines.findLast(
    ({ pattern, owners }) => /^(\*|\/?\*\*\/?\*?|\/)$/.test(pattern) && owners.length > 0,
  );
  const owners = told.length > 0 ? told : (general?.owners ?? []);
  const owned: string[] = [];
  const open: string[] = [];
  const added: string[] = [];
  for (const { path, what } of releasePaths) {
    if (!isPlainText(path) || /[[\]!\\]/.test(path)) {
      open.push(path);
      continue;
    }
    const now = ownersOf(path, lines, paths);
    const isEnough = told.length > 0 ? told.every((owner) => now.includes(owner)) : now.length > 0;
    if (isEnough) owned.push(`${path} (${what}) is owned by ${now.join(' ')}`);
    else if (owners.length === 0) open.push(path);
    else added.push(`/${path.replace(/[ #]/g, '\\$&')} ${owners.join(' ')}`);
  }
  if (added.length === 0) return { text: before ?? '', owned, open };
  const lineBreak = lineBreakOf(before ?? '');
  const head = before === null || before === '' ? '' : before.endsWith('\n') ? before : before + lineBreak;
  const gap = head === '' ? '' : lineBreak;
  return { text: `${head}${gap}${[HEADING, ...added, ''].join(lineBreak)}`, owned, open };
}

/** Owners as a person may tell them: `@team`, `@org/team`, an address; everything else is left out. */
export function ownersIn(text: string): readonly string[] {
  return text
    .split(/[\s,;]+/)
    .filter((word) =>
      /^@[A-Za-z0-9][\w-]{0,99}(\/[\w][\w.-]{0,99})?$|^[\w.+-]{1,100}@[\w-]{1,100}(\.[\w-]{1,100}){1,5}$/.test(
        word,
      ),
    );
}

function linesOf(text: string): readonly OwnerLine[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n/)
    .flatMap((line): OwnerLine[] => {
      if (line.length > 2_000) return [];
      // A blank in a pattern is written with a backslash before it.
      const words = line
        .replace(/(^|\s)#.*$/, '')
        .trim()
        .match(/(?:\\.|[^\s\\])+/g);
      const [pattern, ...owners] = words ?? [];
      return pattern === undefined ? [] : [{ pattern, owners }];
    });
}

/** Those whom every file of the path has as owners; none where the files of a folder differ or have nobody. */
function ownersOf(path: string, lines: readonly OwnerLine[], paths: readonly string[]): readonly string[] {
  const files = path.endsWith('/') ? paths.filter((other) => other.startsWith(path)).slice(0, 200) : [path];
  // Also for what is written there later.
  const samples = path.endsWith('/') ? [...files, `${path}new-file`] : files;
  const answers = samples.map((file) => ownersOfFile(file, lines));
  const [first = []] = answers;
  return first.filter((owner) => answers.every((owners) => owners.includes(owner)));
}

function ownersOfFile(file: string, lines: readonly OwnerLine[]): readonly string[] {
  const match = lines.findLast(({ pattern }) => {
    // CODEOWNERS has neither `!` nor ranges; what looks like one matches nothing.
    if (/^!|[[\]]/.test(pattern)) return false;
    // Unlike gitignore, `docs/*` takes no file of a folder below.
    if (/[^*]\/\*$/.test(pattern)) {
      const folder = pattern.slice(0, -1).replace(/^\//, '');
      return file.startsWith(folder) && !file.slice(folder.length).includes('/');
    }
    return ignore().add(pattern).ignores(file);
  });
  return match?.owners ?? [];
}
