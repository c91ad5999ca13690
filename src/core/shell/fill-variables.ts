import type { ShellNode, ShellParser } from '../ports';
import { applyEdits, type TextEdit } from '../text/edit';
import type { Span } from '../text/position';
import { isWellKnown } from '../text/well-known-variables';

/** What is known of the variables that a command takes. */
export interface VariableValues {
  /** Values by name; of one line, not empty. */
  readonly values: ReadonlyMap<string, string>;
  /** Names whose values stay in the shell's environment and are never written into a command. */
  readonly secrets: ReadonlySet<string>;
  /** Names that the document says a person fills, whether they are filled or not. */
  readonly declared: ReadonlySet<string>;
}

/** A command with its variables filled. */
export interface FilledCommand {
  /** What would run, character by character. */
  readonly text: string;
  /** The variables that somebody has to fill before it can run, in the order of the text, each once. */
  readonly unfilled: readonly string[];
  /** The variables in it that a person fills, filled or not, each once; among them the secrets. */
  readonly taken: readonly string[];
  /** False where the shell's grammar does not take the text: then it stands as written. */
  readonly isReadable: boolean;
}

/** Text that means itself wherever it stands in a shell word, and that no reader has to look at twice. */
const PLAIN = /^[A-Za-z0-9_./:@][A-Za-z0-9_./:@-]*$/;

/** The same between double quotes. History expansion (`!`) works there at a prompt. */
const PLAIN_QUOTED = /^[^"$`\\!]*$/;

/** What plain text may stand behind: not `~` or `{a,`, where it would become more than text. */
const MAY_PRECEDE = /[\sA-Za-z0-9_./:=@}-]$/;

/** Nodes through which a value may be put in by quoting it; anything else (arithmetic, patterns) takes it from a variable. */
const WORDS_INSIDE = new Set([
  'program',
  'command',
  'command_name',
  'concatenation',
  'string',
  'redirected_statement',
  'file_redirect',
  'herestring_redirect',
  'heredoc_redirect',
  'heredoc_body',
  'pipeline',
  'list',
  'subshell',
  'compound_statement',
  'if_statement',
  'elif_clause',
  'else_clause',
  'while_statement',
  'for_statement',
  'do_group',
  'case_statement',
  'case_item',
  'function_definition',
  'variable_assignment',
  'array',
  'declaration_command',
  'command_substitution',
  'process_substitution',
  'negated_command',
  'test_command',
  'unary_expression',
  'binary_expression',
]);

interface Use {
  readonly name: string;
  readonly node: ShellNode;
  /** Outermost first, without the node itself. */
  readonly around: readonly ShellNode[];
  /** `$NAME` or `${NAME}`, nothing more. */
  readonly isPlain: boolean;
  /** `${NAME:-other}`, `${NAME:+other}`: it runs without a value as well. */
  readonly hasDefault: boolean;
}

/**
 * Puts values into a command so that each is the one word, or the part of one, that stood there: whatever is in a value,
 * blanks, quotes, `$(…)` or `!`, the command stays the command. A value is written where its variable stood; where shell
 * takes no quotes (arithmetic, `${NAME%…}`, a here-document) or another shell reads the name between single quotes, the
 * variable stays and `export NAME='value'` goes first. A secret is never written: its variable stays, quoted.
 *
 * @param opaque Parts of the script that are not shell (placeholders); they are kept, and read as a plain word.
 */
export function fillVariables(
  script: string,
  parser: ShellParser,
  { values, secrets, declared }: VariableValues,
  opaque: readonly Span[] = [],
): FilledCommand {
  const withoutOpaque = applyEdits(
    script,
    opaque.map((span) => ({ span, text: 'x'.repeat(span.end - span.start) })),
  );
  const root = parser.parse(withoutOpaque);
  const uses = usesIn(root);
  const own = setIn(root);
  const mentioned = mentionedElsewhere(root, uses, new Set([...declared, ...values.keys(), ...secrets]));
  const isFilled = (name: string): boolean => values.has(name) || secrets.has(name);
  const isWanted = ({ name, hasDefault }: Use): boolean =>
    declared.has(name) || isFilled(name) || !(hasDefault || isWellKnown(name) || /^\d+$/.test(name));
  const taken = unique([
    ...uses.filter((use) => isWanted(use) && !own.has(use.name)).map(({ name }) => name),
    ...mentioned.filter((name) => !own.has(name)),
  ]);
  const unfilled = taken.filter((name) => !isFilled(name));
  if (root.hasError) return { text: script, unfilled, taken, isReadable: false };

  const first = new Set(mentioned.filter((name) => values.has(name)));
  const edits: TextEdit[] = [];
  for (const use of uses) {
    const { name, node } = use;
    if (own.has(name)) {
      // The command sets it itself, perhaps from what was there before.
      if (values.has(name)) first.add(name);
      continue;
    }
    const value = values.get(name);
    const text = value !== undefined && use.isPlain ? written(value, use, script) : null;
    if (text !== null) edits.push({ span: node.span, text });
    else if (isFilled(name)) {
      if (value !== undefined) first.add(name);
      const kept = wholeExpansion(use, script);
      if (kept && !edits.some(({ span }) => span.start === kept.span.start)) {
        edits.push({ span: kept.span, text: `"${kept.text}"` });
      }
    }
  }
  const settings = [...first].map((name) => `export ${name}=${quoted(values.get(name) ?? '')}\n`);
  return { text: settings.join('') + applyEdits(script, edits), unfilled, taken, isReadable: true };
}

