import type { ShellNode, ShellParser } from '../ports';
import { endOfExpression } from '../text/expression-end';
import type { Span } from '../text/position';
import { unwrapCommand } from './wrappers';

/** One simple command of a script, as it would run. */
export interface ShellCommand {
  /** Quotes and line continuations removed; `${{ … }}` and `$VAR` as written. The first is the program. */
  readonly words: readonly string[];
  /** Offsets in the script, UTF-16. */
  readonly span: Span;
  /** Its failure cannot fail the script. */
  readonly isSwallowed: boolean;
  /** It runs inside an `if`, a loop, a `case`, a function body, or to the right of `&&` or `||`. */
  readonly isConditional: boolean;
  /** The part of a pipe that it reads (`curl …` for the `bash` in `curl … | bash`); null where it reads none. */
  readonly input: Span | null;
  /** The innermost `for`, `while` or `until` that it stands in, condition included; null outside loops. */
  readonly loop: Span | null;
  /** Where what it prints goes. */
  readonly output: ShellOutput;
  /** The here-documents and here-strings that it reads, as written; null where there is none. */
  readonly hereText: string | null;
  /** The variables that the shell puts into its words, assignments and here-documents, as written: `$TOKEN`, `${TOKEN:0:4}`. */
  readonly expansions: readonly string[];
}

/**
 * Where the standard output of a command goes: the step's log, a file by its name as written, the script itself
 * (`$(…)`, `<(…)`), or the command behind a pipe (without words where that is a block or a loop), whose own output
 * goes on.
 */
export type ShellOutput =
  | { readonly to: 'log' | 'value' }
  | { readonly to: 'file'; readonly name: string }
  | { readonly to: 'command'; readonly words: readonly string[]; readonly output: ShellOutput };

/** What a script prints when nothing sends it elsewhere. */
const LOG: ShellOutput = { to: 'log' };

/** What a substitution takes. */
const VALUE: ShellOutput = { to: 'value' };

/** How the shell was started: what its flags make of a command that fails. */
export interface ShellMode {
  /** `-e`: the script ends where a command fails. */
  readonly stopsAtError: boolean;
  /** `-o pipefail`: a pipe fails where any part of it does. */
  readonly hasPipefail: boolean;
}

/** Scripts by mode and text. */
type ScriptsRead = Map<string, readonly ShellStatement[]>;

interface Generations {
  young: ScriptsRead;
  old: ScriptsRead;
  /** Of the scripts of the younger one. */
  characters: number;
}

/**
 * What was read of scripts, by parser. An editor asks for the scripts of a repository at every keystroke, workflows hold
 * the same few lines many times, and nothing costs more than parsing them. Two generations: what nobody has asked for
 * while the younger one filled is forgotten.
 */
const scriptsRead = new WeakMap<ShellParser, Generations>();

/** Of one generation. A repository of 300 workflows has about half as many. */
const MAX_REMEMBERED_SCRIPTS = 2_000;
const MAX_REMEMBERED_CHARACTERS = 2_000_000;

/** Nested `bash -c '…'` is followed so far. */
const MAX_NESTED_SCRIPTS = 3;

/**
 * How GitHub starts the shell that a step names, or null where it is none that speaks the Bourne language.
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, `jobs.<job_id>.steps[*].shell`.
 *
 * @param shell As written (`bash`, `sh`, `bash -el {0}`); null for GitHub's default on Linux and macOS.
 */
export function shellModeOf(shell: string | null): ShellMode | null {
  if (shell === null) return { stopsAtError: true, hasPipefail: false };
  const words = shell.trim().split(/\s+/);
  const program = (words[0] ?? '').split('/').pop() ?? '';
  if (!/^(ba|da|z|k)?sh$/.test(program)) return null;
  if (words.length === 1) return { stopsAtError: true, hasPipefail: program === 'bash' };
  const flags = words.slice(1).filter((word) => /^-[a-z]+$/.test(word));
  return {
    stopsAtError: flags.some((flag) => flag.includes('e')) || words.includes('errexit'),
    hasPipefail: words.includes('pipefail'),
  };
}

/**
 * The script with each GitHub expression replaced by a word of the same length, since the shell's grammar does not
 * take `${{ }}` and GitHub puts a text in its place before the shell sees it. Offsets stay the same.
 */
