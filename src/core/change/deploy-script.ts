import type { ShellNode, ShellParser } from '../ports';
import { lineIndex, type Range } from '../text/position';

/** Whether a script really goes back when it is asked to; each `why` is a phrase after the script's path. */
export type ScriptRollback =
  | { readonly kind: 'handled'; readonly range: Range; readonly how: string }
  | { readonly kind: 'not-handled'; readonly why: string }
  | { readonly kind: 'unread'; readonly why: string };

/** Commands that change nothing: a branch that runs only these goes nowhere. */
const IDLE = new Set([
  'echo',
  'printf',
  'exit',
  'return',
  ':',
  'true',
  'false',
  'usage',
  'help',
  'shift',
  'cat',
  'set',
]);

/**
 * Reads from the syntax tree of a shell script whether it handles `--rollback` (or `rollback` as a word of its
 * arguments): a branch of a `case` or `if` that compares with it, and runs something besides talking. A comment, a
 * usage text or a message says nothing.
 */
export function readScriptRollback(text: string, shell: ShellParser): ScriptRollback {
  const firstLine = text.slice(0, 200).split('\n', 1)[0] ?? '';
  if (firstLine.startsWith('#!') && !/\b(?:ba|da|k|z|a)?sh\b/.test(firstLine)) {
    return { kind: 'unread', why: `is no shell script (${firstLine.trim()})` };
  }
  const root = shell.parse(text);
  const lines = lineIndex(text);
  const functions = functionsOf(root);
  let idle: ShellNode | null = null;
  for (const branch of branchesOf(root)) {
    if (doesSomething(branch.body, functions, new Set())) {
      return {
        kind: 'handled',
        range: lines.rangeOf(branch.condition.span),
        how: branch.condition.text.slice(0, 80),
      };
    }
    // `case` in option loops often only remembers: MODE=rollback. What then compares with it decides.
    idle ??= branch.condition;
  }
  if (root.hasError)
    return { kind: 'unread', why: 'could not be read as a whole, so whether it goes back is not known' };
  if (idle) {
    const { line } = lines.positionAt(idle.span.start);
    return { kind: 'not-handled', why: `knows the word at line ${line} and does nothing for it` };
  }
  return { kind: 'not-handled', why: 'has no branch for --rollback' };
}

/** A script whose own purpose is to go back is judged by whether it runs anything. */
export function readRollbackScript(text: string, shell: ShellParser): ScriptRollback {
  const root = shell.parse(text);
  const command = all(root).find((node) => isCommand(node) && !IDLE.has(nameOf(node)));
  if (command) {
    const range = lineIndex(text).rangeOf(command.span);
    return { kind: 'handled', range, how: command.text.split('\n', 1)[0]?.slice(0, 80) ?? '' };
  }
  return root.hasError
    ? { kind: 'unread', why: 'could not be read' }
    : { kind: 'not-handled', why: 'runs no command that would go back' };
}

interface Branch {
  readonly condition: ShellNode;
  readonly body: readonly ShellNode[];
}

/** Branches that run when an argument, or a variable that was set from one, says rollback. */
function branchesOf(root: ShellNode): readonly Branch[] {
  const branches: Branch[] = [];
  const variables = new Set<string>();
  const nodes = all(root);
  for (const node of nodes) {
    if (node.type !== 'case_item') continue;
    const values = node.children.filter((child) => isPattern(child, node));
    if (!values.some((value) => saysRollback(value.text))) continue;
    const body = node.children.filter((child) => child.isNamed && !values.includes(child));
    branches.push({ condition: values[0] ?? node, body });
    for (const name of assignedIn(body)) variables.add(name);
  }
  for (const node of nodes) {
    if (node.type !== 'if_statement' && node.type !== 'elif_clause') continue;
    const { condition, body } = partsOfIf(node);
    if (!condition || /!=|^\s*!/.test(condition.text)) continue;
    const comparesWord = saysRollback(condition.text);
    const usesVariable = [...variables].some((name) => new RegExp(`\\$\\{?${name}\\b`).test(condition.text));
    if (comparesWord || usesVariable) {
      branches.push({ condition, body });
      for (const name of assignedIn(body)) variables.add(name);
    }
  }
  return branches;
}

function partsOfIf(node: ShellNode): {
  readonly condition: ShellNode | null;
  readonly body: readonly ShellNode[];
} {
  const then = node.children.findIndex((child) => child.type === 'then');
  const condition = node.children.slice(0, Math.max(0, then)).find((child) => child.isNamed) ?? null;
  const body = node.children
    .slice(then + 1)
    .filter((child) => child.isNamed && child.type !== 'elif_clause' && child.type !== 'else_clause');
  return { condition, body };
}

function isPattern(child: ShellNode, item: ShellNode): boolean {
  const close = item.children.find((each) => each.type === ')');
  return child.isNamed && close !== undefined && child.span.end <= close.span.start;
}

/** `--rollback`, `-rollback`, `rollback` as a word of its own, quoted or not. */
function saysRollback(text: string): boolean {
  return /(?:^|[\s"'=|(])-{0,2}roll-?back(?:$|[\s"'=|)*\]])/i.test(text);
}

function assignedIn(nodes: readonly ShellNode[]): readonly string[] {
  return nodes
    .flatMap((node) => all(node))
    .filter((node) => node.type === 'variable_assignment')
    .map((node) => /^[A-Za-z_]\w*/.exec(node.text)?.[0])
    .filter((name) => name !== undefined);
}

function doesSomething(
  body: readonly ShellNode[],
  functions: ReadonlyMap<string, ShellNode>,
  seen: ReadonlySet<string>,
): boolean {
  return body.some((node) =>
    commandsIn(node).some((command) => {
      const name = nameOf(command);
      const called = functions.get(name);
      if (called && !seen.has(name)) return doesSomething([called], functions, new Set([...seen, name]));
      return !called && name !== '' && !IDLE.has(name);
    }),
  );
}

/** The commands that run where the node runs: functions that are only defined there are left out. */
function commandsIn(node: ShellNode): readonly ShellNode[] {
  return all(node, (each) => each.type === 'function_definition' && each !== node).filter(isCommand);
}

function isCommand(node: ShellNode): boolean {
  return node.type === 'command';
}

function functionsOf(root: ShellNode): ReadonlyMap<string, ShellNode> {
  return new Map(
    all(root)
      .filter((node) => node.type === 'function_definition')
      .map((node) => [node.childByField('name')?.text ?? '', node] as const),
  );
}

function nameOf(command: ShellNode): string {
  return command.childByField('name')?.text ?? '';
}

function all(root: ShellNode, isLeftOut: (node: ShellNode) => boolean = () => false): readonly ShellNode[] {
  const found: ShellNode[] = [];
  const open: ShellNode[] = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (!node || isLeftOut(node)) continue;
    found.push(node);
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index];
      if (child) open.push(child);
    }
  }
  return found;
}
