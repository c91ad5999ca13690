import type { ShellNode } from '../../ports';
import { unwrapCommand } from '../../shell/wrappers';
import type { Span } from '../../text/position';
import { isIdle } from './idle';
import { resolveScript, type NamedRecipe, type Program, type ScriptFile } from './program';
import { readTest, type TestToken } from './tests';
import { fits, isKnownText, knownEnd, not, patternExpression, unknownText, type Tri } from './values';

/** A command that changes something, as a run comes to it. */
export interface Effect {
  readonly path: string;
  readonly span: Span;
  /** Its words as far as they are known. */
  readonly words: readonly string[];
  /** Whether it runs only if something holds that the script does not tell. */
  readonly isMaybe: boolean;
  /** It is a script of the repository in a language that is not followed. */
  readonly isForeign: boolean;
}

/** What a script would do when it is called so. */
export interface ScriptRun {
  readonly effects: readonly Effect[];
  /** The branches that were taken, as `placeOf` names them. */
  readonly entered: ReadonlySet<string>;
  /** False where the script is too long or too deep to be followed to its end. */
  readonly isComplete: boolean;
}

/** Nodes that one run may go through. */
const MAX_STEPS = 40_000;
const MAX_DEPTH = 24;
const MAX_ROUNDS = 40;

/** A branch by its file and place. */
export function placeOf(path: string, node: ShellNode): string {
  return `${path}:${node.span.start}`;
}

/**
 * Follows a script through the branches that a call of it takes, without running anything: variables hold what the script
 * puts into them, what programs answer is not known, and where a condition depends on that both ways are followed.
 */
export function runScript(
  program: Program,
  path: string,
  args: readonly string[],
  environment: ReadonlyMap<string, string> = new Map(),
): ScriptRun {
  const runner = new Runner(program);
  const file = program.scripts.get(path);
  if (file) runner.script(file, args, environment);
  return runner.result();
}

/** Follows a recipe of a Makefile, package.json, justfile or Taskfile. */
export function runRecipe(program: Program, recipe: NamedRecipe): ScriptRun {
  const runner = new Runner(program);
  runner.recipe(recipe, new Map(), [], 0);
  return runner.result();
}

interface State {
  readonly vars: Map<string, string>;
  /** Null where it is not known how many there are. */
  args: readonly string[] | null;
  readonly functions: Map<string, { readonly file: ScriptFile; readonly body: ShellNode }>;
  /** Where getopts stands: the argument from 0, and the character in it. */
  option: { readonly index: number; readonly at: number };
}

interface Context {
  readonly file: ScriptFile;
  readonly isMaybe: boolean;
  readonly depth: number;
  /** Everything that runs inside a substitution, so that two values that come about differently differ. */
  readonly trace: string[] | null;
  /** Scripts and functions that are being run, so that recursion ends. */
  readonly stack: readonly string[];
}

interface Outcome {
  /** Where the script goes on; null where it does not. */
  readonly next: State | null;
  readonly status: Tri;
  readonly returned: State | null;
  readonly broke: State | null;
  readonly continued: State | null;
}

class Runner {
  private readonly effects: Effect[] = [];
  private readonly seen = new Set<string>();
  private readonly entered = new Set<string>();
  private steps = 0;
  private isComplete = true;
  /** A file that is not here was sourced: it may define what looks like a program. */
  private hasUnreadSource = false;

  constructor(private readonly program: Program) {}

  result(): ScriptRun {
    return { effects: this.effects, entered: this.entered, isComplete: this.isComplete };
  }

  script(file: ScriptFile, args: readonly string[], environment: ReadonlyMap<string, string>): void {
    const state: State = {
      vars: new Map(environment),
      args,
      functions: new Map(),
      option: { index: 0, at: 1 },
    };
    this.statements(file.root.children, state, {
      file,
      isMaybe: false,
      depth: 0,
      trace: null,
      stack: [file.path],
    });
  }

  recipe(
    recipe: NamedRecipe,
    environment: ReadonlyMap<string, string>,
    stack: readonly string[],
    depth: number,
    isMaybe = false,
  ): void {
    const key = `${recipe.tool}:${recipe.name}`;
    if (stack.includes(key) || depth > MAX_DEPTH) return;
    for (const name of recipe.needs) {
      const needed = this.program.recipes.find((other) => other.tool === recipe.tool && other.name === name);
      if (needed) this.recipe(needed, environment, [...stack, key], depth + 1, isMaybe);
    }
    const file: ScriptFile = {
      path: recipe.path,
      text: recipe.text,
      root: this.program.shell.parse(recipe.text),
    };
    const state: State = {
      vars: new Map(environment),
      args: [],
      functions: new Map(),
      option: { index: 0, at: 1 },
    };
    this.statements(file.root.children, state, {
      file,
      isMaybe,
      depth: depth + 1,
      trace: null,
      stack: [...stack, key],
    });
  }

  private statements(nodes: readonly ShellNode[], state: State, context: Context): Outcome {
    let current: State | null = state;
    let status: Tri = true;
    let left: Pick<Outcome, 'returned' | 'broke' | 'continued'> = {
      returned: null,
      broke: null,
      continued: null,
    };
    for (const node of nodes) {
      if (!node.isNamed || node.type === 'comment' || node.type === 'heredoc_body') continue;
      if (!current) break;
      const outcome = this.statement(node, current, context);
      left = {
        returned: merged(left.returned, outcome.returned),
        broke: merged(left.broke, outcome.broke),
        continued: merged(left.continued, outcome.continued),
      };
      current = outcome.next;
      status = outcome.status;
    }
    return { next: current, status, ...left };
  }

