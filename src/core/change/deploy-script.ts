import type { ShellNode, ShellParser } from '../ports';
import { lineIndex, type Range, type Span } from '../text/position';
import { foreignProgram } from './script-run/foreign';
import type { NamedRecipe, Program, ScriptFile } from './script-run/program';
import { patternsOf, placeOf, runRecipe, runScript, type Effect, type ScriptRun } from './script-run/run';
import { shownText } from './script-run/values';

/** Whether a script really goes back when it is asked to; each `why` is a phrase after the script's path. */
export type ScriptRollback =
  | {
      readonly kind: 'handled';
      readonly range: Range;
      readonly how: string;
      /** The file that `range` is of, where it is another one than the script. */
      readonly path?: string;
      /** How it was asked when it went back; left out where a script of its own goes back. */
      readonly asked?: RollbackCall;
    }
  | {
      readonly kind: 'not-handled';
      readonly why: string;
      readonly range?: Range | null;
      readonly path?: string;
    }
  | { readonly kind: 'unread'; readonly why: string; readonly path?: string };

/** A call with which a script goes back, in words that stand for what a person would put there. */
export interface RollbackCall {
  /** Each as it is typed, or what it stands for: an environment, the version that is gone back to. */
  readonly words: readonly (
    { readonly is: 'word'; readonly text: string } | { readonly is: 'environment' | 'version' }
  )[];
  /** Set in the environment of the call: `ROLLBACK=true`. */
  readonly variables: readonly (readonly [string, string])[];
}

/** A word with which a script can be asked to go back, and the branch that compares with it. */
interface Request {
  /** As it is typed: `--rollback`, `rollback`, `-r`, `--rollback=1.2.3`. */
  readonly word: string;
  /** Set in the environment in its place: `ROLLBACK=true`. */
  readonly variable: string | null;
  readonly file: ScriptFile;
  readonly branch: ShellNode;
  readonly span: Span;
}

/** Words that nobody has given a meaning. */
const NONSENSE = ['zq-none', '--zq-none'];

const VERSION = '1.2.3';

const MAX_REQUESTS = 8;
const MAX_OTHER_WORDS = 8;
const MAX_OPTIONS = 6;

/** Reads a script by itself: what it sources or calls is not seen. */
export function readScriptRollback(text: string, shell: ShellParser): ScriptRollback {
  const foreign = foreignProgram(text);
  if (foreign !== null) return foreign;
  const file: ScriptFile = { path: 'deploy.sh', text, root: shell.parse(text) };
  const program: Program = { scripts: new Map([[file.path, file]]), foreign: new Set(), recipes: [], shell };
  return rollbackOf(program, file.path);
}

/**
 * Whether a script goes back when it is asked to: its branches are followed as a call with `--rollback` (or the word that
 * the script itself compares with) takes them, and as calls without it do. What runs only in the first case, and changes
 * something, is the rollback. A comment, a usage text, a message, and a branch that is never reached run nothing.
 */