export function withoutExpressions(script: string): string {
  let masked = '';
  let at = 0;
  for (let open = script.indexOf('${{'); open >= 0; open = script.indexOf('${{', at)) {
    const close = endOfExpression(script, open + 3);
    if (close < 0) break;
    masked += script.slice(at, open) + 'x'.repeat(close - open);
    at = close;
  }
  return masked + script.slice(at);
}

/** What the shell does by itself, beside the programs that it starts. */
export type StatementKind =
  /** A program or a builtin with its words. */
  | 'command'
  /** `[ … ]`, `[[ … ]]`, `(( … ))`; the words are those of the text, quotes removed. */
  | 'test'
  /** `export A=b`, `A=b program`: what programs find in their environment; each word is `NAME=value`. */
  | 'setting';

/** A part of a script with what becomes of its failure; `words` as its kind says. */
export interface ShellStatement extends ShellCommand {
  readonly kind: StatementKind;
}

/** The commands of a script in the order of the text, those in command substitutions and function bodies included. */
export function readCommands(script: string, parser: ShellParser, mode: ShellMode): readonly ShellCommand[] {
  return readStatements(script, parser, mode).filter(({ kind }) => kind === 'command');
}

/** The commands as `readCommands` gives them, with what the shell tests and sets between them. */
export function readStatements(
  script: string,
  parser: ShellParser,
  mode: ShellMode,
): readonly ShellStatement[] {
  const known: Generations = scriptsRead.get(parser) ?? {
    young: new Map<string, readonly ShellStatement[]>(),
    old: new Map<string, readonly ShellStatement[]>(),
    characters: 0,
  };
  scriptsRead.set(parser, known);
  const key = `${mode.stopsAtError ? 'e' : ''}${mode.hasPipefail ? 'p' : ''}:${script}`;
  const before = known.young.get(key);
  if (before) return before;
  const statements = known.old.get(key) ?? read(script, parser, mode, 0);
  if (known.young.size >= MAX_REMEMBERED_SCRIPTS || known.characters > MAX_REMEMBERED_CHARACTERS) {
    known.old = known.young;
    known.young = new Map();
    known.characters = 0;
  }
  known.young.set(key, statements);
  known.characters += script.length;
  return statements;
}

function read(script: string, parser: ShellParser, mode: ShellMode, nesting: number): ShellStatement[] {
  const found: ShellStatement[] = [];
  const root = parser.parse(withoutExpressions(script));
  const emit = (command: ShellStatement): void => {
    found.push(command);
    if (command.kind !== 'command') return;
    const inner = nesting < MAX_NESTED_SCRIPTS ? scriptArgument(command.words, state) : null;
    if (inner === null) return;
    for (const nested of read(inner.script, parser, inner.mode, nesting + 1)) {
      found.push({
        kind: nested.kind,
        words: nested.words,
        span: command.span,
        isSwallowed: command.isSwallowed || nested.isSwallowed || inner.isTrap === true,
        isConditional: command.isConditional || nested.isConditional || inner.isTrap === true,
        // Nested scripts stand nowhere in the text but in the command that runs them.
        input: nested.input ? command.span : command.input,
        loop: nested.loop ? command.span : command.loop,
        output: endingIn(nested.output, command.output),
        hereText: nested.hereText,
        expansions: nested.expansions,
      });
    }
  };
  const state: State = { ...mode, script, emit, functions: new Map(), log: LOG };
  walkStatements(root.children, state, {
    isSwallowed: false,
    isConditional: false,
    isLast: true,
    output: LOG,
    here: null,
  });
  walkCalledFunctions(state);
  return found.sort((a, b) => a.span.start - b.span.start);
}

/** A script that stands in the words of a command. */
interface InnerScript {
  readonly script: string;
  readonly mode: ShellMode;
  /** It runs only when something else happens, and how it ends changes nothing: the command of a `trap`. */
  readonly isTrap?: boolean;
}