  private statement(node: ShellNode, state: State, context: Context): Outcome {
    this.steps++;
    if (this.steps > MAX_STEPS || context.depth > MAX_DEPTH) {
      this.isComplete = false;
      return goesOn(state, 'unknown');
    }
    switch (node.type) {
      case 'compound_statement':
        return node.children[0]?.type === '(('
          ? goesOn(state, this.arithmetic(node, state, context))
          : this.statements(node.children, state, context);
      case 'do_group':
      case 'else_clause':
        return this.statements(node.children, state, context);
      case 'ERROR':
        return this.statements(node.children, state, { ...context, isMaybe: true });
      case 'subshell': {
        const inner = this.statements(node.children, copied(state), context);
        return goesOn(state, inner.next ? inner.status : 'unknown');
      }
      case 'list':
        return this.list(node, state, context);
      case 'pipeline': {
        for (const part of node.children) if (part.isNamed) this.statement(part, copied(state), context);
        return goesOn(state, this.pipelineStatus(node, state, context));
      }
      case 'negated_command': {
        const inner = this.statements(node.children, state, context);
        return { ...inner, status: not(inner.status) };
      }
      case 'redirected_statement': {
        const body = node.childByField('body');
        return body ? this.statement(body, state, context) : goesOn(state, true);
      }
      case 'if_statement':
        return this.conditional(node, clausesOf(node), state, context);
      case 'case_statement':
        return this.choice(node, state, context);
      case 'while_statement':
        return this.loop(node, state, context);
      case 'for_statement':
      case 'select_statement':
        return this.each(node, state, context);
      case 'c_style_for_statement': {
        const body = node.childByField('body');
        return body ? this.maybe([body], state, context) : goesOn(state, true);
      }
      case 'function_definition': {
        const name =
          node.childByField('name')?.text ?? node.children.find(({ type }) => type === 'word')?.text ?? '';
        const body = node.childByField('body') ?? node.children.findLast((child) => child.isNamed);
        if (body) state.functions.set(name, { file: context.file, body });
        return goesOn(state, true);
      }
      case 'variable_assignment':
        this.assign(node, state, context);
        return goesOn(state, true);
      case 'variable_assignments':
      case 'declaration_command': {
        for (const child of node.children) {
          if (child.type === 'variable_assignment') this.assign(child, state, context);
          // `local name` makes an empty one; `export NAME` keeps what it has.
          else if (child.type === 'variable_name' && /^(?:local|declare|typeset)\b/.test(node.text)) {
            state.vars.set(child.text, '');
          }
        }
        return goesOn(state, true);
      }
      case 'unset_command':
        for (const child of node.children) if (child.type === 'variable_name') state.vars.set(child.text, '');
        return goesOn(state, true);
      case 'test_command':
        return goesOn(state, this.test(node, state, context));
      case 'command':
        return this.command(node, state, context);
      default:
        return goesOn(state, 'unknown');
    }
  }

  private list(node: ShellNode, state: State, context: Context): Outcome {
    const [left, operator, right] = [
      node.children.find((child) => child.isNamed),
      node.children.find((child) => child.type === '&&' || child.type === '||')?.type,
      node.children.findLast((child) => child.isNamed),
    ];
    if (!left || !right || left === right) return this.statements(node.children, state, context);
    const first = this.statement(left, state, context);
    if (!first.next) return first;
    const goes = operator === '&&' ? first.status : not(first.status);
    if (goes === false) return first;
    if (goes === true) {
      this.entered.add(placeOf(context.file.path, node));
      return joined([without(first), this.statement(right, first.next, context)]);
    }
    this.entered.add(placeOf(context.file.path, node));
    const before = copied(first.next);
    const second = this.statement(right, first.next, { ...context, isMaybe: true });
    return { ...joined([without(first), goesOn(before, 'unknown'), second]), status: 'unknown' };
  }

  private conditional(
    node: ShellNode,
    clauses: readonly ShellNode[],
    state: State,
    context: Context,
  ): Outcome {
    const thenAt = node.children.findIndex((child) => child.type === 'then');
    const condition = this.statements(node.children.slice(0, Math.max(0, thenAt)), state, context);
    if (!condition.next) return condition;
    const body = node.children
      .slice(thenAt + 1)
      .filter((child) => child.type !== 'elif_clause' && child.type !== 'else_clause');
    const takes = (from: State, around: Context): Outcome => {
      this.entered.add(placeOf(context.file.path, node));
      return this.statements(body, from, around);
    };
    const leaves = (from: State, around: Context): Outcome => {
      const [clause, ...others] = clauses;
      if (!clause) return goesOn(from, true);
      return clause.type === 'elif_clause'
        ? this.conditional(clause, others, from, around)
        : this.statements(clause.children, from, around);
    };
    if (condition.status === true) return joined([without(condition), takes(condition.next, context)]);
    if (condition.status === false) return joined([without(condition), leaves(condition.next, context)]);
    const around = { ...context, isMaybe: true };
    const other = copied(condition.next);
    return joined([without(condition), takes(condition.next, around), leaves(other, around)]);
  }