export function rollbackOf(program: Program, path: string): ScriptRollback {
  const entry = program.scripts.get(path);
  if (!entry) {
    return program.foreign.has(path)
      ? { kind: 'unread', why: 'is no shell script' }
      : { kind: 'unread', why: 'was not read' };
  }
  // What holds no such word has no such branch, whatever the parser lost.
  const broken = [...program.scripts.values()].find(
    (file) => file.root.hasError && /roll[-_]?back|revert/i.test(file.text),
  );
  const requests = requestsIn(program);
  let isReached: Request | null = null;
  let isSame: Request | null = null;
  let isUncertain: { readonly request: Request; readonly effect: Effect } | null = null;
  let passedOn: Effect | null = null;
  const words = otherWordsIn(program);
  for (const request of requests) {
    for (const call of callsOf(request, words)) {
      const run = runScript(program, path, call.args, call.environment);
      const isEntered = run.entered.has(placeOf(request.file.path, request.branch));
      if (isEntered) isReached ??= request;
      if (run.effects.length === 0) continue;
      const without = baselinesOf(call, request, words).map((other) => ({
        ...other,
        run: runScript(program, path, other.args, other.environment),
      }));
      const compared = comparison(run, request, without);
      const own = compared.own.find((effect) => !effect.isForeign);
      if (own) return handled(path, request, own, callOf(call, words.places));
      const [foreign] = compared.own;
      if (foreign || compared.passedOn) passedOn ??= foreign ?? compared.passedOn;
      if (compared.uncertain) isUncertain ??= { request, effect: compared.uncertain };
      if (isEntered) isSame ??= request;
    }
  }
  if (broken)
    return { kind: 'unread', why: 'could not be read as a whole, so whether it goes back is not known' };
  if (passedOn) {
    return {
      kind: 'unread',
      why: `hands the request on to "${lineOf(passedOn)}", which is not followed`,
    };
  }
  if (isUncertain) {
    return {
      kind: 'unread',
      why: `decides by what it learns while it runs whether "${lineOf(isUncertain.effect)}" goes back (line ${lineAt(isUncertain.request)})`,
    };
  }
  const [first] = requests;
  if (!first) return { kind: 'not-handled', why: 'has no branch for --rollback' };
  if (isSame) {
    return {
      ...notHandled(path, isSame),
      why: `knows ${nameOf(isSame)} at line ${lineAt(isSame)} and runs the same as without it`,
    };
  }
  if (isReached) {
    return {
      ...notHandled(path, isReached),
      why: `knows ${nameOf(isReached)} at line ${lineAt(isReached)} and does nothing for it`,
    };
  }
  return {
    ...notHandled(path, first),
    why: `has a branch for ${nameOf(first)} at line ${lineAt(first)} that is never reached`,
  };
}

/** A script whose own purpose is to go back is judged by whether it runs anything. */
export function readRollbackScript(text: string, shell: ShellParser): ScriptRollback {
  const foreign = foreignProgram(text);
  if (foreign !== null) return foreign;
  const file: ScriptFile = { path: 'rollback.sh', text, root: shell.parse(text) };
  const program: Program = { scripts: new Map([[file.path, file]]), foreign: new Set(), recipes: [], shell };
  return rollbackScriptOf(program, file.path);
}

/** The same with what the script sources and calls. */
export function rollbackScriptOf(program: Program, path: string): ScriptRollback {
  const file = program.scripts.get(path);
  if (!file) return { kind: 'unread', why: 'is no shell script' };
  for (const args of [[], [VERSION], ['production', VERSION], ['production'], [VERSION, 'production']]) {
    const run = runScript(program, path, args);
    const effect = run.effects.find(({ isForeign }) => !isForeign);
    if (effect) {
      return {
        kind: 'handled',
        range: rangeOf(program, effect.path, effect.span),
        how: lineOf(effect),
        ...(effect.path === path ? {} : { path: effect.path }),
      };
    }
    const [foreign] = run.effects;
    if (foreign) return { kind: 'unread', why: `hands on to "${lineOf(foreign)}", which is not followed` };
  }
  return file.root.hasError
    ? { kind: 'unread', why: 'could not be read' }
    : { kind: 'not-handled', why: 'runs no command that would go back' };
}

/**
 * A recipe that is called a rollback: `make rollback`, `npm run rollback`. Where it calls a script of the repository with
 * the word, the script decides.
 */
