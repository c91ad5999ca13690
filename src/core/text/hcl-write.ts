/** An expression of ours that stands as it is: `var.owner`, `data.github_user.approver.id`. Never repository text. */
export interface HclExpression {
  readonly expression: string;
}

/** A value to be written. Strings are quoted so that nothing in them is an interpolation. */
export type HclValue =
  | string
  | number
  | boolean
  | HclExpression
  | readonly HclValue[]
  | { readonly object: Readonly<Record<string, HclValue>> };

/** An argument, a block within a block, or a line of comment. */
export type HclItem =
  | { readonly kind: 'argument'; readonly name: string; readonly value: HclValue }
  | HclBlockText
  | { readonly kind: 'comment'; readonly text: string };

/** `type "label" { … }`. */
export interface HclBlockText {
  readonly kind: 'block';
  readonly type: string;
  readonly labels: readonly string[];
  readonly items: readonly HclItem[];
}

/** An argument. */
export function argument(name: string, value: HclValue): HclItem {
  return { kind: 'argument', name, value };
}

/** A block. */
export function block(type: string, labels: readonly string[], ...items: readonly HclItem[]): HclBlockText {
  return { kind: 'block', type, labels, items };
}

/** A comment on lines of its own; line breaks in it begin new ones. */
export function comment(text: string): HclItem {
  return { kind: 'comment', text };
}

/** Marks text of ours as an expression. */
export function hclExpression(text: string): HclExpression {
  return { expression: text };
}

/**
 * A string of HCL. Every character that could end it, break the line, or begin `${` or `%{` is escaped
 * (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md, "Template Expressions").
 */
export function hclString(text: string): string {
  const escaped = text.replace(
    /["\\\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[$%](?=\{)/g,
    (character) => {
      switch (character) {
        case '"':
        case '\\':
          return `\\${character}`;
        case '\n':
          return '\\n';
        case '\r':
          return '\\r';
        case '\t':
          return '\\t';
        case '$':
        case '%':
          // Doubling would be wrong behind another `$`; as a code point it never begins anything.
          return `\\u${hex(character)}`;
        default:
          return `\\u${hex(character)}`;
      }
    },
  );
  return `"${escaped}"`;
}

/** A file, laid out as `terraform fmt` has it. */
export function hclText(items: readonly HclItem[]): string {
  return `${linesOf(items, 0).join('\n')}\n`;
}

function linesOf(items: readonly HclItem[], depth: number): string[] {
  const pad = '  '.repeat(depth);
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const previous = items[index - 1];
    // Blocks stand apart; a comment belongs to what follows it.
    if (
      previous &&
      previous.kind !== 'comment' &&
      (previous.kind === 'block' || item.kind === 'block' || (item.kind === 'comment' && depth === 0))
    ) {
      lines.push('');
    }
    switch (item.kind) {
      case 'comment':
        for (const line of item.text.split(/\r\n|\n|\r/)) lines.push(`${pad}# ${plainLine(line)}`.trimEnd());
        break;
      case 'argument':
        lines.push(`${pad}${item.name.padEnd(widthAround(items, index))} = ${valueText(item.value, depth)}`);
        break;
      case 'block': {
        const head = [item.type, ...item.labels.map(hclString)].join(' ');
        const inner = linesOf(item.items, depth + 1);
        if (inner.length === 0) lines.push(`${pad}${head} {}`);
        else lines.push(`${pad}${head} {`, ...inner, `${pad}}`);
        break;
      }
    }
  }
  return lines;
}

/** `terraform fmt` aligns arguments on neighbouring lines; one of several lines stands alone. */
function widthAround(items: readonly HclItem[], index: number): number {
  const isOneLine = (item: HclItem | undefined): item is HclItem & { readonly kind: 'argument' } =>
    item?.kind === 'argument' && !valueText(item.value, 0).includes('\n');
  const own = items[index];
  if (!isOneLine(own)) return 0;
  let width = own.name.length;
  for (const step of [-1, 1]) {
    for (let at = index + step; isOneLine(items[at]); at += step) {
      width = Math.max(width, (items[at] as { readonly name: string }).name.length);
    }
  }
  return width;
}

function valueText(value: HclValue, depth: number): string {
  if (typeof value === 'string') return hclString(value);
  if (typeof value !== 'object') return String(value);
  if ('expression' in value) return value.expression;
  if ('object' in value) {
    const lines = linesOf(
      Object.entries(value.object).map(([name, inner]) => argument(name, inner)),
      depth + 1,
    );
    return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${'  '.repeat(depth)}}`;
  }
  return `[${value.map((item) => valueText(item, depth)).join(', ')}]`;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, '0');
}

/** A comment ends with its line; characters that hide or break lines are taken out. */
function plainLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, ' ');
}
