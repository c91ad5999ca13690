import { remembered } from '../../text/remember';
import { unwrapCommand } from '../../shell/wrappers';

/** A program that fetches packages by name and runs them, or lets them be run. */
interface Installer {
  /** The program and its subcommands, `|` between choices; options may stand between them. */
  readonly command: string;
  /** Options that take their value as the next word. */
  readonly valueOptions?: RegExp;
  /** A package with a version that stays. */
  readonly pinned: RegExp;
  /** Options with which the version is given, or fixed elsewhere. */
  readonly unless?: RegExp;
  /** Only the first word names a package; the others are arguments of what it runs. */
  readonly takesOne?: boolean;
  /** Only what this matches is a package of which the version moves; other words are none of our business. */
  readonly only?: RegExp;
}

const NPM_OPTIONS =
  /^(--prefix|--registry|--cwd|-C|--dir|--loglevel|--cache|--userconfig|--filter|-F|-w|--workspace)$/;
const NPM_PINNED = /^(@[^/@]+\/)?[^@]+@(npm:.*@)?v?\d+\.\d+\.\d+/;
const PIP_PINNED = /===?\s*\d[^*]*$|@\s*\S+:\/\/|@v?\d+\.\d+/;
const PIP_OPTIONS =
  /^(-[rcitfe]|--(requirement|constraint|index-url|extra-index-url|target|find-links|prefix|root|platform|python-version|no-binary|only-binary|editable|trusted-host|timeout|retries|progress-bar|cache-dir|python|with|index|from|spec|suffix))$/;

/** Installers. To teach one more, add a line. */
const INSTALLERS: readonly Installer[] = [
  { command: 'npm install|i|add', valueOptions: NPM_OPTIONS, pinned: NPM_PINNED },
  { command: 'yarn global add', valueOptions: NPM_OPTIONS, pinned: NPM_PINNED },
  { command: 'yarn|pnpm|bun add', valueOptions: NPM_OPTIONS, pinned: NPM_PINNED },
  {
    command: 'pip|pip3 install',
    valueOptions: PIP_OPTIONS,
    pinned: PIP_PINNED,
    unless: /^(-c|--constraint|--require-hashes)/,
  },
  {
    command: 'uv pip install',
    valueOptions: PIP_OPTIONS,
    pinned: PIP_PINNED,
    unless: /^(-c|--constraint|--require-hashes)/,
  },
  { command: 'pipx install', valueOptions: PIP_OPTIONS, pinned: PIP_PINNED },
  { command: 'uv tool install', valueOptions: PIP_OPTIONS, pinned: PIP_PINNED },
  {
    command: 'gem install',
    valueOptions: /^(-v|--version|--source|-s|-n|--bindir|-i|--install-dir)$/,
    pinned: /:\d/,
    unless: /^(-v|--version)/,
  },
  {
    command: 'go install|run',
    valueOptions: /^-(ldflags|tags|mod|modfile|o)$/,
    pinned: /./,
    only: /@(latest|main|master|HEAD|upgrade)$/,
    takesOne: true,
  },
  {
    command: 'cargo install',
    valueOptions: /^(--root|--features|-F|--git|--registry|--target|--profile|--bin)$/,
    pinned: /@\d/,
    unless: /^(--version|--vers|--path|--rev|--tag)/,
  },
  {
    command: 'dotnet tool install|update',
    valueOptions: /^(--tool-path|--add-source|--configfile|--framework)$/,
    pinned: /@\d/,
    unless: /^--version/,
  },
  { command: 'composer global require', pinned: /:\d/ },
  { command: 'gh extension install', pinned: /^$/, unless: /^--pin/ },
  { command: 'helm plugin install', pinned: /\.tgz$/, unless: /^--version/ },
];

/** Runners that fetch what they run. Those that are `local` take the project's own version where it is installed. */
const RUNNERS: readonly (Installer & { readonly isLocalFirst?: boolean })[] = [
  {
    command: 'npx',
    valueOptions: /^(-p|--package|-c|--call|--registry|--prefix|-w|--workspace)$/,
    pinned: NPM_PINNED,
    takesOne: true,
    isLocalFirst: true,
    unless: /^(--no|--no-install|--offline)$/,
  },
  {
    command: 'bunx',
    valueOptions: /^(-p|--package)$/,
    pinned: NPM_PINNED,
    takesOne: true,
    isLocalFirst: true,
  },
  {
    command: 'npm exec',
    valueOptions: /^(-p|--package|-c|--call|-w|--workspace)$/,
    pinned: NPM_PINNED,
    takesOne: true,
    isLocalFirst: true,
    unless: /^(--no|--no-install|--offline)$/,
  },
  { command: 'pnpm|yarn dlx', valueOptions: /^(-p|--package)$/, pinned: NPM_PINNED, takesOne: true },
  { command: 'uvx', valueOptions: PIP_OPTIONS, pinned: PIP_PINNED, takesOne: true },
  { command: 'uv tool run', valueOptions: PIP_OPTIONS, pinned: PIP_PINNED, takesOne: true },
  { command: 'pipx run', valueOptions: PIP_OPTIONS, pinned: PIP_PINNED, takesOne: true },
];

