import type { ShellNode, ShellParser } from '../../../ports';
import type { Span } from '../../../text/position';

export { isWellKnown } from '../../../text/well-known-variables';

/** A place of a script where the shell puts a variable in, or where the script gives it a value. */
export interface VariableUse {
  readonly name: string;
  readonly does: 'use' | 'set';
  /** In the script. */
  readonly span: Span;
}

/** What a script does with variables, in its order. */
export interface ScriptVariables {
  readonly uses: readonly VariableUse[];
  /** From here on variables may be set that the script does not name: `source env.sh`, `eval "$(…)"`. Null: nowhere. */
  readonly opensAt: number | null;
}

const known = new WeakMap<ShellParser, Map<string, ScriptVariables>>();

/** Scripts that are remembered; an editor asks for those of a document at every keystroke. */
const MAX_REMEMBERED = 1_000;

/** The variables of a script. One with a value in case it is not set (`${A:-b}`) is not used in this sense. */
export function readVariables(script: string, shell: ShellParser): ScriptVariables {
  const remembered = known.get(shell) ?? new Map<string, ScriptVariables>();
  known.set(shell, remembered);
  const before = remembered.get(script);
  if (before) return before;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  const uses: VariableUse[] = [];
  let opensAt: number | null = null;
  const set = (name: ShellNode | null | undefined): void => {
    const text = name?.text.replace(/\[.*$/s, '').replace(/^["']|["']$/g, '') ?? '';
    if (name && /^[A-Za-z_]\w*$/.test(text)) uses.push({ name: text, does: 'set', span: name.span });
  };
  const walk = (node: ShellNode): void => {
    switch (node.type) {
      case 'variable_assignment':
        node.children.slice(1).forEach(walk);
        set(node.childByField('name'));
        return;
      case 'for_statement':
        set(node.childByField('variable'));
        node.children.forEach(walk);
        return;
      case 'simple_expansion':
      case 'expansion': {
        const use = useOf(node);
        if (use) uses.push(use);
        node.children.forEach(walk);
        return;
      }
      case 'declaration_command':
        if (
          /^(?:export|declare|typeset)\s+.*(?:\$\(|`)/s.test(node.text) &&
          !/=/.test(node.text.split(/\$\(|`/)[0] ?? '')
        ) {
          opensAt ??= node.span.start;
        }
        node.children.forEach(walk);
        return;
      case 'command': {
        node.children.forEach(walk);
        const words = node.children.filter(({ isNamed }) => isNamed);
        for (const word of setBy(words)) set(word);
        if (opensEnvironment(words)) opensAt ??= node.span.start;
        return;
      }
      default:
        node.children.forEach(walk);
    }
  };
  walk(shell.parse(script));
  const read = { uses, opensAt };
  remembered.set(script, read);
  return read;
}

/** `$NAME`, `${NAME}`, `${NAME:0:4}`, `${NAME:?message}`; null for `${NAME:-value}`, `${NAME:=value}`, `${NAME+value}`. */
function useOf(node: ShellNode): VariableUse | null {
  const match = /^\$(?:([A-Za-z_]\w*)$|\{[#!]?([A-Za-z_]\w*)(?:\[[^\]]*\])?(.*)\}$)/s.exec(node.text);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined || /^:?[-=+]/.test(match?.[3] ?? '')) return null;
  return { name, does: 'use', span: node.span };
}

/** The words of `read A B`, `mapfile LINES`, `printf -v A`, `getopts ab NAME` that name what is set. */
function setBy(words: readonly ShellNode[]): readonly ShellNode[] {
  switch (words[0]?.text) {
    case 'read':
    case 'mapfile':
    case 'readarray':
      return words.slice(1).filter(({ text }) => !text.startsWith('-'));
    case 'printf':
      return words[1]?.text === '-v' ? words.slice(2, 3) : [];
    case 'getopts':
      return words.slice(2, 3);
    case 'select':
      return words.slice(1, 2);
    default:
      return [];
  }
}

function opensEnvironment(words: readonly ShellNode[]): boolean {
  const program = words[0]?.text;
  const argument = words[1]?.text ?? '';
  if (program === 'source' || program === '.')
    return !/bin\/activate\b|bash_completion|completion\b/.test(argument);
  if (program === 'eval')
    return !/ssh-agent|completion|direnv|brew/.test(words.map(({ text }) => text).join(' '));
  return false;
}