  private choice(node: ShellNode, state: State, context: Context): Outcome {
    const subject = node.childByField('value');
    const value = subject ? this.value(subject, state, context) : unknownText('case');
    const outcomes: Outcome[] = [];
    let current = state;
    for (const item of node.children.filter((child) => child.type === 'case_item')) {
      const patterns = patternsOf(item).map((pattern) =>
        fits(value, this.pattern(pattern, current, context)),
      );
      const match: Tri = patterns.includes(true) ? true : patterns.includes('unknown') ? 'unknown' : false;
      if (match === false) continue;
      this.entered.add(placeOf(context.file.path, item));
      const close = item.children.findIndex((child) => child.type === ')');
      const body = item.children.slice(close + 1);
      const isSure = match === true;
      const from = isSure ? current : copied(current);
      const outcome = this.statements(
        body,
        from,
        isSure && outcomes.length === 0 ? context : { ...context, isMaybe: true },
      );
      outcomes.push(outcome);
      if (isSure) return joined(outcomes);
      current = copied(current);
    }
    return joined([...outcomes, goesOn(current, outcomes.length > 0 ? 'unknown' : true)]);
  }

  private loop(node: ShellNode, state: State, context: Context): Outcome {
    const doAt = node.children.findIndex((child) => child.type === 'do_group');
    const body = node.children[doAt];
    const isUntil = node.children[0]?.type === 'until';
    const ends: State[] = [];
    const outcomes: Outcome[] = [];
    let current: State | null = state;
    for (let round = 0; current && body; round++) {
      const condition = this.statements(node.children.slice(0, doAt), current, context);
      outcomes.push(without(condition));
      if (!condition.next) break;
      const goes = isUntil ? not(condition.status) : condition.status;
      if (goes === false || round >= MAX_ROUNDS) {
        ends.push(condition.next);
        break;
      }
      const before = fingerprint(condition.next);
      if (goes === 'unknown') {
        ends.push(copied(condition.next));
        const once = this.statement(body, condition.next, { ...context, isMaybe: true });
        for (const each of [once.next, once.continued, once.broke]) if (each) ends.push(each);
        outcomes.push(onlyReturned(once));
        break;
      }
      const inside = this.statement(body, condition.next, context);
      outcomes.push(onlyReturned(inside));
      if (inside.broke) ends.push(inside.broke);
      current = merged(inside.next, inside.continued);
      // Nothing changed: it waits for something outside, and goes on when that has come.
      if (current && fingerprint(current) === before) {
        ends.push(current);
        break;
      }
    }
    const end = ends.reduce<State | null>((one, other) => merged(one, other), null);
    return { ...joined(outcomes), next: end, status: 'unknown' };
  }

  private each(node: ShellNode, state: State, context: Context): Outcome {
    const name =
      node.childByField('variable')?.text ??
      node.children.find(({ type }) => type === 'variable_name')?.text ??
      '';
    const body = node.children.find((child) => child.type === 'do_group');
    if (!body) return goesOn(state, 'unknown');
    const inAt = node.children.findIndex((child) => child.type === 'in');
    const bodyAt = node.children.indexOf(body);
    const values =
      inAt < 0
        ? state.args
        : this.words(
            node.children.slice(inAt + 1, bodyAt).filter((child) => child.isNamed),
            state,
            context,
          );
    if (values === null || node.type === 'select_statement' || node.children[0]?.type === 'select') {
      state.vars.set(name, unknownText(`${context.file.path}:${node.span.start}`));
      return this.maybe([body], state, context);
    }
    const outcomes: Outcome[] = [];
    let current: State | null = state;
    const ends: State[] = [];
    for (const value of values.slice(0, MAX_ROUNDS)) {
      if (!current) break;
      current.vars.set(name, value);
      const inside = this.statement(
        body,
        current,
        isKnownText(value) ? context : { ...context, isMaybe: true },
      );
      outcomes.push(onlyReturned(inside));
      if (inside.broke) ends.push(inside.broke);
      current = merged(inside.next, inside.continued);
    }
    if (current) ends.push(current);
    const end = ends.reduce<State | null>((one, other) => merged(one, other), null);
    return { ...joined(outcomes), next: end, status: 'unknown' };
  }

  /** What may run once, or not at all. */
  private maybe(nodes: readonly ShellNode[], state: State, context: Context): Outcome {
    const before = copied(state);
    const once = this.statements(nodes, state, { ...context, isMaybe: true });
    const after = [once.next, once.continued, once.broke].reduce<State | null>(
      (one, other) => merged(one, other),
      before,
    );
    return { ...onlyReturned(once), next: after, status: 'unknown' };
  }

  private assign(node: ShellNode, state: State, context: Context): void {
    const name = node.children[0];
    const variable = name?.type === 'subscript' ? (name.children[0]?.text ?? '') : (name?.text ?? '');
    const valueNode =
      node.childByField('value') ?? node.children.slice(2).find((child) => child.isNamed) ?? null;
    const isAppended = node.children.some((child) => child.type === '+=');
    const value =
      valueNode === null
        ? ''
        : valueNode.type === 'array' || name?.type === 'subscript'
          ? unknownText(`${context.file.path}:${node.span.start}`)
          : this.value(valueNode, state, context);
    state.vars.set(variable, isAppended ? (state.vars.get(variable) ?? '') + value : value);
  }

  private command(node: ShellNode, state: State, context: Context): Outcome {
    const settings = node.children.filter((child) => child.type === 'variable_assignment');
    const words = this.words(
      node.children.filter(
        (child) => child.isNamed && child.type !== 'variable_assignment' && !child.type.includes('redirect'),
      ),
      state,
      context,
    );
    if (words === null) {
      return this.program_([unknownText(`${context.file.path}:${node.span.start}`)], node, state, context);
    }
    if (words.length === 0) {
      for (const setting of settings) this.assign(setting, state, context);
      return goesOn(state, true);
    }
    if (settings.length === 0) return this.call(words, node, state, context);
    const inner = copied(state);
    for (const setting of settings) this.assign(setting, inner, context);
    const outcome = this.call(words, node, inner, context);
    return outcome.next ? { ...outcome, next: state } : outcome;
  }

