import type { ShellParser } from '../../../ports';
import type { ReadDocument } from '../../../documents/document';
import { readCommands, type ShellCommand } from '../../../shell/commands';
import { unwrapCommand } from '../../../shell/wrappers';
import type { Span } from '../../../text/position';
import { commandBlocksOf, type CommandBlock, type CommandInput } from './read-blocks';

/** A command of a document, where it stands. */
export interface DocumentCommand {
  readonly block: CommandBlock;
  readonly input: CommandInput;
  readonly command: ShellCommand;
  /** Without `sudo`, `time`, `env A=b` and what else only runs another command on the same machine. */
  readonly words: readonly string[];
}

/** Something of the repository that a command calls. `name` as it is written. */
export type Call =
  | { readonly kind: 'file'; readonly name: string }
  /** `file`: a Makefile that the command names; null: that of the folder. */
  | { readonly kind: 'make'; readonly name: string; readonly folder: string; readonly file: string | null }
  | { readonly kind: 'package-script'; readonly name: string; readonly folder: string };

/** Wrappers whose command runs somewhere else: its files are not those of the repository. */
const ELSEWHERE =
  /^(?:docker|docker-compose|podman|nerdctl|kubectl|oc|ssh|vagrant|lxc|chroot|nsenter|crictl)$/;

const SHELLS = /^(?:ba|da|z|k)?sh$/;

const INTERPRETERS = /^(?:python[\d.]*|node|ruby|perl|php|tsx|ts-node|bun)$/;

/** What package managers, builds and virtual environments make: git ignores it. */
const MADE =
  /(?:^|\/)(?:node_modules|vendor|\.?venv|env|dist|build|out|target|bin|obj|tmp|\.terraform|__pycache__)\//;

/** Every command of a document, in its order. */
export function documentCommands(document: ReadDocument, shell: ShellParser): readonly DocumentCommand[] {
  return commandBlocksOf(document).flatMap((block) =>
    block.inputs.flatMap((input) =>
      readCommands(input.script, shell, { stopsAtError: false, hasPipefail: false }).map(
        (command): DocumentCommand => ({
          block,
          input,
          command,
          words: ELSEWHERE.test(command.words[0] ?? '') ? command.words : unwrapCommand(command.words),
        }),
      ),
    ),
  );
}

/** What of the repository a command calls, by its words; nothing where a word holds a variable or a placeholder. */
export function callsOf({ words, input, command }: DocumentCommand): readonly Call[] {
  const [program = '', ...rest] = words;
  const plain = (word: string | undefined): word is string =>
    word !== undefined && /^[\w./@+:-]+$/.test(word) && isAsWritten(word, input, command.span);
  if (program === 'make' || program === 'gmake') return makeCalls(rest, plain);
  if (/^(?:npm|pnpm|yarn|bun)$/.test(program)) return scriptCalls(program, rest, plain);
  const file = fileCalled(program, rest);
  return plain(file) && isScriptPath(file) ? [{ kind: 'file', name: file }] : [];
}

/** A placeholder is a word of crosses to the parser: what is not in the text as it stands was never written. */
function isAsWritten(word: string, input: CommandInput, span: Span): boolean {
  return input.text.slice(span.start, span.end).includes(word);
}

function fileCalled(program: string, rest: readonly string[]): string | undefined {
  const argument = rest.find((word) => !word.startsWith('-'));
  if (SHELLS.test(program)) return rest.some((word) => /^-\w*c/.test(word)) ? undefined : argument;
  if (INTERPRETERS.test(program)) {
    return rest[0] !== undefined && rest[0].startsWith('-') ? undefined : argument;
  }
  if (program === 'source' || program === '.')
    return argument !== undefined && /\.(?:ba)?sh$/.test(argument) ? argument : undefined;
  return program.includes('/') ? program : undefined;
}

/** From the root or from a folder of the repository; what a build makes, and another machine's files, are not asked for. */
function isScriptPath(path: string): boolean {
  if (/^[/~]|^[a-z]+:|@/.test(path) || /^(?:\.\.\/)/.test(path) || MADE.test(path)) return false;
  return (
    /^\.\/[\w.+-]+$/.test(path) ||
    /^(?:\.\/)?(?:[\w.+-]+\/)+[\w.+-]+$/.test(path) ||
    /^[\w+-][\w.+-]*\.(?:sh|bash|py|rb|pl|js|mjs|ts)$/.test(path)
  );
}

function makeCalls(
  rest: readonly string[],
  plain: (word: string | undefined) => word is string,
): readonly Call[] {
  let folder = '';
  let file: string | null = null;
  const targets: string[] = [];
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] ?? '';
    const next = rest[index + 1];
    if (/^(?:-C|--directory|-f|--file)$/.test(word)) {
      if (!plain(next)) return [];
      if (/^-C|^--directory/.test(word)) folder = next;
      else file = next;
      index++;
    } else if (/^(?:-j|-l|-o|-W|-I)$/.test(word)) {
      if (/^\d/.test(next ?? '')) index++;
    } else if (word.startsWith('-') || word.includes('=')) {
      const directory = /^--directory=(.*)$/.exec(word)?.[1];
      if (directory !== undefined) folder = directory;
    } else if (plain(word)) targets.push(word);
  }
  return targets.map((name) => ({ kind: 'make', name, folder, file }));
}

/** `npm run x`, `npm test`; `yarn x` may be a program as well. */
function scriptCalls(
  program: string,
  rest: readonly string[],
  plain: (word: string | undefined) => word is string,
): readonly Call[] {
  // Another package of a workspace has scripts of its own.
  if (
    rest.some((word) =>
      /^(?:-w|-F|-C|-r|--(?:workspace|workspaces|filter|prefix|dir|cwd|recursive|if-present).*|workspace|workspaces)$/.test(
        word,
      ),
    )
  )
    return [];
  const words = rest.filter((word) => !word.startsWith('-'));
  const [first, second] = words;
  if (first === 'run' || first === 'run-script')
    return plain(second) ? [{ kind: 'package-script', name: second, folder: '' }] : [];
  return (program === 'npm' || program === 'pnpm') && (first === 'test' || first === 't')
    ? [{ kind: 'package-script', name: 'test', folder: '' }]
    : [];
}
