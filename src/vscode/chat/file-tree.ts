/** A folder or file of a tree; a file has no `children`. */
export interface TreeNode {
  readonly name: string;
  readonly children?: readonly TreeNode[];
}

/** Paths with forward slashes as a tree, in their order; folders hold what is below them. */
export function fileTreeOf(paths: readonly string[]): readonly TreeNode[] {
  const roots: MutableNode[] = [];
  for (const path of paths) {
    let level = roots;
    const parts = path.split('/');
    for (const [index, name] of parts.entries()) {
      let node = level.find((each) => each.name === name);
      if (!node) {
        node = index === parts.length - 1 ? { name } : { name, children: [] };
        level.push(node);
      }
      level = node.children ??= [];
      if (index === parts.length - 1 && level.length === 0) delete node.children;
    }
  }
  return roots;
}

interface MutableNode {
  name: string;
  children?: MutableNode[];
}