/** A text as one shell word that means just that, at a prompt as in a script. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}

/** The outermost expansion that a use is in, where it has to be quoted to stay one word; null where it is one already. */
function wholeExpansion({ node, around }: Use, script: string): ShellNode | null {
  const outermost = around.findIndex(({ type }) => type === 'expansion');
  const whole = outermost < 0 ? node : around[outermost];
  const place = placeOf(
    { node: whole ?? node, around: around.slice(0, outermost < 0 ? undefined : outermost) },
    script,
    true,
  );
  return whole && place === 'word' ? whole : null;
}

/** Where a use stands: between double quotes, in a here-document, as a word of its own; null where no quotes go. */
function placeOf(
  { node, around }: Pick<Use, 'node' | 'around'>,
  script: string,
  mayBeInBackticks = false,
): 'word' | 'quoted' | 'here' | null {
  // `$${X}` and `\${X}` are other things to the shell than to a reader.
  if (/[$\\]$/.test(script.slice(0, node.span.start))) return null;
  let place: 'word' | 'quoted' | 'here' = 'word';
  for (const each of around) {
    if (!WORDS_INSIDE.has(each.type)) return null;
    if (each.type === 'test_command' && each.text.startsWith('((')) return null;
    // Between backticks a backslash is taken away before the shell reads the rest.
    if (each.type === 'command_substitution' && !each.text.startsWith('$(') && !mayBeInBackticks) return null;
    if (each.type === 'string') place = 'quoted';
    else if (each.type === 'heredoc_body') place = 'here';
    else if (each.type === 'command_substitution' || each.type === 'process_substitution') place = 'word';
  }
  return place;
}

/** The value as it is written in its place; null where it cannot be. */
function written(value: string, use: Use, script: string): string | null {
  const place = placeOf(use, script);
  const before = script.slice(Math.max(0, use.node.span.start - 200), use.node.span.start);
  const after = script.slice(use.node.span.end);
  // `$A${B}`: letters put behind `$A` would make another name.
  const extendsName = /\$[A-Za-z_][A-Za-z0-9_]*$|\$[0-9]$/.test(before);
  switch (place) {
    case null:
      return null;
    case 'word': {
      const isCommand = use.around.some(({ type }) => type === 'command_name');
      // `2>` is a descriptor, and a first word may be a keyword, an alias or an assignment.
      const isPlain =
        PLAIN.test(value) &&
        !extendsName &&
        !isCommand &&
        (before === '' || MAY_PRECEDE.test(before)) &&
        !/^[<>(]/.test(after);
      return isPlain ? value : quoted(value);
    }
    case 'quoted':
      return PLAIN_QUOTED.test(value) && !extendsName ? value : `"${quoted(value)}"`;
    case 'here': {
      const isAlone = /(?:^|\n)\s*$/.test(before) && /^\s*(?:\n|$)/.test(after);
      return PLAIN.test(value) && !extendsName && !isAlone ? value : null;
    }
  }
}

function usesIn(root: ShellNode): readonly Use[] {
  const uses: Use[] = [];
  const around: ShellNode[] = [];
  const walk = (node: ShellNode): void => {
    if (node.type === 'simple_expansion' || node.type === 'expansion') {
      const names = node.children.filter(({ type }) => type === 'variable_name' || type === 'subscript');
      const name = names[0]?.type === 'subscript' ? names[0].children[0]?.text : names[0]?.text;
      if (name !== undefined) {
        uses.push({
          name,
          node,
          around: [...around],
          isPlain: node.text === `$${name}` || node.text === `\${${name}}`,
          hasDefault: /^\$\{\w+(?:\[[^\]]*\])?:?[-+=]/.test(node.text),
        });
      }
    }
    around.push(node);
    node.children.forEach(walk);
    around.pop();
  };
  walk(root);
  return uses;
}

/** The variables that a script sets itself: by assignment, a loop, or a builtin that reads. */
function setIn(root: ShellNode): ReadonlySet<string> {
  const names = new Set<string>();
  const walk = (node: ShellNode): void => {
    if (node.type === 'variable_assignment' || node.type === 'for_statement') {
      const name = node.children.find(({ type }) => type === 'variable_name' || type === 'subscript');
      if (name) names.add(name.type === 'subscript' ? (name.children[0]?.text ?? '') : name.text);
    }
    if (node.type === 'command') {
      const [program, ...words] = node.children.filter(({ isNamed }) => isNamed);
      if (program && /^(?:read|mapfile|readarray|getopts)$/.test(program.text)) {
        for (const { type, text } of words)
          if (type === 'word' && /^[A-Za-z_]\w*$/.test(text)) names.add(text);
      }
      if (program?.text === 'printf' && words[0]?.text === '-v' && words[1]) names.add(words[1].text);
    }
    node.children.forEach(walk);
  };
  walk(root);
  return names;
}

/** Names of the set that the text takes in ways that are no expansion of this shell: between single quotes, in a pattern. */
function mentionedElsewhere(
  root: ShellNode,
  uses: readonly Use[],
  names: ReadonlySet<string>,
): readonly string[] {
  const covered: Span[] = uses.map(({ node }) => node.span);
  const walk = (node: ShellNode): void => {
    if (node.type === 'comment') covered.push(node.span);
    node.children.forEach(walk);
  };
  walk(root);
  const found: string[] = [];
  for (const match of root.text.matchAll(/\$\{?([A-Za-z_][A-Za-z0-9_]*)/g)) {
    const [, name = ''] = match;
    const isCovered = covered.some(({ start, end }) => match.index >= start && match.index < end);
    if (names.has(name) && !isCovered && !found.includes(name)) found.push(name);
  }
  return found;
}

function unique<T>(items: readonly T[]): readonly T[] {
  return [...new Set(items)];
}
