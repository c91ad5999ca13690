/** A folder or file of a tree; a file has no `children`. */
export interface TreeNode {
  readonly name: string;
  readonly children?: readonly TreeNode[];
}

/** Paths with forward slashes as a tree, in their order; folders hold what is below them. */
export function fileTreeOf(paths: readonly string[]): readonly TreeNode[] {
  const below = new Map<string, string[]>();
  for (const path of paths) {
    const slash = path.indexOf('/');
    const name = slash === -1 ? path : path.slice(0, slash);
    const rest = below.get(name) ?? [];
    below.set(name, slash === -1 ? rest : [...rest, path.slice(slash + 1)]);
  }
  return [...below].map(([name, rest]) =>
    rest.length === 0 ? { name } : { name, children: fileTreeOf(rest) },
  );
}