  private call(words: readonly string[], node: ShellNode, state: State, context: Context): Outcome {
    const [name = ''] = words;
    context.trace?.push(words.join(' '));
    const defined = state.functions.get(name);
    if (defined) return this.callFunction(name, defined, words.slice(1), state, context);
    switch (name) {
      case 'exit':
        return { next: null, status: true, returned: null, broke: null, continued: null };
      case 'return':
        return { ...nowhere, returned: withStatus(state, statusOf(words[1])) };
      case 'break':
        return { ...nowhere, broke: state };
      case 'continue':
        return { ...nowhere, continued: state };
      case 'true':
      case ':':
        return goesOn(state, true);
      case 'false':
        return goesOn(state, false);
      case 'shift': {
        const count = words[1] === undefined ? 1 : Number(words[1]);
        if (state.args === null || !Number.isInteger(count)) return goesOn(state, 'unknown');
        const isThere = state.args.length >= count;
        state.args = isThere ? state.args.slice(count) : [];
        return goesOn(state, isThere);
      }
      case 'set': {
        const dash = words.indexOf('--');
        if (dash > 0) state.args = words.slice(dash + 1);
        return goesOn(state, true);
      }
      case 'eval':
        return this.evaluate(words.slice(1), node, state, context);
      case 'exec': {
        if (words.length === 1) return goesOn(state, true);
        this.call(words.slice(1), node, state, context);
        return nowhere;
      }
      case 'test':
      case '[': {
        const tokens = words
          .slice(1)
          .filter((word, index, all) => !(word === ']' && index === all.length - 1));
        return goesOn(state, readTest(tokens.map((text): TestToken => ({ text, isPattern: false }))));
      }
      case 'read':
        for (const word of words.slice(1)) {
          if (/^[A-Za-z_]\w*$/.test(word))
            state.vars.set(word, unknownText(`${context.file.path}:${node.span.start}`));
        }
        return goesOn(state, 'unknown');
      case 'getopts':
        return this.getopts(words, node, state, context);
      case 'source':
      case '.':
        return this.source(words, state, context);
      case 'trap':
      case 'local':
      case 'alias':
        return goesOn(state, true);
      default:
        return this.program_(words, node, state, context);
    }
  }

  private callFunction(
    name: string,
    { file, body }: { readonly file: ScriptFile; readonly body: ShellNode },
    args: readonly string[],
    state: State,
    context: Context,
  ): Outcome {
    const key = `function ${name}`;
    if (context.stack.filter((each) => each === key).length > 2) return goesOn(state, 'unknown');
    const before = state.args;
    state.args = args;
    const inner = this.statement(body, state, {
      ...context,
      file,
      depth: context.depth + 1,
      stack: [...context.stack, key],
    });
    const statuses = [
      ...(inner.next ? [inner.status] : []),
      ...(inner.returned ? [returnedStatus(inner.returned)] : []),
    ];
    const after = merged(inner.next, inner.returned);
    if (after) after.args = before;
    const [status = 'unknown', ...others] = statuses;
    return {
      ...nowhere,
      next: after,
      status: others.every((other) => other === status) ? status : 'unknown',
    };
  }

  private evaluate(words: readonly string[], node: ShellNode, state: State, context: Context): Outcome {
    const text = words.join(' ');
    // `eval set -- "$(getopt …)"`: the same arguments, options first; `--` parts them.
    if (/^set\s+--/.test(text) && !isKnownText(text)) {
      if (state.args !== null) {
        state.args = [
          ...state.args.filter((word) => word.startsWith('-')),
          '--',
          ...state.args.filter((word) => !word.startsWith('-')),
        ];
      }
      return goesOn(state, true);
    }
    if (!isKnownText(text))
      return this.program_(
        [unknownText(`eval ${context.file.path}:${node.span.start}`)],
        node,
        state,
        context,
      );
    const file = { path: context.file.path, text, root: this.program.shell.parse(text) };
    return this.statements(file.root.children, state, { ...context, depth: context.depth + 1 });
  }

  private source(words: readonly string[], state: State, context: Context): Outcome {
    const path = resolveScript(this.program, knownEnd(words[1] ?? ''), context.file.path);
    const file = path === null ? undefined : this.program.scripts.get(path);
    if (!file) {
      if (
        !/(?:^|\/)(?:\.env|[^/]*\.env|env[^/]*|[^/]*\.conf|[^/]*config[^/]*)$/i.test(knownEnd(words[1] ?? ''))
      ) {
        this.hasUnreadSource = true;
      }
      return goesOn(state, 'unknown');
    }
    if (context.stack.includes(`source ${file.path}`)) return goesOn(state, 'unknown');
    const before = state.args;
    if (words.length > 2) state.args = words.slice(2);
    const inner = this.statements(file.root.children, state, {
      ...context,
      file,
      depth: context.depth + 1,
      stack: [...context.stack, `source ${file.path}`],
    });
    const after = merged(inner.next, inner.returned);
    if (after && words.length > 2) after.args = before;
    return { ...nowhere, next: after, status: 'unknown' };
  }