export function rollbackRecipeOf(program: Program, recipe: NamedRecipe): ScriptRollback {
  const run = runRecipe(program, recipe);
  const index = lineIndex(recipe.text);
  const effect = run.effects.find(
    ({ path, isForeign }) => !isForeign && (path === recipe.path || !program.scripts.has(path)),
  );
  if (effect) {
    const line = recipe.line + index.positionAt(effect.span.start).line - 1;
    return {
      kind: 'handled',
      range: { start: { line, column: 1 }, end: { line, column: 1 } },
      how: lineOf(effect),
      path: recipe.path,
    };
  }
  const called = [...program.scripts.keys()].find((path) =>
    recipe.text.includes(path.split('/').pop() ?? path),
  );
  if (called !== undefined && run.effects.some(({ isForeign }) => !isForeign)) {
    const own = /roll[-_]?back/i.test(called)
      ? rollbackScriptOf(program, called)
      : rollbackOf(program, called);
    return own.kind === 'handled'
      ? { ...own, path: own.path ?? called, how: `${recipe.tool} ${recipe.name}: ${own.how}` }
      : { ...own, why: `calls ${called}, which ${own.why}` };
  }
  const [foreign] = run.effects;
  if (foreign) return { kind: 'unread', why: `hands on to "${lineOf(foreign)}", which is not followed` };
  return { kind: 'not-handled', why: `has a recipe ${recipe.name} that runs no command that would go back` };
}

interface Call {
  readonly args: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  /** Where the request stands among the arguments; null where it is a variable. */
  readonly at: number | null;
}

interface Words {
  /** Words that the scripts compare with, requests left out. */
  readonly others: readonly string[];
  /** Those that are options and take a value. */
  readonly options: readonly string[];
  /** Names of places that the scripts know; `production` where they know none. */
  readonly places: readonly string[];
}

/** How a person may ask for it: alone, with the place and version before or behind, behind other options. */
function callsOf(request: Request, { options, places }: Words): readonly Call[] {
  const none = new Map<string, string>();
  const [place = 'production'] = places;
  if (request.variable !== null) {
    const environment = new Map([[request.variable, request.word]]);
    return [[], [place], [place, VERSION], [VERSION]].map((args) => ({ args, environment, at: null }));
  }
  const { word } = request;
  const shapes: string[][] = [
    [word],
    [word, VERSION],
    ...places.flatMap((each) => [
      [each, word],
      [word, each],
      [each, word, VERSION],
      [word, each, VERSION],
      [each, VERSION, word],
    ]),
    [VERSION, word],
    ...options.slice(0, MAX_OPTIONS).flatMap((option) => [
      [option, place, word],
      [word, option, place],
    ]),
  ];
  if (options.length > 1) {
    const all = options.slice(0, MAX_OPTIONS).flatMap((option) => [option, place]);
    shapes.push([...all, word], [word, ...all], [word, VERSION, ...all]);
  }
  return shapes.map((args) => ({ args, environment: none, at: args.indexOf(word) }));
}

interface Baseline extends Call {
  /** What stands in the place of the request; null where nothing does. */
  readonly word: string | null;
}

/** The same call without the request: left out, and with other words in its place. */
function baselinesOf(call: Call, request: Request, { others, places }: Words): readonly Baseline[] {
  const none = new Map<string, string>();
  if (call.at === null) {
    const values = ['', 'false', '0', ...NONSENSE.slice(0, 1)];
    return values.map((word) => ({
      args: call.args,
      environment: request.variable === null ? none : new Map([[request.variable, word]]),
      at: null,
      word,
    }));
  }
  const { at, args } = call;
  const put = (word: string | null): Baseline => ({
    args: args.flatMap((each, index) => (index !== at ? [each] : word === null ? [] : [word])),
    environment: none,
    at,
    word,
  });
  const whole: readonly Baseline[] = [[], places.slice(0, 1), [...places.slice(0, 1), VERSION]].map(
    (each) => ({
      args: each,
      environment: none,
      at: null,
      word: null,
    }),
  );
  return [put(null), ...[...NONSENSE, ...others].map(put), ...whole];
}