/** The installers themselves, which the runner's image brings in some version anyway. */
const OWN_TOOLS = /^(pip|setuptools|wheel|npm|corepack|bundler)(\[\w+\])?([<>=!~@].*)?$/;

/** Not a package of a registry: a file, a folder, an address, a lock of its own. */
const NOT_A_PACKAGE =
  /^(\.|\/|~|file:|git\+|https?:|git@|github:|link:|workspace:)|\.(tgz|whl|tar\.gz|gem|txt)$/;

/** What a command fetches in whatever version is newest. */
export interface UnpinnedInstall {
  readonly packages: readonly string[];
  /** `installs` or `runs`. */
  readonly verb: 'installs' | 'runs';
  /** The project's own version is taken where the project's dependencies are installed. */
  readonly isLocalFirst: boolean;
}

/**
 * The packages without a version that a command fetches; null for one that fetches none. A version that a variable
 * holds is taken for one.
 */
export const unpinnedInstall = remembered((words: readonly string[]): UnpinnedInstall | null => {
  for (const [table, verb] of [
    [RUNNERS, 'runs'],
    [INSTALLERS, 'installs'],
  ] as const) {
    // `npx` is a wrapper to those who ask what is run; here it is what fetches.
    for (const command of [withoutPrefix(words), unwrapCommand(words)]) {
      for (const row of table) {
        const behind = behindCommand(command, row);
        if (!behind) continue;
        const packages = packagesIn(behind, row);
        if (packages.length === 0) return null;
        return { packages, verb, isLocalFirst: 'isLocalFirst' in row && row.isLocalFirst === true };
      }
    }
  }
  return null;
});

/** Whether a command installs what the project's manifest and lock file name. */
export function installsProject(words: readonly string[]): boolean {
  const line = withoutPrefix(words).join(' ');
  return (
    /^(npm (ci|clean-install)|pnpm (i|install)|yarn( install)?|bun (i|install))\b(?! (add|global|dlx|run|build|test))/.test(
      line,
    ) || /^npm (i|install)( -\S+)*$/.test(line)
  );
}

function packagesIn(words: readonly string[], row: Installer): readonly string[] {
  if (row.unless && words.some((word) => row.unless?.test(word))) return [];
  const packages: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (/^(-p|--package|--from|--spec)$/.test(word) && row.takesOne) {
      packages.push(words[at + 1] ?? '');
      break;
    }
    if (word === '--') continue;
    if (word.startsWith('-')) {
      const given = /^--(?:package|from|spec)=(.+)$/.exec(word)?.[1];
      if (given !== undefined && row.takesOne) {
        packages.push(given);
        break;
      }
      if (row.valueOptions?.test(word)) at++;
      continue;
    }
    packages.push(word);
    if (row.takesOne) break;
  }
  return packages.filter((name) => {
    if (name === '' || NOT_A_PACKAGE.test(name) || OWN_TOOLS.test(name)) {
      return row.command === 'helm plugin install' && /^https?:/.test(name);
    }
    // What a variable brings is not known.
    if (name.includes('$') || name.includes('`')) return false;
    return row.only ? row.only.test(name) : !row.pinned.test(name);
  });
}

/** The words behind a command's own; null where it is another command. */
function behindCommand(words: readonly string[], row: Installer): readonly string[] | null {
  const [program, ...subcommands] = row.command.split(' ').map((word) => word.split('|'));
  if (!program?.includes(words[0] ?? '')) return null;
  let at = 1;
  for (const choices of subcommands) {
    while (words[at]?.startsWith('-')) at += row.valueOptions?.test(words[at] ?? '') ? 2 : 1;
    if (!choices.includes(words[at] ?? '')) return null;
    at++;
  }
  // Options may stand before the subcommand, where they say the same.
  const before = words.slice(1, at).filter((word) => word.startsWith('-'));
  return [...before.filter((word) => row.unless?.test(word)), ...words.slice(at)];
}

function withoutPrefix(words: readonly string[]): readonly string[] {
  let at = 0;
  while (/^(sudo|time|command|exec|nohup|env)$/.test(words[at] ?? '')) {
    at++;
    while (/^-|^[A-Za-z_]\w*=/.test(words[at] ?? '')) at += /^-[ugC]$/.test(words[at] ?? '') ? 2 : 1;
  }
  return words.slice(at);
}