  /** A program outside the script: one of the repository's scripts or recipes, or one that changes something. */
  private program_(written: readonly string[], node: ShellNode, state: State, context: Context): Outcome {
    if (/^(?:sudo|env|time|nohup|command|nice|timeout|xargs|ionice|setsid|doas)$/.test(written[0] ?? '')) {
      const inner = unwrapCommand(written);
      if (inner[0] !== written[0] && inner.length > 0 && inner.length < written.length) {
        return this.call(inner, node, state, context);
      }
    }
    const words = unwrapCommand(written);
    const [name = ''] = words;
    if (/^(?:.*\/)?(?:ba|da|z|k)?sh$/.test(name)) {
      const at = words.findIndex((word, index) => index > 0 && !word.startsWith('-'));
      const isText = words.slice(1, Math.max(1, at)).some((word) => /^-[a-z]*c$/.test(word));
      const script = words[at];
      if (at > 0 && script !== undefined && isText && isKnownText(script)) {
        const file = { path: context.file.path, text: script, root: this.program.shell.parse(script) };
        const inner = copied(state);
        inner.args = words.slice(at + 2);
        this.statements(file.root.children, inner, { ...context, depth: context.depth + 1 });
        return goesOn(state, 'unknown');
      }
      if (
        at > 0 &&
        script !== undefined &&
        !isText &&
        this.callScript(script, words.slice(at + 1), node, state, context)
      ) {
        return goesOn(state, 'unknown');
      }
    } else if (/[/\u0002]|\.(?:sh|bash|py|rb|js|ts|pl|ps1)$/.test(name)) {
      if (this.callScript(name, words.slice(1), node, state, context)) return goesOn(state, 'unknown');
    } else if (/^(?:python3?|node|ruby|perl|pwsh|php|tsx|ts-node|deno|bun)$/.test(name)) {
      const script = words.slice(1).find((word) => !word.startsWith('-') && word !== 'run');
      if (script !== undefined && this.callScript(script, words.slice(1), node, state, context))
        return goesOn(state, 'unknown');
    }
    const recipe = this.recipeOf(words);
    if (recipe) {
      const environment = new Map(state.vars);
      for (const word of words.slice(1)) {
        const setting = /^([A-Za-z_]\w*)=([^]*)$/.exec(word);
        if (setting?.[1] !== undefined) environment.set(setting[1], setting[2] ?? '');
      }
      this.recipe(recipe, environment, context.stack, context.depth, context.isMaybe);
      return goesOn(state, 'unknown');
    }
    if (!isIdle(words)) this.effect(words, node, context, false);
    return goesOn(state, 'unknown');
  }

  private recipeOf(words: readonly string[]): NamedRecipe | null {
    const [tool = '', ...rest] = words;
    const targets = rest.filter((word) => !word.startsWith('-') && !word.includes('='));
    const named = (kind: string, name: string | undefined): NamedRecipe | null =>
      this.program.recipes.find((recipe) => recipe.tool === kind && recipe.name === name) ?? null;
    switch (tool) {
      case 'make':
      case 'gmake':
        return named('make', targets[0]);
      case 'just':
      case 'task':
        return named(tool, targets[0]);
      case 'npm':
      case 'pnpm':
      case 'yarn':
      case 'bun':
        return named('npm', targets[0] === 'run' || targets[0] === 'run-script' ? targets[1] : targets[0]);
      default:
        return null;
    }
  }

  /** Whether the word names a script of the repository; it is then run by itself, with the variables as its environment. */
  private callScript(
    word: string,
    args: readonly string[],
    node: ShellNode,
    state: State,
    context: Context,
  ): boolean {
    const path = resolveScript(this.program, knownEnd(word), context.file.path);
    if (path === null) return false;
    const file = this.program.scripts.get(path);
    if (!file) {
      this.effect([path, ...args.filter((each) => each !== word)], node, context, true);
      return true;
    }
    if (context.stack.filter((each) => each === path).length > 1) return true;
    const inner: State = {
      vars: new Map(state.vars),
      args,
      functions: new Map(),
      option: { index: 0, at: 1 },
    };
    this.statements(file.root.children, inner, {
      ...context,
      file,
      depth: context.depth + 1,
      stack: [...context.stack, path],
    });
    return true;
  }