/** What runs only when it is asked for; what runs otherwise only perhaps; what is handed the word itself. */
function comparison(
  run: ScriptRun,
  request: Request,
  baselines: readonly (Baseline & { readonly run: ScriptRun })[],
): { readonly own: readonly Effect[]; readonly uncertain: Effect | null; readonly passedOn: Effect | null } {
  const sure = new Set<string>();
  const perhaps = new Set<string>();
  for (const baseline of baselines) {
    for (const effect of baseline.run.effects) {
      for (const key of keysOf(effect, baseline.word)) (effect.isMaybe ? perhaps : sure).add(key);
    }
  }
  const own: Effect[] = [];
  let uncertain: Effect | null = null;
  let passedOn: Effect | null = null;
  for (const effect of run.effects) {
    const keys = keysOf(effect, request.variable === null ? request.word : null);
    if (keys.some((key) => sure.has(key))) {
      if (request.variable === null && effect.words.slice(1).includes(request.word)) passedOn ??= effect;
    } else if (keys.some((key) => perhaps.has(key))) {
      if (!effect.isMaybe) uncertain ??= effect;
      else if (isWithin(effect, request)) uncertain ??= effect;
    } else own.push(effect);
  }
  return { own, uncertain, passedOn };
}

function isWithin(effect: Effect, { file, branch }: Request): boolean {
  return (
    effect.path === file.path && effect.span.start >= branch.span.start && effect.span.end <= branch.span.end
  );
}

/** By its place and words, as they are and with the word of the call taken for any other. */
function keysOf(effect: Effect, word: string | null): readonly string[] {
  const line = effect.words.join('\u0000');
  const place = `${effect.path}:${effect.span.start}:`;
  const plain = place + line;
  if (word === null || word.length < 2) return [plain];
  return [plain, place + line.split(word).join('\u0003')];
}

function callOf({ args, environment }: Call, places: readonly string[]): RollbackCall {
  return {
    words: args.map((text) =>
      text === VERSION
        ? { is: 'version' }
        : text === 'production' || places.includes(text)
          ? { is: 'environment' }
          : { is: 'word', text },
    ),
    variables: [...environment],
  };
}

function handled(path: string, request: Request, effect: Effect, asked: RollbackCall): ScriptRollback {
  return {
    kind: 'handled',
    range: lineIndex(request.file.text).rangeOf(request.span),
    how: `${nameOf(request)}: "${lineOf(effect)}"`,
    asked,
    ...(request.file.path === path ? {} : { path: request.file.path }),
  };
}

function notHandled(
  path: string,
  request: Request,
): { kind: 'not-handled'; why: string; range: Range; path?: string } {
  return {
    kind: 'not-handled',
    why: '',
    range: lineIndex(request.file.text).rangeOf(request.span),
    ...(request.file.path === path ? {} : { path: request.file.path }),
  };
}

function nameOf({ word, variable }: Request): string {
  return variable === null ? word.replace(/=.*/, '') : `${variable}=${word}`;
}

function lineAt({ file, span }: Request): number {
  return lineIndex(file.text).positionAt(span.start).line;
}

