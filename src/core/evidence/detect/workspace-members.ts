/**
 * Whether a folder is a member of a workspace whose root lists patterns: `packages/*`, `apps/**`, plain folders. An
 * exclusion (`!…`) takes a folder out again.
 */
export function isMember(folder: string, root: string, patterns: readonly string[]): boolean {
  const relative = root === '' ? folder : folder.slice(root.length + 1);
  const matches = (pattern: string): boolean => {
    const parts = pattern.replace(/^\.\//, '').replace(/\/$/, '').split('/');
    const names = relative.split('/');
    for (const [index, part] of parts.entries()) {
      if (part === '**') return names.length >= index;
      const name = names[index];
      if (name === undefined) return false;
      if (part === '*') continue;
      const [head = '', tail] = part.split('*', 2);
      if (tail === undefined ? part !== name : !(name.startsWith(head) && name.endsWith(tail))) return false;
    }
    return names.length === parts.length;
  };
  const included = patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern));
  return included && !patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)));
}
