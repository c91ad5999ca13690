import type { ShellNode, ShellParser } from '../../ports';
import { withoutExpressions } from '../../shell/commands';
import { valueOf, type YamlMap } from '../../workflow/yaml-tree';

/** How a place of a script takes a variable: `quoted` inside double quotes, `bare` as a word or a part of one. */
export type VariablePlace = 'quoted' | 'bare';

/** Nodes in which a word may stand for a variable to mean the same there. */
const AROUND = new Set([
  'program',
  'command',
  'command_name',
  'concatenation',
  'declaration_command',
  'variable_assignment',
  'command_substitution',
  'pipeline',
  'list',
  'redirected_statement',
  'if_statement',
  'elif_clause',
  'else_clause',
  'for_statement',
  'while_statement',
  'do_group',
  'compound_statement',
  'subshell',
  'negated_command',
  'test_command',
  'binary_expression',
  'unary_expression',
  'parenthesized_expression',
  'function_definition',
  'file_redirect',
]);

/**
 * How each stretch of a script (of bash or sh, by offsets) could be given as a variable with the same meaning, as far as
 * its value holds nothing that the shell splits or expands: null for what stands in single quotes, in a here-document,
 * in a name, a pattern or a number of a redirection, and for whatever else is not sure.
 */
export function variablePlaces(
  parser: ShellParser,
  script: string,
): (start: number, end: number) => VariablePlace | null {
  const masked = withoutExpressions(script);
  // Another separator would split what is one word, and with `$` in a name text and variable are two things.
  const root = /\bIFS\b/.test(masked) ? null : parser.parse(masked);
  if (!root || root.hasError) return () => null;
  return (start, end) => {
    let node: ShellNode = root;
    let place: VariablePlace = 'bare';
    for (;;) {
      const inner = node.children.find((child) => child.span.start <= start && end <= child.span.end);
      if (!inner) {
        return node.type === 'string' ? 'quoted' : null;
      }
      switch (inner.type) {
        case 'string':
          place = 'quoted';
          break;
        case 'string_content':
          return place === 'quoted' ? 'quoted' : null;
        case 'word':
        case 'number':
          return place === 'bare' && node.type !== 'function_definition' && !/[\\*?[{]/.test(inner.text)
            ? 'bare'
            : null;
        default:
          if (!AROUND.has(inner.type) || inner.text.startsWith('`')) return null;
          // A substitution begins anew, whatever stands around it.
          if (inner.type === 'command_substitution') place = 'bare';
      }
      node = inner;
    }
  };
}

/** Whether a step's script is surely run by bash or sh: by its own `shell`, the job's, or that of its runner. */
export function isPosixShell(body: YamlMap | undefined, step: number): boolean {
  const steps = valueOf(body, 'steps');
  const own = valueOf(steps?.kind === 'list' ? steps.items[step] : null, 'shell');
  const shell = own ?? valueOf(valueOf(valueOf(body, 'defaults'), 'run'), 'shell');
  if (shell) return shell.kind === 'scalar' && /^(?:bash|sh)(?:\s|$)/.test(shell.text);
  const runner = valueOf(body, 'runs-on');
  if (valueOf(body, 'container')) return true;
  const labels = runner?.kind === 'list' ? runner.items : runner ? [runner] : [];
  return labels.some((label) => label.kind === 'scalar' && /^(?:ubuntu|macos)-/.test(label.text));
}

/** The variable of a step that gives its script the value of an input. */
export function variableOf(input: string): string {
  return `INPUT_${input.toUpperCase().replaceAll('-', '_')}`;
}

/**
 * How a script says the variable of an input. A word that stood bare is quoted, so that the two ways can be told apart
 * and nobody has to know that the value needs no quotes.
 */
export function variableIn(input: string, place: VariablePlace): string {
  return place === 'bare' ? `"$${variableOf(input)}"` : `\${${variableOf(input)}}`;
}

/** Whether the shell takes a text as it is, wherever it stands. */
export function isPlainForShell(value: string): boolean {
  return /^[A-Za-z0-9_.-]+$/.test(value);
}
