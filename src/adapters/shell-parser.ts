import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { TreeCursor } from 'web-tree-sitter';
import type { ShellNode, ShellParser } from '../core/ports';

/** A longer text is no script that a person wrote; it is said to be unreadable rather than parsed. */
const MAX_CHARACTERS = 512 * 1024;

/** Nodes nested deeper are not read; a recursive walk over the rest then cannot exhaust the stack. */
const MAX_DEPTH = 400;

/**
 * tree-sitter's bash grammar (WebAssembly), loaded by the call and not before. Each tree is copied into plain objects
 * and freed at once: WebAssembly memory is not collected by itself.
 */
export async function createShellParser(): Promise<ShellParser> {
  const { Language, Parser } = await import('web-tree-sitter');
  await Parser.init({
    locateFile: (name: string) =>
      name.endsWith('.wasm') ? wasmPath('web-tree-sitter', 'web-tree-sitter.wasm') : name,
  });
  const language = await Language.load(wasmPath('tree-sitter-bash', 'tree-sitter-bash.wasm'));
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    parse(text) {
      if (text.length > MAX_CHARACTERS) return unread(text);
      // Error recovery may wander; what takes many times the steps of an ordinary script is given up.
      let stepsLeft = 2_000 + text.length;
      const tree = parser.parse(text, null, { progressCallback: () => stepsLeft-- <= 0 });
      if (!tree) {
        parser.reset();
        return unread(text);
      }
      const cursor = tree.walk();
      try {
        return copy(cursor, text, 0);
      } finally {
        cursor.delete();
        tree.delete();
      }
    },
  };
}

/** Beside the bundle, where the build copies it; else in the package, for code that runs from its source. */
function wasmPath(packageName: string, file: string): string {
  const beside = path.join(__dirname, file);
  return existsSync(beside) ? beside : createRequire(__filename).resolve(`${packageName}/${file}`);
}

function unread(text: string): ShellNode {
  return node('program', 0, text.length, text, true, true, [], []);
}

function copy(cursor: TreeCursor, text: string, depth: number): ShellNode {
  const type = cursor.nodeType;
  const { startIndex, endIndex, nodeIsNamed } = cursor;
  let hasError = type === 'ERROR' || cursor.nodeIsMissing;
  const children: ShellNode[] = [];
  const fields: (string | null)[] = [];
  if (depth < MAX_DEPTH) {
    if (cursor.gotoFirstChild()) {
      do {
        const field = cursor.currentFieldName;
        const child = copy(cursor, text, depth + 1);
        hasError ||= child.hasError;
        children.push(child);
        fields.push(field);
      } while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
  } else hasError = true;
  return node(type, startIndex, endIndex, text, nodeIsNamed, hasError, children, fields);
}

function node(
  type: string,
  start: number,
  end: number,
  text: string,
  isNamed: boolean,
  hasError: boolean,
  children: readonly ShellNode[],
  fields: readonly (string | null)[],
): ShellNode {
  return {
    type,
    span: { start, end },
    get text() {
      return text.slice(start, end);
    },
    isNamed,
    hasError,
    children,
    childByField: (name) => children[fields.indexOf(name)] ?? null,
  };
}
