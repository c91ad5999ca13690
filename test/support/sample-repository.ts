import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const ROOT = join(__dirname, '..', 'fixtures', 'repositories');

/** The names of the sample repositories. */
export function sampleNames(): string[] {
  return readdirSync(ROOT).sort();
}

/** A sample repository's files by path, as `memoryFiles` takes them. */
export function sampleRepository(name: string): Record<string, string> {
  const root = join(ROOT, name);
  const files: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[relative(root, path).split(sep).join('/')] = readFileSync(path, 'utf8');
  }
  return files;
}