/** The script that `bash -c '…'` runs, whatever wraps it, that `eval` runs, or that `trap` runs later. */
function scriptArgument(command: readonly string[], around: ShellMode): InnerScript | null {
  const words = unwrapCommand(command);
  if (words[0] === 'eval') {
    const script = words.slice(1).join(' ');
    // What a substitution prints is no text of this script; its own commands are read where it stands.
    return /\$\(|`/.test(script) || script === '' ? null : { script, mode: around };
  }
  if (words[0] === 'trap') {
    const script = words[1] ?? '';
    const runs = /\s/.test(script.trim()) && !script.startsWith('-');
    return runs ? { script, mode: { ...around, stopsAtError: false }, isTrap: true } : null;
  }
  if (!/^(.*\/)?(ba|da|z|k)?sh$/.test(words[0] ?? '')) return null;
  const at = words.findIndex((word, index) => index > 0 && /^-[a-z]*c$/.test(word));
  const script = at < 0 ? undefined : words[at + 1];
  if (script === undefined) return null;
  const flags = words.slice(1, at + 1).join(' ');
  return {
    script,
    mode: { stopsAtError: /(^|\s)-[a-z]*e/.test(flags), hasPipefail: flags.includes('pipefail') },
  };
}

/** What changes as the script runs: `set -e`, `set +e`, `set -o pipefail`. */
interface State {
  stopsAtError: boolean;
  hasPipefail: boolean;
  readonly script: string;
  readonly emit: (command: ShellStatement) => void;
  /** The functions that the script defines, by name, with how each was called so far. */
  readonly functions: Map<string, ShellFunction>;
  /** Where the log is from here on: `exec > file` moves it. */
  log: ShellOutput;
}

interface ShellFunction {
  readonly body: ShellNode;
  /** What `set` had switched on where it was defined; calls are taken to find the same. */
  readonly state: Pick<State, 'stopsAtError' | 'hasPipefail'>;
  readonly calls: Surroundings[];
}

interface Surroundings {
  readonly isSwallowed: boolean;
  readonly isConditional: boolean;
  /** Its status is the status of the whole script. */
  readonly isLast: boolean;
  /** It stands in a loop that tries again, with a failure behind the loop for when it gives up. */
  readonly isRetried?: boolean;
  readonly input?: Span | null;
  readonly loop?: Span | null;
  readonly output: ShellOutput;
  /** Of the last command only: the grammar hangs the redirection of `a && b > file` above the whole list. */
  readonly lastOutput?: ShellOutput | undefined;
  readonly here: HereText | null;
}

/** What `<<` and `<<<` give a command, with the variables that the shell puts into it. */
interface HereText {
  readonly text: string;
  readonly expansions: readonly string[];
}

function walkStatements(nodes: readonly ShellNode[], state: State, around: Surroundings): void {
  const statements = nodes.filter((node) => node.isNamed && node.type !== 'comment');
  const isBackground = new Set(
    nodes.flatMap((node, index) => (nodes[index + 1]?.type === '&' ? [node] : [])),
  );
  const lastWithStatus = statements.findLastIndex((statement) => passesStatusOn(statement, state.script));
  statements.forEach((statement, index) => {
    const next = statements[index + 1];
    const isLast = around.isLast && next === undefined;
    const isLoop = /^(for|while|c_style_for)_statement$/.test(statement.type);
    const failsBehind = isLoop && next !== undefined && endsInFailure(next, state.script);
    const isForgotten = !state.stopsAtError && !isLast && index >= lastWithStatus && !failsBehind;
    walk(statement, state, {
      ...around,
      isSwallowed: around.isSwallowed || isBackground.has(statement) || isForgotten,
      isLast,
      isRetried: around.isRetried === true || failsBehind,
    });
  });
}

/** `exit $status`, `exit "$?"` or a test of `$?`: a failure that did not end the script still decides how it ends. */
function passesStatusOn(node: ShellNode, script: string): boolean {
  const text = textOf(node, script);
  return /\b(exit|return)\s+"?\$|\$\?|PIPESTATUS/.test(text) && /\b(exit|return|false)\b/.test(text);
}

/** Whether a statement, once begun, ends the script with a failure. */
function endsInFailure(node: ShellNode, script: string): boolean {
  switch (node.type) {
    case 'command': {
      const [program, status] = wordsOf(node, script);
      if (program === 'false') return true;
      return (program === 'exit' || program === 'return') && status !== undefined && status !== '0';
    }
    case 'compound_statement':
    case 'subshell':
    case 'list':
    case 'else_clause':
      return node.children.some((child) => child.isNamed && endsInFailure(child, script));
    case 'redirected_statement': {
      const body = node.childByField('body');
      return body !== null && endsInFailure(body, script);
    }
    default:
      return false;
  }
}

/** `a || exit`: ends with the status of what failed. */
function isBareExit(node: ShellNode, script: string): boolean {
  return node.type === 'command' && /^(exit|return)\s*("?\$\?"?)?$/.test(textOf(node, script).trim());
}

function forgives(right: ShellNode | undefined, script: string): boolean {
  return !right || !(endsInFailure(right, script) || isBareExit(right, script));
}

function walk(node: ShellNode, state: State, surroundings: Surroundings): void {
  const isSequence = node.type === 'list' || node.type === 'pipeline';
  const around = isSequence ? surroundings : withLastOutput(surroundings);
  switch (node.type) {
    case 'command':
      walkCommand(node, state, around);
      return;
    case 'list':
      walkList(node, state, around);
      return;
    case 'pipeline': {
      const parts = node.children.filter((child) => child.isNamed);
      const outputs = outputsOf(parts, state.script, around.lastOutput ?? around.output);
      parts.forEach((part, index) => {
        const isLost = index < parts.length - 1 && !state.hasPipefail;
        const isSwallowed = around.isSwallowed || isLost;
        const input = parts[index - 1]?.span ?? around.input ?? null;
        const here = index === 0 ? around.here : null;
        const output = outputs[index] ?? LOG;
        walk(part, state, { ...around, isSwallowed, input, here, output, lastOutput: undefined });
      });
      return;
    }
    case 'negated_command':
      walkNamed(node, state, { ...around, isSwallowed: true });
      return;
    case 'redirected_statement':
      walkRedirected(node, state, around);
      return;
    case 'if_statement':
    case 'elif_clause':
      walkIf(node, state, around);
      return;
    case 'while_statement': {
      const body = node.childByField('body');
      const inside = { ...around, isConditional: true, isLast: false, loop: node.span };
      for (const child of node.children) {
        if (!child.isNamed) continue;
        const isForgiven = child !== body && around.isRetried !== true;
        walk(child, state, { ...inside, isSwallowed: around.isSwallowed || isForgiven });
      }
      return;
    }
    case 'program':
    case 'do_group':
    case 'compound_statement':
    case 'subshell':
    case 'else_clause':
      walkStatements(node.children, state, around);
      return;
    case 'function_definition': {
      const name = node.childByField('name');
      const body = node.childByField('body');
      const { stopsAtError, hasPipefail } = state;
      if (name && body) {
        const known = state.functions.get(textOf(name, state.script))?.calls ?? [];
        const defined = { body, state: { stopsAtError, hasPipefail }, calls: known };
        state.functions.set(textOf(name, state.script), defined);
      }
      return;
    }
    case 'variable_assignment':
    case 'variable_assignments':
      walkSubstitutions(node, state, around);
      return;
    case 'test_command': {
      walkSubstitutions(node, state, around);
      const expansions = expansionsIn([node], state.script);
      state.emit(statement('test', node, testWords(node, state.script), state, around, expansions));
      return;
    }
    case 'declaration_command':
      // `export X=$(…)` has the status of `export`.
      walkSubstitutions(node, state, { ...around, isSwallowed: true });
      emitSettings(node, state, around);
      return;
    case 'case_item':
      walkStatements(node.children, state, { ...around, isConditional: true });
      return;
    case 'for_statement':
    case 'c_style_for_statement':
      walkNamed(node, state, { ...around, isConditional: true, isLast: false, loop: node.span });
      return;
    default:
      walkNamed(node, state, { ...around, isConditional: true, isLast: false });
  }
}

/**
 * The commands of the functions that are called, each once: forgiven where every call is. A function that nothing
 * calls runs nothing.
 */
function walkCalledFunctions(state: State): void {
  const walked = new Set<ShellFunction>();
  for (let isNew = true; isNew;) {
    isNew = false;
    for (const called of [...state.functions.values()]) {
      if (walked.has(called) || called.calls.length === 0) continue;
      walked.add(called);
      isNew = true;
      walk(
        called.body,
        { ...state, ...called.state },
        {
          isSwallowed: called.calls.every((call) => call.isSwallowed),
          isConditional: true,
          isLast: true,
          output: (called.calls.find((call) => call.output.to === 'log') ?? called.calls[0])?.output ?? LOG,
          here: null,
        },
      );
    }
  }
}

function walkNamed(node: ShellNode, state: State, around: Surroundings): void {
  for (const child of node.children) if (child.isNamed) walk(child, state, around);
}

/** `a && b`, `a || b`, nested to the left. */
function walkList(node: ShellNode, state: State, around: Surroundings): void {
  const [left, right] = node.children.filter((child) => child.isNamed);
  if (!left) return;
  const isOr = node.children.some((child) => child.type === '||');
  // With `-e` the shell goes on where any but the last command of an `&&` list fails; only as the last statement
  // of all does the list's status count.
  const isForgiven = isOr ? forgives(right, state.script) : !around.isLast;
  walk(left, state, {
    ...around,
    isSwallowed: around.isSwallowed || (isForgiven && around.isRetried !== true),
    lastOutput: undefined,
  });
  if (right) walk(right, state, { ...around, isConditional: true });
}

/** A command with redirections; `cmd <<END || true` hangs what follows into the redirection. */
function walkRedirected(node: ShellNode, state: State, around: Surroundings): void {
  const body = node.childByField('body');
  let isSwallowed = around.isSwallowed;
  for (const redirect of node.children.filter((child) => child.type === 'heredoc_redirect')) {
    const or = redirect.children.findIndex((child) => child.type === '||');
    if (or >= 0) isSwallowed ||= forgives(redirect.children[or + 1], state.script);
    if (redirect.children.some((child) => child.type === 'pipeline')) isSwallowed ||= !state.hasPipefail;
    for (const child of redirect.children) {
      if (/^(command|pipeline|list|compound_statement|subshell|redirected_statement)$/.test(child.type)) {
        walk(child, state, { ...around, isConditional: around.isConditional || or >= 0 });
      }
    }
  }
  const output = redirectedOutput(node, state.script, around.output);
  const here = hereTextOf(node, state.script) ?? around.here;
  if (body) {
    const isSequence = body.type === 'list' || body.type === 'pipeline';
    walk(body, state, {
      ...around,
      isSwallowed,
      here,
      ...(isSequence ? { lastOutput: output } : { output }),
    });
    if (textOf(body, state.script) === 'exec') state.log = output;
  }
  for (const child of node.children) {
    if (child !== body && child.type !== 'heredoc_redirect') {
      walkSubstitutions(child, state, { ...around, isSwallowed: true });
    }
  }
}

function withLastOutput(around: Surroundings): Surroundings {
  return around.lastOutput ? { ...around, output: around.lastOutput, lastOutput: undefined } : around;
}

/** Where the output of each part of a pipe goes. */
function outputsOf(parts: readonly ShellNode[], script: string, last: ShellOutput): ShellOutput[] {
  const outputs: ShellOutput[] = [];
  let output = last;
  for (const part of [...parts].reverse()) {
    outputs.unshift(output);
    const words = wordsOfPart(part, script);
    output = { to: 'command', words, output: redirectedOutput(part, script, output) };
  }
  return outputs;
}

/** The words of a pipe's part where it is a single command. */
function wordsOfPart(part: ShellNode, script: string): readonly string[] {
  const body = part.type === 'redirected_statement' ? part.childByField('body') : part;
  return body?.type === 'command' ? wordsOf(body, script) : [];
}

/** Where `cmd > file`, `cmd <<END > file` and `cmd <<END | other` send their standard output. */
function redirectedOutput(node: ShellNode, script: string, output: ShellOutput): ShellOutput {
  if (node.type !== 'redirected_statement' && node.type !== 'heredoc_redirect') return output;
  let found = output;
  for (const child of node.children) {
    if (child.type === 'heredoc_redirect') found = redirectedOutput(child, script, found);
    if (child.type === 'pipeline') {
      const parts = child.children.filter((part) => part.isNamed);
      const [first] = parts;
      if (first) {
        const next = outputsOf(parts, script, output)[0] ?? output;
        const words = wordsOfPart(first, script);
        found = { to: 'command', words, output: redirectedOutput(first, script, next) };
      }
    }
    if (child.type === 'file_redirect') found = fileOutput(child, script) ?? found;
  }
  return found;
}

/** Null for a redirection of anything but the standard output. */
function fileOutput(redirect: ShellNode, script: string): ShellOutput | null {
  const [, descriptor, operator] = /^(\d*)(&>>|&>|>>|>\||>&|>)/.exec(textOf(redirect, script)) ?? [];
  if (!operator || (descriptor !== '' && descriptor !== '1')) return null;
  const target = redirect.children.findLast((child) => child.isNamed);
  if (!target) return null;
  if (target.type === 'process_substitution') {
    const [inner] = target.children.filter((child) => child.isNamed);
    return { to: 'command', words: inner ? wordsOfPart(inner, script) : [], output: LOG };
  }
  const name = wordOf(target, script);
  const isLog = /^(\d|-|\/dev\/(stdout|stderr|tty|fd\/[12])|\/proc\/self\/fd\/[12])$/.test(name);
  return isLog ? LOG : { to: 'file', name };
}

/** The here-documents and here-strings of a command. */
function hereTextOf(node: ShellNode, script: string): HereText | null {
  const texts: string[] = [];
  const expansions: string[] = [];
  for (const child of node.children) {
    if (child.type === 'herestring_redirect') {
      const word = child.children.findLast((part) => part.isNamed);
      if (word) texts.push(wordOf(word, script));
    }
    if (child.type !== 'heredoc_redirect') continue;
    for (const body of child.children.filter((part) => part.type === 'heredoc_body')) {
      texts.push(textOf(body, script));
      for (const part of body.children) if (isExpansion(part)) expansions.push(textOf(part, script));
    }
  }
  return texts.length > 0 ? { text: texts.join('\n'), expansions } : null;
}

/** The variables that the shell puts in below these nodes, those of substitutions left to their own commands. */
function expansionsIn(nodes: readonly ShellNode[], script: string): readonly string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'command_substitution' || node.type === 'process_substitution') return [];
    return [...(isExpansion(node) ? [textOf(node, script)] : []), ...expansionsIn(node.children, script)];
  });
}

function isExpansion(node: ShellNode): boolean {
  return node.type === 'simple_expansion' || node.type === 'expansion';
}

/** An inner script's output, whose log is what the outer command prints. */
function endingIn(inner: ShellOutput, outer: ShellOutput): ShellOutput {
  if (outer === LOG) return inner;
  if (inner.to === 'command') return { ...inner, output: endingIn(inner.output, outer) };
  return inner.to === 'log' ? outer : inner;
}

/** The branch that a failing condition leads to decides whether the failure is forgiven. */
function walkIf(node: ShellNode, state: State, around: Surroundings): void {
  const thenAt = node.children.findIndex((child) => child.type === 'then');
  const conditions = node.children.slice(0, Math.max(0, thenAt)).filter((child) => child.isNamed);
  const behind = node.children.slice(thenAt + 1).filter((child) => child.isNamed && child.type !== 'comment');
  const isClause = (child: ShellNode): boolean =>
    child.type === 'elif_clause' || child.type === 'else_clause';
  const consequence = behind.filter((child) => !isClause(child));
  const alternative = behind.filter((child) => child.type === 'else_clause');
  const isNegated = conditions.length === 1 && conditions[0]?.type === 'negated_command';
  const isEnforced = (isNegated ? consequence : alternative).some((statement) =>
    endsInFailure(statement, state.script),
  );
  for (const condition of conditions) {
    const target = isNegated ? condition.children.find((child) => child.isNamed) : condition;
    walk(target ?? condition, state, {
      ...around,
      isSwallowed: around.isSwallowed || (!isEnforced && around.isRetried !== true),
      isLast: false,
    });
  }
  const inside = { ...around, isConditional: true };
  walkStatements(consequence, state, inside);
  for (const clause of behind) if (isClause(clause)) walk(clause, state, inside);
}

function walkCommand(node: ShellNode, state: State, around: Surroundings): void {
  const words = wordsOf(node, state.script);
  if (words[0] === 'set') applySet(words, state);
  // The output of a substitution is used, its status is not; a test at least notices that there is no output.
  const isTest = words[0] === '[' || words[0] === 'test';
  const expansions: string[] = [];
  for (const child of node.children) {
    walkSubstitutions(child, state, { ...around, isSwallowed: around.isSwallowed || !isTest }, expansions);
  }
  // A function may be called by name, or handed to another command that calls it (`retry deploy`, `trap undo ERR`).
  for (const word of words) state.functions.get(word)?.calls.push(around);
  emitSettings(node, state, around);
  // A call of a function is what its body does.
  if (words.length > 0 && !state.functions.has(words[0] ?? ''))
    state.emit(statement('command', node, words, state, around, expansions));
}

function statement(
  kind: StatementKind,
  node: ShellNode,
  words: readonly string[],
  state: State,
  around: Surroundings,
  expansions: readonly string[],
): ShellStatement {
  const { isSwallowed, isConditional, input = null, loop = null } = around;
  const output = endingIn(around.output, state.log);
  const here = hereTextOf(node, state.script) ?? around.here;
  const hereText = here?.text ?? null;
  return {
    kind,
    words,
    span: node.span,
    isSwallowed,
    isConditional,
    input,
    loop,
    output,
    hereText,
    expansions: here ? [...expansions, ...here.expansions] : expansions,
  };
}

/** The assignments of `export A=b` and of `A=b program`. */
function emitSettings(node: ShellNode, state: State, around: Surroundings): void {
  const settings = node.children.filter((child) => child.type === 'variable_assignment');
  const [first] = settings;
  const last = settings.at(-1);
  if (!first || !last) return;
  const span = { start: first.span.start, end: last.span.end };
  const words = settings.map((setting) => wordOf(setting, state.script));
  const expansions = expansionsIn(settings, state.script);
  state.emit({ ...statement('setting', node, words, state, around, expansions), span });
}

/** `[ -z "$URL" ]` as `[`, `-z`, `$URL`, `]`. */
function testWords(node: ShellNode, script: string): string[] {
  return node.children.flatMap((child) =>
    /_expression$/.test(child.type) ? testWords(child, script) : [wordOf(child, script)],
  );
}

function applySet(words: readonly string[], state: State): void {
  words.forEach((word, index) => {
    const flags = /^([-+])([a-zA-Z]+)$/.exec(word);
    if (!flags) return;
    const isOn = flags[1] === '-';
    if (flags[2]?.includes('e')) state.stopsAtError = isOn;
    if (flags[2]?.endsWith('o')) {
      if (words[index + 1] === 'pipefail') state.hasPipefail = isOn;
      if (words[index + 1] === 'errexit') state.stopsAtError = isOn;
    }
  });
}

/** Commands in `$(…)`, backquotes and `<(…)`, wherever they stand below; collects the variables beside them. */
function walkSubstitutions(node: ShellNode, state: State, around: Surroundings, expansions?: string[]): void {
  if (node.type === 'command_substitution' || node.type === 'process_substitution') {
    const output = textOf(node, state.script).startsWith('>') ? LOG : VALUE;
    walkStatements(
      node.children,
      { ...state },
      { ...around, isLast: true, output, lastOutput: undefined, here: null },
    );
    return;
  }
  if (expansions && isExpansion(node)) expansions.push(textOf(node, state.script));
  for (const child of node.children) walkSubstitutions(child, state, around, expansions);
}

function textOf(node: ShellNode, script: string): string {
  return script.slice(node.span.start, node.span.end);
}

/** The program and its arguments, without assignments before it and redirections. */
function wordsOf(node: ShellNode, script: string): string[] {
  const words: string[] = [];
  let end = -1;
  for (const child of node.children) {
    if (child.type === 'variable_assignment' || child.type === 'comment') continue;
    if (child.type.includes('redirect')) continue;
    const word = wordOf(child, script);
    if (!child.isNamed && word.trim() === '') continue;
    // The grammar parts `--image=$A/$B/c` before the second variable; the shell parts at blanks only.
    const touched = child.span.start === end ? words.pop() : undefined;
    words.push((touched ?? '') + word);
    end = child.span.end;
  }
  return words;
}

function wordOf(node: ShellNode, script: string): string {
  const text = textOf(node, script);
  switch (node.type) {
    case 'command_name':
    case 'variable_assignment':
    case 'concatenation': {
      let word = '';
      let at = node.span.start;
      for (const child of node.children) {
        word += script.slice(at, child.span.start) + wordOf(child, script);
        at = child.span.end;
      }
      return word + script.slice(at, node.span.end);
    }
    case 'raw_string':
      return text.slice(1, -1);
    case 'ansi_c_string':
      return text.slice(2, -1);
    case 'string':
      return text
        .slice(1, -1)
        .replace(/\\\r?\n/g, '')
        .replace(/\\(["\\$`])/g, '$1');
    case 'word':
      return text.replace(/\\\r?\n/g, '').replace(/\\(.)/g, '$1');
    default:
      return text;
  }
}