  private effect(words: readonly string[], node: ShellNode, context: Context, isForeign: boolean): void {
    // What a substitution runs it runs for its answer.
    if (context.trace) return;
    const key = `${context.file.path}:${node.span.start}:${context.isMaybe ? 'maybe' : ''}:${words.join('\u0000')}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.effects.push({
      path: context.file.path,
      span: node.span,
      words,
      isMaybe: context.isMaybe,
      isForeign,
    });
  }

  private getopts(words: readonly string[], node: ShellNode, state: State, context: Context): Outcome {
    const [, letters = '', variable = 'opt'] = words;
    const given = words.length > 3 ? words.slice(3) : state.args;
    if (given === null || !isKnownText(letters)) {
      state.vars.set(variable, unknownText(`${context.file.path}:${node.span.start}`));
      return goesOn(state, 'unknown');
    }
    const { index, at } = state.option;
    const word = given[index];
    const ends = (): Outcome => {
      state.vars.set(variable, '?');
      state.vars.set('OPTIND', String(index + 1));
      return goesOn(state, false);
    };
    if (word === undefined || !word.startsWith('-') || word === '-') return ends();
    if (word === '--') {
      state.option = { index: index + 1, at: 1 };
      state.vars.set('OPTIND', String(index + 2));
      return goesOn(state, false);
    }
    const letter = word[at] ?? '';
    const place = letters.replace(/^:/, '').indexOf(letter);
    const takesValue = place >= 0 && letters.replace(/^:/, '')[place + 1] === ':';
    const rest = word.slice(at + 1);
    if (place < 0) state.vars.set(variable, '?');
    else state.vars.set(variable, letter);
    let next = rest === '' ? { index: index + 1, at: 1 } : { index, at: at + 1 };
    if (takesValue) {
      state.vars.set('OPTARG', rest !== '' ? rest : (given[index + 1] ?? ''));
      next = { index: rest !== '' ? index + 1 : index + 2, at: 1 };
    } else state.vars.set('OPTARG', place < 0 ? letter : '');
    state.option = next;
    state.vars.set('OPTIND', String(next.index + 1));
    return goesOn(state, true);
  }

  private pipelineStatus(node: ShellNode, state: State, context: Context): Tri {
    // `echo "$1" | grep -q rollback` as a condition.
    const parts = node.children.filter((child) => child.isNamed);
    const [first, last] = [parts[0], parts.at(-1)];
    if (parts.length !== 2 || first?.type !== 'command' || last?.type !== 'command') return 'unknown';
    const said = this.commandWords(first, state, context);
    const search = this.commandWords(last, state, context);
    if (!said || !search || !/^(?:echo|printf)$/.test(said[0] ?? '') || search[0] !== 'grep')
      return 'unknown';
    const wanted = search.slice(1).filter((word) => !word.startsWith('-'));
    const text = said.slice(1).join(' ');
    const [pattern = ''] = wanted;
    if (wanted.length !== 1 || !isKnownText(text) || !/^[\w-]+$/.test(pattern)) return 'unknown';
    const isFolded = search.some((word) => /^-\w*i/.test(word));
    return isFolded ? text.toLowerCase().includes(pattern.toLowerCase()) : text.includes(pattern);
  }

  private commandWords(node: ShellNode, state: State, context: Context): readonly string[] | null {
    return this.words(
      node.children.filter((child) => child.isNamed && !child.type.includes('redirect')),
      state,
      context,
    );
  }

  private test(node: ShellNode, state: State, context: Context): Tri {
    const isDouble = node.children[0]?.type === '[[';
    const tokens: TestToken[] = [];
    const flatten = (nodes: readonly ShellNode[]): void => {
      for (const child of nodes) {
        if (/^\[\[?$|^\]\]?$/.test(child.type)) continue;
        // The grammar takes an unquoted `--rollback` for something decremented.
        if (child.type === 'unary_expression' && child.children[0]?.type === '--') {
          tokens.push({ text: child.text, isPattern: false, isOperand: true });
        } else if (child.type.endsWith('_expression')) flatten(child.children);
        else if (!child.isNamed || child.type === 'test_operator')
          tokens.push({ text: child.text, isPattern: false });
        else {
          const isPattern = isDouble && !/^(?:string|raw_string|ansi_c_string)$/.test(child.type);
          tokens.push({
            text: isPattern ? this.pattern(child, state, context) : this.value(child, state, context),
            isPattern,
            isOperand: true,
          });
        }
      }
    };
    if (node.children[0]?.type === '((') return this.arithmetic(node, state, context);
    flatten(node.children);
    return readTest(tokens, isDouble, (name) => state.vars.has(name));
  }

  private arithmetic(node: ShellNode, state: State, context: Context): Tri {
    const parts: string[] = [];
    const flatten = (nodes: readonly ShellNode[]): void => {
      for (const child of nodes) {
        if (child.type === '((' || child.type === '))') continue;
        if (child.type.endsWith('_expression')) flatten(child.children);
        else if (child.type === 'variable_name' || child.type === 'word') {
          parts.push(
            /^\d+$/.test(child.text) ? child.text : (state.vars.get(child.text) ?? unknownText(child.text)),
          );
        } else parts.push(child.isNamed ? this.value(child, state, context) : child.text);
      }
    };
    flatten(node.children);
    const [left = '', operator, right] = parts;
    const number = (text: string): number | null =>
      /^-?\d+$/.test(text) ? Number(text) : text === '' ? 0 : null;
    const one = number(left);
    if (parts.length === 1) return one === null ? 'unknown' : one !== 0;
    const other = number(right ?? '');
    if (parts.length !== 3 || one === null || other === null) return 'unknown';
    switch (operator) {
      case '>':
        return one > other;
      case '<':
        return one < other;
      case '>=':
        return one >= other;
      case '<=':
        return one <= other;
      case '==':
        return one === other;
      case '!=':
        return one !== other;
      default:
        return 'unknown';
    }
  }

  /** The words that nodes become; null where it is not known how many. */
  private words(nodes: readonly ShellNode[], state: State, context: Context): readonly string[] | null {
    const words: string[] = [];
    let end = -1;
    for (const node of nodes) {
      const isAll = /^"?\$(?:[@*]|\{[@*]\})"?$/.test(node.text);
      const rest = /^"?\$\{@:(\d)\}"?$/.exec(node.text);
      if (isAll || rest) {
        if (state.args === null) return null;
        words.push(...state.args.slice(rest ? Number(rest[1]) - 1 : 0));
        end = -1;
        continue;
      }
      const inner = node.type === 'command_name' ? (node.children[0] ?? node) : node;
      const value = this.value(inner, state, context);
      const isBare = inner.type === 'simple_expansion' || inner.type === 'expansion';
      if (isBare && isKnownText(value)) {
        const parts = value.split(/\s+/).filter((part) => part !== '');
        if (node.span.start === end && words.length > 0) words.push((words.pop() ?? '') + value);
        else words.push(...parts);
      } else if (node.span.start === end && words.length > 0) words.push((words.pop() ?? '') + value);
      else words.push(value);
      end = node.span.end;
    }
    return words;
  }

  private pattern(node: ShellNode, state: State, context: Context): string {
    // A quoted part stands for itself.
    if (/^(?:string|raw_string|ansi_c_string)$/.test(node.type)) {
      return this.value(node, state, context).replace(/[\\*?[\]()@+!|]/g, '\\$&');
    }
    if (node.type === 'concatenation')
      return node.children.map((child) => this.pattern(child, state, context)).join('');
    if (node.type === 'extglob_pattern' || node.type === 'word' || node.type === 'regex') {
      // The grammar hands a whole pattern over, quoted parts in it included.
      return node.text.replace(
        /"([^"$`]*)"|'([^']*)'/g,
        (_all, one: string | undefined, two: string | undefined) => one ?? two ?? '',
      );
    }
    return this.value(node, state, context);
  }

  private value(node: ShellNode, state: State, context: Context): string {
    switch (node.type) {
      case 'word':
        return node.text.replace(/\\\r?\n/g, '').replace(/\\(.)/g, '$1');
      case 'number':
      case 'string_content':
        return node.text;
      case 'raw_string':
        return node.text.slice(1, -1);
      case 'ansi_c_string':
        return node.text.slice(2, -1);
      case 'string': {
        let text = '';
        let at = node.span.start + 1;
        const { file } = context;
        for (const child of node.children) {
          if (child.type === '"') continue;
          text +=
            plainString(file.text.slice(at, child.span.start)) +
            (child.type === 'string_content' ? plainString(child.text) : this.value(child, state, context));
          at = child.span.end;
        }
        return text + plainString(file.text.slice(at, node.span.end - 1));
      }
      case 'concatenation':
      case 'command_name':
        return node.children.map((child) => this.value(child, state, context)).join('');
      case 'simple_expansion':
        return this.variable(node.text.slice(1), state);
      case 'expansion':
        return this.expansion(node.text, node, state, context);
      case 'command_substitution':
      case 'process_substitution':
        return this.substitution(node, state, context);
      default:
        return node.isNamed ? unknownText(`${context.file.path}:${node.span.start}`) : node.text;
    }
  }

  private substitution(node: ShellNode, state: State, context: Context): string {
    const folded = this.foldedCase(node, state, context);
    if (folded !== null) return folded;
    const trace: string[] = [];
    this.statements(node.children, copied(state), { ...context, depth: context.depth + 1, trace });
    return unknownText(`${context.file.path}:${node.span.start}:${trace.join(';')}`);
  }

  /** `$(echo "$1" | tr '[:upper:]' '[:lower:]')` and `$(echo "$1")`. */
  private foldedCase(node: ShellNode, state: State, context: Context): string | null {
    const inner = node.children.filter((child) => child.isNamed);
    const [only] = inner;
    if (inner.length !== 1 || !only) return null;
    const parts = only.type === 'pipeline' ? only.children.filter((child) => child.isNamed) : [only];
    const [said, turned] = parts;
    if (said?.type !== 'command' || parts.length > 2) return null;
    const words = this.commandWords(said, state, context);
    if (!words || !/^(?:echo|printf)$/.test(words[0] ?? '') || state.functions.has('echo')) return null;
    const text = words
      .slice(1)
      .filter((word) => !/^-[ne]+$|^%s(?:\\n)?$/.test(word))
      .join(' ');
    if (!turned) return text;
    if (!isKnownText(text) || turned.type !== 'command') return null;
    const by = this.commandWords(turned, state, context);
    if (by?.[0] !== 'tr' || by.length !== 3) return null;
    if (/lower|a-z/.test(by[2] ?? '')) return text.toLowerCase();
    return /upper|A-Z/.test(by[2] ?? '') ? text.toUpperCase() : null;
  }

  private variable(name: string, state: State): string {
    return this.lookup(name, state) ?? (/roll_?back|revert/i.test(name) ? '' : unknownText(`$${name}`));
  }

  /** What a variable holds; undefined where the script does not set it. */
  private lookup(name: string, state: State): string | undefined {
    if (/^[1-9]\d*$/.test(name)) {
      return state.args === null ? unknownText(`$${name}`) : (state.args[Number(name) - 1] ?? '');
    }
    if (name === '@' || name === '*') return state.args === null ? unknownText('$@') : state.args.join(' ');
    if (name === '#') return state.args === null ? unknownText('$#') : String(state.args.length);
    if (/^[?$!0_-]$/.test(name)) return unknownText(`$${name}`);
    return state.vars.get(name);
  }

  private expansion(text: string, node: ShellNode, state: State, context: Context): string {
    const match = /^\$\{([#!]?)(\w+|[@*#?])([^]*)\}$/.exec(text);
    if (!match) return unknownText(text);
    const [, prefix = '', name = '', rest = ''] = match;
    const value = this.lookup(name, state);
    if (prefix === '!') {
      return value !== undefined && /^[A-Za-z_]\w*$/.test(value)
        ? this.variable(value, state)
        : unknownText(text);
    }
    if (prefix === '#')
      return value !== undefined && isKnownText(value) ? String(value.length) : unknownText(text);
    if (rest === '') return this.variable(name, state);
    const isSet = value !== undefined && value !== '';
    const [, operator = '', operand = ''] = /^(:?[-=+?]|##?|%%?|,,?|\^\^?|:|\/\/?)([^]*)$/.exec(rest) ?? [];
    switch (operator) {
      case ':-':
      case '-':
        return isSet ? value : this.literal(operand, node, state, context);
      case ':=':
      case '=': {
        if (isSet) return value;
        const set = this.literal(operand, node, state, context);
        state.vars.set(name, set);
        return set;
      }
      case ':+':
      case '+':
        return isSet ? this.literal(operand, node, state, context) : '';
      case ':?':
      case '?':
        return value ?? unknownText(text);
      default:
        break;
    }
    if (value === undefined || !isKnownText(value)) return unknownText(`${text}${value ?? ''}`);
    switch (operator) {
      case ',,':
      case ',':
        return value.toLowerCase();
      case '^^':
      case '^':
        return value.toUpperCase();
      case '#':
      case '##':
      case '%':
      case '%%':
        return cut(value, this.literal(operand, node, state, context), operator) ?? unknownText(text + value);
      default:
        return unknownText(text + value);
    }
  }

  /** The word behind `:-`, with plain variables put in. */
  private literal(text: string, node: ShellNode, state: State, context: Context): string {
    const plain = text.replace(
      /^"([^]*)"$|^'([^]*)'$/,
      (_all, one: string | undefined, two: string | undefined) => one ?? two ?? '',
    );
    if (!/[$`]/.test(plain)) return plain;
    const simple = /^\$\{?(\w+|[@*#])\}?$/.exec(plain)?.[1];
    return simple === undefined
      ? unknownText(`${context.file.path}:${node.span.start}`)
      : this.variable(simple, state);
  }
}

const nowhere: Outcome = { next: null, status: 'unknown', returned: null, broke: null, continued: null };

function goesOn(state: State, status: Tri): Outcome {
  return { next: state, status, returned: null, broke: null, continued: null };
}

/** What left a part on other ways than by its end. */
function without(outcome: Outcome): Outcome {
  return { ...outcome, next: null };
}

function onlyReturned(outcome: Outcome): Outcome {
  return { ...nowhere, returned: outcome.returned };
}

function joined(outcomes: readonly Outcome[]): Outcome {
  const going = outcomes.filter(({ next }) => next !== null);
  const [first] = going;
  return {
    next: outcomes.reduce<State | null>((state, { next }) => merged(state, next), null),
    status: first && going.every(({ status }) => status === first.status) ? first.status : 'unknown',
    returned: outcomes.reduce<State | null>((state, { returned }) => merged(state, returned), null),
    broke: outcomes.reduce<State | null>((state, { broke }) => merged(state, broke), null),
    continued: outcomes.reduce<State | null>((state, { continued }) => merged(state, continued), null),
  };
}

function copied(state: State): State {
  return {
    vars: new Map(state.vars),
    args: state.args,
    functions: new Map(state.functions),
    option: state.option,
  };
}

/** Where two ways meet: what both say stays, anything else is not known. */
function merged(one: State | null, other: State | null): State | null {
  if (!one || !other || one === other) return one ?? other;
  const vars = new Map<string, string>();
  for (const name of new Set([...one.vars.keys(), ...other.vars.keys()])) {
    const [first, second] = [one.vars.get(name), other.vars.get(name)];
    if (first === second && first !== undefined) vars.set(name, first);
    else vars.set(name, unknownText(`either ${[first ?? '', second ?? ''].sort().join(' or ')}`));
  }
  const isSameArgs =
    one.args !== null &&
    other.args !== null &&
    one.args.length === other.args.length &&
    one.args.every((word, index) => word === other.args?.[index]);
  return {
    vars,
    args: isSameArgs ? one.args : null,
    functions: new Map([...other.functions, ...one.functions]),
    option: one.option,
  };
}

const STATUS = '\u0001status';

/** The status of `return` travels with the state. */
function withStatus(state: State, status: Tri): State {
  const next = copied(state);
  next.vars.set(STATUS, String(status));
  return next;
}

function returnedStatus(state: State): Tri {
  const text = state.vars.get(STATUS);
  state.vars.delete(STATUS);
  return text === 'true' ? true : text === 'false' ? false : 'unknown';
}

function statusOf(word: string | undefined): Tri {
  if (word === undefined || !/^\d+$/.test(word)) return 'unknown';
  return Number(word) === 0;
}

function fingerprint(state: State): string {
  return JSON.stringify([[...state.vars], state.args, state.option]);
}

function clausesOf(node: ShellNode): readonly ShellNode[] {
  return node.children.filter((child) => child.type === 'elif_clause' || child.type === 'else_clause');
}

/** The patterns before the `)` of a branch of `case`. */
export function patternsOf(item: ShellNode): readonly ShellNode[] {
  const close = item.children.find((child) => child.type === ')');
  return item.children.filter(
    (child) => child.isNamed && close !== undefined && child.span.end <= close.span.start,
  );
}

function plainString(text: string): string {
  return text.replace(/\\\r?\n/g, '').replace(/\\(["\\$`])/g, '$1');
}

/** `${value#pattern}` and its likes; null where the pattern is not understood. */
function cut(value: string, pattern: string, operator: string): string | null {
  if (!isKnownText(pattern)) return null;
  const whole = patternExpression(pattern);
  if (!whole) return null;
  const isFromStart = operator.startsWith('#');
  const isLongest = operator.length === 2;
  const lengths = Array.from({ length: value.length + 1 }, (_none, index) => index);
  if (isLongest) lengths.reverse();
  for (const length of lengths) {
    const part = isFromStart ? value.slice(0, length) : value.slice(value.length - length);
    if (whole.test(part)) return isFromStart ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}