function lineOf({ words }: Effect): string {
  const line = shownText(words.join(' ')).replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function rangeOf(program: Program, path: string, span: Span): Range {
  return lineIndex(program.scripts.get(path)?.text ?? '').rangeOf(span);
}

/** `--rollback`, `rollback`, `roll-back`, `rollback-prod`, `revert`, as a whole word. */
function saysRollback(text: string): boolean {
  return /^-{0,2}(?:[a-z]+[-_:])?(?:roll[-_]?back|revert)(?:[-_:][a-z]+)?$/i.test(text.trim());
}

/** The words that a pattern stands for: `?(--)rollback` is `rollback`, `@(undo|rollback)` both. */
function spellings(pattern: string): readonly string[] {
  if (!/[?@+*]\(/.test(pattern)) return [pattern];
  const choices = pattern.replace(/[?*]\([^()]*\)/g, '').replace(/[@+]\(([^()]*)\)/g, '$1');
  return choices.split('|');
}

/** A variable or function of that name. */
function namesRollback(name: string): boolean {
  return /roll_?back|(?:^|_)revert(?:_|$)|rollback/i.test(name);
}

/** The words with which the scripts can be asked to go back, those that say it themselves first. */
function requestsIn(program: Program): readonly Request[] {
  const plain: Request[] = [];
  const byBody: Request[] = [];
  const variables: Request[] = [];
  for (const file of program.scripts.values()) {
    const add = (
      to: Request[],
      word: string,
      branch: ShellNode,
      span: Span,
      variable: string | null = null,
    ): void => {
      to.push({ word, variable, file, branch, span });
    };
    const takesLongOptions = /\bgetopts\s+["'][^"']*-:/.test(file.text);
    for (const node of all(file.root)) {
      if (node.type === 'case_item') {
        const patterns = patternsOf(node);
        for (const pattern of patterns) {
          const text = unquoted(pattern.text);
          const spelling = spellings(text).find(saysRollback);
          if (spelling !== undefined) {
            add(plain, spelling, node, pattern.span);
            if (takesLongOptions && /^\w/.test(spelling)) add(plain, `--${spelling}`, node, pattern.span);
          } else if (/^-{0,2}roll[-_]?back=?\*$/i.test(text)) {
            add(
              plain,
              text.includes('=') ? text.replace('*', VERSION) : text.replace('*', ''),
              node,
              pattern.span,
            );
          } else if (/^--?roll[*]$/i.test(text)) add(plain, '--rollback', node, pattern.span);
          else if (patterns.length < 4 && /^-{0,2}\w[\w-]*$/.test(text) && turnsBack(node)) {
            add(byBody, text, node, pattern.span);
            if (/^\w$/.test(text)) add(byBody, `-${text}`, node, pattern.span);
          }
        }
      }
      if (node.type === 'if_statement' || node.type === 'elif_clause' || node.type === 'list') {
        const condition = conditionOf(node);
        if (!condition) continue;
        for (const part of all(condition)) {
          if (!/^(?:string|raw_string|word|extglob_pattern|regex)$/.test(part.type)) continue;
          // The grammar takes an unquoted `--rollback` for something decremented.
          const dashes = file.text.slice(part.span.start - 2, part.span.start) === '--' ? '--' : '';
          const text = `${dashes}${unquoted(part.text)
            .replace(/^\^|\$$/g, '')
            .replace(/\*$/, '')}`;
          if (saysRollback(text)) add(plain, text, node, condition.span);
        }
        for (const name of variablesIn(condition)) {
          if (namesRollback(name)) {
            for (const value of ['true', '1', 'yes']) add(variables, value, node, condition.span, name);
          }
        }
        for (const [name, value] of comparedVariables(condition)) {
          if (saysRollback(value)) add(variables, value, node, condition.span, name);
        }
      }
    }
  }
  const distinct = new Map<string, Request>();
  // A variable that the scripts set themselves is none that a person sets.
  const isOwn = (name: string): boolean =>
    [...program.scripts.values()].some(({ text }) =>
      new RegExp(
        `(?:^|[\\s;])${name}=(?!["']?\\$\\{?${name}\\b)|\\b(?:read|getopts)\\b[^\\n;]*\\b${name}\\b`,
        'm',
      ).test(text),
    );
  const chosen = [
    ...plain,
    ...byBody,
    ...variables.filter(({ variable }) => variable === null || !isOwn(variable)),
  ];
  for (const request of chosen) {
    const key = `${request.variable ?? ''}=${request.word}`;
    if (!distinct.has(key)) distinct.set(key, request);
  }
  return [...distinct.values()].slice(0, MAX_REQUESTS);
}

/** Whether a branch remembers, or calls a function, by a name that says rollback. */
function turnsBack(item: ShellNode): boolean {
  return all(item).some((node) => {
    if (node.type === 'variable_assignment') {
      const [name = '', value = ''] = node.text.split('=', 2);
      return (
        (namesRollback(name) && !/^["']?(?:false|0|no|)["']?$/i.test(value)) || saysRollback(unquoted(value))
      );
    }
    return node.type === 'command' && namesRollback(node.childByField('name')?.text ?? '');
  });
}

function conditionOf(node: ShellNode): ShellNode | null {
  if (node.type === 'list') return node.children.find((child) => child.isNamed) ?? null;
  const then = node.children.findIndex((child) => child.type === 'then');
  return node.children.slice(0, Math.max(0, then)).find((child) => child.isNamed) ?? null;
}

function variablesIn(node: ShellNode): readonly string[] {
  return all(node)
    .filter((part) => part.type === 'variable_name' && /^[A-Za-z_]\w*$/.test(part.text))
    .map((part) => part.text);
}

/** `"$ACTION" = rollback` and its likes, as name and value. */
function comparedVariables(condition: ShellNode): readonly (readonly [string, string])[] {
  const match = /\$\{?([A-Za-z_]\w*)[^}\s"]*\}?"?\s*={1,2}\s*["']?([\w-]+)["']?/.exec(condition.text);
  return match?.[1] !== undefined && match[2] !== undefined ? [[match[1], match[2]]] : [];
}

/** What else the scripts compare with: for calls that ask for something else, and to fill in what a call needs. */
function otherWordsIn(program: Program): Words {
  const words = new Set<string>();
  const options = new Set<string>();
  for (const file of program.scripts.values()) {
    for (const node of all(file.root)) {
      if (node.type === 'case_item') {
        const patterns = patternsOf(node);
        // Short for it, or another word for it; a branch without commands only lets the words through.
        const isForIt =
          turnsBack(node) || patterns.some((pattern) => spellings(unquoted(pattern.text)).some(saysRollback));
        if (isForIt && all(node).some(({ type }) => type === 'command' || type === 'variable_assignment'))
          continue;
        for (const pattern of patterns) {
          const text = unquoted(pattern.text);
          if (!/^[\w-]+$/.test(text) || saysRollback(text)) continue;
          words.add(text);
          if (/^--?\w/.test(text) && /\$\{?2|\bshift\s+2|\bshift;\s*shift/.test(node.text)) options.add(text);
        }
      }
      if (node.type === 'command' && /^getopts\b/.test(node.text)) {
        for (const match of unquoted(
          node.children.find((child) => child.isNamed && child.type !== 'command_name')?.text ?? '',
        ).matchAll(/(\w):/g)) {
          options.add(`-${match[1] ?? ''}`);
        }
      }
      if (
        node.type === 'test_command' &&
        !unquoted(node.text)
          .split(/[\s|()=]+/)
          .some(saysRollback)
      ) {
        for (const part of all(node)) {
          if (!/^(?:string|raw_string|word|extglob_pattern)$/.test(part.type)) continue;
          const text = unquoted(part.text);
          if (/^[A-Za-z-][\w-]+$/.test(text) && !saysRollback(text)) words.add(text);
        }
      }
    }
  }
  const isHelp = (word: string): boolean => /^-{0,2}(?:h|help|usage|version|v)$/.test(word);
  const others = [...words].filter((word) => !isHelp(word));
  const places = others.filter((word) =>
    /^(?:prod|production|staging|stage|live|dev|qa|test|uat)$/i.test(word),
  );
  return {
    others: others.slice(0, MAX_OTHER_WORDS),
    options: [...options].filter((word) => !isHelp(word)),
    places: places.length > 0 ? places.slice(0, 1) : ['production'],
  };
}

function unquoted(text: string): string {
  return text.replace(/["']/g, '').trim();
}

function all(root: ShellNode): readonly ShellNode[] {
  const found: ShellNode[] = [];
  const open: ShellNode[] = [root];
  while (open.length > 0) {
    const node = open.pop();
    if (!node) continue;
    found.push(node);
    for (let index = node.children.length - 1; index >= 0; index--) {
      const child = node.children[index];
      if (child) open.push(child);
    }
  }
  return found;
}
