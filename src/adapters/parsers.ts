import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Node as TreeSitterNode } from 'web-tree-sitter';
import type { Parsers, ShellNode, ShellParser, SqlParser } from '../core/ports';

/**
 * The parsers in WebAssembly, each loaded once, when something first needs it. A parser that cannot be loaded rejects:
 * the installation is broken.
 */
export function createParsers(): Parsers {
  let shell: Promise<ShellParser> | null = null;
  let sql: Promise<SqlParser> | null = null;
  return {
    shell: () => (shell ??= createShellParser()),
    sql: () => (sql ??= import('./sql-parser').then(({ createSqlParser }) => createSqlParser())),
  };
}

/** Beside the bundle, or in the package that brings it when the sources run. */
export function wasmFile(name: string, packageFile: string): string {
  const beside = path.join(__dirname, name);
  if (existsSync(beside)) return beside;
  const [packageName = '', ...inside] = packageFile.split('/');
  const resolve = createRequire(path.join(__dirname, 'x.js')).resolve.paths(packageName) ?? [];
  for (const folder of resolve) {
    const file = path.join(folder, packageName, ...inside);
    if (existsSync(file)) return file;
  }
  throw new Error(`${name} is missing beside the program: the installation is incomplete`);
}

async function createShellParser(): Promise<ShellParser> {
  const { Parser, Language } = await import('web-tree-sitter');
  await Parser.init({
    locateFile: () => wasmFile('web-tree-sitter.wasm', 'web-tree-sitter/web-tree-sitter.wasm'),
  });
  const language = await Language.load(
    wasmFile('tree-sitter-bash.wasm', 'tree-sitter-bash/tree-sitter-bash.wasm'),
  );
  const parser = new Parser();
  parser.setLanguage(language);
  return {
    parse: (text) => {
      const tree = parser.parse(text);
      if (!tree)
        return {
          type: 'program',
          span: { start: 0, end: text.length },
          text,
          isNamed: true,
          hasError: true,
          children: [],
          childByField: () => null,
        };
      try {
        return convert(tree.rootNode, text);
      } finally {
        tree.delete();
      }
    },
  };
}

/** Copies the tree out of WebAssembly's memory, which would otherwise grow with each parse. */
function convert(node: TreeSitterNode, text: string): ShellNode {
  const fields = new Map<string, ShellNode>();
  const children: ShellNode[] = [];
  for (let index = 0; index < node.childCount; index++) {
    const child = node.child(index);
    if (!child) continue;
    const converted = convert(child, text);
    children.push(converted);
    const field = node.fieldNameForChild(index);
    if (field !== null && !fields.has(field)) fields.set(field, converted);
  }
  return {
    type: node.type,
    span: { start: node.startIndex, end: node.endIndex },
    text: text.slice(node.startIndex, node.endIndex),
    isNamed: node.isNamed,
    hasError: node.hasError,
    children,
    childByField: (name) => fields.get(name) ?? null,
  };
}
